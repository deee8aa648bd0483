"""What months came to, as tables: pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from .scoring import Result

PERCENTS: Final = (50, 95, 100)


def _delays(result: Result, fact: str, *percents: int, to: bool = True) -> str:
    """Return percentiles of a delay, in minutes."""
    found = [result.score.percentile(fact, to, percent) for percent in percents]
    return " / ".join("-" if item is None else f"{item:.1f}" for item in found)


def _extra(result: Result) -> str:
    """Return the minutes a day that a car was awake because it was watched."""
    extra = (result.awake - result.awake_unwatched) / result.cars / result.days
    return f"{extra:.0f}"


def _missed(result: Result) -> str:
    """Return how many events were never shown."""
    return f"{result.score.missed} of {result.score.events}"


def _each(count: int, result: Result) -> str:
    """Return a count for each car."""
    return f"{count / result.cars:.0f}"


# What a table has: each column's name, and what stands there of a row.
type Columns[T] = Mapping[str, Callable[[T], str]]

_WHO: Final[Columns[Result]] = {
    "Who": lambda item: item.subject,
    "Car": lambda item: item.kind,
    "$ a month": lambda item: f"{item.dollars:.2f}",
}
_AWAKE: Final[Columns[Result]] = {"awake": lambda item: f"{item.waking:.2f} x"}

# All there is to know.
WHOLE: Final[Columns[Result]] = {
    **_WHO,
    "reads": lambda item: _each(item.reads, item),
    "an event": lambda item: f"{item.reads_per_event:.2f}",
    "left p95": lambda item: _delays(item, "home", 95, to=False),
    "arrival p50 / p95 / max": lambda item: _delays(item, "home", *PERCENTS),
    "plugged in p50 / p95 / max": lambda item: _delays(item, "plugged in", *PERCENTS),
    "missed": _missed,
    "false": lambda item: str(item.score.false),
    **_AWAKE,
    "extra min a day": _extra,
    "commands": lambda item: _each(item.commands, item),
    "wakes": lambda item: _each(item.wakes, item),
    "free calls": lambda item: _each(item.free, item),
}

# What a page that explains it can hold.
COMPACT: Final[Columns[Result]] = {
    **_WHO,
    "reads an event": WHOLE["an event"],
    "arrival p50 / p95 / max": WHOLE["arrival p50 / p95 / max"],
    "plugged in p50 / p95 / max": WHOLE["plugged in p50 / p95 / max"],
    "missed": _missed,
    **_AWAKE,
}

# What somebody wants to know who is about to install it.
BRIEF: Final[Columns[Result]] = {
    **_WHO,
    "reads an event": WHOLE["an event"],
    "arrival, p95": lambda item: _delays(item, "home", 95) + " min",
    "plugged in, p95": lambda item: _delays(item, "plugged in", 95) + " min",
    "missed": lambda item: f"{item.score.missed / max(1, item.score.events):.1%}",
    **_AWAKE,
}


def table[T](rows: Iterable[T], columns: Columns[T]) -> str:
    """Return a table, in Markdown."""
    lines = [line(columns), line(["---"] * len(columns))]
    lines += [line(cell(row) for cell in columns.values()) for row in rows]
    return "\n".join(lines) + "\n"


def line(cells: Iterable[str]) -> str:
    """Return a line of a table."""
    return "| " + " | ".join(cells) + " |"
