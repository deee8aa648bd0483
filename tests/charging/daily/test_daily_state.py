"""What a car should hold: by tariff, by prices, with a guard and a safety floor."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.daily.daily_state import (
    Facts,
    Reason,
    Rules,
    Verdict,
    Wish,
    wish_for,
)
from custom_components.tesla_scout_worker.charging.daily.departures import departures
from custom_components.tesla_scout_worker.charging.daily.night_plan import OffPeakRecord
from custom_components.tesla_scout_worker.charging.daily.weekly_schedule import (
    typical_week,
)
from custom_components.tesla_scout_worker.charging.in_car.difference import Kind, Own
from custom_components.tesla_scout_worker.charging.planning.model import Battery, Limits
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)
from custom_components.tesla_scout_worker.charging.tariffs.presets import (
    PRESETS,
    TariffPreset,
)
from custom_components.tesla_scout_worker.charging.tariffs.tariff import tariff_curve
from custom_components.tesla_scout_worker.gateways.models import Position

WARSAW = ZoneInfo("Europe/Warsaw")
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOME = Position(latitude=52.2297, longitude=21.0122)
FACTS = Facts(
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
RULES = Rules(
    battery=Battery(capacity=75, power=11),
    limits=Limits(),
    leaving=departures(time(7), {}),
    guard=True,
)
RECORD = OffPeakRecord()


class Night:
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


TARIFF = Night(preset=TariffPreset.NIGHT)
PRICES = Night(*[9] * 6, *[1] * 3, *[9] * 6)


def wish(
    prices: Night = TARIFF,
    record: OffPeakRecord = RECORD,
    rules: Rules = RULES,
    *,
    replan: bool = True,
    **facts: Any,
) -> Wish:
    """Return what a car should hold."""
    return wish_for(record, replace(FACTS, **facts), rules, prices, replan=replan)


def of(wished: Wish, kind: Kind) -> list[Own]:
    """Return the schedules of a kind."""
    return [one for one in wished.own if one.kind is kind]


def held(wished: Wish) -> OffPeakRecord:
    """Return the record of a car that holds what it should."""
    return replace(RECORD, own=wished.own, night=wished.night, confirmed=True)


def test_a_tariff_does_not_hang_on_the_state_of_charge() -> None:
    """Whatever the level, the hour or the cable: the same weekly schedules."""
    wished = wish()
    [own] = wished.own
    assert (own.order.days_of_week, own.order.start_time, own.order.end_time) == (
        127,
        1320,
        360,
    )
    assert not own.order.one_time
    assert wished.verdict is Verdict.READY
    assert wish(level=79, plugged_in=False, now=NOW + 20 * HOUR).own == wished.own
    assert wish(level=None).own == wished.own


def test_an_unknown_limit_changes_no_plan() -> None:
    """What is in the car stays until it is known."""
    record = held(wish())
    kept = wish(record=record, limit=None)
    assert kept.own == record.own
    assert kept.verdict is Verdict.PENDING


def test_without_peaks_the_car_may_charge_at_once() -> None:
    """One zone, no schedule."""
    wished = wish(Night(preset=TariffPreset.G11))
    assert wished.own == ()
    assert Reason.CHARGES_AT_ONCE in wished.reasons


def test_t43_the_cars_clock_is_not_the_users() -> None:
    """A night in Warsaw for a car that counts by London's clock, and the same instants."""
    [own] = wish(car_zone=LONDON).own
    assert (own.order.start_time, own.order.end_time) == (1260, 300)
    run = own.current_run(NOW, LONDON)
    assert run is not None
    assert run.start == datetime(2026, 11, 24, 21, tzinfo=UTC)


def test_prices_make_one_time_schedules_for_the_night() -> None:
    """And a guard behind them, some days ahead."""
    wished = wish(PRICES)
    [window] = of(wished, Kind.PLAN)
    assert window.order.one_time
    assert window.run is not None
    assert window.run.start >= NOW + 6 * HOUR
    [guard] = of(wished, Kind.GUARD)
    assert guard.order.one_time
    assert (guard.order.start_time, guard.order.end_time) == (1438, 1439)
    assert wished.verdict is Verdict.READY
    energy, cost = wished.outcome(FACTS, PRICES)
    assert energy == pytest.approx(30)
    assert cost == pytest.approx(30)


