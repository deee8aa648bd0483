"""The config flow: signing in again, and changing the sign-in, of an entry."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from simulator.car import CarSettings, CarState
from simulator.cloud import Cloud

from ..common import (
    HOME,
    VIN,
    bring_input,
    count,
    entity_id,
    set_up,
    state_of,
    the_car,
    tick,
)
from ..flows import OURS, Browser, FlowRun, point_to, suggested

pytestmark = pytest.mark.usefixtures("discreet_log", "key_folder")

type Storage = dict[str, Any]

WAYS = ("sign_in", "bring_tokens")


async def die(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """Let the sign-in die at Tesla, and the next read find it out."""
    cloud.auth.password_changed()
    await tick(hass, freezer, timedelta(minutes=16))


def flows(hass: HomeAssistant) -> list[str]:
    """Return the sources of the flows that wait for a person."""
    return [
        each["context"]["source"] for each in hass.config_entries.flow.async_progress()
    ]


def issue_of(hass: HomeAssistant, entry: ConfigEntry[Any]) -> ir.IssueEntry | None:
    """Return the repair that asks to sign in again."""
    return ir.async_get(hass).async_get_issue(DOMAIN, f"signed_out_{entry.entry_id}")


def belongings(hass: HomeAssistant, entry: ConfigEntry[Any]) -> tuple[object, ...]:
    """Return what a person would miss: the entry, its devices, its entities."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return (
        entry.entry_id,
        entry.unique_id,
        entry.title,
        dict(entry.options),
        {(each.id, each.name_by_user) for each in devices},
        {(each.id, each.entity_id, each.unique_id, each.name) for each in entities},
    )


def memory(hass_storage: Storage, entry: ConfigEntry[Any]) -> Any:
    """Return what is on disk of the last read of the car, and when that was."""
    stored = hass_storage[f"{DOMAIN}.{entry.entry_id}"]["data"]
    return stored["cars"][VIN]["snapshot"]


