"""What a plan is, why it is so, and what it does when time is short."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from benchmarks.exact import least_cost
from custom_components.tesla_scout_worker.charging.planning.battery import (
    energies,
    hours_to_charge,
    level_after,
    minutes_to_charge,
)
from custom_components.tesla_scout_worker.charging.planning.model import (
    Battery,
    ChargeGoal,
    ChargePlan,
    PlanConstraints,
    PlanReason,
    Strategy,
)
from custom_components.tesla_scout_worker.charging.planning.planner import plan_charge
from custom_components.tesla_scout_worker.charging.planning.timeline import (
    LONGEST_WINDOW,
)
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)

WARSAW = ZoneInfo("Europe/Warsaw")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
QUARTER = 15 * MINUTE
START = datetime(2026, 11, 24, 20, tzinfo=UTC)

# One percent a minute below 80 %.
QUICK = Battery(capacity=60, power=36)
TIGHT = PlanConstraints(
    buffer=timedelta(), least_buffer=timedelta(), least_block=15 * MINUTE
)

# The nights in which these zones change their clocks: to 23 hours, and to 25.
SHIFTS = [
    ("Europe/Warsaw", date(2026, 3, 28), 23),
    ("Europe/Warsaw", date(2026, 10, 24), 25),
    ("Europe/London", date(2026, 3, 28), 23),
    ("Europe/London", date(2026, 10, 24), 25),
    ("Australia/Sydney", date(2026, 10, 3), 23),
    ("Australia/Sydney", date(2026, 4, 4), 25),
]


def prices(*costs: float | str | None, length: timedelta = HOUR) -> CostCurve:
    """Return costs from START on: a number, a peak as text, None as unknown."""
    return CostCurve(
        intervals=tuple(
            CostInterval(
                start=START + index * length,
                end=START + (index + 1) * length,
                cost=None if cost is None else float(cost),
                peak=isinstance(cost, str),
            )
            for index, cost in enumerate(costs)
        ),
        currency="EUR",
    )


def tariff(zone: ZoneInfo, first: date, days: int) -> CostCurve:
    """Return peak from 06 to 10 and from 19 to 22 by the local clock."""
    edges = [
        datetime(first.year, first.month, first.day, hour, tzinfo=zone)
        + timedelta(days=day)
        for day in range(days)
        for hour in (0, 6, 10, 19, 22)
    ]
    return CostCurve(
        intervals=tuple(
            CostInterval(
                start=item.astimezone(UTC),
                end=other.astimezone(UTC),
                cost=float(item.hour in {6, 19}),
                peak=item.hour in {6, 19},
            )
            for item, other in pairwise(edges)
        )
    )


def goal(
    minutes: float, until: timedelta, limits: PlanConstraints = TIGHT, **changes: float
) -> ChargeGoal:
    """Return a need of so many minutes, to 80 % by so long after START."""
    target = changes.get("target", 80)
    return ChargeGoal(
        level=changes.get("level", target - minutes),
        target=target,
        ready_by=START + until,
        battery=QUICK,
        limits=limits,
    )


def spans(plan: ChargePlan) -> list[tuple[float, float]]:
    """Return the windows in minutes from START on."""
    return [
        ((window.start - START) / MINUTE, (window.end - START) / MINUTE)
        for window in plan.windows
    ]


def walk(
    now: datetime, *, ready_by: datetime
) -> tuple[ChargeGoal, CostCurve, datetime]:
    """Return the issue's walk on some evening."""
    zone = now.tzinfo
    assert isinstance(zone, ZoneInfo)
    wanted = ChargeGoal(
        level=26,
        target=80,
        ready_by=ready_by.astimezone(UTC),
        battery=Battery(capacity=75, power=11),
        limits=PlanConstraints(),
    )
    return wanted, tariff(zone, now.date(), 4), now.astimezone(UTC)


# A usual night, and what the clock does to it.


