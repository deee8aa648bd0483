"""Calls through Tessie; its answers are from its memory, and of an earlier time.

Tessie (API reference): reads are part of the subscription and wake nothing. Of a car that
is awake they are usually less than 15 s old, of one that sleeps as old as its sleep.
"""

from typing import override

from homeassistant.util import dt as dt_util

from ..answer_time import answered_at
from ..error_map import Table
from ..fleet_api.relay import RelayClient
from ..gateway import Capabilities
from ..ledger import NO_PRICES, Prices
from ..models import VehicleSnapshot
from .error_map import REJECTIONS, TESSIE_TABLE


class TessieClient(RelayClient):
    """The gateway of one account at Tessie."""

    prices: Prices = NO_PRICES
    table: Table = TESSIE_TABLE
    rejections: tuple[str, ...] = REJECTIONS

    @override
    def capabilities(self, vin: str) -> Capabilities:
        """Return what can be done with a car.

        Its schedules are not documented as a part of a read. While no answer has had
        them they cannot be read back, so they are not written.
        """
        return Capabilities(schedules=self._lists_schedules.get(vin, True), cached=True)

    @override
    async def async_read(self, vin: str) -> VehicleSnapshot:
        """Read a car: free. It wakes no car, and is of the time that the answer names."""
        payload = await self._vehicle_data(vin)
        snapshot = VehicleSnapshot.parse(
            payload, answered_at(payload, dt_util.utcnow())
        )
        self._note_schedules(vin, snapshot)
        return snapshot
