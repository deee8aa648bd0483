"""The client at the door to Tesla: reads, commands by every route, errors as ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
import logging
from pathlib import Path
from ssl import SSLError
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from freezegun.api import FrozenDateTimeFactory
from hypothesis import given, strategies as st
import pytest
from tesla_fleet_api.exceptions import (
    SessionInfoAuthenticationFault,
    SignedCommandResponseReplayed,
)
from tesla_protocol.command.universal_message_pb2 import MessageFault_E as MessageFault

from custom_components.tesla_scout_worker.const import DOMAIN, REQUEST_TIMEOUT
from custom_components.tesla_scout_worker.gateways.budget import (
    Budget,
    Purpose,
    for_session,
)
from custom_components.tesla_scout_worker.gateways.error_map import Site
from custom_components.tesla_scout_worker.gateways.errors import (
    BudgetSpentError,
    CarAsleepError,
    FleetError,
    HeldBackError,
    KeyNotPairedError,
    MaybeExecutedError,
    NotRegisteredError,
    OverBudgetError,
    RateLimitedError,
    RefusedError,
    SignedOutError,
    TransientError,
    UnclearAnswerError,
)
from custom_components.tesla_scout_worker.gateways.fleet_api.client import (
    MOST_PAGES,
    CommandRoute,
    CommandSettings,
    FleetClient,
)
from custom_components.tesla_scout_worker.gateways.fleet_api.error_map import (
    map_fault,
    map_refusal,
)
from custom_components.tesla_scout_worker.gateways.fleet_api.transport import FixedToken
from custom_components.tesla_scout_worker.gateways.ledger import CallKind, Ledger
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeScheduleOrder,
    Connectivity,
    Position,
)
from custom_components.tesla_scout_worker.gateways.redaction import redacted
from custom_components.tesla_scout_worker.gateways.waits import DEFAULT_WAIT
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
from simulator.billing import Kind
from simulator.car import CarSettings, CarState
from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.settings import ALL_SCOPES, CloudSettings

from ...common import HOME, OTHER_VIN, VIN, the_car
from .client_fixture import (
    SIGNED_CAR,
    Act,
    BilledClient,
    a_cloud,
    open_door,
    requests_to,
    until,
    write_key,
)

ROUTES = ["plain", "signed", "proxy"]
ORDER = ChargeScheduleOrder(
    id=1795604400,
    days_of_week=2 + 4 + 16 + 64,
    start_time=65,
    end_time=0,
    one_time=True,
    position=Position(latitude=HOME.latitude, longitude=HOME.longitude),
)

ACTS: dict[str, Act] = {
    "list": lambda client: client.async_list_vehicles(),
    "products": lambda client: client.async_list_products(),
    "look": lambda client: client.async_read(VIN),
    "connectivity": lambda client: client.async_connectivity(VIN),
    "wake": lambda client: client.async_wake(VIN),
    "limit": lambda client: client.async_set_charge_limit(VIN, 90),
}
READS = ["list", "products", "look", "connectivity"]


@pytest.fixture(params=ROUTES)
def route(request: pytest.FixtureRequest) -> str:
    """Return the route that commands take."""
    name: str = request.param
    return name


@pytest.fixture
def key_path(tmp_path: Path) -> Path:
    """Return where the command key is, if there is one."""
    return tmp_path / "tesla_fleet.key"


@pytest.fixture
async def door(hass: HomeAssistant, cloud: Cloud) -> BilledClient:
    """Open the door for plain commands."""
    return open_door(hass, cloud)


def settings_for(
    hass: HomeAssistant, cloud: Cloud, route: str, key_path: Path
) -> CommandSettings:
    """Return what a user set up for a route."""
    return CommandSettings(
        route=CommandRoute(route),
        proxy_url=cloud.proxy_url if route == "proxy" else None,
        proxy_session=async_get_clientsession(hass),
        private_key_path=str(key_path),
    )


@pytest.fixture
async def routed(
    hass: HomeAssistant, key_path: Path, socket_enabled: None, noon: None, route: str
) -> AsyncIterator[BilledClient]:
    """Open the door for commands by a route, before a car that takes it."""
    signing: Literal["off", "required"] = "off" if route == "plain" else "required"
    car = CarSettings(vin=VIN, home=HOME, command_signing=signing)
    async with a_cloud(car) as cloud:
        cloud.vehicle_sides[VIN].pair(write_key(key_path))
        yield open_door(hass, cloud, settings_for(hass, cloud, route, key_path))


async def test_the_list_of_cars(door: BilledClient) -> None:
    """One free call for all cars, however they can be reached."""
    (car,) = await door.client.async_list_vehicles()
    assert (car.vin, car.name, car.connectivity) == (VIN, "Scout", Connectivity.ONLINE)
    assert [request.path for request in door.cloud.requests] == ["/api/1/vehicles"]
    door.assert_ledger_equals_the_bill()
    assert door.ledger.cost == 0


async def test_a_list_on_several_pages(hass: HomeAssistant, cloud: Cloud) -> None:
    """Each page is asked once, to the last."""
    door = open_door(hass, cloud)
    first = {"vin": OTHER_VIN, "state": "asleep"}
    bodies: list[dict[str, Any]] = [
        {"response": [first, "no car", {"id": 5}], "pagination": {"next": 2}},
        {"response": [], "pagination": {"next": 4}},
        {"response": [{"vin": VIN}], "pagination": {"next": None}},
    ]
    for body in bodies:
        cloud.faults.add(Fault(path="*/vehicles", body=body, times=1))
    cars = await door.client.async_list_vehicles()
    assert [car.vin for car in cars] == [OTHER_VIN, VIN]
    assert [request.query["page"] for request in cloud.requests] == ["1", "2", "4"]


@pytest.mark.parametrize("following", [1, 0, -1, "2", None, 1.5, [2]])
async def test_a_list_without_an_end_ends(
    door: BilledClient, following: object
) -> None:
    """A page that names itself as the next one is the last."""
    body = {"response": [], "pagination": {"next": following}}
    door.cloud.faults.add(Fault(path="*/vehicles", body=body))
    assert await door.client.async_list_vehicles() == ()
    assert len(door.cloud.requests) == 1


async def test_a_list_that_names_ever_higher_pages_ends(door: BilledClient) -> None:
    """10,687 pages were asked for in five seconds; half a list is no list."""
    for page in range(2, 60):
        body = {"response": [{"vin": VIN}], "pagination": {"next": page}}
        door.cloud.faults.add(Fault(path="*/vehicles", body=body, times=1))
    with pytest.raises(TransientError):
        await door.client.async_list_vehicles()
    assert len(door.cloud.requests) == MOST_PAGES
    door.cloud.faults.clear()
    assert len(await door.client.async_list_vehicles()) == 1


async def test_a_read_returns_the_car(door: BilledClient) -> None:
    """One paid call, with the sections that are read and no others."""
    the_car(door.cloud).plug_in()
    look = await door.client.async_read(VIN)
    assert look.charge.battery_level == 70
    assert look.charge.charge_limit == 80
    assert look.charge.plugged_in is True
    assert look.drive.position is not None
    assert look.drive.position.latitude == pytest.approx(HOME.latitude, abs=1e-4)
    assert look.schedules == ()
    (request,) = door.cloud.requests
    assert set(request.query["endpoints"].split(";")) == {
        "charge_state",
        "drive_state",
        "location_data",
        "charge_schedule_data",
    }
    door.assert_ledger_equals_the_bill()
    assert door.ledger.cost == pytest.approx(0.002)


async def test_connectivity_is_free_and_wakes_nothing(door: BilledClient) -> None:
    """The cloud answers, not the car."""
    assert await door.client.async_connectivity(VIN) is Connectivity.ONLINE
    the_car(door.cloud).set_signal(False)
    assert await door.client.async_connectivity(VIN) is Connectivity.OFFLINE
    body = {"response": {"no": "car"}}
    door.cloud.faults.add(Fault(path=f"*/{VIN}", body=body))
    assert await door.client.async_connectivity(VIN) is None
    door.assert_ledger_equals_the_bill()
    assert door.ledger.cost == 0


async def test_a_wake_takes_its_time(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """A car that fell asleep is asked to wake, and the free state tells when."""
    door = open_door(hass, cloud)
    freezer.tick(timedelta(hours=1))
    assert await door.client.async_connectivity(VIN) is Connectivity.ASLEEP
    await door.client.async_wake(VIN)
    assert await door.client.async_connectivity(VIN) is Connectivity.ASLEEP
    freezer.tick(timedelta(seconds=30))
    assert await door.client.async_connectivity(VIN) is Connectivity.ONLINE
    door.assert_ledger_equals_the_bill()
    assert door.ledger.cost == pytest.approx(0.02)


async def test_every_command_by_every_route(routed: BilledClient, route: str) -> None:
    """The car does what it was told, whichever way the word reached it."""
    car, client = the_car(routed.cloud), routed.client
    car.plug_in()
    await client.async_set_charge_limit(VIN, 90)
    assert car.charge_limit == 90
    await client.async_stop_charging(VIN)
    assert car.charging_state == "Stopped"
    await client.async_start_charging(VIN)
    assert car.charging_state == "Charging"
    look = await client.async_read(VIN)
    assert look.charge.charge_limit == 90
    await client.async_add_charge_schedule(VIN, ORDER)
    assert set(car.charge_schedules) == {ORDER.id}
    await client.async_remove_charge_schedule(VIN, ORDER.id)
    assert car.charge_schedules == {}
    plain = [r.path for r in routed.cloud.requests if "/command/" in r.path]
    signed = requests_to(routed.cloud, "signed_command")
    assert len(plain) == (0 if route == "signed" else 5)
    # A session takes one handshake, through the proxy two.
    assert len(signed) == {"plain": 0, "signed": 6, "proxy": 7}[route]
    if route != "proxy":
        routed.assert_ledger_equals_the_bill()


@pytest.mark.parametrize("days", [1, 4, 16, 20, 62, 127])
async def test_a_schedule_is_read_back_as_ordered(
    routed: BilledClient, days: int
) -> None:
    """Id, days, times, once, enabled and the place, which a car keeps in float32."""
    order = replace(ORDER, days_of_week=days, one_time=days == 4)
    await routed.client.async_add_charge_schedule(VIN, order)
    look = await routed.client.async_read(VIN)
    assert look.schedules is not None
    (found,) = look.schedules
    assert (found.id, found.days_of_week) == (order.id, days)
    assert (found.start_time, found.end_time) == (65, 0)
    assert found.one_time is (days == 4)
    assert found.enabled is True
    assert found.position is not None
    assert found.position.latitude == pytest.approx(HOME.latitude, abs=1e-4)
    assert found.position.longitude == pytest.approx(HOME.longitude, abs=1e-4)


async def test_a_schedule_with_the_same_id_is_replaced(routed: BilledClient) -> None:
    """So a command whose answer was lost can be sent again."""
    for start in (65, 70):
        order = replace(ORDER, start_time=start)
        await routed.client.async_add_charge_schedule(VIN, order)
    (found,) = the_car(routed.cloud).charge_schedules.values()
    assert found.start_time == 70


async def test_what_is_fulfilled_already_is_success(routed: BilledClient) -> None:
    """`already_set`, `not_charging`, a car that charges, a schedule that is gone."""
    car, client = the_car(routed.cloud), routed.client
    await client.async_set_charge_limit(VIN, car.charge_limit)
    await client.async_stop_charging(VIN)
    car.plug_in()
    await client.async_start_charging(VIN)
    await client.async_remove_charge_schedule(VIN, 12345)
    assert car.charging_state == "Charging"


async def test_the_current_is_set(routed: BilledClient) -> None:
    """The car charges with as many amperes, and no more than its port allows."""
    car = the_car(routed.cloud)
    car.plug_in()
    await routed.client.async_set_charging_amps(VIN, 7)
    state = car.vehicle_data(None)["charge_state"]
    assert state["charge_current_request"] == 7


async def test_a_refusal_has_its_reason(routed: BilledClient) -> None:
    """200 with `result: false` is no success, and the car's word is passed on."""
    car, client = the_car(routed.cloud), routed.client
    with pytest.raises(RefusedError) as refusal:
        await client.async_start_charging(VIN)
    assert refusal.value.reason == "disconnected"
    assert type(refusal.value) is RefusedError
    await client.async_set_charge_limit(VIN, 70)
    car.plug_in()
    with pytest.raises(RefusedError) as refusal:
        await client.async_start_charging(VIN)
    assert refusal.value.reason == "complete"
    await client.async_set_charge_limit(VIN, 90)
    await client.async_start_charging(VIN)
    assert car.charging_state == "Charging"


