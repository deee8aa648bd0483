"""What a car should hold: by tariff, by prices, with a guard and a safety floor."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.car_record import CarRecord
from custom_components.tesla_scout_worker.charging.daily.car_plan import (
    daily_state,
    planning_span,
)
from custom_components.tesla_scout_worker.charging.daily.daily_state import (
    DailyState,
    OffPeakSettings,
    PlanReadiness,
    Reason,
    VehicleFacts,
)
from custom_components.tesla_scout_worker.charging.daily.departures import departures
from custom_components.tesla_scout_worker.charging.daily.record import (
    DailySettings,
    SyncState,
)
from custom_components.tesla_scout_worker.charging.daily.weekly_schedule import (
    typical_week,
)
from custom_components.tesla_scout_worker.charging.in_car.difference import (
    ManagedSchedule,
    ScheduleRole,
)
from custom_components.tesla_scout_worker.charging.planning.model import (
    Battery,
    PlanConstraints,
    Window,
)
from custom_components.tesla_scout_worker.charging.tariffs.common_tariffs import (
    PRESETS,
    TariffPreset,
)
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)
from custom_components.tesla_scout_worker.charging.tariffs.tariff import (
    parse_peaks,
    tariff_curve,
)
from custom_components.tesla_scout_worker.gateways.models import Position

WARSAW = ZoneInfo("Europe/Warsaw")
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOME = Position(latitude=52.2297, longitude=21.0122)
FACTS = VehicleFacts(
    now=NOW,
    level=40,
    limit=80,
    plugged_in=True,
    charging=False,
    room=8,
    position=HOME,
    car_zone=WARSAW,
    zone=WARSAW,
)
SETTINGS = OffPeakSettings(
    battery=Battery(capacity=75, power=11),
    limits=PlanConstraints(),
    leaving=departures(time(7), {}),
    guard=True,
)
RECORD = CarRecord()


class FakePrices:
    """A tariff, or prices if it has none."""

    guesses = CostCurve()

    def __init__(self, *costs: float, preset: TariffPreset | None = None) -> None:
        """Tell prices from now on, or a preset."""
        self._costs = costs
        self._preset = preset

    def curve(self, start: datetime, end: datetime) -> CostCurve:
        """Return what is known."""
        if self._preset is not None:
            return tariff_curve(PRESETS[self._preset], start, end, WARSAW)
        return CostCurve(
            intervals=tuple(
                CostInterval(
                    start=NOW + step * HOUR, end=NOW + (step + 1) * HOUR, cost=cost
                )
                for step, cost in enumerate(self._costs)
            ),
            currency="PLN",
        ).between(start, end)

    def week(self, today: date) -> tuple[CostCurve, datetime] | None:
        """Return a typical week of a tariff."""
        if self._preset is None:
            return None
        monday, end = typical_week(today)
        return tariff_curve(PRESETS[self._preset], monday, end, UTC), monday


TARIFF = FakePrices(preset=TariffPreset.NIGHT)
PRICES = FakePrices(*[9] * 6, *[1] * 3, *[9] * 6)


def daily(
    prices: FakePrices = TARIFF,
    record: CarRecord = RECORD,
    settings: OffPeakSettings = SETTINGS,
    *,
    replan: bool = True,
    **facts: Any,
) -> DailyState:
    """Return what a car should hold."""
    return daily_state(record, replace(FACTS, **facts), settings, prices, replan=replan)


def of(state: DailyState, kind: ScheduleRole) -> list[ManagedSchedule]:
    """Return the schedules of a kind."""
    return [schedule for schedule in state.schedules if schedule.kind is kind]


def held(state: DailyState) -> CarRecord:
    """Return the record of a car that holds what it should."""
    sync = SyncState(schedules=state.schedules, plan=state.plan, confirmed=True)
    return replace(RECORD, sync=sync)


def test_a_tariff_does_not_hang_on_the_state_of_charge() -> None:
    """Whatever the level, the hour or the cable: the same weekly schedules."""
    state = daily()
    [own] = state.schedules
    assert (own.order.days_of_week, own.order.start_time, own.order.end_time) == (
        127,
        1320,
        360,
    )
    assert not own.order.one_time
    assert state.readiness is PlanReadiness.READY
    assert (
        daily(level=79, plugged_in=False, now=NOW + 20 * HOUR).schedules
        == state.schedules
    )
    assert daily(level=None).schedules == state.schedules


@pytest.mark.parametrize(
    ("power", "room", "windows"),
    [
        # 45 kWh from the floor on: the night is enough, or the afternoon is taken too.
        (11, None, 1),
        (4, None, 2),
        (1, None, 2),
        (4, 1, 1),
    ],
)
def test_a_tariff_gives_the_hours_that_the_usual_energy_takes(
    power: float, room: int | None, windows: int
) -> None:
    """At home, each week; as many windows as there is room for."""
    slow = replace(SETTINGS, battery=Battery(capacity=75, power=power))
    state = daily(FakePrices(preset=TariffPreset.G12), settings=slow, room=room)
    assert len(state.schedules) == windows
    assert {own.order.position for own in state.schedules} == {HOME}
    assert state.reasons == (Reason.WEEKLY,)


def test_an_unknown_limit_changes_no_plan() -> None:
    """What is in the car stays until it is known."""
    record = held(daily())
    kept = daily(record=record, limit=None)
    assert kept.schedules == record.sync.schedules
    assert kept.readiness is PlanReadiness.PENDING
    assert kept.reasons == (Reason.LEVEL_UNKNOWN,)


def test_without_peaks_the_car_may_charge_at_once() -> None:
    """One zone, no schedule."""
    state = daily(FakePrices(preset=TariffPreset.G11))
    assert state.schedules == ()
    assert Reason.CHARGES_AT_ONCE in state.reasons


def test_the_cars_clock_is_not_the_users() -> None:
    """A night in Warsaw for a car that counts by London's clock, and the same instants."""
    [own] = daily(car_zone=LONDON).schedules
    assert (own.order.start_time, own.order.end_time) == (1260, 300)
    run = own.current_run(NOW, LONDON)
    assert run is not None
    assert run.start == datetime(2026, 11, 24, 21, tzinfo=UTC)


