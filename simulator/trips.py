"""Trips: read from a CSV file, and placed on the map."""

from collections.abc import Iterable
import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from math import inf
from pathlib import Path
from random import Random

from .geography import Place, place_at

HOME = "home"

# Straight distance divided by road distance, as usual for car trips.
AIR_SHARE = 0.75


@dataclass(frozen=True, kw_only=True)
class Trip:
    """One drive of a car.

    Attributes:
        depart: Aware.
        arrive: Aware, after `depart`.
        km: Length on the road.
        origin: Name of the place of departure, `home` for home.
        destination: Name of the place of arrival.
        plugged_in_after: How long after arriving it is plugged in; None for never.
    """

    depart: datetime
    arrive: datetime
    km: float
    origin: str
    destination: str
    plugged_in_after: timedelta | None


def read_trips(
    path: Path, time_zone: tzinfo, shift: timedelta = timedelta(0)
) -> list[Trip]:
    """Read trips from a CSV file (columns: see `data/README.md`).

    Args:
        path: The file.
        time_zone: The zone of the file's naive local times.
        shift: Added to the local times, so that a file can begin on another day.

    Returns:
        The trips in order of departure, in UTC.

    Raises:
        ValueError: A row cannot be read; the text names the line.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        trips = []
        for row in rows:
            try:
                trips.append(_trip(row, time_zone, shift))
            except (KeyError, TypeError, ValueError) as err:
                raise ValueError(f"{path}, line {rows.line_num}: {err!r}") from err
    return sorted(trips, key=lambda trip: trip.depart)


def _trip(row: dict[str, str], time_zone: tzinfo, shift: timedelta) -> Trip:
    """Return the trip of one row."""
    depart, arrive = (
        (datetime.fromisoformat(row[column]) + shift)
        .replace(tzinfo=time_zone)
        .astimezone(UTC)
        for column in ("depart", "arrive")
    )
    if arrive <= depart:
        raise ValueError("arrives before it departs")
    km = float(row["km"])
    if not 0 <= km < inf:
        raise ValueError(f"{km} km")
    minutes = row["plugged_in_after_min"]
    return Trip(
        depart=depart,
        arrive=arrive,
        km=km,
        origin=row["origin"],
        destination=row["destination"],
        plugged_in_after=timedelta(minutes=float(minutes)) if minutes else None,
    )


def lay_out(trips: Iterable[Trip], home: Place, seed: int) -> list[Place]:
    """Return the place where each trip ends.

    The stops of one outing lie on one bearing from home, given by its first destination
    and the seed. Each is as far from home as the kilometres there and back allow, so no
    leg is longer in the air than on the road. Equal outings lead to equal places.
    """
    places: list[Place] = []
    outing: list[Trip] = []
    for trip in trips:
        if outing and trip.origin == HOME:
            places += _lay_out_outing(outing, home, seed)
            outing = []
        outing.append(trip)
        if trip.destination == HOME:
            places += _lay_out_outing(outing, home, seed)
            outing = []
    return places + _lay_out_outing(outing, home, seed)


def _lay_out_outing(outing: list[Trip], home: Place, seed: int) -> list[Place]:
    """Return the place where each trip of an outing ends; see `lay_out`."""
    if not outing:
        return []
    bearing = Random(f"{seed}:{outing[0].destination}").uniform(0, 360)
    returns = outing[-1].destination == HOME
    total = sum(trip.km for trip in outing)
    there = 0.0
    places = []
    for trip in outing:
        there += trip.km
        back = max(0.0, total - there) if returns else inf
        metres = min(there, back) * AIR_SHARE * 1000
        at_home = trip.destination == HOME
        places.append(home if at_home else place_at(home, bearing, metres))
    return places
