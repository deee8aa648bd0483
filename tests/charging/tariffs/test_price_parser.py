"""When prices hold, what overlaps and what is missing; and several series as one."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_parser import (
    PriceHints,
    PriceSeries,
    gaps,
    has_gap,
    merge,
    parse_prices,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_times import (
    RawSpan,
    is_reversed,
    parse_moment,
    spans as raw_spans,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_units import (
    EnergyUnit,
    PriceError,
    PriceWarning,
    Unit,
)

from .price_samples import (
    BERLIN,
    DAY,
    HALF,
    HOUR,
    NEXT_DAY,
    QUARTER,
    STOCKHOLM,
    cost,
    iso,
    items,
    steps,
)

START = datetime(2026, 10, 5, tzinfo=UTC)
HINTS = PriceHints(zone=BERLIN)

# Days on which clocks change, and their hours.
SHIFTS = [
    ("Europe/Berlin", date(2026, 3, 29), 23),
    ("Europe/Berlin", date(2026, 10, 25), 25),
    ("Europe/London", date(2026, 3, 29), 23),
    ("Europe/London", date(2026, 10, 25), 25),
    ("Australia/Sydney", date(2026, 10, 4), 23),
    ("Australia/Sydney", date(2026, 4, 5), 25),
]


def at(minutes: float) -> datetime:
    """Return so many minutes into the day."""
    return START + timedelta(minutes=minutes)


def read(series: PriceSeries | CostCurve) -> list[tuple[float, float, float | None]]:
    """Return each interval's start and end in minutes of the day, and its cost."""
    curve = series if isinstance(series, CostCurve) else series.curve
    return [
        (
            (interval.start - START) / timedelta(minutes=1),
            (interval.end - START) / timedelta(minutes=1),
            interval.cost,
        )
        for interval in curve.intervals
    ]


def open_ended(*starts: float) -> list[tuple[float, float, float | None]]:
    """Return what comes of prices at these minutes that tell no end."""
    answer = [{"start": at(minutes), "price": 1} for minutes in starts]
    return read(parse_prices(answer, HINTS))


def spans(*pieces: tuple[float, float]) -> list[tuple[float, float, float]]:
    """Return intervals of these minutes at a price of 1."""
    return [(start, end, 1.0) for start, end in pieces]


def curve_of(*pieces: tuple[float, float, float | None]) -> CostCurve:
    """Return a curve of these minutes and costs."""
    return CostCurve(
        intervals=tuple(
            CostInterval(start=at(start), end=at(end), cost=price)
            for start, end, price in pieces
        )
    )


def series_of(*pieces: tuple[float, float, float], **more: Any) -> PriceSeries:
    """Return a series of these minutes and costs."""
    answer = [
        {"start": at(start), "end": at(end), "price": price}
        for start, end, price in pieces
    ]
    return parse_prices(answer, PriceHints(zone=BERLIN, **more))


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        # A single price tells no step: a quarter of an hour is the market's.
        ((0,), spans((0, 15))),
        ((0, 60, 120), spans((0, 60), (60, 120), (120, 180))),
        ((0, 5, 10), spans((0, 5), (5, 10), (10, 15))),
        # From hours to quarters, and back.
        (
            (0, 60, 120, 135, 150),
            spans((0, 60), (60, 120), (120, 135), (135, 150), (150, 165)),
        ),
        (
            (0, 15, 30, 90, 150),
            spans((0, 15), (15, 30), (30, 90), (90, 150), (150, 210)),
        ),
        # A missing quarter, hour or afternoon is a gap.
        ((0, 15, 45, 60), spans((0, 15), (15, 30), (45, 60), (60, 75))),
        ((0, 60, 180, 240), spans((0, 60), (60, 120), (180, 240), (240, 300))),
        ((0, 60, 480, 540), spans((0, 60), (60, 120), (480, 540), (540, 600))),
        (
            (0, 15, 30, 90, 105),
            spans((0, 15), (15, 30), (30, 45), (90, 105), (105, 120)),
        ),
        ((0, 480), spans((0, 15), (480, 495))),
    ],
)
def test_a_price_without_an_end_lasts_until_the_next(
    starts: tuple[float, ...], expected: list[tuple[float, float, float]]
) -> None:
    """But no longer than those beside it: a gap stays a gap."""
    assert open_ended(*starts) == expected
    assert open_ended(*reversed(starts)) == expected


