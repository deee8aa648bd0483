"""Schedules as a car understands them, held against the simulator's own car."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.in_car.schedules import (
    SAME_PLACE,
    WeeklyWindow,
    fresh_ids,
    matches,
    same_place,
    schedule_for_window,
)
from custom_components.tesla_scout_worker.charging.planning.model import Window
from custom_components.tesla_scout_worker.charging.planning.timeline import (
    LONGEST_WINDOW,
    split,
)
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeSchedule,
    ChargeScheduleOrder,
    Position,
)
from simulator.schedule_list import ScheduleList
from simulator.schedules import ChargeSchedule as CarSchedule, as_float32

from ...search import times

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WARSAW = ZoneInfo("Europe/Warsaw")
LONDON = ZoneInfo("Europe/London")
SYDNEY = ZoneInfo("Australia/Sydney")
# Half an hour is doubled here, and the hour before midnight there.
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
CAIRO = ZoneInfo("Africa/Cairo")
ZONES = (WARSAW, LONDON, SYDNEY, LORD_HOWE, CAIRO)

HOME = Position(latitude=52.229676, longitude=21.012229)
THURSDAY, FRIDAY = 16, 32

# Days on which the clocks of a zone change, and one on which none do.
NIGHTS = (
    datetime(2026, 3, 28, tzinfo=UTC),
    datetime(2026, 4, 4, tzinfo=UTC),
    datetime(2026, 4, 23, tzinfo=UTC),
    datetime(2026, 10, 3, tzinfo=UTC),
    datetime(2026, 10, 24, tzinfo=UTC),
    datetime(2026, 10, 29, tzinfo=UTC),
    datetime(2026, 11, 24, tzinfo=UTC),
)


def window(start: str, end: str, zone: ZoneInfo = WARSAW) -> Window:
    """Return a window between two times on a wall; ``/2`` is the second of two."""
    return Window(start=at(start, zone), end=at(end, zone))


def at(text: str, zone: ZoneInfo = WARSAW) -> datetime:
    """Return the instant of a time on a wall."""
    wall, _, fold = text.partition("/")
    local = datetime.fromisoformat(wall).replace(tzinfo=zone, fold=fold == "2")
    return local.astimezone(UTC)


def the_order(wanted: Window, zone: ZoneInfo = WARSAW) -> ChargeScheduleOrder:
    """Return the order for a window at home."""
    return schedule_for_window(wanted, 7, HOME, zone)


def run(wanted: Window, zone: ZoneInfo, sent_at: datetime) -> Window:
    """Return when the simulator's car charges by what is ordered for a window."""
    order = schedule_for_window(wanted, 7, HOME, zone)
    kept = ScheduleList(zone=zone, most=10).added(
        CarSchedule(
            id=order.id,
            days_of_week=order.days_of_week,
            start_enabled=True,
            start_time=order.start_time,
            end_enabled=True,
            end_time=order.end_time,
            one_time=order.one_time,
            latitude=order.position.latitude,
            longitude=order.position.longitude,
        ),
        sent_at,
    )
    assert kept is not None
    [only] = kept.runs(sent_at)
    return Window(start=only.window.start, end=only.window.end)


def in_car(order: ChargeScheduleOrder) -> ChargeSchedule:
    """Return an ordered schedule as a car tells it back."""
    return ChargeSchedule(
        id=order.id,
        days_of_week=order.days_of_week,
        start_time=order.start_time,
        end_time=order.end_time,
        one_time=order.one_time,
        enabled=True,
        position=Position(
            latitude=as_float32(order.position.latitude),
            longitude=as_float32(order.position.longitude),
        ),
    )


# One window.


def test_minutes_are_those_of_the_wall() -> None:
    """The walk's window: 02:19 to 06:00 on a Thursday."""
    order = the_order(window("2025-08-07T02:19", "2025-08-07T06:00"))
    assert (order.start_time, order.end_time) == (139, 360)
    assert order.days_of_week == THURSDAY
    assert order.position == HOME


def test_a_schedule_runs_once_on_the_day_of_its_start() -> None:
    """Not on all days, and not again."""
    order = the_order(window("2025-08-07T22:00", "2025-08-08T06:00"))
    assert order.days_of_week == THURSDAY
    assert order.one_time is True
    assert (order.start_time, order.end_time) == (1320, 360)
    sent_at = at("2025-08-07T20:00")
    book_run = run(window("2025-08-07T22:00", "2025-08-08T06:00"), WARSAW, sent_at)
    assert book_run.end == at("2025-08-08T06:00")


