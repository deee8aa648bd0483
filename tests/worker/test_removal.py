"""An account or a car is removed: nothing of ours stays in a car without a word."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.data import ScoutConfigEntry
from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.faults import Fault

from ..common import VIN, count, the_car, tick
from ..scout_helpers import READ, devices
from .special_charging.session_helpers import (
    EVENING,
    LOW_CAR,
    MINUTE,
    QUARTER,
    SECONDS,
    at,
    sent,
    sent_commands,
    until,
    with_session,
)

pytestmark = pytest.mark.fixed_rhythm


@pytest.fixture
def noon(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock in the evening."""
    freezer.move_to(EVENING)
    return freezer


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that is at home, plugged in and low."""
    return LOW_CAR


def notified(hass: HomeAssistant) -> list[str]:
    """Return the notifications about cars that were left."""
    return [
        str(each["message"])
        for key, each in _async_get_or_create_notifications(hass).items()
        if key.startswith(f"{DOMAIN}_left")
    ]


def assert_nothing_left(cloud: Cloud) -> None:
    """See that the car is as its owner had it."""
    assert the_car(cloud).charge_limit == 70
    assert not the_car(cloud).charge_schedules


async def test_an_entry_is_removed_while_the_car_is_awake(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The limit is restored and our schedule leaves, in this order; then a read."""
    entry, _ = await sent(hass, cloud, noon)
    assert the_car(cloud).charge_limit == 80
    the_car(cloud).wake()
    noon.tick(MINUTE)
    before, reads = len(sent_commands(cloud)), count(cloud, "data")
    await hass.config_entries.async_remove(entry.entry_id)
    assert_nothing_left(cloud)
    assert sent_commands(cloud)[before:] == [
        "set_charge_limit",
        "remove_charge_schedule",
    ]
    assert count(cloud, "data") - reads == 2
    assert notified(hass) == []


async def test_an_entry_is_removed_while_the_car_sleeps(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """Nobody wakes it: what is to be done is told, by times, and outlives the entry."""
    entry, _ = await sent(hass, cloud, noon)
    await until(hass, noon, at(1, 30))
    assert the_car(cloud).state == "asleep"
    wakes = count(cloud, "wake")
    await hass.config_entries.async_remove(entry.entry_id)
    assert count(cloud, "wake") == wakes
    (message,) = notified(hass)
    assert "70 %" in message
    assert "2025-08-07 02:19 – 06:00" in message
    (schedule_id,) = the_car(cloud).charge_schedules
    assert str(schedule_id) not in message
    assert VIN not in message
    await tick(hass, noon, MINUTE)
    assert notified(hass) == [message]
    assert not any(key.startswith(DOMAIN) for key in hass_storage)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path=READ, status=503),
        Fault(path="*/set_charge_limit", status=503),
        Fault(path="*/remove_charge_schedule", status=500, body="<html>"),
        Fault(path="*/vehicles/*", status=401),
        Fault(path="*/command/*", body={"response": {"result": False, "reason": "x"}}),
    ],
    ids=["no read", "no limit", "no schedule", "signed out", "refused"],
)
async def test_what_cannot_be_undone_is_told(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, fault: Fault
) -> None:
    """Whatever fails, the entry is removed, and the rest is named."""
    entry, _ = await sent(hass, cloud, noon)
    the_car(cloud).wake()
    noon.tick(MINUTE)
    cloud.faults.add(fault)
    await hass.config_entries.async_remove(entry.entry_id)
    assert hass.config_entries.async_entries(DOMAIN) == []
    (message,) = notified(hass)
    car = the_car(cloud)
    assert ("70 %" in message) is (car.charge_limit == 80)
    assert ("06:00" in message) is bool(car.charge_schedules)


