"""Whole minutes of one cost, and the windows that are made of them."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.tesla_scout_worker.charging.planning.timeline import (
    LONGEST_WINDOW,
    CostSegment,
    clip,
    instant_of,
    minute_from,
    minute_until,
    minutes,
    runs,
    split,
    stretches,
)
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)

SECOND = timedelta(seconds=1)


def curve(*parts: tuple[float, float, float | None]) -> CostCurve:
    """Return a curve of costs from and until minutes since 1970."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return CostCurve(
        intervals=tuple(
            CostInterval(
                start=epoch + start * 60 * SECOND,
                end=epoch + end * 60 * SECOND,
                cost=cost,
            )
            for start, end, cost in parts
        )
    )


def test_a_minute_begins_on_time_or_later_and_ends_on_time_or_earlier() -> None:
    """So that no window is longer than its instants."""
    at = instant_of(100)
    assert (minute_from(at), minute_until(at)) == (100, 100)
    assert (minute_from(at + SECOND), minute_until(at + SECOND)) == (101, 100)
    assert (minute_from(at - SECOND), minute_until(at - SECOND)) == (100, 99)
    assert [minutes(count * SECOND) for count in (-60, 0, 1, 60, 61)] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    ("begin", "end", "line"),
    [
        (10, 30, [(10, 20, 1.0), (20, 30, 2.0)]),
        (12, 28, [(12, 20, 1.0), (20, 28, 2.0)]),
        (5, 35, [(5, 10, None), (10, 20, 1.0), (20, 30, 2.0), (30, 35, None)]),
        (0, 10, [(0, 10, None)]),
        (30, 40, [(30, 40, None)]),
        (15, 15, []),
    ],
)
def test_a_curve_has_a_cost_for_each_minute(
    begin: int, end: int, line: list[tuple[int, int, float | None]]
) -> None:
    """Unknown where it has none; no segment is empty."""
    known = curve((10, 20, 1.0), (20, 30, 2.0))
    assert stretches(known, begin, end) == [CostSegment(*part) for part in line]


def test_an_edge_within_a_minute_is_the_next_minute() -> None:
    """Of both intervals, so that there is no gap; a gap stays one."""
    odd = curve((10, 19.5, 1.0), (19.5, 25.1, 2.0), (28, 28.5, 3.0), (28.5, 28.9, 4.0))
    assert stretches(odd, 10, 30) == [
        CostSegment(10, 20, 1.0),
        CostSegment(20, 26, 2.0),
        CostSegment(26, 28, None),
        CostSegment(28, 29, 3.0),
        CostSegment(29, 30, None),
    ]


LINE = [
    CostSegment(0, 10, 1.0),
    CostSegment(10, 20, 2.0),
    CostSegment(20, 30, None),
    CostSegment(30, 40, 1.0, peak=True),
    CostSegment(40, 50, 0.0),
    CostSegment(60, 70, 0.0),
]


def test_runs_are_what_a_plan_need_not_avoid() -> None:
    """Whatever it costs; what touches is one."""
    assert runs(LINE) == [(0, 20), (40, 50), (60, 70)]
    assert runs(LINE[2:4]) == []


def test_a_part_of_a_line_is_cut_at_both_ends() -> None:
    """And what only touches it is no part of it."""
    assert clip(LINE, 5, 25) == [
        CostSegment(5, 10, 1.0),
        LINE[1],
        CostSegment(20, 25, None),
    ]
    assert clip(LINE, 10, 20) == [LINE[1]]
    assert clip(LINE, 42, 48) == [CostSegment(42, 48, 0.0)]
    assert clip(LINE, 50, 60) == []


def test_a_window_that_is_too_long_is_cut() -> None:
    """A schedule knows a time of the day, so it is shorter than a day."""
    long = 2 * LONGEST_WINDOW + 5
    assert split([(0, 10), (20, 20 + long)]) == [
        (0, 10),
        (20, 20 + LONGEST_WINDOW),
        (20 + LONGEST_WINDOW, 20 + 2 * LONGEST_WINDOW),
        (20 + 2 * LONGEST_WINDOW, 20 + long),
    ]
