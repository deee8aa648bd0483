"""Tests of the simulated command proxy."""

import asyncio
from dataclasses import replace
import ssl
from typing import Any

from aiohttp import ClientSession
from freezegun.api import FrozenDateTimeFactory
import pytest
from tesla_protocol.command.universal_message_pb2 import MessageFault_E as MessageFault

from simulator.car import CarSettings
from simulator.clock import ManualClock
from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.settings import CloudSettings

from .conftest import HOME, VIN, Clouds

SIGNED = CarSettings(vin=VIN, home=HOME, command_signing="required")
LIMIT = f"/api/1/vehicles/{VIN}/command/set_charge_limit"
SIGNED_COMMAND = f"/api/1/vehicles/{VIN}/signed_command"
# A tenth of the times of Tesla's proxy.
SHORT = CloudSettings(proxy_timeout=1.0, proxy_repeat_after=0.1, rate_limits=None)
NOT_AWAKE = "vehicle unavailable: vehicle is offline or asleep"
DONE = {"response": {"result": True, "reason": ""}}
SCHEDULE = {
    "days_of_week": "All",
    "enabled": True,
    "start_enabled": True,
    "start_time": 60,
    "end_enabled": False,
    "lat": 52.2297,
    "lon": 21.0122,
}


async def ask(
    cloud: Cloud,
    session: ClientSession,
    path: str,
    method: str = "POST",
    token: str | None = None,
    **arguments: Any,
) -> tuple[int, dict[str, Any]]:
    """Ask the proxy."""
    token = cloud.issue_tokens().access_token if token is None else token
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = cloud.proxy_url + path
    async with session.request(method, url, headers=headers, **arguments) as answer:
        body: dict[str, Any] = await answer.json()
        return answer.status, body


def upstream(cloud: Cloud) -> list[str]:
    """Return the last parts of the paths that the Fleet API was asked for."""
    return [r.path.rpartition("/")[2] for r in cloud.requests if r.server != "proxy"]


@pytest.fixture
async def signed(clouds: Clouds) -> Cloud:
    """A cloud whose car wants signed commands, and a proxy that repeats soon."""
    return await clouds.start(CloudSettings(proxy_repeat_after=0.05), [SIGNED])


async def test_cold_command_is_three_billed_requests(
    signed: Cloud, session: ClientSession
) -> None:
    """Handshakes with both domains, then the command; a warm command is one request."""
    assert await ask(signed, session, LIMIT, json={"percent": 90}) == (200, DONE)
    assert signed.cars[VIN].charge_limit == 90
    seen = [(r.server, r.path, r.billed) for r in signed.requests]
    assert seen == [("eu", SIGNED_COMMAND, True)] * 3 + [("proxy", LIMIT, False)]
    assert await ask(signed, session, LIMIT, json={"percent": 91}) == (200, DONE)
    assert upstream(signed)[3:] == ["signed_command"]


async def test_expired_session_is_two_billed_requests(
    signed: Cloud, session: ClientSession
) -> None:
    """After a reboot the car refuses the old epoch and sends a new session."""
    await ask(signed, session, LIMIT, json={"percent": 90})
    signed.cars[VIN].reboot()
    assert await ask(signed, session, LIMIT, json={"percent": 91}) == (200, DONE)
    assert signed.cars[VIN].charge_limit == 91
    assert len(upstream(signed)) == 3 + 2


async def test_refusal_of_the_car(signed: Cloud, session: ClientSession) -> None:
    """200 with the proxy's prefix before the car's reason."""
    status, body = await ask(signed, session, LIMIT, json={"percent": 80})
    reason = "car could not execute command: already_set"
    assert status == 200
    assert body["response"] == {"result": False, "reason": reason}


@pytest.mark.parametrize(
    ("command", "body", "response", "error"),
    [
        ("set_charge_limit", {}, "missing percent param", ""),
        ("set_charge_limit", {"percent": "90"}, "invalid percent param", ""),
        ("remove_charge_schedule", {}, "missing id param", ""),
        (
            "add_charge_schedule",
            SCHEDULE | {"days_of_week": 127},
            "invalid days_of_week param",
            "",
        ),
        (
            "add_charge_schedule",
            SCHEDULE | {"days_of_week": "Thu"},
            None,
            "unrecognized day name: Thu",
        ),
        (
            "add_charge_schedule",
            SCHEDULE | {"one_time": "no"},
            "invalid one_time param",
            "",
        ),
        ("fly", {}, None, "invalid_command"),
    ],
)
async def test_bad_parameters_never_leave_the_proxy(
    signed: Cloud,
    session: ClientSession,
    command: str,
    body: dict[str, Any],
    response: str | None,
    error: str,
) -> None:
    """400 in the proxy's words; the Fleet API is not asked."""
    path = f"/api/1/vehicles/{VIN}/command/{command}"
    status, answer = await ask(signed, session, path, json=body)
    assert status == 400
    refusal = None if response is None else {"result": False, "reason": response}
    assert answer["response"] == refusal
    assert answer["error"] == error
    assert [r.server for r in signed.requests] == ["proxy"]


