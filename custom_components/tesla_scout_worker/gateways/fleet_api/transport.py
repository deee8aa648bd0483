"""The library's API object with what every request needs: a count, a timeout, a token.

One override of the library's request method serves reads, plain commands and each
leg of a signed command alike, so that nothing reaches Tesla uncounted. It also keeps
the library from logging what it sends and gets, which holds VINs and coordinates.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
import re
from typing import Any, Final, Protocol, override

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientMiddlewareType,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ConnectionTimeoutError,
    InvalidURL,
)
from tesla_fleet_api import TeslaFleetApi
from tesla_fleet_api.const import Method
from yarl import URL

from ...const import LOGGER, REGION_SERVERS, REQUEST_TIMEOUT
from ..errors import SignedOutError
from .responses import (
    CLIENT_CLOSED_REQUEST,
    MISDIRECTED,
    AnswerError,
    LostAnswerError,
    UntrustedServerError,
    read_answer,
)

# Tesla's own client follows the address in a 421 to these alone.
TESLA_HOSTS: Final = ("tesla.com", "tesla.cn", "teslamotors.com")

# Tesla: "user out of region, use base URL: https://..., see https://...". The second
# address is one of Tesla's too, but of its documentation.
_BASE_URL: Final = re.compile(r"base url:?\s*(https?://[^\s,\"'<>]+)", re.IGNORECASE)

# Errors in spite of which the account may live elsewhere: a token is looked at first.
_TELLS_NO_REGION: Final = (401, MISDIRECTED)

# What proves that a request did not arrive.
_NOT_CONNECTED: Final = (ClientConnectorError, ConnectionTimeoutError, InvalidURL)


class AccessTokens(Protocol):
    """Where a request gets its access token."""

    async def async_access_token(self) -> str:
        """Return a token that should work."""

    async def async_replace(self, unauthorized: str) -> str:
        """Return another token than the one that did not."""

    def reject_token(self, unauthorized: str) -> None:
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
        raise SignedOutError

    def reject_token(self, unauthorized: str) -> None:
        """Do nothing: there is nobody to ask."""


def trusted_server(address: str, own: str) -> str | None:
    """Return the base URL of an address, if a token may go there.

    Trusted are Tesla's hosts over TLS, and the host of ``own``, the server that the
    user entered: a token must not follow a stranger's address.
    """
    try:
        url, home = URL(address), URL(own)
        base = str(url.origin())
    except ValueError:
        return None
    host = url.host or ""
    if (url.scheme, host) == (home.scheme, home.host):
        return base
    if url.scheme == "https" and any(
        host == tesla or host.endswith(f".{tesla}") for tesla in TESLA_HOSTS
    ):
        return base
    return None


def server_in(text: str, own: str) -> str | None:
    """Return the base URL that the text of a 421 names, if it is to be trusted."""
    for address in _BASE_URL.findall(text):
        if (server := trusted_server(address.rstrip("."), own)) is not None:
            return server
    return None


class FleetTransport(TeslaFleetApi):
    """Requests to one server, counted, timed and with a token that works."""

    server: str

    def __init__(
        self,
        session: ClientSession,
        tokens: AccessTokens,
        server: str,
        count: Callable[[str, int], None],
        on_server: Callable[[str], None] | None = None,
        hold: Callable[[str], AbstractContextManager[None]] = lambda path: (
            nullcontext()
        ),
    ) -> None:
        """Bind the session, the tokens and the server.

        ``count`` hears the path and status of every request that may have arrived,
        ``on_server`` of a new base URL; without it the server is fixed, as a user's
        own proxy is. ``hold`` is entered for each try before it is sent, and raises
        ``FleetError`` for one that must not be.
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
        self._gate = hold

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
        """Send a request; a 401 and a 421 are cured once each, then passed on.

        Raises:
            AnswerError: Tesla answered with an error.
            LostAnswerError: no answer, none in time, or a broken one.
            FleetError: there is no token to send.
        """
        token = await self._tokens.async_access_token()
        server = self.server
        renewed = moved = False
        while True:
            try:
                answer = await self._sent(server, token, method, path, params, json)
            except AnswerError as err:
                if moved and err.status not in _TELLS_NO_REGION:
                    self._remember(server)
                if err.is_unauthorized and renewed:
                    # A new token changed nothing: consent was withdrawn.
                    self._tokens.reject_token(token)
                    raise
                if err.is_unauthorized:
                    renewed = True
                    token = await self._tokens.async_replace(token)
                    continue
                if err.status != MISDIRECTED or moved:
                    raise
                if (elsewhere := await self._elsewhere(server, token, err)) is None:
                    raise
                moved, server = True, elsewhere
            else:
                if moved:
                    self._remember(server)
                return answer

    async def _sent(
        self,
        server: str,
        token: str,
        method: Method,
        path: str,
        params: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Send a request in time, and return its answer.

        Redirects are not followed: they would take a body to a host that nobody
        looked at.
        """
        try:
            async with (
                asyncio.timeout(REQUEST_TIMEOUT.total_seconds()),
                self.session.request(
                    method,
                    f"{server}/{path}",
                    headers={"Authorization": f"Bearer {token}"},
                    params=_without_none(params),
                    json=None if method == Method.GET else _without_none(json),
                    allow_redirects=False,
                    middlewares=(self._counting(path),),
                ) as response,
            ):
                return read_answer(
                    response.status, response.headers, await response.read()
                )
        # The network's own words name the address, in which the VIN is.
        except ClientConnectorCertificateError:
            raise UntrustedServerError("certificate", sent=False) from None
        except _NOT_CONNECTED as err:
            raise LostAnswerError(type(err).__name__, sent=False) from None
        except (ClientError, TimeoutError) as err:
            raise LostAnswerError(type(err).__name__) from None

    def _counting(self, path: str) -> ClientMiddlewareType:
        """Return what counts each try at a path; aiohttp repeats a read by itself.

        What may have arrived is counted, since Tesla bills an answer whether it is
        read or not.
        """

        async def count(
            request: ClientRequest, handler: ClientHandlerType
        ) -> ClientResponse:
            """Send a request, and count it by its status."""
            with self._gate(path):
                try:
                    response = await handler(request)
                except _NOT_CONNECTED:
                    raise
                except BaseException:
                    self._count(path, CLIENT_CLOSED_REQUEST)
                    raise
                self._count(path, response.status)
                return response

        return count

    async def _elsewhere(self, here: str, token: str, err: AnswerError) -> str | None:
        """Return the server of the account's own region, if it can be told."""
        if self._on_server is None:
            return None
        server = server_in(err.reason, here)
        if server is None and here in REGION_SERVERS.values():
            server = await self._found(here, token)
        return None if server == here else server

    async def _found(self, here: str, token: str) -> str | None:
        """Ask each of Tesla's other servers whose the account is (users/region)."""
        for server in REGION_SERVERS.values():
            if server == here:
                continue
            try:
                answer = await self._sent(
                    server, token, Method.GET, "api/1/users/region"
                )
            except AnswerError, LostAnswerError:
                continue
            region = answer.get("response")
            if isinstance(region, dict):
                return trusted_server(str(region.get("fleet_api_base_url")), server)
        return None

    def _remember(self, server: str) -> None:
        """Go to another server from now on, which has proven to be the right one."""
        if self.server != server and self._on_server is not None:
            LOGGER.info("The account is in another region; using its server")
            self.server = server
            self._on_server(server)


def _without_none(fields: dict[str, Any] | None) -> dict[str, Any]:
    """Return the fields that have a value, which is how the library omits them."""
    return {key: value for key, value in (fields or {}).items() if value is not None}
