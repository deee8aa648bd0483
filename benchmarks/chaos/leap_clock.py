"""A clock that leaps over the hours in which nothing happens, for several processes."""

import asyncio
from datetime import UTC, datetime, timedelta
import mmap
from pathlib import Path
import struct
import time
from typing import override

from simulator.clock import Clock

_REAL_TIME = time.time
_REAL_MONOTONIC = time.monotonic
_SECONDS = struct.Struct("d")

# The file holds by how much time has leaped, and by how much a wall clock is wrong.
_SIZE = 2 * _SECONDS.size


class LeapClock(Clock):
    """Real time, moved by a number of seconds that lies in a file.

    Every process that opens the file has the same time. Between two leaps it runs as
    real time does, so that no request looks slow on a slow machine.
    """

    def __init__(self, file: Path, start: datetime | None = None) -> None:
        """Open the file; with ``start`` (aware) make it, and show that time first."""
        if start is not None:
            ahead = start.timestamp() - _REAL_TIME()
            file.write_bytes(_SECONDS.pack(ahead) + _SECONDS.pack(0.0))
        with file.open("r+b") as opened:
            self._memory = mmap.mmap(opened.fileno(), _SIZE)
        self._first = self._moved

    @property
    def _moved(self) -> float:
        """By how many seconds the clock is ahead of real time."""
        seconds: float = _SECONDS.unpack_from(self._memory)[0]
        return seconds

    def leap(self, by: timedelta) -> None:
        """Move the clock ahead; one process at a time does this."""
        _SECONDS.pack_into(self._memory, 0, self._moved + max(by.total_seconds(), 0))

    def leap_to(self, at: datetime) -> None:
        """Move the clock ahead to an instant (aware)."""
        self.leap(at - self.now())

    @property
    def skew(self) -> timedelta:
        """By how much the wall clock of Home Assistant is wrong."""
        seconds: float = _SECONDS.unpack_from(self._memory, _SECONDS.size)[0]
        return timedelta(seconds=seconds)

    @skew.setter
    def skew(self, by: timedelta) -> None:
        """Set that clock wrong, or right again."""
        _SECONDS.pack_into(self._memory, _SECONDS.size, by.total_seconds())

    def time(self) -> float:
        """Return the Unix time in seconds."""
        return _REAL_TIME() + self._moved

    def shown(self) -> datetime:
        """Return what the wall clock of Home Assistant shows, in UTC."""
        return self.now() + self.skew

    def timestamp(self) -> float:
        """Return what the wall clock of Home Assistant shows, in Unix seconds."""
        return self.time() + self.skew.total_seconds()

    def monotonic(self) -> float:
        """Return seconds that leap along, as an event loop counts them."""
        return _REAL_MONOTONIC() + self._moved - self._first

    @override
    def now(self) -> datetime:
        """Return the time, aware and in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)


class LeapLoop(asyncio.SelectorEventLoop):
    """An event loop whose timers leap along."""

    def __init__(self, clock: LeapClock) -> None:
        """Hang the loop on a clock."""
        self._clock = clock
        super().__init__()

    @override
    def time(self) -> float:
        """Return the time of the loop in seconds."""
        return self._clock.monotonic()
