"""Starts and stops a charge at the edges of the windows, for a car that cannot itself."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from typing import Final

from homeassistant.util import dt as dt_util

from ..charging.car_record import CarRecord
from ..charging.daily.sync_rules import active_window
from ..charging.in_car.difference import ScheduleRole
from ..charging.in_car.timed_charge import TimedAction, TimedCharge, timed_action
from ..charging.in_car.vehicle_change import START, STOP, WAKE
from ..charging.observed import Observed
from ..charging.planning.model import Window
from ..gateways.errors import CarAsleepError, CarWakingError, FleetError, RefusedError
from ..gateways.models import VehicleSnapshot
from .delivery import STALE_PAUSE, WAKING_PAUSE, Delivery, async_once_awake
from .repository import ChargingRepository

# Every window that matters has an edge within this.
AHEAD: Final = timedelta(days=2)

# A car without a signal receives no wake, and each is dear.
WAKES_APART: Final = timedelta(minutes=10)
MOST_WAKES: Final = 4


class TimedChargeController:
    """Times the charge of one car; the caller holds the lock of the car."""

    def __init__(
        self, vin: str, delivery: Delivery, repository: ChargingRepository
    ) -> None:
        """Bind the car and its record."""
        self._vin = vin
        self._delivery = delivery
        self._repository = repository
        # When an answer of after the last command was last asked for.
        self._asked_at: datetime | None = None
        # When the car that is waking will be awake (UTC).
        self.awake_at: datetime | None = None
        # How often it was woken since the last command that reached it, and when.
        self._wakes = 0
        self._woken_at: datetime | None = None

    @property
    def state(self) -> TimedCharge:
        """What was commanded about the charge."""
        return self._repository.record(self._vin).timed

    async def async_control(
        self, seen: Observed, window: Window | None, *, reachable: bool
    ) -> None:
        """Start or stop the car, if that is due.

        Args:
            seen: The car as it was last read.
            window: The window that runs; None: none does.
            reachable: Whether the car can be read now.

        Raises:
            FleetError: The command failed. It is tried again.
        """
        self.awake_at = None
        snapshot = seen.snapshot
        if reachable and not self._is_answered(snapshot):
            snapshot = await self._async_ask_again(snapshot)
            reachable = self._is_answered(snapshot)
            until = self.state.answer_by
            if not reachable and until is not None and dt_util.utcnow() < until:
                return
        unplugged = snapshot.charge.plugged_in is False
        if not seen.at_home and not unplugged:
            # Somewhere else others decide.
            return
        action = self._action(snapshot, window, reachable=reachable)
        if reachable and action is self.state.action is not TimedAction.NONE:
            # Some integrations show late what came of the last command.
            snapshot = await self._delivery.async_read(self._vin)
            action = self._action(snapshot, window, reachable=reachable)
        if action is TimedAction.NONE:
            return
        released = action is TimedAction.START and (unplugged or window is None)
        try:
            await self._async_command(action)
        except RefusedError:
            if not (released and unplugged):
                raise
            # A car without a cable has nothing to be let go.
        if released:
            self._repository.update(self._vin, timed=self.state.released())
        if reachable:
            await self._delivery.async_read(self._vin)

    def _is_answered(self, snapshot: VehicleSnapshot) -> bool:
        """Whether a snapshot is of after the last command."""
        cached = self._delivery.capabilities(self._vin).cached
        return self.state.is_answered(snapshot.seen_at, dt_util.utcnow(), cached=cached)

    async def _async_ask_again(self, snapshot: VehicleSnapshot) -> VehicleSnapshot:
        """Return the car read again, or the snapshot if that was just done.

        Raises:
            FleetError: The car could not be read.
        """
        now = dt_util.utcnow()
        if self._asked_at is not None and now - self._asked_at < STALE_PAUSE:
            return snapshot
        self._asked_at = now
        return await self._delivery.async_read(self._vin)

    def _action(
        self, snapshot: VehicleSnapshot, window: Window | None, *, reachable: bool
    ) -> TimedAction:
        """Return what to command by a snapshot, and keep the state."""
        state, action = timed_action(
            self.state,
            window,
            snapshot,
            dt_util.utcnow(),
            held=bool(snapshot.schedules),
            reachable=reachable,
            limit_held=not self._delivery.capabilities(self._vin).limit,
        )
        self._repository.update(self._vin, timed=state)
        return action

    async def _async_command(self, action: TimedAction) -> None:
        """Send a command; it is on disk before. A car that did not react is woken.

        Raises:
            FleetError: The command failed.
        """
        before = self.state
        after = before.commanded(action, dt_util.utcnow())
        await self._repository.async_update(self._vin, timed=after)
        try:
            if after.tries > 1 and self._delivery.capabilities(self._vin).wake:
                with suppress(FleetError):
                    await self._delivery.async_command(self._vin, WAKE)
            command = START if action is TimedAction.START else STOP
            await self._delivery.async_command(self._vin, command)
        except CarAsleepError as err:
            # Nothing was sent: it is tried as soon as the car is back.
            self._repository.update(self._vin, timed=before)
            if isinstance(err, CarWakingError) or await self._async_wake_for(action):
                self.awake_at = dt_util.utcnow() + WAKING_PAUSE
            raise
        self._wakes = 0

    async def _async_wake_for(self, action: TimedAction) -> bool:
        """Wake a car that sleeps and should charge; return whether it was woken.

        Raises:
            FleetError: The wake failed.
        """
        now = dt_util.utcnow()
        rested = self._woken_at is None or now - self._woken_at >= WAKES_APART
        can_wake = self._delivery.capabilities(self._vin).wake
        starts = action is TimedAction.START and can_wake
        if not starts or not rested or self._wakes >= MOST_WAKES:
            return False
        self._wakes, self._woken_at = self._wakes + 1, now
        await self._delivery.async_command(self._vin, WAKE)
        return True

    async def async_release(self) -> None:
        """Let the car charge, if a command keeps it from that.

        Raises:
            FleetError: The command failed.
        """
        if not self.state.keeps:
            return
        await async_once_awake(lambda: self._async_command(TimedAction.START))
        await self._repository.async_update(self._vin, timed=self.state.released())


def timed_window(record: CarRecord, seen: Observed) -> Window | None:
    """Return the window of the daily plan that runs, of the schedules that are held."""
    held = {schedule.id for schedule in seen.snapshot.schedules or ()}
    schedules = [item for item in record.sync.schedules if item.id in held]
    return active_window(schedules, seen.now, seen.zone)


def edges(record: CarRecord, now: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Yield when a charge may have to be started or stopped (UTC)."""
    for schedule in record.sync.schedules:
        if schedule.kind is not ScheduleRole.GUARD:
            for run in schedule.runs(now, now + AHEAD, zone):
                yield from (run.start, run.end)
    for session in record.sessions.open:
        for window in session.plan.windows:
            yield from (window.start, window.end)
    for due in (record.timed.try_at, record.timed.answer_by):
        if due is not None:
            yield due
