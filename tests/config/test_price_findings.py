"""The options show what was read from a source of prices before they are saved."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
)

from homeassistant.components.schedule.const import CONF_ALL_DAYS
from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigFlowResult
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
from homeassistant.util.json import JsonValueType
from simulator.cloud import Cloud

from ..common import set_up
from ..flows import check_translated
from .test_options_flow import fields_of, open_topic, submit

WARSAW = ZoneInfo("Europe/Warsaw")
PRICES = "binary_sensor.prices"


async def by_entities(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    formula: dict[str, Any] | None = None,
    **changes: Any,
) -> ConfigFlowResult:
    """Choose entities with prices, with a formula if there is one; see what is read."""
    if formula:
        hass.config_entries.async_update_entry(
            entry, options={"price_formula": formula}
        )
    result = await open_topic(hass, entry, "tariff")
    result = await submit(hass, result, price_source="entities")
    return await submit(hass, result, price_entities=[PRICES], **changes)


@pytest.fixture(autouse=True)
async def _poland(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Count in zlotys, on a Tuesday at 12:30 in Warsaw."""
    await hass.config.async_update(
        currency="PLN", country="PL", time_zone="Europe/Warsaw", language="en"
    )
    freezer.move_to(datetime.combine(date(2026, 11, 24), time(12, 30), WARSAW))


def day(offset: int, plus: float = 0.0) -> list[dict[str, Any]]:
    """Return the hours of a day from today on: 0.20 to 0.43, cheapest at midnight."""
    start = datetime.combine(date(2026, 11, 24), time(), WARSAW).astimezone(UTC)
    return [
        {
            "start": (start + timedelta(days=offset, hours=hour)).isoformat(),
            "price": round(0.20 + hour / 100 + plus, 2),
        }
        for hour in range(24)
    ]


def publish(hass: HomeAssistant, unit: str | None = "PLN/kWh", **lists: Any) -> None:
    """Have the entity hold lists of prices."""
    attributes = dict(lists)
    if unit is not None:
        attributes["unit_of_measurement"] = unit
    hass.states.async_set(PRICES, "on", attributes)


async def choose(
    hass: HomeAssistant, result: ConfigFlowResult, option: str
) -> ConfigFlowResult:
    """Choose an option of the menu."""
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {"next_step_id": option}
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    return check_translated(result, "options")


def placeholders(result: ConfigFlowResult) -> dict[str, str]:
    """Return what a step shows."""
    given = result["description_placeholders"]
    assert given is not None
    return {name: str(value) for name, value in given.items()}


async def test_what_was_read_is_shown_before_it_is_saved(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """By hand, with 23 % VAT: now 0.32 * 1.23 = 0.3936, at midnight 0.20 * 1.23 = 0.246."""
    publish(hass, today=day(0), tomorrow=day(1), best=day(0)[:3])
    entry = await set_up(hass, cloud)
    result = await by_entities(hass, entry, {"price_vat": 23})
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "prices")
    assert result["menu_options"] == ["save", "tariff"]
    assert placeholders(result) == {
        "count": "48",
        "lists": "today, tomorrow",
        "unit": "PLN/kWh",
        "currency": "PLN",
        "step": "60 min",
        "today": "0.2000 – 0.4300 PLN/kWh",
        "tomorrow": "known",
        "now": "0.3936 PLN/kWh",
        "cheapest": "0.2460 PLN/kWh (Wed 00:00)",
        "feed_in": "–",
        "left_out": "best (3: already in the prices above)",
        "notes": "",
        "grid": "",
    }
    assert "off_peak" not in entry.options
    result = await choose(hass, result, "save")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options["off_peak"] == {
        "price_source": "entities",
        "price_entities": [PRICES],
    }
    assert entry.options["price_formula"] == {"price_vat": 23}

    # Options that do not change prices are saved at once.
    result = await open_topic(hass, entry, "charging")
    result = await submit(hass, result, guard=False)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_one_may_go_back_and_change(hass: HomeAssistant, cloud: Cloud) -> None:
    """The form holds what was entered."""
    publish(hass, today=day(0))
    entry = await set_up(hass, cloud)
    result = await by_entities(hass, entry)
    assert placeholders(result)["tomorrow"] == "not known yet"
    result = await choose(hass, result, "tariff")
    assert fields_of(result) == {"price_source": "entities"}
    result = await submit(hass, result)
    assert fields_of(result)["price_entities"] == [PRICES]
    result = await submit(hass, result)
    assert result["step_id"] == "prices"
    assert entry.options == {}


