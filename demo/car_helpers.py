"""A simulated car as helpers of Home Assistant, for the way by entities.

It stands for any car with a wallbox: helpers show it, and a switch and a limit command
it.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from simulator.car import Car
from simulator.charging import ChargingState
from simulator.geography import distance_m

from .home_assistant import HomeAssistant

LEVEL: Final = "input_number.car_level"
LIMIT: Final = "input_number.car_limit"
PLUG: Final = "input_boolean.car_plug"
AT_HOME: Final = "input_boolean.car_at_home"
CHARGER: Final = "input_boolean.car_charger"
ENERGY: Final = "input_number.car_energy"
STATE: Final = "input_select.car_charging"

HELPERS: Final = """\
input_number:
  car_level: {name: Car level, min: 0, max: 100, step: 1, initial: 76}
  car_energy: {name: Car energy, min: 0, max: 200, step: 0.01, initial: 0}
  car_limit: {name: Car limit, min: 50, max: 100, step: 1, initial: 80}
input_boolean:
  car_plug: {name: Car plug, initial: false}
  car_at_home: {name: Car at home, initial: true}
  car_charger: {name: Car charger, initial: true}
input_select:
  car_charging:
    name: Car charging
    options: [Disconnected, Stopped, Starting, Charging, Complete, NoPower]
"""

# What a person chooses in the form of a car that was not found.
FORM: Final = {
    "name": "Wanderer",
    "level": LEVEL,
    "start": CHARGER,
    "plug": PLUG,
    "limit": LIMIT,
    "limit_percent": 80,
    "more": {"charging_state": STATE, "at_home": AT_HOME, "energy_added": ENERGY},
}

# A wallbox tells of a change at once: a minute of the demo's day.
_PAUSE: Final = 0.2

_HOME_RADIUS_M: Final = 100


class CarHelpers:
    """Keeps the helpers as the car is, and makes the car do what they command."""

    def __init__(self, home_assistant: HomeAssistant, car: Car) -> None:
        """Bind both sides."""
        self._home_assistant = home_assistant
        self._car = car
        self._shown: dict[str, Any] = {}
        self._allowed = True

    async def follow(self, states: AsyncIterator[dict[str, Any]]) -> None:
        """Do both, until cancelled; ``states`` are those of Home Assistant from now on."""
        await asyncio.gather(self._obey(states), self._show_always())

    async def _obey(self, states: AsyncIterator[dict[str, Any]]) -> None:
        """Pass the commands on to the car."""
        async for state in states:
            if state["entity_id"] == CHARGER:
                self._allowed = state["state"] == "on"
            elif state["entity_id"] == LIMIT:
                self._car.set_limit_by_owner(int(float(state["state"])))

    def _follow_switch(self) -> None:
        """Give power while the switch is on, and none while it is off."""
        state = self._car.charging_state
        if not self._allowed and state == ChargingState.CHARGING:
            self._car.charge_stop()
        elif self._allowed and state == ChargingState.STOPPED:
            # A car that gets power wakes up.
            self._car.wake()
            self._car.charge_start()

    async def _show_always(self) -> None:
        """Show the car again and again."""
        while True:
            self._follow_switch()
            await self.show()
            await asyncio.sleep(_PAUSE)

    async def show(self) -> None:
        """Show what changed."""
        away = distance_m(self._car.settings.home, self._car.position)
        charge = self._car.vehicle_data(None)["charge_state"]
        now = {
            LEVEL: charge["battery_level"],
            ENERGY: charge["charge_energy_added"],
            AT_HOME: away < _HOME_RADIUS_M,
            PLUG: self._car.plugged_in,
            STATE: self._car.charging_state,
        }
        for entity_id, value in now.items():
            if self._shown.get(entity_id) == value:
                continue
            self._shown[entity_id] = value
            domain = entity_id.partition(".")[0]
            data: dict[str, Any] = {"entity_id": entity_id}
            action = "turn_on" if value else "turn_off"
            if domain == "input_number":
                action, data["value"] = "set_value", value
            elif domain == "input_select":
                action, data["option"] = "select_option", value
            await self._home_assistant.call(action, data, domain)
