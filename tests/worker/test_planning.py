"""No plan holds the event loop."""

from dataclasses import replace
from datetime import timedelta
import threading
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.charging.daily.car_plan import daily_state
from custom_components.tesla_scout_worker.charging.daily.daily_state import DailyState
from custom_components.tesla_scout_worker.charging.planning.model import (
    ChargeGoal,
    ChargePlan,
)
from custom_components.tesla_scout_worker.charging.sessions.session_plan import (
    plan_session,
)
from custom_components.tesla_scout_worker.charging.tariffs.outlook import Outlook
from custom_components.tesla_scout_worker.worker import daily_plan, session_plans
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import HOME, VIN, act, set_up
from ..scout_helpers import devices
from .off_peak.off_peak_helpers import AWAKE, arrive, by_prices, clock, planned

# A household socket: 10 to 100 % take more than three days.
OPTIONS: dict[str, Any] = {
    "special_charging": {"charging_power": 1, "least_block": 5, "most_windows": 5}
}


@pytest.fixture
def car_settings() -> CarSettings:
    """Return an empty car at such a socket."""
    return CarSettings(
        vin=VIN, home=HOME, plugged_in=True, battery_level=10, charger_kw=1
    )


@pytest.mark.parametrize("minutes", [0, 57])
async def test_a_plan_for_days_leaves_the_event_loop_free(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, minutes: int
) -> None:
    """Everything else goes on while six days are planned, whatever the minute."""
    entry = await set_up(hass, cloud)
    hass.config_entries.async_update_entry(entry, options=OPTIONS)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    planned_in: list[threading.Thread] = []

    def spy(goal: ChargeGoal, outlook: Outlook) -> ChargePlan:
        """Plan, and note the thread."""
        planned_in.append(threading.current_thread())
        return plan_session(goal, outlook)

    ready_by = dt_util.utcnow() + timedelta(days=6, minutes=minutes)
    with patch(f"{session_plans.__name__}.plan_session", spy):
        plan = await act(
            hass,
            "plan_special_charging",
            device_id=devices(hass)[VIN],
            ready_by=ready_by.isoformat(),
            target=100,
        )
    assert plan["windows"]
    assert planned_in
    assert threading.current_thread() not in planned_in


@pytest.mark.parametrize(
    "car_settings",
    [replace(AWAKE, battery_level=80)],
)
async def test_a_daily_plan_over_a_weekend_leaves_the_event_loop_free(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """In the last hour before a departure, a full car is planned for the one after it."""
    noon.move_to(clock("2026-11-27 06:10"))
    await by_prices(hass, cloud, departures="Sat Sun -")
    await arrive(hass, cloud)
    planned_in: list[threading.Thread] = []

    def spy(*facts: Any, **choices: Any) -> DailyState:
        """Plan, and note the thread."""
        planned_in.append(threading.current_thread())
        return daily_state(*facts, **choices)

    with patch(f"{daily_plan.__name__}.daily_state", spy):
        plan = await planned(hass)
    assert plan["ready_by"] == "2026-11-30T07:00:00+01:00"
    assert planned_in
    assert threading.current_thread() not in planned_in
