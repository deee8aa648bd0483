"""Validation of requests, and parsing of requests from calendar events. Pure."""

from datetime import UTC, datetime, timedelta, tzinfo
import re
from typing import Final

from ..planning.model import LEAST_LIMIT, MOST_LIMIT
from .session import LEAST_NOTICE

# How far ahead a request may be: the car's schedules have weekdays, and no dates.
MOST_AHEAD: Final = timedelta(days=6)

# The latest deadline. A plan needs prices and a level, which nobody knows for longer; and
# a clock or a finger that is wrong is seen at once.
LATEST: Final = timedelta(days=30)

_PERCENT: Final = re.compile(r"(?<!\d)(\d{1,3})\s*%")


class RequestError(ValueError):
    """An invalid request; ``key`` is the translation key of the reason."""

    def __init__(self, key: str, **placeholders: str) -> None:
        """Set the translation key and its placeholders."""
        super().__init__(key)
        self.key = key
        self.placeholders = placeholders


def deadline(ready_by: datetime, zone: tzinfo) -> datetime:
    """Return a deadline in UTC; a naive one is in the given time zone.

    A naive time that occurs twice at a clock change is the first one, so that the car
    is ready early.

    Raises:
        RequestError: The time is skipped by the clock change, or is out of range.
    """
    wall = ready_by.replace(tzinfo=None)
    if ready_by.tzinfo is None:
        ready_by = wall.replace(tzinfo=zone, fold=0)
    try:
        instant = ready_by.astimezone(UTC)
        shown = instant.astimezone(ready_by.tzinfo)
    except OverflowError as err:
        # The first and the last day of all calendars.
        raise _too_far() if wall.year > 1 else RequestError("deadline_past") from err
    # Home Assistant's calendar page sends a skipped time as an aware one, too.
    if shown.replace(tzinfo=None) != wall:
        raise RequestError("deadline_skipped", ready_by=f"{wall:%Y-%m-%d %H:%M}")
    return instant


def _too_far() -> RequestError:
    """Return the error for a deadline that is too far ahead."""
    return RequestError("deadline_too_far", days=str(LATEST.days))


def validate(target: int, ready_by: datetime, now: datetime) -> None:
    """Validate a request; target in percent, deadline in UTC.

    The present level does not matter: a full battery may be driven empty by then.

    Raises:
        RequestError: The request cannot be met.
    """
    if not LEAST_LIMIT <= target <= MOST_LIMIT:
        raise RequestError("target_out_of_range", target=str(target))
    if ready_by <= now:
        raise RequestError("deadline_past")
    if ready_by - now > LATEST:
        raise _too_far()
    if ready_by - now < LEAST_NOTICE:
        minutes = LEAST_NOTICE // timedelta(minutes=1)
        raise RequestError("deadline_too_soon", minutes=str(minutes))


def parse_target(text: str | None) -> int | None:
    """Return the first percentage in a text, valid or not; None: it has none."""
    found = _PERCENT.search(text or "")
    return None if found is None else int(found[1])


def parse_event(
    summary: str, description: str | None, word: str, default_target: int
) -> int | None:
    """Return the target of an event in a watched calendar; None: it is no request.

    An event is a request if its title has a percentage that is a valid limit, or if its
    title or description has the user's keyword. With the keyword an invalid percentage
    is returned too, so that it is reported and not ignored.
    """
    target = parse_target(summary)
    if target is not None and LEAST_LIMIT <= target <= MOST_LIMIT:
        return target
    both = f"{summary} {description or ''}".casefold()
    if not word or word.casefold() not in both:
        return None
    if target is None:
        target = parse_target(description)
    return default_target if target is None else target
