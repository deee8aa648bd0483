"""What becomes of a command through the entities of another integration."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
import voluptuous as vol

from custom_components.tesla_scout_worker.diagnostics import (
    async_get_config_entry_diagnostics,
)
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_bytes

from ...common import HOME, WORK, act, state_of, tick
from ...config.test_entity_steps import put_in_registries
from ...gateways.entities.registry_samples import OCPP
from .any_car import WARSAW, async_choose, async_set_up, device_of, vin_of

EVENING = datetime(2026, 11, 24, 22, tzinfo=WARSAW)
SECONDS = timedelta(seconds=5)
MINUTE = timedelta(minutes=1)

LEVEL, SWITCH, PLUG = "sensor.soc", "switch.wallbox", "binary_sensor.cable"
POWER, WAKE, PLACE = "sensor.power", "button.wake", "device_tracker.car"
ASLEEP = "binary_sensor.asleep"


class Charger:
    """The actions of another integration: what was called, and what comes of it."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Obey at once."""
        self._hass = hass
        self.calls: list[str] = []
        self.obey: Callable[[str], None] = self.switch_power

    def take_actions(self) -> None:
        """Take the place of the actions, which our own switches have set up."""
        for domain, action in (
            ("switch", "turn_on"),
            ("switch", "turn_off"),
            ("button", "press"),
        ):
            self._hass.services.async_register(domain, action, self._called)

    async def _called(self, call: ServiceCall) -> None:
        """Note a call."""
        self.calls.append(call.service)
        self.obey(call.service)

    def switch_power(self, action: str) -> None:
        """Do as a charger does."""
        on = action == "turn_on"
        if action != "press":
            self._hass.states.async_set(SWITCH, "on" if on else "off")
            show(self._hass, POWER, "11" if on else "0", unit_of_measurement="kW")


def show(hass: HomeAssistant, entity: str, text: str, **attributes: Any) -> None:
    """Show a state, as another integration does."""
    hass.states.async_set(entity, text, attributes)


@pytest.fixture
async def charger(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Charger:
    """Return the charger of a car at 40 % that is plugged in and does not charge."""
    freezer.move_to(EVENING)
    show(hass, LEVEL, "40", unit_of_measurement="%")
    show(hass, SWITCH, "off")
    show(hass, PLUG, "on")
    show(hass, POWER, "0", unit_of_measurement="kW")
    show(hass, WAKE, "unknown")
    return Charger(hass)


async def charging_now(hass: HomeAssistant, charger: Charger, **parts: str) -> Any:
    """Set the car up, and have it charge from now on."""
    entry = await async_set_up(
        hass,
        level=LEVEL,
        start=SWITCH,
        plug=PLUG,
        more={"power": POWER, "wake": WAKE, **parts},
    )
    charger.take_actions()
    await act(hass, "charge_now", device_id=device_of(hass, entry), target=80)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


async def later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, minutes: int
) -> None:
    """Let minutes pass."""
    for _ in range(minutes):
        await tick(hass, freezer, MINUTE)


@pytest.mark.all_entities
async def test_charge_now_starts_at_once(hass: HomeAssistant, charger: Charger) -> None:
    """And says that Home Assistant times it."""
    entry = await charging_now(hass, charger)

    assert charger.calls == ["turn_on"]
    vin = vin_of(entry)
    assert state_of(hass, "sensor", "capabilities", vin) == "timed"
    device = dr.async_get(hass).async_get(device_of(hass, entry))
    assert isinstance(device, dr.DeviceEntry)
    # Nobody said that it is a Tesla.
    assert (device.manufacturer, device.serial_number) == (None, None)


async def test_diagnostics_name_no_car(hass: HomeAssistant, charger: Charger) -> None:
    """What identifies it is left out, as of any other way."""
    entry = await charging_now(hass, charger)

    found = await async_get_config_entry_diagnostics(hass, entry)

    text = json_bytes(found).decode()
    assert "Beetle" not in text
    assert vin_of(entry) not in text
    assert found["tokens"] is None


async def test_a_car_that_does_not_react_is_woken(
    hass: HomeAssistant, charger: Charger, freezer: FrozenDateTimeFactory
) -> None:
    """The first command is sent without: a wake costs the car energy."""

    def after_a_wake(action: str) -> None:
        """Start only once the car is awake."""
        if "press" in charger.calls:
            charger.switch_power(action)

    charger.obey = after_a_wake
    await charging_now(hass, charger)
    await later(hass, freezer, 4)

    assert charger.calls == ["turn_on", "press", "turn_on"]
    assert hass.states.is_state(SWITCH, "on")