def test_ends_come_from_many_names() -> None:
    """An end, then a length in minutes, then the next start."""
    prices: list[dict[str, Any]] = [
        {"start": at(0), "end": at(60)},
        {"start": at(60), "end_time": at(65), "duration": 30},
        {"start": at(65), "till": iso(at(70))},
        {"start": at(70), "end_date": str(at(75))},
        {"start": at(75), "duration": 5},
        {"start": at(80), "duration": timedelta(minutes=10)},
        {"start": at(90), "end": None, "duration": 30.0},
    ]
    answer = [price | {"price": 1} for price in prices]
    assert read(parse_prices(answer, HINTS)) == spans(
        (0, 60), (60, 65), (65, 70), (70, 75), (75, 80), (80, 90), (90, 120)
    )


@pytest.mark.parametrize(
    ("start", "naive"),
    [
        (START, False),
        ("2026-10-05T00:00:00+00:00", False),
        ("2026-10-05 00:00:00+00:00", False),
        ("2026-10-05T00:00:00Z", False),
        ("2026-10-05T02:00+02:00", False),
        ("2026-10-05T00:00:00.000Z", False),
        (" 2026-10-05T00:00:00Z ", False),
        ("2026-10-05T00:00:01Z", False),
        ("2026-10-04T23:59:59.9Z", False),
        (START.timestamp(), False),
        (int(START.timestamp()), False),
        (int(START.timestamp()) * 1000, False),
        (str(int(START.timestamp())), False),
        (START.astimezone(BERLIN), False),
        (START.astimezone(BERLIN).replace(tzinfo=None), True),
        ("2026-10-05T02:00:00", True),
        ("2026-10-05 02:00", True),
    ],
)
def test_a_time_has_many_formats(start: object, naive: bool) -> None:
    """All of these are midnight in UTC; naive ones are told."""
    answer = [{"start": start, "price": 1, "duration": 60}]
    series = parse_prices(answer, HINTS)
    assert read(series) == spans((0, 60))
    assert series.warnings == ({PriceWarning.NAIVE_TIMES} if naive else set())


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("20261005T00", "2026-10-05T00:00"),
        ("2000-01-01T00:00Z", "2000-01-01T00:00+00:00"),
        (946_684_800, "2000-01-01T00:00+00:00"),
        (946_684_800_000, "2000-01-01T00:00+00:00"),
        (99_999_999_999, "5138-11-16T09:46:39+00:00"),
    ],
)
def test_the_shortest_and_the_first_times_are_read(
    start: object, expected: str
) -> None:
    """Seconds since 1970 are those of this century and later."""
    assert parse_moment(start) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "start", ["2026-10-05", 946_684_799, 946_684_799_999, 100_000_000_000, True, 7]
)
def test_a_date_or_a_small_number_is_no_time(start: object) -> None:
    """It may be a year, an hour or anything."""
    with pytest.raises(PriceError, match="is no time such as"):
        parse_moment(start)


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(29.9, 0), (30, 1), (60 + 29, 1), (60 + 20, 1)]
)
def test_times_are_rounded_to_the_nearest_minute(
    seconds: float, minutes: float
) -> None:
    """Half a minute is the next one."""
    answer = [
        {
            "start": iso(START + timedelta(seconds=seconds)),
            "end": iso(START + timedelta(hours=1, seconds=seconds)),
            "price": 1,
        }
    ]
    assert read(parse_prices(answer, HINTS)) == spans((minutes, 60 + minutes))


@pytest.mark.parametrize(
    ("order", "is_backwards"),
    [
        ((), False),
        ((1,), False),
        ((1, 2), False),
        ((2, 1), True),
        ((2, 3, 1), True),
        ((2, 1, 3), False),
        ((2, 1, 2), False),
    ],
)
def test_a_list_is_backwards_if_its_last_time_is_before_its_first(
    order: tuple[int, ...], is_backwards: bool
) -> None:
    """By the clock, whatever lies between."""
    raw = [RawSpan(start=at(hours * 60).replace(tzinfo=None)) for hours in order]
    assert is_reversed(raw) is is_backwards


