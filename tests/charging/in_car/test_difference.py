"""Wanted and found: what is added, what is removed, and what is left alone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.in_car.difference import (
    LEAST_RUN,
    ManagedSchedule,
    ScheduleDiff,
    ScheduleRole,
    difference,
    found_schedule,
    one_time_schedule,
    weekly_schedule,
)
from custom_components.tesla_scout_worker.charging.in_car.schedules import WeeklyWindow
from custom_components.tesla_scout_worker.charging.planning.model import Window
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeSchedule,
    ChargeScheduleOrder,
    Position,
)

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOME = Position(latitude=52.2297, longitude=21.0122)
WORK = Position(latitude=52.1672, longitude=20.8679)
NIGHT = weekly_schedule(WeeklyWindow(days=127, start=1320, end=360), HOME)
NOON = weekly_schedule(WeeklyWindow(days=127, start=780, end=900), HOME)


def in_car(own: ManagedSchedule, schedule_id: int) -> ChargeSchedule:
    """Return a schedule as the car tells it."""
    order = own.order
    return ChargeSchedule(
        id=schedule_id,
        days_of_week=order.days_of_week,
        start_time=order.start_time,
        end_time=order.end_time,
        one_time=order.one_time,
        enabled=True,
        position=order.position,
    )


def ours(own: ManagedSchedule, schedule_id: int) -> ManagedSchedule:
    """Return a schedule as it was sent."""
    return replace(own, order=replace(own.order, id=schedule_id))


def diff_of(
    found: Iterable[ChargeSchedule],
    mine: Iterable[ManagedSchedule],
    *wanted: ManagedSchedule,
    most: int | None = 10,
) -> ScheduleDiff:
    """Return the difference."""
    return difference(tuple(found), mine, wanted, most, NOW)


def test_what_the_car_holds_is_not_sent_again() -> None:
    """By content: under whichever id of ours it is there."""
    change = diff_of([in_car(NIGHT, 7)], [ours(NIGHT, 7)], NIGHT)
    assert change.empty
    assert [schedule.id for schedule in change.kept] == [7]
    assert change.commands == 0


def test_ids_of_one_second_differ() -> None:
    """Two that are added at once, beside one in the car with the id of this second."""
    second = int(NOW.timestamp())
    foreign = in_car(
        weekly_schedule(WeeklyWindow(days=1, start=60, end=120), HOME), second
    )
    change = diff_of([foreign], [], NIGHT, NOON)
    assert [schedule.id for schedule in change.add] == [second + 1, second + 2]


def test_the_owners_schedules_survive() -> None:
    """Also one that says what an old one of ours said."""
    mine, owners = in_car(NOON, 7), in_car(NIGHT, 8)
    change = diff_of([mine, owners], [ours(NOON, 7)], NOON)
    assert change.empty
    change = diff_of([mine, owners], [ours(NOON, 7)])
    assert change.remove == {7}


def test_no_more_than_the_car_takes() -> None:
    """What does not fit beside the owner's is dropped, the least important first."""
    owners = [in_car(NOON, 1), in_car(NOON, 2)]
    other = weekly_schedule(WeeklyWindow(days=1, start=60, end=120), HOME)
    change = diff_of(owners, [], NIGHT, other, most=3)
    assert [schedule.same_content(NIGHT) for schedule in change.add] == [True]
    assert change.dropped == (other,)
    assert diff_of(owners, [], NIGHT, most=None).dropped == ()
    full = diff_of(owners, [], NIGHT, most=2)
    assert full.dropped == (NIGHT,)
    assert full.empty


def test_only_what_is_at_home_is_ours() -> None:
    """One of our id at another place was made by somebody else."""
    moved = replace(in_car(NIGHT, 7), position=WORK)
    change = diff_of([moved], [ours(NIGHT, 7)])
    assert change.empty
    change = diff_of([moved], [ours(NIGHT, 7)], NIGHT)
    assert change.remove == frozenset()
    assert [schedule.same_content(NIGHT) for schedule in change.add] == [True]


def test_duplicates_are_merged() -> None:
    """Of two that say the same one goes; one that the owner has is not added."""
    mine = [ours(NIGHT, 7), ours(NIGHT, 8)]
    change = diff_of([in_car(NIGHT, 7), in_car(NIGHT, 8)], mine, NIGHT, NIGHT)
    assert change.add == ()
    assert change.remove == {8}
    assert diff_of([in_car(NIGHT, 9)], [], NIGHT).empty


def test_the_owners_own_for_once_is_no_lasting_one() -> None:
    """One-time as well, and at the same hours: it may be over before ours is needed."""
    window = Window(start=NOW + HOUR, end=NOW + 2 * HOUR)
    own = one_time_schedule(window, ScheduleRole.PLAN, HOME, WARSAW)
    change = diff_of([in_car(own, 9)], [], own)
    assert [schedule.same_content(own) for schedule in change.add] == [True]


