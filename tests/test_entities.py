"""Every entity: how it is registered, what it says, and when a car comes or goes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from simulator.billing import Kind
from simulator.car import Car, CarSettings
from simulator.clock import SystemClock
from simulator.cloud import Cloud
from simulator.faults import Fault

from .common import HOME, OTHER_VIN, VIN, act, entity_id, set_up, state_of, tick
from .scout_helpers import LIST, FiredEvents
from .worker.off_peak.off_peak_helpers import PRICES, choose, publish, two_days

pytestmark = pytest.mark.fixed_rhythm

QUARTER = timedelta(minutes=15)

QUIET_NIGHT = CarSettings(
    vin=VIN, home=HOME, plugged_in=True, battery_level=80, charge_limit=80
)
SILENT = {STATE_UNAVAILABLE, STATE_UNKNOWN}

# Of each car; the names are the issue's, and the suffixes of the unique ids.
CAR_KEYS = {
    "binary_sensor": {
        "online",
        "at_home",
        "plugged_in",
        "ready_to_charge",
        "special_charging_active",
    },
    "button": {"charge_now", "scout_now", "skip_charging"},
    "calendar": {"special_charging"},
    "device_tracker": {"location"},
    "event": {"scout", "special_charging"},
    "number": {"target_level", "safety_floor"},
    "switch": {"off_peak_sync", "shadow_mode"},
    "time": {"departure"},
    "sensor": {
        "off_peak_plan",
        "next_charge_start",
        "next_charge_end",
        "planned_energy",
        "planned_cost",
        "commands_saved",
        "energy_charged",
        "charging_cost",
        "charging_cost_on_arrival",
        "savings",
        "battery_level",
        "capabilities",
        "charge_limit",
        "charging_state",
        "last_seen",
        "looks_today",
        "next_look",
        "reads_per_event",
        "special_charging",
        "special_charging_start",
        "special_charging_end",
        "special_charging_ready_by",
        "special_charging_send_at",
        "special_charging_expected_level",
    },
}
ACCOUNT_KEYS = {
    "sensor": {
        "token_state",
        "token_expires",
        "token_refreshes",
        "token_refresh_duration",
        "token_rate_limited",
        "token_hit_ratio",
        "api_data_requests",
        "api_commands",
        "api_wakes",
        "api_cost",
        "api_cost_forecast",
        "api_budget_left",
        "api_budget_stage",
        "price_now",
    }
}


def registered(hass: HomeAssistant, owner: str) -> dict[str, set[str]]:
    """Return the keys of an owner's entities by platform."""
    found: dict[str, set[str]] = {}
    for entity in er.async_get(hass).entities.values():
        name, _, key = entity.unique_id.partition("_")
        if entity.platform == DOMAIN and name == owner:
            found.setdefault(entity.domain, set()).add(key)
    return found


def join(cloud: Cloud) -> Car:
    """Let another car join the account."""
    settings = CarSettings(
        vin=OTHER_VIN, name="Second", home=HOME, sentry=True, plugged_in=True
    )
    car = Car(settings, SystemClock())
    cloud.cars[OTHER_VIN] = car
    return car


async def test_the_keys_do_not_change(hass: HomeAssistant, cloud: Cloud) -> None:
    """Each car and the account have exactly the entities of the documentation."""
    entry = await set_up(hass, cloud)
    assert registered(hass, VIN) == CAR_KEYS
    assert registered(hass, str(entry.unique_id)) == ACCOUNT_KEYS
    entries = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert len(entries) == 55


