"""An account and entities beside it: one entry, one plan, two ways to one car."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.gateways.errors import (
    CarWakingError,
    RefusedError,
)
from custom_components.tesla_scout_worker.gateways.models import Connectivity
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from simulator.cloud import Cloud

from ..common import VIN, act, entity_id, pass_time, set_up, state_of, tick
from ..config.test_entity_steps import SHOWN, open_menu, put_in_registries, set_up_found
from ..gateways.entities.registry_samples import PEDRO_BLE, TESLEMETRY
from ..scout_helpers import devices
from ..test_repairs import FIX
from ..worker.timed.any_car import CHARGER, LEVEL, PLUG, AnyCar, async_choose

SECONDS = timedelta(seconds=5)

NEAR = {
    "level": "70",
    "limit": "80",
    "charging_state": "Stopped",
    "start": "off",
    "wake": "unknown",
}


async def submit(hass: HomeAssistant, flow: Any, **sent: Any) -> Any:
    """Send a form of a flow."""
    return await hass.config_entries.flow.async_configure(flow["flow_id"], sent)


def as_shown(form: Any) -> dict[str, Any]:
    """Return the values of a form as they are filled in."""
    shown: dict[str, Any] = {}
    for field, kind in form["data_schema"].schema.items():
        if isinstance(kind, section):
            shown[str(field)] = as_shown({"data_schema": kind.schema})
        elif (value := (field.description or {}).get("suggested_value")) is not None:
            shown[str(field)] = value
    return shown


async def fix(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    issue_id: str,
    **sent: bool,
) -> dict[str, Any]:
    """Open a repair, and send its form."""
    client = await hass_client()
    answer = await client.post(FIX, json={"handler": DOMAIN, "issue_id": issue_id})
    shown = await answer.json()
    assert (shown["type"], shown["step_id"]) == ("form", "merge")
    answer = await client.post(f"{FIX}/{shown['flow_id']}", json=sent)
    await hass.async_block_till_done(wait_background_tasks=True)
    result: dict[str, Any] = await answer.json()
    return result


async def put_beside(
    hass: HomeAssistant, account: ConfigEntry[Any], **roles: bool
) -> dict[str, str]:
    """Put the entities of a key at home beside an account, as a person would."""
    found = put_in_registries(hass, PEDRO_BLE, **NEAR)
    menu = await open_menu(hass)
    assert menu["menu_options"]["found_0"] == "Tesla BLE, through ESPHome"
    form = await submit(hass, menu, next_step_id="found_0")
    form = await submit(hass, form, **as_shown(form))
    assert form["step_id"] == "same_car"
    (choice,) = form["data_schema"].schema.values()
    labels = {item["label"]: item["value"] for item in choice.config["options"]}
    assert list(labels) == [f"Scout ({account.title})", "Another car"]
    form = await submit(hass, form, same_car=labels[f"Scout ({account.title})"])
    assert form["step_id"] == "second_way"
    result = await submit(hass, form, **roles)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "put_beside")
    await hass.async_block_till_done(wait_background_tasks=True)
    return found


def sent_to(cloud: Cloud, command: str) -> int:
    """Return how often a command was sent to the account."""
    return sum(item.path.endswith(f"/command/{command}") for item in cloud.requests)


@pytest.mark.all_entities
async def test_a_key_at_home_commands_and_the_account_does_the_rest(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A command goes to the key; if the key is away, or did nothing, to the account."""
    account = await set_up(hass, cloud)
    before = devices(hass)
    found = await put_beside(hass, account, reads=False, commands=True)
    assert hass.config_entries.async_entries(DOMAIN) == [account]
    assert devices(hass) == before
    assert state_of(hass, "sensor", "capabilities") == "in_car"
    pressed = async_mock_service(hass, "switch", "turn_on")
    cloud.cars[VIN].plug_in()
    cloud.cars[VIN].charge_stop()
    gateway = account.runtime_data.client

    await gateway.async_start_charging(VIN)
    assert [call.data["entity_id"] for call in pressed] == [found["start"]]
    assert sent_to(cloud, "charge_start") == 0
    await gateway.async_start_charging(VIN)
    assert len(pressed) == 1
    assert sent_to(cloud, "charge_start") == 1

    hass.states.async_set(found["start"], STATE_UNAVAILABLE)
    await gateway.async_start_charging(VIN)
    assert len(pressed) == 1
    assert sent_to(cloud, "charge_start") == 2


