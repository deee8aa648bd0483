"""What a session does to its car: sent, watched and undone, step by step.

Each step may be broken off anywhere and done again: what it is about to do is on disk
before it does it, schedules have ids of ours, and a limit knows what it was.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, tzinfo
from typing import Final

from homeassistant.util import dt as dt_util

from ...charging.in_car.charge_limit import limit_to_restore, override_for
from ...charging.in_car.schedules import fresh_ids, schedules_for_plan
from ...charging.options import ChargingOptions
from ...charging.planning.model import ChargePlan, PlanReason
from ...charging.sessions.session import (
    CheckPoint,
    Session,
    SessionAction,
    SessionState,
    WaitReason,
    next_check_point,
)
from ...charging.sessions.state_machine import (
    MOST_WAKES,
    WAKE_PATIENCE,
    Ended,
    Planned,
    Postponed,
    Refused,
    Restored,
    Sending,
    Sent,
    SessionEvent,
    WakePending,
    Waking,
    Watched,
)
from ...const import LOGGER
from ...coordinator import ScoutCoordinator
from ...gateways.budget import Purpose, for_session
from ...gateways.errors import (
    CarAsleepError,
    FleetError,
    KeyNotPairedError,
    NotRegisteredError,
    RateLimitedError,
    RefusedError,
)
from ...gateways.models import Position, VehicleSnapshot
from ...scouting.geofence import Presence
from ..commands import VehicleChange, Worker
from .monitor import SessionMonitor
from .planner import SessionPlanner
from .repository import SessionEventType, SessionRepository

# The car said yes, and yet does not hold it (field-lessons.md, T-31).
NOT_IN_CAR: Final = "not_in_car"

# There is less time than the target takes.
TARGET_SHORT: Final = PlanReason.TARGET_SHORT.value

# How a session's end is told.
ENDS: Final = {
    SessionState.COMPLETED: SessionEventType.COMPLETED,
    SessionState.CANCELLED: SessionEventType.CANCELLED,
    SessionState.MISSED: SessionEventType.MISSED,
    SessionState.FAILED: SessionEventType.FAILED,
}

# Told when it happens, and not only once it is undone.
TOLD_AT_ONCE: Final = frozenset({SessionState.FAILED, SessionState.MISSED})

# A wake that was asked for so long ago was before a downtime of Home Assistant's.
WAKE_FORGOTTEN: Final = timedelta(minutes=10)

# For its limit's sake a car is woken once; after that it is left to come back.
MOST_UNDO_WAKES: Final = 1
MOST_WATCH_WAKES: Final = 1
MOST_AWAY_WAKES: Final = 1


class SessionExecutor:
    """Carries out the steps of sessions; whoever calls holds the lock of the car."""

    def __init__(
        self,
        repository: SessionRepository,
        worker: Worker,
        coordinator: ScoutCoordinator,
        planner: SessionPlanner,
        options: ChargingOptions,
        zone_of: Callable[[Position], Awaitable[tzinfo]],
    ) -> None:
        """Bind the desk, the hands, the eyes, the plans and the user's options."""
        self._repository = repository
        self._worker = worker
        self._scout = coordinator
        self._planner = planner
        self._timing = options.timing
        self._zone_of = zone_of
        self._watcher = SessionMonitor(
            repository, worker, coordinator, options, zone_of
        )

    async def async_run(self, vin: str, session: Session, step: SessionAction) -> None:
        """Carry out a step; what stood in its way becomes an event of the session."""
        match step:
            case SessionAction.SEND:
                work = self._async_send
            case SessionAction.WATCH:
                work = self._async_watch
            case SessionAction.UNDO:
                work = self._async_undo
            case SessionAction.MISS:
                await self.async_end(vin, session, SessionState.MISSED)
                return
        purpose = Purpose.UNDOING if step is SessionAction.UNDO else Purpose.KEEPING
        try:
            with for_session(purpose):
                await work(vin, session)
        except FleetError as err:
            # The session as the step left it, not as it found it.
            await self._async_stumble(vin, session.id, err)

    async def async_end(
        self, vin: str, session: Session, state: SessionState, reason: str | None = None
    ) -> None:
        """End a session, or have it undone first if anything was sent."""
        event = Ended(state=state, reason=reason)
        session = await self._repository.async_apply(vin, session, event)
        self._tell_end(vin, session, state)

    def _tell_end(self, vin: str, session: Session, state: SessionState) -> None:
        """Tell that a session is over, or that it will not be what was promised."""
        if session.over or state in TOLD_AT_ONCE:
            self._repository.tell(vin, ENDS[state], session, reason=session.failure)

    # Sending.

    async def _async_send(self, vin: str, session: Session) -> None:
        """Put the plan into the car, made anew from what the car says now.

        A car that was away may have come home and fallen asleep unseen, which is worth
        a wake once the charging should begin.
        """
        wakes = MOST_WAKES
        if session.held is WaitReason.NOT_HOME:
            start = session.start or session.send_at
            wakes = MOST_AWAY_WAKES if dt_util.utcnow() >= start else 0
        if not await self._async_awake(vin, session, wakes):
            return
        snapshot = await self._worker.async_read(vin)
        session = self._now(vin, session.id)
        if (home := await self._async_home(vin, session)) is None:
            return
        level = snapshot.charge.battery_level
        if level is None or snapshot.charge.charge_limit is None:
            await self._repository.async_apply(
                vin, session, Postponed(wait_reason=WaitReason.UNKNOWN_LEVEL)
            )
            return
        await self._planner.async_refresh()
        session = await self.async_replan(vin, self._now(vin, session.id), level)
        if PlanReason.ALREADY_THERE in session.plan.reasons:
            await self.async_end(vin, session, SessionState.COMPLETED)
            return
        if not session.plan.windows:
            await self.async_end(vin, session, SessionState.MISSED)
            return
        await self._async_put(vin, session, snapshot, home)

    async def _async_put(
        self, vin: str, session: Session, found: VehicleSnapshot, home: Position
    ) -> None:
        """Write down, send, read back."""
        now = dt_util.utcnow()
        ids = self._ids(vin, session, found, now)
        session = await self._repository.async_apply(
            vin, session, Sending(schedule_ids=ids)
        )
        change = await self._async_wanted(vin, session, found, home)
        left = await self._worker.async_apply(vin, change, found)
        if not left.empty:
            await self._async_refused(vin, session, Refused(reason=NOT_IN_CAR))
            return
        if (
            limit_override := self._repository.car_sessions(vin).limit_override
        ) is not None:
            await self._repository.async_set_limit_override(vin, limit_override.settled)
        session = await self._repository.async_apply(vin, session, Sent())
        self._repository.tell(vin, SessionEventType.SENT, session)
        if found.charge.plugged_in is False:
            await self._watcher.async_ask_to_plug(vin, session)

    def _ids(
        self, vin: str, session: Session, found: VehicleSnapshot, now: datetime
    ) -> tuple[int, ...]:
        """Return an id for each window: those of an earlier try, and fresh ones."""
        ids = session.schedule_ids
        taken = {one.id for one in found.schedules or ()}
        taken |= self._repository.car_sessions(vin).schedule_ids
        return ids + fresh_ids(len(session.plan.windows) - len(ids), taken, now)

    async def _async_wanted(
        self, vin: str, session: Session, found: VehicleSnapshot, home: Position
    ) -> VehicleChange:
        """Return what the car should hold, with the owner's limit written down.

        Of an earlier try there may be more schedules than there are windows now.
        """
        car_sessions, current = (
            self._repository.car_sessions(vin),
            found.charge.charge_limit,
        )
        limit_override = None
        if current is not None:
            limit_override = override_for(
                car_sessions.limit_override, current, session.target
            )
            if limit_override is not None or not car_sessions.shares_limit(session):
                await self._repository.async_set_limit_override(vin, limit_override)
        windows = session.plan.windows
        zone = await self._zone_of(home)
        return VehicleChange(
            limit=None if limit_override is None else limit_override.raised_to,
            add=schedules_for_plan(windows, session.schedule_ids, home, zone),
            remove=frozenset(session.schedule_ids[len(windows) :]),
        )

    async def async_replan(self, vin: str, session: Session, level: float) -> Session:
        """Plan what is left anew, by a state of charge in percent."""
        before, plan = session.behind, self.plan(session, level)
        event = Planned(plan=plan, level=level, timing=self._timing)
        session = await self._repository.async_apply(vin, session, event)
        if session.behind and not before:
            self._repository.tell(
                vin, SessionEventType.FALLING_BEHIND, session, reason=TARGET_SHORT
            )
        return session

    def plan(self, session: Session, level: float) -> ChargePlan:
        """Return the plan for a session as of now."""
        return self._planner.plan(
            level, session.target, session.ready_by, dt_util.utcnow()
        )

    async def _async_home(self, vin: str, session: Session) -> Position | None:
        """Return where home is, if the car is there; else the session waits."""
        home, car = self._scout.home_position, self._scout.data.get(vin)
        at_home = car is not None and car.confirmed.whereabouts is Presence.HOME
        if home is not None and at_home:
            return home
        asked = session.held is WaitReason.NOT_HOME
        session = await self._repository.async_apply(
            vin, session, Postponed(wait_reason=WaitReason.NOT_HOME)
        )
        if not asked and session.undoing is None:
            self._repository.tell(vin, SessionEventType.NEEDS_HOME, session)
        return None

    # Watching.

    async def _async_watch(self, vin: str, session: Session) -> None:
        """Take the look that is due, and mend what it finds amiss."""
        upcoming = next_check_point(session)
        if upcoming is None or not await self._async_awake(
            vin, session, MOST_WATCH_WAKES
        ):
            return
        snapshot = await self._worker.async_read(vin)
        session = self._now(vin, session.id)
        if not await self._watcher.async_judge(vin, session, snapshot, upcoming[0]):
            await self._repository.async_apply(
                vin, session, Postponed(wait_reason=WaitReason.UNKNOWN_LEVEL)
            )

    async def async_heed(
        self, vin: str, session: Session, snapshot: VehicleSnapshot
    ) -> None:
        """Judge a look of the Scout's; what stands in the way is noted as ever."""
        try:
            with for_session():
                await self._watcher.async_judge(vin, session, snapshot)
        except FleetError as err:
            await self._async_stumble(vin, session.id, err)

    # Undoing.

    async def _async_undo(self, vin: str, session: Session) -> None:
        """Restore the limit, remove the schedules, read back, and only then be over."""
        if session.undoing is None:
            unsent = session.state is SessionState.SCHEDULED
            end = SessionState.CANCELLED if unsent else SessionState.COMPLETED
            await self.async_end(vin, session, end)
            session = self._now(vin, session.id)
            if session.over:
                return
        car_sessions = self._repository.car_sessions(vin)
        shared = car_sessions.shares_limit(session)
        wakes = (
            MOST_UNDO_WAKES
            if car_sessions.limit_override is not None and not shared
            else 0
        )
        if not await self._async_awake(vin, session, wakes):
            return
        snapshot = await self._worker.async_read(vin)
        session = self._now(vin, session.id)
        if await self._async_home(vin, session) is None:
            return
        limit = None
        if not shared and snapshot.charge.charge_limit is not None:
            current, limit_override = (
                snapshot.charge.charge_limit,
                car_sessions.limit_override,
            )
            limit = limit_to_restore(limit_override, current)
            # A try that was cut off may have restored it already.
            if (
                limit_override is not None
                and limit is None
                and current != limit_override.original
            ):
                LOGGER.info(
                    "The owner changed the charge limit, which is left as it is"
                )
        elif not shared and car_sessions.limit_override is not None:
            await self._repository.async_apply(
                vin, session, Postponed(wait_reason=WaitReason.UNKNOWN_LEVEL)
            )
            return
        change = VehicleChange(limit=limit, remove=frozenset(session.schedule_ids))
        left = await self._worker.async_apply(vin, change, snapshot)
        if not left.empty:
            await self._async_refused(vin, session, Refused(reason=NOT_IN_CAR))
            return
        if not shared:
            await self._repository.async_set_limit_override(vin, None)
        session = await self._repository.async_apply(vin, session, Restored())
        if session.state not in TOLD_AT_ONCE:
            self._tell_end(vin, session, session.state)

    # What stands in the way.

    def _now(self, vin: str, session_id: str) -> Session:
        """Return a session as it is now."""
        return self._repository.car_sessions(vin).sessions[session_id]

    async def _async_awake(self, vin: str, session: Session, most_wakes: int) -> bool:
        """Return whether the car can be reached, having it woken where that is due.

        One that was asked to wake is given its time, and what was asked before a longer
        downtime does not count any more; a car that is being repaired, or
        that left the account, is waited for.
        """
        car = self._scout.data.get(vin)
        in_service = car is None or car.summary.in_service
        if not in_service and await self._worker.async_is_online(vin):
            return True
        event: SessionEvent
        since = session.waking_since
        waited = timedelta(0) if since is None else dt_util.utcnow() - since
        if since is not None and waited < WAKE_PATIENCE:
            event = WakePending()
        elif since is not None and waited < WAKE_FORGOTTEN:
            event = Postponed(wait_reason=WaitReason.UNREACHABLE)
        elif in_service or session.wakes >= most_wakes:
            away = session.held is WaitReason.NOT_HOME
            event = Postponed(
                wait_reason=WaitReason.NOT_HOME if away else WaitReason.UNREACHABLE
            )
        else:
            # On disk first: a wake is the dearest call, and must not be repeated.
            await self._repository.async_apply(vin, session, Waking())
            await self._worker.async_wake(vin)
            return False
        session = await self._repository.async_apply(vin, session, event)
        await self._async_give_up_watch(vin, session)
        return False

    async def _async_give_up_watch(self, vin: str, session: Session) -> None:
        """Tell that a car which should charge cannot even be reached.

        One that was on track before its end stays so, as far as anybody knows.
        """
        upcoming = next_check_point(session)
        if not session.running or session.waking_since is not None or upcoming is None:
            return
        event = Watched(
            watch=upcoming[0],
            expected_level=session.expected_level,
            behind=session.behind,
        )
        session = await self._repository.async_apply(vin, session, event)
        if session.behind or upcoming[0] is not CheckPoint.ENDED:
            self._repository.tell(
                vin,
                SessionEventType.FALLING_BEHIND,
                session,
                reason=WaitReason.UNREACHABLE.value,
            )

    async def _async_stumble(self, vin: str, session_id: str, err: FleetError) -> None:
        """Note what stood in the way of a step."""
        session = self._now(vin, session_id)
        reason = err.reason if isinstance(err, RefusedError) else err.key
        match err:
            case KeyNotPairedError() | NotRegisteredError():
                await self._async_refused(
                    vin, session, Refused(reason=err.key, final=True)
                )
            case RefusedError():
                await self._async_refused(vin, session, Refused(reason=reason))
            case CarAsleepError():
                await self._repository.async_apply(
                    vin,
                    session,
                    Postponed(wait_reason=WaitReason.UNREACHABLE, reason=reason),
                )
            case RateLimitedError():
                until = dt_util.utcnow() + err.retry_after
                await self._repository.async_apply(
                    vin,
                    session,
                    Postponed(
                        wait_reason=WaitReason.TROUBLE, reason=reason, until=until
                    ),
                )
            case _:
                await self._repository.async_apply(
                    vin,
                    session,
                    Postponed(wait_reason=WaitReason.TROUBLE, reason=reason),
                )

    async def _async_refused(self, vin: str, session: Session, event: Refused) -> None:
        """Note a no of the car's; to what was not sent yet the third is its last word."""
        before = session.undoing
        session = await self._repository.async_apply(vin, session, event)
        if before is None and SessionState.FAILED in (session.state, session.undoing):
            self._tell_end(vin, session, SessionState.FAILED)
