"""How a car charges: battery, cable, limit and schedules over time. Pure.

The simulated car charges by `ChargePort`. It needs no clock and no server, so a property
test can step it through many sequences of commands.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum

from .battery import Charging, Flow, Resting
from .car_rules import ChargeCause, ChargeMode, ChargeRules
from .car_settings import LIMIT_MAX, LIMIT_MIN, CommandAnswer
from .charge_history import ChargeChange, ChargeInterval, charge_intervals
from .geography import Place
from .schedule_list import ScheduleList
from .schedules import ChargeSchedule

type Outcome = tuple[ChargePort, CommandAnswer]
type Command = Callable[[ChargePort], Outcome]

# A wall box has 230 V, and three phases above the 7.4 kW of a single one.
VOLTAGE = 230
ONE_PHASE_KW = 7.4

# The lowest current in Tesla's app, in amperes.
AMPS_MIN = 5

DONE = CommandAnswer(result=True)


class ChargingState(StrEnum):
    """The values of Tesla's `charging_state` that this car can have."""

    DISCONNECTED = "Disconnected"
    STOPPED = "Stopped"
    CHARGING = "Charging"
    COMPLETE = "Complete"


@dataclass(frozen=True, kw_only=True)
class ChargePort:
    """A car's charging at one instant. Immutable: each event returns a new port.

    Attributes:
        at: The instant, in UTC.
        boundaries_until: Up to when the starts and ends of schedules were handled.
        place: Where the car is.
        rules: Cable, limit, schedules and mode.
        flow: How the level changes.
        cause: Why the car charges; None if it does not.
        wall_box_kw: AC power at full current, before the taper.
        loss: The share of the power that does not reach the battery.
        capacity_kwh: Energy of the full battery.
        amps: The requested current.
        energy_before_kwh: Charged since plugging in, before `flow`.
        history: Changes of cable, limit, schedules and charging, in order.
    """

    at: datetime
    boundaries_until: datetime
    place: Place
    rules: ChargeRules
    flow: Flow
    cause: ChargeCause | None = None
    wall_box_kw: float
    loss: float = 0.0
    capacity_kwh: float
    amps: int
    energy_before_kwh: float = 0.0
    history: tuple[ChargeChange, ...] = ()

    @classmethod
    def parked(
        cls,
        at: datetime,
        place: Place,
        zone: tzinfo,
        *,
        plugged_in: bool = True,
        level: float = 50.0,
        limit: int = 80,
        schedules: Iterable[ChargeSchedule] = (),
        mode: ChargeMode = ChargeMode.AUTO,
        wall_box_kw: float = 11.0,
        loss: float = 0.0,
        capacity_kwh: float = 75.0,
        max_schedules: int = 10,
        resumes_after_last_run: bool = False,
    ) -> ChargePort:
        """Return the port of a parked car, which charges if its rules say so.

        Raises:
            ValueError: There are more schedules than it can keep.
        """
        kept = ScheduleList(zone=zone, most=max_schedules)
        for schedule in schedules:
            longer = kept.added(schedule, at)
            if longer is None:
                raise ValueError("More charge schedules than the car can keep")
            kept = longer
        port = cls(
            at=at,
            boundaries_until=at,
            place=place,
            rules=ChargeRules(
                schedules=kept,
                plugged_in=plugged_in,
                limit=limit,
                mode=mode,
                resumes_after_last_run=resumes_after_last_run,
            ),
            flow=Resting(level=level),
            wall_box_kw=wall_box_kw,
            loss=loss,
            capacity_kwh=capacity_kwh,
            amps=0,
        )
        return replace(port, amps=port.amps_max).recorded("began").settled()

    @property
    def level(self) -> float:
        """State of charge in percent, not rounded."""
        return self.flow.level_at(self.at)

    @property
    def charging(self) -> bool:
        """Whether it charges."""
        return self.cause is not None

    @property
    def intervals(self) -> list[ChargeInterval]:
        """When it charged so far, and why."""
        return charge_intervals(self.history)

    @property
    def phases(self) -> int:
        """How many phases the wall box has."""
        return 3 if self.wall_box_kw > ONE_PHASE_KW else 1

    @property
    def amps_max(self) -> int:
        """The most that car and wall box can do, in amperes."""
        return max(AMPS_MIN, round(self.wall_box_kw * 1000 / VOLTAGE / self.phases))

    @property
    def charger_kw(self) -> float:
        """The power before the taper, at the amperes set."""
        return self.wall_box_kw * self.amps / self.amps_max

    @property
    def state(self) -> ChargingState:
        """The value of `charging_state`."""
        if not self.rules.plugged_in:
            return ChargingState.DISCONNECTED
        if self.charging:
            return ChargingState.CHARGING
        if self.level >= self.rules.limit:
            return ChargingState.COMPLETE
        return ChargingState.STOPPED

    @property
    def energy_added_kwh(self) -> float:
        """What was charged since the car was plugged in last, in kWh."""
        if isinstance(self.flow, Charging):
            return self.energy_before_kwh + self.flow.energy_kwh_at(self.at)
        return self.energy_before_kwh

    @property
    def complete_at(self) -> datetime | None:
        """When the charge reaches the limit; None if the car does not charge."""
        return self.flow.until if isinstance(self.flow, Charging) else None

    @property
    def next_boundary(self) -> datetime | None:
        """When the next window of a schedule starts or ends."""
        return self.rules.schedules.next_boundary(self.boundaries_until)

    def advanced(self, to: datetime) -> ChargePort:
        """Handle all that is due up to an instant (not before `at`)."""
        port = self
        while True:
            full, turn = port.complete_at, port.next_boundary
            # A car that is full at the end of its schedule is complete.
            if full is not None and full <= to and (turn is None or full <= turn):
                port = port.completed(full)
            elif turn is not None and turn <= to:
                port = port.boundary_passed(turn)
            else:
                return port.reached(to)

    def reached(self, at: datetime) -> ChargePort:
        """Let time pass in which no window starts or ends."""
        return replace(self, at=at, boundaries_until=at)

    def at_time(self, at: datetime) -> ChargePort:
        """Let time pass, with the windows that start or end at `at` still to be handled."""
        return replace(self, at=at)

    def completed(self, at: datetime) -> ChargePort:
        """End the charge at the limit."""
        return replace(self, at=at).settled()

    def boundary_passed(self, at: datetime) -> ChargePort:
        """Start and end the windows of schedules at an instant."""
        port = replace(self, at=at, boundaries_until=at)
        over = self.rules.schedules.over(at)
        rules = self.rules.after_boundary(at, self.place, charging=self.charging)
        port = replace(port, rules=rules)
        for schedule in over:
            port = port.recorded(
                "schedule_removed", f"{schedule.id} after its one time"
            )
        return port.settled()

    def run_starts_at(self, at: datetime) -> bool:
        """Return whether a window starts at an instant, at the car's place."""
        return self.rules.schedules.changes_at(at, self.place).started

    def moved(self, at: datetime, place: Place) -> ChargePort:
        """Move to another place."""
        return replace(self, at=at, place=place).settled()

    def with_flow(self, at: datetime, flow: Flow) -> ChargePort:
        """Set how the level of an unplugged car changes."""
        return replace(self, at=at, flow=flow)

    def plug_in(self) -> ChargePort:
        """Connect the cable."""
        rules = self.rules.with_cable(plugged_in=True)
        port = replace(self, rules=rules, energy_before_kwh=0.0)
        return port.recorded("plugged_in").settled()

    def unplug(self) -> ChargePort:
        """Disconnect the cable, which ends the charge."""
        rules = self.rules.with_cable(plugged_in=False)
        return replace(self, rules=rules).settled().recorded("unplugged")

    def charge_start(self) -> Outcome:
        """Handle the command charge_start: charge to the limit, ignoring schedules."""
        reason = {
            ChargingState.DISCONNECTED: "disconnected",
            ChargingState.CHARGING: "is_charging",
            ChargingState.COMPLETE: "complete",
            ChargingState.STOPPED: "",
        }[self.state]
        if reason:
            return self, CommandAnswer(result=False, reason=reason)
        rules = self.rules.with_mode(ChargeMode.COMMANDED)
        return replace(self, rules=rules).recorded("charge_start").settled(), DONE

    def charge_stop(self) -> Outcome:
        """Handle the command charge_stop."""
        if not self.charging:
            return self, CommandAnswer(result=False, reason="not_charging")
        rules = self.rules.with_mode(ChargeMode.STOPPED)
        return replace(self, rules=rules).recorded("charge_stop").settled(), DONE

    def set_charge_limit(self, percent: int, by: str = "command") -> Outcome:
        """Handle the command set_charge_limit.

        Tesla: a percentage out of range is answered with success, and changes nothing.
        """
        if percent == self.rules.limit:
            return self, CommandAnswer(result=False, reason="already_set")
        if not LIMIT_MIN <= percent <= LIMIT_MAX:
            return self, DONE
        port = replace(self, rules=self.rules.with_limit(percent))
        return port.recorded("limit_set", f"{percent} by {by}").settled(), DONE

    def set_charging_amps(self, amps: int) -> Outcome:
        """Handle the command set_charging_amps; clipped to the range."""
        amps = min(max(amps, AMPS_MIN), self.amps_max)
        return replace(self, amps=amps).settled(), DONE

    def add_charge_schedule(self, schedule: ChargeSchedule) -> Outcome:
        """Handle the command add_charge_schedule; a known id replaces."""
        schedules = self.rules.schedules.added(schedule, self.at)
        if schedules is None:
            return self, CommandAnswer(result=False, reason="schedules_full")
        rules = self.rules.with_schedule_added(schedules, schedule.id)
        port = replace(self, rules=rules).recorded("schedule_added", str(schedule.id))
        return port.settled(), DONE

    def remove_charge_schedule(self, schedule_id: int) -> Outcome:
        """Handle the command remove_charge_schedule."""
        if schedule_id not in self.rules.schedules.entries:
            return self, CommandAnswer(result=False, reason="schedule not found")
        port = replace(self, rules=self.rules.with_schedule_removed(schedule_id))
        port = port.recorded("schedule_removed", f"{schedule_id} by command")
        return port.settled(), DONE

    def settled(self) -> ChargePort:
        """Start, continue or end the charge as the rules say at `at`."""
        level = self.level
        rules = self.rules.settled(self.at, self.place, level)
        cause = rules.cause(self.at, self.place, level)
        if cause is None:
            return self._rested(rules, level)
        port = replace(self, rules=rules, cause=cause)
        flow = Charging(
            since=self.at,
            level=level,
            limit=float(rules.limit),
            charger_kw=self.charger_kw * (1 - self.loss),
            capacity_kwh=self.capacity_kwh,
        )
        if not isinstance(self.flow, Charging):
            return replace(port, flow=flow).recorded("charging_started", cause)
        if (flow.limit, flow.charger_kw) != (self.flow.limit, self.flow.charger_kw):
            port = replace(port, flow=flow, energy_before_kwh=self.energy_added_kwh)
        return port if cause is self.cause else port.recorded("charging_cause", cause)

    def _rested(self, rules: ChargeRules, level: float) -> ChargePort:
        """End the charge, if there is one."""
        if not isinstance(self.flow, Charging):
            return replace(self, rules=rules)
        why = "schedule"
        if not rules.plugged_in:
            why = "unplugged"
        elif level >= rules.limit:
            why, rules = "complete", rules.completed()
        elif rules.mode is ChargeMode.STOPPED:
            why = "charge_stop"
        port = replace(
            self,
            rules=rules,
            cause=None,
            flow=Resting(level=level),
            energy_before_kwh=self.energy_added_kwh,
        )
        return port.recorded("charging_stopped", why)

    def recorded(self, kind: str, detail: str = "") -> ChargePort:
        """Add an entry to the history."""
        change = ChargeChange(
            at=self.at,
            kind=kind,
            detail=detail,
            level=self.level,
            plugged_in=self.rules.plugged_in,
            limit=self.rules.limit,
            schedules=tuple(self.rules.schedules.schedules.values()),
            cause=self.cause,
        )
        return replace(self, history=(*self.history, change))
