"""From what a car holds and what it should hold to commands in a safe order. Pure.

No moment between two commands, and no failure after any of them, may let the car charge
when it should not, or keep it from charging when it must. A car that is plugged in and
below its limit charges at once while it holds no schedule, so:

1. Lower the limit: that alone never starts a charge.
2. Add schedules, those that run now first: the first one ends charging at once.
3. Raise the limit: by now the schedules say when.
4. Remove schedules: by now others hold the car.
"""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum

from .difference import ManagedSchedule, ScheduleDiff


class CommandKind(StrEnum):
    """What is sent to a car."""

    SET_LIMIT = "set_limit"
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """One command.

    Attributes:
        kind: What it does.
        limit: Of `SET_LIMIT`: the charge limit in percent.
        schedule: Of `ADD`: the schedule, under its id.
        schedule_id: Of `ADD` and `REMOVE`.
    """

    kind: CommandKind
    limit: int | None = None
    schedule: ManagedSchedule | None = None
    schedule_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleChange:
    """What makes a car hold what it should.

    Attributes:
        schedules: The schedules to add and to remove.
        limit: The limit to set, in percent; None: the car has it.
        current_limit: The limit in the car, in percent.
    """

    schedules: ScheduleDiff = field(default_factory=ScheduleDiff)
    limit: int | None = None
    current_limit: int | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing must be sent."""
        return self.schedules.empty and self.limit is None

    def commands(self, now: datetime, zone: tzinfo) -> tuple[Command, ...]:
        """Return the commands in a safe order; ``zone`` is that of the car."""
        limit: tuple[Command, ...] = ()
        if self.limit is not None:
            limit = (Command(kind=CommandKind.SET_LIMIT, limit=self.limit),)
        raises = (self.limit or 0) > (self.current_limit or 0)

        def waits(schedule: ManagedSchedule) -> bool:
            """Whether a schedule does not run now."""
            run = schedule.current_run(now, zone)
            return run is None or run.start > now

        return (
            *(() if raises else limit),
            *(
                Command(
                    kind=CommandKind.ADD, schedule=schedule, schedule_id=schedule.id
                )
                for schedule in sorted(self.schedules.add, key=waits)
            ),
            *(limit if raises else ()),
            *(
                Command(kind=CommandKind.REMOVE, schedule_id=schedule_id)
                for schedule_id in sorted(self.schedules.remove)
            ),
        )
