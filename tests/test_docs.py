"""The pages of ``docs/`` name what exists."""

import ast
from functools import cache
from pathlib import Path
import re

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "custom_components" / "tesla_scout_worker"
LESSONS = ROOT / "docs" / "lessons.md"
CODES = [
    *(f"A{number}" for number in range(1, 35)),
    *(f"T-{number:02}" for number in range(1, 52)),
    *(f"B{number}" for number in range(1, 26)),
    *(f"C{number}" for number in range(1, 16)),
]


def _rows() -> list[list[str]]:
    """Return the cells of each lesson."""
    lines = LESSONS.read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if re.fullmatch(r"[ABC]\d+|T-\d+", row[0])]


@cache
def _functions(path: Path) -> frozenset[str]:
    """Return the functions that a module defines, methods included."""
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_each_lesson_has_one_row() -> None:
    """Four cells: code, what happened, what follows, where it is tested."""
    rows = _rows()
    assert [row[0] for row in rows] == CODES
    assert all(len(row) == 4 and all(row) for row in rows)


def test_each_lesson_is_tested_or_open() -> None:
    """Each test that is named exists; an open row names its issue and no test."""
    wrong = []
    for code, _, _, where in _rows():
        if re.fullmatch(r"open: issue \d+", where):
            continue
        tests = re.findall(r"`([^`]+)`", where)
        if " ".join(f"`{test}`" for test in tests) != where:
            wrong.append(f"{code}: {where}")
        for test in tests:
            path, name = test.split("::")
            file = ROOT / path
            if not file.is_file() or name not in _functions(file):
                wrong.append(f"{code}: {test}")
    assert not wrong


def test_lessons_that_code_cites_are_there() -> None:
    """``docs/lessons.md, A12`` in code is a row of that page."""
    cited = {
        code
        for room in ("custom_components", "simulator", "benchmarks", "demo", "tests")
        for path in (ROOT / room).rglob("*.py")
        for code in re.findall(
            r"docs/lessons\.md, ([ABC]\d+|T-\d+)", path.read_text("utf-8")
        )
    }
    assert cited <= set(CODES)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            r"\b(looks?|looked|promis\w+|told|tells?)\b|\b(an?|the|these|whole) needs?\b",
        ),
        ("pl", r"(?i)zerkn|zagląda|obietnic|obiecuj|\bauto\b(?!\.)|\bauta\b|\baucie\b"),
    ],
)
def test_people_read_the_words_of_the_glossary(language: str, words: str) -> None:
    """Read and request, not look, promise or need; one word for a car in Polish."""
    text = (HOUSE / "translations" / f"{language}.json").read_text("utf-8")
    values = re.findall(r'": "(.*)"', text)
    assert len(values) > 400
    assert [value for value in values if re.search(words, value)] == []
