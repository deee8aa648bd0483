"""Delivery to a car: reach it, send commands, read it back.

When the next try is due is decided in `charging/in_car/delivery_state.py`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from homeassistant.util import dt as dt_util

from ..charging.in_car.delivery_state import (
    WAKE_FORGOTTEN,
    WAKE_PATIENCE,
    DeliveryState,
    Failure,
    WaitReason,
    WakeRule,
)
from ..charging.in_car.vehicle_change import WAKE, Command, CommandKind
from ..const import LOGGER
from ..coordinator import ScoutCoordinator
from ..gateways.errors import (
    CarWakingError,
    FleetError,
    HeldBackError,
    KeyNotPairedError,
    MaybeExecutedError,
    NotRegisteredError,
    RateLimitedError,
    RefusedError,
    StaleAnswerError,
    UnclearAnswerError,
)
from ..gateways.gateway import Capabilities, Gateway
from ..gateways.models import Connectivity, VehicleSnapshot
from ..gateways.redaction import car_tag
from .left_in_car import time_span

__all__ = ["Delivery", "Offline", "Reach", "failure_of"]


class Offline(StrEnum):
    """Why a car that is not online cannot be reached now."""

    WAKING = "waking"
    WOKEN = "woken"
    UNREACHABLE = "unreachable"
    IN_SERVICE = "in_service"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """The result of a try to reach a car, for one owner of a change.

    Attributes:
        state: The delivery state of the owner afterwards.
        offline: Why the car cannot be reached now; None: it is online.
    """

    state: DeliveryState
    offline: Offline | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """A change to deliver to a car.

    Attributes:
        state: The delivery state so far.
        rule: When the car may be woken for it.
        urgent: Whether it may use the budget reserved for sessions.
    """

    state: DeliveryState
    rule: WakeRule
    urgent: bool = False


# A provider's memory of a car that is awake is renewed each 15 s (Tessie).
STALE_PAUSE: Final = timedelta(seconds=20)

# A car takes up to a minute to wake.
WAKING_PAUSE: Final = timedelta(seconds=60)

type Save = Callable[[Mapping[str, DeliveryState]], Awaitable[None]]


def failure_of(err: FleetError) -> Failure:
    """Return what an error means for the next try.

    An answer that the car is asleep was billed, unlike a poll that says so. It is tried
    again with growing pauses, whatever the list of cars says.
    """
    waits_for = WaitReason.TROUBLE
    match err:
        case KeyNotPairedError() | NotRegisteredError():
            return Failure(
                waits_for=waits_for, reason=err.key, refused=True, final=True
            )
        case RefusedError():
            return Failure(waits_for=waits_for, reason=err.reason, refused=True)
        case RateLimitedError():
            until = dt_util.utcnow() + err.retry_after
            return Failure(waits_for=waits_for, reason=err.key, until=until)
        case StaleAnswerError():
            until = dt_util.utcnow() + STALE_PAUSE
            return Failure(waits_for=waits_for, reason=err.key, until=until, soon=True)
        case CarWakingError():
            until = dt_util.utcnow() + WAKING_PAUSE
            return Failure(waits_for=waits_for, reason=err.key, until=until, soon=True)
        case HeldBackError():
            return Failure(waits_for=waits_for, reason=err.reason, until=err.until)
        case UnclearAnswerError():
            return Failure(waits_for=waits_for, reason=err.reason)
        case MaybeExecutedError():
            dear = err.requests > 1
            return Failure(waits_for=waits_for, reason=err.key, dear=dear)
    return Failure(waits_for=waits_for, reason=err.key)


async def async_once_awake(send: Callable[[], Awaitable[None]]) -> None:
    """Send, and once more to a car that was asked to wake: nothing is sent after this.

    Raises:
        FleetError: The command failed.
    """
    try:
        await send()
    except CarWakingError:
        await asyncio.sleep(WAKING_PAUSE.total_seconds())
        await send()


def command_text(command: Command) -> str:
    """Return a command for the log: its kind, and what it sets, but no place."""
    if command.limit is not None:
        return f"{command.kind}: {command.limit} %"
    if command.schedule is not None:
        order = command.schedule.order
        return f"{command.kind}: {time_span(order.start_time, order.end_time)}"
    return str(command.kind)


async def async_send_command(client: Gateway, vin: str, command: Command) -> None:
    """Send one command to a car, and log how that ended.

    Raises:
        FleetError: The command failed.
    """
    car, what = car_tag(vin), command_text(command)
    try:
        await _async_call(client, vin, command)
    except FleetError as err:
        LOGGER.debug("Command to %s, %s: refused or lost, %s", car, what, err.key)
        raise
    LOGGER.debug("Command to %s, %s: done", car, what)


async def _async_call(client: Gateway, vin: str, command: Command) -> None:
    """Call the gateway for a command.

    Raises:
        FleetError: The command failed.
    """
    match command.kind:
        case CommandKind.START:
            await client.async_start_charging(vin)
        case CommandKind.STOP:
            await client.async_stop_charging(vin)
        case CommandKind.WAKE:
            await client.async_wake(vin)
        case CommandKind.SET_LIMIT if command.limit is not None:
            await client.async_set_charge_limit(vin, command.limit)
        case CommandKind.ADD if command.schedule is not None:
            await client.async_add_charge_schedule(vin, command.schedule.order)
        case CommandKind.REMOVE if command.schedule_id is not None:
            await client.async_remove_charge_schedule(vin, command.schedule_id)


class Delivery:
    """Reaches a car and sends to it; the caller holds the lock of the car."""

    def __init__(self, client: Gateway, coordinator: ScoutCoordinator) -> None:
        """Bind the gateway, and the Scout that stores each read and poll."""
        self._client = client
        self._scout = coordinator

    def capabilities(self, vin: str) -> Capabilities:
        """Return what can be done with the car."""
        return self._client.capabilities(vin)

    def must_be_woken(self, vin: str) -> bool:
        """Return whether a car that can be read takes no command before a wake."""
        return self._client.must_be_woken(vin)

    async def async_is_online(self, vin: str) -> bool:
        """Poll whether the car is online; free.

        Raises:
            FleetError: The poll failed.
        """
        connectivity = await self._scout.async_connectivity(vin)
        return connectivity is Connectivity.ONLINE

    async def async_read(self, vin: str) -> VehicleSnapshot:
        """Read the car; paid. The entities show the result, too.

        Raises:
            FleetError: The car could not be read.
        """
        return await self._scout.async_read(vin)

    async def async_reach(
        self, vin: str, attempts: Mapping[str, Attempt], save: Save
    ) -> dict[str, Reach]:
        """Reach the car for each owner of a change, and wake it where that is due.

        Args:
            vin: The car.
            attempts: By owner; the car is woken once for all of them.
            save: Persists delivery states. A wake is the dearest call, so it is on disk
                before it is sent.

        Raises:
            FleetError: The car could not be reached. A wake that Tesla rejected does not
                count.
        """
        car, now = self._scout.data.get(vin), dt_util.utcnow()
        in_service = car is None or car.summary.in_service
        online = not in_service and await self.async_is_online(vin)
        if online and not self.must_be_woken(vin):
            return {
                owner: Reach(state=attempt.state.awake(now))
                for owner, attempt in attempts.items()
            }
        can_wake = self.capabilities(vin).wake
        reached = {
            owner: self._offline(attempt, now, in_service=in_service, can_wake=can_wake)
            for owner, attempt in attempts.items()
        }
        woken = {
            owner: reach.state
            for owner, reach in reached.items()
            if reach.offline is Offline.WOKEN
        }
        if woken:
            await save(woken)
            try:
                await self.async_command(vin, WAKE)
            except FleetError as err:
                if not isinstance(err, MaybeExecutedError):
                    await save({owner: attempts[owner].state for owner in woken})
                raise
        return reached

    def _offline(
        self, attempt: Attempt, now: datetime, *, in_service: bool, can_wake: bool
    ) -> Reach:
        """Return the result of a try whose car is not online.

        A car that was asked to wake gets time to do so. A wake from before a downtime is
        forgotten, since its result was not observed.
        """
        state, since = attempt.state, attempt.state.waking_since
        if in_service:
            return Reach(state=state, offline=Offline.IN_SERVICE)
        if since is not None:
            waited = now - since
            if waited < WAKE_PATIENCE:
                return Reach(state=state.still_waking(now), offline=Offline.WAKING)
            if since >= self._scout.started_at or waited < WAKE_FORGOTTEN:
                return Reach(state=state, offline=Offline.UNREACHABLE)
            state = state.wake_forgotten()
        if not can_wake or not state.may_wake(attempt.rule, now):
            return Reach(state=state, offline=Offline.UNREACHABLE)
        return Reach(
            state=state.waking(now, attempt.rule.change), offline=Offline.WOKEN
        )

    async def async_send(
        self, vin: str, commands: Sequence[Command]
    ) -> tuple[Command, FleetError] | None:
        """Send commands in order; return the first that failed, with its error."""
        for command in commands:
            try:
                await self.async_command(vin, command)
            except FleetError as err:
                return command, err
        return None

    async def async_command(self, vin: str, command: Command) -> None:
        """Send one command.

        Raises:
            FleetError: The command failed.
        """
        await async_send_command(self._client, vin, command)
