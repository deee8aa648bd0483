"""The options flow: every field, its errors, and the reload that puts it to use."""

import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.tesla_scout_worker.config.off_peak_form import off_peak_shown
from custom_components.tesla_scout_worker.data import ScoutConfigEntry
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.setup import async_setup_component
from simulator.car import Place
from simulator.cloud import Cloud

from ..common import WORK, entity_id, set_up, state_of
from ..flows import check_translated, suggested

pytestmark = pytest.mark.usefixtures("discreet_log")

# What the form holds when a person opens it for the first time and sends it.
DEFAULTS: dict[str, Any] = {
    "home_zone": "zone.home",
    "scouting_mode": "adaptive",
    "command_route": "auto",
    "proxy_verify_certificate": True,
    "special_charging": {
        "battery_capacity": 75.0,
        "charging_power": 11.0,
        "default_target": 90,
        "peak_hours": "06:00-10:00, 19:00-22:00",
        "safety_buffer": 60,
        "send_lead": 120,
        "cleanup_delay": 30,
        "least_block": 15,
        "most_windows": 3,
        "daily_check": "23:00:00",
        "calendars": [],
        "calendar_word": "",
    },
    "off_peak": off_peak_shown({}),
}


async def open_options(
    hass: HomeAssistant, entry: ScoutConfigEntry
) -> ConfigFlowResult:
    """Open the options."""
    result = await hass.config_entries.options.async_init(entry.entry_id)
    return check_translated(result, "options")


async def submit(
    hass: HomeAssistant, result: ConfigFlowResult, **changes: Any
) -> ConfigFlowResult:
    """Send the options with some changes to what they are at first."""
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], DEFAULTS | changes
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    return check_translated(result, "options")


def section_of(result: ConfigFlowResult) -> ConfigFlowResult:
    """Return the section about special charging as if it were a form of its own."""
    schema = result["data_schema"]
    assert schema is not None
    return {**result, "data_schema": schema.schema["special_charging"].schema}


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


