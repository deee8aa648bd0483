"""Typed facts from Tesla's answers: None means unknown, never a guess.

Any field of a payload may be missing, null, or hold what no car can have, and a new
firmware may bring unknown values; all of these are None (``fields.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
import re
from typing import Any, Self

from ..const import NOT_STORED
from .fields import (
    CHARGE_FIELDS,
    DRIVE_FIELDS,
    SCHEDULE_FIELDS,
    finite,
    flag,
    known,
    known_payload,
    name,
    text,
)

# Bits of the weekday mask, with the only short names that Tesla's proxy accepts.
WEEKDAYS = ("Sun", "Mon", "Tues", "Wed", "Thurs", "Fri", "Sat")


class Connectivity(StrEnum):
    """Whether Tesla's cloud can reach the car."""

    ONLINE = "online"
    ASLEEP = "asleep"
    OFFLINE = "offline"


class ChargingState(StrEnum):
    """The state of the charger in the car (Tesla: ``charging_state``)."""

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """A position in degrees, WGS 84."""

    latitude: float
    longitude: float

    @classmethod
    def parse(cls, latitude: object, longitude: object) -> Self | None:
        """Return the position, or None if it is unknown.

        A longitude of 0 is valid (Greenwich), but a car without a GPS fix reports 0, 0.
        """
        north, east = finite(latitude), finite(longitude)
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
        """Parse ``charge_state``."""
        found = known(payload, CHARGE_FIELDS)
        state = _CHARGING_STATES.get(found.get("charging_state", ""))
        return cls(
            battery_level=found.get("battery_level"),
            charge_limit=found.get("charge_limit_soc"),
            charging_state=state,
            plugged_in=_plugged_in(state, found.get("conn_charge_cable")),
            charger_power=found.get("charger_power"),
            energy_added=found.get("charge_energy_added"),
            minutes_to_full=found.get("minutes_to_full_charge"),
        )


def _plugged_in(state: ChargingState | None, cable: str | None) -> bool | None:
    """Return whether the car is plugged in: by the charging state, else by the cable.

    A cable that Tesla does not name says nothing: it sends ``<invalid>`` without a
    cable, and also with one that it cannot name.
    """
    if state is not None:
        return state is not ChargingState.DISCONNECTED
    return None if cable is None else True


@dataclass(frozen=True, kw_only=True, slots=True)
class DriveSnapshot:
    """Where the car is and whether it moves; speed in mph, as Tesla sends it.

    ``position_at`` is when the position was measured, and ``sent_at`` when the car said
    so, both by the clock of the car (UTC). ``at_home`` is of a gateway that knows whether
    the car is at home without a position.
    """

    position: Position | None = None
    position_at: datetime | None = None
    sent_at: datetime | None = None
    shift_state: str | None = None
    speed: float | None = None
    at_home: bool | None = None

    @classmethod
    def parse(cls, payload: Mapping[str, Any]) -> Self:
        """Parse ``drive_state``, which holds the location if it was requested."""
        found = known(payload, DRIVE_FIELDS)
        return cls(
            position=Position.parse(found.get("latitude"), found.get("longitude")),
            position_at=_instant(found.get("gps_as_of")),
            sent_at=_instant(found.get("timestamp"), parts=1000),
            shift_state=found.get("shift_state"),
            speed=found.get("speed"),
            at_home=found.get("at_home"),
        )

    @property
    def is_driving(self) -> bool:
        """Whether the car is in gear or rolling; a parked car reports P or nothing."""
        return self.shift_state in ("D", "N", "R") or bool(self.speed)


