"""Faults that a test or the control API sets. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
import json
from typing import Any, Literal, get_args

from .records import Server

type Tear = Literal["before", "mid-body", "after"]
TEARS: tuple[Tear, ...] = get_args(Tear.__value__)

# In how many pieces a slow answer is sent.
DRIP_PIECES = 20


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault of the answers to some requests.

    With `status` the request has no effect and gets that answer. Without it the request
    takes effect, and the rest applies to the true answer.

    Attributes:
        path: `fnmatch` pattern of the path without the query.
        method: Only this one; None for all.
        server: Only this one; None for all but the control API.
        status: Replaces the status.
        body: Replaces the body: text as it is, the rest as JSON.
        content_type: Of the replaced body.
        headers: Added to the answer.
        delay: Seconds of real time before the request is handled.
        hang: Never answer; the request has no effect.
        tear: Abort the connection: `before` the request takes effect (True means the
            same), in the middle of the answer (`mid-body`), or `after` the effect but
            before the answer.
        drip: Seconds of real time between two of the `DRIP_PIECES` in which the body is
            sent; 0 sends it at once.
        gateway: Whether a gateway between client and Tesla answers, so that the request
            is not billed.
        times: How many requests it applies to; None for all.
        after: How many matching requests are served normally first.
    """

    path: str = "*"
    method: str | None = None
    server: Server | None = None
    status: int | None = None
    body: str | Mapping[str, Any] | list[Any] | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    hang: bool = False
    tear: Tear | bool = False
    drip: float = 0.0
    gateway: bool = False
    times: int | None = None
    after: int = 0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Fault:
        """Return a fault from a JSON object.

        Raises:
            ValueError: A key is unknown or a value invalid.
        """
        unknown = set(data) - {each.name for each in fields(cls)}
        if unknown:
            raise ValueError(f"unknown keys: {', '.join(sorted(unknown))}")
        tear = data.get("tear", False)
        if not isinstance(tear, bool) and tear not in TEARS:
            raise ValueError(f"tear must be one of {', '.join(TEARS)}")
        status = data.get("status")
        if status is not None and not (
            isinstance(status, int) and 200 <= status <= 599
        ):
            raise ValueError("status must be between 200 and 599")
        return cls(**data)

    @property
    def text(self) -> str | None:
        """The replaced body as text; None for the true body."""
        if self.body is None or isinstance(self.body, str):
            return self.body
        return json.dumps(self.body)

    @property
    def aborts_before(self) -> bool:
        """Whether the connection is aborted before the request takes effect."""
        return self.tear is True or self.tear == "before"

    def matches(self, server: Server, method: str, path: str) -> bool:
        """Return whether this fault applies to a request."""
        return (
            self.server in {None, server}
            and self.method in {None, method}
            and fnmatchcase(path, self.path)
        )


class Faults:
    """The faults that are set; the oldest one that matches applies."""

    def __init__(self) -> None:
        """Start with none."""
        self._faults: list[_Armed] = []

    def add(self, fault: Fault) -> Fault:
        """Set a fault and return it, as the key for `remove`."""
        self._faults.append(_Armed(fault=fault, to_skip=fault.after, left=fault.times))
        return fault

    def remove(self, fault: Fault) -> None:
        """Remove one fault, if it is still set."""
        self._faults = [armed for armed in self._faults if armed.fault is not fault]

    def clear(self) -> None:
        """Remove every fault."""
        self._faults.clear()

    @property
    def active(self) -> list[Fault]:
        """The faults that can still apply."""
        return [armed.fault for armed in self._faults]

    def take(self, server: Server, method: str, path: str) -> Fault | None:
        """Return the fault that applies to a request, and count it."""
        for armed in self._faults:
            if not armed.fault.matches(server, method, path):
                continue
            if armed.to_skip > 0:
                armed.to_skip -= 1
                continue
            if armed.left is not None:
                armed.left -= 1
                if armed.left <= 0:
                    self._faults.remove(armed)
            return armed.fault
        return None


@dataclass(kw_only=True)
class _Armed:
    """A fault, and how often it is still skipped and applied."""

    fault: Fault
    to_skip: int
    left: int | None
