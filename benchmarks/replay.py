"""`python -m benchmarks.replay`: months of many cars in seconds, for the policy alone.

The real policy (`scouting/`) looks at the simulator's own cars, minute by minute as
Home Assistant's timers would, but without Home Assistant and HTTP around both. It comes
to the same counts as `benchmarks.month`; a test holds it to that.
"""

import argparse
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
import sys
from typing import Any, Final

from custom_components.tesla_scout_worker.const import EVENT_LIFETIME
from custom_components.tesla_scout_worker.gateways.budget import Budget
from custom_components.tesla_scout_worker.gateways.ledger import CallKind, Ledger
from custom_components.tesla_scout_worker.gateways.models import (
    Connectivity,
    Position,
    VehicleSnapshot,
    VehicleSummary,
)
from custom_components.tesla_scout_worker.scout.admission import ReadAdmission
from custom_components.tesla_scout_worker.scouting import policy
from custom_components.tesla_scout_worker.scouting.adaptive import HALF_ROUND
from custom_components.tesla_scout_worker.scouting.car_state import CarState
from custom_components.tesla_scout_worker.scouting.events import VehicleEventType
from custom_components.tesla_scout_worker.scouting.geofence import Home
from custom_components.tesla_scout_worker.scouting.hint_trust import HintKind
from custom_components.tesla_scout_worker.scouting.motion import SETTLE
from custom_components.tesla_scout_worker.scouting.policy_input import (
    PAID,
    PolicyInput,
    ReadReason,
)
from simulator.car import Car
from simulator.car_settings import CarEvent
from simulator.clock import ManualClock
from simulator.trips import Trip

from .cars import BEGIN, DATA, HOME, ZONE, Kind, Said, hints_of, on_the_grid, settings
from .drivers import files, others
from .scoring import FACTS, Result, Turn, score, turns
from .table import WHOLE, table

# Home Assistant's own zone.
RADIUS: Final = 100.0
AT_HOME: Final = Home(
    position=Position(latitude=HOME.latitude, longitude=HOME.longitude), radius=RADIUS
)
ENDPOINTS: Final = frozenset(
    {"charge_state", "drive_state", "location_data", "charge_schedule_data"}
)
MINUTE: Final = timedelta(minutes=1)
NEVER: Final = datetime(2100, 1, 1, tzinfo=UTC)
DAYS: Final = 28
PLUG: Final = "plug"
PHONE: Final = "phone"

type Decide = Callable[[PolicyInput, datetime], ReadReason]

# How long after the look at an arrival, and after each look for a cable, the next is.
type Gaps = tuple[timedelta, ...]


def adaptive(known: PolicyInput, now: datetime) -> ReadReason:
    """Return what the adaptive policy says."""
    return policy.decide(policy.ScoutingMode.ADAPTIVE, known, now, ZONE)


@dataclass(kw_only=True)
class Told:
    """One who is told of each way out and home, but must look to know of the cable.

    What it cannot do, no policy can that knows less: the bound of the table. With
    ``gaps`` it looks for the cable again and again, each so long after the look before
    (see `benchmarks.plug_bound`), and it knows to the second when an idle car falls asleep.
    """

    record: list[CarEvent]
    kind: Kind
    gaps: Gaps | None = None
    left_at: datetime | None = None
    came_at: datetime | None = None

    def __call__(self, known: PolicyInput, now: datetime) -> ReadReason:
        """Return why it looks, or does not; only at home as the policy does."""
        while self.record and self.record[0].at <= now:
            event = self.record.pop(0)
            if event.kind == "arrived" and event.detail == "home":
                self.left_at, self.came_at = None, event.at
            elif event.kind == "departed" and self.left_at is None:
                self.left_at, self.came_at = event.at, None
        looked = known.read_at
        if known.connectivity is not Connectivity.ONLINE or looked is None:
            return adaptive(known, now)
        if self.left_at is not None:
            due = looked < self.left_at and now >= self.left_at + SETTLE
            return ReadReason.WOKE_UP if due else ReadReason.NOT_DUE
        if self.came_at is not None and looked < self.came_at:
            due = now >= self.came_at + SETTLE - HALF_ROUND
            return ReadReason.MAY_BE_HOME if due else ReadReason.NOT_DUE
        if self.gaps is None or self.came_at is None or known.motion.slept:
            return adaptive(known, now)
        if known.before.plugged_in or known.driving:
            return adaptive(known, now)
        return self._for_cable(self.gaps, self.came_at, looked, now)

    def _for_cable(
        self, gaps: Gaps, came_at: datetime, looked: datetime, now: datetime
    ) -> ReadReason:
        """Return why it looks at a car that came home, without a cable so far.

        A car that is awake when it should have fallen asleep was plugged in.
        """
        touched = looked if self.kind.kept_awake else came_at
        if now >= touched + timedelta(minutes=self.kind.idle):
            return ReadReason.STILL_AWAKE
        due = came_at + SETTLE - HALF_ROUND
        for gap in gaps:
            due += gap
            if looked < due:
                again = now >= due
                return ReadReason.PLUG_EXPECTED if again else ReadReason.LET_SLEEP
        return ReadReason.LET_SLEEP


