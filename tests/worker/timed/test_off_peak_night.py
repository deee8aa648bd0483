"""An off-peak night by prices of a car that is neither a Tesla nor known."""

from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.storage.store import ScoutStore
from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from ...common import act, state_of
from ...scout_helpers import reload
from ...waiting import tick_on
from ..off_peak.off_peak_helpers import (
    PRICES,
    choose,
    depart,
    publish,
    switch,
    two_days,
)
from .any_car import (
    CHARGER,
    LEVEL,
    PLUG,
    WARSAW,
    AnyCar,
    async_set_up,
    device_of,
    vin_of,
)

pytestmark = pytest.mark.slow

MINUTE = timedelta(minutes=1)
FIVE = timedelta(minutes=5)
HOUR = timedelta(hours=1)
EVENING = datetime(2026, 11, 24, 18, tzinfo=WARSAW)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=WARSAW)

# 40 % to 80 % take 2 h 44 min: all of it fits into the cheap hours.
CHEAP = (2, 3, 4)


@pytest.fixture
async def car(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> AnyCar:
    """Return a car at 40 % that comes home in the evening; its charger is on."""
    freezer.move_to(EVENING - MINUTE)
    found = AnyCar(hass, freezer)
    await found.async_create(40, plugged_in=False)
    return found


@pytest.fixture
async def entry(hass: HomeAssistant, car: AnyCar) -> ConfigEntry[Any]:
    """Return the entry of the car, which charges by prices until 07:00."""
    return await by_prices(hass)


async def by_prices(hass: HomeAssistant, **more: str) -> ConfigEntry[Any]:
    """Set the car up, with more parts if there are, and have it charge by prices."""
    publish(hass, *two_days(*CHEAP))
    made = await async_set_up(hass, more=more)
    await choose(hass, made, price_source="entities", price_entities=[PRICES])
    await switch(hass, "shadow_mode", False, vin_of(made))
    await depart(hass, "07:00", vin_of(made))
    return made


def repairs(hass: HomeAssistant) -> list[str]:
    """Return the repairs that are shown."""
    issues = ir.async_get(hass).issues.values()
    return [
        str(issue.translation_key)
        for issue in issues
        if issue.domain == DOMAIN and issue.active
    ]


def charged_dear(car: AnyCar) -> int:
    """Return how many minutes the car charged outside of the cheap hours."""
    return sum(at.hour not in CHEAP for at in car.charged)


async def test_a_car_charges_in_the_cheap_hours(
    hass: HomeAssistant, car: AnyCar, entry: ConfigEntry[Any]
) -> None:
    """What starts by itself when it is plugged in is stopped within a minute."""
    await car.async_turn(PLUG, on=True)
    await car.async_until(EVENING + 10 * MINUTE, timedelta(seconds=5))
    assert hass.states.is_state(CHARGER, "off")
    dear = len(car.charged)
    assert dear * timedelta(seconds=5) <= MINUTE

    await car.async_until(MIDNIGHT + 7 * HOUR)

    assert 79 <= car.level <= 81
    assert charged_dear(car) == dear
    assert repairs(hass) == []


async def test_a_car_is_charged_on_time_after_a_restart_at_any_step(
    hass: HomeAssistant, car: AnyCar, entry: ConfigEntry[Any]
) -> None:
    """Plugged in, stopped, before the window, at its edge, within it, and after it."""
    await car.async_turn(PLUG, on=True)
    for minutes in (0, 1, 3, 60, 480, 481, 483, 540, 640, 660, 662, 700):
        await car.async_until(EVENING + minutes * MINUTE, FIVE)
        await reload(hass, entry)
    await car.async_until(MIDNIGHT + 7 * HOUR, FIVE)

    assert 78 <= car.level <= 82
    assert charged_dear(car) <= 2
    assert repairs(hass) == []


async def test_a_skipped_night_does_not_charge(
    hass: HomeAssistant, car: AnyCar, entry: ConfigEntry[Any]
) -> None:
    """Said while it charges, it stops; cancelled, it goes on."""
    await car.async_turn(PLUG, on=True)
    await car.async_until(MIDNIGHT + 3 * HOUR, FIVE)
    assert hass.states.is_state(CHARGER, "on")
    device = device_of(hass, entry)
    await act(hass, "skip_charging", device_id=device)
    await car.async_until(MIDNIGHT + 3 * HOUR + 10 * MINUTE)
    assert hass.states.is_state(CHARGER, "off")
    level = car.level
    await reload(hass, entry)
    await car.async_until(MIDNIGHT + 4 * HOUR, FIVE)
    assert car.level == level
    await act(hass, "cancel_override", device_id=device)
    await car.async_until(MIDNIGHT + 7 * HOUR, FIVE)
    assert car.level > level + 10


async def test_home_assistant_that_was_down_catches_up(
    hass: HomeAssistant,
    car: AnyCar,
    entry: ConfigEntry[Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    """The car does not start by itself, but as soon as Home Assistant is back."""
    await car.async_turn(PLUG, on=True)
    await car.async_until(MIDNIGHT + HOUR, FIVE)
    await hass.config_entries.async_unload(entry.entry_id)
    freezer.move_to(MIDNIGHT + 3 * HOUR)
    await hass.config_entries.async_setup(entry.entry_id)
    await car.async_until(MIDNIGHT + 3 * HOUR + 5 * MINUTE)
    assert hass.states.is_state(CHARGER, "on")

    await car.async_until(MIDNIGHT + 7 * HOUR, FIVE)
    # Two hours of the cheap ones are left; the rest is charged before the departure.
    assert car.level >= 68


async def test_a_level_that_is_shown_late_is_charged_a_little_further(
    hass: HomeAssistant, car: AnyCar, entry: ConfigEntry[Any]
) -> None:
    """As by a maker whose cloud asks the car each quarter of an hour."""
    car.late = 15 * MINUTE
    await car.async_turn(PLUG, on=True)
    await car.async_until(MIDNIGHT + 7 * HOUR, MINUTE)
    assert 79 <= car.level <= 84
    assert car.charged[-1] < MIDNIGHT + 5 * HOUR + 16 * MINUTE
    assert repairs(hass) == []


@pytest.mark.parametrize("entity", [CHARGER, LEVEL])
async def test_an_entity_that_is_away_at_the_start_is_waited_for(
    hass: HomeAssistant, car: AnyCar, entry: ConfigEntry[Any], entity: str
) -> None:
    """The charge starts within a minute of its return, with what was known before."""
    await car.async_turn(PLUG, on=True)
    await car.async_until(MIDNIGHT + HOUR, FIVE)
    known = hass.states.get(entity)
    assert known is not None
    car.away.add(entity)
    hass.states.async_set(entity, "unavailable")
    await car.async_until(MIDNIGHT + 3 * HOUR, FIVE)

    car.away.discard(entity)
    hass.states.async_set(entity, known.state, known.attributes)
    await car.async_step()
    await car.async_step()

    assert hass.states.is_state(CHARGER, "on")
    await car.async_until(MIDNIGHT + 7 * HOUR, FIVE)
    assert car.level >= 68
    assert state_of(hass, "sensor", "off_peak_plan", vin_of(entry)) != "failed"
    assert repairs(hass) == []


async def test_a_level_that_is_away_at_the_end_leaves_the_car_charging(
    hass: HomeAssistant, car: AnyCar, entry: ConfigEntry[Any]
) -> None:
    """Nobody can say that it has what it was promised."""
    await car.async_turn(PLUG, on=True)
    await car.async_until(MIDNIGHT + 4 * HOUR, FIVE)
    assert hass.states.is_state(CHARGER, "on")
    car.away.add(LEVEL)
    hass.states.async_set(LEVEL, "unavailable")

    await car.async_until(MIDNIGHT + 6 * HOUR, FIVE)

    assert hass.states.is_state(CHARGER, "on")


async def test_a_charger_that_does_not_obey_is_told_and_its_repair_goes_away(
    hass: HomeAssistant, car: AnyCar, entry: ConfigEntry[Any]
) -> None:
    """It is tried again, ever more rarely, until it charges."""
    hass.states.async_set("sensor.power", "0", {"unit_of_measurement": "kW"})
    data = dict(entry.data)
    hass.config_entries.async_update_entry(
        entry, data={**data, "parts": {**data["parts"], "power": "sensor.power"}}
    )
    await reload(hass, entry)
    await car.async_turn(PLUG, on=True)
    car.obeys = False
    await car.async_until(MIDNIGHT + 2 * HOUR + 30 * MINUTE)
    assert repairs(hass) == ["charge_not_started"]

    car.obeys = True
    hass.states.async_set("sensor.power", "11", {"unit_of_measurement": "kW"})
    await car.async_until(MIDNIGHT + 2 * HOUR + 35 * MINUTE)

    assert repairs(hass) == []


async def test_a_plan_that_is_switched_off_is_kept_and_then_the_car_is_let_go(
    hass: HomeAssistant, car: AnyCar, entry: ConfigEntry[Any]
) -> None:
    """As schedules in a car stay there until they are over."""
    await car.async_turn(PLUG, on=True)
    await car.async_until(EVENING + 10 * MINUTE)
    assert hass.states.is_state(CHARGER, "off")

    await switch(hass, "off_peak_sync", False, vin_of(entry))
    await car.async_until(MIDNIGHT + 8 * HOUR, FIVE)

    assert 79 <= car.level <= 81
    assert charged_dear(car) <= 2
    await car.async_turn(PLUG, on=False)
    await car.async_step()
    assert hass.states.is_state(CHARGER, "on")


@pytest.mark.parametrize("ending", ["disable", "remove"])
async def test_an_entry_that_ends_leaves_the_car_allowed_to_charge(
    hass: HomeAssistant, car: AnyCar, entry: ConfigEntry[Any], ending: str
) -> None:
    """Nobody would start it again."""
    await car.async_turn(PLUG, on=True)
    await car.async_until(EVENING + 10 * MINUTE)
    assert hass.states.is_state(CHARGER, "off")

    if ending == "remove":
        await hass.config_entries.async_remove(entry.entry_id)
    else:
        await hass.config_entries.async_set_disabled_by(
            entry.entry_id, ConfigEntryDisabler.USER
        )
    await hass.async_block_till_done(wait_background_tasks=True)

    assert hass.states.is_state(CHARGER, "on")


@pytest.mark.parametrize("ending", ["disable", "remove"])
async def test_a_car_that_sleeps_is_woken_to_be_let_go(
    hass: HomeAssistant, car: AnyCar, freezer: FrozenDateTimeFactory, ending: str
) -> None:
    """The end of its entry waits for the minute that it takes."""
    hass.states.async_set("binary_sensor.asleep", "off")
    hass.states.async_set("button.wake", "unknown")
    entry = await by_prices(hass, asleep="binary_sensor.asleep", wake="button.wake")
    pressed = async_mock_service(hass, "button", "press")
    await car.async_turn(PLUG, on=True)
    await car.async_until(EVENING + 10 * MINUTE)
    assert hass.states.is_state(CHARGER, "off")
    hass.states.async_set("binary_sensor.asleep", "on")
    end: Coroutine[Any, Any, object]
    if ending == "remove":
        end = hass.config_entries.async_remove(entry.entry_id)
    else:
        end = hass.config_entries.async_set_disabled_by(
            entry.entry_id, ConfigEntryDisabler.USER
        )
    ended = hass.async_create_task(end)
    await tick_on(hass, freezer, timedelta(seconds=1))
    await ended
    assert len(pressed) == 1
    assert hass.states.is_state(CHARGER, "on")


async def test_entities_that_start_after_us_are_waited_for(
    hass: HomeAssistant, car: AnyCar, entry: ConfigEntry[Any]
) -> None:
    """After a restart of Home Assistant within the window; nothing is lost."""
    await car.async_turn(PLUG, on=True)
    await car.async_until(MIDNIGHT + 2 * HOUR, FIVE)
    await hass.config_entries.async_unload(entry.entry_id)
    known = {name: hass.states.get(name) for name in (LEVEL, PLUG, CHARGER)}
    for name in known:
        car.away.add(name)
        hass.states.async_set(name, "unavailable")
    await hass.config_entries.async_setup(entry.entry_id)
    await car.async_until(MIDNIGHT + 2 * HOUR + 30 * MINUTE, FIVE)

    car.away.clear()
    for name, state in known.items():
        assert state is not None
        hass.states.async_set(name, state.state, state.attributes)
    await car.async_step()
    await car.async_step()

    assert hass.states.is_state(CHARGER, "on")
    await car.async_until(MIDNIGHT + 7 * HOUR, FIVE)
    assert car.level >= 75
    assert repairs(hass) == []


async def test_a_car_is_let_go_when_all_that_was_stored_is_lost(
    hass: HomeAssistant, car: AnyCar, entry: ConfigEntry[Any]
) -> None:
    """Nobody knows any more that it is kept from charging."""
    await car.async_turn(PLUG, on=True)
    await car.async_until(EVENING + 20 * MINUTE)
    assert hass.states.is_state(CHARGER, "off")
    await hass.config_entries.async_unload(entry.entry_id)
    await ScoutStore(hass, entry).async_remove()

    await hass.config_entries.async_setup(entry.entry_id)
    await car.async_until(EVENING + 25 * MINUTE)

    assert hass.states.is_state(CHARGER, "on")


async def test_a_switch_that_is_away_without_a_cable_is_no_outage(
    hass: HomeAssistant, car: AnyCar, entry: ConfigEntry[Any]
) -> None:
    """As that of a Wallbox: the car is seen to be unplugged, and let go when it is back."""
    vin = vin_of(entry)
    await car.async_turn(PLUG, on=True)
    await car.async_until(EVENING + 20 * MINUTE)
    car.away.add(CHARGER)
    hass.states.async_set(CHARGER, "unavailable")
    await car.async_turn(PLUG, on=False)
    await car.async_step()
    assert state_of(hass, "binary_sensor", "plugged_in", vin) == "off"

    car.away.clear()
    hass.states.async_set(CHARGER, "off")
    await car.async_step()

    assert hass.states.is_state(CHARGER, "on")


async def test_an_arrival_and_a_plug_are_seen_within_seconds(
    hass: HomeAssistant, car: AnyCar, entry: ConfigEntry[Any]
) -> None:
    """States are heard, not polled; nothing is paid for."""
    vin = vin_of(entry)
    assert state_of(hass, "binary_sensor", "plugged_in", vin) == "off"

    await car.async_turn(PLUG, on=True)
    await car.async_step(timedelta(seconds=3))

    assert state_of(hass, "binary_sensor", "plugged_in", vin) == "on"
    assert entry.runtime_data.ledger.cost == 0


async def test_a_person_may_charge_at_any_time(
    hass: HomeAssistant, car: AnyCar, entry: ConfigEntry[Any]
) -> None:
    """The switch that a person turns on stays on."""
    await car.async_turn(PLUG, on=True)
    await car.async_until(EVENING + HOUR, FIVE)
    assert hass.states.is_state(CHARGER, "off")

    await car.async_turn(CHARGER, on=True)
    await car.async_until(EVENING + HOUR + 20 * MINUTE)

    assert hass.states.is_state(CHARGER, "on")