@pytest.mark.parametrize("late", [0, 1, 7, 59.5])
def test_the_latest_hours_of_a_flat_night(late: float) -> None:
    """Ready by 07:00 at 23:00: one window, 02:19 to 06:00."""
    evening = datetime(2025, 8, 6, 23, tzinfo=WARSAW)
    ready_by = datetime(2025, 8, 7, 7, tzinfo=WARSAW)
    wanted, curve, now = walk(evening, ready_by=ready_by)
    plan = plan_charge(wanted, curve, now + late * MINUTE)
    (window,) = plan.windows
    assert window.start == datetime(2025, 8, 7, 2, 19, tzinfo=WARSAW)
    assert window.end == datetime(2025, 8, 7, 6, tzinfo=WARSAW)
    assert window.start.tzinfo is UTC
    assert plan.energy == pytest.approx(40.5)
    assert plan.cost == 0
    assert plan.expected_level == 80
    assert plan.expected_end == window.end
    assert plan.margin == timedelta(minutes=60)
    assert plan.strategy is Strategy.OPTIMAL
    assert plan.reasons == (PlanReason.LATEST_HOURS,)


def test_a_window_over_midnight_avoids_the_peak_of_the_next_day() -> None:
    """A window goes over midnight, and the peak of the day after is seen."""
    evening = datetime(2026, 11, 24, 20, tzinfo=WARSAW)
    plan = plan_charge(*walk(evening, ready_by=evening + timedelta(hours=7.5)))
    (window,) = plan.windows
    assert window.start == datetime(2026, 11, 24, 22, 49, tzinfo=WARSAW)
    assert window.end == datetime(2026, 11, 25, 2, 30, tzinfo=WARSAW)
    assert plan.reasons == (PlanReason.LATEST_HOURS, PlanReason.PEAK_AVOIDED)
    plan = plan_charge(*walk(evening, ready_by=evening + timedelta(hours=13)))
    (window,) = plan.windows
    assert window.start == datetime(2026, 11, 25, 2, 19, tzinfo=WARSAW)
    assert window.end == datetime(2026, 11, 25, 6, tzinfo=WARSAW)
    assert plan.strategy is Strategy.EARLIER
    assert plan.margin == timedelta(hours=3)


@pytest.mark.parametrize(("place", "evening", "hours"), SHIFTS)
def test_a_night_is_an_hour_shorter_or_longer(
    place: str, evening: date, hours: int
) -> None:
    """The time needed is counted in real minutes, the peak by the local clock."""
    zone = ZoneInfo(place)
    begin = datetime(evening.year, evening.month, evening.day, 23, tzinfo=zone)
    day = evening + timedelta(days=1)
    six = datetime(day.year, day.month, day.day, 6, tzinfo=zone)
    seven = six.replace(hour=7)
    real = (six.astimezone(UTC) - begin.astimezone(UTC)) / HOUR
    assert real == 7 + hours - 24
    plan = plan_charge(*walk(begin, ready_by=seven))
    (window,) = plan.windows
    assert window.end == six.astimezone(UTC)
    assert window.end - window.start == timedelta(hours=3, minutes=41)
    assert plan.margin == HOUR
    assert plan.strategy is Strategy.OPTIMAL


def test_a_window_in_the_doubled_hour() -> None:
    """The second hour from two to three is not the first one."""
    begin = datetime(2026, 10, 24, 23, tzinfo=WARSAW)
    second = datetime(2026, 10, 25, 2, 45, tzinfo=WARSAW, fold=1)
    wanted, curve, now = walk(begin, ready_by=second + HOUR)
    plan = plan_charge(wanted, curve, now)
    assert plan.expected_end == datetime(2026, 10, 25, 1, 45, tzinfo=UTC)
    assert plan.windows[0].start == datetime(2026, 10, 24, 22, 4, tzinfo=UTC)


def test_a_deadline_in_the_missing_hour() -> None:
    """A deadline that no clock shows is still an instant."""
    begin = datetime(2026, 3, 28, 22, tzinfo=WARSAW)
    missing = datetime(2026, 3, 29, 2, 30, tzinfo=WARSAW)
    plan = plan_charge(*walk(begin, ready_by=missing))
    assert plan.windows[0].start == datetime(2026, 3, 28, 21, tzinfo=UTC)
    assert plan.expected_end == datetime(2026, 3, 29, 0, 41, tzinfo=UTC)
    assert plan.margin == 49 * MINUTE


# Strategies.


