"""What a session does to its car: sent, watched and undone, step by step.

Each step may be broken off anywhere and done again: what it is about to do is on disk
before it does it, schedules have ids of ours, and a limit knows what it was.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, tzinfo
from typing import Final

from homeassistant.util import dt as dt_util

from .charging.limit import held_for, to_restore
from .charging.plan import ChargePlan, PlanReason
from .charging.schedules import fresh_ids, orders_of
from .charging.session import (
    MOST_WAKES,
    WAKE_PATIENCE,
    AskedToPlug,
    Ended,
    Extended,
    Held,
    Hold,
    Planned,
    Refused,
    Sending,
    Sent,
    Session,
    SessionEvent,
    SessionState,
    Step,
    StillWaking,
    Undone,
    Waking,
    Watch,
    Watched,
    next_watch,
    transition,
)
from .charging.watching import Assessment, Progress, assess, extension
from .charging_options import ChargingOptions
from .const import LOGGER
from .coordinator import ScoutCoordinator
from .fleet.errors import (
    CarAsleepError,
    FleetError,
    KeyNotPairedError,
    NotRegisteredError,
    RateLimitedError,
    RefusedError,
)
from .fleet.models import Position, VehicleSnapshot
from .scouting.home import Whereabouts
from .session_desk import News, SessionDesk
from .worker import Change, Worker

# The car said yes, and yet does not hold it (field-lessons.md, T-31).
NOT_IN_CAR: Final = "not_in_car"

# How a session's end is told.
ENDS: Final = {
    SessionState.COMPLETED: News.COMPLETED,
    SessionState.CANCELLED: News.CANCELLED,
    SessionState.MISSED: News.MISSED,
    SessionState.FAILED: News.FAILED,
}

# In percent: a smaller fall of what is to be expected is within the rounding.
WORTH_TELLING: Final = 2.0

# Told when it happens, and not only once it is undone.
TOLD_AT_ONCE: Final = frozenset({SessionState.FAILED, SessionState.MISSED})

# For its limit's sake a car is woken once; after that it is left to come back.
MOST_UNDO_WAKES: Final = 1
MOST_WATCH_WAKES: Final = 1


class SessionRunner:
    """Carries out the steps of sessions; whoever calls holds the lock of the car."""

    def __init__(
        self,
        desk: SessionDesk,
        worker: Worker,
        coordinator: ScoutCoordinator,
        options: ChargingOptions,
        zone_of: Callable[[Position], Awaitable[tzinfo]],
    ) -> None:
        """Bind the desk, the hands, the eyes and the user's options."""
        self._desk = desk
        self._worker = worker
        self._scout = coordinator
        self._options = options
        self._zone_of = zone_of

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
        try:
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
        """Put the plan into the car, made anew from what the car says now."""
        if not await self._async_awake(vin, session, MOST_WAKES):
            return
        snapshot = await self._worker.async_read(vin)
        session = self._now(vin, session.id)
        if (home := await self._async_home(vin, session)) is None:
            return
        level = snapshot.charge.battery_level
        if level is None or snapshot.charge.charge_limit is None:
            await self._desk.async_apply(vin, session, Held(hold=Hold.UNKNOWN_LEVEL))
            return
        session = await self.async_replan(vin, session, level)
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
            await self._async_ask_to_plug(vin, session)

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
        hold = self._desk.promises(vin).hold
        current = found.charge.charge_limit
        if current is not None:
            wanted = held_for(hold, current, session.target)
            if not (wanted is None and self._desk.promises(vin).shares_limit(session)):
                hold = wanted
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
        plan = self._plan(session, level)
        event = Planned(plan=plan, level=level, timing=self._options.timing)
        return await self._desk.async_apply(vin, session, event)

    def _plan(self, session: Session, level: float) -> ChargePlan:
        """Return the plan for a session as of now."""
        return self._options.plan(
            level,
            session.target,
            session.ready_by,
            dt_util.utcnow(),
            dt_util.get_default_time_zone(),
        )

    async def _async_home(self, vin: str, session: Session) -> Position | None:
        """Return where home is, if the car is there; else the session waits."""
        home = self._scout.home_position
        place = self._scout.data[vin].bearings.whereabouts
        if home is not None and place is Whereabouts.HOME:
            return home
        asked = session.held is Hold.NOT_HOME
        session = await self._desk.async_apply(vin, session, Held(hold=Hold.NOT_HOME))
        if not asked and session.undoing is None:
            self._desk.tell(vin, News.NEEDS_HOME, session)
        return None

    async def _async_ask_to_plug(self, vin: str, session: Session) -> Session:
        """Ask the user to plug in, once."""
        if session.asked_to_plug:
            return session
        session = await self._desk.async_apply(vin, session, AskedToPlug())
        self._desk.tell(vin, News.NEEDS_PLUG, session)
        return session

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
        if not await self.async_judge(vin, session, snapshot, upcoming[0]):
            await self._desk.async_apply(vin, session, Held(hold=Hold.UNKNOWN_LEVEL))

    async def async_judge(
        self,
        vin: str,
        session: Session,
        snapshot: VehicleSnapshot,
        watch: Watch | None = None,
    ) -> bool:
        """Note what a look tells of a running session, and mend what is amiss.

        Return whether the look could tell. One of the Scout's has no ``watch``; it
        judges only what was seen to start, since a car may start some minutes late.
        """
        now, battery = dt_util.utcnow(), self._options.battery
        found = assess(session, snapshot.charge, battery, now)
        level = snapshot.charge.battery_level
        if found is None or level is None:
            return False
        unplugged = found.progress is Progress.UNPLUGGED
        longer = None if unplugged else extension(session, found, level, now)
        if longer is not None:
            event = Extended(end=longer, timing=self._options.timing)
            # The car first: an end that only the disk knew would never reach it, while
            # one that it holds already is not sent again.
            extended = transition(session, event, now)
            await self._async_keep_going(vin, extended, snapshot)
            session = await self._desk.async_apply(vin, session, event)
            found = assess(session, snapshot.charge, battery, now) or found
        start = watch is Watch.STARTED and found.progress is Progress.NOT_CHARGING
        session = await self._async_note(vin, session, found, watch, start=start)
        if unplugged and watch is not None:
            await self._async_ask_to_plug(vin, session)
        if start:
            if longer is None:
                await self._async_keep_going(vin, session, snapshot)
            await self._worker.async_start_charging(vin)
        return True

    async def _async_note(
        self,
        vin: str,
        session: Session,
        found: Assessment,
        watch: Watch | None,
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
        session = await self._desk.async_apply(vin, session, event)
        if start:
            return session
        first = watch in (Watch.STARTED, Watch.RESTARTED)
        if first and found.progress is Progress.CHARGING:
            self._desk.tell(vin, News.STARTED, session)
        fell = before.expected_level - session.expected_level >= WORTH_TELLING
        if found.behind and (first or not before.behind or fell):
            self._desk.tell(
                vin, News.FALLING_BEHIND, session, reason=found.progress.value
            )
        elif not found.behind and (first or before.behind):
            self._desk.tell(vin, News.ON_TRACK, session)
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
        orders = orders_of(session.plan.windows, session.schedule_ids, home, zone)
        left = tuple(
            order
            for order, window in zip(orders, session.plan.windows, strict=True)
            if window.end > now
        )
        await self._worker.async_apply(vin, Change(add=left), found)

    # Undoing.

    async def _async_undo(self, vin: str, session: Session) -> None:
        """Restore the limit, remove the schedules, read back, and only then be over."""
        if session.undoing is None:
            await self.async_end(vin, session, SessionState.COMPLETED)
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

        One that was asked to wake is given its time; a car that is being repaired, or
        that left the account, is waited for.
        """
        car = self._scout.data.get(vin)
        in_service = car is None or car.summary.in_service
        if not in_service and await self._worker.async_is_online(vin):
            return True
        since = session.waking_since
        if since is not None:
            waited = dt_util.utcnow() - since
            event: SessionEvent = (
                StillWaking() if waited < WAKE_PATIENCE else Held(hold=Hold.UNREACHABLE)
            )
        elif in_service or session.wakes >= most_wakes:
            event = Held(hold=Hold.UNREACHABLE)
        else:
            # On disk first: a wake is the dearest call, and must not be repeated.
            await self._desk.async_apply(vin, session, Waking())
            await self._worker.async_wake(vin)
            return False
        session = await self._desk.async_apply(vin, session, event)
        await self._async_give_up_watch(vin, session)
        return False

    async def _async_give_up_watch(self, vin: str, session: Session) -> None:
        """Tell that a car which should charge cannot even be reached."""
        running = session.state is SessionState.ACTIVE and session.undoing is None
        if not running or session.waking_since is not None:
            return
        upcoming = next_watch(session)
        if upcoming is None:
            return
        behind = session.level < session.target
        session = await self._desk.async_apply(
            vin,
            session,
            Watched(
                watch=upcoming[0], expected_level=session.expected_level, behind=behind
            ),
        )
        self._desk.tell(vin, News.FALLING_BEHIND, session, reason="unreachable")

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
