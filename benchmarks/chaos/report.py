"""What a run of chaos came to, as tables: pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from .invariants import Invariant

# Columns of the tables, in their order: what must not happen.
COLUMNS: Final = (
    Invariant.SIGN_IN,
    Invariant.LIMIT,
    Invariant.SCHEDULES,
    Invariant.SESSION,
    Invariant.SILENT,
    Invariant.TWICE,
    Invariant.SECRET,
    Invariant.STORM,
    Invariant.STUCK,
)


@dataclass(kw_only=True)
class Row:
    """A row: how many cells or nights of a kind, and how many broke what.

    Attributes:
        times: How many there were.
        kept: In how many the session was kept, also where it did not have to be.
        breaks: In how many an invariant did not hold.
    """

    times: int = 0
    kept: int = 0
    breaks: Counter[Invariant] = field(default_factory=Counter)

    def add(self, broken: Iterable[Invariant], *, kept: bool) -> None:
        """Add one; an invariant counts once, however often it was broken."""
        self.times += 1
        self.kept += kept
        self.breaks.update(set(broken))


def rows_table(first: str, rows: Mapping[str, Row]) -> str:
    """Return rows as a table in Markdown, with a sum; ``first`` names their column."""
    total = Row()
    for row in rows.values():
        total.times += row.times
        total.kept += row.kept
        total.breaks.update(row.breaks)
    lines = [
        f"| {first} | Times | Session kept | {' | '.join(COLUMNS)} |",
        f"| --- | {' | '.join(['---:'] * (len(COLUMNS) + 2))} |",
    ]
    for name, row in {**rows, "All": total}.items():
        broken = " | ".join(str(row.breaks[column]) for column in COLUMNS)
        lines.append(f"| {name} | {row.times} | {row.kept} | {broken} |")
    return "\n".join(lines)


def kills_table(kills: Mapping[str, int], sites: Mapping[str, int]) -> str:
    """Return how often a process was killed at which moments, in Markdown."""
    lines = ["| SIGKILL | Times |", "| --- | ---: |"]
    lines += [f"| {name} | {kills[name]} |" for name in sorted(kills)]
    lines.append(f"| All | {sum(kills.values())} |")
    struck = ", ".join(f"{name} {count}" for name, count in sorted(sites.items()))
    return "\n".join([*lines, "", f"Struck: {struck}."])
