"""Tests of the simulated Fleet API, through Tesla's paths and the client library."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from aiohttp import ClientSession
import pytest
from tesla_fleet_api import TeslaFleetApi
from tesla_fleet_api.exceptions import (
    Forbidden,
    InvalidRegion,
    InvalidResponse,
    OAuthExpired,
    PreconditionFailed,
    VehicleOffline,
)
from tesla_fleet_api.tesla.vehicle.fleet import VehicleFleet

from simulator.car import CarSettings
from simulator.clock import ManualClock
from simulator.cloud import Cloud
from simulator.settings import CloudSettings

from .conftest import HOME, VIN, Clouds

ASLEEP = CarSettings(vin=VIN, home=HOME, starts_asleep=True)
SIGNED = CarSettings(vin=VIN, home=HOME, command_signing="required")
SCHEDULE = {
    "id": 7,
    "days_of_week": "Mon,Tues",
    "enabled": True,
    "start_enabled": True,
    "start_time": 65,
    "end_enabled": False,
    "lat": 52.2297,
    "lon": 21.0122,
}


def client(cloud: Cloud, session: ClientSession) -> TeslaFleetApi:
    """Return the client library, signed in."""
    tokens = cloud.issue_tokens()
    return TeslaFleetApi(session, tokens.access_token, server=cloud.fleet_url("eu"))


def vehicle(cloud: Cloud, session: ClientSession) -> VehicleFleet[TeslaFleetApi]:
    """Return the library's plain vehicle."""
    return client(cloud, session).vehicles.createFleet(VIN)


async def ask(
    cloud: Cloud,
    session: ClientSession,
    path: str,
    *,
    method: str = "GET",
    scopes: list[str] | None = None,
    **arguments: Any,
) -> tuple[int, dict[str, Any]]:
    """Ask the Fleet API with a fresh token."""
    token = cloud.issue_tokens(scopes=scopes).access_token
    headers = {"Authorization": f"Bearer {token}"} | arguments.pop("headers", {})
    url = cloud.fleet_url("eu") + path
    async with session.request(method, url, headers=headers, **arguments) as answer:
        assert answer.headers["x-txid"]
        return answer.status, await answer.json()


async def command(
    cloud: Cloud, session: ClientSession, name: str, body: dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    """Send a plain command."""
    path = f"/api/1/vehicles/{VIN}/command/{name}"
    return await ask(cloud, session, path, method="POST", json=body)


async def test_reads_as_home_assistant_does_them(
    cloud: Cloud, session: ClientSession
) -> None:
    """Region, products, the vehicle and its data in Tesla's envelopes."""
    api = client(cloud, session)
    region = (await api.user.region())["response"]
    assert region == {"region": "eu", "fleet_api_base_url": cloud.fleet_url("eu")}
    products = await api.products()
    assert products["count"] == 1
    assert products["response"][0]["vin"] == VIN
    assert products["response"][0]["command_signing"] == "off"
    car = api.vehicles.createFleet(VIN)
    assert (await car.vehicle())["response"]["state"] == "online"
    data = await car.vehicle_data(["charge_state", "drive_state", "location_data"])
    assert data["response"]["charge_state"]["battery_level"] == 70
    assert data["response"]["drive_state"]["latitude"] == pytest.approx(52.2297)
    assert "climate_state" not in data["response"]
    assert await api.status() == "ok"


async def test_users_me(cloud: Cloud, session: ClientSession) -> None:
    """The account's owner, for those who may know."""
    status, body = await ask(cloud, session, "/api/1/users/me")
    assert status == 200
    assert body["response"]["email"] == cloud.settings.email
    path = "/api/1/users/me"
    status, body = await ask(cloud, session, path, scopes=["vehicle_device_data"])
    assert (status, body["error"]) == (403, "Unauthorized missing scopes")


async def test_vehicles_are_paged(clouds: Clouds, session: ClientSession) -> None:
    """Three cars on pages of two."""
    vins = [f"LRW3E7EK0RC00000{number}" for number in range(3)]
    cloud = await clouds.start(cars=[CarSettings(vin=v, home=HOME) for v in vins])
    path = "/api/1/vehicles"
    _, whole = await ask(cloud, session, path)
    assert [row["vin"] for row in whole["response"]] == vins
    assert whole["count"] == 3
    _, second = await ask(cloud, session, path, params={"page": 2, "per_page": 2})
    assert [row["vin"] for row in second["response"]] == vins[2:]
    assert second["count"] == 1
    assert second["pagination"] == {
        "previous": 1,
        "next": None,
        "current": 2,
        "per_page": 2,
        "count": 3,
        "pages": 2,
    }
    status, body = await ask(cloud, session, path, params={"per_page": "none"})
    assert (status, body["error"]) == (400, "invalid_field")


async def test_numeric_id_names_a_car_too(cloud: Cloud, session: ClientSession) -> None:
    """Tesla takes the id in the place of the VIN; the record shows the VIN."""
    number = cloud.cars[VIN].summary()["id"]
    status, body = await ask(cloud, session, f"/api/1/vehicles/{number}")
    assert (status, body["response"]["vin"]) == (200, VIN)
    assert cloud.requests[-1].vin == VIN


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/api/1/vehicles/LRW3E7EK0RC999999", 404, "not_found"),
        ("GET", "/api/1/nonsense", 404, "not_found"),
        ("POST", f"/api/1/vehicles/{VIN}/vehicle_data", 405, "not allowed"),
        ("POST", f"/api/1/vehicles/{VIN}/command/fly", 400, "invalid_command"),
    ],
)
async def test_unknown_path_car_or_command_is_404(
    cloud: Cloud,
    session: ClientSession,
    method: str,
    path: str,
    status: int,
    error: str,
) -> None:
    """What is not there is refused in Tesla's envelope."""
    answered, body = await ask(cloud, session, path, method=method)
    assert (answered, body["error"]) == (status, error)
    assert body["response"] is None
    assert "error_description" in body


