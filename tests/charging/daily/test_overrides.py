"""Overrides of the daily plan: priority, ends by itself, and the safety floor."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.car_record import CarRecord
from custom_components.tesla_scout_worker.charging.daily.car_plan import daily_state
from custom_components.tesla_scout_worker.charging.daily.daily_state import (
    DailyState,
    Reason,
)
from custom_components.tesla_scout_worker.charging.daily.departures import departures
from custom_components.tesla_scout_worker.charging.daily.overrides import (
    InForce,
    Override,
    OverrideKind,
    day_target,
    edges,
    in_force,
    is_believed,
    skip_end,
    with_override,
    without_ended,
)
from custom_components.tesla_scout_worker.charging.daily.record import SyncState
from custom_components.tesla_scout_worker.charging.in_car.difference import ScheduleRole

from .test_daily_state import (
    FACTS,
    HOUR,
    NOW,
    PRICES,
    RECORD,
    SETTINGS,
    TARIFF,
    WARSAW,
    FakePrices,
    held,
    of,
)

LEAVING = departures(time(7), {})
DAY = timedelta(days=1)

# 18:00 in Warsaw; the next departure is 07:00 on Wednesday.
DEPARTURE = datetime(2026, 11, 25, 6, tzinfo=UTC)

instants = st.integers(-20 * 24, 20 * 24).map(lambda hours: NOW + hours * HOUR)


@st.composite
def overrides(draw: st.DrawFn) -> Override:
    """Return an override of any kind, that may be over or still to come."""
    kind = draw(st.sampled_from(OverrideKind))
    if kind is OverrideKind.TARGET:
        day = (NOW + draw(st.integers(-3, 8)) * DAY).date()
        return day_target(day, draw(st.integers(50, 100)), WARSAW)
    since = draw(instants)
    target = None if kind is OverrideKind.SKIP else draw(st.integers(50, 100))
    until = since + draw(st.integers(1, 24 * 10)) * HOUR
    return Override(kind=kind, since=since, until=until, target=target)


records = st.lists(overrides(), max_size=5).map(
    lambda items: replace(RECORD, overrides=tuple(items))
)


def skip(until: datetime = DEPARTURE) -> CarRecord:
    """Return the record of a car whose owner said "not tonight"."""
    override = Override(kind=OverrideKind.SKIP, since=NOW, until=until)
    return replace(RECORD, overrides=(override,))


def vacation(level: int = 60, days: int = 10) -> CarRecord:
    """Return the record of a car that is on vacation from now on."""
    override = Override(
        kind=OverrideKind.VACATION, since=NOW, until=NOW + days * DAY, target=level
    )
    return replace(RECORD, overrides=(override,))


def state(
    record: CarRecord, prices: FakePrices = PRICES, **facts: object
) -> DailyState:
    """Return what a car should hold."""
    known = replace(FACTS, **facts)  # type: ignore[arg-type]
    return daily_state(record, known, SETTINGS, prices, replan=True)


def starts(found: DailyState) -> datetime:
    """Return when the first planned window begins; the end of the week if there is none."""
    week = NOW + 7 * DAY
    runs = (
        run.start
        for item in of(found, ScheduleRole.PLAN)
        for run in item.runs(NOW, week, WARSAW)
    )
    return min(runs, default=week)


def said(record: CarRecord, now: datetime = NOW) -> InForce:
    """Return what is in force."""
    return in_force(record.overrides, LEAVING, now, WARSAW)


@pytest.mark.parametrize("prices", [TARIFF, PRICES], ids=["tariff", "prices"])
def test_a_skipped_night_has_a_guard_alone(prices: FakePrices) -> None:
    """The car waits, by a tariff and by prices, and the reason is named."""
    found = state(skip(), prices)
    assert not [run for run in found.windows(FACTS) if run.start < DEPARTURE]
    assert of(found, ScheduleRole.GUARD)
    assert Reason.SKIPPED in found.reasons


def test_a_skip_until_a_time_plans_what_is_left_of_the_night() -> None:
    """Not before two: charging begins after it, and ends before the departure."""
    until = NOW + 7 * HOUR
    windows = state(skip(until)).windows(FACTS)
    assert windows
    assert all(until <= window.start < DEPARTURE for window in windows)


def test_a_skip_takes_what_the_car_holds_already() -> None:
    """Windows of the night in the car are no longer wanted, replanned or not."""
    record = replace(held(state(RECORD)), overrides=skip().overrides)
    found = daily_state(record, FACTS, SETTINGS, PRICES, replan=False)
    assert starts(found) >= DEPARTURE


def test_a_skip_does_not_wait_for_a_level() -> None:
    """A car of unknown level drops its windows, too, and those of each week."""
    for prices in (PRICES, TARIFF):
        record = replace(held(state(RECORD, prices)), overrides=skip().overrides)
        found = state(record, prices, level=None)
        assert starts(found) >= DEPARTURE
        assert of(found, ScheduleRole.GUARD)


def test_without_the_option_a_guard_ends_with_the_skip() -> None:
    """A car that nobody syncs any more charges again in the night after."""
    settings = replace(SETTINGS, guard=False)
    found = daily_state(skip(), FACTS, settings, TARIFF, replan=True)
    (guard,) = of(found, ScheduleRole.GUARD)
    assert guard.run is not None
    assert DEPARTURE < guard.run.start < DEPARTURE + DAY


def test_a_vacation_charges_to_its_level_and_no_more() -> None:
    """The windows are as long as the level takes; a car above it only waits."""
    found = state(vacation(60))
    assert found.goal is not None
    assert found.goal.target == 60
    assert Reason.VACATION in found.reasons
    assert not of(state(vacation(60), level=70), ScheduleRole.PLAN)
    assert of(state(vacation(60), TARIFF), ScheduleRole.GUARD)


def test_a_target_is_for_its_day_alone() -> None:
    """What is said of Wednesday does not hold on Tuesday or Thursday."""
    wednesday = day_target(date(2026, 11, 25), 60, WARSAW)
    record = replace(RECORD, overrides=(wednesday,))
    assert said(record).target == 60
    assert said(record, DEPARTURE - DAY - HOUR).target is None
    assert said(record, DEPARTURE).target is None
    found = state(record)
    assert found.goal is not None
    assert found.goal.target == 60
    assert Reason.TARGET_OF_DAY in found.reasons


def test_a_day_is_that_of_the_users_zone() -> None:
    """From midnight to midnight there, also where the clock changes."""
    for day, first, last in (
        (date(2026, 11, 25), (2026, 11, 24, 23), (2026, 11, 25, 23)),
        (date(2026, 3, 29), (2026, 3, 28, 23), (2026, 3, 29, 22)),
    ):
        target = day_target(day, 60, WARSAW)
        assert target.since == datetime(*first, tzinfo=UTC)
        assert target.until == datetime(*last, tzinfo=UTC)


def test_a_departure_at_midnight_is_of_the_day_that_begins() -> None:
    """And not of the one that ends."""
    leaving = departures(time(0), {})
    for day, target in ((24, None), (25, 60), (26, None)):
        item = day_target(date(2026, 11, day), 60, WARSAW)
        assert in_force((item,), leaving, NOW, WARSAW).target == target


def test_of_two_that_are_in_force_the_last_one_counts() -> None:
    """A file that holds two vacations, or two targets of a day."""
    first, second = vacation(60).overrides[0], vacation(70).overrides[0]
    assert in_force((first, second), LEAVING, NOW, WARSAW).target == 70
    assert in_force((second, first), LEAVING, NOW, WARSAW).target == 60


def test_the_target_of_a_day_is_above_a_vacation() -> None:
    """Who names a day means it, even in a vacation."""
    day = day_target(date(2026, 11, 25), 70, WARSAW)
    record = replace(RECORD, overrides=(day, *vacation(50).overrides))
    found = said(record)
    assert found.target == 70
    assert found.kinds == (OverrideKind.TARGET,)


def test_a_target_above_the_limit_is_the_limit() -> None:
    """The daily plan never raises a limit."""
    day = day_target(date(2026, 11, 25), 100, WARSAW)
    found = state(replace(RECORD, overrides=(day,)))
    assert found.goal is not None
    assert found.goal.target == FACTS.limit


@given(records, st.sampled_from([PRICES, TARIFF]))
def test_the_safety_floor_is_above_all_of_them(
    record: CarRecord, prices: FakePrices
) -> None:
    """A plugged-in car below the floor charges now, whatever was said."""
    found = state(record, prices, level=10)
    floor = of(found, ScheduleRole.FLOOR)
    now = [
        run
        for schedule in (*floor, *of(found, ScheduleRole.PLAN))
        for run in schedule.runs(NOW, NOW + timedelta(minutes=1), WARSAW)
    ]
    assert now


@given(records, st.booleans(), st.sampled_from([PRICES, TARIFF]))
def test_nothing_is_planned_into_a_skip(
    record: CarRecord, holds: bool, prices: FakePrices
) -> None:
    """No window of the plan begins before a skip ends, whatever else was said."""
    if holds:
        record = replace(held(state(RECORD, prices)), overrides=record.overrides)
    found, end = state(record, prices), said(record).not_before
    if end is None:
        return
    assert starts(found) >= min(end, NOW + 7 * DAY)
    assert of(found, ScheduleRole.GUARD)


@given(records, st.sampled_from([PRICES, TARIFF]))
def test_all_of_them_end_by_themselves(record: CarRecord, prices: FakePrices) -> None:
    """After the last one the plan is as if nothing had ever been said."""
    last = max((item.until for item in record.overrides), default=NOW)
    later = max(last, NOW)
    assert not said(record, later).any
    assert without_ended(record.overrides, later) == ()
    assert edges(record.overrides, later) == ()
    assert state(record, prices, now=later) == state(RECORD, prices, now=later)


@given(records)
def test_while_any_is_in_force_there_is_a_next_edge(record: CarRecord) -> None:
    """A skip or a vacation always has a cycle at its end."""
    found = said(record)
    if found.until is not None:
        assert found.until in edges(record.overrides, NOW)


@given(records)
def test_a_target_in_force_is_one_that_was_said(record: CarRecord) -> None:
    """No target is made up."""
    found = said(record)
    assert found.target in {None, *(item.target for item in record.overrides)}
    assert found.any == (found.not_before is not None or found.target is not None)


@given(records, overrides())
def test_a_new_one_takes_the_place_of_its_kind(
    record: CarRecord, new: Override
) -> None:
    """The last word counts: of skips, vacations and targets of a day there is one."""
    found = with_override(record.overrides, new)
    assert found[-1] == new
    others = [item for item in record.overrides if item.kind is not new.kind]
    assert [item for item in found if item.kind is not new.kind] == others
    same = [item for item in found if item.kind is new.kind]
    if new.kind is not OverrideKind.TARGET:
        assert same == [new]
    assert [item.since for item in same].count(new.since) == 1


def test_a_skip_without_a_time_ends_with_the_departure() -> None:
    """Or in a day, if the car never leaves."""
    assert skip_end(LEAVING, NOW, WARSAW) == DEPARTURE
    assert skip_end([None] * 7, NOW, WARSAW) == NOW + DAY


def test_stored_values_that_cannot_be_are_dropped() -> None:
    """A file that was edited by hand stops no car."""
    good = vacation().overrides[0]
    assert is_believed(good)
    assert is_believed(skip().overrides[0])
    for target in (1, 100):
        assert is_believed(replace(good, target=target))
    for target in (0, 101, 120):
        assert not is_believed(replace(good, target=target))
    assert not is_believed(replace(good, target=None))
    assert not is_believed(replace(good, until=good.since))


def test_a_plan_without_overrides_is_as_before() -> None:
    """What nobody said changes nothing."""
    record = replace(RECORD, sync=SyncState())
    assert Reason.SKIPPED not in state(record).reasons
    assert not said(record).any
