"""What a person at 23:00 would suffer from, found by reading with a critic's eye."""

from dataclasses import replace
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.charging.sessions.session import CheckPoint
from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud
from simulator.faults import Fault

from ...common import VIN, WORK, the_car
from ...scout_helpers import wakes
from .session_helpers import (
    LOW_CAR,
    MINUTE,
    SECONDS,
    at,
    sent,
    special,
    until,
    with_session,
)

pytestmark = pytest.mark.slow

QUARTER = timedelta(minutes=15)
ADD = f"/api/1/vehicles/{VIN}/command/add_charge_schedule"
SESSION = "special_1_20250807_0700"


@pytest.mark.parametrize("car_settings", [replace(LOW_CAR, charge_limit=90)])
async def test_a_car_that_just_fell_silent_is_not_asked_in_a_loop(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The Scout saw it awake minutes ago, and does not know better yet."""
    entry, _ = await sent(hass, cloud, noon)
    await until(hass, noon, at(6, 28), QUARTER)
    the_car(cloud).wake()
    noon.tick(timedelta(seconds=40))
    await entry.runtime_data.coordinator.async_scout_now(VIN)
    the_car(cloud).set_signal(False)
    before = len(cloud.requests)
    await until(hass, noon, at(6, 31), SECONDS)
    assert len(cloud.requests) - before < 10


async def test_the_owners_limit_stays_when_a_second_session_is_sent(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """85 % are enough for the second one's 80 %, so nothing is raised."""
    await sent(hass, cloud, noon, target=90)
    await until(hass, noon, at(3, 0), QUARTER)
    the_car(cloud).set_limit_by_owner(85)
    second = await special(
        hass, "add_special_charging", ready_by="2025-08-07 15:00:00", target=80
    )
    await special(hass, "send_special_charging", session_id=second["session_id"])
    assert the_car(cloud).charge_limit == 85


async def test_a_window_that_goes_on_is_read_at_its_new_end(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Else nobody sees whether the last half hour helped."""
    entry, _ = await sent(hass, cloud, noon)
    await until(hass, noon, at(5, 30), MINUTE)
    the_car(cloud).unplug()
    await until(hass, noon, at(5, 55), MINUTE)
    the_car(cloud).plug_in()
    await until(hass, noon, at(6, 1), SECONDS)
    session = entry.runtime_data.sessions.session(VIN, SESSION)
    assert session.end is not None
    assert session.end > at(6, 0)
    assert CheckPoint.ENDED not in session.checked


async def test_a_session_that_is_moved_while_its_car_is_silent_is_not_lost(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The old one is still being undone, which is in nobody's way."""
    entry, _ = await sent(hass, cloud, noon)
    the_car(cloud).set_signal(False)
    await until(hass, noon, at(0, 25), MINUTE)
    manager = entry.runtime_data.sessions
    ready_by = at(8, 0)
    moved = await manager.async_move(VIN, SESSION, 80, ready_by)
    assert moved.ready_by == ready_by
    assert manager.session(VIN, SESSION).restoring


async def test_a_car_that_sleeps_elsewhere_is_not_woken_all_night(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """One wake may find that it came home; and the user is told once."""
    _, log = await with_session(hass, cloud, noon)
    car = the_car(cloud)
    car.unplug()
    car.move(WORK)
    await until(hass, noon, at(0, 18), QUARTER)
    await until(hass, noon, at(6, 50), MINUTE)
    assert log.kinds == ["scheduled", "needs_home", "missed"]
    assert wakes(cloud) <= 2


async def test_trouble_while_a_read_is_judged_is_waited_out(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A command that fails after a read of the Scout's breaks nothing off."""
    entry, _ = await sent(hass, cloud, noon)
    await until(hass, noon, at(3, 0), MINUTE)
    the_car(cloud).unplug()
    await until(hass, noon, at(3, 29), MINUTE)
    the_car(cloud).plug_in()
    noon.tick(MINUTE)
    cloud.faults.add(Fault(path=ADD, status=503))
    await entry.runtime_data.coordinator.async_scout_now(VIN)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_full_car_that_falls_silent_is_not_reported_behind(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The last read said that it will be there in time."""
    _, log = await sent(hass, cloud, noon)
    await until(hass, noon, at(5, 58), MINUTE)
    the_car(cloud).set_signal(False)
    await until(hass, noon, at(6, 25), MINUTE)
    assert log.kinds == ["scheduled", "sent", "started", "on_track"]
