"""Tests of the car's own rules for charge schedules."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from simulator.geography import place_at
from simulator.schedule_list import ScheduleList
from simulator.schedules import (
    ChargeSchedule,
    applies,
    as_float32,
    day_bit,
    local_instant,
    window_after,
    window_on,
)

from .car_samples import HOME, NOON, WORK, a_schedule, hours, minutes, once

WARSAW = ZoneInfo("Europe/Warsaw")
LONDON = ZoneInfo("Europe/London")
SYDNEY = ZoneInfo("Australia/Sydney")
ZONES = (WARSAW, LONDON, SYDNEY)

SATURDAY = 64


def utc(text: str) -> datetime:
    """Return an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_days_of_the_bitmask() -> None:
    """Sunday is 1, Saturday 64."""
    week = [day_bit(date(2026, 6, 7) + timedelta(days=each)) for each in range(7)]
    assert week == [1, 2, 4, 8, 16, 32, 64]


@pytest.mark.parametrize(
    ("zone", "day", "wall", "instant"),
    [
        (WARSAW, date(2026, 6, 2), 65, "2026-06-01T23:05"),
        (WARSAW, date(2026, 6, 2), 1440 + 65, "2026-06-02T23:05"),
        # The skipped hour: all of it is at the change.
        (WARSAW, date(2026, 3, 29), 119, "2026-03-29T00:59"),
        (WARSAW, date(2026, 3, 29), 120, "2026-03-29T01:00"),
        (WARSAW, date(2026, 3, 29), 150, "2026-03-29T01:00"),
        (WARSAW, date(2026, 3, 29), 180, "2026-03-29T01:00"),
        (LONDON, date(2026, 3, 29), 90, "2026-03-29T01:00"),
        (SYDNEY, date(2026, 10, 4), 150, "2026-10-03T16:00"),
        # The doubled hour: the first of the two.
        (WARSAW, date(2026, 10, 25), 150, "2026-10-25T00:30"),
        (WARSAW, date(2026, 10, 25), 180, "2026-10-25T02:00"),
        (LONDON, date(2026, 10, 25), 90, "2026-10-25T00:30"),
        (SYDNEY, date(2026, 4, 5), 150, "2026-04-04T15:30"),
    ],
)
def test_wall_clock_to_instant(
    zone: ZoneInfo, day: date, wall: int, instant: str
) -> None:
    """A time on the wall clock has one instant, on the longest day as well."""
    assert local_instant(day, wall, zone) == utc(instant)


@pytest.mark.parametrize(
    ("zone", "ordinary", "short", "long"),
    [
        (WARSAW, date(2026, 6, 1), date(2026, 3, 28), date(2026, 10, 24)),
        (LONDON, date(2026, 6, 1), date(2026, 3, 28), date(2026, 10, 24)),
        (SYDNEY, date(2026, 6, 1), date(2026, 10, 3), date(2026, 4, 4)),
    ],
)
def test_nights_of_23_and_25_hour_days(
    zone: ZoneInfo, ordinary: date, short: date, long: date
) -> None:
    """A night from 22:00 to 06:00 lasts 8, 7 or 9 hours."""
    lengths = []
    for day in (ordinary, short, long):
        window = window_on(a_schedule(22 * 60, 6 * 60), day, zone)
        assert window is not None
        assert window.start.astimezone(zone).strftime("%d %H:%M").endswith("22:00")
        assert window.end.astimezone(zone).strftime("%H:%M") == "06:00"
        lengths.append(window.end - window.start)
    assert lengths == [hours(8), hours(7), hours(9)]


def test_window_within_the_skipped_hour_does_not_run() -> None:
    """What lies wholly in the hour that spring skips is left out that day only."""
    schedule = a_schedule(2 * 60 + 15, 2 * 60 + 45)
    assert window_on(schedule, date(2026, 3, 29), WARSAW) is None
    window = window_after(schedule, utc("2026-03-29T00:00"), WARSAW)
    assert window is not None
    assert window.start == utc("2026-03-30T00:15")