BERLIN_AUTUMN = datetime(2026, 10, 25)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        # The last hour and the last minute of the doubled one, by the wall clock alone.
        ((2, 0), (3, 0), (0, 60)),
        ((2, 59), (3, 0), (59, 60)),
        # A longer span ends when the clocks first show its end.
        ((0, 0), (2, 30), (-120, 30)),
        ((0, 0), (3, 30), (-120, 150)),
    ],
)
def test_a_naive_span_in_the_night_of_25_hours(
    start: tuple[int, int], end: tuple[int, int], expected: tuple[float, float]
) -> None:
    """In minutes from 02:00 on, which is midnight in UTC."""
    hour, minute = start
    answer = RawSpan(
        start=BERLIN_AUTUMN.replace(hour=hour, minute=minute),
        end=BERLIN_AUTUMN.replace(hour=end[0], minute=end[1]),
    )
    [span], naive = raw_spans([answer], BERLIN)
    assert span is not None
    midnight = BERLIN_AUTUMN.replace(tzinfo=UTC)
    minutes = [
        (edge - midnight) / timedelta(minutes=1) for edge in (span.start, span.end)
    ]
    assert minutes == [*expected]
    assert naive


def test_a_doubled_time_that_comes_three_times_is_the_second_twice() -> None:
    """There is no third."""
    raw = [RawSpan(start=BERLIN_AUTUMN.replace(hour=2), length=30)] * 3
    found, _ = raw_spans(raw, BERLIN)
    starts = [span.start.hour for span in found if span is not None]
    assert starts == [0, 1, 1]


def test_a_naive_end_before_its_start_is_an_error() -> None:
    """And one at its start is a price of no time."""
    noon = datetime(2026, 10, 5, 12)
    early = RawSpan(start=noon, end=noon - timedelta(hours=1))
    with pytest.raises(PriceError, match="ends before that"):
        raw_spans([early], BERLIN)
    assert raw_spans([RawSpan(start=noon, end=noon)], BERLIN) == ([None], True)


def test_a_length_is_in_minutes_from_a_fraction_on() -> None:
    """Nothing and less is none."""
    for length in (1, 0.5, timedelta(seconds=60)):
        [span], _ = raw_spans([RawSpan(start=START, length=length)], BERLIN)
        assert span is not None
        minutes = length if isinstance(length, timedelta) else timedelta(minutes=length)
        assert span.end - span.start == minutes
    for wrong in (0, -15, True, "15"):
        with pytest.raises(PriceError, match="is no length in minutes"):
            raw_spans([RawSpan(start=START, length=wrong)], BERLIN)


def test_a_single_price_among_gaps_lasts_as_long_as_most_others() -> None:
    """An hour, where all that is known of the list are hours."""
    assert open_ended(0, 60, 300, 540) == spans(
        (0, 60), (60, 120), (300, 360), (540, 600)
    )


def test_starts_of_amber_are_rounded() -> None:
    """A second after the minute is the minute: no gaps of a second, no overlaps."""
    answer = [
        {
            "start_time": iso(at(minutes) + timedelta(seconds=1)),
            "end_time": iso(at(minutes + length)),
            "duration": length,
            "per_kwh": 1.0,
        }
        for minutes, length in ((0, 5), (5, 5), (10, 5), (15, 30), (45, 30))
    ]
    series = parse_prices({"forecasts": answer}, HINTS)
    assert read(series) == spans((0, 5), (5, 10), (10, 15), (15, 45), (45, 75))
    assert not series.warnings


def test_quarters_from_noon_on() -> None:
    """Hours until noon, quarters after it, all as they are."""
    morning = items(lambda start, _: {"start": start, "price": cost(start)})[:12]
    day = items(lambda start, _: {"start": start, "price": cost(start)}, step=QUARTER)
    curve = parse_prices(morning + day[48:], PriceHints(zone=STOCKHOLM)).curve
    assert len(curve.intervals) == 12 + 48
    assert {interval.end - interval.start for interval in curve.intervals[:12]} == {
        HOUR
    }
    assert {interval.end - interval.start for interval in curve.intervals[12:]} == {
        QUARTER
    }


