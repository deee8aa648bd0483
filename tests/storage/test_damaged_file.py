"""Files that a hand, another version or a disk has changed: the account loads.

What we put into the cars is not forgotten, and undone if nothing else is known of it.
"""

from collections import Counter
from copy import deepcopy
from datetime import UTC, datetime
import json
import logging
from pathlib import Path
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.car_record import CarRecord, PutInCar
from custom_components.tesla_scout_worker.charging.in_car.charge_limit import (
    LimitOverride,
)
from custom_components.tesla_scout_worker.const import DOMAIN
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
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import json_bytes
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import NIGHTLY, VIN, the_car
from ..worker.special_charging.restart_helpers import Night, at
from ..worker.special_charging.session_helpers import EVENING, LOW_CAR, sent, until
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


# With a Home Assistant.


def lost_issue(hass: HomeAssistant) -> bool:
    """Return whether it is shown that something could not be read."""
    return any(
        issue.translation_key == "stored_data_lost"
        for issue in ir.async_get(hass).issues.values()
    )


@pytest.mark.parametrize("car_settings", [LOW_CAR])
class TestANight:
    """A session is in the car, and Home Assistant restarts with a changed file."""

    @pytest.fixture
    def noon(self, freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
        """Stop the clock in the evening."""
        freezer.move_to(EVENING)
        return freezer

    @pytest.fixture
    async def night(
        self,
        hass: HomeAssistant,
        cloud: Cloud,
        noon: FrozenDateTimeFactory,
        hass_storage: dict[str, Any],
    ) -> Night:
        """Return a night in which 80 % by 07:00 was sent, and the entry unloaded."""
        night = Night(hass, cloud, noon, hass_storage)
        await night.begin()
        await night.until(at(0, 40))
        assert night.car.charge_limit == 80
        await night.stop()
        return night

    @pytest.mark.parametrize(
        "place",
        [
            ("sessions",),
            ("sessions", "sessions", "special_1_20250807_0700"),
            ("sessions", "sessions", "special_1_20250807_0700", "state"),
            ("sessions", "override"),
            ("sessions", "override", "raised_to"),
            (),
        ],
        ids="-".join,
    )
    async def test_a_word_that_is_not_known(self, night: Night, place: Place) -> None:
        """The owner's limit comes back and the schedule leaves; it is told once."""
        file = night.files[night.file]
        file["data"] = broken_at(file["data"], ("charging", VIN, *place), "of tomorrow")
        await night.start()
        assert lost_issue(night.hass)
        await night.until(at(9, 0))
        assert night.car.charge_limit == 70
        assert not night.car.charge_schedules
        assert night.hold is None
        await night.stop()
        await night.start()
        assert not lost_issue(night.hass)

    @pytest.mark.parametrize("version", [1, 3, 2.5])
    async def test_a_file_of_another_version(
        self, night: Night, version: float
    ) -> None:
        """A downgrade reads what it knows, and the night goes on."""
        file = night.files[night.file]
        file["version"] = version
        file["data"]["of_tomorrow"] = {"sessions": [1, 2]}
        file["data"]["charging"][VIN]["of_tomorrow"] = True
        await night.start()
        assert not lost_issue(night.hass)
        assert await night.states() == ["active"]
        await night.until(at(9, 0))
        assert await night.states() == ["completed"]
        night.assert_as_before()

    async def test_any_part_may_be_of_tomorrow(
        self,
        night: Night,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """The account is loaded, and no exception is in the log."""
        whole = deepcopy(night.files[night.file])
        here = list(places(whole["data"]))
        for place in here if NIGHTLY else here[:: len(here) // 24]:
            for value in ("of tomorrow", 2**40, None):
                night.files[night.file] = deepcopy(whole)
                night.files[night.file]["data"] = broken_at(whole["data"], place, value)
                await night.start()
                assert night.entry.state is ConfigEntryState.LOADED, place
                await night.stop()
        failed = [each for each in caplog.records if each.exc_info]
        assert not failed, failed[0].getMessage()


class TestOnDisk:
    """Files that Home Assistant's own store cannot read."""

    @pytest.fixture
    def hass_storage(self) -> dict[str, Any]:
        """Leave Home Assistant its files."""
        return {}

    @pytest.fixture
    def hass_config_dir(self, hass_tmp_config_dir: str) -> str:
        """Keep them in a folder of the test."""
        return hass_tmp_config_dir

    @pytest.fixture
    def noon(self, freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
        """Stop the clock in the evening."""
        freezer.move_to(EVENING)
        return freezer

    @pytest.fixture
    def car_settings(self) -> CarSettings:
        """Return a car that is at home, plugged in and low."""
        return LOW_CAR

    @pytest.mark.parametrize("damage", ["cut", "version", "no version", "text after"])
    async def test_a_damaged_file_forgets_no_raised_limit(
        self,
        hass: HomeAssistant,
        cloud: Cloud,
        noon: FrozenDateTimeFactory,
        damage: str,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Cut in the middle, edited by hand: the car is restored in the morning."""
        entry, _ = await sent(hass, cloud, noon)
        assert the_car(cloud).charge_limit == 80
        assert await hass.config_entries.async_unload(entry.entry_id)
        path = Path(hass.config.path(".storage", f"{DOMAIN}.{entry.entry_id}"))
        text = path.read_text()
        assert text.index(SECTION) < text.index("ledger"), "it comes first"
        damaged = {
            "cut": text[: len(text) // 2],
            "version": text.replace('"version": 2', '"version": "two"', 1),
            "no version": text.replace('"version": 2,', "", 1),
            "text after": text + "}",
        }
        path.write_text(damaged[damage])
        assert await hass.config_entries.async_setup(entry.entry_id)
        assert lost_issue(hass) is (damage in ("cut", "text after"))
        await until(hass, noon, at(9, 0))
        assert the_car(cloud).charge_limit == 70
        assert not the_car(cloud).charge_schedules
        ours = [
            each
            for each in caplog.records
            if DOMAIN in each.name and each.levelno >= logging.ERROR
        ]
        assert not ours
        assert json.loads(path.read_text())["version"] == 2

    @pytest.mark.parametrize("text", ["", "{}", "null", "[]", "0", '{"data": 1}', "\0"])
    async def test_a_file_without_anything_loads(
        self, hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, text: str
    ) -> None:
        """And it is told that all was lost."""
        entry, _ = await sent(hass, cloud, noon)
        assert await hass.config_entries.async_unload(entry.entry_id)
        path = Path(hass.config.path(".storage", f"{DOMAIN}.{entry.entry_id}"))
        path.write_text(text)
        assert await hass.config_entries.async_setup(entry.entry_id)
        assert entry.state is ConfigEntryState.LOADED
        assert lost_issue(hass)
