"""Tests of the control API, as another process uses it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import pytest

from simulator.clock import ManualClock
from simulator.cloud import Cloud

from .conftest import HOME, VIN


async def control(
    cloud: Cloud,
    session: ClientSession,
    path: str,
    body: Any = None,
    method: str | None = None,
) -> tuple[int, Any]:
    """Ask the control API; with a body it is a POST."""
    method = method or ("GET" if body is None else "POST")
    url = f"{cloud.control_url}/control/{path}"
    async with session.request(method, url, json=body) as answer:
        return answer.status, await answer.json()


async def test_clock_returns_the_simulated_time(
    cloud: Cloud, clock: ManualClock, session: ClientSession
) -> None:
    """The car's and the tokens' time are returned."""
    _, reported = await control(cloud, session, "clock")
    assert reported["now"] == str(clock.now())
    assert reported["auth_now"] == str(clock.now())


async def test_actions_change_the_car(
    cloud: Cloud, clock: ManualClock, session: ClientSession
) -> None:
    """Every action reaches the car and answers with the truth."""
    car = f"cars/{VIN}"
    _, truth = await control(cloud, session, f"{car}/plug_in", {})
    assert (truth["plugged_in"], truth["charging_state"]) == (True, "Charging")
    _, truth = await control(cloud, session, f"{car}/limit", {"percent": 60})
    assert (truth["charge_limit"], truth["charging_state"]) == (60, "Complete")
    _, (charge,) = await control(cloud, session, f"{car}/charges")
    assert charge["cause"] == "at_once"
    assert charge["start"] == charge["end"] == str(clock.now())
    _, truth = await control(cloud, session, f"{car}/unplug", {})
    assert truth["plugged_in"] is False
    _, truth = await control(cloud, session, f"{car}/reboot", {})
    assert truth["boot_count"] == 2
    _, truth = await control(cloud, session, f"{car}/signal", {"there": False})
    assert truth["state"] == "offline"
    await control(cloud, session, f"{car}/signal", {"there": True})
    await control(cloud, session, f"{car}/sentry", {"on": True})
    assert cloud.cars[VIN].sentry
    trip = {"km": 50, "minutes": 30, "latitude": 52.5, "longitude": 21.0}
    await control(cloud, session, f"{car}/drive", trip)
    clock.advance(timedelta(minutes=31))
    _, (truth,) = await control(cloud, session, "cars")
    assert truth["position"] == {"latitude": 52.5, "longitude": 21.0}
    assert truth["battery_level"] < 70
    await control(cloud, session, f"{car}/drive", {"km": 50, "minutes": 30})
    clock.advance(timedelta(minutes=31))
    assert cloud.cars[VIN].position == HOME
    _, record = await control(cloud, session, f"{car}/record")
    kinds = [event["kind"] for event in record]
    assert kinds.index("plugged_in") < kinds.index("rebooted") < kinds.index("arrived")


async def test_key_is_paired(cloud: Cloud, session: ClientSession) -> None:
    """A key comes with the request, or from the domain."""
    path = f"cars/{VIN}/pair"
    status, _ = await control(cloud, session, path, {})
    assert status == 400
    paired = cloud.vehicle_sides[VIN].paired
    await control(cloud, session, path, {"public_key": new_key()})
    assert len(paired) == 1
    _, hosted = await control(cloud, session, "public_key", {"public_key": new_key()})
    assert hosted["domain"] == cloud.settings.domain
    await control(cloud, session, path, {})
    assert bytes.fromhex(hosted["public_key"]) in paired


async def test_the_car_answers_commands_with_faults(
    cloud: Cloud, session: ClientSession
) -> None:
    """By the name of the fault in Tesla's protocol; the proxy passes it on."""
    car = cloud.cars[VIN]
    car.settings = replace(car.settings, command_signing="required")
    fault = {"fault": "INSUFFICIENT_PRIVILEGES"}
    status, _ = await control(cloud, session, f"cars/{VIN}/fault", fault)
    assert status == 200
    status, _ = await control(cloud, session, f"cars/{VIN}/fault", {"fault": "OOPS"})
    assert status == 400
    headers = {"Authorization": f"Bearer {cloud.issue_tokens().access_token}"}
    url = f"{cloud.proxy_url}/api/1/vehicles/{VIN}/command/set_charge_limit"
    for expected in (500, 200):
        body = {"percent": 90}
        async with session.post(url, headers=headers, json=body) as answer:
            assert answer.status == expected
            text = await answer.text()
        assert ("MESSAGEFAULT_ERROR_INSUFFICIENT_PRIVILEGES" in text) is (
            expected == 500
        )


