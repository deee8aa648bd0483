"""HTTP answers of Tesla's servers: a JSON object, or an error."""

from collections.abc import Mapping
import json
from typing import Any, Final

from ..error_map import Answer, Meaning, Site, meaning_of
from ..redaction import redacted

# Tesla: the account lives in another region.
MISDIRECTED: Final = 421

# Tesla's status for a client that went away while its request was handled. It is below
# 500, so the request is billed.
CLIENT_CLOSED_REQUEST: Final = 499

# The headers in which Tesla may name a wait.
WAIT_HEADERS: Final = ("Retry-After", "RateLimit-Reset")


class AnswerError(Exception):
    """An answer with an error status; its text names the status alone."""

    def __init__(self, answer: Answer, waits: tuple[str, ...] = ()) -> None:
        """Keep the answer, and the headers in which it names a wait."""
        super().__init__(f"status {answer.status}")
        self.answer = answer
        self.waits = waits

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.answer.status

    @property
    def is_rejection(self) -> bool:
        """Whether another token may help.

        It cannot if the owner switched off mobile access in the car, which is a 401 too,
        or if the page of a gateway answers.
        """
        return meaning_of(Site.READ, self.answer) is Meaning.TOKEN_REJECTED


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
        waits = tuple(headers[name] for name in WAIT_HEADERS if name in headers)
        raise AnswerError(_failed_answer(status, content, body), waits)
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


def _failed_answer(
    status: int, content: Mapping[str, Any] | None, body: bytes
) -> Answer:
    """Return what is known of an answer with an error status."""
    if content is None:
        return Answer(status=status, readable=not body.strip())
    response = content.get("response")
    inner = response if isinstance(response, Mapping) else {}
    parts = [content.get("error"), content.get("error_description")]
    if not any(parts):
        # Tesla's proxy may put it where a car would.
        parts = [inner.get("reason")]
    return Answer(
        status=status,
        error=_text(content.get("error")),
        words=redacted(": ".join(text for part in parts if (text := _text(part)))),
        refused=inner.get("result") is False,
    )


def _text(part: object) -> str:
    """Return a text of an answer, cut and without secrets; "" for what is none."""
    return redacted(part) if isinstance(part, str) else ""
