"""Driving: where the car is, where it drives, and when it departs next."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .car_settings import CarSettings
from .geography import Place, bearing, between
from .trips import Trip, lay_out

# Any heading serves for a parked car.
_PARKED_HEADING = 90


@dataclass(frozen=True, kw_only=True)
class Leg:
    """A drive in progress, at constant speed along the great circle."""

    depart: datetime
    arrive: datetime
    km: float
    origin: Place
    to: Place
    destination: str
    plugged_in_after: timedelta | None

    @property
    def kmh(self) -> float:
        """The speed on the road in km/h."""
        hours = (self.arrive - self.depart) / timedelta(hours=1)
        return self.km / hours if hours > 0 else 0.0

    def share(self, at: datetime) -> float:
        """Return the fraction of the leg driven at an instant, 0 to 1."""
        length = self.arrive - self.depart
        return (at - self.depart) / length if length > timedelta(0) else 1.0


class Journey:
    """Where a car is, and the trips ahead."""

    def __init__(
        self, settings: CarSettings, at: datetime, trips: Iterable[Trip]
    ) -> None:
        """Park the car at home.

        Args:
            settings: The car's.
            at: Now. Trips that departed before are left out.
            trips: What the car will drive. A trip departs from where the car then is,
                and not before it has arrived there.
        """
        ordered = sorted(trips, key=lambda trip: trip.depart)
        places = lay_out(ordered, settings.home, settings.seed)
        self._ahead = deque(
            (trip, place)
            for trip, place in zip(ordered, places, strict=True)
            if trip.depart >= at
        )
        self._parked = settings.home
        self.heading = _PARKED_HEADING
        self.arrived_at: datetime | None = None
        self.leg: Leg | None = None
        self._odometer_km = 10_000.0 + settings.seed % 1000 * 50

    @property
    def next_departure(self) -> datetime | None:
        """When the next trip departs; None while driving or without a trip."""
        if self.leg is not None or not self._ahead:
            return None
        depart = self._ahead[0][0].depart
        return depart if self.arrived_at is None else max(depart, self.arrived_at)

    def place(self, at: datetime) -> Place:
        """Return where the car is."""
        if self.leg is None:
            return self._parked
        return between(self.leg.origin, self.leg.to, self.leg.share(at))

    def odometer_km(self, at: datetime) -> float:
        """Return the odometer in kilometres."""
        under_way = 0.0 if self.leg is None else self.leg.km * self.leg.share(at)
        return self._odometer_km + under_way

    def depart(self, at: datetime) -> Leg:
        """Start the next trip, and return it."""
        trip, place = self._ahead.popleft()
        return self.set_off(
            Leg(
                depart=at,
                arrive=at + (trip.arrive - trip.depart),
                km=trip.km,
                origin=self._parked,
                to=place,
                destination=trip.destination,
                plugged_in_after=trip.plugged_in_after,
            )
        )

    def set_off(self, leg: Leg) -> Leg:
        """Start a leg, and return it."""
        self.leg = leg
        if leg.origin != leg.to:
            self.heading = int(bearing(leg.origin, leg.to))
        return leg

    def arrive(self, at: datetime) -> None:
        """End the leg and park at its destination."""
        if self.leg is not None:
            self._odometer_km += self.leg.km
            self._parked = self.leg.to
            self.arrived_at = at
            self.leg = None

    def move(self, to: Place) -> None:
        """Park elsewhere without driving there."""
        self._parked = to
