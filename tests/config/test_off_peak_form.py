"""The section about ordinary charging in the options."""

from typing import Any

import pytest

from custom_components.tesla_scout_worker.charging.options import (
    CHARGING_DEFAULTS,
    OffPeakOptions,
    PriceSource,
    parse_rates,
)
from custom_components.tesla_scout_worker.charging.tariffs.common_tariffs import (
    PRESETS,
    TariffPreset,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from simulator.cloud import Cloud

from ..common import set_up

TOP = {
    "home_zone": "zone.home",
    "scouting_mode": "fixed",
    "command_route": "auto",
    "proxy_verify_certificate": True,
    "special_charging": dict(CHARGING_DEFAULTS),
}


async def submit(hass: HomeAssistant, entry_id: str, **off_peak: Any) -> dict[str, Any]:
    """Send the form with a section about ordinary charging."""
    flow = await hass.config_entries.options.async_init(entry_id)
    result = await hass.config_entries.options.async_configure(
        flow["flow_id"], {**TOP, "off_peak": off_peak}
    )
    if result["type"] is FlowResultType.MENU:
        # What was read is shown first; here that is nothing.
        assert result["step_id"] == "price_problems"
        result = await hass.config_entries.options.async_configure(
            flow["flow_id"], {"next_step_id": "save"}
        )
    await hass.async_block_till_done(wait_background_tasks=True)
    return dict(result)


@pytest.mark.parametrize(
    ("wrong", "error", "right"),
    [
        ({"departures": "Sat"}, "invalid_departures", {"departures": "Sat 09:00"}),
        (
            {"price_source": "g13", "rates": "1 2"},
            "invalid_rates",
            {"price_source": "g13", "rates": "1; 2; 3"},
        ),
        ({"rates": "cheap"}, "invalid_rates", {"rates": "0,62 1,10"}),
        (
            {"price_source": "schedule"},
            "schedule_required",
            {"price_source": "schedule", "schedule": "schedule.cheap"},
        ),
        (
            {"price_source": "entities"},
            "price_entities_required",
            {"price_source": "entities", "price_entities": ["sensor.prices"]},
        ),
    ],
)
async def test_a_mistake_is_named_and_corrected(
    hass: HomeAssistant,
    cloud: Cloud,
    wrong: dict[str, Any],
    error: str,
    right: dict[str, Any],
) -> None:
    """The form stays open until it is right; then the account is loaded anew."""
    entry = await set_up(hass, cloud)
    result = await submit(hass, entry.entry_id, **wrong)
    assert result["errors"] == {"base": error}
    result = await submit(hass, entry.entry_id, **right)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    options = entry.runtime_data.worker.options
    assert options == OffPeakOptions.of(entry.options)
    for key, value in right.items():
        assert entry.options["off_peak"][key] == value


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
