"""The states of a car's entities as a payload of Tesla's shape. Pure.

One reader of payloads serves all ways: what no car can have is unknown there, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ..models import Position
from .parts import Part

# Less than this is the charger's own use, in kW.
LEAST_POWER: Final = 0.1

# What integrations call a state, in small letters without spaces, and Tesla's word. The
# words of OCPP 1.6 are those of its StatusNotification.
_STATES: Final[Mapping[str, str]] = {
    "calibrating": "Calibrating",
    "charging": "Charging",
    "complete": "Complete",
    "completed": "Complete",
    "disconnected": "Disconnected",
    "finishing": "Stopped",
    "nopower": "NoPower",
    "notconnected": "Disconnected",
    "paused": "Stopped",
    "preparing": "Stopped",
    "starting": "Starting",
    "stopped": "Stopped",
    "suspendedev": "Stopped",
    "suspendedevse": "Stopped",
    "unplugged": "Disconnected",
}
_STATES_OF: Final[Mapping[str, Mapping[str, str | None]]] = {
    "easee": {"awaitingstart": "Stopped", "readytocharge": "Stopped"},
    "ocpp": {"available": "Disconnected"},
    # Its "Disconnected" is a charger that its cloud cannot reach.
    "wallbox": {
        "disconnected": None,
        "locked,carconnected": "Stopped",
        "ready": "Disconnected",
        "scheduled": "Stopped",
        "waiting": "Stopped",
        "waitingforcardemand": "Stopped",
        "waitinginqueuebyecosmart": "Stopped",
        "waitinginqueuebypowerboost": "Stopped",
        "waitinginqueuebypowersharing": "Stopped",
    },
    # It says "finished" of a charge that was stopped, too.
    "zaptec": {
        "connectedcharging": "Charging",
        "connectedfinished": "Stopped",
        "connectedrequesting": "Stopped",
    },
}

_KILO: Final = frozenset({"W", "Wh"})


@dataclass(frozen=True, kw_only=True, slots=True)
class PartState:
    """The state of the entity of a part.

    Attributes:
        text: The state.
        reported_at: When it was last reported (UTC), even if it was the same.
        unit: Its unit of measurement.
        position: The position in its attributes.
        platform: The integration that made the entity.
    """

    text: str
    reported_at: datetime
    unit: str | None = None
    position: Position | None = None
    platform: str = ""

    @property
    def number(self) -> float | None:
        """The state as a number; None: it is none. Power and energy are in kW and kWh."""
        try:
            found = float(self.text)
        except ValueError:
            return None
        return found / 1000 if self.unit in _KILO else found

    @property
    def flag(self) -> bool | None:
        """The state as a flag; None: it is none."""
        return {"on": True, "off": False}.get(self.text)


type PartStates = Mapping[Part, PartState]


def payload(states: PartStates, limit: int | None, *, located: bool) -> dict[str, Any]:
    """Return ``charge_state`` and ``drive_state`` by the states that are known.

    Args:
        states: The states by part; an unavailable one is missing.
        limit: The charge limit in percent of a car whose limit cannot be set.
        located: Whether an entity shows the place of the car, when it is available.
    """
    return {
        "charge_state": _charge_state(states, limit),
        "drive_state": _drive_state(states, located=located),
    }


def plugged_in(states: PartStates) -> bool | None:
    """Return whether the car is plugged in; None: unknown."""
    if Part.PLUG in states:
        return states[Part.PLUG].flag
    word = _word(states)
    if word is not None:
        return word != "Disconnected"
    return True if _flag(states, Part.CHARGING) else None


def _charge_state(states: PartStates, limit: int | None) -> dict[str, Any]:
    """Return Tesla's ``charge_state``."""
    level = _number(states, Part.LEVEL)
    if Part.LIMIT in states:
        limit = _whole(_number(states, Part.LIMIT))
    charge_end = _number(states, Part.LIMIT)
    full = level is not None and charge_end is not None and level >= charge_end
    plugged = plugged_in(states)
    found: dict[str, Any] = {
        "battery_level": level,
        "charge_limit_soc": limit,
        "charging_state": _charging_state(states, plugged, full=full),
        "charger_power": _number(states, Part.POWER),
        "charge_energy_added": _number(states, Part.ENERGY_ADDED),
    }
    if plugged:
        # A cable whose kind is not known: it only says that there is one.
        found["conn_charge_cable"] = "IEC"
    return found


def _charging_state(
    states: PartStates, plugged: bool | None, *, full: bool
) -> str | None:
    """Return Tesla's word for the state, by the best of what shows it.

    A switch shows only what was asked for, so it comes last. ``full``: the car is at its
    own limit.
    """
    if plugged is False:
        return "Disconnected"
    if (word := _word(states)) is not None:
        return None if plugged and word == "Disconnected" else word
    power = _number(states, Part.POWER)
    charging = _flag(states, Part.CHARGING)
    if charging is None and power is not None:
        charging = power >= LEAST_POWER
    if charging is None and not full:
        charging = _flag(states, Part.START)
    if charging:
        return "Charging"
    if plugged is None:
        return None
    return "Complete" if full else None if charging is None else "Stopped"


def _word(states: PartStates) -> str | None:
    """Return Tesla's word for the state that a sensor names."""
    state = states.get(Part.CHARGING_STATE)
    if state is None:
        return None
    text = state.text.casefold().replace(" ", "").replace("_", "")
    named = _STATES_OF.get(state.platform, {})
    return named[text] if text in named else _STATES.get(text)


def _drive_state(states: PartStates, *, located: bool) -> dict[str, Any]:
    """Return Tesla's ``drive_state``, with ``at_home`` where no position is known.

    Where nothing shows the place, the car is at home: a wallbox and a BLE key are near
    only there, and a person who adds no place says that there is no other.
    """
    found: dict[str, Any] = {}
    if Part.SHIFT in states:
        found["shift_state"] = states[Part.SHIFT].text.upper()
    place, at_home = states.get(Part.LOCATION), states.get(Part.AT_HOME)
    if place is not None and place.position is not None:
        found["latitude"] = place.position.latitude
        found["longitude"] = place.position.longitude
    elif at_home is not None:
        found["at_home"] = at_home.flag
    elif place is not None:
        found["at_home"] = {"home": True, "not_home": False}.get(place.text)
    elif not located:
        found["at_home"] = True
    return found


def _number(states: PartStates, part: Part) -> float | None:
    """Return the number of a part; None: unknown."""
    return None if part not in states else states[part].number


def _flag(states: PartStates, part: Part) -> bool | None:
    """Return the flag of a part; None: unknown."""
    return None if part not in states else states[part].flag


def _whole(number: float | None) -> int | None:
    """Return a number rounded; None: unknown, or no number of this world."""
    return None if number is None or not abs(number) < 1e6 else round(number)
