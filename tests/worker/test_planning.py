"""No plan holds the event loop."""

import asyncio
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import HOME, VIN, act, set_up
from ..scout_helpers import devices

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
    beats = 0

    async def beat() -> None:
        """Count the turns of the event loop."""
        nonlocal beats
        while True:
            await asyncio.sleep(0)
            beats += 1

    ready_by = dt_util.utcnow() + timedelta(days=6, minutes=minutes)
    heart = asyncio.ensure_future(beat())
    plan = await act(
        hass,
        "plan_special_charging",
        device_id=devices(hass)[VIN],
        ready_by=ready_by.isoformat(),
        target=100,
    )
    heart.cancel()
    assert plan["windows"]
    # A plan on the event loop takes a single turn of it.
    assert beats > 100
