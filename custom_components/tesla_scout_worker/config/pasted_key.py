"""What a person pasted instead of the key of a provider. Pure."""

import re
from typing import Final

import jwt

# Tesla's refresh tokens begin with the region.
_REFRESH_TOKEN: Final = re.compile(r"(?:EU|NA|CN)_[0-9a-f]{16,}", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_BEARER: Final = re.compile(r"^(?:authorization:\s*)?bearer\s+", re.IGNORECASE)


def key_in(text: str) -> str:
    """Return the key in a pasted text, without what a header or quotes add."""
    return _BEARER.sub("", text.strip().strip("\"'`")).strip()


def key_fault(text: str) -> str | None:
    """Return the error of the form for a text that is certainly no key of a provider.

    A token of Tesla must not be sent to anybody else.
    """
    key = key_in(text)
    if not key:
        return "key_required"
    if key.startswith(("{", "[", "-----BEGIN")):
        return "pasted_file"
    if _REFRESH_TOKEN.match(key):
        return "pasted_refresh_token"
    if "://" in key or key.lower().startswith("www."):
        return "pasted_address"
    if _EMAIL.fullmatch(key):
        return "pasted_email"
    if len(key.split()) > 1 or not key.isascii() or not key.isprintable():
        return "pasted_words"
    return "pasted_access_token" if _is_teslas(key) else None


def _is_teslas(key: str) -> bool:
    """Return whether a key is an access token that Tesla issued."""
    try:
        claims = jwt.decode(key, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return False
    issuer = str(claims.get("iss", ""))
    return "tesla.com" in issuer or "tesla.cn" in issuer or "ou_code" in claims
