"""The pages about the tariff: its source, its peak hours and its prices."""

from typing import Any

import pytest

from custom_components.tesla_scout_worker.charging.options import (
    OffPeakOptions,
    PriceSource,
    parse_rates,
)
from custom_components.tesla_scout_worker.charging.tariffs.common_tariffs import (
    PRESETS,
    TariffPreset,
)
from custom_components.tesla_scout_worker.charging.tariffs.tariff import (
    parse_peaks,
    peaks_text,
)
from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from simulator.cloud import Cloud

from ..common import set_up
from .test_options_flow import fields_of, open_topic, send, submit


async def choose_source(
    hass: HomeAssistant, entry: ConfigEntry[Any], source: str
) -> ConfigFlowResult:
    """Choose a tariff or a source of prices; the page about it comes next."""
    result = await open_topic(hass, entry, "tariff")
    return await submit(hass, result, price_source=source)


@pytest.mark.parametrize(
    ("source", "sent", "rates"),
    [
        ("g11", {"rate_all_day": 0.9}, "0.9"),
        ("g12", {"rate_off_peak": 0.62, "rate_peak": 1.1}, "0.62 1.1"),
        ("g12w", {"rate_off_peak": 0.62, "rate_peak": 1.1}, "0.62 1.1"),
        (
            "g13",
            {
                "rate_off_peak": 0.5,
                "rate_morning_peak": 0.8,
                "rate_afternoon_peak": 1.25,
            },
            "0.5 0.8 1.25",
        ),
        ("night", {"rate_off_peak": 0.2, "rate_peak": 0.2}, "0.2 0.2"),
        ("custom", {"rate_off_peak": -0.1, "rate_peak": 0.2}, "-0.1 0.2"),
    ],
)
async def test_a_tariff_has_a_price_for_each_zone(
    hass: HomeAssistant, cloud: Cloud, source: str, sent: dict[str, float], rates: str
) -> None:
    """Each in a field of its own; they are shown again, and may be taken away."""
    entry = await set_up(hass, cloud)
    result = await choose_source(hass, entry, source)
    assert {*fields_of(result)} - {"peak_hours", "operator_tariff"} == set(sent)
    result = await submit(hass, result, **sent)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options["off_peak"]["rates"] == rates
    assert entry.runtime_data.worker.options.rates == tuple(sent.values())
    result = await choose_source(hass, entry, source)
    assert fields_of(result).items() >= sent.items()
    await submit(hass, result, **dict.fromkeys(sent))
    assert "rates" not in entry.options.get("off_peak", {})


