"""A session is in the car, and Home Assistant restarts with a changed file."""

from copy import deepcopy
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import NIGHTLY, VIN
from ..worker.special_charging.restart_helpers import RestartedNight, at
from ..worker.special_charging.session_helpers import EVENING, LOW_CAR
from .file_samples import Place, broken_at, places

pytestmark = [pytest.mark.fixed_rhythm, pytest.mark.slow]


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that is at home, plugged in and low."""
    return LOW_CAR


def lost_issue(hass: HomeAssistant) -> bool:
    """Return whether it is shown that something could not be read."""
    return any(
        issue.translation_key == "stored_data_lost"
        for issue in ir.async_get(hass).issues.values()
    )


@pytest.fixture
def noon(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock in the evening."""
    freezer.move_to(EVENING)
    return freezer


@pytest.fixture
async def night(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> RestartedNight:
    """Return a night in which 80 % by 07:00 was sent, and the entry unloaded."""
    night = RestartedNight(hass, cloud, noon, hass_storage)
    await night.begin()
    await night.until(at(0, 40))
    assert night.car.charge_limit == 80
    await night.stop()
    return night


@pytest.mark.parametrize(
    "place",
    [
        ("sessions",),
        ("sessions", "sessions", "special_1_20250807_0700"),
        ("sessions", "sessions", "special_1_20250807_0700", "state"),
        ("sessions", "override"),
        ("sessions", "override", "raised_to"),
        (),
    ],
    ids="-".join,
)
async def test_a_word_that_is_not_known(night: RestartedNight, place: Place) -> None:
    """The owner's limit comes back and the schedule leaves; it is told once."""
    file = night.files[night.file]
    file["data"] = broken_at(file["data"], ("charging", VIN, *place), "of tomorrow")
    await night.start()
    assert lost_issue(night.hass)
    await night.until(at(9, 0))
    assert night.car.charge_limit == 70
    assert not night.car.charge_schedules
    assert night.hold is None
    await night.stop()
    await night.start()
    assert not lost_issue(night.hass)


@pytest.mark.parametrize("version", [1, 3, 2.5])
async def test_a_file_of_another_version(night: RestartedNight, version: float) -> None:
    """A downgrade reads what it knows, and the night goes on."""
    file = night.files[night.file]
    file["version"] = version
    file["data"]["of_tomorrow"] = {"sessions": [1, 2]}
    file["data"]["charging"][VIN]["of_tomorrow"] = True
    await night.start()
    assert not lost_issue(night.hass)
    assert await night.states() == ["active"]
    await night.until(at(9, 0))
    assert await night.states() == ["completed"]
    night.assert_as_before()


async def test_any_part_may_be_of_tomorrow(
    night: RestartedNight,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The account is loaded, and no exception is in the log."""
    whole = deepcopy(night.files[night.file])
    here = list(places(whole["data"]))
    for place in here if NIGHTLY else here[:: len(here) // 24]:
        for value in ("of tomorrow", 2**40, None):
            night.files[night.file] = deepcopy(whole)
            night.files[night.file]["data"] = broken_at(whole["data"], place, value)
            await night.start()
            assert night.entry.state is ConfigEntryState.LOADED, place
            await night.stop()
    failed = [each for each in caplog.records if each.exc_info]
    assert not failed, failed[0].getMessage()