def test_tomorrow_late_or_partial() -> None:
    """What is not there is unknown, and what comes later is added."""
    answer: dict[str, Any] = {
        "raw_today": items(lambda start, _: {"start": start, "value": 1.0}),
        "raw_tomorrow": [],
    }
    hints = PriceHints(zone=STOCKHOLM)
    midnight = datetime(2026, 10, 6, tzinfo=STOCKHOLM)
    noon, end = midnight - timedelta(hours=12), midnight + timedelta(days=1)
    early = parse_prices(answer, hints)
    assert list(gaps(early.curve, noon, end)) == [(midnight, end)]
    tomorrow = items(lambda start, _: {"start": start, "value": 2.0}, NEXT_DAY, QUARTER)
    partial = parse_prices(answer | {"raw_tomorrow": tomorrow[:40]}, hints)
    assert list(gaps(partial.curve, noon, end)) == [(midnight + 10 * HOUR, end)]
    late = parse_prices(answer | {"raw_tomorrow": tomorrow}, hints)
    assert not has_gap(late.curve, noon, end)
    assert merge(early, late) == merge(partial, late) == merge(late) == late


@pytest.mark.parametrize(("zone", "day", "length"), SHIFTS)
@pytest.mark.parametrize("step", [QUARTER, HALF, HOUR])
@pytest.mark.parametrize("write", ["aware", "naive", "backwards", "interleaved"])
@pytest.mark.parametrize("ends", [True, False])
def test_every_step_of_a_day_of_23_or_25_hours(
    zone: str, day: date, length: int, step: timedelta, write: str, ends: bool
) -> None:
    """92 or 100 quarters, the doubled hour's each with its own price.

    Naive times are told first to last, last to first, or with both of a doubled time
    beside each other.
    """
    local = ZoneInfo(zone)
    expected = list(steps(day, step, local))
    answer: list[dict[str, Any]] = [
        {"start": start, "value": number} | ({"end": end} if ends else {})
        for number, (start, end) in enumerate(expected)
    ]
    for item in answer if write != "aware" else []:
        for key in item.keys() - {"value"}:
            item[key] = item[key].replace(tzinfo=None, fold=0).isoformat()
    if write == "backwards":
        answer.reverse()
    if write == "interleaved":
        answer.sort(key=lambda item: str(item["start"]))
    series = parse_prices(answer, PriceHints(zone=local))
    assert len(expected) == length * HOUR / step
    assert [(interval.start, interval.end) for interval in series.curve.intervals] == [
        (start.astimezone(UTC), end.astimezone(UTC)) for start, end in expected
    ]
    assert [interval.cost for interval in series.curve.intervals] == list(
        range(len(expected))
    )
    naive = set() if write == "aware" else {PriceWarning.NAIVE_TIMES}
    assert series.warnings == naive


def test_a_price_for_the_missing_hour_is_over_when_it_begins() -> None:
    """Some sources tell 24 hours of each day."""
    answer = [
        {
            "start": f"2026-03-29T{hour:02d}:00:00",
            "end": f"2026-03-29T{hour:02d}:59:59",
            "price": hour,
        }
        for hour in range(24)
    ]
    series = parse_prices(answer, HINTS)
    assert len(series.curve.intervals) == 23
    assert [interval.cost for interval in series.curve.intervals][:4] == [0, 1, 3, 4]


def test_one_price_for_the_doubled_hour_is_not_two() -> None:
    """A source that counts by the wall clock leaves the second hour unknown.

    Its last step before the hour's end seems to last an hour more; it does not.
    """
    wall = datetime(2026, 10, 25, tzinfo=BERLIN)
    answer = [
        {"start": iso(start), "end": iso(start + QUARTER), "price": cost(start)}
        for start in (wall + QUARTER * step for step in range(96))
    ]
    curve = parse_prices(answer, HINTS).curve
    assert len(curve.intervals) == 96
    assert {interval.end - interval.start for interval in curve.intervals} == {QUARTER}
    hour = datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert list(gaps(curve, wall, wall + timedelta(days=1))) == [(hour, hour + HOUR)]


def test_24_naive_hours_of_a_day_of_25() -> None:
    """The second of the doubled hour is a gap, not the first one twice."""
    answer = [
        {"start": f"2026-10-25T{hour:02d}:00:00", "price": hour} for hour in range(24)
    ]
    curve = parse_prices(answer, HINTS).curve
    hour = datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert curve.at(hour) is None
    assert len(curve.intervals) == 24
    assert {interval.end - interval.start for interval in curve.intervals} == {HOUR}


def test_a_long_price_keeps_its_length_when_clocks_change() -> None:
    """A night of seven hours is one."""
    answer = [
        {
            "start": "2026-10-25T00:00:00+02:00",
            "end": "2026-10-25T06:00:00+01:00",
            "price": 0.1,
        }
    ]
    (only,) = parse_prices(answer, HINTS).curve.intervals
    assert only.end - only.start == 7 * HOUR


