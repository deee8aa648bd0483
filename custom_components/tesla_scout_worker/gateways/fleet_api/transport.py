"""The library's API object with a count, a timeout and a token for every request.

One override of the library's request method serves reads, plain commands and each
part of a signed command, so that nothing reaches Tesla uncounted. It also keeps the
library from logging requests and answers, which hold VINs and coordinates.
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
from ..error_map import REJECTIONS, is_documented_rejection
from ..errors import FleetError, SignedOutError
from .responses import (
    CLIENT_CLOSED_REQUEST,
    MISDIRECTED,
    AnswerError,
    LostAnswerError,
    UntrustedServerError,
    read_answer,
)

# Tesla's own client follows the address in a 421 to these hosts only.
TESLA_HOSTS: Final = ("tesla.com", "tesla.cn", "teslamotors.com")

# Tesla: "user out of region, use base URL: https://..., see https://...". The second
# address is on Tesla's hosts too, but it is the documentation.
_BASE_URL: Final = re.compile(r"base url:?\s*(https?://[^\s,\"'<>]+)", re.IGNORECASE)

# These errors do not prove that the account is in this region: the token is checked first.
_REGION_UNPROVEN: Final = (401, MISDIRECTED)

# These errors prove that a request did not arrive.
_NOT_CONNECTED: Final = (ClientConnectorError, ConnectionTimeoutError, InvalidURL)


class AccessTokens(Protocol):
    """Provides the access tokens of requests."""

    async def async_access_token(self) -> str:
        """Return a token that should work."""

    async def async_replace(self, unauthorized: str, *, documented: bool = True) -> str:
        """Return another token than one that was answered with 401."""

    def rejection(self, unauthorized: str, *, documented: bool) -> FleetError:
        """Return the error for a new token that was answered with 401 too."""

    def accept(self) -> None:
        """Take note that a token was accepted."""


class FixedToken:
    """A token that is not refreshed: for a flow, before there is an entry."""

    def __init__(self, token: str) -> None:
        """Bind the token."""
        self._token = token

    async def async_access_token(self) -> str:
        """Return the token."""
        return self._token

    async def async_replace(self, unauthorized: str, *, documented: bool = True) -> str:
        """Raise ``SignedOutError``: there is no other token."""
        raise SignedOutError

    def rejection(self, unauthorized: str, *, documented: bool) -> FleetError:
        """Return ``SignedOutError``: the flow handles it."""
        return SignedOutError()

    def accept(self) -> None:
        """Do nothing."""


def trusted_server(address: str, own: str) -> str | None:
    """Return the base URL of an address, if a token may be sent there.

    Tesla's hosts over TLS are trusted, and the host of ``own``, the server that the user
    entered. A token must not be sent to any other address.
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
    """Return the base URL in the text of a 421, if it is trusted."""
    for address in _BASE_URL.findall(text):
        if (server := trusted_server(address.rstrip("."), own)) is not None:
            return server
    return None


class FleetTransport(TeslaFleetApi):
    """Sends requests to one server: counted, with a timeout and a valid token."""

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
        rejections: tuple[str, ...] = REJECTIONS,
    ) -> None:
        """Bind the session, the tokens and the server.

        Args:
            session: Sends the requests.
            tokens: Provides the access tokens.
            server: The base URL.
            count: Called with the path and status of each request that may have arrived.
            on_server: Called with a new base URL; without it the server is fixed, as a
                user's own proxy is.
            hold: Entered with the path before each try is sent; raises ``FleetError``
                for one that must not be sent.
            rejections: The server's words for a token that it does not accept.
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
        self._rejections = rejections

    async def request(self, path: str, params: dict[str, Any]) -> dict[str, Any]:
        """Get a path for which the library has no method."""
        return await self._request(Method.GET, path, params)

    async def send(self, method: Method, path: str, body: dict[str, Any]) -> None:
        """Send what the library has no method for."""
        await self._request(method, path, json=body)

    @override
    async def _request(
        self,
        method: Method,
        path: str,
        params: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Send a request; retry once after a 401, and once after a 421.

        Raises:
            AnswerError: Tesla answered with an error.
            LostAnswerError: no answer, none in time, or an unreadable one.
            FleetError: there is no token that works, or the request must not be sent.
        """
        token = await self._tokens.async_access_token()
        server = self.server
        renewed = moved = False
        while True:
            try:
                answer = await self._sent(server, token, method, path, params, json)
            except AnswerError as err:
                if moved and err.status not in _REGION_UNPROVEN:
                    self._remember(server)
                if err.is_rejection:
                    documented = is_documented_rejection(err.answer, self._rejections)
                    if renewed:
                        raise self._tokens.rejection(
                            token, documented=documented
                        ) from err
                    renewed = True
                    token = await self._tokens.async_replace(
                        token, documented=documented
                    )
                    continue
                if err.status != MISDIRECTED or moved:
                    raise
                if (elsewhere := await self._elsewhere(server, token, err)) is None:
                    raise
                moved, server = True, elsewhere
            else:
                self._tokens.accept()
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
        """Send a request with a timeout, and return its answer.

        Redirects are not followed: they could take a body to an untrusted host.
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
        # The texts of network errors hold the address, and so the VIN.
        except ClientConnectorCertificateError:
            raise UntrustedServerError("certificate", sent=False) from None
        except _NOT_CONNECTED as err:
            raise LostAnswerError(type(err).__name__, sent=False) from None
        except (ClientError, TimeoutError) as err:
            raise LostAnswerError(type(err).__name__) from None

    def _counting(self, path: str) -> ClientMiddlewareType:
        """Return a middleware that counts each try; aiohttp repeats a GET by itself.

        A try that may have arrived is counted, since Tesla bills an answer whether it
        is read or not.
        """

        async def count(
            request: ClientRequest, handler: ClientHandlerType
        ) -> ClientResponse:
            """Send a request, and count it with its status."""
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
        """Return the server of the account's own region, if it can be found."""
        if self._on_server is None:
            return None
        server = server_in(err.answer.words, here)
        if server is None and here in REGION_SERVERS.values():
            server = await self._find_region(here, token)
        return None if server == here else server

    async def _find_region(self, here: str, token: str) -> str | None:
        """Ask Tesla's other servers for the account's region (users/region)."""
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
        """Use another server from now on; it has proven to be the right one."""
        if self.server != server and self._on_server is not None:
            LOGGER.info("The account is in another region; using its server")
            self.server = server
            self._on_server(server)


def _without_none(fields: dict[str, Any] | None) -> dict[str, Any]:
    """Return the fields that have a value, as the library sends them."""
    return {key: value for key, value in (fields or {}).items() if value is not None}
