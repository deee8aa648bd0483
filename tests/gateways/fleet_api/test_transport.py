"""What goes over the wire: 401 and 421 cured once, no stranger followed, all counted."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
import logging
import socket
from typing import Any, override

from aiohttp import ClientSession, TCPConnector, web
from aiohttp.abc import AbstractResolver, ResolveResult
from freezegun.api import FrozenDateTimeFactory
from hypothesis import given, strategies as st
import pytest
from yarl import URL

from custom_components.tesla_scout_worker.const import (
    CONF_FLEET_API_URL,
    REGION_SERVERS,
    REQUEST_TIMEOUT,
)
from custom_components.tesla_scout_worker.data import ScoutConfigEntry
from custom_components.tesla_scout_worker.gateways.errors import (
    FleetError,
    MaybeExecutedError,
    NotRegisteredError,
    RefusedError,
    SignedOutError,
    TransientError,
)
from custom_components.tesla_scout_worker.gateways.fleet_api.client import (
    CommandRoute,
    CommandSettings,
    FleetClient,
)
from custom_components.tesla_scout_worker.gateways.fleet_api.credentials import (
    with_server,
)
from custom_components.tesla_scout_worker.gateways.fleet_api.responses import (
    AnswerError,
    LostAnswerError,
    read_answer,
)
from custom_components.tesla_scout_worker.gateways.fleet_api.transport import (
    TESLA_HOSTS,
    FixedToken,
    FleetTransport,
    server_in,
    trusted_server,
)
from custom_components.tesla_scout_worker.gateways.ledger import Ledger
from homeassistant.const import CONF_REGION
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util
from simulator.car import CarSettings
from simulator.certificates import self_signed
from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.settings import Region

from ...common import HOME, VIN, set_up, the_car
from .client_fixture import BilledClient, a_server, a_stranger, open_door, until

NA = REGION_SERVERS["na"]
EU = REGION_SERVERS["eu"]
DOCUMENTATION = "see https://developer.tesla.com/docs/fleet-api"

# Addresses that look like Tesla's to a careless eye.
LOOK_ALIKES = [
    "https://tesla.com.evil.example",
    "https://eviltesla.com",
    "https://fleet-api.tesla.com.example",
    "https://tesla.com@evil.example",
    "https://tesla.com:443@evil.example",
    "https://evil.example/tesla.com",
    "https://evil.example?tesla.com",
    "https://evil.example#.tesla.com",
    "https://teslamotors.co",
    "http://fleet-api.prd.eu.vn.cloud.tesla.com",
    "http://tesla.com",
]


@pytest.fixture
async def door(hass: HomeAssistant, cloud: Cloud) -> BilledClient:
    """Open the door for plain commands."""
    return open_door(hass, cloud)


def seen(cloud: Cloud, since: int = 0) -> list[tuple[str, str, int | None]]:
    """Return who was asked for what, and with which status it answered."""
    return [
        (request.server, request.path.rsplit("/", 1)[-1], request.status)
        for request in cloud.requests[since:]
    ]


async def signed_in(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> ScoutConfigEntry:
    """Set the integration up, and wait until its tokens are on disk."""
    entry: ScoutConfigEntry = await set_up(hass, cloud)
    freezer.tick(timedelta(minutes=1))
    return entry


async def test_a_401_is_cured_by_one_refresh(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """Lesson: a token was deleted on a single 401; a refresh and a retry cure it."""
    entry = await signed_in(hass, cloud, freezer)
    before = len(cloud.requests)
    cloud.auth.expire_access_tokens()
    cars = await entry.runtime_data.client.async_list_vehicles()
    assert [car.vin for car in cars] == [VIN]
    assert seen(cloud, before) == [
        ("eu", "vehicles", 401),
        ("auth", "token", 200),
        ("eu", "vehicles", 200),
    ]
    await entry.runtime_data.client.async_set_charge_limit(VIN, 90)
    assert not entry.runtime_data.sign_in.signed_out
    assert the_car(cloud).charge_limit == 90


async def test_a_second_401_is_trouble_at_first(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """Not even a new token is accepted: that is tried again, and heals by itself."""
    entry = await signed_in(hass, cloud, freezer)
    before = len(cloud.requests)
    cloud.faults.add(Fault(path="*/vehicles", status=401))
    with pytest.raises(TransientError):
        await entry.runtime_data.client.async_list_vehicles()
    assert seen(cloud, before) == [
        ("eu", "vehicles", 401),
        ("auth", "token", 200),
        ("eu", "vehicles", 401),
    ]
    with pytest.raises(TransientError):
        await entry.runtime_data.client.async_list_vehicles()
    assert len(cloud.requests) == before + 3
    freezer.tick(timedelta(seconds=61))
    with pytest.raises(TransientError):
        await entry.runtime_data.client.async_list_vehicles()
    assert set(seen(cloud, before + 3)) == {("eu", "vehicles", 401)}
    assert not entry.runtime_data.sign_in.signed_out
    assert not hass.config_entries.flow.async_progress()
    cloud.faults.clear()
    freezer.tick(timedelta(seconds=121))
    assert await entry.runtime_data.client.async_list_vehicles()


@pytest.mark.parametrize("act", ["async_list_vehicles", "async_set_charge_limit"])
async def test_a_refresh_that_fails_is_no_sign_out(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory, act: str
) -> None:
    """The network is to blame; and a command was not executed."""
    entry = await signed_in(hass, cloud, freezer)
    client = entry.runtime_data.client
    arguments = (VIN, 90) if act == "async_set_charge_limit" else ()
    if arguments:
        await client.async_set_charge_limit(VIN, 85)
    cloud.auth.expire_access_tokens()
    cloud.faults.add(Fault(server="auth", status=503))
    with pytest.raises(TransientError) as failure:
        await getattr(client, act)(*arguments)
    assert type(failure.value) is TransientError
    assert not entry.runtime_data.sign_in.signed_out
    cloud.faults.clear()
    await getattr(client, act)(*arguments)


async def test_a_token_that_is_awaited_is_no_lost_command(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """The timeout is the request's: a slow sign-in has sent nothing yet."""
    entry = await signed_in(hass, cloud, freezer)
    client = entry.runtime_data.client
    await client.async_set_charge_limit(VIN, 85)
    freezer.tick(timedelta(hours=9))
    fault = Fault(server="auth", hang=True, times=1)
    cloud.faults.add(fault)
    before = len(cloud.requests)
    call = asyncio.ensure_future(client.async_set_charge_limit(VIN, 90))
    await until(lambda: fault not in cloud.faults.active)
    freezer.tick(REQUEST_TIMEOUT + timedelta(seconds=1))
    await asyncio.sleep(0)
    assert not call.done()
    freezer.tick(timedelta(minutes=1))
    with pytest.raises(TransientError) as failure:
        await call
    assert type(failure.value) is TransientError
    assert not [r for r in cloud.requests[before:] if r.server != "auth"]
    freezer.tick(timedelta(minutes=1))
    assert await client.async_list_vehicles()


