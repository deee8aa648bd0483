"""The options flow: every field, its errors, and the reload that puts it to use."""

import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.tesla_scout_worker.data import ScoutConfigEntry
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.setup import async_setup_component
from simulator.car import Place
from simulator.cloud import Cloud

from ..common import WORK, entity_id, open_options, set_up, state_of
from ..flows import check_translated, suggested

pytestmark = pytest.mark.usefixtures("discreet_log")

TOPICS = (
    *("car", "tariff", "formula", "charging", "special", "messages"),
    *("hints", "expert"),
)

# What each page holds when a person opens it for the first time.
DEFAULTS: dict[str, dict[str, Any]] = {
    "charging": {
        "home_zone": "zone.home",
        "guard": True,
        "safety_buffer": 60,
        "least_block": 15,
        "most_windows": 3,
    },
    "special": {
        "default_target": 90,
        "horizon": "battery_first",
        "calendars": [],
        "calendar_word": None,
        "daily_check": "23:00:00",
    },
    "messages": {
        "notify_devices": [],
        "notify_entities": [],
        "kinds": ["sign_in", "short", "plug_in", "made", "prices"],
        "quiet_from": "22:00:00",
        "quiet_until": "07:00:00",
    },
    "hints": {
        "monthly_budget": 10.0,
        "scouting_mode": "adaptive",
        "feed_in_price": None,
        "charge_meter": None,
        "plug_hints": None,
        "presence_hints": None,
        "other_hints": None,
    },
    "expert": {
        "command_route": "auto",
        "proxy_url": None,
        "proxy_verify_certificate": True,
        "private_key_path": None,
        "send_lead": 120,
        "cleanup_delay": 30,
    },
    "formula": dict.fromkeys(
        (
            "price_factor",
            "price_markup",
            "price_vat",
            "price_fixed",
            "grid_tariff",
            "grid_fees",
            "grid_fee_entity",
        )
    ),
    "tariff": {"price_source": "custom"},
}


async def open_topic(
    hass: HomeAssistant, entry: ScoutConfigEntry, topic: str
) -> ConfigFlowResult:
    """Open the options, and choose a topic from the menu."""
    result = await open_options(hass, entry)
    assert result["menu_options"] == list(TOPICS)
    check_translated(result, "options")
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {"next_step_id": topic}
    )
    return check_translated(result, "options")


def fields_of(result: ConfigFlowResult) -> dict[str, Any]:
    """Return what a page shows, by field."""
    schema = result["data_schema"]
    assert schema is not None
    return {str(field): suggested(result, str(field)) for field in schema.schema}


def as_shown(result: ConfigFlowResult) -> dict[str, Any]:
    """Return what the frontend sends for a page that nobody touched."""
    return {
        field: value for field, value in fields_of(result).items() if value is not None
    }


async def submit(
    hass: HomeAssistant, result: ConfigFlowResult, **changes: Any
) -> ConfigFlowResult:
    """Send a page with some changes to what it shows; None empties a field."""
    sent = {
        field: value
        for field, value in (as_shown(result) | changes).items()
        if value is not None
    }
    return await send(hass, result, sent)


async def send(
    hass: HomeAssistant, result: ConfigFlowResult, sent: dict[str, Any]
) -> ConfigFlowResult:
    """Send a page as it is given."""
    result = await hass.config_entries.options.async_configure(result["flow_id"], sent)
    await hass.async_block_till_done(wait_background_tasks=True)
    return check_translated(result, "options")


async def change(
    hass: HomeAssistant, entry: ScoutConfigEntry, topic: str, **changes: Any
) -> ConfigFlowResult:
    """Open a topic and send it with some changes."""
    return await submit(hass, await open_topic(hass, entry, topic), **changes)


async def add_zone(client: MockHAClientWebSocket, name: str, place: Place) -> None:
    """Add a zone, as a person does in the settings."""
    await client.send_json_auto_id(
        {
            "type": "zone/create",
            "name": name,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "radius": 100,
        }
    )
    assert (await client.receive_json())["success"]


async def press(hass: HomeAssistant, key: str) -> None:
    """Press a button of the car."""
    await hass.services.async_call(
        "button",
        "press",
        {"entity_id": entity_id(hass, "button", key)},
        blocking=True,
    )


