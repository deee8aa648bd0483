"""Several lists of prices in an answer: which of them are one series."""

from datetime import UTC, datetime, timedelta

from custom_components.tesla_scout_worker.charging.tariffs.price_candidates import (
    Candidate,
    LeftOut,
    LeftOutReason,
    choose,
)
from custom_components.tesla_scout_worker.charging.tariffs.price_rows import RawPrice
from custom_components.tesla_scout_worker.charging.tariffs.price_times import RawSpan

START = datetime(2026, 10, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


def listed(
    *path: str,
    hours: tuple[float, ...] = (0, 1, 2),
    price: float | None = 1.0,
    step: float = 1,
    others: tuple[str, ...] = (),
) -> Candidate:
    """Return a list of prices that begin at these hours."""
    return Candidate(
        path=path,
        prices=tuple(
            RawPrice(
                span=RawSpan(
                    start=START + hour * HOUR, end=START + (hour + step) * HOUR
                ),
                price=price,
            )
            for hour in hours
        ),
        others=others,
    )


def left_out(name: str, reason: LeftOutReason, count: int = 3) -> LeftOut:
    """Return that a list is not used."""
    return LeftOut(name=name, count=count, reason=reason)


TOMORROW = (24, 25, 26)


def test_lists_of_the_same_hours_with_other_prices_are_two_series() -> None:
    """The first is used, and the other named; so is one that differs in an hour."""
    first, second = listed("SE3"), listed("SE4", price=2.0)
    found = choose([first, second], None, UTC)
    assert found.lists == (first,)
    assert found.left_out == (left_out("SE4", LeftOutReason.OTHER_SERIES),)
    partly = Candidate(path=("SE4",), prices=(*first.prices[:2], second.prices[2]))
    assert choose([first, partly], None, UTC).left_out == (
        left_out("SE4", LeftOutReason.OTHER_SERIES),
    )


def test_a_list_of_some_of_the_hours_is_contained() -> None:
    """By any name, if it is shorter; one of another area may be as long."""
    whole, best = listed("prices"), listed("best", hours=(1,))
    found = choose([best, whole], None, UTC)
    assert found.lists == (whole,)
    assert found.left_out == (left_out("best", LeftOutReason.CONTAINED, 1),)
    same = [listed("SE3"), listed("SE4")]
    assert choose(same, None, UTC).left_out == (
        left_out("SE4", LeftOutReason.OTHER_SERIES),
    )
    twice = [listed("prices"), listed("all")]
    assert choose(twice, None, UTC).left_out == (
        left_out("all", LeftOutReason.CONTAINED),
    )


def test_of_lists_of_the_same_time_the_one_with_more_steps_is_used() -> None:
    """Its prices are nearer to what is paid."""
    hourly = listed("hourly")
    quarters = listed(
        "quarters", hours=tuple(at / 4 for at in range(12)), price=2.0, step=0.25
    )
    assert choose([hourly, quarters], None, UTC).lists == (quarters,)


def test_tomorrow_of_each_other_area_is_left_out() -> None:
    """Of the first of them, too."""
    used = listed("SE3", "today")
    others = [
        listed("SE4", "today", price=2.0),
        listed("SE2", "today", price=3.0),
        listed("SE4", "tomorrow", hours=TOMORROW),
        listed("SE2", "tomorrow", hours=TOMORROW),
    ]
    own = listed("SE3", "tomorrow", hours=TOMORROW)
    found = choose([used, *others], None, UTC)
    assert found.lists == (used,)
    assert {item.name for item in found.left_out} == {item.name for item in others}
    assert {item.reason for item in found.left_out} == {LeftOutReason.OTHER_SERIES}
    assert choose([used, own, *others], None, UTC).lists == (used, own)


def test_an_area_that_is_asked_for_leaves_the_others_out() -> None:
    """In any case of its letters; a list without areas is that of the only one."""
    found = choose([listed("SE3"), listed("SE4")], "se4", UTC)
    assert [item.name for item in found.lists] == ["SE4"]
    assert found.left_out == (left_out("SE3", LeftOutReason.OTHER_SERIES),)
    plain = choose([listed("SE3"), listed("prices")], "SE4", UTC)
    assert [item.name for item in plain.lists] == ["prices"]


def test_a_forecast_is_a_guess_beside_prices_and_a_price_without_any() -> None:
    """It is never both."""
    prices, forecast = listed("prices"), listed("forecast", hours=TOMORROW)
    both = choose([prices, forecast], None, UTC)
    assert (both.lists, both.guesses) == ((prices,), (forecast,))
    alone = choose([forecast], None, UTC)
    assert (alone.lists, alone.guesses) == ((forecast,), ())


def test_columns_beside_the_price_are_named_with_their_length() -> None:
    """Of the lists that are used."""
    found = choose([listed("prices", others=("cost_b",))], None, UTC)
    assert found.left_out == (left_out("cost_b", LeftOutReason.OTHER_COLUMN),)


def test_a_list_without_prices_is_of_no_area_that_is_left_out() -> None:
    """Tomorrow's list is empty until the afternoon, and joins the others."""
    today, tomorrow = listed("today"), listed("tomorrow", hours=TOMORROW, price=None)
    assert choose([today, tomorrow], None, UTC).lists == (today, tomorrow)


def test_a_part_of_the_price_loses_against_the_price() -> None:
    """Even where it is known for longer."""
    net, total = listed("net", hours=(0, 1, 2, 3)), listed("total", price=2.0)
    assert choose([net, total], None, UTC).lists == (total,)
    raw = listed("raw_today")
    assert not raw.is_lesser
    assert listed("raw", "export").is_lesser