def test_no_id_is_used_twice() -> None:
    """Neither one of special charging, nor of ours that is over or not in the car yet."""
    second = int(NOW.timestamp())
    over = ours(
        one_time_schedule(
            Window(start=NOW - HOUR, end=NOW), ScheduleRole.PLAN, HOME, WARSAW
        ),
        second,
    )
    change = difference([], [over], [NIGHT], None, NOW, {second + 1})
    assert [schedule.id for schedule in change.add] == [second + 2]


def test_schedules_that_are_not_in_the_store_stay() -> None:
    """Whatever they are for."""
    assert diff_of([in_car(NOON, 3), in_car(NIGHT, 4)], []).empty


def test_in_a_full_list_the_new_takes_the_place_of_the_old() -> None:
    """Under its id, which is one command; as few of them as there is no room for."""
    found = [in_car(NOON, 7), in_car(NOON, 8)]
    mine = [ours(NOON, 7), ours(NOON, 8)]
    full = diff_of(found, mine, NIGHT, most=2)
    assert [schedule.id for schedule in full.add] == [7]
    assert full.remove == {8}
    for most in (3, None):
        change = diff_of(found, mine, NIGHT, most=most)
        assert [schedule.id for schedule in change.add] == [int(NOW.timestamp())]
        assert change.remove == {7, 8}


def test_what_was_sent_and_is_not_there_is_sent_again_under_its_id() -> None:
    """A command that arrives late, after all, then makes no second one."""
    lost = ours(NIGHT, 7)
    assert [schedule.id for schedule in diff_of([], [lost], NIGHT).add] == [7]
    two = diff_of([], [lost, ours(NOON, 9)], NOON, NIGHT)
    assert [schedule.id for schedule in two.add] == [9, 7]
    moved = diff_of([], [lost], NOON)
    assert [schedule.id for schedule in moved.add] == [7]
    over = replace(
        one_time_schedule(
            Window(start=NOW - HOUR, end=NOW), ScheduleRole.PLAN, HOME, WARSAW
        ),
        order=lost.order,
    )
    assert [schedule.id for schedule in diff_of([], [over], NIGHT).add] == [
        int(NOW.timestamp())
    ]


def test_a_full_list_replaces_before_it_sends_again() -> None:
    """An id that is not in the car would be one too many there."""
    found = [in_car(NOON, 7)]
    change = diff_of(found, [ours(NOON, 7), ours(NIGHT, 9)], NIGHT, most=1)
    assert [schedule.id for schedule in change.add] == [7]
    assert change.remove == frozenset()


def test_a_run_that_is_over_is_never_added_again() -> None:
    """The car has dropped it, and it must not run tomorrow."""
    over = Window(start=NOW - 2 * HOUR, end=NOW)
    own = one_time_schedule(over, ScheduleRole.PLAN, HOME, WARSAW)
    assert own.order.one_time
    assert diff_of([], [], own).empty
    assert own.is_expired(NOW)
    assert own.current_run(NOW, WARSAW) is None
    assert list(own.runs(NOW, NOW + HOUR, WARSAW)) == []
    assert own.current_run(NOW - HOUR, WARSAW) == over


def test_the_runs_of_a_week() -> None:
    """By the car's clock, also the one that began before."""
    runs = list(NIGHT.runs(NOW, NOW + 48 * HOUR, WARSAW))
    assert [run.start.astimezone(WARSAW).hour for run in runs] == [22, 22]
    assert NIGHT.current_run(NOW + 6 * HOUR, WARSAW) == runs[0]
    early = datetime(2026, 11, 24, 2, tzinfo=UTC)
    first = next(NIGHT.runs(early, early + HOUR, WARSAW))
    assert first.start == datetime(2026, 11, 23, 21, tzinfo=UTC)


def test_a_weekly_schedule_has_the_days_and_times_of_its_window() -> None:
    """At its place, every week, without an id; read back it is the same."""
    weekly = weekly_schedule(WeeklyWindow(days=65, start=1320, end=360), HOME)
    assert weekly.kind is ScheduleRole.PLAN
    assert weekly.run is None
    assert weekly.order == ChargeScheduleOrder(
        id=0,
        days_of_week=65,
        start_time=1320,
        end_time=360,
        one_time=False,
        position=HOME,
    )
    assert found_schedule(in_car(weekly, 7)) == weekly.with_id(7)
    # A car that does not say so repeats its schedule.
    silent = replace(in_car(weekly, 7), one_time=None)
    assert found_schedule(silent) == weekly.with_id(7)
    once = found_schedule(replace(silent, one_time=True))
    assert once is not None
    assert once.order.one_time


