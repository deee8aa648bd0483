"""What was read from the chosen source of prices, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..charging.options import OffPeakOptions
from ..charging.tariffs.findings import PriceFindings, findings
from ..charging.tariffs.grid_tariff import GridTariff
from ..charging.tariffs.price_parser import PriceSeries
from ..const import (
    CONF_DEPARTURES,
    CONF_GUARD,
    CONF_OFF_PEAK,
    CONF_PRICE_FORMULA,
    DOMAIN,
)
from ..worker.price_sources import EnergySource, FormulaSource, TariffSource, source_of
from .tariff_form import DAYS

_AHEAD: Final = timedelta(days=2)

# Options of the section that do not change prices.
_NOT_PRICES: Final = frozenset({CONF_DEPARTURES, CONF_GUARD})

# Words of the texts besides problems and reasons.
FINDING_WORDS: Final = frozenset(
    {"known", "not_known", "unknown", "other_hours", "community", "contains_vat"}
)

# More than this is not listed by name.
_MOST_NAMES: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadPrices:
    """What was read from a source.

    Attributes:
        found: The findings.
        series: The prices of the source.
        currency: The currency of the price of a kWh; None: unknown.
        grid_tariff: The tariff of the grid operator, if there is one.
        zone_fees: Its fees per kWh with VAT.
        feed_in: What is paid for a kWh that is fed into the grid; None: not named.
        ranks: Whether there are cheap hours, and no prices.
    """

    found: PriceFindings
    series: PriceSeries
    currency: str | None
    grid_tariff: GridTariff | None
    zone_fees: tuple[float, ...]
    feed_in: float | None
    ranks: bool


def changes_prices(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Return whether options have other prices, and there is something to read."""
    options = OffPeakOptions.of(new)
    tariff = options.tariff is not None and options.operator_tariff is None
    if tariff and not options.price.changes_prices:
        return False
    return _about_prices(new) != _about_prices(old)