@dataclass(kw_only=True)
class Look:
    """A paid look, why it was taken, and whether it told anything new."""

    at: datetime
    reason: ReadReason
    found_change: bool


@dataclass(kw_only=True)
class Month:
    """A car, its twin that nobody watches, and what the Scout knows of it."""

    car: Car
    twin: Car
    clock: ManualClock
    admission: ReadAdmission
    decide: Decide
    memory: CarState
    thrift: float = 1.0
    looks: list[Look] = field(default_factory=list)
    shown: dict[str, list[Turn]] = field(
        default_factory=lambda: {fact: [] for fact in FACTS}
    )
    _facts: dict[str, bool] = field(default_factory=dict)

    def hear(self, said: Said) -> None:
        """Take a hint, as `scout.hint_listener` does."""
        now = self.clock.now()
        if said.kind == PHONE:
            if said.word == "home" and self._hinted(PHONE, now):
                self.round()
            return
        plugged_in = said.word == "on"
        told = self.memory.with_cable_hint(plugged_in, AT_HOME, now)
        if told is self.memory:
            return
        if self.admission.record_cable_hint(
            PLUG, self.memory.summary.vin, now, plugged_in=plugged_in
        ):
            self.memory = told
        if plugged_in:
            self._hinted(PLUG, now)

    def _hinted(self, hint: str, now: datetime) -> bool:
        """Return whether a hint is worth a look."""
        vin = self.memory.summary.vin
        return self.admission.hint(hint, {vin: self.memory}, now)

    def round(self) -> None:
        """Take a round, as `ScoutCoordinator._scout` does for one car."""
        now = self.clock.now()
        connectivity = Connectivity(str(self.car.state))
        summary = replace(self.memory.summary, connectivity=connectivity)
        if self.memory.unchanged_asleep(summary):
            return
        memory = self.memory.with_motion(connectivity, now)
        known = self.admission.policy_input(memory, summary, now, asked=False)
        reason = self.decide(replace(known, stretch=known.stretch * self.thrift), now)
        memory = replace(
            memory.without_stale(now, EVENT_LIFETIME).after_poll(summary, now),
            reason=reason,
        )
        if reason in PAID:
            memory = self._look(memory, reason, now)
        self.memory = memory

    def _look(self, memory: CarState, reason: ReadReason, now: datetime) -> CarState:
        """Return the memory after a paid look."""
        self.car.record_read()
        payload = self.car.vehicle_data(ENDPOINTS)
        memory = memory.after_read(VehicleSnapshot.parse(payload, now), AT_HOME)
        found_change = memory.quiet_reads == 0
        self.admission.budget.ledger.calls[CallKind.DATA] += 1
        vin, seen = memory.summary.vin, memory.observation
        self.admission.record_read(
            vin, reason, now, found_change=found_change, seen=seen
        )
        self.looks.append(Look(at=now, reason=reason, found_change=found_change))
        return memory

    def show(self) -> None:
        """Note what turned, and tell what happened, as the entities do."""
        now, seen = self.clock.now(), self.memory.observation
        for fact, value in (("home", seen.at_home), ("plugged in", seen.plugged_in)):
            before = self._facts.get(fact)
            if value is None:
                continue
            if before is not None and before is not value:
                self.shown[fact].append((now, value))
            self._facts[fact] = value
        for vehicle_event in self.memory.pending:
            match vehicle_event.event_type:
                case VehicleEventType.CHARGING_STARTED:
                    self.shown["charging"].append((now, True))
                case VehicleEventType.CHARGING_STOPPED:
                    self.shown["charging"].append((now, False))
        if self.memory.pending:
            self.memory = replace(self.memory, pending=())


