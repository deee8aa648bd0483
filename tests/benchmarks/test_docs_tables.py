"""The pages that tell what months came to: one table, told three times."""

from dataclasses import replace
from pathlib import Path
import re

import pytest

from benchmarks.chart import curve
from benchmarks.docs_tables import KEPT_AWAKE, SHOWN, filled
from benchmarks.scoring import Result, Score
from benchmarks.table import BRIEF, COMPACT, WHOLE

ROOT = Path(__file__).parents[2]


def rows(page: str) -> list[dict[str, str]]:
    """Return the rows of the table of months on a page, by its header."""
    text = (ROOT / page).read_text(encoding="utf-8")
    table = re.search(r"\| Who \| Car \|.*?(?=\n\n|\Z)", text, re.DOTALL)
    assert table is not None
    lines = [line.strip("| \n").split(" | ") for line in table[0].splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[2:]]


def told(row: dict[str, str]) -> tuple[str, ...]:
    """Return what each of the tables tells."""
    reads = row.get("reads an event") or row["an event"]
    return row["Who"], row["Car"], row["$ a month"], reads, row["awake"]


def test_the_pages_tell_the_same_months() -> None:
    """Nobody edits one of them by hand."""
    whole, compact, brief = (
        rows(page) for page in ("docs/benchmark.md", "docs/economy.md", "README.md")
    )
    assert list(whole[0]) == list(WHOLE)
    assert list(compact[0]) == list(COMPACT)
    assert list(brief[0]) == list(BRIEF)
    assert [told(row) for row in compact] == [told(row) for row in whole]
    assert [told(row) for row in brief] == [
        told(row)
        for row in whole
        if row["Who"] in SHOWN and row["Car"].startswith(KEPT_AWAKE)
    ]


def test_a_page_is_filled_between_its_marks() -> None:
    """Again and again, and nothing else of it is touched."""
    page = "Before.\n\n<!-- month -->\nold\n<!-- /month -->\n\nAfter.\n"
    once = filled(page, "month", "| a \\1 |")
    assert once == "Before.\n\n<!-- month -->\n\n| a \\1 |\n<!-- /month -->\n\nAfter.\n"
    assert filled(once, "month", "| a \\1 |") == once
    with pytest.raises(ValueError, match="no marks of day"):
        filled(page, "day", "")


def test_the_curve_shows_each_subject_in_both_panels() -> None:
    """A point each, hollow where the car was kept awake, and a line of the thrifty."""
    good = Result(subject="ours", kind="a", cars=1, reads=5, awake=1, awake_unwatched=1)
    good.score.events = 4
    good.score.delays = {("home", True): [5.0], ("plugged in", True): [6.0]}
    dear = replace(good, subject="theirs", reads=40, awake=2)
    svg = curve([good, dear], [[good, dear]])
    assert svg.count("<circle") == 2 * 2 + 2
    assert svg.count("ours; a: 1.25 reads an event, arrival 5.0 min") == 1
    assert svg.count("cable plugged in 6.0 min, awake 2.00 x") == 1
    assert svg.count('fill="none" fill-opacity') == 2
    assert svg.count(">10</text>") == 2 + 2
    assert svg.count("<polyline") == 2
    unseen = replace(good, score=Score(events=4))
    assert "<title>" not in curve([unseen])
