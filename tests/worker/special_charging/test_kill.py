"""A killed process: whatever the moment, a session is kept or undone, and never twice.

A real Home Assistant with its files on disk gets a SIGKILL again and again, against the
simulator in this process, whose own record says what became of the cars. 25 kills by
default; ``SPECIAL_KILLS=1000`` asks for more, ``SPECIAL_KILL_SEED=7`` repeats a run (as
far as a real process repeats itself).
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import json
import os
from pathlib import Path
from random import Random
from typing import Any, override

import pytest
from pytest_socket import socket_allow_hosts

from custom_components.tesla_scout_worker.const import DOMAIN
from simulator.car import Car, CarSettings, CommandAnswer
from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.schedules import ChargeSchedule

from ...common import HOME, WORK, bring_input
from ...crash_subject import PATIENCE, Victim
from ...time_warp import LeapClock
from .kill_driver import HOUSE, PRELOAD, TOLD_FILE, run
from .session_helpers import WARSAW

KILLS = int(os.environ.get("SPECIAL_KILLS", "25"))
SEED = int(os.environ.get("SPECIAL_KILL_SEED", str(Random().randrange(10**6))))

EVENING = datetime(2025, 8, 6, 21, 0, tzinfo=WARSAW)
ORIGINAL = 70
VINS = tuple(f"LRW3E7EK0RC00000{number}" for number in (1, 2, 3))

# A car that is home and plugged in charges at once if it holds no schedule at all.
OWNERS = ChargeSchedule(
    id=7,
    days_of_week=127,
    start_enabled=True,
    end_enabled=True,
    start_time=12 * 60,
    end_time=12 * 60 + 1,
    latitude=HOME.latitude,
    longitude=HOME.longitude,
)

HOUR = timedelta(hours=1)
DOWNTIMES = tuple(timedelta(minutes=m) for m in (0.1, 0.5, 2, 20, 90, 240))

# What is told of a session at most once.
ONCE = ("scheduled", "sent", "started", "completed", "cancelled", "missed", "failed")


class NotingCar(Car):
    """A car that keeps every schedule that it was sent, with its content."""

    def __init__(self, vin: str, clock: LeapClock) -> None:
        """Park it at home, plugged in, asleep and rather empty."""
        settings = CarSettings(
            vin=vin,
            home=HOME,
            plugged_in=True,
            battery_level=26,
            charge_limit=ORIGINAL,
            starts_asleep=True,
        )
        self.sent: list[ChargeSchedule] = []
        super().__init__(settings, clock, schedules=[OWNERS])

    @override
    def add_charge_schedule(self, schedule: ChargeSchedule) -> CommandAnswer:
        """Take the command, and note what came with it."""
        answer = super().add_charge_schedule(schedule)
        if answer.result:
            self.sent.append(schedule)
        return answer


@dataclass(kw_only=True)
class Street:
    """Three cars of one account, and a Home Assistant that is killed."""

    clock: LeapClock
    clock_file: Path
    cars: dict[str, NotingCar]
    cloud: Cloud
    victim: Victim
    kills: int = 0
    cancelled: set[str] = field(default_factory=set)
    # How sessions ended, and how many of them had raised a limit.
    ends: Counter[str] = field(default_factory=Counter)
    raises: int = 0

    async def start(self, **how: Any) -> None:
        """Start Home Assistant, whose account is there and signed in."""
        running = await self.victim.start(clock=str(self.clock_file), **how)
        assert running == {"states": ["loaded"], "flows": []}

    async def special(self, action: str, vin: str, **data: Any) -> Any:
        """Call an action about a car's sessions."""
        self.victim.tell("special", action, vin, data)
        return await self.victim.hear()

    async def promise(self, vin: str, ready_by: datetime, target: int) -> str:
        """Request a level for a car, and return the session's id."""
        answer = await self.special(
            "add_special_charging",
            vin,
            ready_by=ready_by.astimezone(WARSAW).replace(tzinfo=None),
            target=target,
        )
        assert isinstance(answer, dict), answer
        return str(answer["session_id"])

    async def kill(self) -> None:
        """Kill it."""
        self.kills += 1
        await self.victim.kill()
        self.look_at_cars()

    async def rest(self, until: datetime) -> None:
        """Let it do undisturbed all that is due until an instant."""
        self.victim.tell("leap", until)
        assert await self.victim.hear() == "rested"

    def car_sessions(self, vin: str) -> dict[str, Any]:
        """Return a car's sessions as the disk has them."""
        files = (self.victim.folder / ".storage").glob(f"{DOMAIN}.*")
        [file] = [
            each_file for each_file in files if not each_file.name.endswith("tmp")
        ]
        stored = json.loads(file.read_text())["data"]["charging"]
        return dict(
            stored.get(vin, {"sessions": {"sessions": {}, "override": None}})[
                "sessions"
            ]
        )

    def sessions(self, vin: str) -> list[dict[str, Any]]:
        """Return a car's sessions as the disk has them."""
        return list(self.car_sessions(vin)["sessions"].values())

    def told(self) -> Counter[tuple[str, str, str]]:
        """Return how often each thing was told of each session of a car."""
        lines = (self.victim.folder / TOLD_FILE).read_text().splitlines()
        events = {
            (entity, at, said["session_id"], said["event_type"])
            for entity, at, said in map(json.loads, lines)
        }
        return Counter((entity, name, kind) for entity, _, name, kind in events)

    def look_at_cars(self) -> None:
        """See that no car has two schedules for one window."""
        for car in self.cars.values():
            held = [
                (schedule.start_time, schedule.end_time)
                for schedule in car.charge_schedules.values()
            ]
            assert len(held) == len(set(held)), held

    def limits(self, vin: str, since: datetime) -> list[str]:
        """Return the limits that were set in a car by command."""
        return [
            event.detail
            for event in self.cars[vin].record
            if event.kind == "limit_set" and event.at >= since
        ]


