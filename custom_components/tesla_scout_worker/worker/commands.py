"""The Worker: acts on cars, on one thing at a time each, and reads back what it did."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from ..charging.in_car.schedules import not_in_car
from ..coordinator import ScoutCoordinator
from ..gateways.fleet_api.client import FleetClient
from ..gateways.models import ChargeScheduleOrder, Connectivity, VehicleSnapshot

__all__ = ["VehicleChange", "Worker"]

NOTHING: Final = frozenset[int]()


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleChange:
    """What a car should hold that it may not hold yet.

    ``limit`` is a charge limit in percent, None to leave it be; ``remove`` are ids of
    charge schedules, and gone already is as good as removed.
    """

    limit: int | None = None
    add: tuple[ChargeScheduleOrder, ...] = ()
    remove: frozenset[int] = NOTHING

    def left(self, snapshot: VehicleSnapshot) -> VehicleChange:
        """Return what of the change a look does not show in the car.

        Schedules that the car did not tell may be there or not: ours have ids of their
        own, so that they can be sent and removed again without harm.
        """
        found = snapshot.schedules or ()
        there = {one.id for one in found}
        same = self.limit is None or self.limit == snapshot.charge.charge_limit
        return VehicleChange(
            limit=None if same else self.limit,
            add=not_in_car(found, self.add),
            remove=self.remove if snapshot.schedules is None else self.remove & there,
        )

    @property
    def empty(self) -> bool:
        """Whether there is nothing to change."""
        return self.limit is None and not self.add and not self.remove


class Worker:
    """Acts on the cars of an account; every method raises ``FleetError``."""

    def __init__(self, client: FleetClient, coordinator: ScoutCoordinator) -> None:
        """Bind the client that sends, and the Scout that reads."""
        self._client = client
        self._scout = coordinator
        self._locks: dict[str, asyncio.Lock] = {}

    def lock(self, vin: str) -> asyncio.Lock:
        """Return the lock of a car: whoever acts on it holds that."""
        return self._locks.setdefault(vin, asyncio.Lock())

    async def async_is_online(self, vin: str) -> bool:
        """Return whether the car can be reached right now; free, and wakes nothing."""
        return await self._scout.async_connectivity(vin) is Connectivity.ONLINE

    async def async_wake(self, vin: str) -> None:
        """Ask the car to wake; whether it did, only the free state tells."""
        await self._spend(self._client.async_wake, vin)

    async def _spend[**P](
        self,
        call: Callable[P, Awaitable[None]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Make a call that costs; the Scout knows whether Tesla takes any."""
        await self._scout.async_spend(partial(call, *args, **kwargs))

    async def async_read(self, vin: str) -> VehicleSnapshot:
        """Take a paid look, which the Scout shares."""
        return await self._scout.async_read(vin)

    async def async_start_charging(self, vin: str) -> None:
        """Start charging now, whatever the schedules say."""
        await self._spend(self._client.async_start_charging, vin)

    async def async_stop_charging(self, vin: str) -> None:
        """Stop charging; the next schedule starts it again."""
        await self._spend(self._client.async_stop_charging, vin)

    async def async_apply(
        self, vin: str, change: VehicleChange, found: VehicleSnapshot
    ) -> VehicleChange:
        """Send what the car does not hold yet, and return what it still does not.

        The limit comes first, then what is added, and last what is removed, so that the
        car is never without a schedule in between (field-lessons.md, A30). If nothing
        had to be sent the look that found so is the read-back.
        """
        todo = change.left(found)
        if todo.empty:
            return todo
        if todo.limit is not None:
            await self._spend(self._client.async_set_charge_limit, vin, todo.limit)
        for order in todo.add:
            await self._spend(self._client.async_add_charge_schedule, vin, order)
        await self._async_remove(vin, todo.remove)
        return change.left(await self.async_read(vin))

    async def _async_remove(self, vin: str, schedule_ids: Iterable[int]) -> None:
        """Remove schedules."""
        for schedule_id in sorted(schedule_ids):
            await self._spend(
                self._client.async_remove_charge_schedule, vin, schedule_id
            )
