"""The charge port: plugged in or not, charging or not, and by which rule."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from .battery import Charging, Flow, Resting
from .car_settings import CarSettings, CommandAnswer
from .geography import Place
from .schedule_book import ScheduleBook

type Log = Callable[[datetime, str, str], None]

# A wall box at home feeds 230 V, above one phase's 7.4 kW through three phases.
VOLTAGE = 230
ONE_PHASE_KW = 7.4

# The least current that Tesla's app offers, in amperes.
AMPS_MIN = 5


class ChargingState(StrEnum):
    """Tesla's `charging_state`, as far as this car knows it."""

    DISCONNECTED = "Disconnected"
    STOPPED = "Stopped"
    CHARGING = "Charging"
    COMPLETE = "Complete"


class ChargeMode(StrEnum):
    """Who decides whether a plugged-in car charges.

    AUTO: the schedules of the place, or none and then it charges.
    FORCED: charge_start was called; until the limit, unplugging or charge_stop.
    OPEN_WINDOW: a schedule without an end began it; to the limit.
    WINDOW_ENDED: a schedule's end cut the charging off. It waits for the next start, for
        a change of the schedules or for being plugged in anew, even where the schedule
        was a one-time one and none is left.
    STOPPED: charge_stop was called; it waits for the next start or for being plugged in.
    """

    AUTO = "auto"
    FORCED = "forced"
    OPEN_WINDOW = "open window"
    WINDOW_ENDED = "window ended"
    STOPPED = "stopped"


