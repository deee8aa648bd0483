"""When to request a new token: pure, the time is an argument.

Three tiers: *proactive* refreshes well ahead of the expiry, *reactive* serves a caller
when the token is short-lived, *emergency* serves one when it is about to expire or was
answered with 401. Only the emergency tier passes the limiter, and it always does: so a
refresh of an expired token can never be blocked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# The window is a quarter of the sweep's interval, so the sweep alone would miss it: a
# timer fires at the start of the window, and the sweep is a backstop.
SWEEP_INTERVAL: Final = timedelta(hours=2)
PROACTIVE_WINDOW: Final = timedelta(minutes=30)
REACTIVE_WINDOW: Final = timedelta(minutes=5)
EMERGENCY_WINDOW: Final = timedelta(seconds=60)

LIMITER_INTERVAL: Final = timedelta(minutes=1)

# Spreads the requests of many homes that restarted together.
MAX_JITTER: Final = timedelta(minutes=2)

# Tesla: the most recently used refresh token stays valid for up to 24 hours.
GRACE: Final = timedelta(hours=24)

# Between failed tries by the timer. After half an hour they grow with the outage, to an
# hour; so a session whose deadline is near still gets its token.
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(minutes=30)
RAREST_PAUSE: Final = timedelta(hours=1)

# After a word that only a person can change.
FIRST_REFUSED_PAUSE: Final = timedelta(minutes=15)
LONGEST_REFUSED_PAUSE: Final = timedelta(hours=6)

# A person should know of this.
WITHOUT_TOKEN: Final = timedelta(days=1)
FAILURES_BEFORE_REPAIR: Final = 3

# The API may reject a token by mistake: a new one that is rejected is tried again, for
# so long and so often, before that is a sign-out.
REJECTED_FOR: Final = timedelta(hours=6)
REJECTIONS: Final = 5

# Tesla renews a token at any time, so a rejected one is not renewed more often.
RENEWALS_APART: Final = timedelta(hours=1)

# Between tries of the stored sign-in after a sign-out, the last of them without end.
PROBE_PAUSES: Final = tuple(timedelta(hours=hours) for hours in (1, 4, 12, 24))


class Tier(StrEnum):
    """Why a refresh is requested."""

    PROACTIVE = "proactive"
    REACTIVE = "reactive"
    EMERGENCY = "emergency"


class RefreshOutcome(StrEnum):
    """The outcome of a requested refresh."""

    REFRESHED = "refreshed"
    STILL_VALID = "still_valid"
    RATE_LIMITED = "rate_limited"
    FAILED = "failed"
    SIGNED_OUT = "signed_out"


class TokenState(StrEnum):
    """The state of the access token, for people."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    SIGNED_OUT = "signed_out"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Whether to send a request, and the outcome if not."""

    tier: Tier
    ask: bool
    otherwise: RefreshOutcome = RefreshOutcome.STILL_VALID


def serve_caller(
    now: datetime, expires_at: datetime, last_request: datetime | None
) -> Decision:
    """Decide for a caller that needs an access token now."""
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
    """Allow one request a minute, and any for a token that is about to expire.

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
    """Return when the timer should fire: at the start of the window, less the jitter.

    Never sooner than the limiter allows, or a token whose whole life is shorter than
    the window would be refreshed without end.
    """
    return max(expires_at - PROACTIVE_WINDOW - jitter, now + LIMITER_INTERVAL)


def pause_after(
    failures: int, failing_for: timedelta = timedelta(0), *, refused: bool = False
) -> timedelta:
    """Return the pause after a number of failures; ``refused``: by a documented word."""
    doublings = 1 << min(failures - 1, 10)
    if refused:
        return min(FIRST_REFUSED_PAUSE * doublings, LONGEST_REFUSED_PAUSE)
    longest = min(max(LONGEST_PAUSE, failing_for / 4), RAREST_PAUSE)
    return min(FIRST_PAUSE * doublings, longest)


def rejection_pause(rejections: int) -> timedelta:
    """Return the pause before a rejected token is used again."""
    return min(FIRST_PAUSE * (1 << min(rejections - 1, 10)), RAREST_PAUSE)


def probe_pause(probes: int) -> timedelta:
    """Return the pause before the stored sign-in is tried again after a sign-out."""
    return PROBE_PAUSES[min(probes, len(PROBE_PAUSES) - 1)]


def in_grace(used_at: datetime, now: datetime) -> bool:
    """Return whether a used refresh token may still be valid."""
    return now - used_at < GRACE


def state_of(now: datetime, expires_at: datetime, signed_out: bool) -> TokenState:
    """Return the state of an access token."""
    if signed_out:
        return TokenState.SIGNED_OUT
    if expires_at <= now:
        return TokenState.EXPIRED
    if expires_at - now < REACTIVE_WINDOW:
        return TokenState.EXPIRING
    return TokenState.VALID
