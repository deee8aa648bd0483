"""What months came to, as tables: pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from .scoring import Result

PERCENTS: Final = (50, 95, 100)


def _delays(result: Result, fact: str, *percents: int, to: bool = True) -> str:
    """Return percentiles of a delay, in minutes."""
    found = [result.score.percentile(fact, to, percent) for percent in percents]
    return " / ".join("-" if one is None else f"{one:.1f}" for one in found)


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
    "Who": lambda one: one.subject,
    "Car": lambda one: one.kind,
    "$ a month": lambda one: f"{one.dollars:.2f}",
}
_AWAKE: Final[Columns[Result]] = {"awake": lambda one: f"{one.waking:.2f} x"}

# All there is to know.
WHOLE: Final[Columns[Result]] = {
    **_WHO,
    "reads": lambda one: _each(one.reads, one),
    "an event": lambda one: f"{one.reads_per_event:.2f}",
    "left p95": lambda one: _delays(one, "home", 95, to=False),
    "arrival p50 / p95 / max": lambda one: _delays(one, "home", *PERCENTS),
    "plugged in p50 / p95 / max": lambda one: _delays(one, "plugged in", *PERCENTS),
    "missed": _missed,
    "false": lambda one: str(one.score.false),
    **_AWAKE,
    "extra min a day": _extra,
    "commands": lambda one: _each(one.commands, one),
    "wakes": lambda one: _each(one.wakes, one),
    "free calls": lambda one: _each(one.free, one),
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
    "arrival, p95": lambda one: _delays(one, "home", 95) + " min",
    "plugged in, p95": lambda one: _delays(one, "plugged in", 95) + " min",
    "missed": lambda one: f"{one.score.missed / max(1, one.score.events):.1%}",
    **_AWAKE,
}


def table[T](rows: Iterable[T], columns: Columns[T]) -> str:
    """Return a table, in Markdown."""
    lines = [line(columns), line(["---"] * len(columns))]
    lines += [line(cell(one) for cell in columns.values()) for one in rows]
    return "\n".join(lines) + "\n"


def line(cells: Iterable[str]) -> str:
    """Return a line of a table."""
    return "| " + " | ".join(cells) + " |"
