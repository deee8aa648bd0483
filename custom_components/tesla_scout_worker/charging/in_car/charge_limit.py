"""The owner's charge limit, and the one that a session raised. Pure."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitOverride:
    """The original and the raised charge limit of a car, in percent.

    Persisted before the first raise, and shared by all sessions of a car. ``earlier``
    is the limit raised by another session at the time of this raise: a car that did not
    accept the new limit still has that one.
    """

    original: int
    raised_to: int
    earlier: int | None = None

    @property
    def settled(self) -> LimitOverride:
        """Return the override after a read, without ``earlier``."""
        return replace(self, earlier=None)

    def is_ours(self, current: int) -> bool:
        """Whether a limit in the car was set by a session."""
        return current in (self.raised_to, self.earlier)


def override_for(
    limit_override: LimitOverride | None, current: int, target: int
) -> LimitOverride | None:
    """Return the override to charge to a target; None: none is needed.

    A limit that is neither the original nor a raised one was set by the owner, and
    becomes the original. A repeated try finds a raised limit, which must never become
    the original: the owner's limit would be lost (docs/lessons.md).
    """
    original = current
    if limit_override is not None and limit_override.is_ours(current):
        original = limit_override.original
    raised_to = max(target, current)
    if original >= raised_to:
        return None
    earlier = None if current in (original, raised_to) else current
    return LimitOverride(original=original, raised_to=raised_to, earlier=earlier)


def owners_limit(
    limit_override: LimitOverride | None, current: int | None
) -> int | None:
    """Return the owner's limit, without the override of a session."""
    raised = (
        limit_override is not None
        and current is not None
        and limit_override.is_ours(current)
    )
    return limit_override.original if limit_override is not None and raised else current


def limit_to_restore(limit_override: LimitOverride | None, current: int) -> int | None:
    """Return the limit to set after the last session; None: do not set one.

    A limit in the car that was not raised by a session was set by the owner.
    """
    if limit_override is None or not limit_override.is_ours(current):
        return None
    return limit_override.original
