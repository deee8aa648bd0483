"""The plan of a session where prices are known, guessed, or not known at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.planning.model import (
    Battery,
    ChargeGoal,
    ChargePlan,
    PlanConstraints,
    PlanReason,
    Strategy,
    Window,
)
from custom_components.tesla_scout_worker.charging.planning.planner import plan_charge
from custom_components.tesla_scout_worker.charging.sessions.session_plan import (
    better_plan,
    plan_now,
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
    assert plan.currency == "EUR"


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


# A better plan for a car that holds one.

LIMITS = GOAL.limits


def night(cheap: dict[int, float]) -> Outlook:
    """Return prices of 1.0 but for some hours of the morning, until the deadline."""
    curve = CostCurve(
        intervals=hours(
            NOW - 24 * HOUR, GOAL.ready_by, lambda hour: cheap.get(hour, 1.0)
        ),
        currency="EUR",
    )
    return outlook(curve)


SENT = plan_session(GOAL, night({1: 0.2, 2: 0.2}))


@pytest.mark.parametrize(
    ("cheap", "expected"),
    [
        ({1: 0.2, 2: 0.2}, None),
        ({4: 0.2, 5: 0.2}, window(4, 6)),
        # A hundredth is not worth the commands; two are.
        ({1: 0.2, 2: 0.2, 4: 0.199, 5: 0.199}, None),
        ({1: 0.2, 2: 0.2, 4: 0.195, 5: 0.195}, window(4, 6)),
        # It is paid for; a hundredth of that is not worth them either.
        ({1: -0.2, 2: -0.2, 4: -0.201, 5: -0.201}, None),
        ({1: -0.2, 2: -0.2, 4: -0.205, 5: -0.205}, window(4, 6)),
        # Two hours apart would be two schedules, for which there may be no room.
        ({1: 0.2, 2: 0.2, 22: 0.1, 4: 0.1}, None),
        ({0: 0.1, 1: 0.6, 2: 0.6, 5: 0.1}, window(0, 2)),
    ],
)
def test_a_plan_in_the_car_is_replaced_by_one_that_is_worth_it(
    cheap: dict[int, float], expected: tuple[Window, ...] | None
) -> None:
    """With as many windows as it has, and as much energy."""
    assert SENT.windows == window(1, 3)
    plan = better_plan(GOAL, night(cheap), SENT)
    assert (None if plan is None else plan.windows) == expected


def test_a_plan_that_reaches_less_is_no_better_one() -> None:
    """However cheap it is; nor is none at all, nor one whose cost nobody knows."""
    cheap = night({4: 0.2, 5: 0.2})
    assert better_plan(GOAL, cheap, SENT) is not None
    late = replace(GOAL, limits=LIMITS.from_earliest(GOAL.ready_by - HOUR))
    assert better_plan(late, cheap, SENT) is None
    assert better_plan(replace(GOAL, level=62), cheap, SENT) is None
    assert better_plan(GOAL, outlook(NOTHING), SENT) is None


# Charging from now on.


def charged_now(
    goal: ChargeGoal = GOAL, known: CostCurve = NOTHING, seconds: int = 40
) -> ChargePlan:
    """Return the plan of somebody who asks for it at noon."""
    return plan_now(goal, known, NOW + timedelta(seconds=seconds))


def test_who_asks_for_it_charges_from_now_on() -> None:
    """From the minute that has begun until the target, by the prices of these hours."""
    known = prices(NOW - 24 * HOUR, GOAL.ready_by, 13)
    end = NOW + timedelta(minutes=121)
    plan = charged_now(known=known)
    assert plan.energy == pytest.approx(22)
    assert plan.cost == pytest.approx(11 / 60 * (59 + 60 * 0.2 + 1))
    assert replace(plan, energy=22, cost=13.2) == ChargePlan(
        windows=(Window(start=NOW, end=end),),
        energy=22,
        cost=13.2,
        expected_level=62,
        expected_end=end,
        margin=GOAL.ready_by - end,
        strategy=Strategy.OPTIMAL,
        reasons=(PlanReason.AT_ONCE,),
        currency="EUR",
    )
    unknown = charged_now()
    assert (unknown.cost, unknown.currency) == (None, None)
    ranks = charged_now(known=replace(known, currency=None))
    assert (ranks.cost, ranks.currency) == (None, None)


@pytest.mark.parametrize(
    ("minutes", "charged", "short"),
    [(60, 60, True), (119, 119, True), (120, 120, False), (122, 121, False)],
)
def test_a_near_deadline_ends_what_is_charged_at_once(
    minutes: int, charged: int, short: bool
) -> None:
    """And the plan says how far it gets."""
    goal = replace(GOAL, ready_by=NOW + timedelta(minutes=minutes))
    plan = charged_now(goal, seconds=0)
    [found] = plan.windows
    assert found.end - found.start == timedelta(minutes=charged)
    assert (PlanReason.TARGET_SHORT in plan.reasons) is short
    level = 40 + 11 * min(charged, 120) / 60
    assert plan.expected_level == pytest.approx(level)
    assert plan.energy == pytest.approx(level - 40)
    assert plan.margin == goal.ready_by - found.end


def test_a_charge_at_once_is_shorter_than_a_day() -> None:
    """A schedule in the car cannot be longer."""
    slow = replace(
        GOAL,
        battery=Battery(capacity=100, power=0.5),
        ready_by=NOW + 72 * HOUR,
    )
    plan = charged_now(slow)
    [found] = plan.windows
    assert found.end - found.start == 22 * HOUR
    assert plan.reasons == (PlanReason.AT_ONCE, PlanReason.TARGET_SHORT)
    assert plan.expected_level == pytest.approx(51)


@pytest.mark.parametrize(
    ("goal", "reason"),
    [
        (replace(GOAL, target=40), PlanReason.ALREADY_THERE),
        (replace(GOAL, target=40, ready_by=NOW), PlanReason.ALREADY_THERE),
        (replace(GOAL, ready_by=NOW), PlanReason.NO_TIME_LEFT),
        (replace(GOAL, ready_by=NOW - HOUR), PlanReason.NO_TIME_LEFT),
    ],
)
def test_nothing_is_charged_at_once_without_need_or_time(
    goal: ChargeGoal, reason: PlanReason
) -> None:
    """The plan has no window, and says why."""
    known = prices(NOW - 24 * HOUR, GOAL.ready_by, 13)
    assert charged_now(goal, known) == ChargePlan(
        windows=(),
        energy=0,
        cost=0,
        expected_level=40,
        expected_end=None,
        margin=None,
        strategy=Strategy.OPTIMAL,
        reasons=(reason,),
        currency="EUR",
    )
