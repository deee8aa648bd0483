"""The form for the entities of a car."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import CONF_NAME, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
)

from ..charging.planning.model import LEAST_LIMIT, MOST_LIMIT
from ..gateways.entities.parts import (
    DOMAINS,
    PLUG_PARTS,
    USUAL_LIMIT,
    Candidate,
    EntityCar,
    Part,
)
from ..gateways.entities.registry import async_entity_ids, async_registry_ids

CONF_ENABLE: Final = "enable_disabled"
CONF_LIMIT_PERCENT: Final = "limit_percent"
CONF_MORE: Final = "more"

# What most cars need; the rest is in a section that is closed.
_FIRST: Final = (Part.LEVEL, Part.START, Part.PLUG, Part.LIMIT)
_MORE: Final = tuple(part for part in Part if part not in _FIRST)


def _part(part: Part) -> EntitySelector:
    """Return the choice of an entity for a part."""
    return EntitySelector(EntitySelectorConfig(domain=list(DOMAINS[part])))


def entity_schema(candidate: Candidate | None) -> vol.Schema:
    """Return the form for what was found; None: a person chooses each part.

    A part that is required may be a disabled entity, which no selector shows: what is
    missing is an error after the form was sent.
    """
    fields: dict[vol.Marker, Any] = {}
    if candidate is None:
        fields[vol.Required(CONF_NAME)] = TextSelector()
    fields |= {vol.Optional(part.value): _part(part) for part in _FIRST}
    if candidate is None or Part.LIMIT not in candidate.parts:
        fields[vol.Required(CONF_LIMIT_PERCENT, default=USUAL_LIMIT)] = NumberSelector(
            NumberSelectorConfig(
                min=LEAST_LIMIT,
                max=MOST_LIMIT,
                unit_of_measurement="%",
                mode=NumberSelectorMode.BOX,
            )
        )
    if candidate is not None and candidate.disabled:
        fields[vol.Required(CONF_ENABLE, default=True)] = BooleanSelector()
    more = vol.Schema({vol.Optional(part.value): _part(part) for part in _MORE})
    fields[vol.Required(CONF_MORE)] = section(more, {"collapsed": True})
    return vol.Schema(fields)


@callback
def suggested(
    hass: HomeAssistant, parts: Mapping[Part, str], limit: int
) -> dict[str, Any]:
    """Return the values of the form for parts by their registry ids."""
    ids = async_entity_ids(hass, parts)
    found = {part.value: name for part, name in ids.items() if name is not None}
    return {
        **{part: name for part, name in found.items() if part in _FIRST},
        CONF_LIMIT_PERCENT: limit,
        CONF_MORE: {part: name for part, name in found.items() if part in _MORE},
    }


@callback
def chosen_parts(
    hass: HomeAssistant, user_input: Mapping[str, Any], candidate: Candidate | None
) -> dict[Part, str]:
    """Return the registry ids of the parts in a form that was sent."""
    flat = {**user_input, **user_input.get(CONF_MORE, {})}
    parts = async_registry_ids(
        hass, {part: flat[part.value] for part in Part if flat.get(part.value)}
    )
    if candidate is None or not user_input.get(CONF_ENABLE):
        return parts
    disabled = {part: candidate.parts[part] for part in candidate.disabled}
    return disabled | parts


@callback
def entity_errors(hass: HomeAssistant, parts: Mapping[Part, str]) -> dict[str, str]:
    """Return what is wrong with the chosen parts, by field."""
    errors: dict[str, str] = {}
    for part in (Part.LEVEL, Part.START):
        if part not in parts:
            errors[part.value] = "part_required"
    if not PLUG_PARTS & parts.keys():
        errors[Part.PLUG.value] = "plug_required"
    name = async_entity_ids(hass, parts).get(Part.LEVEL)
    state = None if name is None else hass.states.get(name)
    if state is not None and state.state not in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        try:
            level = float(state.state)
        except ValueError:
            level = -1.0
        if not 0 <= level <= 100:
            errors[Part.LEVEL.value] = "level_is_no_percentage"
    return errors


@callback
def async_enable(hass: HomeAssistant, parts: Mapping[Part, str]) -> None:
    """Enable the entities of parts; their integration is reloaded by Home Assistant."""
    registry = er.async_get(hass)
    for name in parts.values():
        entry = registry.entities.get_entry(name)
        if entry is not None and entry.disabled:
            registry.async_update_entity(entry.entity_id, disabled_by=None)


def entity_car(
    candidate: Candidate | None, name: str, parts: Mapping[Part, str], limit: int
) -> EntityCar:
    """Return the car of an entry; without a VIN its switch identifies it."""
    if candidate is None:
        return EntityCar(
            vin=unknown_vin(parts[Part.START]), name=name, parts=parts, limit=limit
        )
    return EntityCar(
        vin=candidate.vin or unknown_vin(parts[Part.START]),
        name=name,
        parts=parts,
        limit=limit,
        platform=candidate.platform,
        device_id=candidate.device_id,
    )


def unknown_vin(switch: str) -> str:
    """Return what identifies a car whose VIN is not known."""
    return f"car-{switch}"