async def test_an_entry_with_nothing_in_the_cars_makes_no_request(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A session that was not sent is nothing in the car."""
    entry, _ = await with_session(hass, cloud, noon)
    before = len(cloud.requests)
    await hass.config_entries.async_remove(entry.entry_id)
    assert len(cloud.requests) == before
    assert notified(hass) == []


async def test_what_is_the_owners_stays(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A schedule of the owner's, and a limit that the owner has set meanwhile."""
    entry, _ = await sent(hass, cloud, noon)
    car = the_car(cloud)
    car.wake()
    noon.tick(MINUTE)
    car.set_limit_by_owner(95)
    ours = set(car.charge_schedules)
    (sent_schedule,) = car.charge_schedules.values()
    car.add_charge_schedule(replace(sent_schedule, id=1700000000, start_time=780))
    await hass.config_entries.async_remove(entry.entry_id)
    assert car.charge_limit == 95
    assert set(car.charge_schedules).isdisjoint(ours)
    assert len(car.charge_schedules) == 1
    assert notified(hass) == []


async def started(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> ScoutConfigEntry:
    """Let a car that does not start by itself be started by a command."""
    entry, _ = await sent(hass, cloud, noon)
    await until(hass, noon, at(2, 20), QUARTER)
    the_car(cloud).charge_stop()
    await until(hass, noon, at(2, 40), MINUTE)
    assert sent_commands(cloud)[-1] == "charge_start"
    assert the_car(cloud).charging_state == "Charging"
    return entry


def add_owners_schedule(cloud: Cloud) -> None:
    """Add a schedule of the owner's, which runs from 13:00."""
    (ours,) = the_car(cloud).charge_schedules.values()
    owners = replace(ours, id=1700000000, start_time=780, end_time=900)
    the_car(cloud).add_charge_schedule(replace(owners, one_time=False))


async def test_a_charge_that_was_started_is_stopped_with_its_entry(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It would ignore the owner's schedule, and go on up to the limit."""
    entry = await started(hass, cloud, noon)
    add_owners_schedule(cloud)
    before = len(sent_commands(cloud))
    await hass.config_entries.async_remove(entry.entry_id)
    assert sent_commands(cloud)[before:] == [
        "set_charge_limit",
        "remove_charge_schedule",
        "charge_stop",
    ]
    assert the_car(cloud).charging_state == "Stopped"
    assert notified(hass) == []


async def test_a_charge_goes_on_in_a_car_without_schedules_of_its_owner(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """It would charge without us as well; once stopped, nothing would start it."""
    entry = await started(hass, cloud, noon)
    await hass.config_entries.async_remove(entry.entry_id)
    assert_nothing_left(cloud)
    assert the_car(cloud).charging_state == "Charging"
    assert notified(hass) == []


async def test_a_charge_that_cannot_be_stopped_is_told(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """All else is undone, and the person stops it."""
    entry = await started(hass, cloud, noon)
    add_owners_schedule(cloud)
    cloud.faults.add(Fault(path="*/charge_stop", status=503))
    await hass.config_entries.async_remove(entry.entry_id)
    (message,) = notified(hass)
    assert "still charges" in message
    assert "%" not in message


type Remove = Callable[[str], Awaitable[bool]]


@pytest.fixture
async def remove_device(
    hass: HomeAssistant,
    hass_admin_user: MockUser,
    hass_access_token: str,
    hass_ws_client: WebSocketGenerator,
) -> Remove:
    """Return what removes a device as a person does on its page."""
    assert await async_setup_component(hass, "config", {})
    (refresh_token,) = hass_admin_user.refresh_tokens.values()

    async def remove(device_id: str) -> bool:
        """Remove a device; return whether that was allowed."""
        # The token of the fixture is out of date by night.
        token = hass.auth.async_create_access_token(refresh_token)
        client = await hass_ws_client(hass, token)
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        await client.send_json_auto_id(
            {
                "type": "config/device_registry/remove_config_entry",
                "config_entry_id": entry.entry_id,
                "device_id": device_id,
            }
        )
        answer = await client.receive_json()
        await hass.async_block_till_done(wait_background_tasks=True)
        await client.close()
        return bool(answer["success"])

    return remove


async def test_a_car_is_removed(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    remove_device: Remove,
) -> None:
    """Its session is undone, and it is left alone from then on; the account stays."""
    entry, _ = await sent(hass, cloud, noon)
    the_car(cloud).wake()
    await tick(hass, noon, SECONDS)
    known = devices(hass)
    assert not await remove_device(known[str(entry.unique_id)])
    assert await remove_device(known[VIN])
    assert_nothing_left(cloud)
    assert notified(hass) == []
    record = entry.runtime_data.worker.repository.record(VIN)
    assert record.sessions.open == ()
    assert record.settings.sync is False
    commands = len(sent_commands(cloud))
    await until(hass, noon, at(9, 0))
    assert len(sent_commands(cloud)) == commands


async def test_a_charge_that_was_started_ends_with_its_window_after_the_removal(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    remove_device: Remove,
) -> None:
    """The account stays, so that the end of the charge is still ours."""
    await started(hass, cloud, noon)
    add_owners_schedule(cloud)
    the_car(cloud).set_limit_by_owner(90)
    assert await remove_device(devices(hass)[VIN])
    await until(hass, noon, at(6, 15), QUARTER)
    assert the_car(cloud).charging_state == "Stopped"
    assert sent_commands(cloud)[-1] == "charge_stop"


async def test_a_sleeping_car_is_removed(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    remove_device: Remove,
) -> None:
    """It is told what is left, and undone when the car is awake."""
    await sent(hass, cloud, noon)
    await until(hass, noon, at(1, 30))
    assert the_car(cloud).state == "asleep"
    assert await remove_device(devices(hass)[VIN])
    (message,) = notified(hass)
    assert "70 %" in message
    the_car(cloud).wake()
    await until(hass, noon, at(2, 0))
    assert_nothing_left(cloud)


async def test_a_car_leaves_the_account(
    hass: HomeAssistant, two_cars: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Nobody can undo it there: its owner is told, once."""
    await sent(hass, two_cars, noon)
    del two_cars.cars[VIN]
    await until(hass, noon, at(1, 30), QUARTER)
    (message,) = notified(hass)
    assert "70 %" in message
    assert "02:19 – 06:00" in message
