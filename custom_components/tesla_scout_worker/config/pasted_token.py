"""A refresh token in what a person pasted. Pure."""

from collections.abc import Mapping
import json
import re
from typing import Final

from .pasted_key import key_in

# Tesla's refresh tokens begin with the region. A terminal breaks long ones into lines.
_TOKEN: Final = re.compile(
    r"\b(?:EU|NA|CN)_[0-9A-Za-z-]{16,}(?:[ \t]*\r?\n[ \t]*[0-9a-f]+(?=[ \t]*(?:\r?\n|$)))*",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"refresh[_\- ]?token[\"']?\s*[:=]\s*[\"'`]?([^\s\"'`,;]+)", re.IGNORECASE
)
_JSON: Final = re.compile(r"\{|\[\s*(?:[\[{\]\"]|\d+\s*,)")
_LABELS: Final = ("refresh_token", "refreshToken", "refresh-token")

_ACCESS: Final = re.compile(r"eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?")
_CLIENT_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S*")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def refresh_token_in(text: str) -> str | None:
    """Return the refresh token in a pasted text; None: see ``refresh_token_fault``.

    It is the text itself, or what a JSON file, a label or the form of Tesla's tokens
    shows in it. Of several nobody knows which one is valid.
    """
    found = _tokens_in(text)
    return found[0] if len(found) == 1 else None


def refresh_token_fault(text: str) -> str | None:
    """Return the error of the form for a pasted text that holds no refresh token."""
    found = _tokens_in(text)
    if len(found) == 1:
        return None
    if found:
        return "several_tokens"
    faults = (_other_fault(word) for word in (key_in(text), *text.split()))
    return next((fault for fault in faults if fault is not None), "no_refresh_token")


def _other_fault(word: str) -> str | None:
    """Return what a word is, if it is another thing for certain."""
    word = word.strip("\"'`,;")
    if _ACCESS.fullmatch(word):
        return "token_is_access"
    if word.startswith("ta-secret."):
        return "token_is_client_secret"
    if _CLIENT_ID.fullmatch(word):
        return "token_is_client_id"
    if _ADDRESS.fullmatch(word):
        return "token_is_address"
    return "token_is_email" if _EMAIL.fullmatch(word) else None


def _tokens_in(text: str) -> list[str]:
    """Return the different refresh tokens in a text."""
    text = text.strip()
    if _JSON.match(text):
        try:
            token = _find(json.loads(text))
        except ValueError, RecursionError:
            # The end of a file that was cut may be the end of a token.
            return []
        return [] if token is None else [token]
    labelled = [item for item in _LABEL.findall(text) if _may_be_token(item)]
    found = ["".join(item.split()) for item in _TOKEN.findall(text)]
    # The line of a label may hold the beginning of a token only.
    marked = [
        token for token in found if any(token.startswith(item) for item in labelled)
    ]
    if tokens := list(dict.fromkeys(marked or found or labelled)):
        return tokens
    word = key_in(text)
    return [word] if _may_be_token(word) else []


def _find(value: object) -> str | None:
    """Return the first refresh token in a JSON value, at any depth."""
    if isinstance(value, Mapping):
        for label in _LABELS:
            token = value.get(label)
            if isinstance(token, str) and _may_be_token(token := token.strip()):
                return token
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            if (token := _find(part)) is not None:
                return token
    return None


def _may_be_token(word: str) -> bool:
    """Return whether a word is not something else for certain."""
    if (
        not word
        or len(word.split()) != 1
        or not word.isascii()
        or not word.isprintable()
    ):
        return False
    if word.startswith(("{", "[", "-----")) or word.endswith((":", "=")):
        return False
    return _other_fault(word) is None
