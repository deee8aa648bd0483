"""A killed process: whatever the moment, the sign-in survives it, and no person is asked.

Each test runs a real Home Assistant, with its files on disk, in a process that gets a
SIGKILL, against the simulator in this one. Time is real here.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytest_socket import socket_allow_hosts

from benchmarks.chaos.crash_subject import PATIENCE, Victim
from simulator.auth_api import TOKEN_PATH
from simulator.car import Car, CarSettings
from simulator.clock import SystemClock
from simulator.cloud import Cloud
from simulator.faults import Fault

from ..common import HOME, VIN, bring_input

pytestmark = [pytest.mark.fixed_rhythm, pytest.mark.slow]

# Seconds from Tesla's answer to the kill: at once, before the entry is written
# (Home Assistant waits a second), about then, and after.
MOMENTS = (0.0, 0.05, 0.5, 1.5, 3.0)


@pytest.fixture
async def cloud(socket_enabled: None) -> AsyncIterator[Cloud]:
    """Run a Tesla cloud in real time."""
    clock = SystemClock()
    running = Cloud(clock=clock, cars=[Car(CarSettings(vin=VIN, home=HOME), clock)])
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def victim(tmp_path: Path, cloud: Cloud) -> AsyncIterator[Victim]:
    """Run a Home Assistant with an account, whose entry is on the disk."""
    # Processes are forked by way of a local socket.
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    running = Victim(tmp_path)
    assert await running.start() == {"states": [], "flows": []}
    running.tell("set_up", bring_input(cloud))
    assert await running.hear() == {"states": ["loaded"], "flows": []}
    await running.stored_other_than(None)
    yield running
    await running.end()


async def refresh_begins(victim: Victim, cloud: Cloud, times: int = 1) -> None:
    """Have it refresh, one time after the other, until Tesla has answered the last."""
    before = cloud.auth.refreshes
    victim.tell("act", "token_refresh_at_once", times)
    async with asyncio.timeout(PATIENCE):
        while cloud.auth.refreshes < before + times:
            await asyncio.sleep(0.001)


async def comes_back(victim: Victim, cloud: Cloud) -> None:
    """Start it again, and see that it signs itself in, with the token on the disk.

    Tesla does not take the old access token any more, so that nothing but the
    refresh token can help.
    """
    cloud.auth.expire_access_tokens()
    stored = victim.stored()
    assert stored is not None
    assert cloud.auth.refresh_token_is_valid(stored)
    before = cloud.auth.refreshes
    assert await victim.start() == {"states": ["loaded"], "flows": []}
    assert cloud.auth.refreshes == before + 1
    answer = await victim.act("token_get")
    assert isinstance(answer, dict)
    cloud.auth.verify(f"Bearer {answer['access_token']}")


@pytest.mark.timeout(90)
async def test_a_kill_around_a_refresh_costs_nothing(
    victim: Victim, cloud: Cloud
) -> None:
    """The new refresh token was not saved, and the old one was spent.

    Until the new one is on the disk, the stored one is the one used most recently,
    which Tesla honours.
    """
    for moment in MOMENTS:
        await refresh_begins(victim, cloud)
        await asyncio.sleep(moment)
        await victim.kill()
        await comes_back(victim, cloud)


@pytest.mark.timeout(90)
async def test_a_kill_after_a_lost_answer_costs_nothing(
    victim: Victim, cloud: Cloud
) -> None:
    """Tesla spent the token, the answer never came, and then the power failed."""
    for _ in range(2):
        cloud.faults.add(Fault(path=TOKEN_PATH, tear="after", times=1))
        await refresh_begins(victim, cloud)
        await asyncio.sleep(0.05)
        await victim.kill()
        await comes_back(victim, cloud)


@pytest.mark.timeout(90)
async def test_two_refreshes_in_a_row_cost_nothing(
    victim: Victim, cloud: Cloud
) -> None:
    """The second waits until the first one's token is on the disk.

    Else the disk would hold the last token but one, which is dead at Tesla.
    """
    known = victim.stored()
    await refresh_begins(victim, cloud, times=2)
    await victim.kill()
    assert victim.stored() != known
    await comes_back(victim, cloud)

    await refresh_begins(victim, cloud)
    victim.tell("act", "token_refresh_at_once", 1)
    await asyncio.sleep(0.3)
    await victim.kill()
    await comes_back(victim, cloud)


@pytest.mark.timeout(90)
async def test_refreshes_on_a_full_disk_cost_nothing(
    victim: Victim, cloud: Cloud
) -> None:
    """The second one used a token that could not be saved, and the saved one was dead.

    Now the saved one is used again, which Tesla honours for a day. Once there is room,
    the newest is saved.
    """
    known = victim.stored()
    victim.fill_disk(full=True)
    for _ in range(3):
        await victim.act("token_refresh_at_once")
    assert victim.stored() == known
    await victim.kill()
    await comes_back(victim, cloud)

    victim.fill_disk(full=True)
    await victim.act("token_refresh_at_once")
    victim.fill_disk(full=False)
    answer = await victim.act("token_refresh_at_once")
    assert isinstance(answer, dict)
    assert answer["outcome"] == "refreshed"
    await asyncio.sleep(2)
    assert victim.stored() != known
    await victim.kill()
    await comes_back(victim, cloud)


@pytest.mark.timeout(90)
async def test_a_kill_within_a_write_leaves_the_file_whole(
    victim: Victim, cloud: Cloud, tmp_path: Path
) -> None:
    """A crash tore the token file; the Store writes aside and renames."""
    await victim.kill()
    cloud.auth.expire_access_tokens()
    await victim.start(stop_at_write=True)
    assert await victim.hear() == "writing"
    before = victim.stored()
    await victim.kill()
    leftovers = [
        file
        for file in (tmp_path / ".storage").iterdir()
        if file.name.startswith("tmp") and "refresh_token" in file.read_text()
    ]
    assert len(leftovers) == 1, "the write was cut short, with the new token in it"
    assert victim.stored() == before
    await comes_back(victim, cloud)


@pytest.mark.timeout(90)
async def test_a_restart_after_a_refresh_uses_the_new_token(
    victim: Victim, cloud: Cloud
) -> None:
    """Each restart asked for a new sign-in.

    A stop writes what a kill would have lost, so that the old token is not needed.
    """
    old = victim.stored()
    assert old is not None
    answer = await victim.act("token_refresh_at_once")
    assert isinstance(answer, dict)
    assert answer["outcome"] == "refreshed"
    victim.tell("stop")
    await victim.gone()
    assert victim.stored() != old
    await comes_back(victim, cloud)
    assert not cloud.auth.refresh_token_is_valid(old), "its successor was used"