class ChargePort:
    """Charges the battery by the car's own rules."""

    def __init__(self, settings: CarSettings, book: ScheduleBook, log: Log) -> None:
        """Begin unplugged, at the level of the settings.

        Args:
            settings: The car's.
            book: The car's charge schedules.
            log: Told what happens: when, kind and detail.
        """
        self._settings = settings
        self._book = book
        self._log = log
        self.flow: Flow = Resting(level=settings.battery_level)
        self.plugged_in = False
        self.limit = settings.charge_limit
        self.mode = ChargeMode.AUTO
        self._open_schedule: int | None = None
        self._energy_before_kwh = 0.0
        self.phases = 3 if settings.charger_kw > ONE_PHASE_KW else 1
        self.amps_max = max(
            AMPS_MIN, round(settings.charger_kw * 1000 / VOLTAGE / self.phases)
        )
        self.amps = self.amps_max

    @property
    def charging(self) -> bool:
        """Whether it charges."""
        return isinstance(self.flow, Charging)

    @property
    def complete_at(self) -> datetime | None:
        """When it will have charged to the limit, or None if it does not charge."""
        return self.flow.until if isinstance(self.flow, Charging) else None

    @property
    def charger_kw(self) -> float:
        """The power before the taper, at the amperes set."""
        return self._settings.charger_kw * self.amps / self.amps_max

    def state(self, at: datetime) -> ChargingState:
        """Return what the car calls its state of charging."""
        if not self.plugged_in:
            return ChargingState.DISCONNECTED
        if self.charging:
            return ChargingState.CHARGING
        if self.flow.level_at(at) >= self.limit:
            return ChargingState.COMPLETE
        return ChargingState.STOPPED

    def energy_added_kwh(self, at: datetime) -> float:
        """Return what was charged since it was plugged in last, in kWh."""
        if isinstance(self.flow, Charging):
            return self._energy_before_kwh + self.flow.energy_kwh_at(at)
        return self._energy_before_kwh

    def plug_in(self, at: datetime) -> None:
        """Connect the cable."""
        self.plugged_in = True
        self.mode = ChargeMode.AUTO
        self._energy_before_kwh = 0.0
        self._log(at, "plugged_in", "")

    def unplug(self, at: datetime) -> None:
        """Disconnect the cable, which ends the charging."""
        self._rest(at, "unplugged")
        self.plugged_in = False
        self.mode = ChargeMode.AUTO
        self._log(at, "unplugged", "")

    def rest(self, at: datetime) -> None:
        """Let the battery rest at the level that it has."""
        self.flow = Resting(level=self.flow.level_at(at))

    def start(self, at: datetime) -> CommandAnswer:
        """Charge whatever the schedules say: the command charge_start."""
        reason = {
            ChargingState.DISCONNECTED: "disconnected",
            ChargingState.CHARGING: "is_charging",
            ChargingState.COMPLETE: "complete",
            ChargingState.STOPPED: "",
        }[self.state(at)]
        if reason:
            return CommandAnswer(result=False, reason=reason)
        self.mode = ChargeMode.FORCED
        return CommandAnswer(result=True)

    def stop(self) -> CommandAnswer:
        """Stop charging: the command charge_stop."""
        if not self.charging:
            return CommandAnswer(result=False, reason="not_charging")
        self.mode = ChargeMode.STOPPED
        return CommandAnswer(result=True)

    def set_limit(self, percent: int, at: datetime, by: str) -> None:
        """Set the charge limit."""
        self.limit = percent
        self._log(at, "limit_set", f"{percent} by {by}")

    def set_amps(self, amps: int) -> None:
        """Set the current, within what car and wall box can do."""
        self.amps = min(max(amps, AMPS_MIN), self.amps_max)

    def schedules_changed(self, schedule_id: int) -> None:
        """Take note of a command that added, replaced or removed a schedule."""
        open_changed = (
            self.mode is ChargeMode.OPEN_WINDOW and self._open_schedule == schedule_id
        )
        if open_changed or self.mode is ChargeMode.WINDOW_ENDED:
            self.mode = ChargeMode.AUTO

    def window_started(self) -> None:
        """Take note that a schedule of this place begins its run."""
        if self.mode in {ChargeMode.STOPPED, ChargeMode.WINDOW_ENDED}:
            self.mode = ChargeMode.AUTO

    def window_ended(self) -> None:
        """Take note that the last running schedule of this place ends its run."""
        if self.charging and self.mode is ChargeMode.AUTO:
            self.mode = ChargeMode.WINDOW_ENDED

    def settle(self, at: datetime, place: Place) -> None:
        """Begin, go on or end charging, as the rules have it now."""
        cause = self._cause_to_charge(at, place)
        if cause is None:
            self._rest(at, self._cause_to_rest(at))
            return
        flow = Charging(
            since=at,
            level=self.flow.level_at(at),
            limit=float(self.limit),
            charger_kw=self.charger_kw,
            capacity_kwh=self._settings.capacity_kwh,
        )
        if not isinstance(self.flow, Charging):
            self.flow = flow
            self._log(at, "charging_started", cause)
        elif (flow.limit, flow.charger_kw) != (self.flow.limit, self.flow.charger_kw):
            self._energy_before_kwh += self.flow.energy_kwh_at(at)
            self.flow = flow

    def _cause_to_charge(self, at: datetime, place: Place) -> str | None:
        """Return why it charges now, or None if it does not.

        Takes note of a schedule without an end: from then on it goes on to the limit.
        """
        full = self.flow.level_at(at) >= self.limit
        waits = self.mode in {ChargeMode.STOPPED, ChargeMode.WINDOW_ENDED}
        if not self.plugged_in or full or waits:
            return None
        if self.mode is ChargeMode.FORCED:
            return "charge_start"
        if self.mode is ChargeMode.OPEN_WINDOW:
            return "schedule"
        if not self._book.applying(place):
            return "no schedule"
        runs = self._book.active(at, place)
        if not runs:
            return None
        if all(run.window.open_ended for run in runs):
            self.mode = ChargeMode.OPEN_WINDOW
            self._open_schedule = runs[0].schedule.id
        return "schedule"

    def _cause_to_rest(self, at: datetime) -> str:
        """Return why it does not charge now."""
        if self.flow.level_at(at) >= self.limit:
            return "complete"
        return "charge_stop" if self.mode is ChargeMode.STOPPED else "schedule"

    def _rest(self, at: datetime, cause: str) -> None:
        """End the charging, if there is any."""
        if not isinstance(self.flow, Charging):
            return
        self._energy_before_kwh += self.flow.energy_kwh_at(at)
        self.rest(at)
        if cause == "complete" and self.mode is not ChargeMode.STOPPED:
            self.mode = ChargeMode.AUTO
        self._log(at, "charging_stopped", cause)
