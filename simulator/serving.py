"""What all servers of the cloud share: faults, records, billing and JSON."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import json
import secrets
from typing import Any

from aiohttp import web

from .billing import Kind
from .errors import CloudError
from .faults import DRIP_PIECES, Fault
from .records import Request, Server
from .state import CloudState

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
type ErrorBody = Callable[[CloudError], dict[str, Any]]

# Tesla's status for a client that disconnected while its request was handled.
CLIENT_CLOSED_REQUEST = 499


@dataclass(kw_only=True)
class RequestInfo:
    """What is recorded of a request.

    Attributes:
        kind: The billing category.
        vin: The car, if known.
        billable: False keeps the answer out of the ledger.
        answered: The status that the client received, None for none.
        effect: The status that billing uses; None if the request was not handled.
    """

    kind: Kind = Kind.FREE
    vin: str | None = None
    billable: bool = True
    answered: int | None = None
    effect: int | None = None


REQUEST_INFO = web.RequestKey("info", RequestInfo)
# The billing category of each route, by its canonical path.
KINDS = web.AppKey("kinds", dict[str, Kind])
# The paths whose answers are sent bit by bit.
STREAMS = web.AppKey("streams", frozenset[str])


def fleet_error_body(error: CloudError) -> dict[str, Any]:
    """Return the Fleet API's body for an error."""
    return {
        "response": None,
        "error": error.error,
        "error_description": error.description,
    }


def json_response(
    body: object, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    """Return JSON with a transaction id, as Tesla does."""
    return web.json_response(
        body,
        status=status,
        headers={"x-txid": secrets.token_hex(16), **(headers or {})},
    )


class RequestMiddleware:
    """The outermost middleware of a server."""

    def __init__(
        self, state: CloudState, server: Server, error_body: ErrorBody
    ) -> None:
        """Create the middleware of a server with its body of errors."""
        self._state = state
        self._server: Server = server
        self._error_body = error_body

    @property
    def middleware(self) -> Callable[..., Awaitable[web.StreamResponse]]:
        """The middleware for `web.Application`."""

        @web.middleware
        async def handle(request: web.Request, handler: Handler) -> web.StreamResponse:
            """Serve a request."""
            return await self._serve(request, handler)

        return handle

    async def _serve(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Serve a request and record it."""
        info = self._describe(request)
        request[REQUEST_INFO] = info
        fault = self._state.faults.take(self._server, request.method, request.path)
        try:
            if fault is None and request.path in request.app.get(STREAMS, ()):
                return await self._stream(request, handler)
            if fault is None:
                response = await self._answer(request, handler)
                info.answered = response.status
                return response
            return await self._serve_fault(fault, request, handler)
        finally:
            self._record(request, info, faulted=fault is not None)

    async def _stream(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Serve an answer that is sent bit by bit, or the error instead of it."""
        info = request[REQUEST_INFO]
        try:
            response = await handler(request)
        except CloudError as error:
            response = json_response(self._error_body(error), error.status)
        info.answered = response.status
        return response

    def _describe(self, request: web.Request) -> RequestInfo:
        """Return what the route says of a request."""
        if self._server == "auth":
            return RequestInfo(kind=Kind.AUTH)
        resource = request.match_info.route.resource
        kinds = request.app.get(KINDS, {})
        kind = kinds.get(resource.canonical, Kind.FREE) if resource else Kind.FREE
        return RequestInfo(kind=kind, vin=self._vin(request.match_info.get("vin")))

    def _vin(self, name: str | None) -> str | None:
        """Return the VIN of a car by its VIN or numeric id."""
        if name is None or name in self._state.cars:
            return name
        return next(
            (
                vin
                for vin, car in self._state.cars.items()
                if str(car.summary()["id"]) == name
            ),
            None,
        )

    async def _answer(self, request: web.Request, handler: Handler) -> web.Response:
        """Return the true answer, also for errors and unknown routes."""
        info = request[REQUEST_INFO]
        # The request of a client that disconnects meanwhile was still handled.
        info.effect = CLIENT_CLOSED_REQUEST
        try:
            response = await handler(request)
        except CloudError as error:
            response = json_response(
                self._error_body(error), error.status, dict(error.headers)
            )
        except web.HTTPException as error:
            missing = CloudError(
                error.status, "not_found" if error.status == 404 else "not allowed"
            )
            response = json_response(self._error_body(missing), error.status)
        if not isinstance(response, web.Response):
            raise TypeError("a handler must return a whole response")
        info.effect = response.status
        return response

    async def _serve_fault(
        self, fault: Fault, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Serve a request that a fault applies to."""
        await self._state.wait(fault.delay)
        if fault.hang:
            await self._state.stopping.wait()
            return _aborted(request)
        if fault.aborts_before:
            return _aborted(request)
        info = request[REQUEST_INFO]
        if fault.status is not None:
            info.effect = None if fault.gateway else fault.status
            body = self._error_body(CloudError(fault.status, "fault on demand"))
            response = json_response(body, fault.status)
        else:
            response = await self._answer(request, handler)
        if fault.tear == "after":
            return _aborted(request)
        info.answered = response.status
        if fault.text is not None:
            response = web.Response(
                text=fault.text,
                status=response.status,
                content_type=fault.content_type,
            )
        response.headers.update(fault.headers)
        if fault.tear == "mid-body":
            return await _half(request, response)
        if fault.drip > 0:
            return await self._drip(request, response, fault.drip)
        return response

    async def _drip(
        self, request: web.Request, response: web.Response, seconds: float
    ) -> web.StreamResponse:
        """Send an answer in pieces, with a pause before each."""
        body = _body_of(response)
        slow = web.StreamResponse(status=response.status, headers=response.headers)
        slow.content_length = len(body)
        await slow.prepare(request)
        size = max(1, -(-len(body) // DRIP_PIECES))
        for start in range(0, len(body), size):
            await self._state.wait(seconds)
            await slow.write(body[start : start + size])
        return slow

    def _record(
        self, request: web.Request, info: RequestInfo, *, faulted: bool
    ) -> None:
        """Record a request and, if it is billed, add it to the ledger."""
        is_auth = self._server == "auth"
        billed = (
            self._server in {"na", "eu"}
            and info.billable
            and info.effect is not None
            and self._state.billing.record(info.kind, info.effect)
        )
        clock = self._state.auth_clock if is_auth else self._state.clock
        entry = Request(
            at=clock.now(),
            server=self._server,
            method=request.method,
            path=request.path,
            query={} if is_auth else dict(request.query),
            status=info.answered,
            kind=info.kind,
            vin=info.vin,
            billed=billed,
            faulted=faulted,
        )
        self._state.requests.append(entry)
        if is_auth:
            self._state.auth.requests.append(entry)


def _aborted(request: web.Request) -> web.Response:
    """Abort the connection; the returned answer never reaches the client."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _body_of(response: web.Response) -> bytes:
    """Return the body of an answer; `null` for one without."""
    body = response.body
    return body if isinstance(body, bytes) else json.dumps(None).encode()


async def _half(request: web.Request, response: web.Response) -> web.StreamResponse:
    """Send the first half of an answer and close the connection."""
    whole = _body_of(response)
    half = web.StreamResponse(status=response.status, headers=response.headers)
    half.content_length = len(whole)
    await half.prepare(request)
    await half.write(whole[: len(whole) // 2])
    if request.transport is not None:
        request.transport.close()
    return half