@pytest.mark.parametrize(
    ("pieces", "expected", "read_as"),
    [
        # The same twice is no conflict.
        ([(0, 60, 1), (0, 60, 1)], [(0, 60, 1)], False),
        ([(0, 60, 1), (0, 60, 2)], [(0, 60, 2)], True),
        ([(0, 60, 1), (30, 90, 2)], [(0, 30, 1), (30, 90, 2)], True),
        ([(0, 240, 1), (60, 120, 2)], [(0, 60, 1), (60, 120, 2), (120, 240, 1)], True),
        ([(0, 60, 1), (0, 30, 2)], [(0, 30, 2), (30, 60, 1)], True),
        ([(0, 60, 1), (60, 120, 2)], [(0, 60, 1), (60, 120, 2)], False),
    ],
)
def test_of_prices_that_overlap_the_later_wins(
    pieces: list[tuple[float, float, float]],
    expected: list[tuple[float, float, float]],
    read_as: bool,
) -> None:
    """Later in the list; it is told once, if the prices differ."""
    series = series_of(*pieces)
    assert read(series) == expected
    assert series.warnings == ({PriceWarning.OVERLAP_DROPPED} if read_as else set())


def test_unknown_prices_are_dropped_and_negative_ones_are_prices() -> None:
    """None leaves a gap that is never filled; zero and less are prices."""
    answer = [
        {"start": at(minutes), "price": price}
        for minutes, price in ((0, 0), (60, -0.5), (120, None), (180, "0.25"))
    ]
    curve = parse_prices([*answer, None], HINTS).curve
    assert read(curve) == [(0, 60, 0), (60, 120, -0.5), (180, 240, 0.25)]
    assert has_gap(curve, at(0), at(240))


def test_merge_lets_the_later_series_win() -> None:
    """Today's and tomorrow's are one curve; a newer answer holds over an older."""
    old = series_of((0, 60, 1), (60, 120, 1), currency="SEK")
    new = series_of((60, 120, 2), (120, 180, 2), currency="SEK")
    both = merge(old, new)
    assert read(both) == [(0, 60, 1), (60, 120, 2), (120, 180, 2)]
    assert not both.warnings
    assert both.curve.currency == "SEK"
    assert read(merge(new, old)) == [(0, 60, 1), (60, 120, 1), (120, 180, 2)]


def test_merge_of_nothing_is_nothing() -> None:
    """It is an outage too, until something is known."""
    outage = parse_prices(None, HINTS)
    assert merge() == outage
    assert merge(outage, outage) == outage
    known = series_of((0, 60, 1))
    assert merge(outage, known) == merge(known, outage) == known


def test_merge_refuses_two_currencies() -> None:
    """No rate of exchange is made up."""
    one, other = (
        series_of((0, 60, 1), currency="SEK"),
        series_of((0, 60, 1), currency="EUR"),
    )
    with pytest.raises(PriceError, match="one currency"):
        merge(one, other)


def test_merge_gives_a_guess_up_for_a_price() -> None:
    """What is published counts, in whatever order the series come."""
    guess = {"start": at(60), "end": at(180), "price": 3}
    today = {"start": at(0), "end": at(60), "price": 1}
    guessed = parse_prices({"prices": [today], "forecast": [guess]}, HINTS)
    known = series_of((60, 120, 2))
    for both in (merge(guessed, known), merge(known, guessed)):
        assert read(both) == [(0, 60, 1), (60, 120, 2)]
        assert read(both.guesses) == [(120, 180, 3)]
        assert both.warnings == {PriceWarning.LOW_CONFIDENCE}


def test_gaps_are_what_is_unknown() -> None:
    """At both ends and between; an unknown cost is a gap as well."""
    curve = curve_of((0, 60, 1), (90, 120, None), (150, 180, 1))
    found = [
        ((gap - START) / HOUR, (two - START) / HOUR)
        for gap, two in gaps(curve, at(-30), at(240))
    ]
    assert found == [(-0.5, 0), (1, 2.5), (3, 4)]
    assert has_gap(curve, at(0), at(61))
    assert not has_gap(curve, at(0), at(60))
    assert not has_gap(curve, at(160), at(170))
    assert has_gap(CostCurve(), at(0), at(1))


