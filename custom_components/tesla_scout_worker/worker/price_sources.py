"""Sources of energy prices: tariffs, schedule helpers, actions and entities."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final, override

import voluptuous as vol

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..charging.daily.weekly_schedule import is_level, typical_week
from ..charging.options import OffPeakOptions, PriceSource
from ..charging.tariffs.curve import CostCurve
from ..charging.tariffs.price_parser import PriceHints, PriceSeries, merge, parse_prices
from ..charging.tariffs.price_units import EnergyUnit, PriceError
from ..charging.tariffs.schedule_helper import schedule_curve
from ..charging.tariffs.tariff import Rates, Tariff, tariff_curve
from ..const import LOGGER
from .holidays import public_holidays

# Past prices are kept for the sums of past charging, and to estimate unknown prices.
KEPT: Final = timedelta(days=4)

# How far into the future a tariff is expanded.
AHEAD: Final = timedelta(days=8)

# Minimum time between two refreshes.
LASTS: Final = timedelta(minutes=5)

# In seconds: an integration that does not answer must not delay a plan.
PATIENCE: Final = 30


class NoAnswerError(Exception):
    """An action did not answer; the text is the reason."""


class EnergySource(ABC):
    """A source of energy prices."""

    def __init__(self) -> None:
        """Start without prices."""
        self.guesses = CostCurve()
        self._listeners: list[CALLBACK_TYPE] = []
        self._lock = asyncio.Lock()
        self._asked_at: datetime | None = None

    async def async_refresh(self, *, anew: bool = False) -> None:
        """Refresh the prices, and call the listeners if they changed.

        Refreshes at most every 5 minutes; concurrent callers share one refresh.
        ``anew`` forces one.
        """
        async with self._lock:
            now, at = dt_util.utcnow(), self._asked_at
            if not anew and at is not None and now - at < LASTS:
                return
            news = await self._async_learn()
            self._asked_at = now
        if news:
            for heard in tuple(self._listeners):
                heard()

    @callback
    def async_listen(self, heard: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a function when prices change; return a function that stops this."""
        self._listeners.append(heard)
        return partial(self._listeners.remove, heard)

    @abstractmethod
    async def _async_learn(self) -> bool:
        """Refresh; return whether anything changed."""

    @abstractmethod
    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return the known prices between two instants; the rest is unknown."""

    @abstractmethod
    def week(self, today: date) -> tuple[CostCurve, datetime] | None:
        """Return a typical week and its start; None if weeks differ."""


class TariffSource(EnergySource):
    """A fixed tariff."""

    def __init__(
        self, hass: HomeAssistant, tariff: Tariff, options: OffPeakOptions
    ) -> None:
        """Bind the tariff, and the options with its rates."""
        super().__init__()
        self._hass = hass
        self._tariff = tariff
        self._rates = (
            Rates(currency=hass.config.currency, prices=options.rates)
            if options.rates
            else None
        )
        self._holidays: Callable[[date], bool] | None = None

    @override
    async def _async_learn(self) -> bool:
        """Load the holidays of the country once."""
        country = self._hass.config.country
        if self._holidays is None and country and self._tariff.holidays_off:
            try:
                self._holidays = await self._hass.async_add_import_executor_job(
                    public_holidays, country
                )
            except NotImplementedError:
                self._holidays = _never
        return False

    @override
    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return the tariff, with holidays."""
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
        """Return a week without holidays."""
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
        self._told = False

    @override
    async def _async_learn(self) -> bool:
        """Read the blocks; if they cannot be read, drop the old ones as well."""
        try:
            answer = await async_answer(
                self._hass, "schedule", "get_schedule", {"entity_id": self._entity_id}
            )
            blocks = answer.get(self._entity_id)
            schedule_curve(blocks, *typical_week(dt_util.now().date()), UTC)
        except (NoAnswerError, PriceError) as err:
            blocks = None
            if not self._told:
                self._told = True
                LOGGER.warning("The schedule of cheap hours cannot be read: %s", err)
        else:
            self._told = False
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


