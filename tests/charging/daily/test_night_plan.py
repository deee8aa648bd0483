"""Plans by prices for a night, and what is unknown of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.daily.night_plan import (
    NightPlan,
    cost_breakdown,
    energy_and_cost,
    floor_window,
    night_plan as plan_of_night,
    renewed,
    same_night,
    still_good as is_still_good,
)
from custom_components.tesla_scout_worker.charging.planning.battery import (
    minutes_to_charge,
)
from custom_components.tesla_scout_worker.charging.planning.model import (
    Battery,
    ChargeGoal,
    PlanConstraints,
    PlanReason,
    Window,
)
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)
from custom_components.tesla_scout_worker.charging.tariffs.outlook import (
    Outlook,
    with_guesses,
)

EVENING = datetime(2026, 11, 24, 18, tzinfo=UTC)
MORNING = datetime(2026, 11, 25, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
NONE = CostCurve()

# 22 kWh: two hours at 11 kW, below the taper.
GOAL = ChargeGoal(
    level=40,
    target=40 + 2200 / 75,
    ready_by=MORNING,
    battery=Battery(capacity=75, power=11),
    limits=PlanConstraints(),
)


def curve(*costs: float | None, start: datetime = EVENING) -> CostCurve:
    """Return a curve of hours; None is a gap."""
    return CostCurve(
        intervals=tuple(
            CostInterval(
                start=start + index * HOUR, end=start + (index + 1) * HOUR, cost=cost
            )
            for index, cost in enumerate(costs)
            if cost is not None
        ),
        currency="PLN",
    )


def night_plan(
    goal: ChargeGoal, known: CostCurve, guesses: CostCurve, now: datetime
) -> NightPlan:
    """Return the plan of a night without peak hours."""
    return plan_of_night(goal, Outlook(now=now, known=known, guesses=guesses))


def still_good(
    old: NightPlan, new: NightPlan, goal: ChargeGoal, known: CostCurve, now: datetime
) -> bool:
    """Whether a plan stays, by known prices."""
    return is_still_good(old, new, goal, Outlook(now=now, known=known))


def hours(night: NightPlan) -> list[tuple[float, float]]:
    """Return the windows in hours after the evening."""
    return [
        ((window.start - EVENING) / HOUR, (window.end - EVENING) / HOUR)
        for window in night.windows
    ]


def test_the_cheapest_hours_before_the_departure() -> None:
    """Two hours apart, and what they cost."""
    known = curve(9, 9, 1, 9, 9, 2, 9, 9, 9, 9, 9, 9)
    night = night_plan(GOAL, known, NONE, EVENING)
    assert hours(night) == [(2, 3), (5, 6)]
    assert night.energy == pytest.approx(22)
    assert night.cost == pytest.approx(11 * 1 + 11 * 2)
    assert not night.waiting
    assert night.cheaper is None
    assert night.target == GOAL.target
    # Until the end of the last published hour nothing is waited for.
    assert not night_plan(GOAL, curve(9, 9, 1, 1), NONE, EVENING).waiting


def test_without_any_price_there_is_a_last_moment() -> None:
    """What the target takes is charged before the departure, less the least buffer."""
    night = night_plan(GOAL, NONE, NONE, EVENING)
    assert hours(night) == [(9.5, 11.5)]
    assert night.waiting
    assert night.cost is None


def test_peak_hours_are_avoided_where_nothing_else_is_known() -> None:
    """As special charging does."""
    peaks = CostCurve(
        intervals=(
            CostInterval(start=EVENING, end=MORNING - 4 * HOUR, cost=0),
            CostInterval(start=MORNING - 4 * HOUR, end=MORNING, cost=1, peak=True),
        )
    )
    outlook = Outlook(now=EVENING, known=NONE, peaks=peaks)
    night = plan_of_night(GOAL, outlook)
    assert hours(night) == [(6, 8)]
    assert night.cost is None


def test_hours_without_a_price_are_used_as_little_as_possible() -> None:
    """The known hour is not enough: another one is charged beside it."""
    known = curve(None, 5, None, None, None)
    night = night_plan(GOAL, known, NONE, EVENING)
    assert hours(night) == [(1, 3)]
    assert night.waiting
    assert night.cost is None
    assert night.cheaper is None
    assert PlanReason.UNKNOWN_USED in night.reasons


def test_a_gap_before_known_hours_is_not_waited_for() -> None:
    """It was cheap yesterday, but its price is not one that is still to come."""
    yesterday = curve(*[9] * 6, *[1] * 4, 9, 9, start=EVENING - 24 * HOUR)
    today = curve(5, 5, 3, 5, 5, 3, None, None, None, None, 5, 5)
    known = replace(today, intervals=yesterday.intervals + today.intervals)
    night = night_plan(GOAL, known, NONE, EVENING)
    assert hours(night) == [(2, 3), (5, 6)]
    assert not night.waiting


def test_tomorrow_is_late() -> None:
    """The night before was cheaper than this evening: the car waits for the night."""
    yesterday = curve(*[9] * 6, *[1] * 6, start=EVENING - 24 * HOUR)
    today = curve(*[5] * 6)
    known = replace(today, intervals=yesterday.intervals + today.intervals)
    night = night_plan(GOAL, known, NONE, EVENING)
    assert hours(night) == [(9, 11)]
    assert night.waiting
    assert night.cost is None


@pytest.mark.parametrize(
    ("before", "evening", "share"),
    [(1, 5, 0.8), (0.01, 0.02, 0.5), (-1, 1, 2), (-1, 0, None), (-2, -1, None)],
)
def test_who_waits_knows_how_much_cheaper_that_should_be(
    before: float, evening: float, share: float | None
) -> None:
    """As a share of what the published hours cost; of nothing there is no share."""
    yesterday = curve(*[9] * 6, *[before] * 6, start=EVENING - 24 * HOUR)
    today = curve(*[evening] * 6)
    known = replace(today, intervals=yesterday.intervals + today.intervals)
    night = night_plan(GOAL, known, NONE, EVENING)
    assert night.waiting
    assert night.cheaper == (None if share is None else pytest.approx(share))


def test_an_evening_that_is_cheaper_than_any_night_is_taken() -> None:
    """What is known to be cheap need not wait."""
    yesterday = curve(*[9] * 12, start=EVENING - 24 * HOUR)
    today = curve(5, 0, 0, 5, 5, 5)
    known = replace(today, intervals=yesterday.intervals + today.intervals)
    assert hours(night_plan(GOAL, known, NONE, EVENING)) == [(1, 3)]


def test_a_forecast_is_a_better_guess_than_yesterday() -> None:
    """And what is published is better than both."""
    yesterday = curve(*[1] * 24, start=EVENING - 24 * HOUR)
    guesses = curve(3, 3, 3, start=EVENING)
    known = replace(yesterday, intervals=(*yesterday.intervals, *curve(5).intervals))
    both = with_guesses(known, guesses, MORNING)
    assert [both.at(EVENING + step * HOUR).cost for step in range(4)] == [5, 3, 3, 1]  # type: ignore[union-attr]


def test_negative_prices_are_prices() -> None:
    """The car is paid for charging then."""
    night = night_plan(GOAL, curve(9, -2, -3, 9, 9, 9), NONE, EVENING)
    assert hours(night) == [(1, 3)]
    assert night.cost == pytest.approx(-55)


def test_quarters_after_hours() -> None:
    """Prices of a quarter of an hour from the middle of the night on."""
    quarters = tuple(
        CostInterval(
            start=EVENING + 4 * HOUR + index * HOUR / 4,
            end=EVENING + 4 * HOUR + (index + 1) * HOUR / 4,
            cost=1.0 if index % 4 == 0 else 9.0,
        )
        for index in range(32)
    )
    both = replace(
        NONE, intervals=(*curve(9, 9, 2, 9).intervals, *quarters), currency="PLN"
    )
    night = night_plan(GOAL, both, NONE, EVENING)
    # The hour at 2, two quarters at 1, and half an hour beside them: three windows.
    assert night.cost == pytest.approx(77)
    assert len(night.windows) == 3
    assert not night.waiting


def test_a_percent_makes_no_other_plan() -> None:
    """Edges that moved by minutes are the same, others are not."""
    night = night_plan(GOAL, curve(*[9] * 4, *[1] * 4, *[9] * 4), NONE, EVENING)
    [window] = night.windows
    near = replace(
        night, windows=(replace(window, start=window.start + timedelta(minutes=9)),)
    )
    far = replace(night, windows=(replace(window, start=window.start + HOUR),))
    assert same_night(night, near, GOAL, EVENING)
    assert not same_night(night, far, GOAL, EVENING)
    assert not same_night(night, replace(night, deadline=MORNING + HOUR), GOAL, EVENING)
    assert not same_night(night, replace(night, windows=()), GOAL, EVENING)
    slow = replace(GOAL, battery=Battery(capacity=75, power=2.3))
    half = replace(night, windows=(replace(window, start=window.start + HOUR / 2),))
    assert same_night(night, half, slow, EVENING)
    assert not same_night(night, half, GOAL, EVENING)


def test_a_plan_of_equal_worth_is_kept() -> None:
    """Elsewhere, but as much and as cheap within a hundredth; and for the same time."""
    known = curve(9, 1, 1, 9, 9, 0.995, 0.995, 9)
    old = night_plan(GOAL, curve(9, 1, 1, *[9] * 5), NONE, EVENING)
    new = night_plan(GOAL, known, NONE, EVENING)
    assert hours(old) != hours(new)
    assert still_good(old, new, GOAL, known, EVENING)
    cheaper = curve(9, 1, 1, 9, 9, 0.98, 0.98, 9)
    better = night_plan(GOAL, cheaper, NONE, EVENING)
    assert not still_good(old, better, GOAL, cheaper, EVENING)
    paid = curve(9, -1, -1, 9, 9, -1.005, -1.005, 9)
    assert still_good(old, night_plan(GOAL, paid, NONE, EVENING), GOAL, paid, EVENING)


def test_a_plan_that_gives_less_or_more_is_not_kept() -> None:
    """Short of the target or beyond it, too many windows, or for another departure."""
    known = curve(9, 1, 1, 9, 9, 1, 1, 9)
    old = night_plan(GOAL, known, NONE, EVENING)

    def kept(goal: ChargeGoal = GOAL, **changes: Any) -> bool:
        """Whether the plan in the car is good enough."""
        new = night_plan(goal, known, NONE, EVENING)
        return still_good(replace(old, **changes), new, goal, known, EVENING)

    assert kept()
    assert not kept(replace(GOAL, level=30))
    assert not kept(replace(GOAL, level=50))
    assert not kept(deadline=MORNING - HOUR)
    assert not kept(windows=())
    [window] = old.windows
    half = window.start + HOUR
    parts = (replace(window, end=half), replace(window, start=half))
    one = replace(GOAL, limits=PlanConstraints(most_windows=1))
    assert kept(windows=parts)
    assert not kept(one, windows=parts)
    [first, *_] = old.windows
    unknown = replace(
        known,
        intervals=tuple(item for item in known.intervals if item.start != first.start),
    )
    assert not still_good(old, old, GOAL, unknown, EVENING)
    ranks = replace(known, currency=None)
    assert not still_good(
        old, night_plan(GOAL, ranks, NONE, EVENING), GOAL, ranks, EVENING
    )


NIGHT = curve(*[9] * 4, *[1] * 4, *[9] * 4)


def test_a_plan_is_replaced_by_a_better_one_only() -> None:
    """What it waits for, and the target that it is for, are those of now."""
    now = Outlook(now=EVENING, known=NIGHT)
    night = plan_of_night(GOAL, now)
    assert renewed(None, GOAL, now) == (night, False)
    old = replace(night, target=None, waiting=True, cheaper=0.5)
    assert renewed(old, GOAL, now) == (night, True)
    better = Outlook(now=EVENING, known=curve(*[9] * 8, 0.5, 0.5, 9, 9))
    assert renewed(night, GOAL, better) == (plan_of_night(GOAL, better), False)
    # A percent more moves its edge by minutes.
    more = replace(GOAL, target=GOAL.target + 1)
    assert renewed(night, more, now) == (replace(night, target=more.target), True)
    much = replace(GOAL, target=GOAL.target + 10)
    assert renewed(night, much, now) == (plan_of_night(much, now), False)
    # Elsewhere in the night, it is as good for its own target only.
    early = replace(night, windows=plan_of_night(GOAL, now).windows)
    [window] = early.windows
    early = replace(
        early, windows=(Window(start=EVENING + 4 * HOUR, end=EVENING + 6 * HOUR),)
    )
    assert window.start == EVENING + 6 * HOUR
    assert renewed(early, GOAL, now) == (early, True)
    assert renewed(replace(early, target=99), GOAL, now) == (night, False)


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, True),
        # What whole percents hide is no reason for a command.
        ({"level": 39}, True),
        ({"level": 37}, False),
        # Much less is needed, or at another time.
        ({"level": 60}, False),
        ({"ready_by": MORNING + HOUR}, False),
    ],
)
def test_prices_that_are_late_change_no_plan_that_is_enough(
    changes: dict[str, Any], kept: bool
) -> None:
    """One that is not enough any more is made anew, without any price."""
    night = plan_of_night(GOAL, Outlook(now=EVENING, known=NIGHT))
    goal, silent = replace(GOAL, **changes), Outlook(now=EVENING, known=NONE)
    expected = night if kept else plan_of_night(goal, silent)
    old = replace(night, target=None)
    assert renewed(old, goal, silent) == (expected, kept)


def test_a_plan_without_a_target_may_be_for_any() -> None:
    """That of an older file."""
    night = night_plan(GOAL, NIGHT, NONE, EVENING)
    assert night.is_for(GOAL.target)
    assert not night.is_for(GOAL.target + 1)
    assert replace(night, target=None).is_for(80)


def test_what_is_left_of_a_plan() -> None:
    """Windows that are over are gone, and one that runs began now."""
    one = Window(start=EVENING, end=EVENING + HOUR)
    other = Window(start=EVENING + 3 * HOUR, end=EVENING + 4 * HOUR)
    night = NightPlan(
        deadline=MORNING, windows=(one, other), energy=22, cost=None, waiting=False
    )
    half = EVENING + HOUR / 2
    assert night.left(half) == (Window(start=half, end=one.end), other)
    assert night.left(other.end) == ()


def test_the_cost_of_each_interval() -> None:
    """As far as the need goes, by the price of the interval."""
    windows = (Window(start=EVENING, end=EVENING + 8 * HOUR),)
    rows = cost_breakdown(GOAL, curve(1, 3, 9), windows, EVENING)
    assert [cost for _, cost in rows] == [pytest.approx(11), pytest.approx(33)]
    assert rows[-1][0].end == EVENING + 2 * HOUR
    assert cost_breakdown(GOAL, NONE, windows, EVENING)[0][1] is None
    energy, cost = energy_and_cost(GOAL, NONE, windows, EVENING)
    assert energy == pytest.approx(22)
    assert cost is None
    assert energy_and_cost(GOAL, NONE, (), EVENING) == (0, 0)
    minutes = Window(start=EVENING, end=EVENING + HOUR / 30)
    least = energy_and_cost(GOAL, curve(3), (minutes,), EVENING)
    assert least == pytest.approx((11 / 30, 11 / 10))


def test_each_interval_is_that_of_its_price() -> None:
    """From window to window until the target is reached, half an hour later."""
    peak = CostInterval(start=EVENING, end=EVENING + 2 * HOUR, cost=2.0, peak=True)
    later = CostInterval(start=EVENING + 3 * HOUR, end=EVENING + 5 * HOUR, cost=1.0)
    windows = (
        Window(start=EVENING, end=EVENING + 1.5 * HOUR),
        Window(start=later.start, end=later.end),
    )
    rows = cost_breakdown(
        GOAL, CostCurve(intervals=(peak, later), currency="PLN"), windows, EVENING
    )
    assert [interval for interval, _ in rows] == [
        replace(peak, end=EVENING + 1.5 * HOUR),
        replace(later, end=EVENING + 3.5 * HOUR),
    ]
    assert [cost for _, cost in rows] == [pytest.approx(33), pytest.approx(5.5)]


def test_the_floor_is_reached_from_now_on() -> None:
    """From the minute that has begun, for as long as it takes."""
    now = EVENING + timedelta(seconds=40)
    window = floor_window(GOAL.battery, 10, 20, now)
    assert window.start == EVENING
    # 7.5 kWh at 11 kW, and the minute that has begun.
    assert window.end == EVENING + timedelta(minutes=42)
    odd = floor_window(GOAL.battery, 19.999, 20, now + timedelta(microseconds=7))
    assert odd == Window(start=EVENING, end=EVENING + timedelta(minutes=2))
    # A schedule is shorter than a day, however little a charger gives.
    trickle = floor_window(Battery(capacity=75, power=0.01), 1, 20, EVENING)
    assert trickle.end - trickle.start == timedelta(minutes=1439)


MINUTES = st.integers(0, 12 * 60)


@given(
    now=MINUTES,
    level=st.integers(0, 80),
    power=st.floats(1.4, 22),
    missing=st.sets(st.integers(-24, 11)),
    costs=st.lists(st.one_of(st.none(), st.integers(-5, 50)), min_size=36, max_size=36),
    guessed=st.booleans(),
)
def test_whatever_is_unknown_the_car_is_charged_in_time(
    now: int,
    level: int,
    power: float,
    missing: set[int],
    costs: list[int | None],
    guessed: bool,
) -> None:
    """At any minute of the evening, with any prices known or estimated, and with none.

    The windows reach the target by the departure, or all that is left is charged.
    """
    begin = EVENING + now * timedelta(minutes=1)
    goal = replace(GOAL, level=level, battery=Battery(capacity=75, power=power))
    known = curve(
        *(None if at - 24 in missing else cost for at, cost in enumerate(costs)),
        start=EVENING - 24 * HOUR,
    )
    guesses = curve(*[3] * 12) if guessed else NONE
    night = night_plan(goal, known, guesses, begin)
    taken = sum((each.end - each.start for each in night.windows), timedelta(0))
    wanted = timedelta(minutes=minutes_to_charge(goal.battery, level, goal.target))
    assert taken >= min(wanted, MORNING - begin)
    assert all(begin <= each.start and each.end <= MORNING for each in night.windows)
    assert len(night.windows) <= goal.limits.most_windows
