"""What a person can pick in the actions and blueprints of a new installation.

A picker of the frontend offers a device if it is of a filter's integration, and has a
state of an entity of the entity filter; an entity that is disabled has none.
"""

from collections.abc import Iterator, Mapping
import re
from typing import Any

import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict, parse_yaml
from simulator.car import Car, CarSettings
from simulator.clock import SystemClock
from simulator.cloud import Cloud

from .common import HOME, OTHER_VIN, VIN, set_up
from .metadata import HOUSE, REPOSITORY
from .scout_helpers import devices

pytestmark = pytest.mark.as_installed

type Selector = Mapping[str, Any]

BLUEPRINTS = sorted(
    (REPOSITORY / "blueprints/automation/tesla_scout_worker").glob("*.yaml")
)

# The entities of a car that the blueprints ask for, by the name of the input.
ENTITIES = {
    "at_home": {"at_home", "plugged_in"},
    "battery": {"battery_level"},
    "plugged_in": {"at_home", "plugged_in"},
    "target": {"target_level"},
}


def fields_of_actions() -> Iterator[tuple[str, Selector]]:
    """Yield the selectors of the fields of actions, by action and field."""
    for action, description in load_yaml_dict(str(HOUSE / "services.yaml")).items():
        for name, field in (description or {}).get("fields", {}).items():
            yield f"{action}.{name}", field["selector"]


def inputs_of_blueprints() -> Iterator[tuple[str, Selector]]:
    """Yield the selectors of the inputs of blueprints, by file and input."""
    for file in BLUEPRINTS:
        for name, field in load_yaml_dict(str(file))["blueprint"]["input"].items():
            yield f"{file.stem}.{name}", field["selector"]


PICKERS = dict((*fields_of_actions(), *inputs_of_blueprints()))
CARS = [name for name, selector in PICKERS.items() if "device" in selector]
OF_US = [
    name
    for name, selector in PICKERS.items()
    if "entity" in selector
    and any(each.get("integration") == DOMAIN for each in selector["entity"]["filter"])
]


def offers_entity(
    hass: HomeAssistant, entity: er.RegistryEntry, wanted: Selector
) -> bool:
    """Whether an entity has a state, and is what one filter names."""
    state = hass.states.get(entity.entity_id)
    if state is None:
        return False
    has = {
        "integration": entity.platform,
        "domain": entity.domain,
        "device_class": state.attributes.get("device_class"),
    }
    assert wanted.keys() <= has.keys()
    return all(has[key] == value for key, value in wanted.items())


def offered_devices(hass: HomeAssistant, selector: Selector) -> set[str]:
    """Return the ids of the devices that a picker offers."""
    assert selector["filter"] == [{"integration": DOMAIN}]
    registry = er.async_get(hass)
    return {
        device
        for device in devices(hass).values()
        if any(
            offers_entity(hass, entity, wanted)
            for entity in er.async_entries_for_device(registry, device)
            for wanted in selector["entity"]
        )
    }


@pytest.fixture
async def two_cars(hass: HomeAssistant, cloud: Cloud) -> None:
    """Set up an account with two cars, with the entities that are enabled by default."""
    settings = CarSettings(vin=OTHER_VIN, name="Second", home=HOME)
    cloud.cars[OTHER_VIN] = Car(settings, SystemClock())
    await set_up(hass, cloud)


@pytest.mark.usefixtures("two_cars")
async def test_a_picker_of_cars_offers_each_car_and_not_the_account(
    hass: HomeAssistant,
) -> None:
    """In every action of a car, and in every blueprint that asks for one."""
    assert {name.partition(".")[0] for name in CARS} > {"charge_now", "weekly_report"}
    found = devices(hass)
    cars = {found[VIN], found[OTHER_VIN]}
    offered = {
        name: offered_devices(hass, PICKERS[name]["device"]) for name in sorted(CARS)
    }
    assert offered == dict.fromkeys(sorted(CARS), cars)


@pytest.mark.usefixtures("two_cars")
async def test_a_picker_of_entities_offers_those_that_fit(hass: HomeAssistant) -> None:
    """Of each car, and only such as the blueprint can use."""
    assert {name.partition(".")[2] for name in OF_US} == ENTITIES.keys()
    for name in OF_US:
        offered = {
            entity.unique_id
            for entity in er.async_get(hass).entities.values()
            for wanted in PICKERS[name]["entity"]["filter"]
            if offers_entity(hass, entity, wanted)
        }
        keys = ENTITIES[name.partition(".")[2]]
        assert offered == {
            f"{vin}_{key}" for vin in (VIN, OTHER_VIN) for key in keys
        }, name


async def test_a_picker_of_accounts_offers_the_account(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """The actions of the token manager; an account is an entry, not a device."""
    entry = await set_up(hass, cloud)
    accounts = [
        name for name, selector in PICKERS.items() if "config_entry" in selector
    ]
    assert {name.partition(".")[0] for name in accounts} == {
        "token_check",
        "token_get",
        "token_refresh",
        "token_refresh_at_once",
    }
    for name in accounts:
        wanted = PICKERS[name]["config_entry"]["integration"]
        assert hass.config_entries.async_entries(wanted) == [entry]


@pytest.mark.parametrize(
    "car_settings", [CarSettings(vin=VIN, name="Wanderer", home=HOME, plugged_in=True)]
)
async def test_the_automations_of_the_readme_work_as_installed(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Each is loaded, and uses entities that nobody has to enable first."""
    await set_up(hass, cloud)
    text = (REPOSITORY / "README.md").read_text("utf-8")
    blocks = re.findall(r"```yaml\n(alias: .*?)```", text, re.DOTALL)
    assert len(blocks) == 5
    used = set(re.findall(r"\b[a-z_]+\.(?:tesla_)?wanderer_\w+", "".join(blocks)))
    assert {entity for entity in used if hass.states.get(entity) is None} == set()
    automations = [parse_yaml(block) for block in blocks]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    states = hass.states.async_all("automation")
    assert [state.state for state in states] == ["on"] * 5
    for state in states:
        # Its timer is none of the test.
        await hass.services.async_call(
            "automation", "turn_off", {"entity_id": state.entity_id}, blocking=True
        )