@pytest.mark.parametrize(
    "reason",
    [
        "requested operation is not permitted",
        "car is not charging: disconnected",
        "the limit cannot be set, is already_set by the owner",
        "location not found",
        "user_not_present",
    ],
)
async def test_a_reason_is_read_whole(door: BilledClient, reason: str) -> None:
    """Words of success within a refusal do not make it one."""
    body = {"response": {"result": False, "reason": reason}}
    door.cloud.faults.add(Fault(path="*/command/*", status=200, body=body))
    for act in (
        door.client.async_start_charging(VIN),
        door.client.async_stop_charging(VIN),
        door.client.async_remove_charge_schedule(VIN, 1),
    ):
        with pytest.raises(RefusedError) as refusal:
            await act
        assert refusal.value.reason == reason


@pytest.mark.parametrize("reason", ["already_set", "not_charging", "requested"])
@pytest.mark.parametrize("prefix", ["", "car could not execute command: "])
async def test_reasons_of_success(door: BilledClient, reason: str, prefix: str) -> None:
    """As Home Assistant's own takes them, with and without the proxy's prefix."""
    body = {"response": {"result": False, "reason": prefix + reason}}
    door.cloud.faults.add(Fault(path="*/command/*", status=200, body=body))
    await door.client.async_set_charge_limit(VIN, 90)


@pytest.mark.parametrize(
    "reason", ["", None, "could_not_wake_buses", "vehicle unavailable", "busy"]
)
async def test_a_refusal_that_passes_is_trouble(
    door: BilledClient, reason: str | None
) -> None:
    """No word ends anything for good, and neither does a car that is still waking."""
    body = {"response": {"result": False, "reason": reason}}
    door.cloud.faults.add(Fault(path="*/command/*", status=200, body=body))
    with pytest.raises(FleetError) as trouble:
        await door.client.async_set_charge_limit(VIN, 90)
    assert isinstance(trouble.value, TransientError)


def test_a_car_that_keeps_saying_wait_may_have_done_it() -> None:
    """The library sends a command anew after each "wait", and then gives up."""
    assert isinstance(map_refusal("Too many retries", frozenset()), MaybeExecutedError)


