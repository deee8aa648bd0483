"""The user's application as a partner of Tesla, with its public key."""

import asyncio
from collections.abc import Collection, Mapping
from itertools import count
import os
from pathlib import Path
from typing import Any

from aiohttp import ClientError

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_PRIVATE_KEY_PATH,
    DEFAULT_PRIVATE_KEY_PATH,
    DOMAIN,
    REQUEST_TIMEOUT,
    TESLA_FLEET_KEY_PATH,
)
from ..gateways.error_map import Site
from ..gateways.errors import (
    FleetError,
    KeyNotPairedError,
    NotRegisteredError,
    RefusedError,
    TransientError,
)
from ..gateways.fleet_api.error_map import map_answer, mapped_errors
from ..gateways.fleet_api.key_file import is_private_key
from ..gateways.fleet_api.responses import AnswerError, LostAnswerError, read_answer
from ..gateways.fleet_api.transport import FixedToken, FleetTransport
from .key_file import FileTrial

# Seen (core#134595): each public key belongs to one application of Tesla's.
_TAKEN = "already been taken"

# Seen: Tesla could not fetch the file; the answer has words, or none.
_NOT_FETCHED = 424


class Registration:
    """The user's application as a partner of Tesla, with its public key."""

    def __init__(
        self,
        hass: HomeAssistant,
        implementation: LocalOAuth2Implementation,
        server: str,
        key_path: str | None,
    ) -> None:
        """Bind the application and the server; Tesla requires it once in each region.

        ``key_path`` is the key of the entry that is renewed, which its cars may know.
        """
        self._hass = hass
        self._implementation = implementation
        self._server = server
        self._transport: FleetTransport | None = None
        self.key_path = key_path or TESLA_FLEET_KEY_PATH
        self.words: Mapping[str, str] = {}

    async def async_login(self) -> None:
        """Sign the application itself in, and load its key, or create one.

        Raises:
            FleetError: Tesla does not know the application, or cannot be reached.
        """
        token = await self._async_partner_token()
        config = self._hass.config
        folder, present_key = Path(config.config_dir), Path(config.path(self.key_path))
        if not await asyncio.to_thread(is_private_key, present_key, folder):
            self.key_path = DEFAULT_PRIVATE_KEY_PATH
            new_key = Path(config.path(self.key_path))
            used = await asyncio.to_thread(os.path.lexists, new_key)
            if used and not await asyncio.to_thread(is_private_key, new_key, folder):
                raise KeyNotPairedError("no_usable_private_key")
        self._transport = FleetTransport(
            async_get_clientsession(self._hass),
            FixedToken(token),
            self._server,
            lambda path, status: None,
        )
        await self._async_load_key(self._transport)

    @property
    def transport(self) -> FleetTransport:
        """The signed-in application."""
        if self._transport is None:
            msg = "The application must be signed in first"
            raise RuntimeError(msg)
        return self._transport

    @property
    def public_key_pem(self) -> str:
        """The public key, as it must be published on the user's domain."""
        return self.transport.public_pem

    async def async_is_registered(self, domain: str) -> bool:
        """Return whether Tesla has this very key for a domain already."""
        try:
            async with mapped_errors():
                answer = await self.transport.Partner(self.transport).public_key(domain)
                return self._is_ours(answer)
        except TransientError:
            raise
        except FleetError:
            # Tesla refuses this request for a domain that was never registered.
            return False

    async def async_register(self, domain: str) -> str | None:
        """Register a domain; return the key of an error, or None for success.

        The application signs in again, since its token may expire while a person places
        a file on the domain. ``words`` has the placeholders of the error.

        Raises:
            NotRegisteredError: the domain is none of the application's.
            FleetError: Tesla refused otherwise, or is out of reach.
        """
        await self.async_login()
        self.words = {}
        try:
            async with mapped_errors():
                answer = await self.transport.Partner(self.transport).register(domain)
                found = bool(answer["response"].get("public_key"))
                ours = found and self._is_ours(answer)
        except NotRegisteredError:
            if await self._async_file_error(domain) != "domain_not_found":
                raise
            return "domain_not_found"
        except RefusedError as err:
            if _TAKEN in err.reason.lower():
                self.words = {"reason": err.reason}
                return "public_key_taken"
            if not _is_about_file(err):
                raise
            found = ours = False
        if not found:
            return await self._async_file_error(domain) or "public_key_unreachable"
        return None if ours else "public_key_mismatch"

    async def async_make_key(self) -> None:
        """Create a key of this integration's own, which no other application has.

        Raises:
            FleetError: the file cannot be written.
        """
        entries = self._hass.config_entries.async_entries(DOMAIN)
        used = {entry.options.get(CONF_PRIVATE_KEY_PATH) for entry in entries}
        self.key_path = await asyncio.to_thread(self._free_path, used | {self.key_path})
        await self._async_load_key(self.transport)

    def _free_path(self, used: Collection[str | None]) -> str:
        """Return a file of ours that is not there, or holds a key that nothing uses."""
        config = self._hass.config
        folder, name = Path(config.config_dir), Path(DEFAULT_PRIVATE_KEY_PATH)
        for number in count(1):
            path = name if number == 1 else name.with_stem(f"{name.stem}_{number}")
            file = Path(config.path(str(path)))
            usable = not os.path.lexists(file) or is_private_key(file, folder)
            if usable and str(path) not in used:
                break
        return str(path)

    async def _async_load_key(self, transport: FleetTransport) -> None:
        """Load the key, or create it if its file is not there."""
        async with mapped_errors():
            await transport.get_private_key(self._hass.config.path(self.key_path))

    async def _async_file_error(self, domain: str) -> str | None:
        """Return why Tesla did not get the file; None: Home Assistant gets it."""
        trial = FileTrial(self._hass, domain)
        error = await trial.async_error(self.public_key_pem)
        self.words = trial.words
        return error

    def _is_ours(self, answer: Mapping[str, Any]) -> bool:
        """Return whether an answer holds our public key, as an uncompressed point."""
        key = str(answer["response"].get("public_key") or "")
        return key.lower() == self.transport.public_uncompressed_point.lower()

    async def _async_partner_token(self) -> str:
        """Return a token of the application (Tesla: client credentials grant)."""
        request = {
            "grant_type": "client_credentials",
            "client_id": self._implementation.client_id,
            "client_secret": self._implementation.client_secret,
            "audience": self._server,
            "scope": "openid",
        }
        session = async_get_clientsession(self._hass)
        try:
            # A redirect would take the client secret to another host.
            async with (
                asyncio.timeout(REQUEST_TIMEOUT.total_seconds()),
                session.post(
                    self._implementation.token_url, data=request, allow_redirects=False
                ) as response,
            ):
                body = await response.read()
            answer = read_answer(response.status, response.headers, body)
        except AnswerError as err:
            raise map_answer(err, Site.TOKEN, dt_util.utcnow()) from err
        except (LostAnswerError, ClientError, TimeoutError) as err:
            raise TransientError from err
        if not isinstance(token := answer.get("access_token"), str):
            raise TransientError
        return token


def _is_about_file(err: RefusedError) -> bool:
    """Return whether Tesla refused since it has not got the file of the domain.

    Its words are not documented.
    """
    cause = err.__cause__
    not_fetched = isinstance(cause, AnswerError) and cause.answer.status == _NOT_FETCHED
    return not_fetched or "public key" in err.reason.lower()
