"""What came of requests for tokens: one report each, and counts."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from .policy import RefreshOutcome, Tier


@dataclass(frozen=True, kw_only=True, slots=True)
class RefreshReport:
    """The result of a requested refresh."""

    tier: Tier
    outcome: RefreshOutcome
    remaining: timedelta
    duration: timedelta


@dataclass(kw_only=True)
class TokenStatistics:
    """Counts of the token manager since its start."""

    refreshes: Counter[tuple[Tier, RefreshOutcome]] = field(default_factory=Counter)
    rate_limited: int = 0
    served: int = 0
    served_from_store: int = 0
    last_duration: timedelta | None = None

    @property
    def refreshed(self) -> int:
        """How many times Tesla gave a new token."""
        return sum(
            count
            for (_, outcome), count in self.refreshes.items()
            if outcome is RefreshOutcome.REFRESHED
        )

    @property
    def hit_ratio(self) -> float | None:
        """The share of callers, 0 to 1, that got the stored token without a refresh."""
        return self.served_from_store / self.served if self.served else None