def write_key(
    path: Path,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None,
    password: bytes | None = None,
) -> None:
    """Put a private key into a file, of the right kind unless told otherwise."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()
            if password is None
            else serialization.BestAvailableEncryption(password),
        )
    )


# Options that differ from all that is preset, in the shape in which they are stored.
OTHER: dict[str, Any] = {
    "home_zone": "zone.home",
    "scouting_mode": "fixed",
    "command_route": "plain",
    "proxy_url": "https://proxy.local:4443",
    "proxy_verify_certificate": False,
    "private_key_path": "my.key",
    "monthly_budget": 7.5,
    "charge_meter": "sensor.wallbox_energy",
    "plug_hints": ["binary_sensor.wallbox"],
    "presence_hints": ["person.owner"],
    "other_hints": ["cover.garage"],
    "special_charging": {
        "battery_capacity": 60.0,
        "charging_power": 7.4,
        "default_target": 85,
        "peak_hours": "Mon-Fri 6-10; Sat Sun Oct-Mar 17:00-24:00",
        "safety_buffer": 45,
        "send_lead": 90,
        "cleanup_delay": 20,
        "least_block": 30,
        "most_windows": 2,
        "daily_check": "22:00:00",
        "horizon": "cheapest",
        "calendars": ["calendar.family"],
        "calendar_word": "Tesla",
    },
    "off_peak": {
        "price_source": "custom",
        "rates": "0,62; 1.10",
        "price_entities": ["sensor.prices"],
        "price_area": "SE3",
        "departures": "Sat Sun 09:00; Fri -",
        "guard": False,
    },
    "price_formula": {"price_vat": 23, "price_unit": "PLN/kWh", "feed_in_price": 0.3},
}


@pytest.mark.parametrize("topic", DEFAULTS)
async def test_a_page_opens_with_what_holds_anyway(
    hass: HomeAssistant, cloud: Cloud, topic: str
) -> None:
    """Seven fields at most, each with its value; saved untouched, nothing changes."""
    entry = await set_up(hass, cloud)
    coordinator = entry.runtime_data.coordinator
    result = await open_topic(hass, entry, topic)
    assert fields_of(result) == DEFAULTS[topic]
    assert len(DEFAULTS[topic]) <= 7
    while result["type"] is FlowResultType.FORM:
        result = await submit(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {}
    assert entry.runtime_data.coordinator is coordinator


@pytest.mark.parametrize("topic", DEFAULTS)
async def test_a_page_shows_what_is_stored_and_untouched_changes_nothing(
    hass: HomeAssistant, cloud: Cloud, key_folder: Path, topic: str
) -> None:
    """Options of an older version, too: what the pages do not show stays."""
    write_key(key_folder / "my.key")
    entry = await set_up(hass, cloud)
    hass.config_entries.async_update_entry(entry, options=OTHER)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    coordinator = entry.runtime_data.coordinator
    stored = OTHER | {
        key: value
        for section in ("special_charging", "off_peak", "price_formula")
        for key, value in OTHER[section].items()
    }
    result = await open_topic(hass, entry, topic)
    while result["type"] is FlowResultType.FORM:
        shown = fields_of(result)
        assert len(shown) <= 7
        for field in shown.keys() & stored.keys() - {"peak_hours"}:
            assert shown[field] == stored[field], field
        result = await submit(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == OTHER
    assert entry.runtime_data.coordinator is coordinator


@pytest.mark.parametrize(
    ("topic", "field", "value", "section"),
    [
        ("charging", "safety_buffer", 30, "special_charging"),
        ("charging", "guard", False, "off_peak"),
        ("charging", "least_block", 1, "special_charging"),
        ("charging", "most_windows", 5, "special_charging"),
        ("special", "default_target", 100, "special_charging"),
        ("special", "calendars", ["calendar.family"], "special_charging"),
        ("special", "calendar_word", "Tesla", "special_charging"),
        ("special", "daily_check", "21:30:00", "special_charging"),
        ("messages", "notify_entities", ["notify.wall"], "messages"),
        ("messages", "kinds", ["plug_in"], "messages"),
        ("messages", "quiet_from", "23:30:00", "messages"),
        ("hints", "monthly_budget", 20, None),
        ("hints", "scouting_mode", "fixed", None),
        ("hints", "feed_in_price", 0.12, "price_formula"),
        ("hints", "charge_meter", "sensor.wallbox_energy", None),
        ("hints", "plug_hints", ["binary_sensor.wallbox"], None),
        ("hints", "presence_hints", ["person.owner"], None),
        ("hints", "other_hints", ["cover.garage"], None),
        ("expert", "command_route", "plain", None),
        ("expert", "proxy_url", "https://proxy.local:4443", None),
        ("expert", "proxy_verify_certificate", False, None),
        ("expert", "send_lead", 60, "special_charging"),
        ("expert", "cleanup_delay", 5, "special_charging"),
    ],
)
async def test_one_change_is_that_change(
    hass: HomeAssistant,
    cloud: Cloud,
    topic: str,
    field: str,
    value: Any,
    section: str | None,
) -> None:
    """Nothing else is written down, it is shown again, and can be taken back."""
    entry = await set_up(hass, cloud)
    await change(hass, entry, topic, **{field: value})
    assert entry.options == (
        {field: value} if section is None else {section: {field: value}}
    )
    assert entry.state is ConfigEntryState.LOADED
    result = await open_topic(hass, entry, topic)
    assert suggested(result, field) == value
    await submit(hass, result, **{field: DEFAULTS[topic][field]})
    assert fields_of(await open_topic(hass, entry, topic)) == DEFAULTS[topic]


async def test_another_home_takes_effect_at_once(
    hass: HomeAssistant, cloud: Cloud, hass_ws_client: WebSocketGenerator
) -> None:
    """Saving reloads the account, and the next read measures against the new zone."""
    entry = await set_up(hass, cloud)
    await add_zone(await hass_ws_client(hass), "Cabin", WORK)
    coordinator = entry.runtime_data.coordinator
    assert state_of(hass, "binary_sensor", "at_home") == "on"

    result = await change(hass, entry, "charging", home_zone="zone.cabin")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.runtime_data.coordinator is not coordinator
    assert entry.state is ConfigEntryState.LOADED
    await press(hass, "scout_now")
    assert state_of(hass, "binary_sensor", "at_home") == "off"

    result = await open_topic(hass, entry, "charging")
    assert suggested(result, "home_zone") == "zone.cabin"
    await submit(hass, result, home_zone="zone.home")
    await press(hass, "scout_now")
    assert state_of(hass, "binary_sensor", "at_home") == "on"


async def test_a_home_that_is_gone_is_refused(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """In the field, and what was entered stays."""
    entry = await set_up(hass, cloud)
    result = await change(hass, entry, "charging", home_zone="zone.gone", guard=False)
    assert result["errors"] == {"home_zone": "zone_not_found"}
    assert suggested(result, "guard") is False
    assert entry.options == {}
    await submit(hass, result, home_zone="zone.home")
    assert entry.options == {"off_peak": {"guard": False}}


@pytest.mark.parametrize(
    ("topic", "field", "wrong", "said"),
    [
        ("hints", "monthly_budget", 0, "0.5 – 1000 EUR"),
        ("charging", "safety_buffer", 500, "0 – 240 min"),
        ("charging", "most_windows", 0, "1 – 5"),
        ("special", "default_target", 40, "50 – 100 %"),
        ("expert", "send_lead", 5, "10 – 720 min"),
        ("formula", "price_vat", 230, "0 – 100 %"),
        ("car", "battery_capacity", 7, "10 – 250 kWh"),
        ("car", "target_level", 30, "50 – 100 %"),
        ("car", "safety_floor", float("nan"), "0 – 50 %"),
    ],
)
async def test_a_number_out_of_range_is_refused_in_words(
    hass: HomeAssistant, cloud: Cloud, topic: str, field: str, wrong: float, said: str
) -> None:
    """Home Assistant itself would answer "Value 0.0 is too small at ..."."""
    entry = await set_up(hass, cloud)
    result = await change(hass, entry, topic, **{field: wrong})
    assert result["errors"] == {field: "out_of_range"}
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["range"] == said
    assert entry.options == {}


async def test_our_own_calendar_is_no_input(hass: HomeAssistant, cloud: Cloud) -> None:
    """It is not offered, and refused in words if it is sent all the same."""
    entry = await set_up(hass, cloud)
    own = entity_id(hass, "calendar", "special_charging")
    result = await open_topic(hass, entry, "special")
    schema = result["data_schema"]
    assert schema is not None
    assert schema.schema["calendars"].config["exclude_entities"] == [own]
    with pytest.raises(InvalidData):
        await submit(hass, result, calendars=[own])


async def test_a_field_that_is_left_out_stays(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """A client that does not send all fields resets nothing."""
    entry = await set_up(hass, cloud)
    await change(hass, entry, "charging", safety_buffer=30, guard=False)
    result = await open_topic(hass, entry, "charging")
    await send(hass, result, {"most_windows": 2})
    assert entry.options == {
        "special_charging": {"safety_buffer": 30, "most_windows": 2},
        "off_peak": {"guard": False},
    }


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"command_route": "proxy"}, {"proxy_url": "proxy_url_required"}),
        (
            {"command_route": "proxy", "proxy_url": "  "},
            {"proxy_url": "proxy_url_required"},
        ),
        ({"proxy_url": "proxy.local:4443"}, {"proxy_url": "invalid_url"}),
        ({"proxy_url": "file:///proxy"}, {"proxy_url": "invalid_url"}),
        (
            {"private_key_path": "missing.key"},
            {"private_key_path": "invalid_private_key"},
        ),
        ({"private_key_path": "rsa.key"}, {"private_key_path": "invalid_private_key"}),
        ({"private_key_path": "p384.key"}, {"private_key_path": "invalid_private_key"}),
        (
            {"private_key_path": "locked.key"},
            {"private_key_path": "invalid_private_key"},
        ),
        ({"private_key_path": "."}, {"private_key_path": "invalid_private_key"}),
        ({"command_route": "signed"}, {"private_key_path": "invalid_private_key"}),
        (
            {"command_route": "proxy", "private_key_path": "x"},
            {
                "proxy_url": "proxy_url_required",
                "private_key_path": "invalid_private_key",
            },
        ),
    ],
)
async def test_a_mistake_is_named_and_corrected(
    hass: HomeAssistant,
    cloud: Cloud,
    key_folder: Path,
    changes: dict[str, str],
    errors: dict[str, str],
) -> None:
    """All errors at once, what was entered stays, and nothing is saved meanwhile."""
    write_key(key_folder / "rsa.key", rsa.generate_private_key(65537, 2048))
    write_key(key_folder / "p384.key", ec.generate_private_key(ec.SECP384R1()))
    write_key(key_folder / "locked.key", password=b"secret")
    entry = await set_up(hass, cloud)
    coordinator = entry.runtime_data.coordinator
    result = await change(hass, entry, "expert", **changes)
    assert result["errors"] == errors
    assert all(
        suggested(result, field) == (value.strip() or None)
        for field, value in changes.items()
    )
    assert entry.options == {}
    assert entry.runtime_data.coordinator is coordinator

    result = await send(hass, result, as_shown(result) | {"command_route": "auto"})
    while result["type"] is FlowResultType.FORM:
        result = await send(hass, result, {"command_route": "auto"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {}


@pytest.mark.parametrize(
    ("topic", "field"),
    [
        ("charging", "home_zone"),
        ("hints", "scouting_mode"),
        ("expert", "command_route"),
        ("tariff", "price_source"),
    ],
)
async def test_what_the_form_does_not_offer_is_refused(
    hass: HomeAssistant, cloud: Cloud, topic: str, field: str
) -> None:
    """Home Assistant refuses it before the flow sees it; the form stays open."""
    entry = await set_up(hass, cloud)
    result = await open_topic(hass, entry, topic)
    with pytest.raises(InvalidData):
        await submit(hass, result, **{field: "sun.sun"})
    assert entry.options == {}


async def test_the_proxy_is_saved_and_taken_away_again(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """A field that was cleared is gone, and the others stay."""
    entry = await set_up(hass, cloud)
    changes = {
        "command_route": "proxy",
        "proxy_url": " https://proxy.local:4443 ",
        "proxy_verify_certificate": False,
    }
    await change(hass, entry, "expert", **changes)
    assert entry.options["proxy_url"] == "https://proxy.local:4443"
    assert entry.options["proxy_verify_certificate"] is False
    assert entry.options["command_route"] == "proxy"

    result = await open_topic(hass, entry, "expert")
    assert suggested(result, "proxy_url") == "https://proxy.local:4443"
    assert suggested(result, "proxy_verify_certificate") is False
    await submit(hass, result, command_route="plain", proxy_url=None)
    assert entry.options == {
        "command_route": "plain",
        "proxy_verify_certificate": False,
    }


@pytest.mark.parametrize("absolute", [False, True])
async def test_a_private_key_is_found_in_the_configuration_folder(
    hass: HomeAssistant, cloud: Cloud, key_folder: Path, absolute: bool
) -> None:
    """By a path within it, or by one that begins at the root."""
    write_key(key_folder / "my.key")
    path = str(key_folder / "my.key") if absolute else "my.key"
    entry = await set_up(hass, cloud)
    await change(hass, entry, "expert", private_key_path=path, command_route="signed")
    assert entry.options["private_key_path"] == path
    assert entry.options["command_route"] == "signed"
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/dev/zero", "private_key_outside"),
        ("/dev/stdin", "private_key_outside"),
        ("/proc/self/mem", "private_key_outside"),
        ("../outside.key", "private_key_outside"),
        ("{outside}", "private_key_outside"),
        ("link.key", "private_key_outside"),
        ("folder/link.key", "private_key_outside"),
        ("pipe.key", "invalid_private_key"),
        ("large.key", "invalid_private_key"),
        ("loop.key", "invalid_private_key"),
        ("no\0name.key", "invalid_private_key"),
    ],
)
async def test_a_file_that_may_not_be_read_is_refused(
    hass: HomeAssistant, cloud: Cloud, key_folder: Path, path: str, error: str
) -> None:
    """Devices, pipes, large files, and files of others; then one that is right."""
    outside = key_folder.parent / "outside.key"
    for key in (outside, key_folder / "large.key", key_folder / "right.key"):
        write_key(key)
    with (key_folder / "large.key").open("ab") as large:
        large.truncate(1_000_000_000)
    os.mkfifo(key_folder / "pipe.key")
    (key_folder / "folder").mkdir()
    (key_folder / "link.key").symlink_to(outside)
    (key_folder / "folder" / "link.key").symlink_to("../../outside.key")
    (key_folder / "loop.key").symlink_to("loop.key")
    entry = await set_up(hass, cloud)
    named = path.format(outside=outside)
    result = await change(
        hass, entry, "expert", private_key_path=named, command_route="signed"
    )
    assert result["errors"] == {"private_key_path": error}
    assert entry.options == {}
    result = await submit(hass, result, private_key_path="right.key")
    assert entry.options["private_key_path"] == "right.key"


async def test_signing_with_the_key_of_tesla_fleet_needs_no_path(
    hass: HomeAssistant, cloud: Cloud, key_folder: Path
) -> None:
    """The key that Home Assistant's own integration made is the usual one."""
    entry = await set_up(hass, cloud)
    result = await change(hass, entry, "expert", command_route="signed")
    assert result["errors"] == {"private_key_path": "invalid_private_key"}
    write_key(key_folder / "tesla_fleet.key")
    result = await submit(hass, result, command_route="signed")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "private_key_path" not in entry.options