@pytest.mark.parametrize("route", ["signed", "proxy"])
async def test_each_car_takes_the_route_that_it_needs(
    hass: HomeAssistant, socket_enabled: None, noon: None, key_path: Path, route: str
) -> None:
    """Auto: signed for whom it is required, by the proxy if there is one; else plain."""
    other = CarSettings(vin=OTHER_VIN, home=HOME, command_signing="allowed")
    async with a_cloud(SIGNED_CAR, other) as cloud:
        cloud.vehicle_sides[VIN].pair(write_key(key_path))
        commands = settings_for(hass, cloud, route, key_path)
        door = open_door(hass, cloud, replace(commands, route=CommandRoute.AUTO))
        for vin, limit in ((VIN, 60), (OTHER_VIN, 70), (VIN, 75)):
            await door.client.async_set_charge_limit(vin, limit)
            assert the_car(cloud, vin).charge_limit == limit
        plain = requests_to(cloud, "set_charge_limit")
        signed = requests_to(cloud, "signed_command")
        assert len(requests_to(cloud, "products")) == 1
        assert [r.vin for r in plain if r.server == "eu"] == [OTHER_VIN]
        assert len([r for r in plain if r.server == "proxy"]) == (
            2 if route == "proxy" else 0
        )
        # A session takes one handshake before two commands, through the proxy two.
        assert len(signed) == (4 if route == "proxy" else 3)
        assert {request.vin for request in signed} == {VIN}
        if route != "proxy":
            door.assert_ledger_equals_the_bill()


@pytest.mark.parametrize("answer", ["forbidden", "hardlocked"])
async def test_an_unsigned_command_to_a_car_that_wants_signatures(
    hass: HomeAssistant,
    socket_enabled: None,
    noon: None,
    answer: Literal["forbidden", "hardlocked"],
) -> None:
    """Both of Tesla's refusals say that a key is missing; nothing else is tried."""
    settings = CloudSettings(unsigned_answer=answer)
    async with a_cloud(SIGNED_CAR, settings=settings) as cloud:
        door = open_door(hass, cloud)
        with pytest.raises(KeyNotPairedError):
            await door.client.async_set_charge_limit(VIN, 90)
        assert the_car(cloud).charge_limit == 80
        assert len(cloud.requests) == 1
        door.assert_ledger_equals_the_bill()


async def test_a_car_that_comes_to_want_signatures(
    hass: HomeAssistant, cloud: Cloud, key_path: Path
) -> None:
    """Auto asks anew once a plain command was turned away for its signature."""
    commands = CommandSettings(private_key_path=str(key_path))
    door = open_door(hass, cloud, commands)
    await door.client.async_set_charge_limit(VIN, 90)
    cloud.vehicle_sides[VIN].pair(write_key(key_path))
    car = the_car(cloud)
    car.settings = replace(car.settings, command_signing="required")
    with pytest.raises(KeyNotPairedError):
        await door.client.async_set_charge_limit(VIN, 70)
    await door.client.async_set_charge_limit(VIN, 70)
    assert car.charge_limit == 70
    assert len(requests_to(cloud, "products")) == 2


@pytest.fixture
async def signed(hass: HomeAssistant, cloud: Cloud, key_path: Path) -> BilledClient:
    """Open the door for signed commands, with a key that the car does not know."""
    commands = CommandSettings(
        route=CommandRoute.SIGNED, private_key_path=str(key_path)
    )
    return open_door(hass, cloud, commands)


# The faults that a new session does not cure, by their names in Tesla's protocol.
FAULTS: list[tuple[str, type[FleetError]]] = [
    (f"MESSAGEFAULT_ERROR_{name}", error)
    for error, names in {
        TransientError: ("BUSY", "TIMEOUT", "INTERNAL", "TIME_EXPIRED"),
        KeyNotPairedError: ("UNKNOWN_KEY_ID", "INACTIVE_KEY"),
        RefusedError: (
            "INSUFFICIENT_PRIVILEGES",
            "REMOTE_ACCESS_DISABLED",
            "INVALID_COMMAND",
            "KEYCHAIN_IS_FULL",
        ),
        MaybeExecutedError: ("RESPONSE_MTU_EXCEEDED",),
    }.items()
    for name in names
]


