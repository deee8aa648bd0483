"""Stays of which not all prices are known: what each way may know, and the table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from math import inf
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from benchmarks import planner, unpublished
from benchmarks.baselines import Moment
from benchmarks.price_stays import Case, Series, each_minute
from benchmarks.price_study import Row
from benchmarks.unpublished import WAYS, Stay, Unpublished
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)

WARSAW = ZoneInfo("Europe/Warsaw")
HOUR = timedelta(hours=1)
START = datetime(2026, 11, 2, tzinfo=WARSAW).astimezone(UTC)


def series(days: int = 14) -> Series:
    """Return hours whose price is their number in the day."""
    intervals = tuple(
        CostInterval(
            start=START + at * HOUR, end=START + (at + 1) * HOUR, cost=float(at % 24)
        )
        for at in range(24 * days)
    )
    return Series(
        name="pl-x", curve=CostCurve(intervals=intervals, currency="PLN"), zone=WARSAW
    )


def stay(known_of: Unpublished, of: Series | None = None) -> Stay:
    """Return the stay of the tenth evening."""
    prices = of or series()
    start = START + timedelta(days=9, hours=known_of.row.case.home)
    leaves = START + timedelta(days=9 + known_of.row.case.days, hours=7)
    return Stay(
        series=prices,
        row=known_of.row,
        start=start,
        need=known_of.need(leaves),
        prices=each_minute(prices.curve, start, leaves),
        known_of=known_of,
    )


MIDNIGHT = Unpublished(row=Row(case=Case(name="midnight"), at_midnight=True))
SILENT = Unpublished(row=Row(case=Case(name="silent")), silent=True)
EMPTY = Unpublished(row=Row(case=Case(name="empty")), silent=True, empty=True)


@pytest.mark.parametrize("name", WAYS)
def test_no_way_knows_what_is_not_published(name: str) -> None:
    """Other prices after midnight change nothing before they are known."""
    real = series()
    end = START + timedelta(days=10)
    changed = CostCurve(
        intervals=tuple(
            item
            if item.end <= end
            else CostInterval(start=item.start, end=item.end, cost=50.0)
            for item in real.curve.intervals
        ),
        currency="PLN",
    )
    other = Series(name="pl-x", curve=changed, zone=WARSAW)
    early = [
        [minute for minute in night.charged(partial(WAYS[name], night)) if minute < 360]
        for night in (stay(MIDNIGHT, real), stay(MIDNIGHT, other))
    ]
    assert early[0] == early[1]


def test_this_planner_reaches_the_target_whatever_is_known() -> None:
    """Also where no price ever was."""
    for case in (MIDNIGHT, SILENT, EMPTY):
        one = stay(case)
        charged = one.charged(partial(unpublished.ours, one))
        assert len(charged) == one.minutes
    # The night is cheap after midnight, as it was.
    assert min(stay(SILENT).charged(partial(unpublished.ours, stay(SILENT)))) >= 360


def test_battery_first_charges_in_the_last_day_alone() -> None:
    """Where the same stay with the choice *cheapest* charges on the first night."""
    row = Row(case=Case(name="three days", days=3))
    # The first evening is cheap, and nothing else.
    prices, evening = series(), range(9 * 24 + 18, 10 * 24)
    costs = tuple(
        replace(item, cost=1.0 if at in evening else 5.0)
        for at, item in enumerate(prices.curve.intervals)
    )
    dear = replace(prices, curve=replace(prices.curve, intervals=costs))
    first: list[int] = []
    for late in (False, True):
        one = stay(Unpublished(row=row, battery_first=late), dear)
        charged = one.charged(partial(unpublished.ours, one))
        assert len(charged) == one.minutes
        first.append(charged[0])
    assert first[0] < 6 * 60
    assert first[1] >= (2 * 24 - 11) * 60


def moment(*prices: float, minutes: int, hour: int = 18) -> Moment:
    """Return what is known at an hour."""
    one = stay(MIDNIGHT)
    now = START + timedelta(days=9, hours=hour)
    return Moment(now=now, prices=prices, minutes=minutes, need=one.need)


def test_the_others_do_what_is_known_of_them() -> None:
    """One waits if time is left after the known prices, the other takes a block."""
    one = stay(MIDNIGHT)
    assert unpublished.evcc_like(one, moment(3, 1, 2, minutes=2)) == [1, 2]
    assert unpublished.evcc_like(one, moment(1, 1, inf, inf, minutes=2)) == [2, 3]
    assert unpublished.evcc_like(one, moment(3, 1, inf, minutes=2)) == [1, 2]
    assert unpublished.evcc_like(one, moment(inf, inf, inf, minutes=1)) == [2]
    assert unpublished.evcc_like(one, moment(1, inf, 3, minutes=2)) == [0, 2]
    assert unpublished.evcc_like(one, moment(1, inf, inf, 3, 2, 9, minutes=5)) == [
        *range(1, 6)
    ]
    assert unpublished.evcc_like(one, moment(3, 1, minutes=3)) == [0, 1]
    block = unpublished.block_each_night
    assert block(one, moment(3, 1, 1, 3, minutes=2)) == [1, 2]
    assert block(one, moment(3, 1, 1, inf, minutes=2)) == []
    assert block(one, moment(3, 1, 1, inf, minutes=2, hour=24)) == [1, 2]


def test_the_forecast_of_a_source_is_wrong_and_always_the_same() -> None:
    """Each way gets the same one."""
    case = Unpublished(row=MIDNIGHT.row, forecast=True)
    begin = START + timedelta(days=10)
    first, again = (stay(case).noisy(begin) for _ in range(2))
    assert first == again
    assert first != stay(case).series.curve.between(begin, begin + timedelta(days=3))


def test_the_table_has_a_row_for_each_case(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And goes into its page; no departure is missed by this planner."""
    page = tmp_path / "page.md"
    page.write_text("<!-- unpublished -->\n<!-- /unpublished -->\n")
    monkeypatch.setattr(unpublished, "PAGE", page)
    rows = [
        f"{item.start.astimezone(WARSAW).isoformat()},{item.cost}"
        for item in series(15).curve.intervals
    ]
    folder = tmp_path / "prices"
    folder.mkdir()
    (folder / "pl-x_60min_PLN.csv").write_text("\n".join(["start,price", *rows]))
    arguments = ["--prices", str(folder), "--nights", "1", "--unpublished", "--write"]
    assert planner.main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(unpublished.CASES) + 2
    assert all("missed" not in line.split("|")[3] for line in lines)
    assert page.read_text().splitlines()[2:-2] == lines or lines[0] in page.read_text()
    widths = [line.count("|") for line in lines]
    assert all(one == other for one, other in pairwise(widths))
