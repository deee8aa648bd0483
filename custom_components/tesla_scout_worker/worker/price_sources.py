"""Sources of energy prices: tariffs, schedule helpers, actions and entities."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..charging.daily.weekly_schedule import is_level, typical_week
from ..charging.options import OffPeakOptions, PriceOptions, PriceSource
from ..charging.tariffs.common_tariffs import TariffPreset, fits
from ..charging.tariffs.curve import CostCurve, CostInterval
from ..charging.tariffs.formula import priced
from ..charging.tariffs.grid_tariff import GridTariff
from ..charging.tariffs.price_parser import PriceSeries
from ..charging.tariffs.price_units import PriceError
from ..charging.tariffs.schedule_helper import schedule_curve
from ..charging.tariffs.tariff import Rates, Tariff, tariff_curve
from ..const import LOGGER
from .energy_source import AHEAD, KEPT, EnergySource, NoMemory, PriceMemory
from .grid_fees import GridFees
from .holidays import public_holidays
from .market_prices import MarketPriceSource
from .price_actions import NoAnswerError, async_answer
from .tariff_files import async_grid_tariffs

__all__ = ["AHEAD", "KEPT", "EnergySource", "FormulaSource", "source_of"]


# Returns grid fees between two instants.
type _Fees = Callable[[datetime, datetime], CostCurve]


class TariffSource(EnergySource):
    """A fixed tariff."""

    def __init__(
        self, hass: HomeAssistant, tariff: Tariff, options: OffPeakOptions
    ) -> None:
        """Bind the tariff, and the options with its rates."""
        super().__init__()
        self._hass = hass
        self._tariff = tariff
        self._preset = options.source
        # The grid operator's tariff that is not read yet; None: there is none.
        self._awaited = options.hours_of
        self.operator_tariff: GridTariff | None = None
        self.ranks = not options.rates
        self._rates = (
            Rates(currency=hass.config.currency, prices=options.rates)
            if options.rates
            else None
        )
        self._holidays: Callable[[date], bool] | None = None

    @override
    async def async_learn(self) -> bool:
        """Load the hours of the grid operator and the holidays of the country once."""
        changed = self._awaited is not None
        if self._awaited is not None:
            await self._async_load(self._awaited)
            self._awaited = None
        country = self._hass.config.country
        if self.operator_tariff is not None:
            country = self.operator_tariff.country
        if self._holidays is None and country and self._tariff.holidays_off:
            try:
                self._holidays = await self._hass.async_add_import_executor_job(
                    public_holidays, country
                )
            except NotImplementedError:
                self._holidays = _never
        return changed

    async def _async_load(self, key: str) -> None:
        """Take over the hours of a grid operator's tariff, if it is one of this group."""
        found = (await async_grid_tariffs(self._hass)).get(key)
        if found is None:
            LOGGER.warning(
                "The file of the tariff %s is missing: the usual hours count", key
            )
        elif fits(TariffPreset(self._preset.value), found):
            self.operator_tariff = found
            self._tariff = replace(
                found.tariff,
                zones=tuple(replace(zone, peak=True) for zone in found.tariff.zones),
            )

    @override
    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return the tariff, with holidays; unknown until its hours are read."""
        if self._awaited is not None:
            return CostCurve()
        return tariff_curve(
            self._tariff,
            start,
            end,
            dt_util.get_default_time_zone(),
            holidays=self._holidays,
            rates=self._rates,
        )

    @override
    def week(self, today: date) -> tuple[CostCurve, datetime] | None:
        """Return a week without holidays; None until its hours are read."""
        if self._awaited is not None:
            return None
        monday, end = typical_week(today)
        return tariff_curve(self._tariff, monday, end, UTC), monday


class ScheduleSource(EnergySource):
    """A schedule helper of Home Assistant, whose blocks are the cheap hours."""

    def __init__(self, hass: HomeAssistant, options: OffPeakOptions) -> None:
        """Bind the helper of the options."""
        super().__init__()
        self._hass = hass
        self._entity_id = options.schedule or ""
        self._blocks: Any = None
        self._logged = False

    @override
    async def async_learn(self) -> bool:
        """Read the blocks; if they cannot be read, drop the old ones as well."""
        try:
            answer = await async_answer(
                self._hass, "schedule", "get_schedule", {"entity_id": self._entity_id}
            )
            blocks = answer.get(self._entity_id)
            week = schedule_curve(
                blocks, *typical_week(dt_util.now().date()), UTC, currency="XXX"
            )
            self.ranks = week.currency is None
        except (NoAnswerError, PriceError) as err:
            blocks = None
            if not self._logged:
                self._logged = True
                LOGGER.warning("The schedule of cheap hours cannot be read: %s", err)
        else:
            self._logged = False
        changed = bool(blocks != self._blocks)
        self._blocks = blocks
        return changed

    @override
    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return the blocks, and the hours between them."""
        zone = dt_util.get_default_time_zone()
        currency = self._hass.config.currency
        return schedule_curve(self._blocks, start, end, zone, currency=currency)

    @override
    def week(self, today: date) -> tuple[CostCurve, datetime] | None:
        """Return a week, unless blocks with several prices require nightly plans."""
        monday, end = typical_week(today)
        curve = schedule_curve(self._blocks, monday, end, UTC)
        level = bool(curve.intervals) and is_level(curve)
        return (curve, monday) if level else None


