"""Events of cars reach whoever listens: once, and after the cars are published."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.coordinator import ScoutCoordinator
from custom_components.tesla_scout_worker.gateways.models import (
    Connectivity,
    VehicleSummary,
)
from custom_components.tesla_scout_worker.scout.event_dispatcher import EventDispatcher
from custom_components.tesla_scout_worker.scouting.car_state import CarState
from custom_components.tesla_scout_worker.scouting.events import (
    VehicleEvent,
    VehicleEventType,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import HOME, VIN, WORK, set_up, the_car, tick
from ..scout_helpers import scout_now, with_car

QUARTER = timedelta(minutes=15)
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
WOKE = VehicleEvent(event_type=VehicleEventType.WOKE_UP, at=NOON)
ARRIVED = VehicleEvent(event_type=VehicleEventType.ARRIVED_HOME, at=NOON)
LEVER = "binary_sensor.lever"

pytestmark = pytest.mark.fixed_rhythm


class Heard:
    """Events as a listener got them, and the car as it was published by then."""

    def __init__(self, coordinator: ScoutCoordinator) -> None:
        """Listen from now on."""
        self._coordinator = coordinator
        self.events: list[str] = []
        self.cars: list[CarState] = []
        self.stop = coordinator.async_listen_to_events(self._hear)

    @callback
    def _hear(self, vin: str, event: VehicleEventType) -> None:
        """Keep an event."""
        assert vin == VIN
        self.events.append(event.value)
        self.cars.append(self._coordinator.data[vin])


async def listening(
    hass: HomeAssistant, cloud: Cloud
) -> tuple[ConfigEntry[Any], ScoutCoordinator, Heard]:
    """Set up, and listen."""
    entry = await set_up(hass, cloud)
    coordinator: ScoutCoordinator = entry.runtime_data.coordinator
    return entry, coordinator, Heard(coordinator)


async def test_an_event_of_a_round(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Both events of a read that a round takes, in their order; nothing afterwards."""
    _, _, heard = await listening(hass, cloud)
    assert heard.events == []
    the_car(cloud).plug_in()
    await tick(hass, noon, QUARTER)
    assert heard.events == ["ready_to_charge", "charging_started"]
    assert all(car.observation.plugged_in for car in heard.cars)
    await tick(hass, noon, QUARTER)
    assert len(heard.events) == 2
    heard.stop()
    the_car(cloud).unplug()
    await tick(hass, noon, QUARTER)
    assert len(heard.events) == 2


async def test_an_event_of_a_read(hass: HomeAssistant, cloud: Cloud) -> None:
    """What the Worker's own read finds is an event too."""
    _, coordinator, heard = await listening(hass, cloud)
    the_car(cloud).plug_in()
    await coordinator.async_read(VIN)
    assert heard.events == ["ready_to_charge", "charging_started"]
    assert heard.cars[0].snapshot is not None
    assert heard.cars[0].snapshot.charge.plugged_in


@with_car(CarSettings(vin=VIN, home=HOME, starts_asleep=True))
async def test_an_event_of_a_poll_of_one_car(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A car that was asked to wake is polled by itself."""
    _, coordinator, heard = await listening(hass, cloud)
    the_car(cloud).wake()
    noon.tick(timedelta(minutes=1))
    assert await coordinator.async_connectivity(VIN) is Connectivity.ONLINE
    assert heard.events == ["woke_up"]
    assert heard.cars[0].summary.connectivity is Connectivity.ONLINE


async def test_an_event_of_a_hint(hass: HomeAssistant, cloud: Cloud) -> None:
    """A wallbox at home says that the cable is in."""
    entry, _, _ = await listening(hass, cloud)
    hass.states.async_set(LEVER, "off")
    hass.config_entries.async_update_entry(entry, options={"plug_hints": [LEVER]})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    coordinator = entry.runtime_data.coordinator
    heard = Heard(coordinator)
    hass.states.async_set(LEVER, "on")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert heard.events[0] == "ready_to_charge"
    assert heard.cars[0].observation.plugged_in


@with_car(CarSettings(vin=VIN, home=HOME, plugged_in=True))
async def test_no_event_twice_while_nothing_is_new(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Whatever updates the entities in between hands over nothing again."""
    _, coordinator, heard = await listening(hass, cloud)
    the_car(cloud).unplug()
    await scout_now(hass)
    before = list(heard.events)
    assert before
    coordinator.async_update_listeners()
    coordinator.async_update_listeners()
    assert heard.events == before


async def test_an_event_of_a_home_that_moved(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A car on its cable is ready no more where home was: no arrival, no departure."""
    the_car(cloud).plug_in()
    _, _, heard = await listening(hass, cloud)
    await hass.config.async_update(latitude=WORK.latitude, longitude=WORK.longitude)
    await hass.async_block_till_done()
    await tick(hass, noon, QUARTER)
    assert heard.events == ["not_ready"]


async def test_what_is_published_stays_as_it_was(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Each change is a new dict of frozen cars."""
    _, coordinator, _ = await listening(hass, cloud)
    before = coordinator.data
    cars = dict(before)
    the_car(cloud).plug_in()
    await tick(hass, noon, QUARTER)
    assert before == cars
    assert coordinator.data is not before
    assert coordinator.data[VIN].observation.plugged_in


class TestDispatcher:
    """Events from before anybody listens."""

    def dispatcher(self, *pending: VehicleEvent) -> EventDispatcher:
        """Return one that starts with a car that has pending events."""
        summary = VehicleSummary(vin=VIN, name=None, connectivity=None)
        return EventDispatcher({VIN: CarState(summary=summary, pending=pending)})

    def test_what_was_pending_before_a_restart(
        self, freezer: FrozenDateTimeFactory
    ) -> None:
        """It is handed over once, also after the event entity acknowledged it."""
        freezer.move_to(NOON)
        heard: list[VehicleEventType] = []
        dispatcher = self.dispatcher(WOKE, ARRIVED)
        dispatcher.async_dispatch()
        dispatcher.async_listen(lambda _, event: heard.append(event))
        assert heard == [VehicleEventType.WOKE_UP, VehicleEventType.ARRIVED_HOME]
        dispatcher.async_dispatch()
        assert len(heard) == 2

    def test_what_is_too_old_to_act_on(self, freezer: FrozenDateTimeFactory) -> None:
        """Six hours later the car may be anywhere."""
        freezer.move_to(NOON + timedelta(hours=6))
        heard: list[VehicleEventType] = []
        self.dispatcher(WOKE).async_listen(lambda _, event: heard.append(event))
        assert heard == []

    def test_only_what_is_new_of_a_car(self, freezer: FrozenDateTimeFactory) -> None:
        """An event that waits to be acknowledged is not collected a second time."""
        freezer.move_to(NOON)
        heard: list[VehicleEventType] = []
        dispatcher = self.dispatcher()
        dispatcher.async_listen(lambda _, event: heard.append(event))
        summary = VehicleSummary(vin=VIN, name=None, connectivity=None)
        first = CarState(summary=summary, pending=(WOKE,))
        second = CarState(summary=summary, pending=(WOKE, ARRIVED))
        dispatcher.collect(VIN, None, first)
        dispatcher.collect(VIN, first, second)
        dispatcher.collect(VIN, second, first)
        assert heard == []
        dispatcher.async_dispatch()
        assert heard == [VehicleEventType.WOKE_UP, VehicleEventType.ARRIVED_HOME]
