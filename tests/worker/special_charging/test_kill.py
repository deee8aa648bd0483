"""A killed process: whatever the moment, a session is kept or undone, and never twice.

A real Home Assistant with its files on disk gets a SIGKILL at each step of a night, against
the simulator in this process, whose own record says what became of the cars. Kills at
random moments, many of them: ``tests/chaos`` and ``python -m benchmarks.chaos --kills 1000``.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_socket import socket_allow_hosts

from benchmarks.chaos.crash_subject import PATIENCE
from benchmarks.chaos.kill_driver import HOUSE
from benchmarks.chaos.street import (
    OWNERS_LIMIT,
    OWNERS_SCHEDULE,
    VINS,
    Street,
    living_street,
)
from simulator.faults import Fault

from ...common import HOME
from .session_helpers import WARSAW

EVENING = datetime(2025, 8, 6, 21, 0, tzinfo=WARSAW)
HOUR = timedelta(hours=1)

# What is told of a session at most once.
ONCE = ("scheduled", "sent", "started", "completed", "cancelled", "missed", "failed")


@pytest.fixture
async def street(socket_enabled: None, tmp_path: Path) -> AsyncIterator[Street]:
    """Run a cloud with three cars, and a Home Assistant that has them."""
    assert (HOUSE["latitude"], HOUSE["longitude"]) == (HOME.latitude, HOME.longitude)
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    async with living_street(tmp_path, EVENING) as running:
        yield running


def assert_kept(street: Street, vin: str, since: datetime, target: int) -> None:
    """See by the car's own record that nothing is left, nothing twice, nothing lost."""
    car, car_sessions = street.cars[vin], street.car_sessions(vin)
    assert car.charge_limit == OWNERS_LIMIT
    assert set(car.charge_schedules) == {OWNERS_SCHEDULE.id}
    assert car_sessions["override"] is None
    session = list(car_sessions["sessions"].values())[-1]
    raised = [f"{target} by command", f"{OWNERS_LIMIT} by command"]
    assert street.limits(vin, since) in ([], raised)
    assert {item.id for item in car.sent} <= set(session["schedule_ids"])
    contents = [(item.id, item.start_time, item.end_time) for item in car.sent]
    assert len(contents) == len(set(contents)), contents
    assert len({content[1:] for content in contents}) == len(contents), contents
    match session["state"]:
        case "completed":
            assert car.sent or car.battery_level >= target - 1
        case "missed":
            # It was not in the car in time: down, or the car was out of reach.
            assert street.kills
        case other:
            pytest.fail(f"{other}: {session['failure']}")
    twice = [
        key for key, times in street.told().items() if times > 1 and key[2] in ONCE
    ]
    assert twice == []


# A kill right before the request, in the order of a night; ``after`` lets some pass.
POINTS = {
    "kept on the disk, and no schedule added": Fault(
        path="*/add_charge_schedule", hang=True, times=1
    ),
    "added, and the limit not raised": Fault(
        path="*/set_charge_limit", hang=True, times=1
    ),
    "raised, and not read back": Fault(
        path="*/vehicle_data", hang=True, times=1, after=1
    ),
    "restored, and not read back": Fault(
        path="*/vehicle_data", hang=True, times=1, after=1
    ),
}

# The limit that the car has at such a point, and how many schedules it was sent.
IN_CAR = dict(zip(POINTS, ((70, 0), (70, 1), (80, 1), (70, 1)), strict=True))


@pytest.mark.timeout(180)
@pytest.mark.slow
async def test_a_kill_at_each_step_of_a_night(street: Street) -> None:
    """The owner's limit is kept over all of them, and each is done once."""
    vin, since = VINS[0], street.clock.now()
    ready_by = datetime(2025, 8, 7, 7, 0, tzinfo=WARSAW)
    name = await street.request(vin, ready_by, 80)
    for number, (point, fault) in enumerate(POINTS.items()):
        if point.startswith("restored"):
            await street.start()
            await street.rest(datetime(2025, 8, 7, 6, 29, tzinfo=WARSAW))
        # Set before a start, which at once goes on with what is due.
        street.cloud.faults.add(fault)
        if number and not point.startswith("restored"):
            await street.start()
        street.victim.tell("leap", ready_by)
        async with asyncio.timeout(PATIENCE):
            while street.cloud.faults.active:
                await asyncio.sleep(0.002)
        await street.kill()
        car, hold = street.cars[vin], street.car_sessions(vin)["override"]
        assert (car.charge_limit, len(car.sent)) == IN_CAR[point], point
        assert hold is not None, point
        assert (hold["original"], hold["raised_to"]) == (OWNERS_LIMIT, 80), point
    await street.start()
    await street.rest(ready_by + HOUR)
    street.cars[vin].wake()
    await street.rest(ready_by + 3 * HOUR)
    [session] = street.car_sessions(vin)["sessions"].values()
    assert (session["id"], session["state"]) == (name, "completed")
    assert street.limits(vin, since) == ["80 by command", "70 by command"]
    assert len(street.cars[vin].sent) == 1
    assert round(street.cars[vin].battery_level) == 80
    assert_kept(street, vin, since, 80)


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_a_kill_within_the_writes_of_a_night(street: Street) -> None:
    """Temporary file, fsync, rename: a torn write leaves the file before it."""
    vin, since = VINS[0], street.clock.now()
    ready_by = datetime(2025, 8, 7, 7, 0, tzinfo=WARSAW)
    await street.request(vin, ready_by, 80)
    await street.kill()
    for number in (2, 3, 1, 4, 2, 1):
        street.victim.launch(**street.how(dies_in_write=number))
        heard = await street.victim.hear()
        if heard != "synced":
            # It was no write of the start itself.
            street.victim.tell("leap", ready_by + HOUR)
            heard = await street.victim.hear()
        assert heard == "synced"
        await street.kill()
    await street.start()
    await street.rest(ready_by + HOUR)
    street.cars[vin].wake()
    await street.rest(ready_by + 3 * HOUR)
    assert_kept(street, vin, since, 80)
    assert street.sessions(vin)[0]["state"] == "completed"
