"""What cars that sleep cost Home Assistant, by their number: time, memory and writes.

Each case runs twice, in processes of its own: once for the time, and once under
`tracemalloc`, which makes everything slower, for the memory.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
import gc
import logging
from multiprocessing import get_context
import tracemalloc
from typing import Final
import warnings

# Before any integration is loaded, whose imports it patches.
from pytest_homeassistant_custom_component import plugins  # noqa: F401

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from simulator.clock import SystemClock
from simulator.cloud import Cloud

from .cars import BEGIN, Kind, make_car
from .integrations_under_test import ADAPTIVE, TESLA_FLEET, Subject, at_work
from .virtual_house import Turns, frozen, home_assistant, live, tesla

NUMBERS: Final = (1, 10, 100)
ASLEEP: Final = Kind(idle=10, kept_awake=False)

# The cars sleep by then, and neither a day nor a month of Tesla's (UTC) turns until the
# end: what is done once a month is no part of a round.
SETTLED: Final = timedelta(hours=3)
HOURS: Final = 2
KILOBYTE: Final = 1000


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """The cost of a round of free looks at some sleeping cars.

    The time is that of the loop's process, the answering cloud in it included. The
    memory is what Python allocated from just before an account was set up, until its
    cars slept, in kilobytes: its entities, devices, states and timers, the entry, what
    it remembers, and the connections with both of their ends. Not counted are the code
    and what is cached once for all (an account of one car was set up and unloaded
    before), the simulated cars, what the cloud notes of its requests, and what C
    libraries allocate by themselves. ``growth`` is by how much more that was after
    two more hours of sleep.
    """

    subject: str
    cars: int
    milliseconds: float
    state_writes: float
    calls: float
    kilobytes: float = 0.0
    growth: float = 0.0


def footprints() -> list[Footprint]:
    """Return the footprint of both, for 1, 10 and 100 cars."""
    return [
        footprint(subject, cars)
        for subject in (ADAPTIVE, TESLA_FLEET)
        for cars in NUMBERS
    ]


def footprint(subject: Subject, number: int) -> Footprint:
    """Return the footprint of one, once its cars have fallen asleep."""
    with ProcessPoolExecutor(
        1, mp_context=get_context("spawn"), max_tasks_per_child=1
    ) as pool:
        timed = pool.submit(_timed, subject, number).result()
        kilobytes, growth = pool.submit(_traced, subject, number).result()
    return replace(timed, kilobytes=kilobytes, growth=growth)


def _timed(subject: Subject, number: int) -> Footprint:
    """Return the footprint but for the memory, in a process of its own."""
    hush()
    return asyncio.run(_time(subject, number))


def _traced(subject: Subject, number: int) -> tuple[float, float]:
    """Return the memory and its growth in kilobytes, in a process of its own."""
    hush()
    return asyncio.run(_memory(subject, number))


def hush() -> None:
    """Let nothing be logged, which would take time and memory."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")


@dataclass(frozen=True, kw_only=True)
class _House:
    """A Home Assistant, and the cloud beside it."""

    hass: HomeAssistant
    cloud: Cloud


@asynccontextmanager
async def _house(number: int) -> AsyncIterator[_House]:
    """Run a Home Assistant that knows no car yet, and a cloud with some."""
    cars = [
        make_car(ASLEEP, "part_time_commuter", each, SystemClock())
        for each in range(1, number + 1)
    ]
    async with home_assistant() as hass, tesla(cars) as cloud:
        yield _House(hass=hass, cloud=cloud)


async def _time(subject: Subject, number: int) -> Footprint:
    """Return the footprint but for the memory."""
    with frozen(BEGIN) as clock:
        async with (
            _house(number) as house,
            at_work(subject, house.hass, house.cloud),
        ):
            asleep, still = BEGIN + SETTLED, Turns(at=[])
            await live(house.hass, clock, asleep, still, lambda now: None)
            writes = 0

            @callback
            def count(event: Event[EventStateChangedData]) -> None:
                """Count a write of a state."""
                nonlocal writes
                writes += 1

            house.hass.bus.async_listen(EVENT_STATE_CHANGED, count)
            made = len(house.cloud.requests)
            until = asleep + timedelta(hours=HOURS)
            took = await live(house.hass, clock, until, still, lambda now: None)
            rounds = HOURS * (60 if subject == ADAPTIVE else 6)
            return Footprint(
                subject=subject.name,
                cars=number,
                milliseconds=took * 1000 / rounds,
                state_writes=writes / rounds,
                calls=(len(house.cloud.requests) - made) / rounds,
            )


async def _memory(subject: Subject, number: int) -> tuple[float, float]:
    """Return the memory of an account, and by how much it grew, in kilobytes."""
    with frozen(BEGIN):
        async with _house(1) as house, at_work(subject, house.hass, house.cloud):
            pass
    tracemalloc.start()
    with frozen(BEGIN) as clock:
        async with _house(number) as house:
            before = _allocated(house.cloud)
            async with at_work(subject, house.hass, house.cloud):
                asleep, still = BEGIN + SETTLED, Turns(at=[])
                await live(house.hass, clock, asleep, still, lambda now: None)
                held = _allocated(house.cloud)
                until = asleep + timedelta(hours=HOURS)
                await live(house.hass, clock, until, still, lambda now: None)
                after = _allocated(house.cloud)
    return (held - before) / KILOBYTE, (after - held) / KILOBYTE


def _allocated(cloud: Cloud) -> int:
    """Return the bytes that are in use, without what the cloud noted of requests."""
    cloud.requests.clear()
    cloud.auth.requests.clear()
    for _ in range(3):
        gc.collect()
    return tracemalloc.get_traced_memory()[0]
