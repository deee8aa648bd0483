"""What scouting costs through Home Assistant: the adaptive mode, the budget, the hints."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.tesla_scout_worker.gateways.budget import Budget, for_session
from custom_components.tesla_scout_worker.gateways.errors import BudgetSpentError
from custom_components.tesla_scout_worker.gateways.ledger import CallKind, Ledger
from custom_components.tesla_scout_worker.scout.admission import ReadAdmission
from custom_components.tesla_scout_worker.scouting.car_state import CarState
from custom_components.tesla_scout_worker.scouting.events import Observation
from custom_components.tesla_scout_worker.scouting.hint_trust import HintKind
from custom_components.tesla_scout_worker.scouting.policy_input import ReadReason
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.faults import Fault

from ..common import (
    HOME,
    OTHER_VIN,
    VIN,
    WORK,
    entity_id,
    open_options,
    pass_time,
    set_up,
    state_of,
    the_car,
    tick,
)
from ..config.test_options_flow import open_topic, send, submit
from ..scout_helpers import (
    READ,
    disabled,
    fired_events_of,
    lists,
    press,
    reads,
    reload,
    scout_now,
    wakes,
    with_car,
)
from ..scouting.samples import summary

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("discreet_log")


async def choose(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    mode: str = "adaptive",
    **admission: object,
) -> None:
    """Choose options of the economy, as a person does."""
    flow = await open_options(hass, entry)
    await hass.config_entries.options.async_configure(
        flow["flow_id"], {"next_step_id": "hints"}
    )
    await hass.config_entries.options.async_configure(
        flow["flow_id"],
        {"scouting_mode": mode, "monthly_budget": 10.0, **admission},
    )
    await hass.async_block_till_done(wait_background_tasks=True)


async def with_wallbox(hass: HomeAssistant, cloud: Cloud) -> ConfigEntry[Any]:
    """Set an account up that hears of the cable from a wallbox, in which none is."""
    hass.states.async_set("binary_sensor.wallbox", "off")
    entry = await set_up(hass, cloud)
    await choose(hass, entry, plug_hints=["binary_sensor.wallbox"])
    return entry


def stage(hass: HomeAssistant, entry: ConfigEntry[Any]) -> str:
    """Return the stage of the budget, as it is shown."""
    return state_of(hass, "sensor", "api_budget_stage", str(entry.unique_id))


@pytest.mark.all_entities
async def test_the_adaptive_mode_follows_a_drive_for_few_reads(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """To work and home to the cable: four reads, and the car sleeps where it stands."""
    await set_up(hass, cloud)
    car, fired = the_car(cloud), fired_events_of(hass)
    await pass_time(hass, noon, 40 * MINUTE)
    assert car.state == "asleep"
    assert state_of(hass, "sensor", "next_look") == STATE_UNKNOWN
    before = reads(cloud)
    car.drive(20, WORK, timedelta(minutes=30))
    await pass_time(hass, noon, 2 * HOUR, 2 * MINUTE)
    assert fired.kinds == ["fell_asleep", "woke_up", "left_home", "fell_asleep"]
    fired.events.pop(0)
    car.drive(20, HOME, timedelta(minutes=30))
    await pass_time(hass, noon, 33 * MINUTE)
    car.plug_in()
    await pass_time(hass, noon, 5 * MINUTE)
    assert state_of(hass, "binary_sensor", "at_home") == "on"
    assert state_of(hass, "binary_sensor", "plugged_in") == "on"
    assert fired.kinds[-4:] == [
        "woke_up",
        "arrived_home",
        "ready_to_charge",
        "charging_started",
    ]
    assert reads(cloud) - before <= 7
    assert wakes(cloud) == 0


@with_car(CarSettings(vin=VIN, home=HOME, self_wake_every=20 * MINUTE))
async def test_a_car_that_wakes_by_itself_is_left_alone(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Two and a half minutes, again and again, and nothing is paid for it."""
    await set_up(hass, cloud)
    await pass_time(hass, noon, 2 * HOUR)
    assert reads(cloud) <= 2
    assert [event.kind for event in the_car(cloud).record].count("woke") >= 4


