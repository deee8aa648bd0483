"""Virtual time for a Home Assistant, and a cloud, whose requests may hang.

The loop's clock stands still until nothing is left to do at this instant; then it goes on
to the next timer. All that Home Assistant takes for the time follows it.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
import time
from typing import Any, Final, override
from unittest.mock import patch

from homeassistant.core import async_get_hass_or_none
from homeassistant.helpers import event as event_helper
from homeassistant.util import dt as dt_util
from simulator.clock import Clock

# Turns of the loop in a row without anything to do, after which nothing comes any more:
# client and server are in one process, so what was sent can be received at once.
QUIET_TURNS: Final = 10

# Real seconds after which something goes round in circles at one instant.
PATIENCE: Final = 20.0

# What is due within a second happens at once, as the timers of Home Assistant do.
STEP: Final = timedelta(seconds=1)


# Timers of 5 and 10 seconds: of old device trackers, of zeroconf, and of aiohttp.
HOUSEKEEPING: Final = ("async_update_stale", "_async_cache_cleanup", "_weakref_handle")


class EndlessError(Exception):
    """The loop is never done at one instant."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock moves only when it is told to.

    Attributes:
        virtual: The loop's time in seconds.
    """

    virtual: float = 1000.0

    @override
    def time(self) -> float:
        """Return the time of the loop in seconds."""
        return self.virtual


class VirtualClock(Clock):
    """The clock of a virtual loop.

    Attributes:
        skew: By how much the wall clock of Home Assistant is wrong.
    """

    def __init__(self, loop: VirtualLoop, start: datetime) -> None:
        """Show a time (aware) now."""
        self._loop = loop
        self._begin = start.astimezone(UTC) - timedelta(seconds=loop.virtual)
        self.skew = timedelta(0)

    @override
    def now(self) -> datetime:
        """Return the true time, aware and in UTC."""
        return self._begin + timedelta(seconds=self._loop.virtual)

    def shown(self) -> datetime:
        """Return what the wall clock of Home Assistant shows, in UTC."""
        return self.now() + self.skew

    def local(self, time_zone: tzinfo | None = None) -> datetime:
        """Return what the wall clock of Home Assistant shows, in a zone."""
        return self.shown().astimezone(time_zone or dt_util.get_default_time_zone())

    def timestamp(self) -> float:
        """Return what the wall clock of Home Assistant shows, in Unix seconds."""
        return self.shown().timestamp()

    async def live(
        self, until: datetime, after: Callable[[datetime], None] = lambda now: None
    ) -> None:
        """Go from timer to timer until an instant (aware).

        Args:
            until: The true time.
            after: Called with the true time after each step.

        Raises:
            EndlessError: it is never done at one instant.
        """
        while (now := self.now()) < until:
            self._move(min(until - now, max(STEP, self._next_timer())))
            await self.settle()
            after(self.now())

    async def finish[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Let the time pass until some work is done, and return its result."""
        task = asyncio.ensure_future(work)
        await self.settle()
        while not task.done():
            await self.live(self.now() + STEP)
        return await task

    async def settle(self) -> None:
        """Wait until all is done that can be done without time going on.

        Raises:
            EndlessError: it is never done.
        """
        loop = self._loop
        until = _REAL_TIME() + PATIENCE
        quiet = 0
        while quiet < QUIET_TURNS:
            await asyncio.sleep(0)
            quiet = 0 if loop._ready else quiet + 1  # type: ignore[attr-defined]  # noqa: SLF001
            if quiet and not all(map(_idle, self._executors())):
                quiet = 0
                _REAL_SLEEP(0.0002)
            if _REAL_TIME() > until:
                raise EndlessError("never done at one instant")

    def _executors(self) -> list[ThreadPoolExecutor | None]:
        """Return where Home Assistant works beside its loop.

        It imports in a second one. An import that takes long on a busy machine must not
        meet the virtual time limit of a set-up.
        """
        hass = async_get_hass_or_none()
        return [
            self._loop._default_executor,  # type: ignore[attr-defined]  # noqa: SLF001
            None if hass is None else hass.import_executor,
        ]

    def _next_timer(self) -> timedelta:
        """Return how long it is until the next timer of the loop."""
        loop = self._loop
        due = min(
            (each.when() for each in loop._scheduled if not _is_housekeeping(each)),  # type: ignore[attr-defined]  # noqa: SLF001
            default=loop.virtual + 60,
        )
        # A timer that is due by less than the clock's resolution runs too early.
        return timedelta(seconds=due - loop.virtual, milliseconds=1)

    def _move(self, by: timedelta) -> None:
        """Move the clock."""
        self._loop.virtual += by.total_seconds()


_REAL_TIME: Final = time.perf_counter
_REAL_SLEEP: Final = time.sleep


def _is_housekeeping(handle: asyncio.TimerHandle) -> bool:
    """Return whether a timer may run late: nothing comes of it, and it is frequent."""
    if handle.cancelled():
        return True
    callback = handle._callback  # type: ignore[attr-defined]  # noqa: SLF001
    name = getattr(callback, "__qualname__", "")
    if not name and (job := getattr(callback, "job", None)) is not None:
        name = str(job.name)
    return any(each in name for each in HOUSEKEEPING)


def _idle(executor: ThreadPoolExecutor | None) -> bool:
    """Return whether no thread of an executor works; their number shows nothing."""
    if executor is None:
        return True
    semaphore = executor._idle_semaphore  # noqa: SLF001
    return executor._work_queue.empty() and (  # noqa: SLF001
        semaphore._value >= len(executor._threads)  # noqa: SLF001
    )


@contextmanager
def on_virtual_time(clock: VirtualClock) -> Iterator[None]:
    """Have Home Assistant take a virtual clock for the time."""
    with ExitStack() as patches:
        for owner, name, instead in (
            (time, "time", clock.timestamp),
            (dt_util, "utcnow", clock.shown),
            (dt_util, "now", clock.local),
            (event_helper, "time_tracker_utcnow", clock.shown),
            (event_helper, "time_tracker_timestamp", clock.timestamp),
        ):
            patches.enter_context(patch.object(owner, name, instead))
        yield
