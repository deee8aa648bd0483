"""The month: what counts as seen, and a small run whose counts are known."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
import subprocess
import sys

import pytest

from benchmarks.truth import Score, Turn, score, turns
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


@pytest.mark.timeout(400)
def test_a_small_run_comes_to_the_same_each_time() -> None:
    """One commuter's car for two days, in a Home Assistant of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.month", "--small"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    [row] = [line for line in run.stdout.splitlines() if line.startswith("| adaptive")]
    assert [cell.strip() for cell in row.split("|")[3:-1]] == [
        *("0.30", "10", "5.00", "6.5", "5.9 / 5.9 / 5.9", "- / - / -"),
        *("0 of 2", "0", "1.38 x", "21"),
    ]
