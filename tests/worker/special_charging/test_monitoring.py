"""Watching: what goes wrong while it charges is seen, mended and told when known."""

from dataclasses import replace
from datetime import datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from ...common import WORK, state_of, the_car
from ...scout_helpers import reads
from .session_helpers import (
    LOW_CAR,
    MINUTE,
    QUARTER,
    at,
    sent,
    sent_commands,
    session,
    until,
)


async def test_a_car_that_does_not_start_is_started_once(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Plugged in and yet idle ten minutes after its start: one charge_start helps."""
    _, log = await sent(hass, cloud, noon)
    await until(hass, noon, at(2, 20), QUARTER)
    the_car(cloud).charge_stop()
    await until(hass, noon, at(2, 40), MINUTE)
    # The ten minutes that were lost are made up for with a later end.
    assert sent_commands(cloud)[2:] == ["add_charge_schedule", "charge_start"]
    assert log.kinds[2] == "started"
    assert the_car(cloud).charging_state == "Charging"


@pytest.mark.slow
async def test_a_charge_that_we_started_is_stopped_at_the_end_of_its_window(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A start by command ignores the schedule, and would go on to the limit."""
    await sent(hass, cloud, noon)
    await until(hass, noon, at(2, 20), QUARTER)
    the_car(cloud).charge_stop()
    await until(hass, noon, at(2, 40), MINUTE)
    assert "charge_start" in sent_commands(cloud)
    the_car(cloud).set_limit_by_owner(100)
    plan = (await session(hass))["plan"]
    end = datetime.fromisoformat(plan["windows"][-1]["end"])
    await until(hass, noon, end + 2 * MINUTE, MINUTE)
    assert "charge_stop" in sent_commands(cloud)
    assert the_car(cloud).charging_state == "Stopped"


async def test_a_car_that_cannot_be_started_is_reported(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It was unplugged in the night: the user knows at once, with what to expect."""
    _, log = await sent(hass, cloud, noon)
    await until(hass, noon, at(2, 10), QUARTER)
    the_car(cloud).unplug()
    await until(hass, noon, at(2, 40), MINUTE)
    assert log.kinds == ["scheduled", "sent", "falling_behind", "needs_plug"]
    assert log.fired[2]["reason"] == "unplugged"
    assert log.fired[2]["expected_level"] == 26
    assert sent_commands(cloud)[2:] == []
    the_car(cloud).plug_in()
    await until(hass, noon, at(5, 10), QUARTER)
    assert "falling_behind" in log.kinds
    assert the_car(cloud).battery_level > 30


@pytest.mark.all_entities
@pytest.mark.slow
async def test_a_shortfall_is_reported_when_it_is_known(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Half the power: not 80 but less by the deadline, told in the night, not at seven."""
    _, log = await sent(hass, cloud, noon)
    the_car(cloud).wake()
    noon.tick(timedelta(seconds=40))
    the_car(cloud).set_charging_amps(8)
    await until(hass, noon, at(2, 40), MINUTE)
    assert log.kinds[:4] == ["scheduled", "sent", "started", "falling_behind"]
    fired = log.fired[3]
    assert 55 < fired["expected_level"] < 65
    level = state_of(hass, "sensor", "special_charging_expected_level")
    assert round(float(level)) == fired["expected_level"]
    [schedule] = the_car(cloud).charge_schedules.values()
    # The buffer is there for this: it charges until the deadline.
    assert schedule.end_time == 420
    await until(hass, noon, at(7, 0), QUARTER)
    assert abs(the_car(cloud).battery_level - fired["expected_level"]) < 4


async def test_a_little_slower_is_made_up_for_in_the_buffer(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """13 A of 16 A: the window goes on for longer, and the target is reached in time."""
    _, log = await sent(hass, cloud, noon)
    the_car(cloud).wake()
    noon.tick(timedelta(seconds=40))
    the_car(cloud).set_charging_amps(14)
    await until(hass, noon, at(7, 0), QUARTER)
    assert round(the_car(cloud).battery_level) >= 79
    await until(hass, noon, at(7, 35), MINUTE)
    assert log.kinds[-1] == "completed"
    assert the_car(cloud).charge_limit == 70


async def test_a_quiet_night_costs_two_reads_to_watch(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """One after the start and one at the end; the Scout's own rhythm adds its own."""
    entry, log = await sent(hass, cloud, noon)
    before = reads(cloud)
    scouts = entry.runtime_data.coordinator
    await until(hass, noon, at(2, 28), MINUTE)
    assert reads(cloud) - before <= 1
    await until(hass, noon, at(2, 31), MINUTE)
    assert scouts.data
    assert log.kinds[-2:] == ["started", "on_track"]
    await until(hass, noon, at(6, 5), QUARTER)
    assert log.kinds[-1] == "on_track"


async def test_a_car_that_left_in_the_window_is_reported(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Nothing is sent to it on its way; the user knows what is missing."""
    _, log = await sent(hass, cloud, noon)
    await until(hass, noon, at(2, 35), QUARTER)
    the_car(cloud).drive(15, WORK, timedelta(minutes=20))
    await until(hass, noon, at(6, 20), QUARTER)
    assert "falling_behind" in log.kinds
    assert sent_commands(cloud)[2:] == []


@pytest.mark.parametrize(
    "car_settings", [replace(LOW_CAR, charger_kw=22, charge_limit=90)]
)
@pytest.mark.slow
async def test_a_target_below_the_owners_limit_is_held_by_a_stop(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It charges faster than planned, and its own limit does not stop it."""
    _, log = await sent(hass, cloud, noon)
    assert the_car(cloud).charge_limit == 90
    await until(hass, noon, at(7, 0), MINUTE)
    assert 79 <= the_car(cloud).battery_level < 82
    assert sent_commands(cloud).count("charge_stop") == 1
    assert log.kinds == ["scheduled", "sent", "started", "on_track"]