grids = st.lists(
    st.tuples(
        st.integers(0, 200),
        st.sampled_from([5, 15, 30, 60, 120]),
        st.none() | st.floats(-1, 3),
        st.booleans(),
    ),
    max_size=25,
)


@given(grids)
def test_any_list_becomes_a_curve_of_its_own_prices(
    grid: Sequence[tuple[int, int, float | None, bool]],
) -> None:
    """In order, nothing over another, and no price but of an item that covers it."""
    answer = [
        {"start": at(five * 5), "price": price}
        | ({"end": at(five * 5 + length)} if ends else {})
        for five, length, price, ends in grid
    ]
    curve = parse_prices(answer, HINTS).curve
    for item, other in pairwise(curve.intervals):
        assert item.end <= other.start
    covered = {
        (five * 5 + minute, price)
        for five, length, price, ends in grid
        for minute in range(0, length if ends else 60, 5)
        if price is not None
    }
    read_as = {
        (minute, price)
        for start, end, price in read(curve)
        for minute in range(int(start), int(end), 5)
    }
    assert read_as <= covered
    stated = {
        five * 5 + minute
        for five, length, price, ends in grid
        for minute in range(0, length, 5)
        if ends and price is not None
    }
    assert stated <= {minute for minute, _ in read_as}


@given(grids, st.sampled_from([BERLIN, UTC]))
def test_a_curve_read_again_is_the_same(
    grid: Sequence[tuple[int, int, float | None, bool]], zone: tzinfo
) -> None:
    """Normalising is idempotent, and so is merging."""
    answer = [
        {"start": at(five * 5), "price": price, "end": at(five * 5 + length)}
        for five, length, price, _ in grid
    ]
    series = parse_prices(answer, PriceHints(zone=zone, currency="EUR"))
    again = parse_prices(
        {
            "prices": [
                {
                    "start": iso(interval.start),
                    "end": iso(interval.end),
                    "price": interval.cost,
                }
                for interval in series.curve.intervals
            ]
        },
        PriceHints(zone=zone, currency="EUR"),
    )
    assert again.curve == series.curve
    assert merge(series, series).curve == series.curve
    assert merge(series, again).curve == series.curve


@given(st.permutations(range(24)))
def test_the_order_of_a_list_changes_nothing(order: Sequence[int]) -> None:
    """Prices that do not overlap may come in any order."""
    day = items(lambda start, _: {"start": start, "price": cost(start)}, DAY)
    expected = parse_prices(day, PriceHints(zone=STOCKHOLM))
    mixed = parse_prices([day[index] for index in order], PriceHints(zone=STOCKHOLM))
    assert mixed == expected


