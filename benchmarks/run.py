"""One month of one subject with some cars, and what came of it."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from freezegun.api import FrozenDateTimeFactory

from homeassistant.core import HomeAssistant
from simulator.car import Car
from simulator.clock import ManualClock, SystemClock
from simulator.cloud import Cloud

from .cars import BEGIN, TRIPS, Kind, Said, hints_of, make_car
from .integrations_under_test import PHONE, PLUG, Facts, Subject, Watcher, at_work
from .scoring import FACTS, Result, Turn, score, turns
from .virtual_house import Turns, frozen, home_assistant, live, tesla

ENTITIES = {"plug": PLUG, "phone": PHONE}

TOLD = {"charging_started": True, "charging_stopped": False}


@dataclass(kw_only=True)
class _Shown:
    """What is shown of a car, and each turn of it."""

    facts: Facts = field(default_factory=dict)
    turns: dict[str, list[Turn]] = field(
        default_factory=lambda: {fact: [] for fact in FACTS}
    )

    def note(self, watcher: Watcher, vin: str, now: datetime) -> None:
        """Note what turned; what was unknown or becomes so is no turn."""
        facts = watcher.facts(vin)
        for fact, value in facts.items():
            before = self.facts.get(fact)
            if value is None:
                continue
            if before is not None and before is not value:
                self.turns[fact].append((now, value))
            self.facts[fact] = value
        for told in watcher.told.pop(vin, []):
            if told in TOLD:
                self.turns["charging"].append((now, TOLD[told]))


@dataclass(kw_only=True)
class _Watched:
    """A car, its twin that nobody watches, and where its numbers go."""

    result: Result
    car: Car
    twin: Car
    shown: _Shown = field(default_factory=_Shown)

    @property
    def vin(self) -> str:
        """What both are called."""
        return self.car.settings.vin


async def month(
    subject: Subject,
    kinds: Sequence[Kind],
    days: int = 28,
    trips: Sequence[str] = TRIPS,
) -> list[Result]:
    """Return a month of one subject, for each kind of car."""
    until = BEGIN + timedelta(days=days)
    results = [
        Result(subject=subject.name, kind=kind.name, days=days) for kind in kinds
    ]
    specs = [
        (result, kind, path)
        for result, kind in zip(results, kinds, strict=True)
        for path in trips
    ]
    size = 1 if subject.one_car_an_account else len(specs)
    for first in range(0, len(specs), size):
        with frozen(BEGIN) as clock:
            watched = [
                _twins(result, kind, path, number, until)
                for number, (result, kind, path) in enumerate(
                    specs[first : first + size], first + 1
                )
            ]
            await _watch(subject, watched, clock, until)
            for item in watched:
                _settle(item, until)
    return results


def _twins(
    result: Result, kind: Kind, path: str, number: int, until: datetime
) -> _Watched:
    """Return a car, and one like it that has lived through its month already."""
    ahead = ManualClock(BEGIN)
    twin = make_car(kind, path, number, ahead)
    ahead.set(until)
    car = make_car(kind, path, number, SystemClock())
    return _Watched(result=result, car=car, twin=twin)


async def _watch(
    subject: Subject,
    watched: list[_Watched],
    clock: FrozenDateTimeFactory,
    until: datetime,
) -> None:
    """Have a subject watch some cars of one account for a month."""
    async with AsyncExitStack() as stack:
        hass = await stack.enter_async_context(home_assistant())
        cloud = await stack.enter_async_context(tesla([item.car for item in watched]))
        hints = _hints(subject, hass, watched)
        watcher = await stack.enter_async_context(at_work(subject, hass, cloud))

        def note(now: datetime) -> None:
            """Note what is shown of each car."""
            for item in watched:
                item.shown.note(watcher, item.vin, now)

        note(BEGIN)
        await live(hass, clock, until, hints, note)
        for item in watched:
            _count(item, cloud)


def _hints(subject: Subject, hass: HomeAssistant, watched: list[_Watched]) -> Turns:
    """Return what a wallbox and a phone will say, by the life of the twin."""
    said: list[Said] = []
    for item in watched:
        record = item.twin.record
        said += hints_of(record, plug=subject.plug_hint, phone=subject.phone_hint)
    if subject.plug_hint:
        hass.states.async_set(PLUG, "off")
    if subject.phone_hint:
        hass.states.async_set(PHONE, "home")
    return Turns(
        at=[
            (item.at, partial(hass.states.async_set, ENTITIES[item.kind], item.word))
            for item in sorted(said, key=lambda item: item.at)
        ]
    )


def _count(one: _Watched, cloud: Cloud) -> None:
    """Take a car's part of the bill into its result.

    A call for all cars of the account is one of each: alone it would cost as many.
    """
    for request in cloud.requests:
        if request.server == "eu" and not request.billed:
            one.result.free += request.vin in (None, one.vin)
        if not request.billed or request.vin != one.vin:
            continue
        match str(request.kind):
            case "data":
                one.result.reads += 1
            case "command":
                one.result.commands += 1
            case "wake":
                one.result.wakes += 1


def _settle(one: _Watched, until: datetime) -> None:
    """Compare what was shown of a car with what happened to it."""
    result = one.result
    result.cars += 1
    result.awake += one.car.awake_minutes(BEGIN, until)
    result.awake_unwatched += one.twin.awake_minutes(BEGIN, until)
    result.score.add(score(turns(one.car.record, BEGIN), one.shown.turns, until))
