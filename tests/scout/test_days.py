"""Whole real days of trips, replayed: what the Scout tells against what was so."""

from collections.abc import AsyncIterator, Awaitable, Callable
from copy import deepcopy
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from simulator.car import Car, CarSettings
from simulator.clock import SystemClock
from simulator.cloud import Cloud
from simulator.geography import distance_m
from simulator.schedules import ChargeSchedule
from simulator.trips import read_trips

from ..common import HOME, VIN, entity_id, set_up, state_of, the_car, tick
from ..scout_helpers import FiredEvents, reads, wakes

pytestmark = pytest.mark.fixed_rhythm

WARSAW = ZoneInfo("Europe/Warsaw")
TRIPS = Path(__file__).parents[2] / "simulator" / "data" / "part_time_commuter.csv"

# The file's first Friday falls on this day, so that its weekdays stay weekdays.
SHIFT = datetime(2026, 11, 6) - datetime(2026, 5, 1)

# A car that drives in is at home a moment before it is parked there.
ARRIVING = timedelta(minutes=2)

# How late a change is seen at most: a ready car and one in the night are left alone for
# an hour, and a car sleeps a quarter after what kept it awake.
LATE = timedelta(minutes=76)

# What begins and ends between two rounds by day is not seen at all.
BETWEEN = timedelta(minutes=16)

# How long Home Assistant is away at a restart.
RESTART = timedelta(minutes=20)

NIGHT_ONLY = ChargeSchedule(
    id=1,
    days_of_week=127,
    start_enabled=True,
    start_time=60,
    end_enabled=True,
    end_time=300,
    one_time=False,
    enabled=True,
    latitude=HOME.latitude,
    longitude=HOME.longitude,
)

# Begin at half past five, with the car awake at home; the days hold 2 to 4 outings.
# One day by default: the others have other trips, and no other kind of event.
DAYS = [
    pytest.param("2026-05-04", marks=pytest.mark.slow),
    pytest.param("2026-05-12", marks=pytest.mark.slow),
    pytest.param("2026-05-17", marks=pytest.mark.slow),
    "2026-05-28",
]

type Interlude = Callable[[], Awaitable[None]]


@pytest.fixture(params=DAYS)
def day(request: pytest.FixtureRequest) -> datetime:
    """Return when a replayed day begins."""
    begin = datetime.fromisoformat(f"{request.param}T05:30") + SHIFT
    return begin.replace(tzinfo=WARSAW).astimezone(UTC)


@pytest.fixture(params=[False, True], ids=["charges at once", "charges at night"])
def schedules(request: pytest.FixtureRequest) -> list[ChargeSchedule]:
    """Return the charge schedules in the car."""
    return [NIGHT_ONLY] if request.param else []


@pytest.fixture
async def cloud(
    socket_enabled: None,
    freezer: FrozenDateTimeFactory,
    day: datetime,
    schedules: list[ChargeSchedule],
) -> AsyncIterator[Cloud]:
    """Run a cloud with a commuter's car, which begins unplugged."""
    freezer.move_to(day)
    clock = SystemClock()
    trips = read_trips(TRIPS, WARSAW, SHIFT)
    settings = CarSettings(vin=VIN, home=HOME, battery_level=62)
    running = Cloud(clock=clock, cars=[Car(settings, clock, trips, schedules)])
    await running.start()
    yield running
    await running.stop()


async def live(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    interlude: Interlude | None = None,
    step: timedelta = timedelta(minutes=5),
) -> None:
    """Let a day pass; every two hours the interlude, if there is one."""
    for number in range(round(timedelta(hours=23) / step)):
        await tick(hass, freezer, step)
        if interlude is not None and number % 24 == 23:
            await interlude()


type Happened = tuple[str, datetime, datetime]


def truth(car: Car) -> list[Happened]:
    """Return what the Scout should tell, by the simulator's own record.

    Returns:
        What, when, and when at the latest it could be seen. Full in the night and
        asleep before the next read is seen at the next waking.
    """
    fired: list[Happened] = []
    home, ready = True, False

    def tell(kind: str, at: datetime, seen_at: datetime | None = None) -> None:
        fired.append((kind, at, seen_at or at))

    for event in car.record:
        if event.kind == "unplugged" and ready:
            ready = False
            tell("not_ready", event.at)
        elif event.kind == "departed" and home:
            home = False
            tell("left_home", event.at)
        elif event.kind == "arrived" and event.detail == "home" and not home:
            home = True
            tell("arrived_home", event.at)
        elif event.kind == "plugged_in" and home:
            ready = True
            tell("ready_to_charge", event.at)
        elif event.kind == "charging_stopped" and event.detail == "complete":
            ready = False
            tell("not_ready", event.at, seen_full(car, event.at))
        if event.kind in ("charging_started", "charging_stopped"):
            tell(event.kind, event.at)
    return fired


