"""Binary sensors: whether a car is online, at home, plugged in and ready to charge."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coordinator import ScoutCoordinator
from .data import ScoutConfigEntry
from .entity import CarEntity, async_add_for_cars
from .gateways.models import Connectivity
from .scouting.events import Observation
from .worker.repository import ChargingRepository

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CarBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor with a value of the last observation."""

    is_on_fn: Callable[[Observation], bool | None]


def _online(observation: Observation) -> bool | None:
    """Return whether the car is online."""
    if observation.connectivity is None:
        return None
    return observation.connectivity is Connectivity.ONLINE


CAR_BINARY_SENSORS: Final = (
    CarBinarySensorDescription(
        key="online",
        translation_key="online",
        entity_registry_enabled_default=False,
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        is_on_fn=_online,
    ),
    CarBinarySensorDescription(
        key="at_home",
        translation_key="at_home",
        device_class=BinarySensorDeviceClass.PRESENCE,
        is_on_fn=lambda observation: observation.at_home,
    ),
    CarBinarySensorDescription(
        key="plugged_in",
        translation_key="plugged_in",
        device_class=BinarySensorDeviceClass.PLUG,
        is_on_fn=lambda observation: observation.plugged_in,
    ),
    CarBinarySensorDescription(
        key="ready_to_charge",
        translation_key="ready_to_charge",
        entity_registry_enabled_default=False,
        is_on_fn=lambda observation: observation.ready,
    ),
)


SPECIAL_CHARGING_ACTIVE: Final = BinarySensorEntityDescription(
    key="special_charging_active",
    translation_key="special_charging_active",
    entity_registry_enabled_default=False,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ScoutConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of every car."""
    repository = entry.runtime_data.worker.repository
    async_add_for_cars(
        entry,
        async_add_entities,
        lambda coordinator, vin: (
            *(
                CarBinarySensor(coordinator, vin, description)
                for description in CAR_BINARY_SENSORS
            ),
            SpecialChargingActive(
                coordinator, vin, SPECIAL_CHARGING_ACTIVE, repository
            ),
        ),
    )


class CarBinarySensor(CarEntity, BinarySensorEntity):
    """A binary sensor of a car."""

    entity_description: CarBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return the value in the last observation; None is unknown."""
        return self.entity_description.is_on_fn(self.car.observation)


class SpecialChargingActive(CarEntity, BinarySensorEntity):
    """Whether a session is in the car, and off-peak schedules wait for it."""

    def __init__(
        self,
        coordinator: ScoutCoordinator,
        vin: str,
        description: BinarySensorEntityDescription,
        repository: ChargingRepository,
    ) -> None:
        """Bind the sensor to the records of the Worker."""
        super().__init__(coordinator, vin, description)
        self._repository = repository

    @property
    @override
    def is_on(self) -> bool:
        """Return whether a session blocks off-peak charging."""
        car_sessions = self._repository.record(self.vin).sessions
        return car_sessions.blocked_until(dt_util.utcnow()) is not None
