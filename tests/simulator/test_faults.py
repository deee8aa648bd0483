"""Tests of faults on demand."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from aiohttp import (
    ClientConnectionError,
    ClientPayloadError,
    ClientResponse,
    ClientSession,
)
import pytest

from simulator.car import CarSettings
from simulator.clock import ManualClock
from simulator.cloud import Cloud
from simulator.faults import Fault, Faults

from .conftest import HOME, VIN, Clouds

LIMIT = f"/api/1/vehicles/{VIN}/command/set_charge_limit"


async def set_limit(
    cloud: Cloud, session: ClientSession, percent: int = 90
) -> ClientResponse:
    """Send a command and read its whole answer."""
    token = cloud.issue_tokens().access_token
    headers = {"Authorization": f"Bearer {token}"}
    async with session.post(
        cloud.fleet_url("eu") + LIMIT, headers=headers, json={"percent": percent}
    ) as answer:
        await answer.read()
        return answer


def test_fault_applies_to_matching_requests() -> None:
    """Path, method and server narrow it down."""
    faults = Faults()
    fault = faults.add(Fault(path="*/vehicle_data", method="GET", server="eu"))
    path = f"/api/1/vehicles/{VIN}/vehicle_data"
    assert faults.take("na", "GET", path) is None
    assert faults.take("eu", "POST", path) is None
    assert faults.take("eu", "GET", f"/api/1/vehicles/{VIN}") is None
    assert faults.take("eu", "GET", path) is fault


def test_fault_skips_and_applies_as_often_as_set() -> None:
    """`after` lets requests through, `times` ends it."""
    faults = Faults()
    fault = faults.add(Fault(after=2, times=2))
    taken = [faults.take("eu", "GET", "/") for _ in range(6)]
    assert taken == [None, None, fault, fault, None, None]
    assert faults.active == []


def test_oldest_fault_applies_first() -> None:
    """Faults queue up, so that a test can write a sequence of answers."""
    faults = Faults()
    first = faults.add(Fault(status=500, times=1))
    second = faults.add(Fault(status=500, times=1))
    assert faults.take("eu", "GET", "/") is first
    assert faults.take("eu", "GET", "/") is second
    assert faults.take("eu", "GET", "/") is None


def test_faults_can_be_removed() -> None:
    """One of two equal faults, or all."""
    faults = Faults()
    first = faults.add(Fault(status=500))
    second = faults.add(Fault(status=500))
    faults.remove(first)
    assert faults.take("eu", "GET", "/") is second
    faults.clear()
    assert faults.take("eu", "GET", "/") is None


@pytest.mark.parametrize(
    "data", [{"stauts": 500}, {"status": 99}, {"status": "500"}, {"tear": "twice"}]
)
def test_invalid_fault_is_refused(data: dict[str, Any]) -> None:
    """What the control API cannot mean is refused."""
    with pytest.raises(ValueError):
        Fault.from_json(data)


async def test_status_has_no_effect(cloud: Cloud, session: ClientSession) -> None:
    """The answer is as ordered, the car hears nothing, then all is well again."""
    cloud.faults.add(
        Fault(path="*/command/*", status=429, headers={"Retry-After": "7"}, times=1)
    )
    answer = await set_limit(cloud, session)
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "7"
    assert set(await answer.json()) == {"response", "error", "error_description"}
    assert cloud.cars[VIN].charge_limit == 80
    assert (await set_limit(cloud, session)).status == 200
    assert cloud.cars[VIN].charge_limit == 90
    assert [r.faulted for r in cloud.requests] == [True, False]


@pytest.mark.parametrize(
    ("body", "content_type", "sent"),
    [
        ("<html>", "text/html", "<html>"),
        ('{"response": {', "application/json", '{"response": {'),
        ("", "application/json", ""),
        ({"response": None}, "application/json", '{"response": null}'),
        ([], "application/json", "[]"),
    ],
)
async def test_bodies_can_be_replaced(
    cloud: Cloud,
    session: ClientSession,
    body: str | dict[str, Any] | list[Any],
    content_type: str,
    sent: str,
) -> None:
    """Without a status the effect is real and only its answer is replaced."""
    cloud.faults.add(Fault(body=body, content_type=content_type))
    answer = await set_limit(cloud, session)
    assert answer.status == 200
    assert answer.content_type == content_type
    assert await answer.text() == sent
    assert cloud.cars[VIN].charge_limit == 90


async def test_body_with_status(cloud: Cloud, session: ClientSession) -> None:
    """Both together: no effect, and this answer."""
    cloud.faults.add(Fault(status=401, body=""))
    answer = await set_limit(cloud, session)
    assert (answer.status, await answer.text()) == (401, "")
    assert cloud.cars[VIN].charge_limit == 80


@pytest.mark.parametrize("tear", [True, "before"])
async def test_connection_aborted_before_the_effect(
    cloud: Cloud, session: ClientSession, tear: bool
) -> None:
    """No answer and no effect; nobody pays."""
    cloud.faults.add(Fault(tear=tear, times=1))
    with pytest.raises(ClientConnectionError):
        await set_limit(cloud, session)
    assert cloud.cars[VIN].charge_limit == 80
    assert (cloud.requests[0].status, cloud.requests[0].billed) == (None, False)
    assert (await set_limit(cloud, session)).status == 200


async def test_connection_aborted_after_the_effect(
    cloud: Cloud, session: ClientSession
) -> None:
    """The answer is lost, but the car obeyed and Tesla counts."""
    cloud.faults.add(Fault(tear="after"))
    with pytest.raises(ClientConnectionError):
        await set_limit(cloud, session)
    assert cloud.cars[VIN].charge_limit == 90
    assert (cloud.requests[0].status, cloud.requests[0].billed) == (None, True)


async def test_connection_aborted_within_the_body(
    cloud: Cloud, session: ClientSession
) -> None:
    """A status arrives, and half of a body."""
    cloud.faults.add(Fault(tear="mid-body"))
    with pytest.raises(ClientPayloadError):
        await set_limit(cloud, session)
    assert cloud.cars[VIN].charge_limit == 90
    assert (cloud.requests[0].status, cloud.requests[0].billed) == (200, True)


async def test_hang_ends_when_the_client_gives_up(
    cloud: Cloud, session: ClientSession
) -> None:
    """No answer ever; the record shows it once the client is gone."""
    cloud.faults.add(Fault(hang=True))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await set_limit(cloud, session)
    await until(lambda: bool(cloud.requests))
    assert cloud.requests[0].status is None
    assert not cloud.requests[0].billed
    assert cloud.cars[VIN].charge_limit == 80


async def test_stopping_the_cloud_ends_a_hang(
    cloud: Cloud, session: ClientSession
) -> None:
    """A request that hangs does not hold the cloud up."""
    cloud.faults.add(Fault(hang=True, times=1))
    waiting = asyncio.create_task(set_limit(cloud, session))
    await until(lambda: not cloud.faults.active)
    async with asyncio.timeout(2):
        await cloud.stop()
        with pytest.raises(ClientConnectionError):
            await waiting


async def test_slow_answer_still_comes(cloud: Cloud, session: ClientSession) -> None:
    """A delay alone changes nothing but the time."""
    cloud.faults.add(Fault(delay=0.03))
    loop = asyncio.get_running_loop()
    before = loop.time()
    assert (await set_limit(cloud, session)).status == 200
    assert loop.time() - before >= 0.03


async def test_request_of_a_disconnected_client_is_billed(
    clouds: Clouds, clock: ManualClock, session: ClientSession
) -> None:
    """Whoever hangs up on a car that has just woken has asked it all the same."""
    slow = timedelta(hours=1)
    car = CarSettings(vin=VIN, home=HOME, starts_asleep=True, slow_answer=slow)
    cloud = await clouds.start(cars=[car])
    cloud.cars[VIN].wake()
    clock.advance(car.wake_duration)
    headers = {"Authorization": f"Bearer {cloud.issue_tokens().access_token}"}
    url = f"{cloud.fleet_url('eu')}/api/1/vehicles/{VIN}/vehicle_data"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await session.get(url, headers=headers)
    await until(lambda: bool(cloud.requests))
    assert (cloud.requests[0].status, cloud.requests[0].billed) == (None, True)


async def test_sign_in_server_has_faults_too(
    cloud: Cloud, session: ClientSession
) -> None:
    """A refresh whose answer is lost has used the token; the grace period still accepts it."""
    refresh_token = cloud.issue_tokens().refresh_token
    form = {
        "grant_type": "refresh_token",
        "client_id": cloud.settings.client_id,
        "refresh_token": str(refresh_token),
    }
    cloud.faults.add(Fault(server="auth", tear="after", times=1))
    with pytest.raises(ClientConnectionError):
        await session.post(cloud.token_url, data=form)
    async with session.post(cloud.token_url, data=form) as answer:
        assert answer.status == 200
    cloud.faults.add(Fault(server="auth", status=500))
    async with session.post(cloud.token_url, data=form) as answer:
        assert answer.status == 500
        assert "error" in await answer.json()
    assert [r.status for r in cloud.auth.requests] == [None, 200, 500]
    assert cloud.auth.refreshes == 2


async def until(condition: Callable[[], bool]) -> None:
    """Wait a moment for a condition."""
    async with asyncio.timeout(2):
        while not condition():
            await asyncio.sleep(0.001)