@pytest.mark.parametrize(
    ("unit", "lists", "formula", "note"),
    [
        ("PLN/kWh", {}, {}, "No prices were read"),
        ("PLN/kWh", {"prices": []}, {}, "No prices were read"),
        ("PLN/kWh", {"prices": [{"start": "soon", "price": 1}]}, {}, "No prices"),
        ("beads/kWh", {"prices": day(0)}, {}, "The unit of the prices is unknown"),
        ("PLN/kWh", {"prices": day(0, plus=300)}, {}, "unusually high or low"),
        (
            "PLN/kWh",
            {"A": day(0), "B": day(0, plus=1)},
            {},
            "There are several series of prices",
        ),
        (
            "PLN/kWh",
            {
                "rates": [
                    {"startsAt": row["start"], "total": row["price"]} for row in day(0)
                ]
            },
            {"price_vat": 23},
            "contain VAT already, and the formula adds it again",
        ),
        (
            "EUR/kWh",
            {"prices": day(0)},
            {"price_markup": 0.1},
            "the price of a kWh cannot be computed",
        ),
    ],
)
async def test_a_problem_must_be_confirmed(
    hass: HomeAssistant,
    cloud: Cloud,
    unit: str,
    lists: dict[str, Any],
    formula: dict[str, Any],
    note: str,
) -> None:
    """It is not saved in passing; going back is the first choice."""
    publish(hass, unit, **lists)
    entry = await set_up(hass, cloud)
    result = await by_entities(hass, entry, formula)
    assert (result["type"], result["step_id"]) == (
        FlowResultType.MENU,
        "price_problems",
    )
    assert result["menu_options"] == ["tariff", "save"]
    assert note in placeholders(result)["notes"]
    assert "off_peak" not in entry.options
    result = await choose(hass, result, "save")
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_the_week_of_a_grid_tariff_and_its_source_are_shown(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """With one price all day, and the fee of each zone with VAT.

    By hand: (0.0392 + 0.0435) * 1.23 = 0.1017, and with 0.5 * 1.23 of markup 0.7167.
    """
    entry = await set_up(hass, cloud)
    result = await open_topic(hass, entry, "tariff")
    result = await submit(hass, result, price_source="fixed")
    result = await submit(
        hass, result, grid_tariff="pl_tauron_g13", price_markup=0.5, price_vat=23
    )
    assert result["step_id"] == "prices"
    shown = placeholders(result)
    assert "PL · Tauron Dystrybucja · G13" in shown["grid"]
    assert "2026-01-01 – 2026-12-31" in shown["grid"]
    assert "Community data" in shown["grid"]
    assert "- other: all other hours: 0.1017 PLN/kWh" in shown["grid"]
    assert "- morning_peak: Mon-Fri 07:00-13:00: 0.3245 PLN/kWh" in shown["grid"]
    assert "DRE.WRE.4211.54.8.2025" in shown["grid"]
    assert shown["cheapest"].startswith("0.7167 PLN/kWh")
    assert shown["now"] == "0.9395 PLN/kWh"


async def test_a_unit_that_the_user_enters_counts(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """For a source without a unit, in the minor unit or per MWh."""
    publish(
        hass, None, prices=[{**row, "price": row["price"] * 1000} for row in day(0)]
    )
    entry = await set_up(hass, cloud)
    result = await by_entities(hass, entry, price_unit=" PLN/MWh ")
    assert result["step_id"] == "prices"
    assert placeholders(result)["unit"] == "PLN/MWh"
    assert placeholders(result)["now"] == "0.3200 PLN/kWh"


async def test_gross_prices_are_recognised(hass: HomeAssistant, cloud: Cloud) -> None:
    """The name of an entity says that its prices are a total."""
    total = "sensor.epex_spot_data_total_price"
    hass.states.async_set(
        total, "0.3", {"unit_of_measurement": "PLN/kWh", "data": day(0)}
    )
    entry = await set_up(hass, cloud)
    result = await open_topic(hass, entry, "tariff")
    result = await submit(hass, result, price_source="entities")
    result = await submit(hass, result, price_entities=[total])
    assert result["step_id"] == "prices"
    assert placeholders(result)["notes"] == "- These prices contain VAT already."


@pytest.mark.parametrize(
    "name",
    [
        "epex_spot_data_gesamtpreis",
        "strompreis_brutto",
        "elpris_inkl_moms",
        "cena_calkowita",
        "electricity_price_all_in",
        "prix_ttc",
        "stroom_totaalprijs",
        "sahko_verollinen",
    ],
)
async def test_gross_prices_are_recognised_in_other_languages(
    hass: HomeAssistant, cloud: Cloud, name: str
) -> None:
    """VAT that the formula would add again must be confirmed."""
    price = f"sensor.{name}"
    hass.states.async_set(
        price, "0.3", {"unit_of_measurement": "PLN/kWh", "data": day(0)}
    )
    entry = await set_up(hass, cloud)
    formula = {"price_formula": {"price_vat": 23}}
    hass.config_entries.async_update_entry(entry, options=formula)
    result = await open_topic(hass, entry, "tariff")
    result = await submit(hass, result, price_source="entities")
    result = await submit(hass, result, price_entities=[price])
    assert result["step_id"] == "price_problems"
    assert "contain VAT already" in placeholders(result)["notes"]


@pytest.mark.parametrize(
    ("unique_id", "notes"),
    [
        ("DE_total_price", "- These prices contain VAT already."),
        ("DE_market_price", ""),
    ],
)
async def test_gross_prices_of_a_renamed_entity_are_recognised(
    hass: HomeAssistant, cloud: Cloud, unique_id: str, notes: str
) -> None:
    """By the id that the integration gave it."""
    price = er.async_get(hass).async_get_or_create(
        "sensor", "epex_spot", unique_id, suggested_object_id="strom"
    )
    attributes = {"unit_of_measurement": "PLN/kWh", "data": day(0)}
    hass.states.async_set(price.entity_id, "0.3", attributes)
    entry = await set_up(hass, cloud)
    result = await open_topic(hass, entry, "tariff")
    result = await submit(hass, result, price_source="entities")
    result = await submit(hass, result, price_entities=[price.entity_id])
    assert result["step_id"] == "prices"
    assert placeholders(result)["notes"] == notes


@pytest.mark.parametrize("gross", [True, False])
async def test_vat_is_not_added_to_what_a_customer_of_tibber_pays(
    hass: HomeAssistant, cloud: Cloud, gross: bool
) -> None:
    """The action of Tibber names its total a price; that of Nord Pool is net."""
    domain = "tibber" if gross else "nordpool"
    mock_integration(hass, MockModule(domain))
    provider = MockConfigEntry(domain=domain, data={"currency": "PLN"})
    provider.add_to_hass(hass)
    provider.mock_state(hass, ConfigEntryState.LOADED)

    async def prices(_call: ServiceCall) -> ServiceResponse:
        """Answer with the hours of the day; Nord Pool's are per MWh."""
        rows: list[JsonValueType] = [
            {"start_time": row["start"], "price": row["price"] * (1 if gross else 1000)}
            for row in day(0)
        ]
        return {"prices": {"Home": rows}} if gross else {"PL": rows}

    action = "get_prices" if gross else "get_prices_for_date"
    only = SupportsResponse.ONLY
    hass.services.async_register(domain, action, prices, supports_response=only)
    entry = await set_up(hass, cloud)
    formula = {"price_formula": {"price_vat": 23}}
    hass.config_entries.async_update_entry(entry, options=formula)
    result = await open_topic(hass, entry, "tariff")
    result = await submit(hass, result, price_source=domain)
    result = await submit(hass, result)
    assert result["step_id"] == ("price_problems" if gross else "prices")
    assert ("contain VAT already" in placeholders(result)["notes"]) is gross


async def test_the_words_are_in_the_language_of_home_assistant(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """In Polish too."""
    await hass.config.async_update(language="pl")
    publish(hass, today=day(0))
    entry = await set_up(hass, cloud)
    result = await by_entities(hass, entry)
    assert placeholders(result)["tomorrow"] == "jeszcze nieznane"


async def test_a_feed_in_price_is_shown_with_the_prices(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """It changes no price, and is no reason to look at a tariff without prices."""
    publish(hass, today=day(0), tomorrow=day(1))
    entry = await set_up(hass, cloud)
    result = await by_entities(hass, entry, {"feed_in_price": 0.31})
    assert placeholders(result)["feed_in"] == "0.3100 PLN/kWh"
    assert placeholders(result)["now"] == "0.3200 PLN/kWh"
    result = await choose(hass, result, "save")
    assert entry.options["price_formula"] == {"feed_in_price": 0.31}


@pytest.fixture
async def night(hass: HomeAssistant) -> AsyncIterator[str]:
    """Make a schedule helper that is on at night; its timer ends with the test."""
    block = {"from": "01:00:00", "to": "05:00:00"}
    helper = {"night": {"name": "Night", **{key: [block] for key in CONF_ALL_DAYS}}}
    assert await async_setup_component(hass, "schedule", {"schedule": helper})
    yield "schedule.night"
    await hass.data[DATA_INSTANCES]["schedule"].async_remove_entity("schedule.night")


@pytest.mark.parametrize(
    ("language", "hours"),
    [
        ("en", "- Wed 01:00 – Wed 05:00"),
        ("pl", "- śr. 01:00 – śr. 05:00"),
    ],
)
async def test_a_schedule_without_prices_shows_its_cheap_hours(
    hass: HomeAssistant, cloud: Cloud, night: str, language: str, hours: str
) -> None:
    """Its hours have a rank and no price, so no price is shown."""
    hass.config.language = language
    entry = await set_up(hass, cloud)
    result = await open_topic(hass, entry, "tariff")
    result = await submit(hass, result, price_source="schedule")
    result = await submit(hass, result, schedule=night)
    assert result["step_id"] == "cheap_hours"
    assert hours in placeholders(result)["hours"]
    # The page that is open asks for its step again.
    result = await hass.config_entries.options.async_configure(result["flow_id"])
    assert result["step_id"] == "cheap_hours"
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {"next_step_id": "save"}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options["off_peak"]["schedule"] == night
