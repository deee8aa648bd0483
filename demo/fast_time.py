"""Home Assistant in fast motion: `python -m demo.fast_time MORNING SPEED ARGUMENTS`.

Home Assistant's own clock shows a morning until the signal SIGUSR1, and from then on runs
SPEED times as fast, with the timers of its helpers, until it has caught up with the
present. Waiting for an answer of the network
stays real, so that nothing times out for being watched in fast motion.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module
import signal
import sys
import time
from types import FrameType
from typing import Any, Final, Self, override

import jwt.api_jwt

from homeassistant.util import dt as dt_util

# Whose timers run as fast as the clock; those of others guard the network.
FAST_TIMERS: Final = frozenset(
    f"homeassistant.helpers.{name}"
    for name in ("debounce", "event", "storage", "update_coordinator")
)

# Home Assistant starts within this, so its clock never goes back when the day begins.
START_UP: Final = 900.0

# How long a sign-in lasts.
SIGN_IN: Final = timedelta(days=30)

REAL_TIME: Final = time.time
REAL_CALL_AT: Final = asyncio.BaseEventLoop.call_at


class FastTime:
    """The clock of the day, in Unix seconds."""

    def __init__(self, morning: float, speed: float) -> None:
        """Begin a little before the morning, at the speed of a real clock."""
        self._morning = morning
        self._speed = speed
        self._started = REAL_TIME()
        self._begun: float | None = None

    def wait(self, delay: float) -> float:
        """Return after how many real seconds ``delay`` seconds of the clock are over."""
        if self._begun is None or self._speed <= 1:
            return delay
        # At the pace of the world from the present on.
        return max(delay / self._speed, delay - (REAL_TIME() - self.time()))

    def begin(self, _number: int, _frame: FrameType | None) -> None:
        """Let the day begin."""
        self._begun = REAL_TIME()

    def time(self) -> float:
        """Return the time, as `time.time` does."""
        now = REAL_TIME()
        if self._begun is None:
            return self._morning - START_UP + now - self._started
        fast = self._morning + (now - self._begun) * self._speed
        return min(fast, now) if self._speed > 1 else fast


def install(clock: FastTime) -> None:
    """Put the clock where Home Assistant looks; its helpers must not be loaded yet."""

    class FastDatetime(datetime):
        """A datetime that knows the time of the day."""

        @classmethod
        @override
        def now(cls, tz: tzinfo | None = None) -> Self:
            """Return the time of the day."""
            return cls.fromtimestamp(clock.time(), tz)

    def utcnow() -> datetime:
        """Return the time of the day in UTC."""
        return datetime.fromtimestamp(clock.time(), UTC)

    def now(time_zone: tzinfo | None = None) -> datetime:
        """Return the time of the day in a zone."""
        zone = time_zone or dt_util.get_default_time_zone()
        return datetime.fromtimestamp(clock.time(), zone)

    def call_at(
        loop: asyncio.BaseEventLoop,
        when: float,
        callback: Callable[..., Any],
        *args: Any,
        **kwargs: Any,
    ) -> asyncio.TimerHandle:
        """Arm a timer, sooner if it belongs to the fast ones."""
        module = getattr(callback, "__module__", type(callback).__module__)
        if module in FAST_TIMERS:
            begun = loop.time()
            when = begun + clock.wait(when - begun)
        return REAL_CALL_AT(loop, when, callback, *args, **kwargs)

    time.time = clock.time
    dt_util.utcnow = utcnow  # type: ignore[assignment]
    dt_util.now = now
    jwt.api_jwt.datetime = FastDatetime  # type: ignore[attr-defined]
    asyncio.BaseEventLoop.call_at = call_at  # type: ignore[method-assign, assignment]
    # A state that takes 2 ms is 0.6 s by this clock, which Home Assistant reports as a
    # fault of its integration.
    entity = import_module("homeassistant.helpers.entity").Entity
    entity._slow_reported = True  # noqa: SLF001
    # A person's sign-in lasts half an hour, which would be over in seconds. These modules
    # load others that look at the clock, so they come after all of the above.
    for module, owner in (("auth", "AuthManager"), ("auth.auth_store", "AuthStore")):
        kind = getattr(import_module(f"homeassistant.{module}"), owner)
        create = kind.async_create_refresh_token
        create.__defaults__ = tuple(
            SIGN_IN if isinstance(default, timedelta) else default
            for default in create.__defaults__
        )


def main(prepare: Callable[[], None] | None = None) -> int:
    """Run Home Assistant with the rest of the arguments.

    ``prepare`` is called with the clock in place, before Home Assistant is loaded.
    """
    morning, speed = float(sys.argv[1]), float(sys.argv[2])
    sys.argv = ["hass", *sys.argv[3:]]
    clock = FastTime(morning, speed)
    signal.signal(signal.SIGUSR1, clock.begin)
    install(clock)
    if prepare is not None:
        prepare()
    from homeassistant.__main__ import main as hass  # noqa: PLC0415

    return hass()


if __name__ == "__main__":
    sys.exit(main())
