"""All promises of one car, and the limit that they share. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..in_car.charge_limit import LimitHold
from .session import Session, present

# How long a session that is over is still listed.
KEPT = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class CarPromises:
    """The sessions of one car by their ids, and its raised limit."""

    sessions: Mapping[str, Session] = field(default_factory=dict)
    hold: LimitHold | None = None

    def with_session(self, session: Session) -> CarPromises:
        """Return the promises with a session as it is now."""
        return replace(self, sessions={**self.sessions, session.id: session})

    def without_old(self, now: datetime) -> CarPromises:
        """Return the promises without the sessions that nobody asks about any more."""
        kept = {
            key: one
            for key, one in self.sessions.items()
            if not one.over or now - max(one.ready_by, one.cleanup_at) < KEPT
        }
        return replace(self, sessions=kept)

    @property
    def present(self) -> Session | None:
        """The session that a person asks about."""
        return present(self.sessions.values())

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
