"""Tests of the faults that a gateway between client and Tesla causes."""

from dataclasses import replace
import time

from aiohttp import ClientSession
import pytest

from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.gateway_faults import (
    captive_portal,
    html_page,
    null_response,
    redirect,
    slow_drip,
)

from .conftest import VIN

WAKE = f"/api/1/vehicles/{VIN}/wake_up"


async def wake(
    cloud: Cloud, session: ClientSession, body: str | None = None
) -> tuple[int, str, str]:
    """Send wake_up, follow no redirect, and return status, content type and text."""
    headers = {
        "Authorization": f"Bearer {cloud.issue_tokens().access_token}",
        "Content-Type": "application/json",
    }
    url = cloud.fleet_url("eu") + WAKE
    async with session.post(
        url, headers=headers, data=body, allow_redirects=False
    ) as answer:
        return answer.status, answer.content_type, await answer.text()


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (html_page(502), 502),
        (html_page(403, "Forbidden"), 403),
        (captive_portal(), 200),
    ],
)
async def test_page_of_a_gateway_is_html_and_not_billed(
    cloud: Cloud, session: ClientSession, fault: Fault, status: int
) -> None:
    """Tesla never received the request."""
    cloud.faults.add(replace(fault, path="*/wake_up", times=1))
    answered, content_type, text = await wake(cloud, session)
    assert (answered, content_type) == (status, "text/html")
    assert text.startswith("<html>")
    assert [request.billed for request in cloud.requests] == [False]
    assert (await wake(cloud, session))[0] == 200
    assert cloud.requests[-1].billed


async def test_redirect_leads_elsewhere(cloud: Cloud, session: ClientSession) -> None:
    """Its address is that of the fault."""
    cloud.faults.add(redirect("http://127.0.0.1:1/portal", 307))
    assert (await wake(cloud, session))[0] == 307
    assert not cloud.requests[0].billed


async def test_slow_drip_sends_the_true_answer_in_pieces(
    cloud: Cloud, session: ClientSession
) -> None:
    """It is whole, complete and billed, and takes twenty pauses."""
    cloud.faults.add(slow_drip(0.01))
    began = time.monotonic()
    status, _, text = await wake(cloud, session)
    assert time.monotonic() - began >= 0.15
    assert (status, VIN in text) == (200, True)
    assert cloud.requests[0].billed


async def test_null_response_has_its_effect(
    cloud: Cloud, session: ClientSession
) -> None:
    """The wake is billed although the answer says nothing."""
    cloud.faults.add(null_response())
    assert await wake(cloud, session) == (200, "application/json", '{"response": null}')
    assert cloud.requests[0].billed


async def test_wake_up_takes_null_as_its_body(
    cloud: Cloud, session: ClientSession
) -> None:
    """Tesla's own client sends it."""
    assert (await wake(cloud, session, "null"))[0] == 200
