"""What a look at a running session leads to: told, mended, made up for."""

from collections.abc import Awaitable, Callable
from datetime import tzinfo
from typing import Final

from homeassistant.util import dt as dt_util

from ...charging.in_car.schedules import schedules_for_plan
from ...charging.options import ChargingOptions
from ...charging.sessions.progress import Assessment, Progress, assess, extension
from ...charging.sessions.session import CheckPoint, Session
from ...charging.sessions.state_machine import (
    Extended,
    PlugRequested,
    Watched,
    transition,
)
from ...coordinator import ScoutCoordinator
from ...gateways.models import Position, VehicleSnapshot
from ..commands import VehicleChange, Worker
from .repository import SessionEventType, SessionRepository

# In percent: a smaller fall of what is to be expected is within the rounding.
WORTH_TELLING: Final = 2.0


class SessionMonitor:
    """Judges looks at running sessions; whoever calls holds the lock of the car."""

    def __init__(
        self,
        repository: SessionRepository,
        worker: Worker,
        coordinator: ScoutCoordinator,
        options: ChargingOptions,
        zone_of: Callable[[Position], Awaitable[tzinfo]],
    ) -> None:
        """Bind the desk, the hands, the eyes and the user's options."""
        self._repository = repository
        self._worker = worker
        self._scout = coordinator
        self._options = options
        self._zone_of = zone_of

    async def async_judge(
        self,
        vin: str,
        session: Session,
        snapshot: VehicleSnapshot,
        watch: CheckPoint | None = None,
    ) -> bool:
        """Note what a look tells of a running session, and mend what is amiss.

        Return whether the look could tell. One of the Scout's has no ``watch``; it
        judges only what was seen to start, since a car may start some minutes late.
        """
        now, battery = dt_util.utcnow(), self._options.battery
        extended: Extended | None = None
        found = assess(session, snapshot.charge, battery, now)
        level = snapshot.charge.battery_level
        if found is None or level is None:
            return False
        unplugged = found.progress is Progress.UNPLUGGED
        longer = None if unplugged else extension(session, found, level, now)
        if longer is not None:
            extended = Extended(end=longer, timing=self._options.timing)
            longer_session = transition(session, extended, now)
            found = assess(longer_session, snapshot.charge, battery, now) or found
            # The car first: an end that only the disk knew would never reach it, while
            # one that it holds already is not sent again.
            await self._async_keep_going(vin, longer_session, snapshot)
        start = watch is CheckPoint.STARTED and found.progress is Progress.NOT_CHARGING
        session = await self._async_note(vin, session, found, watch, start=start)
        if extended is not None:
            # After the look was noted: there is a new end to look at.
            session = await self._repository.async_apply(vin, session, extended)
        if unplugged and watch is not None:
            await self.async_ask_to_plug(vin, session)
        if start:
            if extended is None:
                await self._async_keep_going(vin, session, snapshot)
            await self._worker.async_start_charging(vin)
        return True

    async def _async_note(
        self,
        vin: str,
        session: Session,
        found: Assessment,
        watch: CheckPoint | None,
        *,
        start: bool,
    ) -> Session:
        """Note what is to be expected, and tell it where that is news.

        A car that is about to be told to start has not failed to yet.
        """
        before = session
        event = Watched(
            watch=watch,
            expected_level=found.expected_level,
            behind=found.behind,
            starting=start,
        )
        session = await self._repository.async_apply(vin, session, event)
        if start:
            return session
        first = watch in (CheckPoint.STARTED, CheckPoint.RESTARTED)
        if first and found.progress is Progress.CHARGING:
            self._repository.tell(vin, SessionEventType.STARTED, session)
        fell = before.expected_level - session.expected_level >= WORTH_TELLING
        if found.behind and (first or not before.behind or fell):
            self._repository.tell(
                vin,
                SessionEventType.FALLING_BEHIND,
                session,
                reason=found.progress.value,
            )
        elif not found.behind and (first or before.behind):
            self._repository.tell(vin, SessionEventType.ON_TRACK, session)
        return session

    async def _async_keep_going(
        self, vin: str, session: Session, found: VehicleSnapshot
    ) -> None:
        """Have the car hold what is left of the plan; its limit is left as it is."""
        home = self._scout.home_position
        if home is None:
            return
        now = dt_util.utcnow()
        zone = await self._zone_of(home)
        orders = schedules_for_plan(
            session.plan.windows, session.schedule_ids, home, zone
        )
        left = tuple(
            order
            for order, window in zip(orders, session.plan.windows, strict=True)
            if window.end > now
        )
        await self._worker.async_apply(vin, VehicleChange(add=left), found)

    async def async_ask_to_plug(self, vin: str, session: Session) -> Session:
        """Ask the user to plug in, once."""
        if session.asked_to_plug:
            return session
        session = await self._repository.async_apply(vin, session, PlugRequested())
        self._repository.tell(vin, SessionEventType.NEEDS_PLUG, session)
        return session