async def test_prices_of_another_tariff_are_not_kept(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Three zones have three prices: two of another tariff fit none of them."""
    entry = await set_up(hass, cloud)
    result = await choose_source(hass, entry, "g12")
    await submit(hass, result, rate_off_peak=0.5, rate_peak=1)
    result = await choose_source(hass, entry, "g13")
    assert not any(fields_of(result).values())
    await submit(hass, result)
    assert entry.options["off_peak"] == {"price_source": "g13"}


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"rate_off_peak": 0.5}, {"rate_peak": "rate_missing"}),
        (
            {"rate_off_peak": 1.1, "rate_peak": 0.62},
            {"rate_off_peak": "rates_reversed"},
        ),
        (
            {"peak_hours": [{"start": "06:00:00", "end": "06:00:00"}]},
            {"peak_hours": "peak_without_length"},
        ),
        (
            {"peak_hours": [{"start": "00:00:00", "end": "00:00:00"}]},
            {"peak_hours": "always_peak"},
        ),
        (
            {
                "peak_hours": [
                    {"start": "06:00:00", "end": "20:00:00"},
                    {"start": "19:00:00", "end": "07:00:00"},
                ]
            },
            {"peak_hours": "always_peak"},
        ),
    ],
)
async def test_a_mistake_is_named_in_its_field_and_corrected(
    hass: HomeAssistant, cloud: Cloud, sent: dict[str, Any], errors: dict[str, str]
) -> None:
    """Nothing is saved until it is right."""
    entry = await set_up(hass, cloud)
    result = await choose_source(hass, entry, "custom")
    result = await submit(hass, result, **sent)
    assert result["errors"] == errors
    assert entry.options == {}
    result = await send(hass, result, {"rate_off_peak": 0.5, "rate_peak": 1})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_peak_hours_are_rows_with_weekdays_and_months(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """In the language of Home Assistant; without any, all hours are equal."""
    await hass.config.async_update(language="pl")
    entry = await set_up(hass, cloud)
    result = await choose_source(hass, entry, "custom")
    rows: list[dict[str, Any]] = [
        {"start": "06:00:00", "end": "10:00:00"},
        {"start": "19:00:00", "end": "22:00:00"},
    ]
    assert fields_of(result)["peak_hours"] == rows
    rows = [
        {"start": "06:00:00", "end": "10:00:00", "days": ["pon.", "sob."]},
        {"start": "17:00:00", "end": "00:00:00", "months": ["sty", "gru"]},
    ]
    await submit(hass, result, peak_hours=rows)
    text = entry.options["special_charging"]["peak_hours"]
    assert text == "Mon Sat 06:00-10:00; Jan Dec 17:00-00:00"
    options = entry.runtime_data.sessions.options
    assert options.peaks == parse_peaks(text)
    result = await choose_source(hass, entry, "custom")
    assert fields_of(result)["peak_hours"] == rows
    await submit(hass, result, peak_hours=None)
    assert entry.options["special_charging"]["peak_hours"] == ""
    assert entry.runtime_data.sessions.options.peaks == ()


def test_peak_hours_survive_their_text() -> None:
    """Rows are stored as the text that older versions read."""
    windows = parse_peaks(
        "Mon-Fri 06:00-10:00, 19-22:30; Sat Sun Oct-Mar 17:00-24:00; 22-6"
    )
    assert parse_peaks(peaks_text(windows)) == windows
    assert peaks_text(()) == ""


async def test_a_source_that_is_not_set_up_is_refused(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """In its field; it would never have a price."""
    entry = await set_up(hass, cloud)
    result = await choose_source(hass, entry, "nordpool")
    assert result["errors"] == {"price_source": "price_source_not_set_up"}
    assert entry.options == {}


@pytest.mark.parametrize(
    ("source", "field", "error", "right"),
    [
        ("schedule", "schedule", "schedule_required", "schedule.cheap"),
        ("entities", "price_entities", "price_entities_required", ["sensor.prices"]),
    ],
)
async def test_what_has_the_prices_is_required(
    hass: HomeAssistant, cloud: Cloud, source: str, field: str, error: str, right: Any
) -> None:
    """Only of the source that was chosen."""
    entry = await set_up(hass, cloud)
    result = await choose_source(hass, entry, source)
    result = await submit(hass, result)
    assert result["errors"] == {field: error}
    result = await submit(hass, result, **{field: right})
    if result["type"] is FlowResultType.MENU:
        # What was read is shown first; here that is nothing.
        assert result["step_id"] == "price_problems"
        result = await send(hass, result, {"next_step_id": "save"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options["off_peak"][field] == right
    assert entry.runtime_data.worker.options == OffPeakOptions.of(entry.options)


@pytest.mark.parametrize("unit", ["beads/kWh", "EUR/m³"])
async def test_a_unit_that_is_none_is_refused(
    hass: HomeAssistant, cloud: Cloud, unit: str
) -> None:
    """In its field."""
    entry = await set_up(hass, cloud)
    result = await choose_source(hass, entry, "entities")
    result = await submit(
        hass, result, price_unit=unit, price_entities=["sensor.prices"]
    )
    assert result["errors"] == {"price_unit": "invalid_price_unit"}


async def test_a_tariff_without_prices_cannot_have_a_formula(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """It is named where the tariff is chosen, too."""
    entry = await set_up(hass, cloud)
    hass.config_entries.async_update_entry(
        entry,
        options={
            "off_peak": {"price_source": "fixed"},
            "price_formula": {"price_vat": 23},
        },
    )
    result = await choose_source(hass, entry, "g12")
    result = await submit(hass, result)
    assert result["errors"] == {"rate_off_peak": "formula_needs_prices"}
    result = await submit(hass, result, rate_off_peak=0.5, rate_peak=1)
    assert result["step_id"] == "prices"


async def test_the_grid_operator_of_a_group_is_chosen_and_shown(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Its hours and their source are shown before they are saved."""
    entry = await set_up(hass, cloud)
    result = await choose_source(hass, entry, "g12w")
    sent = {"operator_tariff": "pl_pge_g12w"}
    result = await submit(hass, result, **sent)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "prices")
    shown = result["description_placeholders"]
    assert shown is not None
    assert shown["now"] == "unknown"
    assert "PL · PGE Dystrybucja · G12w" in shown["grid"]
    assert "Mon-Fri Apr-Sep 06:00-15:00, 17:00-22:00" in shown["grid"]
    assert "Community data" in shown["grid"]
    await send(hass, result, {"next_step_id": "save"})
    assert entry.options["off_peak"] == {"price_source": "g12w", **sent}
    result = await choose_source(hass, entry, "g12w")
    assert fields_of(result)["operator_tariff"] == "pl_pge_g12w"
    await submit(hass, result, operator_tariff=None)
    assert entry.options["off_peak"] == {"price_source": "g12w"}


async def test_a_group_that_was_stored_before_keeps_its_hours(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Nobody is asked again; the form suggests nothing that was not chosen."""
    entry = await set_up(hass, cloud)
    stored = {"off_peak": {"price_source": "g12", "rates": "0.5 1"}}
    hass.config_entries.async_update_entry(entry, options=stored)
    await hass.async_block_till_done(wait_background_tasks=True)
    result = await choose_source(hass, entry, "g12")
    assert fields_of(result) == {
        "operator_tariff": None,
        "rate_off_peak": 0.5,
        "rate_peak": 1.0,
    }
    await submit(hass, result)
    assert entry.options == stored


def test_every_preset_is_a_source() -> None:
    """And the custom one has the peak hours of special charging."""
    for preset in TariffPreset:
        options = OffPeakOptions.of({"off_peak": {"price_source": preset.value}})
        assert options.tariff == PRESETS[preset]
    own = OffPeakOptions.of({"special_charging": {"peak_hours": "17:00-21:00"}})
    assert own.source is PriceSource.CUSTOM
    assert own.tariff is not None
    assert own.tariff.zones[0].windows[0].start.hour == 17
    assert OffPeakOptions.of({"off_peak": {"price_source": "tibber"}}).tariff is None


def test_rates_are_read_with_either_comma() -> None:
    """One for each zone; none at all is fine too."""
    night = PRESETS[TariffPreset.NIGHT]
    assert parse_rates("0,62; 1.10", night) == (0.62, 1.1)
    assert parse_rates(" ", night) == ()
    with pytest.raises(ValueError, match="2 rates"):
        parse_rates("1", night)
