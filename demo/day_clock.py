"""The clock of the demo: a day that runs fast until it has caught up with the present."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, override

from simulator.clock import Clock, FastClock

MORNING: Final = time(9, 40)

# The story is over by then: what was requested is kept, and the limit restored.
NIGHT: Final = time(23, 40)


class DayClock(Clock):
    """Stands still in the morning, then runs fast, and from the present on as the world.

    The day of the story is shifted by whole hours, so that its night is the present.

    Attributes:
        shift: Real time less the time of the story.
        morning: When the day begins, in UTC.
    """

    def __init__(self, zone: tzinfo, speed: float) -> None:
        """Stop at the morning of a day that ends about now."""
        now = datetime.now(zone)
        night = datetime.combine(now.date(), NIGHT, zone)
        hours = (night - now) // timedelta(hours=1) + 1
        self.shift = -timedelta(hours=hours)
        self._today = now.date()
        self._zone = zone
        self._speed = speed
        self.morning = self.at(now.date(), MORNING)
        self._running: FastClock | None = None

    def at(self, day: date, moment: time) -> datetime:
        """Return when it is a time of the story, in UTC."""
        shown = datetime.combine(day, moment, self._zone).astimezone(UTC)
        return shown + self.shift

    @property
    def today(self) -> date:
        """The day of the story."""
        return self._today

    @property
    def present(self) -> bool:
        """Whether it shows the present."""
        return self._running is not None and self._running.now() >= datetime.now(UTC)

    def begin(self) -> None:
        """Let the day begin."""
        self._running = FastClock(self.morning, self._speed)

    @override
    def now(self) -> datetime:
        """Return the time of the day, aware and in UTC."""
        if self._running is None:
            return self.morning
        return min(self._running.now(), datetime.now(UTC))
