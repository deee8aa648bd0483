"""The point-in-time timers of an account's cars: one timer for each purpose."""

from collections.abc import Callable, Mapping
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_time


class CarTimers:
    """Keeps the timers of the controllers armed."""

    def __init__(self, hass: HomeAssistant, on_due: Callable[[str], None]) -> None:
        """Bind the function to call with the VIN of a car when a timer fires."""
        self._hass = hass
        self._on_due = on_due
        self._running = False
        self._armed: dict[tuple[str, str], tuple[datetime, CALLBACK_TYPE]] = {}

    @callback
    def async_start(self) -> None:
        """Allow timers, until ``async_stop``."""
        self._running = True

    @callback
    def async_stop(self) -> None:
        """Cancel all timers, and arm no new ones."""
        self._running = False
        for _, cancel in self._armed.values():
            cancel()
        self._armed = {}

    @callback
    def arm(self, vin: str, wanted: Mapping[str, datetime], now: datetime) -> None:
        """Arm these timers of a car, by purpose (UTC), and cancel its others.

        An instant that has passed gets no timer.
        """
        ahead = {
            (vin, purpose): at
            for purpose, at in wanted.items()
            if at > now and self._running
        }
        for key, (at, cancel) in list(self._armed.items()):
            if key[0] == vin and ahead.get(key) != at:
                cancel()
                del self._armed[key]
        for key, at in ahead.items():
            if key not in self._armed:
                self._armed[key] = (at, self._timer(key, at))

    def _timer(self, key: tuple[str, str], at: datetime) -> CALLBACK_TYPE:
        """Arm a timer, and return the function that cancels it."""

        @callback
        def fire(_now: datetime) -> None:
            """Request a cycle."""
            self._armed.pop(key, None)
            self._on_due(key[0])

        job = HassJob(fire, f"charging, {key[1]}", cancel_on_shutdown=True)
        return async_track_point_in_time(self._hass, job, at)

    def armed(self, vin: str) -> dict[str, datetime]:
        """Return the armed timers of a car, by purpose (UTC)."""
        return {
            purpose: at for (car, purpose), (at, _) in self._armed.items() if car == vin
        }