async def make_it_ones_own(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """Rename an entity and a device; let the car fall asleep."""
    registry = er.async_get(hass)
    battery = entity_id(hass, "sensor", "battery_level")
    registry.async_update_entity(battery, new_entity_id="sensor.juice", name="Juice")
    devices = dr.async_get(hass)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
        devices.async_update_device(device.id, name_by_user="Rosie")
    await tick(hass, freezer, timedelta(minutes=16))
    assert the_car(cloud).state is CarState.ASLEEP


async def walk_through(walk: FlowRun, cloud: Cloud, way: str) -> None:
    """Walk a renewal to its end."""
    if way == "bring_tokens":
        await walk.submit(**bring_input(cloud))
        return
    await walk.consent()
    if walk.shows == "region":
        await walk.submit(region="eu")


@pytest.mark.parametrize("way", WAYS)
async def test_reauth_keeps_everything(
    hass: HomeAssistant,
    tesla: Cloud,
    browser: Browser,
    noon: FrozenDateTimeFactory,
    hass_storage: Storage,
    way: str,
) -> None:
    """A new sign-in keeps cars, entities and what the Scout remembers.

    alandtse#1206: the token could not be replaced without deleting the entry.
    """
    entry = await set_up(hass, tesla)
    await make_it_ones_own(hass, tesla, noon)
    before = belongings(hass, entry)
    await die(hass, tesla, noon)
    assert flows(hass) == ["reauth"]
    assert issue_of(hass, entry) is not None
    await hass.config_entries.async_unload(entry.entry_id)
    remembered = memory(hass_storage, entry)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert flows(hass) == ["reauth"]

    walk = await FlowRun.reauth(hass, way, browser)
    await walk_through(walk, tesla, way)
    assert walk.shows == "reauth_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert belongings(hass, entry) == before
    assert flows(hass) == []
    assert issue_of(hass, entry) is None
    assert "signed_out" not in entry.data
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert count(tesla, "data") == 1
    await hass.config_entries.async_unload(entry.entry_id)
    assert memory(hass_storage, entry) == remembered


@pytest.mark.parametrize("way", WAYS)
async def test_a_signed_in_entry_is_renewed_by_either_way(
    hass: HomeAssistant,
    tesla: Cloud,
    browser: Browser,
    noon: FrozenDateTimeFactory,
    way: str,
) -> None:
    """Afterwards the entry renews its token by the new way, hours later too."""
    start = await FlowRun.begin(hass, "sign_in", browser)
    await (await start.consent()).submit(region="eu")
    entry = start.entry
    await die(hass, tesla, noon)
    walk = await FlowRun.reauth(hass, way, browser)
    if way == "bring_tokens":
        assert suggested(walk.result, "client_id") is None
    await walk_through(walk, tesla, way)
    assert walk.shows == "reauth_successful"
    assert ("auth_implementation" in entry.data) == (way == "sign_in")
    assert entry.data["fleet_api_url"] == tesla.fleet_url("eu")
    token = entry.data["token"]["refresh_token"]
    await tick(hass, noon, timedelta(hours=7, minutes=59))
    assert entry.data["token"]["refresh_token"] != token
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("way", WAYS)
async def test_reauth_refuses_another_account(
    hass: HomeAssistant,
    tesla: Cloud,
    other_cloud: Cloud,
    browser: Browser,
    noon: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    """Nothing changes, and the right account can still sign in afterwards."""
    entry = await set_up(hass, tesla)
    await die(hass, tesla, noon)
    before = belongings(hass, entry), dict(entry.data)
    walk = await FlowRun.reauth(hass, "bring_tokens", browser)
    if way == "sign_in":
        point_to(other_cloud, monkeypatch)
        hass.config_entries.flow.async_abort(walk.result["flow_id"])
        entry.async_start_reauth(hass)
        await hass.async_block_till_done()
        walk = await FlowRun.reauth(hass, way, browser)
    await walk_through(walk, other_cloud, way)
    assert walk.shows == "wrong_account"
    assert (belongings(hass, entry), dict(entry.data)) == before

    point_to(tesla, monkeypatch)
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    again = await FlowRun.reauth(hass, way, browser)
    await walk_through(again, tesla, way)
    assert again.shows == "reauth_successful"
    assert entry.state is ConfigEntryState.LOADED


async def test_reauth_survives_a_refused_token(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Pasting the old token again is refused, the entry waits, a fresh one works."""
    given = bring_input(cloud)
    entry = await set_up(hass, cloud, refresh_token=given["refresh_token"])
    await die(hass, cloud, noon)
    data = dict(entry.data)
    walk = await FlowRun.reauth(hass, "bring_tokens")
    await walk.submit(**given)
    assert walk.errors == {"refresh_token": "token_refused"}
    assert dict(entry.data) == data
    await walk.submit(**bring_input(cloud))
    assert walk.shows == "reauth_successful"
    assert entry.state is ConfigEntryState.LOADED


async def test_reconfigure_may_answer_a_reauth(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Whoever chooses the other door is let in, and the reauth is over as well."""
    entry = await set_up(hass, cloud)
    await die(hass, cloud, noon)
    walk = await FlowRun.reconfigure(hass, entry, "bring_tokens")
    await walk.submit(**bring_input(cloud))
    assert walk.shows == "reconfigure_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert flows(hass) == []


@pytest.mark.parametrize("way", WAYS)
async def test_reconfigure_keeps_everything(
    hass: HomeAssistant,
    tesla: Cloud,
    browser: Browser,
    noon: FrozenDateTimeFactory,
    hass_storage: Storage,
    way: str,
) -> None:
    """Other tokens for the same account keep all that a person made of it."""
    entry = await set_up(hass, tesla)
    await make_it_ones_own(hass, tesla, noon)
    before = belongings(hass, entry)
    remembered = memory(hass_storage, entry)
    token = entry.data["token"]["refresh_token"]
    walk = await FlowRun.reconfigure(hass, entry, way, browser)
    await walk_through(walk, tesla, way)
    assert walk.shows == "reconfigure_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["token"]["refresh_token"] != token
    assert belongings(hass, entry) == before
    assert flows(hass) == []
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert count(tesla, "data") == 1
    await hass.config_entries.async_unload(entry.entry_id)
    assert memory(hass_storage, entry) == remembered


@pytest.mark.parametrize("way", WAYS)
async def test_reconfigure_refuses_another_account(
    hass: HomeAssistant,
    tesla: Cloud,
    other_cloud: Cloud,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    """The entry keeps running as it was, and the right account is taken."""
    entry = await set_up(hass, tesla)
    before = belongings(hass, entry), dict(entry.data)
    if way == "sign_in":
        point_to(other_cloud, monkeypatch)
    walk = await FlowRun.reconfigure(hass, entry, way, browser)
    await walk_through(walk, other_cloud, way)
    assert walk.shows == "wrong_account"
    assert (belongings(hass, entry), dict(entry.data)) == before
    assert entry.state is ConfigEntryState.LOADED

    point_to(tesla, monkeypatch)
    again = await FlowRun.reconfigure(hass, entry, way, browser)
    await walk_through(again, tesla, way)
    assert again.shows == "reconfigure_successful"


async def test_reconfigure_leaves_the_token_of_another_entry_alone(
    hass: HomeAssistant, cloud: Cloud, other_cloud: Cloud
) -> None:
    """Trying it would take it away from the account that runs on it."""
    entry = await set_up(hass, cloud)
    other = await set_up(hass, other_cloud)
    held = other.data["token"]["refresh_token"]
    refreshes = other_cloud.auth.refreshes
    walk = await FlowRun.reconfigure(hass, entry, "bring_tokens")
    await walk.submit(**bring_input(other_cloud, refresh_token=held))
    assert walk.shows == "wrong_account"
    assert other_cloud.auth.refreshes == refreshes


async def test_reconfigure_takes_the_token_that_the_entry_has(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Its own token is no stranger's: the entry goes on with the successor."""
    entry = await set_up(hass, cloud)
    held = entry.data["token"]["refresh_token"]
    walk = await FlowRun.reconfigure(hass, entry, "bring_tokens")
    await walk.submit(**bring_input(cloud, refresh_token=held))
    assert walk.shows == "reconfigure_successful"
    assert entry.data["previous_token"]["refresh_token"] == held
    assert cloud.auth.refresh_token_is_valid(entry.data["token"]["refresh_token"])


async def test_a_renewal_fills_in_what_is_known(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Only the token is asked for; the secret is not shown, and not lost."""
    entry = await set_up(hass, cloud)
    walk = await FlowRun.reconfigure(hass, entry, "bring_tokens")
    given = bring_input(cloud)
    known = ("client_id", "region", "fleet_api_url", "token_url")
    assert {field: suggested(walk.result, field) for field in known} == {
        field: given[field] for field in known
    }
    assert suggested(walk.result, "client_secret") is None
    del given["client_secret"]
    await walk.submit(**given)
    assert walk.shows == "reconfigure_successful"
    assert entry.data["client_secret"] == cloud.settings.client_secret


async def test_a_renewal_of_a_region_offers_no_addresses(
    hass: HomeAssistant, tesla: Cloud
) -> None:
    """The address that the Scout found itself is none that a person entered."""
    entry = await set_up(hass, tesla, region="eu")
    walk = await FlowRun.reconfigure(hass, entry, "bring_tokens")
    assert suggested(walk.result, "region") == "eu"
    assert suggested(walk.result, "fleet_api_url") is None


@pytest.mark.parametrize(
    "car_settings",
    [CarSettings(vin=VIN, home=HOME, command_signing="required")],
    ids=["signing"],
)
async def test_a_renewal_keeps_the_key_that_the_cars_know(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """The domain is filled in, and the key of the options is the one registered."""
    start = await FlowRun.begin(hass, "sign_in", browser)
    await (await start.consent()).submit(region="eu")
    await start.submit(key_domain=tesla.settings.domain)
    given = start.result["description_placeholders"]
    assert given is not None
    tesla.host_public_key(tesla.settings.domain, given["public_key"])
    await start.submit()
    await start.submit()
    entry = start.entry
    (key_folder / "tesla_scout_worker.key").rename(key_folder / "my.key")
    hass.config_entries.async_update_entry(
        entry, options={"private_key_path": "my.key"}
    )

    walk = await FlowRun.reconfigure(hass, entry, "sign_in", browser)
    await (await walk.consent()).submit(region="eu")
    assert suggested(walk.result, "key_domain") == tesla.settings.domain
    await walk.submit(key_domain=tesla.settings.domain)
    assert walk.shows == "virtual_key"
    await walk.submit()
    assert walk.shows == "reconfigure_successful"
    assert entry.options == {"private_key_path": "my.key"}
    assert [path.name for path in key_folder.glob("*.key")] == ["my.key"]

    walk = await FlowRun.reconfigure(hass, entry, "bring_tokens")
    await walk.submit(**bring_input(tesla))
    assert entry.data["key_domain"] == tesla.settings.domain


def text_of(issue: ir.IssueEntry | None) -> str:
    """Return the text of a repair, with its placeholders filled in."""
    assert issue is not None
    texts = OURS["issues"][issue.translation_key]
    given = issue.translation_placeholders or {}
    # A repair that opens what mends it says what is wrong in its own dialog.
    confirm = texts["fix_flow"]["step"]["confirm"]
    return f"{texts['title']}\n{confirm['description']}".format_map(given)


async def test_a_token_used_elsewhere_says_so_until_the_new_sign_in(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Two programs shared one token chain (evcc#18815); the repair names it."""
    entry = await set_up(hass, cloud)
    form = {"grant_type": "refresh_token", "client_id": cloud.settings.client_id}
    token = entry.data["token"]["refresh_token"]
    for _ in range(2):
        token = cloud.auth.token({**form, "refresh_token": token})["refresh_token"]
    await tick(hass, noon, timedelta(hours=7, minutes=59))
    text = text_of(issue_of(hass, entry))
    assert "The Tesla sign-in of Tesla (Scout) was ended or used elsewhere" in text
    assert "another program has the same tokens" in text
    assert "Stop the other program" in text
    assert flows(hass) == ["reauth"]
    walk = await FlowRun.reauth(hass, "bring_tokens")
    await walk.submit(**bring_input(cloud))
    assert walk.shows == "reauth_successful"
    assert issue_of(hass, entry) is None
    assert state_of(hass, "sensor", "battery_level") == "70"


async def test_a_restored_backup_says_so_until_the_new_sign_in(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A restored backup brings back spent tokens (core#108005); once is enough."""
    entry = await set_up(hass, cloud)
    backup = dict(entry.data)
    for _ in range(4):
        await tick(hass, noon, timedelta(hours=7, minutes=59))
    assert entry.data["token"] != backup["token"]
    await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_update_entry(entry, data=backup)
    noon.tick(timedelta(minutes=5))
    asked_before = cloud.auth.refreshes
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert "restored from a backup" in text_of(issue_of(hass, entry))
    assert flows(hass) == ["reauth"]
    assert cloud.auth.refreshes <= asked_before + 2
    await tick(hass, noon, timedelta(hours=3))
    # Both refresh tokens were tried again by themselves.
    assert cloud.auth.refreshes <= asked_before + 4
    walk = await FlowRun.reauth(hass, "bring_tokens")
    await walk.submit(**bring_input(cloud))
    assert walk.shows == "reauth_successful"
    assert issue_of(hass, entry) is None
    assert state_of(hass, "sensor", "battery_level") == "70"