def test_prices_make_one_time_schedules_for_the_night() -> None:
    """And a guard behind them, some days ahead."""
    state = daily(PRICES)
    [window] = of(state, ScheduleRole.PLAN)
    assert window.order.one_time
    assert window.run is not None
    assert window.run.start >= NOW + 6 * HOUR
    [guard] = of(state, ScheduleRole.GUARD)
    assert guard.order.one_time
    assert (guard.order.start_time, guard.order.end_time) == (1438, 1439)
    assert state.readiness is PlanReadiness.READY
    energy, cost = state.energy_and_cost(FACTS, PRICES)
    assert energy == pytest.approx(30)
    assert cost == pytest.approx(30)


def test_a_guard_keeps_the_car_waiting_for_prices() -> None:
    """Without a price it waits for its last moment; the guard lasts for days."""
    state = daily(FakePrices())
    assert state.readiness is PlanReadiness.NO_PRICES
    [guard] = of(state, ScheduleRole.GUARD)
    assert guard.run is not None
    assert guard.run.start - NOW > timedelta(days=6)
    record = held(state)
    for days in range(4):
        later = daily(FakePrices(), record, now=NOW + timedelta(days=days))
        assert of(later, ScheduleRole.GUARD) == [guard]
    renewed = daily(FakePrices(), record, now=NOW + timedelta(days=5))
    assert len(of(renewed, ScheduleRole.GUARD)) == 2
    late = daily(FakePrices(), record, now=NOW + timedelta(days=7))
    assert of(late, ScheduleRole.GUARD) != [guard]