def test_window_within_the_doubled_hour_runs_once() -> None:
    """What lies in the hour that autumn doubles runs in the first of the two."""
    schedule = a_schedule(2 * 60 + 15, 2 * 60 + 45)
    first = window_after(schedule, utc("2026-10-24T12:00"), WARSAW)
    assert first is not None
    assert (first.start, first.end) == (
        utc("2026-10-25T00:15"),
        utc("2026-10-25T00:45"),
    )
    then = window_after(schedule, first.end, WARSAW)
    assert then is not None
    assert then.start == utc("2026-10-26T01:15")


def test_over_midnight_the_day_is_that_of_the_start() -> None:
    """A Saturday night's window covers Sunday morning, and only that one."""
    schedule = a_schedule(23 * 60, 5 * 60, days=SATURDAY)
    sunday_3 = utc("2026-06-07T01:00")
    window = window_after(schedule, sunday_3, WARSAW)
    assert window is not None
    assert (window.start, window.end) == (
        utc("2026-06-06T21:00"),
        utc("2026-06-07T03:00"),
    )
    saturday_3 = utc("2026-06-06T01:00")
    window = window_after(schedule, saturday_3, WARSAW)
    assert window is not None
    assert window.start == utc("2026-06-06T21:00")
    ended = window_after(schedule, utc("2026-06-07T03:00"), WARSAW)
    assert ended is not None
    assert ended.start == utc("2026-06-13T21:00")


def test_start_only_end_only_and_neither() -> None:
    """One time is enough: an open end, or from midnight; none is no schedule."""
    day = date(2026, 6, 2)
    start_only = window_on(a_schedule(23 * 60, None), day, WARSAW)
    assert start_only is not None
    assert start_only.open_ended
    assert start_only.start == utc("2026-06-02T21:00")
    assert start_only.end == utc("2026-06-03T03:00")
    end_only = window_on(a_schedule(None, 7 * 60), day, WARSAW)
    assert end_only is not None
    assert not end_only.open_ended
    assert end_only.start == utc("2026-06-01T22:00")
    assert end_only.end == utc("2026-06-02T05:00")
    assert window_on(a_schedule(None, None), day, WARSAW) is None
    assert window_after(a_schedule(60, 120, days=0), NOON, WARSAW) is None


def test_equal_times_are_a_whole_day() -> None:
    """An end that equals the start is on the next day."""
    window = window_on(a_schedule(360, 360), date(2026, 6, 2), WARSAW)
    assert window is not None
    assert window.end - window.start == hours(24)


@pytest.mark.parametrize(("metres", "there"), [(0, True), (195, True), (205, False)])
@pytest.mark.parametrize("course", [0, 90, 225])
@pytest.mark.parametrize("latitude", [52.0, 65.0, -33.9])
def test_place_counts_in_metres(
    metres: float, there: bool, course: float, latitude: float
) -> None:
    """A schedule holds within about 200 m of its place, on any latitude."""
    schedule = replace(a_schedule(0, 60), latitude=latitude, longitude=21.0)
    assert applies(schedule, place_at(schedule.place, course, metres)) is there


def test_schedule_that_cannot_run_rules_nothing() -> None:
    """Disabled, without days or without times it does not make a car wait."""
    assert applies(a_schedule(0, 60), HOME)
    assert not applies(replace(a_schedule(0, 60), enabled=False), HOME)
    assert not applies(a_schedule(0, 60, days=0), HOME)
    assert not applies(a_schedule(None, None), HOME)


times_of_day = st.none() | st.integers(0, 1439)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)


@given(
    st.integers(0, 127), times_of_day, times_of_day, instants, st.sampled_from(ZONES)
)
def test_window_after_is_the_first_that_ends_later(
    days: int, start: int | None, end: int | None, instant: datetime, zone: ZoneInfo
) -> None:
    """Of the windows of all days around, it is the first that is not over."""
    schedule = a_schedule(start, end, days=days)
    today = instant.astimezone(zone).date()
    around = [
        window
        for offset in range(-4, 22)
        if (window := window_on(schedule, today + timedelta(days=offset), zone))
        and window.end > instant
    ]
    first = min(around, key=lambda window: window.start, default=None)
    assert window_after(schedule, instant, zone) == first
    assert all(minutes(1) <= each.end - each.start <= hours(25) for each in around)


