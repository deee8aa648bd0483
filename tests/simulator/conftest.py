"""Fixtures: clouds, and a client session."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

from aiohttp import ClientSession
import pytest

from simulator.car import Car, CarSettings, Place
from simulator.clock import ManualClock
from simulator.cloud import Cloud
from simulator.settings import CloudSettings

VIN = "LRW3E7EK0RC000001"
HOME = Place(latitude=52.2297, longitude=21.0122)


class Clouds:
    """Starts clouds, and stops them all after the test."""

    def __init__(self, clock: ManualClock) -> None:
        """Give every cloud the same clock."""
        self.clock = clock
        self._running: list[Cloud] = []

    async def start(
        self,
        settings: CloudSettings | None = None,
        cars: Iterable[CarSettings] | None = None,
    ) -> Cloud:
        """Start a cloud, by default with one car that is awake."""
        wanted = [CarSettings(vin=VIN, home=HOME)] if cars is None else cars
        cloud = Cloud(
            clock=self.clock,
            cars=[Car(car, self.clock) for car in wanted],
            settings=settings,
        )
        self._running.append(cloud)
        await cloud.start()
        return cloud

    async def stop(self) -> None:
        """Stop every cloud."""
        for cloud in self._running:
            await cloud.stop()


@pytest.fixture
def clock() -> ManualClock:
    """A clock that the test moves."""
    return ManualClock(datetime(2026, 5, 4, 12, tzinfo=UTC))


@pytest.fixture
async def clouds(clock: ManualClock, socket_enabled: None) -> AsyncIterator[Clouds]:
    """Clouds on this machine's sockets."""
    running = Clouds(clock)
    yield running
    await running.stop()


@pytest.fixture
async def cloud(clouds: Clouds) -> Cloud:
    """A cloud with one car that is awake."""
    return await clouds.start()


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[ClientSession]:
    """A client."""
    async with ClientSession() as client:
        yield client
