"""What months came to, as a table: pure."""

from collections.abc import Iterable
from typing import Final

from .truth import Result

HEADER: Final = (
    "| Who | Car | $ a month | reads | an event | left p95 | arrival p50 / p95 / max |"
    " plugged in p50 / p95 / max | missed | false | awake | extra min a day |"
    " commands | wakes | free calls |"
)


def table(results: Iterable[Result]) -> str:
    """Return the table, in Markdown."""
    columns = HEADER.count("|") - 1
    lines = [HEADER, "|" + " --- |" * columns, *map(_row, results)]
    return "\n".join(lines) + "\n"


def _row(result: Result) -> str:
    """Return a row of the table."""
    score = result.score

    def delays(fact: str) -> str:
        """Return the percentiles of a delay, in minutes."""
        found = [score.percentile(fact, True, percent) for percent in (50, 95, 100)]
        return " / ".join("-" if one is None else f"{one:.1f}" for one in found)

    left = score.percentile("home", False, 95)
    extra = (result.awake - result.awake_unwatched) / result.cars / result.days
    cells = (
        result.subject,
        result.kind,
        f"{result.dollars:.2f}",
        f"{result.reads / result.cars:.0f}",
        f"{result.reads_per_event:.2f}",
        "-" if left is None else f"{left:.1f}",
        delays("home"),
        delays("plugged in"),
        f"{score.missed} of {score.events}",
        str(score.false),
        f"{result.waking:.2f} x",
        f"{extra:.0f}",
        f"{result.commands / result.cars:.0f}",
        f"{result.wakes / result.cars:.0f}",
        f"{result.free / result.cars:.0f}",
    )
    return "| " + " | ".join(cells) + " |"
