"""Commands to one car and reads of it, and whether a read is of after the commands."""

from collections.abc import Sequence
from datetime import datetime

from homeassistant.util import dt as dt_util

from ..charging.in_car.charge_control import FRESH
from ..charging.in_car.vehicle_change import Command
from ..gateways.errors import FleetError, StaleAnswerError
from ..gateways.models import VehicleSnapshot
from .delivery import Delivery


class CarLink:
    """Sends to one car and reads it."""

    def __init__(self, vin: str, delivery: Delivery, commanded_at: datetime) -> None:
        """Bind the car.

        Args:
            vin: Which car.
            delivery: What reaches it.
            commanded_at: When this run began (UTC): a process before this one may have
                sent a command after its last read.
        """
        self._vin = vin
        self._delivery = delivery
        self._commanded_at = commanded_at
        self._sent = False

    def is_fresh(self, snapshot: VehicleSnapshot, now: datetime) -> bool:
        """Return whether a snapshot is recent, and of after the last command.

        What a memory has of the very instant of the command may be from before it.
        """
        at = snapshot.schedules_at or snapshot.seen_at
        if self._sent and at == self._commanded_at:
            cached = self._delivery.capabilities(self._vin).cached
            return not cached and now - at < FRESH
        return at >= self._commanded_at and now - at < FRESH

    async def async_read(self) -> None:
        """Read the car.

        Raises:
            StaleAnswerError: the answer is from before the last command, or too old.
            FleetError: the car could not be read.
        """
        snapshot = await self._delivery.async_read(self._vin)
        if not self.is_fresh(snapshot, dt_util.utcnow()):
            raise StaleAnswerError

    async def async_send(
        self, commands: Sequence[Command]
    ) -> tuple[Command, FleetError] | None:
        """Send commands in order, and return the first that failed.

        A snapshot from before their end is no longer fresh.
        """
        try:
            return await self._delivery.async_send(self._vin, commands)
        finally:
            self._commanded_at, self._sent = dt_util.utcnow(), True