def test_without_a_price_the_car_is_charged_before_it_leaves() -> None:
    """In its last moments outside of peak hours; and with prices in cheap ones."""
    peaks = parse_peaks("06:00-10:00")
    state = daily(FakePrices(), settings=replace(SETTINGS, peaks=peaks))
    assert state.readiness is PlanReadiness.NO_PRICES
    assert Reason.NO_PRICES in state.reasons
    [window] = state.windows(FACTS)
    # 2 h 44 min, until an hour before seven in Warsaw.
    assert window.end == datetime(2026, 11, 25, 5, tzinfo=UTC)
    assert window.start == window.end - timedelta(minutes=164)
    record = held(state)
    kept = daily(FakePrices(), record)
    assert kept.schedules == state.schedules
    assert kept.readiness is PlanReadiness.NO_PRICES
    assert Reason.PLAN_KEPT in kept.reasons
    assert Reason.PLAN_KEPT not in state.reasons
    priced = daily(PRICES, record)
    assert of(priced, ScheduleRole.PLAN) == of(daily(PRICES), ScheduleRole.PLAN)
    assert priced.readiness is PlanReadiness.READY


def test_a_goal_that_grew_without_prices_is_planned_for() -> None:
    """The plan in the car is not enough any more."""
    record = held(daily(PRICES, limit=60))
    assert daily(FakePrices(), record, limit=60).plan == record.sync.plan
    more = daily(FakePrices(), record, limit=80)
    assert more.readiness is PlanReadiness.NO_PRICES
    [window] = more.windows(FACTS)
    assert window.end - window.start == timedelta(minutes=164)


def test_windows_of_a_far_departure_come_later() -> None:
    """A schedule knows weekdays and no dates, and may not run a week early."""
    settings = replace(SETTINGS, leaving=[time(7), *[None] * 6])
    monday = datetime(2026, 11, 30, 6, tzinfo=UTC)
    early = monday - timedelta(days=6, hours=12)
    far = daily(FakePrices(), settings=settings, now=early)
    assert of(far, ScheduleRole.PLAN) == []
    near = daily(FakePrices(), held(far), settings, now=early + timedelta(days=1))
    assert len(of(near, ScheduleRole.PLAN)) == 1


def test_a_guard_is_within_the_minutes_that_a_car_takes() -> None:
    """1440 is invalid; 1439 is the last."""
    [guard] = of(daily(FakePrices()), ScheduleRole.GUARD)
    assert guard.order.end_time <= 1439
    assert (
        of(
            daily(FakePrices(), settings=replace(SETTINGS, guard=False)),
            ScheduleRole.GUARD,
        )
        == []
    )


@pytest.mark.parametrize("unknown", [{"level": None}, {"limit": None}])
def test_an_unknown_level_takes_nothing_away(unknown: dict[str, Any]) -> None:
    """What is in the car stays."""
    record = held(daily(PRICES))
    state = daily(PRICES, record, **unknown)
    assert state.schedules == record.sync.schedules
    assert state.plan == record.sync.plan
    assert state.readiness is PlanReadiness.PENDING
    assert Reason.LEVEL_UNKNOWN in state.reasons


@pytest.mark.parametrize("prices", [PRICES, FakePrices()])
def test_a_car_of_unknown_level_is_charged_too(prices: FakePrices) -> None:
    """From the floor on: it stops at its limit. Without a guard it would charge at once."""
    state = daily(prices, level=None)
    windows = [each for each in of(state, ScheduleRole.PLAN) if each.run is not None]
    length = sum(
        (each.run.end - each.run.start for each in windows if each.run), HOUR * 0
    )
    assert length >= timedelta(hours=4)
    assert state.readiness is PlanReadiness.PENDING
    assert daily(prices, held(state), level=None).schedules == state.schedules
    alone = daily(prices, settings=replace(SETTINGS, guard=False), level=None)
    assert alone.schedules == ()


