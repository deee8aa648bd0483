"""The owners of a change: sessions and the daily plan, treated alike."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

from ..charging.daily.daily_state import DailyState
from ..charging.daily.sync_result import Planned, Skipped, SyncResult, SyncTrigger
from ..charging.desired_state import DAILY
from ..charging.in_car.delivery_state import NO_WAKE, DeliveryState, Failure
from ..charging.in_car.difference import ScheduleDiff
from ..charging.observed import Observed
from ..charging.sessions.session import SessionAction
from ..gateways.budget import Purpose, for_session
from .daily_plan import DailyPlanner
from .delivery import Attempt, Offline, Reach
from .repository import ChargingRepository
from .session_tasks import SessionTasks


@dataclass(kw_only=True)
class Cycle:
    """A running cycle.

    Attributes:
        trigger: What triggered it.
        result: The result for the daily plan so far.
        sent: Owners whose commands were sent.
        left: Owners that are skipped until the next cycle.
        prepared: Sessions with the actions that were prepared by a snapshot of this cycle.
        session_starts: Whether to start the charge of a session by command.
        in_order: Whether the car holds the daily plan.
    """

    trigger: SyncTrigger
    result: SyncResult = field(default_factory=Skipped)
    sent: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    prepared: set[tuple[str, SessionAction]] = field(default_factory=set)
    session_starts: bool = False
    in_order: bool = False

    @property
    def sent_state(self) -> DailyState | None:
        """What the daily plan had decided when its commands were sent; None: not yet."""
        if DAILY in self.sent and isinstance(self.result, Planned):
            return self.result.state
        return None


class Owners:
    """Stores the delivery state of each owner of a change."""

    def __init__(
        self,
        vin: str,
        repository: ChargingRepository,
        sessions: SessionTasks,
        daily: DailyPlanner,
    ) -> None:
        """Bind the car, its record, its sessions and its daily plan."""
        self._vin = vin
        self._repository = repository
        self._sessions = sessions
        self._daily = daily

    def due(self, actions: Mapping[str, SessionAction]) -> dict[str, Attempt]:
        """Return the attempts to reach the car for the due actions of sessions."""
        sessions = self._sessions.sessions.sessions
        return {
            name: Attempt(
                state=sessions[name].delivery,
                rule=self._sessions.wake_rule(sessions[name], action),
            )
            for name, action in actions.items()
        }

    def pending(
        self, owners: set[str], change: ScheduleDiff, seen: Observed
    ) -> dict[str, Attempt]:
        """Return the attempts to reach the car for a change.

        A change for a running session waits until the car is awake anyway.
        """
        sessions = self._sessions.sessions.sessions
        attempts = {
            owner: Attempt(state=sessions[owner].delivery, rule=NO_WAKE)
            for owner in owners - {DAILY}
        }
        if DAILY in owners:
            attempts[DAILY] = Attempt(
                state=self._daily.record.sync.delivery,
                rule=self._daily.wake_rule(change, seen),
                urgent=self._daily.is_urgent(change),
            )
        return attempts

    def spending(
        self, owners: Iterable[str], *, urgent: bool
    ) -> AbstractContextManager[None]:
        """Allow the calls in a block to use the budget reserved for sessions."""
        sessions = self._sessions.sessions.sessions
        named = [sessions[owner] for owner in owners if owner != DAILY]
        if not named:
            return for_session() if urgent else nullcontext()
        restoring = all(session.ending is not None for session in named)
        return for_session(Purpose.UNDOING if restoring else Purpose.KEEPING)

    async def async_save(self, states: Mapping[str, DeliveryState]) -> None:
        """Store delivery states, and return once they are on disk."""
        record = self._repository.record(self._vin)
        sessions, sync = record.sessions, record.sync
        for owner, state in states.items():
            if owner == DAILY:
                sync = replace(sync, delivery=state)
            else:
                session = replace(sessions.sessions[owner], delivery=state)
                sessions = sessions.with_session(session)
        in_car = all(
            owner != DAILY and sessions.sessions[owner].in_car for owner in states
        )
        update = self._repository.async_update
        if in_car:
            update = self._repository.async_update_in_memory_at_least
        await update(self._vin, sessions=sessions, sync=sync)

    async def async_offline(
        self, cycle: Cycle, owner: str, reach: Reach, attempt: Attempt
    ) -> None:
        """Store that an owner cannot reach the car, and skip it for this cycle."""
        cycle.left.add(owner)
        if owner == DAILY:
            cycle.result = await self._daily.async_offline(
                cycle.result, reach, attempt.rule
            )
        elif reach.offline in (Offline.UNREACHABLE, Offline.IN_SERVICE):
            await self._sessions.async_unreachable(owner)
        else:
            await self.async_save({owner: reach.state})

    async def async_fail(self, cycle: Cycle, owner: str, failure: Failure) -> None:
        """Store why a try failed, and skip its owner for this cycle."""
        cycle.left.add(owner)
        if owner == DAILY:
            result = replace(cycle.result, sent=False)
            cycle.result = await self._daily.async_fail(result, failure)
        else:
            await self._sessions.async_fail(owner, failure)
