"""Hints: listens to entities of Home Assistant that know something of a car for free."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from .const import CONF_OTHER_HINTS, CONF_PLUG_HINTS, CONF_PRESENCE_HINTS
from .coordinator import ScoutCoordinator
from .scouting.hints import HintKind, said
from .scouting.policy import ScoutingMode

OPTION_OF_KIND = {
    HintKind.PLUG: CONF_PLUG_HINTS,
    HintKind.PRESENCE: CONF_PRESENCE_HINTS,
    HintKind.OTHER: CONF_OTHER_HINTS,
}


def hints_in(options: Mapping[str, Any]) -> dict[str, HintKind]:
    """Return the hints that the user chose, by their entity id."""
    return {
        entity_id: kind
        for kind, option in OPTION_OF_KIND.items()
        for entity_id in options.get(option, [])
    }


@callback
def async_listen_to_hints(
    hass: HomeAssistant, coordinator: ScoutCoordinator
) -> CALLBACK_TYPE:
    """Tell the Scout what the hints say, until the returned function is called."""
    hints = coordinator.economy.hints
    for entity_id, hint in hints.items():
        hint.speaks = said(_word(hass.states.get(entity_id))) is not None

    @callback
    def hear(event: Event[EventStateChangedData]) -> None:
        """Pass on what an entity said, if it said something new."""
        entity_id = event.data["entity_id"]
        old, new = _word(event.data["old_state"]), _word(event.data["new_state"])
        hints[entity_id].speaks = said(new) is not None
        if None in (old, new) or old == new:
            # An entity that came or went, as at a start, says nothing of a car.
            return
        says, said_before = said(new), said(old)
        match hints[entity_id].kind:
            case HintKind.PLUG if says is not None and says is not said_before:
                _hear_of_cable(coordinator, entity_id, plugged_in=says)
            case HintKind.PRESENCE if says and not said_before:
                _hear(coordinator, entity_id)
            case HintKind.OTHER:
                _hear(coordinator, entity_id)

    return async_track_state_change_event(hass, list(hints), hear)


@callback
def _hear(coordinator: ScoutCoordinator, entity_id: str) -> None:
    """Take a hint: look at once at the cars that are online."""
    if coordinator.economy.hint(entity_id, coordinator.data, dt_util.utcnow()):
        coordinator.async_look_soon()


@callback
def _hear_of_cable(
    coordinator: ScoutCoordinator, entity_id: str, *, plugged_in: bool
) -> None:
    """Believe a hint of a cable at home, if it can only be one car's, and is worth it.

    What it cannot tell, the next round looks for: whether the car charges.
    """
    now, cars, economy = dt_util.utcnow(), coordinator.data, coordinator.economy
    believed = {
        vin: told
        for vin, car in cars.items()
        if (told := car.told_of_cable(plugged_in, coordinator.home, now)) is not car
    }
    found = {
        vin: car for vin, car in cars.items() if vin in believed or car.sleeps_elsewhere
    }
    if len(believed) == 1:
        [(vin, told)] = believed.items()
        if economy.hear_of_cable(entity_id, vin, now, plugged_in=plugged_in):
            coordinator.async_believe(vin, told)
    if not plugged_in or not economy.hint(entity_id, found, now):
        return
    if coordinator.mode is ScoutingMode.FIXED:
        coordinator.async_look_soon()


def _word(state: State | None) -> str | None:
    """Return what a state is called; None where it is not there or not known."""
    if state is None or state.state in ("unavailable", "unknown", ""):
        return None
    return state.state
