"""Teslemetry's stream: what changes is seen within seconds, and nothing is paid for it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.data import ScoutConfigEntry
from custom_components.tesla_scout_worker.gateways.teslemetry.client import (
    TeslemetryClient,
)
from custom_components.tesla_scout_worker.gateways.way import Way
from homeassistant.core import HomeAssistant
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import (
    HOME,
    VIN,
    WAY,
    WORK,
    count,
    pass_time,
    set_up,
    state_of,
    the_car,
    tick,
)

SECOND = timedelta(seconds=1)
MOMENT = timedelta(milliseconds=1)


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car at home that does not fall asleep."""
    return CarSettings(vin=VIN, home=HOME, sentry=True)


async def until_so(
    freezer: FrozenDateTimeFactory, condition: Callable[[], object]
) -> None:
    """Wait until something is so that another task does, in a moment of the clock."""
    while not condition():
        freezer.tick(MOMENT)
        for _ in range(10):
            await asyncio.sleep(0)


async def connected(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> ScoutConfigEntry:
    """Set up, and wait until the stream reports all fields."""
    hass.data[WAY] = Way.TESLEMETRY
    entry = await set_up(hass, cloud)
    client = entry.runtime_data.client
    await until_so(freezer, lambda: cloud.providers["teslemetry"].fields.get(VIN))
    await until_so(freezer, lambda: client.capabilities(VIN).push)
    return entry


def heard(entry: ScoutConfigEntry) -> Callable[[], object]:
    """Return a function that says whether the car has reported anything since."""
    client = entry.runtime_data.client
    assert isinstance(client, TeslemetryClient)
    assert client.stream is not None
    reports = client.stream.reports
    before = reports[VIN].snapshot
    return lambda: reports[VIN].snapshot != before


async def test_plugging_in_is_seen_within_five_seconds_and_free(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, providers: Cloud
) -> None:
    """The first read is paid; what follows is reported."""
    entry = await connected(hass, cloud, noon)
    await pass_time(hass, noon, 10 * SECOND, SECOND)
    paid = count(cloud, "data")
    assert state_of(hass, "binary_sensor", "plugged_in") == "off"
    is_new = heard(entry)
    noon.tick(SECOND)
    the_car(cloud).plug_in()
    await until_so(noon, is_new)
    await pass_time(hass, noon, 4 * SECOND, SECOND)
    assert state_of(hass, "binary_sensor", "plugged_in") == "on"
    assert count(cloud, "data") == paid


async def test_an_arrival_is_seen_within_five_seconds_and_free(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, providers: Cloud
) -> None:
    """Where the car is, is reported too."""
    the_car(cloud).move(WORK)
    entry = await connected(hass, cloud, noon)
    await pass_time(hass, noon, 10 * SECOND, SECOND)
    paid = count(cloud, "data")
    assert state_of(hass, "binary_sensor", "at_home") == "off"
    is_new = heard(entry)
    noon.tick(SECOND)
    the_car(cloud).move(HOME)
    await until_so(noon, is_new)
    await pass_time(hass, noon, 4 * SECOND, SECOND)
    assert state_of(hass, "binary_sensor", "at_home") == "on"
    assert count(cloud, "data") == paid


async def test_a_car_that_reports_is_not_read_for_news(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, providers: Cloud
) -> None:
    """By another way a car that stays awake would be read within half an hour."""
    await connected(hass, cloud, noon)
    await pass_time(hass, noon, 5 * SECOND, SECOND)
    paid = count(cloud, "data")
    await pass_time(hass, noon, timedelta(minutes=40), timedelta(seconds=30))
    assert count(cloud, "data") == paid


async def test_a_night_that_was_only_reported_is_counted(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, providers: Cloud
) -> None:
    """The stream tells no energy: a single read does, when the car was unplugged."""
    entry = await connected(hass, cloud, noon)
    car = the_car(cloud)
    await pass_time(hass, noon, 10 * SECOND, SECOND)
    paid = count(cloud, "data")
    for change in (car.plug_in, car.unplug):
        is_new = heard(entry)
        noon.tick(SECOND)
        change()
        await until_so(noon, is_new)
        await pass_time(hass, noon, timedelta(minutes=25), timedelta(seconds=30))
    assert count(cloud, "data") == paid + 1
    energy = float(state_of(hass, "sensor", "energy_charged"))
    assert energy == pytest.approx(4.6, abs=0.3)


async def test_a_stream_that_ends_is_connected_again(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, providers: Cloud
) -> None:
    """Meanwhile the car is read as by any other way."""
    entry = await connected(hass, cloud, noon)
    client = entry.runtime_data.client
    cloud.providers["teslemetry"].stream_ends = True
    await until_so(noon, lambda: not client.capabilities(VIN).push)
    paid = count(cloud, "data")
    await pass_time(hass, noon, timedelta(minutes=40), timedelta(minutes=5))
    assert count(cloud, "data") > paid
    cloud.providers["teslemetry"].stream_ends = False
    await tick(hass, noon, timedelta(minutes=11))
    await until_so(noon, lambda: client.capabilities(VIN).push)


async def test_nothing_listens_after_unload(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, providers: Cloud
) -> None:
    """Neither the stream nor a timer that would connect again."""
    entry = await connected(hass, cloud, noon)
    client = entry.runtime_data.client
    assert await hass.config_entries.async_unload(entry.entry_id)
    await until_so(noon, lambda: not client.capabilities(VIN).push)
    asked = len(cloud.requests)
    await tick(hass, noon, timedelta(minutes=30))
    assert len(cloud.requests) <= asked + 1
