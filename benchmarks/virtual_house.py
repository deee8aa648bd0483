"""A cloud and a Home Assistant on virtual time, from timer to timer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import tempfile
import time
from typing import Final

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component import plugins
from pytest_homeassistant_custom_component.common import async_test_home_assistant
import pytest_socket

from homeassistant import loader
from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame
from homeassistant.setup import async_setup_component
from simulator.car import Car
from simulator.clock import SystemClock
from simulator.cloud import Cloud

from .cars import HOME, ZONE, on_the_grid

# Taken before any clock is stopped: the processor's time, which no other program has.
_REAL_TIME: Final = time.process_time


@contextmanager
def frozen(at: datetime) -> Iterator[FrozenDateTimeFactory]:
    """Stop the clock, as the tests of Home Assistant do."""
    plugins.pytest_runtest_setup()
    pytest_socket.enable_socket()
    with freeze_time(at) as clock:
        assert isinstance(clock, FrozenDateTimeFactory)
        yield clock


@asynccontextmanager
async def home_assistant() -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant in Warsaw that can load this integration."""
    with tempfile.TemporaryDirectory(prefix="scout-month-") as folder:
        async with async_test_home_assistant(config_dir=folder) as hass:
            hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
            # Another Home Assistant of this process may have stopped and taken it away.
            frame.async_setup(hass)
            await hass.config.async_update(
                latitude=HOME.latitude,
                longitude=HOME.longitude,
                time_zone=ZONE.key,
                country="PL",
            )
            await async_setup_component(hass, "zone", {})
            try:
                yield hass
            finally:
                await hass.async_stop(force=True)


@asynccontextmanager
async def tesla(cars: list[Car]) -> AsyncIterator[Cloud]:
    """Run a Tesla cloud with some cars in one account."""
    cloud = Cloud(clock=SystemClock(), cars=cars)
    await cloud.start()
    try:
        yield cloud
    finally:
        await cloud.stop()


@dataclass(kw_only=True)
class Turns:
    """Things that happen in the world at given times, beside the timers."""

    at: list[tuple[datetime, Callable[[], None]]]

    def happen(self, now: datetime) -> None:
        """Let happen what is due."""
        while self.at and self.at[0][0] <= now:
            self.at.pop(0)[1]()


async def live(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    until: datetime,
    turns: Turns,
    after: Callable[[datetime], None],
) -> float:
    """Let the time pass until an instant; ``after`` is called after each step.

    Returns:
        The real seconds that Home Assistant, and the cloud beside it, were at work.
    """
    loop = asyncio.get_running_loop()
    began = _REAL_TIME()
    while (now := datetime.now(UTC)) < until:
        due = min(
            (item.when() for item in loop._scheduled if not item.cancelled()),  # type: ignore[attr-defined]  # noqa: SLF001
            default=loop.time(),
        )
        at = now + timedelta(seconds=max(0.0, due - loop.time()))
        if turns.at:
            at = min(at, turns.at[0][0])
        clock.move_to(min(on_the_grid(max(at, now)), until))
        turns.happen(datetime.now(UTC))
        # The loop's own clock has moved too, so that it runs what is due by itself.
        await asyncio.sleep(0)
        await hass.async_block_till_done(wait_background_tasks=True)
        after(datetime.now(UTC))
    return _REAL_TIME() - began