async def test_location_needs_its_own_scope(
    cloud: Cloud, session: ClientSession
) -> None:
    """Without it, asking for the location is refused and the rest is not."""
    path = f"/api/1/vehicles/{VIN}/vehicle_data"
    scopes = ["vehicle_device_data"]
    params = {"endpoints": "charge_state;location_data"}
    status, _ = await ask(cloud, session, path, scopes=scopes, params=params)
    assert status == 403
    params = {"endpoints": "charge_state"}
    status, _ = await ask(cloud, session, path, scopes=scopes, params=params)
    assert status == 200
    scopes = ["vehicle_location"]
    status, _ = await ask(cloud, session, path, scopes=scopes, params=params)
    assert status == 403


async def test_products_hide_cars_without_scope(
    cloud: Cloud, session: ClientSession
) -> None:
    """A token without device data sees no cars."""
    _, body = await ask(cloud, session, "/api/1/products", scopes=["openid"])
    assert body["response"] == []


async def test_sleeping_car_is_not_read(
    clouds: Clouds, clock: ManualClock, session: ClientSession
) -> None:
    """408 while asleep; after a wake and its time, data."""
    cloud = await clouds.start(cars=[ASLEEP])
    car = vehicle(cloud, session)
    with pytest.raises(VehicleOffline) as refusal:
        await car.vehicle_data()
    assert isinstance(refusal.value.data, dict)
    text = "vehicle unavailable: vehicle is offline or asleep"
    assert refusal.value.data["error"] == text
    with pytest.raises(VehicleOffline):
        await car.set_charge_limit(90)
    assert (await car.vehicle())["response"]["state"] == "asleep"
    assert (await car.wake_up())["response"]["state"] == "asleep"
    clock.advance(ASLEEP.wake_duration)
    assert (await car.vehicle())["response"]["state"] == "online"
    assert (await car.vehicle_data())["response"]["state"] == "online"
    assert cloud.cars[VIN].charge_limit == 80


async def test_reading_keeps_an_older_car_awake(
    cloud: Cloud, clock: ManualClock, session: ClientSession
) -> None:
    """A read every ten minutes and it never sleeps; without, it does."""
    car = vehicle(cloud, session)
    for _ in range(5):
        clock.advance(timedelta(minutes=10))
        await car.vehicle_data()
    for _ in range(2):
        clock.advance(timedelta(minutes=10))
        await car.vehicle()
    assert cloud.cars[VIN].state == "asleep"


async def test_car_that_has_just_woken_answers_slowly(
    clouds: Clouds, clock: ManualClock, session: ClientSession
) -> None:
    """The wait is in real time, scaled; the answer is the truth."""
    slow = replace(ASLEEP, slow_answer=timedelta(seconds=9))
    settings = CloudSettings(seconds_per_simulated_second=0.002)
    cloud = await clouds.start(settings, [slow])
    car = vehicle(cloud, session)
    await car.wake_up()
    clock.advance(slow.wake_duration)
    assert cloud.cars[VIN].answers_slowly_for == timedelta(seconds=9)
    assert (await car.vehicle_data())["response"]["vin"] == VIN


async def test_other_region_answers_421_with_the_address(
    cloud: Cloud, session: ClientSession
) -> None:
    """421 names the base address; after a move the other host is wrong."""
    token = cloud.issue_tokens().access_token
    lost = TeslaFleetApi(session, token, server=cloud.fleet_url("na"))
    with pytest.raises(InvalidRegion) as refusal:
        await lost.products()
    assert isinstance(refusal.value.data, dict)
    assert cloud.fleet_url("eu") in refusal.value.data["error"]
    cloud.auth.region = "na"
    assert (await lost.user.region())["response"]["region"] == "na"
    with pytest.raises(InvalidRegion):
        await client(cloud, session).products()


