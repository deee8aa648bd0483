"""Prices by the clock of a day, also of 23 and 25 hours."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.tariffs.price_days import (
    clock_of,
    day_steps,
    hours_of,
    on_day,
    period_of,
)

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
HOUR = timedelta(hours=1)

DAY, SPRING, AUTUMN = date(2026, 10, 5), date(2026, 3, 29), date(2026, 10, 25)
# Midnight in Berlin on these days.
BEGIN = datetime(2026, 10, 4, 22, tzinfo=UTC)
SPRING_BEGIN = datetime(2026, 3, 28, 23, tzinfo=UTC)
AUTUMN_BEGIN = datetime(2026, 10, 24, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "clock"),
    [
        (7, time(7)),
        ("7", time(7)),
        (" 07 ", time(7)),
        ("07:15", time(7, 15)),
        ("07:15:00", time(7, 15)),
        ("23:59", time(23, 59)),
        ("0", time(0)),
        ("24:00", time(0)),
        (24, time(0)),
        (time(7, 15, tzinfo=UTC), time(7, 15)),
        ("24:15", None),
        ("25", None),
        ("99:15", None),
        ("07:60", None),
        ("07:15:30", None),
        (7.5, None),
        (True, None),
        (None, None),
        ("noon", None),
    ],
)
def test_clock_times_and_hours_are_read(value: object, clock: time | None) -> None:
    """As numbers and as texts; midnight may be 24:00."""
    assert clock_of(value) == clock


@pytest.mark.parametrize(
    ("value", "period"),
    [
        ("00:00 - 00:15", (time(0), time(0, 15))),
        ("23:45-24:00", (time(23, 45), time(0))),
        ("7 \u2013 8", (time(7), time(8))),
        ("02a:00 - 02a:15", (time(2), time(2, 15))),
        ("23 - 25", None),
        ("25 - 2", None),
        ("07:60 - 08:00", None),
        ("07:00", None),
        (7, None),
    ],
)
def test_periods_of_the_day_are_read(
    value: object, period: tuple[time, time] | None
) -> None:
    """Both of their times, or none."""
    assert period_of(value) == period


def test_the_second_of_a_doubled_clock_time_is_an_hour_later() -> None:
    """Each other time is one instant, however often it comes."""
    clocks = [time(2), time(2, 30), time(2), time(2, 30), time(2), time(3), time(3)]
    found = on_day([(AUTUMN, clock) for clock in clocks], BERLIN)
    assert [(at - AUTUMN_BEGIN) / HOUR for at in found] == [2, 2.5, 3, 3.5, 3, 4, 4]
    assert all(at.tzinfo is UTC for at in found)
    # The clocks skip 02:30 in spring: it is the time of the change, twice.
    found = on_day([(SPRING, time(2, 30))] * 2, BERLIN)
    assert [(at - SPRING_BEGIN) / HOUR for at in found] == [2, 2]


def hours(keys: Sequence[object], day: date, begin: datetime) -> list[float] | None:
    """Return when the prices of these keys begin, in hours of the day by their order.

    The prices are their places in the mapping.
    """
    found = hours_of({key: place for place, key in enumerate(keys)}, day, BERLIN)
    if found is None:
        return None
    starts = {place: start for start, place in found}
    return [(starts[place] - begin) / HOUR for place in range(len(keys))]


@pytest.mark.parametrize("first", [0, 1])
def test_hours_in_a_row_count_the_hours_of_the_day(first: int) -> None:
    """From 0, or from 1, which names the hour that ends; as numbers and as texts."""
    for day, begin, count in (
        (DAY, BEGIN, 24),
        (SPRING, SPRING_BEGIN, 23),
        (AUTUMN, AUTUMN_BEGIN, 25),
    ):
        numbers = [*range(first, first + count)]
        texts = [f"{number:02}" for number in numbers]
        for keys in (numbers, texts):
            if max(numbers) < 25 or keys is texts:
                assert hours(keys, day, begin) == [*range(count)]
        backwards = list(reversed(texts))
        assert hours(backwards, day, begin) == [*reversed(range(count))]


def test_hours_with_a_gap_go_by_the_clock() -> None:
    """As do those of a day of 23 hours that leave out another one."""
    without_five = [hour for hour in range(24) if hour != 5]
    assert hours(without_five, DAY, BEGIN) == without_five
    after_two = [hour if hour < 3 else hour - 1 for hour in without_five]
    assert hours(without_five, SPRING, SPRING_BEGIN) == after_two
    # From 2 on they count nothing.
    assert hours([*range(2, 24)], DAY, BEGIN) == [*range(2, 24)]


def test_fewer_than_twenty_hours_are_no_day() -> None:
    """They may be anything; and what is no hour among them is no price."""
    assert hours([*range(19)], DAY, BEGIN) is None
    assert hours([*range(20)], DAY, BEGIN) == [*range(20)]
    day: dict[object, object] = dict.fromkeys(range(24), 1.0)
    found = hours_of({"unit": "EUR/kWh", **day}, DAY, BERLIN)
    assert found == [(BEGIN + HOUR * hour, 1.0) for hour in range(24)]


def test_periods_of_a_day_are_read_by_their_starts() -> None:
    """In quarters, too."""
    quarters = [
        f"{at // 4:02}:{at % 4 * 15:02} - {(at + 1) // 4:02}:{(at + 1) % 4 * 15:02}"
        for at in range(96)
    ]
    found = hours_of(dict.fromkeys(quarters, 1.0), DAY, BERLIN)
    assert found == [(BEGIN + HOUR / 4 * at, 1.0) for at in range(96)]


@pytest.mark.parametrize(
    ("count", "day", "begin", "step"),
    [
        (24, DAY, BEGIN, 1),
        (48, DAY, BEGIN, 1 / 2),
        (96, DAY, BEGIN, 1 / 4),
        (288, DAY, BEGIN, 1 / 12),
        (23, SPRING, SPRING_BEGIN, 1),
        (92, SPRING, SPRING_BEGIN, 1 / 4),
        (25, AUTUMN, AUTUMN_BEGIN, 1),
        (50, AUTUMN, AUTUMN_BEGIN, 1 / 2),
    ],
)
def test_a_list_of_each_step_of_a_day_begins_at_midnight(
    count: int, day: date, begin: datetime, step: float
) -> None:
    """As many as the day has, without a gap."""
    found = day_steps(count, day, BERLIN)
    assert found == [begin + HOUR * step * at for at in range(count)]


def test_a_list_of_24_hours_goes_by_the_clock_on_any_day() -> None:
    """The doubled hour has its first price alone, the skipped one that of the change."""
    found = day_steps(48, AUTUMN, BERLIN)
    assert found is not None
    assert [(at - AUTUMN_BEGIN) / HOUR for at in found[3:8]] == [1.5, 2, 2.5, 4, 4.5]
    found = day_steps(24, SPRING, BERLIN)
    assert found is not None
    assert [(at - SPRING_BEGIN) / HOUR for at in found[:5]] == [0, 1, 2, 2, 3]


@pytest.mark.parametrize("count", [0, 1, 2, 6, 12, 22, 26, 95, 97])
def test_a_list_of_another_length_is_no_day(count: int) -> None:
    """Nobody knows when its prices begin."""
    assert day_steps(count, DAY, BERLIN) is None


@pytest.mark.parametrize(
    ("day", "count"), [(date(2026, 4, 5), 49), (date(2026, 10, 4), 47)]
)
def test_a_day_may_have_half_an_hour_more_or_less(day: date, count: int) -> None:
    """On Lord Howe Island the clocks change by half an hour."""
    begin = datetime.combine(day, time(), LORD_HOWE).astimezone(UTC)
    found = day_steps(count, day, LORD_HOWE)
    assert found == [begin + HOUR / 2 * at for at in range(count)]
