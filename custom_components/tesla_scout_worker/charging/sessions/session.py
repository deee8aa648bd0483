"""A special-charging session: "90 % by Saturday 07:00", and what is due for it. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from ..planning.model import ChargePlan, PlanReason

# A deadline this close leaves nothing that a plan could do.
LEAST_NOTICE: Final = timedelta(minutes=15)

# Cars begin up to a few minutes after their schedule, to spread the load on the grid.
FIRST_WATCH: Final = timedelta(minutes=10)


class SessionState(StrEnum):
    """How far a promise has come."""

    SCHEDULED = "scheduled"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    MISSED = "missed"
    FAILED = "failed"


OVER: Final = frozenset(
    {
        SessionState.COMPLETED,
        SessionState.CANCELLED,
        SessionState.MISSED,
        SessionState.FAILED,
    }
)


# Why it came to these is told, whatever their undoing meets with.
UNKEPT: Final = frozenset({SessionState.MISSED, SessionState.FAILED})


class Source(StrEnum):
    """Where a need comes from."""

    ACTION = "action"
    CALENDAR = "calendar"
    WATCHED_CALENDAR = "watched_calendar"


class WaitReason(StrEnum):
    """What a session waits for before it can be sent, or undone."""

    NOT_HOME = "not_home"
    UNREACHABLE = "unreachable"
    UNKNOWN_LEVEL = "unknown_level"
    TROUBLE = "trouble"


class CheckPoint(StrEnum):
    """The looks that a session is worth while it runs."""

    STARTED = "started"
    RESTARTED = "restarted"
    ENDED = "ended"


class SessionAction(StrEnum):
    """What a session wants done."""

    SEND = "send"
    WATCH = "watch"
    UNDO = "undo"
    MISS = "miss"


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionTiming:
    """The user's times around a plan."""

    send_lead: timedelta = timedelta(hours=2)
    cleanup_delay: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One promise.

    Attributes:
        id: ``special_<n>_<date>_<time of the deadline>``, the local time of the user.
        target: State of charge in percent.
        ready_by: The deadline (UTC).
        source: Where the need comes from.
        source_key: What names it there: an event of a watched calendar.
        plan: When to charge.
        level: The state of charge that was planned with, in percent.
        send_at: When the plan goes to the car (UTC).
        cleanup_at: When it is undone (UTC).
        state: How far it has come.
        undoing: The state that it will have once it is undone; None: not yet.
        schedule_ids: Ids in the car, written down before the first is sent.
        held: What it waits for.
        try_at: When the next try is (UTC); None: at its time, or when the car is back.
        tries: Tries in a row that failed.
        refusals: How often the car said no.
        wakes: How often the car was woken for it.
        waking_since: When it was woken last (UTC); None: it is not waking.
        watched: The looks that were taken.
        expected_level: What will be reached, in percent, by what is known now.
        behind: Whether less than the target will be reached.
        recheck_at: When to look whether a start that was commanded helped (UTC).
        asked_to_plug: Whether the user was asked to plug in.
        failure: Why it failed, or what the last try met with: a translation key.
    """

    id: str
    target: int
    ready_by: datetime
    source: Source
    source_key: str | None = None
    plan: ChargePlan
    level: float
    send_at: datetime
    cleanup_at: datetime
    state: SessionState = SessionState.SCHEDULED
    undoing: SessionState | None = None
    schedule_ids: tuple[int, ...] = ()
    held: WaitReason | None = None
    try_at: datetime | None = None
    tries: int = 0
    refusals: int = 0
    wakes: int = 0
    waking_since: datetime | None = None
    watched: frozenset[CheckPoint] = frozenset()
    expected_level: float
    behind: bool = False
    recheck_at: datetime | None = None
    asked_to_plug: bool = False
    failure: str | None = None

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in OVER

    @property
    def sent(self) -> bool:
        """Whether something of it may be in the car."""
        return bool(self.schedule_ids)

    @property
    def is_cancellable(self) -> bool:
        """Whether it is not over, nor on its way there."""
        return not self.over and self.undoing is None

    @property
    def running(self) -> bool:
        """Whether the car holds it, and is to charge by it."""
        return self.state is SessionState.ACTIVE and self.undoing is None

    @property
    def restoring(self) -> bool:
        """Whether it is being undone."""
        return self.undoing is not None and not self.over

    @property
    def start(self) -> datetime | None:
        """When charging begins (UTC)."""
        return self.plan.windows[0].start if self.plan.windows else None

    @property
    def end(self) -> datetime | None:
        """When charging ends (UTC)."""
        return self.plan.windows[-1].end if self.plan.windows else None

    def blocks(self, now: datetime) -> bool:
        """Whether ordinary schedules must wait: from send until cleanup, no longer.

        What was sent in part, and is tried again, must not be swept away in between.
        """
        return self.sent and self.is_cancellable and now < self.cleanup_at


def session_id(ready_by: datetime, zone: tzinfo, taken: Collection[str]) -> str:
    """Return the id of the next need for a deadline; ``zone`` is the user's."""
    local = ready_by.astimezone(zone)
    number = 1
    while (name := f"special_{number}_{local:%Y%m%d_%H%M}") in taken:
        number += 1
    return name


