"""Windows to the minute where the power falls: from the best slots, edge by edge.

Let the k-th minute take an energy that is even up to the knee and falls by the same
share with each minute after it. Two edges of windows that are moved by a minute each,
so that the time charged stays the same, shift the minutes between them in the order of
charging. Until an edge meets an edge of the costs the sum then changes by a + b * r^k:
evenly if all that is shifted lies before the knee, by a power if all lies after it, and
so without a least value between. Only where the shifted minutes lie on both sides of
the knee, can it have one. So an optimum has one cut more than slots have, or two where
windows are as short as a block, and two edges must be moved at a time to find it.

So it is looked for from several plans of slots that are all but the best, by moving two
edges at a time as long as that is better, and by leaving minutes out at an edge of the
costs within a window as long as there may be more windows. That this always finds the
optimum is not proven: of 5928 nights of random prices 2 came out dearer, by 0.03 % at most. On
real ones ``python -m benchmarks.planner --prices`` looks at every minute beside it.
"""

from collections.abc import Iterator
from itertools import combinations, cycle
from typing import Final

from .optimum import Placed, several
from .weights import Task, Weights

type Edges = list[int]

# From how many plans of slots it begins, besides the best of each number of windows, and
# how much dearer those may be, as a share of what all would cost by the range of costs.
_MORE: Final = 5
_NEAR: Final = 0.003


def best_to_the_minute(task: Task, windows: int) -> Placed | None:
    """Return the best of at most so many windows; None if there are none."""
    search = _Search(task)
    starts = search.starts(windows)
    if not starts:
        return None
    edges = min((search.moved([*one]) for one in starts), key=search.rank)
    while len(edges) < 2 * windows and (opened := search.opened(edges)):
        edges = search.moved(opened)
    edges = _merged(edges)
    return Placed(
        windows=tuple(zip(edges[::2], edges[1::2], strict=True)),
        worth=search.weights.worth(search.weights.of(edges)),
    )


class _Search:
    """Moves of edges, the start and the end of each window in turn."""

    def __init__(self, task: Task) -> None:
        """Weigh the minutes."""
        self.weights = Weights(task)
        self._task = task
        self._block = max(1, task.block)

    def starts(self, windows: int) -> set[tuple[int, ...]]:
        """Return the plans of slots to begin with."""
        costs = [one.cost for one in self._task.line if not one.barred]
        energy = self._task.energy or range(self._task.minutes + 1)
        near = int(_NEAR * (max(costs) - min(costs)) * energy[-1])
        found = several(self.weights, windows, more=_MORE, near=near)
        return {
            tuple(_merged([edge for span in spans for edge in span])) for spans in found
        }

    def rank(self, edges: Edges) -> tuple[int, int, int]:
        """Return what makes windows better than others: worth, number, and weight."""
        weight = self.weights.of(edges)
        return self.weights.worth(weight), len(_merged(edges)), weight

    def moved(self, edges: Edges) -> Edges:
        """Return the windows with their edges moved, two at a time, while it helps."""
        weight, still = self.weights.of(edges), 0
        pairs = [*combinations(range(len(edges)), 2)]
        for one, other in cycle(pairs):
            before = weight
            for step in (1, -1):
                edges, weight = self._pushed(edges, weight, one, other, step)
            still = still + 1 if weight == before else 0
            if still == len(pairs):
                return edges
        return edges

    def _pushed(
        self, edges: Edges, weight: int, one: int, other: int, step: int
    ) -> tuple[Edges, int]:
        """Return the windows with two edges moved one way, and what they weigh."""
        while step:
            tried = self._shifted(edges, one, other, step)
            if tried and (lower := self.weights.of(tried)) < weight:
                edges, weight, step = tried, lower, 2 * step
            else:
                step = int(step / 2)
        return edges, weight

    def _shifted(self, edges: Edges, one: int, other: int, step: int) -> Edges | None:
        """Return windows of the same length in all; None if they are not allowed."""
        moved = edges.copy()
        moved[one] += step
        # Two starts go apart or together, and so do two ends; a window goes as a whole.
        moved[other] += step if (other - one) % 2 else -step
        if moved[0] < self.weights.begin or moved[-1] > self.weights.end:
            return None
        for at in range(1, len(moved), 2):
            if moved[at] - moved[at - 1] < self._block:
                return None
            if at > 1 and moved[at - 1] < moved[at - 2]:
                return None
        return moved

    def opened(self, edges: Edges) -> Edges | None:
        """Return the best of the windows that leave out a minute more; None if none is.

        It is left out at an edge of the costs, and charged at another edge of a window.
        """
        lowest, found = self.weights.of(edges), None
        for at, parted in self._parted(edges):
            for gap, step in ((at, -1), (at + 1, 1)):
                for other in {*range(len(parted))} - {at, at + 1}:
                    tried = self._shifted(parted, gap, other, step)
                    if tried and (weight := self.weights.of(tried)) < lowest:
                        lowest, found = weight, tried
        return found

    def _parted(self, edges: Edges) -> Iterator[tuple[int, Edges]]:
        """Yield the windows with one parted at an edge of the costs, and where that is."""
        for at in range(1, len(edges), 2):
            first, last = edges[at - 1] + self._block, edges[at] - self._block
            for one in self._task.line:
                if first <= one.start <= last:
                    yield at, [*edges[:at], one.start, one.start, *edges[at:]]


def _merged(edges: Edges) -> Edges:
    """Return windows with those made one that touch."""
    merged: Edges = []
    for edge in edges:
        if merged and merged[-1] == edge:
            merged.pop()
        else:
            merged.append(edge)
    return merged
