"""The Fleet API of one region."""

import base64
import binascii
from math import ceil
from typing import Any

from aiohttp import web

from .billing import Kind
from .calls import Call, Endpoint, admit
from .car import Car
from .car_settings import CommandAnswer
from .commands import Effect, ParameterError, UnknownCommandError, from_json
from .errors import CloudError
from .serving import (
    KINDS,
    REQUEST_INFO,
    Handler,
    RequestMiddleware,
    fleet_error_body,
    json_response,
)
from .settings import Region
from .state import CloudState

type Json = dict[str, Any]

COMMAND_SCOPES = ("vehicle_cmds", "vehicle_charging_cmds")

_PROTOCOL_REQUIRED = (
    "Tesla Vehicle Command Protocol required, please refer to the documentation"
    " here: https://developer.tesla.com/docs/fleet-api#2023-10-09-rest-api-vehicle-commands-endpoint-deprecation-warning"
)


async def _status(_call: Call) -> str:
    """Answer GET status."""
    return "ok"


async def _products(call: Call) -> Json:
    """Answer GET products: the account's cars; it has no energy sites."""
    cars = call.state.cars.values() if _reads_cars(call) else ()
    rows = [car.product() for car in cars]
    return {"response": rows, "count": len(rows)}


def _reads_cars(call: Call) -> bool:
    """Return whether the token may list the account's cars."""
    return call.token is not None and "vehicle_device_data" in call.token.scopes


async def vehicles(call: Call) -> Json:
    """Answer GET vehicles, a page of the account's cars."""
    page = _positive(call, "page", 1)
    per_page = _positive(call, "per_page", 100)
    rows = [car.summary() for car in call.state.cars.values()]
    pages = max(1, ceil(len(rows) / per_page))
    first = (page - 1) * per_page
    shown = rows[first : first + per_page]
    return {
        "response": shown,
        "pagination": {
            "previous": page - 1 if page > 1 else None,
            "next": page + 1 if page < pages else None,
            "current": page,
            "per_page": per_page,
            "count": len(rows),
            "pages": pages,
        },
        "count": len(shown),
    }


def _positive(call: Call, name: str, default: int) -> int:
    """Return a positive number of the query."""
    text = call.request.query.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise CloudError(400, "invalid_field", f"{name} must be positive")
    return int(text)


async def vehicle(call: Call) -> Json:
    """Answer GET vehicles/{vin} without asking the car."""
    return {"response": call.car.summary()}


async def vehicle_data(call: Call) -> Json:
    """Answer GET vehicle_data, a live call to the car."""
    asked = call.request.query.get("endpoints")
    endpoints = None if asked is None else frozenset(filter(None, asked.split(";")))
    if endpoints is not None and "location_data" in endpoints:
        call.require_scope("vehicle_location")
    car = call.reachable_car
    slow = car.answers_slowly_for.total_seconds()
    car.record_read()
    await call.state.wait(slow * call.state.settings.seconds_per_simulated_second)
    return {"response": call.reachable_car.vehicle_data(endpoints)}


async def wake_up(call: Call) -> Json:
    """Answer POST wake_up, before the car is awake."""
    car = call.car
    car.wake()
    return {"response": car.summary()}


async def _command(call: Call) -> Json:
    """Answer an unsigned command, or refuse it for a car that requires signatures."""
    effect = command_effect(call, call.request.match_info["command"], call.body)
    car = call.reachable_car
    if car.settings.command_signing == "required":
        if call.state.settings.unsigned_answer == "hardlocked":
            return envelope(
                CommandAnswer(result=False, reason="unsigned_cmds_hardlocked")
            )
        raise CloudError(403, _PROTOCOL_REQUIRED)
    return envelope(effect(car))


async def _signed_command(call: Call) -> Json:
    """Answer a message of the command protocol."""
    car = call.reachable_car
    if car.settings.command_signing == "off":
        raise CloudError(422, "vehicle does not support signed commands")
    try:
        message = base64.b64decode(call.body.get("routable_message", ""), validate=True)
        reply = call.state.vehicle_sides[car.settings.vin].handle(message)
    except (TypeError, ValueError, binascii.Error) as error:
        raise CloudError(400, "invalid_request", "No routable message.") from error
    if reply.handshake and not call.state.settings.handshakes_billed:
        call.info.kind = Kind.FREE
    return {"response": base64.b64encode(reply.message).decode()}


def command_effect(call: Call, name: str, parameters: Json) -> Effect:
    """Return the effect of a command on a car.

    Raises:
        CloudError: With 400 for an unknown command or invalid parameters.
    """
    try:
        return from_json(name, parameters, call.state.clock.now())
    except UnknownCommandError as error:
        raise CloudError(400, "invalid_command") from error
    except ParameterError as error:
        raise CloudError(400, "invalid_request", str(error)) from error


def envelope(answer: CommandAnswer) -> Json:
    """Return the body for a car's answer; Tesla answers 200 also for a refusal."""
    return {"response": {"result": answer.result, "reason": answer.reason}}


async def _fleet_status(call: Call) -> Json:
    """Answer POST fleet_status: keys, firmware and protocol of some cars."""
    vins = call.body.get("vins")
    if not isinstance(vins, list) or not vins:
        raise CloudError(400, "invalid_request", "vins is required")
    known = [vin for vin in vins if vin in call.state.cars]
    paired = [vin for vin in known if _is_paired(call.state, vin)]
    return {
        "response": {
            "key_paired_vins": paired,
            "unpaired_vins": [vin for vin in known if vin not in paired],
            "vehicle_info": {
                vin: _vehicle_info(call.state, call.state.cars[vin]) for vin in known
            },
        }
    }


