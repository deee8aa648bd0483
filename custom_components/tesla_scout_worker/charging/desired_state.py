"""What one car should hold now: sessions, daily plan, guard and safety floor. Pure.

Everything that wants something of a car contributes here, and nothing else is sent to
it. A session contributes from send to cleanup; restoring the car is no longer wanting
the session. While a session is in the car the daily plan leaves its schedules alone.
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
    """What the daily plan contributes.

    Attributes:
        schedules: What the car should hold, the more important first.
        ours: What is in the car, or was about to be, as far as it is decided about:
            what is not wanted of it is removed, and all else stays.
    """

    schedules: tuple[ManagedSchedule, ...] = ()
    ours: tuple[ManagedSchedule, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionPart:
    """What the sessions contribute.

    Attributes:
        sending: Those that are sent now.
        holding: Those that the car holds.
        restoring: Those that are no longer wanted.
    """

    sending: tuple[Session, ...] = ()
    holding: tuple[Session, ...] = ()
    restoring: tuple[Session, ...] = ()

    @property
    def wanted(self) -> tuple[Session, ...]:
        """Those whose windows the car should hold."""
        return (*self.sending, *self.holding)

    @property
    def all(self) -> tuple[Session, ...]:
        """All that are decided about."""
        return (*self.wanted, *self.restoring)


@dataclass(frozen=True, kw_only=True, slots=True)
class DesiredState:
    """What a car should hold.

    Attributes:
        schedules: The schedules, the more important first.
        daily: What is decided about of the daily plan's schedules in the car.
        session_ids: The ids in the car that are decided about for sessions.
        over: The schedules of these sessions that are over.
        limit: The charge limit in percent; None: it stays as it is.
        override: What is remembered of the owner's limit while this is so.
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
        sessions: All sessions of the car, and its raised limit.
        part: What of them is decided about now.
        daily: The same for the daily plan.
        current_limit: The charge limit in the car, in percent; None: unknown.
        position: Where home is: schedules are bound to a place.
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
    """Return the limit that a car should have, and what to remember of the owner's.

    It is raised when a session is sent and not again: an owner who changes it later
    means it. It is restored once no session needs it any more.
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
    """Return what makes a car hold what it should.

    Args:
        desired: What it should hold.
        found: The schedules that it holds; None: it did not say, so none is changed.
        current_limit: The charge limit that it has, in percent; None: unknown.
        most_schedules: How many schedules it takes; None: unknown.
        seen_at: When it said so (UTC). What expired since is gone by now.
        now: The present (UTC); ids are made of it.
        taken: Ids that are in use, beside those in the car.
    """
    held = tuple(found or ())
    diff = ScheduleDiff()
    if found is not None:
        # The car drops a one-time schedule when it is over; removing it is a command.
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
    return VehicleChange(
        schedules=diff,
        limit=desired.limit if desired.limit != current_limit else None,
        current_limit=current_limit,
        found=held,
        most=most_schedules,
    )


def owner_of(command: Command, part: SessionPart) -> str:
    """Return whom a command is for: the id of a session, or `DAILY`."""
    if command.kind is CommandKind.SET_LIMIT:
        return (part.sending or part.restoring)[0].id
    owners = (
        session.id
        for session in part.all
        if command.schedule_id in session.schedule_ids
    )
    return next(owners, DAILY)
