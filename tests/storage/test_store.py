"""What an entry keeps on disk: a Home Assistant that starts from its files."""

import asyncio
from copy import deepcopy
from dataclasses import fields
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.tesla_scout_worker.charging.in_car.charge_limit import (
    LimitOverride,
)
from custom_components.tesla_scout_worker.charging.sessions.session import SessionState
from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.gateways.ledger import CallKind
from custom_components.tesla_scout_worker.scouting.car_state import CarState
from custom_components.tesla_scout_worker.scouting.events import (
    VehicleEvent,
    VehicleEventType,
)
from custom_components.tesla_scout_worker.storage.account_file import STORAGE_VERSION
from custom_components.tesla_scout_worker.storage.put_in_car import SECTION
from custom_components.tesla_scout_worker.storage.store import AccountMemory, ScoutStore
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.faults import Fault

from ..common import (
    HOME,
    OTHER_VIN,
    VIN,
    WORK,
    entity_id,
    set_up,
    state_of,
    the_car,
    tick,
)
from ..scout_helpers import LIST, FiredEvents, reads
from .file_samples import THIRD_VIN, VIN as FILE_VIN, file_of

pytestmark = pytest.mark.fixed_rhythm

QUARTER = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
EVENT = "event.scout_car_event"

ASLEEP = CarSettings(vin=VIN, home=HOME, plugged_in=True, starts_asleep=True)
AWAKE = CarSettings(vin=VIN, home=HOME, plugged_in=True, sentry=True)


def stored_car(**changes: Any) -> dict[str, Any]:
    """Return a car as a file of version 1 has it: ready, at half past eleven."""
    return {
        "name": "Scout",
        "payload": {
            "charge_state": {
                "battery_level": 64,
                "charge_limit_soc": 90,
                "charging_state": "Stopped",
            },
            "drive_state": {
                "latitude": HOME.latitude,
                "longitude": HOME.longitude,
                "shift_state": None,
            },
        },
        "seen_at": "2026-11-24T10:30:00+00:00",
        "observation": {
            "connectivity": "online",
            "whereabouts": "home",
            "driving": False,
            "plugged_in": True,
            "charging": False,
            "below_limit": True,
        },
        "bearings": {
            "asleep": False,
            "whereabouts": "home",
            "ready": True,
            "charging": False,
        },
        "quiet_looks": 1,
        "missed": False,
        "paused_until": None,
        "pending": [],
        **changes,
    }


def stored(car: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the contents of a file of version 1."""
    return {
        "ledger": {
            "month": "2026-11",
            "calls": {"data": 100, "command": 7, "wake": 2, "free": 900},
        },
        "cars": {VIN: car},
        "paused_until": None,
        "paid_again_at": None,
        **changes,
    }


async def start_from(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    cloud: Cloud,
    contents: dict[str, Any],
) -> MockConfigEntry:
    """Start a Home Assistant that finds an entry and its file."""
    tokens = cloud.issue_tokens()
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Tesla",
        unique_id=cloud.settings.account_id,
        data={
            "client_id": cloud.settings.client_id,
            "client_secret": cloud.settings.client_secret,
            "region": "custom",
            "fleet_api_url": cloud.fleet_url("eu"),
            "token_url": cloud.token_url,
            "token": {
                "access_token": tokens.access_token,
                "refresh_token": tokens.refresh_token,
                "expires_at": datetime(2026, 11, 24, 18, tzinfo=UTC).timestamp(),
                "expires_in": 25200,
                "token_type": "Bearer",
            },
        },
    )
    hass_storage[f"{DOMAIN}.{entry.entry_id}"] = {"version": 1, "data": contents}
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


def pending(event_type: str, at: str) -> dict[str, str]:
    """Return a trigger that nobody had taken."""
    return {"trigger": event_type, "at": at}


@pytest.mark.all_entities
@pytest.mark.parametrize("car_settings", [ASLEEP])
async def test_a_restart_knows_what_was_known(
    hass: HomeAssistant, cloud: Cloud, hass_storage: dict[str, Any]
) -> None:
    """A car that sleeps through a restart keeps its values, and the bill goes on."""
    entry = await start_from(hass, hass_storage, cloud, stored(stored_car()))
    owner = str(entry.unique_id)
    assert state_of(hass, "sensor", "battery_level") == "64"
    assert state_of(hass, "sensor", "charge_limit") == "90"
    assert state_of(hass, "sensor", "charging_state") == "stopped"
    assert state_of(hass, "sensor", "last_seen") == "2026-11-24T10:30:00+00:00"
    assert state_of(hass, "binary_sensor", "ready_to_charge") == "on"
    assert state_of(hass, "binary_sensor", "at_home") == "on"
    assert state_of(hass, "binary_sensor", "online") == "off"
    assert state_of(hass, "device_tracker", "location") == "home"
    assert state_of(hass, "sensor", "api_data_requests", owner) == "100"
    assert state_of(hass, "sensor", "api_cost", owner) == "0.247"
    assert reads(cloud) == 0


@pytest.mark.all_entities
@pytest.mark.parametrize("car_settings", [ASLEEP])
async def test_a_restart_of_a_car_that_was_never_read(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Nothing is known of it before the restart, nor after it."""
    entry = await set_up(hass, cloud)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, "sensor", "battery_level") == "unknown"
    assert state_of(hass, "binary_sensor", "ready_to_charge") == "unknown"
    assert state_of(hass, "binary_sensor", "online") == "off"


