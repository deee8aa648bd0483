"""What the Scout looked at lately and why, and what it learnt for its money."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from .events import VehicleEventType
from .hint_trust import Hint
from .policy_input import ReadReason

# What happens to a car, as a user counts it; the cable is counted by itself.
EVENTS: Final = frozenset(
    {
        VehicleEventType.ARRIVED_HOME,
        VehicleEventType.CHARGING_STARTED,
        VehicleEventType.CHARGING_STOPPED,
        VehicleEventType.LEFT_HOME,
    }
)

READ_LOG_LENGTH: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadLogEntry:
    """One paid look: when (UTC), why, and whether it told anything new.

    ``found_change`` is None for a look that came to nothing.
    """

    at: datetime
    vin: str = field(repr=False)
    reason: ReadReason
    found_change: bool | None


@dataclass(kw_only=True)
class ReadHistory:
    """What outlives a restart: the last paid looks, and what each hint was worth."""

    read_log: deque[ReadLogEntry] = field(default_factory=deque)
    hints: dict[str, Hint] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Bound the log: it drops its oldest read for a new one."""
        self.read_log = deque(self.read_log, maxlen=READ_LOG_LENGTH)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadStatistics:
    """The paid looks of a car: of today by the user's clock, and of the UTC month."""

    day: str = ""
    looks_today: int = 0
    month: str = ""
    looks: int = 0
    events: int = 0

    def roll_over(self, day: str, month: str) -> ReadStatistics:
        """Return the tally on a day (2026-11-24) of a month (2026-11)."""
        statistics = self
        if month != self.month:
            statistics = replace(statistics, month=month, looks=0, events=0)
        if day != self.day:
            statistics = replace(statistics, day=day, looks_today=0)
        return statistics

    def with_read(self) -> ReadStatistics:
        """Return the tally after another paid look."""
        return replace(self, looks_today=self.looks_today + 1, looks=self.looks + 1)

    def with_events(self, count: int) -> ReadStatistics:
        """Return the tally after some more events."""
        return replace(self, events=self.events + count) if count else self

    @property
    def reads_per_event(self) -> float | None:
        """How many paid looks an event took this month; None before the first one."""
        return self.looks / self.events if self.events else None
