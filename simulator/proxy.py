"""A server that answers as Tesla's command proxy (`tesla-http-proxy`) does.

Behaviour and texts: vehicle-command, `pkg/proxy`.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
import json
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from tesla_protocol.command.car_server_pb2 import VehicleAction

from .commands import ParameterError, UnknownCommandError, action_from_json
from .errors import CloudError
from .proxy_client import (
    CarRefusalError,
    NotSupportedError,
    ProxyClient,
    ProxyError,
    Route,
)
from .serving import RequestMiddleware, fleet_error_body
from .settings import Region
from .state import CloudState
from .tokens import region_of

_VIN_LENGTH = 17
_HOP_HEADERS = frozenset(
    {
        "connection",
        "content-length",
        "date",
        "host",
        "keep-alive",
        "proxy-connection",
        "server",
        "te",
        "transfer-encoding",
        "upgrade",
    }
)


class Proxy:
    """Sends commands as signed ones, and forwards the rest with the client's token."""

    def __init__(self, state: CloudState) -> None:
        """Create a proxy for a cloud."""
        self._state = state
        self._timeout = state.settings.proxy_timeout
        self._signing = ProxyClient(state.auth_clock, state.settings.proxy_repeat_after)
        if state.settings.proxy_paired:
            for side in state.vehicle_sides.values():
                side.proxy_keys.add(self._signing.public_key)
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._unsigned_vins: set[str] = set()
        self._session: ClientSession | None = None

    async def run(self, _app: web.Application) -> AsyncIterator[None]:
        """Hold a client session while the server runs."""
        timeout = ClientTimeout(total=self._timeout)
        async with ClientSession(timeout=timeout) as self._session:
            yield
        self._session = None

    async def health(self, _request: web.Request) -> web.Response:
        """Answer GET health."""
        return web.Response(text="OK")

    async def command(self, request: web.Request) -> web.StreamResponse:
        """Answer a command."""
        region = _region(request)
        vin = request.match_info["vin"]
        if len(vin) != _VIN_LENGTH:
            raise CloudError(
                404, "expected 17-character VIN in path (do not user Fleet API ID)"
            )
        if vin in self._unsigned_vins:
            return await self.forward(request)
        if request.method != "POST":
            raise CloudError(405, "Method Not Allowed")
        name = request.match_info["command"]
        try:
            parameters = await _parameters(request)
            action = action_from_json(name, parameters, self._state.clock.now())
        except UnknownCommandError as error:
            raise CloudError(400, "invalid_command") from error
        except ParameterError as error:
            if error.nominal:
                return _answer(400, result=False, reason=str(error))
            raise CloudError(400, str(error)) from error
        except ValueError:
            return web.Response(
                text="error occurred while parsing request parameters",
                status=400,
                content_type="application/json",
            )
        deadline = asyncio.get_running_loop().time() + self._timeout
        async with self._lock(vin, deadline):
            return await self._sign(request, region, action, deadline)

    @asynccontextmanager
    async def _lock(self, vin: str, deadline: float) -> AsyncIterator[None]:
        """Lock a car: one command at a time.

        Raises:
            CloudError: With 503, if the lock is not free by the deadline.
        """
        lock = self._locks[vin]
        try:
            async with asyncio.timeout_at(deadline):
                await lock.acquire()
        except TimeoutError as error:
            raise CloudError(503, "context deadline exceeded") from error
        try:
            yield
        finally:
            lock.release()

    async def forward(self, request: web.Request) -> web.StreamResponse:
        """Forward a request; after a 421 to the other region."""
        region: Region = _region(request)
        other: Region = "na" if region == "eu" else "eu"
        body = await request.read()
        headers = _passed_on(request.headers)
        for host in (region, other):
            url = self._state.base_urls[host] + request.path_qs
            try:
                async with self._client.request(
                    request.method, url, headers=headers, data=body or None
                ) as upstream:
                    if upstream.status == 421 and "Alt-Svc" in upstream.headers:
                        continue
                    return web.Response(
                        body=await upstream.read(),
                        status=upstream.status,
                        headers=_passed_on(upstream.headers),
                    )
            except TimeoutError as error:
                raise CloudError(504, "context deadline exceeded") from error
            except ClientError as error:
                raise CloudError(502, str(error)) from error
        raise CloudError(502, "max retry exhausted")

    async def _sign(
        self,
        request: web.Request,
        region: Region,
        action: VehicleAction,
        deadline: float,
    ) -> web.StreamResponse:
        """Send a signed command and translate what comes of it."""
        route = self._route(request, region)
        try:
            async with asyncio.timeout_at(deadline):
                try:
                    await self._signing.start_session(route)
                except NotSupportedError:
                    self._unsigned_vins.add(route.vin)
                    return await self.forward(request)
                await self._signing.execute(route, action)
        except CarRefusalError as error:
            return _answer(200, result=False, reason=str(error))
        except ProxyError as error:
            if error.status is None:
                raise CloudError(500, str(error)) from error
            return web.Response(
                text=str(error), status=error.status, content_type="application/json"
            )
        except TimeoutError as error:
            raise CloudError(500, "context deadline exceeded") from error
        return web.json_response({"response": {"result": True, "reason": ""}})

    def _route(self, request: web.Request, region: Region) -> Route:
        """Return the route to the car of a request, by its token's region first."""
        vin = request.match_info["vin"]
        hosts: tuple[Region, Region] = (region, "na" if region == "eu" else "eu")
        return Route(
            vin=vin,
            session=self._client,
            authorization=request.headers["Authorization"],
            urls=[
                f"{self._state.base_urls[host]}/api/1/vehicles/{vin}/signed_command"
                for host in hosts
            ],
        )

    @property
    def _client(self) -> ClientSession:
        """The client session of the running server."""
        if self._session is None:
            raise RuntimeError("the proxy does not run")
        return self._session


def proxy_app(state: CloudState) -> web.Application:
    """Return the command proxy."""
    proxy = Proxy(state)
    app = web.Application(
        middlewares=[RequestMiddleware(state, "proxy", fleet_error_body).middleware]
    )
    app.cleanup_ctx.append(proxy.run)
    app.router.add_get("/health", proxy.health)
    app.router.add_route("*", "/api/1/vehicles/{vin}/command/{command}", proxy.command)
    app.router.add_route("*", "/{path:.*}", proxy.forward)
    return app


def _region(request: web.Request) -> Region:
    """Return the region that a request's token names.

    Raises:
        CloudError: With 403, if there is no token; the Fleet API checks its validity.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer":
        raise CloudError(403, "client did not provide an OAuth token")
    region = region_of(token)
    if region is None:
        raise CloudError(403, "client provided malformed OAuth token")
    return region


async def _parameters(request: web.Request) -> dict[str, Any]:
    """Return the parameters of a command.

    Raises:
        ValueError: The body is not a JSON object.
    """
    text = await request.text()
    parameters = json.loads(text) if text else {}
    if isinstance(parameters, dict):
        return parameters
    raise ValueError("not a JSON object")


def _answer(status: int, *, result: bool, reason: str) -> web.Response:
    """Return an answer in the shape of a car's answer."""
    return web.json_response(
        {
            "response": {"result": result, "reason": reason},
            "error": "",
            "error_description": "",
        },
        status=status,
    )


def _passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers without those of one hop."""
    return {k: v for k, v in headers.items() if k.lower() not in _HOP_HEADERS}
