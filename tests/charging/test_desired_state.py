"""What one car should hold: sessions, the daily plan, and the limit of both."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.desired_state import (
    DAILY,
    DailyPart,
    DesiredState,
    SessionPart,
    desired_state,
    owner_of,
    session_schedules,
    vehicle_change,
)
from custom_components.tesla_scout_worker.charging.in_car.charge_limit import (
    LimitOverride,
)
from custom_components.tesla_scout_worker.charging.in_car.difference import (
    ManagedSchedule,
    ScheduleRole,
    one_time_schedule,
)
from custom_components.tesla_scout_worker.charging.in_car.vehicle_change import (
    Command,
    CommandKind,
)
from custom_components.tesla_scout_worker.charging.observed import Observed
from custom_components.tesla_scout_worker.charging.planning.model import Window
from custom_components.tesla_scout_worker.charging.sessions.car_sessions import (
    CarSessions,
)
from custom_components.tesla_scout_worker.charging.sessions.session import (
    Session,
    SessionState,
)
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeSchedule,
    ChargeSnapshot,
    DriveSnapshot,
    Position,
    VehicleSnapshot,
)

from .sessions.session_samples import END, HOUR, SEND_AT, START, a_plan, a_session

WARSAW = ZoneInfo("Europe/Warsaw")
HOME = Position(latitude=52.2297, longitude=21.0122)

SENDING = a_session(schedule_ids=(11,), target=90)
HOLDING = SENDING.confirmed()
RESTORING = HOLDING.ended(SessionState.CANCELLED, SEND_AT)
RAISED = LimitOverride(original=80, raised_to=90)
NIGHT = one_time_schedule(
    Window(start=START, end=END), ScheduleRole.PLAN, HOME, WARSAW
).with_id(3)


def desired(
    *sessions: Session,
    daily: DailyPart | None = None,
    limit: int | None = 80,
    override: LimitOverride | None = None,
    now: datetime = SEND_AT,
) -> DesiredState:
    """Return what a car with these sessions should hold."""
    every = CarSessions(override=override)
    for session in sessions:
        every = every.with_session(session)
    return desired_state(
        every, part_of(*sessions), daily or DailyPart(), observed(limit, now=now)
    )


def observed(
    limit: int | None,
    schedules: tuple[ChargeSchedule, ...] | None = None,
    most: int | None = None,
    now: datetime = SEND_AT,
) -> Observed:
    """Return a car as it was just read."""
    snapshot = VehicleSnapshot(
        payload={},
        seen_at=now,
        charge=ChargeSnapshot(charge_limit=limit),
        drive=DriveSnapshot(),
        schedules=schedules,
        max_schedules=most,
    )
    return Observed(
        now=now,
        snapshot=snapshot,
        at_home=True,
        position=HOME,
        zone=WARSAW,
        fresh=True,
    )


def part_of(*sessions: Session) -> SessionPart:
    """Return sessions as they are decided about."""
    return SessionPart(
        sending=tuple(
            s for s in sessions if s.sent and s.state is SessionState.SCHEDULED
        ),
        holding=tuple(s for s in sessions if s.running),
        restoring=tuple(s for s in sessions if s.restoring),
    )


def test_a_session_is_wanted_from_send_to_cleanup() -> None:
    """Its windows under their ids; afterwards they are no longer wanted."""
    for session in (SENDING, HOLDING):
        state = desired(session)
        [schedule] = state.schedules
        assert (schedule.id, schedule.kind) == (11, ScheduleRole.SESSION)
        assert schedule.run == Window(start=START, end=END)
    gone = desired(RESTORING)
    assert gone.schedules == ()
    assert gone.session_ids == {11}
    # An id of a try with more windows stays one of the session's.
    fewer = desired(replace(SENDING, schedule_ids=(11, 12)))
    assert [schedule.id for schedule in fewer.schedules] == [11]
    assert fewer.session_ids == {11, 12}


@pytest.mark.parametrize(
    ("session", "limit", "override", "expected"),
    [(SENDING, 80, None, 90), (RESTORING, 90, RAISED, 80), (HOLDING, 80, None, None)],
)
def test_away_from_home_only_the_limit_is_set(
    session: Session,
    limit: int,
    override: LimitOverride | None,
    expected: int | None,
) -> None:
    """Schedules are bound to home: none is added or removed elsewhere."""
    sessions = CarSessions(override=override).with_session(session)
    daily = DailyPart(schedules=(NIGHT,), ours=(NIGHT,))
    away = replace(observed(limit), at_home=False)
    state = desired_state(sessions, part_of(session), daily, away)
    raised = RAISED if session is not HOLDING else None
    assert state == DesiredState(limit=expected, override=raised)


def in_car(schedule: ManagedSchedule) -> ChargeSchedule:
    """Return a schedule as the car tells it."""
    order = schedule.order
    return ChargeSchedule(
        id=order.id,
        days_of_week=order.days_of_week,
        start_time=order.start_time,
        end_time=order.end_time,
        one_time=order.one_time,
        enabled=True,
        position=order.position,
    )


def test_what_is_over_is_not_removed() -> None:
    """The car drops it by itself: of a session and of the daily plan."""
    [ours] = session_schedules(HOLDING, observed(80))
    held = (in_car(ours), in_car(NIGHT))
    daily = DailyPart(ours=(NIGHT,))
    before = END - HOUR
    early = vehicle_change(
        desired(RESTORING, daily=daily, now=before), observed(80, held, 8, before)
    )
    assert early.schedules.remove == {3, 11}
    assert early.found == held
    late = vehicle_change(
        desired(RESTORING, daily=daily, now=END), observed(80, held, 8, END)
    )
    assert late.schedules.empty
    assert late.found == ()
    # The session's id with other content is none of the session's that are over.
    other = replace(in_car(ours), end_time=400)
    kept = vehicle_change(desired(RESTORING, now=END), observed(80, (other,), 8, END))
    assert kept.schedules.remove == {11}


def test_ids_in_use_are_not_given_again() -> None:
    """Neither those of sessions that are not in the car, nor others that are named."""
    second = int(SEND_AT.timestamp())
    sending = replace(SENDING, schedule_ids=(second,))
    other = Window(start=START + HOUR, end=END)
    planned = one_time_schedule(other, ScheduleRole.PLAN, HOME, WARSAW)
    daily = DailyPart(schedules=(planned,))
    change = vehicle_change(
        desired(sending, daily=daily), observed(80, ()), (second + 1,)
    )
    added = [schedule.id for schedule in change.schedules.add]
    assert added == [second, second + 2]


def test_a_change_knows_what_it_is_made_for() -> None:
    """The limit before and after, and what the car holds and takes."""
    night = in_car(NIGHT)
    change = vehicle_change(desired(SENDING), observed(80, (night,), 4))
    assert (change.current_limit, change.limit) == (80, 90)
    assert (change.found, change.most) == ((night,), 4)
    same = vehicle_change(
        desired(SENDING, limit=90, override=RAISED), observed(90, (night,), 4)
    )
    assert same.limit is None
    unknown = vehicle_change(desired(SENDING), observed(None))
    assert (unknown.limit, unknown.current_limit) == (None, None)


def test_sessions_come_before_the_daily_plan() -> None:
    """Where there is no room for both."""
    state = desired(SENDING, daily=DailyPart(schedules=(NIGHT,), ours=(NIGHT,)))
    assert [schedule.kind for schedule in state.schedules] == [
        ScheduleRole.SESSION,
        ScheduleRole.PLAN,
    ]
    assert state.daily == (NIGHT,)


def test_without_sessions_the_limit_stays() -> None:
    """The daily plan never changes it."""
    state = desired(daily=DailyPart(schedules=(NIGHT,)))
    assert (state.limit, state.override) == (None, None)


@pytest.mark.parametrize(
    ("session", "limit", "override", "expected"),
    [
        # Raised when it is sent, with the owner's kept.
        (SENDING, 80, None, (90, RAISED)),
        # Sent again after a failure: the original is not what was raised.
        (SENDING, 90, RAISED, (90, RAISED)),
        (SENDING, 95, None, (None, None)),
        (SENDING, None, RAISED, (None, RAISED)),
        # Not again: an owner who lowers it later means it.
        (HOLDING, 80, RAISED, (None, RAISED)),
        (HOLDING, 90, RAISED, (None, RAISED)),
        # Restored when it is over, unless the owner changed it.
        (RESTORING, 90, RAISED, (80, RAISED)),
        (RESTORING, 85, RAISED, (None, RAISED)),
        (RESTORING, 80, RAISED, (None, RAISED)),
        (RESTORING, 90, None, (None, None)),
        (RESTORING, None, RAISED, (None, RAISED)),
    ],
)
def test_the_limit_of_one_session(
    session: Session,
    limit: int | None,
    override: LimitOverride | None,
    expected: tuple[int | None, LimitOverride | None],
) -> None:
    """What to set, and what to remember of the owner's."""
    state = desired(session, limit=limit, override=override)
    assert (state.limit, state.override) == expected


