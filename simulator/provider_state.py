"""A provider's account: its key, what it remembers of the cars, what they report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from aiohttp import web

from .calls import Call
from .car import Car
from .car_settings import CarState
from .errors import CloudError
from .fleet_api import vehicle_data
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
        sent: How many events its streams have sent.
        compared_at: When a stream last compared the cars with what it had sent.
    """

    cloud: CloudState
    name: Provider
    key: str
    memory: Memory = field(default_factory=Memory)
    fields: dict[str, frozenset[str]] = field(default_factory=dict)
    stream_ends: bool = False
    lists_schedules: bool = True
    sent: int = 0
    compared_at: datetime | None = None

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
