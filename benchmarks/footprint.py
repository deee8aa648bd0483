"""What cars that sleep cost Home Assistant's event loop, by their number."""

from dataclasses import dataclass
from datetime import timedelta

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, callback
from simulator.clock import SystemClock

from .cars import BEGIN, Kind, make_car
from .subjects import ADAPTIVE, TESLA_FLEET, Subject, at_work
from .world import Turns, frozen, home_assistant, live, tesla

NUMBERS = (1, 10, 100)
ASLEEP = Kind(idle=10, kept_awake=False)
HOURS = 2


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """The cost of a round of free looks at some sleeping cars.

    The time is that of the loop's process, the answering cloud in it included.
    """

    subject: str
    cars: int
    milliseconds: float
    state_writes: float
    calls: float


async def footprints() -> list[Footprint]:
    """Return the footprint of both, for 1, 10 and 100 cars."""
    return [
        await footprint(subject, cars)
        for subject in (ADAPTIVE, TESLA_FLEET)
        for cars in NUMBERS
    ]


async def footprint(subject: Subject, number: int) -> Footprint:
    """Return the footprint of one, once its cars have fallen asleep."""
    with frozen(BEGIN) as clock:
        cars = [
            make_car(ASLEEP, "part_time_commuter", each, SystemClock())
            for each in range(1, number + 1)
        ]
        async with (
            home_assistant() as hass,
            tesla(cars) as cloud,
            at_work(subject, hass, cloud),
        ):
            asleep = BEGIN + timedelta(hours=1)
            await live(hass, clock, asleep, Turns(at=[]), lambda now: None)
            writes = 0

            @callback
            def count(event: Event[EventStateChangedData]) -> None:
                """Count a write of a state."""
                nonlocal writes
                writes += 1

            hass.bus.async_listen(EVENT_STATE_CHANGED, count)
            made = len(cloud.requests)
            until = asleep + timedelta(hours=HOURS)
            took = await live(hass, clock, until, Turns(at=[]), lambda now: None)
            rounds = HOURS * (60 if subject is ADAPTIVE else 6)
            return Footprint(
                subject=subject.name,
                cars=number,
                milliseconds=took * 1000 / rounds,
                state_writes=writes / rounds,
                calls=(len(cloud.requests) - made) / rounds,
            )
