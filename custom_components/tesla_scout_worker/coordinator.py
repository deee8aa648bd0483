"""The Scout: polls all cars of an account, reads them rarely, and reports changes."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, HomeAssistantError
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .const import CONF_SCOUTING_MODE, DOMAIN, EVENT_LIFETIME, LOGGER
from .gateways.errors import (
    CarAsleepError,
    FleetError,
    NoCarsError,
    SignedOutError,
    UnexpectedError,
)
from .gateways.gateway import Capabilities, Gateway
from .gateways.ledger import CallKind
from .gateways.models import Connectivity, Position, VehicleSnapshot, VehicleSummary
from .scout.admission import ReadAdmission
from .scout.backoff import EARLY, ReadBackoff
from .scout.devices import async_remove_others
from .scout.event_dispatcher import EventDispatcher, EventListener
from .scout.home_zone import HomeZone
from .scout.pushed_reads import PushedReads
from .scout.reader import CarReader
from .scout.shared_cars import SharedCars
from .scout.unexpected import FailureLog, expected_errors
from .scouting import policy
from .scouting.adaptive import next_read
from .scouting.car_state import CarState
from .scouting.events import VehicleEvent
from .scouting.geofence import Home, Presence
from .scouting.policy_input import PAID, ReadReason
from .storage.store import ScoutStore


class ScoutCoordinator(DataUpdateCoordinator[dict[str, CarState]]):
    """Polls all cars with one free call, then reads those that are due."""

    config_entry: ConfigEntry[Any]

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        client: Gateway,
        store: ScoutStore,
        admission: ReadAdmission,
    ) -> None:
        """Bind the gateway, and the store of what was seen before a restart."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"Scout of {entry.title}",
            update_interval=policy.DAY_INTERVAL,
            # A round without changes does not update the entities.
            always_update=False,
        )
        self.data = dict(store.data.cars)
        self.admission = admission
        self._client = client
        self._store = store
        self._account = store.data
        # Whether the present round changed anything worth a write.
        self._changed = False
        self._events = EventDispatcher(store.data.cars)
        self._lock = asyncio.Lock()
        # Requests for a read, by car. Each request is an object of its own, so that a
        # caller that is cancelled does not cancel the request of another.
        self._asked: dict[object, str] = {}
        # A round that was asked for and has not begun; who asks meanwhile shares it.
        self._next_round: asyncio.Task[None] | None = None
        self._errors: dict[str, FleetError] = {}
        self._failures = FailureLog()
        self._pauses = ReadBackoff(hass, entry, store)
        self._reader = CarReader(
            client, admission, self._pauses, store.data.cars, self._keep
        )
        admission.from_memory = self._from_memory
        admission.pushed = self._is_pushed
        client.guard_commands(self._pauses.check_bill, self._pauses.over_budget)
        self._shared = SharedCars(hass, entry)
        self._zone = HomeZone(hass, entry)
        self._seen_from: Home | None = None
        self._date = ("", "")
        self.next_poll: datetime | None = None
        # Cars with something to undo, as a raised limit.
        self._undoing: set[str] = set()
        # Completed polls of all cars; the first one is before set-up ends.
        self.rounds = 0
        # When this run began (UTC); older snapshots are from before a restart.
        self.started_at = dt_util.utcnow()

    @override
    async def async_config_entry_first_refresh(self) -> None:
        """Poll for the first time.

        A set-up that failed is tried again with a new object, which must know what this
        one learnt: a pause that Tesla asked for, and what the calls cost.
        """
        self.config_entry.async_on_unload(self._zone.async_track())
        try:
            await super().async_config_entry_first_refresh()
        except HomeAssistantError:
            await self.async_save()
            raise

    @override
    async def _async_update_data(self) -> dict[str, CarState]:
        """Poll all cars, read those that are due, and plan the next round."""
        async with self._lock:
            self._next_round = None
            self._changed = False
            pauses = self._pauses.of_all
            pause: timedelta | None = None
            try:
                with expected_errors():
                    await self._poll_all()
            except SignedOutError as err:
                raise ConfigEntryAuthFailed(
                    translation_domain=DOMAIN,
                    translation_key=err.key,
                    translation_placeholders=err.translation_placeholders,
                ) from err
            except FleetError as err:
                pause = self._pauses.after_round(err, dt_util.utcnow())
                pause = self._failures.round_ended(err) or pause
                raise UpdateFailed(
                    translation_domain=DOMAIN,
                    translation_key=err.key,
                    translation_placeholders=err.translation_placeholders,
                ) from err
            finally:
                self._plan(pause)
                if self._changed or pauses != self._pauses.of_all:
                    self._store.save_soon()
        self._pauses.show()
        cars = dict(self._account.cars)
        moved = pauses != self._pauses.of_all or self.mode is policy.ScoutingMode.FIXED
        if moved and cars == self.data:
            # The next read is shown, though no car has changed.
            self.async_update_listeners()
        return cars

    def _keep(self, vin: str, car: CarState) -> None:
        """Keep a car's new state; its new events go out with the next update."""
        before = self._account.cars.get(vin)
        if car == before:
            return
        self._events.collect(vin, before, car)
        self._account.cars[vin] = car
        self._changed = True

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Publish the cars as they are now, then hand out their new events."""
        self.data = dict(self._account.cars)
        super().async_update_listeners()
        self._failures.guard("Events", self._events.async_dispatch)

    @callback
    def async_listen_to_events(self, listener: EventListener) -> CALLBACK_TYPE:
        """Call a listener with each event, until the returned function is called.

        The first listener gets at once what happened before, including events that were
        pending before a restart.
        """
        return self._events.async_listen(listener)

    async def _poll_all(self) -> None:
        """Poll all cars, and read those that are due."""
        if (pause := self._pauses.of_account(dt_util.utcnow())) is not None:
            raise pause
        summaries = await self._client.async_list_vehicles()
        self._account.paused_until = None
        if not summaries:
            # An empty list is a fault of Tesla's or a revoked permission: nobody adds an
            # account without a car. Keep the state and the devices.
            raise NoCarsError
        summaries = self._shared.own(summaries)
        asked = set(self._asked.values())
        self._asked.clear()
        for vin in asked:
            # The result of this round is also for callers that joined while it ran: the
            # round of their own will find nothing to do.
            self._errors.pop(vin, None)
        if self._client.list_is_whole:
            self._forget_all_but({summary.vin for summary in summaries})
        self._roll_over()
        await self._zone.async_update_time_zone()
        home, moved = self.home, False
        if home != self._seen_from:
            self._seen_from, moved = home, True
        for summary in summaries:
            memory = self._account.cars.get(summary.vin)
            if memory is None or moved or not memory.unchanged_asleep(summary):
                await self._scout_one(summary, home, asked=summary.vin in asked)
        self.rounds += 1
        self._failures.round_ended(None)

    def _roll_over(self) -> None:
        """Start new statistics on a new local day, and in a new UTC month."""
        now = dt_util.utcnow()
        date = (
            dt_util.as_local(now).date().isoformat(),
            now.astimezone(UTC).strftime("%Y-%m"),
        )
        if date == self._date:
            return
        self._date = date
        for vin, car in tuple(self._account.cars.items()):
            statistics = car.statistics.roll_over(*date)
            self._keep(vin, replace(car, statistics=statistics))

    async def _scout_one(
        self, summary: VehicleSummary, home: Home | None, *, asked: bool
    ) -> None:
        """Apply a poll to a car, and read it if that is due.

        What fails unexpectedly for one car does not affect the others.
        """
        try:
            with expected_errors():
                await self._scout(summary, home, asked=asked)
        except UnexpectedError as err:
            self._errors[summary.vin] = err
            self._failures.failed(summary.vin, "The poll of a car", err)
        else:
            self._failures.worked(summary.vin, "The poll of the car")

    async def _scout(
        self, summary: VehicleSummary, home: Home | None, *, asked: bool
    ) -> None:
        """Apply a poll to a car, and read it if that is due.

        Each step is kept at once: an error of another car must not lose what was paid
        for, and an event that is acknowledged meanwhile must not come back.
        """
        vin, now = summary.vin, dt_util.utcnow()
        memory = self._account.cars.get(vin) or CarState(summary=summary)
        memory = memory.with_home(home, now).with_motion(summary.connectivity, now)
        memory = replace(memory, statistics=memory.statistics.roll_over(*self._date))
        mode, zone = self.mode, dt_util.get_default_time_zone()
        reason, error = self.admission.decide(
            mode, memory, summary, now, zone, asked=asked
        )
        if error is not None:
            self._errors[vin] = error
        paid = reason in PAID
        memory = memory.without_stale(now, EVENT_LIFETIME)
        polled = memory.after_poll(summary, now)
        self._keep(
            vin, replace(polled, reason=reason, missed=paid, misses=memory.misses)
        )
        if asked:
            self._pauses.clear_refusal(vin)
        if not paid:
            return
        self._errors.pop(vin, None)
        asked = reason is ReadReason.ASKED
        if (pause := self._pauses.of_car(vin, now, asked=asked)) is not None:
            self._errors[vin] = pause
            return
        try:
            await self._reader.async_read(vin, reason, now, self.home)
        except SignedOutError:
            raise
        except FleetError as err:
            # A car that cannot be read does not affect the others.
            self._errors[vin] = err

    async def async_scout_now(self, vin: str) -> CarState:
        """Poll, and read a car now if it is online; it is not woken.

        Concurrent callers share one poll and one read.

        Raises:
            FleetError: the car is online, and why it could not be read.
            UpdateFailed: why the poll failed, in the user's language.
            ConfigEntryAuthFailed: a person must sign in again.
        """
        request = object()
        self._asked[request] = vin
        try:
            # Who shared a round that failed has another, which all of them share.
            if not await self._async_share_round() and not self.last_update_success:
                self._asked[request] = vin
                await self._async_share_round()
        finally:
            self._asked.pop(request, None)
        if not self.last_update_success and self.last_exception is not None:
            raise self.last_exception
        if (err := self._errors.get(vin)) is not None:
            raise err
        if vin not in self.data:
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="car_gone")
        return self.data[vin]

    async def _async_share_round(self) -> bool:
        """Poll once for all who wait for the next round; return whether it is ours."""
        ours = self._next_round is None or self._next_round.done()
        if self._next_round is None or ours:
            self._next_round = self.hass.async_create_task(
                self.async_refresh(), "Read that was asked for", eager_start=False
            )
        await asyncio.shield(self._next_round)
        return ours

    async def async_read(self, vin: str) -> VehicleSnapshot:
        """Read a car for the Worker, outside the rhythm; entities show the result.

        Raises:
            FleetError: why the car could not be read.
        """
        async with self._lock:
            now = dt_util.utcnow()
            if vin not in self._account.cars:
                raise CarAsleepError
            if (pause := self._pauses.of_car(vin, now, asked=False)) is not None:
                raise pause
            self._keep(vin, replace(self._account.cars[vin], reason=ReadReason.SESSION))
            try:
                snapshot = await self._reader.async_read(
                    vin, ReadReason.SESSION, now, self.home
                )
            finally:
                self._store.save_soon()
        self.async_update_listeners()
        return snapshot

    def capabilities(self, vin: str) -> Capabilities:
        """Return what can be done with a car."""
        return self._client.capabilities(vin)

    @property
    def read_price(self) -> float:
        """What a read costs, in the currency of the bill."""
        return self.admission.budget.ledger.prices[CallKind.DATA]

    def _from_memory(self, vin: str) -> bool:
        """Return whether a car's reads are free and answered without the car."""
        free = self._client.prices[CallKind.DATA] == 0
        return free and self._client.capabilities(vin).cached

    def _is_pushed(self, vin: str) -> bool:
        """Return whether a car's changes are reported, while its reads cost something."""
        paid = self._client.prices[CallKind.DATA] > 0
        return paid and self._client.capabilities(vin).push

    async def async_connectivity(self, vin: str) -> Connectivity | None:
        """Poll one car: free. The result is kept and published.

        Raises:
            FleetError: why that cannot be known.
        """
        connectivity = await self._client.async_connectivity(vin)
        if (car := self._account.cars.get(vin)) is not None:
            summary = replace(car.summary, connectivity=connectivity)
            self._keep(vin, car.after_poll(summary, dt_util.utcnow()))
            self._store.save_soon()
            self.async_update_listeners()
        return connectivity

    @property
    def time_zone(self) -> tzinfo:
        """The time zone of home, in which cars run their schedules."""
        return self._zone.time_zone

    @property
    def home(self) -> Home | None:
        """The user's home as the zone is now; None without one."""
        return self._zone.home

    @property
    def home_position(self) -> Position | None:
        """The position of home; None if there is no such zone."""
        home = self.home
        return None if home is None else home.position

    def snapshot_of(self, vin: str) -> VehicleSnapshot | None:
        """Return the last snapshot of a car; None: it was never read, or is gone."""
        car = self.data.get(vin)
        return None if car is None else car.snapshot

    def level_of(self, vin: str) -> float | None:
        """Return the state of charge of a car in percent, as it was last read."""
        snapshot = self.snapshot_of(vin)
        return None if snapshot is None else snapshot.charge.battery_level

    def place_of(self, vin: str) -> Presence:
        """Return where a car is, as far as is known for certain."""
        car = self.data.get(vin)
        return Presence.UNKNOWN if car is None else car.confirmed.whereabouts

    @callback
    def async_apply_hint(self, vin: str, car: CarState) -> None:
        """Apply a state that a hint reported, until the next read confirms it."""
        self._keep(vin, car)
        self._store.save_soon()
        self.async_update_listeners()

    @callback
    def async_start_push(self) -> CALLBACK_TYPE:
        """Read a car when its gateway says that it changed, until the result is called.

        At first each of its cars is read once: it may have changed while nobody
        listened.
        """
        if (push := self._client.push) is None:
            return lambda: None
        pushed = PushedReads(self.hass, self.config_entry, self._async_read_pushed)
        stop = push.async_listen(pushed.async_add)
        for vin in filter(push.covers, self._account.cars):
            pushed.async_add(vin)

        @callback
        def stop_all() -> None:
            """Listen no longer, and read nothing that was heard before."""
            stop()
            pushed.async_stop()

        return stop_all

    async def _async_read_pushed(self, vin: str) -> None:
        """Poll and read a car that changed; nothing is billed for that."""
        async with self._lock:
            if vin not in self._account.cars:
                return
            try:
                with expected_errors():
                    connectivity = await self._client.async_connectivity(vin)
                    car = self._account.cars[vin]
                    summary = replace(car.summary, connectivity=connectivity)
                    now = dt_util.utcnow()
                    self._keep(vin, car.after_poll(summary, now))
                    if connectivity is Connectivity.ONLINE:
                        await self._reader.async_read(
                            vin,
                            ReadReason.HINT,
                            now,
                            self.home,
                            reported=True,
                        )
            except FleetError as err:
                self._errors[vin] = err
            self._store.save_soon()
        self.async_update_listeners()

    @callback
    def async_refresh_soon(self) -> None:
        """Poll out of turn."""
        self.config_entry.async_create_task(
            self.hass, self.async_refresh(), "Read for a hint", eager_start=False
        )

    def next_read_at(self, vin: str) -> datetime | None:
        """Return when a car is read next (UTC); None if that is not known.

        In the fixed rhythm this is the next round, for all cars. In the adaptive mode it
        is unknown for a car that sleeps, and while the budget allows no read.
        """
        now = dt_util.utcnow()
        car = self._account.cars[vin]
        if self.mode is policy.ScoutingMode.FIXED or self.next_poll is None:
            return self.next_poll
        online = car.summary.connectivity is Connectivity.ONLINE
        if not online or car.summary.in_service or self.admission.must_save(now):
            return None
        due = next_read(
            self.admission.policy_input(car, car.summary, now, asked=False)
        ).due
        return max(due, self.next_poll, self._pauses.over_at(vin, now))

    @callback
    def async_note_undoing(self, vin: str, *, undoing: bool) -> None:
        """Take note whether something waits in a car to be undone; then poll sooner."""
        if not undoing:
            self._undoing.discard(vin)
            return
        self._undoing.add(vin)
        now = dt_util.utcnow()
        waits = self._pauses.of_account(now) is not None or not self.last_update_success
        latest = now + policy.UNDOING_INTERVAL
        if not waits and self.next_poll is not None and self.next_poll > latest:
            self._plan(None)
            self._schedule_refresh()

    @callback
    def async_acknowledge_event(self, vin: str, vehicle_event: VehicleEvent) -> None:
        """Remove a pending event that has been handled."""
        if (car := self._account.cars.get(vin)) is None:
            return
        self._keep(vin, car.without(vehicle_event))
        self.data = dict(self._account.cars)
        self._store.save_soon()

    async def async_save(self) -> None:
        """Save for the last time: the entry is unloaded."""
        await self._store.async_close()

    @callback
    def async_save_at_stop(self) -> CALLBACK_TYPE:
        """Save when Home Assistant stops, which unloads no entry.

        The count of free calls alone is not worth a write before that.
        """

        async def save(_event: Event) -> None:
            """Save for the last time."""
            await self.async_save()

        return self.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, save)

    def _plan(self, pause: timedelta | None) -> None:
        """Set the time of the next round: after a pause, or by the scouting mode."""
        now = dt_util.utcnow()
        begins = now
        if self.next_poll is not None and now < self.next_poll <= now + EARLY:
            # A round planned for 07:00 counts as one of the day, even if it is early.
            begins = self.next_poll
        self.next_poll = (
            policy.next_round(
                self.mode,
                begins,
                dt_util.get_default_time_zone(),
                undoing=bool(self._undoing),
            )
            if pause is None
            else now + pause
        )
        self.update_interval = self.next_poll - now

    @property
    def mode(self) -> policy.ScoutingMode:
        """The user's scouting mode."""
        chosen: str = self.config_entry.options.get(CONF_SCOUTING_MODE, "")
        known = chosen in policy.ScoutingMode
        return policy.ScoutingMode(chosen) if known else policy.DEFAULT_MODE

    def _forget_all_but(self, present: set[str]) -> None:
        """Forget cars that left the account, and remove their devices."""
        for vin in self._account.cars.keys() - present:
            del self._account.cars[vin]
            self._changed = True
        async_remove_others(self.hass, self.config_entry, present)
