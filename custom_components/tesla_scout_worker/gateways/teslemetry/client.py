"""Calls through Teslemetry: the car answers them, and each takes credits."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, override

from tesla_fleet_api.const import Method

from homeassistant.util import dt as dt_util

from ..error_map import Site, Table
from ..fleet_api.relay import RelayClient
from ..gateway import Capabilities, Push
from ..ledger import CallKind, Prices
from ..models import VehicleSnapshot, VehicleSummary
from .error_map import REJECTIONS, TESLEMETRY_TABLE
from .reports import FIELDS, CarReport
from .stream import TeslemetryStream

# US dollars (Teslemetry, pricing, 2026-11): 2,000 credits for $2.50.
CREDIT: Final = 2.5 / 2000

# Credits for one call (Teslemetry, pricing, 2026-11).
CREDITS: Final[Mapping[CallKind, int]] = {
    CallKind.DATA: 2,
    CallKind.COMMAND: 1,
    CallKind.WAKE: 20,
    CallKind.FREE: 0,
}

PRICES: Final[Prices] = {kind: CREDIT * count for kind, count in CREDITS.items()}


class TeslemetryClient(RelayClient):
    """The gateway of one account at Teslemetry.

    Attributes:
        stream: Reports changes of the cars; None: nothing does, as in a set-up.
    """

    prices: Prices = PRICES
    table: Table = TESLEMETRY_TABLE
    rejections: tuple[str, ...] = REJECTIONS
    stream: TeslemetryStream | None = None

    @property
    @override
    def push(self) -> Push | None:
        """What reports changes by itself."""
        return self.stream

    @override
    def capabilities(self, vin: str) -> Capabilities:
        """Return what can be done with a car; changes are reported while connected."""
        connected = self.stream is not None and self.stream.connected
        return replace(super().capabilities(vin), push=connected)

    @override
    async def async_list_vehicles(self) -> tuple[VehicleSummary, ...]:
        """Poll: return all cars; the stream reports what changes of them."""
        cars = await super().async_list_vehicles()
        if self.stream is not None:
            self.stream.cars = {car.vin for car in cars}
        return cars

    @override
    async def async_read(self, vin: str) -> VehicleSnapshot:
        """Read a car: two credits. Later reports are added to its answer."""
        payload = await self._vehicle_data(vin)
        now = dt_util.utcnow()
        if self.stream is not None:
            self.stream.reports[vin] = CarReport(payload, now)
        return VehicleSnapshot.parse(payload, now)

    @override
    async def async_read_reported(self, vin: str) -> VehicleSnapshot:
        """Return a car as it was reported: free. One that was never read is read."""
        if self.stream is None or (report := self.stream.reports.get(vin)) is None:
            return await self.async_read(vin)
        return report.snapshot

    async def async_report_fields(self, vin: str) -> None:
        """Have the car report what is listened to.

        Raises:
            FleetError: Teslemetry refused, or is out of reach.
        """
        fields = {name: {"interval_seconds": each} for name, each in FIELDS.items()}
        async with self._mapped(Site.READ):
            await self._transport.send(
                Method.PATCH, f"api/config/{vin}", {"fields": fields}
            )
