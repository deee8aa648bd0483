"""Providers that take Tesla's requests with a key of their own: Tessie and Teslemetry.

Both sign commands and find the account's region. Their words for errors are those that
`tesla-fleet-api` 1.17.3 knows.
"""

from functools import partial
from typing import Any

from aiohttp import web

from . import teslemetry_api, tessie_api
from .billing import Kind
from .calls import Call, Endpoint, json_body
from .fleet_api import command_effect, envelope, vehicle, vehicles, wake_up
from .provider_state import PROVIDERS, ProviderState
from .serving import (
    KINDS,
    REQUEST_INFO,
    STREAMS,
    Handler,
    RequestMiddleware,
    fleet_error_body,
    json_response,
)

__all__ = ["PROVIDERS", "ProviderState", "provider_app"]

type Json = dict[str, Any]


async def _command(call: Call) -> Json:
    """Answer a command, which the provider signs if the car requires that."""
    effect = command_effect(call, call.request.match_info["command"], call.body)
    return envelope(effect(call.reachable_car))


_VIN = "/api/1/vehicles/{vin}"


def _of_tesla(provider: ProviderState) -> tuple[Endpoint, ...]:
    """Return Tesla's paths, which both providers take."""
    return (
        Endpoint(method="GET", path="/api/1/vehicles", handle=vehicles),
        Endpoint(method="GET", path=_VIN, handle=vehicle),
        Endpoint(
            method="GET",
            path=f"{_VIN}/vehicle_data",
            handle=provider.read,
            kind=Kind.DATA,
        ),
        Endpoint(method="POST", path=f"{_VIN}/wake_up", handle=wake_up, kind=Kind.WAKE),
        Endpoint(
            method="POST",
            path=_VIN + "/command/{command}",
            handle=_command,
            kind=Kind.COMMAND,
        ),
    )


def _of_tessie(provider: ProviderState) -> tuple[Endpoint, ...]:
    """Return Tessie's own paths."""
    listed = partial(tessie_api.listed, provider=provider)
    state = partial(tessie_api.state, provider=provider)
    command, wake = tessie_api.command, tessie_api.wake
    return (
        Endpoint(method="GET", path="/vehicles", handle=listed),
        Endpoint(method="GET", path="/auth/tesla_scopes", handle=tessie_api.scopes),
        Endpoint(method="GET", path="/{vin}/state", handle=state),
        Endpoint(method="POST", path="/{vin}/wake", handle=wake, kind=Kind.WAKE),
        *(
            Endpoint(
                method=method,
                path="/{vin}/command/{command}",
                handle=command,
                kind=Kind.COMMAND,
            )
            for method in ("GET", "POST")
        ),
    )


def _of_teslemetry(provider: ProviderState) -> tuple[Endpoint, ...]:
    """Return Teslemetry's own paths but for its streams."""
    path = "/api/config/{vin}"
    shown = partial(teslemetry_api.configuration, provider=provider)
    configure = partial(teslemetry_api.configure, provider=provider)
    return (
        Endpoint(method="GET", path="/api/1/products", handle=teslemetry_api.products),
        Endpoint(method="GET", path="/api/metadata", handle=teslemetry_api.metadata),
        Endpoint(method="GET", path=path, handle=shown),
        Endpoint(method="PATCH", path=path, handle=configure),
    )


def provider_app(provider: ProviderState) -> web.Application:
    """Return the server of a provider."""
    of_its_own = _of_tessie if provider.name == "tessie" else _of_teslemetry
    endpoints = (*_of_tesla(provider), *of_its_own(provider))
    gate = RequestMiddleware(provider.cloud, provider.name, fleet_error_body)
    app = web.Application(middlewares=[gate.middleware])
    app[KINDS] = {endpoint.path: endpoint.kind for endpoint in endpoints}
    for endpoint in endpoints:
        app.router.add_route(
            endpoint.method, endpoint.path, _handler(endpoint, provider)
        )
    if provider.name == "teslemetry":
        app[STREAMS] = frozenset({"/sse"})
        events = partial(teslemetry_api.events, provider=provider)
        app.router.add_get("/sse", events)
    return app


def _handler(endpoint: Endpoint, provider: ProviderState) -> Handler:
    """Return the handler of a route."""

    async def handle(request: web.Request) -> web.StreamResponse:
        """Check a request and answer it."""
        provider.check_key(request)
        call = Call(
            state=provider.cloud,
            region=provider.cloud.auth.region,
            request=request,
            info=request[REQUEST_INFO],
            token=provider.consent,
            body=await json_body(request),
        )
        return json_response(await endpoint.handle(call))

    return handle
