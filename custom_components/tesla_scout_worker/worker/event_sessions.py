"""The sessions of events: added, kept and cancelled as the events are there."""

from collections.abc import Mapping
from datetime import datetime

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from ..charging.sessions.session import CancelReason, Session, Source
from .sessions import SessionRequests
from .unmet_events import EventRequest, UnmetEvent


class EventSessions:
    """Makes the sessions of one kind of events match these."""

    def __init__(self, sessions: SessionRequests, source: Source) -> None:
        """Bind the session requests and the source of the sessions."""
        self._sessions = sessions
        self._source = source

    async def async_settle(
        self,
        vin: str,
        group: str,
        wanted: Mapping[str, EventRequest],
        *,
        add_until: datetime,
        cancel_until: datetime | None = None,
    ) -> None:
        """Add what is missing, and cancel what is no longer wanted.

        A session that a person cancelled stays so. A repair names the events that
        cannot be met, until they can or are gone.

        Args:
            vin: The car.
            group: What the keys of these events begin with; a blank follows.
            wanted: The requests of the events by their keys.
            add_until: The latest deadline of a new session.
            cancel_until: Until when all events are in ``wanted``; None: all are.
        """
        kept = set()
        for session in tuple(self._sessions.list(vin)):
            if not self._is_of(session, group):
                continue
            key = session.source_key
            if key in wanted:
                kept.add(key)
            elif _is_within(session, cancel_until) and session.is_cancellable:
                await self._sessions.async_cancel(
                    vin, session.id, CancelReason.EVENT_GONE
                )
        unmet = []
        for key, request in wanted.items():
            if key not in kept and request.ready_by <= add_until:
                what = request.target, request.ready_by, self._source, key
                try:
                    await self._sessions.async_add(vin, *what, request.title)
                except ServiceValidationError as err:
                    unmet.append(UnmetEvent(request=request, error=err))
        await self._sessions.async_note_unmet(vin, f"{self._source} {group}", unmet)

    def _is_of(self, session: Session, group: str) -> bool:
        """Whether a session comes from an event of a group."""
        from_there = (session.source_key or "").startswith(f"{group} ")
        return session.source is self._source and from_there


def _is_within(session: Session, until: datetime | None) -> bool:
    """Whether a deadline is ahead, and not after an instant."""
    ahead = dt_util.utcnow() < session.ready_by
    return ahead and (until is None or session.ready_by <= until)