class FixedPriceSource(EnergySource):
    """No feed: the price of a kWh is what the formula adds."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Bind the currency of Home Assistant."""
        super().__init__()
        self._hass = hass

    @override
    async def async_learn(self) -> bool:
        """Return False: there is nothing to refresh."""
        return False

    @override
    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return a feed of 0."""
        nothing = CostInterval(
            start=start.astimezone(UTC), end=end.astimezone(UTC), cost=0.0
        )
        return CostCurve(intervals=(nothing,), currency=self._hass.config.currency)

    @override
    def week(self, today: date) -> tuple[CostCurve, datetime] | None:
        """Return None: the grid fee may differ each day."""
        return None


class FormulaSource(EnergySource):
    """A feed with markup, VAT, grid fee and fixed fees: the price of a kWh."""

    def __init__(
        self, hass: HomeAssistant, feed: EnergySource, options: PriceOptions
    ) -> None:
        """Bind the feed, and the options of the formula."""
        super().__init__()
        self._hass = hass
        self.feed = feed
        self._formula = options.formula
        self.grid_fees = GridFees(hass, options) if options.has_grid_fee else None
        self._logged = False

    @override
    async def async_learn(self) -> bool:
        """Refresh the feed and the grid fee."""
        changed = await self.feed.async_learn()
        if self.grid_fees is not None:
            changed |= await self.grid_fees.async_learn()
        self.ranks = self.feed.ranks
        self.guesses = self._expected()
        return changed

    @override
    def series(self, now: datetime) -> PriceSeries:
        """Return what was read from the feed."""
        return self.feed.series(now)

    @override
    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return the price of a kWh; ranks have no price."""
        curve = self.feed.curve(start, end)
        return curve if self.feed.ranks else self._priced(curve)

    @override
    def likely(self, start: datetime, end: datetime) -> CostCurve:
        """Return the price of a kWh by what the feed tells and forecasts."""
        curve = self.feed.likely(start, end)
        return curve if self.feed.ranks else self._priced(curve)

    @override
    def week(self, today: date) -> tuple[CostCurve, datetime] | None:
        """Return a typical week of the feed, unless a grid fee changes its order."""
        return self.feed.week(today) if self.grid_fees is None else None

    def _expected(self) -> CostCurve:
        """Return the expected price of a kWh.

        It is also for known hours of the feed, whose grid fee may not be known yet.
        """
        if self.grid_fees is None:
            return self._priced(self.feed.guesses)
        now = dt_util.utcnow()
        feed = self.feed.curve(now, now + AHEAD).priced.over(self.feed.guesses)
        return self._priced(feed, self.grid_fees.expected).priced

    def _priced(self, feed: CostCurve, fees_of: _Fees | None = None) -> CostCurve:
        """Return the price of a kWh for a part of the feed; empty: not computable."""
        currency, fees = self._hass.config.currency, None
        if not feed.intervals:
            return feed
        if fees_of is None and self.grid_fees is not None:
            fees_of = self.grid_fees.curve
        if fees_of is not None:
            fees = fees_of(feed.intervals[0].start, feed.intervals[-1].end)
        try:
            return priced(feed, self._formula, fees, currency)
        except PriceError as err:
            if not self._logged:
                self._logged = True
                LOGGER.warning("The price of a kWh is unknown: %s", err)
            return CostCurve(currency=currency)


def source_of(
    hass: HomeAssistant, options: OffPeakOptions, memory: PriceMemory | None = None
) -> EnergySource:
    """Return the source that the user selected, with the formula of the user."""
    feed = _feed_of(hass, options, memory or NoMemory())
    if options.price.changes_prices:
        return FormulaSource(hass, feed, options.price)
    return feed


def _feed_of(
    hass: HomeAssistant, options: OffPeakOptions, memory: PriceMemory
) -> EnergySource:
    """Return the source of prices before the formula."""
    if options.tariff is not None:
        return TariffSource(hass, options.tariff, options)
    if options.source is PriceSource.SCHEDULE:
        return ScheduleSource(hass, options)
    if options.source is PriceSource.FIXED:
        return FixedPriceSource(hass)
    return MarketPriceSource(hass, options, memory)


def _never(_day: date) -> bool:
    """Return False: the holidays of the country are unknown."""
    return False
