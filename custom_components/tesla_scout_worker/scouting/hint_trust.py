"""Hints: entities that know something about a car for free, and how far to trust them."""

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


# States of plug sensors and of presence. A state in neither set says nothing: entities
# are unavailable, and wallboxes have states of their own.
YES: Final = frozenset(
    {"on", "true", "home", "open", "connected", "plugged", "plugged_in", "charging"}
    | {"complete", "finished", "awaiting_start", "ready_to_charge", "completed"}
)
NO: Final = frozenset(
    {"off", "false", "not_home", "closed", "disconnected", "unplugged", "available"}
)

# After this many reads, a hint must have been useful at least once in four times to
# cause a read each time.
TRIALS: Final = 4
WORTH: Final = 0.25

# A hint below that may cause a read twice a day, to show that it has improved.
SECOND_CHANCE: Final = timedelta(hours=12)

# A door that opens and closes, or a phone on the edge of the zone, is one hint.
CHATTER: Final = timedelta(minutes=5)


@dataclass(kw_only=True)
class Hint:
    """An entity that may know something about a car, and what its reads were worth.

    Attributes:
        kind: What it is about.
        useful: Reads for it that found a change.
        useless: Reads for it that did not.
        last_at: When it last caused a read (UTC).
        speaks: Whether its present state is understood; nothing may depend on a wallbox
            that has lost its network.
    """

    kind: HintKind
    useful: int = 0
    useless: int = 0
    last_at: datetime | None = None
    speaks: bool = field(default=True, metadata=NOT_STORED)

    @property
    def weight(self) -> float:
        """The share of its reads that found a change; 1 before ``TRIALS`` reads."""
        tried = self.useful + self.useless
        return 1.0 if tried < TRIALS else self.useful / tried

    def worth_a_read(self, now: datetime) -> bool:
        """Return whether to read because of it, and keep the time if so."""
        wait = CHATTER if self.weight >= WORTH else SECOND_CHANCE
        if self.last_at is not None and timedelta(0) <= now - self.last_at < wait:
            return False
        self.last_at = now
        return True

    def record_result(self, found_change: bool) -> None:
        """Count whether a read for it found a change.

        Old counts are halved, so that a repaired sensor regains trust.
        """
        if self.useful + self.useless >= 5 * TRIALS:
            self.useful, self.useless = self.useful // 2, self.useless // 2
        if found_change:
            self.useful += 1
        else:
            self.useless += 1


def interpret_state(state: str | None) -> bool | None:
    """Return what a state means: True, False, or None for neither."""
    word = (state or "").strip().lower().replace(" ", "_")
    if word in YES:
        return True
    return False if word in NO else None
