"""What moves a car from event to event, up to the time that the clock shows."""

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from .battery import Draining
from .car_settings import CarEvent, CarSettings
from .charging import ChargeMode, ChargePort
from .driving import Journey, Leg
from .schedule_book import ScheduleBook
from .schedules import ChargeSchedule
from .sleeping import Wakefulness
from .trips import Trip

type _Event = tuple[datetime, Callable[[datetime], None]]


class CarEngine:
    """The parts of a car, and how one acts upon another.

    Between two events everything is a pure function of the time, so it does not matter
    in which steps the car is moved.

    Attributes:
        settings: What the car is like.
        zone: Its local time.
        began: When it began.
        record: What happened to it, in order.
        journey: Where it is, and its trips.
        sleep: Whether it is awake.
        book: Its charge schedules.
        port: Its charge port and battery.
        sentry: Whether sentry mode is on.
    """

    def __init__(
        self,
        settings: CarSettings,
        at: datetime,
        trips: Iterable[Trip],
        schedules: Iterable[ChargeSchedule],
    ) -> None:
        """Park the car at home; see `Car`.

        Raises:
            ValueError: There are more schedules than it can keep.
            ZoneInfoNotFoundError: There is no such time zone.
        """
        self.settings = settings
        self.zone = ZoneInfo(settings.time_zone)
        self.began = self._at = self._turned_until = at
        self.record: list[CarEvent] = []
        self.sentry = settings.sentry
        self._plug_in_at: datetime | None = None
        self.journey = Journey(settings, at, trips)
        self.sleep = Wakefulness(settings, at, self.log)
        self.book = ScheduleBook(self.zone, settings.max_charge_schedules)
        self.port = ChargePort(settings, self.book, self.log)
        for schedule in schedules:
            if self.book.add(schedule, at) is None:
                raise ValueError("More charge schedules than the car can keep")
        self.port.plugged_in = settings.plugged_in
        if settings.starts_asleep and not self.book.applying(settings.home):
            self.port.mode = ChargeMode.WINDOW_ENDED
        if self.sentry:
            self.sleep.wake(at, "sentry")
        self.settle(at)

    def log(self, at: datetime, kind: str, detail: str) -> None:
        """Write an event down."""
        self.record.append(CarEvent(at=at, kind=kind, detail=detail))

    def advance(self, now: datetime) -> datetime:
        """Let all happen that is due.

        Args:
            now: The clock's time. One that was set back does not turn the car back.

        Returns:
            The instant at which the car now is.
        """
        while (event := self._next_event()) is not None and event[0] <= now:
            at, happen = event
            happen(at)
        self._at = self._turned_until = max(self._at, now)
        return self._at

    def settle(self, at: datetime) -> None:
        """Apply the car's charging rules to how things stand."""
        charged = self.port.charging
        self.port.settle(at, self.journey.place(at))
        if self.port.charging and not charged:
            self.sleep.wake(at, "charging")
        elif charged and not self.port.charging:
            self.sleep.touch(at)

    def plug_in(self, at: datetime) -> None:
        """Plug the cable in; nothing if it is."""
        self._plug_in_at = None
        if self.port.plugged_in:
            return
        self.sleep.wake(at, "plugging in")
        self.port.plug_in(at)
        self.settle(at)

    def unplug(self, at: datetime) -> None:
        """Pull the cable out; nothing if it is not in."""
        self._plug_in_at = None
        if self.port.plugged_in:
            self.sleep.wake(at, "unplugging")
            self.port.unplug(at)

    def set_off(self, at: datetime, begin: Callable[[], Leg]) -> None:
        """Wake, come off the cable and begin a leg.

        Args:
            at: When.
            begin: Makes the leg the journey's.
        """
        self.sleep.wake(at, "driving")
        self.unplug(at)
        leg = begin()
        kwh = leg.km * self.settings.consumption_kwh_per_km
        self.port.flow = Draining(
            since=leg.depart,
            until=leg.arrive,
            level=self.port.flow.level_at(at),
            percent=100 * kwh / self.settings.capacity_kwh,
        )
        self.log(at, "departed", f"to {leg.destination}, {leg.km:g} km")

    def _next_event(self) -> _Event | None:
        """Return what happens next, and when.

        Of what happens at one instant the first in the list comes first: a car that is
        full at its schedule's end is complete, and one whose schedule begins does not
        fall asleep.
        """
        leg = self.journey.leg
        busy = leg is not None or self.port.charging or self.sentry
        events: tuple[tuple[datetime | None, Callable[[datetime], None]], ...] = (
            (None if leg is None else leg.arrive, self._arrive),
            (self._plug_in_at, self.plug_in),
            (self.port.complete_at, self.settle),
            (self.book.next_boundary(self._turned_until), self._turn_schedules),
            (self.journey.next_departure, self._depart),
            (self.sleep.next_change(busy), self.sleep.change),
        )
        due = [(at, happen) for at, happen in events if at is not None]
        return min(due, key=lambda event: event[0], default=None)

    def _turn_schedules(self, at: datetime) -> None:
        """Begin or end the runs of schedules."""
        self._turned_until = at
        turns = self.book.turns(at, self.journey.place(at))
        for schedule in self.book.expire(at):
            self.log(at, "schedule_removed", f"{schedule.id} after its one time")
        if turns.started:
            self.port.window_started()
            if self.port.plugged_in:
                self.sleep.wake(at, "schedule")
        elif turns.ended:
            self.port.window_ended()
        self.settle(at)

    def _depart(self, at: datetime) -> None:
        """Set off on the next trip."""
        self.set_off(at, lambda: self.journey.depart(at))

    def _arrive(self, at: datetime) -> None:
        """End a drive; the owner may plug in a while later."""
        leg = self.journey.leg
        if leg is None:
            return
        self.port.rest(at)
        self.journey.arrive(at)
        self.sleep.touch(at)
        self.log(at, "arrived", leg.destination)
        if leg.plugged_in_after is not None:
            self._plug_in_at = at + leg.plugged_in_after
