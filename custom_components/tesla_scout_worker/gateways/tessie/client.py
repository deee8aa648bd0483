"""Calls through Tessie; its answers are from its memory, and of an earlier time.

Tessie (API reference): reads are part of the subscription and wake nothing. Of a car that
is awake they are usually less than 15 s old, of one that sleeps as old as its sleep.
"""

from dataclasses import replace
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
        """Return what can be done with a car; its reads are from a memory."""
        return replace(super().capabilities(vin), cached=True)

    @override
    async def async_read(self, vin: str) -> VehicleSnapshot:
        """Read a car: free. It wakes no car, and is of the time that the answer names."""
        payload = await self._vehicle_data(vin)
        return VehicleSnapshot.parse(payload, answered_at(payload, dt_util.utcnow()))
