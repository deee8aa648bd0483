"""Market prices: actions of other integrations, and entities with a list."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..charging.options import OffPeakOptions, PriceSource
from ..charging.tariffs.curve import CostCurve
from ..charging.tariffs.forecast import forecast
from ..charging.tariffs.price_history import PriceHistory, newly_published
from ..charging.tariffs.price_parser import PriceHints, PriceSeries, merge, parse_prices
from ..charging.tariffs.price_units import PriceError
from ..charging.tariffs.price_words import contains_vat
from ..const import LOGGER
from .energy_source import AHEAD, KEPT, EnergySource, PriceMemory
from .price_actions import ASKED, NoAnswerError, async_answer

# Integrations whose actions answer with what a customer pays.
GROSS: Final = frozenset(
    {
        PriceSource.TIBBER,
        PriceSource.ENERGYZERO,
        PriceSource.EASYENERGY,
        PriceSource.AMBERELECTRIC,
        PriceSource.GREEN_PLANET_ENERGY,
    }
)


class MarketPriceSource(EnergySource):
    """Market prices from an action of a core integration, or from entities."""

    def __init__(
        self, hass: HomeAssistant, options: OffPeakOptions, memory: PriceMemory
    ) -> None:
        """Bind the source of the options, and where its history is kept."""
        super().__init__()
        self._memory = memory
        # The forecast by the history, without that of the source.
        self._expected: CostCurve | None = None
        self._hass = hass
        self._options = options
        self._series = PriceSeries(curve=CostCurve(), guesses=CostCurve())
        # What was no forecast when the prices were read last.
        self._published = CostCurve()
        self._logged: set[str] = set()

    @override
    async def async_learn(self) -> bool:
        """Fetch prices; an outage keeps the known ones, and adds none."""
        before = self._series
        if self._options.source is PriceSource.ENTITIES:
            answers = self._entity_answers()
        else:
            answers = await self._async_action_answers()
        found = [self._series]
        for answer, hints in answers:
            try:
                # Two days in several lists take some 20 ms: too long for the event loop.
                found.append(
                    await self._hass.async_add_executor_job(parse_prices, answer, hints)
                )
            except PriceError as err:
                self._log_once("Prices cannot be read: %s", err)
        try:
            merged = _merged(found)
        except PriceError as err:
            self._log_once("Prices cannot be read: %s", err)
            return False
        if any(item.curve.intervals for item in found[1:]):
            self._logged.clear()
        for warning in merged.warnings - before.warnings:
            LOGGER.debug("Warning about the prices: %s", warning)
        horizon = dt_util.utcnow() - KEPT
        end = dt_util.utcnow() + AHEAD
        self._series = replace(
            _described(merged, found[1:], before),
            curve=merged.curve.between(horizon, end),
            guesses=merged.guesses.between(horizon, end),
        )
        now = dt_util.utcnow()
        published = self._series.published(now)
        ahead = [item.curve.between(now, end) for item in (before, self._series)]
        changed = ahead[0].intervals != ahead[1].intervals
        if changed or self._expected is None:
            self._expected = await self._async_expect(before, published, now)
        self._published = published
        history = self._memory.prices
        zone = dt_util.get_default_time_zone()
        theirs = self._series.forecasts(now)
        self.guesses = history.best(self._expected, theirs, zone)
        return changed

    async def _async_expect(
        self, before: PriceSeries, curve: CostCurve, now: datetime
    ) -> CostCurve:
        """Keep what was published since, and return the forecast of what was not.

        Three weeks of hours take some 20 ms: too long for the event loop.
        """
        name, published = self._name, self._published
        theirs = before.curve if before.is_forecast else before.guesses
        history, expected = self._memory.prices, self._expected or CostCurve()
        zone = dt_util.get_default_time_zone()

        def expect() -> tuple[PriceHistory, CostCurve]:
            """Return the history with the new prices, and the forecast by it."""
            fresh = newly_published(published, curve, now)
            after = history.compared(fresh, expected, theirs, zone)
            after = after.with_prices(name, curve, zone)
            latest = (now + AHEAD).date()
            begin = after.published_until(latest, zone) or now
            return after, forecast(after, begin, now + AHEAD, zone)

        self._memory.prices, found = await self._hass.async_add_executor_job(expect)
        return found

    @property
    def _name(self) -> str:
        """What the prices are of."""
        options = self._options
        parts = (options.source.value, options.area or "", *sorted(options.entities))
        return " ".join(parts)

    def _log_once(self, text: str, err: object) -> None:
        """Log a problem once, until it is over."""
        if text not in self._logged:
            self._logged.add(text)
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
        source_hints = self._hints(hints)
        answers: list[tuple[object, PriceHints]] = []
        today = dt_util.start_of_local_day()
        for day in (today, dt_util.start_of_local_day(today + timedelta(hours=30))):
            action, data = ask(entry_id, day)
            try:
                answer = await async_answer(self._hass, domain, action, data)
            except NoAnswerError as err:
                # Prices of tomorrow that are not published yet are no problem.
                if day == today:
                    self._log_once("There are no prices at the moment: %s", err)
                continue
            answers.append((answer, source_hints))
        return answers

    def _hints(self, known: Mapping[str, Any] | None = None) -> PriceHints:
        """Return what is known about a source beside its response."""
        hints = dict(known or {})
        unit = self._options.price.unit
        if unit is None and self._options.source is not PriceSource.ENTITIES:
            hints.setdefault("currency", self._hass.config.currency)
        if unit is not None:
            # The user's unit counts, also over what is known about the action.
            hints.pop("per", None)
            hints.pop("currency", None)
        return PriceHints(
            zone=dt_util.get_default_time_zone(),
            area=self._options.area,
            unit=unit,
            **hints,
        )

    @override
    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return the known prices; those that a source forecasts are guesses."""
        return self._series.published(dt_util.utcnow()).between(start, end)

    @override
    def likely(self, start: datetime, end: datetime) -> CostCurve:
        """Return the prices as the source tells them, with its own forecast."""
        return self._series.curve.between(start, end)

    @override
    def series(self, now: datetime) -> PriceSeries:
        """Return the prices as they were read."""
        series = self._series
        if self._options.source in GROSS:
            return replace(series, contains_vat=True)
        if series.contains_vat is None:
            return replace(series, contains_vat=contains_vat(self._entity_names()))
        return series

    def _entity_names(self) -> Iterator[str]:
        """Yield what the price entities are called, also before a person renamed them.

        A name in the language of Home Assistant is no longer that of the integration,
        which its id in the registry still has.
        """
        registry = er.async_get(self._hass)
        for entity_id in self._options.entities:
            yield entity_id.partition(".")[2]
            if (entry := registry.async_get(entity_id)) is not None:
                known = (entry.translation_key, entry.original_name)
                yield from (entry.unique_id, *filter(None, known))

    @override
    def week(self, today: date) -> tuple[CostCurve, datetime] | None:
        """Return None: market prices differ each day."""
        return None


def _described(
    merged: PriceSeries, fresh: list[PriceSeries], before: PriceSeries
) -> PriceSeries:
    """Return a series with the names and units of the newest answers with prices."""
    read = [item for item in fresh if item.curve.intervals]
    latest = merge(*read) if read else before
    return replace(
        merged,
        names=latest.names,
        left_out=latest.left_out,
        contains_vat=latest.contains_vat,
        unit=latest.unit,
        warnings=latest.warnings if read else merged.warnings,
    )


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
