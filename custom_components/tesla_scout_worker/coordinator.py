"""The Scout: looks rarely and cheaply at all cars of an account, and says what changed."""

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
from .gateways.errors import CarAsleepError, FleetError, NoCarsError, SignedOutError
from .gateways.fleet_api.client import FleetClient
from .gateways.ledger import CallKind
from .gateways.models import Connectivity, Position, VehicleSnapshot, VehicleSummary
from .scout.admission import ReadAdmission
from .scout.backoff import EARLY, ReadBackoff
from .scout.devices import async_remove_others
from .scout.event_dispatcher import EventDispatcher, EventListener
from .scout.home_zone import HomeZone
from .scouting import policy
from .scouting.adaptive import next_read
from .scouting.car_state import CarState
from .scouting.events import VehicleEvent
from .scouting.geofence import Home
from .scouting.policy_input import PAID, ReadReason
from .storage.store import ScoutStore


class ScoutCoordinator(DataUpdateCoordinator[dict[str, CarState]]):
    """One free list call for all cars, then a paid look only where it is due."""

    config_entry: ConfigEntry[Any]

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        client: FleetClient,
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
            # A round that told nothing new is no news for the entities.
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
        # Who waits for a look at which car: a request is an object of its own, so that
        # one caller's failure does not take the look of another.
        self._asked: dict[object, str] = {}
        self._errors: dict[str, FleetError] = {}
        self._pauses = ReadBackoff(hass, entry, store)
        client.guard_commands(self._pauses.check_bill, self._pauses.over_budget)
        self._zone = HomeZone(hass, entry)
        self._seen_from: Home | None = None
        self._date = ("", "")
        self.next_poll: datetime | None = None
        # How often all cars were looked at for free; the first time is before set-up ends.
        self.rounds = 0
        # When this run began (UTC); what was seen before was seen by an earlier one.
        self.started_at = dt_util.utcnow()

    @override
    async def async_config_entry_first_refresh(self) -> None:
        """Look for the first time.

        A set-up that failed is tried again with a new object, which reads from the file
        what this one learnt: a pause that Tesla asked for, and what the calls cost.
        """
        self.config_entry.async_on_unload(self._zone.async_track())
        try:
            await super().async_config_entry_first_refresh()
        except HomeAssistantError:
            await self.async_save()
            raise

    @override
    async def _async_update_data(self) -> dict[str, CarState]:
        """Look at all cars, as cheaply as that can be."""
        async with self._lock:
            self._changed = False
            pauses = self._pauses.of_all
            pause: timedelta | None = None
            try:
                await self._poll_all()
            except SignedOutError as err:
                raise ConfigEntryAuthFailed(
                    translation_domain=DOMAIN,
                    translation_key=err.key,
                    translation_placeholders=err.translation_placeholders,
                ) from err
            except FleetError as err:
                pause = self._pauses.after_round(err, dt_util.utcnow())
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
        """Keep a car as it is now, and hand out its new events with the next update."""
        before = self._account.cars.get(vin)
        if car == before:
            return
        self._events.collect(vin, before, car)
        self._account.cars[vin] = car
        self._changed = True

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Publish the cars as they are now, then hand out the events that led to that."""
        self.data = dict(self._account.cars)
        super().async_update_listeners()
        self._events.async_dispatch()

    @callback
    def async_listen_to_events(self, listener: EventListener) -> CALLBACK_TYPE:
        """Hand each event of a car to a listener; call what is returned to end that.

        Events from before the first listener are handed over at once, those that were
        pending before a restart too.
        """
        return self._events.async_listen(listener)

    async def _poll_all(self) -> None:
        """Take the free look at all cars, and the paid ones that are worth it."""
        if (pause := self._pauses.of_account(dt_util.utcnow())) is not None:
            raise pause
        summaries = await self._client.async_list_vehicles()
        self._account.paused_until = None
        if not summaries:
            # Nobody scouts an account without a car, so this is a lapse of Tesla's or
            # a withdrawn permission, and no reason to forget or to remove anything.
            raise NoCarsError
        asked = set(self._asked.values())
        self._asked.clear()
        for vin in asked:
            # What it comes to now is kept for whoever asked while this round was on its
            # way: the round of their own finds nothing to do any more.
            self._errors.pop(vin, None)
        self._forget_all_but({summary.vin for summary in summaries})
        self._roll_over()
        await self._zone.async_update_time_zone()
        home, moved = self.home, False
        if home != self._seen_from:
            self._seen_from, moved = home, True
        for summary in summaries:
            memory = self._account.cars.get(summary.vin)
            if memory is None or moved or not memory.unchanged_asleep(summary):
                await self._scout(summary, home, asked=summary.vin in asked)
        self.rounds += 1

    def _roll_over(self) -> None:
        """Begin new tallies on a new day of the user's, and in a new month of Tesla's."""
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

    async def _scout(
        self, summary: VehicleSummary, home: Home | None, *, asked: bool
    ) -> None:
        """Note what the free look told of a car, and look for money if it is worth it.

        Each step is noted at once: another car's trouble must not cost what was paid
        for, and a trigger that is taken meanwhile must not come back.
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
            await self._read_car(vin, reason, now)
        except SignedOutError:
            raise
        except FleetError as err:
            # A car that cannot be read leaves the others be.
            self._errors[vin] = err

    async def _read_car(
        self, vin: str, reason: ReadReason, now: datetime
    ) -> VehicleSnapshot:
        """Look at one car, and note what came of it.

        Raises:
            FleetError: why it could not be looked at, which was billed all the same.
        """
        ledger = self.admission.budget.ledger
        paid = ledger.calls[CallKind.DATA]
        try:
            snapshot = await self._client.async_read(vin)
        except FleetError as err:
            if ledger.calls[CallKind.DATA] != paid:
                # A look that failed is a paid one as well, if Tesla bills it.
                failed = self._account.cars[vin]
                self._keep(
                    vin, replace(failed, statistics=failed.statistics.with_read())
                )
            if not isinstance(err, SignedOutError):
                self.admission.record_read(vin, reason, now, found_change=None)
                self._keep(vin, self._pauses.after_failure(vin, err, now))
            raise
        self._pauses.after_success(vin)
        memory = self._account.cars[vin].after_read(snapshot, self.home)
        self._keep(vin, memory)
        found_change, seen = memory.quiet_reads == 0, memory.observation
        self.admission.record_read(
            vin, reason, now, found_change=found_change, seen=seen
        )
        return snapshot

    async def async_scout_now(self, vin: str) -> CarState:
        """Look at a car now, for money if it is online; it is not woken for it.

        Callers who come together share one look.

        Raises:
            FleetError: the car is online, and why it could not be looked at.
            UpdateFailed: why nothing could be, in the user's language.
            ConfigEntryAuthFailed: a person must sign in again.
        """
        request = object()
        self._asked[request] = vin
        try:
            await self.async_refresh()
        finally:
            self._asked.pop(request, None)
        if not self.last_update_success and self.last_exception is not None:
            raise self.last_exception
        if (err := self._errors.get(vin)) is not None:
            raise err
        if vin not in self.data:
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="car_gone")
        return self.data[vin]

    async def async_read(self, vin: str) -> VehicleSnapshot:
        """Take a paid look for a promise, outside the rhythm; entities show it too.

        Raises:
            FleetError: why the car could not be looked at.
        """
        async with self._lock:
            now = dt_util.utcnow()
            if vin not in self._account.cars:
                raise CarAsleepError
            if (pause := self._pauses.of_car(vin, now, asked=False)) is not None:
                raise pause
            self._keep(vin, replace(self._account.cars[vin], reason=ReadReason.SESSION))
            try:
                snapshot = await self._read_car(vin, ReadReason.SESSION, now)
            finally:
                self._store.save_soon()
        self.async_update_listeners()
        return snapshot

    async def async_connectivity(self, vin: str) -> Connectivity | None:
        """Return whether a car can be reached right now: free, and the Scout knows then.

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
        """The time zone of home, by whose clock cars run their schedules."""
        return self._zone.time_zone

    @property
    def home(self) -> Home | None:
        """The user's home, as the zone says it at the moment; None without one."""
        return self._zone.home

    @property
    def home_position(self) -> Position | None:
        """Where the user's home is; None if there is no such zone any more."""
        home = self.home
        return None if home is None else home.position

    @callback
    def async_apply_hint(self, vin: str, told: CarState) -> None:
        """Take what something at home told of a car for what is so, until a look."""
        self._keep(vin, told)
        self._store.save_soon()
        self.async_update_listeners()

    @callback
    def async_refresh_soon(self) -> None:
        """Take a round out of turn."""
        self.config_entry.async_create_task(
            self.hass, self.async_refresh(), "A look for a hint", eager_start=False
        )

    def next_read_at(self, vin: str) -> datetime | None:
        """Return when a car is looked at next, as far as it can be told.

        In the fixed rhythm that is the next round, for all cars. In the adaptive mode
        it is a paid look, and unknown for a car that sleeps: its waking decides. While
        no money is left there is none.
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
    def async_acknowledge_event(self, vin: str, vehicle_event: VehicleEvent) -> None:
        """Take a pending trigger off the list: it has been handled."""
        if (car := self._account.cars.get(vin)) is None:
            return
        self._keep(vin, car.without(vehicle_event))
        self.data = dict(self._account.cars)
        self._store.save_soon()

    async def async_save(self) -> None:
        """Write the memory now, for the last time: the entry is unloaded."""
        await self._store.async_close()

    @callback
    def async_save_at_stop(self) -> CALLBACK_TYPE:
        """Write the memory when Home Assistant stops, which unloads no entry.

        The count of free calls is no news, and waits for that.
        """

        async def save(_event: Event) -> None:
            """Write for the last time."""
            await self.async_save()

        return self.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, save)

    def _plan(self, pause: timedelta | None) -> None:
        """Set the time of the next round: after a pause, or by the rhythm."""
        now = dt_util.utcnow()
        begins = now
        if self.next_poll is not None and now < self.next_poll <= now + EARLY:
            # A round that is planned for 07:00 is a round of the day, however early.
            begins = self.next_poll
        self.next_poll = (
            policy.next_round(self.mode, begins, dt_util.get_default_time_zone())
            if pause is None
            else now + pause
        )
        self.update_interval = self.next_poll - now

    @property
    def mode(self) -> policy.ScoutingMode:
        """The user's scouting mode."""
        options = self.config_entry.options
        return policy.ScoutingMode(options.get(CONF_SCOUTING_MODE, policy.DEFAULT_MODE))

    def _forget_all_but(self, present: set[str]) -> None:
        """Forget the cars that left the account, and remove their devices."""
        for vin in self._account.cars.keys() - present:
            del self._account.cars[vin]
            self._changed = True
        async_remove_others(self.hass, self.config_entry, present)