def _about_prices(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that prices depend on."""
    section = options.get(CONF_OFF_PEAK, {})
    kept = {name: value for name, value in section.items() if name not in _NOT_PRICES}
    return {**kept, CONF_PRICE_FORMULA: options.get(CONF_PRICE_FORMULA, {})}


async def async_read_prices(
    hass: HomeAssistant, options: Mapping[str, Any]
) -> ReadPrices:
    """Read the prices of options that are not saved yet."""
    chosen = OffPeakOptions.of(options)
    source = source_of(hass, chosen)
    await source.async_refresh(anew=True)
    now = dt_util.utcnow()
    series = source.series(now)
    prices = source.likely(now, now + _AHEAD)
    fees = source.grid_fees if isinstance(source, FormulaSource) else None
    return ReadPrices(
        found=findings(
            series,
            prices,
            now,
            dt_util.get_default_time_zone(),
            vat=bool(chosen.price.formula.vat),
        ),
        series=series,
        currency=prices.currency,
        grid_tariff=_operator_tariff(source) if fees is None else fees.tariff,
        zone_fees=() if fees is None else fees.zone_fees,
        feed_in=chosen.price.feed_in,
        ranks=source.ranks,
    )


def _operator_tariff(source: EnergySource) -> GridTariff | None:
    """Return the tariff of a grid operator that a source has its hours of."""
    feed = source.feed if isinstance(source, FormulaSource) else source
    return feed.operator_tariff if isinstance(feed, TariffSource) else None


class PriceTexts:
    """The words for what was read, in the language of Home Assistant."""

    def __init__(
        self, words: Mapping[str, str], days: Sequence[str], read: ReadPrices
    ) -> None:
        """Bind the words, and the names of the weekdays."""
        self._words = words
        self._days = days
        self._read = read

    @classmethod
    async def async_load(cls, hass: HomeAssistant, read: ReadPrices) -> PriceTexts:
        """Return the words with the translations loaded."""
        texts = await async_get_translations(
            hass, hass.config.language, "selector", {DOMAIN}
        )
        prefix = f"component.{DOMAIN}.selector.price_findings.options."
        words = {
            key.removeprefix(prefix): text
            for key, text in texts.items()
            if key.startswith(prefix)
        }
        short = f"component.{DOMAIN}.selector.weekday_short.options."
        days = [texts.get(f"{short}{day}", day) for day in DAYS]
        return cls(words, days, read)

    @property
    def lists(self) -> str:
        """The lists that were read."""
        return ", ".join(self._read.series.names) or "–"

    @property
    def step(self) -> str:
        """The resolution in minutes."""
        step = self._read.found.step
        return "–" if step is None else f"{step / timedelta(minutes=1):.0f} min"

    @property
    def today(self) -> str:
        """The least and the greatest price of today."""
        found = self._read.found
        if found.least is None or found.greatest is None or self._read.ranks:
            return self._word("unknown")
        currency = self._read.series.curve.currency or "?"
        return f"{found.least:.4f} – {found.greatest:.4f} {currency}/kWh"

    @property
    def tomorrow(self) -> str:
        """Whether prices of tomorrow are known."""
        return self._word("known" if self._read.found.tomorrow else "not_known")

    @property
    def now(self) -> str:
        """The price of a kWh now."""
        return self._money(None if self._read.ranks else self._read.found.now)

    @property
    def cheapest(self) -> str:
        """The price of a kWh in the cheapest hour, and its time."""
        found = self._read.found
        if found.cheapest_at is None:
            return self._word("unknown")
        price = self._money(None if self._read.ranks else found.cheapest)
        return f"{price} ({self._local(found.cheapest_at)})"

    @property
    def feed_in(self) -> str:
        """What is paid for a kWh that is fed into the grid, if it was named."""
        price = self._read.feed_in
        return "–" if price is None else self._money(price)

    @property
    def left_out(self) -> str:
        """The lists that were left out, with the reason."""
        items = self._read.series.left_out
        named = [
            f"{item.name} ({item.count}: {self._word(item.reason)})"
            for item in items[:_MOST_NAMES]
        ]
        more = ["…"] if len(items) > _MOST_NAMES else []
        return ", ".join((*named, *more)) or "–"

    @property
    def notes(self) -> str:
        """What to know and to confirm, one point a line."""
        notes = [*map(self._word, self._read.found.problems)]
        if self._read.series.contains_vat and not notes:
            notes.append(self._word("contains_vat"))
        return "\n".join(f"- {note}" for note in notes)

    @property
    def grid(self) -> str:
        """The zones of the grid tariff, with their fees and their source."""
        if (tariff := self._read.grid_tariff) is None:
            return ""
        fees = self._read.zone_fees or (None,) * len(tariff.hours)
        lines = [
            f"- {key}: {hours or self._word('other_hours')}: {self._money(fee)}"
            for (key, hours), fee in zip(tariff.hours, fees, strict=False)
        ]
        mark = self._word("community") if tariff.community else ""
        valid = f"{tariff.valid_from or '…'} – {tariff.valid_to or '…'}"
        return "\n".join(
            (f"**{tariff.name}** ({valid}) {mark}", "", *lines, "", tariff.source)
        )

    @property
    def cheap_hours(self) -> str:
        """The cheap hours ahead of a source that has no prices."""
        cheap = [item for item in self._read.series.curve.intervals if item.cost == 0]
        lines = [
            f"- {self._local(item.start)} – {self._local(item.end)}" for item in cheap
        ]
        return "\n".join(lines) or "–"

    def _local(self, moment: datetime) -> str:
        """Return a local time with its weekday."""
        local = dt_util.as_local(moment)
        return f"{self._days[local.weekday()]} {local:%H:%M}"

    def _word(self, key: str) -> str:
        """Return the text of a key."""
        return self._words.get(key, key)

    def _money(self, price: float | None) -> str:
        """Return a price of a kWh."""
        if price is None:
            return self._word("unknown")
        return f"{price:.4f} {self._read.currency or '?'}/kWh"
