"""Dataclasses as JSON: what is written is what is read, and what is broken is lost."""

from collections import deque
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.car_record import CarRecord
from custom_components.tesla_scout_worker.charging.sessions.session import Session
from custom_components.tesla_scout_worker.gateways.ledger import PRICES, Ledger
from custom_components.tesla_scout_worker.gateways.models import (
    VehicleSnapshot,
    VehicleSummary,
)
from custom_components.tesla_scout_worker.scouting.car_state import CarState
from custom_components.tesla_scout_worker.scouting.hint_trust import Hint
from custom_components.tesla_scout_worker.scouting.statistics import (
    READ_LOG_LENGTH,
    ReadHistory,
)
from custom_components.tesla_scout_worker.storage.codec import YEARS, Codec
from custom_components.tesla_scout_worker.storage.migration import migrated
from custom_components.tesla_scout_worker.storage.store import AccountMemory

from .file_samples import (
    CODEC,
    VIN,
    Place,
    broken_at,
    changed,
    file_of,
    on_disk,
    places,
)

instants = st.datetimes(
    datetime(YEARS.start, 1, 1),
    datetime(YEARS.stop - 1, 12, 31),
    timezones=st.just(UTC),
)
finite = st.floats(allow_nan=False, allow_infinity=False)

SIMPLE: Final[dict[Any, st.SearchStrategy[Any]]] = {
    bool: st.booleans(),
    int: st.integers(-(2**53), 2**53),
    float: finite,
    date: st.dates(date(2000, 1, 1), date(2199, 12, 31)),
    str: st.text(max_size=8),
    datetime: instants,
    time: st.times(),
    timedelta: st.timedeltas(timedelta(0), timedelta(days=99)),
    # Its payload is stored, which is read by the gateway's own reader.
    VehicleSnapshot: st.builds(
        lambda level, at: VehicleSnapshot.parse(
            {"charge_state": {"battery_level": level}}, at
        ),
        st.integers(0, 100),
        instants,
    ),
}
# What is so at the moment only.
NOT_STORED: Final[dict[tuple[type, str], object]] = {
    (CarState, "reason"): None,
    (Hint, "speaks"): True,
    (Ledger, "prices"): PRICES,
    (Ledger, "currency"): "USD",
    (VehicleSummary, "connectivity"): None,
    (VehicleSummary, "in_service"): False,
    (VehicleSummary, "requires_signing"): None,
}


def drawn(kind: Any) -> st.SearchStrategy[Any]:
    """Return any value of a type: one that a new field has is drawn as well."""
    if kind in SIMPLE:
        return SIMPLE[kind]
    if get_origin(kind) is UnionType or isinstance(kind, UnionType):
        return st.one_of(*(drawn(arg) for arg in get_args(kind)))
    if kind is type(None):
        return st.none()
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(
            kind,
            **{
                field.name: st.just(NOT_STORED[kind, field.name])
                if (kind, field.name) in NOT_STORED
                else drawn(hints[field.name])
                for field in fields(kind)
            },
        )
    origin, items = (
        get_origin(kind),
        [drawn(arg) for arg in get_args(kind) if arg != ...],
    )
    if origin in (dict, Mapping):
        return st.dictionaries(*items, max_size=2)
    if origin is frozenset:
        return st.frozensets(*items)
    if origin in (tuple, deque):
        return st.lists(*items, max_size=2).map(origin)
    raise NotImplementedError(kind)


@cache
def codec_of(kind: Any) -> Codec[Any]:
    """Return a codec, which takes a while to compile."""
    return Codec(kind)


def typed(value: Any) -> Any:
    """Return a value with the type of each of its parts."""
    kind = type(value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: getattr(value, field.name) for field in fields(value)}
        parts.pop("payload", None)
        return kind, {name: typed(part) for name, part in parts.items()}
    if isinstance(value, dict):
        return kind, {(type(key), key): typed(item) for key, item in value.items()}
    if isinstance(value, tuple | deque):
        return kind, [typed(item) for item in value]
    if isinstance(value, frozenset):
        return kind, {typed(item) for item in value}
    return kind, value


@pytest.mark.parametrize(
    "kind", [AccountMemory, CarRecord, CarState, Ledger, ReadHistory, Session]
)
@given(data=st.data())
def test_what_is_written_is_what_is_read(kind: Any, data: st.DataObject) -> None:
    """Every field, to the microsecond, and each of its own type."""
    value, codec = data.draw(drawn(kind)), codec_of(kind)
    read = codec.decode(on_disk(value, codec))
    assert read == value
    assert typed(read) == typed(value)


def test_every_field_is_stored() -> None:
    """But for those that say what is so at the moment."""
    memory = CODEC.decode(migrated(file_of("v1_full")))
    car, record = memory.cars[VIN], memory.charging[VIN]
    for sample in (
        memory,
        car,
        car.summary,
        next(iter(memory.read_history.hints.values())),
        record,
        record.sync,
        next(iter(record.sessions.sessions.values())),
    ):
        kind = type(sample)
        wanted = {
            field.name for field in fields(kind) if (kind, field.name) not in NOT_STORED
        }
        assert set(Codec(kind).encode(sample)) == wanted, kind


