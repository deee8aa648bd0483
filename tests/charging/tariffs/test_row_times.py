"""The times of rows with unknown names: which column is one, and what it means."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from custom_components.tesla_scout_worker.charging.tariffs.price_rows import (
    ReadRows,
    number,
    read_rows,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_units import (
    EnergyUnit,
    PriceError,
    Unit,
)

from .price_samples import BERLIN

# Midnight in Berlin, on a usual day and on one of 25 hours.
MIDNIGHT = datetime(2026, 10, 4, 22, tzinfo=UTC)
DAY, LONG_DAY = date(2026, 10, 5), date(2026, 10, 25)
HOUR = timedelta(hours=1)


def at(hours: float) -> str:
    """Return so many hours of the day, as a time with an offset."""
    return (MIDNIGHT + hours * HOUR).isoformat()


def rows_of(**columns: Sequence[Any]) -> list[dict[str, Any]]:
    """Return rows by their columns, with a price of 1 each."""
    names = [*columns, "cost"]
    values = zip(*columns.values(), strict=True)
    return [dict(zip(names, (*row, 1.0), strict=True)) for row in values]


def read(rows: Sequence[Mapping[str, Any]], day: date | None = None) -> ReadRows:
    """Return what was read from rows, which have prices."""
    found = read_rows(rows, BERLIN, day)
    assert found is not None
    return found


def spans(
    rows: Sequence[Mapping[str, Any]], day: date | None = None
) -> list[tuple[float, float | None]]:
    """Return the start and the end of each row in hours of the day; None: not named."""
    found = []
    for item in read(rows, day).prices:
        start, end, length = item.span.start, item.span.end, item.span.length
        assert isinstance(start, datetime)
        if isinstance(length, timedelta):
            end = start + length
        assert end is None or isinstance(end, datetime)
        first = (start - MIDNIGHT) / HOUR
        found.append((first, None if end is None else (end - MIDNIGHT) / HOUR))
    return found


def starts(*hours: float) -> list[tuple[float, None]]:
    """Return spans of which only the start is known."""
    return [(hour, None) for hour in hours]


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([1, 2, 3], [(0, 1), (1, 2), (2, 3)]),
        # The first, and one after a gap, are as long as the shortest.
        ([1, 2, 7], [(0, 1), (1, 2), (6, 7)]),
        ([0.25, 0.5, 1.5], [(0, 0.25), (0.25, 0.5), (0.5, 1.5)]),
        ([12], [(11.75, 12)]),
        ([3, 1, 2], [(2, 3), (0, 1), (1, 2)]),
    ],
)
def test_an_end_alone_begins_where_the_one_before_ends(
    ends: list[float], expected: list[tuple[float, float]]
) -> None:
    """By the name of its column."""
    assert spans(rows_of(valid_until=[at(hours) for hours in ends])) == expected


def test_a_start_and_an_end_are_two_columns() -> None:
    """Whatever their names and their order: one is a day before the other at most."""
    begins, ends = [at(0), at(1), at(2)], [at(1), at(2), at(2.5)]
    expected = [(0, 1), (1, 2), (2, 2.5)]
    assert spans(rows_of(a_slot=ends, b_slot=begins)) == expected
    assert spans(rows_of(b_slot=begins, a_slot=ends)) == expected
    days = rows_of(b_slot=[at(0), at(24)], a_slot=[at(24), at(48)])
    assert spans(days) == [(0, 24), (24, 48)]
    longer = rows_of(b_slot=[at(0), at(24)], a_slot=[at(24.5), at(48)])
    assert spans(longer) == starts(0, 24)
    empty = rows_of(b_slot=[at(0), at(1)], a_slot=[at(0), at(2)])
    assert spans(empty) == starts(0, 1)


def test_a_known_name_of_a_start_is_the_start() -> None:
    """A time of publication beside it is earlier, and nothing to it."""
    published = [at(-10), at(-9), at(-8)]
    rows = rows_of(announced=published, time=[at(0), at(1), at(2)])
    assert spans(rows) == starts(0, 1, 2)


def test_a_column_of_few_times_is_no_time_of_a_row() -> None:
    """Such as when a list was made: more than half of its times must differ."""
    made = rows_of(made=[at(0), at(0), at(1), at(1)])
    assert read_rows(made, BERLIN, None) is None
    most = rows_of(made=[at(0), at(0), at(1), at(2)])
    assert spans(most) == starts(0, 0, 1, 2)


@pytest.mark.parametrize("name", ["dtime", "valid_until"])
def test_periods_of_the_day_say_whether_a_time_is_their_end(name: str) -> None:
    """By the clock of the zone, and whatever the name of the time says."""
    periods = ["12:00 - 12:15", "12:15 - 12:30", "12:30 - 12:45"]
    begins = [at(12), at(12.25), at(12.5)]
    ends = [at(12.25), at(12.5), at(12.75)]
    assert spans(rows_of(**{name: ends}, period=periods)) == [
        (12, 12.25),
        (12.25, 12.5),
        (12.5, 12.75),
    ]
    assert spans(rows_of(**{name: begins}, period=periods)) == starts(12, 12.25, 12.5)
    partly = rows_of(**{name: ends}, period=[*periods[:2], None])
    named = name == "valid_until"
    assert (spans(partly)[0][1] is not None) is named


@pytest.mark.parametrize(
    ("hours", "are_ends"),
    [
        ([hour + 1 for hour in range(24)], True),
        ([*range(24)], False),
        # 20 steps of 72 minutes are a whole day; 18 of 80 are too few to tell.
        ([1.2 * (step + 1) for step in range(20)], True),
        ([24 / 18 * (step + 1) for step in range(18)], False),
        # Neither begins at midnight nor ends there: not both.
        ([hour + 1 for hour in range(4, 24)], False),
        ([hour + 1 for hour in range(20)], False),
    ],
)
def test_a_whole_day_that_ends_at_midnight_is_one_of_ends(
    hours: list[float], are_ends: bool
) -> None:
    """If its first time is a step after midnight, unless its name is of a start."""
    times = [at(hour) for hour in hours]
    assert (spans(rows_of(dtime=times))[0][1] is not None) is are_ends
    assert spans(rows_of(time=times))[0][1] is None


def clocks(*times: str) -> list[float]:
    """Return the instants of naive times of the long day, in hours from 02:00 on."""
    found = read(rows_of(when=[f"{LONG_DAY} {clock}" for clock in times]))
    two = datetime(2026, 10, 25, tzinfo=UTC)
    return [
        (item.span.start - two) / HOUR
        for item in found.prices
        if isinstance(item.span.start, datetime)
    ]


def test_naive_times_of_the_doubled_hour_are_told_apart_by_their_order() -> None:
    """Upwards or downwards, or by the letter that PSE gives the second one."""
    upwards = ["01:00", "02:00", "02:00", "03:00"]
    assert clocks(*upwards) == [-1, 0, 1, 2]
    assert clocks(*upwards[::-1]) == [2, 1, 0, -1]
    assert clocks("02:00", "02:00", "01:00") == [1, 0, -1]
    assert clocks("03:00", "02:00", "02:00") == [2, 1, 0]
    assert clocks("02:30", "02:45", "02:30", "02:45") == [0.5, 0.75, 1.5, 1.75]
    assert clocks("01:00", "02a:00", "02a:15") == [-1, 1, 1.25]
    # A time that comes twice in another hour is the same one.
    assert clocks("00:00", "01:00", "01:00", "04:00") == [-2, -1, -1, 3]


def test_a_period_of_the_day_has_its_length() -> None:
    """With a date beside it, or of the day that is known."""
    periods = ["00:00 - 00:30", "00:30 - 01:00", "23:45 - 24:00"]
    expected = [(0, 0.5), (0.5, 1), (23.75, 24)]
    dated = rows_of(period=periods, date=[f" {DAY} "] * 3)
    assert spans(dated) == expected
    assert spans(rows_of(period=periods, date=[DAY] * 3)) == expected
    assert spans(rows_of(period=periods), DAY) == expected
    assert read_rows(rows_of(period=periods), BERLIN, None) is None
    unreadable = rows_of(period=periods, date=[str(DAY), str(DAY), "2026-13-05"])
    assert read_rows(unreadable, BERLIN, None) is None
    moment = datetime(2026, 10, 5, 12)
    assert read_rows(rows_of(period=periods, date=[moment] * 3), BERLIN, None) is None


def test_hours_of_up_to_three_days_are_read() -> None:
    """A number that is the same in most rows is no hour."""
    days = [date(2026, 10, day) for day in (5, 6, 7) for _ in range(24)]
    rows = rows_of(date=days, hour=[*range(24)] * 3)
    assert spans(rows) == starts(*range(72))
    level = rows_of(date=days, slot=[1, 2, 3] * 24)
    assert read_rows(level, BERLIN, None) is None


def test_fields_of_fields_are_columns_beside_the_others() -> None:
    """Wherever they stand in a row."""
    rows = [
        {"from": at(hour), "data": {"cost": hour, "rank": 1}, "to": at(hour + 1)}
        for hour in range(3)
    ]
    found = read(rows)
    assert [(item.price, item.key) for item in found.prices] == [
        (0, "data.cost"),
        (1, "data.cost"),
        (2, "data.cost"),
    ]
    assert spans(rows) == [(0, 1), (1, 2), (2, 3)]


def test_the_likeliest_column_is_the_price_and_its_equals_are_named() -> None:
    """Not those that are less likely, nor one of the same numbers."""
    rows = [
        {
            "when": at(hour),
            "cost_a": hour,
            "cost_b": hour + 1,
            "cost_c": hour,
            "anything": hour + 2,
            "cost_net": hour + 3,
        }
        for hour in range(3)
    ]
    found = read(rows)
    assert {item.key for item in found.prices} == {"cost_a"}
    assert found.others == ("cost_b",)
    unknown = [{**row, "price": None} for row in rows]
    assert {item.key for item in read(unknown).prices} == {"cost_a"}
    named = [{"when": at(hour), "rate_PLN_kWh": hour} for hour in range(3)]
    unit = Unit(currency="PLN", per=EnergyUnit.KWH)
    assert {item.unit for item in read(named).prices} == {unit}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1.0),
        ("0,25", 0.25),
        (" -0.25 ", -0.25),
        ("1e-3", 0.001),
        ("unavailable", None),
        (" None ", None),
        ("", None),
        (None, None),
        (float("nan"), None),
        ("inf", None),
    ],
)
def test_a_price_is_a_number_or_unknown(value: object, expected: float | None) -> None:
    """As text with either decimal sign, and without a value in several words."""
    assert number(value) == expected


@pytest.mark.parametrize("value", ["1,234.5", "1.234,5", "1,234,5", "cheap", True, [1]])
def test_what_is_no_number_is_no_price(value: object) -> None:
    """A sign that parts thousands could be a decimal one."""
    with pytest.raises(PriceError, match="is no price"):
        number(value)
