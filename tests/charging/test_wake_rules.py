"""The wake policy: how often, from when on, and spread over which time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.daily.daily_state import VehicleFacts
from custom_components.tesla_scout_worker.charging.daily.record import DailySettings
from custom_components.tesla_scout_worker.charging.in_car.delivery_state import (
    NO_WAKE,
    DeliveryState,
    WaitReason,
    WakeRule,
)
from custom_components.tesla_scout_worker.charging.in_car.difference import (
    ManagedSchedule,
    ScheduleDiff,
    ScheduleRole,
    one_time_schedule,
)
from custom_components.tesla_scout_worker.charging.planning.model import Window
from custom_components.tesla_scout_worker.charging.sessions.session import SessionAction
from custom_components.tesla_scout_worker.charging.wake_rules import (
    MOST_SEND_WAKES,
    WAKE_LEAD,
    daily_wake_rule,
    session_wake_rule,
)
from custom_components.tesla_scout_worker.gateways.models import Position

from .sessions.session_samples import MINUTE, SEND_AT, START, a_session

WARSAW = ZoneInfo("Europe/Warsaw")
HOME = Position(latitude=52.2297, longitude=21.0122)
NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
SETTINGS = DailySettings(shadow=False)
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


def schedule(
    hours: int, schedule_id: int, kind: ScheduleRole = ScheduleRole.PLAN
) -> ManagedSchedule:
    """Return a schedule of an hour that starts so many hours from now."""
    window = Window(start=NOW + hours * HOUR, end=NOW + (hours + 1) * HOUR)
    return one_time_schedule(window, kind, HOME, WARSAW).with_id(schedule_id)


EARLY, LATE = schedule(3, 1), schedule(6, 2)
GUARD = schedule(1, 3, ScheduleRole.GUARD)


def test_a_check_wakes_once() -> None:
    """Whether the car charges is worth one wake, and no more."""
    rule = session_wake_rule(
        a_session(), SessionAction.CHECK, START, limit_raised=False
    )
    assert rule == WakeRule(since=START, most=1)


@pytest.mark.parametrize(("limit_raised", "most"), [(True, 1), (False, 0)])
def test_a_car_is_woken_to_restore_its_limit_alone(
    limit_raised: bool, most: int
) -> None:
    """A schedule that is over stays until the car is awake anyway."""
    rule = session_wake_rule(
        a_session(), SessionAction.RESTORE, START, limit_raised=limit_raised
    )
    assert rule == WakeRule(since=START, most=most)


@pytest.mark.parametrize(
    ("now", "most"), [(SEND_AT, 0), (START - MINUTE, 0), (START, 1)]
)
def test_a_car_that_was_away_is_woken_when_the_charging_should_begin(
    now: datetime, most: int
) -> None:
    """It may have come home unseen; before that its return is awaited."""
    away = a_session(delivery=DeliveryState(waits_for=WaitReason.NOT_HOME))
    rule = session_wake_rule(away, SessionAction.SEND, now, limit_raised=False)
    assert rule == WakeRule(since=now, most=most)


def test_the_wakes_to_send_are_spread_until_the_deadline() -> None:
    """Half of them before the charging should begin, one then, the rest after it."""
    session = a_session()
    assert session_wake_rule(
        session, SessionAction.SEND, SEND_AT, limit_raised=False
    ) == WakeRule(since=SEND_AT, most=MOST_SEND_WAKES // 2, until=session.wake_at)
    at = session.wake_at
    assert session_wake_rule(
        session, SessionAction.SEND, at, limit_raised=False
    ) == WakeRule(since=at, most=MOST_SEND_WAKES)
    for woken_at, until in ((at - MINUTE, None), (at, session.decided_at)):
        woken = replace(session, delivery=DeliveryState(woken_at=woken_at))
        rule = session_wake_rule(
            woken, SessionAction.SEND, at + MINUTE, limit_raised=False
        )
        assert rule.until == until


def test_a_change_of_the_daily_plan_wakes_an_hour_before_it_takes_effect() -> None:
    """Once for each change, which the rule names by its fingerprint."""
    rule = daily_wake_rule(SETTINGS, (), ScheduleDiff(add=(LATE, EARLY)), FACTS)
    assert rule.since == NOW + 3 * HOUR - WAKE_LEAD
    assert rule.change is not None
    assert rule.most == 0
    other = daily_wake_rule(SETTINGS, (), ScheduleDiff(add=(LATE,)), FACTS)
    assert other.since == NOW + 6 * HOUR - WAKE_LEAD
    assert other.change not in (None, rule.change)


@pytest.mark.parametrize(
    ("level", "limit", "matters"),
    [(79, 80, True), (80, 80, False), (None, 80, True), (40, None, True)],
)
def test_a_window_less_matters_to_a_car_that_is_not_full(
    level: float | None, limit: int | None, matters: bool
) -> None:
    """A full car does not charge in it; what is unknown is not taken for full."""
    facts = replace(FACTS, level=level, limit=limit)
    change = ScheduleDiff(remove=frozenset({1}))
    rule = daily_wake_rule(SETTINGS, (EARLY, LATE), change, facts)
    assert rule.since == (NOW + 2 * HOUR if matters else None)


def test_a_guard_alone_wakes_nobody() -> None:
    """It is no charging."""
    assert (
        daily_wake_rule(SETTINGS, (), ScheduleDiff(add=(GUARD,)), FACTS).since is None
    )


@pytest.mark.parametrize("plugged_in", [False, None])
def test_a_car_without_its_cable_is_not_woken(plugged_in: bool | None) -> None:
    """No schedule can charge it."""
    facts = replace(FACTS, plugged_in=plugged_in)
    change = ScheduleDiff(add=(EARLY,))
    assert daily_wake_rule(SETTINGS, (), change, facts) == NO_WAKE


@pytest.mark.parametrize(
    "settings", [replace(SETTINGS, sync=False), replace(SETTINGS, shadow=True)]
)
def test_a_guard_without_a_plan_is_removed_now(settings: DailySettings) -> None:
    """It would keep the car from charging for days."""
    change = ScheduleDiff(remove=frozenset({3}))
    rule = daily_wake_rule(settings, (GUARD,), change, FACTS)
    assert (rule.since, rule.change) == (NOW, "3")
