"""A provider's key is pasted: what is refused with what it is, and moving to another way."""

import json

import pytest

from custom_components.tesla_scout_worker.const import DOMAIN, PROVIDER_SERVERS
from custom_components.tesla_scout_worker.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.tesla_scout_worker.gateways.way import Way
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.gateway_faults import html_page

from ..common import VIN, act, bring_input, paste_key, set_up, state_of
from ..flows import FlowRun, no_entry, suggested

BATTERY = "70"
WAYS = pytest.mark.parametrize("way", [Way.TESSIE, Way.TESLEMETRY])


@pytest.fixture(autouse=True)
def _providers(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the simulator where the integration expects the providers."""
    for name, url in cloud.provider_urls.items():
        monkeypatch.setitem(PROVIDER_SERVERS, name, url)


@WAYS
async def test_one_screen_from_the_menu_to_a_scouted_car(
    hass: HomeAssistant, cloud: Cloud, way: Way
) -> None:
    """The key is pasted, as it is or with what a header adds, and the car is read."""
    walk = await FlowRun.begin(hass, way)
    assert walk.shows == way
    await walk.submit(api_key=f" Bearer {cloud.providers[way.value].key}\n")
    assert walk.entry.data["way"] == way
    assert state_of(hass, "sensor", "battery_level") == BATTERY
    assert all(request.server == way.value for request in cloud.requests)


@WAYS
async def test_what_is_no_key_is_refused_with_what_it_is(
    hass: HomeAssistant, cloud: Cloud, way: Way
) -> None:
    """Tesla's tokens are refused before anybody else sees them."""
    tokens = cloud.issue_tokens()
    walk = await FlowRun.begin(hass, way)
    for text, error in {
        " ": "key_required",
        "https://dash.tessie.com/settings/api": "pasted_address",
        "ada@example.com": "pasted_email",
        '{"access_token": "x"}': "pasted_file",
        "the key is abc": "pasted_words",
        tokens.refresh_token: "pasted_refresh_token",
        tokens.access_token: "pasted_access_token",
    }.items():
        await walk.submit(api_key=text)
        assert walk.errors == {"base": error}, text
    assert not cloud.requests
    await walk.submit(api_key="0123456789abcdef")
    assert walk.errors == {"base": "key_refused"}
    assert no_entry(hass)
    await walk.submit(api_key=cloud.providers[way.value].key)
    assert walk.entry


@WAYS
async def test_what_goes_wrong_at_the_provider_is_said_and_tried_again(
    hass: HomeAssistant, cloud: Cloud, way: Way
) -> None:
    """An outage says nothing of the key; an account without a car says so."""
    walk = await FlowRun.begin(hass, way)
    key = cloud.providers[way.value].key
    for fault, error in (
        (html_page(502), "transient"),
        (Fault(status=429, headers={"Retry-After": "42"}), "rate_limited"),
        (Fault(body={"response": [], "count": 0}), "no_cars_here"),
        (Fault(tear=True), "transient"),
    ):
        added = cloud.faults.add(fault)
        await walk.submit(api_key=key)
        assert walk.errors == {"base": error}
        # Sent again, it does not have to be pasted again.
        assert suggested(walk.result, "api_key") == key
        cloud.faults.remove(added)
    await walk.submit(api_key=key)
    assert walk.entry


@WAYS
async def test_a_car_belongs_to_one_entry(
    hass: HomeAssistant, cloud: Cloud, way: Way
) -> None:
    """A second way to the same car is refused, and the entry that has it is named."""
    entry = await set_up(hass, cloud)
    result = await paste_key(hass, way, cloud.providers[way.value].key)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "car_configured"
    assert result["description_placeholders"] == {"entry": entry.title}


@WAYS
async def test_moving_to_a_provider_and_back_keeps_all(
    hass: HomeAssistant, cloud: Cloud, way: Way
) -> None:
    """Device, entities, sessions and settings are those of before."""
    entry = await set_up(hass, cloud)
    (device,) = [
        each
        for each in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
        if (DOMAIN, VIN) in each.identifiers
    ]
    entities = {
        each.entity_id: each.id
        for each in er.async_entries_for_device(er.async_get(hass), device.id)
    }
    await act(
        hass,
        "add_special_charging",
        device_id=device.id,
        ready_by="2026-11-26 07:00:00",
        target=90,
    )
    walk = await FlowRun.reconfigure(hass, entry, way)
    await walk.submit(api_key=cloud.providers[way.value].key)
    assert walk.shows == "reconfigure_successful"
    assert entry.runtime_data.tokens is None
    assert entry.data["way"] == way
    for _ in range(2):
        listed = await act(hass, "list_special_charging", device_id=device.id)
        assert [session["target"] for session in listed["sessions"]] == [90]
        now = er.async_entries_for_device(er.async_get(hass), device.id)
        assert {each.entity_id: each.id for each in now} == entities
        assert state_of(hass, "sensor", "battery_level") == BATTERY
        if entry.data.get("way"):
            walk = await FlowRun.reconfigure(hass, entry, "bring_tokens")
            await walk.submit(**bring_input(cloud))
            assert walk.shows == "reconfigure_successful"
    assert "way" not in entry.data
    assert entry.runtime_data.tokens is not None


@WAYS
async def test_another_account_is_not_taken_for_the_same_one(
    hass: HomeAssistant,
    cloud: Cloud,
    other_cloud: Cloud,
    way: Way,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A key that shows other cars changes nothing."""
    entry = await set_up(hass, cloud)
    before = dict(entry.data)
    monkeypatch.setitem(PROVIDER_SERVERS, way, other_cloud.provider_urls[way.value])
    walk = await FlowRun.reconfigure(hass, entry, way)
    await walk.submit(api_key=other_cloud.providers[way.value].key)
    assert walk.shows == "wrong_account"
    assert dict(entry.data) == before


@WAYS
async def test_actions_about_tokens_say_that_there_are_none(
    hass: HomeAssistant, cloud: Cloud, way: Way
) -> None:
    """A provider's key is neither refreshed nor shown."""
    result = await paste_key(hass, way, cloud.providers[way.value].key)
    entry_id = result["result"].entry_id
    for action in ("token_refresh", "token_get"):
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, action, config_entry_id=entry_id)
        assert refused.value.translation_key == "no_refresh_token_here"


@WAYS
async def test_the_key_is_in_no_diagnostics(
    hass: HomeAssistant, cloud: Cloud, way: Way
) -> None:
    """Neither the key nor the VIN leaves."""
    key = cloud.providers[way.value].key
    result = await paste_key(hass, way, key)
    await hass.async_block_till_done(wait_background_tasks=True)
    found = await async_get_config_entry_diagnostics(hass, result["result"])
    text = json.dumps(found, default=str)
    assert f'"way": "{way}"' in text
    assert found["tokens"] is None
    assert key not in text
    assert VIN not in text
