"""When a car usually leaves: a time for every day, and exceptions by weekday. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo
import re
from typing import Final

from ..tariffs.wall_clock import first_instant

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DASH: Final = re.compile(r"[\u2010-\u2015\u2212]")
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)

# Marks a day without a departure.
NEVER: Final = "-"

# Today, a week, and one more day in case the departure of a day has passed.
_DAYS_AHEAD: Final = 9

type Departures = Sequence[time | None]


def parse_departures(text: str) -> dict[int, time | None]:
    """Return the departures in a text by weekday; Monday is 0.

    ``Sat Sun 09:00; Fri 06:30`` sets three days, and ``Sun -`` a day without a
    departure. Days are the first three letters of the English names, in any case, or
    ranges such as ``Mon-Thu``. A later part overrides an earlier one.

    Raises:
        ValueError: If a part is invalid; the message contains the part.
    """
    found: dict[int, time | None] = {}
    for part in re.split("[;,]", _DASH.sub("-", text)):
        words = part.split()
        if not words:
            continue
        if len(words) < 2:
            raise ValueError(f"'{part.strip()}' needs days and a time")
        at = None if words[-1] == NEVER else _clock(words[-1], part)
        for word in words[:-1]:
            found |= dict.fromkeys(_days(word, part), at)
    return found


def departures(usual: time, exceptions: Mapping[int, time | None]) -> Departures:
    """Return the departure of each weekday, Monday first; None where there is none."""
    return [exceptions.get(day, usual) for day in range(7)]


def next_departure(
    leaving: Departures, after: datetime, zone: tzinfo
) -> datetime | None:
    """Return the first departure after an instant (UTC); None if there is none.

    A time skipped by the clock change becomes the time of the change. Of a time that
    occurs twice the first is used, so that the car is ready early.
    """
    today = after.astimezone(zone).date()
    for offset in range(_DAYS_AHEAD):
        day = today + timedelta(days=offset)
        at = leaving[day.weekday()]
        if at is not None:
            instant = first_instant(datetime.combine(day, at), zone)
            if instant > after:
                return instant
    return None


def _days(word: str, part: str) -> list[int]:
    """Return the weekdays of a word; a range may cross the end of the week."""
    names = word.casefold().split("-")
    if len(names) > 2 or not set(names) <= set(_DAYS):
        raise ValueError(f"'{word}' in '{part.strip()}' is no day such as Mon")
    first, last = _DAYS.index(names[0]), _DAYS.index(names[-1])
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _clock(text: str, part: str) -> time:
    """Return a time such as ``06:30``."""
    found = _CLOCK.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(f"'{text}' in '{part.strip()}' is no time such as 06:00")
    return time(int(found[1]), int(found[2]))
