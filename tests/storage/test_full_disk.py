"""Nothing is done that depends on a file which could not be written.

Home Assistant's own files are used, in a folder of the test.
"""

import asyncio
from datetime import timedelta
import errno
import json
import logging
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.in_car.charge_limit import (
    LimitOverride,
)
from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.storage.account_file import AccountFile
from custom_components.tesla_scout_worker.storage.codec import storable
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import json_bytes
from homeassistant.util.file import WriteError, write_utf8_file_atomic
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import VIN, entity_id, state_of, the_car
from ..scout_helpers import answered, scout_now
from ..worker.special_charging.session_helpers import (
    EVENING,
    LOW_CAR,
    MINUTE,
    QUARTER,
    add,
    at,
    home_and_awake,
    sent_commands,
    special,
    until,
    with_session,
)
from .full_disk import full_disk

pytestmark = pytest.mark.fixed_rhythm


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Leave Home Assistant its files."""
    return {}


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Keep them in a folder of the test."""
    return hass_tmp_config_dir


@pytest.fixture
def noon(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock in the evening."""
    freezer.move_to(EVENING)
    return freezer


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that is at home, plugged in and low."""
    return LOW_CAR


def on_disk(hass: HomeAssistant, entry: ConfigEntry[Any]) -> dict[str, Any]:
    """Return what the file of an entry holds."""
    path = Path(hass.config.path(".storage", f"{DOMAIN}.{entry.entry_id}"))
    contents: dict[str, Any] = json.loads(path.read_text())["data"]
    return contents


def shown(hass: HomeAssistant) -> set[str | None]:
    """Return the repairs that are shown, without the offer of a plan."""
    return {
        issue.translation_key
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.translation_key != "shadow_mode"
    }


def test_the_disk_of_these_tests_is_full(tmp_path: Path) -> None:
    """By the kernel's word; the file stays as it was, and no other is left."""
    file = tmp_path / "file"
    write_utf8_file_atomic(str(file), b"before", mode="wb")
    with full_disk(), pytest.raises(WriteError) as caught:
        write_utf8_file_atomic(str(file), b"after", mode="wb")
    cause = caught.value.__cause__
    assert isinstance(cause, OSError)
    assert cause.errno == errno.ENOSPC
    assert [path.read_text() for path in tmp_path.iterdir()] == ["before"]


async def test_nothing_is_sent_that_cannot_be_saved(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The limit is raised once the owner's is on disk, and the plan still runs."""
    entry, log = await with_session(hass, cloud, noon)
    await until(hass, noon, at(0, 10), QUARTER)
    with full_disk():
        await until(hass, noon, at(0, 40))
        assert sent_commands(cloud) == []
        assert the_car(cloud).charge_limit == 70
        assert log.kinds == ["scheduled"]
        record = entry.runtime_data.worker.repository.record(VIN)
        (session,) = record.sessions.sessions.values()
        assert session.schedule_ids == ()
        assert record.sessions.override is None
        assert shown(hass) == {"not_saved"}
    ours = [each.message for each in caplog.records if each.name.endswith(f".{DOMAIN}")]
    assert [line for line in ours if "saved" in line] == [
        "Nothing can be saved: is the disk full?"
    ]
    await until(hass, noon, at(1, 10))
    assert shown(hass) == set()
    assert the_car(cloud).charge_limit == 80
    assert log.kinds == ["scheduled", "sent"]
    override = on_disk(hass, entry)["charging"][VIN]["sessions"]["override"]
    assert override == {"original": 70, "raised_to": 80, "earlier": None}
    await until(hass, noon, at(7, 0), QUARTER)
    assert round(the_car(cloud).battery_level) == 80
    assert the_car(cloud).charge_limit == 70
    loud = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert loud
    assert all(VIN not in each.getMessage() for each in loud)


async def test_a_raised_limit_is_restored_on_a_full_disk(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Undoing needs no file: after a crash it would only be repeated."""
    entry, log = await with_session(hass, cloud, noon)
    await until(hass, noon, at(5, 50), QUARTER)
    assert the_car(cloud).charge_limit == 80
    with full_disk():
        await until(hass, noon, at(7, 0))
        assert the_car(cloud).charge_limit == 70
        assert not the_car(cloud).charge_schedules
        assert log.kinds[-1] == "completed"
    await until(hass, noon, at(7, 40))
    stored = on_disk(hass, entry)["charging"][VIN]["sessions"]
    assert stored["override"] is None
    assert [each["state"] for each in stored["sessions"].values()] == ["completed"]


async def test_a_request_that_cannot_be_saved_is_refused(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """In clear words, and there is no session that a restart would forget."""
    await home_and_awake(hass, cloud, noon)
    with full_disk(), pytest.raises(HomeAssistantError) as caught:
        await add(hass, "2025-08-07 07:00:00")
    assert caught.value.translation_key == "not_saved"
    assert (await special(hass, "list_special_charging"))["sessions"] == []
    assert shown(hass) == {"not_saved"}
    await add(hass, "2025-08-07 07:00:00")
    assert shown(hass) == set()


@pytest.mark.all_entities
async def test_a_setting_that_cannot_be_saved_stays_as_it_was(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What is shown is what is on disk."""
    await home_and_awake(hass, cloud, noon)
    number = entity_id(hass, "number", "safety_floor")
    before = state_of(hass, "number", "safety_floor")
    with full_disk(), pytest.raises(HomeAssistantError) as caught:
        await hass.services.async_call(
            "number", "set_value", {"entity_id": number, "value": 35}, blocking=True
        )
    assert caught.value.translation_key == "not_saved"
    assert state_of(hass, "number", "safety_floor") == before


async def test_an_entry_can_be_unloaded_on_a_full_disk(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The repair stays until the next set-up can save."""
    entry, _ = await with_session(hass, cloud, noon)
    with full_disk():
        noon.tick(timedelta(minutes=10))
        await scout_now(hass)
        assert await hass.config_entries.async_unload(entry.entry_id)
        assert shown(hass) == {"not_saved"}
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(hass, noon, EVENING + 12 * MINUTE)
    assert shown(hass) == set()
    assert len((await special(hass, "list_special_charging"))["sessions"]) == 1


async def test_what_changes_during_a_write_is_kept(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A setting and a result that cross lose nothing of each other."""
    entry, _ = await with_session(hass, cloud, noon)
    repository = entry.runtime_data.worker.repository
    write, began, go_on = AccountFile.async_write, asyncio.Event(), asyncio.Event()

    async def slowly(file: AccountFile, contents: dict[str, Any]) -> None:
        """Write once that is allowed."""
        began.set()
        await go_on.wait()
        await write(file, contents)

    monkeypatch.setattr(AccountFile, "async_write", slowly)
    before = repository.record(VIN)
    held = before.sessions.__class__(
        sessions=before.sessions.sessions,
        override=LimitOverride(original=70, raised_to=80),
    )
    first = asyncio.create_task(repository.async_update(VIN, sessions=held))
    await began.wait()
    assert repository.record(VIN) == before, "it is not on disk yet"
    (session,) = before.sessions.sessions.values()
    second = asyncio.create_task(
        repository.async_save_session(VIN, session.returned(EVENING))
    )
    repository.update_sync(VIN, saved=7)
    go_on.set()
    await asyncio.gather(first, second)
    await asyncio.sleep(0)
    record = repository.record(VIN)
    assert record.sessions.override == held.override
    assert record.sessions.sessions[session.id].delivery.try_at == EVENING
    assert record.sync.saved == 7
    await until(hass, noon, EVENING + timedelta(minutes=1))
    kept = on_disk(hass, entry)["charging"][VIN]
    assert kept["sessions"]["override"]["original"] == 70
    assert kept["sync"]["saved"] == 7


def nested(levels: int) -> Any:
    """Return lists within lists."""
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [2**65, -(2**64), "\ud83d", {"\udc00": 1}, nested(255), {"a": [nested(900)]}],
    ids=["65 bits", "65 bits below", "half a pair", "key", "255 levels", "900 levels"],
)
async def test_a_value_that_no_file_can_hold_stops_nothing(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    value: Any,
) -> None:
    """What else was read is on disk."""
    entry, _ = await home_and_awake(hass, cloud, noon)
    with answered(cloud, "charge_state", battery_level=44, of_no_use=value):
        noon.tick(timedelta(minutes=10))
        await scout_now(hass)
    await until(hass, noon, EVENING + timedelta(minutes=12))
    payload = on_disk(hass, entry)["cars"][VIN]["snapshot"]["payload"]
    assert payload["charge_state"]["battery_level"] == 44
    assert shown(hass) == set()


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(json_values, st.integers(0, 1200))
def test_any_json_can_be_written(value: Any, levels: int) -> None:
    """What can be written as it is stays as it is."""
    try:
        plain = bool(json_bytes(value))
    except TypeError:
        plain = False
    kept = storable(value)
    assert json_bytes(kept)
    assert not plain or kept is value
    for _ in range(levels):
        value = [value]
    assert json_bytes(storable(value))
