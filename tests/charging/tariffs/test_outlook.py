"""What a plan is made by: known prices, estimates, or peak hours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)
from custom_components.tesla_scout_worker.charging.tariffs.outlook import (
    Outlook,
    repeated,
    with_guesses,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def curve(*parts: tuple[float, float, float | None]) -> CostCurve:
    """Return prices from and until hours after now."""
    return CostCurve(
        intervals=tuple(
            CostInterval(start=NOW + start * HOUR, end=NOW + end * HOUR, cost=cost)
            for start, end, cost in parts
        ),
        currency="PLN",
    )


def parts(prices: CostCurve) -> list[tuple[float, float, float | None]]:
    """Return what a curve is made of."""
    return [
        ((item.start - NOW) / HOUR, (item.end - NOW) / HOUR, item.cost)
        for item in prices.intervals
    ]


DAY = curve((0, 12, 1.0), (12, 24, 2.0))


def test_tomorrow_is_guessed_from_the_days_before() -> None:
    """The last one that is known counts; nothing is guessed beyond the deadline."""
    guessed = with_guesses(DAY, CostCurve(), NOW + 40 * HOUR)
    assert parts(guessed) == [(0, 12, 1), (12, 24, 2), (24, 36, 1), (36, 48, 2)]
    two = curve((-24, 0, 9.0), (0, 24, 2.0))
    guessed = with_guesses(two, CostCurve(), NOW + 60 * HOUR)
    assert parts(guessed) == [(-24, 0, 9), (0, 24, 2), (24, 48, 2), (48, 72, 2)]


def test_a_guess_of_the_source_holds_over_earlier_days_and_a_price_over_it() -> None:
    """Hour by hour: each is cut by what holds over it."""
    guesses = curve((20, 26, 7.0), (30, 34, 8.0))
    guessed = with_guesses(DAY, guesses, NOW + 48 * HOUR)
    assert parts(guessed) == [
        (0, 12, 1),
        (12, 20, 2),
        (20, 24, 2),
        (24, 26, 7),
        (26, 30, 1),
        (30, 34, 8),
        (34, 36, 1),
        (36, 48, 2),
    ]


def test_the_last_day_is_repeated_until_the_deadline() -> None:
    """A plan for next week knows cheap hours of each day before."""
    far = repeated(DAY, NOW + 60 * HOUR)
    assert parts(far) == [
        (0, 12, 1),
        (12, 24, 2),
        (24, 36, 1),
        (36, 48, 2),
        (48, 60, 1),
    ]
    assert repeated(DAY, NOW + 24 * HOUR) == DAY
    assert parts(repeated(DAY, NOW + 20 * HOUR)) == [(0, 12, 1), (12, 20, 2)]
    # What is unknown at its end is no day to be repeated.
    unknown = curve((0, 12, 1.0), (12, 24, 2.0), (24, 30, None))
    assert repeated(unknown, NOW + 60 * HOUR) == far


def test_a_plan_is_made_by_prices_else_by_estimates_else_by_peak_hours() -> None:
    """From now on, as far as it may need."""
    peaks = replace(curve((0, 4, 1.0)), currency=None)
    known = curve((-12, 12, 1.0), (12, 24, 2.0))
    outlook = Outlook(now=NOW, known=known, peaks=peaks)
    assert outlook.published_until == NOW + 24 * HOUR
    assert outlook.is_priced(NOW + HOUR)
    assert parts(outlook.curve(NOW + 20 * HOUR)) == [(0, 12, 1), (12, 20, 2)]
    unpriced = Outlook(now=NOW, known=curve((0, 24, None)), peaks=peaks)
    assert unpriced.published_until == NOW
    assert not unpriced.is_priced(NOW + 20 * HOUR)
    past = Outlook(now=NOW, known=curve((-24, 0, 3.0)), peaks=peaks)
    assert not past.is_priced(NOW + 20 * HOUR)
    assert parts(past.curve(NOW + 30 * HOUR)) == [(0, 24, 3), (24, 30, 3)]
    assert Outlook(now=NOW, known=CostCurve(), peaks=peaks).published_until == NOW


KNOWN = curve((-12, 0, 5.0), (0, 12, 1.0), (12, 24, 2.0))


def costs(outlook: Outlook, *hours: float) -> list[float | None]:
    """Return the costs at some hours of what a plan for two days is made by."""
    found = outlook.curve(NOW + 48 * HOUR)
    at = [found.at(NOW + hour * HOUR) for hour in hours]
    return [None if item is None else item.cost for item in at]


def test_a_forecast_is_completed_by_earlier_days_where_it_has_gaps() -> None:
    """At its start, within it and at its end; what it knows, it knows better."""
    whole = Outlook(now=NOW, known=KNOWN, guesses=curve((20, 36, 7.0), (36, 48, 8.0)))
    assert costs(whole, 6, 21, 24, 35, 36, 47) == [1, 2, 7, 7, 8, 8]
    gap = replace(whole, guesses=curve((20, 30, 7.0), (31, 48, 8.0)))
    assert costs(gap, 29, 30, 31, 37) == [7, 1, 8, 8]
    short = replace(whole, guesses=curve((20, 30, 7.0)))
    assert costs(short, 29, 30, 40) == [7, 1, 2]
    late = replace(whole, guesses=curve((30, 48, 7.0)))
    assert costs(late, 24, 30, 47) == [1, 7, 7]
    # What is known from now on does not fill the gap; the evening before does.
    known = curve((-12, 0, 5.0), (0, 12, 1.0))
    noon = Outlook(now=NOW, known=known, guesses=curve((12, 13, 7.0), (15, 48, 8.0)))
    assert costs(noon, 12, 14, 15) == [7, 5, 8]
    touching = replace(noon, guesses=curve((12, 13, 7.0), (13, 48, 8.0)))
    assert costs(touching, 12, 13, 47) == [7, 8, 8]


def test_a_forecast_alone_is_what_a_plan_is_made_by() -> None:
    """Its last day is repeated, as that of prices is."""
    alone = Outlook(
        now=NOW, known=CostCurve(), guesses=curve((0, 12, 7.0), (12, 24, 8.0))
    )
    assert costs(alone, 0, 12, 24, 36) == [7, 8, 7, 8]


def test_where_nothing_is_known_the_peak_hours_count() -> None:
    """They are not repeated: they are of all the time."""
    peaks = replace(curve((0, 48, 1.0)), currency=None)
    nothing = Outlook(now=NOW, known=CostCurve(), peaks=peaks)
    assert nothing.curve(NOW + 48 * HOUR) == peaks