def test_prices_that_are_not_there_yet_change_no_plan() -> None:
    """After a restart the source may answer later than the Scout."""
    record = held(daily(PRICES))
    kept = daily(FakePrices(), record)
    assert kept.schedules == record.sync.schedules
    assert kept.readiness is PlanReadiness.NO_PRICES


def test_a_plan_that_runs_is_kept() -> None:
    """With the level that it has by then, and even with one that was seen before."""
    record = held(daily(PRICES))
    middle = NOW + 7 * HOUR
    for level in (40, 52, 60):
        kept = daily(PRICES, record, replan=False, now=middle, level=level)
        assert kept.goal is not None
        assert kept.goal.level == level
        assert of(kept, ScheduleRole.PLAN) == of(daily(PRICES), ScheduleRole.PLAN)
        assert Reason.PLAN_KEPT in kept.reasons


def test_a_percent_is_not_worth_a_command() -> None:
    """A plan made anew from a level that is a percent off is the one in the car."""
    record = held(daily(PRICES))
    assert daily(PRICES, record, level=41).schedules == record.sync.schedules
    assert daily(PRICES, record, level=60).schedules != record.sync.schedules


def test_a_car_without_a_cable_is_planned_too() -> None:
    """It may be plugged in and fall asleep before anybody reads it."""
    assert daily(PRICES, plugged_in=False).schedules == daily(PRICES).schedules
    assert daily(PRICES, plugged_in=None).schedules == daily(PRICES).schedules


def test_another_departure_is_planned_for_at_once() -> None:
    """But a plan that goes on is for the departure that it was made for."""
    record = held(daily(PRICES))
    settings = replace(SETTINGS, leaving=departures(time(5), {}))
    kept = daily(PRICES, record, settings, replan=False)
    assert kept.plan == record.sync.plan
    made = daily(PRICES, record, settings)
    assert made.plan is not None
    assert made.plan.deadline == datetime(2026, 11, 25, 4, tzinfo=UTC)
    # In its last hour it is not dropped for that of tomorrow.
    late = FakePrices(*[9] * 12, 1, *[9] * 20, 0.5, *[9] * 5)
    settings = replace(
        SETTINGS, limits=PlanConstraints(buffer=timedelta(0), least_buffer=timedelta(0))
    )
    record = held(daily(late, settings=settings, level=72))
    now = datetime(2026, 11, 25, 5, 10, tzinfo=UTC)
    kept = daily(late, record, settings, now=now, level=72)
    assert of(kept, ScheduleRole.PLAN) == of(
        daily(late, settings=settings, level=72), ScheduleRole.PLAN
    )


@pytest.mark.parametrize(("level", "day"), [(70, 25), (78, 25), (78.5, 26), (80, 26)])
def test_a_departure_counts_until_it_has_passed(level: float, day: int) -> None:
    """Its windows are over, and what is missing in the last hour is still charged."""
    prices = FakePrices(*[9] * 6, *[1] * 3, *[9] * 10, *[1] * 10)
    record = held(daily(prices))
    now = datetime(2026, 11, 25, 5, 10, tzinfo=UTC)
    late = daily(prices, record, now=now, level=level)
    assert late.goal is not None
    assert late.goal.ready_by == datetime(2026, 11, day, 6, tzinfo=UTC)
    windows = late.windows(replace(FACTS, now=now))
    assert (windows[:1] != () and windows[0].start == now) is (day == 25)
    after = daily(prices, held(late), now=now + HOUR, level=level)
    assert after.goal is not None
    assert after.goal.ready_by == datetime(2026, 11, 26, 6, tzinfo=UTC)