def test_t27_a_guard_keeps_the_car_waiting_for_prices() -> None:
    """Without a price there is no window, but a schedule; it lasts for days."""
    wished = wish(Night())
    assert wished.verdict is Verdict.NO_PRICES
    [guard] = wished.own
    assert guard.kind is Kind.GUARD
    assert guard.run is not None
    assert guard.run.start - NOW > timedelta(days=6)
    record = held(wished)
    for days in range(4):
        assert wish(Night(), record, now=NOW + timedelta(days=days)).own == (guard,)
    renewed = wish(Night(), record, now=NOW + timedelta(days=5)).own
    assert len(renewed) == 2
    assert wish(Night(), record, now=NOW + timedelta(days=7)).own != (guard,)


def test_a12_a_guard_is_within_the_minutes_that_a_car_takes() -> None:
    """1440 is invalid; 1439 is the last."""
    [guard] = of(wish(Night()), Kind.GUARD)
    assert guard.order.end_time <= 1439
    assert of(wish(Night(), rules=replace(RULES, guard=False)), Kind.GUARD) == []


def test_a18_an_unknown_level_plans_nothing() -> None:
    """And takes nothing away."""
    wished = wish(PRICES, level=None)
    assert of(wished, Kind.PLAN) == []
    assert wished.verdict is Verdict.PENDING
    record = held(wish(PRICES))
    assert of(wish(PRICES, record, level=None), Kind.PLAN) == of(
        wish(PRICES), Kind.PLAN
    )


def test_t33_prices_that_are_not_there_yet_change_no_plan() -> None:
    """After a restart the source may answer later than the Scout."""
    record = held(wish(PRICES))
    kept = wish(Night(), record)
    assert kept.own == record.own
    assert kept.verdict is Verdict.NO_PRICES


def test_t34_a_plan_that_runs_is_kept() -> None:
    """With the level that it has by then, and even with one that was seen before."""
    record = held(wish(PRICES))
    middle = NOW + 7 * HOUR
    for level in (40, 52, 60):
        kept = wish(PRICES, record, replan=False, now=middle, level=level)
        assert of(kept, Kind.PLAN) == of(wish(PRICES), Kind.PLAN)
        assert Reason.PLAN_KEPT in kept.reasons


def test_a_percent_is_not_worth_a_command() -> None:
    """A plan made anew from a level that is a percent off is the one in the car."""
    record = held(wish(PRICES))
    assert wish(PRICES, record, level=41).own == record.own
    assert wish(PRICES, record, level=60).own != record.own


def test_a_car_without_a_cable_is_planned_too() -> None:
    """It may be plugged in and fall asleep before anybody looks."""
    assert wish(PRICES, plugged_in=False).own == wish(PRICES).own
    assert wish(PRICES, plugged_in=None).own == wish(PRICES).own


def test_another_departure_is_planned_for_at_once() -> None:
    """But a plan that goes on is for the departure that it was made for."""
    record = held(wish(PRICES))
    rules = replace(RULES, leaving=departures(time(5), {}))
    kept = wish(PRICES, record, rules, replan=False)
    assert kept.night == record.night
    made = wish(PRICES, record, rules)
    assert made.night is not None
    assert made.night.deadline == datetime(2026, 11, 25, 4, tzinfo=UTC)
    # In its last hour it is not dropped for that of tomorrow.
    late = Night(*[9] * 12, 1, *[9] * 20, 0.5, *[9] * 5)
    rules = replace(
        RULES, limits=Limits(buffer=timedelta(0), least_buffer=timedelta(0))
    )
    record = held(wish(late, rules=rules, level=72))
    now = datetime(2026, 11, 25, 5, 10, tzinfo=UTC)
    kept = wish(late, record, rules, now=now, level=72)
    assert of(kept, Kind.PLAN) == of(wish(late, rules=rules, level=72), Kind.PLAN)


