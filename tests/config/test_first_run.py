"""The three questions after an account was added, and what they mean for tonight."""

from datetime import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.data import ScoutConfigEntry
from homeassistant.config_entries import ConfigFlowResult, FlowType
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import HOME, VIN, bring_input, choose_bring_tokens, state_of
from ..flows import check_translated
from ..metadata import EN, PL
from .test_options_flow import check_filled_in, fields_of, in_a_browser, submit

HALF: CarSettings = CarSettings(
    vin=VIN, home=HOME, plugged_in=True, battery_level=50, charge_limit=80
)


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that is half full."""
    return HALF


async def begin(
    hass: HomeAssistant, cloud: Cloud
) -> tuple[ScoutConfigEntry, ConfigFlowResult]:
    """Add the account, and go on to the questions as the frontend does."""
    flow = await choose_bring_tokens(hass)
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], bring_input(cloud)
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    kind, flow_id = result["next_flow"]
    assert kind == FlowType.OPTIONS_FLOW
    asked = await hass.config_entries.options.async_configure(flow_id)
    return result["result"], check_translated(asked, "options")


def said(result: ConfigFlowResult) -> dict[str, str]:
    """Return what the preview says."""
    given = result["description_placeholders"]
    assert given is not None
    return {name: str(value) for name, value in given.items()}


async def choose(
    hass: HomeAssistant, result: ConfigFlowResult, option: str
) -> ConfigFlowResult:
    """Choose from the menu below the preview."""
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {"next_step_id": option}
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    return check_translated(result, "options")


async def test_three_questions_follow_the_way_in(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Each with what it means for tonight; saved, they hold, and nothing is sent.

    By hand: 30 % of 75 kWh are 22.5 kWh; at 11 kW below the knee that takes 2:03.
    """
    entry, result = await begin(hass, cloud)
    assert fields_of(result) == {
        "price_source": "custom",
        "departure": "07:00:00",
        "target_level": 80,
    }
    result = await submit(hass, result, price_source="night", departure="06:30:00")
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "first_plan")
    shown = said(result)
    assert shown["car"] == "Scout"
    assert shown["ready_by"] == "06:30"
    assert "22:00–06:00" in shown["cheap"]
    assert (shown["level"], shown["target"]) == ("50", "80")
    assert shown["energy"] == "22.5"
    assert shown["windows"].endswith("05:30")
    assert (shown["capacity"], shown["power"]) == ("75", "11.0")
    assert entry.options == {}

    result = await choose(hass, result, "first_save")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {"off_peak": {"price_source": "night"}}
    settings = entry.runtime_data.worker.repository.record(VIN).settings
    assert (settings.departure, settings.target) == (time(6, 30), None)
    assert state_of(hass, "switch", "shadow_mode") == "on"


@pytest.mark.parametrize("connector", [False, True])
async def test_the_questions_show_their_values_in_a_browser(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_client: ClientSessionGenerator,
    connector: bool,
) -> None:
    """As the frontend fills them in, with and without a Wall Connector."""
    if connector:
        for domain, key in (
            ("binary_sensor", "vehicle_connected"),
            ("sensor", "energy_kWh"),
        ):
            er.async_get(hass).async_get_or_create(
                domain, "tesla_wall_connector", f"TWC1-{key}"
            )
    _, result = await begin(hass, cloud)
    fields = await in_a_browser(hass, hass_client, result)
    assert len(fields) == 3 + connector
    check_filled_in(fields)


