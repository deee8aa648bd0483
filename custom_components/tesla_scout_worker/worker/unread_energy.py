"""Reads a car that was unplugged by a report, which tells no energy."""

from datetime import datetime, timedelta
from typing import Final

from ..const import LOGGER
from ..gateways.errors import FleetError
from .delivery import Delivery
from .repository import ChargingRepository

# A car stays awake for a quarter of an hour after it was unplugged, at least.
TRIES_APART: Final = timedelta(minutes=5)
MOST_TRIES: Final = 3


class UnreadEnergy:
    """Reads one car for the energy of its last charge; the caller holds its lock."""

    def __init__(
        self, vin: str, delivery: Delivery, repository: ChargingRepository
    ) -> None:
        """Bind the car and its record."""
        self._vin = vin
        self._delivery = delivery
        self._repository = repository
        # The end of the charge that is read for, how often, and when again (UTC).
        self._until: datetime | None = None
        self._tries = 0
        self._try_at: datetime | None = None

    async def async_read(self, now: datetime) -> None:
        """Read the car if that is due, and it is awake anyway.

        Later reads tell the energy too, until the car charges again.
        """
        unread = self._repository.record(self._vin).charges.unread
        if unread is None:
            return
        if unread.until != self._until:
            self._until, self._tries, self._try_at = unread.until, 0, None
        waits = self._try_at is not None and now < self._try_at
        if waits or self._tries >= MOST_TRIES:
            return
        self._tries, self._try_at = self._tries + 1, now + TRIES_APART
        try:
            if await self._delivery.async_is_online(self._vin):
                await self._delivery.async_read(self._vin)
        except FleetError as err:
            LOGGER.debug("The energy of a charge is read later: %s", err)