class MarketPriceSource(EnergySource):
    """Market prices from an action of a core integration, or from entities."""

    def __init__(self, hass: HomeAssistant, options: OffPeakOptions) -> None:
        """Bind the source of the options."""
        super().__init__()
        self._hass = hass
        self._options = options
        self._series = PriceSeries(curve=CostCurve(), guesses=CostCurve())
        self._told: set[str] = set()

    @override
    async def _async_learn(self) -> bool:
        """Fetch prices; an outage keeps the known ones, and adds none."""
        before = self._series
        if self._options.source is PriceSource.ENTITIES:
            answers = self._entity_answers()
        else:
            answers = await self._async_action_answers()
        found = [self._series]
        for answer, hints in answers:
            try:
                found.append(parse_prices(answer, hints))
            except PriceError as err:
                self._tell("Prices cannot be read: %s", err)
        try:
            merged = _merged(found)
        except PriceError as err:
            self._tell("Prices cannot be read: %s", err)
            return False
        if any(item.curve.intervals for item in found[1:]):
            self._told.clear()
        for warning in merged.warnings - before.warnings:
            LOGGER.debug("Warning about the prices: %s", warning)
        horizon = dt_util.utcnow() - KEPT
        end = dt_util.utcnow() + AHEAD
        self._series = PriceSeries(
            curve=merged.curve.between(horizon, end),
            guesses=merged.guesses.between(horizon, end),
            warnings=merged.warnings,
        )
        self.guesses = self._series.guesses
        now = dt_util.utcnow()
        ahead = [item.curve.between(now, end) for item in (before, self._series)]
        return ahead[0].intervals != ahead[1].intervals

    def _tell(self, text: str, err: object) -> None:
        """Log a problem once, until it is over."""
        if text not in self._told:
            self._told.add(text)
            LOGGER.warning(text, err)

    def _entity_answers(self) -> list[tuple[object, PriceHints]]:
        """Return the attributes of the price entities."""
        states = map(self._hass.states.get, self._options.entities)
        return [
            (
                dict(state.attributes),
                # PVPC has the hours of the day of the update, without a date.
                self._hints({"day": dt_util.as_local(state.last_updated).date()}),
            )
            for state in states
            if state is not None
        ]

    async def _async_action_answers(self) -> list[tuple[object, PriceHints]]:
        """Return the action's responses for today and tomorrow, one call each."""
        ask, hints = ASKED[self._options.source]
        domain = self._options.source.value
        entries = self._hass.config_entries.async_loaded_entries(domain)
        entry_id = entries[0].entry_id if entries else ""
        if entries and "currency" in entries[0].data:
            hints = {**hints, "currency": str(entries[0].data["currency"])}
        own = self._hints(hints)
        answers: list[tuple[object, PriceHints]] = []
        today = dt_util.start_of_local_day()
        for day in (today, dt_util.start_of_local_day(today + timedelta(hours=30))):
            action, data = ask(entry_id, day)
            try:
                answer = await async_answer(self._hass, domain, action, data)
            except NoAnswerError as err:
                # Prices of tomorrow that are not published yet are no problem.
                if day == today:
                    self._tell("There are no prices at the moment: %s", err)
                continue
            answers.append((answer, own))
        return answers

    def _hints(self, known: Mapping[str, Any] | None = None) -> PriceHints:
        """Return what is known about a source beside its response."""
        told = dict(known or {})
        if "currency" not in told and self._options.source is not PriceSource.ENTITIES:
            told["currency"] = self._hass.config.currency
        return PriceHints(
            zone=dt_util.get_default_time_zone(), area=self._options.area, **told
        )

    @override
    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return the prices that are known."""
        return self._series.curve.between(start, end)

    @override
    def week(self, today: date) -> tuple[CostCurve, datetime] | None:
        """Return None: market prices differ each day."""
        return None


def source_of(hass: HomeAssistant, options: OffPeakOptions) -> EnergySource:
    """Return the source that the user selected."""
    if options.tariff is not None:
        return TariffSource(hass, options.tariff, options)
    if options.source is PriceSource.SCHEDULE:
        return ScheduleSource(hass, options)
    return MarketPriceSource(hass, options)


async def async_answer(
    hass: HomeAssistant, domain: str, action: str, data: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the response of an action.

    Raises:
        NoAnswerError: The action failed or took too long.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await hass.services.async_call(
                domain, action, dict(data), blocking=True, return_response=True
            )
    except (HomeAssistantError, vol.Invalid, TimeoutError) as err:
        raise NoAnswerError(str(err) or "no answer in time") from err
    except Exception as err:
        # Another integration may raise anything: treat it as an outage.
        raise NoAnswerError(type(err).__name__) from err
    return answer or {}


def _merged(found: list[PriceSeries]) -> PriceSeries:
    """Return the old and the new prices as one series.

    In another currency only the new prices are used.

    Raises:
        PriceError: The new prices have several currencies.
    """
    try:
        return merge(*found)
    except PriceError:
        return merge(*found[1:])


def _never(_day: date) -> bool:
    """Return False: the holidays of the country are unknown."""
    return False


type Ask = Callable[[str, datetime], tuple[str, dict[str, Any]]]


def _span(day: datetime) -> dict[str, str]:
    """Return start and end of a local day."""
    end = dt_util.start_of_local_day(day + timedelta(hours=30))
    return {"start": day.isoformat(), "end": end.isoformat()}


def _nordpool(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return action and data for Nord Pool; prices are per MWh."""
    data = {"config_entry": entry_id, "date": day.date().isoformat()}
    return "get_prices_for_date", data


def _tibber(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return action and data for Tibber."""
    return "get_prices", _span(day)


def _energyzero(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return action and data for EnergyZero, with taxes and fees."""
    data = {"config_entry": entry_id, "incl_vat": True, "price_type": "all_in"}
    return "get_energy_prices", data | _span(day)


def _easyenergy(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return action and data for easyEnergy."""
    data = {"config_entry": entry_id, "incl_vat": True}
    return "get_energy_usage_prices", data | _span(day)


def _amber(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return action and data for Amber; the response has all known prices."""
    data = {"config_entry_id": entry_id, "channel_type": "general"}
    return "get_forecasts", data


def _omie(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return action and data for OMIE; the area selects one of both countries."""
    return "get_prices_for_date", {"date": day.date().isoformat()}


def _green_planet(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return action and data for Green Planet Energy; it has the next hours."""
    return "get_prices", {"config_entry_id": entry_id, "hours": 24}


# The action of each integration, and what is known about its prices.
ASKED: Final[Mapping[PriceSource, tuple[Ask, Mapping[str, Any]]]] = {
    PriceSource.NORDPOOL: (_nordpool, {"per": EnergyUnit.MWH}),
    PriceSource.TIBBER: (_tibber, {}),
    PriceSource.ENERGYZERO: (_energyzero, {"currency": "EUR"}),
    PriceSource.EASYENERGY: (_easyenergy, {"currency": "EUR"}),
    PriceSource.AMBERELECTRIC: (_amber, {"currency": "AUD"}),
    PriceSource.OMIE: (_omie, {"currency": "EUR"}),
    PriceSource.GREEN_PLANET_ENERGY: (_green_planet, {"currency": "EUR"}),
}
