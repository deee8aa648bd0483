"""Raises the limit of a car in the window of a session that is not in the car."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from homeassistant.util import dt as dt_util

from ..charging.in_car.charge_limit import LimitOverride
from ..charging.in_car.timed_charge import WAITS, TimedAction
from ..charging.in_car.vehicle_change import WAKE, Command, CommandKind
from ..charging.observed import Observed
from ..charging.sessions.limit_raise import limit_to_raise
from ..charging.sessions.session import Session
from ..gateways.budget import for_session
from ..gateways.errors import (
    CarAsleepError,
    CarWakingError,
    FleetError,
    StaleAnswerError,
)
from ..gateways.models import ChargingState
from .delivery import WAKING_PAUSE, Delivery
from .repository import ChargingRepository

# A wake is dear, and a car without a signal receives none.
MOST_WAKES: Final = 4


class LimitRaise:
    """Raises the limit of one car; the caller holds the lock of the car."""

    def __init__(
        self, vin: str, delivery: Delivery, repository: ChargingRepository
    ) -> None:
        """Bind the car and its record."""
        self._vin = vin
        self._delivery = delivery
        self._repository = repository
        self._tries = 0
        # When the next try is due (UTC); None: at once.
        self.try_at: datetime | None = None

    async def async_raise(self, session: Session, seen: Observed) -> Observed:
        """Raise the limit for a session in its window, if it is too low for it.

        Return the car as it is after that.

        Raises:
            FleetError: The limit was not raised, or not read back. It is tried again
                after a while.
        """
        if session.limit_seen or not seen.at_home or self._waits(seen.now):
            return seen
        try:
            with for_session():
                seen = await self._async_raise(session, seen)
        except FleetError as err:
            pause = WAITS[min(self._tries, len(WAITS) - 1)]
            self._tries += 1
            if isinstance(err, CarWakingError) or await self._async_wake_for(err):
                pause = WAKING_PAUSE
            self.try_at = dt_util.utcnow() + pause
            raise
        self._tries, self.try_at = 0, None
        return seen

    def _waits(self, now: datetime) -> bool:
        """Whether it is too early for another try; the clock may have been set back."""
        return self.try_at is not None and now < self.try_at <= now + WAITS[-1]

    async def _async_wake_for(self, err: FleetError) -> bool:
        """Wake a car that sleeps; return whether it was woken."""
        can_wake = self._delivery.capabilities(self._vin).wake
        if not isinstance(err, CarAsleepError) or not can_wake:
            return False
        if self._tries > MOST_WAKES:
            return False
        try:
            await self._delivery.async_command(self._vin, WAKE)
        except FleetError:
            return False
        return True

    async def _async_raise(self, session: Session, seen: Observed) -> Observed:
        """Read the car, and raise its limit if that is too low.

        Raises:
            FleetError: The limit was not raised, or not read back.
        """
        if not seen.fresh:
            seen = await self._async_read(seen)
        override = self._repository.record(self._vin).sessions.override
        after, raised = limit_to_raise(session, override, seen.snapshot.charge)
        if raised is not None:
            await self._async_prepare(seen, raised)
            limit = Command(kind=CommandKind.SET_LIMIT, limit=raised.raised_to)
            if failed := await self._delivery.async_send(self._vin, [limit]):
                raise failed[1]
            seen = await self._async_read(seen)
            after, raised = limit_to_raise(session, raised, seen.snapshot.charge)
            if raised is not None:
                raise StaleAnswerError
        if after != session:
            sessions = self._repository.record(self._vin).sessions
            override = sessions.override and sessions.override.settled
            sessions = replace(sessions.with_session(after), override=override)
            await self._repository.async_update_in_memory_at_least(
                self._vin, sessions=sessions
            )
        return seen

    async def _async_prepare(self, seen: Observed, raised: LimitOverride) -> None:
        """Store the owner's limit. A car at its limit starts by itself once raised."""
        record = self._repository.record(self._vin)
        sessions = replace(record.sessions, override=raised)
        await self._repository.async_update(self._vin, sessions=sessions)
        if seen.snapshot.charge.charging_state is ChargingState.COMPLETE:
            timed = record.timed.commanded(TimedAction.START, dt_util.utcnow())
            self._repository.update(self._vin, timed=timed)

    async def _async_read(self, seen: Observed) -> Observed:
        """Return the car read again."""
        snapshot = await self._delivery.async_read(self._vin)
        return replace(seen, now=dt_util.utcnow(), snapshot=snapshot)
