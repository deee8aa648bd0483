"""Dataclasses as JSON, and back.

An instant is an ISO text in UTC, a duration its seconds, an enum its value, a set a
sorted list. Unknown keys are ignored, and a missing one is the default of its field.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
import logging
from typing import Any, Final, cast, get_args, get_origin, get_type_hints

from mashumaro.codecs.basic import BasicDecoder, BasicEncoder
from mashumaro.dialect import Dialect

from homeassistant.helpers.json import json_bytes

from ..gateways.models import VehicleSnapshot

_LOGGER = logging.getLogger(__name__)

# Home Assistant's writer accepts 254 levels in a whole file.
MOST_LEVELS: Final = 100

# The years and durations that a file can hold.
YEARS: Final = range(2000, 2200)
LONGEST: Final = timedelta(days=3660)

# What a decoder raises for a value of another shape.
UNREADABLE: Final = ArithmeticError, AttributeError, LookupError, TypeError, ValueError


def _instant(text: str) -> datetime:
    """Return a stored instant; a text without an offset from UTC is none.

    No clock of a car or of Home Assistant is outside of `YEARS`. Further away, adding a
    day may be an OverflowError.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or at.year not in YEARS:
        raise ValueError
    return at.astimezone(UTC)


def _day(text: str) -> date:
    """Return a stored date; see `_instant`."""
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError
    return day


def _duration(seconds: float) -> timedelta:
    """Return a stored duration."""
    if abs(duration := timedelta(seconds=seconds)) > LONGEST:
        raise ValueError
    return duration


def _instant_as_text(at: datetime) -> str:
    """Return an instant as it is stored."""
    return at.astimezone(UTC).isoformat()


def _exactly(*kinds: type) -> Callable[[object], object]:
    """Return a reader of values that are of a type: others are not converted."""

    def read(value: object) -> object:
        """Return the value."""
        if type(value) not in kinds:
            raise TypeError
        return value

    return read


def _snapshot_as_dict(snapshot: VehicleSnapshot) -> dict[str, Any]:
    """Return the payload of a snapshot, which is parsed again when it is read."""
    return {"payload": snapshot.payload, "seen_at": _instant_as_text(snapshot.seen_at)}


def _snapshot(stored: dict[str, Any]) -> VehicleSnapshot:
    """Return a stored snapshot."""
    return VehicleSnapshot.parse(stored["payload"], _instant(stored["seen_at"]))


class _Storage(Dialect):
    """How values are stored where mashumaro would do it otherwise."""

    serialization_strategy = {
        bool: {"deserialize": _exactly(bool)},
        int: {"deserialize": _exactly(int)},
        float: {"deserialize": _exactly(float, int)},
        str: {"deserialize": _exactly(str)},
        frozenset: {"serialize": sorted},
        date: {"serialize": date.isoformat, "deserialize": _day},
        datetime: {"serialize": _instant_as_text, "deserialize": _instant},
        timedelta: {
            "serialize": timedelta.total_seconds,
            "deserialize": _duration,
        },
        VehicleSnapshot: {"serialize": _snapshot_as_dict, "deserialize": _snapshot},
    }


class Codec[T]:
    """JSON of one dataclass."""

    def __init__(self, kind: type[T]) -> None:
        """Compile encoder and decoder, which takes too long for the event loop."""
        self._kind = kind
        _decoder(cast("Any", kind))
        self._encoder = BasicEncoder(kind, default_dialect=_Storage)

    def encode(self, value: T) -> dict[str, Any]:
        """Return a value as JSON."""
        encoded: dict[str, Any] = self._encoder.encode(value)
        return encoded

    def decode(self, stored: object, lost: Counter[str] | None = None) -> T:
        """Return a stored value without the parts that cannot be read.

        Of a collection, and of a dataclass whose fields all have defaults, an unreadable
        part alone is lost; any other value is read as a whole. The log says which parts
        are lost, not their values: these may identify a car or a place. They are also
        counted in ``lost``.

        Raises:
            ValueError, TypeError and the like: nothing of it can be read.
        """
        lost = Counter() if lost is None else lost
        value: T = _read(self._kind, stored, self._kind.__name__, lost)
        if lost:
            names = ", ".join(f"{name} ({count})" for name, count in lost.items())
            _LOGGER.warning("Parts of the stored file cannot be read: %s", names)
        return value


def storable(value: Any) -> Any:
    """Return JSON without what Home Assistant's writer refuses, which is any value.

    An integer of more than 64 bits and what is nested too deeply become null, half of a
    surrogate pair becomes a question mark.
    """
    try:
        json_bytes(value)
    except TypeError:
        return _storable(value, MOST_LEVELS)
    return value


def _storable(value: Any, levels: int) -> Any:
    """Return a value with the parts that can be written, down to a number of levels."""
    match value:
        case dict() | list() if levels == 0:
            return None
        case dict():
            return {
                _storable(key, 0): _storable(item, levels - 1)
                for key, item in value.items()
            }
        case list():
            return [_storable(item, levels - 1) for item in value]
        case str():
            return value.encode(errors="replace").decode()
        case int() if not -(2**63) <= value < 2**64:
            return None
    return value


@cache
def _decoder(kind: Any) -> BasicDecoder[Any]:
    """Return the decoder of a type."""
    return BasicDecoder(kind, default_dialect=_Storage)


def _read(kind: Any, stored: Any, name: str, lost: Counter[str]) -> Any:
    """Return a stored value; what is ``lost`` of it is counted by its name."""

    def parts(kind: Any, stored: Any, name: str = name) -> Iterator[Any]:
        """Yield a part of the value, if it can be read."""
        try:
            yield _read(kind, stored, name, lost)
        except UNREADABLE:
            lost[name] += 1

    try:
        return _decoder(kind).decode(stored)
    except UNREADABLE:
        origin, args = get_origin(kind) or kind, get_args(kind)
        if isinstance(stored, dict) and _divisible(origin):
            hints = get_type_hints(origin).items()
            return origin(
                **{
                    key: part
                    for key, hint in hints
                    if key in stored
                    for part in parts(hint, stored[key], f"{origin.__name__}.{key}")
                }
            )
        if isinstance(stored, dict) and origin in (dict, Mapping):
            return {
                key: part
                for stored_key, item in stored.items()
                for key in parts(args[0], stored_key)
                for part in parts(args[1], item)
            }
        if isinstance(stored, list) and origin in (deque, tuple):
            return origin(part for item in stored for part in parts(args[0], item))
        raise


def _divisible(kind: type) -> bool:
    """Whether a type is a dataclass whose fields all have defaults."""
    return is_dataclass(kind) and all(
        field.default is not MISSING or field.default_factory is not MISSING
        for field in fields(kind)
    )