@pytest.mark.parametrize(("level", "hours"), [(70, 1), (80, 49), (None, 49)])
def test_the_span_is_that_of_the_departure_that_is_planned_for(
    level: float | None, hours: int
) -> None:
    """A car with its target plans past a day without a departure, from the last hour."""
    settings = replace(SETTINGS, leaving=departures(time(7), {3: None}))
    facts = replace(FACTS, now=datetime(2026, 11, 25, 5, tzinfo=UTC), level=level)
    assert planning_span(RECORD, facts, settings) == hours * HOUR
    record = held(daily(PRICES, settings=settings, now=facts.now, level=80))
    assert planning_span(record, facts, settings) == 49 * HOUR


def test_a_car_that_never_leaves_has_no_span() -> None:
    """Nothing is planned for it."""
    settings = replace(SETTINGS, leaving=[None] * 7)
    assert planning_span(RECORD, FACTS, settings) == timedelta(0)


def test_another_target_is_planned_for_without_being_asked() -> None:
    """The owner raised the limit in the car; a plan of an older file tells no target."""
    record = held(daily(PRICES))
    more = daily(PRICES, record, replan=False, limit=90)
    assert more.plan is not None
    assert more.plan.target == 90
    assert more.schedules != record.sync.schedules
    assert record.sync.plan is not None
    sync = replace(record.sync, plan=replace(record.sync.plan, target=None))
    unknown = replace(record, sync=sync)
    assert (
        daily(PRICES, unknown, replan=False, limit=90).schedules
        == record.sync.schedules
    )


def test_a_lasting_schedule_needs_no_guard() -> None:
    """A schedule helper that is not there yet: what is in the car stays, and no more."""
    record = held(daily())
    kept = daily(FakePrices(), record)
    assert kept.schedules == record.sync.schedules
    assert kept.readiness is PlanReadiness.NO_PRICES
    assert kept.reasons == (Reason.NO_PRICES,)
    assert kept.goal == daily().goal
    assert Reason.NO_PRICES in daily(FakePrices()).reasons


def test_a_gap_that_is_on_is_no_outage() -> None:
    """Prices from the next hour on are prices of the night."""
    later = FakePrices(*[9] * 6, *[1] * 3, *[9] * 6)
    early = daily(later, now=NOW - HOUR)
    assert early.readiness is PlanReadiness.READY
    assert of(early, ScheduleRole.PLAN) == of(daily(PRICES), ScheduleRole.PLAN)
    assert daily(FakePrices(1), now=NOW + HOUR).readiness is PlanReadiness.NO_PRICES


def test_no_departure_needs_no_plan() -> None:
    """A car that never leaves is not kept from charging either."""
    settings = replace(SETTINGS, leaving=[None] * 7)
    state = daily(PRICES, settings=settings)
    assert state.schedules == ()
    assert Reason.NO_DEPARTURE in state.reasons


def test_a_car_that_is_full_needs_nothing() -> None:
    """Or fuller than it is to be."""
    assert of(daily(PRICES, level=80), ScheduleRole.PLAN) == []
    record = replace(RECORD, settings=DailySettings(target=60))
    assert of(daily(PRICES, record, level=60), ScheduleRole.PLAN) == []
    assert (
        daily(PRICES, replace(RECORD, settings=DailySettings(target=90))).goal
        == daily(PRICES).goal
    )


@pytest.mark.parametrize("prices", [TARIFF, PRICES, FakePrices()])
def test_below_the_floor_the_car_charges_at_any_price(prices: FakePrices) -> None:
    """From now until the floor, also in an outage, and no longer."""
    state = daily(prices, level=10)
    [floor] = of(state, ScheduleRole.FLOOR)
    assert state.schedules[0] == floor
    assert floor.run is not None
    assert floor.run.start == NOW
    assert timedelta(minutes=41) <= floor.run.end - NOW <= timedelta(minutes=43)
    assert Reason.FLOOR in state.reasons
    record = held(state)
    later = NOW + timedelta(minutes=20)
    kept = daily(prices, record, now=later, level=15, charging=True)
    assert of(kept, ScheduleRole.FLOOR) == [floor]
    assert of(daily(prices, record, now=later, level=20), ScheduleRole.FLOOR) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"level": 10, "plugged_in": False},
        {"level": 20},
        {"level": 10, "now": datetime(2026, 11, 24, 22, tzinfo=UTC)},
    ],
)
def test_no_floor_where_it_is_of_no_use(facts: dict[str, Any]) -> None:
    """Unplugged, at the floor, or within a window."""
    assert of(daily(**facts), ScheduleRole.FLOOR) == []


