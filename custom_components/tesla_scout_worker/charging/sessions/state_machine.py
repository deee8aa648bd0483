"""What happens to a special-charging session, and what it is after that. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ..planning.model import ChargePlan, PlanReason
from .session import (
    UNKEPT,
    CheckPoint,
    Session,
    SessionState,
    SessionTiming,
    WaitReason,
    planned_times,
)

# Tesla: waking takes 10 to 60 s; after 90 s nobody answers any more.
WAKE_PATIENCE: Final = timedelta(seconds=90)
WAKE_POLL: Final = timedelta(seconds=10)

# The pauses between tries: soon at first, since most troubles are short.
PAUSES: Final = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 20, 30))

# A car that does not wake is asleep for a reason, and each wake is dear: of the pauses
# above the first that may come before the next one.
WAKE_PAUSE: Final = 2

# A car that waits to come home is looked for this often, while it is awake anyway.
AWAY_PAUSE: Final = timedelta(minutes=15)

# What must be undone is tried for as long as it takes, and ever more rarely.
UNDO_PAUSES: Final = (*PAUSES, *(timedelta(hours=h) for h in (1, 3, 6)))

# A wake costs as much as ten looks, and a car without a signal hears none of them.
MOST_WAKES: Final = 4

# A car that said no three times says no, and a person must look.
MOST_REFUSALS: Final = 3

# How soon a start that was commanded shows.
SECOND_WATCH: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """There is a plan by newer facts."""

    plan: ChargePlan
    level: float
    timing: SessionTiming


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """The plan is about to go to the car under these ids."""

    schedule_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """The car was read back, and holds the plan."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlugRequested:
    """The user was asked to plug in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waking:
    """The car is about to be asked to wake."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WakePending:
    """The car was asked to wake, and does not answer yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Postponed:
    """The next try must wait; ``until`` is a time that Tesla named (UTC)."""

    wait_reason: WaitReason
    reason: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """Tesla or the car said no; ``reason`` is a translation key."""

    reason: str
    final: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """A look was taken: what will be reached by what it told, in percent.

    ``starting`` says that a start is about to be commanded.
    """

    watch: CheckPoint | None
    expected_level: float
    behind: bool
    starting: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Extended:
    """The last window goes on for longer, into the buffer."""

    end: datetime
    timing: SessionTiming


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """It is over, for this reason; what was sent must be undone."""

    state: SessionState
    reason: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """The car was read back, and holds nothing of it any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CarAvailable:
    """The car is back, online or at home: what waited for that is tried now."""


type SessionEvent = (
    Planned
    | Sending
    | Sent
    | PlugRequested
    | Waking
    | WakePending
    | Postponed
    | Refused
    | Watched
    | Extended
    | Ended
    | Restored
    | CarAvailable
)


def transition(session: Session, event: SessionEvent, now: datetime) -> Session:
    """Return the session after an event; one that is over stays as it is."""
    if session.over:
        return session
    match event:
        case Planned():
            return _planned(session, event)
        case Sending():
            return replace(session, schedule_ids=event.schedule_ids)
        case Sent():
            return replace(_calm(session), state=SessionState.ACTIVE)
        case PlugRequested():
            return replace(session, asked_to_plug=True)
        case Waking():
            return replace(
                session,
                held=_still_away(session, WaitReason.UNREACHABLE),
                wakes=session.wakes + 1,
                waking_since=now,
                try_at=now + WAKE_POLL,
            )
        case WakePending():
            return replace(session, try_at=now + WAKE_POLL)
        case Postponed():
            return _held(session, event, now)
        case Refused():
            return _refused(session, event, now)
        case Watched():
            return _watched(session, event, now)
        case Extended():
            return _extended(session, event)
        case Ended():
            return _ended(session, event, now)
        case Restored():
            return replace(
                _calm(session), state=session.undoing or SessionState.COMPLETED
            )
        case CarAvailable():
            return _returned(session, now)


def _calm(session: Session) -> Session:
    """Return the session without the traces of tries that failed."""
    return replace(
        session,
        held=None,
        try_at=None,
        tries=0,
        refusals=0,
        wakes=0,
        waking_since=None,
        failure=session.failure if session.undoing in UNKEPT else None,
    )


