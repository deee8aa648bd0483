"""Schedules in a car that may be ours, after all that was stored was lost. Pure."""

from collections.abc import Iterable
from datetime import datetime

from ..gateways.models import ChargeSchedule, Position
from .in_car.schedules import same_place


def may_be_ours(
    found: Iterable[ChargeSchedule],
    position: Position,
    since: datetime,
    until: datetime,
) -> tuple[ChargeSchedule, ...]:
    """Return the schedules in a car that we may have sent.

    The car does not say who sent a schedule. Ours are enabled, have a start and an end,
    and lie at the very centre of the home zone, to within some metres. Their ids are the
    Unix seconds in which they were made (``fresh_ids``), so between the beginning of the
    account here and the loss. Tesla's app makes ids in the same way, so a schedule of the
    owner's can be among them: only a person may say that one is to be removed.

    Args:
        found: The schedules in the car that we know nothing of.
        position: The centre of the home zone.
        since: When the account was added to Home Assistant (UTC).
        until: When the stored data was found to be lost (UTC).
    """
    return tuple(
        schedule
        for schedule in found
        if schedule.enabled is True
        and schedule.start_time is not None
        and schedule.end_time is not None
        and same_place(schedule.position, position)
        and int(since.timestamp()) <= schedule.id <= until.timestamp()
    )
