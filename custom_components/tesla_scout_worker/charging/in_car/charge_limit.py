"""The charge limit that was raised for a promise, and the owner's own. Pure."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitHold:
    """What a car's charge limit was, and what it was raised to, in percent.

    It is written down before the first raise, and all sessions of a car share it.
    ``earlier`` is what another session had raised it to when this raise was written
    down: a car that did not take the new one still has that.
    """

    original: int
    raised_to: int
    earlier: int | None = None

    @property
    def settled(self) -> LimitHold:
        """The hold once the car was read back."""
        return replace(self, earlier=None)

    def is_ours(self, current: int) -> bool:
        """Whether a limit in the car is one that was raised for a promise."""
        return current in (self.raised_to, self.earlier)


def held_for(hold: LimitHold | None, current: int, target: int) -> LimitHold | None:
    """Return the hold with which a car may charge to a target; None: none is needed.

    A limit that is neither the original nor a raised one was changed by the owner,
    and is the original from then on; a try that is repeated finds a raised one, which
    never becomes the original (field-lessons.md, A16).
    """
    original = current
    if hold is not None and hold.is_ours(current):
        original = hold.original
    raised_to = max(target, current)
    if original >= raised_to:
        return None
    earlier = None if current in (original, raised_to) else current
    return LimitHold(original=original, raised_to=raised_to, earlier=earlier)


def owners_limit(hold: LimitHold | None, current: int | None) -> int | None:
    """Return the owner's own limit, whatever a promise has raised it to for a while."""
    raised = hold is not None and current is not None and hold.is_ours(current)
    return hold.original if hold is not None and raised else current


def to_restore(hold: LimitHold | None, current: int) -> int | None:
    """Return the limit to set when the last session is over; None: leave it be.

    A limit that is no raised one is the owner's, who changed it meanwhile.
    """
    if hold is None or not hold.is_ours(current):
        return None
    return hold.original
