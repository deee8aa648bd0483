"""HTTP answers of Tesla's servers: a JSON object, or an error."""

from collections.abc import Mapping
import json
from typing import Any, Final

# Tesla: the account lives in another region.
MISDIRECTED: Final = 421

# Tesla's status for a client that went away while its request was handled. It is below
# 500, so the request is billed.
CLIENT_CLOSED_REQUEST: Final = 499

# The headers in which Tesla may name the pause that it asks for, in seconds.
PAUSE_HEADERS: Final = ("Retry-After", "RateLimit-Reset")


class AnswerError(Exception):
    """An answer with an error status.

    ``reason`` is Tesla's own word, "" if there is none. It is not in the text of the
    exception, since it has not been redacted yet.
    """

    def __init__(
        self, status: int, reason: str = "", pauses: tuple[str, ...] = ()
    ) -> None:
        """Keep the status, the reason and the pauses, each in seconds as text."""
        super().__init__(f"status {status}")
        self.status = status
        self.reason = reason
        self.pauses = pauses

    @property
    def is_unauthorized(self) -> bool:
        """Whether another token may help.

        It cannot if the owner switched off mobile access in the car, which is a 401 too.
        """
        return self.status == 401 and "mobile_access_disabled" not in self.reason


class LostAnswerError(Exception):
    """There was no answer, or an unreadable one; the text says why, without an address.

    ``sent`` is False if the request certainly did not arrive.
    """

    def __init__(self, why: str, *, sent: bool = True) -> None:
        """Keep whether the request may have arrived."""
        super().__init__(why)
        self.sent = sent


class UntrustedServerError(LostAnswerError):
    """The server's certificate is not trusted, so nothing was sent."""


def read_answer(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Return the JSON object of an answer.

    Raises:
        AnswerError: the status is an error.
        LostAnswerError: it is a success, but the body is no JSON object.
    """
    content = _json_object(body)
    if not 200 <= status < 300:
        pauses = tuple(headers[name] for name in PAUSE_HEADERS if name in headers)
        raise AnswerError(status, _reason(content or {}), pauses)
    if content is None:
        raise LostAnswerError("the body is no JSON object")
    return content


def _json_object(body: bytes) -> dict[str, Any] | None:
    """Return the JSON object in a body, or None if it holds something else."""
    try:
        content = json.loads(body)
    except ValueError, RecursionError:
        return None
    return content if isinstance(content, dict) else None


def _reason(content: Mapping[str, Any]) -> str:
    """Return Tesla's word for an error; its proxy may put it where a car would."""
    parts = [content.get("error"), content.get("error_description")]
    if not any(parts) and isinstance(response := content.get("response"), Mapping):
        parts = [response.get("reason")]
    return ": ".join(str(part) for part in parts if part)
