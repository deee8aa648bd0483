"""The library's API object with what every request needs: a count, a timeout, a token.

One override of the library's request method serves reads, plain commands and each
leg of a signed command alike, so that nothing reaches Tesla uncounted.
"""

import asyncio
from collections.abc import Awaitable, Callable
import json as jsonlib
import re
from typing import Any, Final, Protocol, override

from aiohttp import ClientError, ClientSession
from tesla_fleet_api import TeslaFleetApi
from tesla_fleet_api.const import Method
from tesla_fleet_api.exceptions import (
    InvalidRegion,
    InvalidToken,
    LoginRequired,
    OAuthExpired,
    OAuthInvalid,
    ResponseError,
    TeslaFleetError,
)
from yarl import URL

from ..const import LOGGER, REGION_SERVERS, REQUEST_TIMEOUT
from .errors import SignedOutError

# Tesla: 401 in all its variants; which of them can be cured only a refresh tells.
UNAUTHORIZED: Final = (InvalidToken, LoginRequired, OAuthExpired, OAuthInvalid)

# Tesla's own client follows the address in a 421 to these alone.
TESLA_HOSTS: Final = ("tesla.com", "tesla.cn", "teslamotors.com")

_URL_IN_TEXT: Final = re.compile(r"https?://[^\s,\"'<>]+")


class AccessTokens(Protocol):
    """Where a request gets its access token."""

    async def async_access_token(self) -> str:
        """Return a token that should work."""

    async def async_replace(self, unauthorized: str) -> str:
        """Return another token than the one that did not."""

    def sign_out(self) -> None:
        """Learn that a new token did not work either."""


class FixedToken:
    """A token that nobody renews: for a flow, before there is an entry."""

    def __init__(self, token: str) -> None:
        """Hold the token."""
        self._token = token

    async def async_access_token(self) -> str:
        """Return the token."""
        return self._token

    async def async_replace(self, unauthorized: str) -> str:
        """Refuse: there is no other token."""
        raise SignedOutError(account="Tesla")

    def sign_out(self) -> None:
        """Do nothing: there is nobody to ask."""


def server_in(text: str, own: str) -> str | None:
    """Return the base URL that a 421 names, if its host is to be trusted.

    Trusted are Tesla's hosts over TLS, and the host of ``own``, the server that the
    user entered: a token must not follow a stranger's address.
    """
    for match in _URL_IN_TEXT.findall(text):
        try:
            url = URL(match)
        except ValueError:
            continue
        host = url.host or ""
        if host == URL(own).host and url.scheme == URL(own).scheme:
            return str(url.origin())
        if url.scheme == "https" and any(
            host == tesla or host.endswith(f".{tesla}") for tesla in TESLA_HOSTS
        ):
            return str(url.origin())
    return None


class FleetWire(TeslaFleetApi):
    """Requests to one server, counted, timed and with a token that works."""

    def __init__(
        self,
        session: ClientSession,
        tokens: AccessTokens,
        server: str,
        count: Callable[[str, int], None],
        on_server: Callable[[str], None] | None = None,
    ) -> None:
        """Bind the session, the tokens and the server.

        ``count`` hears the path and status of every answer, ``on_server`` of a new
        base URL; without it the server is fixed, as a user's own proxy is.
        """
        super().__init__(
            session,
            access_token=tokens.async_access_token,
            server=server,
            charging_scope=False,
            energy_scope=False,
            partner_scope=False,
        )
        self._tokens = tokens
        self._count = count
        self._on_server = on_server

    async def request(self, path: str, params: dict[str, Any]) -> dict[str, Any]:
        """Read a path that the library has no account-wide method for."""
        return await self._request(Method.GET, path, params)

    @override
    async def _request(
        self,
        method: Method,
        path: str,
        params: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Send a request; a 401 and a 421 are cured once, then passed on.

        Raises:
            TeslaFleetError: Tesla answered with an error, which is a BaseException.
            ClientError: no answer, or a broken one.
            TimeoutError: no answer in time.
            FleetError: there is no token to send.
        """

        def send() -> Awaitable[dict[str, Any]]:
            return self._counted(method, path, params, json)

        token = await self._tokens.async_access_token()
        try:
            return await send()
        except UNAUTHORIZED:
            await self._tokens.async_replace(token)
        except InvalidRegion as err:
            if not await self._moved(err):
                raise
        try:
            return await send()
        except UNAUTHORIZED:
            # A new token changed nothing: consent or mobile access was withdrawn.
            self._tokens.sign_out()
            raise

    async def _counted(
        self,
        method: Method,
        path: str,
        params: dict[str, Any] | None,
        json: dict[str, Any] | None,
    ) -> dict[str, Any]:
        """Send a request once, in time, and count its answer."""
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT.total_seconds()):
                answer = await super()._request(method, path, params, json or {})
        except ResponseError, jsonlib.JSONDecodeError:
            # Unreadable, but an answer, and of a status that Tesla bills.
            self._count(path, 200)
            raise
        except TeslaFleetError as err:
            if err.status is not None:
                self._count(path, err.status)
            raise
        self._count(path, 200)
        return answer

    async def _moved(self, err: InvalidRegion) -> bool:
        """Go over to the account's own region, and say whether that is possible."""
        if self._on_server is None or self.server is None:
            return False
        server = server_in(str(err.data or ""), self.server)
        if server is None and self.server in REGION_SERVERS.values():
            server = await self._found()
        if server is None or server == self.server:
            return False
        LOGGER.info("The account lives in another region; going over to its server")
        self.server = server
        self._on_server(server)
        return True

    async def _found(self) -> str | None:
        """Ask each of Tesla's servers whose the account is (users/region)."""
        here = self.server
        for server in REGION_SERVERS.values():
            self.server = server
            try:
                region = await self._counted(Method.GET, "api/1/users/region", None, {})
            except TeslaFleetError, ClientError, TimeoutError:
                continue
            finally:
                self.server = here
            return server_in(str(region["response"]["fleet_api_base_url"]), server)
        return None
