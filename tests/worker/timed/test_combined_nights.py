"""Nights by an account with entities beside it: reads by one of them, commands by another.

The entities are those of Home Assistant's own integrations, with the same simulator behind
them as behind the account.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.gateway_faults import html_page
from simulator.records import Server

from ...common import VIN, act, set_up, state_of, the_car
from ...config.test_entity_steps import open_menu, suggested_values
from ...provider_entries import TESLEMETRY, TESSIE, Theirs, theirs
from ...scout_helpers import devices, reload
from ...tesla_fleet_entry import TESLA_FLEET
from ..off_peak.off_peak_helpers import (
    PRICES,
    choose,
    depart,
    publish,
    switch,
    two_days,
    windows,
)
from ..special_charging.session_helpers import charges
from .test_providers import MINUTE, MORNING, SLOWLY, WAITING, assert_kept, at, repairs

__all__ = ["theirs"]

EACH = pytest.mark.parametrize(
    "theirs",
    [TESLA_FLEET, pytest.param(TESSIE, marks=pytest.mark.slow), TESLEMETRY],
    indirect=True,
)
BY_TESLEMETRY = pytest.mark.parametrize("theirs", [TESLEMETRY], indirect=True)
ROLES = pytest.mark.parametrize(
    ("reads", "commands"),
    [(True, False), (False, True), (True, True)],
    ids=["they_report", "they_command", "they_do_both"],
)


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that waits for a cable, and for a target above its limit."""
    return WAITING


async def put_beside(
    hass: HomeAssistant, cloud: Cloud, *, reads: bool, commands: bool
) -> ConfigEntry[Any]:
    """Set up an account, and put the entities of its car beside it as a person would."""
    account = await set_up(hass, cloud)
    configure = hass.config_entries.flow.async_configure
    menu = await open_menu(hass)
    form = await configure(menu["flow_id"], {"next_step_id": "found_0"})
    schema = form["data_schema"]
    assert schema is not None
    shown = suggested_values(schema)
    form = await configure(form["flow_id"], shown)
    assert form["step_id"] == "second_way"
    sent = {"reads": reads, "commands": commands}
    result = await configure(form["flow_id"], sent)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "put_beside")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert account.data["second_ways"]
    return account


async def special_evening(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs, *, reads: bool, commands: bool
) -> ConfigEntry[Any]:
    """Ask for a target in the morning, and plug in."""
    account = await put_beside(hass, cloud, reads=reads, commands=commands)
    await theirs.async_pass(timedelta(seconds=10), timedelta(seconds=5))
    await act(
        hass,
        "add_special_charging",
        device_id=devices(hass)[VIN],
        ready_by=MORNING.isoformat(),
        target=70,
    )
    the_car(cloud).plug_in()
    await theirs.async_pass(theirs.late, MINUTE)
    return account


def sent_by(cloud: Cloud, server: str) -> list[str]:
    """Return the commands that went to a server, without those of schedules."""
    return [
        each.path.rpartition("/")[2]
        for each in cloud.requests
        if each.server == server
        and "/command/" in each.path
        and "schedule" not in each.path
    ]


@EACH
@ROLES
@pytest.mark.slow
async def test_a_special_night(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs, reads: bool, commands: bool
) -> None:
    """The schedules are in the car, and read back; nothing raised is left raised."""
    car = the_car(cloud)
    await special_evening(hass, cloud, theirs, reads=reads, commands=commands)
    await theirs.async_until(at(4), SLOWLY)
    assert car.charge_schedules
    assert car.charge_limit == 70
    await theirs.async_until(at(6, 25), SLOWLY)
    assert round(car.battery_level) >= 70
    [charge] = charges(cloud)
    assert at(4, 30) < charge.start < at(4, 50)
    await theirs.async_until(at(7, 45), SLOWLY)
    assert_kept(hass, cloud)
    # Who commands is not the other one, but for the schedules, which the account writes.
    ours = sent_by(cloud, theirs.entry.domain)
    if theirs.entry.domain != TESLA_FLEET:
        assert bool(ours) is commands
        assert bool(sent_by(cloud, "eu")) is not commands


@pytest.mark.slow
@BY_TESLEMETRY
@ROLES
async def test_a_restart_at_each_step(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs, reads: bool, commands: bool
) -> None:
    """Both are loaded anew before the send, after it, in the charge, before the end."""
    entry = await special_evening(hass, cloud, theirs, reads=reads, commands=commands)
    for hour, minute in ((2, 20), (2, 50), (5, 0), (6, 28)):
        await theirs.async_until(at(hour, minute), SLOWLY)
        await theirs.async_reload()
        await reload(hass, entry)
    await theirs.async_until(at(7, 45))
    assert_kept(hass, cloud)
    [charge] = charges(cloud)
    assert at(4, 30) < charge.start < at(4, 50)


@pytest.mark.slow
@BY_TESLEMETRY
@ROLES
@pytest.mark.parametrize("server", ["eu", "teslemetry"])
async def test_one_of_them_is_down_over_the_send_time_and_the_restore(
    hass: HomeAssistant,
    cloud: Cloud,
    theirs: Theirs,
    reads: bool,
    commands: bool,
    server: Server,
) -> None:
    """What only the account can do is done late; commands go by the other one."""
    await special_evening(hass, cloud, theirs, reads=reads, commands=commands)
    for start, end in ((at(2, 20), at(3, 30)), (at(6, 20), at(7, 10))):
        await theirs.async_until(start, SLOWLY)
        fault = cloud.faults.add(replace(html_page(502), server=server))
        await theirs.async_until(end)
        cloud.faults.remove(fault)
    # Only the account reads back; it commands where the entities cannot.
    assert the_car(cloud).charge_limit == (70 if server == "eu" else 50)
    assert round(the_car(cloud).battery_level) >= 70
    await theirs.async_until(at(8, 30))
    assert_kept(hass, cloud)
    [charge] = charges(cloud)
    assert charge.start > at(4, 30)


@pytest.mark.slow
@BY_TESLEMETRY
async def test_a_sign_out_of_the_entities_is_made_good_by_the_account(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs
) -> None:
    """The other integration asks for a sign-in; the night goes on meanwhile."""
    await special_evening(hass, cloud, theirs, reads=True, commands=True)
    await theirs.async_until(at(2, 20), SLOWLY)
    await theirs.async_sign_out()
    await theirs.async_until(at(6, 25))
    assert round(the_car(cloud).battery_level) >= 70
    await theirs.async_until(at(8))
    assert the_car(cloud).charge_limit == 50
    assert not the_car(cloud).charge_schedules
    assert state_of(hass, "sensor", "special_charging") == "idle"


@pytest.mark.slow
@BY_TESLEMETRY
@ROLES
async def test_an_off_peak_night(
    hass: HomeAssistant, cloud: Cloud, theirs: Theirs, reads: bool, commands: bool
) -> None:
    """By prices; both are loaded anew while it charges."""
    car = the_car(cloud)
    car.set_charge_limit(80)
    publish(hass, *two_days(*range(2, 7)))
    entry = await put_beside(hass, cloud, reads=reads, commands=commands)
    await choose(hass, entry, price_source="entities", price_entities=[PRICES])
    await switch(hass, "shadow_mode", False)
    await depart(hass, "07:00")
    car.plug_in()
    await theirs.async_until(at(1))
    assert windows(cloud)
    assert car.battery_level < 53
    await theirs.async_until(at(4, 30))
    await theirs.async_reload()
    await reload(hass, entry)
    await theirs.async_until(at(7))
    assert round(car.battery_level) == 80
    assert charges(cloud)[-1].start >= at(2)
    assert not repairs(hass)