def seen_full(car: Car, at: datetime) -> datetime:
    """Return when it can be seen at the latest that a car has charged to its limit."""
    local = at.astimezone(WARSAW).time()
    if time(7) <= local < time(22, 45):
        return at
    wakings = (event.at for event in car.record if event.kind == "woke")
    return next((waking for waking in wakings if waking > at), datetime.now(UTC))


def of_kinds(
    fired: list[tuple[str, datetime]], *kinds: str
) -> list[tuple[str, datetime]]:
    """Return what was told of some kinds."""
    return [(kind, at) for kind, at in fired if kind in kinds]


def check(fired: FiredEvents, car: Car, away: timedelta = timedelta(0)) -> None:
    """Compare what was told with the record: in order, in time, none twice or made up.

    ``away`` is how long the Scout could not read at a time.
    """
    so = truth(car)
    for kinds in (
        ("arrived_home", "left_home"),
        ("ready_to_charge", "not_ready"),
        ("charging_started", "charging_stopped"),
    ):
        heard = of_kinds(fired.events, *kinds)
        true = [item for item in so if item[0] in kinds]
        assert heard, kinds
        assert unseen(heard, true, away) == [], (heard, true)
    sleeps = [event.kind for event in car.record if event.kind in ("slept", "woke")]
    heard_sleeps = of_kinds(fired.events, "fell_asleep", "woke_up")
    assert 0 < len(heard_sleeps) <= len(sleeps)
    assert all(item != other for (item, _), (other, _) in pairwise(heard_sleeps))


def unseen(
    heard: list[tuple[str, datetime]], true: list[Happened], away: timedelta
) -> list[object]:
    """Return what should have been told and was not, or was and should not have been."""
    now = datetime.now(UTC)
    ahead = list(heard)
    missed: list[Happened] = []
    for kind, was, seen_at in true:
        first, last = was - ARRIVING, seen_at + LATE + away
        if ahead and ahead[0][0] == kind and first <= ahead[0][1] <= last:
            ahead.pop(0)
        elif missed and was - missed[-1][1] <= BETWEEN + away:
            missed.pop()
        else:
            missed.append((kind, was, seen_at))
    while missed and now - missed[-1][2] <= LATE + away:
        missed.pop()
    return [*ahead, *missed]


async def test_a_day_is_reported_as_it_was(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """Each arrival, departure and charge of a real day is told once, for little money."""
    await set_up(hass, cloud)
    fired = FiredEvents(hass, entity_id(hass, "event", "scout"))
    await live(hass, freezer)
    check(fired, the_car(cloud))
    assert len(fired.events) >= 6
    assert wakes(cloud) == 0
    assert reads(cloud) < 60
    at_home = distance_m(the_car(cloud).position, HOME) < 100
    assert state_of(hass, "binary_sensor", "at_home") == ("on" if at_home else "off")


async def test_restarts_in_the_day_lose_and_repeat_nothing(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """Restarted all day long, the Scout tells the same story."""
    entry = await set_up(hass, cloud)
    fired = FiredEvents(hass, entity_id(hass, "event", "scout"))

    async def restart() -> None:
        """Unload, be away for a while, and come back."""
        assert await hass.config_entries.async_unload(entry.entry_id)
        await tick(hass, freezer, RESTART)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)

    await live(hass, freezer, restart)
    check(fired, the_car(cloud), RESTART)


async def test_power_cuts_in_the_day_lose_and_repeat_nothing(
    hass: HomeAssistant,
    cloud: Cloud,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """Killed without a farewell, the Scout goes on from what it had written."""
    entry = await set_up(hass, cloud)
    fired = FiredEvents(hass, entity_id(hass, "event", "scout"))

    async def power_cut() -> None:
        """Have the file as it was before the farewell.

        The Scout gathers what to write for five seconds; what is lost with them is
        told again.
        """
        await tick(hass, freezer, timedelta(seconds=6))
        await cut(hass, hass_storage, entry)

    await live(hass, freezer, power_cut)
    check(fired, the_car(cloud))


async def cut(
    hass: HomeAssistant, hass_storage: dict[str, Any], entry: ConfigEntry[Any]
) -> None:
    """Set an entry up anew from the file that stood before it was unloaded."""
    key = f"{DOMAIN}.{entry.entry_id}"
    written = deepcopy(hass_storage[key])
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass_storage[key] = written
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
