"""The walk that must work, to the minute."""

from datetime import datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from ...common import state_of, the_car
from .session_helpers import (
    SECONDS,
    add,
    at,
    charges,
    home_and_awake,
    local,
    session_timers,
    special,
    until,
)

SESSION = "special_1_20250807_0700"


@pytest.mark.all_entities
@pytest.mark.slow
async def test_a_night_from_the_request_to_the_restored_limit(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """23:00 plan, 00:19 send, 02:19 charge, 06:00 done, 06:30 undone."""
    car = the_car(cloud)
    entry, log = await home_and_awake(hass, cloud, noon)
    await until(hass, noon, at(23, 0))
    answer = await add(hass, "2025-08-07 07:00:00")
    assert answer["session_id"] == SESSION
    assert answer["state"] == "scheduled"
    [window] = answer["plan"]["windows"]
    assert [local(datetime.fromisoformat(edge)) for edge in window.values()] == [
        "02:19",
        "06:00",
    ]
    assert {name: local(due) for name, due in session_timers(entry).items()} == {
        f"{SESSION} send": "00:19",
        f"{SESSION} restore": "06:30",
    }

    await until(hass, noon, at(0, 18, 50))
    assert car.charge_limit == 70
    assert not car.charge_schedules
    await until(hass, noon, at(0, 20), SECONDS)
    assert state_of(hass, "sensor", "special_charging") == "active"
    assert car.charge_limit == 80
    [schedule] = car.charge_schedules.values()
    assert (schedule.start_time, schedule.end_time) == (139, 360)
    assert schedule.one_time
    assert schedule.end_enabled
    assert state_of(hass, "binary_sensor", "special_charging_active") == "on"

    await until(hass, noon, at(6, 29, 50))
    [charge] = charges(cloud)
    assert charge.start == at(2, 19)
    assert charge.end is not None
    # 40.5 kWh take 3 h 40 min 54.5 s; the window has whole minutes.
    assert timedelta(0) <= at(6, 0) - charge.end < timedelta(seconds=6)
    assert round(car.battery_level) == 80
    assert car.charge_limit == 80
    await until(hass, noon, at(6, 31), SECONDS)
    assert car.charge_limit == 70
    assert not car.charge_schedules
    assert session_timers(entry) == {}
    assert state_of(hass, "sensor", "special_charging") == "idle"
    listed = await special(hass, "list_special_charging")
    assert [session["state"] for session in listed["sessions"]] == ["completed"]
    assert log.kinds == ["scheduled", "sent", "started", "on_track", "completed"]
