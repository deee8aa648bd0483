"""Two observations of a car, and what happened between them."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ..fleet.models import Connectivity, VehicleSnapshot
from .home import Home, Whereabouts, whereabouts


class Trigger(StrEnum):
    """What can happen to a car; each happens once."""

    ARRIVED_HOME = "arrived_home"
    CHARGING_STARTED = "charging_started"
    CHARGING_STOPPED = "charging_stopped"
    FELL_ASLEEP = "fell_asleep"
    LEFT_HOME = "left_home"
    NOT_READY = "not_ready"
    READY_TO_CHARGE = "ready_to_charge"
    WOKE_UP = "woke_up"


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """What is known of a car after a look: None is unknown.

    A field that a look could not tell keeps what the look before knew, so that a gap
    in the facts is no event; ``position_known`` says whether the whereabouts are this
    look's own.
    """

    connectivity: Connectivity | None = None
    whereabouts: Whereabouts = Whereabouts.UNKNOWN
    position_known: bool = False
    driving: bool = False
    plugged_in: bool | None = None
    charging: bool | None = None
    below_limit: bool | None = None

    @property
    def at_home(self) -> bool | None:
        """Whether the car is at home, if the last look could tell."""
        if not self.position_known:
            return None
        return self.whereabouts is Whereabouts.HOME

    @property
    def ready(self) -> bool | None:
        """Whether the car is at home, plugged in and below its charge limit."""
        if self.whereabouts is Whereabouts.UNKNOWN:
            return None
        at_home = self.whereabouts is Whereabouts.HOME
        parts = (at_home, self.plugged_in, self.below_limit)
        if False in parts:
            return False
        return None if None in parts else True


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """A trigger and when it was seen (UTC)."""

    trigger: Trigger
    at: datetime


def reached(before: Observation, connectivity: Connectivity | None) -> Observation:
    """Return the observation after a free look, which tells only the connectivity.

    A word that nobody knows (``waking``) changes nothing.
    """
    return replace(before, connectivity=connectivity or before.connectivity)


def observed(
    before: Observation, snapshot: VehicleSnapshot, home: Home | None
) -> Observation:
    """Return the observation after a paid look."""
    charge, drive = snapshot.charge, snapshot.drive
    place = whereabouts(
        home,
        drive.position,
        before=before.whereabouts,
        driving=drive.is_driving,
        stayed_plugged_in=bool(before.plugged_in and charge.plugged_in),
    )
    known = place is not Whereabouts.UNKNOWN
    charging = (
        None if charge.charging_state is None else charge.charging_state.is_charging
    )
    below_limit = None
    if charge.battery_level is not None and charge.charge_limit is not None:
        below_limit = charge.battery_level < charge.charge_limit
    return Observation(
        connectivity=Connectivity.ONLINE,
        whereabouts=place if known else before.whereabouts,
        position_known=known,
        driving=drive.is_driving,
        plugged_in=_either(charge.plugged_in, before.plugged_in),
        charging=_either(charging, before.charging),
        below_limit=_either(below_limit, before.below_limit),
    )


def _either(now: bool | None, before: bool | None) -> bool | None:
    """Return what is known now, else what was."""
    return before if now is None else now


def detect(before: Observation | None, after: Observation) -> tuple[Trigger, ...]:
    """Return what happened between two observations, in the order of a person's story.

    The very first observation takes bearings: it reports no change, since none was
    seen, but a car that is ready to charge is news to whoever plans its charge.
    """
    if before is None:
        return (Trigger.READY_TO_CHARGE,) if after.ready else ()
    changes = (
        (Trigger.WOKE_UP, _online(before) is False and _online(after) is True),
        (Trigger.LEFT_HOME, _moved(before, after, to=Whereabouts.AWAY)),
        (Trigger.ARRIVED_HOME, _moved(before, after, to=Whereabouts.HOME)),
        (Trigger.READY_TO_CHARGE, not before.ready and after.ready is True),
        (Trigger.NOT_READY, before.ready is True and after.ready is False),
        (Trigger.CHARGING_STARTED, before.charging is False and after.charging is True),
        (Trigger.CHARGING_STOPPED, before.charging is True and after.charging is False),
        (Trigger.FELL_ASLEEP, _online(before) is True and _asleep(after)),
    )
    return tuple(trigger for trigger, happened in changes if happened)


def _online(observation: Observation) -> bool | None:
    """Return whether the car could be reached; None before the first word of it."""
    if observation.connectivity is None:
        return None
    return observation.connectivity is Connectivity.ONLINE


def _asleep(observation: Observation) -> bool:
    """Return whether the car sleeps; offline is a lost signal and no sleep."""
    return observation.connectivity is Connectivity.ASLEEP


def _moved(before: Observation, after: Observation, *, to: Whereabouts) -> bool:
    """Return whether the car came to one place from the other."""
    places = {before.whereabouts, after.whereabouts}
    return (
        Whereabouts.UNKNOWN not in places
        and before.whereabouts is not to
        and after.whereabouts is to
    )
