"""Notifications of session events."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.core import CALLBACK_TYPE, callback

from ..charging.sessions.session import Session, SessionEventType


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionNotification:
    """An event of a session; ``reason`` is a translation key or the car's own word."""

    kind: SessionEventType
    session: Session
    reason: str | None = None


type Listener = Callable[[SessionNotification], None]


class SessionNotifier:
    """Passes the session events of each car to its listeners."""

    def __init__(self) -> None:
        """Start without listeners."""
        self._listeners: dict[str, list[Listener]] = {}

    @callback
    def async_listen(self, vin: str, listener: Listener) -> CALLBACK_TYPE:
        """Add a listener for a car; return a function that removes it."""
        listeners = self._listeners.setdefault(vin, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    @callback
    def notify(
        self,
        vin: str,
        kind: SessionEventType,
        session: Session,
        reason: str | None = None,
    ) -> None:
        """Pass an event to the listeners of a car."""
        notification = SessionNotification(kind=kind, session=session, reason=reason)
        for listener in tuple(self._listeners.get(vin, ())):
            listener(notification)
