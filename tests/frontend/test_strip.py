"""Windows, prices and forecasts as pure data."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.planning.model import Battery, Window
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)
from custom_components.tesla_scout_worker.frontend.as_json import as_json
from custom_components.tesla_scout_worker.frontend.car_view import car_view
from custom_components.tesla_scout_worker.frontend.facts import (
    CarFacts,
    EndedSession,
    Goal,
    LevelPoint,
    Trail,
)
from custom_components.tesla_scout_worker.frontend.strip import (
    charge,
    charges,
    forecast,
    price_bars,
    ran,
)

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
CAR = Battery(capacity=75, power=11)


def hours(*costs: float | None, currency: str | None = "PLN") -> CostCurve:
    """Return prices of hours from now on; None is a gap."""
    return CostCurve(
        currency=currency,
        intervals=tuple(
            CostInterval(start=NOW + i * HOUR, end=NOW + (i + 1) * HOUR, cost=cost)
            for i, cost in enumerate(costs)
            if cost is not None
        ),
    )


def facts(**changes: object) -> CarFacts:
    """Return a car at home, plugged in, at 40 % of 80 %."""
    usual: dict[str, object] = {
        "name": "Car",
        "now": NOW,
        "battery": CAR,
        "level": 40,
        "limit": 80,
        "plugged_in": True,
        "at_home": True,
        "seen_at": NOW,
        "curve": hours(1.0, 0.5),
    }
    return CarFacts(**usual | changes)  # type: ignore[arg-type]


def test_cost_is_the_energy_by_its_price() -> None:
    """Half an hour at each price."""
    found = charge(CAR, 40, 80, NOW + HOUR / 2, NOW + 1.5 * HOUR, hours(1.0, 0.5))
    assert found.energy == pytest.approx(11)
    assert found.cost == pytest.approx(5.5 * 1.0 + 5.5 * 0.5)


def test_unknown_price_makes_the_cost_unknown() -> None:
    """A gap in the prices, or a tariff of zones, has no cost."""
    known, zones = hours(1.0, None, 1.0), hours(0.0, 1.0, currency=None)
    for curve in (known, zones):
        assert charge(CAR, 40, 80, NOW, NOW + 2 * HOUR, curve).cost is None
    assert charge(CAR, 40, 80, NOW, NOW + HOUR, known).cost == pytest.approx(11)


def test_charge_ends_with_the_target() -> None:
    """A window that is longer than needed ends early, at a whole minute."""
    found = charge(CAR, 78, 80, NOW, NOW + 5 * HOUR, hours(1.0))
    assert found.level_to == 80
    assert found.end - NOW == timedelta(minutes=9)


@given(
    st.floats(0, 100),
    st.floats(50, 100),
    st.lists(
        st.tuples(st.integers(0, 2000), st.integers(1, 600)), min_size=1, max_size=4
    ),
)
def test_forecast_only_rises(
    level: float, target: float, windows: list[tuple[int, int]]
) -> None:
    """The level never falls, and never rises above the target."""
    spans = [
        Window(
            start=NOW + timedelta(minutes=start),
            end=NOW + timedelta(minutes=start + length),
        )
        for start, length in windows
    ]
    planned = charges(CAR, level, target, spans, hours(1.0), NOW)
    points = forecast(CAR, level, planned, NOW)
    assert points[0].at == NOW
    assert all(one.at < other.at for one, other in pairwise(points))
    assert all(one.level <= other.level + 0.1 for one, other in pairwise(points))
    assert points[-1].level <= max(level, target) + 0.1


@given(st.lists(st.one_of(st.none(), st.sampled_from([0.2, 0.5])), max_size=12))
def test_prices_have_no_gap(costs: list[float | None]) -> None:
    """Bars cover the strip, and an unknown hour is never shown with a price."""
    curve = hours(*costs)
    bars = price_bars(curve, curve, NOW - HOUR, NOW + 13 * HOUR)
    assert (bars[0].start, bars[-1].end) == (NOW - HOUR, NOW + 13 * HOUR)
    assert all(one.end == other.start for one, other in pairwise(bars))
    assert all(bar.known is (bar.price is not None) for bar in bars)
    known = sum(((bar.end - bar.start) for bar in bars if bar.known), timedelta(0))
    assert known == sum(cost is not None for cost in costs) * HOUR


def test_ended_charge_is_as_long_as_its_energy() -> None:
    """A sleeping car is read hours after its charge, which did not last until then."""
    trail = Trail(
        levels=(
            LevelPoint(at=NOW - 4 * HOUR, level=40),
            LevelPoint(at=NOW - HOUR / 2, level=60),
        ),
        charging=((NOW - 4 * HOUR, True), (NOW - HOUR / 2, False)),
    )
    [found] = ran(facts(trail=trail))
    assert found.energy == pytest.approx(15)
    assert found.end - found.start == timedelta(minutes=82)


def test_older_read_changes_no_trail() -> None:
    """What was recorded is not repeated by the last read."""
    trail = Trail().with_read(NOW, 50, True)
    assert trail.with_read(NOW, 50, True) == trail
    assert trail.with_read(NOW - HOUR, 40, False) == trail
    later = trail.with_read(NOW + HOUR, 60, False)
    assert [point.level for point in later.levels] == [50, 60]
    assert later.since(NOW + HOUR / 2).charging == (
        (NOW + HOUR / 2, True),
        (NOW + HOUR, False),
    )


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"home_known": False}, "no_home"),
        ({"seen_at": None, "level": None}, "never_read"),
        ({"sync": False}, "off"),
        ({"level": None}, "level_unknown"),
        ({"level": 80}, "full"),
        ({}, "no_departure"),
    ],
)
def test_verdict_without_a_goal(changes: dict[str, object], key: str) -> None:
    """A car that is not planned for has a verdict too."""
    assert car_view(facts(**changes)).verdict.key == key


def goal(**changes: object) -> Goal:
    """Return a goal of the daily plan: 80 % in ten hours, in the first two."""
    usual: dict[str, object] = {
        "target": 60,
        "ready_by": NOW + 10 * HOUR,
        "windows": (Window(start=NOW, end=NOW + 2 * HOUR),),
    }
    return Goal(**usual | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of_car", "of_goal", "key"),
    [
        ({}, {}, "on_track"),
        ({"shadow": True}, {}, "preview"),
        ({"level": 60}, {}, "reached"),
        ({"plugged_in": False}, {}, "plug_in"),
        ({"at_home": False, "plugged_in": False}, {}, "away"),
        ({"plugged_in": False}, {"ready_by": NOW + HOUR}, "short"),
        ({}, {"state": "failed"}, "failed"),
        ({}, {"target": 100}, "short"),
        ({}, {"windows": (), "reasons": ("no_prices",)}, "no_prices"),
        ({}, {"windows": (), "reasons": ("prices_awaited",)}, "waits_for_prices"),
        ({"level": None}, {}, "level_unknown"),
        (
            {},
            {"session_id": "special", "state": "active", "expected_level": 50},
            "short",
        ),
        ({"shadow": True}, {"session_id": "special"}, "on_track"),
    ],
)
def test_verdict_of_a_goal(
    of_car: dict[str, object], of_goal: dict[str, object], key: str
) -> None:
    """Each way that a goal can stand has its verdict."""
    assert car_view(facts(daily=goal(**of_goal), **of_car)).verdict.key == key


def test_second_goal_starts_from_the_first() -> None:
    """Of two plans the second one charges only what the first one leaves."""
    special = goal(
        session_id="special",
        target=70,
        ready_by=NOW + 20 * HOUR,
        windows=(Window(start=NOW + 15 * HOUR, end=NOW + 19 * HOUR),),
    )
    first, second = car_view(facts(daily=goal(), sessions=(special,))).plans
    assert (first.windows[0].level_from, first.windows[0].level_to) == (40, 60)
    assert (second.windows[0].level_from, second.windows[0].level_to) == (60, 70)


def test_goal_that_another_one_reaches_is_no_failure() -> None:
    """Special charging to more by the same departure covers the ordinary target."""
    special = goal(session_id="special", target=60)
    first, second = car_view(facts(daily=goal(windows=()), sessions=(special,))).plans
    assert first.session_id == "special"
    assert (first.verdict.key, second.verdict.key) == ("on_track", "reached")


def test_charge_outside_of_a_plan_goes_on_to_the_limit() -> None:
    """A car that charges by itself is not shown as flat."""
    view = car_view(facts(charging=True))
    assert view.forecast[-1].level == 80


def test_failed_session_is_told() -> None:
    """A session that was missed is a problem with its reason."""
    ended = EndedSession(
        session_id="special",
        target=90,
        ready_by=NOW - HOUR,
        state="missed",
        reason="not_home",
    )
    [problem] = car_view(facts(ended=(ended,), daily=goal())).problems
    assert problem.key == "session_missed"
    assert problem.placeholders["reason"] == "not_home"


def test_budget_is_told() -> None:
    """A budget that is spent keeps the plan from being sent."""
    [problem] = car_view(facts(stage="stopped", daily=goal())).problems
    assert problem.key == "budget_stopped"


class Letter(StrEnum):
    """An enum of the test."""

    A = "a"


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A view of the test."""

    at: datetime
    rows: tuple[Letter, ...]
    more: dict[str, float | None]


def test_json_of_a_view() -> None:
    """Times are ISO 8601, enums their values."""
    view = Example(at=NOW, rows=(Letter.A,), more={"x": None})
    assert as_json(view) == {
        "at": "2026-11-24T17:00:00+00:00",
        "rows": ["a"],
        "more": {"x": None},
    }
    with pytest.raises(TypeError):
        as_json(object())
