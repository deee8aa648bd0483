"""The forms of peak hours and of the prices of a tariff; both are stored as text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TimeSelector,
)
from homeassistant.helpers.translation import async_get_translations

from ..charging.options import PriceSource, parse_rates
from ..charging.tariffs.common_tariffs import OF_OPERATORS, PRESETS, TariffPreset, fits
from ..charging.tariffs.tariff import (
    WEEK,
    YEAR,
    PeakWindow,
    parse_peaks,
    peak_curve,
    peaks_text,
)
from ..const import CONF_OPERATOR_TARIFF, CONF_PEAK_HOURS, DOMAIN
from ..worker.tariff_files import async_grid_tariffs
from .option_pages import amount

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)

# Fields of a row of peak hours.
ROW_START: Final = "start"
ROW_END: Final = "end"
ROW_DAYS: Final = "days"
ROW_MONTHS: Final = "months"

_NO_FIELDS: Final[Mapping[str, ObjectSelectorField]] = MappingProxyType({})

RATE_ALL_DAY: Final = "rate_all_day"
RATE_OFF_PEAK: Final = "rate_off_peak"

# More than any currency has for a kWh.
_MOST_RATE: Final = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarWords:
    """The short names of weekdays and months, in the language of Home Assistant.

    A row of the form shows the values of its fields, so the names are the values.
    """

    days: tuple[str, ...]
    months: tuple[str, ...]

    @classmethod
    async def async_load(cls, hass: HomeAssistant) -> CalendarWords:
        """Return the names."""
        language = hass.config.language
        texts = await async_get_translations(hass, language, "selector", {DOMAIN})
        prefix = f"component.{DOMAIN}.selector"
        return cls(
            days=tuple(
                texts.get(f"{prefix}.weekday_short.options.{day}", day) for day in DAYS
            ),
            months=tuple(
                texts.get(f"{prefix}.month.options.{month}", month) for month in MONTHS
            ),
        )

    def selector(
        self,
        key: str = CONF_PEAK_HOURS,
        more: Mapping[str, ObjectSelectorField] = _NO_FIELDS,
    ) -> ObjectSelector:
        """Return a field for rows of weekly windows, such as peak hours.

        Args:
            key: The key of its texts.
            more: Further fields of a row.
        """
        return ObjectSelector(
            ObjectSelectorConfig(
                fields={
                    **more,
                    ROW_START: {"selector": TimeSelector(), "required": True},
                    ROW_END: {"selector": TimeSelector(), "required": True},
                    ROW_DAYS: {"selector": _several(self.days)},
                    ROW_MONTHS: {"selector": _several(self.months)},
                },
                multiple=True,
                translation_key=key,
            )
        )

    def rows(self, windows: Iterable[PeakWindow]) -> list[dict[str, Any]]:
        """Return peak windows as rows."""
        rows = []
        for window in windows:
            row: dict[str, Any] = {
                ROW_START: window.start.isoformat(),
                ROW_END: window.end.isoformat(),
            }
            if window.weekdays != WEEK:
                row[ROW_DAYS] = [self.days[day] for day in sorted(window.weekdays)]
            if window.months != YEAR:
                row[ROW_MONTHS] = [
                    self.months[month - 1] for month in sorted(window.months)
                ]
            rows.append(row)
        return rows

    def windows(self, rows: Iterable[Mapping[str, Any]]) -> tuple[PeakWindow, ...]:
        """Return the peak windows in rows; without days or months: on all of them."""
        return tuple(
            PeakWindow(
                start=_clock(row[ROW_START]),
                end=_clock(row[ROW_END]),
                weekdays=frozenset(map(self.days.index, row.get(ROW_DAYS) or ()))
                or WEEK,
                months=frozenset(
                    self.months.index(name) + 1 for name in row.get(ROW_MONTHS) or ()
                )
                or YEAR,
            )
            for row in rows
        )


def _several(names: Sequence[str]) -> SelectSelector:
    """Return a field for some of a few names."""
    return SelectSelector(
        SelectSelectorConfig(
            options=list(names), multiple=True, mode=SelectSelectorMode.DROPDOWN
        )
    )


def _clock(text: str) -> time:
    """Return a time of a row in whole minutes."""
    return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)


def peaks_error(windows: Sequence[PeakWindow], now: datetime) -> str | None:
    """Return the error in peak hours."""
    if any(window.start == window.end != time() for window in windows):
        return "peak_without_length"
    curve = peak_curve(windows, now, now + timedelta(days=7), now.tzinfo or UTC)
    if all(interval.peak for interval in curve.intervals):
        return "always_peak"
    return None


def peaks_stored(windows: Sequence[PeakWindow], stored: str) -> str:
    """Return peak windows as text: the stored one, if it says the same."""
    try:
        same = parse_peaks(stored) == tuple(windows)
    except ValueError:
        same = False
    return stored if same else peaks_text(windows)


def rate_keys(source: PriceSource) -> tuple[str, ...]:
    """Return the fields for the prices of a tariff, off-peak first."""
    zones = PRESETS[TariffPreset(source.value)].zones
    if not zones:
        return (RATE_ALL_DAY,)
    return (RATE_OFF_PEAK, *(f"rate_{zone.key}" for zone in zones))


async def async_operators(hass: HomeAssistant, source: PriceSource) -> dict[str, str]:
    """Return the names of the grid operators' tariffs of a group by their keys."""
    if source.value not in {preset.value for preset in OF_OPERATORS}:
        return {}
    preset = TariffPreset(source.value)
    tariffs = await async_grid_tariffs(hass)
    found = {key: each.name for key, each in tariffs.items() if fits(preset, each)}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def rates_schema(
    source: PriceSource,
    words: CalendarWords,
    unit: str,
    operators: Mapping[str, str] | None = None,
) -> vol.Schema:
    """Return the form of a tariff; a tariff of one's own has its peak hours.

    Args:
        source: The tariff.
        words: The names of weekdays and months.
        unit: The unit of prices.
        operators: The names of grid operators' tariffs of this group by their keys.
    """
    fields: dict[vol.Marker, object] = {}
    if operators:
        options = [
            SelectOptionDict(value=key, label=name) for key, name in operators.items()
        ]
        fields[vol.Optional(CONF_OPERATOR_TARIFF)] = SelectSelector(
            SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
        )
    if source is PriceSource.CUSTOM:
        fields[vol.Optional(CONF_PEAK_HOURS)] = words.selector()
    for key in rate_keys(source):
        fields[vol.Optional(key)] = amount(-_MOST_RATE, _MOST_RATE, unit)
    return vol.Schema(fields)


def rates_shown(source: PriceSource, stored: str) -> dict[str, float]:
    """Return the stored prices by field; those of another tariff are not shown."""
    keys = rate_keys(source)
    try:
        rates = parse_rates(stored, None)
    except ValueError:
        return {}
    return dict(zip(keys, rates, strict=True)) if len(rates) == len(keys) else {}


def rates_error(source: PriceSource, sent: Mapping[str, Any]) -> dict[str, str]:
    """Return the errors in the prices of a tariff, by field."""
    keys = rate_keys(source)
    missing = [key for key in keys if key not in sent]
    if missing and len(missing) < len(keys):
        return dict.fromkeys(missing, "rate_missing")
    if not missing and sent[keys[0]] > min(sent[key] for key in keys):
        return {keys[0]: "rates_reversed"}
    return {}


def rates_stored(source: PriceSource, sent: Mapping[str, Any], stored: str) -> str:
    """Return the prices as text: the stored one, if it says the same."""
    rates = {key: sent[key] for key in rate_keys(source) if key in sent}
    if rates == rates_shown(source, stored) and rates:
        return stored
    return " ".join(f"{rate:.6g}" for rate in rates.values())
