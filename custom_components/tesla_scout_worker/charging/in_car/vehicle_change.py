"""From the difference between a car and its desired state to ordered commands. Pure.

Between two commands, and after a failure of any of them, the car must not charge when
it should not, nor be kept from charging when it must. A car that is plugged in, below its
limit and without schedules charges at once, so:

1. Lower the limit: that alone never starts a charge.
2. Add schedules in the order of their runs: the first one ends charging at once. Those
   that replace another under its id come last; those without room, after a removal.
3. Remove schedules, the one that runs next last: without any the car charges at once.
4. Raise the limit: by now no unwanted schedule can charge up to it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from ...gateways.models import ChargeSchedule
from .difference import ManagedSchedule, ScheduleDiff, found_schedule


class CommandKind(StrEnum):
    """The kinds of command."""

    SET_LIMIT = "set_limit"
    ADD = "add"
    REMOVE = "remove"
    START = "start"
    STOP = "stop"
    WAKE = "wake"


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """One command.

    Attributes:
        kind: What the command does.
        limit: Of `SET_LIMIT`: the charge limit in percent.
        schedule: Of `ADD`: the schedule, under its id.
        schedule_id: Of `ADD` and `REMOVE`.
    """

    kind: CommandKind
    limit: int | None = None
    schedule: ManagedSchedule | None = None
    schedule_id: int | None = None


START: Final = Command(kind=CommandKind.START)
STOP: Final = Command(kind=CommandKind.STOP)
WAKE: Final = Command(kind=CommandKind.WAKE)


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleChange:
    """What to change in a car so that it matches its desired state.

    Attributes:
        schedules: The schedules to add and to remove.
        limit: The limit to set, in percent; None: no change.
        current_limit: The limit in the car, in percent.
        found: The schedules in the car.
        most: How many schedules it accepts; None: unknown.
    """

    schedules: ScheduleDiff = field(default_factory=ScheduleDiff)
    limit: int | None = None
    current_limit: int | None = None
    found: tuple[ChargeSchedule, ...] = ()
    most: int | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing must be sent."""
        return self.schedules.empty and self.limit is None

    def commands(self, now: datetime, zone: tzinfo) -> tuple[Command, ...]:
        """Return the commands in a safe order; ``zone`` is that of the car."""

        def order(schedule: ManagedSchedule | None) -> tuple[datetime, timedelta]:
            """Return what sorts by the next run; of those on, the longest is first."""
            run = None if schedule is None else schedule.current_run(now, zone)
            if run is None:
                return now + timedelta(days=8), timedelta(0)
            return max(run.start, now), now - run.end

        there = {schedule.id: found_schedule(schedule) for schedule in self.found}
        adds = sorted(self.schedules.add, key=order)
        new = [schedule for schedule in adds if schedule.id not in there]
        room = len(new) if self.most is None else max(0, self.most - len(there))
        replacing = [schedule for schedule in adds if schedule.id in there]
        commands = [_add(schedule) for schedule in (*new[:room], *replacing)]
        waiting = new[room:]
        for schedule_id in sorted(
            self.schedules.remove,
            key=lambda schedule_id: (order(there.get(schedule_id)), schedule_id),
            reverse=True,
        ):
            commands.append(Command(kind=CommandKind.REMOVE, schedule_id=schedule_id))
            commands += [_add(schedule) for schedule in waiting[:1]]
            waiting = waiting[1:]
        commands += map(_add, waiting)
        if self.limit is None:
            return tuple(commands)
        limit = Command(kind=CommandKind.SET_LIMIT, limit=self.limit)
        lowers = self.current_limit is not None and self.limit < self.current_limit
        return (limit, *commands) if lowers else (*commands, limit)


def _add(schedule: ManagedSchedule) -> Command:
    """Return the command that adds a schedule under its id."""
    return Command(kind=CommandKind.ADD, schedule=schedule, schedule_id=schedule.id)