def a_list(*schedules: ChargeSchedule, most: int = 10) -> ScheduleList:
    """Return a list of schedules as of noon on a Tuesday in Warsaw."""
    kept = ScheduleList(zone=WARSAW, most=most)
    for schedule in schedules:
        kept = added(kept, schedule)
    return kept


def added(kept: ScheduleList, schedule: ChargeSchedule) -> ScheduleList:
    """Return a list with one more schedule, for which there must be room."""
    longer = kept.added(schedule, NOON)
    assert longer is not None
    return longer


def test_coordinates_are_kept_in_single_precision() -> None:
    """A read-back differs from what was sent, as on a real car, but not by much."""
    kept = a_list(replace(a_schedule(0, 60), latitude=52.334145)).schedules[1]
    assert kept.latitude != 52.334145
    assert kept.latitude == as_float32(52.334145)
    assert kept.latitude == pytest.approx(52.334145, abs=1e-5)


def test_full_list_refuses_new_ids_only() -> None:
    """The same id replaces even in a full list; a removed one makes room."""
    kept = a_list(a_schedule(0, 60), a_schedule(0, 60, schedule_id=2), most=2)
    third = a_schedule(0, 60, schedule_id=3)
    assert kept.added(third, NOON) is None
    replaced = added(kept, a_schedule(90, 120))
    assert replaced.schedules[1].start_time == 90
    assert kept.schedules[1].start_time == 0
    shorter = replaced.without(2)
    assert shorter.without(2) == shorter
    assert set(added(shorter, third).schedules) == {1, 3}


def test_one_time_schedule_has_one_run() -> None:
    """It is the next run after it was added, and then it is over."""
    kept = a_list(once(a_schedule(22 * 60, 60)))
    start, end = utc("2026-06-02T20:00"), utc("2026-06-02T23:00")
    assert kept.next_boundary(NOON) == start
    assert kept.next_boundary(start) == end
    assert [run.window.end for run in kept.active(start, HOME)] == [end]
    assert kept.over(end - minutes(1)) == []
    assert [schedule.id for schedule in kept.over(end)] == [1]
    assert kept.next_boundary(end) is None


def test_one_time_schedule_added_in_its_window_runs_at_once() -> None:
    """A window that is on when the schedule comes is its one run."""
    kept = a_list(once(a_schedule(11 * 60, 14 * 60)))
    assert [run.schedule.id for run in kept.active(NOON, HOME)] == [1]
    assert kept.next_boundary(NOON) == NOON + hours(2)


def test_disabled_one_time_schedule_is_kept() -> None:
    """It has no run, so it is not over either."""
    kept = a_list(replace(once(a_schedule(11 * 60, 14 * 60)), enabled=False))
    assert kept.next_boundary(NOON) is None
    assert kept.over(NOON + timedelta(days=9)) == []


def test_boundaries_of_several_schedules_come_in_order() -> None:
    """Each start and end is named once, whichever schedule and place it is of."""
    away = replace(
        a_schedule(14 * 60, 20 * 60, schedule_id=2),
        latitude=WORK.latitude,
        longitude=WORK.longitude,
    )
    kept = a_list(a_schedule(13 * 60, 15 * 60), away)
    seen, at = [], NOON
    for _ in range(6):
        boundary = kept.next_boundary(at)
        assert boundary is not None
        at = boundary
        seen.append(at.astimezone(WARSAW).strftime("%d %H"))
    assert seen == ["02 13", "02 14", "02 15", "02 20", "03 13", "03 14"]
    assert kept.next_boundary(NOON) == NOON + hours(1)
    assert [each.id for each in kept.applying(HOME)] == [1]
    assert [each.id for each in kept.applying(WORK)] == [2]


def test_turns_of_touching_windows() -> None:
    """Where one window ends and another begins, it is a start and not an end."""
    kept = a_list(
        a_schedule(13 * 60, 15 * 60), a_schedule(15 * 60, 16 * 60, schedule_id=2)
    )
    turns = [kept.changes_at(NOON + hours(each), HOME) for each in (1, 2, 3, 4)]
    assert [turn.started for turn in turns] == [True, False, True, False]
    assert [turn.ended for turn in turns] == [False, False, False, True]
