"""Three cars of one account, and a Home Assistant in a process that is killed."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
import json
from pathlib import Path
from typing import Any, Final, override

from custom_components.tesla_scout_worker.const import DOMAIN
from simulator.car import Car, CarSettings, CommandAnswer
from simulator.cloud import Cloud
from simulator.schedules import ChargeSchedule
from simulator.settings import CloudSettings

from ..cars import HOME, ZONE
from .crash_subject import Victim
from .household import brought_tokens
from .invariants import Break, doubled
from .kill_driver import PRELOAD, TOLD_FILE, run
from .leap_clock import LeapClock

HOUR: Final = timedelta(hours=1)
OWNERS_LIMIT: Final = 70
VINS: Final = tuple(f"LRW3E7EK0RC00000{number}" for number in (1, 2, 3))

# A car that is home and plugged in charges at once if it holds no schedule at all.
OWNERS_SCHEDULE: Final = ChargeSchedule(
    id=7,
    days_of_week=127,
    start_enabled=True,
    end_enabled=True,
    start_time=12 * 60,
    end_time=12 * 60 + 1,
    latitude=HOME.latitude,
    longitude=HOME.longitude,
)


# What a process says that is as it should be.
SIGNED_IN: Final = {"states": ["loaded"], "flows": []}


class NotingCar(Car):
    """A car that keeps every schedule that it was sent, with its content."""

    def __init__(self, vin: str, clock: LeapClock) -> None:
        """Park it at home, plugged in, asleep and rather empty."""
        settings = CarSettings(
            vin=vin,
            home=HOME,
            plugged_in=True,
            battery_level=26,
            charge_limit=OWNERS_LIMIT,
            starts_asleep=True,
        )
        self.sent: list[ChargeSchedule] = []
        self.level_at_deadline: float | None = None
        self.level_when_restored: float | None = None
        self._deadline: datetime | None = None
        super().__init__(settings, clock, schedules=[OWNERS_SCHEDULE])

    def note_level_at(self, deadline: datetime) -> None:
        """Note the state of charge at an instant (aware) that is to come."""
        self.level_at_deadline, self._deadline = None, deadline
        self.level_when_restored = None

    @override
    def _advance(self) -> datetime:
        """Move the car to the clock's time, and note its level on the way."""
        deadline = self._deadline
        if deadline is not None and self._clock.now() >= deadline:
            self._engine.advance(deadline)
            self.level_at_deadline, self._deadline = self._engine.port.level, None
        return super()._advance()

    @override
    def set_charge_limit(self, percent: int) -> CommandAnswer:
        """Take the command, and note the level at which a session was undone."""
        answer = super().set_charge_limit(percent)
        if answer.result and percent == OWNERS_LIMIT:
            self.level_when_restored = self.battery_level
        return answer

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
    secrets: tuple[str, ...] = ()
    kills: int = 0

    async def start(self, **how: Any) -> None:
        """Start Home Assistant, whose account is there and signed in."""
        assert await self.condition(**how) == SIGNED_IN

    async def condition(self, **how: Any) -> dict[str, Any]:
        """Start Home Assistant, and return how its entries and flows are."""
        return await self.victim.start(**self.how(**how))

    def how(self, **how: Any) -> dict[str, Any]:
        """Return how a process is started."""
        return {"clock": str(self.clock_file), "secrets": self.secrets, **how}

    async def special(self, action: str, vin: str, **data: Any) -> Any:
        """Call an action about a car's sessions."""
        self.victim.tell("special", action, vin, data)
        return await self.victim.hear()

    async def request(self, vin: str, ready_by: datetime, target: int) -> str:
        """Request a level for a car, and return the session's id."""
        answer = await self.special(
            "add_special_charging",
            vin,
            ready_by=ready_by.astimezone(ZONE).replace(tzinfo=None),
            target=target,
        )
        assert isinstance(answer, dict), answer
        return str(answer["session_id"])

    async def kill(self) -> None:
        """Kill it."""
        self.kills += 1
        await self.victim.kill()

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

    def doubles(self) -> list[Break]:
        """Return which cars have two schedules for one window."""
        return [
            each
            for car in self.cars.values()
            for each in doubled(car.charge_schedules.values())
        ]

    def limits(self, vin: str, since: datetime) -> list[str]:
        """Return the limits that were set in a car by command."""
        return [
            event.detail
            for event in self.cars[vin].record
            if event.kind == "limit_set" and event.at >= since
        ]


@asynccontextmanager
async def living_street(
    folder: Path, evening: datetime, settings: CloudSettings | None = None
) -> AsyncIterator[Street]:
    """Run a cloud with three cars, and a Home Assistant that has signed in to it.

    Args:
        folder: An empty one, for the files of Home Assistant and the clock.
        evening: The time at which all begins (aware).
        settings: Of the cloud.
    """
    clock_file = folder / "clock"
    clock = LeapClock(clock_file, evening)
    cars = {vin: NotingCar(vin, clock) for vin in VINS}
    cloud = Cloud(clock=clock, cars=cars.values(), settings=settings)
    await cloud.start()
    config = folder / "config"
    config.mkdir()
    victim = Victim(config, run, PRELOAD)
    street = Street(
        clock=clock, clock_file=clock_file, cars=cars, cloud=cloud, victim=victim
    )
    try:
        for car in cars.values():
            car.wake()
        clock.leap(timedelta(minutes=1))
        await victim.start(**street.how())
        victim.tell("set_up", brought_tokens(cloud))
        if (running := await victim.hear()) != SIGNED_IN:
            raise RuntimeError(f"not set up: {running}")
        await victim.stored_other_than(None)
        yield street
    finally:
        await victim.end()
        await cloud.stop()
