"""Plans by the user's options, as a car's schedules can hold them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from custom_components.tesla_scout_worker.charging.options import ChargingOptions
from custom_components.tesla_scout_worker.charging.planning.planner import plan_charge
from custom_components.tesla_scout_worker.charging.planning.timeline import (
    LONGEST_WINDOW,
)
from custom_components.tesla_scout_worker.const import (
    CONF_CHARGING_POWER,
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