class TestSigned:
    """Commands that are signed here."""

    @pytest.fixture
    def car_settings(self) -> CarSettings:
        """A car that wants them."""
        return SIGNED_CAR

    async def test_a_key_is_not_made_up(
        self, signed: BilledClient, key_path: Path
    ) -> None:
        """The library would make one that no car knows; and then one is put there."""
        with pytest.raises(KeyNotPairedError) as refusal:
            await signed.client.async_set_charge_limit(VIN, 90)
        assert refusal.value.reason == "no_private_key"
        assert not key_path.exists()
        assert signed.cloud.requests == []
        signed.cloud.vehicle_sides[VIN].pair(write_key(key_path))
        await signed.client.async_set_charge_limit(VIN, 90)
        assert the_car(signed.cloud).charge_limit == 90

    async def test_no_path_is_no_key(self, hass: HomeAssistant, cloud: Cloud) -> None:
        """A client that was told of no key, as in a flow."""
        door = open_door(hass, cloud, CommandSettings(route=CommandRoute.SIGNED))
        with pytest.raises(KeyNotPairedError, match="no_private_key|key_not_paired"):
            await door.client.async_set_charge_limit(VIN, 90)

    async def test_a_key_outside_of_the_folder_is_not_read(
        self, hass: HomeAssistant, cloud: Cloud, key_path: Path
    ) -> None:
        """As an entry of before may name it, or a link that was changed since."""
        folder = key_path.parent / "config"
        folder.mkdir()
        link = folder / "link.key"
        link.symlink_to(key_path)
        cloud.vehicle_sides[VIN].pair(write_key(key_path))
        commands = CommandSettings(
            route=CommandRoute.SIGNED,
            private_key_path=str(link),
            key_folder=str(folder),
        )
        door = open_door(hass, cloud, commands)
        with pytest.raises(KeyNotPairedError) as refusal:
            await door.client.async_set_charge_limit(VIN, 90)
        assert refusal.value.reason == "private_key_outside"
        assert cloud.requests == []
        link.unlink()
        link.write_bytes(key_path.read_bytes())
        await door.client.async_set_charge_limit(VIN, 90)
        assert the_car(cloud).charge_limit == 90

    @pytest.mark.parametrize("kind", ["rsa", "P-384"])
    async def test_a_key_of_no_use(
        self, signed: BilledClient, key_path: Path, kind: str
    ) -> None:
        """Tesla signs with NIST P-256; another key is said to be of no use."""
        key = (
            rsa.generate_private_key(public_exponent=65537, key_size=2048)
            if kind == "rsa"
            else ec.generate_private_key(ec.SECP384R1())
        )
        key_path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        for _ in range(2):
            with pytest.raises(KeyNotPairedError) as refusal:
                await signed.client.async_set_charge_limit(VIN, 90)
            assert refusal.value.reason == "no_usable_private_key"
        assert signed.cloud.requests == []
        signed.cloud.vehicle_sides[VIN].pair(write_key(key_path))
        await signed.client.async_set_charge_limit(VIN, 90)

    async def test_an_unpaired_key(self, signed: BilledClient, key_path: Path) -> None:
        """The car does not know it; once it does, the same client works."""
        public_key = write_key(key_path)
        with pytest.raises(KeyNotPairedError) as refusal:
            await signed.client.async_set_charge_limit(VIN, 90)
        assert refusal.value.reason == "key_not_on_whitelist"
        signed.cloud.vehicle_sides[VIN].pair(public_key)
        await signed.client.async_set_charge_limit(VIN, 90)
        assert the_car(signed.cloud).charge_limit == 90
        signed.assert_ledger_equals_the_bill()

    async def test_a_key_that_the_owner_removed(
        self, signed: BilledClient, key_path: Path
    ) -> None:
        """A session that worked says so too, and works again."""
        public_key = write_key(key_path)
        side = signed.cloud.vehicle_sides[VIN]
        side.pair(public_key)
        await signed.client.async_set_charge_limit(VIN, 90)
        side.unpair(public_key)
        with pytest.raises(KeyNotPairedError):
            await signed.client.async_set_charge_limit(VIN, 70)
        assert the_car(signed.cloud).charge_limit == 90
        side.pair(public_key)
        await signed.client.async_set_charge_limit(VIN, 70)
        assert the_car(signed.cloud).charge_limit == 70

    async def test_a_rebooted_car_is_met_anew(
        self, signed: BilledClient, key_path: Path
    ) -> None:
        """Its answer holds the new session: one more leg, and no new handshake."""
        signed.cloud.vehicle_sides[VIN].pair(write_key(key_path))
        await signed.client.async_set_charge_limit(VIN, 90)
        the_car(signed.cloud).reboot()
        await signed.client.async_set_charge_limit(VIN, 70)
        assert the_car(signed.cloud).charge_limit == 70
        assert len(requests_to(signed.cloud, "signed_command")) == 4
        signed.assert_ledger_equals_the_bill()

    async def test_one_handshake_for_callers_at_once(
        self, signed: BilledClient, key_path: Path
    ) -> None:
        """Each handshake is billed; who comes second waits for the first one's."""
        signed.cloud.vehicle_sides[VIN].pair(write_key(key_path))
        await asyncio.gather(
            signed.client.async_set_charge_limit(VIN, 90),
            signed.client.async_add_charge_schedule(VIN, ORDER),
            signed.client.async_remove_charge_schedule(VIN, 1),
        )
        assert len(requests_to(signed.cloud, "signed_command")) == 4
        assert the_car(signed.cloud).charge_limit == 90
        signed.assert_ledger_equals_the_bill()

    @pytest.mark.parametrize(("fault", "error"), FAULTS)
    async def test_the_cars_faults(
        self, signed: BilledClient, key_path: Path, fault: str, error: type[FleetError]
    ) -> None:
        """Not executed, as Tesla's own client has it, but for one; and then it works."""
        side = signed.cloud.vehicle_sides[VIN]
        side.pair(write_key(key_path))
        side.inject(MessageFault.Value(fault))
        with pytest.raises(FleetError) as failure:
            await signed.client.async_set_charge_limit(VIN, 90)
        assert type(failure.value) is error
        assert the_car(signed.cloud).charge_limit == 80
        await signed.client.async_set_charge_limit(VIN, 90)
        assert the_car(signed.cloud).charge_limit == 90
        signed.assert_ledger_equals_the_bill()

    async def test_a_counter_is_made_good(
        self, signed: BilledClient, key_path: Path
    ) -> None:
        """A fault that a new session cures never reaches the caller."""
        side = signed.cloud.vehicle_sides[VIN]
        side.pair(write_key(key_path))
        side.inject(MessageFault.MESSAGEFAULT_ERROR_INVALID_TOKEN_OR_COUNTER, 2)
        await signed.client.async_set_charge_limit(VIN, 90)
        assert the_car(signed.cloud).charge_limit == 90

    @pytest.mark.parametrize(
        "response", ["AAAA", "not base64!", None, 7, {}, "Mgj/////", "OgEA"]
    )
    async def test_a_message_that_makes_no_sense(
        self, signed: BilledClient, key_path: Path, response: object
    ) -> None:
        """Whatever the library makes of it, we say that the answer was lost."""
        signed.cloud.vehicle_sides[VIN].pair(write_key(key_path))
        fault = Fault(path="*/signed_command", body={"response": response})
        signed.cloud.faults.add(fault)
        with pytest.raises(TransientError) as failure:
            await signed.client.async_set_charge_limit(VIN, 90)
        assert type(failure.value) is TransientError
        signed.cloud.faults.clear()
        await signed.client.async_set_charge_limit(VIN, 90)
        signed.cloud.faults.add(fault)
        with pytest.raises(MaybeExecutedError):
            await signed.client.async_set_charge_limit(VIN, 70)
        signed.cloud.faults.clear()
        await signed.client.async_set_charge_limit(VIN, 60)
        assert the_car(signed.cloud).charge_limit == 60

    async def test_an_empty_message_is_no_handshake(
        self, signed: BilledClient, key_path: Path
    ) -> None:
        """Without a session nothing is signed, and the next try works."""
        signed.cloud.vehicle_sides[VIN].pair(write_key(key_path))
        fault = Fault(path="*/signed_command", body={"response": ""})
        signed.cloud.faults.add(fault)
        with pytest.raises(TransientError):
            await signed.client.async_set_charge_limit(VIN, 90)
        signed.cloud.faults.clear()
        await signed.client.async_set_charge_limit(VIN, 90)
        assert the_car(signed.cloud).charge_limit == 90

    async def test_a_lost_handshake_is_no_lost_command(
        self, signed: BilledClient, key_path: Path
    ) -> None:
        """Nothing was ordered yet, so the car cannot have done it."""
        signed.cloud.vehicle_sides[VIN].pair(write_key(key_path))
        signed.cloud.faults.add(Fault(path="*/signed_command", tear="after", times=1))
        with pytest.raises(TransientError) as failure:
            await signed.client.async_set_charge_limit(VIN, 90)
        assert type(failure.value) is TransientError
        assert the_car(signed.cloud).charge_limit == 80
        await signed.client.async_set_charge_limit(VIN, 90)
        assert the_car(signed.cloud).charge_limit == 90

    async def test_a_sleeping_car_shakes_no_hands(
        self, signed: BilledClient, key_path: Path, freezer: FrozenDateTimeFactory
    ) -> None:
        """408 comes before the car, and the command works once it is awake."""
        signed.cloud.vehicle_sides[VIN].pair(write_key(key_path))
        freezer.tick(timedelta(hours=1))
        with pytest.raises(CarAsleepError):
            await signed.client.async_set_charge_limit(VIN, 90)
        await signed.client.async_wake(VIN)
        freezer.tick(timedelta(minutes=1))
        await signed.client.async_set_charge_limit(VIN, 90)
        assert the_car(signed.cloud).charge_limit == 90
        signed.assert_ledger_equals_the_bill()


async def test_a_car_without_the_protocol_refuses_signatures(
    hass: HomeAssistant, signed: BilledClient, key_path: Path
) -> None:
    """422, where the user insists on signing for a car that cannot."""
    signed.cloud.vehicle_sides[VIN].pair(write_key(key_path))
    with pytest.raises(RefusedError, match="refused") as refusal:
        await signed.client.async_set_charge_limit(VIN, 90)
    assert "does not support signed commands" in refusal.value.reason