@pytest.mark.parametrize("text", ["{", "[]"])
async def test_unreadable_parameters(
    signed: Cloud, session: ClientSession, text: str
) -> None:
    """The proxy answers text under a JSON content type."""
    headers = {"Authorization": f"Bearer {signed.issue_tokens().access_token}"}
    url = signed.proxy_url + LIMIT
    async with session.post(url, headers=headers, data=text) as answer:
        assert (answer.status, answer.content_type) == (400, "application/json")
        assert "parsing request parameters" in await answer.text()


async def test_schedules_are_added_and_removed_through_the_proxy(
    signed: Cloud, session: ClientSession
) -> None:
    """A schedule without an id gets the current second, and can be removed by it."""
    path = f"/api/1/vehicles/{VIN}/command"
    answer = await ask(signed, session, f"{path}/add_charge_schedule", json=SCHEDULE)
    assert answer == (200, DONE)
    (schedule,) = signed.cars[VIN].charge_schedules
    body = {"id": schedule}
    answer = await ask(signed, session, f"{path}/remove_charge_schedule", json=body)
    assert answer == (200, DONE)


async def test_token_is_required(signed: Cloud, session: ClientSession) -> None:
    """No token is 403 here; a bad one passes through to Tesla's 401."""
    status, body = await ask(signed, session, LIMIT, token="", json={"percent": 90})
    assert status == 403
    assert body["error"] == "client did not provide an OAuth token"
    status, _ = await ask(signed, session, LIMIT, token="x", json={"percent": 90})
    assert status == 403
    token = signed.issue_tokens().access_token
    signed.auth.expire_access_tokens()
    status, body = await ask(signed, session, LIMIT, token=token, json={"percent": 90})
    assert (status, body["error"]) == (401, "token expired (401)")


async def test_paths_and_methods(signed: Cloud, session: ClientSession) -> None:
    """Numeric ids and GET are refused; health works without a token."""
    number = signed.cars[VIN].summary()["id"]
    path = f"/api/1/vehicles/{number}/command/charge_start"
    assert (await ask(signed, session, path))[0] == 404
    assert (await ask(signed, session, LIMIT, "GET"))[0] == 405
    async with session.get(f"{signed.proxy_url}/health") as answer:
        assert (answer.status, await answer.text()) == (200, "OK")


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        (Fault(status=503), 500, NOT_AWAKE),
        (Fault(status=408, body={"error": NOT_AWAKE}), 500, NOT_AWAKE),
        (Fault(status=504, body={"error": "too slow"}), 504, "too slow"),
        (Fault(status=429, body={"error": "slow down"}), 429, "slow down"),
        (Fault(status=502, body={"error": "bad"}), 502, "bad"),
    ],
)
async def test_errors_of_the_fleet_api(
    signed: Cloud, session: ClientSession, fault: Fault, status: int, error: str
) -> None:
    """Passed through, but for a car that is not awake."""
    path = "*/signed_command"
    signed.faults.add(Fault(path=path, status=fault.status, body=fault.body, times=1))
    answered, body = await ask(signed, session, LIMIT, json={"percent": 90})
    assert (answered, body["error"]) == (status, error)
    assert signed.cars[VIN].charge_limit == 80
    assert await ask(signed, session, LIMIT, json={"percent": 90}) == (200, DONE)


@pytest.mark.parametrize(
    ("warm", "least"),
    [pytest.param(True, 5, id="warm"), pytest.param(False, 10, id="cold")],
)
@pytest.mark.parametrize("status", [408, 421])
async def test_temporary_error_is_repeated_until_the_timeout(
    clouds: Clouds, session: ClientSession, status: int, warm: bool, least: int
) -> None:
    """Each repeat is billed, and twice so for the handshakes of a cold command."""
    cloud = await clouds.start(SHORT, [SIGNED])
    if warm:
        await ask(cloud, session, LIMIT, json={"percent": 90})
    before = len(cloud.requests)
    fault = Fault(path="*/signed_command", status=status, body={"error": "timeout"})
    cloud.faults.add(fault)
    answered, body = await ask(cloud, session, LIMIT, json={"percent": 91})
    assert (answered, body["error"]) == (500, "context deadline exceeded")
    billed = [request for request in cloud.requests[before:] if request.billed]
    assert least <= len(billed) <= 2 * least + 2