def test_a_one_time_schedule_is_on_the_cars_clock() -> None:
    """On the weekday of its start: here Tuesday, an hour ahead of UTC."""
    window = Window(start=NOW + HOUR, end=NOW + 9 * HOUR)
    order = one_time_schedule(window, ScheduleRole.PLAN, HOME, WARSAW).order
    assert (order.days_of_week, order.start_time, order.end_time) == (4, 1140, 180)


@pytest.mark.parametrize(
    "zone", ["Europe/Warsaw", "America/Los_Angeles", "Pacific/Auckland"]
)
@pytest.mark.parametrize(
    ("start", "end", "hours"), [(780, 900, 2), (1320, 360, 8), (600, 600, 24)]
)
def test_a_week_has_a_run_on_each_of_its_days(
    zone: str, start: int, end: int, hours: int
) -> None:
    """Saturday and Sunday here; an end that is its start is on the next day."""
    there, week = ZoneInfo(zone), timedelta(days=7)
    weekend = weekly_schedule(WeeklyWindow(days=65, start=start, end=end), HOME)
    runs = list(weekend.runs(NOW, NOW + week, there))
    first = datetime(2026, 11, 28, start // 60, tzinfo=there)
    assert [run.start for run in runs] == [first, first + timedelta(days=1)]
    assert [(run.end - run.start) / HOUR for run in runs] == [hours, hours]
    assert {run.start.tzinfo for run in runs} == {run.end.tzinfo for run in runs}
    assert runs[0].start.tzinfo is UTC
    # From the hour before its end on it still counts, and from its end on no more.
    saturday, sunday = runs
    later = (sunday.end - HOUR, sunday.end, sunday.end + HOUR)
    assert list(weekend.runs(later[0], later[1], there)) == [sunday]
    assert list(weekend.runs(later[1], later[2], there)) == []
    earlier = saturday.start - HOUR
    assert list(weekend.runs(earlier, saturday.start, there)) == []
    assert weekend.current_run(sunday.end, there) == Window(
        start=saturday.start + week, end=saturday.end + week
    )


@pytest.mark.parametrize(
    ("zone", "eve", "expected"),
    [
        ("Europe/Warsaw", datetime(2026, 3, 28), 7),
        ("Europe/Warsaw", datetime(2026, 10, 24), 9),
        ("Europe/London", datetime(2026, 3, 28), 7),
        ("Europe/London", datetime(2026, 10, 24), 9),
        ("Australia/Sydney", datetime(2026, 10, 3), 7),
        ("Australia/Sydney", datetime(2026, 4, 4), 9),
    ],
)
def test_a_night_when_clocks_change(zone: str, eve: datetime, expected: int) -> None:
    """A weekly window has 7 or 9 hours then, as the car's has."""
    there = ZoneInfo(zone)
    start = eve.replace(hour=12, tzinfo=there).astimezone(UTC)
    run = next(NIGHT.runs(start, start + 24 * HOUR, there))
    assert (run.end - run.start) / HOUR == expected
    assert run.start.astimezone(there).hour == 22


pool = [
    weekly_schedule(WeeklyWindow(days=days, start=start, end=start + 60), HOME)
    for days in (1, 127)
    for start in (0, 120, 600)
]


@given(
    there=st.lists(
        st.tuples(st.integers(1, 12), st.sampled_from(pool)),
        unique_by=lambda each_tuple: each_tuple[0],
    ),
    mine=st.frozensets(st.integers(1, 12)),
    wanted=st.lists(st.sampled_from(pool), max_size=4),
)
def test_after_the_change_there_is_nothing_to_change(
    there: list[tuple[int, ManagedSchedule]],
    mine: frozenset[int],
    wanted: list[ManagedSchedule],
) -> None:
    """Whatever was there: theirs stay, ours are what is wanted, and then silence."""
    found = [in_car(own, key) for key, own in there]
    own = [ours(item, key) for key, item in there if key in mine]
    change = diff_of(found, own, *wanted, most=None)
    assert change.remove <= mine
    after = [item for item in found if item.id not in change.remove]
    after += [in_car(schedule, schedule.id) for schedule in change.add]
    kept = [*change.kept, *change.add]
    assert diff_of(after, kept, *wanted, most=None).empty
    for item in wanted:
        assert any(in_car(item, held.id) == held for held in after)


def session_window(hours: float, schedule_id: int) -> ManagedSchedule:
    """Return a schedule of a session under its id, an hour long."""
    window = Window(start=NOW + hours * HOUR, end=NOW + (hours + 1) * HOUR)
    own = one_time_schedule(window, ScheduleRole.SESSION, HOME, WARSAW)
    return own.with_id(schedule_id)


def test_what_has_an_id_keeps_it() -> None:
    """It is in the car under this id, or sent under it."""
    own = session_window(2, 7)
    assert [schedule.id for schedule in diff_of([], [], own).add] == [7]
    there = difference([in_car(own, 7)], [], [own], None, NOW, by_id={7})
    assert there.empty
    assert [schedule.id for schedule in there.kept] == [7]
    # The same under another id of ours is not it.
    moved = difference([in_car(own, 8)], [], [own], None, NOW, by_id={7, 8})
    assert [schedule.id for schedule in moved.add] == [7]
    assert moved.remove == {8}


def test_other_content_under_the_id_is_replaced_in_one_command() -> None:
    """A window that is extended is at no time out of the car."""
    longer = session_window(3, 7)
    change = difference(
        [in_car(session_window(2, 7), 7)], [], [longer], None, NOW, by_id={7}
    )
    assert change.add == (longer,)
    assert change.remove == frozenset()
    assert change.commands == 1


def test_ids_that_are_no_longer_wanted_are_removed() -> None:
    """Whatever the car holds under them, and nothing that it does not hold."""
    found = [in_car(session_window(2, 7), 7), in_car(NOON, 3)]
    change = difference(found, [], [], None, NOW, by_id={7, 8})
    assert change.remove == {7}


def test_ids_of_now_are_not_those_of_sessions() -> None:
    """A schedule of the daily plan gets another."""
    own = session_window(2, int(NOW.timestamp()))
    change = diff_of([], [], own, NIGHT)
    assert [schedule.id for schedule in change.add] == [own.id, own.id + 1]


def test_in_a_full_list_only_what_has_no_id_takes_anothers_place() -> None:
    """A session's id is on disk before: what is not wanted makes room for it."""
    found = [in_car(NOON, 3)]
    change = diff_of(found, [ours(NOON, 3)], session_window(2, 7), most=1)
    assert [schedule.id for schedule in change.add] == [7]
    assert change.remove == {3}


def test_a_session_without_room_is_sent_all_the_same() -> None:
    """The car refuses it, which a person is told of; the daily plan waits."""
    own = session_window(2, 7)
    change = diff_of([in_car(NOON, 3)], [], own, NIGHT, most=1)
    assert change.add == (own,)
    assert [schedule.same_content(NIGHT) for schedule in change.dropped] == [True]


def test_a_guard_makes_room_for_the_plan_in_a_list_of_one() -> None:
    """It is ours under its id, and the plan, which comes first, takes its place."""
    found, guard = [in_car(NOON, 7)], replace(NOON, kind=ScheduleRole.GUARD).with_id(7)
    change = diff_of(found, [guard], NIGHT, guard, most=1)
    assert [schedule.id for schedule in change.add] == [7]
    assert [schedule.same_content(NIGHT) for schedule in change.add] == [True]
    assert change.remove == frozenset()
    assert change.dropped == (guard,)


def test_the_id_of_a_lost_guard_is_given_once() -> None:
    """A guard is wanted under the id that it was sent with; nothing else gets it."""
    guard = replace(NOON, kind=ScheduleRole.GUARD).with_id(7)
    change = diff_of([], [guard], guard, NIGHT)
    assert len({schedule.id for schedule in change.add}) == 2
    assert 7 in change.ids


def test_the_part_of_the_daily_plan() -> None:
    """Without the schedules of sessions."""
    own, other = session_window(2, 7), session_window(4, 8)
    change = difference(
        [in_car(other, 8), in_car(NOON, 3)],
        [ours(NOON, 3)],
        [own, other, NOON, NIGHT],
        2,
        NOW,
        by_id={7, 8},
    )
    daily = change.daily
    assert [schedule.id for schedule in change.kept] == [8]
    assert daily.kept == daily.add == ()
    assert [schedule.same_content(NOON) for schedule in daily.dropped] == [True, False]
    assert daily.remove == {3}


def test_a_schedule_in_its_last_minutes_is_kept_and_not_added() -> None:
    """One that reaches the car after its end would run a week later."""
    ending = one_time_schedule(
        Window(start=NOW - HOUR, end=NOW + LEAST_RUN), ScheduleRole.PLAN, HOME, WARSAW
    )
    assert diff_of([], [], ending).empty
    kept = diff_of([in_car(ending, 7)], [ours(ending, 7)], ending)
    assert kept.empty
    assert [schedule.id for schedule in kept.kept] == [7]


def test_a_schedule_in_the_car_has_runs_if_it_tells_its_times() -> None:
    """One without an end, or that is off, has none."""
    found = in_car(NIGHT, 7)
    read = found_schedule(found)
    assert read is not None
    assert read.current_run(NOW, WARSAW) == NIGHT.current_run(NOW, WARSAW)
    for other in (
        replace(found, end_time=None),
        replace(found, enabled=False),
        replace(found, days_of_week=None),
        replace(found, position=None),
    ):
        assert found_schedule(other) is None