def test_a_charge_that_goes_on_needs_no_floor() -> None:
    """But the first new schedule ends a charge that runs without one."""
    record = held(daily())
    assert of(daily(record=record, level=10, charging=True), ScheduleRole.FLOOR) == []
    assert len(of(daily(level=10, charging=True), ScheduleRole.FLOOR)) == 1


def test_windows_leave_room_for_the_owners() -> None:
    """A car that takes few schedules has a plan of few windows."""
    costs = [1 if step % 3 == 0 else 9 for step in range(15)]
    prices = FakePrices(*costs)
    assert len(of(daily(prices), ScheduleRole.PLAN)) == 3
    assert len(of(daily(prices, room=3), ScheduleRole.PLAN)) == 1
    assert len(of(daily(prices, room=None), ScheduleRole.PLAN)) == 3
    # Room for none at all is for the difference to tell, and not for the plan.
    assert len(of(daily(prices, room=0), ScheduleRole.PLAN)) == 1
    assert len(daily(room=0).schedules) == 1


NIGHTS = [
    Window(
        start=datetime(2026, 11, day, 21, tzinfo=UTC),
        end=datetime(2026, 11, day + 1, 5, tzinfo=UTC),
    )
    for day in (24, 25, 26)
]


def test_windows_are_those_until_the_departure() -> None:
    """In order, by the car's clock, without those of a guard; else those of a day."""
    for zone in (WARSAW, LONDON):
        facts = replace(FACTS, car_zone=zone)
        weekly = daily(car_zone=zone)
        assert weekly.windows(facts) == tuple(NIGHTS[:1])
        assert replace(weekly, goal=None).windows(facts) == tuple(NIGHTS[:1])
        assert weekly.goal is not None
        friday = replace(weekly.goal, ready_by=NIGHTS[-1].end + HOUR)
        assert replace(weekly, goal=friday).windows(facts) == tuple(NIGHTS)
    by_prices = daily(FakePrices(*[1 if step % 3 == 0 else 9 for step in range(15)]))
    windows = by_prices.windows(FACTS)
    assert len(windows) == 3
    turned = replace(by_prices, schedules=by_prices.schedules[::-1])
    assert turned.windows(FACTS) == windows
    assert sorted(windows, key=lambda window: window.start) == [*windows]


def test_the_cost_is_that_of_all_its_windows() -> None:
    """Also of what a lasting schedule charges after the departure; 0 to 80 % here."""
    early = replace(SETTINGS, leaving=departures(time(2), {}))
    facts = replace(FACTS, level=0)
    state = daily(settings=early, level=0)
    assert state.energy_and_cost(facts, FakePrices(*[2] * 24)) == pytest.approx(
        (60, 120)
    )
    # Prices end before its windows.
    energy, cost = state.energy_and_cost(facts, FakePrices(*[2] * 6))
    assert energy == pytest.approx(60)
    assert cost is None
    nothing = replace(state, goal=None)
    assert nothing.energy_and_cost(facts, FakePrices(*[2] * 24)) == (0, None)


def test_a_plan_that_waits_for_prices_says_so() -> None:
    """It has its windows all the same, so that it charges if they never come."""
    waiting = daily(FakePrices(9, 9))
    assert waiting.plan is not None
    assert waiting.plan.waiting
    assert Reason.PRICES_AWAITED in waiting.reasons
    assert waiting.readiness is PlanReadiness.READY
    assert of(waiting, ScheduleRole.PLAN)
    assert Reason.PRICES_AWAITED not in daily(PRICES).reasons
