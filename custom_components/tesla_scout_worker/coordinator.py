"""The Scout: looks rarely and cheaply at all cars of an account, and says what changed."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    ATTR_LATITUDE,
    ATTR_LONGITUDE,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    HomeAssistantError,
    ServiceValidationError,
)
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .const import (
    CONF_HOME_ZONE,
    CONF_SCOUTING_MODE,
    DEFAULT_HOME_ZONE,
    DOMAIN,
    LOGGER,
    TRIGGER_LIFETIME,
)
from .fleet.client import FleetClient
from .fleet.errors import (
    CarAsleepError,
    FleetError,
    NoCarsError,
    OverBudgetError,
    RateLimitedError,
    RefusedError,
    SignedOutError,
)
from .fleet.models import Connectivity, Position, VehicleSnapshot, VehicleSummary
from .scouting import policy
from .scouting.home import MAX_RADIUS, MIN_RADIUS, Home
from .scouting.memory import CarMemory
from .scouting.triggers import Occurrence
from .store import AccountMemory, ScoutStore

# Tesla answers 403 until the bill or the limit is settled, which takes a person, or
# until the month turns; both are found soon enough by asking a few times a day.
OVER_BUDGET_PAUSE: Final = timedelta(hours=6)

# A refusal is billed and takes a person to end: a permission at Tesla, most likely.
REFUSED_PAUSE: Final = timedelta(hours=1)

# The timer of Home Assistant's coordinator may fire up to so much too early.
EARLY: Final = timedelta(seconds=1)


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
    ) -> None:
        """Bind the client, and the memory of what was seen before a restart."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"Scout of {entry.title}",
            update_interval=policy.DAY_INTERVAL,
        )
        self.data = memory.cars
        self._client = client
        self._store = store
        self._memory = memory
        self._lock = asyncio.Lock()
        # Who waits for a look at which car: a request is an object of its own, so that
        # one caller's failure does not take the look of another.
        self._asked: dict[object, str] = {}
        self._errors: dict[str, FleetError] = {}
        self._failing: set[str] = set()
        self._refused: dict[str, tuple[datetime, RefusedError]] = {}
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
                pause = self._pause_after(err)
                raise UpdateFailed(
                    translation_domain=DOMAIN,
                    translation_key=err.key,
                    translation_placeholders=err.translation_placeholders,
                ) from err
            finally:
                self._plan(pause)
                self._store.save_soon(self._memory)
        if self._memory.paid_again_at is None:
            ir.async_delete_issue(
                self.hass, DOMAIN, over_budget_issue_id(self.config_entry)
            )
        return self._memory.cars

    def _pause_after(self, err: FleetError) -> timedelta | None:
        """Return how long to leave Tesla alone after a round failed; None: the rhythm."""
        if isinstance(err, RateLimitedError):
            self._memory.paused_until = dt_util.utcnow() + err.retry_after
            return err.retry_after
        if isinstance(err, OverBudgetError):
            self._tell_over_budget()
            return OVER_BUDGET_PAUSE
        return None

    async def _look_around(self) -> None:
        """Take the free look at all cars, and the paid ones that are worth it."""
        self._errors = {}
        if (left := _left(self._memory.paused_until, dt_util.utcnow())) is not None:
            raise RateLimitedError(left)
        summaries = await self._client.async_list_vehicles()
        self._memory.paused_until = None
        if not summaries:
            # Nobody scouts an account without a car, so this is a lapse of Tesla's or
            # a withdrawn permission, and no reason to forget or to remove anything.
            raise NoCarsError
        asked = set(self._asked.values())
        self._asked.clear()
        self._forget_all_but({summary.vin for summary in summaries})
        for summary in summaries:
            await self._scout(summary, asked=summary.vin in asked)
        self.rounds += 1

    async def _scout(self, summary: VehicleSummary, *, asked: bool) -> None:
        """Note what the free look told of a car, and look for money if it is worth it.

        Each step is noted at once: another car's trouble must not cost what was paid
        for, and a trigger that is taken meanwhile must not come back.
        """
        vin, now = summary.vin, dt_util.utcnow()
        memory = self._memory.cars.get(vin) or CarMemory(summary=summary)
        memory = memory.seen_from(self._home(), now)
        known = memory.known(summary, asked=asked)
        reason = policy.decide(self._mode, known, now, dt_util.get_default_time_zone())
        paid = reason in policy.PAID
        memory = memory.without_stale(now, TRIGGER_LIFETIME)
        self._memory.cars[vin] = replace(
            memory.after_free_look(summary, now), reason=reason, missed=paid
        )
        if asked:
            # Somebody may have settled it, and wants to see.
            self._refused.pop(vin, None)
        if paid and (snapshot := await self._paid_look(vin, now)) is not None:
            memory = self._memory.cars[vin]
            self._memory.cars[vin] = memory.after_paid_look(snapshot, self._home())

    async def _paid_look(self, vin: str, now: datetime) -> VehicleSnapshot | None:
        """Look at one car; a car that cannot be read leaves the others be."""
        if (pause := self._pause_of(vin, now)) is not None:
            self._errors[vin] = pause
            return None
        try:
            snapshot = await self._client.async_look(vin)
        except SignedOutError:
            raise
        except FleetError as err:
            self._errors[vin] = err
            self._note_failure(vin, err, now)
            return None
        self._memory.paid_again_at = None
        if vin in self._failing:
            self._failing.discard(vin)
            LOGGER.info("The car can be looked at again")
        return snapshot

    def _pause_of(self, vin: str, now: datetime) -> FleetError | None:
        """Return why no car, or not this one, may be looked at for money yet."""
        if _left(self._memory.paid_again_at, now) is not None:
            return OverBudgetError()
        if (left := _left(self._memory.cars[vin].paused_until, now)) is not None:
            return RateLimitedError(left)
        until, refusal = self._refused.get(vin, (None, None))
        return refusal if _left(until, now) is not None else None

    def _note_failure(self, vin: str, err: FleetError, now: datetime) -> None:
        """Take the pause that a failed look asks for, and tell of the failure once."""
        if isinstance(err, CarAsleepError):
            # It said online and fell asleep, or is only just waking: no trouble.
            return
        if isinstance(err, RateLimitedError):
            self._memory.cars[vin] = replace(
                self._memory.cars[vin], paused_until=now + err.retry_after
            )
        elif isinstance(err, RefusedError):
            self._refused[vin] = (now + REFUSED_PAUSE, err)
        elif isinstance(err, OverBudgetError):
            self._memory.paid_again_at = now + OVER_BUDGET_PAUSE
            self._tell_over_budget()
        if vin not in self._failing:
            self._failing.add(vin)
            LOGGER.warning("A car could not be looked at: %s", err)

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
            if (pause := self._pause_of(vin, now)) is not None:
                raise pause
            try:
                snapshot = await self._client.async_look(vin)
            except FleetError as err:
                self._note_failure(vin, err, now)
                raise
            self._memory.cars[vin] = self._memory.cars[vin].after_paid_look(
                snapshot, self._home()
            )
            self._store.save_soon(self._memory)
        self.async_update_listeners()
        return snapshot

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
            policy.next_look(begins, dt_util.get_default_time_zone())
            if pause is None
            else now + pause
        )
        self.update_interval = self.next_look - now

    @property
    def _mode(self) -> policy.ScoutingMode:
        """The user's scouting mode."""
        options = self.config_entry.options
        return policy.ScoutingMode(
            options.get(CONF_SCOUTING_MODE, policy.ScoutingMode.FIXED)
        )

    def _home(self) -> Home | None:
        """Return the user's home, as the zone says it at the moment."""
        zone = self.config_entry.options.get(CONF_HOME_ZONE, DEFAULT_HOME_ZONE)
        if (state := self.hass.states.get(zone)) is None:
            return None
        position = Position.parse(
            state.attributes.get(ATTR_LATITUDE), state.attributes.get(ATTR_LONGITUDE)
        )
        if position is None:
            return None
        radius = state.attributes.get("radius", MIN_RADIUS)
        return Home(position=position, radius=min(max(radius, MIN_RADIUS), MAX_RADIUS))

    def _tell_over_budget(self) -> None:
        """Show that Tesla disabled the account, which a person must settle."""
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            over_budget_issue_id(self.config_entry),
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="over_budget",
            translation_placeholders={"account": self.config_entry.title},
        )

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


def _left(until: datetime | None, now: datetime) -> timedelta | None:
    """Return what is left of a pause; None where there is none, or it is over."""
    return until - now if until is not None and until - now > EARLY else None


def over_budget_issue_id(entry: ConfigEntry[Any]) -> str:
    """Return the id of the repair for the disabled account of an entry."""
    return f"over_budget_{entry.entry_id}"