@pytest.fixture
async def street(socket_enabled: None, tmp_path: Path) -> AsyncIterator[Street]:
    """Run a cloud with three cars, and a Home Assistant that has them."""
    assert (HOUSE["latitude"], HOUSE["longitude"]) == (HOME.latitude, HOME.longitude)
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    clock_file = tmp_path / "clock"
    clock = LeapClock(clock_file, EVENING)
    cars = {vin: NotingCar(vin, clock) for vin in VINS}
    cloud = Cloud(clock=clock, cars=cars.values())
    await cloud.start()
    folder = tmp_path / "config"
    folder.mkdir()
    victim = Victim(folder, run, PRELOAD)
    street = Street(
        clock=clock, clock_file=clock_file, cars=cars, cloud=cloud, victim=victim
    )
    for car in cars.values():
        car.wake()
    clock.leap(timedelta(minutes=1))
    await victim.start(clock=str(clock_file))
    victim.tell("set_up", bring_input(cloud))
    assert await victim.hear() == {"states": ["loaded"], "flows": []}
    await victim.stored_other_than(None)
    yield street
    await victim.end()
    await cloud.stop()


def assert_kept(street: Street, vin: str, since: datetime, target: int) -> None:
    """See by the car's own record that nothing is left, nothing twice, nothing lost."""
    car, car_sessions = street.cars[vin], street.car_sessions(vin)
    assert car.charge_limit == ORIGINAL
    assert set(car.charge_schedules) == {OWNERS.id}
    assert car_sessions["override"] is None
    session = list(car_sessions["sessions"].values())[-1]
    raised = [f"{target} by command", f"{ORIGINAL} by command"]
    assert street.limits(vin, since) in ([], raised)
    assert {item.id for item in car.sent} <= set(session["schedule_ids"])
    contents = [(item.id, item.start_time, item.end_time) for item in car.sent]
    assert len(contents) == len(set(contents)), contents
    assert len({content[1:] for content in contents}) == len(contents), contents
    match session["state"]:
        case "completed":
            assert car.sent or car.battery_level >= target - 1
        case "cancelled":
            assert session["id"] in street.cancelled
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
async def test_a_kill_at_each_step_of_a_night(street: Street) -> None:
    """The owner's limit is kept over all of them, and each is done once."""
    vin, since = VINS[0], street.clock.now()
    ready_by = datetime(2025, 8, 7, 7, 0, tzinfo=WARSAW)
    name = await street.promise(vin, ready_by, 80)
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
        assert (hold["original"], hold["raised_to"]) == (ORIGINAL, 80), point
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
    await street.promise(vin, ready_by, 80)
    await street.kill()
    for number in (2, 3, 1, 4, 2, 1):
        clock = str(street.clock_file)
        street.victim.launch(clock=clock, dies_in_write=number)
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


