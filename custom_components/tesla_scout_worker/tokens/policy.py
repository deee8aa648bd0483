"""When to ask Tesla for a new token: pure, the time is an argument.

Three tiers: *proactive* keeps a token well ahead of its expiry, *reactive* serves a
caller who finds it short, *emergency* serves one who finds it all but gone or was
turned away with a 401. Only the emergency passes the limiter, and it always does,
whoever asks: that is what makes a blocked refresh of an expired token impossible.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# The sweep alone would miss a window a quarter of its own length (field-lessons.md,
# section 1), so a timer stands at the window's edge and the sweep is its backstop.
SWEEP_INTERVAL: Final = timedelta(hours=2)
PROACTIVE_WINDOW: Final = timedelta(minutes=30)
REACTIVE_WINDOW: Final = timedelta(minutes=5)
EMERGENCY_WINDOW: Final = timedelta(seconds=60)

LIMITER_INTERVAL: Final = timedelta(minutes=1)

# Spreads the requests of many homes that restarted together.
MAX_JITTER: Final = timedelta(minutes=2)

# Tesla: the most recently used refresh token stays valid for up to 24 hours.
GRACE: Final = timedelta(hours=24)

# Between failed proactive tries; the callers' own tiers are there all the same.
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(minutes=30)


class Tier(StrEnum):
    """Why a refresh is asked for."""

    PROACTIVE = "proactive"
    REACTIVE = "reactive"
    EMERGENCY = "emergency"


class RefreshOutcome(StrEnum):
    """What became of it."""

    REFRESHED = "refreshed"
    STILL_VALID = "still_valid"
    RATE_LIMITED = "rate_limited"
    FAILED = "failed"
    SIGNED_OUT = "signed_out"


class TokenState(StrEnum):
    """How the access token stands, for people."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    SIGNED_OUT = "signed_out"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Whether to go to the wire, and what to answer where not."""

    tier: Tier
    ask: bool
    otherwise: RefreshOutcome = RefreshOutcome.STILL_VALID


def serve_caller(
    now: datetime, expires_at: datetime, last_request: datetime | None
) -> Decision:
    """Decide for a caller who needs an access token now."""
    if expires_at - now >= REACTIVE_WINDOW:
        return Decision(tier=Tier.REACTIVE, ask=False)
    return limited(Tier.REACTIVE, now, expires_at, last_request)


def proactive(
    now: datetime,
    expires_at: datetime,
    last_request: datetime | None,
    window: timedelta = PROACTIVE_WINDOW,
) -> Decision:
    """Decide for the sweep, the timer and the action that check ahead of time."""
    if expires_at - now >= window:
        return Decision(tier=Tier.PROACTIVE, ask=False)
    return limited(Tier.PROACTIVE, now, expires_at, last_request)


def limited(
    tier: Tier, now: datetime, expires_at: datetime, last_request: datetime | None
) -> Decision:
    """Let one request a minute pass, and every one for a token that is all but gone.

    A clock that was set back does not block it.
    """
    if expires_at - now < EMERGENCY_WINDOW:
        return Decision(tier=Tier.EMERGENCY, ask=True)
    if last_request is not None and last_request <= now < (
        last_request + LIMITER_INTERVAL
    ):
        return Decision(tier=tier, ask=False, otherwise=RefreshOutcome.RATE_LIMITED)
    return Decision(tier=tier, ask=True)


def next_check(now: datetime, expires_at: datetime, jitter: timedelta) -> datetime:
    """Return when the timer should renew a token: at the window, less the jitter.

    Never sooner than the limiter allows, so that a token whose whole life is shorter
    than the window does not spin.
    """
    return max(expires_at - PROACTIVE_WINDOW - jitter, now + LIMITER_INTERVAL)


def pause_after(failures: int) -> timedelta:
    """Return the pause before the next proactive try after so many failures."""
    return min(FIRST_PAUSE * (1 << min(failures - 1, 10)), LONGEST_PAUSE)


def in_grace(used_at: datetime, now: datetime) -> bool:
    """Return whether a used refresh token may still be valid."""
    return now - used_at < GRACE


def state_of(now: datetime, expires_at: datetime, signed_out: bool) -> TokenState:
    """Return how the token stands."""
    if signed_out:
        return TokenState.SIGNED_OUT
    if expires_at <= now:
        return TokenState.EXPIRED
    if expires_at - now < REACTIVE_WINDOW:
        return TokenState.EXPIRING
    return TokenState.VALID
