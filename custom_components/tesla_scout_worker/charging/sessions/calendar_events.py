"""What an event of a watched calendar says: which cars, and by when. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, tzinfo
import re
from typing import Final

# Deadline of a whole-day event: when most people leave.
WHOLE_DAY_READY_BY: Final = time(7)

_MIDNIGHT: Final = time(0)


def cars_named(text: str, names: Mapping[str, str | None]) -> frozenset[str]:
    """Return the cars that a text names, of cars with their names; empty: none.

    A name counts as whole words: Eve is not named by an evening. Where a name is a part
    of a longer one, such as Eve of Eve Junior, the longer one alone is meant.
    """
    plain = _plain(text)
    found = [
        (match.start(), match.end(), car)
        for car, name in names.items()
        if name and (wanted := _plain(name))
        for match in re.finditer(rf"(?<!\w){re.escape(wanted)}(?!\w)", plain)
    ]
    return frozenset(
        car
        for start, end, car in found
        if not any(
            other_start <= start
            and end <= other_end
            and other_end - other_start > end - start
            for other_start, other_end, _ in found
        )
    )


def event_deadline(start: str, end: str | None, zone: tzinfo) -> datetime:
    """Return the deadline of an event (aware): its start, or 07:00 of a whole day.

    Some calendars send a whole day as a date, others as midnight to midnight: by the
    clock of the zone, by UTC, or by a clock of their own.

    Args:
        start: The start as an ISO date or time; one without an offset is in the zone.
        end: The end, likewise.
        zone: The time zone of the user.

    Raises:
        ValueError: The text is no date and no time, or one that no calendar has.
    """
    try:
        if (day := _whole_day(start, end, zone)) is not None:
            return datetime.combine(day, WHOLE_DAY_READY_BY, zone)
        return _instant(start, zone).astimezone(zone)
    except OverflowError as err:
        raise ValueError("a time out of range") from err


def _whole_day(start: str, end: str | None, zone: tzinfo) -> date | None:
    """Return the first day of an event of whole days; None for any other."""
    if not _has_time(start):
        return date.fromisoformat(start)
    if end is None or not _has_time(end):
        return None
    first, last = _instant(start, zone), _instant(end, zone)
    for clock in (zone, UTC, first.tzinfo):
        begins, ends = first.astimezone(clock), last.astimezone(clock)
        if begins.time() == ends.time() == _MIDNIGHT and ends > begins:
            return begins.date()
    return None


def _has_time(text: str) -> bool:
    """Return whether an ISO text is a time, not a date alone."""
    return ":" in text or "T" in text


def _instant(text: str, zone: tzinfo) -> datetime:
    """Return an ISO time (aware)."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=zone) if at.tzinfo is None else at


def _plain(text: str) -> str:
    """Return a text without regard to case and the width of blanks."""
    return " ".join(text.casefold().split())