ABSURD = st.sampled_from(
    [
        *(None, True, -1, 10**12, 10**15, 10**400, 1e308, float("nan"), float("inf")),
        *("", "01:00", "24:00", "2026-11-24", "2026-11-24T01:00:00", "7,5"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
        *(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
        *(datetime(1, 1, 1, tzinfo=BERLIN), datetime(9999, 12, 31, 23, tzinfo=BERLIN)),
    ]
)
FIELDS = st.sampled_from(
    [
        *("start", "end", "price", "value", "time", "date", "hour", "duration"),
        *("prices", "today", "tomorrow", "unit", "currency", "0", "1"),
        *("2026-11-24T01:00:00+01:00", "0001-01-01T00:00:00+05:00"),
    ]
)
ROWS = st.lists(st.dictionaries(FIELDS, ABSURD, max_size=4), max_size=4)


@given(ROWS | st.dictionaries(FIELDS, ROWS | ABSURD, max_size=3))
def test_absurd_times_and_numbers_are_an_error_that_is_expected(answer: object) -> None:
    """From year 1 to 9999, of any size: prices, or a word about them."""
    with suppress(PriceError):
        parse_prices(answer, PriceHints(zone=BERLIN, day=date(2026, 11, 24)))


@pytest.mark.parametrize(
    "row",
    [
        {"start": "0001-01-01T00:00:00+14:00", "price": 0.5},
        {"start": "9999-12-31T23:00:00-10:00", "price": 0.5},
        {"start": datetime.max.replace(tzinfo=UTC), "price": 0.5},
        {"start": "2026-11-24T01:00:00", "price": 10**400},
        {"start": "2026-11-24T01:00:00", "duration": 10**12, "price": 0.5},
    ],
)
def test_a_row_that_is_out_of_range_is_an_error_that_is_expected(
    row: dict[str, object],
) -> None:
    """Whoever reads prices waits for this error, and for no other."""
    with pytest.raises(PriceError):
        parse_prices([row, {**row, "price": 1}], HINTS)


def test_a_series_says_its_unit_and_currency() -> None:
    """As its prices were read; the currency of the guesses is the same."""
    rows = [{"start": at(0), "end": at(60), "price_per_kwh": 0.3}]
    answer = {
        "prices": rows,
        "forecast": [{"start": at(60), "end": at(120), "price": 0.2}],
        "currency": "SEK",
        "unit": "MWh",
    }
    series = parse_prices(answer, HINTS)
    assert series.unit == Unit(currency="SEK", per=EnergyUnit.KWH)
    assert (series.curve.currency, series.guesses.currency) == ("SEK", "SEK")
    named = parse_prices([{"start": at(0), "rce_pln": 1}], HINTS)
    assert named.unit.currency == "PLN"
    assert named.curve.currency == "PLN"


def test_a_guess_ends_where_a_price_begins() -> None:
    """And begins where one ends."""
    answer = {
        "prices": [{"start": at(60), "end": at(120), "price": 1}],
        "forecast": [{"start": at(0), "end": at(180), "price": 2}],
    }
    series = parse_prices(answer, HINTS)
    assert read(series.guesses) == [(0, 60, 2), (120, 180, 2)]


def test_merge_keeps_what_each_series_said() -> None:
    """What was left out by any of them, and the unit of the newest."""
    columns = [
        {"when": at(0), "cost_a": 1, "cost_b": 2},
        {"when": at(60), "cost_a": 2, "cost_b": 1},
    ]
    first = parse_prices({"rows": columns}, HINTS)
    assert [item.name for item in first.left_out] == ["cost_b"]
    second = series_of((60, 120, 500.0), unit="EUR/MWh")
    merged = merge(first, second, first)
    assert merged.left_out == first.left_out
    assert merged.unit == first.unit
    assert merge(first, second).unit == second.unit
    assert merge().unit == Unit()


def test_a_number_that_is_out_of_range_says_so() -> None:
    """In words, as each error does."""
    answer = [{"start": "9999-12-31T23:59:59Z", "price": 1}]
    with pytest.raises(PriceError, match=r"^a time or a number is out of range$"):
        parse_prices(answer, HINTS)


@pytest.mark.parametrize(("depth", "count"), [(4, 1), (5, 0)])
def test_lists_are_found_four_names_deep(depth: int, count: int) -> None:
    """Deeper ones are of something else."""
    answer: Any = [{"start": at(0), "end": at(60), "price": 1}]
    for _ in range(depth):
        answer = {"data": answer}
    assert len(parse_prices(answer, HINTS).curve.intervals) == count


def test_times_that_name_prices_may_name_rows_with_them() -> None:
    """Two are enough; one may be anything."""
    answer = {iso(at(0)): {"value": 1}, iso(at(60)): 2}
    assert read(parse_prices(answer, HINTS)) == [(0, 60, 1), (60, 120, 2)]
    assert read(parse_prices({iso(at(0)): 1}, HINTS)) == []


def test_a_row_of_nothing_among_prices_is_passed_over() -> None:
    """Those after it count."""
    answer = [
        {"start": at(0), "end": at(60), "price": 1},
        None,
        {"start": at(60), "end": at(120), "price": 2},
    ]
    assert read(parse_prices(answer, HINTS)) == [(0, 60, 1), (60, 120, 2)]


def test_an_unreadable_list_is_named_by_all_its_names() -> None:
    """With its length."""
    good = [{"start": at(0), "end": at(60), "price": 1}]
    bad = [{"start": at(0), "price": 1}, {"start": at(60), "price": "cheap"}]
    series = parse_prices({"today": good, "home": {"prices": bad}}, HINTS)
    assert [(item.name, item.count) for item in series.left_out] == [
        ("home / prices", 2)
    ]


def test_an_hour_of_pvpc_is_an_hour() -> None:
    """Also if no other is known."""
    hints = PriceHints(zone=BERLIN, day=START.date())
    series = parse_prices({"price_03h": 0.1, "price_04h": None}, hints)
    assert read(series) == [(60, 120, 0.1)]
