"""How long a server asks to wait, believed within reason. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
import re
from typing import Final

# For a 429 that names no time; a 429 is billed, so this is long.
DEFAULT_WAIT: Final = timedelta(minutes=5)

# Tesla's limits count by the minute. A longer wait needs a second sign: it may be a point
# in time instead of seconds, a wrong clock, or a mistake.
LONGEST_WAIT: Final = timedelta(hours=1)
MAX_WAIT: Final = timedelta(days=1)

# Seen in 2024: "Retry in 17 seconds".
_IN_WORDS: Final = re.compile(r"retry in (\d{1,9}) ?s", re.IGNORECASE)


def wait_of(headers: Iterable[str], words: str, now: datetime) -> timedelta:
    """Return the wait that a server names, or the usual one.

    Args:
        headers: The values of the headers that may name one, in seconds or as an HTTP
            date; the first that makes sense counts.
        words: The text of the answer, which may name one as well.
        now: When the answer came (UTC).
    """
    named = [*headers, *_IN_WORDS.findall(words)]
    waits = [wait for text in named if (wait := _parsed(text, now)) is not None]
    if not waits:
        return DEFAULT_WAIT
    long = sorted(wait for wait in waits if wait > LONGEST_WAIT)
    if waits[0] > LONGEST_WAIT and len(long) > 1:
        return long[0]
    return min(waits[0], LONGEST_WAIT)


def _parsed(text: str, now: datetime) -> timedelta | None:
    """Return a wait of more than nothing and at most ``MAX_WAIT``, or None."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = _until(text, now)
    if not seconds > 0:
        return None
    return timedelta(seconds=min(max(seconds, 1), MAX_WAIT.total_seconds()))


def _until(date: str, now: datetime) -> float:
    """Return the seconds until an HTTP date; 0 for what is none."""
    try:
        at = parsedate_to_datetime(date)
    except ValueError, OverflowError:
        return 0
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return (at - now).total_seconds()
