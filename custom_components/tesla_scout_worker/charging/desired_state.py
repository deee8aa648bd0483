"""What one car should hold now: sessions, daily plan, guard and safety floor. Pure.

Sessions and the daily plan contribute to one desired state; only the difference to it
is sent. A session contributes from send to cleanup, and is then restored. While a session
is in the car, the daily plan does not change its own schedules there.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .in_car.charge_limit import LimitOverride, limit_to_restore, override_for
from .in_car.difference import (
    ManagedSchedule,
    ScheduleDiff,
    ScheduleRole,
    difference,
    expired_since,
    one_time_schedule,
)
from .in_car.schedules import matches
from .in_car.vehicle_change import Command, CommandKind, VehicleChange
from .observed import Observed
from .sessions.car_sessions import CarSessions
from .sessions.session import Session

# The owner of everything that belongs to no session.
DAILY = "daily"


@dataclass(frozen=True, kw_only=True, slots=True)
class DailyPart:
    """The contribution of the daily plan.

    Attributes:
        schedules: What the car should hold, the most important first.
        ours: The schedules in the car, or about to be, that may be removed. All others
            stay.
    """

    schedules: tuple[ManagedSchedule, ...] = ()
    ours: tuple[ManagedSchedule, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionPart:
    """The contribution of the sessions.

    Attributes:
        sending: Sessions that are sent now.
        holding: Sessions in the car.
        restoring: Sessions that are no longer wanted.
    """

    sending: tuple[Session, ...] = ()
    holding: tuple[Session, ...] = ()
    restoring: tuple[Session, ...] = ()

    @property
    def all(self) -> tuple[Session, ...]:
        """All sessions of the contribution."""
        return (*self.sending, *self.holding, *self.restoring)


@dataclass(frozen=True, kw_only=True, slots=True)
class DesiredState:
    """What a car should hold.

    Attributes:
        schedules: The schedules, the most important first.
        daily: Schedules of the daily plan in the car that may be removed.
        session_ids: Ids of sessions in the car that may be removed.
        over: The schedules of these sessions that are over.
        limit: The charge limit in percent; None: it stays as it is.
        override: The limit override to store with this state.
    """

    schedules: tuple[ManagedSchedule, ...] = ()
    daily: tuple[ManagedSchedule, ...] = ()
    session_ids: frozenset[int] = frozenset()
    over: tuple[ManagedSchedule, ...] = ()
    limit: int | None = None
    override: LimitOverride | None = None


def desired_state(
    sessions: CarSessions, part: SessionPart, daily: DailyPart, seen: Observed
) -> DesiredState:
    """Return what a car should hold.

    A limit is restored wherever the car is. Its schedules are bound to home, and are
    changed only there.

    Args:
        sessions: All sessions of the car, and its limit override.
        part: The contribution of the sessions.
        daily: The contribution of the daily plan.
        seen: The car as it was last read.
    """
    current = seen.snapshot.charge.charge_limit
    limit, override = _limit(sessions, part, current, waits=seen.limit_waits)
    if not seen.at_home:
        return DesiredState(limit=limit, override=override)
    windows = [(session, session_schedules(session, seen)) for session in part.all]
    return DesiredState(
        schedules=(
            *(
                schedule
                for session, schedules in windows
                if session not in part.restoring
                for schedule in schedules
            ),
            *daily.schedules,
        ),
        daily=daily.ours,
        session_ids=frozenset(
            schedule_id for session in part.all for schedule_id in session.schedule_ids
        ),
        over=tuple(
            schedule
            for _, schedules in windows
            for schedule in schedules
            if schedule.is_expired(seen.now)
        ),
        limit=limit,
        override=override,
    )


def session_schedules(session: Session, seen: Observed) -> tuple[ManagedSchedule, ...]:
    """Return the schedules for the windows of a session, each under its id."""
    return tuple(
        one_time_schedule(
            window, ScheduleRole.SESSION, seen.position, seen.zone
        ).with_id(schedule_id)
        for window, schedule_id in zip(
            session.plan.windows, session.schedule_ids, strict=False
        )
    )


def _limit(
    sessions: CarSessions, part: SessionPart, current: int | None, *, waits: bool
) -> tuple[int | None, LimitOverride | None]:
    """Return the limit that a car should have, and the override to store.

    It is raised only when a session is sent: a later change by the owner stays. It is
    restored once no session needs it any more. ``waits``: it is raised in the window
    (``limit_raise``).
    """
    override = sessions.override
    running = any(session.running for session in sessions.open)
    if current is None:
        return None, override
    if part.sending and waits:
        kept = running or (override is not None and override.is_ours(current))
        return None, override if kept else None
    if part.sending:
        target = max(session.target for session in part.sending)
        raised = override_for(override, current, target)
        if raised is None:
            return None, override if running else None
        return raised.raised_to, raised
    if part.restoring and not running:
        return limit_to_restore(override, current), override
    return None, override


def vehicle_change(
    desired: DesiredState, seen: Observed, taken: Iterable[int] = ()
) -> VehicleChange:
    """Return what makes a car hold what it should.

    A car that did not say which schedules it holds gets none. ``taken`` are ids that
    are in use, beside those in the car.
    """
    snapshot, now = seen.snapshot, seen.now
    found, diff = snapshot.schedules or (), ScheduleDiff()
    if snapshot.schedules is not None:
        # The car drops a one-time schedule after its end; removing it is a command.
        expired = expired_since(desired.daily, snapshot.seen_at, now)
        gone = {schedule.id for schedule in expired} | {
            schedule.id
            for schedule in found
            for over in desired.over
            if schedule.id == over.id and matches(schedule, over.order)
        }
        found = tuple(schedule for schedule in found if schedule.id not in gone)
        diff = difference(
            found,
            [schedule for schedule in desired.daily if schedule.id not in gone],
            [
                schedule
                for schedule in desired.schedules
                if not schedule.is_expired(now)
            ],
            snapshot.max_schedules,
            now,
            by_id=desired.session_ids,
            taken=frozenset(taken) | desired.session_ids,
        )
    current = snapshot.charge.charge_limit
    limit = desired.limit if desired.limit != current else None
    if snapshot.schedules is None and limit is not None and limit > (current or 0):
        # Without its schedules the car would charge up to a raised limit at once.
        limit = None
    return VehicleChange(
        schedules=diff,
        limit=limit,
        current_limit=current,
        found=found,
        most=snapshot.max_schedules,
    )


def owner_of(command: Command, part: SessionPart) -> str:
    """Return the owner of a command: the id of a session, or `DAILY`."""
    if command.kind is CommandKind.SET_LIMIT:
        return (part.sending or part.restoring)[0].id
    owners = (
        session.id
        for session in part.all
        if command.schedule_id in session.schedule_ids
    )
    return next(owners, DAILY)
