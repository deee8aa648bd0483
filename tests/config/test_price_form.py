"""The section about the price of a kWh in the options."""

import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.tesla_scout_worker.charging.options import PriceOptions
from custom_components.tesla_scout_worker.charging.tariffs.formula import PriceFormula
from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from simulator.cloud import Cloud

from ..common import set_up
from .test_options_flow import DEFAULTS, fields_of, open_topic, send, submit


async def save(
    hass: HomeAssistant, result: ConfigFlowResult, **changes: Any
) -> ConfigFlowResult:
    """Send a page, and save what was read."""
    result = await submit(hass, result, **changes)
    if result["type"] is FlowResultType.MENU:
        result = await send(hass, result, {"next_step_id": "save"})
    return result


def rows(*fees: float) -> list[dict[str, float]]:
    """Return grid fees as the rows of the field."""
    return [{"fee": fee} for fee in fees]


async def choose_fixed(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Choose one price all day, before the page about it is filled in."""
    result = await open_topic(hass, entry, "tariff")
    result = await submit(hass, result, price_source="fixed")
    assert result["step_id"] == "formula"
    await save(hass, result)


@pytest.fixture(autouse=True)
async def _poland(hass: HomeAssistant) -> None:
    """Count in zlotys."""
    await hass.config.async_update(currency="PLN", country="PL")


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        (
            {"grid_tariff": "pl_tauron_g13", "grid_fees": rows(1, 2)},
            {"grid_fees": "invalid_grid_fees"},
        ),
        (
            {"grid_tariff": "pl_tauron_g14dynamic"},
            {"grid_fee_entity": "grid_entity_required"},
        ),
        (
            {"grid_tariff": "pl_tauron_g13", "grid_fee_entity": "schedule.grid"},
            {"grid_fee_entity": "grid_fee_twice"},
        ),
        ({"price_vat": 23}, {"base": "formula_needs_prices"}),
    ],
)
async def test_a_mistake_is_named_and_corrected(
    hass: HomeAssistant, cloud: Cloud, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    """In the field, and nothing is saved until the page is right."""
    entry = await set_up(hass, cloud)
    result = await open_topic(hass, entry, "formula")
    result = await submit(hass, result, **wrong)
    assert result["errors"] == errors
    assert entry.options == {}
    result = await send(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {}


async def test_a_tariff_without_fees_asks_for_them(
    hass: HomeAssistant, cloud: Cloud, key_folder: Path
) -> None:
    """One's own file may know the hours only."""
    folder = key_folder / DOMAIN / "tariffs"
    folder.mkdir(parents=True)
    zones = [
        {"key": "night", "hours": "22:00-06:00"},
        {"key": "day", "hours": "06:00-22:00"},
    ]
    ours = {"country": "PL", "operator": "Ours", "group": "G12", "currency": "PLN"}
    data = json.dumps({**ours, "zones": zones, "source": "own"})
    (folder / "ours.json").write_text(data, encoding="utf-8")
    entry = await set_up(hass, cloud)
    await choose_fixed(hass, entry)
    result = await open_topic(hass, entry, "formula")
    result = await submit(hass, result, grid_tariff="ours")
    assert result["errors"] == {"grid_fees": "invalid_grid_fees"}
    result = await save(hass, result, grid_tariff="ours", grid_fees=rows(0.1, 0.3))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_fees_of_a_tariff_are_not_taken_in_another_currency(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Fees of one's own are."""
    await hass.config.async_update(currency="EUR")
    entry = await set_up(hass, cloud)
    await choose_fixed(hass, entry)
    result = await open_topic(hass, entry, "formula")
    result = await submit(hass, result, grid_tariff="pl_tauron_g12")
    assert result["errors"] == {"grid_fees": "grid_tariff_currency"}
    result = await save(
        hass, result, grid_tariff="pl_tauron_g12", grid_fees=rows(0.02, 0.08)
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_the_parts_of_a_price_are_saved_and_shown_again(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """A field that is emptied is gone, and with the last one the whole."""
    entry = await set_up(hass, cloud)
    await choose_fixed(hass, entry)
    chosen = {
        "price_factor": 4.3,
        "price_markup": 0.05,
        "price_vat": 23,
        "grid_tariff": "pl_tauron_g13",
        "grid_fees": rows(0.1, 0.3, 0.5),
    }
    await save(hass, await open_topic(hass, entry, "formula"), **chosen)
    assert entry.options["price_formula"] == chosen | {"grid_fees": "0.1 0.3 0.5"}
    options = PriceOptions.of(entry.options)
    assert options.formula == PriceFormula(factor=4.3, markup=0.05, vat=0.23)
    assert options.grid_fees == (0.1, 0.3, 0.5)

    result = await open_topic(hass, entry, "formula")
    assert fields_of(result) == DEFAULTS["formula"] | chosen
    await save(hass, result, **dict.fromkeys(chosen))
    assert "price_formula" not in entry.options


async def test_the_fees_of_the_tariff_are_offered_until_others_are_entered(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Saved untouched nothing is stored; another tariff brings its own fees."""
    entry = await set_up(hass, cloud)
    await choose_fixed(hass, entry)
    result = await open_topic(hass, entry, "formula")
    assert fields_of(result)["grid_fees"] is None
    await save(hass, result, grid_tariff="pl_tauron_g12")
    result = await open_topic(hass, entry, "formula")
    offered = fields_of(result)["grid_fees"]
    assert len(offered) == 2
    await save(hass, result)
    assert entry.options["price_formula"] == {"grid_tariff": "pl_tauron_g12"}

    await save(
        hass, await open_topic(hass, entry, "formula"), grid_tariff="pl_tauron_g13"
    )
    assert entry.options["price_formula"] == {"grid_tariff": "pl_tauron_g13"}
    result = await open_topic(hass, entry, "formula")
    dearer = [
        {"fee": round(row["fee"] + 1, 6)} for row in fields_of(result)["grid_fees"]
    ]
    await save(hass, result, grid_fees=dearer)
    assert fields_of(await open_topic(hass, entry, "formula"))["grid_fees"] == dearer


async def test_a_fee_that_is_no_number_is_refused(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """In the field, and what was stored stays."""
    entry = await set_up(hass, cloud)
    result = await open_topic(hass, entry, "formula")
    with pytest.raises(InvalidData):
        await submit(hass, result, grid_fees=[{"fee": "cheap"}])
    assert entry.options == {}


WINTER_EVENING = {
    "fee": 0.85,
    "start": "17:00:00",
    "end": "20:00:00",
    "days": ["Mon", "Tue"],
    "months": ["Nov", "Dec"],
}


async def ask_windows(hass: HomeAssistant, entry: ConfigEntry[Any]) -> ConfigFlowResult:
    """Choose weekly windows on the page about the price of a kWh."""
    result = await open_topic(hass, entry, "formula")
    result = await submit(hass, result, grid_tariff="own_windows")
    assert result["step_id"] == "grid_windows"
    return result


async def test_grid_fees_by_weekly_windows_are_saved_and_shown_again(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Rows with weekdays and months; one fee is that of all other hours."""
    entry = await set_up(hass, cloud)
    await choose_fixed(hass, entry)
    night = {"fee": 0.1, "start": "22:00:00", "end": "06:00:00"}
    sent = {"grid_fees": 0.3, "grid_windows": [night, WINTER_EVENING]}
    result = await ask_windows(hass, entry)
    await save(hass, result, **sent)
    assert entry.options["price_formula"] == {
        "grid_fees": "0.3",
        "grid_windows": "0.1 22:00-06:00\n0.85 Mon Tue Nov Dec 17:00-20:00",
    }
    result = await open_topic(hass, entry, "formula")
    assert fields_of(result)["grid_tariff"] == "own_windows"
    result = await submit(hass, result)
    assert fields_of(result) == sent
    result = await open_topic(hass, entry, "formula")
    await save(hass, result, grid_tariff="pl_tauron_g13", grid_fees=[])
    assert entry.options["price_formula"] == {"grid_tariff": "pl_tauron_g13"}


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"grid_windows": [WINTER_EVENING]}, {"grid_fees": "grid_windows_fee"}),
        (
            {
                "grid_fees": 1,
                "grid_windows": [{**WINTER_EVENING, "end": "17:00:00"}],
            },
            {"grid_windows": "peak_without_length"},
        ),
    ],
)
async def test_a_mistake_in_weekly_windows_is_named(
    hass: HomeAssistant, cloud: Cloud, sent: dict[str, Any], errors: dict[str, str]
) -> None:
    """In the field, and nothing is saved; an entity beside them is one, too."""
    entry = await set_up(hass, cloud)
    await choose_fixed(hass, entry)
    before = dict(entry.options)
    result = await open_topic(hass, entry, "formula")
    both = {"grid_tariff": "own_windows", "grid_fee_entity": "schedule.grid"}
    result = await submit(hass, result, **both)
    assert result["errors"] == {"grid_fee_entity": "grid_windows_twice"}
    result = await ask_windows(hass, entry)
    result = await submit(hass, result, **sent)
    assert result["errors"] == errors
    assert entry.options == before
