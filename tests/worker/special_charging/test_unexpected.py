"""Exceptions that nobody foresaw, in a cycle: nothing is lost, little is asked."""

from typing import Any, NoReturn

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.worker.charge_supervisor import (
    ChargeSupervisor,
)
from custom_components.tesla_scout_worker.worker.daily_plan import DailyPlanner
from custom_components.tesla_scout_worker.worker.session_tasks import SessionTasks
from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from ...common import VIN, the_car
from ...scout_helpers import reads
from .session_helpers import QUARTER, at, session, until, with_session

SECRET = f"{VIN} 52.2297"

pytestmark = [pytest.mark.usefixtures("discreet_log"), pytest.mark.slow]


def fail(*_args: Any, **_kwargs: Any) -> NoReturn:
    """Fail as a date does that is out of range."""
    raise OverflowError(SECRET)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what we logged for people."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(f"custom_components.{DOMAIN}")
        and record.levelname in ("WARNING", "ERROR", "CRITICAL")
    ]


@pytest.mark.parametrize(
    ("owner", "method"),
    [
        (SessionTasks, "due"),
        (SessionTasks, "async_prepare_send"),
        (DailyPlanner, "async_contribute"),
        (ChargeSupervisor, "async_control"),
    ],
)
async def test_a_cycle_that_fails_unexpectedly_is_tried_again(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    method: str,
) -> None:
    """From before a plan is sent until its start: then the session is kept as promised."""
    await with_session(hass, cloud, noon)
    await until(hass, noon, at(0, 0), QUARTER)
    before = reads(cloud)
    with monkeypatch.context() as broken:
        broken.setattr(owner, method, fail)
        await until(hass, noon, at(2, 0), QUARTER)
    assert reads(cloud) - before <= 12
    assert len(warnings(caplog)) == 1
    assert "OverflowError" in caplog.text
    assert SECRET not in caplog.text
    await until(hass, noon, at(7, 31), QUARTER)
    assert (await session(hass))["state"] == "completed"
    assert the_car(cloud).charge_limit == 70
    assert len(warnings(caplog)) == 1
