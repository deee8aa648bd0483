"""What the token manager writes down: of a refresh, of itself, of its line."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .token_policy import Outcome, Tier


@dataclass(frozen=True, kw_only=True, slots=True)
class RefreshReport:
    """What came of asking for a refresh."""

    tier: Tier
    outcome: Outcome
    remaining: timedelta
    duration: timedelta


@dataclass(kw_only=True)
class TokenStatistics:
    """How the token manager is doing, since its start."""

    refreshes: Counter[tuple[Tier, Outcome]] = field(default_factory=Counter)
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
            if outcome is Outcome.REFRESHED
        )

    @property
    def hit_ratio(self) -> float | None:
        """The share of callers, 0 to 1, whom the stored token served as it was."""
        return self.served_from_store / self.served if self.served else None


@dataclass(kw_only=True)
class Line:
    """An account's line to the sign-in server: what is on it, and when it was used."""

    flight: asyncio.Task[RefreshReport] | None = None
    last_request: datetime | None = None
    failures: int = 0
