"""Nights of a real Home Assistant process that is killed, again and again.

Three cars at home with a session each, off-peak charging by prices, and tokens that live
for two hours. The invariants are checked by the cars' and the cloud's own record.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
import traceback
from typing import Any, Final

from simulator.car import Place
from simulator.settings import CloudSettings

from ..cars import HOME, ZONE
from .crash_subject import PATIENCE
from .household import stored_ids
from .invariants import Break, Invariant, limit_breaks, schedule_breaks, storm_breaks
from .kill_judge import Asked, Judge, Up
from .killing_faults import KillingFaults
from .street import (
    HOUR,
    OWNERS_LIMIT,
    OWNERS_SCHEDULE,
    SIGNED_IN,
    VINS,
    Street,
    living_street,
)

MINUTE: Final = timedelta(minutes=1)
WORK: Final = Place(latitude=52.1672, longitude=20.8679)
EVENING: Final = datetime(2026, 8, 6, 21, 0, tzinfo=ZONE)
SETTINGS: Final = CloudSettings(access_token_lifetime=2 * HOUR)
SECRETS: Final = (
    *VINS,
    SETTINGS.client_secret,
    str(HOME.latitude),
    str(HOME.longitude),
    str(WORK.latitude),
    str(WORK.longitude),
)
DOWNTIMES: Final = tuple(timedelta(minutes=m) for m in (0.1, 0.5, 2, 20, 90, 240))
SKEWS: Final = tuple(timedelta(hours=h) for h in (-24 * 365, -24, -1, -0.1, 0.1, 1))
KILLS_A_NIGHT: Final = 9

# Kinds of kills with a machine that is not well either.
RISKS: Final = ("full disk", "wrong clock")

# Requests that a start causes anew: a token, the list, and what each car is asked.
REQUESTS_A_START: Final = 15


@dataclass(kw_only=True)
class Report:
    """What became of a run.

    Attributes:
        kills: How often it was killed, by the kind of moment.
        sessions: How sessions ended, as Home Assistant has it.
        sites: Which requests were struck.
        breaks: The invariants that did not hold, with the night.
    """

    kills: Counter[str] = field(default_factory=Counter)
    sessions: Counter[str] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)
    nights: int = 0
    breaks: list[tuple[int, Break]] = field(default_factory=list)


class KillRun:
    """Kills a Home Assistant until it was killed often enough."""

    def __init__(
        self,
        street: Street,
        seed: int,
        say: Callable[[str], None] = lambda text: None,
        risks: Collection[str] = RISKS,
    ) -> None:
        """Draw all from a seed; ``risks`` are kinds of kills beside the plain ones."""
        self._risks = risks
        self._street = street
        self._draw = Random(seed)
        self._faults = KillingFaults()
        street.cloud.state.faults = street.cloud.faults = self._faults
        self._up: list[Up] = []
        self._cancelled: set[str] = set()
        self._say = say
        self.report = Report()
        self._judge = Judge(street=street, say=say, sessions=self.report.sessions)

    async def night(self, kills: int) -> None:
        """Request a session for each car, kill, and judge how all ended."""
        street, since = self._street, self._street.clock.now()
        first = len(street.cloud.requests)
        self._up, self._cancelled = [], set()
        await street.rest(since + 31 * MINUTE)
        asked = [await self._ask(vin) for vin in VINS]
        last = since + 16 * HOUR
        breaks: list[Break] = []
        for _ in range(kills):
            await self._kill(last)
            breaks += street.doubles()
            self._live_on()
            running = await street.condition()
            if self._draw.random() < 0.1 and running == SIGNED_IN:
                await self._cancel(self._draw.choice(VINS))
        breaks += await self._settle(last)
        breaks += [
            each
            for item in asked
            for each in self._judge.session_breaks(
                item, self._up, cancelled=item.name in self._cancelled
            )
        ]
        breaks += storm_breaks(
            street.cloud.requests[first:],
            len(VINS),
            excused=REQUESTS_A_START * (kills + 4),
        )
        breaks += self._judge.log_breaks()
        self.report.nights += 1
        self.report.breaks += [(self.report.nights, each) for each in breaks]
        for each in breaks:
            self._say(f"night {self.report.nights}: {each}")
        self._come_home()

    def give_up(self, err: Exception) -> None:
        """Report an error that ends the run."""
        seen = Break(invariant=Invariant.STUCK, seen=repr(err))
        self.report.nights += 1
        self.report.breaks.append((self.report.nights, seen))
        self._say(f"night {self.report.nights}: {seen}")
        self._say("".join(traceback.format_exception(err)))

    async def _ask(self, vin: str) -> Asked:
        """Request a level for a car."""
        street, draw = self._street, self._draw
        ready_by = (street.clock.now() + draw.uniform(5, 14) * HOUR).replace(
            second=0, microsecond=0
        )
        target = draw.randrange(75, 96)
        car = street.cars[vin]
        name = await street.request(vin, ready_by, target)
        car.note_level_at(ready_by)
        self._say(f"{vin} at {car.battery_level:.0f} %: {name} to {target} %")
        return Asked(
            vin=vin,
            name=name,
            target=target,
            since=street.clock.now(),
            ready_by=ready_by,
            level=car.battery_level,
        )

    async def _kill(self, until: datetime) -> None:
        """Let the time pass, and kill at some kind of moment."""
        street, since = self._street, self._street.clock.now()
        reachable = self._reachable()
        kind, kill = self._draw.choice(self._kinds())
        struck = await kill(until)
        street.kills += 1
        self.report.kills[kind] += 1
        self._faults.disarm()
        if struck:
            self.report.sites[struck] += 1
        now = street.clock.now()
        if kind not in RISKS:
            self._up.append(Up(since=since, until=now, cars=reachable))
        self._say(f"kill {street.kills} {kind} {struck}, at {now:%d %H:%M:%S}")

    def _kinds(self) -> list[tuple[str, Callable[[datetime], Any]]]:
        """Return the kinds of kills."""
        plain = [
            ("before a request", self._kill_before),
            ("after a request, its answer lost", self._kill_after),
            ("within 20 ms of an answer", self._kill_answered),
            ("in a write", self._kill_in_write),
            ("in boot", self._kill_in_boot),
        ]
        risks = {
            "full disk": self._kill_with_full_disk,
            "wrong clock": self._kill_with_wrong_clock,
        }
        return [*plain, *((each, risks[each]) for each in self._risks)]

    async def _kill_before(self, until: datetime) -> str:
        """Kill before a request has an effect."""
        self._faults.arm(self._street.victim.strike, "before", self._draw.randrange(14))
        return await self._leap(until)

    async def _kill_after(self, until: datetime) -> str:
        """Kill after a request had its effect, before its answer."""
        self._faults.arm(self._street.victim.strike, "after", self._draw.randrange(14))
        return await self._leap(until)

    async def _leap(self, until: datetime) -> str:
        """Let the time pass until it is dead, or done."""
        street = self._street
        street.victim.tell("leap", until)
        await self._dead_or_spoken()
        await street.victim.kill()
        return self._faults.struck_at or ""

    async def _dead_or_spoken(self) -> None:
        """Wait until the process was killed, or said something."""
        async with asyncio.timeout(PATIENCE):
            while self._faults.struck_at is None and not self._street.victim.has_spoken:
                await asyncio.sleep(0.0005)

    async def _kill_answered(self, until: datetime) -> str:
        """Kill a moment after an answer."""
        street, draw = self._street, self._draw
        requests, pause = draw.randrange(1, 14), draw.uniform(0, 0.02)
        before = len(street.cloud.requests)
        street.victim.tell("leap", until)
        async with asyncio.timeout(PATIENCE):
            while len(street.cloud.requests) - before < requests:
                if street.victim.has_spoken:
                    break
                await asyncio.sleep(0.0005)
        await asyncio.sleep(pause)
        await street.victim.kill()
        return street.cloud.requests[-1].path.rsplit("/", 1)[-1]

    async def _kill_in_write(self, until: datetime) -> str:
        """Kill between a temporary file and its renaming."""
        street, draw = self._street, self._draw
        await street.victim.kill()
        what = draw.choice(("tesla_scout_worker.", "core.config_entries"))
        street.victim.launch(
            **street.how(dies_in_write=draw.randrange(1, 5), writes_of=what)
        )
        heard = await street.victim.hear()
        if heard not in ("synced", "unsafe"):
            # It was no write of the start itself.
            street.victim.tell("leap", until)
            await street.victim.hear()
        await street.victim.kill()
        return what

    async def _kill_in_boot(self, _until: datetime) -> str:
        """Kill while it starts, around one of its first requests or at any time."""
        street, draw = self._street, self._draw
        await street.victim.kill()
        if draw.random() < 0.3:
            street.victim.launch(**street.how())
            await asyncio.sleep(draw.uniform(0, 0.8))
            await street.victim.kill()
            return ""
        street.victim.launch(**street.how())
        self._faults.arm(
            street.victim.strike,
            "before" if draw.random() < 0.5 else "after",
            draw.randrange(5),
        )
        await self._dead_or_spoken()
        await street.victim.kill()
        return self._faults.struck_at or ""

    async def _kill_with_full_disk(self, until: datetime) -> str:
        """Have the disk full for some requests, and kill."""
        self._street.victim.fill_disk(full=True)
        return await self._kill_answered(until)

    async def _kill_with_wrong_clock(self, until: datetime) -> str:
        """Start with a clock that is wrong, have it set right while it runs, and kill."""
        street, draw = self._street, self._draw
        await street.victim.kill()
        street.clock.skew = draw.choice(SKEWS)
        try:
            running = await street.condition()
            if running == SIGNED_IN and draw.random() < 0.5:
                street.victim.tell("leap", street.clock.now() + 10 * MINUTE)
                await street.victim.hear()
        finally:
            street.clock.skew = timedelta(0)
        return await self._kill_after(until)

    async def _cancel(self, vin: str) -> None:
        """Cancel a car's session, as a person may."""
        name = self._street.sessions(vin)[-1]["id"]
        answer = await self._street.special(
            "cancel_special_charging", vin, session_id=name
        )
        if isinstance(answer, dict):
            self._cancelled.add(name)
            self._say(f"{vin} cancelled")

    def _reachable(self) -> frozenset[str]:
        """Return the cars that are at home, plugged in, and have a signal."""
        return frozenset(
            vin
            for vin, car in self._street.cars.items()
            if car.plugged_in and car.state != "offline" and car.position == HOME
        )

    def _live_on(self) -> None:
        """Let time pass while it is down, and people do what people do."""
        street, draw = self._street, self._draw
        for car in street.cars.values():
            car.set_signal(draw.random() > 0.1)
        if draw.random() < 0.15:
            car = street.cars[draw.choice(VINS)]
            if car.driving:
                return
            car.drive(km=5, to=WORK, duration=0.2 * HOUR)
            street.clock.leap(0.3 * HOUR)
            if draw.random() < 0.7:
                car.drive(km=5, to=HOME, duration=0.2 * HOUR)
                street.clock.leap(0.3 * HOUR)
                car.plug_in()
        street.clock.leap(draw.choice(DOWNTIMES))

    def _come_home(self) -> None:
        """Have all cars at home, plugged in, awake, rather empty, and as at first.

        What one night left behind is no break of the next one.
        """
        street, draw = self._street, self._draw
        known = stored_ids(street.victim.folder) | {OWNERS_SCHEDULE.id}
        for car in street.cars.values():
            car.set_signal(True)
            if car.charge_limit != OWNERS_LIMIT:
                car.set_limit_by_owner(OWNERS_LIMIT)
            for schedule_id in set(car.charge_schedules) - known:
                car.remove_charge_schedule(schedule_id)
            km = max(car.battery_level - draw.randrange(20, 45), 1) * 75 / 100 / 0.16
            car.drive(km=km, to=HOME, duration=2 * HOUR)
        street.clock.leap(2 * HOUR + MINUTE)
        for car in street.cars.values():
            car.plug_in()
            car.sent.clear()

    async def _settle(self, last: datetime) -> list[Break]:
        """Let all be undone that must be, and return what was not."""
        street = self._street
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
        await street.victim.kill()
        running = await street.condition()
        breaks: list[Break] = []
        token = street.victim.stored()
        if running != SIGNED_IN or token is None:
            breaks.append(Break(invariant=Invariant.SIGN_IN, seen=str(running)))
        elif not street.cloud.auth.refresh_token_is_valid(token):
            seen = "the stored refresh token is spent"
            breaks.append(Break(invariant=Invariant.SIGN_IN, seen=seen))
        known = stored_ids(street.victim.folder)
        for car in street.cars.values():
            held = car.charge_schedules.values()
            breaks += limit_breaks(car.charge_limit, OWNERS_LIMIT)
            breaks += schedule_breaks(held, OWNERS_SCHEDULE.id, known)
        return breaks


async def run_kills(
    folder: Path,
    kills: int,
    seed: int,
    say: Callable[[str], None] = lambda text: None,
    risks: Collection[str] = RISKS,
) -> Report:
    """Kill a Home Assistant a number of times, and return what became of it.

    Args:
        folder: An empty one, for its files.
        kills: How often.
        seed: Of all that is drawn; a real process repeats itself only so far.
        say: Is told of each kill and each break.
        risks: Kinds of kills beside the plain ones.
    """
    async with living_street(folder, EVENING, SETTINGS) as street:
        street.secrets = SECRETS
        await street.victim.kill()
        await street.start()
        street.victim.tell("by_prices", list(VINS))
        await street.victim.hear()
        run = KillRun(street, seed, say, risks)
        while street.kills < kills:
            try:
                await run.night(min(KILLS_A_NIGHT, kills - street.kills))
            except Exception as err:  # noqa: BLE001 - a harness reports what it meets
                run.give_up(err)
                break
        return run.report
