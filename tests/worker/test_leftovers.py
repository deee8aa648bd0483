"""A start without memory: what may be ours in a car is found, and a person decides."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowManager, FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import WORK, the_car
from ..scout_helpers import scout_now
from .special_charging.session_helpers import (
    EVENING,
    LOW_CAR,
    MINUTE,
    at,
    sent,
    sent_commands,
    until,
    with_session,
)

pytestmark = pytest.mark.fixed_rhythm


@pytest.fixture
def noon(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock in the evening."""
    freezer.move_to(EVENING)
    return freezer


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that is at home, plugged in and low."""
    return LOW_CAR


def shown(hass: HomeAssistant) -> dict[str, str]:
    """Return the ids of the repairs that are shown, by their texts.

    The offer to charge by a plan is none of them.
    """
    return {
        str(issue.translation_key): issue_id
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.translation_key != "shadow_mode"
    }


async def opened(hass: HomeAssistant) -> tuple[FlowManager[Any, Any], dict[str, Any]]:
    """Open the repair; return the manager of its flow, and the form."""
    flows = hass.data[REPAIRS]["flow_manager"]
    form = await flows.async_init(DOMAIN, data={"issue_id": shown(hass)["leftovers"]})
    return flows, form


async def start_without_file(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: ConfigEntry[Any],
    files: dict[str, Any],
) -> None:
    """Restart with the file gone, the car awake."""
    assert await async_setup_component(hass, REPAIRS, {})
    assert await hass.config_entries.async_unload(entry.entry_id)
    del files[f"{DOMAIN}.{entry.entry_id}"]
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(hass, freezer, at(0, 40))


async def test_what_may_be_ours_is_removed_if_a_person_says_so(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """Nothing before that; then the schedule leaves and the limit returns."""
    entry, _ = await sent(hass, cloud, noon)
    car = the_car(cloud)
    (ours,) = car.charge_schedules.values()
    for theirs in (
        replace(ours, id=1_700_000_000),
        replace(ours, id=ours.id + 5, latitude=WORK.latitude),
        replace(ours, id=ours.id + 6, end_enabled=False),
        replace(ours, id=ours.id + 7 * 86_400),
    ):
        car.add_charge_schedule(theirs)
    commands = len(sent_commands(cloud))
    car.wake()
    await start_without_file(hass, noon, entry, hass_storage)
    assert {"all_data_lost", "leftovers"} <= shown(hass).keys()
    assert len(sent_commands(cloud)) == commands, "nothing is removed by itself"
    flows, form = await opened(hass)
    assert form["type"] is FlowResultType.FORM
    (field, _) = form["data_schema"].schema.items()
    assert field[1].config["options"] == [
        {"value": str(ours.id), "label": "02:19 – 06:00"}
    ]
    car.wake()
    done = await flows.async_configure(
        form["flow_id"], {"schedules": [str(ours.id)], "limit": 70}
    )
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await until(hass, noon, at(1, 0))
    assert car.charge_limit == 70
    assert ours.id not in car.charge_schedules
    assert len(car.charge_schedules) == 4
    assert "leftovers" not in shown(hass)


async def test_what_a_person_keeps_is_asked_once(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """What is not chosen is the owner's, after the next restart too."""
    entry, _ = await sent(hass, cloud, noon)
    the_car(cloud).wake()
    await start_without_file(hass, noon, entry, hass_storage)
    flows, form = await opened(hass)
    commands = len(sent_commands(cloud))
    await flows.async_configure(form["flow_id"], {"schedules": [], "limit": 80})
    await until(hass, noon, at(0, 42))
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, noon, at(0, 50))
    assert shown(hass) == {}
    assert len(sent_commands(cloud)) == commands
    assert len(the_car(cloud).charge_schedules) == 1


async def test_the_question_waits_while_the_account_is_not_loaded(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """The dialog says so; it failed without a word."""
    entry, _ = await sent(hass, cloud, noon)
    the_car(cloud).wake()
    await start_without_file(hass, noon, entry, hass_storage)
    flows, form = await opened(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    done = await flows.async_configure(form["flow_id"], {"schedules": [], "limit": 80})
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "not_loaded")
    assert await hass.config_entries.async_setup(entry.entry_id)
    _, form = await opened(hass)
    assert form["type"] is FlowResultType.FORM


async def test_a_restart_before_a_person_decides_forgets_nothing(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """The loss is stored; a schedule that ran is gone, and its repair with it."""
    entry, _ = await sent(hass, cloud, noon)
    the_car(cloud).wake()
    await start_without_file(hass, noon, entry, hass_storage)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, noon, at(0, 50))
    assert shown(hass).keys() == {"leftovers"}
    await until(hass, noon, at(6, 10), timedelta(minutes=10))
    the_car(cloud).wake()
    await until(hass, noon, at(6, 12))
    await scout_now(hass)
    await until(hass, noon, at(6, 14))
    assert not the_car(cloud).charge_schedules
    assert shown(hass) == {}


async def test_a_new_account_asks_nothing(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Its file is missing, as it has to be."""
    await with_session(hass, cloud, noon)
    await until(hass, noon, EVENING + 5 * MINUTE)
    assert shown(hass) == {}