def test_two_sessions_share_one_limit() -> None:
    """The first that is over leaves it to the other, and the last restores it."""
    other = replace(HOLDING, id="other", schedule_ids=(12,))
    shared = desired(RESTORING, other, limit=90, override=RAISED)
    assert (shared.limit, shared.override) == (None, RAISED)
    both = desired(
        RESTORING,
        replace(RESTORING, id="other", schedule_ids=(12,)),
        limit=90,
        override=RAISED,
    )
    assert both.limit == 80
    # One that is not sent yet does not need it.
    later = a_session(id="later")
    assert desired(RESTORING, later, limit=90, override=RAISED).limit == 80


def test_the_highest_of_two_targets_is_the_limit() -> None:
    """And the original is the owner's."""
    higher = replace(SENDING, id="higher", target=100, schedule_ids=(12,))
    state = desired(SENDING, higher)
    assert state.limit == 100
    assert state.override == LimitOverride(original=80, raised_to=100)
    second = desired(HOLDING, higher, limit=90, override=RAISED)
    assert second.limit == 100
    assert second.override == LimitOverride(original=80, raised_to=100, earlier=90)


def test_a_car_that_does_not_say_what_it_holds_gets_no_schedule() -> None:
    """A failed read is not an empty list, and without schedules no limit is raised."""
    assert vehicle_change(desired(SENDING), observed(80)).empty
    lowered = vehicle_change(
        desired(RESTORING, limit=90, override=RAISED), observed(90)
    )
    assert lowered.schedules.empty
    assert lowered.limit == 80
    same = vehicle_change(desired(HOLDING), observed(80))
    assert same.empty


