"""What the Scout looked at lately and why, and what it learnt for its money."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from .events import Trigger
from .hint_trust import Hint
from .policy_input import LookReason

# What happens to a car, as a user counts it; the cable is counted by itself.
EVENTS: Final = frozenset(
    {
        Trigger.ARRIVED_HOME,
        Trigger.CHARGING_STARTED,
        Trigger.CHARGING_STOPPED,
        Trigger.LEFT_HOME,
    }
)

JOURNAL_LENGTH: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalEntry:
    """One paid look: when (UTC), why, and whether it told anything new.

    ``news`` is None for a look that came to nothing.
    """

    at: datetime
    vin: str = field(repr=False)
    reason: LookReason
    news: bool | None


def _journal() -> deque[JournalEntry]:
    """Return an empty journal, which forgets its oldest look for a new one."""
    return deque(maxlen=JOURNAL_LENGTH)


@dataclass(kw_only=True)
class EconomyMemory:
    """What outlives a restart: the last paid looks, and what each hint was worth."""

    journal: deque[JournalEntry] = field(default_factory=_journal)
    hints: dict[str, Hint] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """The paid looks of a car: of today by the user's clock, and of the UTC month."""

    day: str = ""
    looks_today: int = 0
    month: str = ""
    looks: int = 0
    events: int = 0

    def turned(self, day: str, month: str) -> Tally:
        """Return the tally on a day (2026-11-24) of a month (2026-11)."""
        tally = self
        if month != self.month:
            tally = replace(tally, month=month, looks=0, events=0)
        if day != self.day:
            tally = replace(tally, day=day, looks_today=0)
        return tally

    def with_look(self) -> Tally:
        """Return the tally after another paid look."""
        return replace(self, looks_today=self.looks_today + 1, looks=self.looks + 1)

    def with_events(self, count: int) -> Tally:
        """Return the tally after some more events."""
        return replace(self, events=self.events + count) if count else self

    @property
    def reads_per_event(self) -> float | None:
        """How many paid looks an event took this month; None before the first one."""
        return self.looks / self.events if self.events else None
