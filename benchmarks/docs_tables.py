"""Writes what months came to into the pages that tell of it."""

from collections.abc import Sequence
from pathlib import Path
import re
from typing import Final

from .cars import DATA, Kind
from .chart import curve
from .drivers import files
from .replay import Job
from .scoring import Result
from .table import BRIEF, COMPACT, WHOLE, table

ROOT: Final = Path(__file__).parents[1]

# In the README: the cars that the issue of sleep is about, and the hint that most have.
SHOWN: Final = (
    "adaptive",
    "adaptive, plug hint",
    "fixed",
    "tesla_fleet",
    "predecessor",
)

# How many times as long looks wait, for the curve.
THRIFT: Final = (1.0, 1.25, 1.5, 2.0, 3.0)
KEPT_AWAKE: Final = "kept awake by reads"


def write(results: Sequence[Result], footprint: str | None) -> None:
    """Write the tables and the curve; a footprint that was not measured is kept."""
    docs = ROOT / "docs"
    (docs / "benchmark.md").write_text(table(results, WHOLE), encoding="utf-8")
    drawn = curve(results, thrifty())
    (docs / "benchmark.svg").write_text(drawn, encoding="utf-8")
    fill(docs / "economy.md", "month", table(results, COMPACT))
    brief = [
        result
        for result in results
        if result.subject in SHOWN and result.kind.startswith(KEPT_AWAKE)
    ]
    fill(ROOT / "README.md", "month", table(brief, BRIEF))
    if footprint is not None:
        fill(docs / "economy.md", "footprint", footprint)


def thrifty() -> list[list[Result]]:
    """Return what the same drivers come to where each look waits longer, by idle time.

    Replayed: the same counts as in a Home Assistant, in half a minute.
    """
    cars = files(DATA)
    return [
        [
            Job(
                who="adaptive",
                kind=Kind(idle=idle, kept_awake=True),
                cars=cars,
                options={"thrift": thrift},
            ).run()
            for thrift in THRIFT
        ]
        for idle in (10, 30)
    ]


def fill(path: Path, name: str, text: str) -> None:
    """Put a text between the two marks of a name on a page."""
    page = path.read_text(encoding="utf-8")
    path.write_text(filled(page, name, text), encoding="utf-8")


def filled(page: str, name: str, text: str) -> str:
    """Return a page with a text between its two marks of a name.

    Raises:
        ValueError: the page has no such marks.
    """
    marks = re.compile(rf"(<!-- {name} -->\n).*(<!-- /{name} -->)", re.DOTALL)
    if marks.search(page) is None:
        raise ValueError(f"no marks of {name}")
    return marks.sub(lambda found: f"{found[1]}\n{text}\n{found[2]}", page)
