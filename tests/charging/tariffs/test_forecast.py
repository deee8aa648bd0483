"""Prices that are not published yet, by those of the same hours of past days."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import inf, isfinite, nan
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)
from custom_components.tesla_scout_worker.charging.tariffs.forecast import forecast
from custom_components.tesla_scout_worker.charging.tariffs.price_history import (
    HOURS,
    KEPT_DAYS,
    LEAST_RECORD,
    HourErrors,
    PriceHistory,
    newly_published,
)

WARSAW = ZoneInfo("Europe/Warsaw")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# A Tuesday.
TODAY = date(2026, 11, 24)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=WARSAW).astimezone(UTC)


def history(**days: list[float]) -> PriceHistory:
    """Return a history of some days before today: ``d0`` is today."""
    return PriceHistory(
        source="x",
        currency="PLN",
        days={
            TODAY - int(name[1:]) * DAY: tuple(prices) for name, prices in days.items()
        },
    )


def costs(curve: CostCurve) -> list[float]:
    """Return the costs of a curve."""
    return [item.cost for item in curve.intervals if item.cost is not None]


def expected(seen: PriceHistory, hours: int = 24) -> list[float]:
    """Return the forecast of the hours after midnight."""
    return costs(forecast(seen, MIDNIGHT, MIDNIGHT + hours * HOUR, WARSAW))


SHAPE = [float(hour) for hour in range(HOURS)]


def test_a_day_that_is_always_the_same_is_expected_again() -> None:
    """Hour by hour, with the times of hours by the wall clock."""
    curve = forecast(
        history(d0=SHAPE, d1=SHAPE, d2=SHAPE), MIDNIGHT, MIDNIGHT + DAY, WARSAW
    )
    assert costs(curve) == pytest.approx(SHAPE)
    assert curve.currency == "PLN"
    assert [item.start for item in curve.intervals] == [
        MIDNIGHT + at * HOUR for at in range(24)
    ]


def test_each_day_of_a_forecast_has_its_hours() -> None:
    """Those of the day after tomorrow too, in the order of the day."""
    falling = SHAPE[::-1]
    seen = history(d0=falling, d1=falling, d2=falling)
    assert expected(seen, 48) == pytest.approx([*falling, *falling])


def test_a_forecast_begins_within_an_hour_and_goes_on_by_the_clock() -> None:
    """It ends with the instant that was asked for."""
    begin = MIDNIGHT + timedelta(minutes=30, seconds=5, microseconds=7)
    until = MIDNIGHT + 2.5 * HOUR
    curve = forecast(history(d0=SHAPE), begin, until, WARSAW)
    full = [MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR]
    assert [item.start for item in curve.intervals] == [begin, *full]
    assert [item.end for item in curve.intervals] == [*full, until]


def first_hour(**days: float) -> float:
    """Return what is expected after midnight, of days of one price until 21:00."""
    calm = {name: [price] * 21 + [5.0] * 3 for name, price in days.items()}
    return expected(history(**calm))[0]


def test_a_newer_day_counts_more_than_an_older_one() -> None:
    """A tenth more each, and those of the last two weeks only."""
    mean = first_hour(d0=9, d1=1)
    assert (9 - mean) / (mean - 1) == pytest.approx(0.9)
    assert first_hour(d13=1, d14=9) == pytest.approx(1)
    assert expected(history(d14=SHAPE)) == []


def test_a_day_of_the_other_kind_counts_less_than_a_third() -> None:
    """A Sunday beside the Monday after it, for a Wednesday."""
    mean = first_hour(d1=9, d2=1)
    assert (9 - mean) / (mean - 1) == pytest.approx(0.9 * 0.3)


def test_which_hours_are_cheap_is_said_by_all_days() -> None:
    """Not by the oldest one."""
    one, other = [2.0, 8.0, *[5.0] * 22], [8.0, 2.0, *[5.0] * 22]
    first, second, *_rest = expected(history(d0=one, d1=one, d4=other))
    assert first < second


def test_nothing_is_expected_without_a_past() -> None:
    """Unknown stays unknown."""
    assert forecast(PriceHistory(), MIDNIGHT, MIDNIGHT + DAY, WARSAW).intervals == ()
    assert expected(history(d0=[])) == []


def test_weekdays_and_weekends_are_apart() -> None:
    """Saturday is like the Saturday before, and Wednesday like Tuesday."""
    cheap, dear = [1.0] * 24, [9.0] * 24
    seen = history(d0=dear, d1=dear, d2=cheap, d3=cheap, d4=dear, d5=dear)
    assert expected(seen)[-1] > 7
    saturday = datetime(2026, 11, 28, tzinfo=WARSAW).astimezone(UTC)
    curve = forecast(seen, MIDNIGHT, saturday + DAY, WARSAW)
    weekend = costs(curve.between(saturday + 12 * HOUR, saturday + DAY))
    assert max(weekend) < 6


def test_calm_hours_follow_calm_hours() -> None:
    """An evening that is a unit dearer than usual makes a dearer night, and fades."""
    late = [*SHAPE[:21], *(price + 1 for price in SHAPE[21:])]
    hours = expected(history(d0=late, d1=SHAPE, d2=SHAPE, d3=SHAPE))
    usual = expected(history(d0=SHAPE, d1=SHAPE, d2=SHAPE, d3=SHAPE))
    moves = [new - old for new, old in zip(hours, usual, strict=True)]
    assert 0.5 < moves[0] < 1
    assert moves[0] > moves[6] > moves[12] > 0


@pytest.mark.parametrize(
    ("hour", "move"), [(20, 0), (21, 1), (22, 1), (23, 1)], ids=str
)
def test_the_last_three_hours_move_what_is_expected(hour: int, move: float) -> None:
    """Each by a third of it, of which a tenth is chance; it fades by a twentieth an hour."""
    dearer = [price + 3 * (at == hour) for at, price in enumerate(SHAPE)]
    past = {f"d{ago}": SHAPE for ago in range(1, 21)}
    night = expected(history(d0=dearer, **past))[:12]
    assert [new - old for new, old in zip(night, SHAPE, strict=False)] == pytest.approx(
        [move * 0.9 * 0.95**ahead for ahead in range(12)]
    )


def test_who_waits_takes_the_cheapest_of_what_comes() -> None:
    """Either hour was cheap, nobody knew which: the best one costs less than the mean."""
    one = [2.0, 8.0, *[5.0] * 22]
    other = [8.0, 2.0, *[5.0] * 22]
    seen = history(d1=one, d4=other, d5=one, d6=other, d0=other)
    first, second, *rest = expected(seen)
    assert min(first, second) < 3
    assert max(*rest, first, second) > 7
    assert sum(expected(seen)) == pytest.approx(5 * 24)


@given(
    days=st.dictionaries(
        st.integers(0, 30),
        st.lists(st.one_of(st.none(), st.floats(-5, 50)), min_size=0, max_size=26).map(
            tuple
        ),
        max_size=25,
    ),
    begin=st.integers(-3000, 3000),
    length=st.integers(0, 200),
)
def test_whatever_is_stored_a_forecast_is_within_what_was_seen(
    days: dict[int, tuple[float | None, ...]], begin: int, length: int
) -> None:
    """Hours with gaps, of odd lengths, at any minute, over changes of the clock."""
    seen = PriceHistory(
        source="x",
        currency="PLN",
        days={date(2026, 10, 30) - ago * DAY: prices for ago, prices in days.items()},
    )
    start = datetime(2026, 10, 24, tzinfo=UTC) + begin * timedelta(minutes=1)
    curve = forecast(seen, start, start + length * HOUR, WARSAW)
    assert all(isfinite(cost) for cost in costs(curve))
    # A sample moves by no more than prices differ.
    assert all(-60.1 <= cost <= 105.1 for cost in costs(curve))
    assert curve.intervals == curve.between(start, start + length * HOUR).intervals


def quarters(start: datetime, *prices: float) -> CostCurve:
    """Return a curve of quarters of an hour."""
    quarter = HOUR / 4
    return CostCurve(
        intervals=tuple(
            CostInterval(
                start=start + at * quarter, end=start + (at + 1) * quarter, cost=cost
            )
            for at, cost in enumerate(prices)
        ),
        currency="PLN",
    )


def test_the_history_keeps_means_of_hours_for_three_weeks() -> None:
    """What is published later completes a day, and old days leave."""
    seen = PriceHistory().with_prices("x", quarters(MIDNIGHT, 1, 2, 3, 4, 5), WARSAW)
    tomorrow = TODAY + DAY
    assert seen.days[tomorrow][:3] == (2.5, 5, None)
    assert seen.published_until(date(2026, 12, 31), WARSAW) == MIDNIGHT + 2 * HOUR
    assert seen.published_until(TODAY, WARSAW) is None
    more = seen.with_prices("x", quarters(MIDNIGHT + 2 * HOUR, *[7] * 4), WARSAW)
    assert more.days[tomorrow][:4] == (2.5, 5, 7, None)
    for ago in range(40):
        more = more.with_prices("x", quarters(MIDNIGHT - ago * DAY, 1), WARSAW)
    assert len(more.days) == KEPT_DAYS
    assert max(more.days) == tomorrow


def test_the_end_of_what_is_published_is_that_of_the_newest_day() -> None:
    """That counts, of those that the clock has reached, and by its last hour."""
    full = [1.0] * HOURS
    midnight = MIDNIGHT - DAY
    for hours in (1, 2, 23, 24):
        seen = history(d0=full[:hours], d1=full, d2=full)
        assert seen.published_until(TODAY, WARSAW) == midnight + hours * HOUR
        assert seen.published_until(TODAY - DAY, WARSAW) == midnight
    until = history(d0=full).published_until(TODAY, WARSAW)
    assert until is not None
    assert until.tzinfo is UTC


def test_a_price_counts_for_each_hour_that_it_reaches() -> None:
    """From half past midnight to a quarter past two: three hours."""
    start = MIDNIGHT + HOUR / 2
    item = CostInterval(start=start, end=start + 1.75 * HOUR, cost=3.0)
    curve = CostCurve(intervals=(item,), currency="PLN")
    seen = PriceHistory().with_prices("x", curve, WARSAW)
    assert seen.days[TODAY + DAY][:4] == (3, 3, 3, None)


def test_prices_of_another_source_are_forgotten() -> None:
    """Those of another currency too; one that is silent forgets nothing."""
    seen = PriceHistory().with_prices("x", quarters(MIDNIGHT, 1), WARSAW)
    assert seen.with_prices("x", CostCurve(), WARSAW) == seen
    assert seen.with_prices("y", CostCurve(), WARSAW).days == {}
    other = CostCurve(intervals=quarters(MIDNIGHT + DAY, 1).intervals, currency="EUR")
    assert list(seen.with_prices("x", other, WARSAW).days) == [TODAY + 2 * DAY]


@pytest.mark.parametrize("hours", [23, 25])
def test_days_of_23_and_25_hours(hours: int) -> None:
    """The hour that is skipped is like the one before it; the doubled one is a mean."""
    day = date(2026, 3, 29) if hours == 23 else date(2026, 10, 25)
    start = datetime(day.year, day.month, day.day, tzinfo=WARSAW).astimezone(UTC)
    prices = [float(at // 4) for at in range(hours * 4)]
    seen = PriceHistory().with_prices("x", quarters(start, *prices), WARSAW)
    assert [*seen.days] == [day]
    if hours == 23:
        assert seen.days[day][2] is None
        assert seen.price(day, 2) == 1
    else:
        assert seen.price(day, 2) == 2.5
    assert seen.published_until(date(2026, 12, 31), WARSAW) == start + hours * HOUR


def record(
    ours: list[float], theirs: list[float], hours: range = range(HOURS)
) -> PriceHistory:
    """Return a history in which two forecasts of a price of 2 were these, day by day."""
    seen = PriceHistory(source="x", currency="PLN")
    for day in range(20):
        for hour in hours:
            start = MIDNIGHT + (day - 20) * DAY + hour * HOUR
            seen = seen.compared(
                quarters(start, *[2.0] * 4),
                quarters(start, *[ours[day % len(ours)]] * 4),
                quarters(start, *[theirs[day % len(theirs)]] * 4),
                WARSAW,
            )
    return seen


def mixed(seen: PriceHistory, start: datetime = MIDNIGHT) -> float:
    """Return what counts of our 5 and of their 3."""
    [cost] = costs(seen.best(quarters(start, 5.0), quarters(start, 3.0), WARSAW))
    return cost


def test_a_forecast_of_the_source_counts_by_its_own_errors() -> None:
    """Half without a record; then the closer one more, and less its bias."""
    assert mixed(PriceHistory()) == 4
    assert mixed(record([1.0, 3.0], [1.0, 3.0])) == pytest.approx(4, abs=0.05)
    assert mixed(record([-4.0, 8.0], [1.5, 2.5])) == pytest.approx(3, abs=0.05)
    assert mixed(record([1.5, 2.5], [-4.0, 8.0])) == pytest.approx(5, abs=0.2)
    high = record([-8.0, 12.0], [3.0, 3.0])
    assert high.bias == pytest.approx(1)
    assert mixed(high) == pytest.approx(2, abs=0.1)


def test_errors_are_of_the_hour_of_the_day_on_the_wall() -> None:
    """As a mean over its parts; where a price or a forecast is missing there is none."""
    start = MIDNIGHT + HOUR / 4
    prices, ours = quarters(start, 2, 2), quarters(start, 3, 5)
    seen = PriceHistory().compared(prices, ours, quarters(start, 6, 6), WARSAW)
    assert seen.errors[0] == HourErrors(compared=0.5, ours=4, theirs=16, bias=4)
    assert set(seen.errors[1:]) == {HourErrors()}
    # One price for two hours is a day of one of them, and no more.
    long = CostInterval(start=MIDNIGHT, end=MIDNIGHT + 2 * HOUR, cost=2.0)
    other = replace(long, cost=3.0)
    seen = PriceHistory().compared(
        CostCurve(intervals=(long,)),
        CostCurve(intervals=(other,)),
        CostCurve(intervals=(other,)),
        WARSAW,
    )
    assert seen.errors[0] == HourErrors(compared=1, ours=1, theirs=1, bias=1)
    unknown = CostCurve(intervals=(replace(long, cost=None),))
    for curve, guess in ((unknown, prices), (quarters(MIDNIGHT, 2), unknown)):
        none = PriceHistory().compared(curve, guess, guess, WARSAW)
        assert none == PriceHistory()


def test_a_forecast_may_be_good_at_night_and_bad_at_noon() -> None:
    """Each hour of the day has its own errors."""
    seen = record([-4.0, 8.0], [1.5, 2.5], range(12))
    seen = replace(
        seen,
        errors=seen.errors[:12] + record([1.5, 2.5], [-4.0, 8.0]).errors[12:],
    )
    assert mixed(seen) == pytest.approx(3, abs=0.1)
    assert mixed(seen, MIDNIGHT + 12 * HOUR) == pytest.approx(5, abs=0.2)


def test_a_bias_is_believed_as_far_as_it_is_more_than_chance() -> None:
    """Errors that differ from day to day are none."""
    assert record([2.0], [3.0, 1.0, 1.0, 3.0]).bias == pytest.approx(0, abs=0.05)
    # The mean error is 1 or a bit more, with a wide spread.
    assert 0.6 < record([2.0], [1.0, 5.0]).bias < 1


def test_a_record_says_something_after_some_days() -> None:
    """And parts of an hour are parts of a day of its record."""
    errors = HourErrors()
    for _ in range(4 * LEAST_RECORD - 1):
        errors = errors.after(0.25, 1, 1)
    assert not errors.is_known
    assert errors.after(0.25, 1, 1).is_known
    assert (
        PriceHistory().compared(
            quarters(MIDNIGHT, 2), quarters(MIDNIGHT, 2), CostCurve(), WARSAW
        )
        == PriceHistory()
    )


@pytest.mark.parametrize("wrong", [-1.0, 1e200, -1e200, inf, nan])
def test_a_damaged_record_spoils_no_forecast(wrong: float) -> None:
    """Whatever a file holds, the forecast is between both, or ours."""
    errors = HourErrors(compared=5, ours=wrong, theirs=wrong, bias=wrong)
    for seen in (
        PriceHistory(errors=(errors,) * HOURS),
        PriceHistory(errors=(replace(errors, compared=wrong),)),
    ):
        assert isfinite(mixed(seen))
        after = seen.compared(
            quarters(MIDNIGHT, 2), quarters(MIDNIGHT, 3), quarters(MIDNIGHT, 3), WARSAW
        )
        assert isfinite(mixed(after))


def test_where_one_forecast_says_nothing_the_other_counts() -> None:
    """Theirs goes farther, or ours does."""
    seen = PriceHistory()
    one, two = quarters(MIDNIGHT, 5), quarters(MIDNIGHT, 5, 5)
    source, longer = quarters(MIDNIGHT, 3), quarters(MIDNIGHT, 3, 3)
    assert costs(seen.best(one, longer, WARSAW)) == [4, 3]
    assert costs(seen.best(two, source, WARSAW)) == [4, 5]
    assert costs(seen.best(CostCurve(), source, WARSAW)) == [3]
    assert seen.best(one, longer, WARSAW).currency == "PLN"
    assert seen.best(one, CostCurve(), WARSAW) == one
    # Over a part of an interval as well: the rest of it stays.
    long = CostInterval(start=MIDNIGHT, end=MIDNIGHT + HOUR, cost=5.0)
    ours = CostCurve(intervals=(long,), currency="PLN")
    middle = quarters(MIDNIGHT + HOUR / 4, 3)
    assert seen.best(ours, middle, WARSAW).intervals == (
        replace(long, end=MIDNIGHT + HOUR / 4),
        replace(long, start=MIDNIGHT + HOUR / 4, end=MIDNIGHT + HOUR / 2, cost=4.0),
        replace(long, start=MIDNIGHT + HOUR / 2),
    )


def test_only_new_prices_are_compared() -> None:
    """Each price once, when it is published."""
    before, after = quarters(MIDNIGHT, 1, 2), quarters(MIDNIGHT, 1, 2, 3)
    assert costs(newly_published(before, after, MIDNIGHT)) == [3]
    assert costs(newly_published(CostCurve(), after, MIDNIGHT + HOUR / 4)) == [2, 3]
    assert costs(newly_published(after, CostCurve(), MIDNIGHT)) == []