async def test_a_trigger_of_a_car_that_has_left_can_be_taken(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Whoever handled a trigger need not know whether the car is still there."""
    entry: ConfigEntry[Any] = await set_up(hass, cloud)
    gone = VehicleEvent(
        event_type=VehicleEventType.WOKE_UP, at=datetime(2026, 11, 24, tzinfo=UTC)
    )
    entry.runtime_data.coordinator.async_acknowledge_event(OTHER_VIN, gone)
    assert set(entry.runtime_data.coordinator.data) == {VIN}


@pytest.mark.parametrize("car_settings", [AWAKE])
async def test_a_restart_pays_for_nothing_that_is_known(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """A ready car that was read half an hour ago is left alone after a restart."""
    fired = FiredEvents(hass, EVENT)
    await start_from(hass, hass_storage, cloud, stored(stored_car()))
    await tick(hass, noon, QUARTER)
    assert reads(cloud) == 0
    assert fired.kinds == []
    await tick(hass, noon, QUARTER)
    assert reads(cloud) == 1


@pytest.mark.parametrize("car_settings", [ASLEEP])
async def test_what_was_pending_is_reported_after_a_restart(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """All of it, in order, once, and with the time at which it happened."""
    fired = FiredEvents(hass, EVENT)
    car = stored_car(
        pending=[
            pending("woke_up", "2026-11-24T08:00:00+00:00"),
            pending("arrived_home", "2026-11-24T08:00:05+00:00"),
            pending("ready_to_charge", "2026-11-24T08:00:05+00:00"),
        ]
    )
    entry = await start_from(hass, hass_storage, cloud, stored(car))
    assert fired.events == [
        ("woke_up", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("arrived_home", datetime(2026, 11, 24, 8, 0, 5, tzinfo=UTC)),
        ("ready_to_charge", datetime(2026, 11, 24, 8, 0, 5, tzinfo=UTC)),
        ("fell_asleep", datetime(2026, 11, 24, 11, tzinfo=UTC)),
    ]
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await tick(hass, noon, QUARTER)
    assert len(fired.events) == 4
    assert entry.runtime_data.coordinator.data[VIN].pending == ()


@pytest.mark.parametrize("car_settings", [ASLEEP])
async def test_what_is_older_than_six_hours_is_not_reported(
    hass: HomeAssistant, cloud: Cloud, hass_storage: dict[str, Any]
) -> None:
    """A situation that is over is nobody's trigger."""
    fired = FiredEvents(hass, EVENT)
    car = stored_car(
        pending=[
            pending("arrived_home", "2026-11-24T05:00:00+00:00"),
            pending("ready_to_charge", "2026-11-24T05:00:01+00:00"),
        ]
    )
    await start_from(hass, hass_storage, cloud, stored(car))
    assert fired.kinds == ["ready_to_charge", "fell_asleep"]


@pytest.mark.parametrize("car_settings", [AWAKE])
async def test_what_changed_meanwhile_is_reported_after_a_restart(
    hass: HomeAssistant, cloud: Cloud, hass_storage: dict[str, Any]
) -> None:
    """The file's bearings are what the first read after a restart is compared with."""
    fired = FiredEvents(hass, EVENT)
    the_car(cloud).move(WORK)
    car = stored_car(seen_at="2026-11-24T04:00:00+00:00")
    car["observation"]["connectivity"] = "offline"
    await start_from(hass, hass_storage, cloud, stored(car))
    assert reads(cloud) == 1
    assert fired.kinds == ["left_home", "not_ready", "charging_started"]


@pytest.mark.parametrize("car_settings", [AWAKE])
async def test_a_pause_outlives_a_restart(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """What Tesla asked for before a restart holds after it, for a car and for the list."""
    car = stored_car(
        seen_at="2026-11-24T04:00:00+00:00",
        missed=True,
        paused_until="2026-11-24T11:20:00+00:00",
    )
    contents = stored(car, paused_until="2026-11-24T11:05:00+00:00")
    entry = await start_from(hass, hass_storage, cloud, contents)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert cloud.requests == []
    for _ in range(12):
        await tick(hass, noon, MINUTE)
    assert len(cloud.requests) > 0
    assert reads(cloud) == 0
    assert state_of(hass, "sensor", "battery_level") == "64"
    await tick(hass, noon, QUARTER)
    assert reads(cloud) == 1


async def test_a_first_start_has_no_file(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """The first round makes the file; it is JSON, and as the next start expects it."""
    entry = await set_up(hass, cloud)
    key = f"{DOMAIN}.{entry.entry_id}"
    assert key not in hass_storage
    await tick(hass, noon, timedelta(seconds=6))
    contents = json.loads(json.dumps(hass_storage[key]["data"]))
    assert hass_storage[key]["version"] == STORAGE_VERSION
    assert set(contents) == {SECTION, *(field.name for field in fields(AccountMemory))}
    (car,) = contents["cars"].values()
    assert set(car) == {each_field.name for each_field in fields(CarState)} - {"reason"}
    assert car["snapshot"]["payload"]["charge_state"]["battery_level"] == 70
    whole = json.dumps(contents)
    assert entry.data["token"]["refresh_token"] not in whole
    assert entry.data["token"]["access_token"] not in whole


async def test_a_shutdown_writes_before_the_delay_is_over(
    hass: HomeAssistant, cloud: Cloud, hass_storage: dict[str, Any]
) -> None:
    """What was learnt in the last seconds is on disk when Home Assistant ends."""
    entry = await set_up(hass, cloud)
    key = f"{DOMAIN}.{entry.entry_id}"
    assert key not in hass_storage
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert VIN in hass_storage[key]["data"]["cars"]


async def test_an_unload_writes_at_once_and_nothing_after(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """The file of an unloaded entry is left to whoever loads it next."""
    entry = await set_up(hass, cloud)
    key = f"{DOMAIN}.{entry.entry_id}"
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert VIN in hass_storage.pop(key)["data"]["cars"]
    await tick(hass, noon, MINUTE)
    assert key not in hass_storage


async def test_a_round_that_an_unload_cuts_off_writes_nothing(
    hass: HomeAssistant,
    two_cars: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """A round in flight ends with the entry, and does not write over its successor."""
    for car in two_cars.cars.values():
        car.set_sentry(True)
    entry = await set_up(hass, two_cars)
    key = f"{DOMAIN}.{entry.entry_id}"
    await tick(hass, noon, timedelta(seconds=6))
    two_cars.faults.add(Fault(path=f"*/{OTHER_VIN}/vehicle_data", hang=True, times=1))
    the_car(two_cars).plug_in()
    noon.tick(QUARTER)
    async_fire_time_changed(hass)
    while two_cars.faults.active:
        await asyncio.sleep(0)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert hass_storage.pop(key)["data"]["cars"][VIN]["confirmed"]["ready"] is True
    await tick(hass, noon, MINUTE)
    assert key not in hass_storage


async def test_a_removed_entry_leaves_no_file(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """Where the car was is nobody's business once the entry is gone."""
    entry = await set_up(hass, cloud)
    key = f"{DOMAIN}.{entry.entry_id}"
    await tick(hass, noon, timedelta(seconds=6))
    assert key in hass_storage
    await tick(hass, noon, QUARTER)
    await hass.config_entries.async_remove(entry.entry_id)
    await tick(hass, noon, MINUTE)
    assert key not in hass_storage


async def test_a_failed_set_up_writes_what_it_learnt(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """Each try of a set-up goes on from the file that the one before it wrote."""
    entry: ConfigEntry[Any] = await set_up(hass, cloud)
    key = f"{DOMAIN}.{entry.entry_id}"
    cloud.faults.add(Fault(path=LIST, status=429, headers={"Retry-After": "600"}))
    assert not await hass.config_entries.async_reload(entry.entry_id)
    kept = hass_storage[key]["data"]
    assert kept["paused_until"] == "2026-11-24T11:10:00+00:00"
    assert kept["cars"][VIN]["confirmed"]["whereabouts"] == "home"
    cloud.faults.clear()
    for _ in range(30):
        await tick(hass, noon, MINUTE)
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert hass_storage[key]["data"]["paused_until"] is None
    assert entity_id(hass, "event", "scout") == EVENT


async def load(
    hass: HomeAssistant, hass_storage: dict[str, Any], version: int, contents: Any
) -> ScoutStore:
    """Return a store that has loaded a file."""
    entry = MockConfigEntry(domain=DOMAIN)
    key = f"{DOMAIN}.{entry.entry_id}"
    hass_storage[key] = {"version": version, "key": key, "data": contents}
    store = ScoutStore(hass, entry)
    assert await store.async_load() is store.data
    return store


def file_in(hass_storage: dict[str, Any]) -> dict[str, Any]:
    """Return the only file of this integration."""
    (file,) = (file for key, file in hass_storage.items() if key.startswith(DOMAIN))
    return deepcopy(file)


async def test_a_file_of_version_1_is_migrated_once(
    hass: HomeAssistant,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What it holds is on disk as version 2 at once; a session that is broken is not."""
    contents = file_of("v1_full")
    contents["promises"][FILE_VIN]["sessions"][1]["state"] = "of tomorrow"
    store = await load(hass, hass_storage, 1, contents)
    written = file_in(hass_storage)
    assert written["version"] == STORAGE_VERSION
    names = {field.name for field in fields(AccountMemory)}
    assert set(written["data"]) == {SECTION, *names}
    car_sessions = store.data.charging[FILE_VIN].sessions
    kept = [session["id"] for session in contents["promises"][FILE_VIN]["sessions"]]
    assert [*car_sessions.sessions] == [kept[0], *kept[2:]]
    assert caplog.text.count("CarSessions.sessions (1)") == 1
    caplog.clear()
    again = await load(hass, hass_storage, 2, written["data"])
    assert again.data == store.data
    assert "cannot be read" not in caplog.text


async def test_a_new_month_has_a_new_bill(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    """The one of the file is over when Home Assistant starts in the next month."""
    noon.move_to(datetime(2026, 12, 1, tzinfo=UTC))
    store = await load(hass, hass_storage, 1, file_of("v1_full"))
    assert store.data.ledger.month == "2026-12"
    assert store.data.ledger.cost == 0
    assert store.data.ledger.others["2026-11"][CallKind.DATA] == 123


@pytest.mark.parametrize("car_settings", [ASLEEP])
async def test_sessions_outlive_the_migration(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """They are taken up as they were, with the limit; shadow mode stays on."""
    kept = file_of("v1_full")["promises"][THIRD_VIN]
    kept["hold"] = {"original": 70, "raised_to": 90}
    contents = stored(stored_car(), promises={VIN: kept})
    entry = await start_from(hass, hass_storage, cloud, contents)
    record = entry.runtime_data.worker.repository.record(VIN)
    (session,) = record.sessions.sessions.values()
    assert session.ready_by == datetime(2026, 11, 25, 6, tzinfo=UTC)
    assert session.state is SessionState.SCHEDULED
    assert record.sessions.override == LimitOverride(original=70, raised_to=90)
    assert (record.settings.sync, record.settings.shadow) == (True, True)
    assert record.sync.schedules == ()


async def test_what_costs_nothing_is_not_worth_a_write(
    hass: HomeAssistant, noon: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    """A free call alone is written with the next change."""
    store = await load(hass, hass_storage, 1, file_of("v1_full"))
    now = dt_util.utcnow()
    for kind, written in ((CallKind.FREE, 7890), (CallKind.DATA, 7891)):
        store.data.ledger.count(kind, 200, now)
        store.save_soon()
        await tick(hass, noon, timedelta(seconds=6))
        assert file_in(hass_storage)["data"]["ledger"]["calls"]["free"] == written
