"""The handful of things that can go wrong with Tesla, each with its translation."""

from datetime import timedelta
from typing import ClassVar

from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN


class FleetError(HomeAssistantError):
    """Something went wrong with Tesla; the subclasses say what."""

    key: ClassVar[str]

    def __init__(self, **placeholders: str) -> None:
        """Bind the placeholders of the translation, which hold nothing secret."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=self.key,
            translation_placeholders=placeholders,
        )


class SignedOutError(FleetError):
    """Tesla does not know this sign-in any more; a person must sign in again."""

    key = "signed_out"


class CarAsleepError(FleetError):
    """The car cannot be reached: asleep, offline, or too slow in waking."""

    key = "car_asleep"


class NoCarsError(FleetError):
    """The account has no car, or shows none to this application."""

    key = "no_cars"


class MissingScopesError(FleetError):
    """The user did not allow what the Scout cannot do without."""

    key = "missing_scopes"


class RateLimitedError(FleetError):
    """Too many calls; ``retry_after`` is Tesla's own word on when to come back."""

    key = "rate_limited"

    def __init__(self, retry_after: timedelta) -> None:
        """Keep the pause that Tesla asks for."""
        super().__init__(seconds=str(round(retry_after.total_seconds())))
        self.retry_after = retry_after


class OverBudgetError(FleetError):
    """Tesla disabled the account until its bill or its limit is settled."""

    key = "over_budget"


class BudgetSpentError(FleetError):
    """What the user lets a month cost is spent, or kept for promises."""

    key = "budget_spent"


class AskedTooOftenError(FleetError):
    """Somebody asks for paid looks faster than they are worth; ``seconds`` to wait."""

    key = "asked_too_often"


class RefusedError(FleetError):
    """Tesla or the car said no; ``reason`` is its own word."""

    key = "refused"

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason=reason)
        self.reason = reason


class KeyNotPairedError(RefusedError):
    """The car wants signed commands, and does not know the key, or there is none."""

    key = "key_not_paired"


class NotRegisteredError(RefusedError):
    """Tesla does not know the application in this region, or it is no Fleet API one."""

    key = "not_registered"


class TransientError(FleetError):
    """The network or Tesla's servers failed; the same call may work later."""

    key = "transient"


class MaybeExecutedError(TransientError):
    """The answer to a command was lost: the car may have done it, or not.

    Tesla's own client draws the line so: 4xx and 503 mean not executed, any other
    5xx and a connection lost while reading mean possibly executed.
    """

    key = "maybe_executed"