class TestProxy:
    """Commands by the user's own proxy."""

    @pytest.fixture
    def car_settings(self) -> CarSettings:
        """A car that wants signatures."""
        return SIGNED_CAR

    @pytest.fixture
    async def proxied(self, hass: HomeAssistant, cloud: Cloud) -> BilledClient:
        """Open the door for commands by the proxy."""
        commands = CommandSettings(
            route=CommandRoute.PROXY, proxy_url=cloud.proxy_url + "/"
        )
        return open_door(hass, cloud, commands)

    async def test_a_sleeping_car(
        self, proxied: BilledClient, freezer: FrozenDateTimeFactory
    ) -> None:
        """The proxy makes a 500 of Tesla's 408."""
        freezer.tick(timedelta(hours=1))
        with pytest.raises(CarAsleepError):
            await proxied.client.async_set_charge_limit(VIN, 90)
        assert proxied.cloud.requests[-1].status == 500
        await proxied.client.async_wake(VIN)
        freezer.tick(timedelta(minutes=1))
        await proxied.client.async_set_charge_limit(VIN, 90)
        assert the_car(proxied.cloud).charge_limit == 90

    async def test_ledger_counts_the_requests_of_the_proxy(
        self, proxied: BilledClient, freezer: FrozenDateTimeFactory
    ) -> None:
        """Handshakes are billed as well, also those that find the car asleep."""
        await proxied.client.async_set_charge_limit(VIN, 90)
        freezer.tick(timedelta(hours=1))
        with pytest.raises(CarAsleepError):
            await proxied.client.async_set_charge_limit(VIN, 80)
        proxied.assert_ledger_equals_the_bill()

    async def test_the_budget_covers_its_repeats(
        self, hass: HomeAssistant, cloud: Cloud
    ) -> None:
        """What may cost twenty requests is not sent for less, unless it undoes."""
        ledger = Ledger.started(dt_util.utcnow())
        client = FleetClient(
            async_get_clientsession(hass),
            FixedToken(cloud.issue_tokens().access_token),
            ledger,
            cloud.fleet_url("eu"),
            CommandSettings(route=CommandRoute.PROXY, proxy_url=cloud.proxy_url),
            lambda server: None,
            Budget(ledger=ledger, limit=0.019),
        )
        with for_session(), pytest.raises(BudgetSpentError):
            await client.async_set_charge_limit(VIN, 90)
        assert cloud.requests == []
        with for_session(Purpose.UNDOING):
            await client.async_set_charge_limit(VIN, 90)
        assert the_car(cloud).charge_limit == 90
        assert ledger.calls[CallKind.COMMAND] == 3
        # The proxy has a session now: ten at the most.
        with for_session():
            await client.async_set_charge_limit(VIN, 80)
        assert ledger.calls[CallKind.COMMAND] == 4

    async def test_reads_and_wakes_do_not_take_it(self, proxied: BilledClient) -> None:
        """Only commands need it."""
        await proxied.client.async_read(VIN)
        await proxied.client.async_wake(VIN)
        assert {request.server for request in proxied.cloud.requests} == {"eu"}

    async def test_it_gives_up(self, proxied: BilledClient) -> None:
        """Its own 503 means not executed, its 500 that nobody knows."""
        path = "*/command/*"
        for status, error in ((503, TransientError), (500, MaybeExecutedError)):
            body = {"error": "context deadline exceeded", "error_description": ""}
            fault = Fault(path=path, server="proxy", status=status, body=body, times=1)
            proxied.cloud.faults.add(fault)
            with pytest.raises(FleetError) as failure:
                await proxied.client.async_set_charge_limit(VIN, 90)
            assert type(failure.value) is error
        await proxied.client.async_set_charge_limit(VIN, 90)

    @pytest.mark.parametrize(("fault", "error"), FAULTS)
    async def test_the_cars_faults_have_their_meaning(
        self, proxied: BilledClient, fault: str, error: type[FleetError]
    ) -> None:
        """A refusal was taken for "maybe executed", and sent ten times."""
        body = {"response": None, "error": fault, "error_description": ""}
        proxied.cloud.faults.add(
            Fault(path="*/command/*", server="proxy", status=500, body=body, times=1)
        )
        with pytest.raises(FleetError) as failure:
            await proxied.client.async_set_charge_limit(VIN, 90)
        assert type(failure.value) is error
        await proxied.client.async_set_charge_limit(VIN, 90)
        assert the_car(proxied.cloud).charge_limit == 90

    @pytest.mark.parametrize("fault", ["INSUFFICIENT_PRIVILEGES", "INVALID_COMMAND"])
    async def test_a_car_refuses_through_it(
        self, proxied: BilledClient, fault: str
    ) -> None:
        """The car's own fault, all the way through the proxy: billed as it says."""
        side = proxied.cloud.vehicle_sides[VIN]
        for limit in (90, 85):
            side.inject(MessageFault.Value(f"MESSAGEFAULT_ERROR_{fault}"))
            with pytest.raises(RefusedError) as refusal:
                await proxied.client.async_set_charge_limit(VIN, limit)
            assert refusal.value.reason == f"MESSAGEFAULT_ERROR_{fault}"
            proxied.assert_ledger_equals_the_bill()
            await proxied.client.async_set_charge_limit(VIN, limit)
            assert the_car(proxied.cloud).charge_limit == limit
            proxied.assert_ledger_equals_the_bill()

    async def test_its_own_refusal_is_found_where_a_car_would_say_it(
        self, proxied: BilledClient
    ) -> None:
        """For a missing parameter it answers 400 in a car's envelope."""
        body = {"response": {"result": False, "reason": "missing percent param"}}
        proxied.cloud.faults.add(Fault(path="*/command/*", status=400, body=body))
        with pytest.raises(RefusedError) as refusal:
            await proxied.client.async_set_charge_limit(VIN, 90)
        assert refusal.value.reason == "missing percent param"

    async def test_it_is_not_there(self, hass: HomeAssistant, cloud: Cloud) -> None:
        """No connection, so the car cannot have done it."""
        commands = CommandSettings(
            route=CommandRoute.PROXY, proxy_url="http://127.0.0.1:1"
        )
        door = open_door(hass, cloud, commands)
        with pytest.raises(TransientError) as failure:
            await door.client.async_set_charge_limit(VIN, 90)
        assert type(failure.value) is TransientError
        assert door.ledger.cost == 0


class TestUnpairedProxy:
    """A proxy whose key the car does not know."""

    @pytest.fixture
    def car_settings(self) -> CarSettings:
        """A car that wants signatures."""
        return SIGNED_CAR

    @pytest.fixture
    def cloud_settings(self) -> CloudSettings:
        """A cloud with such a proxy."""
        return CloudSettings(proxy_paired=False)

    async def test_it_says_so(self, hass: HomeAssistant, cloud: Cloud) -> None:
        """The proxy's 500 is clear, and nothing was executed."""
        commands = CommandSettings(route=CommandRoute.PROXY, proxy_url=cloud.proxy_url)
        door = open_door(hass, cloud, commands)
        with pytest.raises(KeyNotPairedError):
            await door.client.async_set_charge_limit(VIN, 90)


@pytest.mark.parametrize("warm", [True, False])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(
            path="*/signed_command", server="eu", status=408, body={"error": "timeout"}
        ),
        Fault(path="*/signed_command", server="eu", status=421, body={"error": "no"}),
    ],
    ids=["408", "421"],
)
async def test_the_ledger_counts_the_repeats_of_the_proxy(
    hass: HomeAssistant, socket_enabled: None, warm: bool, fault: Fault
) -> None:
    """It repeats each second for ten seconds; 160 requests a night were not counted.

    On the true time, ten times faster.
    """
    settings = CloudSettings(proxy_timeout=0.99, proxy_repeat_after=0.1)
    async with a_cloud(SIGNED_CAR, settings=settings) as cloud:
        commands = CommandSettings(route=CommandRoute.PROXY, proxy_url=cloud.proxy_url)
        door = open_door(hass, cloud, commands)
        if warm:
            await door.client.async_set_charge_limit(VIN, 85)
            door.assert_ledger_equals_the_bill()
        before = door.ledger.calls[CallKind.COMMAND]
        cloud.faults.add(fault)
        with pytest.raises(MaybeExecutedError):
            await door.client.async_set_charge_limit(VIN, 90)
        assert door.ledger.calls[CallKind.COMMAND] - before == (10 if warm else 20)
        billed = cloud.billing.month_to_date[Kind.COMMAND]
        assert billed > before + 5
        assert door.ledger.calls[CallKind.COMMAND] >= billed
        cloud.faults.clear()
        await door.client.async_set_charge_limit(VIN, 90)
        assert the_car(cloud).charge_limit == 90


