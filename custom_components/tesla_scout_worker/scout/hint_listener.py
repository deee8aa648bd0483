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
    valid_entity_id,
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
    """The part of the coordinator that hints use."""

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
        """Apply what a hint says about a car."""


OPTION_OF_KIND = {
    HintKind.PLUG: CONF_PLUG_HINTS,
    HintKind.PRESENCE: CONF_PRESENCE_HINTS,
    HintKind.OTHER: CONF_OTHER_HINTS,
}


def hints_in(options: Mapping[str, Any]) -> dict[str, HintKind]:
    """Return the hints in the options, by entity id."""
    return {
        entity_id: kind
        for kind, option in OPTION_OF_KIND.items()
        for entity_id in options.get(option, [])
    }


@callback
def async_listen_to_hints(hass: HomeAssistant, scout: HintedScout) -> CALLBACK_TYPE:
    """Pass hints to the Scout until the returned function is called."""
    hints = {
        entity_id: hint
        for entity_id, hint in scout.admission.hints.items()
        if valid_entity_id(entity_id)
    }
    # The last state of each, from before it became unavailable too.
    states = {entity_id: _text_of(hass.states.get(entity_id)) for entity_id in hints}
    for entity_id, hint in hints.items():
        hint.speaks = interpret_state(states[entity_id]) is not None

    @callback
    def on_change(event: Event[EventStateChangedData]) -> None:
        """Pass on a state that differs from the last one.

        A change while the entity was unavailable is worth a read, but not trusted: some
        integrations show an old state before they know the new one.
        """
        entity_id = event.data["entity_id"]
        hint, before = hints[entity_id], states[entity_id]
        new = _text_of(event.data["new_state"])
        hint.speaks = interpret_state(new) is not None
        if new is None:
            return
        states[entity_id] = new
        if before in (None, new):
            return
        was_silent = _text_of(event.data["old_state"]) is None
        meaning, differs = (
            interpret_state(new),
            interpret_state(new) is not interpret_state(before),
        )
        match hint.kind:
            case HintKind.PLUG if meaning is not None and differs:
                if was_silent:
                    _take_hint(scout, entity_id)
                else:
                    _take_plug_hint(scout, entity_id, plugged_in=meaning)
            case HintKind.PRESENCE if meaning and differs:
                _take_hint(scout, entity_id)
            case HintKind.OTHER if not was_silent:
                _take_hint(scout, entity_id)

    return async_track_state_change_event(hass, list(hints), on_change)


@callback
def _take_hint(scout: HintedScout, entity_id: str) -> None:
    """Take a hint: poll at once, and read the cars that are online."""
    if scout.admission.hint(entity_id, scout.data, dt_util.utcnow()):
        scout.async_refresh_soon()


@callback
def _take_plug_hint(scout: HintedScout, entity_id: str, *, plugged_in: bool) -> None:
    """Apply a plug hint, if it can be about one car only and is trusted.

    Whether the car charges is not known by that; the next poll may read it.
    """
    now, cars, admission = dt_util.utcnow(), scout.data, scout.admission
    believed = {
        vin: hinted
        for vin, car in cars.items()
        if (hinted := car.with_cable_hint(plugged_in, scout.home, now)) is not car
    }
    found = {
        vin: car for vin, car in cars.items() if vin in believed or car.sleeps_elsewhere
    }
    if len(believed) == 1:
        [(vin, hinted)] = believed.items()
        if admission.record_cable_hint(entity_id, vin, now, plugged_in=plugged_in):
            scout.async_apply_hint(vin, hinted)
    if not plugged_in or not admission.hint(entity_id, found, now):
        return
    if scout.mode is ScoutingMode.FIXED:
        scout.async_refresh_soon()


def _text_of(state: State | None) -> str | None:
    """Return the text of a state; None if it is missing or unknown."""
    if state is None or state.state in ("unavailable", "unknown", ""):
        return None
    return state.state
