"""The section of the options about the price of a kWh, and its validation."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from ..charging.options import OffPeakOptions, PriceOptions
from ..charging.tariffs.grid_tariff import GridTariff
from ..charging.tariffs.price_units import PriceError, parse_unit
from ..const import (
    CONF_GRID_FEE_ENTITY,
    CONF_GRID_FEES,
    CONF_GRID_TARIFF,
    CONF_PRICE_FACTOR,
    CONF_PRICE_FIXED,
    CONF_PRICE_FORMULA,
    CONF_PRICE_MARKUP,
    CONF_PRICE_UNIT,
    CONF_PRICE_VAT,
)


def _number(least: float, most: float, unit: str | None = None) -> NumberSelector:
    """Return a field for a number with any decimals."""
    config = NumberSelectorConfig(
        min=least, max=most, step="any", mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


# The frontend omits a field that is left empty.
NUMBERS: Final = {
    CONF_PRICE_FACTOR: _number(-1000, 1000),
    CONF_PRICE_MARKUP: _number(-1000, 1000),
    CONF_PRICE_VAT: _number(0, 100, "%"),
    CONF_PRICE_FIXED: _number(-1000, 1000),
}


def price_schema(tariffs: Mapping[str, GridTariff]) -> vol.Schema:
    """Return the section, with a choice of grid tariffs."""
    choice = SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=tariff.key, label=tariff.name)
                for tariff in sorted(tariffs.values(), key=lambda each: each.name)
            ],
            mode=SelectSelectorMode.DROPDOWN,
        )
    )
    entity = EntitySelectorConfig(
        domain=["schedule", "sensor", "binary_sensor", "event"]
    )
    return vol.Schema(
        {
            vol.Optional(CONF_PRICE_UNIT): TextSelector(),
            **{vol.Optional(key): selector for key, selector in NUMBERS.items()},
            vol.Optional(CONF_GRID_TARIFF): choice,
            vol.Optional(CONF_GRID_FEES): TextSelector(),
            vol.Optional(CONF_GRID_FEE_ENTITY): EntitySelector(entity),
        }
    )


def price_error(
    options: Mapping[str, Any], tariffs: Mapping[str, GridTariff], currency: str
) -> str | None:
    """Return the error in the section; a form cannot show one at a field within it."""
    try:
        price = PriceOptions.of(options)
    except ValueError:
        return "invalid_grid_fees"
    try:
        if not parse_unit(price.unit).known:
            return "invalid_price_unit"
    except PriceError:
        return "invalid_price_unit"
    if price.grid_tariff is None:
        return None
    if (tariff := tariffs.get(price.grid_tariff)) is None:
        return "grid_tariff_missing"
    if tariff.currency != currency and not price.grid_fees:
        return "grid_tariff_currency"
    if tariff.zones_by_entity != (price.grid_fee_entity is not None):
        return "grid_entity_required" if tariff.zones_by_entity else "grid_fee_twice"
    count = len(tariff.tariff.zones) + 1
    if len(price.grid_fees or tariff.fees) != count:
        return "invalid_grid_fees"
    return None


def formula_error(options: Mapping[str, Any]) -> str | None:
    """Return the error of a formula for hours without prices, which it cannot change."""
    chosen = OffPeakOptions.of(options)
    if chosen.price.changes_prices and chosen.tariff is not None and not chosen.rates:
        return "formula_needs_prices"
    return None


def price_answered(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the section that are not empty, with texts stripped."""
    fields = {
        field: value.strip() if isinstance(value, str) else value
        for field, value in sent.items()
    }
    return {field: value for field, value in fields.items() if value != ""}


def price_section(
    sent: Mapping[str, Any] | None, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the option to store; a section that was not sent keeps its values."""
    kept = options.get(CONF_PRICE_FORMULA, {})
    chosen = kept if sent is None else price_answered(sent)
    return {CONF_PRICE_FORMULA: dict(chosen)} if chosen else {}