def new_session(
    name: str,
    target: int,
    ready_by: datetime,
    plan: ChargePlan,
    level: float,
    timing: SessionTiming,
    source: Source,
    source_key: str | None = None,
) -> Session:
    """Return a new session with its plan."""
    send_at, cleanup_at = planned_times(plan, ready_by, timing)
    return Session(
        id=name,
        target=target,
        ready_by=ready_by,
        source=source,
        source_key=source_key,
        plan=plan,
        level=level,
        send_at=send_at,
        cleanup_at=cleanup_at,
        expected_level=plan.expected_level,
        behind=PlanReason.TARGET_SHORT in plan.reasons,
    )


def planned_times(
    plan: ChargePlan, ready_by: datetime, timing: SessionTiming
) -> tuple[datetime, datetime]:
    """Return when a plan is sent and undone."""
    if not plan.windows:
        return ready_by - timing.send_lead, ready_by + timing.cleanup_delay
    return (
        plan.windows[0].start - timing.send_lead,
        plan.windows[-1].end + timing.cleanup_delay,
    )


def overlaps(one: Session, start: datetime, ready_by: datetime) -> bool:
    """Whether a session has its charging where another would have its own.

    One that is being undone charges no more, however long its car stays away.
    """
    if one.over or one.undoing is not None:
        return False
    return (one.start or one.ready_by) < ready_by and start < one.ready_by


def next_check_point(session: Session) -> tuple[CheckPoint, datetime] | None:
    """Return the next look that a running session is worth, and when (UTC)."""
    start, end = session.start, session.end
    if start is None or end is None:
        return None
    if session.recheck_at is not None:
        return CheckPoint.RESTARTED, session.recheck_at
    if CheckPoint.STARTED not in session.watched:
        return CheckPoint.STARTED, min(start + FIRST_WATCH, end)
    if CheckPoint.ENDED not in session.watched:
        return CheckPoint.ENDED, end
    return None


def scheduled_actions(session: Session) -> dict[SessionAction, datetime]:
    """Return the timers that a session wants armed (UTC); those past are due now.

    What waits for the car to come back has none until it does.
    """
    if session.over:
        return {}
    waits = session.held is not None and session.try_at is None
    if session.undoing is not None:
        return (
            {} if waits else {SessionAction.UNDO: session.try_at or session.cleanup_at}
        )
    wanted = {SessionAction.UNDO: session.cleanup_at}
    if session.state is SessionState.SCHEDULED:
        if session.held is not None:
            wanted[SessionAction.MISS] = session.ready_by - LEAST_NOTICE
        if not waits:
            wanted[SessionAction.SEND] = session.try_at or session.send_at
    elif (watch := next_check_point(session)) is not None:
        # A try that failed after its look was taken does not bring the next one forward.
        wanted[SessionAction.WATCH] = max(watch[1], session.try_at or watch[1])
    return wanted


def next_action(session: Session, now: datetime) -> SessionAction | None:
    """Return what a session wants done now; None: nothing yet.

    A session that was never sent is missed once its deadline is too close to charge
    for; one that is over its time is undone, whatever else was due.
    """
    if session.over:
        return None
    if session.undoing is None and session.state is SessionState.SCHEDULED:
        if now >= session.ready_by - LEAST_NOTICE:
            return SessionAction.MISS
        steps: tuple[SessionAction, ...] = (SessionAction.SEND,)
    else:
        steps = (SessionAction.UNDO, SessionAction.WATCH)
    wanted = scheduled_actions(session)
    return next(
        (step for step in steps if step in wanted and wanted[step] <= now), None
    )


def current_session(sessions: Iterable[Session]) -> Session | None:
    """Return the session that a person asks about.

    It is what runs, else what is being undone, else what comes next.
    """

    def rank(one: Session) -> tuple[bool, bool, datetime]:
        """Return what puts one session before another."""
        return not one.running, not one.restoring, one.ready_by

    return min((one for one in sessions if not one.over), key=rank, default=None)
