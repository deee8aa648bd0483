"""What a cycle asks of the schedules that it sent, or is about to send. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import Final

from .ordinary import OffPeakRecord
from .plan import Window
from .reconcile import Difference, Kind, Own

# A look so old is still what the car holds; after that it is looked at before sending.
FRESH: Final = timedelta(seconds=60)


def plan_runs(record: OffPeakRecord, now: datetime) -> bool:
    """Whether a window of the plan by prices is running."""
    return record.night is not None and any(
        one.start <= now < one.end for one in record.night.windows
    )


def run_since(own: Iterable[Own], seen_at: datetime, now: datetime) -> tuple[Own, ...]:
    """Return the one-time schedules whose run ended after a look."""
    return tuple(
        one
        for one in own
        if one.over(now) and one.run is not None and seen_at < one.run.end + FRESH
    )


def running(own: Iterable[Own], now: datetime, zone: tzinfo) -> Window | None:
    """Return the run that is on, of those in which the car should charge."""
    runs = (
        run
        for one in own
        if one.kind is not Kind.GUARD
        for run in one.runs(now, now + timedelta(seconds=1), zone)
    )
    return next(iter(runs), None)


def first_use(added: Iterable[Own], now: datetime, zone: tzinfo) -> datetime | None:
    """Return when what is to be added is first of use; None: nothing that hurries."""
    starts = [
        max(run.start, now)
        for one in added
        if one.kind is not Kind.GUARD
        and (run := one.current_run(now, zone)) is not None
    ]
    return min(starts, default=None)


def said(change: Difference) -> str:
    """Return what a change says, as a text to compare."""
    added = sorted(
        f"{one.order.days_of_week}/{one.order.start_time}-{one.order.end_time}"
        for one in change.add
    )
    return " ".join((*added, *map(str, sorted(change.remove))))
