"""Special charging by each account: from the request to the restored limit."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.gateways.way import Way
from homeassistant.core import HomeAssistant
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.gateway_faults import html_page

from ..common import state_of, the_car
from ..scout_helpers import reload
from ..worker.special_charging.session_helpers import (
    EVENING,
    LOW_CAR,
    MINUTE,
    QUARTER,
    SECONDS,
    at,
    charges,
    local,
    special,
    until,
    with_session,
)

pytestmark = pytest.mark.slow

WAYS = pytest.mark.parametrize(
    "way", [Way.OWN_APPLICATION, Way.TESSIE, Way.TESLEMETRY], indirect=True
)


@pytest.fixture
def noon(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock in the evening, whatever other tests call it."""
    freezer.move_to(EVENING)
    return freezer


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that is home, plugged in, low and asleep."""
    return LOW_CAR


@WAYS
async def test_a_special_night_to_the_restored_limit(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, way: Way
) -> None:
    """Sent at 00:19, charged from 02:19 to 06:00, undone half an hour after its end."""
    car = the_car(cloud)
    _, log = await with_session(hass, cloud, noon)
    await until(hass, noon, at(0, 18), QUARTER)
    assert car.charge_limit == 70
    await until(hass, noon, at(0, 22), SECONDS)
    assert state_of(hass, "sensor", "special_charging") == "active"
    assert car.charge_limit == 80
    [schedule] = car.charge_schedules.values()
    assert (schedule.start_time, schedule.end_time) == (139, 360)
    await until(hass, noon, at(6, 29), MINUTE)
    [charge] = charges(cloud)
    assert charge.start == at(2, 19)
    assert round(car.battery_level) == 80
    assert car.charge_limit == 80
    await until(hass, noon, at(6, 32), SECONDS)
    [added] = [each for each in car.record if each.kind == "schedule_added"]
    assert local(added.at) == "00:19"
    assert car.charge_limit == 70
    assert not car.charge_schedules
    listed = await special(hass, "list_special_charging")
    assert [session["state"] for session in listed["sessions"]] == ["completed"]
    assert log.kinds == ["scheduled", "sent", "started", "on_track", "completed"]


@WAYS
async def test_a_restart_at_each_step_changes_nothing(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, way: Way
) -> None:
    """Loaded anew before the send, after it, in the charge and before the restore."""
    car = the_car(cloud)
    entry, log = await with_session(hass, cloud, noon)
    for hour, minute in ((0, 10), (0, 23), (4, 0), (6, 20)):
        await until(hass, noon, at(hour, minute), 2 * MINUTE)
        await reload(hass, entry)
    await until(hass, noon, at(6, 45), MINUTE)
    [charge] = charges(cloud)
    assert charge.start == at(2, 19)
    assert round(car.battery_level) == 80
    assert car.charge_limit == 70
    assert not car.charge_schedules
    assert log.kinds[:3] == ["scheduled", "sent", "started"]
    assert log.kinds[-1] == "completed"


@WAYS
async def test_a_provider_that_is_down_over_the_send_time_and_the_restore(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, way: Way
) -> None:
    """The limit is raised and restored late, and nothing raised is left raised."""
    car = the_car(cloud)
    await with_session(hass, cloud, noon)
    for start, end in (((0, 15), (1, 0)), ((6, 25), (7, 0))):
        await until(hass, noon, at(*start), 5 * MINUTE)
        down = cloud.faults.add(html_page(502))
        await until(hass, noon, at(*end), 5 * MINUTE)
        cloud.faults.remove(down)
    assert round(car.battery_level) == 80
    await until(hass, noon, at(8, 30), 2 * MINUTE)
    assert car.charge_limit == 70
    assert not car.charge_schedules
    listed = await special(hass, "list_special_charging")
    assert [session["state"] for session in listed["sessions"]] == ["completed"]


@pytest.mark.parametrize("way", [Way.TESSIE, Way.TESLEMETRY], indirect=True)
async def test_a_car_that_sleeps_is_charged_without_schedules_in_it(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, way: Way
) -> None:
    """Home Assistant times the charge. The limit is raised in the window, not before."""
    car = the_car(cloud)
    cloud.providers[way.value].lists_schedules = False
    await with_session(hass, cloud, noon)
    await until(hass, noon, at(2, 18), 2 * MINUTE)
    assert car.charge_limit == 70
    await until(hass, noon, at(6, 2), 2 * MINUTE)
    assert not car.charge_schedules
    # A wake takes a minute or two, less than the state of charge is rounded by.
    assert round(car.battery_level) in (79, 80)
    assert at(2, 19) <= charges(cloud)[0].start < at(2, 30)
    await until(hass, noon, at(7, 0), MINUTE)
    assert car.charge_limit == 70