async def test_what_the_preview_is_counted_with_is_named(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Values that nobody entered are assumed, and seen before the answers are saved."""
    entry, result = await begin(hass, cloud)
    await entry.runtime_data.worker.async_set(VIN, capacity=57.5, power=7.4)
    result = await submit(hass, result, price_source="night")
    shown = said(result)
    assert (shown["capacity"], shown["power"]) == ("57.5", "7.4")
    assert shown["energy"] == "17.2"
    for texts in (EN, PL):
        text = texts["options"]["step"]["first_plan"]["description"]
        assert "{capacity} kWh" in text
        assert "{power} kW" in text


async def test_a_polish_group_is_that_of_a_grid_operator(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """In summer PGE is cheap from 15:00 to 17:00, which the usual hours are not.

    Both are shown: the week of the operator, and the plan for tonight by it.
    """
    freezer.move_to("2026-07-07 12:30:00+02:00")
    await hass.config.async_update(time_zone="Europe/Warsaw")
    entry, result = await begin(hass, cloud)
    result = await submit(hass, result, price_source="g12w", departure="18:00:00")
    assert result["step_id"] == "rates"
    result = await submit(hass, result, operator_tariff="pl_pge_g12w")
    assert result["step_id"] == "prices"
    assert "PGE" in said(result)["grid"]
    result = await choose(hass, result, "first_plan")
    assert "15:00–17:00" in said(result)["cheap"]
    await choose(hass, result, "first_save")
    assert entry.options["off_peak"] == {
        "price_source": "g12w",
        "operator_tariff": "pl_pge_g12w",
    }


async def test_the_questions_are_asked_where_the_dialog_begins_anew(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The frontend opens the options instead of what was prepared; then the menu."""
    entry, _ = await begin(hass, cloud)
    options = hass.config_entries.options
    asked = await options.async_init(entry.entry_id)
    assert asked["step_id"] == "first_run"
    [left] = options.async_progress_by_handler(entry.entry_id)
    assert left["flow_id"] == asked["flow_id"]
    again = await options.async_init(entry.entry_id)
    assert again["step_id"] == "init"


async def test_an_answer_may_be_changed_after_the_preview(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What was answered stays; a number out of range is refused in words."""
    entry, result = await begin(hass, cloud)
    result = await submit(hass, result, target_level=120)
    assert result["errors"] == {"target_level": "out_of_range"}
    result = await submit(hass, result, target_level=90)
    result = await choose(hass, result, "first_run")
    assert fields_of(result)["target_level"] == 90
    result = await submit(hass, result, target_level=70)
    assert said(result)["target"] == "70"
    await choose(hass, result, "first_save")
    assert entry.runtime_data.worker.repository.record(VIN).settings.target == 70
    assert entry.options == {}


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_wall_connector_is_offered_as_plug_sensor_and_meter(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, wanted: bool
) -> None:
    """It is used unless a person says no; a cable that is pulled out is seen by it."""
    registry = er.async_get(hass)
    plug = registry.async_get_or_create(
        "binary_sensor", "tesla_wall_connector", "TWC1-vehicle_connected"
    ).entity_id
    meter = registry.async_get_or_create(
        "sensor", "tesla_wall_connector", "TWC1-energy_kWh"
    ).entity_id
    hass.states.async_set(plug, "on")
    entry, result = await begin(hass, cloud)
    assert fields_of(result)["wall_connector"] is True
    result = await submit(hass, result, wall_connector=wanted)
    await choose(hass, result, "first_save")
    used = {"plug_hints": [plug], "charge_meter": meter}
    assert entry.options == (used if wanted else {})
    assert state_of(hass, "binary_sensor", "plugged_in") == "on"
    hass.states.async_set(plug, "off")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, "binary_sensor", "plugged_in") == ("off" if wanted else "on")


async def test_of_two_wall_connectors_no_meter_is_chosen(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Nobody knows which one counts for a car; both show whether one is plugged in."""
    registry = er.async_get(hass)
    for serial in ("TWC1", "TWC2"):
        for domain, key in (
            ("binary_sensor", "vehicle_connected"),
            ("sensor", "energy_kWh"),
        ):
            registry.async_get_or_create(
                domain, "tesla_wall_connector", f"{serial}-{key}"
            )
    entry, result = await begin(hass, cloud)
    result = await submit(hass, result)
    await choose(hass, result, "first_save")
    assert len(entry.options["plug_hints"]) == 2
    assert "charge_meter" not in entry.options


@pytest.mark.parametrize(
    ("source", "step", "answers"),
    [
        ("entities", "price_lists", {"price_entities": ["sensor.prices"]}),
        ("fixed", "formula", {"price_markup": 0.3}),
    ],
)
async def test_a_source_is_asked_for_what_it_needs(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    source: str,
    step: str,
    answers: dict[str, Any],
) -> None:
    """One more page, then what was read from it, and then the preview."""
    today = [
        {"start": f"2026-11-24T{hour:02}:00:00+01:00", "price": 0.3}
        for hour in range(24)
    ]
    attributes = {"unit_of_measurement": "EUR/kWh", "prices": today}
    hass.states.async_set("sensor.prices", "0.3", attributes)
    entry, result = await begin(hass, cloud)
    result = await submit(hass, result, price_source=source)
    assert result["step_id"] == step
    result = await submit(hass, result, **answers)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "prices")
    assert result["menu_options"] == ["first_plan", "first_run"]
    assert said(result)["now"] == "0.3000 EUR/kWh"
    result = await choose(hass, result, "first_plan")
    assert result["step_id"] == "first_plan"
    await choose(hass, result, "first_save")
    assert entry.options["off_peak"]["price_source"] == source


@pytest.mark.parametrize(
    ("source", "answers"),
    [
        ("schedule", {"schedule": "schedule.cheap"}),
        ("entities", {"price_entities": ["sensor.prices"]}),
    ],
)
async def test_a_source_without_prices_must_be_confirmed(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    source: str,
    answers: dict[str, Any],
) -> None:
    """It can be changed at once; who goes on was told that it has no prices."""
    entry, result = await begin(hass, cloud)
    result = await submit(hass, result, price_source=source)
    warned = await submit(hass, result, **answers)
    assert warned["step_id"] == "price_problems"
    assert warned["menu_options"] == ["first_run", "first_plan"]
    assert said(warned)["count"] == "0"
    assert "No prices" in said(warned)["notes"]
    result = await choose(hass, warned, "first_run")
    assert fields_of(result)["price_source"] == source
    result = await submit(hass, result, price_source=source)
    warned = await submit(hass, result, **answers)
    result = await choose(hass, warned, "first_plan")
    assert entry.options == {}
    await choose(hass, result, "first_save")
    assert entry.options["off_peak"]["price_source"] == source


async def test_a_source_that_is_not_set_up_is_refused(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """In its field."""
    entry, result = await begin(hass, cloud)
    result = await submit(hass, result, price_source="tibber")
    assert result["errors"] == {"price_source": "price_source_not_set_up"}
    assert entry.domain == DOMAIN
