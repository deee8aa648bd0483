"""Hints: things at home that know something of a car for free, and how far to trust them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ..const import NOT_STORED


class HintKind(StrEnum):
    """What a hint is about."""

    PLUG = "plug"
    PRESENCE = "presence"
    OTHER = "other"


# The words of plug sensors and of those who come home. A word that is in neither list
# says nothing: entities are unavailable, and wallboxes have words of their own.
YES: Final = frozenset(
    {"on", "true", "home", "open", "connected", "plugged", "plugged_in", "charging"}
    | {"complete", "finished", "awaiting_start", "ready_to_charge", "completed"}
)
NO: Final = frozenset(
    {"off", "false", "not_home", "closed", "disconnected", "unplugged", "available"}
)

# After so many looks that told nothing new, a hint must have been useful at least
# once in four times to be worth a look each time.
TRIALS: Final = 4
WORTH: Final = 0.25

# One that is not may show twice a day that it has become better.
SECOND_CHANCE: Final = timedelta(hours=12)

# A door that opens and closes, or a phone on the edge of the zone, is one hint.
CHATTER: Final = timedelta(minutes=5)


@dataclass(kw_only=True)
class Hint:
    """An entity that may know something, and what its looks were worth so far.

    ``speaks`` is whether it says something that is understood at the moment: nothing
    may depend on a wallbox that has lost its network.
    """

    kind: HintKind
    useful: int = 0
    useless: int = 0
    last_at: datetime | None = None
    speaks: bool = field(default=True, metadata=NOT_STORED)

    @property
    def weight(self) -> float:
        """The share of its looks that told something new, 1 before it had a trial."""
        tried = self.useful + self.useless
        return 1.0 if tried < TRIALS else self.useful / tried

    def worth_a_read(self, now: datetime) -> bool:
        """Return whether to look because of it, and take note that it spoke."""
        wait = CHATTER if self.weight >= WORTH else SECOND_CHANCE
        if self.last_at is not None and timedelta(0) <= now - self.last_at < wait:
            return False
        self.last_at = now
        return True

    def record_result(self, found_change: bool) -> None:
        """Take note of whether a look for it told anything new.

        Old merits and sins fade, so that a wallbox that was mended is believed again.
        """
        if self.useful + self.useless >= 5 * TRIALS:
            self.useful, self.useless = self.useful // 2, self.useless // 2
        if found_change:
            self.useful += 1
        else:
            self.useless += 1


def interpret_state(state: str | None) -> bool | None:
    """Return what a state of an entity says; None where it says nothing."""
    word = (state or "").strip().lower().replace(" ", "_")
    if word in YES:
        return True
    return False if word in NO else None
