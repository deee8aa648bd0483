"""Reads one car: paid. Keeps the result, and counts a failure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from ..const import LOGGER
from ..gateways.errors import FleetError, SignedOutError
from ..gateways.gateway import Gateway
from ..gateways.ledger import CallKind
from ..gateways.models import VehicleSnapshot
from ..gateways.redaction import car_tag
from ..scouting.car_state import CarState
from ..scouting.geofence import Home
from ..scouting.policy_input import ReadReason
from .admission import ReadAdmission
from .backoff import ReadBackoff
from .unexpected import expected_errors


class CarReader:
    """Reads the cars of an account, one at a time."""

    def __init__(
        self,
        client: Gateway,
        admission: ReadAdmission,
        pauses: ReadBackoff,
        cars: Mapping[str, CarState],
        keep: Callable[[str, CarState], None],
    ) -> None:
        """Bind the gateway, and the states of the cars; ``keep`` changes one of them."""
        self._client = client
        self._admission = admission
        self._pauses = pauses
        self._cars = cars
        self._keep = keep

    async def async_read(
        self,
        vin: str,
        reason: ReadReason,
        now: datetime,
        home: Home | None,
        *,
        reported: bool = False,
    ) -> VehicleSnapshot:
        """Read a car, and keep the result; free, if it is ``reported``.

        Raises:
            FleetError: why it could not be read; that may have been billed.
        """
        ledger = self._admission.budget.ledger
        paid = ledger.calls[CallKind.DATA]
        try:
            with expected_errors():
                read = self._client.async_read_reported if reported else None
                snapshot = await (read or self._client.async_read)(vin)
                car = self._after(vin, snapshot, home)
        except FleetError as err:
            if ledger.calls[CallKind.DATA] != paid:
                # A failed read counts as well, if Tesla bills it.
                failed = self._cars[vin]
                self._keep(
                    vin, replace(failed, statistics=failed.statistics.with_read())
                )
            LOGGER.debug("Read of %s (%s) failed: %s", car_tag(vin), reason, err.key)
            if not isinstance(err, SignedOutError):
                self._admission.record_read(vin, reason, now, found_change=None)
                self._keep(vin, self._pauses.after_failure(vin, err, now))
            raise
        self._pauses.after_success(vin)
        self._keep(vin, car)
        found_change, seen = car.quiet_reads == 0, car.observation
        LOGGER.debug(
            "Read of %s (%s): %s %%, limit %s %%, %s, %s",
            car_tag(vin),
            reason,
            snapshot.charge.battery_level,
            snapshot.charge.charge_limit,
            snapshot.charge.charging_state,
            "something new" if found_change else "nothing new",
        )
        self._admission.record_read(
            vin, reason, now, found_change=found_change, seen=seen
        )
        return snapshot

    def _after(
        self, vin: str, snapshot: VehicleSnapshot, home: Home | None
    ) -> CarState:
        """Return the state of a car after a read.

        An answer from a memory that is older than what is known shows nothing.
        """
        car, before = self._cars[vin], self._cars[vin].snapshot
        older = before is not None and snapshot.seen_at < before.seen_at
        if older and self._client.capabilities(vin).cached:
            return replace(car, missed=False, misses=0)
        return car.after_read(snapshot, home)
