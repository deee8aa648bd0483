"""The sessions of a car, and its raised charge limit. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from ..in_car.charge_limit import LimitOverride
from .session import Session, SessionState

# How long a session that is over stays in the list.
KEPT: Final = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class CarSessions:
    """The sessions of one car by id, and its limit override."""

    sessions: Mapping[str, Session] = field(default_factory=dict)
    override: LimitOverride | None = None

    def with_session(self, session: Session) -> CarSessions:
        """Return these with one session added or replaced."""
        return replace(self, sessions={**self.sessions, session.id: session})

    def without_old(self, now: datetime) -> CarSessions:
        """Return these without sessions that ended more than `KEPT` ago."""
        kept = {
            key: session
            for key, session in self.sessions.items()
            if not session.over
            or now - max(session.ready_by, session.cleanup_at) < KEPT
        }
        return replace(self, sessions=kept)

    @property
    def open(self) -> tuple[Session, ...]:
        """The sessions that are not over, ordered by deadline."""
        left = (session for session in self.sessions.values() if not session.over)
        return tuple(sorted(left, key=lambda session: session.ready_by))

    def before(self, ready_by: datetime, name: str | None) -> Session | None:
        """Return the last session that is due before a deadline (UTC), but for one id.

        What charges from now on is none of them: it does not refuse another.
        """
        earlier = (
            session
            for session in self.open
            if session.id != name
            and session.is_cancellable
            and not session.is_now
            and session.ready_by < ready_by
        )
        return max(earlier, key=lambda session: session.ready_by, default=None)

    def after(self, ready_by: datetime) -> tuple[Session, ...]:
        """Return the unsent sessions that are due after a deadline (UTC)."""
        return tuple(
            session
            for session in self.open
            if session.state is SessionState.SCHEDULED
            and not session.is_now
            and session.ready_by > ready_by
        )

    @property
    def current(self) -> Session | None:
        """The session to show: what runs, else what ends, else what comes next."""
        return min(
            self.open,
            key=lambda session: (not session.running, not session.restoring),
            default=None,
        )

    @property
    def schedule_ids(self) -> frozenset[int]:
        """The ids of schedules in the car that belong to sessions."""
        return frozenset(
            schedule_id for session in self.open for schedule_id in session.schedule_ids
        )

    def blocked_until(self, now: datetime) -> datetime | None:
        """Return until when the daily plan must wait (UTC); None: it may run."""
        return max(
            (session.cleanup_at for session in self.open if session.blocks(now)),
            default=None,
        )
