"""The last reads with their reasons, and counts of reads and events."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from .events import VehicleEventType
from .hint_trust import Hint
from .policy_input import ReadReason

# The events that are counted; changes of the cable are counted separately.
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
    """One read: when (UTC), why, and whether it found a change.

    ``found_change`` is None for a read that failed.
    """

    at: datetime
    vin: str = field(repr=False)
    reason: ReadReason
    found_change: bool | None


@dataclass(kw_only=True)
class ReadHistory:
    """The last reads, and what each hint was worth; both are stored."""

    read_log: deque[ReadLogEntry] = field(default_factory=deque)
    hints: dict[str, Hint] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Bound the log: it drops its oldest read for a new one."""
        self.read_log = deque(self.read_log, maxlen=READ_LOG_LENGTH)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadStatistics:
    """The reads of a car on this local day, and its reads and events in the UTC month."""

    day: str = ""
    reads_today: int = 0
    month: str = ""
    reads: int = 0
    events: int = 0

    def roll_over(self, day: str, month: str) -> ReadStatistics:
        """Return the statistics on a day (2026-11-24) of a month (2026-11)."""
        statistics = self
        if month != self.month:
            statistics = replace(statistics, month=month, reads=0, events=0)
        if day != self.day:
            statistics = replace(statistics, day=day, reads_today=0)
        return statistics

    def with_read(self) -> ReadStatistics:
        """Return the statistics after another read."""
        return replace(self, reads_today=self.reads_today + 1, reads=self.reads + 1)

    def with_events(self, count: int) -> ReadStatistics:
        """Return the statistics after more events."""
        return replace(self, events=self.events + count) if count else self

    @property
    def reads_per_event(self) -> float | None:
        """The number of reads per event this month; None before the first event."""
        return self.reads / self.events if self.events else None
