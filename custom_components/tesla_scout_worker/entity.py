"""Base classes of entities: for cars, accounts and off-peak charging."""

from collections.abc import Callable, Iterable
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .charging.daily.record import DailySettings
from .const import DOMAIN
from .coordinator import ScoutCoordinator
from .data import ScoutConfigEntry, ScoutData
from .scouting.car_state import CarState
from .worker.manager import Worker


class CarEntity(CoordinatorEntity[ScoutCoordinator]):
    """An entity of a car; a sleeping car keeps its last values."""

    _attr_has_entity_name = True

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: EntityDescription,
    ) -> None:
        """Bind the entity to its car."""
        super().__init__(coordinator)
        self.entity_description = description
        self.vin = vin
        self._attr_unique_id = f"{vin}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, vin)},
            manufacturer="Tesla" if self.car.summary.is_tesla else None,
            model=self.car.summary.model,
            name=self.car.summary.name or self.car.summary.model,
            serial_number=vin if self.car.summary.is_tesla else None,
        )

    @property
    def car(self) -> CarState:
        """The state of the car."""
        return self.coordinator.data[self.vin]

    @property
    @override
    def available(self) -> bool:
        """Whether the Scout can poll, and the car is in the account."""
        return super().available and self.vin in self.coordinator.data


class AccountEntity(CoordinatorEntity[ScoutCoordinator]):
    """An entity of the account, available even if Tesla cannot be reached."""

    _attr_has_entity_name = True

    def __init__(self, entry: ScoutConfigEntry, description: EntityDescription) -> None:
        """Bind the entity to its account."""
        super().__init__(entry.runtime_data.coordinator)
        self.entity_description = description
        self.account: ScoutData = entry.runtime_data
        self._attr_unique_id = f"{entry.unique_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, str(entry.unique_id))},
            entry_type=DeviceEntryType.SERVICE,
            manufacturer="Tesla",
            name=entry.title,
        )

    @property
    @override
    def available(self) -> bool:
        """Always available."""
        return True


def async_add_for_cars(
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entities_of: Callable[[ScoutCoordinator, str], Iterable[Entity]],
) -> None:
    """Add the entities of every car, now and when a car joins the account."""
    coordinator = entry.runtime_data.coordinator
    added: set[str] = set()

    @callback
    def add_new_cars() -> None:
        """Add the entities of new cars; a car that left may return."""
        added.intersection_update(coordinator.data)
        for vin in coordinator.data.keys() - added:
            added.add(vin)
            async_add_entities(entities_of(coordinator, vin))

    entry.async_on_unload(coordinator.async_add_listener(add_new_cars))
    add_new_cars()


class OffPeakEntity(CarEntity):
    """An off-peak setting of a car."""

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: EntityDescription,
        worker: Worker,
    ) -> None:
        """Bind the entity to the Worker."""
        super().__init__(coordinator, vin, description)
        self._worker = worker

    @property
    def settings(self) -> DailySettings:
        """What the user set for the daily plan."""
        return self._worker.repository.record(self.vin).settings

    async def async_keep(self, **changes: Any) -> None:
        """Store a setting, and update the state."""
        await self._worker.async_set(self.vin, **changes)
        self.async_write_ha_state()


def async_add_off_peak(
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kind: type[OffPeakEntity],
    descriptions: Iterable[EntityDescription],
) -> None:
    """Add an entity of a kind for each description and car."""
    worker = entry.runtime_data.worker
    async_add_for_cars(
        entry,
        async_add_entities,
        lambda coordinator, vin: (
            kind(coordinator, vin, description, worker) for description in descriptions
        ),
    )
