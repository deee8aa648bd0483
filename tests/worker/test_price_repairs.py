"""A source of prices that falls silent, a grid tariff that ends, and the price now."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import pass_time, set_up
from ..scout_helpers import reload
from .off_peak.off_peak_helpers import (
    AWAKE,
    HOUR,
    PRICES,
    QUARTER,
    TUESDAY,
    WEDNESDAY,
    clock,
    day_prices,
    in_earnest,
    publish,
    until,
)

ENTITIES = {"price_source": "entities", "price_entities": [PRICES]}


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car at home that does not fall asleep."""
    return AWAKE


@pytest.fixture(autouse=True)
async def _poland(hass: HomeAssistant) -> None:
    """Count in zlotys."""
    await hass.config.async_update(currency="PLN", country="PL")


async def choose(hass: HomeAssistant, entry: ConfigEntry[Any], **options: Any) -> None:
    """Choose options, and reload."""
    hass.config_entries.async_update_entry(entry, options=options)
    await reload(hass, entry)


def issue(hass: HomeAssistant, key: str) -> ir.IssueEntry | None:
    """Return a repair that is shown."""
    found = [
        each
        for each in ir.async_get(hass).issues.values()
        if each.domain == DOMAIN and each.translation_key == key and each.active
    ]
    return found[0] if found else None


def hour_price(hour: int) -> float:
    """Return a price for each hour of a day."""
    return round(0.2 + hour / 100, 2)