def _instant(count: float | None, parts: int = 1) -> datetime | None:
    """Return an instant by the parts of a second since 1970; they are bounded."""
    return None if count is None else datetime.fromtimestamp(count / parts, UTC)


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
        """Parse one of ``charge_schedules``; None if it has no valid id."""
        found = known(payload, SCHEDULE_FIELDS)
        if (schedule_id := found.get("id")) is None:
            return None
        return cls(
            id=schedule_id,
            days_of_week=found.get("days_of_week"),
            start_time=found.get("start_time") if found.get("start_enabled") else None,
            end_time=found.get("end_time") if found.get("end_enabled") else None,
            one_time=found.get("one_time"),
            enabled=found.get("enabled"),
            position=Position.parse(found.get("latitude"), found.get("longitude")),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeScheduleOrder:
    """A charge schedule to add to a car; its end is always enabled.

    ``days_of_week`` is the car's bitmask (Sunday 1), times are minutes into the day in
    the car's local time, 0 to 1439. We choose the id: the car assigns none.
    """

    id: int
    days_of_week: int
    start_time: int
    end_time: int
    one_time: bool
    position: Position

    @property
    def day_names(self) -> str:
        """The days as text, which every command route accepts."""
        return day_names(self.days_of_week)


def day_names(mask: int) -> str:
    """Return the days of a bitmask as Tesla's text: names, joined by commas."""
    return ",".join(day for bit, day in enumerate(WEEKDAYS) if mask >> bit & 1)


def _schedules(
    rows: list[Mapping[str, Any]] | None,
) -> tuple[ChargeSchedule, ...] | None:
    """Parse ``charge_schedules``; None if the list is missing or not whole."""
    if rows is None:
        return None
    parsed = [ChargeSchedule.parse(row) for row in rows]
    return tuple(schedule for schedule in parsed if schedule is not None)


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleSnapshot:
    """One read of one car, at ``seen_at`` (UTC, our clock).

    ``payload`` holds the known fields that it was read from: storing that keeps one
    reader for both. ``schedules_at`` is the time that the schedules are of, if that is
    an earlier one: a stream of changes does not list them.
    """

    payload: Mapping[str, Any] = field(repr=False, compare=False)
    seen_at: datetime
    charge: ChargeSnapshot
    drive: DriveSnapshot
    # None is "the car did not say", which is not "the car holds none".
    schedules: tuple[ChargeSchedule, ...] | None = None
    max_schedules: int | None = None
    schedules_at: datetime | None = None

    @property
    def is_charging(self) -> bool:
        """Whether energy flows, or is about to."""
        state = self.charge.charging_state
        return state is not None and state.is_charging

    @classmethod
    def parse(cls, payload: Mapping[str, Any], seen_at: datetime) -> Self:
        """Parse the ``response`` of a vehicle_data call."""
        found = known_payload(payload)
        schedules = found.get("charge_schedule_data", {})
        return cls(
            payload=found,
            seen_at=seen_at,
            charge=ChargeSnapshot.parse(found.get("charge_state", {})),
            drive=DriveSnapshot.parse(found.get("drive_state", {})),
            schedules=_schedules(schedules.get("charge_schedules")),
            max_schedules=schedules.get("max_num_charge_schedules"),
        )

    def with_schedules_of(self, at: datetime) -> Self:
        """Return the read with schedules that are of an earlier time."""
        return replace(self, schedules_at=at if at < self.seen_at else None)

    def without_position(self) -> Self:
        """Return the read without its position, which is not where the car is now."""
        drive = {
            key: found
            for key, found in self.payload.get("drive_state", {}).items()
            if key not in ("latitude", "longitude")
        }
        return replace(
            self,
            payload={**self.payload, "drive_state": drive},
            drive=replace(self.drive, position=None),
        )


# ISO 3779: capital letters and digits. A VIN is a part of the address of a request.
_VIN = re.compile(r"[A-Z0-9]{17}")

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
    """A row of the free list of cars: its name, and whether it can be reached."""

    vin: str
    name: str | None
    connectivity: Connectivity | None = field(default=None, metadata=NOT_STORED)
    in_service: bool = field(default=False, metadata=NOT_STORED)
    requires_signing: bool | None = field(default=None, metadata=NOT_STORED)

    @property
    def is_tesla(self) -> bool:
        """Whether it is identified by a VIN, which only Teslas are."""
        return _VIN.fullmatch(self.vin) is not None

    @property
    def model(self) -> str:
        """The model of the car; also its name if it has none."""
        return MODELS.get(self.vin[3:4], "Tesla") if self.is_tesla else "Car"

    @classmethod
    def parse(cls, payload: Mapping[str, Any]) -> Self | None:
        """Parse a row of the list of vehicles or of products; None if it is no car."""
        vin = text(payload.get("vin"))
        if vin is None or not _VIN.fullmatch(vin):
            return None
        signing = text(payload.get("command_signing"))
        return cls(
            vin=vin,
            name=name(payload.get("display_name")),
            connectivity=_connectivity(payload.get("state")),
            in_service=bool(flag(payload.get("in_service"))),
            requires_signing=None if signing is None else signing == "required",
        )


def _connectivity(value: object) -> Connectivity | None:
    """Return the connectivity of a car; None for an unknown word, such as ``waking``."""
    try:
        return Connectivity(value) if isinstance(value, str) else None
    except ValueError:
        return None