async def test_expired_token_is_recognised_by_the_library(
    cloud: Cloud, session: ClientSession
) -> None:
    """The body is the one that the library knows."""
    api = client(cloud, session)
    cloud.auth.expire_access_tokens()
    with pytest.raises(OAuthExpired) as refusal:
        await api.products()
    assert refusal.value.data == {
        "response": None,
        "error": "token expired (401)",
        "error_description": "",
    }


async def test_plain_commands_reach_the_car(
    cloud: Cloud, session: ClientSession
) -> None:
    """Each charging command has its effect, and a refusal its reason."""
    simulated = cloud.cars[VIN]
    car = vehicle(cloud, session)
    done = {"response": {"result": True, "reason": ""}}
    assert await car.set_charge_limit(90) == done
    assert simulated.charge_limit == 90
    refused = await car.set_charge_limit(90)
    assert refused["response"] == {"result": False, "reason": "already_set"}
    assert (await car.charge_start())["response"]["reason"] == "disconnected"
    simulated.plug_in()
    assert simulated.charging_state == "Charging"
    assert await car.charge_stop() == done
    assert simulated.charging_state == "Stopped"
    assert await car.charge_start() == done
    assert simulated.charging_state == "Charging"
    assert await car.set_charging_amps(10) == done
    amps = simulated.vehicle_data(None)["charge_state"]["charge_current_request"]
    assert amps == 10


async def test_schedules_are_added_replaced_and_removed(
    cloud: Cloud, session: ClientSession
) -> None:
    """One id is one schedule; day names become Tesla's bitmask."""
    schedules = cloud.cars[VIN]
    car = vehicle(cloud, session)
    for start in (60, 90):
        await car.add_charge_schedule(
            "Sun,Weekdays", True, 52.2297, 21.0122, start_time=start, id=7
        )
    (schedule,) = schedules.charge_schedules.values()
    assert (schedule.id, schedule.start_time) == (7, 90)
    assert schedule.days_of_week == 63
    assert schedule.start_enabled and not schedule.end_enabled
    missing = await car.remove_charge_schedule(8)
    assert missing["response"]["result"] is False
    assert "not found" in missing["response"]["reason"]
    assert (await car.remove_charge_schedule(7))["response"]["result"] is True
    assert not schedules.charge_schedules


async def test_schedule_without_id_gets_the_second(
    cloud: Cloud, clock: ManualClock, session: ClientSession
) -> None:
    """Two of them in one second collide, as with Tesla's proxy."""
    body = {key: value for key, value in SCHEDULE.items() if key != "id"}
    for _ in range(2):
        assert (await command(cloud, session, "add_charge_schedule", body))[0] == 200
    assert set(cloud.cars[VIN].charge_schedules) == {int(clock.now().timestamp())}


@pytest.mark.parametrize(
    ("name", "body", "text"),
    [
        ("set_charge_limit", {}, "missing percent param"),
        ("set_charge_limit", {"percent": "80"}, "invalid percent param"),
        ("set_charge_limit", {"percent": True}, "invalid percent param"),
        ("remove_charge_schedule", {}, "missing id param"),
        ("add_charge_schedule", {}, "missing lat param"),
        (
            "add_charge_schedule",
            SCHEDULE | {"days_of_week": "Tue"},
            "unrecognized day name: Tue",
        ),
        (
            "add_charge_schedule",
            SCHEDULE | {"days_of_week": 6},
            "invalid days_of_week param",
        ),
        (
            "add_charge_schedule",
            SCHEDULE | {"enabled": 1},
            "invalid enabled param",
        ),
    ],
)
async def test_bad_parameters_change_nothing(
    cloud: Cloud,
    session: ClientSession,
    name: str,
    body: dict[str, Any],
    text: str,
) -> None:
    """400 says what is wrong; the car hears nothing."""
    status, answer = await command(cloud, session, name, body)
    assert (status, answer["error"]) == (400, "invalid_request")
    assert answer["error_description"] == text
    assert not cloud.cars[VIN].charge_schedules


async def test_body_must_be_a_json_object(cloud: Cloud, session: ClientSession) -> None:
    """Another content type is 406, no JSON or no object 400."""
    path = f"/api/1/vehicles/{VIN}/command/set_charge_limit"
    json_type = {"Content-Type": "application/json"}
    for data, headers, status in (
        ("percent=90", {"Content-Type": "text/plain"}, 406),
        ("{", json_type, 400),
        ("[]", json_type, 400),
    ):
        answered, _ = await ask(
            cloud, session, path, method="POST", data=data, headers=headers
        )
        assert answered == status


