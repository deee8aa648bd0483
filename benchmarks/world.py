"""Cars, clouds and a Home Assistant on virtual time, from timer to timer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
import tempfile
import time
from typing import Final
from zoneinfo import ZoneInfo

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component import plugins
from pytest_homeassistant_custom_component.common import async_test_home_assistant
import pytest_socket

from homeassistant import loader
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.car import Car, CarSettings, Place
from simulator.clock import Clock, SystemClock
from simulator.cloud import Cloud
from simulator.trips import read_trips

ZONE: Final = ZoneInfo("Europe/Warsaw")
HOME: Final = Place(latitude=52.2297, longitude=21.0122)
DATA: Final = Path(__file__).parents[1] / "simulator" / "data"
TRIPS: Final = ("part_time_commuter", "full_time_commuter", "free_time_driver")

# The first day of the trip files, at midnight.
BEGIN: Final = datetime(2026, 5, 1, tzinfo=ZONE).astimezone(UTC)


# Taken before any clock is stopped: the processor's time, which no other program has.
_REAL_TIME: Final = time.process_time


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of car: how soon it sleeps, whether reads keep it up, and sentry mode."""

    idle: int
    kept_awake: bool
    sentry: bool = False

    @property
    def name(self) -> str:
        """What it is called in the table."""
        if self.sentry:
            return "sentry on"
        effect = "kept awake by reads" if self.kept_awake else "sleeps regardless"
        return f"{effect}, {self.idle} min"


def settings(kind: Kind, number: int) -> CarSettings:
    """Return the car of a kind, with a VIN of its own."""
    return CarSettings(
        vin=f"LRW3E7EK0RC{number:06}",
        name=f"Car {number}",
        home=HOME,
        idle_before_sleep=timedelta(minutes=kind.idle),
        reads_keep_awake=kind.kept_awake,
        sentry=kind.sentry,
    )


def make_car(kind: Kind, trips: str, number: int, clock: Clock) -> Car:
    """Return a car with its trips, at home."""
    path = DATA / f"{trips}.csv"
    return Car(settings(kind, number), clock, read_trips(path, ZONE))


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
            (one.when() for one in loop._scheduled if not one.cancelled()),  # type: ignore[attr-defined]  # noqa: SLF001
            default=loop.time(),
        )
        at = now + timedelta(seconds=max(0.0, due - loop.time()))
        if turns.at:
            at = min(at, turns.at[0][0])
        clock.move_to(min(_on_the_grid(max(at, now)), until))
        turns.happen(datetime.now(UTC))
        # The loop's own clock has moved too, so that it runs what is due by itself.
        await asyncio.sleep(0)
        await hass.async_block_till_done(wait_background_tasks=True)
        after(datetime.now(UTC))
    return _REAL_TIME() - began


def _on_the_grid(at: datetime) -> datetime:
    """Return the next minute, nearly a second late, as the timers of Home Assistant are.

    What is due within one minute happens at its end: fewer steps, and the same for all.
    """
    minute = at.replace(second=0, microsecond=900_000)
    return minute if minute > at else minute + timedelta(minutes=1)
