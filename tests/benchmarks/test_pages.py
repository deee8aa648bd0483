"""The pages that tell what months came to: one table, told three times."""

from pathlib import Path
import re

import pytest

from benchmarks.pages import KEPT_AWAKE, SHOWN, filled
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