def test_every_weekday_has_its_bit() -> None:
    """Sunday 1, Saturday 64, as Tesla counts."""
    bits = [
        the_order(
            window(f"2025-08-{day:02}T01:00", f"2025-08-{day:02}T02:00")
        ).days_of_week
        for day in range(3, 10)
    ]
    assert bits == [1, 2, 4, 8, 16, 32, 64]


@pytest.mark.parametrize(
    ("wanted", "minutes"),
    [
        (("2025-08-07T23:59", "2025-08-08T00:01"), (1439, 1)),
        (("2025-08-07T00:00", "2025-08-07T23:59"), (0, 1439)),
        (("2025-08-07T20:00", "2025-08-08T00:00"), (1200, 0)),
    ],
)
def test_minutes_over_midnight(
    wanted: tuple[str, str], minutes: tuple[int, int]
) -> None:
    """0 to 1439; an end that is not after the start lies on the next day."""
    order = the_order(window(*wanted))
    assert (order.start_time, order.end_time) == minutes
    assert order.days_of_week == THURSDAY


def test_the_end_is_always_enabled() -> None:
    """An order knows no other, and a car that tells none does not hold it."""
    order = the_order(window("2025-08-07T02:19", "2025-08-07T06:00"))
    assert 0 <= order.end_time <= 1439
    assert not matches(replace(in_car(order), end_time=None), order)


def test_the_cars_zone_is_that_of_its_home() -> None:
    """An instant of Warsaw's night on a wall in London and in Sydney."""
    wanted = window("2025-08-07T02:19", "2025-08-07T06:00")
    london, sydney = the_order(wanted, LONDON), the_order(wanted, SYDNEY)
    assert (london.start_time, london.end_time) == (79, 300)
    assert (sydney.start_time, sydney.end_time) == (619, 840)
    for zone in (LONDON, SYDNEY):
        assert run(wanted, zone, wanted.start - 2 * HOUR) == wanted


@pytest.mark.parametrize(
    ("wanted", "runs"),
    [
        # An end in the second 02:30 must not stop the car at the first.
        (("01:00", "02:30/2"), ("01:00", "03:00")),
        (("02:10", "02:30/2"), ("02:10", "03:00")),
        (("02:50", "02:10/2"), ("02:50", "03:00")),
        # The second is taken for the first: longer, and never shorter.
        (("02:30/2", "02:45/2"), ("02:30", "03:00")),
        (("02:30/2", "05:00"), ("02:30", "05:00")),
        (("01:00", "02:30"), ("01:00", "02:30")),
        (("01:00", "03:00"), ("01:00", "03:00")),
        (("01:00", "02:00/2"), ("01:00", "03:00")),
    ],
)
def test_a_window_in_the_doubled_hour(
    wanted: tuple[str, str], runs: tuple[str, str]
) -> None:
    """The car charges for all of it, and at most for the doubled hour more."""
    day = "2026-10-25T"
    asked = window(day + wanted[0], day + wanted[1])
    found = run(asked, WARSAW, at("2026-10-24T22:00"))
    assert found == window(day + runs[0], day + runs[1])


@pytest.mark.parametrize(
    ("zone", "short", "long"),
    [
        (WARSAW, "2026-03-29", "2026-10-25"),
        (LONDON, "2026-03-29", "2026-10-25"),
        (SYDNEY, "2026-10-04", "2026-04-05"),
    ],
    ids=str,
)
def test_nights_of_23_and_25_hours(zone: ZoneInfo, short: str, long: str) -> None:
    """From midnight to six are five hours, or seven."""
    for day, hours in ((short, 5), (long, 7)):
        wanted = window(f"{day}T00:00", f"{day}T06:00", zone)
        assert wanted.end - wanted.start == hours * HOUR
        order = the_order(wanted, zone)
        assert (order.start_time, order.end_time) == (0, 360)
        assert run(wanted, zone, wanted.start - 2 * HOUR) == wanted


@times(8)
@given(
    zone=st.sampled_from(ZONES),
    night=st.sampled_from(NIGHTS),
    begins=st.integers(-14 * 60, 20 * 60),
    length=st.integers(1, LONGEST_WINDOW),
    lead=st.integers(0, 12 * 60),
)
def test_what_is_ordered_covers_the_window(
    zone: ZoneInfo, night: datetime, begins: int, length: int, lead: int
) -> None:
    """Whatever the night: never shorter at its end, at most the doubled hour longer."""
    start = night + begins * MINUTE
    wanted = Window(start=start, end=start + length * MINUTE)
    found = run(wanted, zone, wanted.start - lead * MINUTE)
    assert found.start <= wanted.start
    assert found.end >= wanted.end
    assert wanted.start - found.start <= HOUR
    assert found.end - wanted.end <= HOUR
    # Away from the doubled hour it is the window.
    if not wanted.start.astimezone(zone).fold:
        assert found.start == wanted.start
    if not wanted.end.astimezone(zone).fold:
        assert found.end == wanted.end


