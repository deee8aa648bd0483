"""The off-peak section of the options, and its validation."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from ..charging.daily.departures import parse_departures
from ..charging.options import OFF_PEAK_DEFAULTS, OffPeakOptions, PriceSource
from ..const import (
    CONF_DEPARTURES,
    CONF_GUARD,
    CONF_OFF_PEAK,
    CONF_PRICE_AREA,
    CONF_PRICE_ENTITIES,
    CONF_PRICE_SOURCE,
    CONF_RATES,
    CONF_SCHEDULE,
)

# The frontend omits a text or an entity that is left empty.
OFF_PEAK_SCHEMA: Final = vol.Schema(
    {
        vol.Required(
            CONF_PRICE_SOURCE, default=OFF_PEAK_DEFAULTS[CONF_PRICE_SOURCE]
        ): SelectSelector(
            SelectSelectorConfig(
                options=[source.value for source in PriceSource],
                translation_key=CONF_PRICE_SOURCE,
                mode=SelectSelectorMode.DROPDOWN,
            )
        ),
        vol.Optional(CONF_RATES): TextSelector(),
        vol.Optional(CONF_SCHEDULE): EntitySelector(
            EntitySelectorConfig(domain="schedule")
        ),
        vol.Required(CONF_PRICE_ENTITIES, default=[]): EntitySelector(
            EntitySelectorConfig(
                domain=["sensor", "event", "binary_sensor"], multiple=True
            )
        ),
        vol.Optional(CONF_PRICE_AREA): TextSelector(),
        vol.Optional(CONF_DEPARTURES): TextSelector(),
        vol.Required(
            CONF_GUARD, default=OFF_PEAK_DEFAULTS[CONF_GUARD]
        ): BooleanSelector(),
    }
)


def off_peak_shown(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the section as the form shows it, with defaults filled in."""
    return {**OFF_PEAK_DEFAULTS, **options.get(CONF_OFF_PEAK, {})}


def off_peak_error(options: Mapping[str, Any]) -> str | None:
    """Return the error in the section; a form cannot show one at a field within it."""
    chosen = off_peak_shown(options)
    source = chosen[CONF_PRICE_SOURCE]
    if source == PriceSource.SCHEDULE and not chosen.get(CONF_SCHEDULE):
        return "schedule_required"
    if source == PriceSource.ENTITIES and not chosen[CONF_PRICE_ENTITIES]:
        return "price_entities_required"
    try:
        parse_departures(chosen[CONF_DEPARTURES])
    except ValueError:
        return "invalid_departures"
    try:
        OffPeakOptions.of(options)
    except ValueError:
        return "invalid_rates"
    return None
