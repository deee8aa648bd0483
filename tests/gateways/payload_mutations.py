"""Payloads of a car, and what may be wrong in them."""

from copy import deepcopy
import math
from typing import Any

from hypothesis import strategies as st

# A car of September 2026, as a public fixture has it; the place is another one.
PAYLOAD: dict[str, Any] = {
    "id": 1234567890123456,
    "vin": "LRW3E7EK0RC000001",
    "state": "online",
    "in_service": False,
    "display_name": "Scout",
    "charge_state": {
        "battery_heater_on": False,
        "battery_level": 70,
        "charge_energy_added": 12.5,
        "charge_limit_soc": 80,
        "charger_power": 11,
        "charging_state": "Charging",
        "conn_charge_cable": "IEC",
        "minutes_to_full_charge": 95,
        "timestamp": 1795604400000,
    },
    "drive_state": {
        "gps_as_of": 1795604398,
        "heading": 91,
        "latitude": 52.2297,
        "longitude": 21.0122,
        "power": 7,
        "shift_state": "D",
        "speed": 31,
        "timestamp": 1795604400000,
    },
    "charge_schedule_data": {
        "charge_buffer": 6,
        "charge_schedules": [
            {
                "id": 1795604400,
                "name": "",
                "days_of_week": 20,
                "start_enabled": True,
                "start_time": 65,
                "end_enabled": True,
                "end_time": 0,
                "one_time": True,
                "enabled": True,
                "latitude": 52.22970199584961,
                "longitude": 21.012199401855469,
            },
            {"id": "1788552190", "days_of_week": 127, "start_enabled": False},
        ],
        "max_num_charge_schedules": 100,
        "timestamp": {"seconds": 1795604400, "nanos": 0},
    },
}


def nested(depth: int) -> object:
    """Return a list in a list in a list."""
    value: object = []
    for _ in range(depth):
        value = [value]
    return value


ABSURD: list[Any] = [
    *(None, True, False, "", "<invalid>", "SNA", [], {}, {"id": 1}),
    *(-1, 0, 101, 1440, 1441, 10**12, 2**64, 2**65, 10**400, -(10**400)),
    *(1e308, -1e308, math.nan, math.inf, -math.inf, 0.5, -0.0),
    *("7", "70", "1e5", "9" * 30, "\ud800", "x" * 200_000, nested(255)),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
]

VALUES = st.sampled_from(ABSURD) | st.integers() | st.floats() | st.text(max_size=5)


def paths(value: object, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path to each part of a payload, whole sections included."""
    parts = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    return [
        before,
        *(path for key, part in parts for path in paths(part, (*before, key))),
    ]


PATHS = [path for path in paths(PAYLOAD) if path]


def mutated(path: tuple[Any, ...], value: object, payload: Any) -> None:
    """Put a value into a payload; a path that a former one has cut off is left."""
    for key in path[:-1]:
        payload = payload[key] if _has(payload, key) else None
    if _has(payload, path[-1]):
        payload[path[-1]] = value


def _has(payload: object, key: object) -> bool:
    """Return whether a part of a payload has a key."""
    if isinstance(payload, list):
        return isinstance(key, int) and key < len(payload)
    return isinstance(payload, dict) and key in payload


@st.composite
def mutated_payloads(draw: st.DrawFn) -> dict[str, Any]:
    """Return a payload in which up to four fields, rows or sections are anything."""
    payload = deepcopy(PAYLOAD)
    changes = st.lists(st.tuples(st.sampled_from(PATHS), VALUES), max_size=4)
    for path, value in draw(changes):
        mutated(path, value, payload)
    return payload
