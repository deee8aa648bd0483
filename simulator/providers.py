"""Providers that take Tesla's requests with a key of their own: Tessie and Teslemetry.

Both sign commands and find the account's region. Their words for errors are those that
`tesla-fleet-api` 1.17.3 knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
import json
from typing import Any, Literal

from aiohttp import web

from .billing import Kind
from .calls import Call, Endpoint, json_body
from .car import Car
from .car_settings import CarState
from .errors import CloudError
from .fleet_api import (
    command_effect,
    envelope,
    vehicle,
    vehicle_data,
    vehicles,
    wake_up,
)
from .serving import (
    KINDS,
    REQUEST_INFO,
    STREAMS,
    Handler,
    RequestMiddleware,
    fleet_error_body,
    json_response,
)
from .settings import ALL_SCOPES
from .state import CloudState
from .tokens import AccessToken

type Json = dict[str, Any]
type Provider = Literal["tessie", "teslemetry"]
PROVIDERS: tuple[Provider, ...] = ("tessie", "teslemetry")

# What a provider says to a key that it does not know, and to a request without one.
KEY_WORDS: Mapping[Provider, tuple[str, str]] = {
    "tessie": ("Invalid access token", "Access token is required"),
    "teslemetry": ("invalid_token", "missing_token"),
}


async def _command(call: Call) -> Json:
    """Answer a command, which the provider signs if the car requires that."""
    effect = command_effect(call, call.request.match_info["command"], call.body)
    return envelope(effect(call.reachable_car))


@dataclass(kw_only=True)
class Memory:
    """What Tessie remembers of the cars.

    Attributes:
        age: How old it may be for a car that is awake.
        stuck: Whether it is not renewed.
        answers: The last answer by VIN and sections, and when it was taken.
    """

    age: timedelta = timedelta(seconds=15)
    stuck: bool = False
    answers: dict[tuple[str, frozenset[str] | None], tuple[datetime, Json]] = field(
        default_factory=dict
    )

    def answer(self, car: Car, endpoints: frozenset[str] | None, now: datetime) -> Json:
        """Return the sections of a car, each with the time that it is of."""
        key = (car.settings.vin, endpoints)
        known = self.answers.get(key)
        taken, online = _last_awake(car, now), car.state is CarState.ONLINE
        if known is not None:
            fresh = now - known[0] < self.age if online else known[0] >= taken
            if self.stuck or fresh:
                return known[1]
        data = car.vehicle_data(endpoints)
        for section in data.values():
            if isinstance(section, dict) and "timestamp" in section:
                section["timestamp"] = int(taken.timestamp() * 1000)
        self.answers[key] = (taken, data)
        return data


def _last_awake(car: Car, now: datetime) -> datetime:
    """Return when a car was awake last."""
    if car.state is CarState.ONLINE:
        return now
    slept = [event.at for event in car.record if event.kind == "slept"]
    return slept[-1] if slept else car.began


@dataclass(kw_only=True)
class ProviderState:
    """A provider's account.

    Attributes:
        cloud: The cars, and what all servers share.
        name: Which provider it is.
        key: The only one that it accepts.
        memory: What it remembers of the cars; only Tessie answers from it.
        fields: What each car reports, by VIN.
        stream_ends: Whether the stream is closed.
        lists_schedules: Whether its answers list the schedules of the cars.
    """

    cloud: CloudState
    name: Provider
    key: str
    memory: Memory = field(default_factory=Memory)
    fields: dict[str, frozenset[str]] = field(default_factory=dict)
    stream_ends: bool = False
    lists_schedules: bool = True

    @property
    def consent(self) -> AccessToken:
        """What the account allows the provider, which calls Tesla with it."""
        now = self.cloud.clock.now()
        return AccessToken(
            identifier=self.name,
            subject=self.cloud.settings.account_id,
            scopes=ALL_SCOPES,
            region=self.cloud.auth.region,
            audience=(),
            issued_at=now,
            expires_at=now + timedelta(hours=8),
        )

    async def read(self, call: Call) -> Json:
        """Answer GET vehicle_data: Tessie from its memory, Teslemetry from the car."""
        if self.name == "teslemetry":
            answer = await vehicle_data(call)
            if not self.lists_schedules:
                answer["response"].pop("charge_schedule_data", None)
            return answer
        asked = call.request.query.get("endpoints")
        endpoints = None if asked is None else frozenset(filter(None, asked.split(";")))
        if endpoints is not None and not self.lists_schedules:
            endpoints -= {"charge_schedule_data"}
        now = self.cloud.clock.now()
        return {"response": self.memory.answer(call.car, endpoints, now)}

    def check_key(self, request: web.Request) -> None:
        """Check the key of a request.

        Raises:
            CloudError: With 401, in the provider's words.
        """
        unknown, missing = KEY_WORDS[self.name]
        given = request.headers.get("Authorization", "")
        if not given.startswith("Bearer "):
            raise CloudError(401, missing)
        if given.removeprefix("Bearer ") != self.key:
            raise CloudError(401, unknown)


# How often a stream compares the cars with what it has sent, in seconds of real time.
_CHECKS_APART = 0.02

# A comment that keeps the connection of a silent stream open.
_KEPT_OPEN = timedelta(seconds=15)


def _signals(car: Car, names: frozenset[str]) -> Json:
    """Return the values of some fields of Fleet Telemetry."""
    data = car.vehicle_data(frozenset({"charge_state", "drive_state", "location_data"}))
    charge, drive = data["charge_state"], data["drive_state"]
    gear = drive["shift_state"] or "P"
    place = {"latitude": drive["latitude"], "longitude": drive["longitude"]}
    values = {
        "DetailedChargeState": f"DetailedChargeState{charge['charging_state']}",
        "Gear": f"ShiftState{gear}",
        "Location": place,
        "Soc": charge["battery_level"],
        "ChargeLimitSoc": charge["charge_limit_soc"],
    }
    return {name: value for name, value in values.items() if name in names}


async def _configure(call: Call, provider: ProviderState) -> Json:
    """Answer PATCH config: what a car reports from now on."""
    fields = call.body.get("fields")
    if not isinstance(fields, dict):
        raise CloudError(400, "invalid_request", "fields is required")
    known = provider.fields.get(call.car.settings.vin, frozenset())
    provider.fields[call.car.settings.vin] = known | frozenset(fields)
    return {"response": {"updated_vehicles": 1}}


async def _events(request: web.Request, provider: ProviderState) -> web.StreamResponse:
    """Send what changes of the cars, as server-sent events."""
    provider.check_key(request)
    stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await stream.prepare(request)
    sent: dict[str, tuple[str, Json]] = {}
    kept_open = provider.cloud.clock.now()
    while not provider.cloud.stopping.is_set() and not provider.stream_ends:
        for vin, car in provider.cloud.cars.items():
            state, values = sent.get(vin, ("", {}))
            online = car.state is CarState.ONLINE
            found = _signals(car, provider.fields.get(vin, frozenset()))
            events: list[Json] = []
            if state != car.state:
                events.append({"state": str(car.state)})
            new = {
                name: each for name, each in found.items() if values.get(name) != each
            }
            if new and online:
                events.append({"data": new})
            sent[vin] = (str(car.state), found if online else values)
            at = provider.cloud.clock.now().isoformat()
            for event in events:
                line = json.dumps({"createdAt": at, "vin": vin, **event})
                await stream.write(f"data: {line}\n\n".encode())
        now = provider.cloud.clock.now()
        if now - kept_open >= _KEPT_OPEN:
            kept_open = now
            await stream.write(b":\n\n")
        await provider.cloud.wait(_CHECKS_APART)
    return stream


_VIN = "/api/1/vehicles/{vin}"


def provider_app(provider: ProviderState) -> web.Application:
    """Return the server of a provider."""
    endpoints = (
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
    gate = RequestMiddleware(provider.cloud, provider.name, fleet_error_body)
    app = web.Application(middlewares=[gate.middleware])
    app[KINDS] = {endpoint.path: endpoint.kind for endpoint in endpoints}
    for endpoint in endpoints:
        app.router.add_route(
            endpoint.method, endpoint.path, _handler(endpoint, provider)
        )
    if provider.name == "teslemetry":
        app[STREAMS] = frozenset({"/sse"})
        app.router.add_get("/sse", partial(_events, provider=provider))
        config = Endpoint(
            method="PATCH",
            path="/api/config/{vin}",
            handle=partial(_configure, provider=provider),
        )
        app.router.add_route(config.method, config.path, _handler(config, provider))
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
