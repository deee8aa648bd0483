"""What can be said of prices: published ones, guesses, and those of earlier days."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)
from custom_components.tesla_scout_worker.charging.tariffs.outlook import Outlook

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MIDNIGHT = NOON + 12 * HOUR
MORNING = MIDNIGHT + 7 * HOUR


def hourly(
    start: datetime, end: datetime, cost_of: Callable[[int], float | None]
) -> CostCurve:
    """Return a curve by the hour of the day."""
    return CostCurve(
        intervals=tuple(
            CostInterval(start=item, end=item + HOUR, cost=cost_of(item.hour))
            for item in (
                start + index * HOUR for index in range(int((end - start) / HOUR))
            )
        ),
        currency="PLN",
    )


def cheap_at_night(hour: int) -> float:
    """Return a price that is low from 01:00 to 04:00."""
    return 0.1 if 1 <= hour < 4 else 0.6


def unknown(_hour: int) -> None:
    """Return no price."""


def costs(outlook: Outlook) -> list[float | None]:
    """Return what each hour from midnight to the morning should cost."""
    curve = outlook.curve(MORNING)
    found = [curve.at(MIDNIGHT + index * HOUR) for index in range(7)]
    return [None if item is None else item.cost for item in found]


KNOWN = hourly(MIDNIGHT - 2 * DAY, MIDNIGHT, cheap_at_night)
AS_YESTERDAY = [cheap_at_night(hour) for hour in range(7)]


def test_a_guess_without_a_cost_hides_no_earlier_day() -> None:
    """A forecast of the feed whose grid fee is unknown says nothing."""
    guesses = hourly(MIDNIGHT, MORNING, unknown)
    assert costs(Outlook(now=NOON, known=KNOWN, guesses=guesses)) == AS_YESTERDAY


def test_hours_whose_price_is_not_complete_are_as_the_day_before() -> None:
    """The feed is published until the morning, its grid fee until midnight."""
    night = hourly(MIDNIGHT, MORNING, unknown)
    known = CostCurve(intervals=(*KNOWN.intervals, *night.intervals), currency="PLN")
    assert costs(Outlook(now=NOON, known=known)) == AS_YESTERDAY


@pytest.mark.parametrize(("first", "last"), [(0, 3), (2, 7), (3, 5)])
def test_guesses_of_a_part_are_completed_by_earlier_days(first: int, last: int) -> None:
    """A forecast that ends early, begins late or has a hole at both ends."""
    guesses = hourly(MIDNIGHT + first * HOUR, MIDNIGHT + last * HOUR, lambda _hour: 0.3)
    expected = [
        0.3 if first <= hour < last else cost for hour, cost in enumerate(AS_YESTERDAY)
    ]
    assert costs(Outlook(now=NOON, known=KNOWN, guesses=guesses)) == expected


def test_where_nothing_is_published_the_guesses_count() -> None:
    """The feed was never seen whole, but is expected."""
    guesses = hourly(NOON, MORNING, cheap_at_night)
    outlook = Outlook(now=NOON, known=hourly(NOON, MORNING, unknown), guesses=guesses)
    assert costs(outlook) == AS_YESTERDAY
