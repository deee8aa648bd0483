"""Off-peak charging by prices, by each account; and what may go wrong there."""

from dataclasses import replace
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.gateways.way import Way
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from simulator.car import CarSettings
from simulator.car_settings import CarState
from simulator.cloud import Cloud
from simulator.gateway_faults import html_page
from simulator.provider_state import Memory

from ..common import WAY, count, pass_time, state_of, the_car
from ..worker.off_peak.off_peak_helpers import (
    AWAKE,
    MINUTE,
    QUARTER,
    arrive,
    by_prices,
    clock,
    cycle,
    publish,
    status,
    two_days,
    until,
    windows,
)
from ..worker.special_charging.session_helpers import happened, local

pytestmark = pytest.mark.slow

WAYS = pytest.mark.parametrize("way", [Way.TESSIE, Way.TESLEMETRY], indirect=True)
EACH = pytest.mark.parametrize(
    "way", [Way.OWN_APPLICATION, Way.TESSIE, Way.TESLEMETRY], indirect=True
)
HOURS = (1, 2, 3)


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car at home that does not fall asleep."""
    return AWAKE


async def evening(hass: HomeAssistant, cloud: Cloud) -> None:
    """Set up by prices of which three hours of the night are low, and plug in."""
    publish(hass, *two_days(*HOURS))
    await by_prices(hass, cloud)
    await arrive(hass, cloud)


@EACH
async def test_a_night_by_prices(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, way: Way
) -> None:
    """The plan is in the car, read back, and charges in the hours that are low."""
    await evening(hass, cloud)
    await pass_time(hass, noon, 3 * MINUTE)
    assert windows(cloud) == [("01:16", "04:00")]
    assert status(hass) == "in_car"
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    (began, *_) = happened(cloud, "charging_started")
    assert local(began.at) == "01:16"
    assert round(the_car(cloud).battery_level) == 80
    await until(hass, noon, clock("2026-11-25 09:00"), QUARTER)
    assert windows(cloud) == []


@EACH
async def test_a_provider_that_is_down_over_the_send_time(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, way: Way
) -> None:
    """What could not be sent is sent when it answers again."""
    await evening(hass, cloud)
    await pass_time(hass, noon, 3 * MINUTE)
    fault = cloud.faults.add(html_page(502))
    publish(hass, *two_days(4, 5, 6))
    await pass_time(hass, noon, 40 * MINUTE, 5 * MINUTE)
    assert windows(cloud) == [("01:16", "04:00")]
    servers = {request.server for request in cloud.requests}
    assert way is Way.OWN_APPLICATION or servers == {way.value}
    cloud.faults.remove(fault)
    await pass_time(hass, noon, 45 * MINUTE)
    assert windows(cloud) == [("03:16", "06:00")]
    assert status(hass) == "in_car"


async def test_an_old_answer_is_no_read_back(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, providers: Cloud
) -> None:
    """What was sent counts as held only by an answer of after the command."""
    hass.data[WAY] = Way.TESSIE
    memory = cloud.providers["tessie"].memory
    publish(hass, *two_days(*HOURS))
    await by_prices(hass, cloud)
    await arrive(hass, cloud)
    await pass_time(hass, noon, MINUTE)
    memory.stuck = True
    publish(hass, *two_days(4, 5, 6))
    await cycle(hass)
    await pass_time(hass, noon, 10 * MINUTE)
    assert windows(cloud) == [("03:16", "06:00")]
    assert status(hass) == "pending"
    sent = count(cloud, "command")
    await pass_time(hass, noon, 30 * MINUTE)
    assert count(cloud, "command") == sent, "nothing is sent again by an old answer"
    memory.stuck = False
    await pass_time(hass, noon, 40 * MINUTE)
    assert windows(cloud) == [("03:16", "06:00")]
    assert status(hass) == "in_car"
    assert count(cloud, "command") == sent


@WAYS
async def test_a_rejected_key_asks_for_another_and_recovers(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, way: Way
) -> None:
    """One rejection is trouble; those that last ask a person. A new key ends it."""
    await evening(hass, cloud)
    await pass_time(hass, noon, 2 * MINUTE)
    provider = cloud.providers[way.value]
    provider.key = "another"
    await pass_time(hass, noon, MINUTE)
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    await pass_time(hass, noon, 10 * MINUTE)
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"signed_out_{entry.entry_id}")
    asked = len(cloud.requests)
    await pass_time(hass, noon, 50 * MINUTE, 5 * MINUTE)
    assert len(cloud.requests) == asked, "a rejected key is left alone"

    form = await hass.config_entries.flow.async_configure(flow["flow_id"])
    assert form["step_id"] == way
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"api_key": "another"}
    )
    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not ir.async_get(hass).async_get_issue(
        DOMAIN, f"signed_out_{entry.entry_id}"
    )
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    assert round(the_car(cloud).battery_level) == 80


@pytest.mark.all_entities
@WAYS
async def test_a_key_that_works_again_ends_the_sign_out_by_itself(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, way: Way
) -> None:
    """The provider rejected it by mistake: nobody has to do anything."""
    await evening(hass, cloud)
    provider = cloud.providers[way.value]
    key, provider.key = provider.key, "another"
    await pass_time(hass, noon, 10 * MINUTE)
    assert hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    provider.key = key
    await pass_time(hass, noon, timedelta(minutes=70), 5 * MINUTE)
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert state_of(hass, "binary_sensor", "online") == "on"


@WAYS
async def test_without_schedules_in_the_answers_home_assistant_starts_the_charge(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, way: Way
) -> None:
    """A provider that does not list schedules is used without any in the car."""
    provider = cloud.providers[way.value]
    provider.lists_schedules = False
    publish(hass, *two_days(*HOURS))
    await by_prices(hass, cloud)
    await arrive(hass, cloud)
    await until(hass, noon, clock("2026-11-25 07:00"), 5 * MINUTE)
    assert windows(cloud) == []
    # At noon it began by itself. What a late start missed is made good before seven.
    _, *began = happened(cloud, "charging_started")
    assert local(began[0].at)[:4] in ("01:1", "01:2")
    assert sent(cloud, "add_charge_schedule") == 0
    assert round(the_car(cloud).battery_level) == 80


@WAYS
@pytest.mark.parametrize("car_settings", [replace(AWAKE, sentry=False)])
async def test_a_car_that_sleeps_is_started_without_schedules_in_it(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, way: Way
) -> None:
    """It was stopped in the evening, so it must not be left asleep in its window."""
    cloud.providers[way.value].lists_schedules = False
    await evening(hass, cloud)
    await until(hass, noon, clock("2026-11-25 01:10"), 5 * MINUTE)
    assert the_car(cloud).state is CarState.ASLEEP
    assert sent(cloud, "charge_stop") == 1
    await until(hass, noon, clock("2026-11-25 07:00"), 5 * MINUTE)
    # A wake takes a minute or two.
    assert round(the_car(cloud).battery_level) in (79, 80)
    assert sent(cloud, "add_charge_schedule") == 0


async def timed_by_tessie(hass: HomeAssistant, cloud: Cloud) -> Memory:
    """Set up by Tessie whose answers list no schedules, plug in; return its memory."""
    hass.data[WAY] = Way.TESSIE
    provider = cloud.providers["tessie"]
    provider.lists_schedules = False
    await evening(hass, cloud)
    return provider.memory


def sent(cloud: Cloud, command: str) -> int:
    """Return how often a command was sent."""
    return sum(each.path.endswith(f"/{command}") for each in cloud.requests)


@pytest.mark.usefixtures("providers")
async def test_an_old_answer_does_not_repeat_a_start_or_a_stop(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What came of a command, only an answer of after it says."""
    memory = await timed_by_tessie(hass, cloud)
    memory.age = 12 * MINUTE
    await until(hass, noon, clock("2026-11-24 13:00"), MINUTE)
    assert sent(cloud, "charge_stop") == 1
    the_car(cloud).set_charge_limit(50)
    await until(hass, noon, clock("2026-11-25 03:00"), 5 * MINUTE)
    assert sent(cloud, "charge_start") == 1
    await until(hass, noon, clock("2026-11-25 04:30"), MINUTE)
    assert (sent(cloud, "charge_start"), sent(cloud, "charge_stop")) == (1, 1)


@pytest.mark.usefixtures("providers")
async def test_a_memory_that_is_not_renewed_keeps_no_car_from_charging(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The start may have been lost: it is repeated, as for a car that nobody sees."""
    memory = await timed_by_tessie(hass, cloud)
    await until(hass, noon, clock("2026-11-25 01:15"), 5 * MINUTE)
    memory.stuck = True
    await until(hass, noon, clock("2026-11-25 01:40"), MINUTE)
    assert sent(cloud, "charge_start") == 2
    memory.stuck = False
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    assert round(the_car(cloud).battery_level) == 80
    assert not ir.async_get(hass).issues