async def test_a_source_that_falls_silent_is_a_repair_within_a_day(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The last prices end at midnight; the repair comes in the night, and goes again."""
    publish(hass, day_prices(TUESDAY, hour_price))
    entry = await set_up(hass, cloud)
    await choose(hass, entry, off_peak=ENTITIES)
    await until(hass, noon, clock("2026-11-25 05:30"), HOUR / 2)
    assert issue(hass, "prices_missing") is None
    await until(hass, noon, clock("2026-11-25 08:00"), HOUR / 2)
    shown = issue(hass, "prices_missing")
    assert shown is not None
    assert shown.translation_placeholders == {"account": entry.title}
    publish(hass, day_prices(WEDNESDAY, hour_price))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issue(hass, "prices_missing") is None


async def test_an_entity_that_never_had_prices_is_a_repair(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A wrong sensor; the tariff that is chosen instead ends the repair."""
    hass.states.async_set(PRICES, "0.31", {"unit_of_measurement": "PLN/kWh"})
    entry = await set_up(hass, cloud)
    await choose(hass, entry, off_peak=ENTITIES)
    await until(hass, noon, clock("2026-11-24 20:30"), HOUR / 2)
    assert issue(hass, "prices_missing") is not None
    await choose(hass, entry, off_peak={"price_source": "g12"})
    assert issue(hass, "prices_missing") is None


@pytest.mark.parametrize(("day", "shown"), [(30, False), (1, True)])
async def test_a_grid_tariff_that_ends_is_a_repair_a_month_ahead(
    hass: HomeAssistant,
    cloud: Cloud,
    freezer: FrozenDateTimeFactory,
    day: int,
    shown: bool,
) -> None:
    """The fees of 2026 end on 31 December; 1 December is 30 days before."""
    month = 12 if shown else 11
    freezer.move_to(clock(f"2026-{month}-{day:02} 12:00"))
    entry = await set_up(hass, cloud)
    formula = {"grid_tariff": "pl_tauron_g13", "price_vat": 23}
    fixed = {"price_source": "fixed"}
    await choose(hass, entry, off_peak=fixed, price_formula=formula)
    await until(hass, freezer, clock(f"2026-{month}-{day:02} 13:30"), HOUR / 2)
    found = issue(hass, "grid_tariff_ends")
    assert (found is not None) is shown
    if found is not None:
        assert found.translation_placeholders == {
            "tariff": "PL · Tauron Dystrybucja · G13",
            "day": "2026-12-31",
        }
        await choose(hass, entry, off_peak=fixed)
        assert issue(hass, "grid_tariff_ends") is None


async def test_the_users_fees_do_not_end_with_the_year(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """What the repair asks for ends it, also after New Year."""
    freezer.move_to(clock("2027-01-05 12:00"))
    entry = await set_up(hass, cloud)
    formula = {"grid_tariff": "pl_tauron_g13", "price_vat": 23}
    fixed = {"price_source": "fixed"}
    await choose(hass, entry, off_peak=fixed, price_formula=formula)
    await until(hass, freezer, clock("2027-01-05 13:30"), HOUR / 2)
    assert issue(hass, "grid_tariff_ends") is not None
    formula["grid_fees"] = "0.1 0.3 0.6"
    await choose(hass, entry, off_peak=fixed, price_formula=formula)
    await until(hass, freezer, clock("2027-01-05 15:30"), HOUR / 2)
    assert issue(hass, "grid_tariff_ends") is None


def price_now(hass: HomeAssistant) -> tuple[str, str | None]:
    """Return the price of a kWh now, and its unit."""
    registry = er.async_get(hass)
    (name,) = [
        each.entity_id
        for each in registry.entities.values()
        if each.platform == DOMAIN and each.unique_id.endswith("_price_now")
    ]
    state = hass.states.get(name)
    assert state is not None
    return state.state, state.attributes.get("unit_of_measurement")


async def test_the_price_now_knows_a_holiday_within_a_minute_of_the_start(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Holidays are learnt after the entities are there."""
    noon.move_to(datetime(2026, 12, 25, 9, 6, tzinfo=UTC))
    await in_earnest(hass, cloud, price_source="g12w", rates="1 2")
    await pass_time(hass, noon, timedelta(minutes=2))
    assert price_now(hass)[0] == "1.0"


@pytest.mark.parametrize(
    ("options", "at_14", "at_16"),
    [
        ({}, "1.0", "2.0"),
        ({"operator_tariff": "pl_tauron_g12w"}, "1.0", "2.0"),
        ({"operator_tariff": "pl_pge_g12w"}, "2.0", "1.0"),
        ({"operator_tariff": "pl_enea_g12w"}, "2.0", "2.0"),
        # Of another group, or gone: the usual hours.
        ({"operator_tariff": "pl_tauron_g13"}, "1.0", "2.0"),
        ({"operator_tariff": "pl_gone"}, "1.0", "2.0"),
    ],
)
async def test_the_hours_of_a_group_are_those_of_the_grid_operator(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    options: dict[str, str],
    at_14: str,
    at_16: str,
) -> None:
    """G12w in summer: PGE's midday hours are 15:00 to 17:00, and Enea has none."""
    noon.move_to(clock("2026-07-07 13:50"))
    await in_earnest(hass, cloud, price_source="g12w", rates="1 2", **options)
    await until(hass, noon, clock("2026-07-07 14:01"), 5 * HOUR / 60)
    assert price_now(hass)[0] == at_14
    await until(hass, noon, clock("2026-07-07 16:01"), HOUR)
    assert price_now(hass)[0] == at_16


async def test_a_house_has_the_hours_of_its_grid_fees(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The seller's prices of a zone and the grid fee are of the same zone.

    By hand: PGE G12w in summer at 16:00, (0.0845 + 0.0435) * 1.23 in the cheap zone.
    """
    noon.move_to(clock("2026-07-07 15:55"))
    entry = await set_up(hass, cloud)
    seller = {"price_source": "g12w", "rates": "1 2"}
    formula = {"grid_tariff": "pl_pge_g12w"}
    await choose(hass, entry, off_peak=seller, price_formula=formula)
    await until(hass, noon, clock("2026-07-07 16:01"), 5 * HOUR / 60)
    assert float(price_now(hass)[0]) == pytest.approx(1.15744)


async def test_the_price_now_follows_the_formula_and_the_clock(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """By hand, G13 in winter with 23 % VAT: 12:00 is in the morning peak, 13:00 is not.

    (0.32 + 0.2203 + 0.0435) * 1.23 = 0.718074; (0.33 + 0.0392 + 0.0435) * 1.23 = 0.507621.
    """
    publish(hass, day_prices(TUESDAY, hour_price))
    entry = await set_up(hass, cloud)
    assert price_now(hass) == ("unknown", "PLN/kWh")
    formula = {"grid_tariff": "pl_tauron_g13", "price_vat": 23}
    await choose(hass, entry, off_peak=ENTITIES, price_formula=formula)
    await until(hass, noon, clock("2026-11-24 12:50"), QUARTER)
    assert price_now(hass) == ("0.718074", "PLN/kWh")
    await until(hass, noon, clock("2026-11-24 13:00"), timedelta(minutes=5))
    assert price_now(hass) == ("0.507621", "PLN/kWh")
    await until(hass, noon, clock("2026-11-25 00:05"), HOUR / 2)
    assert price_now(hass) == ("unknown", "PLN/kWh")
