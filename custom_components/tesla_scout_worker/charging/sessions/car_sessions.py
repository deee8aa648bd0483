"""All promises of one car, and the limit that they share. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..in_car.charge_limit import LimitOverride
from .session import Session, current_session

# How long a session that is over is still listed.
KEPT = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class CarSessions:
    """The sessions of one car by their ids, and its raised limit."""

    sessions: Mapping[str, Session] = field(default_factory=dict)
    limit_override: LimitOverride | None = None

    def with_session(self, session: Session) -> CarSessions:
        """Return the promises with a session as it is now."""
        return replace(self, sessions={**self.sessions, session.id: session})

    def without_old(self, now: datetime) -> CarSessions:
        """Return the promises without the sessions that nobody asks about any more."""
        kept = {
            key: one
            for key, one in self.sessions.items()
            if not one.over or now - max(one.ready_by, one.cleanup_at) < KEPT
        }
        return replace(self, sessions=kept)

    @property
    def current_session(self) -> Session | None:
        """The session that a person asks about."""
        return current_session(self.sessions.values())

    @property
    def schedule_ids(self) -> frozenset[int]:
        """The ids in the car that are ours."""
        return frozenset(
            schedule_id
            for one in self.sessions.values()
            for schedule_id in one.schedule_ids
            if not one.over
        )

    def shares_limit(self, session: Session) -> bool:
        """Whether another session still needs the limit that is raised."""
        return any(
            other.id != session.id and other.running for other in self.sessions.values()
        )

    def blocked_until(self, now: datetime) -> datetime | None:
        """Return until when ordinary schedules must wait (UTC); None: they need not."""
        return max(
            (one.cleanup_at for one in self.sessions.values() if one.blocks(now)),
            default=None,
        )
