"""A sample of the chaos: kills of a real process, and faults at call sites.

``python -m benchmarks.chaos`` runs many more, and says what each came to.
"""

from pathlib import Path
import subprocess
import sys

import pytest
from pytest_socket import socket_allow_hosts

from benchmarks.chaos.cells import cells
from benchmarks.chaos.kill_nights import run_kills
from benchmarks.docs_tables import ROOT

KILLS = 18
SEED = 7

# One of each kind, at different sites, and what broke before it was mended.
CELLS = (
    "token 0: 503, 1 h",
    "list 20: 502 page, 1 h",
    "state 1: hang, once",
    "wake 0: null response, once",
    "read 1: torn mid-body, once",
    "add schedule 0: torn after, once",
    "set limit 0: 500 context, once",
    "all and token 10: captive portal, 1 h",
    "payload charge_state.battery_level: null",
    "payload drive_state.latitude: absurd",
    "disk full from 300 min for 0:20:00",
    "clock -3600 s from 120 min for 0:10:00",
)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_kills_at_all_kinds_of_moments_break_nothing(
    socket_enabled: None, tmp_path: Path
) -> None:
    """No sign-in, limit, schedule or session is lost, whenever the process dies."""
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    said: list[str] = []
    report = await run_kills(tmp_path, KILLS, SEED, said.append, risks=())
    # Shown by pytest if the test fails.
    sys.stdout.write("\n".join(said))
    assert report.breaks == []
    assert sum(report.kills.values()) == KILLS


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_faults_at_call_sites_break_nothing() -> None:
    """Nothing is lost after faults, mutated payloads, a full disk and clock jumps."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.chaos"]
    for name in CELLS:
        command += ["--cell", name]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"| All | {len(CELLS)} |" in done.stdout


def test_a_sample_holds_cells_of_all_groups() -> None:
    """A seed draws the same cells again, each group in its proportion."""
    sample = cells(3, 100)
    assert [each.name for each in sample] == [each.name for each in cells(3, 100)]
    assert {each.group for each in sample} == {each.group for each in cells(0)}
    names = {each.name for each in cells(0)}
    assert len(names) == len(cells(0)) > 3000
    assert names.issuperset(CELLS)
