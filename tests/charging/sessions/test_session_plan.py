"""The plan of a session where prices are known, guessed, or not known at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.planning.model import (
    Battery,
    ChargeGoal,
    PlanConstraints,
    PlanReason,
    Window,
)
from custom_components.tesla_scout_worker.charging.planning.planner import plan_charge
from custom_components.tesla_scout_worker.charging.sessions.session_plan import (
    plan_session,
)
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)
from custom_components.tesla_scout_worker.charging.tariffs.outlook import Outlook

HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)

# Two hours of 11 kW by seven in the morning, and an hour to spare.
GOAL = ChargeGoal(
    level=40,
    target=62,
    ready_by=MIDNIGHT + 7 * HOUR,
    battery=Battery(capacity=100, power=11),
    limits=PlanConstraints(),
)
NOTHING = CostCurve()


def hours(
    start: datetime, end: datetime, price_of: Callable[[int], float]
) -> tuple[CostInterval, ...]:
    """Return an hourly price."""
    count = (end - start) // HOUR
    return tuple(
        CostInterval(start=item, end=item + HOUR, cost=price_of(item.hour))
        for item in (start + index * HOUR for index in range(count))
    )


def prices(start: datetime, end: datetime, *cheap: int) -> CostCurve:
    """Return prices of which some hours are cheap."""
    return CostCurve(
        intervals=hours(start, end, lambda hour: 0.2 if hour in cheap else 1.0),
        currency="EUR",
    )


PEAKS = CostCurve(
    intervals=(
        CostInterval(start=NOW, end=MIDNIGHT + 4 * HOUR, cost=1, peak=True),
        CostInterval(start=MIDNIGHT + 4 * HOUR, end=GOAL.ready_by, cost=0),
    )
)


def outlook(known: CostCurve, forecast: CostCurve = NOTHING) -> Outlook:
    """Return what is known of prices at noon."""
    return Outlook(now=NOW, known=known, guesses=forecast, peaks=PEAKS)


def window(first: int, last: int) -> tuple[Window, ...]:
    """Return one window of the morning."""
    return (Window(start=MIDNIGHT + first * HOUR, end=MIDNIGHT + last * HOUR),)


def test_known_prices_are_planned_by_as_ever() -> None:
    """The cheapest hours, and what they cost."""
    plan = plan_session(GOAL, outlook(prices(NOW - 24 * HOUR, GOAL.ready_by, 1, 2)))
    assert plan.windows == window(1, 3)
    assert plan.cost == pytest.approx(22 * 0.2)


def test_hours_without_a_price_are_planned_by_the_day_before() -> None:
    """A session does not wait for tomorrow's prices; what they come to is not known."""
    plan = plan_session(GOAL, outlook(prices(NOW - 24 * HOUR, MIDNIGHT, 3, 4)))
    assert plan.windows == window(3, 5)
    assert plan.cost is None


def test_a_forecast_is_a_better_guess_than_the_day_before() -> None:
    """And its prices are no known ones either."""
    known = prices(NOW - 24 * HOUR, MIDNIGHT, 3, 4)
    forecast = prices(MIDNIGHT, GOAL.ready_by, 1, 2)
    plan = plan_session(GOAL, outlook(known, forecast))
    assert plan.windows == window(1, 3)
    assert plan.cost is None


@pytest.mark.parametrize("days", [1, 4, 5, 25])
@pytest.mark.parametrize("at", [7, 12])
def test_a_deadline_beyond_any_forecast_is_planned_like_a_near_one(
    days: int, at: int
) -> None:
    """At the hours that are cheap now, with the buffer; neither late nor hours early."""
    ready_by = MIDNIGHT + days * 24 * HOUR + at * HOUR
    limits = GOAL.limits.from_earliest(ready_by - 24 * HOUR)
    goal = replace(GOAL, ready_by=ready_by, limits=limits)
    plan = plan_session(goal, outlook(prices(NOW - 24 * HOUR, MIDNIGHT, 3, 4)))
    [charged] = plan.windows
    night = ready_by.replace(hour=0)
    assert (charged.start, charged.end) == (night + 3 * HOUR, night + 5 * HOUR)
    assert PlanReason.BUFFER_SHRUNK not in plan.reasons
    assert plan.cost is None


def test_known_hours_that_are_cheaper_than_the_guess_are_taken() -> None:
    """Their cost is known."""
    known = CostCurve(
        intervals=(
            *hours(MIDNIGHT - 24 * HOUR, NOW, lambda hour: 0.5),
            *hours(NOW, MIDNIGHT, lambda hour: 0.1 if hour in (20, 21) else 1.0),
        ),
        currency="EUR",
    )
    plan = plan_session(GOAL, outlook(known))
    assert plan.windows == window(-4, -2)
    assert plan.cost == pytest.approx(2.2)


@pytest.mark.parametrize("old", [NOTHING, prices(NOW - 99 * HOUR, NOW - 98 * HOUR, 1)])
def test_where_no_price_is_known_the_peak_hours_decide(old: CostCurve) -> None:
    """As they do without prices."""
    plan = plan_session(GOAL, outlook(old))
    assert plan.windows == plan_charge(GOAL, PEAKS, NOW).windows
    assert plan.cost is None
    assert plan.windows == window(4, 6)


@given(
    missing=st.sets(st.integers(0, 18)),
    costs=st.lists(st.integers(-5, 50), min_size=43, max_size=43),
)
def test_any_gap_leaves_a_session_kept(missing: set[int], costs: list[int]) -> None:
    """Whatever is not published, the target is reached in time."""
    start = NOW - 24 * HOUR
    known = CostCurve(
        intervals=tuple(
            CostInterval(
                start=start + index * HOUR, end=start + (index + 1) * HOUR, cost=cost
            )
            for index, cost in enumerate(costs)
            if index - 24 not in missing
        ),
        currency="EUR",
    )
    plan = plan_session(GOAL, outlook(known))
    taken = sum(
        (each_window.end - each_window.start for each_window in plan.windows),
        timedelta(0),
    )
    assert taken == 2 * HOUR
    assert plan.expected_end is not None
    assert plan.expected_end <= GOAL.ready_by - GOAL.limits.least_buffer
    used = {
        (each_window.start - NOW) // HOUR + hour
        for each_window in plan.windows
        for hour in range((each_window.end - each_window.start) // HOUR + 1)
        if each_window.start + hour * HOUR < each_window.end
    }
    # A guess may stand for an hour that is missing, and is no cost.
    assert plan.cost is not None or used & missing