def test_another_target_is_planned_for_without_being_asked() -> None:
    """The owner raised the limit in the car; a plan of an older file tells no target."""
    record = held(wish(PRICES))
    more = wish(PRICES, record, replan=False, limit=90)
    assert more.night is not None
    assert more.night.target == 90
    assert more.own != record.own
    unknown = replace(record, night=replace(record.night, target=None))  # type: ignore[type-var]
    assert wish(PRICES, unknown, replan=False, limit=90).own == record.own


def test_a_lasting_schedule_needs_no_guard() -> None:
    """A schedule helper that is not there yet: what is in the car stays, and no more."""
    record = held(wish())
    kept = wish(Night(), record)
    assert kept.own == record.own
    assert kept.verdict is Verdict.NO_PRICES


def test_a_gap_that_is_on_is_no_outage() -> None:
    """Prices from the next hour on are prices of the night."""
    later = Night(*[9] * 6, *[1] * 3, *[9] * 6)
    early = wish(later, now=NOW - HOUR)
    assert early.verdict is Verdict.READY
    assert of(early, Kind.PLAN) == of(wish(PRICES), Kind.PLAN)
    assert wish(Night(1), now=NOW + HOUR).verdict is Verdict.NO_PRICES


def test_no_departure_needs_no_plan() -> None:
    """A car that never leaves."""
    rules = replace(RULES, leaving=[None] * 7)
    wished = wish(PRICES, rules=rules)
    assert of(wished, Kind.PLAN) == []
    assert Reason.NO_DEPARTURE in wished.reasons


def test_a_car_that_is_full_needs_nothing() -> None:
    """Or fuller than it is to be."""
    assert of(wish(PRICES, level=80), Kind.PLAN) == []
    record = replace(RECORD, target=60)
    assert of(wish(PRICES, record, level=60), Kind.PLAN) == []
    assert wish(PRICES, replace(RECORD, target=90)).need == wish(PRICES).need


@pytest.mark.parametrize("prices", [TARIFF, PRICES, Night()])
def test_below_the_floor_the_car_charges_at_any_price(prices: Night) -> None:
    """From now until the floor, also in an outage (A26), and no longer."""
    wished = wish(prices, level=10)
    [floor] = of(wished, Kind.FLOOR)
    assert wished.own[0] == floor
    assert floor.run is not None
    assert floor.run.start == NOW
    assert timedelta(minutes=41) <= floor.run.end - NOW <= timedelta(minutes=43)
    assert Reason.FLOOR in wished.reasons
    record = held(wished)
    later = NOW + timedelta(minutes=20)
    kept = wish(prices, record, now=later, level=15, charging=True)
    assert of(kept, Kind.FLOOR) == [floor]
    assert of(wish(prices, record, now=later, level=20), Kind.FLOOR) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"level": 10, "plugged_in": False},
        {"level": 10, "charging": True},
        {"level": 20},
        {"level": 10, "now": datetime(2026, 11, 24, 22, tzinfo=UTC)},
    ],
)
def test_no_floor_where_it_is_of_no_use(facts: dict[str, Any]) -> None:
    """Unplugged, charging already, at the floor, or within a window."""
    assert of(wish(**facts), Kind.FLOOR) == []


def test_t38_windows_leave_room_for_the_owners() -> None:
    """A car that takes few schedules has a plan of few windows."""
    costs = [1 if step % 3 == 0 else 9 for step in range(15)]
    prices = Night(*costs)
    assert len(of(wish(prices), Kind.PLAN)) == 3
    assert len(of(wish(prices, room=3), Kind.PLAN)) == 1
    assert len(of(wish(prices, room=None), Kind.PLAN)) == 3
    # Room for none at all is for the difference to tell, and not for the plan.
    assert len(of(wish(prices, room=0), Kind.PLAN)) == 1
    assert len(wish(room=0).own) == 1
