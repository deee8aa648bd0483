"""Moves a car from event to event, up to the time of the clock."""

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from .battery import Draining, Resting
from .car_rules import ChargeMode
from .car_settings import CarEvent, CarSettings
from .charging import ChargePort
from .driving import Journey, Leg
from .schedules import ChargeSchedule, applies
from .sleeping import SleepState
from .trips import Trip

# Entries of the charging history that are no events of the car.
_NOT_IN_RECORD = frozenset({"began", "charge_start", "charge_stop", "charging_cause"})

type _Event = tuple[datetime, Callable[[datetime], None]]


class CarEngine:
    """The parts of a car, and how they act on each other.

    Between two events everything is a pure function of the time, so the result does not
    depend on the steps in which the car is moved.

    Attributes:
        settings: The car's properties.
        zone: The car's time zone.
        began: When the car was created.
        record: What happened to the car, in order.
        journey: Position and trips.
        sleep: Awake or asleep.
        port: Cable, limit, charge schedules and battery.
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
        self.began = self._at = at
        self.record: list[CarEvent] = []
        self.sentry = settings.sentry
        self._plug_in_at: datetime | None = None
        self.journey = Journey(settings, at, trips)
        self.sleep = SleepState(settings, at, self.log)
        kept = list(schedules)
        waits = settings.starts_asleep and not any(
            applies(each, settings.home) for each in kept
        )
        self._port = ChargePort.parked(
            at,
            settings.home,
            self.zone,
            plugged_in=settings.plugged_in,
            level=settings.battery_level,
            limit=settings.charge_limit,
            schedules=kept,
            mode=ChargeMode.WINDOW_ENDED if waits else ChargeMode.AUTO,
            wall_box_kw=settings.charger_kw,
            loss=settings.charging_loss,
            capacity_kwh=settings.capacity_kwh,
            max_schedules=settings.max_charge_schedules,
            resumes_after_last_run=settings.resumes_after_last_run,
        )
        self._recorded = 1
        self.port = self._port
        if self.sentry:
            self.sleep.wake(at, "sentry")

    @property
    def port(self) -> ChargePort:
        """Cable, limit, charge schedules and battery."""
        return self._port

    @port.setter
    def port(self, port: ChargePort) -> None:
        """Set the port after an event, and record its changes."""
        charged = self._port.charging
        self._port = port
        for change in port.history[self._recorded :]:
            if change.kind not in _NOT_IN_RECORD:
                self.log(change.at, change.kind, change.detail)
        self._recorded = len(port.history)
        if port.charging and not charged:
            self.sleep.wake(port.at, "charging")
        elif charged and not port.charging:
            self.sleep.touch(port.at)

    def log(self, at: datetime, kind: str, detail: str) -> None:
        """Add an event to the record."""
        self.record.append(CarEvent(at=at, kind=kind, detail=detail))

    def advance(self, now: datetime) -> datetime:
        """Handle all events that are due.

        Args:
            now: The clock's time; an earlier time than before changes nothing.

        Returns:
            The car's own time after it.
        """
        while (event := self._next_event()) is not None and event[0] <= now:
            at, happen = event
            happen(at)
        self._at = max(self._at, now)
        self.port = self.port.reached(self._at)
        return self._at

    def plug_in(self, at: datetime) -> None:
        """Connect the cable; no effect if it is connected."""
        self._plug_in_at = None
        if self.port.rules.plugged_in:
            return
        self.sleep.wake(at, "plugging in")
        self.port = self.port.at_time(at).plug_in()

    def unplug(self, at: datetime) -> None:
        """Disconnect the cable; no effect if it is not connected."""
        self._plug_in_at = None
        if self.port.rules.plugged_in:
            self.sleep.wake(at, "unplugging")
            self.port = self.port.at_time(at).unplug()

    def set_off(self, at: datetime, begin: Callable[[], Leg]) -> None:
        """Wake, unplug and start a leg.

        Args:
            at: When.
            begin: Starts the leg in `journey` and returns it.
        """
        self.sleep.wake(at, "driving")
        self.unplug(at)
        leg = begin()
        kwh = leg.km * self.settings.consumption_kwh_per_km
        flow = Draining(
            since=leg.depart,
            until=leg.arrive,
            level=self.port.flow.level_at(at),
            percent=100 * kwh / self.settings.capacity_kwh,
        )
        self.port = self.port.with_flow(at, flow)
        self.log(at, "departed", f"to {leg.destination}, {leg.km:g} km")

    def _next_event(self) -> _Event | None:
        """Return the next event and its time.

        Events at one instant are handled in the order of the list: a car that is full at
        the end of its schedule is complete, and one whose schedule starts does not fall
        asleep.
        """
        leg = self.journey.leg
        busy = leg is not None or self.port.charging or self.sentry
        events: tuple[tuple[datetime | None, Callable[[datetime], None]], ...] = (
            (None if leg is None else leg.arrive, self._arrive),
            (self._plug_in_at, self.plug_in),
            (self.port.complete_at, self._complete),
            (self.port.next_boundary, self._pass_boundary),
            (self.journey.next_departure, self._depart),
            (self.sleep.next_change(busy), self.sleep.change),
        )
        due = [(at, happen) for at, happen in events if at is not None]
        return min(due, key=lambda event: event[0], default=None)

    def _complete(self, at: datetime) -> None:
        """End the charge at the limit."""
        self.port = self.port.completed(at)

    def _pass_boundary(self, at: datetime) -> None:
        """Start or end the windows of schedules."""
        if self.port.rules.plugged_in and self.port.run_starts_at(at):
            self.sleep.wake(at, "schedule")
        self.port = self.port.boundary_passed(at)

    def _depart(self, at: datetime) -> None:
        """Start the next trip."""
        self.set_off(at, lambda: self.journey.depart(at))

    def _arrive(self, at: datetime) -> None:
        """End a drive; the owner may plug in later."""
        leg = self.journey.leg
        if leg is None:
            return
        level = self.port.flow.level_at(at)
        self.journey.arrive(at)
        port = self.port.with_flow(at, Resting(level=level))
        self.port = port.moved(at, self.journey.place(at))
        self.sleep.touch(at)
        self.log(at, "arrived", leg.destination)
        if leg.plugged_in_after is not None:
            self._plug_in_at = at + leg.plugged_in_after
