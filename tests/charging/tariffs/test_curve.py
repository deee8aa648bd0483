"""The curve of costs."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def interval(first: float, last: float, cost: float | None = 1.0) -> CostInterval:
    """Return an interval in hours from START on."""
    return CostInterval(start=START + first * HOUR, end=START + last * HOUR, cost=cost)


def test_an_interval_is_of_aware_times_in_order() -> None:
    """Nothing else is an interval."""
    naive = START.replace(tzinfo=None)
    for start, end in ((naive, naive), (naive, START), (START, naive)):
        with pytest.raises(ValueError, match="aware"):
            CostInterval(start=start, end=end + HOUR, cost=1.0)
    with pytest.raises(ValueError, match="ends after"):
        interval(1, 1)


def test_intervals_are_in_order_and_apart() -> None:
    """They may touch and leave gaps."""
    CostCurve(intervals=(interval(0, 1), interval(1, 2), interval(3, 4)))
    with pytest.raises(ValueError, match="overlap"):
        CostCurve(intervals=(interval(0, 2), interval(1, 3)))
    with pytest.raises(ValueError, match="order"):
        CostCurve(intervals=(interval(1, 2), interval(0, 1)))


def test_a_part_of_a_curve() -> None:
    """It is cut at both ends and keeps its currency."""
    curve = CostCurve(
        intervals=(interval(0, 2), interval(2, 3, None), interval(4, 6)), currency="EUR"
    )
    assert curve.between(START + HOUR, START + 5 * HOUR) == CostCurve(
        intervals=(interval(1, 2), interval(2, 3, None), interval(4, 5)), currency="EUR"
    )
    assert curve.between(START + 3 * HOUR, START + 4 * HOUR).intervals == ()


def test_an_instant_has_its_interval() -> None:
    """Intervals are half open, and a gap holds none."""
    curve = CostCurve(intervals=(interval(0, 1), interval(1, 2, 5.0), interval(3, 4)))
    assert curve.at(START) == interval(0, 1)
    assert curve.at(START + HOUR) == interval(1, 2, 5.0)
    assert curve.at(START + 2 * HOUR) is None
    assert curve.at(START - HOUR) is None
    assert curve.at(START + 4 * HOUR) is None


def test_a_curve_over_another_fills_its_gaps_with_it() -> None:
    """An unknown cost is no gap; the currency is that of the upper one."""
    upper = CostCurve(
        intervals=(interval(1, 2, 5.0), interval(3, 4, None)), currency="EUR"
    )
    below = CostCurve(intervals=(interval(0, 4, 1.0), interval(5, 6, 2.0)))
    both = CostCurve(
        intervals=(
            interval(0, 1),
            interval(1, 2, 5.0),
            interval(2, 3),
            interval(3, 4, None),
            interval(5, 6, 2.0),
        ),
        currency="EUR",
    )
    assert upper.over(below) == both
    assert CostCurve().over(upper) == upper
    assert upper.over(CostCurve(currency="PLN")) == upper
    assert both.priced.intervals == (*both.intervals[:3], both.intervals[4])
