"""A clock that goes on while something only waits for time, as a command for a wake does."""

import asyncio
from datetime import timedelta

from freezegun import api
from freezegun.api import FrozenDateTimeFactory

from homeassistant.core import HomeAssistant

from .common import fire_timers

SECOND = timedelta(seconds=1)

# For so long (real seconds) something else than time may be waited for: a file, an answer.
SETTLES = 0.05


async def tick_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, by: timedelta
) -> None:
    """Let time pass at once, and everything happen that was due.

    Where that takes time itself, the clock goes on by seconds until it has happened.
    """
    freezer.tick(by)
    fire_timers(hass)
    settled = hass.loop.create_task(
        hass.async_block_till_done(wait_background_tasks=True)
    )
    since = api.real_monotonic()
    while not settled.done():
        await asyncio.sleep(0)
        if api.real_monotonic() - since > SETTLES:
            freezer.tick(SECOND)
            fire_timers(hass)
            since = api.real_monotonic()
    await settled
