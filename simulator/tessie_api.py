"""Tessie's own paths beside Tesla's: its memory of the cars, and its commands.

As `tessie-api` 0.1.3, `tesla-fleet-api` 1.17.3 and Home Assistant's `tessie` (2026.10)
use them. Bodies have no envelope. A command wakes a car that sleeps.
"""

from datetime import datetime
from typing import Any, Final

from .calls import Call
from .car import Car
from .car_settings import CarState
from .errors import CloudError
from .fleet_api import command_effect
from .provider_state import ProviderState

type Json = dict[str, Any]

# What Tessie remembers of a car.
_SECTIONS: Final = frozenset(
    {
        "charge_state",
        "climate_state",
        "drive_state",
        "gui_settings",
        "location_data",
        "vehicle_config",
        "vehicle_state",
    }
)

# Tesla's command for each of Tessie's, and Tesla's name of its parameter.
_COMMANDS: Final = {
    "set_charge_limit": ("set_charge_limit", {"percent": "percent"}),
    "set_charging_amps": ("set_charging_amps", {"amps": "charging_amps"}),
    "start_charging": ("charge_start", {}),
    "stop_charging": ("charge_stop", {}),
}


def _remembered(provider: ProviderState, car: Car, now: datetime) -> Json:
    """Return what Tessie remembers of a car, with its present state."""
    return {**provider.memory.answer(car, _SECTIONS, now), "state": str(car.state)}


async def listed(call: Call, provider: ProviderState) -> Json:
    """Answer GET /vehicles: the cars with what is remembered of them."""
    now = call.state.clock.now()
    return {
        "results": [
            {
                "vin": vin,
                "is_active": True,
                "is_archived_manually": False,
                "last_state": _remembered(provider, car, now),
            }
            for vin, car in call.state.cars.items()
        ]
    }


async def scopes(call: Call) -> Json:
    """Answer GET /auth/tesla_scopes: what Tesla lets Tessie do; no energy sites."""
    return {"scopes": ["vehicle_device_data", "vehicle_cmds", "vehicle_charging_cmds"]}


async def state(call: Call, provider: ProviderState) -> Json:
    """Answer GET /{vin}/state from the memory."""
    return _remembered(provider, call.car, call.state.clock.now())


async def wake(call: Call) -> Json:
    """Answer a wake."""
    call.car.wake()
    return {"result": True}


async def _awake(call: Call) -> None:
    """Wake the car, and wait for it for as long as was asked (40 s)."""
    left = int(call.request.query.get("retry_duration", "40"))
    call.car.wake()
    while call.car.state is not CarState.ONLINE and left > 0:
        await call.state.wait(call.state.settings.seconds_per_simulated_second)
        left -= 1


async def command(call: Call) -> Json:
    """Answer a command, whose parameters are in the query."""
    name = call.request.match_info["command"]
    if name not in _COMMANDS:
        raise CloudError(404, "not_found")
    command_name, names = _COMMANDS[name]
    if missing := names.keys() - call.request.query.keys():
        raise CloudError(400, f"{missing.pop()} is required")
    parameters = {
        name: float(call.request.query[given]) for given, name in names.items()
    }
    effect = command_effect(call, command_name, parameters)
    await _awake(call)
    answer = effect(call.reachable_car)
    if answer.result:
        return {"result": True}
    return {"result": False, "reason": answer.reason}
