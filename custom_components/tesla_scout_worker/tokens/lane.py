"""What is known of an account's requests for tokens, and of what came of them."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE

from ..gateways.errors import (
    FleetError,
    HeldBackError,
    RateLimitedError,
    RefusedError,
    TransientError,
    UnclearAnswerError,
)
from . import policy
from .reports import RefreshReport


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejections:
    """Answers 401 of the API to new tokens, in a row.

    Attributes:
        since: When the first came (UTC).
        last: When the last came (UTC).
        count: How many there were.
        documented: Whether all of them had Tesla's words for that.
    """

    since: datetime
    last: datetime
    count: int = 1
    documented: bool = True

    @property
    def retry_at(self) -> datetime:
        """When the API may be asked again (UTC)."""
        return self.last + policy.rejection_pause(self.count)

    def are_sign_out(self) -> bool:
        """Return whether they lasted so long that a person must sign in."""
        lasted = self.last - self.since >= policy.REJECTED_FOR
        return self.documented and lasted and self.count >= policy.REJECTIONS


@dataclass(kw_only=True)
class RefreshLane:
    """The one request of an account to the token server; it outlives the managers.

    Attributes:
        task: The request in flight, or the last one.
        last_request: When it was sent (UTC).
        failures: How many failed in a row.
        failing_since: When the first of them failed (UTC).
        error: Why the last one failed.
        retry_at: When the timer makes the next one after a failure (UTC).
        rejections: What the API answers to new tokens, while it rejects them.
        rejected_token: The last new token that any call site rejected; others may
            accept it.
        probes: How often the stored sign-in was tried since a sign-out.
        stop_probe: Cancels the timer of the next such try.
        refresh_token: The token that all of this is about.
    """

    task: asyncio.Task[RefreshReport] | None = None
    last_request: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    error: FleetError | None = None
    retry_at: datetime | None = None
    rejections: Rejections | None = None
    probes: int = 0
    stop_probe: CALLBACK_TYPE | None = None
    rejected_token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)

    def use(self, refresh_token: str) -> None:
        """Use a refresh token; what was known of another, before a sign-in, is over."""
        if self.refresh_token not in (None, refresh_token):
            self.succeeded()
            self.rejections = None
        self.refresh_token = refresh_token

    @property
    def words(self) -> str | None:
        """Tesla's words in the last failure."""
        match self.error:
            case RefusedError(reason=reason) | UnclearAnswerError(reason=reason):
                return reason
        return None

    @property
    def refused(self) -> bool:
        """Whether the last failure was a word that only a person can change."""
        return isinstance(self.error, RefusedError)

    def succeeded(self) -> None:
        """Forget the failures."""
        self.failures = 0
        self.failing_since = self.error = self.retry_at = None

    def failed(self, err: FleetError, now: datetime) -> None:
        """Count a failure, and set the pause after it."""
        self.failures += 1
        self.failing_since = self.failing_since or now
        self.error = err
        pause = policy.pause_after(
            self.failures, now - self.failing_since, refused=self.refused
        )
        if isinstance(err, RateLimitedError):
            pause = max(pause, err.retry_after)
        self.retry_at = now + pause

    def paused(self, now: datetime) -> bool:
        """Return whether the timer waits after a failure; a clock set back ends it."""
        if self.retry_at is None or self.last_request is None:
            return False
        return self.last_request <= now < self.retry_at

    def holds_callers(self, now: datetime) -> bool:
        """Return whether callers wait as well, instead of asking at once.

        They wait after a word that only a person can change, and as long as Tesla asks
        to. In an outage they do not: their request may be the first that works.
        """
        known = isinstance(self.error, RefusedError | RateLimitedError)
        return known and self.paused(now)

    def error_at(self, now: datetime) -> FleetError:
        """Return why there is no valid token."""
        match self.error:
            case RefusedError(reason=reason) if self.retry_at is not None:
                return HeldBackError(reason, self.retry_at)
            case RateLimitedError() if self.paused(now) and self.retry_at is not None:
                return RateLimitedError(self.retry_at - now)
            case UnclearAnswerError(reason=reason):
                return UnclearAnswerError(reason)
        return TransientError()

    def rejected(self, token: str, now: datetime, *, documented: bool) -> Rejections:
        """Count a rejection of a token by the API, and return all of them in a row."""
        self.rejected_token = token
        before = self.rejections
        if before is None or before.last > now:
            self.rejections = Rejections(since=now, last=now, documented=documented)
        else:
            self.rejections = Rejections(
                since=before.since,
                last=now,
                count=before.count + 1,
                documented=before.documented and documented,
            )
        return self.rejections

    def without_token(self, expires_at: datetime, now: datetime) -> bool:
        """Return whether there was no token that works for so long that a person acts."""
        rejected = self.rejections
        if rejected is not None and now - rejected.since >= policy.WITHOUT_TOKEN:
            return True
        many = self.failures >= policy.FAILURES_BEFORE_REPAIR
        return many and now - expires_at >= policy.WITHOUT_TOKEN

    def rejects(self, token: str) -> bool:
        """Return whether a new token was rejected, so that another one is no better."""
        return self.rejections is not None or token == self.rejected_token

    def cancel_probe(self) -> None:
        """Cancel the timer of the next try after a sign-out, if there is one."""
        if self.stop_probe is not None:
            self.stop_probe()
            self.stop_probe = None


def is_fresh(issued_at: datetime, now: datetime) -> bool:
    """Return whether a token is so new that another one would be no better."""
    return timedelta(0) <= now - issued_at < policy.RENEWALS_APART
