"""The parts of a car that entities show or control. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Part(StrEnum):
    """What one entity shows or controls of a car; the value is its name in the entry."""

    AMPS = "amps"
    ASLEEP = "asleep"
    AT_HOME = "at_home"
    CHARGING = "charging"
    CHARGING_STATE = "charging_state"
    ENERGY_ADDED = "energy_added"
    LEVEL = "level"
    LIMIT = "limit"
    LOCATION = "location"
    ONLINE = "online"
    PLUG = "plug"
    POWER = "power"
    SHIFT = "shift"
    START = "start"
    WAKE = "wake"


# The domains of the entities that can be a part, as its selector offers them.
DOMAINS: Final[Mapping[Part, tuple[str, ...]]] = {
    Part.AMPS: ("number", "input_number"),
    Part.ASLEEP: ("binary_sensor",),
    Part.AT_HOME: ("binary_sensor", "input_boolean"),
    Part.CHARGING: ("binary_sensor", "input_boolean"),
    Part.CHARGING_STATE: ("sensor", "input_select"),
    Part.ENERGY_ADDED: ("sensor", "input_number"),
    Part.LEVEL: ("sensor", "input_number"),
    Part.LIMIT: ("number", "input_number"),
    Part.LOCATION: ("device_tracker", "person"),
    Part.ONLINE: ("binary_sensor",),
    Part.PLUG: ("binary_sensor", "input_boolean"),
    Part.POWER: ("sensor", "input_number"),
    Part.SHIFT: ("sensor",),
    Part.START: ("switch", "input_boolean"),
    Part.WAKE: ("button", "input_button"),
}

# Without these nothing can be planned, or nothing can be done.
REQUIRED: Final = frozenset({Part.LEVEL, Part.START})

# Any of these shows whether the car is plugged in.
PLUG_PARTS: Final = frozenset({Part.PLUG, Part.CHARGING_STATE})


@dataclass(frozen=True, kw_only=True, slots=True)
class EntityFacts:
    """An entry of the entity registry.

    Attributes:
        registry_id: The id in the registry; it stays when the entity is renamed.
        platform: The integration that made the entity.
        domain: The kind of entity, such as ``sensor``.
        unique_id: The id that the integration gave it.
        device_id: Its device in the device registry.
        name: The name that the integration gave it (ESPHome: the object name).
        disabled: Whether the registry entry is disabled.
    """

    registry_id: str
    platform: str
    domain: str
    unique_id: str
    device_id: str | None = None
    name: str | None = None
    disabled: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceFacts:
    """An entry of the device registry.

    Attributes:
        device_id: The id in the registry.
        identifiers: Pairs of integration and id.
        manufacturer: The maker; for ESPHome the first half of the project's name.
        model: The model; for ESPHome the second half of the project's name.
        name: The name that a person gave it, else that of the integration.
        serial_number: The serial number; core's Tesla integrations put the VIN there.
    """

    device_id: str
    identifiers: frozenset[tuple[str, str]] = frozenset()
    manufacturer: str | None = None
    model: str | None = None
    name: str | None = None
    serial_number: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A car, or a charger for a car, that was found among the entities.

    Attributes:
        key: Identifies it among all that was found: the VIN, else the device.
        platform: The integration that it was found through.
        name: The name of the device.
        vin: The VIN; None: the integration does not tell it.
        device_id: Its device in the device registry.
        parts: Registry ids by part.
        disabled: The parts whose entity is disabled.
        is_charger: Whether it is a charger, which does not know the state of charge.
    """

    key: str
    platform: str
    name: str
    vin: str | None = None
    device_id: str | None = None
    parts: Mapping[Part, str] = field(default_factory=dict)
    disabled: frozenset[Part] = frozenset()
    is_charger: bool = False

    @property
    def missing(self) -> frozenset[Part]:
        """The parts that a person must choose before the car can be planned for."""
        missing = REQUIRED - self.parts.keys()
        if not PLUG_PARTS & self.parts.keys():
            missing |= {Part.PLUG}
        return frozenset(missing)


# Entry data.
CONF_CAR: Final = "car"
CONF_PARTS: Final = "parts"

# Of a car whose limit cannot be set and that was given none: what most makers advise.
USUAL_LIMIT: Final = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class EntityCar:
    """A car that is read by entities.

    Attributes:
        vin: The VIN, or another text that identifies the car.
        name: Its name.
        parts: Registry ids by part.
        limit: The charge limit in percent until another one is set, of a car whose
            limit cannot be set.
        platform: The integration that it was found through; None: a person chose each
            part.
        device_id: Its device in the device registry.
    """

    vin: str
    name: str
    parts: Mapping[Part, str]
    limit: int = USUAL_LIMIT
    platform: str | None = None
    device_id: str | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> EntityCar:
        """Return the car in the data of an entry."""
        parts = {Part(part): name for part, name in data[CONF_PARTS].items()}
        return cls(parts=parts, **data[CONF_CAR])

    def as_data(self) -> dict[str, Any]:
        """Return the car as the data of an entry."""
        return {
            CONF_CAR: {
                "vin": self.vin,
                "name": self.name,
                "limit": self.limit,
                "platform": self.platform,
                "device_id": self.device_id,
            },
            CONF_PARTS: {part.value: name for part, name in self.parts.items()},
        }