def _returned(session: Session, now: datetime) -> Session:
    """Return the session after its car came back; only what waited is tried now."""
    if session.held is None:
        return session
    return replace(session, held=None, waking_since=None, try_at=now, tries=0)


def _planned(session: Session, event: Planned) -> Session:
    """Return the session with a newer plan; the one that was sent is the car's."""
    if session.state is not SessionState.SCHEDULED:
        return session
    send_at, cleanup_at = planned_times(event.plan, session.ready_by, event.timing)
    return replace(
        session,
        plan=event.plan,
        level=event.level,
        expected_level=event.plan.expected_level,
        behind=PlanReason.TARGET_SHORT in event.plan.reasons,
        send_at=send_at,
        cleanup_at=cleanup_at,
    )


def _held(session: Session, event: Postponed, now: datetime) -> Session:
    """Return the session after a try that must be repeated.

    What is undone has no hurry: a sleeping car's limit does no harm, nor does one of a
    car that is away. Both wait until the Scout sees it awake and at home.
    """
    undoing, tries = session.undoing is not None, session.tries
    pauses = UNDO_PAUSES if undoing else PAUSES
    wait_reason = _still_away(session, event.wait_reason)
    if wait_reason is WaitReason.UNREACHABLE:
        tries += WAKE_PAUSE
    pause = pauses[min(tries, len(pauses) - 1)]
    left = (
        wait_reason is WaitReason.NOT_HOME and session.held is not WaitReason.NOT_HOME
    )
    if wait_reason is WaitReason.NOT_HOME:
        pause = AWAY_PAUSE
    waits = undoing and wait_reason in (WaitReason.NOT_HOME, WaitReason.UNREACHABLE)
    return replace(
        session,
        held=wait_reason,
        failure=session.failure if session.undoing in UNKEPT else event.reason,
        waking_since=None,
        wakes=0 if left else session.wakes,
        tries=session.tries + 1,
        try_at=None if waits else event.until or now + pause,
    )


def _still_away(session: Session, wait_reason: WaitReason) -> WaitReason:
    """Return what a session waits for; a car that was away and is silent is away.

    So it is woken no more often than one that is away, and asked home once.
    """
    silent = (
        wait_reason is WaitReason.UNREACHABLE and session.held is WaitReason.NOT_HOME
    )
    return WaitReason.NOT_HOME if silent else wait_reason


def _refused(session: Session, event: Refused, now: datetime) -> Session:
    """Return the session after a no: tried again, but not for ever.

    What was sent is kept, and in the end undone, however often that takes.
    """
    refusals = session.refusals + 1
    session = _held(
        session, Postponed(wait_reason=WaitReason.TROUBLE, reason=event.reason), now
    )
    session = replace(session, refusals=refusals)
    unsent = session.state is SessionState.SCHEDULED
    if unsent and (event.final or refusals >= MOST_REFUSALS):
        end = Ended(state=SessionState.FAILED, reason=event.reason)
        return _ended(session, end, now)
    return session


def _watched(session: Session, event: Watched, now: datetime) -> Session:
    """Return the session after a look, with what is to be expected."""
    watched, recheck_at = session.watched, session.recheck_at
    if event.watch is not None:
        watched = watched | {event.watch}
        recheck_at = now + SECOND_WATCH if event.starting else None
    return replace(
        session,
        watched=watched,
        held=None,
        try_at=None,
        tries=0,
        waking_since=None,
        expected_level=event.expected_level,
        behind=event.behind,
        recheck_at=recheck_at,
    )


def _extended(session: Session, event: Extended) -> Session:
    """Return the session with a later end, which is to be looked at again."""
    last = replace(session.plan.windows[-1], end=event.end)
    windows = (*session.plan.windows[:-1], last)
    return replace(
        session,
        plan=replace(session.plan, windows=windows),
        cleanup_at=event.end + event.timing.cleanup_delay,
        watched=session.watched - {CheckPoint.ENDED},
    )


def _ended(session: Session, event: Ended, now: datetime) -> Session:
    """Return the session at its end: undone first and now, if anything was sent."""
    failure = event.reason or (session.failure if event.state in UNKEPT else None)
    if session.sent:
        return replace(
            _calm(session),
            state=SessionState.ACTIVE,
            undoing=event.state,
            try_at=now,
            failure=failure,
        )
    return replace(_calm(session), state=event.state, failure=failure)
