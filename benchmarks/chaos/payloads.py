"""Mutated payloads of `vehicle_data`: one value that no car has, or none. Pure."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

type Path = tuple[str, ...]
type Json = dict[str, Any]

SECTIONS: Final = (
    "charge_state",
    "drive_state",
    "charge_schedule_data",
    "vehicle_state",
    "vehicle_config",
    "climate_state",
    "gui_settings",
)


def _nested(depth: int) -> object:
    """Return lists within lists."""
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


# What a field may hold instead, by name.
VALUES: Final[Mapping[str, object]] = {
    "null": None,
    "empty text": "",
    "text": "SNA",
    "invalid": "<invalid>",
    "zero": 0,
    "negative": -1,
    "half": 0.5,
    "absurd": 1_000_000_000_000,
    "65 bits": 2**65,
    "float overflow": 1e308,
    "true": True,
    "list": [],
    "object": {},
    "list of null": [None],
    "number as text": "42",
    "half a surrogate pair": "\ud800",
    "nested": _nested(250),
    "year 1": "0001-01-01T00:00:00Z",
    "year 9999": 253402300799000,
}


def leaves(payload: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    """Yield the paths of a payload: of each section, and of each field in it."""
    for key, value in payload.items():
        path = (*above, key)
        if isinstance(value, Mapping):
            yield path
            yield from leaves(value, path)
        else:
            yield path


def mutated(path: Path, value: object) -> Callable[[Json], Json]:
    """Return a function that puts a value into a payload at a path."""

    def mutate(payload: Json) -> Json:
        """Return a copy with the value in it."""
        copy: Json = deepcopy(payload)
        holder: Any = copy
        for key in path[:-1]:
            holder = holder.get(key)
            if not isinstance(holder, dict):
                return copy
        holder[path[-1]] = deepcopy(value)
        return copy

    return mutate


def without(path: Path) -> Callable[[Json], Json]:
    """Return a function that removes a field of a payload."""

    def mutate(payload: Json) -> Json:
        """Return a copy without the field."""
        copy: Json = deepcopy(payload)
        holder: Any = copy
        for key in path[:-1]:
            holder = holder.get(key)
            if not isinstance(holder, dict):
                return copy
        holder.pop(path[-1], None)
        return copy

    return mutate