def test_the_cheapest_hours_are_taken() -> None:
    """Two cheap hours apart, and no more."""
    plan = plan_charge(goal(120, 6 * HOUR), prices(3, 1, 3, 3, 1.5, 3), START)
    assert spans(plan) == [(60, 120), (240, 300)]
    assert plan.cost == pytest.approx(36 * 2.5)
    assert plan.energy == pytest.approx(72)
    assert plan.strategy is Strategy.OPTIMAL
    assert plan.reasons == (PlanReason.CHEAPEST_HOURS,)


def test_equal_costs_make_one_late_window() -> None:
    """Of equal plans the one with the fewest windows is taken, then the latest."""
    plan = plan_charge(goal(90, 6 * HOUR), prices(1, 1, 1, 2, 1, 2), START)
    assert spans(plan) == [(90, 180)]
    assert plan.reasons == (PlanReason.CHEAPEST_HOURS, PlanReason.LATEST_HOURS)


@pytest.mark.parametrize(("level", "target"), [(49, 90), (51, 95), (46, 100)])
def test_equal_costs_make_no_pause_in_the_taper(level: int, target: int) -> None:
    """Two cheap hours, and the rest beside them: a second window would cost no less."""
    night = datetime(2026, 11, 25, 2, tzinfo=WARSAW).astimezone(UTC)
    hours = [START + index * HOUR for index in range(10)]
    costs = [0.35 if night <= hour < night + 2 * HOUR else 0.55 for hour in hours]
    wanted = ChargeGoal(
        level=level,
        target=target,
        ready_by=datetime(2026, 11, 25, 7, tzinfo=WARSAW).astimezone(UTC),
        battery=Battery(capacity=75, power=11),
        limits=PlanConstraints(),
    )
    plan = plan_charge(wanted, prices(*costs), START)
    assert len(plan.windows) == 1


def test_a_window_is_cut_where_it_is_dear() -> None:
    """Where slots do not fit the need, the dearest of them is not charged whole."""
    plan = plan_charge(goal(80, 4 * HOUR), prices(5, 1, 2, 5), START)
    assert spans(plan) == [(60, 140)]


def test_negative_costs_are_costs() -> None:
    """Hours that pay are taken first, and no more than the target needs."""
    plan = plan_charge(goal(70, 4 * HOUR), prices(1, -2, 0, -1), START)
    assert spans(plan) == [(65, 120), (225, 240)]
    assert plan.cost == pytest.approx(0.6 * (55 * -2 + 15 * -1))
    assert plan.expected_level == 80


def test_earlier_than_a_peak_before_the_deadline() -> None:
    """All is over before the peak that lies before the deadline less the buffer."""
    plan = plan_charge(goal(60, 5 * HOUR), prices(1, 1, 1, "9", "9"), START)
    assert spans(plan) == [(120, 180)]
    assert plan.strategy is Strategy.EARLIER
    assert plan.reasons == (PlanReason.LATEST_HOURS, PlanReason.PEAK_AVOIDED)


@pytest.mark.parametrize("length", [4, 5])
def test_earlier_than_unknown_hours(length: int) -> None:
    """Unknown hours are not cheap, told as such or not told at all."""
    curve = prices(*[1, 2, 1, None][:length])
    plan = plan_charge(goal(60, length * HOUR), curve, START)
    assert spans(plan) == [(120, 180)]
    assert plan.strategy is Strategy.EARLIER
    assert plan.reasons == (
        PlanReason.CHEAPEST_HOURS,
        PlanReason.LATEST_HOURS,
        PlanReason.UNKNOWN_AVOIDED,
    )


def test_a_gap_is_unknown() -> None:
    """Nothing is charged between two intervals."""
    whole = prices(1, 1, 1, 1)
    curve = CostCurve(intervals=(whole.intervals[0], *whole.intervals[2:]))
    plan = plan_charge(goal(150, 4 * HOUR), curve, START)
    assert spans(plan) == [(30, 60), (120, 240)]
    assert PlanReason.UNKNOWN_AVOIDED in plan.reasons


def test_the_buffer_shrinks_before_peak_is_used() -> None:
    """It gives no more minutes than are needed, and not the last half hour."""
    curve = prices("9", 1, 1, 1)
    limits = PlanConstraints()
    plan = plan_charge(goal(137, 4 * HOUR, limits), curve, START)
    assert spans(plan) == [(60, 197)]
    assert plan.margin == 43 * MINUTE
    assert plan.strategy is Strategy.MINIMAL_COLLISION
    assert plan.reasons == (PlanReason.BUFFER_SHRUNK, PlanReason.PEAK_AVOIDED)


