"""When an answer from a provider's memory is of. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from .fields import FIRST_SECOND, LAST_SECOND, number

# What is decided by, each with a time of its own.
SECTIONS: Final = ("charge_state", "charge_schedule_data")

# An answer without a time. Tessie: of a car that is awake it is usually less than 15 s
# old; a read-back must not be taken for one of the time before the command.
AGE_UNSAID: Final = timedelta(seconds=30)

_MILLISECONDS: Final = number(FIRST_SECOND * 1000, LAST_SECOND * 1000)


def answered_at(payload: Mapping[str, Any], now: datetime) -> datetime:
    """Return the time that an answer is of (UTC), by its oldest section.

    Args:
        payload: The ``response`` of a vehicle_data call; its times are in milliseconds.
        now: When it arrived. No answer is of later than that.
    """
    times = []
    for name in SECTIONS:
        section = payload.get(name)
        if not isinstance(section, Mapping):
            continue
        found = _MILLISECONDS(section.get("timestamp"))
        if not isinstance(found, int | float):
            return now - AGE_UNSAID
        times.append(datetime.fromtimestamp(found / 1000, UTC))
    return min(*times, now) if times else now - AGE_UNSAID
