"""The section about the price of a kWh in the options."""

from typing import Any

import pytest

from custom_components.tesla_scout_worker.charging.options import PriceOptions
from custom_components.tesla_scout_worker.charging.tariffs.formula import PriceFormula
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from simulator.cloud import Cloud

from ..common import set_up
from ..flows import check_translated
from .test_options_flow import DEFAULTS, open_options, submit

FIXED: dict[str, Any] = {**DEFAULTS["off_peak"], "price_source": "fixed"}


async def save(
    hass: HomeAssistant, result: ConfigFlowResult, **changes: Any
) -> ConfigFlowResult:
    """Send the options, and save what was read."""
    result = await submit(hass, result, **changes)
    if result["type"] is FlowResultType.MENU:
        result = await hass.config_entries.options.async_configure(
            result["flow_id"], {"next_step_id": "save"}
        )
        await hass.async_block_till_done(wait_background_tasks=True)
    return result


@pytest.fixture(autouse=True)
async def _poland(hass: HomeAssistant) -> None:
    """Count in zlotys."""
    await hass.config.async_update(currency="PLN", country="PL")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"grid_fees": "cheap"}, "invalid_grid_fees"),
        ({"grid_tariff": "pl_tauron_g13", "grid_fees": "1 2"}, "invalid_grid_fees"),
        ({"grid_tariff": "pl_energa_g12r"}, "invalid_grid_fees"),
        ({"price_unit": "beads/kWh"}, "invalid_price_unit"),
        ({"price_unit": "EUR/m³"}, "invalid_price_unit"),
        ({"grid_tariff": "pl_tauron_g14dynamic"}, "grid_entity_required"),
        (
            {"grid_tariff": "pl_tauron_g13", "grid_fee_entity": "schedule.grid"},
            "grid_fee_twice",
        ),
        ({"price_vat": 23}, "formula_needs_prices"),
    ],
)
async def test_a_mistake_is_named_and_corrected(
    hass: HomeAssistant, cloud: Cloud, wrong: dict[str, Any], error: str
) -> None:
    """Nothing is saved until the section is right."""
    entry = await set_up(hass, cloud)
    result = await open_options(hass, entry)
    result = await submit(hass, result, price_formula=wrong)
    assert result["errors"] == {"base": error}
    assert entry.options == {}
    result = await submit(hass, result, price_formula={})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == DEFAULTS


async def test_fees_of_a_tariff_are_not_taken_in_another_currency(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Fees of one's own are."""
    await hass.config.async_update(currency="EUR")
    entry = await set_up(hass, cloud)
    result = await open_options(hass, entry)
    chosen: dict[str, Any] = {"grid_tariff": "pl_tauron_g12"}
    result = await submit(hass, result, price_formula=chosen)
    assert result["errors"] == {"base": "grid_tariff_currency"}
    chosen["grid_fees"] = "0.02 0.08"
    result = await save(hass, result, price_formula=chosen, off_peak=FIXED)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_the_parts_of_a_price_are_saved_and_shown_again(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """A client that does not send the section keeps it; one that empties it clears it."""
    entry = await set_up(hass, cloud)
    chosen = {
        "price_unit": " EUR/MWh ",
        "price_factor": 4.3,
        "price_markup": 0.05,
        "price_vat": 23,
        "grid_tariff": "pl_tauron_g13",
        "grid_fees": "0.1 0.3 0.5",
    }
    await save(
        hass, await open_options(hass, entry), price_formula=chosen, off_peak=FIXED
    )
    saved = {**chosen, "price_unit": "EUR/MWh"}
    assert entry.options["price_formula"] == saved
    options = PriceOptions.of(entry.options)
    assert options.formula == PriceFormula(factor=4.3, markup=0.05, vat=0.23)
    assert options.grid_fees == (0.1, 0.3, 0.5)

    await save(hass, await open_options(hass, entry), off_peak=FIXED)
    assert entry.options["price_formula"] == saved
    result = check_translated(await open_options(hass, entry), "options")
    await save(hass, result, price_formula={}, off_peak=FIXED)
    assert "price_formula" not in entry.options
