"""A car by the entities that other integrations made for it.

It reads their states and calls their actions, and knows nothing else of them.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.components.homeassistant import (
    DOMAIN as HA_DOMAIN,
    SERVICE_UPDATE_ENTITY,
)
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_LATITUDE,
    ATTR_LONGITUDE,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceNotFound
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from ..errors import (
    CarAsleepError,
    CarWakingError,
    FleetError,
    MaybeExecutedError,
    RefusedError,
    TransientError,
    UnclearAnswerError,
)
from ..gateway import Capabilities, Push
from ..held import HeldSchedules
from ..ledger import NO_PRICES, Prices
from ..models import (
    ChargeScheduleOrder,
    Connectivity,
    Position,
    VehicleSnapshot,
    VehicleSummary,
)
from .parts import EntityCar, Part
from .push import EntityPush
from .registry import async_entity_ids
from .schedule_actions import ScheduleActions
from .states import PartState, payload, plugged_in

# An integration that does not answer is not waited for longer; a car takes up to a
# minute to wake, and some integrations wait for it.
PATIENCE: Final = 90.0

# Integrations whose switch starts a charge, and means nothing without a cable; to use it
# may cost a wake. The switch of any other charger stays as it is.
STARTS_A_CHARGE: Final = frozenset(
    {"esphome", "ocpp", "tesla_custom", "tesla_fleet", "teslemetry", "tessie"}
)

# What shows whether a car charges, the best first.
SHOWS_CHARGE: Final = (Part.CHARGING_STATE, Part.CHARGING, Part.POWER)

# A car and its charger take a while to start and to stop.
SETTLES: Final = timedelta(seconds=60)

# Integrations that wake the car themselves before a command, and wait for it.
WAKES_ITSELF: Final = frozenset({"tesla_fleet", "tessie"})

# A car takes up to a minute to wake, and stays awake for at least ten. Some integrations
# show late that it is awake.
WAKES_WITHIN: Final = timedelta(seconds=60)
STAYS_AWAKE: Final = timedelta(minutes=10)

LONG_AGO: Final = datetime.fromtimestamp(0, UTC)

# The keys of errors that are not about the command: the integration has not reached its
# service or the car, so the same command may work later.
UNREACHED: Final[Mapping[str, frozenset[str]]] = {
    "tesla_fleet": frozenset(
        {"command_failed", "command_no_response", "wake_up_failed", "wake_up_timeout"}
    ),
    "teslemetry": frozenset(
        {"command_connection_error", "command_exception", "command_no_response"}
    ),
    "tessie": frozenset({"cannot_connect"}),
    "wallbox": frozenset({"api_failed", "too_many_requests"}),
}

# What a person is told of a car whose entities do not do what is asked.
NO_CABLE: Final = "disconnected"
NO_ENTITY: Final = "entity_missing"


class EntityGateway:
    """The calls of one car; every method raises ``FleetError`` and nothing else."""

    def __init__(
        self, hass: HomeAssistant, car: EntityCar, held: HeldSchedules
    ) -> None:
        """Bind the car, and what Home Assistant holds for it."""
        self._hass = hass
        self._car = car
        self._held = held
        self._actions = ScheduleActions(hass, car)
        # When the charge was last commanded, until the states were asked for it.
        self._commanded_at: datetime | None = None
        self._woken_at: datetime | None = None
        self.push: Push = EntityPush(hass, car)
        self.list_is_whole = True

    @property
    def name(self) -> str:
        """The name of the car."""
        return self._car.name

    @property
    def prices(self) -> Prices:
        """States are free; what a command costs is the other integration's bill."""
        return NO_PRICES

    def capabilities(self, vin: str) -> Capabilities:
        """Return what can be done with the car."""
        parts = self._car.parts
        return Capabilities(
            schedules=False,
            limit=Part.LIMIT in parts,
            start_stop=Part.START in parts,
            amps=Part.AMPS in parts,
            wake=Part.WAKE in parts,
            location=bool({Part.LOCATION, Part.AT_HOME} & parts.keys()),
            push=True,
            write_only=self._actions.works,
            energy=Part.ENERGY_ADDED in parts,
        )

    def guard_commands(
        self, check_bill: Callable[[], None], on_disabled: Callable[[], None]
    ) -> None:
        """Do nothing: there is no bill of ours."""

    # Reading.

    def _states(self) -> dict[Part, PartState]:
        """Return the known states by part."""
        registry = er.async_get(self._hass)
        found: dict[Part, PartState] = {}
        for part, entity_id in async_entity_ids(self._hass, self._car.parts).items():
            state = None if entity_id is None else self._hass.states.get(entity_id)
            if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN, ""):
                continue
            entry = registry.async_get(state.entity_id)
            attributes = state.attributes
            found[part] = PartState(
                text=state.state,
                reported_at=state.last_reported,
                unit=attributes.get(ATTR_UNIT_OF_MEASUREMENT),
                position=Position.parse(
                    attributes.get(ATTR_LATITUDE), attributes.get(ATTR_LONGITUDE)
                ),
                platform="" if entry is None else entry.platform,
            )
        return found

    def reported_at(self, vin: str) -> datetime | None:
        """Return when the state of charge was last reported (UTC); None: it is unknown."""
        level = self._states().get(Part.LEVEL)
        return None if level is None else level.reported_at

    def gone(self) -> tuple[Part, ...]:
        """Return the parts whose entity is no longer there, or is disabled."""
        ids = async_entity_ids(self._hass, self._car.parts)
        return tuple(part for part in Part if part in ids and ids[part] is None)

    def _summary(self) -> VehicleSummary:
        """Return the car, and whether its state of charge is available.

        Home Assistant shows the last state of a car that sleeps, so it can be read. The
        switch of some chargers is not available without a cable, which is no outage.
        """
        online = Part.LEVEL in self._states()
        return VehicleSummary(
            vin=self._car.vin,
            name=self._car.name,
            connectivity=Connectivity.ONLINE if online else Connectivity.OFFLINE,
        )

    async def async_list_vehicles(self) -> tuple[VehicleSummary, ...]:
        """Return the car; free."""
        return (self._summary(),)

    async def async_connectivity(self, vin: str) -> Connectivity | None:
        """Return whether the entities of the car are available; free."""
        return self._summary().connectivity

    async def async_read(self, vin: str) -> VehicleSnapshot:
        """Read the states, as they are now.

        Raises:
            CarAsleepError: the state of charge is not available.
        """
        await self._async_ask_after_command()
        states, now = self._states(), dt_util.utcnow()
        if Part.LEVEL not in states:
            raise CarAsleepError
        held = self._held.of(vin)
        limit = self._car.limit if held.limit is None else held.limit
        located = self.capabilities(vin).location
        found = payload(states, limit, located=located)
        found["charge_schedule_data"] = self._held.section(vin, now)
        return VehicleSnapshot.parse(found, now)

    async def async_read_reported(self, vin: str) -> VehicleSnapshot:
        """Read the states, as they are now."""
        return await self.async_read(vin)

    async def _async_ask_after_command(self) -> None:
        """Have the integration read the car, if it has not shown a command's result.

        Some poll every ten minutes. Once for a command, since a read may be paid for.
        """
        if (since := self._commanded_at) is None:
            return
        states = self._states()
        shown = next((part for part in SHOWS_CHARGE if part in states), None)
        if dt_util.utcnow() - since < SETTLES:
            return
        self._commanded_at = None
        if shown is None or states[shown].reported_at > since:
            return
        entity_id = async_entity_ids(self._hass, self._car.parts)[shown]
        with suppress(HomeAssistantError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await async_setup_component(self._hass, HA_DOMAIN, {})
                await self._hass.services.async_call(
                    HA_DOMAIN,
                    SERVICE_UPDATE_ENTITY,
                    {ATTR_ENTITY_ID: entity_id},
                    blocking=True,
                )

    # Commands.

    def _is_asleep(self) -> bool:
        """Whether the integration shows that the car sleeps."""
        states = self._states()
        online, asleep = states.get(Part.ONLINE), states.get(Part.ASLEEP)
        if asleep is not None:
            return asleep.flag is True
        return online is not None and online.flag is False

    def must_be_woken(self, vin: str) -> bool:
        """Return whether the car sleeps, and its schedules are written into it too.

        What is only held here, a car that sleeps has at once.
        """
        return self._actions.available and self._must_be_woken()

    def _must_be_woken(self) -> bool:
        """Whether the car sleeps, and its integration does not wake it by itself."""
        if Part.WAKE not in self._car.parts or self._car.platform in WAKES_ITSELF:
            return False
        return self._is_asleep() and not WAKES_WITHIN <= self._woken_for < STAYS_AWAKE

    def note_awake(self) -> None:
        """Take from elsewhere that the car is awake, which is shown late here."""
        self._woken_at = dt_util.utcnow() - WAKES_WITHIN

    @property
    def _woken_for(self) -> timedelta:
        """How long ago the car was woken; a long time if it was not."""
        return dt_util.utcnow() - (self._woken_at or LONG_AGO)

    async def _async_wake_first(self) -> None:
        """Wake a car that must be woken before a command.

        Raises:
            CarWakingError: the car was asked to wake; the command is sent after that.
        """
        if not self._must_be_woken():
            return
        if self._woken_for >= WAKES_WITHIN:
            with suppress(RefusedError):
                await self._act(Part.WAKE, "press")
            self._woken_at = dt_util.utcnow()
        raise CarWakingError

    async def async_wake(self, vin: str) -> None:
        """Press the button that wakes the car."""
        await self._act(Part.WAKE, "press")
        self._woken_at = dt_util.utcnow()

    async def async_set_charge_limit(self, vin: str, percent: int) -> None:
        """Set the charge limit; that of a car that has none is held here."""
        if Part.LIMIT not in self._car.parts:
            self._held.set_limit(vin, percent)
            return
        await self._async_wake_first()
        await self._act(Part.LIMIT, "set_value", value=percent)
        # A car at its limit starts a charge if that is raised.
        self._commanded_at = dt_util.utcnow()

    async def async_set_charging_amps(self, vin: str, amps: int) -> None:
        """Set the charge current, in A."""
        await self._async_wake_first()
        await self._act(Part.AMPS, "set_value", value=amps)

    async def async_start_charging(self, vin: str) -> None:
        """Start charging, or let a charger charge the car that is plugged in next."""
        states = self._states()
        start = states.get(Part.START)
        platform = self._car.platform if start is None else start.platform
        if plugged_in(states) is False and platform in STARTS_A_CHARGE:
            raise RefusedError(NO_CABLE)
        await self._async_wake_first()
        await self._act(Part.START, "turn_on")
        self._commanded_at = dt_util.utcnow()

    async def async_stop_charging(self, vin: str) -> None:
        """Stop charging."""
        await self._async_wake_first()
        await self._act(Part.START, "turn_off")
        self._commanded_at = dt_util.utcnow()

    async def async_add_charge_schedule(
        self, vin: str, order: ChargeScheduleOrder
    ) -> None:
        """Hold a schedule for the car, and write it into the car if that is possible.

        Raises:
            TransientError: it is held, and the first that was not written, so that no
                limit is raised after it. The next try finds it held.
        """
        if self._actions.available:
            await self._async_wake_first()
        zone = dt_util.get_default_time_zone()
        self._held.add(vin, order, dt_util.utcnow(), zone)
        worked = self._actions.works
        if not await self._actions.async_add(order) and worked:
            raise TransientError

    async def async_remove_charge_schedule(self, vin: str, schedule_id: int) -> None:
        """Hold a schedule no longer."""
        if self._actions.available:
            await self._async_wake_first()
        self._held.remove(vin, schedule_id)
        await self._actions.async_remove(schedule_id)

    async def _act(self, part: Part, action: str, **data: Any) -> None:
        """Call an action of the entity of a part.

        Raises:
            RefusedError: the car has no such part, or the integration refused.
            CarAsleepError: the entity is not available, or the car sleeps.
            MaybeExecutedError: there was no answer in time.
            TransientError: anything else, such as a service that is down.
        """
        if part not in self._car.parts:
            raise RefusedError(NO_ENTITY)
        entity_id = async_entity_ids(self._hass, self._car.parts)[part]
        if entity_id is None:
            raise RefusedError(NO_ENTITY)
        state = self._hass.states.get(entity_id)
        # A button that was never pressed is unknown.
        if state is None or state.state == STATE_UNAVAILABLE:
            raise CarAsleepError
        try:
            async with asyncio.timeout(PATIENCE):
                await self._hass.services.async_call(
                    entity_id.partition(".")[0],
                    action,
                    {ATTR_ENTITY_ID: entity_id, **data},
                    blocking=True,
                )
        except TimeoutError as err:
            raise MaybeExecutedError from err
        except ServiceNotFound as err:
            raise CarAsleepError from err
        except FleetError:
            raise
        except HomeAssistantError as err:
            if self._is_asleep():
                raise CarAsleepError from err
            raise _error_of(err) from err
        except Exception as err:
            # Each integration has errors of its own, and not all are of Home Assistant.
            raise TransientError from err


def _error_of(err: HomeAssistantError) -> FleetError:
    """Return the error for that of another integration.

    Its word is the key, else the class: its text may hold what must not be logged, such as
    a VIN.
    """
    word = err.translation_key or type(err).__name__
    if word in UNREACHED.get(err.translation_domain or "", ()):
        return UnclearAnswerError(word)
    return RefusedError(word)
