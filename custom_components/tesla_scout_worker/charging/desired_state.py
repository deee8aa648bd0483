"""What one car should hold now: sessions, daily plan, guard and safety floor. Pure.

Sessions and the daily plan contribute to one desired state; only the difference to it
is sent. A session contributes from send to cleanup, and is then restored. While a session
is in the car, the daily plan does not change its own schedules there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ..gateways.models import ChargeSchedule, Position
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
    def wanted(self) -> tuple[Session, ...]:
        """The sessions whose windows the car should hold."""
        return (*self.sending, *self.holding)

    @property
    def all(self) -> tuple[Session, ...]:
        """All sessions of the contribution."""
        return (*self.wanted, *self.restoring)


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
    sessions: CarSessions,
    part: SessionPart,
    daily: DailyPart,
    current_limit: int | None,
    position: Position,
    zone: tzinfo,
    now: datetime,
) -> DesiredState:
    """Return what a car should hold.

    Args:
        sessions: All sessions of the car, and its limit override.
        part: The contribution of the sessions.
        daily: The contribution of the daily plan.
        current_limit: The charge limit in the car, in percent; None: unknown.
        position: Position of home, to which schedules are bound.
        zone: The time zone of the car.
        now: The present (UTC).
    """
    limit, override = _limit(sessions, part, current_limit)
    return DesiredState(
        schedules=(
            *(
                schedule
                for session in part.wanted
                for schedule in session_schedules(session, position, zone)
            ),
            *daily.schedules,
        ),
        daily=daily.ours,
        session_ids=frozenset(
            schedule_id for session in part.all for schedule_id in session.schedule_ids
        ),
        over=tuple(
            schedule
            for session in part.all
            for schedule in session_schedules(session, position, zone)
            if schedule.is_expired(now)
        ),
        limit=limit,
        override=override,
    )


def session_schedules(
    session: Session, position: Position, zone: tzinfo
) -> tuple[ManagedSchedule, ...]:
    """Return the schedules for the windows of a session, each under its id."""
    return tuple(
        one_time_schedule(window, ScheduleRole.SESSION, position, zone).with_id(
            schedule_id
        )
        for window, schedule_id in zip(
            session.plan.windows, session.schedule_ids, strict=False
        )
    )


def _limit(
    sessions: CarSessions, part: SessionPart, current: int | None
) -> tuple[int | None, LimitOverride | None]:
    """Return the limit that a car should have, and the override to store.

    It is raised only when a session is sent: a later change by the owner stays. It is
    restored once no session needs it any more.
    """
    override = sessions.override
    running = any(session.running for session in sessions.open)
    if current is None:
        return None, override
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
    desired: DesiredState,
    found: Sequence[ChargeSchedule] | None,
    current_limit: int | None,
    most_schedules: int | None,
    seen_at: datetime,
    now: datetime,
    taken: Iterable[int] = (),
) -> VehicleChange:
    """Return what to change in a car so that it matches its desired state.

    Args:
        desired: The desired state.
        found: The schedules in the car; None: unknown, so none is changed.
        current_limit: The charge limit in the car, in percent; None: unknown.
        most_schedules: How many schedules the car accepts; None: unknown.
        seen_at: When the car was read (UTC). Schedules expired since are gone.
        now: The present (UTC), from which new ids are made.
        taken: Ids in use, beside those in the car.
    """
    held = tuple(found or ())
    diff = ScheduleDiff()
    if found is not None:
        # The car drops a one-time schedule after its end; removing it is a command.
        gone = {schedule.id for schedule in expired_since(desired.daily, seen_at, now)}
        gone |= {
            schedule.id
            for schedule in held
            for over in desired.over
            if schedule.id == over.id and matches(schedule, over.order)
        }
        held = tuple(schedule for schedule in held if schedule.id not in gone)
        diff = difference(
            held,
            [schedule for schedule in desired.daily if schedule.id not in gone],
            [
                schedule
                for schedule in desired.schedules
                if not schedule.is_expired(now)
            ],
            most_schedules,
            now,
            by_id=desired.session_ids,
            taken=frozenset(taken) | desired.session_ids,
        )
    limit = desired.limit if desired.limit != current_limit else None
    if found is None and limit is not None and limit > (current_limit or 0):
        # Without its schedules the car would charge up to a raised limit at once.
        limit = None
    return VehicleChange(
        schedules=diff,
        limit=limit,
        current_limit=current_limit,
        found=held,
        most=most_schedules,
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
