"""The cars that are watched, the trips that they make, and what hints know of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

from simulator.car import Car, CarSettings, Place
from simulator.car_settings import CarEvent
from simulator.clock import Clock
from simulator.trips import read_trips

ZONE: Final = ZoneInfo("Europe/Warsaw")
HOME: Final = Place(latitude=52.2297, longitude=21.0122)
DATA: Final = Path(__file__).parents[1] / "simulator" / "data"
TRIPS: Final = ("part_time_commuter", "full_time_commuter", "free_time_driver")

# The first day of the trip files, at midnight.
BEGIN: Final = datetime(2026, 5, 1, tzinfo=ZONE).astimezone(UTC)

# A phone is on the network of the house half a minute after the car is home.
PHONE_DELAY: Final = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of car: how soon it sleeps, whether reads keep it up, and sentry mode."""

    idle: int
    kept_awake: bool
    sentry: bool = False

    @property
    def name(self) -> str:
        """What it is called in the table."""
        if self.sentry:
            return "sentry on"
        effect = "kept awake by reads" if self.kept_awake else "sleeps regardless"
        return f"{effect}, {self.idle} min"


def settings(kind: Kind, number: int) -> CarSettings:
    """Return the car of a kind, with a VIN of its own."""
    return CarSettings(
        vin=f"LRW3E7EK0RC{number:06}",
        name=f"Car {number}",
        home=HOME,
        idle_before_sleep=timedelta(minutes=kind.idle),
        reads_keep_awake=kind.kept_awake,
        sentry=kind.sentry,
    )


def make_car(kind: Kind, trips: str, number: int, clock: Clock) -> Car:
    """Return a car with its trips, at home."""
    path = DATA / f"{trips}.csv"
    return Car(settings(kind, number), clock, read_trips(path, ZONE))


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a hint says, and when."""

    at: datetime
    kind: Literal["plug", "phone"]
    word: str


def hints_of(record: Iterable[CarEvent], *, plug: bool, phone: bool) -> list[Said]:
    """Return what a wallbox and the driver's phone say, by what happens to a car."""
    said = []
    for event in record:
        match event.kind:
            case "plugged_in" | "unplugged" if plug:
                word = "on" if event.kind == "plugged_in" else "off"
                said.append(Said(at=event.at, kind="plug", word=word))
            case "departed" if phone:
                at = event.at + PHONE_DELAY
                said.append(Said(at=at, kind="phone", word="not_home"))
            case "arrived" if phone and event.detail == "home":
                at = event.at + PHONE_DELAY
                said.append(Said(at=at, kind="phone", word="home"))
    return said


def on_the_grid(at: datetime) -> datetime:
    """Return the next minute, nearly a second late, as the timers of Home Assistant are.

    What is due within one minute happens at its end: fewer steps, and the same for all.
    """
    minute = at.replace(second=0, microsecond=900_000)
    return minute if minute > at else minute + timedelta(minutes=1)
