"""What the small card shows of an account. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CarMonth:
    """A car's charging at home in a month: kWh, its cost, its cost on arrival."""

    name: str
    currency: str | None
    energy: float
    cost: float
    on_arrival: float


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountView:
    """A month of an account; amounts of Tesla's bill are in its currency.

    Attributes:
        name: The title of the account.
        month: Such as 2026-11, of the bill (UTC).
        currency: The currency of Tesla's bill, an ISO 4217 code.
        cost: What Tesla billed so far.
        forecast: What the month will cost at its present pace.
        limit: The monthly budget; None: there is none.
        stage: Stage of the budget; None: the account is not loaded.
        reads, commands, wakes: The billed calls of the month.
        signed_out: Whether Tesla refused the sign-in.
        next_reset: When the next month begins (UTC).
        cars: The charging of each car.
    """

    name: str
    month: str | None = None
    currency: str = "USD"
    cost: float = 0.0
    forecast: float | None = None
    limit: float | None = None
    stage: str | None = None
    reads: int = 0
    commands: int = 0
    wakes: int = 0
    signed_out: bool = False
    next_reset: datetime | None = None
    cars: tuple[CarMonth, ...] = ()
