"""A request to the Fleet API, and the checks before it is handled."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import json
from typing import Any, Literal

from aiohttp import web

from .billing import Kind
from .car import Car
from .car_settings import CarState
from .errors import CloudError
from .serving import RequestInfo
from .settings import Region
from .state import CloudState
from .tokens import AccessToken

type Caller = Literal["user", "partner", "anyone"]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request to the Fleet API, its token verified where one is needed.

    Attributes:
        state: The cloud.
        region: The region of the host that was asked.
        request: The HTTP request.
        info: What is recorded of the request.
        token: None only where no token is needed.
        body: The JSON object of the request; empty for none.
    """

    state: CloudState
    region: Region
    request: web.Request
    info: RequestInfo
    token: AccessToken | None
    body: dict[str, Any]

    @property
    def car(self) -> Car:
        """The car that the path names.

        Raises:
            CloudError: With 404, if the account has no such car.
        """
        car = self.state.cars.get(self.info.vin or "")
        if car is None:
            raise CloudError(404, "not_found")
        return car

    @property
    def reachable_car(self) -> Car:
        """The car that the path names, if it is online.

        Raises:
            CloudError: With 404, or 408 for one that sleeps or has no signal.
        """
        if self.car.state is not CarState.ONLINE:
            raise CloudError(408, "vehicle unavailable: vehicle is offline or asleep")
        return self.car

    def require_scope(self, *scopes: str) -> None:
        """Check that the token has one of some scopes.

        Raises:
            CloudError: With 403, if it has none.
        """
        if self.token is None or not set(scopes) & set(self.token.scopes):
            raise CloudError(403, "Unauthorized missing scopes")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A route of the Fleet API.

    Attributes:
        handle: Returns the whole body of the answer, JSON or text.
        kind: The billing category.
        scopes: One of them must be in the token; empty for none.
        caller: Whose token the endpoint needs.
    """

    method: str
    path: str
    handle: Callable[[Call], Awaitable[dict[str, Any] | str]]
    kind: Kind = Kind.FREE
    scopes: tuple[str, ...] = ()
    caller: Caller = "user"


async def admit(
    endpoint: Endpoint,
    state: CloudState,
    region: Region,
    request: web.Request,
    info: RequestInfo,
) -> Call:
    """Check a request and return it as a call.

    Raises:
        CloudError: With 401, 421, 412, 403, 406, 400, 404 or 429.
    """
    token = None
    if endpoint.caller != "anyone":
        token = state.auth.verify(request.headers.get("Authorization"))
        _check_caller(endpoint, state, region, token)
    call = Call(
        state=state,
        region=region,
        request=request,
        info=info,
        token=token,
        body=await json_body(request),
    )
    if state.billing.exceeded and endpoint.caller == "user":
        # Tesla caps the bill at the limit, so these refusals cost nothing more.
        info.billable = False
        raise CloudError(403, "account disabled: EXCEEDED_LIMIT")
    if endpoint.scopes:
        call.require_scope(*endpoint.scopes)
    if "vin" in request.match_info:
        _limit_rate(state, call.car.settings.vin, endpoint.kind)
    return call


def _check_caller(
    endpoint: Endpoint, state: CloudState, region: Region, token: AccessToken
) -> None:
    """Check the kind of a token, and that the host is the account's region's."""
    if token.partner:
        if endpoint.caller != "partner":
            raise CloudError(403, "Unauthorized missing scopes")
        return
    if endpoint.caller == "partner":
        raise CloudError(403, "Unauthorized missing scopes")
    home = state.auth.region
    if home != region:
        url = state.base_urls[home]
        host = url.partition("://")[2]
        raise CloudError(
            421,
            f"user out of region, use base URL: {url}, see"
            " https://developer.tesla.com/docs/fleet-api#regional-requirements",
            headers={"Alt-Svc": f"h2=https://{host}"},
        )
    registered = any(place == region for place, _ in state.registered)
    if not state.settings.partner_registered and not registered:
        raise CloudError(
            412,
            "Account must be registered in the current region",
            "The application has not called partner_accounts in this region.",
        )


async def json_body(request: web.Request) -> dict[str, Any]:
    """Return the JSON object of a request; empty if there is no body.

    Raises:
        CloudError: With 406 for another content type, 400 for no JSON object.
    """
    text = await request.text()
    if not text:
        return {}
    if request.content_type != "application/json":
        raise CloudError(406, "not acceptable", "Content-Type must be JSON.")
    try:
        body = json.loads(text)
    except ValueError as error:
        raise CloudError(400, "invalid_request", "The body is not JSON.") from error
    if body is None:
        # Tesla's own client sends this with wake_up.
        return {}
    if not isinstance(body, dict):
        raise CloudError(400, "invalid_request", "The body is not a JSON object.")
    return body


def _limit_rate(state: CloudState, vin: str, kind: Kind) -> None:
    """Count a request to a car.

    Raises:
        CloudError: With 429 and how long to wait, if there were too many.
    """
    seconds = state.limiter.admit(vin, kind)
    if seconds is not None:
        raise CloudError(
            429,
            "rate limit exceeded",
            f"Retry in {seconds} seconds",
            headers={"Retry-After": str(seconds), "RateLimit-Reset": str(seconds)},
        )
