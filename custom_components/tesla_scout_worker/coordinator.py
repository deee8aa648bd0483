"""The Scout: looks rarely and cheaply at all cars of an account, and says what changed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    HomeAssistantError,
    ServiceValidationError,
)
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .const import CONF_SCOUTING_MODE, DOMAIN, LOGGER, TRIGGER_LIFETIME
from .economy import Economy
from .fleet.client import FleetClient
from .fleet.errors import (
    CarAsleepError,
    FleetError,
    NoCarsError,
    OverBudgetError,
    SignedOutError,
)
from .fleet.ledger import CallKind
from .fleet.models import Connectivity, Position, VehicleSnapshot, VehicleSummary
from .home_zone import home_of
from .scout_pauses import EARLY, ScoutPauses
from .scouting import policy
from .scouting.adaptive import plan
from .scouting.home import Home
from .scouting.known import PAID, LookReason
from .scouting.memory import CarMemory
from .scouting.triggers import Occurrence
from .store import AccountMemory, ScoutStore


class ScoutCoordinator(DataUpdateCoordinator[dict[str, CarMemory]]):
    """One free list call for all cars, then a paid look only where it is due."""

    config_entry: ConfigEntry[Any]

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        client: FleetClient,
        store: ScoutStore,
        memory: AccountMemory,
        economy: Economy,
    ) -> None:
        """Bind the client, and the memory of what was seen before a restart."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"Scout of {entry.title}",
            update_interval=policy.DAY_INTERVAL,
            # A round that told nothing new is no news for the entities.
            always_update=False,
        )
        self.data = memory.cars
        self.economy = economy
        self._client = client
        self._store = store
        self._memory = memory
        self._lock = asyncio.Lock()
        # Who waits for a look at which car: a request is an object of its own, so that
        # one caller's failure does not take the look of another.
        self._asked: dict[object, str] = {}
        self._errors: dict[str, FleetError] = {}
        self._pauses = ScoutPauses(hass, entry, memory)
        self._seen_from: Home | None = None
        self._date = ("", "")
        self.next_look: datetime | None = None
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
        try:
            await super().async_config_entry_first_refresh()
        except HomeAssistantError:
            await self.async_save()
            raise

    @override
    async def _async_update_data(self) -> dict[str, CarMemory]:
        """Look at all cars, as cheaply as that can be."""
        async with self._lock:
            before = self._as_it_is()
            pause: timedelta | None = None
            try:
                await self._look_around()
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
                changed = self._as_it_is() != before
                if changed:
                    self._store.save_soon(self._memory)
        self._pauses.show()
        if changed or self._mode is policy.ScoutingMode.FIXED:
            # In the fixed rhythm each round moves the next one, which is shown.
            self.async_update_listeners()
        return self._memory.cars

    def _as_it_is(self) -> object:
        """Return what a round may change; cars that stay as they are cost nothing."""
        memory = self._memory
        return dict(memory.cars), memory.paused_until, memory.paid_again_at

    async def _look_around(self) -> None:
        """Take the free look at all cars, and the paid ones that are worth it."""
        if (pause := self._pauses.of_account(dt_util.utcnow())) is not None:
            raise pause
        summaries = await self._client.async_list_vehicles()
        self._memory.paused_until = None
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
        self._turn_the_page()
        home, moved = self._home(), False
        if home != self._seen_from:
            self._seen_from, moved = home, True
        for summary in summaries:
            memory = self._memory.cars.get(summary.vin)
            if memory is None or moved or not memory.sleeps_on(summary):
                await self._scout(summary, home, asked=summary.vin in asked)
        self.rounds += 1

    def _turn_the_page(self) -> None:
        """Begin new tallies on a new day of the user's, and in a new month of Tesla's."""
        now = dt_util.utcnow()
        date = (
            dt_util.as_local(now).date().isoformat(),
            now.astimezone(UTC).strftime("%Y-%m"),
        )
        if date == self._date:
            return
        self._date = date
        for vin, car in self._memory.cars.items():
            self._memory.cars[vin] = replace(car, tally=car.tally.turned(*date))

    async def _scout(
        self, summary: VehicleSummary, home: Home | None, *, asked: bool
    ) -> None:
        """Note what the free look told of a car, and look for money if it is worth it.

        Each step is noted at once: another car's trouble must not cost what was paid
        for, and a trigger that is taken meanwhile must not come back.
        """
        vin, now = summary.vin, dt_util.utcnow()
        memory = self._memory.cars.get(vin) or CarMemory(summary=summary)
        memory = memory.seen_from(home, now).on_the_way(summary.connectivity, now)
        memory = replace(memory, tally=memory.tally.turned(*self._date))
        reason = self._decide(memory, summary, now, asked=asked)
        paid = reason in PAID
        memory = memory.without_stale(now, TRIGGER_LIFETIME)
        self._memory.cars[vin] = replace(
            memory.after_free_look(summary, now),
            reason=reason,
            missed=paid,
            misses=memory.misses,
        )
        if asked:
            self._pauses.forgive(vin)
        if not paid:
            return
        self._errors.pop(vin, None)
        asked = reason is LookReason.ASKED
        if (pause := self._pauses.of_car(vin, now, asked=asked)) is not None:
            self._errors[vin] = pause
            return
        try:
            await self._paid_look(vin, reason, now)
        except SignedOutError:
            raise
        except FleetError as err:
            # A car that cannot be read leaves the others be.
            self._errors[vin] = err

    def _decide(
        self, memory: CarMemory, summary: VehicleSummary, now: datetime, *, asked: bool
    ) -> LookReason:
        """Return why a car is looked at now, or is not, for what may be spent."""
        vin, economy = summary.vin, self.economy

        def reason_for(*, asked: bool) -> LookReason:
            """Return what the policy says."""
            known = memory.known(
                summary,
                asked=asked,
                hinted=economy.hinted(vin, now),
                cable_told=economy.cable_told,
                stretch=economy.stretch(now),
            )
            zone = dt_util.get_default_time_zone()
            return policy.decide(self._mode, known, now, zone)

        reason = reason_for(asked=asked)
        if reason not in PAID:
            return reason
        if (spent := economy.must_save(now)) is not None:
            self._errors[vin] = spent
            return LookReason.BUDGET
        if reason is not LookReason.ASKED:
            return reason
        if (err := economy.has_to_wait(vin, now)) is not None:
            reason = reason_for(asked=False)
            if reason not in PAID:
                self._errors[vin] = err
        return reason

    async def _paid_look(
        self, vin: str, reason: LookReason, now: datetime
    ) -> VehicleSnapshot:
        """Look at one car, and note what came of it.

        Raises:
            FleetError: why it could not be looked at, which was billed all the same.
        """
        ledger = self.economy.budget.ledger
        paid = ledger.calls[CallKind.DATA]
        try:
            snapshot = await self._client.async_look(vin)
        except FleetError as err:
            if ledger.calls[CallKind.DATA] != paid:
                # A look that failed is a paid one as well, if Tesla bills it.
                failed = self._memory.cars[vin]
                self._memory.cars[vin] = replace(failed, tally=failed.tally.with_look())
            if not isinstance(err, SignedOutError):
                self.economy.noted(vin, reason, now, news=None)
                self._pauses.after_failure(vin, err, now)
            raise
        self._pauses.after_success(vin)
        memory = self._memory.cars[vin].after_paid_look(snapshot, self._home())
        self._memory.cars[vin] = memory
        news, seen = memory.quiet_looks == 0, memory.observation
        self.economy.noted(vin, reason, now, news=news, seen=seen)
        return snapshot

    async def async_scout_now(self, vin: str) -> CarMemory:
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
            if vin not in self._memory.cars:
                raise CarAsleepError
            if (pause := self._pauses.of_car(vin, now, asked=False)) is not None:
                raise pause
            promised = replace(self._memory.cars[vin], reason=LookReason.PROMISE)
            self._memory.cars[vin] = promised
            snapshot = await self._paid_look(vin, LookReason.PROMISE, now)
            self._store.save_soon(self._memory)
        self.async_update_listeners()
        return snapshot

    async def async_spend(self, call: Callable[[], Awaitable[None]]) -> None:
        """Make a call of the Worker's that costs, unless Tesla disabled the account.

        Raises:
            FleetError: why it was not made, or what came of it.
        """
        if (pause := self._pauses.of_bill(dt_util.utcnow())) is not None:
            raise pause
        try:
            await call()
        except OverBudgetError:
            self._pauses.over_budget(dt_util.utcnow())
            self._store.save_soon(self._memory)
            raise

    async def async_connectivity(self, vin: str) -> Connectivity | None:
        """Return whether a car can be reached right now: free, and the Scout knows then.

        Raises:
            FleetError: why that cannot be known.
        """
        connectivity = await self._client.async_connectivity(vin)
        if (car := self._memory.cars.get(vin)) is not None:
            summary = replace(car.summary, connectivity=connectivity)
            self._memory.cars[vin] = car.after_free_look(summary, dt_util.utcnow())
            self._store.save_soon(self._memory)
            self.async_update_listeners()
        return connectivity

    @property
    def home_position(self) -> Position | None:
        """Where the user's home is; None if there is no such zone any more."""
        home = self._home()
        return None if home is None else home.position

    @callback
    def async_hear(self, entity_id: str) -> None:
        """Take a hint: look at once at the cars that are online."""
        if self.economy.hint(entity_id, self._memory.cars, dt_util.utcnow()):
            self._look_soon()

    @callback
    def async_hear_of_cable(self, entity_id: str, *, plugged_in: bool) -> None:
        """Believe a hint of a cable at home, if it can only be one car's, and is worth it.

        What it cannot tell, the next round looks for: whether the car charges.
        """
        now, cars = dt_util.utcnow(), self._memory.cars
        believed = {
            vin: told
            for vin, car in cars.items()
            if (told := car.told_of_cable(plugged_in, self._home(), now)) is not car
        }
        if len(believed) == 1:
            [(vin, told)] = believed.items()
            if self.economy.hear_of_cable(entity_id, vin, now, plugged_in=plugged_in):
                cars[vin] = told
                self._store.save_soon(self._memory)
                self.async_update_listeners()
        found = {
            vin: car
            for vin, car in cars.items()
            if vin in believed or car.sleeps_elsewhere
        }
        if not plugged_in:
            return
        if self.economy.hint(entity_id, found, now) and (
            self._mode is policy.ScoutingMode.FIXED
        ):
            self._look_soon()

    @callback
    def _look_soon(self) -> None:
        """Take a round out of turn."""
        self.config_entry.async_create_task(
            self.hass, self.async_refresh(), "A look for a hint", eager_start=False
        )

    def next_look_at(self, vin: str) -> datetime | None:
        """Return when a car is looked at next, as far as it can be told.

        In the fixed rhythm that is the next round, for all cars. In the adaptive mode
        it is a paid look, and unknown for a car that sleeps: its waking decides. While
        no money is left there is none.
        """
        now = dt_util.utcnow()
        car = self._memory.cars[vin]
        if self._mode is policy.ScoutingMode.FIXED or self.next_look is None:
            return self.next_look
        online = car.summary.connectivity is Connectivity.ONLINE
        if not online or car.summary.in_service or self.economy.must_save(now):
            return None
        known = car.known(
            car.summary,
            asked=False,
            cable_told=self.economy.cable_told,
            stretch=self.economy.stretch(now),
        )
        return max(plan(known).due, self.next_look, self._pauses.over_at(vin, now))

    def vin_of(self, device: dr.DeviceEntry) -> str:
        """Return the VIN of a car's device.

        Raises:
            ServiceValidationError: the device is the account, not a car.
        """
        for _, key in device.identifiers:
            if key in self.data:
                return key
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_a_car"
        )

    @callback
    def async_take(self, vin: str, occurrence: Occurrence) -> None:
        """Take a pending trigger off the list: it has been handled."""
        if (car := self._memory.cars.get(vin)) is None:
            return
        self._memory.cars[vin] = car.without(occurrence)
        self._store.save_soon(self._memory)

    async def async_save(self) -> None:
        """Write the memory now, for the last time: the entry is unloaded."""
        await self._store.async_close(self._memory)

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
        if self.next_look is not None and now < self.next_look <= now + EARLY:
            # A round that is planned for 07:00 is a round of the day, however early.
            begins = self.next_look
        self.next_look = (
            policy.next_round(self._mode, begins, dt_util.get_default_time_zone())
            if pause is None
            else now + pause
        )
        self.update_interval = self.next_look - now

    @property
    def _mode(self) -> policy.ScoutingMode:
        """The user's scouting mode."""
        options = self.config_entry.options
        return policy.ScoutingMode(options.get(CONF_SCOUTING_MODE, policy.DEFAULT_MODE))

    def _home(self) -> Home | None:
        """Return the user's home, as the zone says it at the moment."""
        return home_of(self.hass, self.config_entry)

    def _forget_all_but(self, present: set[str]) -> None:
        """Forget the cars that left the account, and remove their devices."""
        for vin in self._memory.cars.keys() - present:
            del self._memory.cars[vin]
        registry = dr.async_get(self.hass)
        kept = {*present, self.config_entry.unique_id}
        for device in dr.async_entries_for_config_entry(
            registry, self.config_entry.entry_id
        ):
            if not any(key in kept for _, key in device.identifiers):
                registry.async_remove_device(device.id)