@asynccontextmanager
async def a_server_that_is_turned_away() -> AsyncIterator[None]:
    """Tolerate the complaint of a server in this loop that its client hung up.

    asyncio makes it in debug mode only, and after the client has its own error.
    """
    loop = asyncio.get_running_loop()
    strict = loop.get_exception_handler()
    complaints: list[object] = []

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Keep the complaint, and pass on what is none."""
        if isinstance(context.get("exception"), ConnectionError | SSLError):
            complaints.append(context)
        elif strict is not None:
            strict(loop, context)

    loop.set_exception_handler(handle)
    try:
        yield
        if loop.get_debug():
            await until(lambda: complaints)
    finally:
        loop.set_exception_handler(strict)


@pytest.mark.parametrize("verify", [True, False])
async def test_a_proxy_with_a_certificate_that_it_signed_itself(
    hass: HomeAssistant, socket_enabled: None, verify: bool
) -> None:
    """As Tesla's comes: checked, it is refused with a word that helps; else it works.

    On the true time, since cryptography takes no datetime of a stopped clock.
    """
    async with a_cloud(SIGNED_CAR, settings=CloudSettings(proxy_tls=True)) as cloud:
        commands = CommandSettings(
            route=CommandRoute.PROXY,
            proxy_url=cloud.proxy_url,
            proxy_session=async_get_clientsession(hass, verify_ssl=verify),
        )
        door = open_door(hass, cloud, commands)
        if verify:
            async with a_server_that_is_turned_away():
                with pytest.raises(UnclearAnswerError) as refusal:
                    await door.client.async_set_charge_limit(VIN, 90)
            assert "certificate" in refusal.value.reason
            assert door.ledger.cost == 0
            assert cloud.requests == []
        else:
            await door.client.async_set_charge_limit(VIN, 90)
            assert the_car(cloud).charge_limit == 90


async def test_a_sleeping_car_is_asleep(
    door: BilledClient, freezer: FrozenDateTimeFactory
) -> None:
    """408, billed, for reads and commands alike; and it is not woken by them."""
    freezer.tick(timedelta(hours=1))
    for name in ("look", "limit"):
        with pytest.raises(CarAsleepError):
            await ACTS[name](door.client)
    assert the_car(door.cloud).state is CarState.ASLEEP
    door.assert_ledger_equals_the_bill()
    assert door.ledger.cost == pytest.approx(0.003)


@pytest.mark.parametrize(
    ("tear", "executed"), [("before", False), ("mid-body", True), ("after", True)]
)
async def test_a_lost_answer_may_hide_a_deed(
    routed: BilledClient, tear: Any, executed: bool
) -> None:
    """Nobody can tell the three apart, so all of them say "maybe"."""
    await routed.client.async_set_charge_limit(VIN, 70)
    routed.cloud.faults.add(Fault(path="*command*", tear=tear, times=1))
    with pytest.raises(MaybeExecutedError):
        await routed.client.async_set_charge_limit(VIN, 90)
    routed.cloud.faults.clear()
    assert (the_car(routed.cloud).charge_limit == 90) is executed
    await routed.client.async_set_charge_limit(VIN, 90)
    assert the_car(routed.cloud).charge_limit == 90


async def test_a_lost_answer_to_a_read_is_no_deed(door: BilledClient) -> None:
    """Nothing can have been executed, and the next read works."""
    door.cloud.faults.add(Fault(path="*/vehicle_data", tear="mid-body", times=1))
    with pytest.raises(TransientError) as failure:
        await door.client.async_read(VIN)
    assert type(failure.value) is TransientError
    await door.client.async_read(VIN)
    door.assert_ledger_equals_the_bill()


STATUSES: list[tuple[int, Any, type[FleetError], str]] = [
    (301, None, TransientError, ""),
    (400, "invalid_command", RefusedError, "invalid_command"),
    (400, None, TransientError, ""),
    (400, "server_error", UnclearAnswerError, "server_error"),
    (401, "mobile_access_disabled", RefusedError, "mobile_access_disabled"),
    (401, "invalid bearer token", SignedOutError, ""),
    (401, None, SignedOutError, ""),
    (402, "payment required", OverBudgetError, ""),
    (402, None, TransientError, ""),
    (403, "account disabled: EXCEEDED_LIMIT", OverBudgetError, ""),
    (403, "Unauthorized missing scopes", RefusedError, "Unauthorized missing scopes"),
    (403, "Tesla Vehicle Command Protocol required", KeyNotPairedError, ""),
    (403, None, TransientError, ""),
    (404, "not_found", RefusedError, "not_found"),
    (404, None, TransientError, ""),
    (405, "vehicle in service", UnclearAnswerError, "vehicle in service"),
    (406, None, TransientError, ""),
    (408, "vehicle unavailable: vehicle is offline or asleep", CarAsleepError, ""),
    (408, "timeout", CarAsleepError, ""),
    (408, None, CarAsleepError, ""),
    (409, None, TransientError, ""),
    (412, "app must be registered", NotRegisteredError, "app must be registered"),
    (412, None, TransientError, ""),
    (418, "client too old", UnclearAnswerError, "client too old"),
    (421, "user out of region", NotRegisteredError, "user out of region"),
    (421, None, TransientError, ""),
    (422, "semantically invalid", UnclearAnswerError, "semantically invalid"),
    (423, "account locked", RefusedError, "account locked"),
    (429, None, RateLimitedError, ""),
    (444, None, TransientError, ""),
    (451, None, TransientError, ""),
    (499, None, TransientError, ""),
    (500, "upstream internal error", TransientError, ""),
    (500, "vehicle unavailable: vehicle is offline or asleep", CarAsleepError, ""),
    (502, None, TransientError, ""),
    (503, None, TransientError, ""),
    (503, "vehicle unavailable", TransientError, ""),
    (504, None, TransientError, ""),
    (540, None, TransientError, ""),
    (599, None, TransientError, ""),
]
# Bodies that say nothing, whatever the status is.
NONSENSE: list[Any] = [
    "<html>",
    '{"error": ',
    "",
    "[1]",
    "null",
    '"text"',
    "7",
    "[" * 9999,
]


@pytest.mark.parametrize(("status", "error", "kind", "reason"), STATUSES)
@pytest.mark.parametrize("act", ["look", "limit"])
async def test_every_status_has_its_error(
    door: BilledClient,
    status: int,
    error: str | None,
    kind: type[FleetError],
    reason: str,
    act: str,
) -> None:
    """The map of the design; a command adds "maybe" to a 5xx but 503 (Tesla)."""
    body = "" if error is None else {"response": None, "error": error}
    door.cloud.faults.add(Fault(path=f"*/{VIN}/*", status=status, body=body))
    if act == "limit" and kind is TransientError and status >= 500 and status != 503:
        kind = MaybeExecutedError
    with pytest.raises(FleetError) as failure:
        await ACTS[act](door.client)
    assert type(failure.value) is kind
    if reason:
        assert isinstance(failure.value, RefusedError | UnclearAnswerError)
        assert failure.value.reason == reason
    assert the_car(door.cloud).charge_limit == 80
    door.assert_ledger_equals_the_bill()
    door.cloud.faults.clear()
    await ACTS[act](door.client)


@pytest.mark.parametrize("body", NONSENSE)
@pytest.mark.parametrize("content_type", ["application/json", "text/html"])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, TransientError),
        (404, TransientError),
        (408, CarAsleepError),
        (429, RateLimitedError),
        (500, None),
    ],
)
async def test_a_body_of_no_use_ends_nothing(
    door: BilledClient,
    body: str,
    content_type: str,
    status: int,
    kind: type[FleetError] | None,
) -> None:
    """A gateway's page is trouble, which passes; it is counted as Tesla would bill it."""
    fault = Fault(path="*", status=status, body=body, content_type=content_type)
    door.cloud.faults.add(fault)
    for name, lost in (("look", TransientError), ("limit", MaybeExecutedError)):
        with pytest.raises(FleetError) as failure:
            await ACTS[name](door.client)
        assert type(failure.value) is (kind or lost)
    door.assert_ledger_equals_the_bill()


