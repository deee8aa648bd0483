"""Cuts a text of a server, and removes what is secret or personal in it. Pure."""

from hashlib import blake2b
import os
import re
from typing import Final

# Of this process: with a salt that is known, a tag would tell the VIN.
_SALT: Final = os.urandom(16)

# Tesla's longest documented error has some 130 characters.
LONGEST: Final = 300

# The part of a text that is searched at all.
_SEARCHED: Final = 4 * LONGEST

# In this order: a JSON web token, a refresh token or a code of Tesla's, an e-mail
# address, a VIN (ISO 3779: no I, O or Q), a number like a coordinate, and any long word
# with a digit, which may be a key.
_SECRETS: Final = re.compile(
    r"\beyJ[\w.~+/=-]+"
    r"|\b(?:NA|EU|CN)_[\w.-]{8,}"
    r"|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|\b[A-HJ-NPR-Z0-9]{17}\b"
    r"|-?\b\d{1,3}\.\d{3,}\b"
    r"|\b(?=[\w-]*\d)[\w-]{40,}\b"
)


def car_tag(vin: str) -> str:
    """Return what names a car in the log of one run, and tells nothing about it."""
    return f"car {blake2b(vin.encode(), key=_SALT, digest_size=3).hexdigest()}"


def redacted(text: str) -> str:
    """Return a text in one line, cut, without tokens, VINs, places and addresses.

    The last word of a text that is cut is dropped, since half a secret is not found.
    """
    if len(text) > _SEARCHED:
        text = re.sub(r"\S*\Z", "", text[:_SEARCHED])
    text = _SECRETS.sub("***", " ".join(text.split()))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
