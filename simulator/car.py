"""A simulated car: it drives, sleeps, wakes and charges by its own rules.

Nothing runs in the background. Each access first moves the car to the clock's time, from
one event to the next. Between two events everything is a pure function of the time, so
the result does not depend on how often the car is accessed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from . import payloads
from .car_settings import (
    LIMIT_MAX,
    LIMIT_MIN,
    CarEvent,
    CarSettings,
    CarState,
    CommandAnswer,
)
from .charge_history import ChargeChange, ChargeInterval, charge_intervals
from .charging import ChargePort, Command
from .clock import Clock
from .driving import Leg
from .engine import CarEngine
from .geography import Place
from .schedules import ChargeSchedule
from .sleeping import minutes_awake
from .snapshot import take_snapshot
from .trips import Trip

__all__ = ["Car", "CarEvent", "CarSettings", "CarState", "CommandAnswer", "Place"]


class Car:
    """A car: what Tesla's cloud can ask of it, and what its owner can do with it.

    Its rules use its true position; the position in `vehicle_data` may drift.
    """

    def __init__(
        self,
        settings: CarSettings,
        clock: Clock,
        trips: Iterable[Trip] = (),
        schedules: Iterable[ChargeSchedule] = (),
    ) -> None:
        """Park the car at home.

        Args:
            settings: The car and its state at the start. A car that starts asleep and
                plugged in without schedules does not charge until something changes: it
                counts as stopped by the end of a one-time schedule.
            clock: Tells the time.
            trips: What it will drive; trips that departed before now are left out.
            schedules: The charge schedules that it has at the start.

        Raises:
            ValueError: There are more schedules than it can keep.
            ZoneInfoNotFoundError: There is no such time zone.
        """
        self.settings = settings
        self.boot_count = 1
        self._clock = clock
        self._signal = True
        self._engine = CarEngine(settings, clock.now(), trips, schedules)

    @property
    def record(self) -> list[CarEvent]:
        """What really happened to it so far, in order."""
        self._advance()
        return self._engine.record

    @property
    def began(self) -> datetime:
        """When it was created."""
        return self._engine.began

    @property
    def state(self) -> CarState:
        """Its state in the list of cars; asleep until it has woken."""
        self._advance()
        return self._state_reached()

    @property
    def answers_slowly_for(self) -> timedelta:
        """How long vehicle_data takes now; more than 0 only in the minute after waking."""
        slow = self._engine.sleep.just_woken(self._advance())
        return self.settings.slow_answer if slow else timedelta(0)

    @property
    def battery_level(self) -> float:
        """The state of charge in percent, not rounded."""
        self._advance()
        return self._engine.port.level

    @property
    def charge_limit(self) -> int:
        """The charge limit in percent."""
        self._advance()
        return self._engine.port.rules.limit

    @property
    def charge_schedules(self) -> dict[int, ChargeSchedule]:
        """A copy of its charge schedules by id."""
        self._advance()
        return self._engine.port.rules.schedules.schedules

    @property
    def charge_history(self) -> tuple[ChargeChange, ...]:
        """Each change of its cable, limit, schedules and charging, in order."""
        self._advance()
        return self._engine.port.history

    @property
    def charge_intervals(self) -> list[ChargeInterval]:
        """When it charged so far, and why."""
        return charge_intervals(self.charge_history)

    @property
    def plugged_in(self) -> bool:
        """Whether a cable is plugged in."""
        self._advance()
        return self._engine.port.rules.plugged_in

    @property
    def charging_state(self) -> str:
        """Tesla's `charging_state`: Disconnected, Stopped, Charging or Complete."""
        self._advance()
        return str(self._engine.port.state)

    @property
    def driving(self) -> bool:
        """Whether it drives."""
        self._advance()
        return self._engine.journey.leg is not None

    @property
    def sentry(self) -> bool:
        """Whether sentry mode is on."""
        return self._engine.sentry

    @property
    def position(self) -> Place:
        """Its true position."""
        return self._engine.journey.place(self._advance())

    def awake_minutes(self, since: datetime, until: datetime) -> float:
        """Return the minutes that it was awake between two instants (aware).

        Time before the car was created or after now is not counted.
        """
        now = self._advance()
        return minutes_awake(
            self._engine.record,
            max(since, self._engine.began),
            min(until, now),
            not self.settings.starts_asleep,
        )

    def wake(self) -> None:
        """Handle wake_up: online after `wake_duration`; no effect without signal."""
        at = self._advance()
        if self._signal:
            self._engine.sleep.call(at)

    def record_read(self) -> None:
        """Record that vehicle_data was served, which may keep the car awake."""
        at = self._advance()
        if self._engine.sleep.awake and self._signal and self.settings.reads_keep_awake:
            self._engine.sleep.touch(at)

    def summary(self) -> dict[str, Any]:
        """Return its row of GET /vehicles."""
        return payloads.summary(self.settings, self.state)

    def product(self) -> dict[str, Any]:
        """Return its row of GET /products."""
        return payloads.product(self.settings, self.state)

    def vehicle_data(self, endpoints: frozenset[str] | None) -> dict[str, Any]:
        """Return the response of vehicle_data, whether or not the car is online.

        Args:
            endpoints: The requested sections; None for all but the location and the two
                lists of schedules, as at Tesla.
        """
        at = self._advance()
        snapshot = take_snapshot(self._engine, at, self._state_reached())
        return payloads.vehicle_data(snapshot, endpoints)

    def set_charge_limit(self, percent: int) -> CommandAnswer:
        """Handle the command set_charge_limit.

        Tesla: a percentage out of range is answered with success, and changes nothing.
        """
        return self._command(lambda port: port.set_charge_limit(percent))

    def add_charge_schedule(self, schedule: ChargeSchedule) -> CommandAnswer:
        """Handle the command add_charge_schedule; a known id replaces."""
        return self._command(lambda port: port.add_charge_schedule(schedule))

    def remove_charge_schedule(self, schedule_id: int) -> CommandAnswer:
        """Handle the command remove_charge_schedule."""
        return self._command(lambda port: port.remove_charge_schedule(schedule_id))

    def charge_start(self) -> CommandAnswer:
        """Handle the command charge_start: charge to the limit, ignoring schedules."""
        return self._command(ChargePort.charge_start)

    def charge_stop(self) -> CommandAnswer:
        """Handle the command charge_stop."""
        return self._command(ChargePort.charge_stop)

    def set_charging_amps(self, amps: int) -> CommandAnswer:
        """Handle the command set_charging_amps, in amperes; clipped to the range."""
        return self._command(lambda port: port.set_charging_amps(amps))

    def drive(self, km: float, to: Place, duration: timedelta) -> None:
        """Depart now, and arrive after `duration`.

        Raises:
            ValueError: The car drives.
        """
        at = self._parked_at()
        leg = Leg(
            depart=at,
            arrive=at + duration,
            km=km,
            origin=self._engine.journey.place(at),
            to=to,
            destination="home" if to == self.settings.home else "elsewhere",
            plugged_in_after=None,
        )
        self._engine.set_off(at, lambda: self._engine.journey.set_off(leg))

    def plug_in(self) -> None:
        """Connect the cable; no effect if it is connected.

        Raises:
            ValueError: The car drives.
        """
        self._engine.plug_in(self._parked_at())

    def unplug(self) -> None:
        """Disconnect the cable; no effect if it is not connected."""
        self._engine.unplug(self._advance())

    def set_signal(self, there: bool) -> None:
        """Lose or regain the mobile signal; the car stays awake or asleep."""
        at = self._advance()
        if there is not self._signal:
            self._signal = there
            self._engine.log(at, "signal_back" if there else "signal_lost", "")

    def reboot(self) -> None:
        """Restart its computer, which ends signed sessions."""
        at = self._advance()
        self.boot_count += 1
        self._engine.sleep.wake(at, "reboot")
        self._engine.log(at, "rebooted", str(self.boot_count))

    def set_sentry(self, on: bool) -> None:
        """Switch sentry mode, which keeps the car awake."""
        at = self._advance()
        self._engine.sentry = on
        self._engine.sleep.wake(at, "sentry")

    def set_limit_by_owner(self, percent: int) -> None:
        """Set the charge limit on its screen, in percent.

        Raises:
            ValueError: It is not within 50 and 100.
        """
        if not LIMIT_MIN <= percent <= LIMIT_MAX:
            raise ValueError(f"The screen offers no charge limit of {percent} %")
        at = self._advance()
        self._engine.sleep.wake(at, "owner")
        self._engine.port, _ = self._engine.port.set_charge_limit(percent, "owner")

    def move(self, to: Place) -> None:
        """Teleport the car: no energy, no time, no unplugging.

        Raises:
            ValueError: The car drives.
        """
        at = self._parked_at()
        self._engine.journey.move(to)
        self._engine.port = self._engine.port.moved(at, to)

    def _advance(self) -> datetime:
        """Move the car to the clock's time, and return that time."""
        return self._engine.advance(self._clock.now())

    def _state_reached(self) -> CarState:
        """Return the state at the instant that the car was moved to."""
        if not self._signal:
            return CarState.OFFLINE
        return CarState.ONLINE if self._engine.sleep.awake else CarState.ASLEEP

    def _parked_at(self) -> datetime:
        """Move the parked car to the clock's time, and return that time.

        Raises:
            ValueError: The car drives.
        """
        at = self._advance()
        if self._engine.journey.leg is not None:
            raise ValueError("The car drives")
        return at

    def _command(self, act: Command) -> CommandAnswer:
        """Execute a command if the car is online; it keeps the car awake.

        It takes effect after `command_seconds`. The car then runs ahead of a clock that
        has not moved on.
        """
        at = self._advance()
        if self._state_reached() is not CarState.ONLINE:
            return CommandAnswer(
                result=False,
                reason="vehicle unavailable: vehicle is offline or asleep",
            )
        self._engine.sleep.touch(at)
        at += timedelta(seconds=self.settings.command_seconds)
        self._engine.advance(at)
        self._engine.sleep.touch(at)
        self._engine.port, answer = act(self._engine.port)
        return answer
