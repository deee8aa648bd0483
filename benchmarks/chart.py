"""The curves of delay against cost, as an SVG of its own: pure."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from .scoring import Result

WIDTH: Final = 760
LEFT: Final = 70
LEGEND: Final = 205
PANEL: Final = 330
TOP: Final = 34
BOTTOM: Final = 58
MOST_READS: Final = 4.0
MOST_MINUTES: Final = 50.0
COLOURS: Final = ("#0b7285", "#2b8a3e", "#e67700", "#5c940d", "#c92a2a", "#862e9c")
TARGET: Final = (1.5, 8.0)
AWAKE: Final = 1.1

# What is drawn: a fact, and what its delay is called.
PANELS: Final = (("home", "arrival"), ("plugged in", "cable plugged in"))


def curve(results: Iterable[Result], thrifty: Iterable[Sequence[Result]] = ()) -> str:
    """Return the chart: paid reads an event to the right, p95 of a delay upward.

    Args:
        results: A point each; what lies beyond the edge is drawn on it, with its number.
        thrifty: Points of the first subject to be joined: the same cars, looked at ever
            more rarely.
    """
    results, lines = list(results), [list(line) for line in thrifty]
    names = list(dict.fromkeys(result.subject for result in results))
    height = PANEL * len(PANELS)
    parts = _legend(names)
    for number, (fact, label) in enumerate(PANELS):
        parts.append(f'<g transform="translate(0 {number * PANEL})">')
        parts += _axes(label)
        parts += [_line(line, fact) for line in lines]
        for result in results:
            colour = COLOURS[names.index(result.subject) % len(COLOURS)]
            parts += _point(result, fact, label, colour)
        parts.append("</g>")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        ' font-family="sans-serif" font-size="12">'
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>'
        + "".join(parts)
        + "</svg>\n"
    )


def _at(reads: float, minutes: float) -> tuple[float, float]:
    """Return where a point is drawn in its panel."""
    x = LEFT + min(reads, MOST_READS) / MOST_READS * (WIDTH - LEFT - LEGEND)
    y = PANEL - BOTTOM
    return x, y - min(minutes, MOST_MINUTES) / MOST_MINUTES * (y - TOP)


def _point(result: Result, fact: str, label: str, colour: str) -> list[str]:
    """Return the point of a result, with what it is in words."""
    late = result.score.percentile(fact, True, 95)
    if late is None:
        return []
    reads = result.reads_per_event
    x, y = _at(reads, late)
    title = escape(
        f"{result.subject}; {result.kind}: {reads:.2f} reads an event,"
        f" {label} {late:.1f} min, awake {result.waking:.2f} x"
    )
    fill = colour if round(result.waking, 2) <= AWAKE else "none"
    point = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{fill}" fill-opacity="0.6"'
        f' stroke="{colour}" stroke-width="1.5"><title>{title}</title></circle>'
    )
    if reads <= MOST_READS:
        return [point]
    return [point, _text(x - 10, y + 4, f"{reads:.0f}", "end")]


def _line(results: Sequence[Result], fact: str) -> str:
    """Return a line through the points of some results."""
    points = [
        _at(result.reads_per_event, late)
        for result in results
        if (late := result.score.percentile(fact, True, 95)) is not None
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="{COLOURS[0]}"'
        ' stroke-width="1.5" stroke-dasharray="4 3"/>'
    )


def _axes(label: str) -> list[str]:
    """Return the axes of a panel, and what is to be reached."""
    x, y = _at(*TARGET)
    left, bottom = _at(0, 0)
    reach = f'width="{x - left:.1f}" height="{bottom - y:.1f}" fill="#d3f9d8"'
    parts = [f'<rect x="{left}" y="{y:.1f}" {reach}/>']
    for reads in range(int(MOST_READS) + 1):
        at, _ = _at(reads, 0)
        parts.append(_text(at, bottom + 18, str(reads), "middle"))
    for minutes in range(0, int(MOST_MINUTES) + 1, 10):
        _, at = _at(0, minutes)
        right, _ = _at(MOST_READS, 0)
        parts.append(
            f'<line x1="{left}" y1="{at:.1f}" x2="{right}" y2="{at:.1f}"'
            ' stroke="#dee2e6"/>'
        )
        parts.append(_text(left - 8, at + 4, str(minutes), "end"))
    parts.append(_text(left, bottom + 38, "Paid reads an event", "start"))
    parts.append(_text(left, 20, f"p95 of the delay: {label}, minutes", "start"))
    return parts


def _legend(names: list[str]) -> list[str]:
    """Return the names and their colours, and what the marks mean."""
    parts = []
    left = WIDTH - LEGEND + 20
    for number, name in enumerate(names):
        y = 46 + 22 * number
        colour = COLOURS[number % len(COLOURS)]
        parts.append(f'<circle cx="{left}" cy="{y - 4}" r="5" fill="{colour}"/>')
        parts.append(_text(left + 13, y, name, "start"))
    y = 64 + 22 * len(names)
    notes = (
        "a point: one kind of car",
        f"hollow: awake > {AWAKE} x",
        "dashed: waits up to 3 x",
        "green: to be reached",
    )
    for number, note in enumerate(notes):
        parts.append(_text(left - 7, y + 18 * number, note, "start"))
    return parts


def _text(x: float, y: float, text: str, anchor: str) -> str:
    """Return a text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
