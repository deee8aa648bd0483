"""The cheapest windows of equal slots: an exact dynamic programme.

A state is the number of idle slots so far, of charged slots so far, and of ended windows.
While a window runs, the idle count does not change, so each window lies on a diagonal:
its weight is the difference of two running sums, and its best start a running minimum.
The k-th charged slot takes ``amounts[k]``, which covers a battery's falling power.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, repeat
from math import inf, sumprod
from operator import add, mul, sub

type Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """The input of the solver.

    Attributes:
        fixed: The weight of charging in each slot, independent of the energy.
        prices: The weight per unit of energy in each slot.
        amounts: The units that the k-th charged slot takes; at least ``wanted`` entries.
        wanted: The slots to charge, from 1 to all.
        block: The minimum slots of a window, from 1 to ``wanted``.
        most: The maximum number of windows, at least 1.
    """

    fixed: Sequence[int]
    prices: Sequence[int]
    amounts: Sequence[int]
    wanted: int
    block: int
    most: int

    def weight(self, windows: Sequence[Span]) -> int:
        """Return the weight of windows."""
        fixed = sum(sum(self.fixed[start:end]) for start, end in windows)
        prices = [price for start, end in windows for price in self.prices[start:end]]
        return fixed + int(sumprod(prices, self.amounts[: len(prices)]))


class Solver:
    """The best windows of a task, for each number of windows.

    Best is the least weight; of equal weights, the greatest sum of slot numbers.
    """

    def __init__(self, task: Task) -> None:
        """Solve the task."""
        self._wanted, self._block = task.wanted, task.block
        # One unit of weight outweighs the largest sum of slot numbers.
        self._unit = task.wanted * len(task.fixed) + 1
        self._sums = [*_running_sums(task, self._unit)]
        # The least weight of n windows by charged slots, before each diagonal and after it.
        self._rows: list[list[list[float]]] = []
        # The least weight of n windows with all slots charged, and the last diagonal.
        self._least: list[tuple[float, int]] = [(inf, 0)] * (task.most + 1)
        rows = [[inf] * (task.wanted + 1) for _ in range(task.most)]
        rows[0][0] = 0
        for idle, sums in enumerate(self._sums):
            self._rows.append(rows)
            starts = sums[: -task.block]
            last = min(map(sub, rows[-1], starts, strict=False)) + sums[-1]
            rows = self._next(rows, starts, sums[task.block :])
            charged = zip((*(row[-1] for row in rows), last), repeat(idle))
            self._least = [*map(min, self._least, charged, strict=True)]
        self._rows.append(rows)

    def _next(
        self, rows: list[list[float]], starts: Sequence[int], ends: Sequence[int]
    ) -> list[list[float]]:
        """Return the rows after a diagonal, from its sums at window starts and ends."""
        block, found = self._block, rows[:1]
        for before, row in pairwise(rows):
            if len(found) == 1:
                # Before the first window no slot is charged.
                ended = map(sub, ends, repeat(starts[0]))
            else:
                # The best start so far, and an end at least a block later.
                begun = map(sub, before, starts, strict=False)
                ended = map(add, accumulate(begun, min), ends, strict=False)
            least = map(min, row[block:], ended, strict=False)
            found.append([*row[:block], *least])
        return found

    @property
    def weights(self) -> dict[int, int]:
        """The least weight for each number of windows that is possible."""
        return {
            count: int(weight) // self._unit
            for count, (weight, _) in enumerate(self._least)
            if weight < inf
        }

    def windows(self, count: int) -> list[Span]:
        """Return the best ``count`` windows in order; ``count`` is in ``weights``."""
        (weight, idle), charged = self._least[count], self._wanted
        found: list[Span] = []
        for before in range(count - 1, -1, -1):
            row, sums = self._rows[idle][before], self._sums[idle]
            start = [*map(sub, row, sums, strict=True)].index(weight - sums[charged])
            found.append((idle + start, idle + charged))
            weight, charged = row[start], start
            # The diagonal after which the state first has this weight.
            idle = [rows[before][charged] for rows in self._rows].index(weight) - 1
        return found[::-1]


def _running_sums(task: Task, unit: int) -> Iterator[Sequence[int]]:
    """Yield for each diagonal the weights of its first k slots, charged in a row."""
    slots, wanted, amounts = len(task.fixed), task.wanted, task.amounts[: task.wanted]
    late = [weight * unit + slots - at for at, weight in enumerate(task.fixed, 1)]
    prices = [price * unit for price in task.prices]
    diagonals = (slice(idle, idle + wanted) for idle in range(slots - wanted + 1))
    if len({*amounts}) == 1:
        # Differences of sums do not change with a constant offset.
        taken = map(mul, prices, repeat(amounts[0]), strict=False)
        totals = [0, *accumulate(map(add, late, taken, strict=True))]
        yield from (
            totals[diagonal.start : diagonal.stop + 1] for diagonal in diagonals
        )
    else:
        for diagonal in diagonals:
            taken = map(mul, prices[diagonal], amounts, strict=True)
            yield [0, *accumulate(map(add, late[diagonal], taken, strict=True))]
