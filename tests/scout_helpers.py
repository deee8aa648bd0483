"""What the tests of the Scout share: what it told, what it asked, what it was answered."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import (
    EVENT_STATE_CHANGED,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import device_registry as dr
from simulator.car import Car, CarSettings
from simulator.cloud import Cloud
from simulator.faults import Fault

from .common import VIN, act, entity_id, the_car

LIST = "/api/1/vehicles"
READ = "*/vehicle_data"
READ_SECTIONS = "charge_state;drive_state;location_data;charge_schedule_data"


class FiredEvents:
    """What a car's event entity told, in order; a restored state is no telling."""

    def __init__(self, hass: HomeAssistant, entity_id: str) -> None:
        """Listen from now on, over reloads too."""
        self._entity_id = entity_id
        self._last = _fired(hass.states.get(entity_id))
        self.events: list[tuple[str, datetime]] = []
        hass.bus.async_listen(EVENT_STATE_CHANGED, self._hear)

    @callback
    def _hear(self, event: Event[EventStateChangedData]) -> None:
        """Note an event that was not noted as the last one."""
        if event.data["entity_id"] != self._entity_id:
            return
        new = event.data["new_state"]
        fired = _fired(new)
        if new is not None and fired is not None and fired != self._last:
            self._last = fired
            seen_at = datetime.fromisoformat(new.attributes["seen_at"])
            self.events.append((new.attributes["event_type"], seen_at))

    @property
    def kinds(self) -> list[str]:
        """The triggers alone."""
        return [kind for kind, _ in self.events]


def _fired(state: State | None) -> tuple[str, str] | None:
    """Return what was fired and when; a restored state keeps both, a repeat does not."""
    if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        return None
    return state.attributes["event_type"], state.state


def lists(cloud: Cloud) -> int:
    """Return how many times the list of cars was asked for."""
    return sum(request.path == LIST for request in cloud.requests)


def reads(cloud: Cloud, vin: str = VIN) -> int:
    """Return how many reads of a car were asked for."""
    return sum(
        request.path.endswith("/vehicle_data") and request.vin == vin
        for request in cloud.requests
    )


def wakes(cloud: Cloud) -> int:
    """Return how many times any car was asked to wake."""
    return sum("wake" in request.path for request in cloud.requests)


def reauths(hass: HomeAssistant) -> int:
    """Return how many times the user is being asked to sign in again."""
    return sum(
        flow["context"]["source"] == SOURCE_REAUTH
        for flow in hass.config_entries.flow.async_progress()
    )


def payload(car: Car, section: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a car's answer to a read, with some fields of a section changed."""
    data = car.vehicle_data(frozenset(READ_SECTIONS.split(";")))
    return {"response": {**data, section: {**data[section], **changes}}}


@contextmanager
def answered(cloud: Cloud, section: str, **changes: Any) -> Iterator[None]:
    """Have the cloud answer reads with some fields of a section changed."""
    body = payload(the_car(cloud), section, changes)
    fault = cloud.faults.add(Fault(path=READ, body=body))
    yield
    cloud.faults.remove(fault)


def disabled(path: str) -> Fault:
    """Return Tesla's answer where it disabled the account over its billing limit."""
    return Fault(
        path=path, status=403, body={"error": "account disabled: EXCEEDED_LIMIT"}
    )


def devices(hass: HomeAssistant) -> dict[str, str]:
    """Return the devices of the integration: a car's by its VIN, an account's by its id."""
    registry = dr.async_get(hass)
    return {
        key: device.id
        for entry in hass.config_entries.async_entries(DOMAIN)
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
        for _, key in device.identifiers
    }


async def scout_now(hass: HomeAssistant, vin: str = VIN) -> dict[str, Any]:
    """Have the Scout read a car now, and tell what it saw."""
    answer = await act(hass, "scout_now", device_id=devices(hass)[vin])
    await hass.async_block_till_done()
    return answer


async def press(hass: HomeAssistant) -> None:
    """Press the button."""
    await hass.services.async_call(
        "button",
        "press",
        {"entity_id": entity_id(hass, "button", "scout_now")},
        blocking=True,
    )


async def reload(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Reload an entry, whatever comes of it."""
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


def state(entry: ConfigEntry[Any]) -> ConfigEntryState:
    """Return the state of an entry, as it is by now."""
    return entry.state


def fired_events_of(hass: HomeAssistant) -> FiredEvents:
    """Listen to the car's events."""
    return FiredEvents(hass, entity_id(hass, "event", "scout"))


def with_car(settings: CarSettings) -> pytest.MarkDecorator:
    """Give a test another car."""
    return pytest.mark.parametrize("car_settings", [settings])