def test_peak_is_used_when_the_buffer_is_at_its_least() -> None:
    """Then there is peak, as little as can be, and in one piece with the rest."""
    curve = prices("9", 1, 1, 1)
    plan = plan_charge(goal(160, 4 * HOUR, PlanConstraints()), curve, START)
    assert spans(plan) == [(50, 210)]
    assert plan.margin == 30 * MINUTE
    assert plan.strategy is Strategy.MINIMAL_COLLISION
    assert plan.reasons == (
        PlanReason.BUFFER_SHRUNK,
        PlanReason.LATEST_HOURS,
        PlanReason.PEAK_USED,
    )
    assert plan.cost == pytest.approx(0.6 * (10 * 9 + 150))


def test_the_cheapest_peak_is_used() -> None:
    """Of peak hours the cheaper ones are taken."""
    curve = prices("7", 1, "9", "8")
    plan = plan_charge(goal(90, 4 * HOUR), curve, START)
    assert spans(plan) == [(30, 120)]
    assert plan.reasons == (
        PlanReason.CHEAPEST_HOURS,
        PlanReason.LATEST_HOURS,
        PlanReason.PEAK_USED,
    )


def test_peak_is_used_before_the_unknown() -> None:
    """What peak costs can be told; the unknown may be anything."""
    plan = plan_charge(goal(90, 3 * HOUR), prices("9", 1, None), START)
    assert spans(plan) == [(30, 120)]
    assert plan.cost == pytest.approx(0.6 * (30 * 9 + 60))
    assert plan.reasons == (
        PlanReason.LATEST_HOURS,
        PlanReason.PEAK_USED,
        PlanReason.UNKNOWN_AVOIDED,
    )


def test_unknown_hours_keep_a_promise() -> None:
    """They are used where nothing else is left, and then nobody knows the cost."""
    plan = plan_charge(goal(150, 3 * HOUR), prices("9", 1, None), START)
    assert spans(plan) == [(0, 150)]
    assert plan.cost is None
    assert plan.strategy is Strategy.MINIMAL_COLLISION
    assert plan.reasons[-2:] == (PlanReason.PEAK_USED, PlanReason.UNKNOWN_USED)


def test_without_a_curve_the_latest_hours_are_taken() -> None:
    """All is unknown, and the promise is kept all the same."""
    plan = plan_charge(goal(60, 4 * HOUR, PlanConstraints()), CostCurve(), START)
    assert spans(plan) == [(150, 210)]
    assert plan.cost is None
    assert plan.reasons == (
        PlanReason.BUFFER_SHRUNK,
        PlanReason.LATEST_HOURS,
        PlanReason.UNKNOWN_USED,
    )


def test_too_few_windows_use_peak_rather_than_miss_the_target() -> None:
    """The count of windows alone stands in the way."""
    one = PlanConstraints(buffer=timedelta(), least_buffer=timedelta(), most_windows=1)
    curve = prices(1, "9", 1, "9", 1)
    plan = plan_charge(goal(90, 5 * HOUR, one), curve, START)
    assert spans(plan) == [(210, 300)]
    assert plan.strategy is Strategy.MINIMAL_COLLISION
    assert plan.expected_level == 80
    assert PlanReason.PEAK_USED in plan.reasons
    assert plan.reasons[-1] is PlanReason.WINDOWS_LIMITED


def test_more_windows_would_keep_the_buffer() -> None:
    """A buffer that shrinks for want of windows says so."""
    one = PlanConstraints(most_windows=1)
    curve = prices(1, "9", 1, 1, 1)
    plan = plan_charge(goal(125, 5 * HOUR, one), curve, START)
    assert spans(plan) == [(120, 245)]
    assert plan.reasons[0] is PlanReason.BUFFER_SHRUNK
    assert plan.reasons[-1] is PlanReason.WINDOWS_LIMITED


