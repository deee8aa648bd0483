"""What a session does to its car: sent, watched and undone, step by step.

Each step may be broken off anywhere and done again: what it is about to do is on disk
before it does it, schedules have ids of ours, and a limit knows what it was.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, tzinfo
from typing import Final

from homeassistant.util import dt as dt_util

from ...charging.in_car.charge_limit import held_for, to_restore
from ...charging.in_car.schedules import fresh_ids, orders_of
from ...charging.options import ChargingOptions
from ...charging.planning.model import ChargePlan, PlanReason
from ...charging.sessions.session import (
    Hold,
    Session,
    SessionState,
    Step,
    Watch,
    next_watch,
)
from ...charging.sessions.state_machine import (
    MOST_WAKES,
    WAKE_PATIENCE,
    Ended,
    Held,
    Planned,
    Refused,
    Sending,
    Sent,
    SessionEvent,
    StillWaking,
    Undone,
    Waking,
    Watched,
)
from ...const import LOGGER
from ...coordinator import ScoutCoordinator
from ...gateways.budget import Purpose, promised
from ...gateways.errors import (
    CarAsleepError,
    FleetError,
    KeyNotPairedError,
    NotRegisteredError,
    RateLimitedError,
    RefusedError,
)
from ...gateways.models import Position, VehicleSnapshot
from ...scouting.geofence import Whereabouts
from ..commands import Change, Worker
from .monitor import SessionWatcher
from .planner import SessionPlanner
from .repository import News, SessionDesk

# The car said yes, and yet does not hold it (field-lessons.md, T-31).
NOT_IN_CAR: Final = "not_in_car"

# There is less time than the target takes.
TARGET_SHORT: Final = PlanReason.TARGET_SHORT.value

# How a session's end is told.
ENDS: Final = {
    SessionState.COMPLETED: News.COMPLETED,
    SessionState.CANCELLED: News.CANCELLED,
    SessionState.MISSED: News.MISSED,
    SessionState.FAILED: News.FAILED,
}

# Told when it happens, and not only once it is undone.
TOLD_AT_ONCE: Final = frozenset({SessionState.FAILED, SessionState.MISSED})

# A wake that was asked for so long ago was before a downtime of Home Assistant's.
WAKE_FORGOTTEN: Final = timedelta(minutes=10)

# For its limit's sake a car is woken once; after that it is left to come back.
MOST_UNDO_WAKES: Final = 1
MOST_WATCH_WAKES: Final = 1
MOST_AWAY_WAKES: Final = 1


class SessionRunner:
    """Carries out the steps of sessions; whoever calls holds the lock of the car."""

    def __init__(
        self,
        desk: SessionDesk,
        worker: Worker,
        coordinator: ScoutCoordinator,
        planner: SessionPlanner,
        options: ChargingOptions,
        zone_of: Callable[[Position], Awaitable[tzinfo]],
    ) -> None:
        """Bind the desk, the hands, the eyes, the plans and the user's options."""
        self._desk = desk
        self._worker = worker
        self._scout = coordinator
        self._planner = planner
        self._timing = options.timing
        self._zone_of = zone_of
        self._watcher = SessionWatcher(desk, worker, coordinator, options, zone_of)

    async def async_run(self, vin: str, session: Session, step: Step) -> None:
        """Carry out a step; what stood in its way becomes an event of the session."""
        match step:
            case Step.SEND:
                work = self._async_send
            case Step.WATCH:
                work = self._async_watch
            case Step.UNDO:
                work = self._async_undo
            case Step.MISS:
                await self.async_end(vin, session, SessionState.MISSED)
                return
        purpose = Purpose.UNDOING if step is Step.UNDO else Purpose.KEEPING
        try:
            with promised(purpose):
                await work(vin, session)
        except FleetError as err:
            # The session as the step left it, not as it found it.
            await self._async_stumble(vin, session.id, err)

    async def async_end(
        self, vin: str, session: Session, state: SessionState, reason: str | None = None
    ) -> None:
        """End a session, or have it undone first if anything was sent."""
        event = Ended(state=state, reason=reason)
        session = await self._desk.async_apply(vin, session, event)
        self._tell_end(vin, session, state)

    def _tell_end(self, vin: str, session: Session, state: SessionState) -> None:
        """Tell that a session is over, or that it will not be what was promised."""
        if session.over or state in TOLD_AT_ONCE:
            self._desk.tell(vin, ENDS[state], session, reason=session.failure)

    # Sending.

    async def _async_send(self, vin: str, session: Session) -> None:
        """Put the plan into the car, made anew from what the car says now.

        A car that was away may have come home and fallen asleep unseen, which is worth
        a wake once the charging should begin.
        """
        wakes = MOST_WAKES
        if session.held is Hold.NOT_HOME:
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
            await self._desk.async_apply(vin, session, Held(hold=Hold.UNKNOWN_LEVEL))
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
        session = await self._desk.async_apply(vin, session, Sending(schedule_ids=ids))
        change = await self._async_wanted(vin, session, found, home)
        left = await self._worker.async_apply(vin, change, found)
        if not left.empty:
            await self._async_refused(vin, session, Refused(reason=NOT_IN_CAR))
            return
        if (hold := self._desk.promises(vin).hold) is not None:
            await self._desk.async_hold(vin, hold.settled)
        session = await self._desk.async_apply(vin, session, Sent())
        self._desk.tell(vin, News.SENT, session)
        if found.charge.plugged_in is False:
            await self._watcher.async_ask_to_plug(vin, session)

    def _ids(
        self, vin: str, session: Session, found: VehicleSnapshot, now: datetime
    ) -> tuple[int, ...]:
        """Return an id for each window: those of an earlier try, and fresh ones."""
        ids = session.schedule_ids
        taken = {one.id for one in found.schedules or ()}
        taken |= self._desk.promises(vin).schedule_ids
        return ids + fresh_ids(len(session.plan.windows) - len(ids), taken, now)

    async def _async_wanted(
        self, vin: str, session: Session, found: VehicleSnapshot, home: Position
    ) -> Change:
        """Return what the car should hold, with the owner's limit written down.

        Of an earlier try there may be more schedules than there are windows now.
        """
        promises, current = self._desk.promises(vin), found.charge.charge_limit
        hold = None
        if current is not None:
            hold = held_for(promises.hold, current, session.target)
            if hold is not None or not promises.shares_limit(session):
                await self._desk.async_hold(vin, hold)
        windows = session.plan.windows
        zone = await self._zone_of(home)
        return Change(
            limit=None if hold is None else hold.raised_to,
            add=orders_of(windows, session.schedule_ids, home, zone),
            remove=frozenset(session.schedule_ids[len(windows) :]),
        )

    async def async_replan(self, vin: str, session: Session, level: float) -> Session:
        """Plan what is left anew, by a state of charge in percent."""
        before, plan = session.behind, self.plan(session, level)
        event = Planned(plan=plan, level=level, timing=self._timing)
        session = await self._desk.async_apply(vin, session, event)
        if session.behind and not before:
            self._desk.tell(vin, News.FALLING_BEHIND, session, reason=TARGET_SHORT)
        return session

    def plan(self, session: Session, level: float) -> ChargePlan:
        """Return the plan for a session as of now."""
        return self._planner.plan(
            level, session.target, session.ready_by, dt_util.utcnow()
        )

    async def _async_home(self, vin: str, session: Session) -> Position | None:
        """Return where home is, if the car is there; else the session waits."""
        home, car = self._scout.home_position, self._scout.data.get(vin)
        at_home = car is not None and car.bearings.whereabouts is Whereabouts.HOME
        if home is not None and at_home:
            return home
        asked = session.held is Hold.NOT_HOME
        session = await self._desk.async_apply(vin, session, Held(hold=Hold.NOT_HOME))
        if not asked and session.undoing is None:
            self._desk.tell(vin, News.NEEDS_HOME, session)
        return None

    # Watching.

    async def _async_watch(self, vin: str, session: Session) -> None:
        """Take the look that is due, and mend what it finds amiss."""
        upcoming = next_watch(session)
        if upcoming is None or not await self._async_awake(
            vin, session, MOST_WATCH_WAKES
        ):
            return
        snapshot = await self._worker.async_read(vin)
        session = self._now(vin, session.id)
        if not await self._watcher.async_judge(vin, session, snapshot, upcoming[0]):
            await self._desk.async_apply(vin, session, Held(hold=Hold.UNKNOWN_LEVEL))

    async def async_heed(
        self, vin: str, session: Session, snapshot: VehicleSnapshot
    ) -> None:
        """Judge a look of the Scout's; what stands in the way is noted as ever."""
        try:
            with promised():
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
        promises = self._desk.promises(vin)
        shared = promises.shares_limit(session)
        wakes = MOST_UNDO_WAKES if promises.hold is not None and not shared else 0
        if not await self._async_awake(vin, session, wakes):
            return
        snapshot = await self._worker.async_read(vin)
        session = self._now(vin, session.id)
        if await self._async_home(vin, session) is None:
            return
        limit = None
        if not shared and snapshot.charge.charge_limit is not None:
            current, hold = snapshot.charge.charge_limit, promises.hold
            limit = to_restore(hold, current)
            # A try that was cut off may have restored it already.
            if hold is not None and limit is None and current != hold.original:
                LOGGER.info(
                    "The owner changed the charge limit, which is left as it is"
                )
        elif not shared and promises.hold is not None:
            await self._desk.async_apply(vin, session, Held(hold=Hold.UNKNOWN_LEVEL))
            return
        change = Change(limit=limit, remove=frozenset(session.schedule_ids))
        left = await self._worker.async_apply(vin, change, snapshot)
        if not left.empty:
            await self._async_refused(vin, session, Refused(reason=NOT_IN_CAR))
            return
        if not shared:
            await self._desk.async_hold(vin, None)
        session = await self._desk.async_apply(vin, session, Undone())
        if session.state not in TOLD_AT_ONCE:
            self._tell_end(vin, session, session.state)

    # What stands in the way.

    def _now(self, vin: str, session_id: str) -> Session:
        """Return a session as it is now."""
        return self._desk.promises(vin).sessions[session_id]

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
            event = StillWaking()
        elif since is not None and waited < WAKE_FORGOTTEN:
            event = Held(hold=Hold.UNREACHABLE)
        elif in_service or session.wakes >= most_wakes:
            away = session.held is Hold.NOT_HOME
            event = Held(hold=Hold.NOT_HOME if away else Hold.UNREACHABLE)
        else:
            # On disk first: a wake is the dearest call, and must not be repeated.
            await self._desk.async_apply(vin, session, Waking())
            await self._worker.async_wake(vin)
            return False
        session = await self._desk.async_apply(vin, session, event)
        await self._async_give_up_watch(vin, session)
        return False

    async def _async_give_up_watch(self, vin: str, session: Session) -> None:
        """Tell that a car which should charge cannot even be reached.

        One that was on track before its end stays so, as far as anybody knows.
        """
        upcoming = next_watch(session)
        if not session.running or session.waking_since is not None or upcoming is None:
            return
        event = Watched(
            watch=upcoming[0],
            expected_level=session.expected_level,
            behind=session.behind,
        )
        session = await self._desk.async_apply(vin, session, event)
        if session.behind or upcoming[0] is not Watch.ENDED:
            self._desk.tell(
                vin, News.FALLING_BEHIND, session, reason=Hold.UNREACHABLE.value
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
                await self._desk.async_apply(
                    vin, session, Held(hold=Hold.UNREACHABLE, reason=reason)
                )
            case RateLimitedError():
                until = dt_util.utcnow() + err.retry_after
                await self._desk.async_apply(
                    vin, session, Held(hold=Hold.TROUBLE, reason=reason, until=until)
                )
            case _:
                await self._desk.async_apply(
                    vin, session, Held(hold=Hold.TROUBLE, reason=reason)
                )

    async def _async_refused(self, vin: str, session: Session, event: Refused) -> None:
        """Note a no of the car's; to what was not sent yet the third is its last word."""
        before = session.undoing
        session = await self._desk.async_apply(vin, session, event)
        if before is None and SessionState.FAILED in (session.state, session.undoing):
            self._tell_end(vin, session, SessionState.FAILED)
