"""Limits how often somebody may ask for a read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# A person who tries something out asks a few times in a row. An automation that asks
# each minute gets four reads an hour, which cost $6 a month.
AT_ONCE: Final = 5
EACH: Final = timedelta(minutes=15)


@dataclass(kw_only=True)
class TokenBucket:
    """Admits ``AT_ONCE`` reads at once, and one more every ``EACH``."""

    free_at: datetime | None = None

    def wait(self, now: datetime) -> timedelta:
        """Return how long to wait until the next read is admitted."""
        if self.free_at is None or self.free_at > now + EACH * AT_ONCE:
            # Only after the clock was set back; that must not lock anybody out.
            return timedelta(0)
        return max(timedelta(0), self.free_at - now - EACH * (AT_ONCE - 1))

    def take(self, now: datetime) -> None:
        """Count a read that was admitted."""
        begins = now if self.free_at is None else max(now, self.free_at)
        self.free_at = min(begins + EACH, now + EACH * AT_ONCE)
