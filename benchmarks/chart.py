"""The curve of delay against cost, as an SVG of its own."""

from collections.abc import Iterable
from html import escape
from typing import Final

from .truth import Result

WIDTH, HEIGHT, LEFT, BOTTOM = 760, 420, 70, 60
MOST_READS, MOST_MINUTES = 4.0, 50.0
COLOURS: Final = ("#0b7285", "#2b8a3e", "#5c940d", "#e67700", "#c92a2a", "#862e9c")
TARGET: Final = (1.5, 8.0)


def curve(results: Iterable[Result]) -> str:
    """Return the chart: paid reads an event to the right, p95 of arrival upward.

    What lies beyond the edge is drawn on it, with its number.
    """
    results = list(results)
    names = list(dict.fromkeys(result.subject for result in results))
    parts = [*_axes(), *_legend(names)]
    for result in results:
        late = result.score.percentile("home", True, 95)
        if late is None:
            continue
        colour = COLOURS[names.index(result.subject) % len(COLOURS)]
        x, y = _at(result.reads_per_event, late)
        label = f"{result.subject}; {result.kind}: {result.reads_per_event:.2f} reads"
        title = escape(f"{label}, {late:.1f} min, {result.waking:.2f} x awake")
        fill = colour if result.waking <= 1.1 else "none"
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{fill}" stroke="{colour}"'
            f' stroke-width="2"><title>{title}</title></circle>'
        )
        if result.reads_per_event > MOST_READS:
            parts.append(_text(x - 10, y + 4, f"{result.reads_per_event:.0f}", "end"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="sans-serif" font-size="12">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
        + "".join(parts)
        + "</svg>\n"
    )


def _at(reads: float, minutes: float) -> tuple[float, float]:
    """Return where a point is drawn."""
    x = LEFT + min(reads, MOST_READS) / MOST_READS * (WIDTH - LEFT - 190)
    y = HEIGHT - BOTTOM
    return x, y - min(minutes, MOST_MINUTES) / MOST_MINUTES * (HEIGHT - BOTTOM - 30)


def _axes() -> list[str]:
    """Return the axes, and what is to be reached."""
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
    parts.append(_text(left, bottom + 40, "Paid reads an event", "start"))
    parts.append(_text(left, 18, "p95 of an arrival, minutes late", "start"))
    return parts


def _legend(names: list[str]) -> list[str]:
    """Return the names and their colours."""
    parts = []
    for number, name in enumerate(names):
        y = 40 + 22 * number
        colour = COLOURS[number % len(COLOURS)]
        parts.append(f'<circle cx="{WIDTH - 175}" cy="{y - 4}" r="6" fill="{colour}"/>')
        parts.append(_text(WIDTH - 162, y, name, "start"))
    y = 50 + 22 * len(names)
    parts.append(_text(WIDTH - 182, y, "hollow: awake > 1.1 x", "start"))
    parts.append(_text(WIDTH - 182, y + 18, "green: to be reached", "start"))
    return parts


def _text(x: float, y: float, text: str, anchor: str) -> str:
    """Return a text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
