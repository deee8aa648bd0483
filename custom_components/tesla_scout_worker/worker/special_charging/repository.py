"""Where the promises lie: each change is on disk before anything comes of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from ...charging.in_car.charge_limit import LimitOverride
from ...charging.sessions.car_sessions import CarSessions
from ...charging.sessions.session import Session
from ...charging.sessions.state_machine import SessionEvent, transition
from ...storage.store import AccountMemory, ScoutStore

__all__ = ["SessionEventType", "SessionNotification", "SessionRepository"]


class SessionEventType(StrEnum):
    """What a person is told of a session."""

    SCHEDULED = "scheduled"
    SENT = "sent"
    STARTED = "started"
    ON_TRACK = "on_track"
    FALLING_BEHIND = "falling_behind"
    COMPLETED = "completed"
    FAILED = "failed"
    MISSED = "missed"
    CANCELLED = "cancelled"
    NEEDS_PLUG = "needs_plug"
    NEEDS_HOME = "needs_home"


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionNotification:
    """Something to tell of a session; ``reason`` is a word for why, if there is one."""

    kind: SessionEventType
    session: Session
    reason: str | None = None


type Listener = Callable[[SessionNotification], None]


class SessionRepository:
    """The promises of all cars of an account, in its store."""

    def __init__(
        self,
        store: ScoutStore,
        memory: AccountMemory,
        on_change: Callable[[], None],
    ) -> None:
        """Bind the store, the memory that it writes, and who shows what changed."""
        self._store = store
        self._memory = memory
        self._on_change = on_change
        self._listeners: dict[str, list[Listener]] = {}

    @property
    def vins(self) -> tuple[str, ...]:
        """The cars that something was promised for."""
        return tuple(self._memory.car_sessions)

    def car_sessions(self, vin: str) -> CarSessions:
        """Return the promises of a car."""
        return self._memory.car_sessions.get(vin) or CarSessions()

    def session(self, vin: str, session_id: str) -> Session | None:
        """Return a session of a car."""
        return self.car_sessions(vin).sessions.get(session_id)

    async def async_add(self, vin: str, session: Session) -> None:
        """Write a new session down."""
        kept = self.car_sessions(vin).without_old(dt_util.utcnow())
        await self._async_keep(vin, kept.with_session(session))

    async def async_apply(
        self, vin: str, session: Session, event: SessionEvent
    ) -> Session:
        """Write down what happened to a session, and return it as it is then."""
        changed = transition(session, event, dt_util.utcnow())
        await self._async_keep(vin, self.car_sessions(vin).with_session(changed))
        return changed

    async def async_set_limit_override(
        self, vin: str, limit_override: LimitOverride | None
    ) -> None:
        """Write down what a car's own limit is, before it is raised."""
        await self._async_keep(
            vin, replace(self.car_sessions(vin), limit_override=limit_override)
        )

    async def _async_keep(self, vin: str, car_sessions: CarSessions) -> None:
        """Have the promises of a car on disk, if they changed."""
        if car_sessions != self._memory.car_sessions.get(vin):
            self._memory.car_sessions[vin] = car_sessions
            await self._store.async_save(self._memory)
            self._on_change()

    @callback
    def async_listen(self, vin: str, listener: Listener) -> CALLBACK_TYPE:
        """Hear the news of a car; call what is returned to hear no more."""
        listeners = self._listeners.setdefault(vin, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    @callback
    def tell(
        self,
        vin: str,
        kind: SessionEventType,
        session: Session,
        reason: str | None = None,
    ) -> None:
        """Tell the news of a session."""
        news = SessionNotification(kind=kind, session=session, reason=reason)
        for listener in tuple(self._listeners.get(vin, ())):
            listener(news)