@pytest.mark.as_installed
async def test_every_entity_as_it_is_registered_and_as_it_speaks(
    hass: HomeAssistant, cloud: Cloud, snapshot: SnapshotAssertion
) -> None:
    """Names, categories, classes, units, defaults and first states do not change unseen.

    Told as plain words, which the versions of Home Assistant have in common.
    """
    entry = await set_up(hass, cloud)
    entries = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    for entity in sorted(entries, key=lambda each: each.entity_id):
        state = hass.states.get(entity.entity_id)
        assert {
            "unique_id": entity.unique_id,
            "name": entity.original_name,
            "translation_key": entity.translation_key,
            "category": entity.entity_category and entity.entity_category.value,
            "device_class": entity.original_device_class
            and str(entity.original_device_class),
            "unit": entity.unit_of_measurement and str(entity.unit_of_measurement),
            "capabilities": {
                str(key): [str(each) for each in value]
                if isinstance(value, list)
                else str(value)
                for key, value in (entity.capabilities or {}).items()
            },
            "disabled": entity.disabled,
            "state": state and state.state,
        } == snapshot(name=entity.entity_id)


# What a person sees on a quiet night.
ENABLED = {
    "binary_sensor at_home",
    "binary_sensor plugged_in",
    "calendar special_charging",
    "event scout",
    "number target_level",
    "sensor battery_level",
    "sensor charging_cost",
    "sensor charging_state",
    "sensor energy_charged",
    "sensor off_peak_plan",
    "sensor savings",
    "sensor special_charging",
    "switch off_peak_sync",
    "switch shadow_mode",
    "time departure",
}

# Of the account, in the same night.
ACCOUNT_ENABLED = {
    "sensor api_budget_left",
    "sensor api_cost",
    "sensor api_cost_forecast",
    "sensor price_now",
    "sensor token_state",
}


def enabled(hass: HomeAssistant, owner: str) -> dict[str, str]:
    """Return the states of an owner's entities that are enabled, by platform and key."""
    found = {}
    for entity in er.async_get(hass).entities.values():
        name, _, key = entity.unique_id.partition("_")
        if name == owner and not entity.disabled:
            state = hass.states.get(entity.entity_id)
            assert state is not None
            found[f"{entity.domain} {key}"] = state.state
    return found


