"""Where the Worker learns what energy costs: a tariff, a schedule, actions, entities."""

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

# Prices are kept so long for the sums of what was charged, and to guess by.
KEPT: Final = timedelta(days=4)

# How much of the future a tariff is told for.
AHEAD: Final = timedelta(days=8)

# Whoever asks for a plan each minute gets it by prices that are this old at most.
LASTS: Final = timedelta(minutes=5)

# In seconds: an integration that does not answer must not keep a car from its plan.
PATIENCE: Final = 30


class NoAnswerError(Exception):
    """An action did not answer; the text says why."""


class EnergySource(ABC):
    """Something that tells what energy costs."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.guesses = CostCurve()
        self._listeners: list[CALLBACK_TYPE] = []
        self._lock = asyncio.Lock()
        self._asked_at: datetime | None = None

    async def async_refresh(self, *, anew: bool = False) -> None:
        """Learn what is new, and tell it to all who listen.

        What was asked just now is not asked again, and who comes while it is waits for
        the answer; ``anew`` is for who knows that there may be another by now.
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
        """Have it told when anything is new; call what is returned to end it."""
        self._listeners.append(heard)
        return partial(self._listeners.remove, heard)

    @abstractmethod
    async def _async_learn(self) -> bool:
        """Learn what is new; return whether anything is."""

    @abstractmethod
    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return what is known between two instants; the rest is unknown."""

    @abstractmethod
    def week(self, today: date) -> tuple[CostCurve, datetime] | None:
        """Return a typical week and its beginning, if it is the same each week."""


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
        """Read the blocks; ones that cannot be read are not those of before either."""
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
        """Return the blocks, and what lies between them."""
        zone = dt_util.get_default_time_zone()
        currency = self._hass.config.currency
        return schedule_curve(self._blocks, start, end, zone, currency=currency)

    @override
    def week(self, today: date) -> tuple[CostCurve, datetime] | None:
        """Return a week, unless blocks of several prices ask for a plan each night."""
        monday, end = typical_week(today)
        curve = schedule_curve(self._blocks, monday, end, UTC)
        level = bool(curve.intervals) and is_level(curve)
        return (curve, monday) if level else None


class MarketPriceSource(EnergySource):
    """Prices of a core integration's action, or of entities."""

    def __init__(self, hass: HomeAssistant, options: OffPeakOptions) -> None:
        """Bind the source of the options."""
        super().__init__()
        self._hass = hass
        self._options = options
        self._series = PriceSeries(curve=CostCurve(), guesses=CostCurve())
        self._told: set[str] = set()

    @override
    async def _async_learn(self) -> bool:
        """Ask for prices; an outage leaves those that are known, and adds none."""
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
        """Log a trouble once, until it is over."""
        if text not in self._told:
            self._told.add(text)
            LOGGER.warning(text, err)

    def _entity_answers(self) -> list[tuple[object, PriceHints]]:
        """Return the attributes of the entities that tell prices."""
        states = map(self._hass.states.get, self._options.entities)
        return [
            (
                dict(state.attributes),
                # Those of PVPC name the hours of the day on which they were written.
                self._hints({"day": dt_util.as_local(state.last_updated).date()}),
            )
            for state in states
            if state is not None
        ]

    async def _async_action_answers(self) -> list[tuple[object, PriceHints]]:
        """Return what the action says of today and of tomorrow, each asked apart."""
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
                # That tomorrow is not published yet is no trouble.
                if day == today:
                    self._tell("There are no prices at the moment: %s", err)
                continue
            answers.append((answer, own))
        return answers

    def _hints(self, known: Mapping[str, Any] | None = None) -> PriceHints:
        """Return what is known of a source beside what it says."""
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
        """Return no week: prices differ each day."""
        return None


def source_of(hass: HomeAssistant, options: OffPeakOptions) -> EnergySource:
    """Return the source that the user chose."""
    if options.tariff is not None:
        return TariffSource(hass, options.tariff, options)
    if options.source is PriceSource.SCHEDULE:
        return ScheduleSource(hass, options)
    return MarketPriceSource(hass, options)


async def async_answer(
    hass: HomeAssistant, domain: str, action: str, data: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return what an action answers.

    Raises:
        NoAnswerError: whatever kept it from answering in time.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await hass.services.async_call(
                domain, action, dict(data), blocking=True, return_response=True
            )
    except (HomeAssistantError, vol.Invalid, TimeoutError) as err:
        raise NoAnswerError(str(err) or "no answer in time") from err
    except Exception as err:
        # Of another integration, which may raise what it likes: an outage all the same.
        raise NoAnswerError(type(err).__name__) from err
    return answer or {}


def _merged(found: list[PriceSeries]) -> PriceSeries:
    """Return what was known before and what is told now as one.

    In another currency, what is told now begins anew.

    Raises:
        PriceError: it is told in several currencies.
    """
    try:
        return merge(*found)
    except PriceError:
        return merge(*found[1:])


def _never(_day: date) -> bool:
    """Return that a date is no holiday: the country's are not known."""
    return False


type Ask = Callable[[str, datetime], tuple[str, dict[str, Any]]]


def _span(day: datetime) -> dict[str, str]:
    """Return the beginning and the end of a local day."""
    end = dt_util.start_of_local_day(day + timedelta(hours=30))
    return {"start": day.isoformat(), "end": end.isoformat()}


def _nordpool(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return how Nord Pool is asked; it tells per MWh."""
    data = {"config_entry": entry_id, "date": day.date().isoformat()}
    return "get_prices_for_date", data


def _tibber(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return how Tibber is asked."""
    return "get_prices", _span(day)


def _energyzero(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return how EnergyZero is asked: with all that a household pays."""
    data = {"config_entry": entry_id, "incl_vat": True, "price_type": "all_in"}
    return "get_energy_prices", data | _span(day)


def _easyenergy(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return how easyEnergy is asked."""
    data = {"config_entry": entry_id, "incl_vat": True}
    return "get_energy_usage_prices", data | _span(day)


def _amber(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return how Amber is asked; it tells all that it knows."""
    data = {"config_entry_id": entry_id, "channel_type": "general"}
    return "get_forecasts", data


def _omie(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return how OMIE is asked; of both countries, the area chooses."""
    return "get_prices_for_date", {"date": day.date().isoformat()}


def _green_planet(entry_id: str, day: datetime) -> tuple[str, dict[str, Any]]:
    """Return how Green Planet Energy is asked; it tells the next hours."""
    return "get_prices", {"config_entry_id": entry_id, "hours": 24}


# How each integration is asked, and what is known of its prices.
ASKED: Final[Mapping[PriceSource, tuple[Ask, Mapping[str, Any]]]] = {
    PriceSource.NORDPOOL: (_nordpool, {"per": EnergyUnit.MWH}),
    PriceSource.TIBBER: (_tibber, {}),
    PriceSource.ENERGYZERO: (_energyzero, {"currency": "EUR"}),
    PriceSource.EASYENERGY: (_easyenergy, {"currency": "EUR"}),
    PriceSource.AMBERELECTRIC: (_amber, {"currency": "AUD"}),
    PriceSource.OMIE: (_omie, {"currency": "EUR"}),
    PriceSource.GREEN_PLANET_ENERGY: (_green_planet, {"currency": "EUR"}),
}
