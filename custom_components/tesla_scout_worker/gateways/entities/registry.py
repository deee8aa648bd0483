"""The registries of Home Assistant as facts, and from parts to entity ids."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .discovery import PLATFORMS, candidates
from .parts import Candidate, DeviceFacts, EntityFacts, Part


@callback
def async_find(hass: HomeAssistant) -> tuple[Candidate, ...]:
    """Return the cars and chargers that other integrations have in the registries."""
    entities = [
        EntityFacts(
            registry_id=entry.id,
            platform=entry.platform,
            domain=entry.domain,
            unique_id=str(entry.unique_id),
            device_id=entry.device_id,
            name=entry.original_name,
            disabled=entry.disabled,
        )
        for entry in er.async_get(hass).entities.values()
        if entry.platform in PLATFORMS
    ]
    ids = {entity.device_id for entity in entities}
    devices = [
        DeviceFacts(
            device_id=device.id,
            # An integration may have put more than two texts into an identifier.
            identifiers=frozenset(
                (str(parts[0]), str(parts[1]))
                for parts in device.identifiers
                if len(parts) > 1
            ),
            manufacturer=device.manufacturer,
            model=device.model,
            name=device.name_by_user or device.name,
            serial_number=device.serial_number,
        )
        for device in dr.async_get(hass).devices
        if device.id in ids
    ]
    return candidates(entities, devices)


@callback
def async_registry_ids(
    hass: HomeAssistant, entity_ids: Mapping[Part, str]
) -> dict[Part, str]:
    """Return the registry ids of entities that a person chose.

    An entity without a unique id is not in the registry: its entity id is its only name.
    """
    registry = er.async_get(hass)
    return {
        part: entity_id
        if (entry := registry.async_get(entity_id)) is None
        else entry.id
        for part, entity_id in entity_ids.items()
    }


@callback
def async_entity_ids(
    hass: HomeAssistant, parts: Mapping[Part, str]
) -> dict[Part, str | None]:
    """Return the entity ids of parts as they are now; None: the entity is gone."""
    registry = er.async_get(hass)
    found: dict[Part, str | None] = {}
    for part, name in parts.items():
        entry = registry.entities.get_entry(name)
        if entry is not None:
            found[part] = None if entry.disabled else entry.entity_id
        else:
            found[part] = name if "." in name else None
    return found