async def _until_the_moment(street: Street, rng: Random) -> str:
    """Wait for a random moment of what it does, and return which that was."""
    requests = rng.randrange(1, 14)
    pause = rng.choice((0.0, rng.uniform(0, 0.02)))
    before = len(street.cloud.requests)
    async with asyncio.timeout(PATIENCE):
        while len(street.cloud.requests) - before < requests:
            if street.victim.has_spoken:
                break
            await asyncio.sleep(0.0005)
    await asyncio.sleep(pause)
    return f"after {requests} requests and {1000 * pause:.0f} ms"


def _live_on(street: Street, rng: Random) -> None:
    """Let time pass while it is down, and people do what people do."""
    for car in street.cars.values():
        car.set_signal(rng.random() > 0.1)
    if rng.random() < 0.15:
        car = street.cars[rng.choice(VINS)]
        car.drive(km=5, to=WORK, duration=0.2 * HOUR)
        street.clock.leap(0.3 * HOUR)
        if rng.random() < 0.7:
            car.drive(km=5, to=HOME, duration=0.2 * HOUR)
            street.clock.leap(0.3 * HOUR)
            car.plug_in()
    street.clock.leap(rng.choice(DOWNTIMES))


def _come_home(street: Street, rng: Random) -> None:
    """Have all cars at home, plugged in, awake, and rather empty again."""
    for car in street.cars.values():
        car.set_signal(True)
        km = max(car.battery_level - rng.randrange(20, 45), 1) * 75 / 100 / 0.16
        car.drive(km=km, to=HOME, duration=2 * HOUR)
    street.clock.leap(2 * HOUR + timedelta(minutes=1))
    for car in street.cars.values():
        car.plug_in()
        car.sent.clear()


@pytest.mark.slow
@pytest.mark.timeout(60 + 6 * KILLS)
async def test_kills_at_random_moments(street: Street) -> None:
    """No limit is left raised, no schedule is there twice, no session is lost."""
    rng = Random(SEED)
    said = [f"SPECIAL_KILL_SEED={SEED}"]
    try:
        while street.kills < KILLS:
            await _a_night(street, rng, said)
    finally:
        # Shown by pytest if the test fails.
        said.append(
            f"{street.kills} kills, {dict(street.ends)}, {street.raises} raises"
        )
        print("\n".join(said))  # noqa: T201
    assert street.raises, "kills of sessions that never did anything prove nothing"


async def _a_night(street: Street, rng: Random, said: list[str]) -> None:
    """Request something for each car, kill, and see that all ended as it should."""
    since = street.clock.now()
    await street.rest(since + timedelta(minutes=31))
    targets: dict[str, int] = {}
    for vin in VINS:
        ready_by = (street.clock.now() + rng.uniform(3, 14) * HOUR).replace(
            second=0, microsecond=0
        )
        targets[vin] = rng.randrange(75, 96)
        name = await street.promise(vin, ready_by, targets[vin])
        said.append(f"{vin}: {name} to {targets[vin]} %")
    last = since + 16 * HOUR
    for _ in range(min(9, KILLS - street.kills)):
        street.victim.tell("leap", last)
        moment = await _until_the_moment(street, rng)
        await street.kill()
        said.append(
            f"kill {street.kills} {moment}, at {street.clock.now():%d %H:%M:%S}"
        )
        _live_on(street, rng)
        if rng.random() < 0.2:
            street.victim.launch(clock=str(street.clock_file))
            moment = await _until_the_moment(street, rng)
            await street.kill()
            said.append(f"kill {street.kills} of a start, {moment}")
        await street.start()
        if rng.random() < 0.1:
            vin = rng.choice(VINS)
            name = street.sessions(vin)[-1]["id"]
            answer = await street.special(
                "cancel_special_charging", vin, session_id=name
            )
            street.cancelled |= {name} if isinstance(answer, dict) else set()
            said.append(f"{vin} cancelled: {answer}")
    for car in street.cars.values():
        car.set_signal(True)
        car.move(HOME)
    await street.rest(max(last, street.clock.now()) + 3 * HOUR)
    # Some time a car is awake for long enough to be found so, at night too.
    for car in street.cars.values():
        car.set_sentry(True)
    await street.rest(street.clock.now() + 2 * HOUR)
    for car in street.cars.values():
        car.set_sentry(False)
    for vin in VINS:
        assert_kept(street, vin, since, targets[vin])
        state = street.sessions(vin)[-1]["state"]
        street.ends[state] += 1
        street.raises += len(street.limits(vin, since)) // 2
        said.append(f"{vin}: {state}, sent {len(street.cars[vin].sent)}")
    _come_home(street, rng)
