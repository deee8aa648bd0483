"""Schedules and limit that Home Assistant holds for a car that cannot. Pure.

Where a gateway cannot write schedules into the car, they are kept here, and a read shows
them as those of the car. So everything that plans, sends and reads back is the same; only
what starts and stops the charge differs.
"""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, Final

from .models import ChargeScheduleOrder

# A clock that is changed in the night moves the end by an hour at most.
AFTER_END: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldSchedule:
    """A schedule that Home Assistant holds.

    Attributes:
        order: What was ordered.
        until: When the only run of a one-time schedule is over (UTC); None: it is weekly.
    """

    order: ChargeScheduleOrder
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldCar:
    """What Home Assistant holds for one car.

    Attributes:
        schedules: The schedules, by the order of their arrival.
        limit: The charge limit in percent of a car whose limit cannot be set; None: none
            was set.
        listed: Whether an answer has listed the schedules in the car, so that none are
            held; None: there was no answer yet.
    """

    schedules: tuple[HeldSchedule, ...] = ()
    limit: int | None = None
    listed: bool | None = None


class HeldSchedules:
    """What Home Assistant holds for the cars of an entry, by VIN."""

    def __init__(
        self, cars: MutableMapping[str, HeldCar], on_change: Callable[[], None]
    ) -> None:
        """Bind what is stored, and the function that stores it within seconds."""
        self._cars = cars
        self._on_change = on_change

    def of(self, vin: str) -> HeldCar:
        """Return what is held for a car."""
        return self._cars.get(vin, HeldCar())

    def add(
        self, vin: str, order: ChargeScheduleOrder, now: datetime, zone: tzinfo
    ) -> None:
        """Hold a schedule; one with the same id is replaced. ``zone`` is that of home."""
        held = self.of(vin)
        others = (item for item in held.schedules if item.order.id != order.id)
        until = _end_of(order, now, zone) if order.one_time else None
        added = HeldSchedule(order=order, until=until)
        self._keep(vin, replace(held, schedules=(*others, added)))

    def remove(self, vin: str, schedule_id: int) -> None:
        """Hold a schedule no longer; nothing happens if it is not held."""
        held = self.of(vin)
        left = tuple(item for item in held.schedules if item.order.id != schedule_id)
        self._keep(vin, replace(held, schedules=left))

    def set_limit(self, vin: str, percent: int) -> None:
        """Hold a charge limit."""
        self._keep(vin, replace(self.of(vin), limit=percent))

    def answered(self, vin: str, *, listed: bool) -> bool:
        """Return whether any answer has listed a car's schedules; one is enough."""
        known = listed or self.of(vin).listed is True
        self._keep(vin, replace(self.of(vin), listed=known))
        return known

    def section(self, vin: str, now: datetime) -> dict[str, Any]:
        """Return the schedules as Tesla's ``charge_schedule_data``.

        As in a car, a one-time schedule is gone after its end.
        """
        held = self.of(vin)
        left = tuple(
            item
            for item in held.schedules
            if item.until is None or now < item.until + AFTER_END
        )
        self._keep(vin, replace(held, schedules=left))
        return {
            "charge_schedules": [
                _row(item.order)
                for item in left
                if item.until is None or now < item.until
            ]
        }

    def _keep(self, vin: str, held: HeldCar) -> None:
        """Keep what is held for a car, and have it stored if it is new."""
        if held != self.of(vin):
            self._cars[vin] = held
            self._on_change()


def _row(order: ChargeScheduleOrder) -> dict[str, Any]:
    """Return a schedule as Tesla lists it."""
    return {
        "id": order.id,
        "days_of_week": order.days_of_week,
        "start_enabled": True,
        "start_time": order.start_time,
        "end_enabled": True,
        "end_time": order.end_time,
        "one_time": order.one_time,
        "enabled": True,
        "latitude": order.position.latitude,
        "longitude": order.position.longitude,
    }


def _end_of(order: ChargeScheduleOrder, now: datetime, zone: tzinfo) -> datetime | None:
    """Return when the first run that is not over yet ends; None: it never runs."""
    minutes = order.end_time
    if order.end_time <= order.start_time:
        minutes += 24 * 60
    today = now.astimezone(zone).date()
    for days in range(-1, 8):
        day = today + timedelta(days=days)
        end = datetime.combine(day, time(0), zone) + timedelta(minutes=minutes)
        if order.days_of_week >> day.isoweekday() % 7 & 1 and end > now:
            return end.astimezone(now.tzinfo)
    return None