# Windows that no schedule can hold.


def test_a_window_of_a_day_is_cut_into_what_a_car_can_hold() -> None:
    """Also in the night whose day has 23 hours; the runs follow on each other."""
    for begins in range(-14, 14):
        start = NIGHTS[0] + begins * HOUR
        spans = split([(0, 47 * 60)])
        windows = [
            Window(start=start + span * MINUTE, end=start + other * MINUTE)
            for span, other in spans
        ]
        assert len(windows) == 3
        for zone in (WARSAW, LONDON):
            runs = [
                run(each_window, zone, each_window.start - 2 * HOUR)
                for each_window in windows
            ]
            assert runs == windows


# Ids.


@given(taken=st.sets(st.integers(0, 12)), number=st.integers(0, 5))
def test_ids_of_one_second_differ(taken: set[int], number: int) -> None:
    """From the second on, and none that is taken."""
    now = datetime.fromtimestamp(1_754_518_740, UTC)
    busy = {1_754_518_740 + each_number for each_number in taken}
    ids = fresh_ids(number, busy, now)
    assert len(set(ids)) == len(ids) == number
    assert not busy & set(ids)
    assert all(each_number >= 1_754_518_740 for each_number in ids)


def test_fewer_windows_than_at_an_earlier_try_need_no_ids() -> None:
    """A car that charged a little meanwhile has fewer of them."""
    assert fresh_ids(-1, (), NIGHTS[0]) == ()


# What the car holds.


def test_single_precision_is_no_other_place() -> None:
    """Tesla keeps coordinates as float32, some metres off."""
    order = the_order(window("2025-08-07T02:19", "2025-08-07T06:00"))
    found = in_car(order)
    assert found.position != order.position
    assert matches(found, order)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_single_precision_is_no_other_place_anywhere(
    latitude: float, longitude: float
) -> None:
    """Not at the poles, nor at the date line."""
    position = Position(latitude=latitude, longitude=longitude)
    kept = Position(latitude=as_float32(latitude), longitude=as_float32(longitude))
    assert same_place(kept, position)
    away = replace(position, latitude=latitude + 3 * SAME_PLACE)
    assert not same_place(away, position)
    assert not same_place(None, position)


def test_what_differs_is_not_the_same() -> None:
    """By any of its fields."""
    order = the_order(window("2025-08-07T02:19", "2025-08-07T06:00"))
    found = in_car(order)
    for other in (
        replace(found, enabled=False),
        replace(found, enabled=None),
        replace(found, days_of_week=FRIDAY),
        replace(found, days_of_week=127),
        replace(found, start_time=140),
        replace(found, end_time=361),
        replace(found, one_time=False),
        replace(found, position=None),
        replace(found, position=Position(latitude=0, longitude=21.0)),
    ):
        assert not matches(other, order)


@pytest.mark.parametrize(
    ("minutes", "days", "start", "end"),
    [
        (0, 1 | 64, 1320, 360),
        (60, 1 | 64, 1380, 420),
        (-60, 1 | 64, 1260, 300),
        # Over midnight: Sunday and Saturday become Monday and Sunday, or the day before.
        (120, 2 | 1, 0, 480),
        (-1321, 64 | 32, 1439, 479),
        (-1320, 1 | 64, 0, 480),
        # From Honolulu to the Line Islands it is a day later.
        (1440, 2 | 1, 1320, 360),
        (-1440, 64 | 32, 1320, 360),
    ],
)
def test_a_weekly_window_on_another_clock(
    minutes: int, days: int, start: int, end: int
) -> None:
    """Its days are those on which it starts there."""
    window = WeeklyWindow(days=1 | 64, start=1320, end=360)
    assert window.shifted(minutes) == WeeklyWindow(days=days, start=start, end=end)
    assert window.shifted(minutes).shifted(-minutes) == window


@given(minutes=st.integers(-3000, 3000), days=st.integers(1, 127))
def test_a_week_later_a_weekly_window_is_the_same(minutes: int, days: int) -> None:
    """By as many days as it has, and no day is lost."""
    window = WeeklyWindow(days=days, start=30, end=90)
    shifted = window.shifted(minutes)
    assert shifted == window.shifted(minutes + 7 * 1440)
    assert shifted.days.bit_count() == days.bit_count()
    assert 0 <= shifted.start < 1440
    assert (shifted.end - shifted.start) % 1440 == 60
