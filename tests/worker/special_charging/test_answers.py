"""Answers while a plan is sent: what is no refusal passes, what is one is reported."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from simulator.auth_api import TOKEN_PATH
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.gateway_faults import html_page

from ...common import act, the_car
from ...scout_helpers import READ, answered, reads, wakes
from .session_helpers import (
    LOW_CAR,
    MINUTE,
    QUARTER,
    SECONDS,
    at,
    sent,
    sent_commands,
    session,
    until,
    with_session,
)

COMMANDS = "*/command/*"
SENDING = at(0, 18)


@pytest.fixture
def car_settings() -> CarSettings:
    """A car that needs 3 h 41 min to 80 %."""
    return LOW_CAR


@pytest.mark.parametrize("path", [COMMANDS, READ])
@pytest.mark.parametrize("status", [400, 403, 404, 412, 444])
async def test_a_gateways_page_ends_no_session(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    path: str,
    status: int,
) -> None:
    """Four minutes of it, hours before the deadline, ended the session as failed."""
    _, log = await with_session(hass, cloud, noon)
    await until(hass, noon, SENDING, QUARTER)
    fault = cloud.faults.add(replace(html_page(status, "Blocked"), path=path))
    await until(hass, noon, at(0, 24), SECONDS)
    assert log.kinds == ["scheduled"]
    assert (await session(hass))["state"] == "scheduled"
    cloud.faults.remove(fault)
    await until(hass, noon, at(1, 0))
    assert log.kinds == ["scheduled", "sent"]
    assert the_car(cloud).charge_limit == 80


async def test_a_car_that_is_listed_as_online_and_asleep_is_not_tried_each_minute(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """33 commands in 77 minutes, each of them billed; now seven, and then it is sent."""
    the_car(cloud).set_sentry(True)
    _, log = await with_session(hass, cloud, noon)
    await until(hass, noon, SENDING, QUARTER)
    fault = cloud.faults.add(Fault(path=COMMANDS, status=408))
    await until(hass, noon, SENDING + 77 * MINUTE)
    assert 3 <= len(sent_commands(cloud)) <= 7
    # A person hears of it while there is time to do something.
    assert log.kinds == ["scheduled", "falling_behind"]
    cloud.faults.remove(fault)
    await until(hass, noon, at(2, 19))
    assert log.kinds == ["scheduled", "falling_behind", "sent"]
    assert wakes(cloud) <= 1


@pytest.mark.parametrize("fault", ["INSUFFICIENT_PRIVILEGES", "REMOTE_ACCESS_DISABLED"])
async def test_a_fault_of_the_car_that_is_final_is_reported(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, fault: str
) -> None:
    """It was sent ten times with five wakes, and missed without a reason or a repair."""
    _, log = await with_session(hass, cloud, noon)
    await until(hass, noon, SENDING, QUARTER)
    body = {"response": None, "error": f"MESSAGEFAULT_ERROR_{fault}"}
    cloud.faults.add(Fault(path=COMMANDS, status=500, body=body))
    await until(hass, noon, at(1, 0))
    assert log.kinds == ["scheduled", "failed"]
    assert fault in log.fired[-1]["reason"]
    assert len(sent_commands(cloud)) == 3
    assert wakes(cloud) == 1
    issues = [
        issue.translation_key
        for (domain, _), issue in ir.async_get(hass).issues.items()
        # A plan of the daily kind may be offered besides.
        if domain == DOMAIN and issue.translation_key != "shadow_mode"
    ]
    assert issues == ["special_charging_failed"]


async def test_a_refused_read_that_is_remembered_counts_once(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What nobody asked again is no second refusal: the session waits, and is sent."""
    _, log = await with_session(hass, cloud, noon)
    await until(hass, noon, SENDING, QUARTER)
    before = reads(cloud)
    cloud.faults.add(
        Fault(
            path=READ,
            status=403,
            body={"error": "Unauthorized missing scopes"},
            times=1,
        )
    )
    await until(hass, noon, at(1, 10))
    assert reads(cloud) == before + 1
    assert (await session(hass))["state"] == "scheduled"
    await until(hass, noon, at(1, 10) + timedelta(minutes=30))
    assert log.kinds == ["scheduled", "sent"]


