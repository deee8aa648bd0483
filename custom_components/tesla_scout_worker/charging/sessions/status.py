"""How the special charging of a car stands, as a person must know it. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from .car_sessions import CarSessions
from .session import UNKEPT, Session, SessionState

# How long a session that ended without its target is shown, unless another one follows.
SHOWN_FOR: Final = timedelta(hours=18)


class SpecialStatus(StrEnum):
    """How special charging stands.

    FAILED: The last session ended without its target, or its plan was not sent.
    FALLING_BEHIND: Less than the target is expected.
    NEEDS_HOME, NEEDS_PLUG: It is due, and the car is away or not plugged in.
    """

    IDLE = "idle"
    SCHEDULED = "scheduled"
    NEEDS_HOME = "needs_home"
    NEEDS_PLUG = "needs_plug"
    ACTIVE = "active"
    FALLING_BEHIND = "falling_behind"
    RESTORING = "restoring"
    FAILED = "failed"


def shown_session(sessions: CarSessions, now: datetime) -> Session | None:
    """Return the session to show: the present one, else one that failed lately."""
    if (current := sessions.current) is not None:
        if not current.restoring or current.ending not in UNKEPT:
            return current
    return last_unkept(sessions, now) or current


def unkept(sessions: CarSessions, now: datetime) -> tuple[Session, ...]:
    """Return the sessions that ended without their target lately, restored or not."""
    return tuple(
        session
        for session in sessions.sessions.values()
        if session.unkept and now - session.ready_by < SHOWN_FOR
    )


def last_unkept(sessions: CarSessions, now: datetime) -> Session | None:
    """Return the last session that ended without its target lately."""
    found = unkept(sessions, now)
    return max(found, key=lambda session: session.ready_by, default=None)


def special_status(
    session: Session | None,
    *,
    at_home: bool | None,
    plugged_in: bool | None,
    now: datetime,
) -> SpecialStatus:
    """Return how the session to show stands.

    Args:
        session: The session; None: there is none.
        at_home: Whether the car is at home; None: unknown.
        plugged_in: Whether a cable is plugged in; None: unknown.
        now: The present (UTC).
    """
    if session is None:
        return SpecialStatus.IDLE
    if session.unkept:
        return SpecialStatus.FAILED
    if session.restoring:
        return SpecialStatus.RESTORING
    due = session.state is SessionState.ACTIVE or now >= session.send_at
    if due and not session.has_target:
        if at_home is False:
            return SpecialStatus.NEEDS_HOME
        if plugged_in is False:
            return SpecialStatus.NEEDS_PLUG
    if session.behind:
        return SpecialStatus.FALLING_BEHIND
    if session.state is SessionState.ACTIVE:
        return SpecialStatus.ACTIVE
    return SpecialStatus.SCHEDULED
