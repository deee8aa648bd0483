"""The faults of a night: what an answer may be instead of the true one, and where. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from simulator.faults import Fault
from simulator.gateway_faults import (
    captive_portal,
    html_page,
    null_response,
    redirect,
    slow_drip,
)
from simulator.records import Server

# Statuses that Tesla documents, and those of what stands between.
STATUSES: Final = (
    *(400, 401, 403, 404, 405, 406, 408, 409, 410, 412, 421, 422, 423, 424, 429),
    *(444, 451, 499, 500, 501, 502, 503, 504, 507, 511, 520, 522, 525, 540, 599),
)
PAGES: Final = (400, 401, 403, 404, 405, 407, 429, 444, 499, 500, 502, 503, 504, 511)

LONG: Final = "x" * 200_000
NESTED: Final = "[" * 100_000 + "]" * 100_000


def _error(status: int, word: str, text: str = "") -> Fault:
    """Return an error of Tesla's Fleet API with a word."""
    body = {"response": None, "error": word, "error_description": text}
    return Fault(status=status, body=body)


def _proxy(word: str) -> Fault:
    """Return an error as Tesla's command proxy answers."""
    return Fault(
        status=500, body={"response": None, "error": word, "error_description": ""}
    )


def _refused(reason: str) -> Fault:
    """Return a car's own refusal: the command has no effect."""
    return Fault(status=200, body={"response": {"result": False, "reason": reason}})


BROKEN: Final[Mapping[str, Fault]] = {
    "torn before": Fault(tear="before"),
    "torn mid-body": Fault(tear="mid-body"),
    "torn after": Fault(tear="after"),
    "hang": Fault(hang=True),
    "slow drip": slow_drip(1.0),
    "drip over the timeout": slow_drip(2.0),
    "empty": Fault(body=""),
    "empty, no effect": Fault(status=200, body=""),
    "null": Fault(body="null"),
    "null response": null_response(),
    "list": Fault(body=[]),
    "half of an object": Fault(body='{"response": {"id": 1'),
    "text": Fault(body="OK", content_type="text/plain"),
    "binary": Fault(body="\x00\x01\x02", content_type="application/octet-stream"),
    "nested": Fault(body=NESTED),
    "response is text": Fault(body={"response": "done"}),
    "response is a list of null": Fault(body={"response": [None, 1, "x"]}),
    "captive portal": captive_portal(),
    "redirect 302": redirect("http://127.0.0.1:9/"),
    "redirect 307": redirect("http://127.0.0.1:9/", 307),
}

WORDS: Final[Mapping[str, Fault]] = {
    "401 token expired": _error(401, "token expired (401)"),
    "403 scopes": _error(403, "Unauthorized missing scopes"),
    "408 timeout": _error(408, "timeout"),
    "408 offline": _error(408, "vehicle unavailable: vehicle is offline or asleep"),
    "429 for 20 s": Fault(status=429, body={}, headers={"Retry-After": "20"}),
    "429 for a day": Fault(status=429, body={}, headers={"Retry-After": "86400"}),
    "429 until a date": Fault(
        status=429, headers={"Retry-After": "Wed, 25 Nov 2026 00:40:00 GMT"}
    ),
    "500 device": _error(500, "internal server error", "device unexpected response"),
    "500 context": _proxy("context deadline exceeded"),
    "500 busy": _proxy("MESSAGEFAULT_ERROR_BUSY"),
    "500 timeout": _proxy("MESSAGEFAULT_ERROR_TIMEOUT"),
    "500 time expired": _proxy("MESSAGEFAULT_ERROR_TIME_EXPIRED"),
    "500 no privilege": _proxy("MESSAGEFAULT_ERROR_INSUFFICIENT_PRIVILEGES"),
    "500 long": _error(500, LONG),
    "503 upstream": _error(503, "upstream internal error"),
}

# Words that Tesla documents for what only a person can change: they end a session.
# A car's own refusal does after the third in a row.
REFUSED_FOR_GOOD: Final = ("not_supported", "charging_disallowed")
FINAL: Final = frozenset({"403 scopes", "500 no privilege", *REFUSED_FOR_GOOD})

# Only Tesla's own words of the token endpoint say that a refresh token is spent.
TOKEN_WORDS: Final[Mapping[str, Fault]] = {
    f"{status} {word}": Fault(
        status=status, body={"error": word, "error_description": "try again"}
    )
    for status, word in (
        (400, "server_error"),
        (400, "temporarily_unavailable"),
        (400, "invalid_request"),
        (401, "server_error"),
        (403, "access_denied"),
        (429, "too_many_requests"),
        (500, "server_error"),
        (503, "temporarily_unavailable"),
    )
}

REFUSALS: Final[Mapping[str, Fault]] = {
    reason: _refused(reason)
    for reason in (
        "could_not_wake_buses",
        "no_response",
        "vehicle unavailable",
        "busy",
        "",
        *REFUSED_FOR_GOOD,
    )
}


def _statuses() -> dict[str, Fault]:
    """Return each status with Tesla's shape of an error, without a documented word."""
    return {str(status): Fault(status=status) for status in STATUSES}


def _pages() -> dict[str, Fault]:
    """Return each status with a gateway's HTML page."""
    return {f"{status} page": html_page(status) for status in PAGES}


KINDS: Final[Mapping[str, Mapping[str, Fault]]] = {
    "status without a word": _statuses(),
    "gateway's page": _pages(),
    "broken answer": BROKEN,
    "Tesla's word": WORDS,
    "word of the token endpoint": TOKEN_WORDS,
    "car's refusal": REFUSALS,
}


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where requests go: the `fnmatch` pattern of a path, and the server."""

    path: str
    server: Server | None = None
    occurrences: tuple[int, ...] = (0,)

    def fault(self, fault: Fault, **how: Any) -> Fault:
        """Return a fault of this site."""
        return replace(fault, path=self.path, server=self.server, **how)


# In the order of a night; which occurrences are of different places in the code.
SITES: Final[Mapping[str, Site]] = {
    "token": Site(path="*/token", server="auth", occurrences=(0, 1, 2)),
    "list": Site(path="*/vehicles", occurrences=(0, 20, 40, 90)),
    "products": Site(path="*/products", occurrences=(0, 1)),
    "state": Site(path="*/vehicles/LRW3E7EK0RC000001", occurrences=(0, 1, 3, 6)),
    "wake": Site(path="*/wake_up", occurrences=(0, 1)),
    "read": Site(path="*/vehicle_data", occurrences=(0, 1, 2, 3, 5, 8)),
    "add schedule": Site(path="*/add_charge_schedule", occurrences=(0, 1)),
    "remove schedule": Site(path="*/remove_charge_schedule"),
    "set limit": Site(path="*/set_charge_limit", occurrences=(0, 1)),
    "start and stop": Site(path="*/charge_st*", occurrences=(0, 1)),
    "commands": Site(path="*/command/*", occurrences=(0, 1, 2)),
    "car": Site(path="*/vehicles/LRW3E7EK0RC000001*", occurrences=(0, 4, 12)),
    "all": Site(path="*", server="eu", occurrences=(0, 10, 30)),
    "all and token": Site(path="*", occurrences=(0, 10, 30)),
}


COMMANDED: Final = frozenset(
    {
        *("add schedule", "remove schedule", "set limit"),
        *("start and stop", "commands", "wake"),
    }
)


def fits(kind: str, site: str) -> bool:
    """Return whether a kind of fault can come from a site."""
    match kind:
        case "word of the token endpoint":
            return site == "token"
        case "car's refusal":
            return site in COMMANDED
        case "Tesla's word":
            return site != "token"
    return True
