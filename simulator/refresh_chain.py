"""Tesla's rule for refresh tokens, pure: the chain of tokens of one sign-in.

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
    """The refresh tokens that are alive after one sign-in.

    A first use makes a token the most recently used one and cycles out every
    other token of the chain. Using the most recently used token again within
    its grace issues one more successor: both successors live until one of them
    is used, which cycles out the other. Which one survives at Tesla is unknown;
    this is the reading that is hardest on a client.
    """

    def __init__(self) -> None:
        """Start with no token."""
        self._tokens: dict[str, _RefreshToken] = {}

    def add(self, token: str, now: datetime) -> None:
        """Add a token that was issued just now."""
        self._tokens[token] = _RefreshToken(issued_at=now)

    def use(self, token: str, now: datetime) -> bool:
        """Use a token and say whether it was valid; True asks for a successor."""
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
        """Say whether a use would succeed now, without using the token."""
        found = self._tokens.get(token)
        if found is None or now > found.issued_at + UNUSED_LIFETIME:
            return False
        return found.used_at is None or now <= found.used_at + GRACE
