"""The page about the price of a kWh, and its validation."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    SelectOptionDict,
    Selector,
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
from .option_pages import OptionField, OptionPage, amount

# Where the fault is that an error names.
_ERROR_FIELDS: Final = {
    "invalid_grid_fees": CONF_GRID_FEES,
    "grid_tariff_missing": CONF_GRID_TARIFF,
    "grid_tariff_currency": CONF_GRID_FEES,
    "grid_entity_required": CONF_GRID_FEE_ENTITY,
    "grid_fee_twice": CONF_GRID_FEE_ENTITY,
}


def formula_page(tariffs: Mapping[str, GridTariff]) -> OptionPage:
    """Return the page, with a choice of grid tariffs."""
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
    selectors: dict[str, Selector[Any]] = {
        CONF_PRICE_FACTOR: amount(-1000, 1000),
        CONF_PRICE_MARKUP: amount(-1000, 1000),
        CONF_PRICE_VAT: amount(0, 100, "%"),
        CONF_PRICE_FIXED: amount(-1000, 1000),
        CONF_GRID_TARIFF: choice,
        CONF_GRID_FEES: TextSelector(),
        CONF_GRID_FEE_ENTITY: EntitySelector(entity),
    }
    return tuple(
        OptionField(key=key, selector=selector, section=CONF_PRICE_FORMULA)
        for key, selector in selectors.items()
    )


def unit_error(sent: Mapping[str, Any]) -> dict[str, str]:
    """Return the error in the unit of prices, by field."""
    try:
        known = parse_unit(sent.get(CONF_PRICE_UNIT)).known
    except PriceError:
        known = False
    return {} if known else {CONF_PRICE_UNIT: "invalid_price_unit"}


def price_error(
    options: Mapping[str, Any], tariffs: Mapping[str, GridTariff], currency: str
) -> dict[str, str]:
    """Return the error in the page, by field."""
    error = _grid_error(options, tariffs, currency)
    return {} if error is None else {_ERROR_FIELDS[error]: error}


def _grid_error(
    options: Mapping[str, Any], tariffs: Mapping[str, GridTariff], currency: str
) -> str | None:
    """Return the error in the tariff of the grid."""
    try:
        price = PriceOptions.of(options)
    except ValueError:
        return "invalid_grid_fees"
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
