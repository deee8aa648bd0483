"""The Scout: looks rarely and cheaply at all cars of an account, and says what changed."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_LATITUDE, ATTR_LONGITUDE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ServiceValidationError
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
    OverBudgetError,
    RateLimitedError,
    SignedOutError,
)
from .fleet.ledger import Ledger
from .fleet.models import Position, VehicleSnapshot, VehicleSummary
from .fleet.tokens import TokenManager
from .scouting import policy
from .scouting.home import MAX_RADIUS, MIN_RADIUS, Home
from .scouting.memory import CarMemory
from .scouting.triggers import Occurrence
from .store import AccountMemory, ScoutStore

# Tesla answers 403 until the bill or the limit is settled, which takes a person, or
# until the month turns; both are found soon enough by asking a few times a day.
OVER_BUDGET_PAUSE: Final = timedelta(hours=6)


@dataclass(kw_only=True)
class ScoutData:
    """What an entry holds while it runs."""

    client: FleetClient
    coordinator: ScoutCoordinator
    ledger: Ledger
    tokens: TokenManager


type ScoutConfigEntry = ConfigEntry[ScoutData]


class ScoutCoordinator(DataUpdateCoordinator[dict[str, CarMemory]]):
    """One free list call for all cars, then a paid look only where it is due."""

    config_entry: ScoutConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ScoutConfigEntry,
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
        self._asked: set[str] = set()
        self._failing: set[str] = set()
        self._not_before: dict[str, datetime] = {}
        self.next_look: datetime | None = None

    @override
    async def _async_update_data(self) -> dict[str, CarMemory]:
        """Look at all cars, as cheaply as that can be."""
        async with self._lock:
            try:
                cars = await self._look_around()
            except SignedOutError as err:
                raise ConfigEntryAuthFailed(
                    translation_domain=DOMAIN,
                    translation_key=err.key,
                    translation_placeholders=err.translation_placeholders,
                ) from err
            except RateLimitedError as err:
                raise _failed(err, err.retry_after) from err
            except OverBudgetError as err:
                self._tell_over_budget()
                raise _failed(err, OVER_BUDGET_PAUSE) from err
            except FleetError as err:
                raise _failed(err) from err
            finally:
                self._schedule()
                self._store.save_soon(self._memory)
        ir.async_delete_issue(self.hass, DOMAIN, self._over_budget_issue_id)
        return cars

    async def _look_around(self) -> dict[str, CarMemory]:
        """Take the free look at all cars, and the paid ones that are worth it."""
        asked, self._asked = self._asked, set()
        summaries = await self._client.async_list_vehicles()
        cars = {
            summary.vin: await self._scout(
                summary, dt_util.utcnow(), asked=summary.vin in asked
            )
            for summary in summaries
        }
        self._memory.cars = cars
        self._remove_stale_devices(cars)
        return cars

    async def _scout(
        self, summary: VehicleSummary, now: datetime, *, asked: bool
    ) -> CarMemory:
        """Return what is known of a car after this round."""
        memory = self._memory.cars.get(summary.vin) or CarMemory(summary=summary)
        memory = memory.without_stale(now, TRIGGER_LIFETIME)
        known = memory.known(summary, asked=asked)
        reason = policy.decide(self._mode, known, now, dt_util.get_default_time_zone())
        snapshot = None
        if reason in policy.PAID and self._may_look(summary.vin, now):
            snapshot = await self._paid_look(summary.vin, now)
        if snapshot is None:
            memory = memory.after_free_look(summary, now)
        else:
            memory = memory.after_free_look(summary, now).after_paid_look(
                summary, snapshot, self._home()
            )
        return replace(memory, reason=reason)

    def _may_look(self, vin: str, now: datetime) -> bool:
        """Return whether Tesla's pause for a car, if there was one, is over."""
        return now >= self._not_before.get(vin, now)

    async def _paid_look(self, vin: str, now: datetime) -> VehicleSnapshot | None:
        """Look at one car; a car that cannot be read leaves the others be."""
        try:
            snapshot = await self._client.async_look(vin)
        except SignedOutError, OverBudgetError:
            raise
        except CarAsleepError:
            # It said online and fell asleep, or is only just waking: no trouble.
            return None
        except FleetError as err:
            if isinstance(err, RateLimitedError):
                self._not_before[vin] = now + err.retry_after
            if vin not in self._failing:
                self._failing.add(vin)
                LOGGER.warning("A car could not be looked at: %s", err)
            return None
        if vin in self._failing:
            self._failing.discard(vin)
            LOGGER.info("The car can be looked at again")
        return snapshot

    async def async_scout_now(self, vin: str) -> CarMemory:
        """Look at a car now, for money if it is online; it is not woken for it.

        Raises:
            UpdateFailed: why that was not possible, in the user's language.
            ConfigEntryAuthFailed: a person must sign in again.
        """
        self._asked.add(vin)
        await self.async_refresh()
        if not self.last_update_success and self.last_exception is not None:
            raise self.last_exception
        if vin not in self.data:
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="car_gone")
        return self.data[vin]

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
        """Write the memory now, before the entry is unloaded."""
        await self._store.async_save(self._memory)

    def _schedule(self) -> None:
        """Set the time of the next round."""
        now = dt_util.utcnow()
        self.next_look = policy.next_look(now, dt_util.get_default_time_zone())
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
            self._over_budget_issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="over_budget",
            translation_placeholders={"account": self.config_entry.title},
        )

    @property
    def _over_budget_issue_id(self) -> str:
        """The id of the repair for a disabled account."""
        return f"over_budget_{self.config_entry.entry_id}"

    def _remove_stale_devices(self, cars: dict[str, CarMemory]) -> None:
        """Remove the devices of cars that left the account."""
        registry = dr.async_get(self.hass)
        present = {*cars, self.config_entry.unique_id}
        for device in dr.async_entries_for_config_entry(
            registry, self.config_entry.entry_id
        ):
            if not any(key in present for _, key in device.identifiers):
                registry.async_remove_device(device.id)


def _failed(err: FleetError, retry_after: timedelta | None = None) -> UpdateFailed:
    """Return the failure of a round, with Tesla's pause where it named one."""
    return UpdateFailed(
        translation_domain=DOMAIN,
        translation_key=err.key,
        translation_placeholders=err.translation_placeholders,
        retry_after=None if retry_after is None else retry_after.total_seconds(),
    )
