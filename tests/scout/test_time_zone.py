"""Which clock hangs on the wall of a home, and when a map is asked for that."""

import sys
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.gateways.models import Position
from custom_components.tesla_scout_worker.scout.time_zone import async_zone_of
from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from ..common import set_up

WARSAW = Position(latitude=52.2297, longitude=21.0122)
# Twenty kilometres away, still on Home Assistant's clock.
SUBURB = Position(latitude=52.2297, longitude=21.3)
LONDON = Position(latitude=51.5074, longitude=-0.1278)
SYDNEY = Position(latitude=-33.8688, longitude=151.2093)
ATLANTIC = Position(latitude=0.0, longitude=-30.0)
COTTAGE = "zone.cottage"


def place_home(hass: HomeAssistant, position: Position) -> None:
    """Have the home zone of the options lie at a place."""
    place = {"latitude": position.latitude, "longitude": position.longitude}
    hass.states.async_set(COTTAGE, "0", {**place, "radius": 100})


@pytest.fixture
def no_map(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it fail to open the map."""
    monkeypatch.setitem(sys.modules, "tzfpy", None)


@pytest.fixture(autouse=True)
async def _in_warsaw(hass: HomeAssistant) -> None:
    """Have Home Assistant live in Warsaw."""
    await hass.config.async_update(
        latitude=WARSAW.latitude,
        longitude=WARSAW.longitude,
        time_zone="Europe/Warsaw",
    )


@pytest.mark.usefixtures("no_map")
@pytest.mark.parametrize("home", [WARSAW, SUBURB], ids=["here", "near"])
async def test_home_near_home_assistant_needs_no_map(
    hass: HomeAssistant, home: Position
) -> None:
    """It has Home Assistant's clock, and saves the 34 MB."""
    assert await async_zone_of(hass, home) == ZoneInfo("Europe/Warsaw")


@pytest.mark.usefixtures("no_map")
async def test_a_home_assistant_without_a_place_has_a_clock_all_the_same(
    hass: HomeAssistant,
) -> None:
    """It was never told where it is."""
    await hass.config.async_update(latitude=0, longitude=0)
    assert await async_zone_of(hass, WARSAW) == ZoneInfo("Europe/Warsaw")


@pytest.mark.parametrize(
    ("home", "name"),
    [(LONDON, "Europe/London"), (SYDNEY, "Australia/Sydney")],
    ids=["london", "sydney"],
)
async def test_a_home_elsewhere_has_the_clock_of_its_place(
    hass: HomeAssistant, home: Position, name: str
) -> None:
    """The car's zone is not Home Assistant's."""
    assert await async_zone_of(hass, home) == ZoneInfo(name)


@pytest.mark.parametrize("name", ["UTC", "Etc/GMT+5", "GMT"])
async def test_a_clock_of_no_place_is_not_the_cars(
    hass: HomeAssistant, name: str
) -> None:
    """A container that was left in UTC has a home in Warsaw all the same."""
    await hass.config.async_update(time_zone=name)
    assert await async_zone_of(hass, WARSAW) == ZoneInfo("Europe/Warsaw")


async def test_the_scout_knows_the_time_zone_of_a_home_that_moves(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """It is known at once, without a poll, and so is a move of Home Assistant."""
    entry = await set_up(hass, cloud)
    place_home(hass, WARSAW)
    hass.config_entries.async_update_entry(entry, options={"home_zone": COTTAGE})
    await hass.config_entries.async_reload(entry.entry_id)
    coordinator = entry.runtime_data.coordinator
    assert coordinator.time_zone == ZoneInfo("Europe/Warsaw")
    place_home(hass, SYDNEY)
    await hass.async_block_till_done()
    assert coordinator.time_zone == ZoneInfo("Australia/Sydney")
    await hass.config.async_update(
        latitude=SYDNEY.latitude,
        longitude=SYDNEY.longitude,
        time_zone="Australia/Melbourne",
    )
    await hass.async_block_till_done()
    assert coordinator.time_zone == ZoneInfo("Australia/Melbourne")
    hass.states.async_remove(COTTAGE)
    await hass.async_block_till_done()
    assert coordinator.home_position is None
    assert coordinator.time_zone == ZoneInfo("Australia/Melbourne")


async def test_at_sea_there_is_a_clock_too(hass: HomeAssistant) -> None:
    """The map has a zone for every place."""
    assert await async_zone_of(hass, ATLANTIC) == ZoneInfo("Etc/GMT+2")
