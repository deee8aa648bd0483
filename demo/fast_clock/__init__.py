"""A clock for the Scout in the demo's Home Assistant: the car's day, and its speed.

Home Assistant itself, and with it the tokens, live in real time. Only the rooms that
scout are told another one, and their rounds come as much sooner.
"""

from datetime import datetime, timedelta
from importlib import import_module
import time
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.typing import ConfigType
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

DOMAIN: Final = "fast_clock"
SCOUT: Final = "custom_components.tesla_scout_worker"
ROOMS: Final = (
    "coordinator",
    "diagnostics",
    "fleet.client",
    "sensor",
    "setup",
    "store",
)

# Home Assistant's timer of a coordinator counts in whole seconds.
SHORTEST: Final = timedelta(seconds=1)


class _Clock:
    """Stands at an instant until it begins to run, and is else as Home Assistant's."""

    def __init__(self, at: datetime, speed: float) -> None:
        """Stop at an instant."""
        self._at = at
        self._speed = speed
        self._began: float | None = None

    def begin(self) -> None:
        """Run from now on."""
        self._began = time.monotonic()

    def utcnow(self) -> datetime:
        """Return the time of the car's day."""
        if self._began is None:
            return self._at
        passed = time.monotonic() - self._began
        return self._at + timedelta(seconds=passed * self._speed)

    def __getattr__(self, name: str) -> Any:
        """Return all else that Home Assistant knows of time."""
        return getattr(dt_util, name)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Give the Scout the clock, standing, and an action that lets it run."""
    speed = float(config[DOMAIN]["speed"])
    clock = _Clock(datetime.fromisoformat(config[DOMAIN]["begin"]), speed)
    for room in ROOMS:
        module = await hass.async_add_import_executor_job(
            import_module, f"{SCOUT}.{room}"
        )
        if hasattr(module, "dt_util"):
            vars(module)["dt_util"] = clock
    coordinator: Any = import_module(f"{SCOUT}.coordinator").ScoutCoordinator
    interval: Any = DataUpdateCoordinator.update_interval

    def set_interval(self: Any, value: timedelta | None) -> None:
        """Wait for as much shorter as the day is faster."""
        interval.fset(self, None if value is None else max(value / speed, SHORTEST))

    coordinator.update_interval = property(interval.fget, set_interval)

    async def begin(call: ServiceCall) -> None:
        """Let the car's day begin."""
        clock.begin()

    hass.services.async_register(DOMAIN, "begin", begin)
    return True
