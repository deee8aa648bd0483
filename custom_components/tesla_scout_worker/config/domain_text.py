"""A domain in what a person typed. Pure."""

from ipaddress import ip_address
import re
from typing import Final

from yarl import URL

_NAME: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_SCHEME: Final = re.compile(r"^https?://", re.IGNORECASE)

# Names that only a network at home knows (RFC 6762, 8375, 6761; ICANN: internal).
_PRIVATE: Final = ("home", "home.arpa", "internal", "lan", "local", "localhost")

# Tesla reads the file by HTTPS.
_PORT: Final = 443


def domain_in(text: str) -> str | None:
    """Return the domain in a text, as DNS has it; None: see ``domain_fault``."""
    url = _address_in(text)
    return None if url is None or _fault(url) is not None else _host(url)


def domain_fault(text: str) -> str | None:
    """Return the error of the form for a text without a domain that Tesla can reach."""
    url = _address_in(text)
    return "invalid_domain" if url is None else _fault(url)


def _address_in(text: str) -> URL | None:
    """Return the address that was typed, with or without its scheme."""
    text = _SCHEME.sub("", text.strip().strip("\"'`").strip())
    try:
        # Before the host nothing may stand, such as the name of a mailbox.
        url = URL(f"https://{text}")
        host, user, _ = url.raw_host, url.raw_user, url.port
    except ValueError:
        return None
    return None if not host or user is not None or re.search(r"\s", text) else url


def _host(url: URL) -> str:
    """Return the host of an address, as DNS has it (IDNA), without the root's dot."""
    return (url.raw_host or "").lower().removesuffix(".")


def _fault(url: URL) -> str | None:
    """Return what keeps Tesla from an address."""
    host = _host(url)
    if url.port != _PORT:
        return "domain_has_port"
    try:
        ip_address(host)
    except ValueError:
        pass
    else:
        return "domain_is_ip_address"
    if any(host == name or host.endswith(f".{name}") for name in _PRIVATE):
        return "domain_not_public"
    if len(host) > 253 or not _NAME.fullmatch(host) or host.split(".")[-1].isdigit():
        return "invalid_domain"
    return None
