"""What charging cost, and what it would have cost on arrival."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.tesla_scout_worker.charging.daily.savings import (
    MonthSavings,
    PlugInPeriod,
    Reading,
    after_reading,
    mean_cost,
)
from custom_components.tesla_scout_worker.charging.planning.model import Window
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)

EVENING = datetime(2026, 11, 24, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
CURVE = CostCurve(
    intervals=(
        CostInterval(start=EVENING, end=EVENING + 4 * HOUR, cost=1.0),
        CostInterval(start=EVENING + 4 * HOUR, end=EVENING + 12 * HOUR, cost=0.2),
    ),
    currency="PLN",
)
NIGHT = Window(start=EVENING + 4 * HOUR, end=EVENING + 8 * HOUR)


def look(
    before: tuple[PlugInPeriod | None, MonthSavings],
    hours: float,
    energy: float | None,
    curve: CostCurve = CURVE,
    month: str = "2026-11",
) -> tuple[PlugInPeriod | None, MonthSavings]:
    """Take a read some hours after the evening."""
    reading = Reading(at=EVENING + hours * HOUR, energy=energy)
    return after_reading(*before, reading, curve, (NIGHT,), 11.0, month)


def test_a_night_is_cheaper_than_the_evening() -> None:
    """22 kWh in the night, which the evening would have had at a higher price."""
    state = look((None, MonthSavings()), 0, 0.0)
    state = look(state, 3, 0.0)
    state = look(state, 5, 11.0)
    stay, savings = look(state, 6, 22.0)
    assert stay is not None
    assert stay.since == EVENING
    assert savings.energy == pytest.approx(22)
    assert savings.cost == pytest.approx(4.4)
    assert savings.on_arrival == pytest.approx(22)


def test_it_ends_with_the_cable_and_begins_anew() -> None:
    """Unplugged and plugged in again between two reads, the car counts from zero."""
    state = look((None, MonthSavings()), 0, 5.0)
    gone, savings = look(state, 1, None)
    assert gone is None
    state = look((state[0], savings), 5, 2.0)
    assert state[0] is not None
    assert state[0].base == 2.0
    assert state[1].energy == 0


def test_what_is_not_priced_is_in_neither_sum() -> None:
    """Unknown hours, ranks instead of prices, and reads out of order."""
    begun = look((None, MonthSavings()), 0, 0.0)
    assert look(begun, 20, 11.0)[1].energy == pytest.approx(11)
    empty = CostCurve(currency="PLN")
    assert look(begun, 5, 11.0, empty)[1].energy == 0
    assert look(begun, 5, 11.0, CostCurve())[1].energy == 0
    assert look(begun, -1, 11.0)[0] == begun[0]


def test_a_month_begins_at_nothing() -> None:
    """The sums of the last one are gone."""
    old = MonthSavings(month="2026-10", energy=1, cost=1, on_arrival=2)
    assert look((None, old), 0, 0.0)[1] == MonthSavings(month="2026-11")


def test_sums_are_in_one_currency() -> None:
    """In another one they begin anew; what is told without any price keeps them."""
    state = look((None, MonthSavings()), 0, 0.0)
    state = look(state, 5, 11.0)
    assert state[1].currency == "PLN"
    assert look(state, 6, 12.0, CostCurve())[1] == state[1]
    euros = replace(CURVE, currency="EUR")
    _, savings = look(state, 6, 12.0, euros)
    assert savings.currency == "EUR"
    assert savings.energy == pytest.approx(1)


def test_mean_cost_is_by_time() -> None:
    """And unknown if any of it is."""
    window = Window(start=EVENING + 3 * HOUR, end=EVENING + 7 * HOUR)
    assert mean_cost(CURVE, [window]) == pytest.approx(0.4)
    beyond = Window(start=EVENING, end=EVENING + 13 * HOUR)
    assert mean_cost(CURVE, [beyond]) is None
    assert mean_cost(CURVE, []) is None