def new_key() -> str:
    """Return a public key as PEM."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


async def test_tokens_requests_and_bill(cloud: Cloud, session: ClientSession) -> None:
    """Tokens are issued and revoked; requests and costs are returned."""
    _, tokens = await control(cloud, session, "auth/issue", {})
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    url = f"{cloud.fleet_url('eu')}/api/1/vehicles/{VIN}/vehicle_data"
    async with session.get(url, headers=headers) as answer:
        assert answer.status == 200
    _, bill = await control(cloud, session, "billing")
    assert bill["month_to_date"] == {"data": 1, "command": 0, "wake": 0}
    assert (bill["cost"], bill["limit"]) == ("0.002", None)
    _, bill = await control(cloud, session, "billing", {"limit": 0.001})
    assert bill["exceeded"] is True
    _, bill = await control(cloud, session, "billing", {"limit": None})
    assert bill["exceeded"] is False
    status, _ = await control(cloud, session, "auth/expire", {})
    assert status == 200
    async with session.get(url, headers=headers) as answer:
        assert answer.status == 401
    _, requests = await control(cloud, session, "requests")
    assert [entry["status"] for entry in requests] == [200, 401]
    assert requests[0]["vin"] == VIN
    _, requests = await control(cloud, session, "requests?since=1")
    assert [entry["status"] for entry in requests] == [401]


@pytest.mark.parametrize("action", ["password_changed", "revoke"])
async def test_tokens_are_expired_and_revoked(
    cloud: Cloud, session: ClientSession, action: str
) -> None:
    """Both kill the refresh token."""
    refresh_token = cloud.issue_tokens().refresh_token
    assert refresh_token is not None
    await control(cloud, session, f"auth/{action}", {})
    assert not cloud.auth.refresh_token_is_valid(refresh_token)


async def test_faults_are_set_and_cleared(cloud: Cloud, session: ClientSession) -> None:
    """They apply to the other servers, never to this one."""
    fault = {"path": "*", "status": 500, "times": 5}
    _, faults = await control(cloud, session, "faults", fault)
    assert [(each["status"], each["times"]) for each in faults] == [(500, 5)]
    async with session.get(f"{cloud.fleet_url('eu')}/status") as answer:
        assert answer.status == 500
    assert (await control(cloud, session, "faults"))[1] == faults
    assert await control(cloud, session, "faults", method="DELETE") == (200, [])
    async with session.get(f"{cloud.fleet_url('eu')}/status") as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("cars/nobody/plug_in", {}, 404),
        ("cars/nobody/record", None, 404),
        (f"cars/{VIN}/fly", {}, 404),
        ("auth/fly", {}, 404),
        (f"cars/{VIN}/signal", {}, 400),
        (f"cars/{VIN}/signal", {"there": "yes"}, 400),
        (f"cars/{VIN}/limit", {"percent": 20}, 400),
        (f"cars/{VIN}/drive", {"km": 1}, 400),
        ("faults", {"sttus": 500}, 400),
        ("faults", [], 400),
        ("billing", {"limit": "much"}, 400),
        ("requests?since=x", None, 400),
        ("public_key", {"public_key": "none"}, 400),
    ],
)
async def test_invalid_requests_are_answered_with_the_reason(
    cloud: Cloud, session: ClientSession, path: str, body: Any, status: int
) -> None:
    """Each mistake has a status and a text, and changes nothing."""
    answered, answer = await control(cloud, session, path, body)
    assert answered == status
    assert answer["error"]
    assert cloud.faults.active == []
    assert cloud.cars[VIN].charge_limit == 80
    assert cloud.billing.limit is None
