"""Tesla's rules for the refresh tokens of one sign-in. Pure.

Tesla: a refresh token is single use and expires after three months; the most
recently used one stays valid for up to 24 hours, for clients that failed to
save its successor; older ones are answered with `login_required`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Tesla says "3 months" without a number of days.
UNUSED_LIFETIME = timedelta(days=90)
# Tesla: "up to 24 hours".
GRACE = timedelta(hours=24)


@dataclass(kw_only=True)
class _RefreshToken:
    """One token of the chain."""

    issued_at: datetime
    used_at: datetime | None = None


class RefreshChain:
    """The valid refresh tokens of one sign-in.

    The first use of a token makes it the most recently used one and invalidates every
    other token of the chain. Using it again within its grace issues one more successor:
    both successors are valid until one of them is used, which invalidates the other.
    Which one survives at Tesla is unknown; this rule is the hardest on a client.
    """

    def __init__(self) -> None:
        """Start with no token."""
        self._tokens: dict[str, _RefreshToken] = {}

    def add(self, token: str, now: datetime) -> None:
        """Add a new token."""
        self._tokens[token] = _RefreshToken(issued_at=now)

    def use(self, token: str, now: datetime) -> bool:
        """Use a token and return whether it was valid; if so a successor is issued."""
        found = self._tokens.get(token)
        if found is None or now > found.issued_at + UNUSED_LIFETIME:
            return False
        if found.used_at is None:
            self._tokens = {token: found}
        elif now > found.used_at + GRACE:
            return False
        found.used_at = now
        return True

    def is_valid(self, token: str, now: datetime) -> bool:
        """Return whether a use would succeed now."""
        found = self._tokens.get(token)
        if found is None or now > found.issued_at + UNUSED_LIFETIME:
            return False
        return found.used_at is None or now <= found.used_at + GRACE