def replay(
    kind: Kind,
    trips: Sequence[Trip],
    *,
    number: int = 1,
    days: int = DAYS,
    plug: bool = False,
    phone: bool = False,
    told: bool | Gaps = False,
    thrift: float = 1.0,
) -> Month:
    """Return a month of one car, once it is over.

    Args:
        kind: How it sleeps.
        trips: What it drives.
        number: That of its VIN.
        days: How long the month is.
        plug: Whether a wallbox tells of the cable.
        phone: Whether the driver's phone tells who came home.
        told: Whether it is looked at by who is told of each way, for the bound; or when
            that one looks for the cable again.
        thrift: How many times as long each look waits, as in a month that must be
            saved in.
    """
    until = BEGIN + timedelta(days=days)
    ahead, clock = ManualClock(BEGIN), ManualClock(BEGIN)
    twin = Car(settings(kind, number), ahead, trips)
    ahead.set(until)
    hints = {PLUG: HintKind.PLUG} if plug else {}
    hints |= {PHONE: HintKind.PRESENCE} if phone else {}
    vin = twin.settings.vin
    month = Month(
        car=Car(settings(kind, number), clock, trips),
        twin=twin,
        clock=clock,
        admission=ReadAdmission(
            Budget(ledger=Ledger.started(BEGIN), limit=None), hints
        ),
        decide=adaptive
        if told is False
        else Told(
            record=list(twin.record), kind=kind, gaps=None if told is True else told
        ),
        memory=CarState(summary=VehicleSummary(vin=vin, name=None, connectivity=None)),
        thrift=thrift,
    )
    said = sorted(
        hints_of(twin.record, plug=plug, phone=phone), key=lambda item: item.at
    )
    wakes = [event.at for event in twin.record if event.kind == "woke"]
    month.round()
    month.show()
    now = BEGIN
    while (now := _next(month, now, said, wakes)) < until:
        clock.set(now)
        while said and said[0].at <= now:
            month.hear(said.pop(0))
        month.round()
        month.show()
    clock.set(until)
    return month


def _next(
    month: Month, now: datetime, said: list[Said], wakes: list[datetime]
) -> datetime:
    """Return the next minute in which anything can happen.

    A car that sleeps wakes when its twin does, which nobody kept awake.
    """
    if month.memory.reason is not ReadReason.ASLEEP:
        return on_the_grid(now)
    while wakes and wakes[0] <= now:
        wakes.pop(0)
    coming = [*wakes[:1], *(item.at for item in said[:1])]
    return on_the_grid(max(now, min(coming, default=NEVER) - MINUTE))


def result_of(subject: str, kind: Kind, months: Iterable[Month], days: int) -> Result:
    """Return what the months of some cars of a kind came to."""
    result = Result(subject=subject, kind=kind.name, days=days)
    until = BEGIN + timedelta(days=days)
    for month in months:
        result.cars += 1
        result.reads += len(month.looks)
        result.awake += month.car.awake_minutes(BEGIN, until)
        result.awake_unwatched += month.twin.awake_minutes(BEGIN, until)
        true = turns(month.car.record, BEGIN)
        result.score.add(score(true, month.shown, until))
    return result


@dataclass(frozen=True, kw_only=True)
class Job:
    """A month of some drivers with a kind of car; ``options`` are those of `replay`."""

    who: str
    kind: Kind
    cars: dict[str, list[Trip]]
    options: dict[str, Any] = field(default_factory=dict)

    def run(self) -> Result:
        """Return what their months come to."""
        months = (
            replay(self.kind, trips, number=number, **self.options)
            for number, trips in enumerate(self.cars.values(), 1)
        )
        return result_of(self.who, self.kind, months, DAYS)


def main() -> int:
    """Replay some drivers with each kind of car, and print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.replay", description=__doc__)
    parser.add_argument("--trips", type=Path, default=DATA, help="folder of files")
    parser.add_argument("--seeds", default=None, help="others like them, as 101-106")
    parser.add_argument("--idle", default="10,15,20,30", help="minutes until sleep")
    parser.add_argument("--plug", action="store_true", help="a wallbox tells")
    parser.add_argument("--phone", action="store_true", help="a phone tells")
    parser.add_argument("--told", action="store_true", help="the bound: see Told")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    asked = parser.parse_args()
    cars = files(asked.trips)
    if asked.seeds is not None:
        first, _, last = asked.seeds.partition("-")
        cars = others(cars, range(int(first), int(last or first) + 1))
    options = {"plug": asked.plug, "phone": asked.phone, "told": asked.told}
    names = [name for name, on in options.items() if on]
    who = ", ".join(["adaptive", *names])
    jobs = [
        Job(
            who=who,
            kind=Kind(idle=int(idle), kept_awake=kept_awake),
            cars=cars,
            options=options,
        )
        for kept_awake in (True, False)
        for idle in asked.idle.split(",")
    ]
    with ProcessPoolExecutor(asked.jobs) as pool:
        print(table(pool.map(Job.run, jobs), WHOLE))
    return 0


if __name__ == "__main__":
    sys.exit(main())
