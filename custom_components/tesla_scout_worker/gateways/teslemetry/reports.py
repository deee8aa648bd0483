"""What Teslemetry reports of a car, added to the last read of it. Pure.

The fields are those of Tesla's Fleet Telemetry; each value comes alone, when it changes.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from ..models import Connectivity, VehicleSnapshot

# What is listened to, and how often it is reported at most, in seconds.
FIELDS: Final[Mapping[str, int]] = {
    "DetailedChargeState": 1,
    "Gear": 1,
    "Location": 30,
    "Soc": 60,
    "ChargeLimitSoc": 60,
}

# What a read has and no report: beside newer values it would be of the past.
UNREPORTED: Final = ("charge_energy_added", "charger_power", "minutes_to_full_charge")

# The enumerations of Fleet Telemetry carry their name before each value.
_PREFIXES: Final = ("DetailedChargeState", "ShiftState")


class CarReport:
    """The last read of a car, and what was reported since."""

    def __init__(self, payload: Mapping[str, Any], read_at: datetime) -> None:
        """Keep the answer of a read, and when that was (UTC)."""
        self._sections = {
            name: dict(section)
            for name, section in payload.items()
            if isinstance(section, Mapping)
        }
        self._read_at = self._reported_at = read_at

    def add(self, data: Mapping[str, Any], created_at: datetime) -> bool:
        """Add what was reported, and return whether any of it is used.

        A report from before the read, or before the last report, changes nothing.
        """
        if created_at < self._reported_at:
            return False
        charge = self._sections.setdefault("charge_state", {})
        drive = self._sections.setdefault("drive_state", {})
        before = (dict(charge), dict(drive))
        for name, value in data.items():
            match name, _plain(value):
                case "Soc", int() | float() as level:
                    charge["battery_level"] = round(level)
                case "ChargeLimitSoc", int() | float() as limit:
                    charge["charge_limit_soc"] = limit
                case "DetailedChargeState", str() as state:
                    charge["charging_state"] = state
                case "Gear", str() as gear:
                    drive["shift_state"] = gear
                case "Location", {"latitude": north, "longitude": east}:
                    drive |= {"latitude": north, "longitude": east}
                    drive["gps_as_of"] = int(created_at.timestamp())
        if (charge, drive) == before:
            return False
        for name in UNREPORTED:
            charge.pop(name, None)
        drive["timestamp"] = int(created_at.timestamp() * 1000)
        self._reported_at = created_at
        return True

    @property
    def snapshot(self) -> VehicleSnapshot:
        """The car as it was reported; its schedules are of the last read."""
        found = VehicleSnapshot.parse(self._sections, self._reported_at)
        return found.with_schedules_of(self._read_at)


def _plain(value: object) -> object:
    """Return a value without the name of its enumeration."""
    if isinstance(value, str):
        for prefix in _PREFIXES:
            value = value.removeprefix(prefix)
    return value


def created_at(event: Mapping[str, Any]) -> datetime | None:
    """Return when an event was created (UTC); None if it does not say."""
    try:
        found = datetime.fromisoformat(str(event.get("createdAt")))
    except ValueError:
        return None
    return None if found.tzinfo is None else found.astimezone(UTC)


def state_of(event: Mapping[str, Any]) -> Connectivity | None:
    """Return the connectivity in an event; None: it is about something else."""
    state = event.get("state")
    return Connectivity(str(state)) if state in Connectivity else None
