"""The Worker: controllers of an account's cars, and the triggers of their cycles."""

import asyncio
from collections.abc import Collection, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from zlib import crc32

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_time_change,
)
from homeassistant.util import dt as dt_util

from ..charging.daily.sync_result import (
    Planned,
    SyncResult,
    SyncTrigger,
    higher_priority,
)
from ..charging.in_car.charge_limit import owners_limit
from ..charging.in_car.difference import ScheduleRole
from ..charging.in_car.timed_charge import TimedCharge
from ..charging.options import ChargingOptions, OffPeakOptions
from ..charging.planning.model import Window
from ..charging.sessions.session import OVER, SessionEventType, scheduled_actions
from ..const import DOMAIN, LOGGER
from ..coordinator import ScoutCoordinator
from ..gateways.errors import FleetError, RateLimitedError, UnexpectedError
from ..gateways.gateway import Gateway
from ..gateways.ledger import CallKind
from ..gateways.redaction import car_tag
from ..scout.unexpected import LONGEST_PAUSE, FailureLog, expected_errors
from ..scouting.events import VehicleEventType
from ..storage.account_file import NotSavedError
from ..storage.store import ScoutStore
from .charge_counter import ChargeCounter
from .controller import CarController
from .daily_plan import DailyPlanner
from .delivery import Delivery
from .left_in_car import async_tell_left, left_in_car
from .leftovers import Leftovers
from .notifier import SessionNotification, SessionNotifier
from .price_sources import source_of
from .repairs import ChargingRepairs
from .repository import ChargingRepository
from .session_plans import SessionPlans
from .session_tasks import SessionTasks
from .timers import CarTimers

# Of each hour: prices are published at full hours and quarters, and take a while.
PRICE_MINUTES: Final = (4, 19, 34, 49)

# After midnight, for what is dated by the day.
DAY_TURNS_AT: Final = timedelta(seconds=20)

# Calls reserved for a session: reads to send and to check, its commands, wakes of a car
# that sleeps until its deadline; and those that restore the car.
SESSION_CALLS: Final = {CallKind.DATA: 6, CallKind.COMMAND: 5, CallKind.WAKE: 4}
RESTORE_CALLS: Final = {CallKind.DATA: 2, CallKind.COMMAND: 3, CallKind.WAKE: 1}

# After these the daily plan returns, or begins to wait.
HANDOVERS: Final = {SessionEventType(state.value) for state in OVER} | {
    SessionEventType.SENT
}

# What the Scout saw that makes a plan due.
EVENTS: Final = {
    VehicleEventType.ARRIVED_HOME: SyncTrigger.ARRIVED,
    VehicleEventType.READY_TO_CHARGE: SyncTrigger.READY,
}


def result_text(result: SyncResult) -> str:
    """Return a result for the log: why it ran, how it ended, and the windows."""
    windows = result.windows if isinstance(result, Planned) else ()
    spans = [f"{each.start:%d. %H:%M}-{each.end:%H:%M}" for each in windows]
    parts = [str(result.trigger), str(result.status or "off"), result.skipped or ""]
    return ", ".join(part for part in (*parts, *spans) if part)


