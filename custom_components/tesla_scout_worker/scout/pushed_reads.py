"""Reads that follow what a gateway reports by itself, gathered for a moment."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

# One event changes several entities, one after the other.
GATHER: Final = timedelta(seconds=1)

# The power of a charge changes each second.
APART: Final = timedelta(seconds=4)


class PushedReads:
    """Reads each car that changed once, and not more often than every few seconds."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        read: Callable[[str], Awaitable[None]],
    ) -> None:
        """Bind the function that reads a car by its VIN."""
        self._hass = hass
        self._entry = entry
        self._read = read
        self._waiting: dict[str, CALLBACK_TYPE] = {}
        self._again: set[str] = set()

    @callback
    def async_add(self, vin: str) -> None:
        """Read a car soon."""
        if vin in self._waiting:
            self._again.add(vin)
            return
        self._arm(vin, GATHER, self._fire)

    @callback
    def async_stop(self) -> None:
        """Read nothing any more."""
        for cancel in self._waiting.values():
            cancel()
        self._waiting.clear()
        self._again.clear()

    def _arm(self, vin: str, delay: timedelta, then: Callable[[str], None]) -> None:
        """Call a function with the car after a while."""

        @callback
        def fire(_now: datetime) -> None:
            """Call the function."""
            self._waiting.pop(vin, None)
            then(vin)

        job = HassJob(fire, "reading a car that changed", cancel_on_shutdown=True)
        self._waiting[vin] = async_call_later(self._hass, delay, job)

    @callback
    def _fire(self, vin: str) -> None:
        """Read a car, and let what comes meanwhile wait."""
        self._again.discard(vin)
        self._arm(vin, APART, self._rested)

        async def read() -> None:
            """Read the car."""
            await self._read(vin)

        self._entry.async_create_background_task(
            self._hass, read(), "reading a car that changed", eager_start=False
        )

    @callback
    def _rested(self, vin: str) -> None:
        """Read a car again that changed meanwhile."""
        if vin in self._again:
            self._fire(vin)
