"""A JSON API that controls the simulator, for the demo and other processes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal, InvalidOperation
import json
from typing import Any

from aiohttp import web
from tesla_protocol.command.universal_message_pb2 import MessageFault_E as MessageFault

from .car import Car, Place
from .faults import Fault
from .signature import read_point
from .state import CloudState

type Json = dict[str, Any]
type CarAction = Callable[[CloudState, Car, Json], None]


def _plug_in(_state: CloudState, car: Car, _body: Json) -> None:
    """Connect the cable."""
    car.plug_in()


def _unplug(_state: CloudState, car: Car, _body: Json) -> None:
    """Disconnect the cable."""
    car.unplug()


def _drive(_state: CloudState, car: Car, body: Json) -> None:
    """Drive `km` in `minutes`, home or to `latitude` and `longitude`."""
    to = car.settings.home
    if "latitude" in body:
        to = Place(latitude=body["latitude"], longitude=body["longitude"])
    car.drive(float(body["km"]), to, timedelta(minutes=body["minutes"]))


def _reboot(_state: CloudState, car: Car, _body: Json) -> None:
    """Restart the car's computer."""
    car.reboot()


def _signal(_state: CloudState, car: Car, body: Json) -> None:
    """Set whether the car has a mobile signal: `there`."""
    car.set_signal(_flag(body, "there"))


def _sentry(_state: CloudState, car: Car, body: Json) -> None:
    """Switch sentry mode: `on`."""
    car.set_sentry(_flag(body, "on"))


def _limit(_state: CloudState, car: Car, body: Json) -> None:
    """Set the charge limit on the car's screen: `percent`."""
    car.set_limit_by_owner(int(body["percent"]))


def _pair(state: CloudState, car: Car, body: Json) -> None:
    """Pair `public_key` (PEM), by default the key that the domain serves."""
    key = body.get("public_key") or state.public_keys.get(state.settings.domain)
    if key is None:
        raise ValueError("there is no public key to pair")
    state.vehicle_sides[car.settings.vin].pair(key)


def _fault(state: CloudState, car: Car, body: Json) -> None:
    """Answer the next `times` commands with `fault`, as `BUSY` (MESSAGEFAULT_ERROR_BUSY)."""
    fault = MessageFault.Value(f"MESSAGEFAULT_ERROR_{body['fault']}")
    state.vehicle_sides[car.settings.vin].inject(fault, int(body.get("times", 1)))


CAR_ACTIONS: Mapping[str, CarAction] = {
    "plug_in": _plug_in,
    "unplug": _unplug,
    "drive": _drive,
    "reboot": _reboot,
    "signal": _signal,
    "sentry": _sentry,
    "limit": _limit,
    "pair": _pair,
    "fault": _fault,
}


