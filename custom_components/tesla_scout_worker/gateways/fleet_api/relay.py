"""The Fleet API through a provider: its server signs, and finds the region.

The requests are Tesla's own, at another address and with the provider's key. That the
answers list the schedules of a car is not documented by any provider. While no answer has
listed them, they could not be read back: then Home Assistant holds them and starts and
stops the charge.
"""

from collections.abc import Mapping
from typing import Any, override

from aiohttp import ClientSession

from homeassistant.util import dt as dt_util

from ..budget import Budget
from ..gateway import Capabilities
from ..held import HeldSchedules
from ..ledger import Ledger
from ..models import ChargeScheduleOrder, VehicleSnapshot
from .client import CommandRoute, CommandSettings, FleetClient
from .transport import AccessTokens


class RelayClient(FleetClient):
    """The gateway of one account at a provider."""

    def __init__(
        self,
        session: ClientSession,
        tokens: AccessTokens,
        ledger: Ledger,
        server: str,
        budget: Budget | None = None,
        held: HeldSchedules | None = None,
    ) -> None:
        """Bind Home Assistant's session, the provider's key, the ledger and the server.

        Without a budget nothing is held back. Without ``held`` nothing that Home
        Assistant holds for cars is stored.
        """
        commands = CommandSettings(route=CommandRoute.PLAIN)
        super().__init__(session, tokens, ledger, server, commands, None, budget)
        self._held = held or HeldSchedules({}, lambda: None)

    @override
    def capabilities(self, vin: str) -> Capabilities:
        """Return what can be done with a car; before its first read all is expected."""
        return Capabilities(schedules=self._held.of(vin).listed is not False)

    @override
    async def _vehicle_data(self, vin: str) -> Mapping[str, Any]:
        """Return all that the Scout reads of a car, with what is held for it."""
        payload = await super()._vehicle_data(vin)
        listed = VehicleSnapshot.parse(payload, dt_util.utcnow()).schedules is not None
        if self._held.answered(vin, listed=listed):
            return payload
        now = dt_util.utcnow()
        held = {
            "timestamp": round(now.timestamp() * 1000),
            **self._held.section(vin, now),
        }
        return {**payload, "charge_schedule_data": held}

    @override
    async def async_add_charge_schedule(
        self, vin: str, order: ChargeScheduleOrder
    ) -> None:
        """Add a charge schedule to the car, or hold it for one that lists none."""
        if self.capabilities(vin).schedules:
            await super().async_add_charge_schedule(vin, order)
            return
        zone = dt_util.get_default_time_zone()
        self._held.add(vin, order, dt_util.utcnow(), zone)

    @override
    async def async_remove_charge_schedule(self, vin: str, schedule_id: int) -> None:
        """Remove a charge schedule from the car, or hold it no longer."""
        if self.capabilities(vin).schedules:
            await super().async_remove_charge_schedule(vin, schedule_id)
            return
        self._held.remove(vin, schedule_id)
