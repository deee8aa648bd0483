"""Clocks: real, accelerated and manual."""

from datetime import UTC, datetime, timedelta
import time
from typing import Protocol, override


class Clock(Protocol):
    """The source of time for the whole simulator."""

    def now(self) -> datetime:
        """Return the time in UTC."""


class SystemClock(Clock):
    """The system's time; frozen by freezegun."""

    @override
    def now(self) -> datetime:
        """Return the system's time, aware and in UTC."""
        return datetime.now(UTC)


class FastClock(Clock):
    """A clock that runs at another speed than real time."""

    def __init__(self, start: datetime, speed: float) -> None:
        """Start the clock.

        Args:
            start: The first time, aware.
            speed: Seconds on this clock in one real second, above 0.

        Raises:
            ValueError: `start` is naive or `speed` not above 0.
        """
        if speed <= 0:
            raise ValueError(f"A clock cannot run at speed {speed}")
        self._start = _utc(start)
        self._speed = speed
        self._started = time.monotonic()

    @override
    def now(self) -> datetime:
        """Return the fast time, aware and in UTC."""
        passed = time.monotonic() - self._started
        return self._start + timedelta(seconds=passed * self._speed)


class ManualClock(Clock):
    """A clock that is moved by the caller only."""

    def __init__(self, start: datetime) -> None:
        """Set the clock to `start` (aware).

        Raises:
            ValueError: `start` is naive.
        """
        self._now = _utc(start)

    @override
    def now(self) -> datetime:
        """Return the time set last, aware and in UTC."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move the clock forward.

        Raises:
            ValueError: `by` is negative.
        """
        self.set(self._now + by)

    def set(self, to: datetime) -> None:
        """Move the clock to an instant (aware), not before its present time.

        Raises:
            ValueError: `to` is naive or lies in the past.
        """
        to = _utc(to)
        if to < self._now:
            raise ValueError(f"The clock shows {self._now}; {to} is in its past")
        self._now = to


def _utc(instant: datetime) -> datetime:
    """Return an aware instant in UTC."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    return instant.astimezone(UTC)
