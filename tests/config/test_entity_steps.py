"""A car that Home Assistant shows already is set up from a list, in two screens."""

from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_INTEGRATION_DISCOVERY,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    SOURCE_ZEROCONF,
    ConfigEntry,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from homeassistant.setup import async_setup_component

from ..common import state_of, tick
from ..gateways.entities.registry_samples import (
    OCPP,
    PEDRO_BLE,
    TESLA_FLEET,
    TESLEMETRY,
    VIN,
    Sample,
)
from ..scout_helpers import devices


def put_in_registries(
    hass: HomeAssistant, sample: Sample, **states: str
) -> dict[str, str]:
    """Put a sample into the registries with states; return entity ids by part."""
    entry = MockConfigEntry(domain=sample.platform, title=sample.platform)
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={*sample.device.identifiers}
        or {(sample.platform, sample.device.device_id)},
        manufacturer=sample.device.manufacturer,
        model=sample.device.model,
        name=sample.device.name,
        serial_number=sample.device.serial_number,
    )
    registry = er.async_get(hass)
    found: dict[str, str] = {}
    for domain, unique_id, name in sample.entities:
        made = registry.async_get_or_create(
            domain,
            sample.platform,
            unique_id,
            config_entry=entry,
            device_id=device.id,
            original_name=name,
            disabled_by=er.RegistryEntryDisabler.INTEGRATION
            if unique_id in sample.disabled
            else None,
        )
        for part, place in sample.parts.items():
            if place == f"{domain}/{unique_id}":
                found[part] = made.entity_id
    for part, text in states.items():
        hass.states.async_set(found[part], text)
    return found


# Within this a change is heard.
SECONDS = timedelta(seconds=5)

SHOWN = {
    "level": "55",
    "limit": "80",
    "plug": "on",
    "charging_state": "stopped",
    "start": "off",
}


async def open_menu(hass: HomeAssistant) -> Any:
    """Open the first screen of the set-up."""
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )


def suggested_values(schema: vol.Schema) -> dict[str, Any]:
    """Return what a form shows, as a person sends it who changes nothing."""
    shown: dict[str, Any] = {}
    for field, kind in schema.schema.items():
        if isinstance(kind, section):
            shown[str(field)] = suggested_values(kind.schema)
            continue
        value = (field.description or {}).get("suggested_value")
        if value is not None:
            shown[str(field)] = value
    return shown


async def set_up_found(hass: HomeAssistant, **changes: Any) -> ConfigEntry[Any]:
    """Choose the first that was found, and confirm it as it is shown."""
    menu = await open_menu(hass)
    form = await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": "found_0"}
    )
    assert form["step_id"] == "car_entities"
    schema = form["data_schema"]
    assert schema is not None
    shown = suggested_values(schema)
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {**shown, **changes}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done(wait_background_tasks=True)
    entry: ConfigEntry[Any] = result["result"]
    return entry


async def test_the_first_screen_lists_what_was_found(hass: HomeAssistant) -> None:
    """By its name and its integration, before the ways that require typing."""
    put_in_registries(hass, TESLEMETRY, **SHOWN)
    put_in_registries(hass, OCPP)

    menu = await open_menu(hass)

    assert menu["type"] is FlowResultType.MENU
    labels = list(menu["menu_options"].items())
    assert labels[0] == ("found_0", "Model 3 Wanderer, through Teslemetry")
    assert labels[1][1].startswith("garage, a charger through")
    assert dict(labels)["sign_in"] == "Sign in at Tesla"
    assert dict(labels)["entities"] == "Any car, by its entities"


async def test_without_any_the_first_screen_has_the_ways_alone(
    hass: HomeAssistant,
) -> None:
    """Home Assistant translates them."""
    menu = await open_menu(hass)
    assert isinstance(menu["menu_options"], list)


