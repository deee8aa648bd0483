"""The fields of a payload that are used, and what a car can have in each. Pure.

A reader returns a value that a car can have, or None. What is None is unknown, and is
not kept. So a kept payload holds known fields of known size only, and can be stored.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
import math
import re
from typing import Any, Final

type Scalar = str | int | float | bool
type Reader = Callable[[object], Scalar | None]

# Tesla sends this text for a cable that it cannot name.
INVALID: Final = "<invalid>"

# Longer than any name that Tesla's app takes.
LONGEST_NAME: Final = 100

# Ids are unsigned integers of 64 bits (Tesla: vehicle.proto).
MOST_ID: Final = 2**64 - 1
_DECIMAL: Final = re.compile(r"[0-9]{1,20}")

# Tesla's servers of cars were not there before 2012; after 2100 a clock is wrong.
FIRST_SECOND: Final = int(datetime(2012, 1, 1, tzinfo=UTC).timestamp())
LAST_SECOND: Final = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())

# The Semi charges with 1.2 MW and holds about 900 kWh; all other cars have less of both.
MOST_POWER: Final = 1_500.0
MOST_ENERGY: Final = 1_500.0

# A large battery at the least current of a weak socket takes nine days.
MOST_MINUTES_TO_FULL: Final = 14 * 24 * 60

# In mph. No car on a road is faster than 270.
MOST_SPEED: Final = 300.0

# A car of 2026 takes 100 schedules.
MOST_SCHEDULES: Final = 1_000

# The words of vehicle.proto; SNA ("signal not available") and others say nothing.
CHARGING_STATES: Final = frozenset(
    {
        *("Calibrating", "Charging", "Complete", "Disconnected"),
        *("NoPower", "Starting", "Stopped"),
    }
)
CABLES: Final = frozenset({"IEC", "SAE", "GB_AC", "GB_DC"})
GEARS: Final = frozenset({"P", "R", "N", "D"})


def text(value: object) -> str | None:
    """Return a text, or None for any other value."""
    return value if isinstance(value, str) and value not in ("", INVALID) else None


def name(value: object) -> str | None:
    """Return a text for people: cut, and without what UTF-8 cannot hold."""
    if (found := text(value)) is None:
        return None
    return found[:LONGEST_NAME].encode("utf-8", "ignore").decode("utf-8") or None


def flag(value: object) -> bool | None:
    """Return a bool, or None for any other value."""
    return value if isinstance(value, bool) else None


def finite(value: object) -> float | None:
    """Return a finite number, or None for any other value; a bool is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:
        # JSON does not limit integers; this one has more than 300 digits.
        return None


def number(least: float, most: float) -> Reader:
    """Return a reader of numbers between two bounds, both included."""

    def read(value: object) -> float | None:
        """Return the number, or None for any other value."""
        found = finite(value)
        return found if found is not None and least <= found <= most else None

    return read


def whole(least: int, most: int) -> Reader:
    """Return a reader of whole numbers between two bounds, both included."""
    bounded = number(least, most)

    def read(value: object) -> int | None:
        """Return the whole number, or None for any other value."""
        found = bounded(value)
        if not isinstance(found, int | float) or int(found) != found:
            return None
        return int(found)

    return read


def percent(least: int) -> Reader:
    """Return a reader of percentages up to 100, rounded."""
    bounded = number(least, 100)

    def read(value: object) -> int | None:
        """Return the percentage, or None for any other value."""
        found = bounded(value)
        return round(found) if isinstance(found, int | float) else None

    return read


def word(words: frozenset[str]) -> Reader:
    """Return a reader of some words."""

    def read(value: object) -> str | None:
        """Return the word, or None for any other value."""
        return value if isinstance(value, str) and value in words else None

    return read


def identifier(value: object) -> int | None:
    """Return an id, or None for any other value.

    Protobuf's JSON writes integers of 64 bits as text, so both forms are read.
    """
    if isinstance(value, str):
        value = int(value) if _DECIMAL.fullmatch(value) else None
    if isinstance(value, float):
        # Above 2**53 a float may be the id of another schedule.
        value = int(value) if value.is_integer() and abs(value) <= 2**53 else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MOST_ID else None


def minute_of_day(value: object) -> int | None:
    """Return minutes into the day, 0 to 1439; 1440 is midnight, which is 0."""
    found = whole(0, 1440)(value)
    return int(found) % 1440 if found is not None else None


CHARGE_FIELDS: Final[Mapping[str, Reader]] = {
    "battery_level": percent(0),
    # Tesla's own bounds: charge_limit_soc_min and charge_limit_soc_max.
    "charge_limit_soc": percent(50),
    "charging_state": word(CHARGING_STATES),
    "conn_charge_cable": word(CABLES),
    "charger_power": number(0, MOST_POWER),
    "charge_energy_added": number(0, MOST_ENERGY),
    "minutes_to_full_charge": whole(0, MOST_MINUTES_TO_FULL),
}

DRIVE_FIELDS: Final[Mapping[str, Reader]] = {
    "latitude": number(-90, 90),
    "longitude": number(-180, 180),
    # In seconds: when the position was measured, by the car's clock.
    "gps_as_of": number(FIRST_SECOND, LAST_SECOND),
    # In milliseconds: when the section was sent, by the car's clock.
    "timestamp": number(FIRST_SECOND * 1000, LAST_SECOND * 1000),
    # Of a gateway that knows the place without a position; Tesla sends none.
    "at_home": flag,
    "shift_state": word(GEARS),
    "speed": number(0, MOST_SPEED),
}

SCHEDULE_FIELDS: Final[Mapping[str, Reader]] = {
    "id": identifier,
    # A bitmask of seven days.
    "days_of_week": whole(0, 127),
    "start_enabled": flag,
    "start_time": minute_of_day,
    "end_enabled": flag,
    "end_time": minute_of_day,
    "one_time": flag,
    "enabled": flag,
    "latitude": number(-90, 90),
    "longitude": number(-180, 180),
}

SCHEDULE_LIST_FIELDS: Final[Mapping[str, Reader]] = {
    "max_num_charge_schedules": whole(0, MOST_SCHEDULES),
}


def known(payload: object, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Return the known fields of a section, as they are read; {} if it is no object."""
    if not isinstance(payload, Mapping):
        return {}
    return {
        key: found
        for key, read in readers.items()
        if (found := read(payload.get(key))) is not None
    }


def known_payload(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the known fields of a vehicle_data answer.

    A list of schedules that can be read in part only is left out: what is missing in it
    would be taken for removed.
    """
    sections = {
        "charge_state": known(payload.get("charge_state"), CHARGE_FIELDS),
        "drive_state": known(payload.get("drive_state"), DRIVE_FIELDS),
        "charge_schedule_data": _known_schedules(payload.get("charge_schedule_data")),
    }
    return {key: section for key, section in sections.items() if section}


def _known_schedules(payload: object) -> dict[str, Any]:
    """Return the known fields of ``charge_schedule_data``."""
    found = known(payload, SCHEDULE_LIST_FIELDS)
    rows = payload.get("charge_schedules") if isinstance(payload, Mapping) else None
    if not isinstance(rows, list) or len(rows) > MOST_SCHEDULES:
        return found
    schedules = [known(row, SCHEDULE_FIELDS) for row in rows]
    if all("id" in schedule for schedule in schedules):
        found["charge_schedules"] = schedules
    return found
