"""Home Assistant's schedule helper as a tariff."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.charging.tariffs.curve import CostCurve
from custom_components.tesla_scout_worker.charging.tariffs.price_units import PriceError
from custom_components.tesla_scout_worker.charging.tariffs.schedule_helper import (
    schedule_curve,
)

WARSAW = ZoneInfo("Europe/Warsaw")
DAYS = [*("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")]
MONDAY = datetime(2026, 10, 5, tzinfo=WARSAW)


def schedule(**days: list[dict[str, Any]]) -> dict[str, Any]:
    """Return an answer of ``schedule.get_schedule`` for one entity."""
    return {"schedule.cheap": {day: days.get(day, []) for day in DAYS}}


def read(curve: CostCurve) -> list[tuple[str, float | None, bool]]:
    """Return each interval's local start, cost and mark."""
    return [
        (f"{interval.start.astimezone(WARSAW):%a %H:%M}", interval.cost, interval.peak)
        for interval in curve.intervals
    ]


def test_blocks_are_the_cheap_hours() -> None:
    """What lies between them is peak; the last instant of a day is midnight."""
    answer = schedule(
        monday=[
            {"from": time(0), "to": time(5, 30)},
            {"from": time(22), "to": time.max},
        ],
        tuesday=[{"from": time(0), "to": time(5, 30)}],
    )
    curve = schedule_curve(answer, MONDAY, MONDAY + timedelta(days=2), WARSAW)
    assert read(curve) == [
        ("Mon 00:00", 0, False),
        ("Mon 05:30", 1, True),
        ("Mon 22:00", 0, False),
        ("Tue 05:30", 1, True),
    ]
    assert curve.currency is None
    assert curve.intervals[-1].end == MONDAY + timedelta(days=2)


@pytest.mark.parametrize("end", ["24:00", "24:00:00", "23:59:59", time(23, 59, 59)])
def test_a_block_to_midnight_has_many_formats(end: str | time) -> None:
    """All of them end at 00:00."""
    answer = schedule(monday=[{"from": "22:00:00", "to": end}])["schedule.cheap"]
    curve = schedule_curve(answer, MONDAY, MONDAY + timedelta(days=1), WARSAW)
    assert read(curve) == [("Mon 00:00", 1, True), ("Mon 22:00", 0, False)]


def test_blocks_may_carry_prices() -> None:
    """Then what lies between them is of unknown cost, and peak."""
    answer = schedule(
        monday=[
            {"from": time(0), "to": time(6), "data": {"price": 0.3}},
            {"from": time(6), "to": time(8), "data": {"price": "0.3"}},
            {"from": time(22), "to": time.max, "data": {"value": -0.1, "name": "x"}},
        ]
    )
    end = MONDAY + timedelta(days=1)
    curve = schedule_curve(answer, MONDAY, end, WARSAW, currency="PLN")
    assert read(curve) == [
        ("Mon 00:00", 0.3, False),
        ("Mon 08:00", None, True),
        ("Mon 22:00", -0.1, False),
    ]
    assert curve.currency == "PLN"


def test_prices_in_some_blocks_only_are_refused() -> None:
    """A cheap block without a price would be unknown, which is never cheap."""
    answer = schedule(
        monday=[
            {"from": time(0), "to": time(6), "data": {"price": 0.3}},
            {"from": time(6), "to": time(8), "data": {"note": "?"}},
        ]
    )
    with pytest.raises(PriceError, match="Either every block"):
        schedule_curve(answer, MONDAY, MONDAY + timedelta(days=1), WARSAW)


@pytest.mark.parametrize(
    "answer", [None, {}, [], "unavailable", {"a": {}}, {"a": None}, {"a": {}, "b": {}}]
)
def test_no_schedule_is_unknown_and_not_cheap(answer: object) -> None:
    """A helper that is gone leaves no cheap hour."""
    end = MONDAY + timedelta(days=1)
    assert schedule_curve(answer, MONDAY, end, WARSAW) == CostCurve()


def test_a_schedule_without_blocks_is_all_peak() -> None:
    """It says that no hour is cheap."""
    end = MONDAY + timedelta(days=1)
    assert read(schedule_curve(schedule(), MONDAY, end, WARSAW)) == [
        ("Mon 00:00", 1, True)
    ]


@pytest.mark.parametrize(
    "blocks",
    [
        "22-06",
        ["22-06"],
        [{"from": "ten", "to": "24:00"}],
        [{"from": "10:00"}],
        [{"from": "10:00", "to": "11:00", "data": {"price": "cheap"}}],
        [{"from": "10:00", "to": "24:01"}],
    ],
)
def test_a_block_that_cannot_be_read_is_loud(blocks: Any) -> None:
    """It does not vanish from the plan."""
    answer = schedule(monday=blocks)
    with pytest.raises(PriceError):
        schedule_curve(answer, MONDAY, MONDAY + timedelta(days=1), WARSAW)


def test_blocks_of_days_of_23_and_25_hours() -> None:
    """A block from midnight to six is five hours long, or seven."""
    answer = schedule(sunday=[{"from": time(0), "to": time(6)}])
    for day, length in ((datetime(2026, 3, 29), 5), (datetime(2026, 10, 25), 7)):
        start = day.replace(tzinfo=WARSAW).astimezone(UTC)
        curve = schedule_curve(answer, start, start + timedelta(hours=12), WARSAW)
        cheap = curve.intervals[0]
        assert cheap.end - cheap.start == timedelta(hours=length)
