"""What energy cost, and what it could have cost."""

from dataclasses import replace

import pytest

from custom_components.tesla_scout_worker.charging.charges.charge import (
    Charge,
    ChargePart,
)
from custom_components.tesla_scout_worker.charging.charges.pricing import (
    MonthSavings,
    least_cost,
    mean_cost,
    with_cheapest,
    with_prices,
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


PART = ChargePart(
    start=EVENING + 3 * HOUR,
    end=EVENING + 4 * HOUR,
    energy=10,
    arrival_start=EVENING + 5 * HOUR,
    arrival_end=EVENING + 6 * HOUR,
)
CHARGE = Charge(
    start=PART.start,
    end=PART.end,
    free_from=EVENING,
    energy=10,
    unpriced=(PART,),
)


def test_sums_in_another_currency_begin_with_the_first_price_of_the_new_one() -> None:
    """In the same month, from now on."""
    savings = MonthSavings(
        month="2026-11", since=EVENING, currency="EUR", energy=5, cost=1, on_arrival=2
    )
    now = EVENING + 5 * HOUR
    charge, savings = with_prices(CHARGE, savings, CURVE, now)
    assert (charge.cost, charge.on_arrival, charge.priced) == (10, 2, 10)
    assert (charge.currency, charge.unpriced) == ("PLN", ())
    assert savings == MonthSavings(
        month="2026-11", since=now, currency="PLN", energy=10, cost=10, on_arrival=2
    )


def test_ranks_and_another_currency_are_no_price_of_a_charge() -> None:
    """Without a currency a curve says which hours are dear, not what they cost."""
    ranks, euros = replace(CURVE, currency=None), replace(CURVE, currency="EUR")
    begun = replace(CHARGE, currency="PLN")
    for charge, curve in ((CHARGE, ranks), (begun, ranks), (begun, euros)):
        same = with_prices(charge, MonthSavings(), curve, EVENING)
        assert same == (charge, MonthSavings())
    paid = replace(CHARGE, currency="PLN", cost=10, priced=10, unpriced=())
    assert with_cheapest(paid, euros, EVENING, 11) == paid
    assert with_cheapest(begun, CURVE, EVENING, 11) == begun
    # From the arrival until the end of the charge there is no cheap hour, later is one.
    assert with_cheapest(paid, CURVE, EVENING, 11).cheapest == pytest.approx(10)
    later = with_cheapest(paid, CURVE, EVENING + 5 * HOUR, 11)
    assert later.cheapest == pytest.approx(2)


def test_a_price_of_nothing_is_the_least() -> None:
    """It counts for the time that it holds, in the mean as in the cheapest hours."""
    free = replace(CURVE.intervals[1], cost=0.0)
    curve = replace(CURVE, intervals=(replace(CURVE.intervals[0], cost=0.5), free))
    start, end = EVENING + 3 * HOUR, EVENING + 5 * HOUR
    assert mean_cost(curve, start, end) == pytest.approx(0.25)
    assert least_cost(curve, start, end, 11, 11) == 0
    assert least_cost(curve, start, end, 22, 11) == pytest.approx(5.5)
    assert least_cost(curve, start, end, 0, 11) is None
