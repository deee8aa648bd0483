"""Wall-clock times -> instants in UTC, also on nights when the clocks change."""

from datetime import UTC, datetime, timedelta, tzinfo

_TICK = timedelta(microseconds=1)


def first_instant(wall: datetime, zone: tzinfo) -> datetime:
    """Return when the clocks of a zone first show a naive time (UTC).

    For a time that they skip it is the instant of the change.
    """
    return _instant(wall.replace(fold=0), zone)


def end_instant(wall: datetime, zone: tzinfo) -> datetime:
    """Return when a span that ends at a naive time is over (UTC).

    In a doubled hour that is the second time that the clocks show it. The first moment
    of the doubled hour is not part of it.
    """
    return _instant((wall - _TICK).replace(fold=1), zone, _TICK)


def is_skipped(wall: datetime, zone: tzinfo) -> bool:
    """Return whether the clocks of a zone never show a naive time."""
    return not _is_shown(wall.replace(tzinfo=zone).astimezone(UTC), wall, zone)


def is_doubled(wall: datetime, zone: tzinfo) -> bool:
    """Return whether the clocks of a zone show a naive time twice."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return first.utcoffset() != second.utcoffset() and not is_skipped(wall, zone)


def _is_shown(instant: datetime, wall: datetime, zone: tzinfo) -> bool:
    """Return whether the clocks of a zone show a naive time at an instant (UTC)."""
    return instant.astimezone(zone).replace(tzinfo=None) == wall


def _instant(wall: datetime, zone: tzinfo, tick: timedelta = timedelta(0)) -> datetime:
    """Return an instant for a wall-clock time, ``tick`` later unless it is skipped."""
    found = wall.replace(tzinfo=zone).astimezone(UTC)
    if not _is_shown(found, wall, zone):
        return _change(wall, zone)
    return found + tick


def _change(wall: datetime, zone: tzinfo) -> datetime:
    """Return the instant of the change that skips a wall-clock time (UTC).

    PEP 495: with the offset of before the change such a time lies after the change;
    with the offset of after it, before the change.
    """
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > _TICK:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