def test_a_cheaper_plan_would_need_more_windows() -> None:
    """The plan is the best of two windows, and says that it is not the best of all."""
    two = PlanConstraints(buffer=timedelta(), least_buffer=timedelta(), most_windows=2)
    curve = prices(1, 3, 1, 3, 1)
    plan = plan_charge(goal(180, 5 * HOUR, two), curve, START)
    assert spans(plan) == [(120, 300)]
    assert PlanReason.WINDOWS_LIMITED in plan.reasons
    three = goal(180, 5 * HOUR)
    assert len(plan_charge(three, curve, START).windows) == 3
    reasons = plan_charge(three, curve, START).reasons
    assert PlanReason.WINDOWS_LIMITED not in reasons


def test_a_block_is_the_shortest_window() -> None:
    """Ten cheap minutes are not worth the switching, unless that is all there is."""
    curve = prices(*[9, 9, 9, 1, 9, 9, 2, 2, 2], length=10 * MINUTE)
    plan = plan_charge(goal(30, 90 * MINUTE), curve, START)
    assert spans(plan) == [(60, 90)]
    short = plan_charge(goal(10, 90 * MINUTE), curve, START)
    assert spans(short) == [(30, 40)]


def test_the_last_buffer_is_given_for_the_target() -> None:
    """Where even the least buffer is in the way, charging begins at once."""
    plan = plan_charge(
        goal(220, 4 * HOUR, PlanConstraints()), prices(1, 1, "9", 1), START
    )
    assert spans(plan) == [(0, 220)]
    assert plan.margin == 20 * MINUTE
    assert plan.expected_level == 80
    assert plan.strategy is Strategy.MINIMAL_COLLISION
    assert plan.reasons == (PlanReason.BUFFER_SHRUNK, PlanReason.PEAK_USED)


# Short of the target, or nothing to do.


def test_what_will_be_reached_is_said_at_once() -> None:
    """Charging goes from now until the deadline, and the plan says how far."""
    late = START + timedelta(seconds=1)
    wanted = goal(79, 45 * MINUTE, PlanConstraints())
    plan = plan_charge(wanted, prices(1, "9"), late)
    assert spans(plan) == [(1, 45)]
    assert plan.expected_level == pytest.approx(1 + 44)
    assert plan.energy == pytest.approx(44 * 0.6)
    assert plan.cost == pytest.approx(44 * 0.6)
    assert plan.margin == timedelta()
    assert plan.strategy is Strategy.FALLBACK
    assert plan.reasons == (PlanReason.TARGET_SHORT,)


def test_no_power_is_short() -> None:
    """A charger that gives nothing reaches nothing."""
    dead = ChargeGoal(
        level=50,
        target=80,
        ready_by=START + HOUR,
        battery=Battery(capacity=60, power=0),
        limits=TIGHT,
    )
    plan = plan_charge(dead, prices(1), START)
    assert plan.expected_level == 50
    assert plan.strategy is Strategy.FALLBACK


@pytest.mark.parametrize("level", [80, 93])
def test_already_there(level: float) -> None:
    """Nothing is charged that is there already."""
    wanted = goal(0, HOUR, level=level)
    plan = plan_charge(wanted, prices(1), START)
    assert plan == ChargePlan(
        windows=(),
        energy=0,
        cost=0,
        expected_level=level,
        expected_end=None,
        margin=None,
        strategy=Strategy.OPTIMAL,
        reasons=(PlanReason.ALREADY_THERE,),
    )


@pytest.mark.parametrize("late", [60, 60.5, 59.5, 1000])
def test_no_time_is_left(late: float) -> None:
    """A deadline that is over cannot be met, nor one before the next minute."""
    plan = plan_charge(goal(10, HOUR), prices(1), START + late * MINUTE)
    assert plan == ChargePlan(
        windows=(),
        energy=0,
        cost=0,
        expected_level=70,
        expected_end=None,
        margin=None,
        strategy=Strategy.FALLBACK,
        reasons=(PlanReason.NO_TIME_LEFT, PlanReason.TARGET_SHORT),
    )


def test_nothing_begins_before_the_earliest() -> None:
    """The earliest start counts where it is later than now."""
    limits = PlanConstraints(
        buffer=timedelta(), least_buffer=timedelta(), earliest=START + 90.5 * MINUTE
    )
    plan = plan_charge(goal(60, 4 * HOUR, limits), prices(1, 1, 2, 2), START)
    assert spans(plan) == [(91, 151)]
    late = plan_charge(goal(60, 4 * HOUR, limits), prices(1), START + 3 * HOUR)
    assert spans(late) == [(180, 240)]


