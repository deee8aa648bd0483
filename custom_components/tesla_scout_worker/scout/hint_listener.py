"""Hints: listens to entities of Home Assistant that know something of a car for free."""

from collections.abc import Mapping
from typing import Any, Protocol

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

from ..const import CONF_OTHER_HINTS, CONF_PLUG_HINTS, CONF_PRESENCE_HINTS
from ..scouting.car_state import CarState
from ..scouting.geofence import Home
from ..scouting.hint_trust import HintKind, interpret_state
from ..scouting.policy import ScoutingMode
from .admission import ReadAdmission


class HintedScout(Protocol):
    """What the hints need of the coordinator."""

    data: dict[str, CarState]

    @property
    def admission(self) -> ReadAdmission:
        """The admission of paid reads."""

    @property
    def home(self) -> Home | None:
        """The user's home."""

    @property
    def mode(self) -> ScoutingMode:
        """The scouting mode."""

    def async_refresh_soon(self) -> None:
        """Run a round at once."""

    def async_apply_hint(self, vin: str, car: CarState) -> None:
        """Apply what a hint says of a car."""


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
def async_listen_to_hints(hass: HomeAssistant, scout: HintedScout) -> CALLBACK_TYPE:
    """Tell the Scout what the hints say, until the returned function is called."""
    hints = scout.admission.hints
    # What each said last, also before it fell silent.
    words = {entity_id: _word(hass.states.get(entity_id)) for entity_id in hints}
    for entity_id, hint in hints.items():
        hint.speaks = interpret_state(words[entity_id]) is not None

    @callback
    def hear(event: Event[EventStateChangedData]) -> None:
        """Pass on what an entity said, if it said something new.

        What changed while it was silent is worth a look, but is not believed: some
        integrations show an old state before they know the new one.
        """
        entity_id = event.data["entity_id"]
        hint, before = hints[entity_id], words[entity_id]
        new = _word(event.data["new_state"])
        hint.speaks = interpret_state(new) is not None
        if new is None:
            return
        words[entity_id] = new
        if before in (None, new):
            return
        was_silent = _word(event.data["old_state"]) is None
        says, differs = (
            interpret_state(new),
            interpret_state(new) is not interpret_state(before),
        )
        match hint.kind:
            case HintKind.PLUG if says is not None and differs:
                if was_silent:
                    _hear(scout, entity_id)
                else:
                    _hear_of_cable(scout, entity_id, plugged_in=says)
            case HintKind.PRESENCE if says and differs:
                _hear(scout, entity_id)
            case HintKind.OTHER if not was_silent:
                _hear(scout, entity_id)

    return async_track_state_change_event(hass, list(hints), hear)


@callback
def _hear(scout: HintedScout, entity_id: str) -> None:
    """Take a hint: look at once at the cars that are online."""
    if scout.admission.hint(entity_id, scout.data, dt_util.utcnow()):
        scout.async_refresh_soon()


@callback
def _hear_of_cable(scout: HintedScout, entity_id: str, *, plugged_in: bool) -> None:
    """Believe a hint of a cable at home, if it can only be one car's, and is worth it.

    What it cannot tell, the next round looks for: whether the car charges.
    """
    now, cars, admission = dt_util.utcnow(), scout.data, scout.admission
    believed = {
        vin: told
        for vin, car in cars.items()
        if (told := car.with_cable_hint(plugged_in, scout.home, now)) is not car
    }
    found = {
        vin: car for vin, car in cars.items() if vin in believed or car.sleeps_elsewhere
    }
    if len(believed) == 1:
        [(vin, told)] = believed.items()
        if admission.record_cable_hint(entity_id, vin, now, plugged_in=plugged_in):
            scout.async_apply_hint(vin, told)
    if not plugged_in or not admission.hint(entity_id, found, now):
        return
    if scout.mode is ScoutingMode.FIXED:
        scout.async_refresh_soon()


def _word(state: State | None) -> str | None:
    """Return what a state is called; None where it is not there or not known."""
    if state is None or state.state in ("unavailable", "unknown", ""):
        return None
    return state.state