async def test_entities_chosen_by_hand_may_be_of_a_car_of_an_account(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Two entries of one car would both control it, so a person is asked."""
    account = await set_up(hass, cloud)
    await AnyCar(hass, noon).async_create(50)
    form = await async_choose(hass, "entities")
    chosen = {"level": LEVEL, "start": CHARGER, "plug": PLUG, "limit_percent": 80}
    form = await submit(hass, form, name="Beetle", more={}, **chosen)
    assert form["step_id"] == "same_car"
    (choice,) = form["data_schema"].schema.values()
    labels = {item["label"]: item["value"] for item in choice.config["options"]}
    form = await submit(hass, form, same_car=labels[f"Scout ({account.title})"])
    assert form["step_id"] == "second_way"


async def test_the_car_is_not_commanded_twice_for_a_missing_cable(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """The account could not charge it either, and would cost a command."""
    account = await set_up(hass, cloud)
    found = await put_beside(hass, account, reads=False, commands=True)
    hass.states.async_set(found["charging_state"], "Disconnected")
    with pytest.raises(RefusedError):
        await account.runtime_data.client.async_start_charging(VIN)
    assert sent_to(cloud, "charge_start") == 0


async def test_a_car_that_sleeps_costs_no_command_of_the_account(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The key at home wakes it; if the account sees it awake, not even that."""
    account = await set_up(hass, cloud)
    found = await put_beside(hass, account, reads=False, commands=True)
    gateway = account.runtime_data.client
    pressed = async_mock_service(hass, "button", "press")
    started = async_mock_service(hass, "switch", "turn_on")
    hass.states.async_set(found["asleep"], "on")

    with pytest.raises(CarWakingError):
        await gateway.async_start_charging(VIN)
    assert [call.data["entity_id"] for call in pressed] == [found["wake"]]
    assert (len(started), sent_to(cloud, "charge_start")) == (0, 0)

    await pass_time(hass, noon, timedelta(minutes=30), timedelta(minutes=5))
    cloud.cars[VIN].wake()
    await pass_time(hass, noon, timedelta(minutes=2), timedelta(minutes=1))
    pressed.clear()
    assert await gateway.async_connectivity(VIN) is Connectivity.ONLINE
    await gateway.async_start_charging(VIN)
    assert (len(pressed), len(started), sent_to(cloud, "charge_start")) == (0, 1, 0)


async def test_what_entities_report_is_seen_without_a_paid_read(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Within five seconds, and the schedules of the car stay as they were read."""
    account = await set_up(hass, cloud)
    found = await put_beside(hass, account, reads=True, commands=False)
    client, vin = account.runtime_data.client, VIN
    read = await client.async_read(vin)
    await tick(hass, noon, SECONDS)
    paid = cloud.billing.month_to_date
    hass.states.async_set(found["level"], "63")
    for _ in range(2):
        await tick(hass, noon, SECONDS)
    assert state_of(hass, "sensor", "battery_level") == "63"
    assert cloud.billing.month_to_date == paid
    snapshot = account.runtime_data.coordinator.snapshot_of(vin)
    assert snapshot is not None
    assert snapshot.schedules == read.schedules


async def test_the_second_way_ends_by_reconfigure(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """And its entities are found again as a car of its own."""
    account = await set_up(hass, cloud)
    await put_beside(hass, account, reads=True, commands=True)
    flow: Any = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": account.entry_id}
    )
    form = await submit(hass, flow, next_step_id="end_second_ways")
    result = await submit(hass, form)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert "second_ways" not in account.data
    assert "found_0" in (await open_menu(hass))["menu_options"]


@pytest.mark.all_entities
async def test_two_entries_become_one_by_the_repair(
    hass: HomeAssistant,
    cloud: Cloud,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Device, entities, settings and coming sessions of the car stay."""
    await async_setup_component(hass, "repairs", {})
    put_in_registries(hass, TESLEMETRY, **SHOWN)
    entities = await set_up_found(hass)
    departure = entity_id(hass, "time", "departure")
    await hass.services.async_call(
        "time",
        "set_value",
        {"entity_id": departure, "time": "05:45:00"},
        blocking=True,
    )
    (device_id,) = {
        entry.device_id
        for entry in er.async_get(hass).entities.values()
        if entry.entity_id == departure
    }
    promised = await act(
        hass,
        "add_special_charging",
        device_id=device_id,
        target=80,
        ready_by=f"{dt_util.now() + timedelta(days=2):%Y-%m-%d} 07:00",
    )
    assert promised
    client = await hass_ws_client(hass)
    week = dt_util.now() + timedelta(days=7)
    await client.send_json_auto_id(
        {
            "type": "calendar/event/create",
            "entity_id": entity_id(hass, "calendar", "special_charging"),
            "event": {
                "summary": "90 %",
                "dtstart": week.isoformat(),
                "dtend": (week + timedelta(hours=1)).isoformat(),
                "rrule": "FREQ=WEEKLY",
            },
        }
    )
    assert (await client.receive_json())["success"]
    [repeat] = entities.runtime_data.store.record(VIN).repeats.values()
    sessions = entities.runtime_data.store.record(VIN).sessions.open

    account = await set_up(hass, cloud)
    (issue,) = [
        item
        for item in ir.async_get(hass).issues.values()
        if item.translation_key == "car_by_two_ways"
    ]
    assert issue.is_fixable
    refused = await fix(hass, hass_client, issue.issue_id, reads=False, commands=False)
    assert refused["errors"] == {"base": "second_way_does_nothing"}
    result = await fix(hass, hass_client, issue.issue_id, reads=True, commands=False)
    assert result["type"] == "create_entry"

    assert hass.config_entries.async_entries(DOMAIN) == [account]
    assert entity_id(hass, "time", "departure") == departure
    assert state_of(hass, "time", "departure") == "05:45:00"
    assert state_of(hass, "sensor", "capabilities") == "in_car"
    kept = account.runtime_data.store.record(VIN).sessions.open
    assert [item.id for item in kept] == [item.id for item in sessions]
    record = account.runtime_data.store.record(VIN)
    assert [*record.repeats.values()] == [repeat]
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue.issue_id) is None


async def test_a_repair_for_two_entries_ends_if_one_is_gone(
    hass: HomeAssistant, cloud: Cloud, hass_client: ClientSessionGenerator
) -> None:
    """A dialog that was left open says so, and changes nothing."""
    await async_setup_component(hass, "repairs", {})
    put_in_registries(hass, TESLEMETRY, **SHOWN)
    entities = await set_up_found(hass)
    account = await set_up(hass, cloud)
    (issue,) = [
        item
        for item in ir.async_get(hass).issues.values()
        if item.translation_key == "car_by_two_ways"
    ]
    client = await hass_client()
    opened = {"handler": DOMAIN, "issue_id": issue.issue_id}
    shown = await (await client.post(FIX, json=opened)).json()
    await hass.config_entries.async_remove(entities.entry_id)
    sent = {"reads": True, "commands": False}
    answer = await client.post(f"{FIX}/{shown['flow_id']}", json=sent)
    result = await answer.json()
    assert (result["type"], result["reason"]) == ("abort", "entry_removed")
    assert "second_ways" not in account.data
    again = await (await client.post(FIX, json=opened)).json()
    assert again["reason"] == "entry_removed"