def test_the_least_needs_a_minute() -> None:
    """A target that is all but reached takes one minute."""
    plan = plan_charge(goal(1e-9, HOUR), prices(1), START)
    assert spans(plan) == [(59, 60)]
    assert plan.expected_level == 80


def test_taper_takes_longer_and_costs_less() -> None:
    """Above 80 % each minute takes less, and only what is taken is paid for."""
    wanted = goal(30, 6 * HOUR, level=75, target=95)
    hours = hours_to_charge(QUICK, 75, 95)
    plan = plan_charge(wanted, prices(2, 2, 1, 2, 2, 2), START)
    (window,) = plan.windows
    assert 27 < hours * 60 < 28
    assert window.end - window.start == 28 * MINUTE
    assert spans(plan) == [(152, 180)]
    assert plan.energy == pytest.approx(0.2 * 60)
    assert plan.cost == pytest.approx(0.2 * 60)
    assert plan.expected_level == 95


def test_the_dear_half_hour_is_the_one_that_takes_little() -> None:
    """Of 40 % up to full the first half hour takes 28: that one is to be cheap."""
    wanted = goal(0, 90 * MINUTE, level=61, target=100)
    plan = plan_charge(wanted, prices(2.5, 1, 3, length=30 * MINUTE), START)
    assert spans(plan) == [(30, 90)]
    full = goal(60, 90 * MINUTE)
    same = plan_charge(full, prices(2.5, 1, 3, length=30 * MINUTE), START)
    assert spans(same) == [(0, 60)]


def test_an_hour_without_a_cost_is_cheaper_than_any_other() -> None:
    """0 is a price, and not a missing one."""
    plan = plan_charge(goal(60, 3 * HOUR), prices(0.5, 0, 0.5), START)
    assert spans(plan) == [(60, 120)]
    assert plan.cost == 0


def test_short_of_a_target_in_the_taper() -> None:
    """The level that is reached follows the falling power."""
    wanted = goal(30, 20 * MINUTE, level=75, target=100)
    plan = plan_charge(wanted, prices(1), START)
    assert plan.expected_level == level_after(QUICK, 75, 20 / 60)
    assert PlanReason.TARGET_SHORT in plan.reasons


# What the car's schedules can say.

SLOW = Battery(capacity=100, power=2)


def slow(level: float, most: int, until: timedelta) -> ChargeGoal:
    """Return a need that takes half an hour for each percent."""
    limits = PlanConstraints(
        buffer=timedelta(), least_buffer=timedelta(), most_windows=most
    )
    return ChargeGoal(
        level=level,
        target=80,
        ready_by=START + until,
        battery=SLOW,
        limits=limits,
    )


def test_no_window_is_a_day_long() -> None:
    """A longer one is split in parts that touch."""
    plan = plan_charge(slow(20, 3, 48 * HOUR), prices(*[1] * 48), START)
    assert spans(plan) == [(1080, 2400), (2400, 2880)]
    assert plan.expected_level == 80
    short = plan_charge(slow(10, 3, 30 * HOUR), prices(*[1] * 48), START)
    assert spans(short) == [(0, 1320), (1320, 1800)]
    assert short.expected_level == pytest.approx(70)


def test_a_split_window_counts_as_two() -> None:
    """So there are fewer others, if that is enough."""
    costs = [1] * 26 + [9] + [1] * 4 + [9] * 17
    plan = plan_charge(slow(20, 2, 48 * HOUR), prices(*costs), START)
    assert len(plan.windows) == 2
    whole = plan_charge(slow(20, 3, 48 * HOUR), prices(*costs), START)
    assert spans(whole) == [(0, 1320), (1320, 1560), (1620, 1860)]


def test_one_window_of_a_day_is_split_all_the_same() -> None:
    """A promise is kept, even if that takes one schedule more."""
    plan = plan_charge(slow(20, 1, 48 * HOUR), prices(*[1] * 48), START)
    assert spans(plan) == [(1080, 2400), (2400, 2880)]


# Minutes beside the slots of five.


