"""The script of the cards as it is shipped, and the views that its tests were made with."""

import gzip
import json
from pathlib import Path
import re
from typing import Any

import pytest

from custom_components.tesla_scout_worker.frontend.account_view import AccountView
from custom_components.tesla_scout_worker.frontend.as_json import as_json
from custom_components.tesla_scout_worker.frontend.car_view import car_view
from custom_components.tesla_scout_worker.frontend.resource import SCRIPT

from .test_strip import facts, goal

FIXTURES = Path(__file__).parents[2] / "frontend" / "tests" / "fixtures"
LIMIT = 80 * 1024


def test_script_is_small() -> None:
    """It is loaded on each page."""
    assert len(gzip.compress(SCRIPT.read_bytes())) <= LIMIT


def test_script_asks_nobody_else() -> None:
    """One file: it imports nothing, and the only addresses are names and links."""
    text = SCRIPT.read_text("utf-8")
    assert not re.search(
        r"\bimport\s*[\"'({]|\bfetch\(|XMLHttpRequest|sendBeacon", text
    )
    hosts = set(re.findall(r"https?://([\w.-]+)", text))
    assert hosts <= {"github.com", "www.w3.org", "lit.dev"}


@pytest.mark.parametrize(
    "path",
    [path for path in FIXTURES.glob("*.json") if "preview" not in path.stem],
    ids=lambda path: path.stem,
)
def test_views_of_the_card_tests_have_the_present_shape(path: Path) -> None:
    """A field that is renamed here must be renamed there."""
    kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if path.stem == "account":
        assert kept.keys() == _json(AccountView(name="")).keys()
        return
    view = _json(car_view(facts(daily=goal())))
    assert kept.keys() == view.keys()
    assert kept["verdict"].keys() == view["verdict"].keys()
    for rows in ("plans", "prices", "forecast"):
        for row in kept[rows]:
            assert row.keys() == view[rows][0].keys()
    for plan in kept["plans"]:
        for window in plan["windows"]:
            assert window.keys() == view["plans"][0]["windows"][0].keys()


def _json(view: object) -> dict[str, Any]:
    """Return a view as the browser gets it."""
    found = as_json(view)
    assert isinstance(found, dict)
    return dict(found)
