"""The month: what counts as seen, and a small run whose counts are known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
import subprocess
import sys

import pytest

from benchmarks.cars import DATA
from benchmarks.drivers import files
from benchmarks.integrations_under_test import ADAPTIVE, SUBJECTS
from benchmarks.month import KINDS, SMALL, SMALL_DAYS, SMALL_TRIPS, runs_of
from benchmarks.replay import replay, result_of
from benchmarks.results_cache import Job, load, save
from benchmarks.scoring import Result, Score, Turn, score, turns
from benchmarks.table import WHOLE, table
from simulator.car_settings import CarEvent

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
END = NOON + timedelta(days=1)
ROOT = Path(__file__).parents[2]

DAY = [
    CarEvent(at=NOON, kind="departed", detail="to work"),
    CarEvent(at=NOON + 20 * MINUTE, kind="arrived", detail="work"),
    CarEvent(at=NOON + 60 * MINUTE, kind="departed", detail="to home"),
    CarEvent(at=NOON + 80 * MINUTE, kind="arrived", detail="home"),
    CarEvent(at=NOON + 84 * MINUTE, kind="plugged_in"),
    CarEvent(at=NOON + 84 * MINUTE, kind="charging_started"),
    CarEvent(at=NOON + 99 * MINUTE, kind="charging_stopped"),
]


def shown(home: list[tuple[int, bool]], **more: list[Turn]) -> dict[str, list[Turn]]:
    """Return what was shown of home, in minutes from noon, and of the rest."""
    return {"home": [(NOON + at * MINUTE, value) for at, value in home], **more}


def test_a_record_tells_what_turned_when() -> None:
    """Only what leaves home and comes back there counts, not the ways between."""
    true = turns(DAY, NOON)
    assert true["home"] == [(NOON, False), (NOON + 80 * MINUTE, True)]
    assert [value for _, value in true["charging"]] == [True, False]
    assert turns(DAY, END) == {"home": [], "plugged in": [], "charging": []}


def test_delays_misses_and_false_events_are_counted() -> None:
    """In time, a little early at the zone's edge, too late, and made up."""
    result = score(turns(DAY, NOON), shown([(4, False), (78, True)]), END)
    assert result.events == 5
    assert result.missed == 3
    assert result.delays == {("home", False): [4.0], ("home", True): [0.0]}
    late = score(turns(DAY, NOON), shown([(81, False), (82, True), (90, False)]), END)
    assert (late.missed, late.false) == (4, 2)
    total = Score()
    total.add(result)
    total.add(result)
    assert (total.events, total.percentile("home", False, 95)) == (10, 4.0)
    assert total.percentile("plugged in", True, 95) is None


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_small_run_comes_to_the_same_each_time() -> None:
    """A car for four days, in a Home Assistant of its own: as the replay has it."""
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.month", "--small"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    [row] = [line for line in run.stdout.splitlines() if line.startswith("| adaptive")]
    cells = [cell.strip() for cell in row.split("|")[3:-1]]
    assert cells == [
        *("0.60", "40", "1.90", "12.5", "6.1 / 6.5 / 6.5", "6.3 / 7.0 / 7.0"),
        *("0 of 21", "0", "1.09 x", "16", "0", "0", "5760"),
    ]
    [name], [kind] = SMALL_TRIPS, SMALL
    one = replay(kind, files(DATA)[name], days=SMALL_DAYS)
    replayed = table([result_of("adaptive", kind, [one], SMALL_DAYS)], WHOLE)
    *_, last = replayed.splitlines()
    # All but the free calls, which no car hears.
    assert [cell.strip() for cell in last.split("|")[3:-2]] == cells[:-1]


def test_what_a_month_came_to_is_kept_for_this_code_alone(tmp_path: Path) -> None:
    """Read back as it was, and not at all for other cars, days or code."""
    job = Job(subject=ADAPTIVE, kind=SMALL[0], days=28, trips=("some",))
    result = Result(subject="adaptive", kind="some", cars=1, reads=3)
    result.score.add(score(turns(DAY, NOON), shown([(4, False), (78, True)]), END))
    assert load(tmp_path, job) is None
    save(tmp_path, job, result)
    assert load(tmp_path, job) == result
    assert load(tmp_path, replace(job, trips=("other",))) is None
    [path] = tmp_path.iterdir()
    path.write_text(path.read_text().replace(job.fingerprint, "of other code"))
    assert load(tmp_path, job) is None


def test_each_subject_is_run_with_each_kind_of_car() -> None:
    """A hint's cars each in an account of their own, so one kind at a time."""
    runs = runs_of(28)
    names = {run[0].subject.name for run in runs}
    assert names == {subject.name for subject in SUBJECTS}
    assert {len(run) for run in runs} == {1, len(KINDS) + 1}
    titles = [job.title for run in runs for job in run]
    assert len(titles) == len(set(titles))
