"""A client before the simulated cloud, and whoever else a test needs there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext
from typing import Any

from aiohttp import ClientSession, web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
import pytest

from custom_components.tesla_scout_worker.gateways.fleet_api.client import (
    CommandRoute,
    CommandSettings,
    FleetClient,
)
from custom_components.tesla_scout_worker.gateways.fleet_api.transport import FixedToken
from custom_components.tesla_scout_worker.gateways.ledger import Ledger
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util
from simulator.car import Car, CarSettings
from simulator.clock import SystemClock
from simulator.cloud import Cloud
from simulator.records import Request
from simulator.settings import CloudSettings, Region

from ...common import HOME, VIN

SIGNED_CAR = CarSettings(vin=VIN, home=HOME, command_signing="required")

type Act = Callable[[FleetClient], Awaitable[Any]]


@dataclass(kw_only=True)
class BilledClient:
    """A client with its ledger, and the servers that it went over to."""

    cloud: Cloud
    client: FleetClient
    ledger: Ledger
    servers: list[str] = field(default_factory=list)

    def assert_ledger_equals_the_bill(self) -> None:
        """Check that we counted what Tesla billed, by kind and in dollars."""
        bill = self.cloud.billing
        calls = {str(kind): count for kind, count in self.ledger.calls.items()}
        assert {kind: calls[kind] for kind in bill.month_to_date} == {
            str(kind): count for kind, count in bill.month_to_date.items()
        }
        assert round(self.ledger.cost, 9) == float(bill.cost)


def open_door(
    hass: HomeAssistant,
    cloud: Cloud,
    commands: CommandSettings | None = None,
    *,
    region: Region = "eu",
    token: str | None = None,
    session: ClientSession | None = None,
) -> BilledClient:
    """Return a client that is signed in, on Home Assistant's session if on no other."""
    ledger = Ledger.started(dt_util.utcnow())
    servers: list[str] = []
    client = FleetClient(
        session or async_get_clientsession(hass),
        FixedToken(token or cloud.issue_tokens().access_token),
        ledger,
        cloud.fleet_url(region),
        commands or CommandSettings(route=CommandRoute.PLAIN),
        servers.append,
    )
    return BilledClient(cloud=cloud, client=client, ledger=ledger, servers=servers)


def write_key(path: Path) -> str:
    """Write a new command key, and return its public half as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return (
        key.public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


async def until(condition: Callable[[], object]) -> None:
    """Let everything run until a condition holds; no time passes meanwhile."""
    for _ in range(100_000):
        if condition():
            return
        await asyncio.sleep(0)
    pytest.fail("It never came to that")


def requests_to(cloud: Cloud, end: str) -> list[Request]:
    """Return the requests whose path ends so, in order."""
    return [request for request in cloud.requests if request.path.endswith(end)]


@asynccontextmanager
async def a_server(
    handle: Callable[[web.Request], Awaitable[web.StreamResponse]],
    tls: SSLContext | None = None,
) -> AsyncIterator[str]:
    """Serve every path with one handler, and yield the base address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def a_cloud(
    *cars: CarSettings, settings: CloudSettings | None = None
) -> AsyncIterator[Cloud]:
    """Run a cloud with some cars, on the clock of the test."""
    clock = SystemClock()
    cloud = Cloud(
        clock=clock, cars=[Car(car, clock) for car in cars], settings=settings
    )
    await cloud.start()
    try:
        yield cloud
    finally:
        await cloud.stop()


@dataclass(kw_only=True)
class Stranger:
    """A host that nobody trusts, and all that it was sent."""

    url: str
    seen: list[str]


@asynccontextmanager
async def a_stranger() -> AsyncIterator[Stranger]:
    """Run a host that writes down whoever comes to it."""
    seen: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        """Write a request down."""
        seen.append(request.path)
        return web.json_response({"response": []})

    async with a_server(handle) as url:
        # By its name it is another host than the cloud, which is called by number.
        yield Stranger(url=url.replace("127.0.0.1", "localhost"), seen=seen)
