"""How often somebody may ask for a paid look."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# A person who tries something out asks a few times in a row. An automation that asks
# each minute gets four looks an hour for it, which is $6 a month.
AT_ONCE: Final = 5
EACH: Final = timedelta(minutes=15)


@dataclass(kw_only=True)
class TokenBucket:
    """Lets ``AT_ONCE`` looks through, and then one for each ``EACH`` that passes."""

    free_at: datetime | None = None

    def wait(self, now: datetime) -> timedelta:
        """Return how long to wait until the next look is let through."""
        if self.free_at is None or self.free_at > now + EACH * AT_ONCE:
            # So far ahead it is only after a clock was set back, which locks nobody out.
            return timedelta(0)
        return max(timedelta(0), self.free_at - now - EACH * (AT_ONCE - 1))

    def take(self, now: datetime) -> None:
        """Note that a look was let through."""
        begins = now if self.free_at is None else max(now, self.free_at)
        self.free_at = min(begins + EACH, now + EACH * AT_ONCE)
