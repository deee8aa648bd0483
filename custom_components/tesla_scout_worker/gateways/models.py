"""What Tesla said, as typed facts: None means unknown, never a guess.

Any field of a payload may be missing, null, or the literal text ``<invalid>``
(Tesla sends that for a cable it cannot name), and a new firmware may bring words
that nobody knew; all of these are unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
import math
from typing import Any, Self

from ..const import NOT_STORED

INVALID = "<invalid>"

# Bits of the weekday mask, with the only short names that Tesla's proxy accepts.
WEEKDAYS = ("Sun", "Mon", "Tues", "Wed", "Thurs", "Fri", "Sat")

# What a snapshot is read from.
SECTIONS = ("charge_state", "drive_state", "charge_schedule_data")


class Connectivity(StrEnum):
    """Whether Tesla's cloud can reach the car at the moment."""

    ONLINE = "online"
    ASLEEP = "asleep"
    OFFLINE = "offline"


class ChargingState(StrEnum):
    """What the charger in the car is doing (Tesla: ``charging_state``)."""

    CALIBRATING = "calibrating"
    CHARGING = "charging"
    COMPLETE = "complete"
    DISCONNECTED = "disconnected"
    NO_POWER = "no_power"
    STARTING = "starting"
    STOPPED = "stopped"

    @property
    def is_charging(self) -> bool:
        """Whether energy flows, or is about to."""
        return self in (ChargingState.CHARGING, ChargingState.STARTING)


_CHARGING_STATES = {
    "Calibrating": ChargingState.CALIBRATING,
    "Charging": ChargingState.CHARGING,
    "Complete": ChargingState.COMPLETE,
    "Disconnected": ChargingState.DISCONNECTED,
    "NoPower": ChargingState.NO_POWER,
    "Starting": ChargingState.STARTING,
    "Stopped": ChargingState.STOPPED,
}


