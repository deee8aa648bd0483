"""What energy cost, and what it could have cost."""

from dataclasses import replace

import pytest

from custom_components.tesla_scout_worker.charging.charges.pricing import (
    least_cost,
    mean_cost,
)

from .test_counting import CURVE, EVENING, HOUR


def test_mean_cost_is_by_time() -> None:
    """And unknown if any of it is."""
    start = EVENING + 3 * HOUR
    assert mean_cost(CURVE, start, start + 4 * HOUR) == pytest.approx(0.4)
    assert mean_cost(CURVE, EVENING, EVENING + 13 * HOUR) is None
    assert mean_cost(CURVE, start, start) is None


def test_the_least_cost_is_that_of_the_cheapest_hours() -> None:
    """33 kWh at 11 kW take three hours: two of them at 0.20, and one at 1.00."""
    start, end = EVENING + 2 * HOUR, EVENING + 6 * HOUR
    assert least_cost(CURVE, start, end, 22, 11) == pytest.approx(4.4)
    assert least_cost(CURVE, start, end, 33, 11) == pytest.approx(4.4 + 11)


def test_the_least_cost_where_time_is_short_or_prices_are_unknown() -> None:
    """All of the time is used; what is unknown is not guessed."""
    start, end = EVENING + 3 * HOUR, EVENING + 5 * HOUR
    assert least_cost(CURVE, start, end, 44, 11) == pytest.approx(44 * 0.6)
    gap = replace(CURVE, intervals=CURVE.intervals[:1])
    assert least_cost(gap, start, end, 11, 11) is None
