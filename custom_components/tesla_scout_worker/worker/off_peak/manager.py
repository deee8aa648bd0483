"""The Worker's rhythm: what sets a cycle off, its timers, and what people ask for."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, override
from zlib import crc32

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HassJob,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.event import (
    async_track_point_in_time,
    async_track_state_change_event,
    async_track_time_change,
)
from homeassistant.util import dt as dt_util

from ...charging.in_car.charge_limit import owners_limit
from ...charging.in_car.difference import ScheduleRole
from ...charging.options import OffPeakOptions
from ...charging.planning.model import Window
from ...const import DOMAIN
from ...gateways.errors import RateLimitedError
from ..manager import Account, BackgroundManager
from ..price_sources import EnergySource
from ..special_charging.repository import (
    SessionEventType,
    SessionNotification,
    SessionRepository,
)
from .controller import OffPeakController
from .repairs import OffPeakRepairs
from .repository import OffPeakRepository, SyncResult, SyncTrigger, higher_priority

# Of each hour: prices are published at full hours and quarters, and take a while.
PRICE_MINUTES: Final = (4, 19, 34, 49)

# After midnight, for what is dated by the day.
DAY_TURNS_AT: Final = timedelta(seconds=20)

# A timer that fires a little early would find that it is not time yet.
LATE: Final = timedelta(seconds=1)

# After these the ordinary plan returns.
OVER: Final = frozenset(
    {
        SessionEventType.COMPLETED,
        SessionEventType.CANCELLED,
        SessionEventType.FAILED,
        SessionEventType.MISSED,
    }
)


class OffPeakManager(BackgroundManager):
    """Keeps the off-peak schedules of all cars of an account right."""

    def __init__(
        self,
        account: Account,
        repository: OffPeakRepository,
        sessions: SessionRepository,
        runner: OffPeakController,
        prices: EnergySource,
        options: OffPeakOptions,
    ) -> None:
        """Bind whose cars they are, where it is written down, who acts, and how."""
        super().__init__(account, "off-peak schedules")
        self._sessions = sessions
        self._runner = runner
        self.repository = repository
        self.prices = prices
        self.options = options
        self._asked: dict[str, SyncTrigger] = {}
        self._running: set[str] = set()
        self._timers: dict[str, tuple[datetime, CALLBACK_TYPE]] = {}
        self._seen: dict[str, object] = {}
        self._heard: set[str] = set()
        self._repairs = OffPeakRepairs(account, repository)

    @callback
    def async_start(self) -> None:
        """Begin; ``async_stop`` ends all."""
        self._stops = [
            self._scout.async_add_listener(self._scouted),
            self.prices.async_listen(self._priced),
            async_track_time_change(
                self._hass, self._day_turned, 0, 0, DAY_TURNS_AT.seconds
            ),
            async_track_time_change(
                self._hass,
                self._async_ask_for_prices,
                minute=PRICE_MINUTES,
                # Not all who use a source at the same second.
                second=crc32(self._entry.entry_id.encode()) % 60,
            ),
        ]
        entities = [*self.options.entities]
        if self.options.schedule is not None:
            entities.append(self.options.schedule)
        if entities:
            self._stops.append(
                async_track_state_change_event(self._hass, entities, self._told)
            )
        self._soon(self._async_begin())

    @callback
    @override
    def async_stop(self) -> None:
        """Cancel all timers; a cycle on the wire is cut off, and done again later."""
        super().async_stop()
        for _, cancel in self._timers.values():
            cancel()
        self._timers = {}

    # What people ask for.

    async def async_run_now(self, vin: str) -> SyncResult:
        """Run a cycle now, and return how it stands then."""
        await self.prices.async_refresh()
        return await self._async_owned(self._async_cycle(vin, SyncTrigger.ACTION))

    async def async_plan(self, vin: str) -> SyncResult:
        """Return the plan for a car as it was last seen, and send nothing."""
        await self.prices.async_refresh()
        async with self._worker.lock(vin):
            return await self._runner.async_plan(vin)

    async def async_reset(self, vin: str) -> int:
        """Remove what is ours from a car, and return how many schedules that were.

        The schedules are off until a person turns them on again: else the next cycle
        would put them back.

        Raises:
            FleetError: what stood in the way.
            ServiceValidationError: the car is held by a special session.
        """
        return await self._async_owned(self._async_reset(vin))

    async def _async_reset(self, vin: str) -> int:
        """Remove what is ours, unless the car is held by a special session."""
        async with self._worker.lock(vin):
            until = self._sessions.car_sessions(vin).blocked_until(dt_util.utcnow())
            if until is not None:
                raise ServiceValidationError(
                    translation_domain=DOMAIN, translation_key="special_charging_runs"
                )
            removed = await self._runner.async_reset(vin)
            await self.async_set(vin, sync=False)
        return removed

    async def _async_owned[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Do what a person asked for; the end of the entry is its end as well.

        Else it would go on beside the cycles of the entry that is loaded next.
        """
        task = self._entry.async_create_background_task(
            self._hass, work, "off-peak schedules, asked for"
        )
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            raise
        if task.cancelled():
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="loaded_anew"
            )
        return task.result()

    async def async_set(self, vin: str, **changes: Any) -> None:
        """Keep what a person set for a car, and act on it.

        What stood in the way is tried anew; but a pause of Tesla's own stays one, and
        what is set to what it is already is no cause for anything.
        """
        before = self.repository.record(vin)
        record = replace(before, **changes)
        if record == before:
            return
        if before.failure != RateLimitedError.key:
            record = record.without_retry()
        await self.repository.async_keep(vin, record)
        self._request(vin, SyncTrigger.SETTINGS)

    def owners_limit(self, vin: str) -> int | None:
        """Return a car's own charge limit in percent, as far as it is known."""
        car = self._scout.data.get(vin)
        if car is None or car.snapshot is None:
            return None
        limit_override = self._sessions.car_sessions(vin).limit_override
        return owners_limit(limit_override, car.snapshot.charge.charge_limit)

    def in_car(self, vin: str, start: datetime, end: datetime) -> list[Window]:
        """Return when the schedules in a car have it charge between two instants."""
        record, facts = (
            self.repository.record(vin),
            self.repository.sync_result(vin).facts,
        )
        zone = dt_util.get_default_time_zone() if facts is None else facts.car_zone
        runs = [
            run
            for one in record.own
            if record.confirmed and one.kind is not ScheduleRole.GUARD
            for run in one.runs(start, end, zone)
        ]
        return sorted(runs, key=lambda one: one.start)

    # What happens by itself.

    async def _async_begin(self) -> None:
        """Learn the prices, and run a cycle for each car."""
        await self.prices.async_refresh()
        self._scouted()
        for vin in tuple(self._scout.data):
            self._request(vin, SyncTrigger.STARTED)

    @callback
    def _scouted(self) -> None:
        """Take what the Scout saw: a new look, or a car that is online again."""
        self._repairs.forget_the_gone()
        for vin, car in self._scout.data.items():
            if vin not in self._heard:
                self._heard.add(vin)
                self._stops.append(
                    self._sessions.async_listen(vin, partial(self._session_told, vin))
                )
            seen = (
                car.snapshot,
                car.observation.connectivity,
                car.confirmed.whereabouts,
            )
            if seen != self._seen.get(vin):
                self._seen[vin] = seen
                self._request(vin, SyncTrigger.LOOK)

    @callback
    def _session_told(self, vin: str, news: SessionNotification) -> None:
        """Have the ordinary plan return after a special session."""
        if news.kind in OVER or news.kind is SessionEventType.SENT:
            self._request(vin, SyncTrigger.SESSION_OVER)

    @callback
    def _day_turned(self, _now: datetime) -> None:
        """Plan the new day, without anybody plugging in (field-lessons.md, A13)."""
        for vin in self._scout.data:
            self._request(vin, SyncTrigger.DAY_TURN)

    @callback
    def _told(self, _event: Event[EventStateChangedData]) -> None:
        """Have a look at what an entity tells now."""
        self._soon(self.prices.async_refresh(anew=True))

    async def _async_ask_for_prices(self, _now: datetime) -> None:
        """Ask for prices when they are published; all who plan by them are told."""
        await self.prices.async_refresh(anew=True)

    @callback
    def _priced(self) -> None:
        """Plan by new prices, whoever asked for them."""
        for vin in tuple(self._scout.data):
            self._request(vin, SyncTrigger.NEW_PRICES)

    # How a cycle is run.

    @callback
    def _request(self, vin: str, trigger: SyncTrigger) -> None:
        """Have a cycle run; what comes during one is folded into the next."""
        self._asked[vin] = higher_priority(trigger, self._asked.get(vin, trigger))
        if vin not in self._running:
            self._running.add(vin)
            self._soon(self._async_work(vin))

    async def _async_work(self, vin: str) -> None:
        """Run cycles for a car as long as there is cause to."""
        try:
            while (trigger := self._asked.pop(vin, None)) is not None:
                await self._async_cycle(vin, trigger)
        finally:
            self._running.discard(vin)

    async def _async_cycle(self, vin: str, trigger: SyncTrigger) -> SyncResult:
        """Run a cycle, and arm the timer for the next."""
        async with self._worker.lock(vin):
            sync_result = await self._runner.async_run(vin, trigger)
            self._arm(vin, sync_result.again_at)
            self._repairs.show(vin, sync_result)
        return sync_result

    @callback
    def _arm(self, vin: str, at: datetime | None) -> None:
        """Have the one timer of a car armed, or none."""
        if (armed := self._timers.pop(vin, None)) is not None:
            armed[1]()
        if at is None or not self._stops:
            return
        at = max(at, dt_util.utcnow()) + LATE

        @callback
        def fire(_now: datetime) -> None:
            """Have another look."""
            self._timers.pop(vin, None)
            self._request(vin, SyncTrigger.TIMER)

        job = HassJob(fire, "off-peak schedules", cancel_on_shutdown=True)
        self._timers[vin] = at, async_track_point_in_time(self._hass, job, at)

    @property
    def armed(self) -> dict[str, datetime]:
        """The timers that are armed, by car (UTC)."""
        return {vin: at for vin, (at, _) in self._timers.items()}