def _section(payload: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return a section of a payload, empty where it is missing or not one."""
    section = payload.get(key)
    return section if isinstance(section, Mapping) else {}


def _text(value: object) -> str | None:
    """Return a text, or None for what is not one."""
    return value if isinstance(value, str) and value not in ("", INVALID) else None


def _number(value: object) -> float | None:
    """Return a finite number, or None for what is not one (a bool is not)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:
        # JSON sets no bound to an integer; this one has more than 300 digits.
        return None


def _integer(value: object, least: int, most: float = math.inf) -> int | None:
    """Return a whole number between two bounds, or None for what is not one."""
    number = _number(value)
    if number is None or int(number) != number or not least <= number <= most:
        return None
    return int(number)


def _percent(value: object) -> int | None:
    """Return a percentage from 0 to 100, rounded, or None for what is not one."""
    number = _number(value)
    return round(number) if number is not None and 0 <= number <= 100 else None


def _flag(value: object) -> bool | None:
    """Return a bool, or None for what is not one."""
    return value if isinstance(value, bool) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """A place on Earth in degrees, WGS 84."""

    latitude: float
    longitude: float

    @classmethod
    def parse(cls, latitude: object, longitude: object) -> Self | None:
        """Return the place, or None where Tesla does not really know it.

        A longitude of 0 is Greenwich and fine; 0, 0 together is what a car without
        a fix reports, and nobody charges in the Gulf of Guinea.
        """
        north, east = _number(latitude), _number(longitude)
        if north is None or east is None or (north == 0 and east == 0):
            return None
        if not (-90 <= north <= 90 and -180 <= east <= 180):
            return None
        return cls(latitude=north, longitude=east)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeSnapshot:
    """The battery and the cable; levels in percent, power in kW, energy in kWh."""

    battery_level: int | None = None
    charge_limit: int | None = None
    charging_state: ChargingState | None = None
    plugged_in: bool | None = None
    charger_power: float | None = None
    energy_added: float | None = None
    minutes_to_full: int | None = None

    @classmethod
    def parse(cls, payload: Mapping[str, Any]) -> Self:
        """Read ``charge_state``."""
        state = _CHARGING_STATES.get(_text(payload.get("charging_state")) or "")
        return cls(
            battery_level=_percent(payload.get("battery_level")),
            charge_limit=_percent(payload.get("charge_limit_soc")),
            charging_state=state,
            plugged_in=_plugged_in(state, payload.get("conn_charge_cable")),
            charger_power=_number(payload.get("charger_power")),
            energy_added=_number(payload.get("charge_energy_added")),
            minutes_to_full=_integer(payload.get("minutes_to_full_charge"), least=0),
        )


def _plugged_in(state: ChargingState | None, cable: object) -> bool | None:
    """Return whether a cable is in: by the charging state, else by its name.

    A cable named ``<invalid>`` says nothing: Tesla sends it without a cable, and
    also with one that it cannot name.
    """
    if state is not None:
        return state is not ChargingState.DISCONNECTED
    return True if _text(cable) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class DriveSnapshot:
    """Where the car is and whether it moves; speed in mph, as Tesla sends it."""

    position: Position | None = None
    shift_state: str | None = None
    speed: float | None = None

    @classmethod
    def parse(cls, payload: Mapping[str, Any]) -> Self:
        """Read ``drive_state``, which holds the location where it was asked for."""
        return cls(
            position=Position.parse(payload.get("latitude"), payload.get("longitude")),
            shift_state=_text(payload.get("shift_state")),
            speed=_number(payload.get("speed")),
        )

    @property
    def is_driving(self) -> bool:
        """Whether the car is in gear or rolling; a parked car reports P or nothing."""
        return self.shift_state in ("D", "N", "R") or bool(self.speed)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeSchedule:
    """A charge schedule as the car holds it.

    ``days_of_week`` is a bitmask (Sunday 1, Monday 2 ... Saturday 64), times are
    minutes into the day, 0 to 1439, in the car's local time, and an end before the
    start lies on the next day. A time is None where it is not enabled, or unknown.
    """

    id: int
    days_of_week: int | None
    start_time: int | None
    end_time: int | None
    one_time: bool | None
    enabled: bool | None
    position: Position | None

    @classmethod
    def parse(cls, payload: Mapping[str, Any]) -> Self | None:
        """Read one of ``charge_schedules``; None where it has no usable id."""
        schedule_id = _integer(payload.get("id"), least=0)
        if schedule_id is None:
            return None
        return cls(
            id=schedule_id,
            days_of_week=_integer(payload.get("days_of_week"), least=0, most=127),
            start_time=_minutes(payload, "start"),
            end_time=_minutes(payload, "end"),
            one_time=_flag(payload.get("one_time")),
            enabled=_flag(payload.get("enabled")),
            position=Position.parse(payload.get("latitude"), payload.get("longitude")),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeScheduleOrder:
    """A charge schedule to put into a car; the end is always enabled.

    ``days_of_week`` is the car's bitmask (Sunday 1), times are minutes into the day
    in the car's local time, 0 to 1439. The id is ours: the car hands out none.
    """

    id: int
    days_of_week: int
    start_time: int
    end_time: int
    one_time: bool
    position: Position

    @property
    def day_names(self) -> str:
        """The days as text, which every route understands."""
        return day_names(self.days_of_week)


def day_names(mask: int) -> str:
    """Return the days of a bitmask as Tesla's text: names, joined by commas."""
    return ",".join(day for bit, day in enumerate(WEEKDAYS) if mask >> bit & 1)


def _minutes(payload: Mapping[str, Any], edge: str) -> int | None:
    """Return the start or the end of a schedule, if it is enabled."""
    if payload.get(f"{edge}_enabled") is not True:
        return None
    return _integer(payload.get(f"{edge}_time"), least=0, most=1439)


def _schedules(payload: Mapping[str, Any]) -> tuple[ChargeSchedule, ...] | None:
    """Read ``charge_schedule_data``; None where the car did not say."""
    rows = _section(payload, "charge_schedule_data").get("charge_schedules")
    if not isinstance(rows, list):
        return None
    parsed = [ChargeSchedule.parse(row) for row in rows if isinstance(row, Mapping)]
    return tuple(schedule for schedule in parsed if schedule is not None)


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleSnapshot:
    """One paid look at one car, taken at ``seen_at`` (UTC, our clock).

    ``payload`` is what it was read from: storing that keeps one reader for both.
    """

    payload: Mapping[str, Any] = field(repr=False, compare=False)
    seen_at: datetime
    charge: ChargeSnapshot
    drive: DriveSnapshot
    # None is "the car did not say", which is not "the car holds none".
    schedules: tuple[ChargeSchedule, ...] | None = None
    max_schedules: int | None = None

    @property
    def is_charging(self) -> bool:
        """Whether energy flows, or is about to."""
        state = self.charge.charging_state
        return state is not None and state.is_charging

    @classmethod
    def parse(cls, payload: Mapping[str, Any], seen_at: datetime) -> Self:
        """Read the ``response`` of a vehicle_data call."""
        return cls(
            payload={key: payload[key] for key in SECTIONS if key in payload},
            seen_at=seen_at,
            charge=ChargeSnapshot.parse(_section(payload, "charge_state")),
            drive=DriveSnapshot.parse(_section(payload, "drive_state")),
            schedules=_schedules(payload),
            max_schedules=_integer(
                _section(payload, "charge_schedule_data").get(
                    "max_num_charge_schedules"
                ),
                least=0,
            ),
        )


# By the fourth character of a VIN (Tesla's VIN decoder).
MODELS = {
    "3": "Model 3",
    "C": "Cybertruck",
    "R": "Roadster",
    "S": "Model S",
    "T": "Semi",
    "X": "Model X",
    "Y": "Model Y",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleSummary:
    """A row of the free list: which cars there are and how they can be reached."""

    vin: str
    name: str | None
    connectivity: Connectivity | None = field(default=None, metadata=NOT_STORED)
    in_service: bool = field(default=False, metadata=NOT_STORED)
    requires_signing: bool | None = field(default=None, metadata=NOT_STORED)

    @property
    def model(self) -> str:
        """What kind of car it is, which is also a name for one that has none."""
        return MODELS.get(self.vin[3:4], "Tesla")

    @classmethod
    def parse(cls, payload: Mapping[str, Any]) -> Self | None:
        """Read a row of the list of vehicles or of products; None if it is no car."""
        vin = _text(payload.get("vin"))
        if vin is None:
            return None
        signing = _text(payload.get("command_signing"))
        return cls(
            vin=vin,
            name=_text(payload.get("display_name")),
            connectivity=_connectivity(payload.get("state")),
            in_service=bool(_flag(payload.get("in_service"))),
            requires_signing=None if signing is None else signing == "required",
        )


def _connectivity(value: object) -> Connectivity | None:
    """Return the state of a car; None for a word that nobody knew (as ``waking``)."""
    try:
        return Connectivity(str(value))
    except ValueError:
        return None