@pytest.mark.parametrize(
    "body", [*NONSENSE, {}, {"response": None}, {"response": "x"}, {"response": 7}]
)
@pytest.mark.parametrize("name", list(ACTS))
async def test_a_success_that_makes_no_sense(
    door: BilledClient, body: Any, name: str
) -> None:
    """200 with another shape: a read is lost, a command perhaps not; both are billed."""
    door.cloud.faults.add(Fault(path="*", body=body, times=1))
    if name == "wake" and isinstance(body, dict):
        # The answer to a wake is not read: it comes before the car is awake.
        await ACTS[name](door.client)
    else:
        with pytest.raises(TransientError) as failure:
            await ACTS[name](door.client)
        expected = MaybeExecutedError if name == "limit" else TransientError
        assert type(failure.value) is expected
    door.assert_ledger_equals_the_bill()
    await ACTS[name](door.client)


@pytest.mark.parametrize("response", [[], {}, {"result": "true"}, {"result": 1}])
async def test_a_command_whose_result_is_not_said(
    door: BilledClient, response: object
) -> None:
    """Only true is done and only false is refused."""
    fault = Fault(path="*/command/*", body={"response": response})
    door.cloud.faults.add(fault)
    with pytest.raises(MaybeExecutedError):
        await door.client.async_set_charge_limit(VIN, 90)


@pytest.mark.parametrize("name", ["list", "products"])
async def test_a_list_that_is_an_object_is_none(door: BilledClient, name: str) -> None:
    """Principle 5: a failed read is not an empty list."""
    door.cloud.faults.add(Fault(path="*", body={"response": {"vin": VIN}}, times=1))
    with pytest.raises(TransientError):
        await ACTS[name](door.client)
    assert len(await ACTS[name](door.client)) == 1


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Retry-After": "17"}, timedelta(seconds=17)),
        ({"RateLimit-Reset": "23"}, timedelta(seconds=23)),
        ({"Retry-After": "17", "RateLimit-Reset": "23"}, timedelta(seconds=17)),
        ({"Retry-After": "soon", "RateLimit-Reset": "23"}, timedelta(seconds=23)),
        ({"Retry-After": "0"}, DEFAULT_WAIT),
        ({"Retry-After": "-5"}, DEFAULT_WAIT),
        ({"Retry-After": "nan"}, DEFAULT_WAIT),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, DEFAULT_WAIT),
        ({"Retry-After": "Tue, 24 Nov 2026 11:12:00 GMT"}, timedelta(minutes=12)),
        ({"Retry-After": "inf"}, timedelta(hours=1)),
        ({"RateLimit-Reset": "1795604400"}, timedelta(hours=1)),
        ({}, DEFAULT_WAIT),
    ],
)
async def test_a_pause_is_as_long_as_tesla_says(
    door: BilledClient, headers: dict[str, str], pause: timedelta
) -> None:
    """Lesson: a 429 is billed, so Tesla's word on the pause is kept, or a long one."""
    door.cloud.faults.add(Fault(path="*", status=429, headers=headers, times=1))
    with pytest.raises(RateLimitedError) as failure:
        await door.client.async_read(VIN)
    assert failure.value.retry_after == pause
    assert len(door.cloud.requests) == 1
    door.assert_ledger_equals_the_bill()


async def test_teslas_own_rate_limit(door: BilledClient) -> None:
    """Lesson: after 3 wakes in a minute the fourth is turned away, and billed."""
    for _ in range(3):
        await door.client.async_wake(VIN)
    with pytest.raises(RateLimitedError) as failure:
        await door.client.async_wake(VIN)
    assert failure.value.retry_after == timedelta(seconds=60)
    door.assert_ledger_equals_the_bill()


class TestOverBudget:
    """An account with a limit."""

    @pytest.fixture
    def cloud_settings(self) -> CloudSettings:
        """A limit of three reads."""
        return CloudSettings(billing_limit=Decimal("0.006"))

    async def test_a_disabled_account_is_over_budget(self, door: BilledClient) -> None:
        """Lesson: 403 `EXCEEDED_LIMIT` is no missing scope and no lost sign-in."""
        for _ in range(3):
            await door.client.async_read(VIN)
        for name in ("look", "list", "limit"):
            with pytest.raises(OverBudgetError):
                await ACTS[name](door.client)
        door.cloud.billing.limit = None
        await door.client.async_read(VIN)


