"""The file with the public key, as the user's domain shows it."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import ClientConnectorDNSError, ClientError, ClientSSLError, web
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from homeassistant.components.http import HomeAssistantView
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, REQUEST_TIMEOUT

# Tesla: developer documentation, "Generate a public/private key pair".
FILE_NAME: Final = "com.tesla.3p.public-key.pem"
_PATH: Final = f"/.well-known/appspecific/{FILE_NAME}"
DOMAIN_SERVER: Final = "https://{domain}"

# A public key has 178 bytes; a page of a web server has more.
MOST_BYTES: Final = 16 * 1024

# The public keys that open forms show, by flow.
SHOWN_KEYS: Final[HassKey[dict[str, str]]] = HassKey(f"{DOMAIN}_shown_keys")
_VIEW_URL: Final = f"/api/{DOMAIN}/public_key"


def key_file_url(domain: str) -> str:
    """Return the address at which Tesla reads the public key."""
    return DOMAIN_SERVER.format(domain=domain) + _PATH


class FileTrial:
    """The file of a domain, as Home Assistant sees it: Tesla does not say what it saw.

    Attributes:
        words: The placeholders of the error.
    """

    def __init__(self, hass: HomeAssistant, domain: str) -> None:
        """Bind the domain."""
        self._session = async_get_clientsession(hass)
        self._domain = domain
        self.words: Mapping[str, str] = {"domain": domain}

    async def async_error(self, public_key: str) -> str | None:
        """Read the file; return the error of the form, None: the key is there."""
        try:
            status, body = await self._async_read()
        except ClientConnectorDNSError:
            return "domain_not_found"
        except ClientSSLError:
            return "public_key_untrusted"
        except ClientError, TimeoutError:
            return "public_key_not_found"
        if status != HTTPStatus.OK:
            self.words = {"status": str(status)}
            return "public_key_status"
        if (point := _point(body)) is None:
            return "public_key_no_key"
        ours = _point(public_key.encode())
        return None if point == ours else "public_key_mismatch"

    async def _async_read(self) -> tuple[int, bytes]:
        """Return the status and the content, as far as a key may go."""
        async with (
            asyncio.timeout(REQUEST_TIMEOUT.total_seconds()),
            self._session.get(
                key_file_url(self._domain), allow_redirects=False
            ) as response,
        ):
            try:
                body = await response.content.readexactly(MOST_BYTES)
            except asyncio.IncompleteReadError as err:
                body = err.partial
            return response.status, body


def _point(content: bytes) -> bytes | None:
    """Return the point of a public key in PEM; None: it is no key of the kind."""
    try:
        key = load_pem_public_key(content)
    except ValueError, UnsupportedAlgorithm:
        return None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return None
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class KeyFileView(HomeAssistantView):
    """Answers with the file that the form of an open flow shows."""

    url = f"{_VIEW_URL}/{{flow_id}}"
    name = f"{DOMAIN}:public_key"
    # The key is public, and the link of a browser has no token.
    requires_auth = False

    def __init__(self, keys: Mapping[str, str]) -> None:
        """Bind the keys that are shown."""
        self._keys = keys

    async def get(self, _request: web.Request, flow_id: str) -> web.Response:
        """Return the file, for the browser to save."""
        if (key := self._keys.get(flow_id)) is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        disposition = f'attachment; filename="{FILE_NAME}"'
        return web.Response(
            text=key,
            content_type="application/x-pem-file",
            headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
        )


@callback
def async_serve_key_files(hass: HomeAssistant) -> None:
    """Serve the files that open forms show, once for as long as Home Assistant runs."""
    if SHOWN_KEYS in hass.data:
        return
    keys: dict[str, str] = {}
    hass.data[SHOWN_KEYS] = keys
    hass.http.register_view(KeyFileView(keys))


@callback
def file_link(hass: HomeAssistant, flow_id: str, public_key: str) -> str:
    """Serve a public key while its flow is open, and return the link to the file."""
    # The first flow begins before Home Assistant sets the integration up.
    async_serve_key_files(hass)
    hass.data[SHOWN_KEYS][flow_id] = public_key
    # Without a target the frontend takes the link for a page of its own.
    return f'<a href="{_VIEW_URL}/{flow_id}" target="_blank">{FILE_NAME}</a>'