@pytest.mark.all_entities
async def test_a_found_car_is_set_up_in_two_screens(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Its registry ids are stored, so that it survives a new name of an entity."""
    found = put_in_registries(hass, TESLEMETRY, **SHOWN)
    entry = await set_up_found(hass)

    assert entry.state is ConfigEntryState.LOADED
    assert entry.title == "Wanderer"
    assert all("." not in name for name in entry.data["parts"].values())
    assert state_of(hass, "sensor", "battery_level") == "55"
    assert state_of(hass, "sensor", "capabilities") == "timed"

    er.async_get(hass).async_update_entity(
        found["level"], new_entity_id="sensor.poziom"
    )
    hass.states.async_set("sensor.poziom", "60")
    hass.states.async_remove(found["level"])
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.config_entries.async_reload(entry.entry_id)
    await tick(hass, freezer, SECONDS)
    assert state_of(hass, "sensor", "battery_level") == "60"


async def test_a_car_is_set_up_once(hass: HomeAssistant) -> None:
    """Whatever integration shows it: never two workers on one car."""
    put_in_registries(hass, TESLEMETRY, **SHOWN)
    put_in_registries(hass, TESLA_FLEET)
    await set_up_found(hass)

    menu = await open_menu(hass)

    assert isinstance(menu["menu_options"], list)


async def test_disabled_entities_are_offered_to_be_enabled(
    hass: HomeAssistant,
) -> None:
    """And are used once their integration made them."""
    level = f"{VIN}-charge_state_battery_level"
    sample = Sample(
        platform=TESLEMETRY.platform,
        device=TESLEMETRY.device,
        entities=TESLEMETRY.entities,
        disabled=frozenset({level}),
        parts=TESLEMETRY.parts,
    )
    found = put_in_registries(hass, sample, **SHOWN)

    entry = await set_up_found(hass, enable_disabled=True)

    registered = er.async_get(hass).async_get(found["level"])
    assert registered is not None
    assert registered.disabled_by is None
    assert entry.data["parts"]["level"] == registered.id


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"level": None}, {"level": "part_required"}),
        ({"start": None}, {"start": "part_required"}),
        ({"plug": None}, {"plug": "plug_required"}),
        ({"level": "sensor.text"}, {"level": "level_is_no_percentage"}),
        ({"level": "sensor.odometer"}, {"level": "level_is_no_percentage"}),
    ],
)
async def test_what_cannot_be_planned_with_is_refused(
    hass: HomeAssistant, changes: dict[str, str | None], errors: dict[str, str]
) -> None:
    """With what to do about it; the second try works."""
    hass.states.async_set("sensor.level", "50")
    hass.states.async_set("sensor.text", "half")
    hass.states.async_set("sensor.odometer", "12345")
    hass.states.async_set("switch.start", "off")
    hass.states.async_set("binary_sensor.plug", "on")
    menu = await open_menu(hass)
    form = await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": "entities"}
    )
    whole = {
        "name": "Beetle",
        "level": "sensor.level",
        "start": "switch.start",
        "plug": "binary_sensor.plug",
        "limit_percent": 80,
        "more": {},
    }
    sent = {key: item for key, item in (whole | changes).items() if item is not None}

    form = await hass.config_entries.flow.async_configure(form["flow_id"], sent)
    assert form["errors"] == errors

    result = await hass.config_entries.flow.async_configure(form["flow_id"], whole)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_part_is_changed_and_the_car_stays(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Reconfigure keeps device, entities and history."""
    found = put_in_registries(hass, TESLEMETRY, **SHOWN)
    entry = await set_up_found(hass)
    hass.states.async_set("sensor.other", "33")
    devices_before = devices(hass)

    form: Any = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id},
    )
    assert form["step_id"] == "car_entities"
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"],
        {
            "level": "sensor.other",
            "start": found["start"],
            "plug": found["plug"],
            "limit_percent": 70,
            "more": {},
        },
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    await tick(hass, freezer, SECONDS)

    assert result["reason"] == "reconfigure_successful"
    assert state_of(hass, "sensor", "battery_level") == "33"
    assert devices(hass) == devices_before


async def test_an_entity_that_disappears_is_a_repair_until_it_is_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Disabled or removed."""
    found = put_in_registries(hass, TESLEMETRY, **SHOWN)
    entry = await set_up_found(hass)
    registry, issue_id = er.async_get(hass), f"entity_missing_{entry.entry_id}"

    def issue() -> ir.IssueEntry | None:
        """Return the repair."""
        return ir.async_get(hass).async_get_issue(DOMAIN, issue_id)

    assert issue() is None
    registry.async_update_entity(
        found["limit"], disabled_by=er.RegistryEntryDisabler.USER
    )
    await tick(hass, freezer, SECONDS)
    shown = issue()
    assert shown is not None
    assert shown.translation_placeholders is not None
    assert shown.translation_placeholders["parts"] == "limit"

    registry.async_update_entity(found["limit"], disabled_by=None)
    hass.states.async_set(found["limit"], "80")
    await tick(hass, freezer, SECONDS)
    assert issue() is None


async def test_where_an_integration_is_set_up_its_car_is_offered_once(
    hass: HomeAssistant,
) -> None:
    """A person who ignores it is not asked again."""
    put_in_registries(hass, TESLEMETRY, **SHOWN)
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done(wait_background_tasks=True)

    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert [flow["context"]["source"] for flow in flows] == [
        SOURCE_INTEGRATION_DISCOVERY
    ]
    assert flows[0]["context"]["title_placeholders"] == {
        "name": "Model 3 Wanderer, through Teslemetry"
    }

    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": flows[0]["context"]["unique_id"], "title": "Wanderer"},
    )
    again = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_INTEGRATION_DISCOVERY},
        data={"key": VIN},
    )
    assert again["reason"] == "already_configured"


async def test_an_esphome_node_in_the_network_is_offered(hass: HomeAssistant) -> None:
    """Once it is set up in Home Assistant."""
    info = ZeroconfServiceInfo(
        ip_address=ip_address("192.0.2.1"),
        ip_addresses=[ip_address("192.0.2.1")],
        port=6053,
        hostname="tesla-ble.local.",
        type="_esphomelib._tcp.local.",
        name="tesla-ble._esphomelib._tcp.local.",
        properties={"project_name": "PedroKTFC.esphome-tesla-ble"},
    )

    async def heard() -> Any:
        """Have the node heard."""
        return await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_ZEROCONF}, data=info
        )

    assert (await heard())["reason"] == "no_car_found"
    put_in_registries(hass, PEDRO_BLE)
    assert (await heard())["step_id"] == "car_entities"
