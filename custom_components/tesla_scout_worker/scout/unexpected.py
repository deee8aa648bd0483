"""Unexpected exceptions: a fault of this program, which is handled like one of Tesla's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
import traceback
from types import TracebackType
from typing import Final

from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..gateways.errors import FleetError, UnexpectedError

# The pause after a round that failed unexpectedly; it doubles with each in a row.
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(minutes=15)

# Something that fails now and then is logged this rarely.
REPEATED_AFTER: Final = timedelta(days=1)

_PACKAGE: Final = Path(__file__).parent.parent


@contextmanager
def expected_errors(*others: type[Exception]) -> Iterator[None]:
    """Turn any exception but a ``FleetError`` and ``others`` into an ``UnexpectedError``.

    Whoever backs off, waits and logs once after a ``FleetError`` does so then, too. The
    text of the exception is left out, since it may hold a VIN or a position.

    Raises:
        FleetError: What was expected, as it is; or ``UnexpectedError``.
        Exception: One of ``others``, as it is.
    """
    expected: tuple[type[Exception], ...] = (FleetError, *others)
    try:
        yield
    except expected:
        raise
    except Exception as err:  # noqa: BLE001
        LOGGER.debug(
            "Unexpected %s:\n%s",
            type(err).__name__,
            "".join(traceback.format_tb(err.__traceback__)),
        )
        raise UnexpectedError(
            f"{type(err).__name__}, {_place(err.__traceback__)}"
        ) from None


class FailureLog:
    """What fails unexpectedly, logged once until it works again, and once a day."""

    def __init__(self) -> None:
        """Begin with nothing that fails."""
        self._failing: set[str] = set()
        self._logged: dict[tuple[str, str], datetime] = {}
        self._rounds = 0

    def failed(self, key: str, what: str, err: UnexpectedError) -> None:
        """Log a failure, unless the same has been logged."""
        text, now = str(err), dt_util.utcnow()
        last = self._logged.get((key, text))
        if last is None or not timedelta(0) <= now - last < REPEATED_AFTER:
            self._logged[key, text] = now
            self._failing.add(key)
            LOGGER.warning("%s could not be processed: %s", what, text)

    def worked(self, key: str, what: str) -> None:
        """Log that something works again, if it had failed."""
        if key in self._failing:
            self._failing.discard(key)
            LOGGER.info("%s can be processed again", what)

    def guard(self, what: str, work: Callable[[], None]) -> None:
        """Do something that must not affect what comes after it."""
        try:
            with expected_errors():
                work()
        except UnexpectedError as err:
            self.failed(what, what, err)
        else:
            self.worked(what, what)

    def round_ended(self, err: FleetError | None) -> timedelta | None:
        """Return the pause after a round; None unless it failed unexpectedly."""
        if not isinstance(err, UnexpectedError):
            self._rounds = 0
            return None
        pause: timedelta = FIRST_PAUSE * 2 ** min(self._rounds, 8)
        self._rounds += 1
        return min(pause, LONGEST_PAUSE)


def _place(trace: TracebackType | None) -> str:
    """Return the last line of this program in a traceback, as file and number."""
    for frame in reversed(traceback.extract_tb(trace)):
        path = Path(frame.filename)
        if path.is_relative_to(_PACKAGE):
            return f"{path.relative_to(_PACKAGE).as_posix()}:{frame.lineno}"
    return "?"
