"""After a start without memory: what in the cars may be ours, offered to be removed."""

from collections.abc import Collection
from typing import Any, Final
from zlib import crc32

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..charging.in_car.charge_limit import LimitOverride
from ..charging.leftovers import may_be_ours
from ..const import DOMAIN
from ..coordinator import ScoutCoordinator
from ..gateways.models import ChargeSchedule
from ..storage.store import ScoutStore
from .repository import ChargingRepository

LEFTOVERS: Final = "leftovers"


class Leftovers:
    """The leftovers in the cars of an account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        coordinator: ScoutCoordinator,
        store: ScoutStore,
        repository: ChargingRepository,
    ) -> None:
        """Bind the account and its cars."""
        self._hass = hass
        self._entry = entry
        self._scout = coordinator
        self._store = store
        self._repository = repository

    def found(self, vin: str) -> tuple[ChargeSchedule, ...]:
        """Return the schedules in a car, as it was last read, that may be ours."""
        memory, car = self._store.data, self._scout.data.get(vin)
        position = self._scout.home_position
        if memory.lost_at is None or vin in memory.checked or position is None:
            return ()
        if car is None or car.snapshot is None:
            return ()
        known = self._repository.record(vin).put_in_car.schedule_ids
        unknown = (
            schedule
            for schedule in car.snapshot.schedules or ()
            if schedule.id not in known
        )
        since = self._entry.created_at
        return may_be_ours(unknown, position, since, memory.lost_at)

    def limit(self, vin: str) -> int | None:
        """Return the charge limit of a car, in percent; None: unknown."""
        snapshot = self._scout.snapshot_of(vin)
        return None if snapshot is None else snapshot.charge.charge_limit

    @callback
    def show(self, vin: str) -> None:
        """Show a repair about a car with leftovers, and take it back without."""
        # The id holds no VIN.
        issue_id = f"{LEFTOVERS}_{self._entry.entry_id}_{crc32(vin.encode())}"
        if not self.found(vin):
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        summary = self._scout.data[vin].summary
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            data={"entry_id": self._entry.entry_id, "vin": vin},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key="leftovers",
            translation_placeholders={"car": summary.name or summary.model},
        )

    async def async_decide(
        self, vin: str, remove: Collection[int], limit: int | None
    ) -> None:
        """Have leftovers removed; what is not chosen is the owner's from now on.

        Args:
            vin: The car, whose lock the caller holds.
            remove: Ids of schedules that a person wants removed.
            limit: The owner's charge limit in percent; None: it stays as it is.

        Raises:
            HomeAssistantError: nothing could be saved.
        """
        record, current = self._repository.record(vin), self.limit(vin)
        ids = {schedule.id for schedule in self.found(vin)} & set(remove)
        override = record.sessions.override
        if override is None and None not in (limit, current) and limit != current:
            override = LimitOverride(original=limit or 0, raised_to=current or 0)
        if ids or override != record.sessions.override:
            after = record.undoing(ids, override, dt_util.utcnow())
            await self._repository.async_update(vin, sessions=after.sessions)
        self._store.data.checked[vin] = dt_util.utcnow()
        self._store.save_soon()
        self.show(vin)