async def test_protocol_car_refuses_plain_commands(
    clouds: Clouds, session: ClientSession
) -> None:
    """403 or the reason `unsigned_cmds_hardlocked`, as set; never an effect."""
    cloud = await clouds.start(cars=[SIGNED])
    with pytest.raises(Forbidden) as refusal:
        await vehicle(cloud, session).set_charge_limit(90)
    assert isinstance(refusal.value.data, dict)
    assert "Vehicle Command Protocol required" in refusal.value.data["error"]
    hardlocked = await clouds.start(
        CloudSettings(unsigned_answer="hardlocked"), [SIGNED]
    )
    answer = await vehicle(hardlocked, session).set_charge_limit(90)
    reason = "unsigned_cmds_hardlocked"
    assert answer["response"] == {"result": False, "reason": reason}
    for each in (cloud, hardlocked):
        assert each.cars[VIN].charge_limit == 80


async def test_commands_need_a_command_scope(
    cloud: Cloud, session: ClientSession
) -> None:
    """`vehicle_charging_cmds` is enough, reading is not."""
    path = f"/api/1/vehicles/{VIN}/command/set_charge_limit"
    body = {"percent": 90}
    statuses = []
    for scope in ("vehicle_device_data", "vehicle_charging_cmds"):
        status, _ = await ask(
            cloud, session, path, method="POST", scopes=[scope], json=body
        )
        statuses.append(status)
    assert statuses == [403, 200]


async def test_fleet_status_lists_pairing_and_firmware(
    clouds: Clouds, session: ClientSession
) -> None:
    """Unknown VINs are left out."""
    cloud = await clouds.start(cars=[SIGNED])
    key = cloud.vehicle_sides[VIN].public_key
    path = "/api/1/vehicles/fleet_status"
    body = {"vins": [VIN, "LRW3E7EK0RC999999"]}
    _, answer = await ask(cloud, session, path, method="POST", json=body)
    assert answer["response"]["unpaired_vins"] == [VIN]
    info = answer["response"]["vehicle_info"][VIN]
    assert info["vehicle_command_protocol_required"] is True
    assert info["firmware_version"] == SIGNED.firmware
    cloud.vehicle_sides[VIN].pair(key)
    _, answer = await ask(cloud, session, path, method="POST", json=body)
    assert answer["response"]["key_paired_vins"] == [VIN]
    status, _ = await ask(cloud, session, path, method="POST", json={})
    assert status == 400


async def test_partner_registration(clouds: Clouds, session: ClientSession) -> None:
    """412 until the application has registered in the region; then all works."""
    cloud = await clouds.start(CloudSettings(partner_registered=False), [SIGNED])
    status, _ = await ask(cloud, session, "/api/1/products")
    assert status == 412
    api = TeslaFleetApi(
        session, await partner_token(cloud, session), server=cloud.fleet_url("eu")
    )
    partner = api.partner
    with pytest.raises(PreconditionFailed):
        await partner.register("other.example.com")
    with pytest.raises(InvalidResponse):
        await partner.register(cloud.settings.domain)
    key = cloud.vehicle_sides[VIN].public_key
    cloud.host_public_key(cloud.settings.domain, key)
    registered = await partner.register(cloud.settings.domain)
    assert registered["response"]["public_key"] == key.hex()
    shown = await partner.public_key(cloud.settings.domain)
    assert shown["response"]["public_key"] == key.hex()
    status, _ = await ask(cloud, session, "/api/1/products")
    assert status == 200


async def partner_token(cloud: Cloud, session: ClientSession) -> str:
    """Return the application's own token."""
    form = {
        "grant_type": "client_credentials",
        "client_id": cloud.settings.client_id,
        "client_secret": cloud.settings.client_secret,
        "audience": cloud.fleet_url("eu"),
        "scope": "openid vehicle_device_data",
    }
    async with session.post(cloud.token_url, data=form) as answer:
        body = await answer.json()
    assert "refresh_token" not in body
    token: str = body["access_token"]
    return token


async def test_partner_and_user_tokens_are_not_interchangeable(
    cloud: Cloud, session: ClientSession
) -> None:
    """An application has no cars, and a user no application."""
    headers = {"Authorization": f"Bearer {await partner_token(cloud, session)}"}
    url = cloud.fleet_url("eu")
    async with session.get(f"{url}/api/1/vehicles", headers=headers) as answer:
        assert answer.status == 403
    body = {"domain": cloud.settings.domain}
    path = "/api/1/partner_accounts"
    status, _ = await ask(cloud, session, path, method="POST", json=body)
    assert status == 403