async def test_what_must_be_undone_uses_any_token_that_works(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Signed out with a raised limit: the access token is good for two hours more."""
    entry, _ = await sent(hass, cloud, noon)
    await until(hass, noon, at(5, 0), QUARTER)
    refused = {"error": "login_required"}
    cloud.faults.add(Fault(path=TOKEN_PATH, status=401, body=refused))
    name = entry.entry_id
    answer = await act(hass, "token_refresh_at_once", config_entry_id=name)
    assert answer["outcome"] == "signed_out"
    with pytest.raises(HomeAssistantError):
        await act(hass, "token_get", config_entry_id=name)
    await until(hass, noon, at(6, 29), QUARTER)
    await until(hass, noon, at(6, 45), SECONDS)
    assert the_car(cloud).charge_limit == 70
    assert not the_car(cloud).charge_schedules
    assert (await session(hass))["state"] == "completed"


async def signed_out_in_the_night(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> ConfigEntry[Any]:
    """Return an account that is signed out at five, with a raised limit in the car."""
    entry, _ = await sent(hass, cloud, noon)
    await until(hass, noon, at(5, 0), QUARTER)
    refused = {"error": "login_required"}
    cloud.faults.add(Fault(path=TOKEN_PATH, status=401, body=refused))
    await act(hass, "token_refresh_at_once", config_entry_id=entry.entry_id)
    return entry


async def test_a_start_without_a_sign_in_undoes_what_ends_later(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Once the session is over and the car awake, while the old token works."""
    entry = await signed_out_in_the_night(hass, cloud, noon)
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    await until(hass, noon, at(6, 25), QUARTER)
    the_car(cloud).wake()
    await until(hass, noon, at(6, 29), MINUTE)
    assert the_car(cloud).charge_limit == 80
    await until(hass, noon, at(6, 42), MINUTE)
    assert the_car(cloud).charge_limit == 70


@pytest.mark.slow
async def test_a_start_without_a_sign_in_undoes_what_is_over(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Nothing could be reached until then; the daily plan would stay."""
    entry = await signed_out_in_the_night(hass, cloud, noon)
    outage = cloud.faults.add(Fault(path="*/vehicles*", status=503))
    await until(hass, noon, at(6, 45), QUARTER)
    the_car(cloud).wake()
    noon.tick(MINUTE)
    cloud.faults.remove(outage)
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert the_car(cloud).charge_limit == 70


async def test_a_car_that_lists_no_schedules_is_sent_nothing_and_has_nothing_to_undo(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """As before firmware 2024.26: it is told once, and the session is over."""
    with answered(cloud, "charge_schedule_data", charge_schedules=None):
        _, log = await with_session(hass, cloud, noon)
        before = reads(cloud)
        await until(hass, noon, SENDING, QUARTER)
        await until(hass, noon, at(6, 30))
        assert reads(cloud) - before <= 6
    assert not sent_commands(cloud)
    assert log.kinds == ["scheduled", "failed"]
    ended = await session(hass)
    assert (ended["state"], ended["reason"]) == ("failed", "schedules_unknown")


@pytest.mark.slow
async def test_a_read_without_schedules_of_a_car_that_has_them_ends_no_session(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """An odd answer is trouble: it is tried again, and the session is kept."""
    _, log = await with_session(hass, cloud, noon)
    with answered(cloud, "charge_schedule_data", charge_schedules=None):
        await until(hass, noon, SENDING, QUARTER)
        await until(hass, noon, at(2, 0))
        assert not sent_commands(cloud)
        assert log.kinds == ["scheduled", "falling_behind"]
        assert (await session(hass))["state"] == "scheduled"
    await until(hass, noon, at(9, 0))
    assert the_car(cloud).battery_level >= 79
    assert "failed" not in log.kinds
    assert log.kinds[-1] == "completed"
