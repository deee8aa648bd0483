"""The sessions of one car within a sync cycle."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from homeassistant.util import dt as dt_util

from ..charging.car_record import CarRecord
from ..charging.daily.sync_result import SyncTrigger
from ..charging.desired_state import SessionPart
from ..charging.in_car.charge_control import is_charging
from ..charging.in_car.charge_limit import LimitOverride, limit_to_restore
from ..charging.in_car.delivery_state import AWAY_PAUSE, Failure, WaitReason, WakeRule
from ..charging.in_car.schedules import fresh_ids
from ..charging.observed import Observed
from ..charging.sessions.car_sessions import CarSessions
from ..charging.sessions.progress import check_missed, judge, judged_by_any_snapshot
from ..charging.sessions.session import (
    UNKEPT,
    Session,
    SessionAction,
    SessionEventType,
    SessionState,
    next_action,
    next_check_point,
)
from ..charging.wake_rules import session_wake_rule
from ..const import LOGGER
from ..coordinator import ScoutCoordinator
from ..gateways.models import Connectivity, VehicleSnapshot
from .notifier import SessionNotifier
from .price_sources import EnergySource
from .repository import ChargingRepository
from .session_plans import TARGET_SHORT, SessionPlans

# The car does not report its schedules, as before firmware 2024.26.
SCHEDULES_UNKNOWN: Final = "schedules_unknown"

# These actions need a fresh snapshot.
READS: Final = frozenset(
    {SessionAction.SEND, SessionAction.CHECK, SessionAction.RESTORE}
)


class SessionTasks:
    """Advances the sessions of one car; the caller holds the car's lock."""

    def __init__(
        self,
        vin: str,
        coordinator: ScoutCoordinator,
        repository: ChargingRepository,
        notifier: SessionNotifier,
        energy: EnergySource,
        plans: SessionPlans,
    ) -> None:
        """Bind the car, its record, the prices and the plans of its sessions."""
        self._vin = vin
        self._scout = coordinator
        self._repository = repository
        self._notifier = notifier
        self._energy = energy
        self.plans = plans
        self._judged_at: datetime | None = None

    @property
    def sessions(self) -> CarSessions:
        """The sessions of the car."""
        return self._repository.record(self._vin).sessions

    async def async_update(
        self, trigger: SyncTrigger, snapshot: VehicleSnapshot | None, *, polled: bool
    ) -> None:
        """Take what is new of the car and of prices.

        Only a poll by the Scout counts as a car's return: if a try's own result did, the
        try would be repeated without a pause. A snapshot from before a restart is not
        judged: it would seem that the car has not charged since.
        """
        now = dt_util.utcnow()
        if polled:
            for session in self.sessions.open:
                if self._is_back(session):
                    await self._save(session.returned(now))
        seen_at = None if snapshot is None else snapshot.seen_at
        is_new = (
            seen_at is not None
            and seen_at != self._judged_at
            and seen_at >= self._scout.started_at
        )
        self._judged_at = seen_at
        for session in self.sessions.open:
            if session.state is SessionState.SCHEDULED and not session.sent:
                await self.plans.async_replan_if_due(
                    session, trigger, snapshot, is_new, now
                )
            elif trigger is SyncTrigger.NEW_PRICES and self.plans.may_move(
                session, now
            ):
                await self.plans.async_move(session, snapshot, now)
            elif is_new and snapshot is not None and judged_by_any_snapshot(session):
                await self._async_judge(session, snapshot, checks=False)

    def _is_back(self, session: Session) -> bool:
        """Whether the car has returned as the session requires."""
        car, delivery = self._scout.data[self._vin], session.delivery
        online = car.observation.connectivity is Connectivity.ONLINE
        match delivery.waits_for:
            case WaitReason.NOT_HOME:
                anywhere = session.restoring and self._limit_is_raised
                anywhere &= delivery.waits_for_return
                return online and (anywhere or car.observation.at_home is True)
            case WaitReason.UNREACHABLE:
                asleep = delivery.waking_since is None
                waited = delivery.waits_for_return or delivery.tries > 1
                return online and asleep and waited
        return False

    # Due actions.

    async def async_end_due(self) -> None:
        """End the sessions whose time is over."""
        now = dt_util.utcnow()
        for session in self.sessions.open:
            action = next_action(session, now)
            if action is SessionAction.MISS:
                kept = session.has_target
                end = SessionState.COMPLETED if kept else SessionState.MISSED
                await self.async_end(session, end)
            elif action is SessionAction.RESTORE and session.ending is None:
                await self._async_ended(session.time_is_over(now))

    async def async_end(
        self, session: Session, state: SessionState, reason: str | None = None
    ) -> Session:
        """End a session; if it was sent, the car is restored next."""
        return await self._async_ended(session.ended(state, dt_util.utcnow(), reason))

    async def _async_ended(self, after: Session) -> Session:
        """Store a session that has just ended, and notify of what is settled by it."""
        state = after.ending or after.state
        await self._save(after)
        if after.over or state in UNKEPT:
            self._notify(SessionEventType(state.value), after, after.failure)
        return after

    def due(self, left: Iterable[str]) -> dict[str, SessionAction]:
        """Return actions that need a fresh snapshot, by session, without ``left``."""
        now, skipped = dt_util.utcnow(), set(left)
        actions = {
            session.id: next_action(session, now)
            for session in self.sessions.open
            if session.id not in skipped
        }
        return {
            name: action
            for name, action in actions.items()
            if action is not None and action in READS
        }

    def wake_rule(self, session: Session, action: SessionAction) -> WakeRule:
        """Return when the car may be woken for an action of a session."""
        return session_wake_rule(
            session, action, dt_util.utcnow(), limit_raised=self._limit_is_raised
        )

    def in_window(self, now: datetime) -> Session | None:
        """Return the running session that charges at an instant."""
        running = (
            session
            for session in self.sessions.open
            if session.running and session.window_at(now) is not None
        )
        return next(running, None)

    @property
    def _limit_is_raised(self) -> bool:
        """Whether a limit waits to be restored."""
        return self.sessions.override is not None and not self._limit_is_shared

    @property
    def _limit_is_shared(self) -> bool:
        """Whether a running session still needs the raised limit."""
        return any(session.running for session in self.sessions.open)

    # With a fresh snapshot.

    async def async_check(self, name: str, snapshot: VehicleSnapshot) -> bool:
        """Judge a session whose check is due; return whether a start is due."""
        return await self._async_judge(
            self.sessions.sessions[name], snapshot, checks=True
        )

    async def _async_judge(
        self, session: Session, snapshot: VehicleSnapshot, *, checks: bool
    ) -> bool:
        """Judge a running session, and return whether its car is to be started."""
        now = dt_util.utcnow()
        upcoming = next_check_point(session) if checks else None
        found = judge(
            session,
            snapshot.charge,
            self.plans.options.battery,
            self.plans.options.timing,
            None if upcoming is None else upcoming[0],
            now,
            level_at=snapshot.seen_at,
        )
        if found is None:
            if checks:
                failure = Failure(waits_for=WaitReason.UNKNOWN_LEVEL)
                await self._save(session.delivery_failed(failure, now))
            return False
        await self._save(found.session)
        for kind, reason in found.events:
            self._notify(kind, found.session, reason)
        return found.starts

    async def async_prepare_send(
        self, name: str, snapshot: VehicleSnapshot, *, at_home: bool
    ) -> Session | None:
        """Plan a session by a fresh snapshot and persist its ids; None: no send."""
        session = self.sessions.sessions[name]
        if not at_home:
            await self._async_not_home(session)
            return None
        now, seen = dt_util.utcnow(), snapshot.charge.battery_level
        late = session.start is not None and now >= session.start
        # The last known level is better than no charging.
        level = session.level if seen is None and late else seen
        if level is None or snapshot.charge.charge_limit is None:
            failure = Failure(waits_for=WaitReason.UNKNOWN_LEVEL)
            await self._save(session.delivery_failed(failure, now))
            return None
        if snapshot.schedules is None and not session.sent:
            record = self._repository.record(self._vin)
            await self.async_fail(name, schedules_unknown(record))
            return None
        await self._energy.async_refresh()
        plan = await self.plans.async_plan_of(session, level, now)
        session = await self.plans.async_replan(session, level, plan)
        if session.has_target and session.sent:
            await self.async_end(session, SessionState.COMPLETED)
            return None
        if session.has_target:
            await self._save(session.left_alone())
            return None
        if not plan.windows:
            failure = Failure(waits_for=WaitReason.TROUBLE, reason=TARGET_SHORT)
            await self._save(session.delivery_failed(failure, now))
            return None
        return await self._save(
            replace(session, schedule_ids=self._ids(session, snapshot, now))
        )

    def _ids(
        self, session: Session, snapshot: VehicleSnapshot, now: datetime
    ) -> tuple[int, ...]:
        """Return an id for each window, reusing those of an earlier try."""
        ids = session.schedule_ids
        record = self._repository.record(self._vin)
        found = {schedule.id for schedule in snapshot.schedules or ()}
        taken = found | record.put_in_car.schedule_ids
        return ids + fresh_ids(len(session.plan.windows) - len(ids), taken, now)

    async def async_prepare_restore(
        self, name: str, snapshot: VehicleSnapshot, *, at_home: bool
    ) -> Session | None:
        """Return a session whose car can be restored now; None: it cannot.

        A limit is restored wherever the car is. Only schedules wait for their place.
        """
        session, override = self.sessions.sessions[name], self.sessions.override
        level, current = snapshot.charge.battery_level, snapshot.charge.charge_limit
        if (
            level is not None
            and (seen := session.end_read(level, dt_util.utcnow())) != session
        ):
            session = await self._save(seen)
            if session.ending is SessionState.MISSED:
                self._notify(SessionEventType.MISSED, session, session.failure)
        if override is None or self._limit_is_shared:
            if at_home:
                return session
            await self._async_not_home(session)
            return None
        now = dt_util.utcnow()
        if not at_home and is_charging(snapshot):
            # A lower limit would end a charge on the way.
            failure = Failure(waits_for=WaitReason.NOT_HOME, until=now + AWAY_PAUSE)
            await self._save(session.delivery_failed(failure, now))
            return None
        if current is None:
            failure = Failure(waits_for=WaitReason.UNKNOWN_LEVEL)
            await self._save(session.delivery_failed(failure, now))
            return None
        changed = limit_to_restore(override, current) is None
        # An interrupted try may have restored the limit already.
        if changed and current != override.original:
            LOGGER.info("The owner changed the charge limit, which is left as it is")
        return session

    async def _async_not_home(self, session: Session) -> None:
        """Make a session wait for its car's return, and notify the user once."""
        asked = session.delivery.waits_for is WaitReason.NOT_HOME
        failure = Failure(waits_for=WaitReason.NOT_HOME)
        after = session.delivery_failed(failure, dt_util.utcnow())
        await self._save(after)
        if not asked and session.ending is None:
            self._notify(SessionEventType.NEEDS_HOME, after)

    # Results.

    async def async_confirm(
        self,
        part: SessionPart,
        seen: Observed,
        override: LimitOverride | None,
    ) -> None:
        """Store what the car was read to hold, and what it no longer holds.

        ``override`` is what a session that is sent next needs of the raised limit.
        """
        for session in part.sending:
            limit = seen.snapshot.charge.charge_limit
            after = await self._save(session.confirmed(limit))
            if (raised := self.sessions.override) is not None:
                settled = replace(self.sessions, override=raised.settled)
                await self._repository.async_update(self._vin, sessions=settled)
            self._notify(SessionEventType.SENT, after)
            unplugged = seen.snapshot.charge.plugged_in is False
            if unplugged and not after.asked_to_plug:
                after = await self._save(replace(after, asked_to_plug=True))
                self._notify(SessionEventType.NEEDS_PLUG, after)
        for session in part.restoring:
            if not self._limit_is_shared:
                kept = replace(self.sessions, override=override)
                await self._repository.async_update_in_memory_at_least(
                    self._vin, sessions=kept
                )
            if not seen.at_home:
                await self._async_not_home(session)
                continue
            after = await self._save(session.restored())
            if after.state not in UNKEPT:
                self._notify(SessionEventType(after.state.value), after, after.failure)

    async def async_fail(self, name: str, failure: Failure) -> None:
        """Store why a try of a session failed, and when to retry."""
        before, now = self.sessions.sessions[name], dt_util.utcnow()
        after = before.delivery_failed(failure, now)
        tells = not before.behind and after.is_stuck(now)
        after = replace(after, behind=after.behind or tells)
        await self._save(after)
        if tells:
            self._notify(SessionEventType.FALLING_BEHIND, after, after.obstacle)
        if before.state is SessionState.SCHEDULED and SessionState.FAILED in (
            after.state,
            after.ending,
        ):
            self._notify(SessionEventType.FAILED, after, after.failure)

    async def async_unreachable(self, name: str) -> None:
        """Store that a session's car cannot be reached; a due check is missed."""
        await self.async_fail(name, Failure(waits_for=WaitReason.UNREACHABLE))
        session = self.sessions.sessions[name]
        upcoming = next_check_point(session)
        if upcoming is None or upcoming[1] > dt_util.utcnow():
            return
        after, event = check_missed(session, upcoming[0])
        await self._save(after)
        if event is not None:
            self._notify(event, after, WaitReason.UNREACHABLE.value)

    async def _save(self, session: Session) -> Session:
        """Store a session, and return once it is on disk."""
        return await self._repository.async_save_session(self._vin, session)

    def _notify(
        self, kind: SessionEventType, session: Session, reason: str | None = None
    ) -> None:
        """Notify of an event of a session."""
        self._notifier.notify(self._vin, kind, session, reason)


def schedules_unknown(record: CarRecord) -> Failure:
    """Return the failure of a car whose last read has no list of schedules.

    A car that never had one cannot be sent any; otherwise the next read may have it.
    """
    return Failure(
        waits_for=WaitReason.TROUBLE,
        reason=SCHEDULES_UNKNOWN,
        refused=not record.lists_schedules,
    )