@pytest.mark.as_installed
async def test_at_most_fifteen_entities_of_a_car_are_enabled(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """And no two with one name."""
    await set_up(hass, cloud)
    assert enabled(hass, VIN).keys() == ENABLED
    assert len(ENABLED) <= 15
    names = [
        entity.original_name
        for entity in er.async_get(hass).entities.values()
        if entity.unique_id.startswith(VIN) and not entity.disabled
    ]
    assert len(set(names)) == len(names)


@pytest.mark.as_installed
@pytest.mark.parametrize("car_settings", [QUIET_NIGHT])
@pytest.mark.parametrize(
    ("off_peak", "unknown"),
    [
        ({"price_source": "entities", "price_entities": [PRICES]}, set()),
        # Without a price nothing can be said of money.
        ({}, {"sensor charging_cost", "sensor price_now", "sensor savings"}),
    ],
    ids=["prices", "no prices"],
)
async def test_each_entity_is_of_use_on_a_quiet_night(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    off_peak: dict[str, Any],
    unknown: set[str],
) -> None:
    """After the first poll and plan each has a state."""
    publish(hass, *two_days(2, 3, 4))
    entry = await set_up(hass, cloud)
    await choose(hass, entry, **off_peak)
    await tick(hass, noon, QUARTER)
    states = enabled(hass, VIN)
    states |= enabled(hass, str(entry.unique_id))
    assert states.keys() == ENABLED | ACCOUNT_ENABLED
    assert {key for key, state in states.items() if state in SILENT} == unknown


async def test_no_two_entities_of_a_device_have_one_name(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Those that are disabled included: a list shows name and state only."""
    entry = await set_up(hass, cloud)
    entries = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    names = [(entity.device_id, entity.original_name) for entity in entries]
    assert len(set(names)) == len(names)


async def test_which_entities_of_an_account_are_enabled(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Money and the sign-in; the rest serves to study."""
    entry = await set_up(hass, cloud)
    assert enabled(hass, str(entry.unique_id)).keys() == ACCOUNT_ENABLED


async def test_the_devices(hass: HomeAssistant, cloud: Cloud) -> None:
    """A car is a device with its model, the account a service."""
    entry = await set_up(hass, cloud)
    found = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    by_key = {key: device for device in found for _, key in device.identifiers}
    assert set(by_key) == {VIN, entry.unique_id}
    car, account = by_key[VIN], by_key[str(entry.unique_id)]
    assert (car.manufacturer, car.model, car.name) == ("Tesla", "Model 3", "Scout")
    assert (car.serial_number, car.entry_type) == (VIN, None)
    assert account.entry_type is dr.DeviceEntryType.SERVICE
    assert account.name == entry.title


@pytest.mark.all_entities
@pytest.mark.parametrize("car_settings", [CarSettings(vin=VIN, home=HOME, name="")])
async def test_a_car_without_a_name_is_called_by_its_model(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """A car that nobody named still has a name."""
    await set_up(hass, cloud)
    assert hass.states.get("sensor.model_3_charge_limit") is not None


@pytest.mark.all_entities
async def test_the_sensors_that_are_off_speak_once_they_are_on(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The measures of the token manager, after a refresh and one that was held back."""
    entry = await set_up(hass, cloud)
    owner = str(entry.unique_id)
    registry = er.async_get(hass)
    for key in ("token_refresh_duration", "token_rate_limited", "token_hit_ratio"):
        registry.async_update_entity(
            entity_id(hass, "sensor", key, owner), disabled_by=None
        )
    await tick(hass, noon, timedelta(minutes=1))
    assert state_of(hass, "sensor", "token_refresh_duration", owner) == STATE_UNKNOWN
    assert state_of(hass, "sensor", "token_hit_ratio", owner) == "100.0"
    await act(hass, "token_refresh", config_entry_id=entry.entry_id)
    await act(hass, "token_refresh", config_entry_id=entry.entry_id)
    assert float(state_of(hass, "sensor", "token_refresh_duration", owner)) >= 0
    assert state_of(hass, "sensor", "token_rate_limited", owner) == "1"
    assert state_of(hass, "sensor", "token_refreshes", owner) == "1"


@pytest.mark.all_entities
async def test_the_cost_is_that_of_the_bill_and_begins_anew_each_month(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What the sensors say is what Tesla's ledger says, over the turn of a month too."""
    cloud.cars[VIN].set_sentry(True)
    entry = await set_up(hass, cloud)
    owner = str(entry.unique_id)
    for _ in range(8):
        await tick(hass, noon, QUARTER)
    assert Decimal(state_of(hass, "sensor", "api_cost", owner)) == cloud.billing.cost
    assert cloud.billing.cost > 0
    data = cloud.billing.month_to_date
    assert state_of(hass, "sensor", "api_data_requests", owner) == str(data[Kind.DATA])
    assert state_of(hass, "sensor", "api_wakes", owner) == "0"
    assert state_of(hass, "sensor", "api_commands", owner) == "0"
    cloud.cars[VIN].set_signal(False)
    noon.move_to("2026-12-01T00:00:30+00:00")
    await tick(hass, noon, QUARTER)
    assert cloud.billing.cost == 0
    assert float(state_of(hass, "sensor", "api_cost", owner)) == 0
    assert state_of(hass, "sensor", "api_data_requests", owner) == "0"


@pytest.mark.parametrize(
    ("home", "currency", "per_dollar", "credit"),
    [
        ("USD", "USD", 1, 10),
        ("EUR", "EUR", 1, 10),
        # 650 reads for a pound, 124.38 for a zloty; 500 for a dollar.
        ("GBP", "GBP", 500 / 650, 8),
        ("PLN", "PLN", 500 / 124.38, 40),
        # Tesla has no price list in it.
        ("SEK", "USD", 1, 10),
    ],
)
async def test_the_bill_is_in_the_currency_of_the_account(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    home: str,
    currency: str,
    per_dollar: float,
    credit: float,
) -> None:
    """By Tesla's price list of the currency, with its credit as the budget."""
    await hass.config.async_update(currency=home)
    entry = await set_up(hass, cloud)
    await tick(hass, noon, QUARTER)
    owner = str(entry.unique_id)
    bill = float(cloud.billing.cost) * per_dollar
    assert bill > 0
    for key, value in (("api_cost", bill), ("api_budget_left", credit - bill)):
        state = hass.states.get(entity_id(hass, "sensor", key, owner))
        assert state is not None
        assert float(state.state) == pytest.approx(value)
        assert state.attributes["unit_of_measurement"] == currency


@pytest.mark.all_entities
async def test_what_the_account_says_does_not_hang_on_the_cars(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """While Tesla is away the cars are unavailable, and the account still speaks."""
    entry = await set_up(hass, cloud)
    fault = cloud.faults.add(Fault(path=LIST, status=500))
    await tick(hass, noon, QUARTER)
    for platform, keys in CAR_KEYS.items():
        for key in keys:
            assert state_of(hass, platform, key) == STATE_UNAVAILABLE
    assert state_of(hass, "sensor", "token_state", str(entry.unique_id)) == "valid"
    cloud.faults.remove(fault)
    await tick(hass, noon, QUARTER)
    for platform, keys in CAR_KEYS.items():
        for key in keys:
            assert state_of(hass, platform, key) != STATE_UNAVAILABLE


@pytest.mark.all_entities
async def test_a_car_that_joins_the_account_gets_its_entities(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The next round finds it, without a reload, and tells what it finds."""
    await set_up(hass, cloud)
    assert registered(hass, OTHER_VIN) == {}
    fired = FiredEvents(hass, "event.second_car_event")
    join(cloud)
    await tick(hass, noon, QUARTER)
    assert registered(hass, OTHER_VIN) == CAR_KEYS
    assert state_of(hass, "binary_sensor", "ready_to_charge", OTHER_VIN) == "on"
    assert state_of(hass, "sensor", "battery_level") == "70"
    assert fired.kinds == ["ready_to_charge"]


@pytest.mark.all_entities
async def test_a_car_that_leaves_the_account_takes_its_device_along(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Device and entities of the one go, those of the other and the account stay."""
    join(cloud)
    entry = await set_up(hass, cloud)
    assert registered(hass, OTHER_VIN) == CAR_KEYS
    car = cloud.cars.pop(OTHER_VIN)
    await tick(hass, noon, QUARTER)
    assert registered(hass, OTHER_VIN) == {}
    assert hass.states.get("sensor.second_battery") is None
    assert registered(hass, VIN) == CAR_KEYS
    assert registered(hass, str(entry.unique_id)) == ACCOUNT_KEYS
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert len(devices) == 2
    cloud.cars[OTHER_VIN] = car
    await tick(hass, noon, QUARTER)
    assert registered(hass, OTHER_VIN) == CAR_KEYS
    assert state_of(hass, "sensor", "charge_limit", OTHER_VIN) == "80"


@pytest.mark.all_entities
@pytest.mark.parametrize(
    "row", [None, {}, {"vin": None}, {"vin": "<invalid>"}, {"vin": 7}, []]
)
async def test_a_list_that_is_read_in_part_takes_no_device_along(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, row: object
) -> None:
    """The car that is missing may be the row that could not be read."""
    join(cloud)
    await set_up(hass, cloud)
    body = {"response": [cloud.cars[VIN].summary(), row]}
    cloud.faults.add(Fault(path="/api/1/vehicles", body=body))
    before = registered(hass, OTHER_VIN)
    await tick(hass, noon, QUARTER)
    assert registered(hass, OTHER_VIN) == before == CAR_KEYS
    assert state_of(hass, "sensor", "charge_limit") == "80"
    cloud.faults.clear()
    del cloud.cars[OTHER_VIN]
    await tick(hass, noon, QUARTER)
    assert registered(hass, OTHER_VIN) == {}


async def test_a_car_that_left_during_a_restart_is_gone_after_it(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """What the file and the registry still know of a car goes at the first round."""
    join(cloud)
    entry = await set_up(hass, cloud)
    assert await hass.config_entries.async_unload(entry.entry_id)
    del cloud.cars[OTHER_VIN]
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert registered(hass, OTHER_VIN) == {}
    assert registered(hass, VIN) == CAR_KEYS
