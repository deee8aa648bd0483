"""What undoes all that we put into a car, for one that is no longer ours. Pure."""

from datetime import datetime, tzinfo

from ..gateways.models import VehicleSnapshot
from .car_record import CarRecord, PutInCar
from .in_car.charge_control import is_charging
from .in_car.charge_limit import limit_to_restore
from .in_car.difference import difference, found_schedule
from .in_car.vehicle_change import STOP, Command, VehicleChange


def undoing_change(
    put: PutInCar, snapshot: VehicleSnapshot, now: datetime
) -> VehicleChange:
    """Return the change that removes our schedules and restores the owner's limit."""
    current, found = snapshot.charge.charge_limit, snapshot.schedules or ()
    limit = None if current is None else limit_to_restore(put.override, current)
    return VehicleChange(
        schedules=difference(
            found, (), (), snapshot.max_schedules, now, by_id=put.schedule_ids
        ),
        limit=limit if limit != current else None,
        current_limit=current,
        found=found,
        most=snapshot.max_schedules,
    )


def undoing_commands(
    record: CarRecord, snapshot: VehicleSnapshot, now: datetime, zone: tzinfo
) -> tuple[Command, ...]:
    """Return the commands that undo, in a safe order; ``zone`` is that of the car."""
    change = undoing_change(record.put_in_car, snapshot, now)
    commands = change.commands(now, zone)
    if must_stop(record, snapshot, now, zone):
        return (*commands, STOP)
    return commands


def must_stop(
    record: CarRecord, snapshot: VehicleSnapshot, now: datetime, zone: tzinfo
) -> bool:
    """Whether to stop a charge that a command of ours started.

    Such a charge ignores the owner's schedules. It goes on while one of them runs. In a
    car without any it goes on too: that car charges whenever it is plugged in, and once
    stopped it would wait for a schedule that it does not have.
    """
    if record.control.seen(snapshot).stop_at is None or not is_charging(snapshot):
        return False
    ours = record.put_in_car.schedule_ids
    runs = [
        run
        for schedule in snapshot.schedules or ()
        if schedule.id not in ours
        and (owners := found_schedule(schedule)) is not None
        and (run := owners.current_run(now, zone)) is not None
    ]
    return bool(runs) and all(run.start > now for run in runs)
