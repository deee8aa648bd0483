"""Observations of a car, and the events between two of them."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ..gateways.models import Connectivity, VehicleSnapshot
from .geofence import Home, Presence, presence_at


class VehicleEventType(StrEnum):
    """What can happen to a car."""

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
    """What the last poll and read said about a car, and nothing older: None is unknown.

    A poll says the connectivity only; the rest is from the last read.
    """

    connectivity: Connectivity | None = None
    whereabouts: Presence = Presence.UNKNOWN
    driving: bool = False
    plugged_in: bool | None = None
    charging: bool | None = None
    below_limit: bool | None = None

    @property
    def at_home(self) -> bool | None:
        """Whether the car is at home; None: the last read could not tell."""
        if self.whereabouts is Presence.UNKNOWN:
            return None
        return self.whereabouts is Presence.HOME

    @property
    def ready(self) -> bool | None:
        """Whether the car is at home, plugged in and below its charge limit."""
        parts = (self.at_home, self.plugged_in, self.below_limit)
        if False in parts:
            return False
        return None if None in parts else True


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfirmedState:
    """What was last known for certain; new observations are compared with it.

    Missing facts do not change it: a lost GPS fix, a missing state of charge or a lost
    signal is no event, and neither is its return.
    """

    asleep: bool | None = None
    whereabouts: Presence = Presence.UNKNOWN
    ready: bool | None = None
    charging: bool | None = None

    def after(self, observation: Observation) -> ConfirmedState:
        """Return what is known for certain after an observation."""
        place = observation.whereabouts
        # Whether a car that cannot be reached is ready is decided when it is back.
        online = observation.connectivity is Connectivity.ONLINE
        return ConfirmedState(
            asleep=_either(_asleep(observation), self.asleep),
            whereabouts=self.whereabouts if place is Presence.UNKNOWN else place,
            ready=_either(observation.ready if online else None, self.ready),
            charging=_either(observation.charging, self.charging),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleEvent:
    """An event, and when it was seen (UTC)."""

    event_type: VehicleEventType
    at: datetime


def with_connectivity(
    before: Observation, connectivity: Connectivity | None
) -> Observation:
    """Return the observation after a poll, which says only the connectivity.

    An unknown one (``waking``) changes nothing. A car that sleeps neither drives nor
    charges, whatever it did at the last read.
    """
    if connectivity is Connectivity.ASLEEP:
        before = replace(
            before, driving=False, charging=None if before.charging is None else False
        )
    return replace(before, connectivity=connectivity or before.connectivity)


def observe(
    before: Observation,
    last_place: Presence,
    snapshot: VehicleSnapshot,
    home: Home | None,
) -> Observation:
    """Return the observation after a read; ``last_place`` was last known."""
    charge, drive = snapshot.charge, snapshot.drive
    place = presence_at(
        home,
        drive.position,
        before=last_place,
        driving=drive.is_driving,
        stayed_plugged_in=bool(before.plugged_in and charge.plugged_in),
        at_home=drive.at_home,
    )
    charging = (
        None if charge.charging_state is None else charge.charging_state.is_charging
    )
    below_limit = None
    if charge.battery_level is not None and charge.charge_limit is not None:
        below_limit = charge.battery_level < charge.charge_limit
    return Observation(
        connectivity=Connectivity.ONLINE,
        whereabouts=place,
        driving=drive.is_driving,
        plugged_in=charge.plugged_in,
        charging=charging,
        below_limit=below_limit,
    )


def _either(now: bool | None, before: bool | None) -> bool | None:
    """Return the present value, or the earlier one if it is unknown."""
    return before if now is None else now


def _asleep(observation: Observation) -> bool | None:
    """Return whether the car sleeps; None if it is offline, which says neither."""
    match observation.connectivity:
        case Connectivity.ASLEEP:
            return True
        case Connectivity.ONLINE:
            return False
    return None


def detect(
    before: ConfirmedState, after: ConfirmedState
) -> tuple[VehicleEventType, ...]:
    """Return the events between two confirmed states, in the order of a story.

    The first observation has nothing to be compared with, so it causes no events but
    one: a car that is ready to charge must be planned for.
    """
    changes = (
        (VehicleEventType.WOKE_UP, before.asleep is True and after.asleep is False),
        (VehicleEventType.LEFT_HOME, _moved(before, after, to=Presence.AWAY)),
        (VehicleEventType.ARRIVED_HOME, _moved(before, after, to=Presence.HOME)),
        (VehicleEventType.READY_TO_CHARGE, not before.ready and after.ready is True),
        (VehicleEventType.NOT_READY, before.ready is True and after.ready is False),
        (
            VehicleEventType.CHARGING_STARTED,
            before.charging is False and after.charging is True,
        ),
        (
            VehicleEventType.CHARGING_STOPPED,
            before.charging is True and after.charging is False,
        ),
        (VehicleEventType.FELL_ASLEEP, before.asleep is False and after.asleep is True),
    )
    return tuple(event_type for event_type, happened in changes if happened)


def _moved(before: ConfirmedState, after: ConfirmedState, *, to: Presence) -> bool:
    """Return whether the car came to one place from the other."""
    return (
        before.whereabouts is not Presence.UNKNOWN
        and before.whereabouts is not to
        and after.whereabouts is to
    )