async def in_a_browser(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, result: ConfigFlowResult
) -> list[dict[str, Any]]:
    """Return the fields of the page that a flow shows, as the frontend gets them."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_client()
    flow_id = result["flow_id"]
    answer = await client.get(f"/api/config/config_entries/options/flow/{flow_id}")
    page = await answer.json()
    assert page["step_id"] == result["step_id"]
    fields: list[dict[str, Any]] = page["data_schema"]
    return fields


def check_filled_in(fields: list[dict[str, Any]]) -> None:
    """Check that each required field has a value once the page is open.

    The frontend fills in the suggested value, else the default of a field. An expandable
    with a default of its own would open empty, so there are none.
    """
    assert 1 <= len(fields) <= 7
    assert not any(field.get("type") == "expandable" for field in fields)
    for field in fields:
        if field["required"]:
            shown = field.get("description", {}).get("suggested_value")
            assert shown is not None or field["default"] == [], field["name"]


@pytest.mark.parametrize("topic", TOPICS)
async def test_a_page_shows_its_values_in_a_browser(
    hass: HomeAssistant, cloud: Cloud, hass_client: ClientSessionGenerator, topic: str
) -> None:
    """The first page of each topic."""
    entry = await set_up(hass, cloud)
    result = await open_topic(hass, entry, topic)
    check_filled_in(await in_a_browser(hass, hass_client, result))


@pytest.mark.parametrize(
    ("topic", "answers", "page"),
    [
        ("car", {"departures_by_weekday": True}, "departures"),
        ("tariff", {"price_source": "custom"}, "rates"),
        ("tariff", {"price_source": "g12w"}, "rates"),
        ("tariff", {"price_source": "g13"}, "rates"),
        ("tariff", {"price_source": "schedule"}, "schedule"),
        ("tariff", {"price_source": "entities"}, "price_lists"),
        ("tariff", {"price_source": "nordpool"}, "market"),
    ],
)
async def test_a_page_behind_a_topic_shows_its_values_in_a_browser(
    hass: HomeAssistant,
    cloud: Cloud,
    hass_client: ClientSessionGenerator,
    topic: str,
    answers: dict[str, Any],
    page: str,
) -> None:
    """What an answer leads to."""
    prices = MockConfigEntry(domain="nordpool", state=ConfigEntryState.LOADED)
    prices.add_to_hass(hass)
    entry = await set_up(hass, cloud)
    result = await change(hass, entry, topic, **answers)
    assert result["step_id"] == page
    check_filled_in(await in_a_browser(hass, hass_client, result))
    # There is nothing to unload.
    prices.mock_state(hass, ConfigEntryState.NOT_LOADED)