def test_windows_that_are_over_are_neither_sent_nor_in_the_way() -> None:
    """The car drops them; the next ones have their room."""
    session = replace(
        SENDING.confirmed(),
        plan=a_plan(START, START + HOUR, END - HOUR, END),
        schedule_ids=(11, 12),
    )
    now = START + HOUR + timedelta(seconds=10)
    change = vehicle_change(desired(session, now=now), observed(90, (), 1, now))
    assert [schedule.id for schedule in change.schedules.add] == [12]
    assert change.schedules.dropped == ()


def test_each_command_has_an_owner() -> None:
    """By its id; the limit is of the session that raises or restores it."""
    part = part_of(SENDING)
    add = Command(
        kind=CommandKind.ADD,
        schedule=session_schedules(SENDING, observed(80))[0],
        schedule_id=11,
    )
    limit = Command(kind=CommandKind.SET_LIMIT, limit=90)
    assert owner_of(add, part) == SENDING.id
    assert owner_of(limit, part) == SENDING.id
    assert owner_of(replace(limit, limit=80), part_of(RESTORING)) == RESTORING.id
    assert owner_of(Command(kind=CommandKind.REMOVE, schedule_id=3), part) == DAILY


def test_schedules_are_made_for_the_hours_of_the_cars_zone() -> None:
    """02:19 to 06:00 on a Thursday, once."""
    [schedule] = session_schedules(SENDING, observed(80))
    order = schedule.order
    assert (order.start_time, order.end_time) == (139, 360)
    assert order.days_of_week == 1 << 4
    assert order.one_time
    assert START.tzinfo is UTC
