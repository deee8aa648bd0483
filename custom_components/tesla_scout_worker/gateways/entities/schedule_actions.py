"""The schedule actions of another integration: written to, and never read back.

Teslemetry's actions return nothing and list nothing. So Home Assistant holds the schedules
and times the charge all the same; what is written into the car besides lets it charge
while Home Assistant is down.
"""

import asyncio
from datetime import time
from typing import Any, Final

from homeassistant.const import CONF_LATITUDE, CONF_LONGITUDE
from homeassistant.core import HomeAssistant

from ...const import LOGGER
from ..models import ChargeScheduleOrder
from .parts import EntityCar

# The integrations that have such actions.
WITH_ACTIONS: Final = frozenset({"teslemetry"})

ADD: Final = "add_charge_schedule"
REMOVE: Final = "remove_charge_schedule"

# A car that sleeps takes up to a minute to wake.
PATIENCE: Final = 90.0

# Tesla's bits of a week, as the action names the days.
DAYS: Final = (
    *("sunday", "monday", "tuesday", "wednesday"),
    *("thursday", "friday", "saturday"),
)


class ScheduleActions:
    """Writes schedules into a car whose integration has actions for that."""

    def __init__(self, hass: HomeAssistant, car: EntityCar) -> None:
        """Bind the car."""
        self._hass = hass
        self._car = car
        self._failed = False

    @property
    def available(self) -> bool:
        """Whether the integration has such actions, and is set up."""
        platform = self._car.platform
        if platform not in WITH_ACTIONS or self._car.device_id is None:
            return False
        services = self._hass.services
        return all(services.has_service(platform, name) for name in (ADD, REMOVE))

    @property
    def works(self) -> bool:
        """Whether what is written gets into the car, as far as is known."""
        return self.available and not self._failed

    async def async_add(self, order: ChargeScheduleOrder) -> bool:
        """Add a schedule, if the integration can; return whether nothing failed."""
        days = [day for bit, day in enumerate(DAYS) if order.days_of_week >> bit & 1]
        return await self._async_call(
            ADD,
            id=order.id,
            days_of_week=days,
            enable=True,
            one_time=order.one_time,
            start_time=_clock(order.start_time),
            end_time=_clock(order.end_time),
            location={
                CONF_LATITUDE: order.position.latitude,
                CONF_LONGITUDE: order.position.longitude,
            },
        )

    async def async_remove(self, schedule_id: int) -> None:
        """Remove a schedule, if the integration can; a failure stops nobody."""
        await self._async_call(REMOVE, id=schedule_id)

    async def _async_call(self, action: str, **data: Any) -> bool:
        """Call an action of the integration; log the first of several failures.

        Return whether it succeeded, or the integration has no such action.
        """
        platform, device_id = self._car.platform, self._car.device_id
        if platform is None or device_id is None or not self.available:
            return True
        try:
            async with asyncio.timeout(PATIENCE):
                await self._hass.services.async_call(
                    platform, action, {"device_id": device_id, **data}, blocking=True
                )
        except Exception as err:  # noqa: BLE001
            # Each integration has errors of its own, whose texts must not be logged.
            if not self._failed:
                LOGGER.warning(
                    "A schedule was not written into the car (%s); "
                    "Home Assistant times the charge",
                    type(err).__name__,
                )
            self._failed = True
        else:
            self._failed = False
        return not self._failed


def _clock(minutes: int) -> str:
    """Return minutes into the day as the time of a day."""
    return time(minutes // 60, minutes % 60).isoformat()