def test_the_same_value_is_always_the_same_text() -> None:
    """A set has no order of its own; and an instant is one of UTC."""
    record = CODEC.decode(migrated(file_of("v1_full"))).charging[VIN]
    session = record.sessions.sessions["special_1_20261125_0700"]
    encoded = Codec(Session).encode(session)
    assert encoded["checked"] == ["restarted", "started"]
    warsaw = timezone(timedelta(hours=1))
    moved = {
        **on_disk(session, Codec(Session)),
        "ready_by": "2026-11-25T07:00:00+01:00",
    }
    read = Codec(Session).decode(moved)
    assert (read.ready_by, read.ready_by.tzinfo) == (session.ready_by, UTC)
    local = AccountMemory(paused_until=datetime(2026, 11, 25, 7, tzinfo=warsaw))
    assert CODEC.encode(local)["paused_until"] == "2026-11-25T06:00:00+00:00"


def test_a_read_log_stays_bounded() -> None:
    """A restart does not unbind it."""
    history = Codec(ReadHistory).decode({"read_log": []})
    assert history.read_log.maxlen == READ_LOG_LENGTH


def test_what_is_missing_is_as_at_first_and_what_is_unknown_is_ignored() -> None:
    """A file of another release may know less, or more."""
    record = Codec(CarRecord).decode({"settings": {"floor": 30}, "of_tomorrow": 1})
    assert record.settings.floor == 30
    assert record.settings.shadow is True
    assert record == CarRecord(settings=record.settings)


FULL: Final = on_disk(CODEC.decode(migrated(file_of("v1_full"))))

# Those of one session and of one car are enough.
SESSION: Final = "special_1_20261125_0700"
OTHERS: Final = {
    *({*FULL["charging"], *FULL["cars"]} - {VIN}),
    *({*FULL["charging"][VIN]["sessions"]["sessions"]} - {SESSION}),
}
PLACES: Final = [place for place in places(FULL) if not OTHERS & {*place}]

# How many keys lead to a record: what is broken within one costs no other one.
RECORDS: Final[dict[Place, int]] = {
    ("cars",): 2,
    # An item that is lost moves the next ones.
    ("read_history", "read_log"): 2,
    ("read_history", "hints"): 3,
    ("charging", VIN, "settings"): 4,
    ("charging", VIN, "sync", "schedules"): 4,
    ("charging", VIN, "sync", "delivery"): 5,
    ("charging", VIN, "sync"): 4,
    ("charging", VIN, "sessions", "sessions"): 5,
    ("charging", VIN, "sessions"): 4,
    ("charging", VIN, "control"): 4,
    ("charging", VIN, "savings"): 4,
    ("charging", VIN): 3,
    ("charging",): 2,
    (): 1,
}


def record_of(place: Place) -> Place:
    """Return the place of the record that a value belongs to."""
    keys = next(keys for start, keys in RECORDS.items() if place[: len(start)] == start)
    return place[:keys]


@pytest.mark.parametrize("broken", [["broken"], {"broken": 1}, "2026-11-24T18:00:00"])
def test_what_cannot_be_read_costs_its_record_alone(
    broken: object, caplog: pytest.LogCaptureFixture
) -> None:
    """Wherever it stands in the file; the log names the part once, and no car."""
    for place in PLACES:
        caplog.clear()
        read = CODEC.decode(broken_at(FULL, place, broken))
        record = record_of(place)
        differs = changed(FULL, on_disk(read))
        assert {differ[: len(record)] for differ in differs} <= {record}, place
        # A text, or a dataclass without its fields, may be what is wanted.
        assert len(caplog.records) == 1 or not isinstance(broken, list), place
        assert all(VIN not in line for line in caplog.messages), place


def test_a_broken_session_is_lost_and_named(caplog: pytest.LogCaptureFixture) -> None:
    """Its neighbours, the raised limit and the schedules stay."""
    place = ("charging", VIN, "sessions", "sessions", SESSION, "state")
    read = CODEC.decode(broken_at(FULL, place, "of tomorrow")).charging[VIN]
    whole = CODEC.decode(FULL).charging[VIN]
    sessions = whole.sessions.sessions.items()
    assert read.sessions.sessions == {
        k: session for k, session in sessions if k != SESSION
    }
    assert (read.sessions.override, read.sync) == (whole.sessions.override, whole.sync)
    (line,) = caplog.messages
    assert line.endswith(": CarSessions.sessions (1)")


def test_a_file_that_is_nothing_at_all_is_an_error() -> None:
    """It is not taken for an empty one."""
    with pytest.raises(ValueError, match="dict"):
        CODEC.decode([])