@pytest.mark.parametrize("minutes", [57, 58, 60, 61, 90])
@pytest.mark.parametrize("minute", range(55, 60))
def test_every_minute_before_a_deadline_is_used(minutes: int, minute: int) -> None:
    """The last hour is cheap, and the car leaves at an odd minute."""
    curve = prices(3, 3, 1)
    plan = plan_charge(goal(minutes, 2 * HOUR + minute * MINUTE), curve, START)
    end = 120 + minute
    assert spans(plan) == [(end - minutes, end)]


@pytest.mark.parametrize("late", range(6))
def test_every_minute_from_now_on_is_used(late: int) -> None:
    """The present hour is cheap, and the car comes home at an odd minute."""
    curve = prices(1, 3, 3)
    plan = plan_charge(goal(70, 3 * HOUR), curve, START + late * MINUTE)
    assert spans(plan) == [(late, 70 + late)]
    assert plan.cost == pytest.approx(0.6 * (60 - late + 3 * (10 + late)))


def test_odd_minutes_at_both_ends_keep_out_of_peak() -> None:
    """From two minutes past until three minutes to the hour: 58 and 57 minutes."""
    curve = prices(1, "9", 1)
    plan = plan_charge(goal(115, 177 * MINUTE), curve, START + 2 * MINUTE)
    assert spans(plan) == [(2, 60), (120, 177)]
    assert plan.strategy is Strategy.OPTIMAL
    assert PlanReason.PEAK_AVOIDED in plan.reasons


def test_a_charge_that_just_fits_needs_no_slots() -> None:
    """Two slots are too few for eleven minutes between two odd ones."""
    plan = plan_charge(goal(11, 13 * MINUTE), prices(1), START + 2 * MINUTE)
    assert spans(plan) == [(2, 13)]
    assert plan.strategy is Strategy.OPTIMAL


def test_surplus_minutes_are_given_back_where_they_are_dearest() -> None:
    """Slots make 60 minutes, and three of them are too many."""
    late = prices(9, 1, 1, 9, 2, 2, 9, 9, length=QUARTER)
    assert spans(plan_charge(goal(57, 2 * HOUR), late, START)) == [(15, 45), (63, 90)]
    early = prices(9, 2, 2, 9, 1, 1, 9, 9, length=QUARTER)
    assert spans(plan_charge(goal(57, 2 * HOUR), early, START)) == [(18, 45), (60, 90)]


# What holds for each goal.


@st.composite
def cases(draw: st.DrawFn) -> tuple[ChargeGoal, CostCurve, datetime]:
    """Return a goal, a curve with gaps and peaks, and when it is planned."""
    length = draw(st.sampled_from([15, 30, 60, 7])) * MINUTE
    costs = draw(
        st.lists(
            st.one_of(st.none(), st.integers(-2, 4), st.sampled_from(["1", "7"])),
            min_size=2,
            max_size=12,
        )
    )
    limits = PlanConstraints(
        buffer=draw(st.sampled_from([0, 20, 60])) * MINUTE,
        least_buffer=draw(st.sampled_from([0, 7, 30])) * MINUTE,
        least_block=draw(st.sampled_from([0, 5, 15, 22])) * MINUTE,
        most_windows=draw(st.integers(1, 4)),
    )
    target = draw(st.sampled_from([80, 95]))
    minutes = draw(st.floats(0.5, 150))
    until = draw(st.integers(1, 300)) * MINUTE
    late = draw(st.sampled_from([0, 1, 5, 13.5])) * MINUTE
    wanted = goal(minutes, until, limits, level=max(5, 75 - minutes), target=target)
    return wanted, prices(*costs, length=length), START + late