async def test_mobile_access_is_no_matter_of_tokens(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """The owner switched it off in the car: a 401 that no refresh cures."""
    entry = await signed_in(hass, cloud, freezer)
    before = len(cloud.requests)
    body = {"response": None, "error": "mobile_access_disabled"}
    cloud.faults.add(Fault(path="*/vehicle_data", status=401, body=body, times=1))
    with pytest.raises(RefusedError) as refusal:
        await entry.runtime_data.client.async_read(VIN)
    assert refusal.value.reason == "mobile_access_disabled"
    assert seen(cloud, before) == [("eu", "vehicle_data", 401)]
    assert not entry.runtime_data.sign_in.signed_out
    await entry.runtime_data.client.async_read(VIN)


async def test_a_caller_is_counted_once_among_those_served(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """One request asks for one token."""
    entry = await signed_in(hass, cloud, freezer)
    tokens = entry.runtime_data.tokens
    assert tokens is not None
    served = tokens.statistics.served
    await entry.runtime_data.client.async_list_vehicles()
    assert tokens.statistics.served == served + 1


async def test_a_fixed_token_is_not_renewed(door: BilledClient) -> None:
    """In a flow there is nobody to ask: one request, and signed out."""
    door.cloud.auth.expire_access_tokens()
    with pytest.raises(SignedOutError):
        await door.client.async_list_vehicles()
    assert seen(door.cloud) == [("eu", "vehicles", 401)]
    rejection = FixedToken("token").rejection("token", documented=True)
    assert isinstance(rejection, SignedOutError)


async def test_a_421_is_found_once_and_remembered(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """The right server is asked at once from then on, for commands too."""
    door = open_door(hass, cloud, region="na")
    assert len(await door.client.async_list_vehicles()) == 1
    await door.client.async_set_charge_limit(VIN, 90)
    assert seen(cloud) == [
        ("na", "vehicles", 421),
        ("eu", "vehicles", 200),
        ("eu", "set_charge_limit", 200),
    ]
    assert door.servers == [cloud.fleet_url("eu")]
    door.assert_ledger_equals_the_bill()


async def test_a_421_to_a_paid_call_is_billed_twice(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Both answers are below 500."""
    door = open_door(hass, cloud, region="na")
    await door.client.async_read(VIN)
    assert door.ledger.cost == pytest.approx(0.004)
    door.assert_ledger_equals_the_bill()


async def test_a_421_is_remembered_over_a_restart(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """In the entry, which a reload begins with."""
    entry = await signed_in(hass, cloud, freezer)
    cloud.auth.region = "na"
    await entry.runtime_data.client.async_list_vehicles()
    assert entry.data[CONF_FLEET_API_URL] == cloud.fleet_url("na")
    before = len(cloud.requests)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert {server for server, _, _ in seen(cloud, before)} == {"na"}


@pytest.mark.parametrize(
    ("region", "server", "after"),
    [
        ("na", EU, "eu"),
        ("eu", EU, "eu"),
        ("custom", EU, "custom"),
        ("na", "https://fleet.example.org", "na"),
        (None, EU, None),
    ],
)
def test_a_corrected_server_corrects_the_region(
    region: str | None, server: str, after: str | None
) -> None:
    """Else forms and diagnostics would go on to name the wrong one."""
    data = {} if region is None else {CONF_REGION: region}
    changed = with_server(data, server)
    assert changed[CONF_FLEET_API_URL] == server
    assert changed.get(CONF_REGION) == after


async def test_callers_at_once_all_find_the_region(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """The second to hear of it is not told that there is nowhere else to go."""
    door = open_door(hass, cloud, region="na")
    await asyncio.gather(
        door.client.async_list_vehicles(),
        door.client.async_read(VIN),
        door.client.async_set_charge_limit(VIN, 90),
    )
    assert door.servers == [cloud.fleet_url("eu")]
    assert [status for server, _, status in seen(cloud) if server == "na"] == [421] * 3
    assert [status for server, _, status in seen(cloud) if server == "eu"] == [200] * 3


async def test_a_caller_who_hears_late_of_the_region_finds_it_too(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """The client has long gone over when the old server's 421 comes in."""
    door = open_door(hass, cloud, region="na")
    slow = cloud.faults.add(Fault(path="*/vehicle_data", delay=5, times=1))
    look = asyncio.ensure_future(door.client.async_read(VIN))
    await until(lambda: slow not in cloud.faults.active)
    await door.client.async_list_vehicles()
    assert door.servers == [cloud.fleet_url("eu")]
    freezer.tick(timedelta(seconds=6))
    assert (await look).charge.battery_level == 70
    assert door.servers == [cloud.fleet_url("eu")]


@pytest.mark.parametrize("status", [408, 503])
async def test_a_region_is_right_whatever_else_goes_wrong_there(
    hass: HomeAssistant, cloud: Cloud, status: int
) -> None:
    """Any answer but another 421 proves it."""
    door = open_door(hass, cloud, region="na")
    cloud.faults.add(Fault(server="eu", status=status, times=1))
    with pytest.raises(FleetError):
        await door.client.async_read(VIN)
    assert door.servers == [cloud.fleet_url("eu")]
    await door.client.async_read(VIN)


@pytest.mark.parametrize("first", ["401", "421"])
async def test_a_401_and_a_421_are_both_cured(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory, first: str
) -> None:
    """Neither uses up the other's one try."""
    entry = await signed_in(hass, cloud, freezer)
    before = len(cloud.requests)
    cloud.auth.region = "na"
    if first == "401":
        cloud.auth.expire_access_tokens()
        expected = [
            ("eu", "vehicles", 401),
            ("auth", "token", 200),
            ("eu", "vehicles", 421),
            ("na", "vehicles", 200),
        ]
    else:
        cloud.faults.add(Fault(server="na", status=401, times=1))
        expected = [
            ("eu", "vehicles", 421),
            ("na", "vehicles", 401),
            ("auth", "token", 200),
            ("na", "vehicles", 200),
        ]
    await entry.runtime_data.client.async_list_vehicles()
    assert seen(cloud, before) == expected
    assert not entry.runtime_data.sign_in.signed_out


async def test_an_endless_421_is_followed_once(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Two servers that point at each other: one try, a clear error, nothing kept."""
    door = open_door(hass, cloud, region="na")
    ways: list[tuple[Region, Region]] = [("na", "eu"), ("eu", "na")]
    for here, there in ways:
        text = f"user out of region, use base URL: {cloud.fleet_url(there)}, see docs"
        fault = Fault(path="*", server=here, status=421, body={"error": text})
        cloud.faults.add(fault)
    for asked in (2, 4):
        with pytest.raises(NotRegisteredError):
            await door.client.async_list_vehicles()
        assert len(cloud.requests) == asked
    assert door.servers == []
    cloud.faults.clear()
    assert await door.client.async_list_vehicles()
    assert door.servers == [cloud.fleet_url("eu")]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", TransientError),
        ("user out of region", NotRegisteredError),
        ("use base URL: {own}, see", NotRegisteredError),
    ],
)
async def test_a_421_to_nowhere(
    door: BilledClient, text: str, error: type[FleetError]
) -> None:
    """A server that names no other one: one request, and a clear error by its words."""
    body = {"error": text.format(own=door.cloud.fleet_url("eu"))}
    door.cloud.faults.add(Fault(path="*", status=421, body=body, times=1))
    with pytest.raises(FleetError) as failure:
        await door.client.async_list_vehicles()
    assert type(failure.value) is error
    assert len(door.cloud.requests) == 1
    assert door.servers == []
    await door.client.async_list_vehicles()


async def test_a_stranger_is_not_followed(hass: HomeAssistant, cloud: Cloud) -> None:
    """Neither from a 421 nor by a redirect; who could be reached is not asked."""
    # The tests' Home Assistant finds no hosts by name.
    async with a_stranger() as stranger, a_session() as session:
        door = open_door(hass, cloud, session=session)
        text = f"user out of region, use base URL: {stranger.url}, {DOCUMENTATION}"
        location = {"Location": f"{stranger.url}/stolen"}
        faults = [
            (Fault(path="*", status=421, body={"error": text}), NotRegisteredError),
            (Fault(path="*", status=302, headers=location), TransientError),
            (Fault(path="*", status=307, headers=location), TransientError),
        ]
        for fault, error in faults:
            door.cloud.faults.add(fault)
            with pytest.raises(error):
                await door.client.async_list_vehicles()
            with pytest.raises(error) as failure:
                await door.client.async_set_charge_limit(VIN, 90)
            assert not isinstance(failure.value, MaybeExecutedError)
            door.cloud.faults.clear()
        assert stranger.seen == []
        assert door.servers == []
        # It is there to be found: this is what following it would have looked like.
        wire = FleetTransport(session, FixedToken("t"), stranger.url, _nobody)
        await wire.request("api/1/vehicles", {})
        assert stranger.seen == ["/api/1/vehicles"]


def a_session() -> ClientSession:
    """Return a session that finds this machine by name."""
    return ClientSession(connector=TCPConnector(family=socket.AF_INET))


def _nobody(path: str, status: int) -> None:
    """Count nothing."""


async def test_a_proxy_stays_where_the_user_put_it(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """A 421 of the proxy's is an error, and the account's own server stays too."""
    commands = CommandSettings(route=CommandRoute.PROXY, proxy_url=cloud.proxy_url)
    door = open_door(hass, cloud, commands)
    text = f"user out of region, use base URL: {cloud.fleet_url('na')}, see docs"
    fault = Fault(server="proxy", status=421, body={"error": text}, times=1)
    cloud.faults.add(fault)
    with pytest.raises(NotRegisteredError):
        await door.client.async_set_charge_limit(VIN, 90)
    assert door.servers == []
    assert [server for server, _, _ in seen(cloud)] == ["proxy"]
    await door.client.async_set_charge_limit(VIN, 90)


@dataclass(kw_only=True)
class Internet(AbstractResolver):
    """Every host name there is, on one port of this machine, by TLS.

    A host answers 421 with the text in ``lost``, or a list of no cars; ``region`` is
    what Tesla's users/region says, or a 421 where that is None.
    """

    port: int = 0
    lost: dict[str, str] = field(default_factory=dict)
    region: object = None
    resolved: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Lead every name to this machine, and write down which was asked for."""
        self.resolved.append(host)
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=self.port,
                family=socket.AF_INET,
                proto=0,
                flags=0,
            )
        ]

    @override
    async def close(self) -> None:
        """Nothing is open."""

    async def serve(self, request: web.Request) -> web.Response:
        """Answer as the host that was asked."""
        host = request.url.host or ""
        region = request.path.endswith("/users/region")
        self.asked.append(f"{host} {request.path.rsplit('/', 1)[-1]}")
        if region and self.region is not None:
            return web.json_response({"response": self.region})
        if region or host in self.lost:
            error = self.lost.get(host, "user out of region")
            return web.json_response({"error": error}, status=421)
        return web.json_response({"response": []})


@dataclass(kw_only=True)
class World:
    """A client whose account lives somewhere on the internet."""

    internet: Internet
    client: FleetClient
    servers: list[str]


@pytest.fixture
async def world(socket_enabled: None) -> AsyncIterator[World]:
    """Begin in North America, which sends everybody away without a word."""
    tls, _ = await self_signed("127.0.0.1")
    internet = Internet(lost={URL(NA).host or "": "user out of region"})
    servers: list[str] = []
    async with a_server(internet.serve, tls) as url:
        internet.port = URL(url).port or 0
        connector = TCPConnector(resolver=internet, ssl=False)
        async with ClientSession(connector=connector) as session:
            client = FleetClient(
                session,
                FixedToken("secret"),
                Ledger.started(dt_util.utcnow()),
                NA,
                CommandSettings(),
                servers.append,
            )
            yield World(internet=internet, client=client, servers=servers)


NA_HOST = URL(NA).host or ""


@pytest.mark.parametrize(
    "address",
    [EU, REGION_SERVERS["cn"], f"{EU}/", "https://fleet-api.teslamotors.com"],
)
async def test_teslas_own_hosts_are_followed(world: World, address: str) -> None:
    """Over TLS, by the address after Tesla's words, and not that of its documents."""
    text = f"user out of region, use base URL: {address}, {DOCUMENTATION}"
    world.internet.lost = {NA_HOST: text}
    await world.client.async_list_vehicles()
    await world.client.async_list_vehicles()
    host = URL(address).host
    assert world.internet.asked == [
        f"{NA_HOST} vehicles",
        f"{host} vehicles",
        f"{host} vehicles",
    ]
    assert world.servers == [address.rstrip("/")]


@pytest.mark.parametrize("address", [*LOOK_ALIKES, "", "nonsense"])
async def test_alike_hosts_are_not_even_resolved(world: World, address: str) -> None:
    """No name is resolved but those of Tesla's regions, so no token is sent there."""
    text = f"user out of region, use base URL: {address}, {DOCUMENTATION}"
    world.internet.lost = {NA_HOST: text}
    with pytest.raises(NotRegisteredError):
        await world.client.async_list_vehicles()
    regions = {URL(server).host for server in REGION_SERVERS.values()}
    assert set(world.internet.resolved) <= regions
    assert world.servers == []
    world.internet.lost = {NA_HOST: f"use base URL: {EU}"}
    assert await world.client.async_list_vehicles() == ()


async def test_a_421_without_an_address_asks_for_the_region(world: World) -> None:
    """Each of Tesla's other servers, until one knows the account (users/region)."""
    world.internet.region = {"region": "eu", "fleet_api_base_url": EU}
    await world.client.async_list_vehicles()
    eu = URL(EU).host
    assert world.internet.asked == [
        f"{NA_HOST} vehicles",
        f"{eu} region",
        f"{eu} vehicles",
    ]
    assert world.servers == [EU]


@pytest.mark.parametrize(
    "region",
    [
        *({"fleet_api_base_url": address} for address in [*LOOK_ALIKES, "", NA]),
        {"fleet_api_base_url": None},
        {},
        [],
        "eu",
        None,
    ],
)
async def test_an_unknown_region(world: World, region: object) -> None:
    """Not by a stranger's address, and not by the one that we came from."""
    world.internet.region = region
    with pytest.raises(NotRegisteredError):
        await world.client.async_list_vehicles()
    regions = {URL(server).host for server in REGION_SERVERS.values()}
    assert set(world.internet.resolved) <= regions
    assert [item for item in world.internet.asked if item.endswith("vehicles")] == [
        f"{NA_HOST} vehicles"
    ]
    assert world.servers == []
    world.internet.region = {"region": "eu", "fleet_api_base_url": EU}
    await world.client.async_list_vehicles()
    assert world.servers == [EU]


async def test_the_address_of_the_documents_is_no_server() -> None:
    """It is one of Tesla's hosts, but not one to live at ever after."""
    assert server_in(f"user out of region, {DOCUMENTATION}", NA) is None


@pytest.mark.parametrize(
    ("text", "own", "server"),
    [
        (f"use base URL: {EU}, see", NA, EU),
        (f"Use Base URL {EU}.", NA, EU),
        (f'{{"error": "use base URL: {EU}"}}', NA, EU),
        (
            "use base URL: http://10.0.0.2:81/x, see",
            "http://10.0.0.2:80",
            "http://10.0.0.2:81",
        ),
        ("use base URL: http://10.0.0.2, see", "https://10.0.0.2", None),
        ("use base URL: http://10.0.0.3, see", "http://10.0.0.2", None),
        (f"use base URL: https://evil.example, use base URL: {EU}", NA, EU),
        ("use base URL: https://", NA, None),
        ("use base URL: https://tesla.com:99999", NA, None),
        ("use base URL: https://[::1", NA, None),
        (EU, NA, None),
    ],
)
def test_the_server_in_a_text(text: str, own: str, server: str | None) -> None:
    """As Tesla words it, and only a host that may have a token."""
    assert server_in(text, own) == server


LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
HOST = st.builds(
    lambda labels, glue, tail: ".".join(labels) + glue + tail,
    st.lists(LABEL, min_size=1, max_size=3),
    st.sampled_from([".", "", "-", "."]),
    st.sampled_from([*TESLA_HOSTS, "tesla.com.evil.example", "tesla.org", "example"]),
)


@given(
    scheme=st.sampled_from(["https", "http", "HTTPS", "ftp"]),
    user=st.sampled_from(["", "tesla.com@", "a:b@", "tesla.com:443@"]),
    host=HOST,
    rest=st.sampled_from(
        ["", "/", "/tesla.com", ":8443", "?a=.tesla.com", "#tesla.com"]
    ),
)
def test_only_teslas_hosts_over_tls_are_trusted(
    scheme: str, user: str, host: str, rest: str
) -> None:
    """Whatever stands around the host, and however close its name comes."""
    trusted = scheme.lower() == "https" and any(
        host == tesla or host.endswith(f".{tesla}") for tesla in TESLA_HOSTS
    )
    found = trusted_server(f"{scheme}://{user}{host}{rest}", "http://192.168.1.5:4443")
    port = ":8443" if rest == ":8443" else ""
    assert found == (f"https://{host}{port}" if trusted else None)


@given(st.text(), st.sampled_from([NA, "http://192.168.1.5:4443", "nonsense", ""]))
def test_no_text_confuses_the_search(text: str, own: str) -> None:
    """Nothing raises, and what is found is trusted by its host alone."""
    for address in (text, f"https://{text}", f"https://{text}.tesla.com", f"//{text}"):
        for found in (
            trusted_server(address, own),
            server_in(f"use base URL: {address}, see", own),
        ):
            if found is None:
                continue
            url = URL(found)
            assert (url.user, url.password, url.path) == (None, None, "/")
            host = url.host or ""
            own_host = (url.scheme, host) == (URL(own).scheme, URL(own).host)
            tesla = host in TESLA_HOSTS or host.endswith(
                tuple(f".{tesla}" for tesla in TESLA_HOSTS)
            )
            assert own_host or (url.scheme == "https" and tesla)


@given(
    st.integers(min_value=100, max_value=999),
    st.dictionaries(
        st.sampled_from(["Retry-After", "RateLimit-Reset", "X"]), st.text()
    ),
    st.binary() | st.text().map(str.encode),
)
def test_any_answer_is_read(status: int, headers: dict[str, str], body: bytes) -> None:
    """An object, or one of two errors, that do not show what was in it."""
    error: Exception | None = None
    try:
        content: Any = read_answer(status, headers, body)
    except (AnswerError, LostAnswerError) as err:
        error = err
    if error is None:
        assert 200 <= status < 300
        assert isinstance(content, dict)
    elif 200 <= status < 300:
        assert repr(error) == "LostAnswerError('the body is no JSON object')"
    else:
        assert repr(error) == f"AnswerError('status {status}')"


async def test_what_never_arrived_is_not_counted(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """No connection, no bill; what may have arrived counts, as Tesla would bill it."""
    counted: list[tuple[str, int]] = []
    wire = FleetTransport(
        async_get_clientsession(hass),
        FixedToken(cloud.issue_tokens().access_token),
        cloud.fleet_url("eu"),
        lambda path, status: counted.append((path, status)),
    )
    path = "api/1/vehicles"
    cloud.faults.add(Fault(path="*", tear="after", times=2))
    with pytest.raises(LostAnswerError) as lost:
        await wire.request(path, {})
    assert lost.value.sent
    # Of itself aiohttp tries a read twice.
    assert counted == [(path, 499), (path, 499)]
    cloud.faults.add(Fault(path="*", tear="after", times=1))
    await wire.request(path, {})
    assert counted[2:] == [(path, 499), (path, 200)]
    cloud.faults.add(Fault(path="*", tear="mid-body", times=1))
    with pytest.raises(LostAnswerError):
        await wire.request(path, {})
    assert counted[4:] == [(path, 200)]
    await cloud.stop()
    with pytest.raises(LostAnswerError) as lost:
        await wire.request(path, {})
    assert not lost.value.sent
    wire.server = "http://"
    with pytest.raises(LostAnswerError) as lost:
        await wire.request(path, {})
    assert not lost.value.sent
    assert len(counted) == 5


async def test_a_read_that_aiohttp_repeats_is_billed_twice(door: BilledClient) -> None:
    """The first answer was lost, and Tesla bills it all the same."""
    fault = Fault(path="*/vehicle_data", tear="after", times=1)
    door.cloud.faults.add(fault)
    await door.client.async_read(VIN)
    assert len(door.cloud.requests) == 2
    door.assert_ledger_equals_the_bill()


async def test_the_library_logs_no_secrets(
    door: BilledClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Its own log of a request held the VIN, the place and all of the answer."""
    caplog.set_level(logging.DEBUG, logger="tesla_fleet_api")
    await door.client.async_read(VIN)
    await door.client.async_set_charge_limit(VIN, 90)
    for secret in (VIN, "latitude", "Bearer", str(HOME.latitude)):
        assert secret not in caplog.text


class TestSleepingCar:
    """A car that sleeps at first."""

    @pytest.fixture
    def car_settings(self) -> CarSettings:
        """It does."""
        return CarSettings(vin=VIN, home=HOME, starts_asleep=True)

    async def test_a_421_and_a_408(self, hass: HomeAssistant, cloud: Cloud) -> None:
        """Both are counted as what they were."""
        door = open_door(hass, cloud, region="na")
        with pytest.raises(FleetError):
            await door.client.async_read(VIN)
        assert seen(cloud) == [("na", "vehicle_data", 421), ("eu", "vehicle_data", 408)]
        door.assert_ledger_equals_the_bill()
