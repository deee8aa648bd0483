"""What the tests of special charging share: an evening, a car, and what was told."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory

from custom_components.tesla_scout_worker.data import ScoutConfigEntry
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import (
    EVENT_STATE_CHANGED,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import issue_registry as ir
from simulator.car import CarEvent, CarSettings
from simulator.charge_history import ChargeInterval
from simulator.cloud import Cloud

from ...common import HOME, VIN, act, entity_id, set_up, the_car, tick
from ...scout_helpers import devices

WARSAW = ZoneInfo("Europe/Warsaw")
MINUTE = timedelta(minutes=1)
SECONDS = timedelta(seconds=10)
QUARTER = timedelta(minutes=15)

# 26 % to 80 % of 75 kWh at 11 kW take 3 h 41 min, none of it in the taper.
LOW_CAR = CarSettings(
    vin=VIN,
    home=HOME,
    plugged_in=True,
    battery_level=26,
    charge_limit=70,
    starts_asleep=True,
)


EVENING = datetime(2025, 8, 6, 22, 50, tzinfo=WARSAW)
MORNING = "2025-08-07 07:00:00"


def at(hour: int, minute: int, second: int = 0) -> datetime:
    """Return a time of the night from the 6th to the 7th of August."""
    day = 6 if hour > 12 else 7
    return datetime(2025, 8, day, hour, minute, second, tzinfo=WARSAW)


class SessionLog:
    """What the event entity of special charging told, in order."""

    def __init__(self, hass: HomeAssistant, vin: str = VIN) -> None:
        """Listen from now on, over reloads too."""
        self._entity_id = entity_id(hass, "event", "special_charging", vin)
        self._last: str | None = None
        self.fired: list[dict[str, Any]] = []
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
                self.fired.append(dict(new.attributes))

    @property
    def kinds(self) -> list[str]:
        """The events alone."""
        return [event["event_type"] for event in self.fired]


def local(at: datetime, zone: ZoneInfo = WARSAW) -> str:
    """Return the time of day on the wall."""
    return at.astimezone(zone).strftime("%H:%M")


async def home_and_awake(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> tuple[ScoutConfigEntry, SessionLog]:
    """Set up with the car awake, not charging, and its state of charge known."""
    the_car(cloud).wake()
    freezer.tick(timedelta(seconds=30))
    entry = await set_up(hass, cloud)
    return entry, SessionLog(hass)


async def with_session(
    hass: HomeAssistant,
    cloud: Cloud,
    freezer: FrozenDateTimeFactory,
    target: int = 80,
) -> tuple[ScoutConfigEntry, SessionLog]:
    """Request a level by 07:00: charging from 02:19 to 06:00, sent at 00:19."""
    entry, log = await home_and_awake(hass, cloud, freezer)
    await add(hass, MORNING, target)
    return entry, log


async def sent(
    hass: HomeAssistant,
    cloud: Cloud,
    freezer: FrozenDateTimeFactory,
    target: int = 80,
) -> tuple[ScoutConfigEntry, SessionLog]:
    """Request, and let time pass until the plan is in the car, at 00:20."""
    entry, log = await with_session(hass, cloud, freezer, target)
    await until(hass, freezer, at(0, 18), QUARTER)
    await until(hass, freezer, at(0, 20), SECONDS)
    assert log.kinds == ["scheduled", "sent"]
    return entry, log


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
    """Request a level by a time on the wall."""
    return await special(hass, "add_special_charging", ready_by=ready_by, target=target)


async def session(hass: HomeAssistant, index: int = 0) -> dict[str, Any]:
    """Return a session as the list has it."""
    listed = await special(hass, "list_special_charging")
    found: dict[str, Any] = listed["sessions"][index]
    return found


def session_timers(entry: ConfigEntry[Any], vin: str = VIN) -> dict[str, datetime]:
    """Return the timers of sessions that are armed, by purpose."""
    armed: dict[str, datetime] = entry.runtime_data.worker.armed(vin)
    return {purpose: at for purpose, at in armed.items() if purpose != "daily"}


def sent_commands(cloud: Cloud) -> list[str]:
    """Return the names of the commands that the cloud was sent, in order."""
    return [
        request.path.rsplit("/", 1)[-1]
        for request in cloud.requests
        if "/command/" in request.path
    ]


def happened(cloud: Cloud, *kinds: str) -> list[CarEvent]:
    """Return what the car's own record has of some kinds."""
    return [event for event in the_car(cloud).record if event.kind in kinds]


def charges(cloud: Cloud) -> list[ChargeInterval]:
    """Return when the car charged, by a schedule or at once between two commands."""
    return list(the_car(cloud).charge_intervals)


def unmet_events(hass: HomeAssistant) -> list[str]:
    """Return what the repairs about events that cannot be met list."""
    return [
        (issue.translation_placeholders or {})["session"]
        for issue in ir.async_get(hass).issues.values()
        if issue.translation_key == "calendar_event_unmet"
    ]