@with_car(CarSettings(vin=VIN, home=HOME, sentry=True))
async def test_sentry_mode_does_not_drive_up_the_reads(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A car that never sleeps is read once an hour, $1.5 a month."""
    await set_up(hass, cloud)
    await pass_time(hass, noon, 6 * HOUR, 4 * MINUTE)
    assert reads(cloud) <= 9


@with_car(CarSettings(vin=VIN, home=HOME, sentry=True))
async def test_a_flapping_signal_costs_nothing(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Underground, now here, now gone: no wake, and no read that was not due."""
    await set_up(hass, cloud)
    await pass_time(hass, noon, 15 * MINUTE)
    before = reads(cloud)
    for there in [False, True] * 6:
        the_car(cloud).set_signal(there)
        await pass_time(hass, noon, 2 * MINUTE)
    assert reads(cloud) <= before + 1
    assert wakes(cloud) == 0


async def test_sleeping_cars_cost_a_list_call_and_nothing_else(
    hass: HomeAssistant,
    two_cars: Cloud,
    noon: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """No state is written, nothing stored, no car asked."""
    entry = await set_up(hass, two_cars)
    await pass_time(hass, noon, HOUR)
    await tick(hass, noon, 10 * MINUTE)
    states = {state.entity_id: state.last_reported for state in hass.states.async_all()}
    hass_storage.pop(f"{DOMAIN}.{entry.entry_id}")
    before, made = lists(two_cars), len(two_cars.requests)
    await pass_time(hass, noon, 30 * MINUTE)
    assert lists(two_cars) - before == len(two_cars.requests) - made == 30
    assert f"{DOMAIN}.{entry.entry_id}" not in hass_storage
    assert states == {
        state.entity_id: state.last_reported for state in hass.states.async_all()
    }


@pytest.mark.all_entities
@with_car(CarSettings(vin=VIN, home=HOME, sentry=True))
async def test_an_automation_that_asks_each_minute_has_to_wait(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Five at once, then four an hour, each refusal with the seconds to wait."""
    await set_up(hass, cloud)
    let, refused = 0, []
    for _ in range(60):
        await tick(hass, noon, MINUTE)
        try:
            let += (await scout_now(hass))["reason"] == "asked"
        except HomeAssistantError as err:
            refused.append(err)
    assert 8 <= let <= 9
    assert {err.translation_key for err in refused} == {"asked_too_often"}
    assert str(refused[0]).startswith("Paid reads of this car were requested too often")
    assert refused[0].translation_placeholders is not None
    assert 0 < int(refused[0].translation_placeholders["seconds"]) <= 900
    with pytest.raises(HomeAssistantError):
        await press(hass)
    the_car(cloud).set_sentry(False)


@pytest.mark.all_entities
@with_car(CarSettings(vin=VIN, home=HOME, sentry=True))
async def test_the_budget_is_never_exceeded(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Sentry all day and an automation each minute: reads stop before it is spent."""
    entry = await set_up(hass, cloud)
    await choose(hass, entry, monthly_budget=0.5)
    for _ in range(10):
        await tick(hass, noon, 30 * MINUTE)
        for _ in range(4):
            with suppress(HomeAssistantError):
                await scout_now(hass)
    cloud_says = cloud.billing.cost
    hub = str(entry.unique_id)
    assert Decimal(0) < cloud_says <= Decimal("0.45")
    # The rest of a month of this.
    entry.runtime_data.ledger.calls[CallKind.DATA] = 225
    entry.runtime_data.coordinator.async_update_listeners()
    assert stage(hass, entry) == "essential"
    made = reads(cloud)
    await pass_time(hass, noon, 5 * HOUR, 30 * MINUTE)
    with pytest.raises(HomeAssistantError) as refusal:
        await scout_now(hass)
    assert refusal.value.translation_key == "budget_spent"
    assert reads(cloud) == made
    assert float(state_of(hass, "sensor", "api_budget_left", hub)) > 0
    client = entry.runtime_data.client
    with pytest.raises(BudgetSpentError):
        await client.async_read(VIN)
    with for_session():
        await client.async_read(VIN)
    assert reads(cloud) == made + 1
    noon.move_to(datetime(2026, 12, 1, 0, 1, tzinfo=UTC))
    await pass_time(hass, noon, 2 * HOUR, 5 * MINUTE)
    assert stage(hass, entry) == "normal"
    assert reads(cloud) > made + 1


@pytest.mark.all_entities
async def test_what_is_shown_is_what_tesla_bills(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Cost, forecast and what is left; and for the car its reads and their worth."""
    entry = await set_up(hass, cloud)
    hub = str(entry.unique_id)
    assert Decimal(state_of(hass, "sensor", "api_cost", hub)) == cloud.billing.cost
    left = float(state_of(hass, "sensor", "api_budget_left", hub))
    assert left == pytest.approx(10 - float(cloud.billing.cost))
    forecast = float(state_of(hass, "sensor", "api_cost_forecast", hub))
    assert forecast == pytest.approx(0.002 * 30 / (23 + 11 / 24), rel=1e-3)
    assert state_of(hass, "sensor", "looks_today") == "1"
    assert state_of(hass, "sensor", "reads_per_event") == STATE_UNKNOWN
    the_car(cloud).plug_in()
    await scout_now(hass)
    assert state_of(hass, "sensor", "looks_today") == "2"
    assert float(state_of(hass, "sensor", "reads_per_event")) == 1
    await pass_time(hass, noon, 13 * HOUR, 20 * MINUTE)
    assert int(state_of(hass, "sensor", "looks_today")) <= 2


@pytest.mark.all_entities
@with_car(CarSettings(vin=VIN, home=HOME, sentry=True))
@pytest.mark.parametrize(("status", "billed"), [(408, 1), (503, 0)])
async def test_a_read_that_failed_is_counted_if_it_is_billed(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    status: int,
    billed: int,
) -> None:
    """What is shown of a car's reads adds up to what Tesla bills for them."""
    entry = await set_up(hass, cloud)
    hub = str(entry.unique_id)
    cloud.faults.add(Fault(path=READ, status=status, times=1))
    with pytest.raises(HomeAssistantError):
        await scout_now(hass)
    await hass.async_block_till_done()
    assert state_of(hass, "sensor", "looks_today") == str(1 + billed)
    assert state_of(hass, "sensor", "api_data_requests", hub) == str(1 + billed)


async def test_two_cars_share_one_budget(
    hass: HomeAssistant, two_cars: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What one of them used up the other one cannot spend."""
    entry = await set_up(hass, two_cars)
    entry.runtime_data.ledger.calls[CallKind.DATA] = 4_600
    with pytest.raises(HomeAssistantError) as refusal:
        await scout_now(hass, OTHER_VIN)
    assert refusal.value.translation_key == "budget_spent"
    assert reads(two_cars, OTHER_VIN) == 1


@with_car(CarSettings(vin=VIN, home=HOME, sentry=True))
async def test_a_car_that_used_its_share_leaves_the_rest_to_the_other(
    hass: HomeAssistant, two_cars: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Set on the page of the car; the refusal names the share, and a raised one helps."""
    entry = await set_up(hass, two_cars)
    await choose(hass, entry, monthly_budget=0.5)

    async def give(share: int) -> None:
        """Set the share of the first car."""
        result = await open_topic(hass, entry, "car")
        result = await send(hass, result, {"car": str(cars.index(VIN))})
        await submit(hass, result, budget_share=share)

    cars = list(entry.runtime_data.coordinator.data)
    await give(5)
    for _ in range(7):
        await tick(hass, noon, 30 * MINUTE)
        for _ in range(2):
            with suppress(HomeAssistantError):
                await scout_now(hass)
    # 5 % of the nine tenths that are not kept for sessions.
    assert reads(two_cars) == 11
    with pytest.raises(HomeAssistantError) as refusal:
        await scout_now(hass)
    assert refusal.value.translation_key == "share_spent"
    await scout_now(hass, OTHER_VIN)
    await give(100)
    await scout_now(hass)
    assert reads(two_cars) == 12


@pytest.mark.all_entities
async def test_a_plug_hint_tells_within_a_minute(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Believed at once, and verified by one read; pulled out, believed again."""
    await with_wallbox(hass, cloud)
    await pass_time(hass, noon, 40 * MINUTE)
    assert the_car(cloud).state == "asleep"
    before = reads(cloud)
    the_car(cloud).plug_in()
    hass.states.async_set("binary_sensor.wallbox", "on")
    await hass.async_block_till_done()
    assert state_of(hass, "binary_sensor", "plugged_in") == "on"
    assert state_of(hass, "binary_sensor", "ready_to_charge") == "on"
    await pass_time(hass, noon, 2 * MINUTE)
    assert state_of(hass, "sensor", "charging_state") == "charging"
    assert reads(cloud) == before + 1
    the_car(cloud).unplug()
    hass.states.async_set("binary_sensor.wallbox", "off")
    await hass.async_block_till_done()
    assert state_of(hass, "binary_sensor", "plugged_in") == "off"
    hass.states.async_set("binary_sensor.wallbox", "unavailable")
    hass.states.async_set("binary_sensor.wallbox", "on")
    await hass.async_block_till_done()
    assert state_of(hass, "binary_sensor", "plugged_in") == "off"


async def test_what_a_wallbox_missed_while_it_was_silent_is_read(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A cable that came meanwhile is seen at once; a return with the same word is nothing."""
    await with_wallbox(hass, cloud)
    before = reads(cloud)
    for word in ("unavailable", "off", "unavailable"):
        hass.states.async_set("binary_sensor.wallbox", word)
        await hass.async_block_till_done(wait_background_tasks=True)
    assert reads(cloud) == before
    the_car(cloud).plug_in()
    hass.states.async_set("binary_sensor.wallbox", "on")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert reads(cloud) == before + 1
    assert state_of(hass, "binary_sensor", "plugged_in") == "on"


async def test_a_wallbox_that_fell_silent_is_not_relied_on(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """While it says nothing, a read is placed for the cable as if there were none."""
    entry = await with_wallbox(hass, cloud)
    car, admission = the_car(cloud), entry.runtime_data.coordinator.admission
    assert admission.cable_hinted
    car.drive(20, WORK, 20 * MINUTE)
    await pass_time(hass, noon, 30 * MINUTE)
    hass.states.async_set("binary_sensor.wallbox", "unavailable")
    await hass.async_block_till_done()
    assert not admission.cable_hinted
    car.drive(20, HOME, 20 * MINUTE)
    await pass_time(hass, noon, 22 * MINUTE)
    await scout_now(hass)
    assert state_of(hass, "binary_sensor", "at_home") == "on"
    assert state_of(hass, "binary_sensor", "plugged_in") == "off"
    car.plug_in()
    await pass_time(hass, noon, 9 * MINUTE)
    assert state_of(hass, "binary_sensor", "plugged_in") == "on"
    hass.states.async_set("binary_sensor.wallbox", "on")
    await hass.async_block_till_done()
    assert admission.cable_hinted


async def test_a_phone_that_comes_home_causes_a_read(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """At once, if the car is not known to be there; and not for a walk."""
    hass.states.async_set("person.ada", "home")
    hass.states.async_set("cover.garage", "closed")
    entry = await set_up(hass, cloud)
    await choose(
        hass, entry, presence_hints=["person.ada"], other_hints=["cover.garage"]
    )
    before = reads(cloud)
    hass.states.async_set("person.ada", "not_home")
    hass.states.async_set("person.ada", "home")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert reads(cloud) == before
    the_car(cloud).drive(20, WORK, 20 * MINUTE)
    await pass_time(hass, noon, 30 * MINUTE)
    assert state_of(hass, "binary_sensor", "at_home") == "off"
    hass.states.async_set("person.ada", "not_home")
    the_car(cloud).drive(20, HOME, 20 * MINUTE)
    await pass_time(hass, noon, 20 * MINUTE)
    hass.states.async_set("person.ada", "home")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, "binary_sensor", "at_home") == "on"
    before = reads(cloud)
    hass.states.async_set("cover.garage", "open")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert reads(cloud) == before + 1
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    admission: Any = diagnostics["economy"]
    assert {hint["domain"] for hint in admission["hints"]} == {"person", "cover"}
    assert "hint" in {look["reason"] for look in admission["reads"]}
    assert "person.ada" not in str(diagnostics)


@pytest.mark.all_entities
async def test_a_read_of_one_car_rewrites_nothing_of_the_other(
    hass: HomeAssistant, two_cars: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Home Assistant writes a place anew at each update, unless it is told not to."""
    await set_up(hass, two_cars)
    written: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        """Note which entity was written."""
        written.append(event.data["entity_id"])

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    await tick(hass, noon, MINUTE)
    await scout_now(hass, OTHER_VIN)
    await hass.async_block_till_done()
    assert entity_id(hass, "sensor", "last_seen", OTHER_VIN) in written
    assert entity_id(hass, "device_tracker", "location") not in written
    assert entity_id(hass, "device_tracker", "location", OTHER_VIN) not in written


@with_car(CarSettings(vin=VIN, home=HOME, sentry=True))
async def test_a_disabled_account_is_tried_when_the_month_turns(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The pause over a bill ends with the month, and costs no sign-in."""
    noon.move_to(datetime(2026, 11, 30, 22, tzinfo=UTC))
    await set_up(hass, cloud)
    fault = cloud.faults.add(disabled(READ))
    await pass_time(hass, noon, 90 * MINUTE)
    made = reads(cloud)
    cloud.faults.remove(fault)
    await pass_time(hass, noon, 20 * MINUTE)
    assert reads(cloud) == made
    await pass_time(hass, noon, 80 * MINUTE)
    assert reads(cloud) > made


async def test_what_was_learnt_survives_a_restart(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """How soon the car sleeps, and what its reads cost."""
    entry = await set_up(hass, cloud)
    await pass_time(hass, noon, 40 * MINUTE)
    car = entry.runtime_data.coordinator.data[VIN]
    assert car.motion.idles
    await reload(hass, entry)
    again = entry.runtime_data.coordinator.data[VIN]
    assert again.motion == car.motion
    assert again.statistics == car.statistics
    assert entity_id(hass, "sensor", "reads_per_event")


async def test_the_reason_of_a_read_survives_a_restart(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The last reads with their reasons, and what a hint was worth, by its entity."""
    hass.states.async_set("cover.garage", "closed")
    entry = await set_up(hass, cloud)
    await choose(hass, entry, other_hints=["cover.garage"])
    hass.states.async_set("cover.garage", "open")
    await hass.async_block_till_done(wait_background_tasks=True)

    async def fired() -> dict[str, Any]:
        """Return what the diagnostics tell of the reads so far."""
        found = await async_get_config_entry_diagnostics(hass, entry)
        admission: dict[str, Any] = found["economy"]
        return admission

    before = await fired()
    assert [look["reason"] for look in before["reads"]] == ["first", "hint"]
    assert [look["car"] for look in before["reads"]] == [1, 1]
    assert before["hints"][0]["useless"] == 1
    await reload(hass, entry)
    after = await fired()
    assert after["reads"] == before["reads"]
    assert after["hints"] == before["hints"]
    await choose(hass, entry, other_hints=[])
    after = await fired()
    assert after["hints"] == []
    assert after["reads"] == before["reads"]


async def test_restarts_cost_no_burst_of_reads(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What a read is placed by is in the file: each start takes a poll alone."""
    entry = await set_up(hass, cloud)
    made = reads(cloud)
    assert made == 1
    for _ in range(4):
        await reload(hass, entry)
        await pass_time(hass, noon, 2 * MINUTE)
    assert reads(cloud) == made
    await pass_time(hass, noon, 40 * MINUTE)
    assert entry.runtime_data.coordinator.data[VIN].motion.idles


def weights(entry: ConfigEntry[Any]) -> list[tuple[int, int]]:
    """Return how often each hint was useful and useless, as the diagnostics have it."""
    admission = entry.runtime_data.coordinator.admission.as_dict(datetime.now(UTC))
    return [(hint["useful"], hint["useless"]) for hint in admission["hints"]]


@with_car(CarSettings(vin=VIN, home=HOME, sentry=True, battery_level=80))
async def test_a_wallbox_that_tells_the_truth_keeps_its_say(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The car does not charge yet, as each evening off-peak: the read is no news."""
    entry = await with_wallbox(hass, cloud)
    for _ in range(5):
        the_car(cloud).plug_in()
        hass.states.async_set("binary_sensor.wallbox", "on")
        await pass_time(hass, noon, 2 * MINUTE)
        assert state_of(hass, "binary_sensor", "plugged_in") == "on"
        the_car(cloud).unplug()
        hass.states.async_set("binary_sensor.wallbox", "off")
        await pass_time(hass, noon, 10 * MINUTE)
    [(useful, useless)] = weights(entry)
    assert (useful >= 5, useless) == (True, 0)
    assert entry.runtime_data.coordinator.admission.cable_hinted


@with_car(CarSettings(vin=VIN, home=HOME, sentry=True))
async def test_a_wallbox_that_is_the_wrong_way_round_loses_its_say(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A read that finds the contrary is news, and no merit of who said the contrary."""
    entry = await with_wallbox(hass, cloud)
    for _ in range(4):
        hass.states.async_set("binary_sensor.wallbox", "on")
        await pass_time(hass, noon, 5 * MINUTE)
        assert state_of(hass, "binary_sensor", "plugged_in") == "off"
        hass.states.async_set("binary_sensor.wallbox", "off")
        await pass_time(hass, noon, 5 * MINUTE)
    assert weights(entry) == [(0, 4)]
    made = reads(cloud)
    hass.states.async_set("binary_sensor.wallbox", "on")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, "binary_sensor", "plugged_in") == "off"
    await pass_time(hass, noon, 5 * MINUTE)
    assert reads(cloud) == made
    assert not entry.runtime_data.coordinator.admission.cable_hinted


@with_car(CarSettings(vin=VIN, home=HOME, sentry=True))
async def test_an_automation_pays_for_no_failure_each_minute_in_the_fixed_rhythm(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What it may not ask for any more is not given to it as a read made up for."""
    entry = await set_up(hass, cloud)
    await choose(hass, entry, "fixed")
    cloud.faults.add(Fault(path=READ, status=408))
    before = reads(cloud)
    for _ in range(60):
        await tick(hass, noon, MINUTE)
        with suppress(HomeAssistantError):
            await scout_now(hass)
    assert reads(cloud) - before <= 5 + 4 + 4


@with_car(CarSettings(vin=VIN, home=HOME, sentry=True))
async def test_a_hint_causes_a_read_in_the_fixed_rhythm_too(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A garage door opens between two rounds."""
    hass.states.async_set("cover.garage", "closed")
    entry = await set_up(hass, cloud)
    await choose(hass, entry, "fixed", other_hints=["cover.garage"])
    await pass_time(hass, noon, 2 * MINUTE)
    before = reads(cloud)
    hass.states.async_set("cover.garage", "open")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert reads(cloud) == before + 1


@with_car(CarSettings(vin=VIN, home=HOME, sentry=True))
async def test_a_wallbox_that_chatters_is_not_followed_for_long(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """On, off, on within seconds: no event each time, and no read for each."""
    entry = await with_wallbox(hass, cloud)
    fired = fired_events_of(hass)
    before = reads(cloud)
    for word in ["on", "off"] * 10:
        hass.states.async_set("binary_sensor.wallbox", word)
        await tick(hass, noon, timedelta(seconds=2))
    assert len(fired.kinds) <= 5
    assert not entry.runtime_data.coordinator.admission.cable_hinted
    assert reads(cloud) <= before + 1


def test_a_hint_during_a_read_causes_another_read() -> None:
    """The car answered before the cable went in: the read must not swallow the hint."""
    began = datetime(2026, 11, 24, 11, tzinfo=UTC)
    said, later = began + timedelta(seconds=2), began + MINUTE
    ledger = Ledger.started(began)
    admission = ReadAdmission(
        Budget(ledger=ledger), {"binary_sensor.wallbox": HintKind.PLUG}
    )
    cars = {VIN: CarState(summary=summary())}
    out, plugged = Observation(plugged_in=False), Observation(plugged_in=True)
    assert admission.record_cable_hint(
        "binary_sensor.wallbox", VIN, said, plugged_in=True
    )
    assert admission.hint("binary_sensor.wallbox", cars, said)
    admission.record_read(VIN, ReadReason.DUE, began, found_change=False, seen=out)
    [hint] = admission.hints.values()
    assert (hint.useful, hint.useless) == (0, 0)
    assert admission.hinted(VIN, later)
    admission.record_read(VIN, ReadReason.HINT, later, found_change=True, seen=plugged)
    assert (hint.useful, hint.useless) == (1, 0)
    assert not admission.hinted(VIN, later)
    # A clock that was set back: nothing is pending for ever.
    assert admission.hint("binary_sensor.wallbox", cars, later + HOUR)
    assert not admission.hinted(VIN, later)
    admission.record_read(VIN, ReadReason.DUE, later, found_change=False, seen=out)
    assert not admission.hinted(VIN, later + HOUR)


@pytest.mark.all_entities
@with_car(CarSettings(vin=VIN, home=HOME, sentry=True))
async def test_no_read_is_announced_that_is_not_taken(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Neither while Tesla wants a pause, nor while no money is left for one."""
    entry = await set_up(hass, cloud)
    fault = Fault(path=READ, status=429, headers={"Retry-After": "3600"}, times=1)
    cloud.faults.add(fault)
    made = reads(cloud)
    await pass_time(hass, noon, 15 * MINUTE)
    assert reads(cloud) == made + 1
    announced = datetime.fromisoformat(state_of(hass, "sensor", "next_look"))
    await pass_time(hass, noon, announced - datetime.now(UTC) - 2 * MINUTE)
    assert reads(cloud) == made + 1
    await pass_time(hass, noon, 4 * MINUTE)
    assert reads(cloud) == made + 2
    entry.runtime_data.ledger.calls[CallKind.DATA] = 4_600
    await pass_time(hass, noon, HOUR)
    assert state_of(hass, "sensor", "next_look") == STATE_UNKNOWN
    assert reads(cloud) == made + 2
    noon.move_to(datetime(2026, 12, 1, 0, 1, tzinfo=UTC))
    await pass_time(hass, noon, 2 * MINUTE)
    assert reads(cloud) == made + 3
    assert state_of(hass, "sensor", "next_look") != STATE_UNKNOWN


async def test_a_guest_at_the_wallbox_is_not_a_car_that_sleeps_at_work(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Nothing is told of it; had it come home unseen, the next round would read."""
    await with_wallbox(hass, cloud)
    the_car(cloud).drive(20, WORK, 20 * MINUTE)
    await pass_time(hass, noon, 2 * HOUR)
    assert the_car(cloud).state == "asleep"
    assert state_of(hass, "binary_sensor", "at_home") == "off"
    fired, before = fired_events_of(hass), reads(cloud)
    hass.states.async_set("binary_sensor.wallbox", "on")
    await pass_time(hass, noon, 4 * MINUTE)
    assert fired.kinds == []
    assert state_of(hass, "binary_sensor", "plugged_in") == "off"
    assert reads(cloud) == before
    the_car(cloud).wake()
    await pass_time(hass, noon, 2 * MINUTE)
    assert reads(cloud) == before + 1


async def test_a_wallbox_that_tells_of_an_arrival_is_believed_until_a_read(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The last read saw the car elsewhere, which is no reason to send it away again."""
    entry = await with_wallbox(hass, cloud)
    the_car(cloud).drive(20, WORK, 20 * MINUTE)
    await pass_time(hass, noon, 2 * HOUR)
    the_car(cloud).drive(20, HOME, 20 * MINUTE)
    await pass_time(hass, noon, 8 * MINUTE)
    fired = fired_events_of(hass)
    cloud.faults.add(Fault(path=READ, status=408))
    await pass_time(hass, noon, 13 * MINUTE)
    assert fired.kinds == []
    the_car(cloud).plug_in()
    hass.states.async_set("binary_sensor.wallbox", "on")
    await pass_time(hass, noon, 5 * MINUTE)
    await reload(hass, entry)
    assert fired.kinds == ["arrived_home", "ready_to_charge"]
    assert state_of(hass, "binary_sensor", "at_home") == "on"
    cloud.faults.clear()
    await pass_time(hass, noon, 30 * MINUTE)
    assert fired.kinds == ["arrived_home", "ready_to_charge", "charging_started"]
