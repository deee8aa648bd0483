"""The errors of a gateway, each with its translation key."""

from datetime import datetime, timedelta
from typing import ClassVar

from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN


class FleetError(HomeAssistantError):
    """Base of all errors of a gateway."""

    key: ClassVar[str]

    def __init__(self, **placeholders: str) -> None:
        """Bind the placeholders of the translation, which hold nothing secret."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=self.key,
            translation_placeholders=placeholders,
        )


class SignedOutError(FleetError):
    """Tesla no longer accepts this sign-in; a person must sign in again."""

    key = "signed_out"


class ApplicationRefusedError(SignedOutError):
    """Tesla no longer accepts the application, by its client id or its secret."""

    key = "application_refused"


class CarAsleepError(FleetError):
    """The car cannot be reached: asleep, offline, or slow to wake."""

    key = "car_asleep"


class CarWakingError(CarAsleepError):
    """The car sleeps, and was asked to wake; nothing else was sent to it."""

    key = "car_waking"


class NoCarsError(FleetError):
    """The account has no car, or none that this application may see."""

    key = "no_cars"


class MissingScopesError(FleetError):
    """The user did not grant a scope that the Scout needs."""

    key = "missing_scopes"


class RateLimitedError(FleetError):
    """Too many calls; ``retry_after`` is the pause that Tesla asks for."""

    key = "rate_limited"

    def __init__(self, retry_after: timedelta) -> None:
        """Keep the pause that Tesla asks for."""
        super().__init__(seconds=str(round(retry_after.total_seconds())))
        self.retry_after = retry_after


class OverBudgetError(FleetError):
    """Tesla disabled the account until its bill or its limit is settled."""

    key = "over_budget"


class BudgetSpentError(FleetError):
    """The user's monthly budget is spent, or reserved for sessions."""

    key = "budget_spent"


class ShareSpentError(FleetError):
    """A car has spent the share of the monthly budget that the user gave it."""

    key = "share_spent"


class AskedTooOftenError(FleetError):
    """Somebody asks for reads too often; ``seconds`` is how long to wait."""

    key = "asked_too_often"


class RefusedError(FleetError):
    """Tesla or the car refused; ``reason`` is its own word."""

    key = "refused"

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason=reason)
        self.reason = reason


class KeyNotPairedError(RefusedError):
    """The car requires signed commands, and the key is unknown to it or missing."""

    key = "key_not_paired"


class NotRegisteredError(RefusedError):
    """The application is not registered in this region, or not for the Fleet API."""

    key = "not_registered"


class TransientError(FleetError):
    """The network or Tesla's servers failed; the same call may work later."""

    key = "transient"


class UnclearAnswerError(TransientError):
    """An error with words that Tesla does not document; the same call may work later."""

    key = "unclear_answer"

    def __init__(self, reason: str) -> None:
        """Keep the words of the answer."""
        super().__init__(reason=reason)
        self.reason = reason


class StaleAnswerError(TransientError):
    """A provider answered from its memory, from before the last command or too long ago."""

    key = "stale_answer"


class HeldBackError(TransientError):
    """A refused read is not sent again yet; ``reason`` is the car's or Tesla's word."""

    key = "refused"

    def __init__(self, reason: str, until: datetime) -> None:
        """Keep the reason, and when it may be sent again (UTC)."""
        super().__init__(reason=reason)
        self.reason = reason
        self.until = until


class UnexpectedError(TransientError):
    """An exception that nobody foresaw; ``error`` is its kind and place, not its text."""

    key = "unexpected"

    def __init__(self, error: str) -> None:
        """Keep the kind and the place."""
        super().__init__(error=error)


class MaybeExecutedError(TransientError):
    """The answer to a command was lost: the car may have executed it, or not.

    As in Tesla's own client, 4xx and 503 mean not executed; any other 5xx and a
    connection lost while reading mean possibly executed.
    """

    key = "maybe_executed"

    def __init__(self, requests: int = 1) -> None:
        """Keep how many requests were billed for the command, at least."""
        super().__init__()
        self.requests = requests
