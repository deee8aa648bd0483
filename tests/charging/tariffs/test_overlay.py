"""Overlapping spans: which of them counts at each time."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.tesla_scout_worker.charging.tariffs.overlay import overlay

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("spans", "pieces"),
    [
        ([], []),
        (
            [(0, 10), (2, 8), (4, 6)],
            [
                (0, 2, 0, []),
                (2, 4, 1, [0]),
                (4, 6, 2, [0, 1]),
                (6, 8, 1, [0]),
                (8, 10, 0, []),
            ],
        ),
        # The last in the list counts, whenever it begins.
        ([(4, 6), (0, 10)], [(0, 4, 1, []), (4, 6, 1, [0]), (6, 10, 1, [])]),
        # A gap is no piece, and what only touches does not overlap.
        ([(0, 1), (2, 3), (3, 4)], [(0, 1, 0, []), (2, 3, 1, []), (3, 4, 2, [])]),
        ([(0, 2), (0, 2)], [(0, 2, 1, [0])]),
    ],
)
def test_the_last_span_counts_and_the_others_are_below_it(
    spans: list[tuple[float, float]], pieces: list[tuple[float, float, int, list[int]]]
) -> None:
    """Piece by piece, from edge to edge."""
    times = [(START + begin * HOUR, START + end * HOUR) for begin, end in spans]
    found = [
        ((begin - START) / HOUR, (end - START) / HOUR, top, [*below])
        for begin, end, top, below in overlay(times)
    ]
    assert found == pieces
