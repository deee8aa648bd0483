"""Files that a hand, another version or a disk has changed: the account loads.

What we put into the cars is not forgotten, and undone if nothing else is known of it.
"""

from collections import Counter
from copy import deepcopy
from datetime import UTC, datetime
import json
from typing import Any, Final

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.car_record import CarRecord, PutInCar
from custom_components.tesla_scout_worker.charging.in_car.charge_limit import (
    LimitOverride,
)
from custom_components.tesla_scout_worker.storage.migration import migrated
from custom_components.tesla_scout_worker.storage.put_in_car import (
    SECTION,
    find_section,
    read_section,
    section_of,
)
from custom_components.tesla_scout_worker.storage.store import (
    AccountMemory,
    memory_of,
    worth_saving,
)
from homeassistant.helpers.json import json_bytes

from .file_samples import Place, broken_at, file_of, places

pytestmark = pytest.mark.fixed_rhythm

NOW: Final = datetime(2026, 11, 24, 18, tzinfo=UTC)


def whole_file() -> dict[str, Any]:
    """Return the contents of a file in which every field differs from its default."""
    memory = memory_of(migrated(file_of("v1_full")), NOW, Counter())
    contents: dict[str, Any] = json.loads(json_bytes(memory.as_dict()))
    return contents


FULL: Final = whole_file()
PUT: Final = read_section(FULL[SECTION])
PLACES: Final = list(places(FULL))

nasty = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "of tomorrow", "9999-12-31T23:59:59+00:00", "completed"])
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def without(stored: dict[str, Any], place: Place) -> dict[str, Any]:
    """Return a file that lacks a value."""
    broken = deepcopy(stored)
    inner: Any = broken
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    return broken


def assert_undoable(memory: AccountMemory, place: Place) -> None:
    """See that all is known that we put into the cars, but for what was changed."""
    for vin, put in PUT.items():
        found = memory.charging[vin].put_in_car
        if place[:2] == ("charging", vin) and "override" in place[2:4]:
            assert found.override is not None or put.override is None
        else:
            assert found.override == put.override, place
        assert found.schedule_ids >= put.schedule_ids, place
        if put.override is not None:
            assert memory.charging[vin].sessions.open, place


@given(st.sampled_from(PLACES), nasty)
def test_any_value_may_be_changed_by_hand(place: Place, value: Any) -> None:
    """The file is read, written again, and what is in the cars is not forgotten."""
    memory = memory_of(broken_at(FULL, place, value), NOW, Counter())
    assert_undoable(memory, place)
    again = json.loads(json_bytes(memory.as_dict()))
    assert worth_saving(again)
    assert read_section(again[SECTION]).keys() >= PUT.keys()


def test_any_value_may_be_missing() -> None:
    """As in the file of a version that knew less."""
    for place in PLACES:
        memory = memory_of(without(FULL, place), NOW, Counter())
        assert_undoable(memory, place)


@given(nasty)
def test_a_file_may_hold_anything(contents: Any) -> None:
    """Then nothing is known, and that is told."""
    lost = Counter[str]()
    memory = memory_of(contents, NOW, lost)
    assert memory.charging == {}
    assert lost or isinstance(contents, dict)


@given(
    st.dictionaries(
        st.text(),
        st.builds(
            PutInCar,
            override=st.none()
            | st.builds(
                LimitOverride,
                original=st.integers(1, 100),
                raised_to=st.integers(1, 100),
                earlier=st.none() | st.integers(1, 100),
            ),
            schedule_ids=st.frozensets(st.integers(0, 2**40)),
        ),
    )
)
def test_what_is_in_the_cars_is_read_as_it_is_written(put: dict[str, PutInCar]) -> None:
    """From the section alone, and from a file that is cut anywhere after it."""
    records = {
        vin: CarRecord().recovered(each_put, NOW) for vin, each_put in put.items()
    }
    section = section_of(records)
    known = {vin: each_put for vin, each_put in put.items() if each_put != PutInCar()}
    assert read_section(section) == known
    text = json.dumps({"version": 2, "data": {SECTION: section, "cars": {}}}, indent=2)
    whole = text[: text.rindex('"cars"')]
    assert read_section(find_section(whole)) == known
    assert find_section(text[: text.index(SECTION)]) is None


def test_a_car_that_no_session_restores_is_restored() -> None:
    """A raised limit without a session, and ids that nothing knows, are undone."""
    override = LimitOverride(original=70, raised_to=90)
    put = PutInCar(override=override, schedule_ids=frozenset({7, 8}))
    record = CarRecord().recovered(put, NOW)
    (session,) = record.sessions.open
    assert session.restoring
    assert session.schedule_ids == (7, 8)
    assert record.put_in_car == put
    assert record.recovered(put, NOW) == record, "and once"