@pytest.mark.parametrize("shown_late", [False, True])
async def test_a_car_that_sleeps_is_started_a_minute_after_it_is_woken(
    hass: HomeAssistant,
    charger: Charger,
    freezer: FrozenDateTimeFactory,
    shown_late: bool,
) -> None:
    """Also where it is shown asleep long after that."""

    def wake(action: str) -> None:
        """Show that the car is awake, and do as a charger does."""
        if action == "press" and not shown_late:
            show(hass, ASLEEP, "off")
        charger.switch_power(action)

    show(hass, ASLEEP, "on")
    charger.obey = wake
    await charging_now(hass, charger, asleep=ASLEEP)
    if shown_late:
        assert charger.calls == ["press"]
    await later(hass, freezer, 1)
    assert charger.calls == ["press", "turn_on"]
    assert hass.states.is_state(SWITCH, "on")


class OwnError(Exception):
    """An error of an integration's library, which Home Assistant does not know."""


@pytest.mark.parametrize(
    "error",
    [
        HomeAssistantError("no"),
        ValueError("odd"),
        TimeoutError(),
        vol.Invalid("no such option"),
        OwnError("teslajsonpy has a base of its own"),
    ],
)
async def test_an_integration_that_fails_is_asked_again(
    hass: HomeAssistant,
    charger: Charger,
    freezer: FrozenDateTimeFactory,
    error: Exception,
) -> None:
    """Whatever it raises."""

    def fail(_action: str) -> None:
        """Raise as an integration does."""
        raise error

    charger.obey = fail
    await charging_now(hass, charger)
    assert hass.states.is_state(SWITCH, "off")

    charger.obey = charger.switch_power
    await later(hass, freezer, 4)

    assert hass.states.is_state(SWITCH, "on")


async def test_an_arrival_is_seen_within_seconds_and_for_free(
    hass: HomeAssistant, charger: Charger, freezer: FrozenDateTimeFactory
) -> None:
    """A state is heard, not polled."""
    show(hass, PLUG, "off")
    show(hass, PLACE, "x", latitude=WORK.latitude, longitude=WORK.longitude)
    entry = await async_set_up(
        hass, level=LEVEL, start=SWITCH, plug=PLUG, more={"location": PLACE}
    )
    vin = vin_of(entry)
    assert state_of(hass, "binary_sensor", "at_home", vin) == "off"

    show(hass, PLACE, "home", latitude=HOME.latitude, longitude=HOME.longitude)
    show(hass, PLUG, "on")
    await hass.async_block_till_done()
    await tick(hass, freezer, SECONDS)

    assert state_of(hass, "binary_sensor", "at_home", vin) == "on"
    assert state_of(hass, "binary_sensor", "plugged_in", vin) == "on"
    assert entry.runtime_data.ledger.cost == 0


async def test_a_car_that_charges_elsewhere_is_not_stopped(
    hass: HomeAssistant, charger: Charger, freezer: FrozenDateTimeFactory
) -> None:
    """Its schedules are for home."""
    show(hass, PLACE, "home", latitude=HOME.latitude, longitude=HOME.longitude)
    await charging_now(hass, charger, location=PLACE)
    assert charger.calls == ["turn_on"]

    show(hass, PLACE, "x", latitude=WORK.latitude, longitude=WORK.longitude)
    show(hass, LEVEL, "85", unit_of_measurement="%")
    await later(hass, freezer, 10)

    assert charger.calls == ["turn_on"]


@pytest.mark.all_entities
async def test_a_charger_by_ocpp_with_the_level_of_any_brand(
    hass: HomeAssistant, charger: Charger, freezer: FrozenDateTimeFactory
) -> None:
    """It is found, and the state of charge is chosen."""
    found = put_in_registries(hass, OCPP, start="off", charging_state="SuspendedEVSE")
    charger.obey = lambda action: show(hass, found["charging_state"], "Charging")
    form = await async_choose(hass, "found_0")
    sent = {
        "start": found["start"],
        "limit_percent": 90,
        "more": {"charging_state": found["charging_state"]},
    }
    form = await hass.config_entries.flow.async_configure(form["flow_id"], sent)
    assert form["errors"] == {"level": "part_required"}
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {**sent, "level": LEVEL}
    )
    entry = result["result"]
    await hass.async_block_till_done(wait_background_tasks=True)
    vin = vin_of(entry)
    assert state_of(hass, "binary_sensor", "plugged_in", vin) == "on"

    charger.take_actions()
    await act(hass, "charge_now", device_id=device_of(hass, entry), target=80)
    await tick(hass, freezer, SECONDS)

    assert charger.calls == ["turn_on"]
    assert state_of(hass, "sensor", "charging_state", vin) == "charging"
    assert state_of(hass, "sensor", "charge_limit", vin) == "90"
