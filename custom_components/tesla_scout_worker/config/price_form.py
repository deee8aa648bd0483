"""The page about the price of a kWh, and its validation."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import time
from typing import Any, Final

from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    ObjectSelector,
    ObjectSelectorConfig,
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..charging.options import OffPeakOptions, PriceOptions, parse_rates
from ..charging.tariffs.fee_windows import (
    FeeWindow,
    fee_windows_text,
    parse_fee_windows,
)
from ..charging.tariffs.grid_tariff import GridTariff
from ..charging.tariffs.price_units import PriceError, parse_unit
from ..const import (
    CONF_GRID_FEE_ENTITY,
    CONF_GRID_FEES,
    CONF_GRID_TARIFF,
    CONF_GRID_WINDOWS,
    CONF_PRICE_FACTOR,
    CONF_PRICE_FIXED,
    CONF_PRICE_FORMULA,
    CONF_PRICE_MARKUP,
    CONF_PRICE_UNIT,
    CONF_PRICE_VAT,
)
from .option_pages import OptionField, OptionPage, amount
from .tariff_form import CalendarWords

# Where the fault is that an error names.
_ERROR_FIELDS: Final = {
    "invalid_grid_fees": CONF_GRID_FEES,
    "grid_tariff_missing": CONF_GRID_TARIFF,
    "grid_tariff_currency": CONF_GRID_FEES,
    "grid_entity_required": CONF_GRID_FEE_ENTITY,
    "grid_fee_twice": CONF_GRID_FEE_ENTITY,
    "grid_windows_fee": CONF_GRID_FEES,
    "peak_without_length": CONF_GRID_WINDOWS,
}


# Instead of a tariff: weekly windows that a person enters on a page of their own.
OWN_WINDOWS: Final = "own_windows"

# The field of a row of grid fees.
ROW_FEE: Final = "fee"

# More than any currency has for a kWh.
_MOST_FEE: Final = 100_000


def formula_page(
    tariffs: Mapping[str, GridTariff],
    options: Mapping[str, Any],
    currency: str,
) -> OptionPage:
    """Return the page, with a choice of grid tariffs and the fees of the chosen one."""
    choice = SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=OWN_WINDOWS, label=OWN_WINDOWS),
                *(
                    SelectOptionDict(value=tariff.key, label=tariff.name)
                    for tariff in sorted(tariffs.values(), key=lambda each: each.name)
                ),
            ],
            # A tariff has no text of its own: its name is shown.
            translation_key=CONF_GRID_TARIFF,
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
        CONF_GRID_FEES: _fees_selector(currency),
        CONF_GRID_FEE_ENTITY: EntitySelector(entity),
    }
    offered = _offered_fees(tariffs, options, currency)
    fields = (
        OptionField(key=key, selector=selector, section=CONF_PRICE_FORMULA)
        for key, selector in selectors.items()
    )
    windows = options.get(CONF_PRICE_FORMULA, {}).get(CONF_GRID_WINDOWS)
    kept: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
        CONF_GRID_FEES: (lambda stored: _fee_rows(stored, offered), _fees_text),
        CONF_GRID_TARIFF: (
            lambda stored: OWN_WINDOWS if windows else stored,
            lambda chosen: "" if chosen == OWN_WINDOWS else chosen,
        ),
    }
    return tuple(
        replace(field, to_form=kept[field.key][0], to_option=kept[field.key][1])
        if field.key in kept
        else field
        for field in fields
    )


def windows_page(currency: str, words: CalendarWords) -> OptionPage:
    """Return the page about grid fees by weekly windows."""
    return (
        OptionField(
            key=CONF_GRID_WINDOWS,
            selector=words.selector(
                CONF_GRID_WINDOWS,
                {ROW_FEE: {"selector": _fee(currency), "required": True}},
            ),
            section=CONF_PRICE_FORMULA,
            to_form=lambda stored: _window_rows(stored, words),
            to_option=lambda rows: _windows_text(rows, words),
        ),
        OptionField(
            key=CONF_GRID_FEES,
            selector=_fee(currency),
            section=CONF_PRICE_FORMULA,
            to_form=_single_fee,
            to_option=lambda fee: f"{float(fee):.10g}",
        ),
    )


def _single_fee(stored: str | None) -> float | None:
    """Return the stored fee of all other hours; None: there is not exactly one."""
    fees = _fee_rows(stored, ())
    return fees[0][ROW_FEE] if len(fees) == 1 else None


def _fees_selector(currency: str) -> ObjectSelector:
    """Return a field for the fee in each zone."""
    return ObjectSelector(
        ObjectSelectorConfig(
            fields={ROW_FEE: {"selector": _fee(currency), "required": True}},
            multiple=True,
            label_field=ROW_FEE,
            translation_key=CONF_GRID_FEES,
        )
    )


def _fee(currency: str) -> Selector[Any]:
    """Return a field for a grid fee."""
    return amount(-_MOST_FEE, _MOST_FEE, f"{currency}/kWh")


def _window_rows(stored: str | None, words: CalendarWords) -> list[dict[str, Any]]:
    """Return stored windows as rows; what cannot be read is none."""
    try:
        windows = parse_fee_windows(stored or "")
    except ValueError:
        return []
    shown = words.rows(each.window for each in windows)
    return [
        {ROW_FEE: each.fee, **row} for each, row in zip(windows, shown, strict=True)
    ]


def _windows_text(rows: Sequence[Mapping[str, Any]], words: CalendarWords) -> str:
    """Return rows of windows as they are stored."""
    windows = words.windows(rows)
    return fee_windows_text(
        FeeWindow(fee=float(row[ROW_FEE]), window=window)
        for row, window in zip(rows, windows, strict=True)
    )


def _offered_fees(
    tariffs: Mapping[str, GridTariff], options: Mapping[str, Any], currency: str
) -> Sequence[float]:
    """Return the fees of the chosen tariff, which hold unless a person enters others."""
    key = options.get(CONF_PRICE_FORMULA, {}).get(CONF_GRID_TARIFF)
    tariff = tariffs.get(key)
    return () if tariff is None or tariff.currency != currency else tariff.fees


def _fee_rows(stored: str | None, offered: Sequence[float]) -> list[dict[str, float]]:
    """Return stored fees as rows; without any, those that are offered."""
    try:
        fees = parse_rates(stored or "", None)
    except ValueError:
        fees = ()
    return [{ROW_FEE: fee} for fee in fees or offered]


def _fees_text(rows: Iterable[Mapping[str, float]]) -> str:
    """Return rows of fees as they are stored."""
    return " ".join(f"{float(row[ROW_FEE]):.10g}" for row in rows)


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
    if price.grid_windows:
        return _windows_error(price)
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


def _windows_error(price: PriceOptions) -> str | None:
    """Return the error in weekly windows of grid fees."""
    if len(price.grid_fees) != 1:
        return "grid_windows_fee"
    spans = [(each.window.start, each.window.end) for each in price.grid_windows]
    if any(start == end != time() for start, end in spans):
        return "peak_without_length"
    return None


def formula_error(options: Mapping[str, Any]) -> str | None:
    """Return the error of a formula for hours without prices, which it cannot change."""
    chosen = OffPeakOptions.of(options)
    if chosen.price.changes_prices and chosen.tariff is not None and not chosen.rates:
        return "formula_needs_prices"
    return None
