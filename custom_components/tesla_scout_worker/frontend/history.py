"""What Home Assistant recorded of a car in the last hours."""

from datetime import datetime

from homeassistant.components.recorder import get_instance, history
from homeassistant.core import HomeAssistant, State

from ..gateways.models import ChargingState
from .facts import LevelPoint, Trail

RECORDER = "recorder"


async def async_recorded(
    hass: HomeAssistant, level: str | None, charging: str | None, since: datetime
) -> Trail:
    """Return what was recorded of two entities; nothing without a recorder.

    Args:
        hass: Home Assistant.
        level: The sensor of the state of charge.
        charging: The sensor of the charging state.
        since: From when on (UTC).
    """
    if RECORDER not in hass.config.components:
        return Trail()
    levels = await _async_states(hass, level, since)
    states = await _async_states(hass, charging, since)
    return Trail(
        levels=tuple(
            LevelPoint(at=max(state.last_updated, since), level=float(state.state))
            for state in levels
            if _is_number(state.state)
        ),
        charging=_changes(states, since),
    )


async def _async_states(
    hass: HomeAssistant, entity_id: str | None, since: datetime
) -> list[State]:
    """Return the states of an entity, the one at the beginning included."""
    if entity_id is None:
        return []
    found = await get_instance(hass).async_add_executor_job(
        lambda: history.state_changes_during_period(
            hass, since, None, entity_id, no_attributes=True
        )
    )
    return found.get(entity_id, [])


def _changes(states: list[State], since: datetime) -> tuple[tuple[datetime, bool], ...]:
    """Return when charging began and ended."""
    changes: list[tuple[datetime, bool]] = []
    for state in states:
        if state.state not in set(ChargingState):
            continue
        charging = ChargingState(state.state).is_charging
        if not changes or changes[-1][1] is not charging:
            changes.append((max(state.last_updated, since), charging))
    return tuple(changes)


def _is_number(text: str) -> bool:
    """Whether a state is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
