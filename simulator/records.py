"""What the cloud was asked and what it answered: the record of requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .billing import Kind

type Server = Literal["na", "eu", "auth", "proxy"]


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request that was served; holds no secret.

    Attributes:
        at: By the clock of the cars, or of the tokens for the sign-in server.
        server: The server that it arrived at.
        path: Without the query.
        query: Of the Fleet API only, such as `endpoints`.
        status: What was answered; None if the client never got an answer.
        kind: The billing category.
        vin: The car it was about, also when asked by the numeric id.
        billed: Whether it stands in the ledger.
        faulted: Whether a fault on demand had a hand in the answer.
    """

    at: datetime
    server: Server
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    status: int | None
    kind: Kind
    vin: str | None
    billed: bool
    faulted: bool
