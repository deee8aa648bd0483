"""The walk across the nights in which clocks change, in Warsaw, London and Sydney."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest

from homeassistant.core import HomeAssistant
from simulator.car import CarSettings, Place
from simulator.cloud import Cloud

from ...common import the_car
from ...scout_helpers import scout_now
from .session_helpers import (
    LOW_CAR,
    MINUTE,
    QUARTER,
    SECONDS,
    add,
    charges,
    home_and_awake,
    session,
    until,
)

pytestmark = pytest.mark.slow

PLACES = {
    "Europe/Warsaw": Place(latitude=52.2297, longitude=21.0122),
    "Europe/London": Place(latitude=51.4779, longitude=0.0),
    "Australia/Sydney": Place(latitude=-33.8688, longitude=151.2093),
}
NEED = timedelta(hours=3, minutes=41)


@dataclass(frozen=True, kw_only=True)
class ClockChange:
    """A night by its evening's date, and how many hours its day has."""

    zone: str
    evening: str
    hours: int

    def at(self, days: int, hour: int, minute: int = 0) -> datetime:
        """Return a time on the wall of the place, days after the evening's date."""
        day = datetime.fromisoformat(self.evening) + timedelta(days=days)
        wall = day.replace(hour=hour, minute=minute, tzinfo=ZoneInfo(self.zone))
        return wall.astimezone(UTC)


NIGHTS = [
    ClockChange(zone="Europe/Warsaw", evening="2026-03-28", hours=23),
    ClockChange(zone="Europe/Warsaw", evening="2026-10-24", hours=25),
    ClockChange(zone="Europe/London", evening="2026-03-28", hours=23),
    ClockChange(zone="Europe/London", evening="2026-10-24", hours=25),
    ClockChange(zone="Australia/Sydney", evening="2026-10-03", hours=23),
    ClockChange(zone="Australia/Sydney", evening="2026-04-04", hours=25),
]


# The zones differ in the hour and the season of the change, not in the mechanism.
@pytest.fixture(
    params=[
        pytest.param(
            night,
            marks=[] if night.zone == "Europe/Warsaw" else pytest.mark.slow,
            id=f"{night.zone} {night.hours} hours",
        )
        for night in NIGHTS
    ]
)
def night(request: pytest.FixtureRequest) -> ClockChange:
    """Return the night of a test."""
    found: ClockChange = request.param
    return found


@pytest.fixture(autouse=True)
def _sparse_polls(sparse_polls: None) -> None:
    """Poll each 10 minutes only."""


@pytest.fixture
def noon(freezer: FrozenDateTimeFactory, night: ClockChange) -> FrozenDateTimeFactory:
    """Stop the clock in the evening before."""
    freezer.move_to(night.at(0, 22, 30))
    return freezer


@pytest.fixture
def car_settings(night: ClockChange) -> CarSettings:
    """Return the car of the walk, at home elsewhere."""
    return replace(LOW_CAR, home=PLACES[night.zone], time_zone=night.zone)


async def move_house(hass: HomeAssistant, night: ClockChange) -> None:
    """Let Home Assistant live there."""
    place = PLACES[night.zone]
    await hass.config.async_update(
        latitude=place.latitude, longitude=place.longitude, time_zone=night.zone
    )


async def test_a_night_on_a_day_of_23_or_25_hours(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, night: ClockChange
) -> None:
    """Charged by 06:00 on the wall, undone by 06:30, an hour more or less."""
    assert night.at(1, 12) - night.at(0, 12) == timedelta(hours=night.hours)
    await move_house(hass, night)
    _, log = await home_and_awake(hass, cloud, noon)
    await until(hass, noon, night.at(0, 23))
    morning = f"{night.at(1, 7).astimezone(ZoneInfo(night.zone)):%Y-%m-%d %H:%M:%S}"
    answer = await add(hass, morning)
    [window] = answer["plan"]["windows"]
    start, end = (datetime.fromisoformat(edge) for edge in window.values())
    assert end == night.at(1, 6)
    assert end - start == NEED
    assert datetime.fromisoformat(answer["send_at"]) == start - timedelta(hours=2)
    assert datetime.fromisoformat(answer["cleanup_at"]) == night.at(1, 6, 30)

    await until(hass, noon, start - timedelta(minutes=121), QUARTER)
    await until(hass, noon, start - timedelta(minutes=118), SECONDS)
    assert log.kinds == ["scheduled", "sent"]
    await until(hass, noon, night.at(1, 6, 29), MINUTE)
    [charge] = charges(cloud)
    assert charge.end is not None
    # In the doubled hour the car takes the first 02:19, an hour before ours.
    assert start - charge.start in (timedelta(0), timedelta(hours=1))
    assert timedelta(0) <= NEED - (charge.end - charge.start) < timedelta(seconds=10)
    assert round(the_car(cloud).battery_level) == 80
    await until(hass, noon, night.at(1, 6, 33), SECONDS)
    assert the_car(cloud).charge_limit == 70
    assert (await session(hass))["state"] == "completed"
    assert log.kinds == ["scheduled", "sent", "started", "on_track", "completed"]


async def test_the_car_lives_in_another_zone_than_home_assistant(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, night: ClockChange
) -> None:
    """Home Assistant is in Tokyo; the schedule counts the minutes of the car's home."""
    await hass.config.async_update(
        latitude=35.68, longitude=139.69, time_zone="Asia/Tokyo"
    )
    place = PLACES[night.zone]
    hass.states.async_set(
        "zone.cabin",
        "0",
        {"latitude": place.latitude, "longitude": place.longitude, "radius": 100},
    )
    entry, _ = await home_and_awake(hass, cloud, noon)
    hass.config_entries.async_update_entry(
        entry,
        options={"home_zone": "zone.cabin", "special_charging": {"peak_hours": ""}},
    )
    await hass.config_entries.async_reload(entry.entry_id)
    the_car(cloud).wake()
    noon.tick(MINUTE)
    await scout_now(hass)
    await add(hass, night.at(1, 7).isoformat())
    await until(hass, noon, night.at(1, 6, 33), MINUTE)
    [charge] = charges(cloud)
    start = night.at(1, 6) - NEED
    assert start - charge.start in (timedelta(0), timedelta(hours=1))
    assert round(the_car(cloud).battery_level) == 80
