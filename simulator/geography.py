"""Places on the globe: distance, bearing and interpolation."""

from dataclasses import dataclass
from math import asin, atan2, cos, degrees, hypot, pi, radians, sin, sqrt
from random import Random

# The mean radius of the Earth (IUGG), in metres.
EARTH_RADIUS_M = 6_371_008.8

# Reported positions of parked cars drift over minutes, not seconds.
_DRIFT_SLOT_S = 300


@dataclass(frozen=True, kw_only=True)
class Place:
    """A point on the globe, in degrees (WGS 84)."""

    latitude: float
    longitude: float


def distance_m(one: Place, other: Place) -> float:
    """Return the great-circle distance of two places in metres (haversine)."""
    lat_1, lat_2 = radians(one.latitude), radians(other.latitude)
    half_lat = (lat_2 - lat_1) / 2
    half_lon = radians(other.longitude - one.longitude) / 2
    root = sqrt(sin(half_lat) ** 2 + cos(lat_1) * cos(lat_2) * sin(half_lon) ** 2)
    return 2 * EARTH_RADIUS_M * asin(min(1.0, root))


def place_at(origin: Place, bearing: float, metres: float) -> Place:
    """Return the place reached from `origin`.

    Args:
        origin: Where to start.
        bearing: Degrees clockwise from north.
        metres: Distance on the great circle.
    """
    angle = metres / EARTH_RADIUS_M
    course, lat = radians(bearing), radians(origin.latitude)
    lat_2 = asin(sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(course))
    turn = atan2(
        sin(course) * sin(angle) * cos(lat), cos(angle) - sin(lat) * sin(lat_2)
    )
    longitude = (origin.longitude + degrees(turn) + 180) % 360 - 180
    return Place(latitude=degrees(lat_2), longitude=longitude)


def bearing(origin: Place, to: Place) -> float:
    """Return the initial bearing from `origin` to `to`, in degrees [0, 360)."""
    lat_1, lat_2 = radians(origin.latitude), radians(to.latitude)
    turn = radians(to.longitude - origin.longitude)
    east = sin(turn) * cos(lat_2)
    north = cos(lat_1) * sin(lat_2) - sin(lat_1) * cos(lat_2) * cos(turn)
    return degrees(atan2(east, north)) % 360


def between(one: Place, other: Place, share: float) -> Place:
    """Return a place on the great circle between two places.

    Args:
        one: Where `share` is 0.
        other: Where `share` is 1.
        share: Fraction of the distance, 0 to 1.
    """
    if share <= 0:
        return one
    if share >= 1:
        return other
    return place_at(one, bearing(one, other), share * distance_m(one, other))


def drifted(place: Place, radius_m: float, seed: int, at: float) -> Place:
    """Return the reported position of a parked car.

    The error moves between points within `radius_m`, a new one every five minutes. It
    depends on the seed and the time only.

    Args:
        place: The true position.
        radius_m: The greatest error in metres; 0 for none.
        seed: Of the random points.
        at: Seconds since the epoch.
    """
    if radius_m <= 0:
        return place
    slot, part = divmod(at / _DRIFT_SLOT_S, 1)
    east_1, north_1 = _point_in_disc(f"{seed}:{slot:.0f}")
    east_2, north_2 = _point_in_disc(f"{seed}:{slot + 1:.0f}")
    east = east_1 + (east_2 - east_1) * part
    north = north_1 + (north_2 - north_1) * part
    return place_at(place, degrees(atan2(east, north)), radius_m * hypot(east, north))


def _point_in_disc(seed: str) -> tuple[float, float]:
    """Return a uniformly distributed point in the unit disc, by its seed."""
    draw = Random(seed)
    radius, angle = sqrt(draw.random()), 2 * pi * draw.random()
    return radius * sin(angle), radius * cos(angle)