async def test_temporary_error_that_passes_is_not_seen(
    signed: Cloud, session: ClientSession
) -> None:
    """A single 408 without a word of sleep only costs a request more."""
    signed.faults.add(Fault(path="*/signed_command", status=408, times=1))
    assert await ask(signed, session, LIMIT, json={"percent": 90}) == (200, DONE)
    assert len(upstream(signed)) == 4


async def test_lost_answer_is_repeated_and_executed_twice(
    signed: Cloud, session: ClientSession
) -> None:
    """The car refuses the repeated counter, so the proxy signs the command anew."""
    await ask(signed, session, LIMIT, json={"percent": 90})
    signed.faults.add(Fault(path="*/signed_command", tear="after", times=1))
    status, body = await ask(signed, session, LIMIT, json={"percent": 91})
    reason = "car could not execute command: already_set"
    assert (status, body["response"]) == (200, {"result": False, "reason": reason})
    assert signed.cars[VIN].charge_limit == 91


@pytest.mark.parametrize(
    "fault", [Fault(tear="mid-body", times=1), Fault(body="<html>", times=1)]
)
async def test_half_an_answer_is_500_though_it_took_effect(
    signed: Cloud, session: ClientSession, fault: Fault
) -> None:
    """Neither the proxy nor its client knows whether it took effect."""
    await ask(signed, session, LIMIT, json={"percent": 90})
    signed.faults.add(replace(fault, path="*/signed_command"))
    status, _ = await ask(signed, session, LIMIT, json={"percent": 91})
    assert status == 500
    assert signed.cars[VIN].charge_limit == 91


async def test_fault_of_the_car_is_500_with_its_name(
    signed: Cloud, session: ClientSession
) -> None:
    """One that Tesla's client takes for permanent is not repeated."""
    fault = MessageFault.MESSAGEFAULT_ERROR_INSUFFICIENT_PRIVILEGES
    signed.vehicle_sides[VIN].inject(fault)
    status, body = await ask(signed, session, LIMIT, json={"percent": 90})
    assert status == 500
    assert body["response"] is None
    assert body["error"] == "MESSAGEFAULT_ERROR_INSUFFICIENT_PRIVILEGES"
    assert len(upstream(signed)) == 3


async def test_busy_car_is_asked_again(clouds: Clouds, session: ClientSession) -> None:
    """For a while it costs requests only, for too long it is a timeout."""
    cloud = await clouds.start(SHORT, [SIGNED])
    busy = MessageFault.MESSAGEFAULT_ERROR_BUSY
    cloud.vehicle_sides[VIN].inject(busy, times=2)
    assert await ask(cloud, session, LIMIT, json={"percent": 90}) == (200, DONE)
    assert len(upstream(cloud)) == 5
    cloud.vehicle_sides[VIN].inject(busy, times=99)
    status, body = await ask(cloud, session, LIMIT, json={"percent": 91})
    assert (status, body["error"]) == (500, "context deadline exceeded")


async def test_422_of_a_warm_session(signed: Cloud, session: ClientSession) -> None:
    """Only the handshake makes the proxy forward the command instead."""
    await ask(signed, session, LIMIT, json={"percent": 90})
    signed.faults.add(Fault(path="*/signed_command", status=422, times=1))
    status, body = await ask(signed, session, LIMIT, json={"percent": 91})
    assert status == 500
    assert body["error"] == "vehicle does not support protocol -- use REST API"


async def test_command_follows_an_account_that_moved(
    signed: Cloud, session: ClientSession
) -> None:
    """After a 421 the repeat goes to the other region."""
    token = signed.issue_tokens().access_token
    signed.auth.region = "na"
    answer = await ask(signed, session, LIMIT, token=token, json={"percent": 90})
    assert answer == (200, DONE)


async def test_sleeping_car(clouds: Clouds, session: ClientSession) -> None:
    """Tesla's 408 becomes the proxy's 500."""
    asleep = CarSettings(
        vin=VIN, home=HOME, command_signing="required", starts_asleep=True
    )
    cloud = await clouds.start(cars=[asleep])
    status, body = await ask(cloud, session, LIMIT, json={"percent": 90})
    assert (status, body["error"]) == (500, NOT_AWAKE)