async def test_a_missing_scope_is_refused_with_its_reason(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """The user may untick a scope on Tesla's page."""
    scopes = [scope for scope in ALL_SCOPES if scope != "vehicle_location"]
    token = cloud.issue_tokens(scopes=scopes).access_token
    door = open_door(hass, cloud, token=token)
    with pytest.raises(RefusedError) as refusal:
        await door.client.async_read(VIN)
    assert "scopes" in refusal.value.reason
    await door.client.async_list_vehicles()


async def test_an_unregistered_application(hass: HomeAssistant, cloud: Cloud) -> None:
    """412 says what to do, which no retry does."""
    cloud.faults.add(Fault(path="*", status=412, body={"error": "must be registered"}))
    with pytest.raises(NotRegisteredError) as refusal:
        await open_door(hass, cloud).client.async_list_vehicles()
    assert refusal.value.reason == "must be registered"


@pytest.mark.parametrize("name", list(ACTS))
async def test_a_hanging_server_is_given_up(
    door: BilledClient, name: str, freezer: FrozenDateTimeFactory
) -> None:
    """Every call has a timeout, and the next one works."""
    door.cloud.faults.add(Fault(path="*", hang=True, times=1))
    call = asyncio.ensure_future(ACTS[name](door.client))
    await until(lambda: not door.cloud.faults.active)
    freezer.tick(REQUEST_TIMEOUT - timedelta(seconds=1))
    await asyncio.sleep(0)
    assert not call.done()
    freezer.tick(timedelta(seconds=2))
    with pytest.raises(TransientError) as failure:
        await call
    expected = MaybeExecutedError if name == "limit" else TransientError
    assert type(failure.value) is expected
    await ACTS[name](door.client)


@pytest.mark.parametrize("name", ["look", "limit"])
async def test_a_caller_may_give_up(door: BilledClient, name: str) -> None:
    """A cancelled call is cancelled, not turned into an error; and it is counted."""
    door.cloud.faults.add(Fault(path="*", hang=True, times=1))
    call = asyncio.ensure_future(ACTS[name](door.client))
    await until(lambda: not door.cloud.faults.active)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert door.ledger.cost > 0
    await ACTS[name](door.client)


async def test_a_network_that_is_not_there(hass: HomeAssistant, cloud: Cloud) -> None:
    """No connection is transient for all calls, and costs nothing."""
    door = open_door(hass, cloud)
    await cloud.stop()
    for act in ACTS.values():
        with pytest.raises(TransientError) as failure:
            await act(door.client)
        assert type(failure.value) is TransientError
    assert sum(door.ledger.calls.values()) == 0


async def test_the_ledger_is_the_bill_of_a_mixed_day(
    hass: HomeAssistant,
    cloud: Cloud,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Lesson: what the user sees must be what Tesla will charge, errors included."""
    plain = open_door(hass, cloud)
    client = plain.client
    await client.async_list_vehicles()
    await client.async_read(VIN)
    await client.async_set_charge_limit(VIN, 85)
    freezer.tick(timedelta(hours=1))
    for name in ("look", "limit", "wake", "connectivity"):
        try:
            await ACTS[name](client)
        except CarAsleepError:
            assert name in {"look", "limit"}
    freezer.tick(timedelta(minutes=1))
    for status in (400, 403, 429, 500, 502, 503):
        cloud.faults.add(Fault(path=f"*/{VIN}/*", status=status, times=1))
        with pytest.raises(FleetError):
            await client.async_read(VIN)
    cloud.faults.add(Fault(path="*/vehicle_data", body="{", times=1))
    with pytest.raises(TransientError):
        await client.async_read(VIN)
    cloud.faults.add(Fault(path="*/command/*", tear="mid-body", times=1))
    with pytest.raises(MaybeExecutedError):
        await client.async_set_charge_limit(VIN, 60)
    await client.async_add_charge_schedule(VIN, ORDER)
    await client.async_remove_charge_schedule(VIN, ORDER.id)
    await client.async_remove_charge_schedule(VIN, ORDER.id)
    await client.async_read(VIN)
    plain.assert_ledger_equals_the_bill()
    assert plain.ledger.cost > 0.03


class TestSlowCar:
    """A car that has just woken and answers slowly."""

    @pytest.fixture
    def car_settings(self) -> CarSettings:
        """It takes longer than we wait."""
        slow = REQUEST_TIMEOUT * 2
        return CarSettings(vin=VIN, home=HOME, starts_asleep=True, slow_answer=slow)

    async def test_what_nobody_waited_for_is_billed(
        self, door: BilledClient, freezer: FrozenDateTimeFactory
    ) -> None:
        """Tesla's 499 for a client that went away is below 500."""
        await door.client.async_wake(VIN)
        freezer.tick(timedelta(seconds=21))
        fault = door.cloud.faults.add(Fault(path="*/vehicle_data", times=1))
        call = asyncio.ensure_future(door.client.async_read(VIN))
        await until(lambda: fault not in door.cloud.faults.active)
        freezer.tick(REQUEST_TIMEOUT + timedelta(seconds=1))
        with pytest.raises(TransientError):
            await call
        await until(lambda: requests_to(door.cloud, "vehicle_data"))
        assert requests_to(door.cloud, "vehicle_data")[0].billed
        freezer.tick(timedelta(minutes=2))
        await door.client.async_read(VIN)
        door.assert_ledger_equals_the_bill()


async def test_the_ledger_turns_with_the_month(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """In UTC, as the bill does: 00:59 in Warsaw is still November."""
    token = cloud.issue_tokens(lifetime=timedelta(days=30)).access_token
    door = open_door(hass, cloud, token=token)
    freezer.move_to("2026-11-30T23:59:00Z")
    with pytest.raises(CarAsleepError):
        await door.client.async_read(VIN)
    door.assert_ledger_equals_the_bill()
    assert door.ledger.cost == pytest.approx(0.002)
    freezer.move_to("2026-12-01T00:00:00Z")
    await door.client.async_wake(VIN)
    door.assert_ledger_equals_the_bill()
    assert door.ledger.cost == pytest.approx(0.02)


async def test_nothing_secret_leaves(
    door: BilledClient, caplog: pytest.LogCaptureFixture
) -> None:
    """No token, VIN or coordinate in a log line or an error, whatever goes wrong."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="aiohttp")
    token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"
    fired = f"no car {VIN} at 52.2297, 21.0122 for {token}"
    faults = [
        Fault(path="*", status=404, body={"error": fired}),
        Fault(path="*", status=412, body={"error": "x", "error_description": fired}),
        Fault(path="*", status=599, body=fired),
        Fault(path="*", body={"response": {"result": False, "reason": fired}}),
        Fault(path="*", body=fired),
        Fault(path="*", tear=True),
        Fault(path="*", tear="mid-body"),
    ]
    for fault in faults:
        door.cloud.faults.add(fault)
        for name in ("look", "limit", "wake"):
            try:
                await ACTS[name](door.client)
            except FleetError as err:
                logging.getLogger(f"custom_components.{DOMAIN}").exception("Failed")
                text = f"{err} {err!r} {err.translation_placeholders}"
                for secret in (VIN, "52.2297", "21.0122", "eyJ"):
                    assert secret not in text
        door.cloud.faults.clear()
    assert "Traceback" in caplog.text
    for secret in (VIN, "52.2297", "21.0122", "eyJ"):
        assert secret not in caplog.text


async def test_what_is_no_http_shows_no_address(
    hass: HomeAssistant, socket_enabled: None, caplog: pytest.LogCaptureFixture
) -> None:
    """The network's own errors name the whole address, in which the VIN is."""

    async def babble(
        _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer what no client understands."""
        writer.write(b"HTTP/1.1 what is this\r\n\r\n")
        await writer.drain()
        writer.close()

    logger = logging.getLogger(f"custom_components.{DOMAIN}")
    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    client = FleetClient(
        async_get_clientsession(hass),
        FixedToken("secret"),
        Ledger.started(dt_util.utcnow()),
        f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}",
        CommandSettings(route=CommandRoute.PLAIN),
        lambda server: None,
    )
    for name, error in (("look", TransientError), ("limit", MaybeExecutedError)):
        with pytest.raises(FleetError) as failure:
            await ACTS[name](client)
        assert type(failure.value) is error
        logger.error("Failed", exc_info=failure.value)
    server.close()
    assert caplog.text.count("ClientResponseError") == 2
    assert VIN not in caplog.text


async def test_every_error_has_its_words(hass: HomeAssistant) -> None:
    """A translation that takes the placeholders that the error brings."""
    texts = await async_get_translations(hass, "en", "exceptions", {DOMAIN})
    errors: list[FleetError] = [
        SignedOutError(account="Tesla"),
        CarAsleepError(),
        RateLimitedError(timedelta(minutes=1)),
        OverBudgetError(),
        RefusedError("reason"),
        KeyNotPairedError("reason"),
        NotRegisteredError("reason"),
        TransientError(),
        UnclearAnswerError("reason"),
        HeldBackError("reason", dt_util.utcnow()),
        MaybeExecutedError(),
    ]
    for error in errors:
        text = texts[f"component.{DOMAIN}.exceptions.{error.key}.message"]
        assert "{" not in text.format(**error.translation_placeholders or {})


@pytest.mark.parametrize("command", [True, False])
def test_a_reply_that_nobody_signed_may_hide_a_deed(command: bool) -> None:
    """The library throws it away; what it said of a command, nobody knows."""
    for fault in (SessionInfoAuthenticationFault, SignedCommandResponseReplayed):
        error = map_fault(fault(), Site.COMMAND if command else Site.READ)
        assert type(error) is (MaybeExecutedError if command else TransientError)


@given(st.text())
def test_any_refusal_is_one(reason: str) -> None:
    """But for the three words of success, and what has no word at all."""
    word = reason.strip().lower()
    error = map_refusal(reason, frozenset())
    if error is None:
        assert word.replace(" ", "_") in {"already_set", "not_charging", "requested"}
    elif type(error) is TransientError:
        assert not any(letter.isalnum() for letter in word)
    else:
        assert isinstance(error, RefusedError | MaybeExecutedError)


@given(
    st.text(max_size=9),
    st.text(alphabet="ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=17, max_size=17),
)
def test_a_vin_is_scrubbed_from_any_text(before: str, vin: str) -> None:
    """Where it stands as a word."""
    assert vin not in redacted(f"{before} {vin}: gone")


def test_the_days_of_a_schedule() -> None:
    """By the only short names that Tesla's proxy takes: no Tue, no Thu."""
    every_day = replace(ORDER, days_of_week=127)
    assert every_day.day_names == "Sun,Mon,Tues,Wed,Thurs,Fri,Sat"
    assert ORDER.day_names == "Mon,Tues,Thurs,Sat"
