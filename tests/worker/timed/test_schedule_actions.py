"""Teslemetry's schedule actions are used beside the timing by Home Assistant."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError

from ...common import VIN, act, pass_time, state_of, tick
from ...config.test_entity_steps import SHOWN, put_in_registries, set_up_found
from ...gateways.entities.registry_samples import TESLEMETRY
from ...scout_helpers import devices
from ..off_peak.off_peak_helpers import PRICES, choose, publish, switch, two_days
from .any_car import WARSAW

EVENING = datetime(2026, 11, 24, 22, tzinfo=WARSAW)
MORNING = datetime(2026, 11, 25, 7, tzinfo=WARSAW)


class Actions:
    """The schedule actions of Teslemetry."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        """Take their place."""
        self._freezer = freezer
        # How long each takes.
        self.takes = timedelta(0)
        self.held: dict[int, dict[str, Any]] = {}
        self.fails = False
        hass.services.async_register("teslemetry", "add_charge_schedule", self._add)
        hass.services.async_register(
            "teslemetry", "remove_charge_schedule", self._remove
        )

    async def _add(self, call: ServiceCall) -> None:
        """Add a schedule."""
        self._freezer.tick(self.takes)
        if self.fails:
            raise HomeAssistantError("no credit")
        self.held[call.data["id"]] = dict(call.data)

    async def _remove(self, call: ServiceCall) -> None:
        """Remove a schedule."""
        self.held.pop(call.data["id"], None)


@pytest.fixture
async def actions(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Actions:
    """Return the actions, of a car that is set up in the evening."""
    freezer.move_to(EVENING)
    put_in_registries(hass, TESLEMETRY, **SHOWN, at_home="on")
    made = Actions(hass, freezer)
    await set_up_found(hass)
    return made


async def ask(hass: HomeAssistant, target: int = 70) -> None:
    """Ask for a target in the morning."""
    await act(
        hass,
        "add_special_charging",
        device_id=devices(hass)[VIN],
        ready_by=MORNING.isoformat(),
        target=target,
    )


async def test_a_plan_is_in_the_car_too_and_leaves_it(
    hass: HomeAssistant, actions: Actions, freezer: FrozenDateTimeFactory
) -> None:
    """So it is charged while Home Assistant is down."""
    await ask(hass)
    await pass_time(
        hass, freezer, MORNING - timedelta(hours=2) - EVENING, timedelta(minutes=5)
    )
    [schedule] = actions.held.values()
    assert schedule["days_of_week"] == ["wednesday"]
    assert schedule["one_time"] is True
    assert schedule["end_time"] == "06:00:00"
    assert schedule["device_id"]

    listed = await act(hass, "list_special_charging", device_id=devices(hass)[VIN])
    await act(
        hass,
        "cancel_special_charging",
        device_id=devices(hass)[VIN],
        session_id=listed["sessions"][0]["session_id"],
    )
    await tick(hass, freezer, timedelta(minutes=1))
    assert actions.held == {}


async def test_actions_that_fail_stop_nothing(
    hass: HomeAssistant,
    actions: Actions,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    discreet_log: None,
) -> None:
    """Home Assistant times the charge; the log says so once."""
    actions.fails = True
    await ask(hass)
    await act(hass, "charge_now", device_id=devices(hass)[VIN], target=60)
    await tick(hass, freezer, timedelta(seconds=5))

    assert actions.held == {}
    assert caplog.text.count("A schedule was not written into the car") == 1
    await pass_time(hass, freezer, timedelta(minutes=2), timedelta(minutes=1))
    assert state_of(hass, "sensor", "special_charging") == "active"


@pytest.mark.parametrize("fails", [False, True])
async def test_the_limit_is_raised_early_only_with_a_schedule_in_the_car(
    hass: HomeAssistant,
    actions: Actions,
    freezer: FrozenDateTimeFactory,
    fails: bool,
) -> None:
    """A car at its limit, and without a schedule, would charge as soon as it is raised."""
    limits: list[int] = []

    async def set_limit(call: ServiceCall) -> None:
        """Set the limit, and show it."""
        limits.append(call.data["value"])
        hass.states.async_set(call.data["entity_id"], str(limits[-1]))

    hass.services.async_register("number", "set_value", set_limit)
    actions.fails = fails
    await ask(hass, target=90)
    await pass_time(
        hass, freezer, MORNING - timedelta(hours=5) - EVENING, timedelta(minutes=5)
    )
    assert bool(actions.held) is not fails
    assert limits == ([] if fails else [90])


@pytest.mark.parametrize("seconds", [25, 50])
async def test_an_action_that_takes_long_is_no_refusal(
    hass: HomeAssistant,
    actions: Actions,
    freezer: FrozenDateTimeFactory,
    seconds: int,
) -> None:
    """A minute ends while it is written: what was sent is what counts."""
    actions.takes = timedelta(seconds=seconds)
    [entry] = hass.config_entries.async_entries(DOMAIN)
    publish(hass, *two_days(22, 23, 0, 1))
    await choose(hass, entry, price_source="entities", price_entities=[PRICES])
    freezer.tick(timedelta(seconds=15))
    await switch(hass, "shadow_mode", False)
    for _ in range(4):
        assert state_of(hass, "sensor", "off_peak_plan") == "in_car"
        await tick(hass, freezer, timedelta(seconds=30))
    assert actions.held
