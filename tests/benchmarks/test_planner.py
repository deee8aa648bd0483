"""The benchmark of the planner: its own solver is exact, and it sees a dearer night."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, pairwise
from math import inf
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from benchmarks import planner, price_study
from benchmarks.baselines import CHOOSERS, Moment, hour_by_hour, one_block
from benchmarks.exact import least_cost
from benchmarks.price_stays import MINUTE, Case, Series, each_minute
from custom_components.tesla_scout_worker.charging.planning.model import (
    ChargeGoal,
    ChargePlan,
)
from custom_components.tesla_scout_worker.charging.planning.planner import plan_charge
from custom_components.tesla_scout_worker.charging.tariffs.curve import (
    CostCurve,
    CostInterval,
)

WARSAW = ZoneInfo("Europe/Warsaw")
HOUR = timedelta(hours=1)


def by_hand(
    prices: list[float], amounts: list[float], windows: int, block: int
) -> float:
    """Return the least of all choices of minutes, one by one."""
    least = inf
    for chosen in combinations(range(len(prices)), len(amounts)):
        cuts = [at for at, (x, y) in enumerate(pairwise(chosen), 1) if y > x + 1]
        edges = [0, *cuts, len(chosen)]
        lengths = [end - start for start, end in pairwise(edges)]
        if len(lengths) > windows or min(lengths) < min(block, len(chosen)):
            continue
        least = min(
            least, sum(prices[at] * x for at, x in zip(chosen, amounts, strict=True))
        )
    return least


@pytest.mark.parametrize("seed", range(60))
def test_the_solver_is_exact(seed: int) -> None:
    """On tiny nights it finds what trying all choices finds."""
    random = Random(seed)
    prices: list[float] = [random.choice([-2.0, 0, 1, 3, 7]) for _ in range(11)]
    for barred in random.sample(range(11), random.choice([0, 0, 2, 5])):
        prices[barred] = inf
    count = random.randint(1, 6)
    amounts = [1.0 - 0.13 * max(0, at - 2) for at in range(count)]
    windows, block = random.randint(1, 3), random.randint(1, 3)
    expected = by_hand(prices, amounts, windows, block)
    assert least_cost(prices, amounts, windows, block) == pytest.approx(expected)


def test_the_solver_says_that_nothing_fits() -> None:
    """Barred minutes are none to charge in, nor are those that are not there."""
    assert least_cost([1, inf, 1], [1, 1], 1, 1) == inf
    assert least_cost([1], [1, 1], 1, 1) == inf


@pytest.fixture(name="folder")
def folder_fixture(tmp_path: Path) -> Path:
    """Return a folder with a week of hourly prices, over a night of 25 hours."""
    random = Random(5)
    start = datetime(2026, 10, 21, tzinfo=WARSAW).astimezone(UTC)
    rows = [
        f"{(start + at * HOUR).astimezone(WARSAW).isoformat()},{random.uniform(-1, 9):.4f}"
        for at in range(7 * 24 + 1)
    ]
    text = "\n".join(["start,price", *rows])
    (tmp_path / "pl-x_60min_PLN.csv").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_every_night_is_compared_with_the_exact_solver(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All nights of the file in all cases, and a summary that none is too dear."""
    assert planner.main(["--prices", str(folder)]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == len(planner.CASES) + 1
    assert all(row.endswith("missed: 0") for row in rows)
    assert "| 40 to 80 %, 3 windows | 6 nights |" in rows[0]
    assert rows[-1].startswith("all | ")


def test_a_dearer_plan_is_reported(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A planner that does not know the prices fails."""

    def worse(goal: ChargeGoal, curve: CostCurve, now: datetime) -> ChargePlan:
        return plan_charge(goal, CostCurve(), now)

    monkeypatch.setattr(planner, "plan_charge", worse)
    assert planner.main(["--prices", str(folder), "--nights", "2"]) == 1
    assert "missed: 0" in capsys.readouterr().out


def test_a_missed_deadline_is_reported(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A planner that keeps a minute too few fails, cheap as that is."""

    def short(goal: ChargeGoal, curve: CostCurve, now: datetime) -> ChargePlan:
        return replace(plan_charge(goal, curve, now), expected_level=goal.target - 1)

    monkeypatch.setattr(planner, "plan_charge", short)
    assert planner.main(["--prices", str(folder), "--nights", "1"]) == 1
    assert capsys.readouterr().out.splitlines()[0].endswith("missed: 1")


def test_a_folder_without_series_is_an_error(tmp_path: Path) -> None:
    """It is not taken for one whose nights are all the best."""
    with pytest.raises(SystemExit) as left:
        planner.main(["--prices", str(tmp_path)])
    assert left.value.code == 2


def test_without_a_folder_plans_are_timed(capsys: pytest.CaptureFixture[str]) -> None:
    """As they were before there were series."""
    assert planner.main(["--plans", "1"]) == 0
    assert "a night, about 4 h" in capsys.readouterr().out


def series(place: str = "pl") -> Series:
    """Return three days of hours whose price is the hour."""
    start = datetime(2026, 11, 23, tzinfo=WARSAW).astimezone(UTC)
    intervals = tuple(
        CostInterval(
            start=start + at * HOUR, end=start + (at + 1) * HOUR, cost=float(at % 24)
        )
        for at in range(72)
    )
    curve = CostCurve(intervals=intervals, currency="PLN")
    return Series(name=f"{place}-x", curve=curve, zone=WARSAW)


@pytest.mark.parametrize(
    ("place", "now", "published", "day", "hour"),
    [
        ("pl", time(13, 51), time(13, 52), 25, 0),
        ("pl", time(13, 52), time(13, 52), 26, 0),
        ("pl", time(23, 59), None, 25, 0),
        ("gb", time(16, 15), time(16, 15), 25, 23),
    ],
)
def test_what_is_published_when(
    place: str, now: time, published: time | None, day: int, hour: int
) -> None:
    """Today, tomorrow from its hour on, and where it ends an hour earlier."""
    at = datetime.combine(date(2026, 11, 24), now, WARSAW)
    until = series(place).horizon(at.astimezone(UTC), published)
    assert until.astimezone(WARSAW) == datetime(2026, 11, day, hour, tzinfo=WARSAW)


def night(row: price_study.Row) -> price_study.Night:
    """Return the second evening of the series."""
    prices = series()
    start = datetime(2026, 11, 24, row.case.home, tzinfo=WARSAW).astimezone(UTC)
    leaves = datetime(2026, 11, 25, 7, tzinfo=WARSAW).astimezone(UTC)
    each = each_minute(prices.curve, start, leaves)
    need = row.case.need(leaves)
    return price_study.Night(
        series=prices, row=row, start=start, need=need, prices=each
    )


@pytest.mark.parametrize("name", CHOOSERS)
def test_no_chooser_knows_what_is_not_published(name: str) -> None:
    """Other prices after midnight change nothing before they are known."""
    row = price_study.Row(case=Case(name="late"), at_midnight=True)
    one = night(row)
    midnight = datetime(2026, 11, 25, tzinfo=WARSAW).astimezone(UTC)
    before = one.series.curve.between(one.start - 48 * HOUR, midnight)
    after = one.series.curve.between(midnight, midnight + 48 * HOUR)
    other = Series(
        name="pl-x",
        zone=WARSAW,
        curve=CostCurve(
            intervals=(
                *before.intervals,
                *(
                    CostInterval(start=each.start, end=each.end, cost=50.0)
                    for each in after.intervals
                ),
            ),
            currency="PLN",
        ),
    )
    changed = price_study.Night(
        series=other, row=row, start=one.start, need=one.need, prices=one.prices
    )
    left = (midnight - one.start) // MINUTE
    early, late = (
        [at for at in each.charged(CHOOSERS[name]) if at < left]
        for each in (one, changed)
    )
    assert early == late


def test_a_gap_is_seen_by_all() -> None:
    """Those who choose by price leave it alone, and reach the target all the same."""
    one = night(price_study.Row(case=Case(name="gap"), gap=(0, 6)))
    for name in ("one block", "hour by hour", "planner"):
        charged = one.charged(CHOOSERS[name])
        assert len(charged) == one.minutes
        assert not {*charged} & {*range(360, 720)}


def test_a_running_block_goes_on() -> None:
    """New prices do not break what has begun; minutes one by one are chosen anew."""
    one = night(price_study.Row(case=Case(name="any")))
    moment = Moment(
        now=one.start, prices=[9.0, 1.0, 2.0], minutes=1, need=one.need, running=True
    )
    assert one_block(moment) == [0]
    assert hour_by_hour(moment) == [1]


def test_the_table_has_all_rows(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row for each case, and no chooser is below the least where all is known."""
    assert price_study.main(["--prices", str(folder), "--nights", "1", "--table"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == len(price_study.ROWS)
    known = [float(cell) for cell in told[1].split("|")[3:-1]]
    assert known[-2] == pytest.approx(known[-1], abs=2e-3)
    assert min(known) >= known[3] - 1e-9
    assert price_study.main(["--prices", str(folder), "--nights", "1"]) == 0
    assert "short: none" in capsys.readouterr().out
