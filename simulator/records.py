"""The record of requests and their answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .billing import Kind

type Server = Literal["na", "eu", "auth", "proxy", "tessie", "teslemetry"]


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request that was served, without secrets.

    Attributes:
        at: On the clock of the cars, or of the tokens for the sign-in server.
        server: The server that received it.
        path: Without the query.
        query: Of the Fleet API only, such as `endpoints`.
        status: Of the answer; None if the client received none.
        kind: The billing category.
        vin: The car, also if the request named its numeric id.
        billed: Whether it is in the ledger.
        faulted: Whether a fault applied.
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
