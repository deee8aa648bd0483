"""Whether a car is at home: HOME, AWAY or UNKNOWN, in metres, with hysteresis."""

from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Final

from ..gateways.models import Position

EARTH_RADIUS: Final = 6_371_008.8

# Below this a GPS fix is no better than the radius; above it a home is a county. Degrees
# mistaken for metres once made all of Europe a home (docs/lessons.md, A23).
MIN_RADIUS: Final = 50.0
MAX_RADIUS: Final = 5_000.0

# Parked cars were seen to drift by 200 to 300 m between buildings and in garages.
PARKED_DRIFT: Final = 400.0

# A car that was plugged in at two reads may drift more (garages). There is a limit: an
# hour may lie between two reads, enough to drive to another cable.
PLUGGED_IN_DRIFT: Final = 1_000.0

# Enough for the error of a moving fix at the edge of the zone.
DRIVING_DRIFT: Final = 50.0


class Presence(StrEnum):
    """Where a car is, as far as it can be known."""

    HOME = "home"
    AWAY = "away"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """A place and its radius in metres, 50 to 5,000."""

    position: Position
    radius: float

    def __post_init__(self) -> None:
        """Refuse a radius that cannot be metres."""
        if not MIN_RADIUS <= self.radius <= MAX_RADIUS:
            msg = f"A home's radius is {MIN_RADIUS:.0f} to {MAX_RADIUS:.0f} metres"
            raise ValueError(msg)


def distance(one: Position, other: Position) -> float:
    """Return the great-circle distance of two places in metres (haversine)."""
    north = radians(other.latitude - one.latitude)
    east = radians(other.longitude - one.longitude)
    chord = (
        sin(north / 2) ** 2
        + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
    )
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(chord)))


def presence_at(
    home: Home | None,
    position: Position | None,
    *,
    before: Presence,
    driving: bool,
    stayed_plugged_in: bool,
    at_home: bool | None = None,
) -> Presence:
    """Return where a car is, given where it was last known to be.

    Without a GPS fix or a home it is UNKNOWN, never HOME. A car at home has left only
    if it is farther away than its fix may drift; that is farthest if it was plugged in
    at this read and the one before (``stayed_plugged_in``). A gateway that knows the place
    without a position says ``at_home``.
    """
    if home is not None and position is None and at_home is not None:
        return Presence.HOME if at_home else Presence.AWAY
    if home is None or position is None:
        return Presence.UNKNOWN
    away = distance(home.position, position)
    if before is Presence.HOME:
        drift = PLUGGED_IN_DRIFT if stayed_plugged_in else PARKED_DRIFT
        if driving:
            drift = DRIVING_DRIFT
        return Presence.HOME if away <= home.radius + drift else Presence.AWAY
    return Presence.HOME if away <= home.radius else Presence.AWAY
