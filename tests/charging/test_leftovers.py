"""Schedules in a car that may be ours, after all that was stored was lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.tesla_scout_worker.charging.leftovers import may_be_ours
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeSchedule,
    Position,
)

HOME = Position(latitude=52.2297, longitude=21.0122)
ADDED = datetime(2026, 11, 1, tzinfo=UTC)
LOST = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIRST, LAST = int(ADDED.timestamp()), int(LOST.timestamp())
OURS = ChargeSchedule(
    id=FIRST + 1000,
    days_of_week=127,
    start_time=60,
    end_time=240,
    one_time=False,
    enabled=True,
    position=HOME,
)


@pytest.mark.parametrize(
    "ours",
    [
        OURS,
        replace(OURS, id=FIRST),
        replace(OURS, id=LAST),
        replace(OURS, start_time=0, end_time=0),
        replace(OURS, days_of_week=None, one_time=None),
    ],
    ids=["usual", "first second", "last second", "midnight", "unknown days"],
)
def test_a_schedule_as_we_send_them_may_be_ours(ours: ChargeSchedule) -> None:
    """At home, with a start and an end, made since the account was added."""
    assert may_be_ours([ours], HOME, ADDED, LOST) == (ours,)
    # The account was added within the second of its id.
    assert may_be_ours([ours], HOME, ADDED + timedelta(seconds=0.9), LOST) == (ours,)


@pytest.mark.parametrize(
    "other",
    [
        replace(OURS, id=FIRST - 1),
        replace(OURS, id=LAST + 1),
        replace(OURS, id=1),
        replace(OURS, enabled=False),
        replace(OURS, enabled=None),
        replace(OURS, start_time=None),
        replace(OURS, end_time=None),
        replace(OURS, position=None),
        replace(OURS, position=Position(latitude=52.2299, longitude=21.0122)),
        replace(OURS, position=Position(latitude=52.2297, longitude=21.0125)),
    ],
)
def test_a_schedule_that_we_cannot_have_sent_is_the_owners(
    other: ChargeSchedule,
) -> None:
    """It is not even offered to be removed."""
    assert may_be_ours([other, OURS], HOME, ADDED, LOST) == (OURS,)