def _is_paired(state: CloudState, vin: str) -> bool:
    """Return whether the application's key, or any if it has none, is paired."""
    paired = state.vehicle_sides[vin].paired
    key = state.public_keys.get(state.settings.domain)
    return bool(paired) if key is None else key in paired


def _vehicle_info(state: CloudState, car: Car) -> Json:
    """Return a car's row of fleet_status."""
    return {
        "firmware_version": car.settings.firmware,
        "vehicle_command_protocol_required": car.settings.command_signing == "required",
        "discounted_device_data": False,
        "fleet_telemetry_version": "unknown",
        "total_number_of_keys": len(state.vehicle_sides[car.settings.vin].paired),
        "safety_screen_streaming_toggle_enabled": None,
    }


async def _users_region(call: Call) -> Json:
    """Answer GET users/region."""
    region = call.state.auth.region
    url = call.state.base_urls[region]
    return {"response": {"region": region, "fleet_api_base_url": url}}


async def _users_me(call: Call) -> Json:
    """Answer GET users/me."""
    settings = call.state.settings
    return {
        "response": {
            "email": settings.email,
            "full_name": settings.full_name,
            "profile_image_url": "https://example.com/ada.png",
            "vault_uuid": settings.account_id,
        }
    }


async def _register_partner(call: Call) -> Json:
    """Answer POST partner_accounts: register the domain with its key.

    How Tesla refuses a domain without a key is not documented; 424 is a guess. Its words
    for a key of another application: Home Assistant core#134595.
    """
    domain = str(call.body.get("domain", ""))
    settings = call.state.settings
    if domain != settings.domain:
        raise CloudError(412, "domain does not belong to the application")
    key = call.state.public_keys.get(domain)
    if key is None:
        raise CloudError(424, "public key not found", domain)
    if key in call.state.taken_keys:
        raise CloudError(
            422, "Validation failed: Public key hash has already been taken"
        )
    call.state.registered.add((call.region, domain))
    return {
        "response": {
            "client_id": settings.client_id,
            "name": "Scout & Worker",
            "domain": domain,
            "public_key": key.hex(),
        }
    }


async def _partner_public_key(call: Call) -> Json:
    """Answer GET partner_accounts/public_key."""
    domain = call.request.query.get("domain", "")
    if (call.region, domain) not in call.state.registered:
        raise CloudError(404, "not_found")
    return {"response": {"public_key": call.state.public_keys[domain].hex()}}


_DATA_SCOPE = ("vehicle_device_data",)
_VIN = "/api/1/vehicles/{vin}"
ENDPOINTS = (
    Endpoint(method="GET", path="/status", handle=_status, caller="anyone"),
    Endpoint(method="GET", path="/api/1/products", handle=_products),
    Endpoint(method="GET", path="/api/1/vehicles", handle=vehicles, scopes=_DATA_SCOPE),
    Endpoint(
        method="POST",
        path="/api/1/vehicles/fleet_status",
        handle=_fleet_status,
        scopes=_DATA_SCOPE,
    ),
    Endpoint(method="GET", path=_VIN, handle=vehicle, scopes=_DATA_SCOPE),
    Endpoint(
        method="GET",
        path=f"{_VIN}/vehicle_data",
        handle=vehicle_data,
        kind=Kind.DATA,
        scopes=_DATA_SCOPE,
    ),
    Endpoint(
        method="POST",
        path=f"{_VIN}/wake_up",
        handle=wake_up,
        kind=Kind.WAKE,
        scopes=(*_DATA_SCOPE, *COMMAND_SCOPES),
    ),
    Endpoint(
        method="POST",
        path=_VIN + "/command/{command}",
        handle=_command,
        kind=Kind.COMMAND,
        scopes=COMMAND_SCOPES,
    ),
    Endpoint(
        method="POST",
        path=f"{_VIN}/signed_command",
        handle=_signed_command,
        kind=Kind.COMMAND,
        scopes=COMMAND_SCOPES,
    ),
    Endpoint(method="GET", path="/api/1/users/region", handle=_users_region),
    Endpoint(
        method="GET", path="/api/1/users/me", handle=_users_me, scopes=("user_data",)
    ),
    Endpoint(
        method="POST",
        path="/api/1/partner_accounts",
        handle=_register_partner,
        caller="partner",
    ),
    Endpoint(
        method="GET",
        path="/api/1/partner_accounts/public_key",
        handle=_partner_public_key,
        caller="partner",
    ),
)


def fleet_app(state: CloudState, region: Region) -> web.Application:
    """Return the server of one region."""
    gate = RequestMiddleware(state, region, fleet_error_body)
    app = web.Application(middlewares=[gate.middleware])
    app[KINDS] = {endpoint.path: endpoint.kind for endpoint in ENDPOINTS}
    for endpoint in ENDPOINTS:
        handler = _handler(endpoint, state, region)
        app.router.add_route(endpoint.method, endpoint.path, handler)
    return app


def _handler(endpoint: Endpoint, state: CloudState, region: Region) -> Handler:
    """Return the handler of a route."""

    async def handle(request: web.Request) -> web.StreamResponse:
        """Check a request and answer it."""
        call = await admit(endpoint, state, region, request, request[REQUEST_INFO])
        body = await endpoint.handle(call)
        if isinstance(body, str):
            return web.Response(text=body)
        return json_response(body)

    return handle