async def test_car_without_the_protocol_gets_plain_commands(
    cloud: Cloud, session: ClientSession
) -> None:
    """After one 422 the proxy forwards that car's commands as they are."""
    for percent in (90, 91):
        status, body = await ask(cloud, session, LIMIT, json={"percent": percent})
        assert (status, body) == (200, DONE)
    assert upstream(cloud) == ["signed_command"] * 2 + ["set_charge_limit"] * 2


async def test_unpaired_proxy(clouds: Clouds, session: ClientSession) -> None:
    """The car rejects the proxy's key."""
    cloud = await clouds.start(CloudSettings(proxy_paired=False), [SIGNED])
    status, body = await ask(cloud, session, LIMIT, json={"percent": 90})
    assert status == 500
    assert "public key has not been paired" in body["error"]
    assert cloud.cars[VIN].charge_limit == 80


async def test_everything_else_is_forwarded(
    signed: Cloud, session: ClientSession
) -> None:
    """Query, body, status and headers pass both ways."""
    path = f"/api/1/vehicles/{VIN}/vehicle_data?endpoints=charge_state"
    status, body = await ask(signed, session, path, "GET")
    assert status == 200
    assert "charge_state" in body["response"]
    assert "drive_state" not in body["response"]
    vins = {"vins": [VIN]}
    path = "/api/1/vehicles/fleet_status"
    status, body = await ask(signed, session, path, json=vins)
    assert VIN in body["response"]["vehicle_info"]
    signed.faults.add(
        Fault(server="eu", status=429, headers={"Retry-After": "9"}, times=1)
    )
    headers = {"Authorization": f"Bearer {signed.issue_tokens().access_token}"}
    url = f"{signed.proxy_url}/api/1/products"
    async with session.get(url, headers=headers) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "9")


async def test_account_that_moved_is_followed(
    signed: Cloud, session: ClientSession
) -> None:
    """A token of the old region leads to a 421, and its hint to the right host."""
    token = signed.issue_tokens().access_token
    signed.auth.region = "na"
    status, _ = await ask(signed, session, "/api/1/products", "GET", token)
    assert status == 200
    assert [r.server for r in signed.requests] == ["eu", "na", "proxy"]


async def test_fleet_api_that_does_not_answer(
    clouds: Clouds, session: ClientSession
) -> None:
    """Too slow is 500 for a command and 504 for the rest; no connection is 502."""
    cloud = await clouds.start(CloudSettings(proxy_timeout=0.1), [SIGNED])
    hang = cloud.faults.add(Fault(server="eu", hang=True))
    first = asyncio.create_task(ask(cloud, session, LIMIT, json={"percent": 90}))
    status, _ = await ask(cloud, session, "/api/1/products", "GET")
    assert status == 504
    assert (await first)[0] == 500
    cloud.faults.remove(hang)
    cloud.faults.add(Fault(server="eu", tear=True))
    status, _ = await ask(cloud, session, "/api/1/products", "GET")
    assert status == 502


async def test_tls_with_a_certificate_of_its_own(
    clouds: Clouds, session: ClientSession
) -> None:
    """Whoever trusts the certificate is served, whoever does not is not."""
    cloud = await clouds.start(CloudSettings(proxy_tls=True), [SIGNED])
    assert cloud.proxy_url.startswith("https://")
    assert cloud.proxy_certificate is not None
    context = ssl.create_default_context(cadata=cloud.proxy_certificate)
    answer = await ask(cloud, session, LIMIT, json={"percent": 90}, ssl=context)
    assert answer == (200, DONE)


async def test_tls_under_a_frozen_clock(
    clouds: Clouds, freezer: FrozenDateTimeFactory
) -> None:
    """A certificate is made whatever the time is said to be."""
    freezer.move_to("2031-05-06T07:08:09+00:00")
    cloud = await clouds.start(CloudSettings(proxy_tls=True))
    assert cloud.proxy_url.startswith("https://")
    assert cloud.proxy_certificate is not None
    assert cloud.proxy_certificate.startswith("-----BEGIN CERTIFICATE-----")


async def test_clock_of_the_command(
    signed: Cloud, clock: ManualClock, session: ClientSession
) -> None:
    """An id made of the second is that of the cloud's clock."""
    path = f"/api/1/vehicles/{VIN}/command/add_charge_schedule"
    await ask(signed, session, path, json=SCHEDULE)
    assert set(signed.cars[VIN].charge_schedules) == {int(clock.now().timestamp())}