class Worker:
    """Owns one controller for each car, their timers, and the background tasks."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        coordinator: ScoutCoordinator,
        client: Gateway,
        store: ScoutStore,
    ) -> None:
        """Bind the account: its cars, the gateway, and its file."""
        self._hass = hass
        self._entry = entry
        self.coordinator = self._scout = coordinator
        self._delivery = Delivery(client, coordinator)
        self.charging = ChargingOptions.of(entry.options)
        self.options = OffPeakOptions.of(entry.options)
        self.energy = source_of(hass, self.options, store.data)
        self.notifier = SessionNotifier()
        self._store = store
        self.repository = ChargingRepository(store, coordinator.async_update_listeners)
        self.repairs = ChargingRepairs(hass, entry, coordinator)
        self.leftovers = Leftovers(hass, entry, coordinator, store, self.repository)
        self._timers = CarTimers(hass, self._timer_fired)
        self._controllers: dict[str, CarController] = {}
        self._asked: dict[str, SyncTrigger] = {}
        self._polled: set[str] = set()
        self._running: set[str] = set()
        self._failures: dict[str, FailureLog] = {}
        # Until when a car waits after a cycle that failed unexpectedly.
        self._retry_at: dict[str, datetime] = {}
        self._rounds = 0
        self._seen: dict[str, object] = {}
        # Empty while it is not started.
        self._stops: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self) -> None:
        """Start all listeners; ``async_stop`` ends them."""
        self.repairs.show_lost(
            lost=bool(self._store.lost), forgotten=self._store.forgotten
        )
        self._timers.async_start()
        if self._store.forgotten:
            self._let_go()
        self._stops = [
            self._scout.async_add_listener(self._scouted),
            self.energy.async_listen(self._priced),
            self._store.async_listen_to_recovery(self._saving_again),
            async_track_time_change(
                self._hass, self._day_turned, 0, 0, DAY_TURNS_AT.seconds
            ),
            async_track_time_change(
                self._hass,
                self._async_ask_for_prices,
                minute=PRICE_MINUTES,
                # Not all users of a source ask in the same second.
                second=crc32(self._entry.entry_id.encode()) % 60,
            ),
        ]
        grid_fee, schedule = self.options.price.grid_fee_entity, self.options.schedule
        entities = [*self.options.entities]
        entities += [entity for entity in (grid_fee, schedule) if entity is not None]
        if entities:
            self._stops.append(
                async_track_state_change_event(
                    self._hass, entities, self._price_changed
                )
            )
        if (meter := self.charging.meter) is not None:
            self._stops.append(
                async_track_state_change_event(self._hass, [meter], self._metered)
            )
        self.run_in_background(self._async_begin())

    @callback
    def async_stop(self) -> None:
        """Stop listening. Cancelled requests are repeated after the next start."""
        self._timers.async_stop()
        for stop in self._stops:
            stop()
        self._stops = []

    async def _async_begin(self) -> None:
        """Read the prices, and run a cycle for each car."""
        await self.energy.async_refresh()
        # After the prices, since events that are pending are handed over at once.
        self._stops.append(self._scout.async_listen_to_events(self._happened))
        self._rounds = self._scout.rounds
        for vin in tuple(self._scout.data):
            self.request(vin, SyncTrigger.STARTED, polled=True)

    def controller(self, vin: str) -> CarController:
        """Return the controller of a car."""
        if (controller := self._controllers.get(vin)) is not None:
            return controller
        plans = SessionPlans(
            self._hass,
            vin,
            self._scout,
            self.repository,
            self.notifier,
            self.energy,
            self.charging,
        )
        sessions = SessionTasks(
            vin, self._scout, self.repository, self.notifier, self.energy, plans
        )
        daily = DailyPlanner(
            self._hass, vin, self.repository, self.energy, self.charging, self.options
        )
        counter = ChargeCounter(
            self._hass,
            vin,
            self.repository,
            self.energy,
            self.charging,
            partial(self._plugged_in_alone, vin),
            lambda: self._delivery.capabilities(vin).energy,
        )
        controller = CarController(
            vin,
            self._scout,
            self._delivery,
            self.repository,
            sessions,
            daily,
            counter,
        )
        self._controllers[vin] = controller
        # For as long as the entry is loaded: an event may come while it stops.
        self.notifier.async_listen(vin, partial(self._notified, vin))
        return controller

    def result(self, vin: str) -> SyncResult:
        """Return the last result for the daily plan of a car."""
        return self.controller(vin).result

    # What people ask for.

    async def async_run_now(
        self, vin: str, trigger: SyncTrigger = SyncTrigger.ACTION
    ) -> SyncResult:
        """Run a cycle now, and return its result for the daily plan."""
        return await self._async_owned(self.async_cycle(vin, trigger))

    async def async_plan(self, vin: str) -> SyncResult:
        """Return the plan for a car as it was last read, and send nothing."""
        await self.energy.async_refresh()
        controller = self.controller(vin)
        async with controller.lock:
            return await controller.async_plan()

    async def async_reset(self, vin: str) -> int:
        """Remove the daily plan's schedules, and return how many there were.

        Sync is off until a person turns it on again: else the next cycle would put
        them back.

        Raises:
            FleetError: what was in the way.
            ServiceValidationError: a session holds the car.
        """
        return await self._async_owned(self._async_reset(vin))

    async def _async_reset(self, vin: str) -> int:
        """Remove the daily plan's schedules, unless a session holds the car."""
        controller = self.controller(vin)
        async with controller.lock:
            until = controller.record.sessions.blocked_until(dt_util.utcnow())
            if until is not None:
                raise ServiceValidationError(
                    translation_domain=DOMAIN, translation_key="special_charging_runs"
                )
            removed = await controller.async_reset()
            await self.async_set(vin, sync=False)
        return removed

    async def _async_owned[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Run a task that a person asked for; it ends with the entry.

        Otherwise it would go on beside the cycles of the entry that is loaded next.
        """
        task = self._entry.async_create_background_task(
            self._hass, work, "charging, requested"
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
        """Store settings for the daily plan of a car, and run a cycle.

        What failed is tried again now; but a pause that Tesla named stays one.
        """
        record = self.repository.record(vin)
        settings = replace(record.settings, **changes)
        if settings == record.settings:
            return
        sync = record.sync
        if sync.delivery.failure != RateLimitedError.key:
            sync = replace(sync, delivery=sync.delivery.without_failure())
        await self.repository.async_update(vin, settings=settings, sync=sync)
        self.request(vin, SyncTrigger.SETTINGS)

    async def async_decide_leftovers(
        self, vin: str, remove: Collection[int], limit: int | None
    ) -> None:
        """Remove what a person chose of the leftovers in a car; see `Leftovers`."""
        async with self.controller(vin).lock:
            await self.leftovers.async_decide(vin, remove, limit)
        self.request(vin, SyncTrigger.SETTINGS)

    def owners_limit(self, vin: str) -> int | None:
        """Return a car's own charge limit in percent; None: unknown."""
        if (snapshot := self._scout.snapshot_of(vin)) is None:
            return None
        override = self.repository.record(vin).sessions.override
        return owners_limit(override, snapshot.charge.charge_limit)

    def in_car(self, vin: str, start: datetime, end: datetime) -> list[Window]:
        """Return when the daily plan's schedules in a car run between two instants."""
        sync, zone = self.repository.record(vin).sync, self._scout.time_zone
        runs = [
            run
            for schedule in sync.schedules
            if sync.confirmed and schedule.kind is not ScheduleRole.GUARD
            for run in schedule.runs(start, end, zone)
        ]
        return sorted(runs, key=lambda run: run.start)

    def _let_go(self) -> None:
        """Have each car let go that a command may keep from charging.

        All that was stored is lost, so nobody knows whether one does.
        """
        for vin in self._scout.data:
            if not self._scout.capabilities(vin).schedules:
                self.repository.update(vin, timed=TimedCharge(keeps=True))

    async def async_release(self) -> None:
        """Let the cars charge that a command keeps from that; a failure stops nobody."""
        for controller in self._controllers.values():
            with suppress(FleetError):
                await controller.charge.timed.async_release()

    # What happens by itself.

    @callback
    def _scouted(self) -> None:
        """Run a cycle after an update of the Scout."""
        self._tell_of_gone_cars()
        self.repairs.forget_gone_cars()
        polled = self._scout.rounds != self._rounds
        self._rounds = self._scout.rounds
        for vin, car in self._scout.data.items():
            seen = (
                car.snapshot,
                car.observation.connectivity,
                car.confirmed.whereabouts,
            )
            if seen != self._seen.get(vin) or self._waits(vin, polled=polled):
                self._seen[vin] = seen
                self.request(vin, SyncTrigger.SCOUTED, polled=polled)

    def _tell_of_gone_cars(self) -> None:
        """Notify of what is left in cars that left the account, where it cannot be undone."""
        records, zone = self._store.data.charging, dt_util.get_default_time_zone()
        for vin, summary in self.repairs.gone_cars(records).items():
            left = left_in_car(records[vin], None, zone)
            key = f"{self._entry.entry_id}_{crc32(vin.encode())}"
            self.run_in_background(async_tell_left(self._hass, summary, left, key))

    def _waits(self, vin: str, *, polled: bool) -> bool:
        """Whether a session of the car waits for what a poll may show."""
        return polled and any(
            session.delivery.waits_for is not None
            for session in self.repository.record(vin).sessions.open
        )

    @callback
    def _happened(self, vin: str, event: VehicleEventType) -> None:
        """Plan for a car that came home, or is ready to charge."""
        if (trigger := EVENTS.get(event)) is not None:
            self.request(vin, trigger)

    @callback
    def _notified(self, vin: str, notification: SessionNotification) -> None:
        """Request a cycle of the daily plan after a session was sent or has ended."""
        LOGGER.debug(
            "Special charging of %s, %s: %s %s",
            car_tag(vin),
            notification.session.id,
            notification.kind,
            notification.reason or "",
        )
        self.repairs.notified(vin, notification, self.repository.record(vin))
        if notification.kind in HANDOVERS:
            self.request(vin, SyncTrigger.SESSION_OVER)

    @callback
    def _timer_fired(self, vin: str) -> None:
        """Run the cycle that a timer asks for."""
        self.request(vin, SyncTrigger.TIMER)

    @callback
    def _saving_again(self) -> None:
        """Repeat what was not done because it could not be saved."""
        for vin in self._scout.data:
            self.request(vin, SyncTrigger.TIMER)

    @callback
    def _day_turned(self, _now: datetime) -> None:
        """Plan the new day for a car that stays plugged in."""
        for vin in self._scout.data:
            self.request(vin, SyncTrigger.DAY_TURN)

    @callback
    def _metered(self, _event: Event[EventStateChangedData]) -> None:
        """Count what the energy meter shows."""
        for vin in self._scout.data:
            self.controller(vin).sample_meter()

    def _plugged_in_alone(self, vin: str) -> bool:
        """Return whether no other car of the account is plugged in at home."""
        return all(
            other == vin or self.repository.record(other).plugged_in is None
            for other in self._scout.data
        )

    @callback
    def _price_changed(self, _event: Event[EventStateChangedData]) -> None:
        """Read the prices after an entity changed."""
        self.run_in_background(self.energy.async_refresh(anew=True))

    async def _async_ask_for_prices(self, _now: datetime) -> None:
        """Refresh the prices after their publication; the listeners are called."""
        await self.energy.async_refresh(anew=True)

    @callback
    def _priced(self) -> None:
        """Plan with new prices."""
        for vin in tuple(self._scout.data):
            self.request(vin, SyncTrigger.NEW_PRICES)

    # How a cycle is run.

    @callback
    def request(self, vin: str, trigger: SyncTrigger, *, polled: bool = False) -> None:
        """Request a cycle; requests during a cycle share the next one."""
        self._asked[vin] = higher_priority(trigger, self._asked.get(vin, trigger))
        if polled:
            self._polled.add(vin)
        retry_at = self._retry_at.get(vin)
        if retry_at is not None and dt_util.utcnow() < retry_at:
            return
        if vin not in self._running and self._stops:
            self._running.add(vin)
            self.run_in_background(self._async_work(vin))

    async def _async_work(self, vin: str) -> None:
        """Run cycles for a car until none is requested."""
        try:
            while (trigger := self._asked.pop(vin, None)) is not None:
                if not await self._async_cycle_or_pause(vin, trigger):
                    return
        except NotSavedError:
            # The store shows a repair, and asks for a cycle when saving works again.
            return
        finally:
            self._running.discard(vin)

    async def _async_cycle_or_pause(self, vin: str, trigger: SyncTrigger) -> bool:
        """Run a cycle; one that fails unexpectedly is tried again, ever more rarely."""
        failures = self._failures.setdefault(vin, FailureLog())
        try:
            with expected_errors(NotSavedError):
                await self.async_cycle(vin, trigger)
        except UnexpectedError as err:
            failures.failed("cycle", "The charging of a car", err)
            pause = failures.round_ended(err) or LONGEST_PAUSE
            now = dt_util.utcnow()
            self._retry_at[vin] = now + pause
            self._asked[vin] = higher_priority(trigger, self._asked.get(vin, trigger))
            self._timers.arm(vin, {**self.armed(vin), "retry": now + pause}, now)
            return False
        failures.worked("cycle", "The charging of the car")
        failures.round_ended(None)
        self._retry_at.pop(vin, None)
        return True

    async def async_cycle(self, vin: str, trigger: SyncTrigger) -> SyncResult:
        """Run a cycle under the car's lock, and arm the timers for what is next."""
        controller = self.controller(vin)
        async with controller.lock:
            polled = vin in self._polled
            self._polled.discard(vin)
            try:
                result = await controller.async_run(trigger, polled=polled)
            finally:
                self._arm(vin)
            self.repairs.after_cycle(vin, controller.record, result)
            self.leftovers.show(vin)
        LOGGER.debug("Cycle of %s: %s", car_tag(vin), result_text(result))
        self._scout.async_update_listeners()
        return result

    @callback
    def _arm(self, vin: str) -> None:
        """Arm the timers of a car, and reserve budget for its sessions."""
        record, now = self.repository.record(vin), dt_util.utcnow()
        wanted = {
            f"{session.id} {action.value}": at
            for session in record.sessions.open
            for action, at in scheduled_actions(session).items()
        }
        if (again_at := self.result(vin).again_at) is not None:
            wanted["daily"] = again_at
        self._timers.arm(vin, wanted, now)
        undoing = any(session.restoring for session in record.sessions.open)
        self._scout.async_note_undoing(vin, undoing=undoing)
        budget = self._scout.admission.budget
        for session in record.sessions.sessions.values():
            name = f"{vin} {session.id}"
            if session.over:
                budget.release(name)
            else:
                budget.reserve(name, SESSION_CALLS, RESTORE_CALLS)

    def armed(self, vin: str) -> dict[str, datetime]:
        """Return the armed timers of a car, by purpose (UTC)."""
        return self._timers.armed(vin)

    @callback
    def run_in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a task in the background while the entry is loaded."""
        if not self._stops or self._hass.is_stopping:
            # The next start finds that it is due.
            work.close()
            return
        self._entry.async_create_background_task(
            self._hass, work, "charging", eager_start=False
        )
