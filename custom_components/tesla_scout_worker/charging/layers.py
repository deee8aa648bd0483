"""Spans laid over each other: what is on top, piece by piece."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import heappop, heappush
from itertools import pairwise


def on_top(
    spans: Sequence[tuple[datetime, datetime]],
) -> Iterator[tuple[datetime, datetime, int, frozenset[int]]]:
    """Yield each piece of time in order, the span on top of it and those below.

    A span is told by its index; a later one lies over an earlier one. Pieces are as
    long as the span on top and those below stay the same.
    """
    begins = sorted(range(len(spans)), key=lambda index: spans[index][0], reverse=True)
    edges = sorted({edge for span in spans for edge in span})
    heap: list[int] = []
    for start, end in pairwise(edges):
        while begins and spans[begins[-1]][0] == start:
            heappush(heap, -begins.pop())
        while heap and spans[-heap[0]][1] <= start:
            heappop(heap)
        if heap:
            below = (-one for one in heap[1:])
            yield (
                start,
                end,
                -heap[0],
                frozenset(one for one in below if spans[one][1] > start),
            )
