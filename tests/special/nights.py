"""What the tests of special charging share: an evening, a car, and what was told."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory

from homeassistant.core import (
    EVENT_STATE_CHANGED,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from simulator.car import CarEvent, CarSettings
from simulator.cloud import Cloud

from ..common import HOME, VIN, act, entity_id, the_car, tick
from ..scout_helpers import devices

WARSAW = ZoneInfo("Europe/Warsaw")
MINUTE = timedelta(minutes=1)
SECONDS = timedelta(seconds=10)

# 26 % to 80 % of 75 kWh at 11 kW take 3 h 41 min, none of it in the taper.
LOW_CAR = CarSettings(
    vin=VIN,
    home=HOME,
    plugged_in=True,
    battery_level=26,
    charge_limit=70,
    starts_asleep=True,
)


class SessionLog:
    """What the event entity of special charging told, in order."""

    def __init__(self, hass: HomeAssistant, vin: str = VIN) -> None:
        """Listen from now on, over reloads too."""
        self._entity_id = entity_id(hass, "event", "special_charging", vin)
        self._last: str | None = None
        self.told: list[dict[str, Any]] = []
        hass.bus.async_listen(EVENT_STATE_CHANGED, self._hear)

    @callback
    def _hear(self, event: Event[EventStateChangedData]) -> None:
        """Note an event; a restored state has none that is new."""
        new = event.data["new_state"]
        if event.data["entity_id"] != self._entity_id or new is None:
            return
        if new.attributes.get("event_type"):
            key = f"{new.state} {new.attributes['event_type']}"
            if key != self._last:
                self._last = key
                self.told.append(dict(new.attributes))

    @property
    def kinds(self) -> list[str]:
        """The events alone."""
        return [one["event_type"] for one in self.told]


def local(at: datetime, zone: ZoneInfo = WARSAW) -> str:
    """Return the time of day on the wall."""
    return at.astimezone(zone).strftime("%H:%M")


async def until(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    at: datetime,
    step: timedelta = MINUTE,
) -> None:
    """Let time pass step by step until an instant (aware)."""
    while (left := at - datetime.now(UTC)) > timedelta(0):
        await tick(hass, freezer, min(step, left))


async def special(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    """Call an action about special charging for the car."""
    return await act(hass, action, device_id=devices(hass)[VIN], **data)


async def add(hass: HomeAssistant, ready_by: str, target: int = 80) -> dict[str, Any]:
    """Promise a level by a time on the wall."""
    return await special(hass, "add_special_charging", ready_by=ready_by, target=target)


def happened(cloud: Cloud, *kinds: str) -> list[CarEvent]:
    """Return what the car's own record has of some kinds."""
    return [one for one in the_car(cloud).record if one.kind in kinds]