@given(case=cases())
def test_each_plan_is_as_long_as_time_allows(
    case: tuple[ChargeGoal, CostCurve, datetime],
) -> None:
    """All that is wanted by the deadline, in few windows, and said truly."""
    wanted, curve, now = case
    limits = wanted.limits
    plan = plan_charge(wanted, curve, now)
    begin = -((START - now) // MINUTE)
    end = (wanted.ready_by - START) // MINUTE
    if begin >= end:
        assert plan.windows == ()
        return
    needed = minutes_to_charge(wanted.battery, wanted.level, wanted.target)
    windows = spans(plan)
    edges = [begin, *(edge for window in windows for edge in window), end]
    assert edges == sorted(edges)
    assert all(item[1] < other[0] for item, other in pairwise(windows))
    assert sum(last - first for first, last in windows) == min(needed, end - begin)
    assert len(windows) <= limits.most_windows
    assert min(last - first for first, last in windows) >= min(
        needed, end - begin, limits.least_block / MINUTE
    )
    assert (plan.expected_level == wanted.target) is (needed <= end - begin)
    assert (PlanReason.TARGET_SHORT in plan.reasons) is (needed > end - begin)
    least = min(limits.buffer, limits.least_buffer) / MINUTE
    # Time for the charge and for slots is left before the least buffer.
    if begin + needed + 8 <= end - least:
        assert windows[-1][1] <= end - least


def each_minute(curve: CostCurve, begin: int, end: int) -> list[CostInterval | None]:
    """Return the interval of each minute after START."""
    return [curve.at(START + minute * MINUTE) for minute in range(begin, end)]


def avoided(interval: CostInterval | None) -> bool:
    """Whether a minute is one of peak, or of unknown cost."""
    return interval is None or interval.cost is None or interval.peak


@given(case=cases())
def test_no_plan_is_far_from_the_best_to_the_minute(
    case: tuple[ChargeGoal, CostCurve, datetime],
) -> None:
    """At most the parts of two slots are avoided more; without any, a slot's money.

    The first and the last slot may have four minutes each that no whole slot can use.
    """
    wanted, curve, now = case
    limits, plan = wanted.limits, plan_charge(wanted, curve, now)
    begin = -((START - now) // MINUTE)
    end = (wanted.ready_by - START - min(limits.buffer, limits.least_buffer)) // MINUTE
    needed = minutes_to_charge(wanted.battery, wanted.level, wanted.target)
    if begin + needed + 8 > end:
        return
    most, block = limits.most_windows, int(limits.least_block / MINUTE)
    line = each_minute(curve, begin, end)
    used = [
        line[minute - begin]
        for first, last in spans(plan)
        for minute in range(int(first), int(last))
    ]
    bad = [float(avoided(item)) for item in line]
    fewest = least_cost(bad, [1.0] * needed, most, block)
    count = sum(map(avoided, used))
    assert count <= fewest + 2 * 4
    if count or wanted.limits.buffer > wanted.limits.least_buffer:
        return
    done = energies(wanted.battery, wanted.level, needed)
    amounts = [after - before for before, after in pairwise(done)]
    costs = [
        float("inf") if item is None or avoided(item) else item.cost or 0.0
        for item in line
    ]
    cost = sum(
        (item.cost or 0) * kwh for item, kwh in zip(used, amounts, strict=True) if item
    )
    assert cost <= least_cost(costs, amounts, most, block) + 6 * 5 * 0.6


@pytest.mark.parametrize("minute", [0, 57])
@pytest.mark.parametrize("power", [1, 11])
@pytest.mark.parametrize("target", [80, 100])
def test_a_week_in_many_windows(minute: int, power: float, target: int) -> None:
    """Slots are longer then, and the plan is as long as is needed all the same."""
    quarters = [(at * 7919) % 97 / 97 for at in range(7 * 96)]
    wanted = ChargeGoal(
        level=26,
        target=target,
        ready_by=START + timedelta(days=7) - (60 - minute) * MINUTE,
        battery=Battery(capacity=75, power=power),
        limits=PlanConstraints(most_windows=24),
    )
    plan = plan_charge(wanted, prices(*quarters, length=QUARTER), START + 7 * MINUTE)
    needed = minutes_to_charge(wanted.battery, 26, target)
    windows = spans(plan)
    assert sum(last - first for first, last in windows) == needed
    assert plan.expected_level == target
    assert plan.margin is not None
    assert plan.margin >= HOUR
    assert len(windows) <= 24
    assert max(last - first for first, last in windows) <= LONGEST_WINDOW
    assert plan.energy == pytest.approx(75 * (target - 26) / 100)
    # An hour of each day or more is cheaper than the mean.
    mean = sum(quarters) / len(quarters)
    assert plan.cost is not None
    assert plan.cost < 0.95 * mean * plan.energy
