"""Plans by the user's options, as a car's schedules can hold them."""

from datetime import UTC, datetime, time, timedelta
import math
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.options import (
    CHARGING_BOUNDS,
    ChargingOptions,
)
from custom_components.tesla_scout_worker.charging.planning.planner import plan_charge
from custom_components.tesla_scout_worker.charging.planning.timeline import (
    LONGEST_WINDOW,
)
from custom_components.tesla_scout_worker.const import (
    CONF_CHARGING_POWER,
    CONF_DAILY_CHECK,
    CONF_PEAK_HOURS,
    CONF_SPECIAL_CHARGING,
)

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)


def test_a_day_at_a_household_socket_is_more_than_one_window() -> None:
    """A schedule knows two times of day, and would end a day too early."""
    chosen = {CONF_CHARGING_POWER: 2.3, CONF_PEAK_HOURS: ""}
    options = ChargingOptions.of({CONF_SPECIAL_CHARGING: chosen})
    ready_by = NOW + timedelta(hours=47)
    goal = options.goal(10, 90, ready_by, NOW)
    peaks = options.peak_curve(NOW, ready_by, ZoneInfo("Europe/Warsaw"))
    plan = plan_charge(goal, peaks, NOW)
    hours = sum((window.end - window.start for window in plan.windows), timedelta(0))
    longest = timedelta(minutes=LONGEST_WINDOW)
    assert hours > timedelta(hours=24)
    assert all(window.end - window.start <= longest for window in plan.windows)
    assert plan.windows[-1].end <= ready_by


@pytest.mark.parametrize("value", [10**12, -1, math.inf, math.nan, "60", None, []])
def test_a_number_out_of_bounds_is_the_default(value: object) -> None:
    """As a hand may write it into the store; the form would refuse it."""
    usual = ChargingOptions.of({})
    written = dict.fromkeys(CHARGING_BOUNDS, value)
    assert ChargingOptions.of({CONF_SPECIAL_CHARGING: written}) == usual


def test_the_bounds_themselves_are_taken() -> None:
    """Both ends are values that the form accepts."""
    for edge in (0, 1):
        chosen = {key: bounds[edge] for key, bounds in CHARGING_BOUNDS.items()}
        options = ChargingOptions.of({CONF_SPECIAL_CHARGING: chosen})
        assert options.timing.send_lead == timedelta(minutes=chosen["send_lead"])
        assert options.battery.power == chosen[CONF_CHARGING_POWER]


@pytest.mark.parametrize("value", ["25:00:00", "soon", "", None, 23, "23:00:00+02:00"])
def test_a_time_of_day_that_is_none_is_the_default(value: object) -> None:
    """As a hand may write it into the store."""
    chosen = {CONF_SPECIAL_CHARGING: {CONF_DAILY_CHECK: value}}
    assert ChargingOptions.of(chosen).daily_check == time(23)