class ControlApi:
    """Shows and changes the state of a cloud."""

    def __init__(self, state: CloudState) -> None:
        """Control a cloud."""
        self._state = state
        self._auth_actions: dict[str, Callable[[], None]] = {
            "expire": state.auth.expire_access_tokens,
            "password_changed": state.auth.password_changed,
            "revoke": state.auth.revoke_consent,
        }

    def routes(self) -> list[web.RouteDef]:
        """Return the table of routes."""
        return [
            web.get("/control/clock", self.clock),
            web.get("/control/cars", self.cars),
            web.get("/control/cars/{vin}/record", self.record),
            web.get("/control/cars/{vin}/charges", self.charges),
            web.post("/control/cars/{vin}/{action}", self.act),
            web.get("/control/billing", self.billing),
            web.post("/control/billing", self.set_limit),
            web.get("/control/requests", self.requests),
            web.get("/control/faults", self.faults),
            web.post("/control/faults", self.add_fault),
            web.delete("/control/faults", self.clear_faults),
            web.post("/control/auth/issue", self.issue_tokens),
            web.post("/control/auth/{action}", self.auth),
            web.post("/control/public_key", self.host_public_key),
        ]

    async def clock(self, _request: web.Request) -> web.Response:
        """Return the time of the cars and of the tokens."""
        state = self._state
        return _json({"now": state.clock.now(), "auth_now": state.auth_clock.now()})

    async def cars(self, _request: web.Request) -> web.Response:
        """Return the true state of the cars."""
        return _json([_truth(car) for car in self._state.cars.values()])

    async def record(self, request: web.Request) -> web.Response:
        """Return what happened to a car."""
        return _json([asdict(event) for event in self._car(request).record])

    async def charges(self, request: web.Request) -> web.Response:
        """Return when a car charged, and why."""
        return _json([asdict(each) for each in self._car(request).charge_intervals])

    async def act(self, request: web.Request) -> web.Response:
        """Do an action with a car, and return its true state after it."""
        car = self._car(request)
        action = CAR_ACTIONS.get(request.match_info["action"])
        if action is None:
            raise LookupError("no such action")
        action(self._state, car, await _body(request))
        return _json(_truth(car))

    async def billing(self, _request: web.Request) -> web.Response:
        """Return this month's bill."""
        billing = self._state.billing
        return _json(
            {
                "month_to_date": billing.month_to_date,
                "cost": billing.cost,
                "limit": billing.limit,
                "exceeded": billing.exceeded,
            }
        )

    async def set_limit(self, request: web.Request) -> web.Response:
        """Set the billing limit: `limit` in USD, or null."""
        limit = (await _body(request))["limit"]
        self._state.billing.limit = None if limit is None else Decimal(str(limit))
        return await self.billing(request)

    async def requests(self, request: web.Request) -> web.Response:
        """Return the requests from number `since` on."""
        since = int(request.query.get("since", "0"))
        return _json([asdict(entry) for entry in self._state.requests[since:]])

    async def faults(self, _request: web.Request) -> web.Response:
        """Return the faults that are set."""
        return _json([asdict(fault) for fault in self._state.faults.active])

    async def add_fault(self, request: web.Request) -> web.Response:
        """Set a fault, its fields as in `Fault`."""
        self._state.faults.add(Fault.from_json(await _body(request)))
        return await self.faults(request)

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Remove every fault."""
        self._state.faults.clear()
        return await self.faults(request)

    async def auth(self, request: web.Request) -> web.Response:
        """Expire or revoke tokens."""
        action = self._auth_actions.get(request.match_info["action"])
        if action is None:
            raise LookupError("no such action")
        action()
        return _json({"refreshes": self._state.auth.refreshes})

    async def issue_tokens(self, _request: web.Request) -> web.Response:
        """Issue tokens as after a sign-in."""
        return _json(self._state.auth.issue().response())

    async def host_public_key(self, request: web.Request) -> web.Response:
        """Set the `public_key` (PEM) of `domain`, by default the application's."""
        body = await _body(request)
        domain = str(body.get("domain", self._state.settings.domain))
        key = read_point(str(body["public_key"]))
        self._state.public_keys[domain] = key
        return _json({"domain": domain, "public_key": key.hex()})

    def _car(self, request: web.Request) -> Car:
        """Return the car that the path names.

        Raises:
            LookupError: There is none.
        """
        car = self._state.cars.get(request.match_info["vin"])
        if car is None:
            raise LookupError("no such car")
        return car


def control_app(state: CloudState) -> web.Application:
    """Return the control server."""
    app = web.Application(middlewares=[_errors])
    app.router.add_routes(ControlApi(state).routes())
    return app


@web.middleware
async def _errors(
    request: web.Request,
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> web.StreamResponse:
    """Answer invalid requests with 400 and unknown names with 404."""
    try:
        return await handler(request)
    except KeyError as error:
        return _json({"error": f"missing key {error}"}, 400)
    except LookupError as error:
        return _json({"error": str(error)}, 404)
    except (ValueError, TypeError, InvalidOperation) as error:
        return _json({"error": str(error)}, 400)


def _json(data: object, status: int = 200) -> web.Response:
    """Return JSON, with times and amounts as text."""
    return web.json_response(
        data, status=status, dumps=lambda value: json.dumps(value, default=str)
    )


async def _body(request: web.Request) -> Json:
    """Return the JSON object of a request; empty for none.

    Raises:
        ValueError: The body is not JSON.
        TypeError: It is not an object.
    """
    text = await request.text()
    body = json.loads(text) if text else {}
    if not isinstance(body, dict):
        raise TypeError("the body must be a JSON object")
    return body


def _flag(body: Json, key: str) -> bool:
    """Return a boolean of a body.

    Raises:
        KeyError: It is missing.
        TypeError: It is not a boolean.
    """
    value = body[key]
    if not isinstance(value, bool):
        raise TypeError(f"{key} must be true or false")
    return value


def _truth(car: Car) -> Json:
    """Return the true state of a car."""
    return {
        "vin": car.settings.vin,
        "name": car.settings.name,
        "state": car.state,
        "battery_level": round(car.battery_level, 1),
        "charge_limit": car.charge_limit,
        "charging_state": car.charging_state,
        "plugged_in": car.plugged_in,
        "position": asdict(car.position),
        "charge_schedules": [asdict(s) for s in car.charge_schedules.values()],
        "boot_count": car.boot_count,
    }