async def test_the_options_open_with_what_holds_anyway(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Sending the form as it is changes nothing but to write it down."""
    entry = await set_up(hass, cloud)
    result = await open_options(hass, entry)
    inner = section_of(result)
    assert {
        **{field: suggested(result, field) for field in DEFAULTS},
        "special_charging": {
            field: suggested(inner, field) for field in DEFAULTS["special_charging"]
        },
        "off_peak": DEFAULTS["off_peak"],
    } == DEFAULTS
    result = await submit(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == DEFAULTS
    assert entry.state is ConfigEntryState.LOADED


async def test_another_home_takes_effect_at_once(
    hass: HomeAssistant, cloud: Cloud, hass_ws_client: WebSocketGenerator
) -> None:
    """Saving reloads the account, and the next read measures against the new zone."""
    entry = await set_up(hass, cloud)
    await add_zone(await hass_ws_client(hass), "Cabin", WORK)
    coordinator = entry.runtime_data.coordinator
    assert state_of(hass, "binary_sensor", "at_home") == "on"

    result = await open_options(hass, entry)
    result = await submit(hass, result, home_zone="zone.cabin")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.runtime_data.coordinator is not coordinator
    assert entry.state is ConfigEntryState.LOADED
    await press(hass, "scout_now")
    assert state_of(hass, "binary_sensor", "at_home") == "off"

    result = await open_options(hass, entry)
    assert suggested(result, "home_zone") == "zone.cabin"
    await submit(hass, result)
    await press(hass, "scout_now")
    assert state_of(hass, "binary_sensor", "at_home") == "on"


async def test_options_that_did_not_change_reload_nothing(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Opening the options reads no car."""
    entry = await set_up(hass, cloud)
    await submit(hass, await open_options(hass, entry))
    coordinator = entry.runtime_data.coordinator
    await submit(hass, await open_options(hass, entry))
    assert entry.runtime_data.coordinator is coordinator


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"home_zone": "zone.gone"}, {"home_zone": "zone_not_found"}),
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
            {
                "home_zone": "zone.gone",
                "command_route": "proxy",
                "private_key_path": "x",
            },
            {
                "home_zone": "zone_not_found",
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
    result = await submit(hass, await open_options(hass, entry), **changes)
    assert result["errors"] == errors
    assert all(
        suggested(result, field) == (value.strip() or None)
        for field, value in changes.items()
    )
    assert entry.options == {}
    assert entry.runtime_data.coordinator is coordinator

    result = await submit(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == DEFAULTS


@pytest.mark.parametrize("field", ["home_zone", "scouting_mode", "command_route"])
async def test_what_the_form_does_not_offer_is_refused(
    hass: HomeAssistant, cloud: Cloud, field: str
) -> None:
    """Home Assistant refuses it before the flow sees it; the form stays open."""
    entry = await set_up(hass, cloud)
    result = await open_options(hass, entry)
    with pytest.raises(InvalidData):
        await submit(hass, result, **{field: "sun.sun"})
    assert entry.options == {}
    result = await submit(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY


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
    await submit(hass, await open_options(hass, entry), **changes)
    assert entry.options["proxy_url"] == "https://proxy.local:4443"
    assert entry.options["proxy_verify_certificate"] is False
    assert entry.options["command_route"] == "proxy"

    result = await open_options(hass, entry)
    assert suggested(result, "proxy_url") == "https://proxy.local:4443"
    assert suggested(result, "proxy_verify_certificate") is False
    await submit(hass, result, command_route="plain")
    assert entry.options == DEFAULTS | {"command_route": "plain"}


@pytest.mark.parametrize("absolute", [False, True])
async def test_a_private_key_is_found_in_the_configuration_folder(
    hass: HomeAssistant, cloud: Cloud, key_folder: Path, absolute: bool
) -> None:
    """By a path within it, or by one that begins at the root."""
    write_key(key_folder / "my.key")
    path = str(key_folder / "my.key") if absolute else "my.key"
    entry = await set_up(hass, cloud)
    result = await open_options(hass, entry)
    await submit(hass, result, private_key_path=path, command_route="signed")
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
    result = await open_options(hass, entry)
    named = path.format(outside=outside)
    result = await submit(hass, result, private_key_path=named, command_route="signed")
    assert result["errors"] == {"private_key_path": error}
    assert entry.options == {}
    result = await submit(hass, result, private_key_path="right.key")
    assert entry.options["private_key_path"] == "right.key"


async def test_signing_with_the_key_of_tesla_fleet_needs_no_path(
    hass: HomeAssistant, cloud: Cloud, key_folder: Path
) -> None:
    """The key that Home Assistant's own integration made is the usual one."""
    entry = await set_up(hass, cloud)
    result = await submit(hass, await open_options(hass, entry), command_route="signed")
    assert result["errors"] == {"private_key_path": "invalid_private_key"}
    write_key(key_folder / "tesla_fleet.key")
    result = await submit(hass, result, command_route="signed")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "private_key_path" not in entry.options


async def test_what_is_chosen_about_charging_is_used_and_shown_again(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """The plans follow it at once; a text that is emptied stays empty."""
    entry = await set_up(hass, cloud)
    chosen = {**DEFAULTS["special_charging"], "charging_power": 7.4}
    del chosen["peak_hours"], chosen["calendar_word"]
    await submit(hass, await open_options(hass, entry), special_charging=chosen)
    options = entry.runtime_data.sessions.options
    assert options.battery.power == 7.4
    assert options.peaks == ()
    inner = section_of(await open_options(hass, entry))
    assert suggested(inner, "charging_power") == 7.4
    assert suggested(inner, "peak_hours") == ""


async def test_peak_hours_that_cannot_be_read_are_named(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Nothing is saved until they can be, and then they hold."""
    entry = await set_up(hass, cloud)
    result = await open_options(hass, entry)
    wrong = {**DEFAULTS["special_charging"], "peak_hours": "six till ten"}
    result = await submit(hass, result, special_charging=wrong)
    assert result["errors"] == {"base": "invalid_peak_hours"}
    assert entry.options == {}
    right = {**wrong, "peak_hours": "Mon-Fri 7-13"}
    result = await submit(hass, result, special_charging=right)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(entry.runtime_data.sessions.options.peaks) == 1


async def test_no_section_has_a_default(
    hass: HomeAssistant, cloud: Cloud, hass_client: ClientSessionGenerator
) -> None:
    """The frontend shows a section's default instead of the values inside it.

    It computes the initial data of an expandable from its ``default`` before it looks
    at the suggested values of the fields, so that with one the section opens empty.
    """
    entry = await set_up(hass, cloud)
    assert await async_setup_component(hass, "config", {})
    client = await hass_client()
    answer = await client.post(
        "/api/config/config_entries/options/flow", json={"handler": entry.entry_id}
    )
    fields = (await answer.json())["data_schema"]
    sections = {
        field["name"]: field for field in fields if field.get("type") == "expandable"
    }
    names = {"special_charging", "economy", "off_peak", "price_formula"}
    assert set(sections) == names
    for section in sections.values():
        assert "default" not in section
        assert all(
            "default" in field or "suggested_value" in field["description"]
            for field in section["schema"]
            if field["required"]
        )


async def test_a_section_that_is_left_out_is_refused(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """A client that sends no section must not reset what is saved in it."""
    entry = await set_up(hass, cloud)
    result = await open_options(hass, entry)
    without = {key: value for key, value in DEFAULTS.items() if key != "off_peak"}
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(result["flow_id"], without)
    assert entry.options == {}
