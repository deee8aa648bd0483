"""Overlapping spans: which of them counts at each time."""

from bisect import insort
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise


def overlay(
    spans: Sequence[tuple[datetime, datetime]],
) -> Iterator[tuple[datetime, datetime, int, Sequence[int]]]:
    """Yield each piece of time in order, the last span that covers it, and the others.

    Spans are given by their index. A piece ends where any span begins or ends.
    """
    waiting = sorted(range(len(spans)), key=lambda index: spans[index][0], reverse=True)
    active: list[int] = []
    for start, end in pairwise(sorted({edge for span in spans for edge in span})):
        active = [index for index in active if spans[index][1] > start]
        while waiting and spans[waiting[-1]][0] == start:
            insort(active, waiting.pop())
        if active:
            yield start, end, active[-1], active[:-1]
