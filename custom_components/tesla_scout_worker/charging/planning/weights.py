"""What charging costs in each slot, as whole numbers that also decide between equals."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Priced(NamedTuple):
    """Minutes of one price, from ``start`` until just before ``end``.

    ``cost`` is a whole number for each unit of energy, ``penalty`` one for each minute;
    ``barred`` minutes are not charged in at all.
    """

    start: int
    end: int
    cost: int
    penalty: int = 0
    barred: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What is to be placed.

    Attributes:
        line: The time allowed, without a gap.
        step: The length of a slot; divides ``block`` and every edge of the line but
            the first.
        minutes: How many minutes to charge, 1 at least.
        block: The shortest window in minutes; 0 or 1 for any.
        energy: The energy of the first k minutes at index k; None if all are alike.
    """

    line: Sequence[Priced]
    step: int
    minutes: int
    block: int
    energy: Sequence[int] | None = None


class Weights:
    """The weight of minutes: penalty, then cost, then how early they lie, in one int.

    Slots are counted from the end of the line. Before the first whole slot there may be
    some ``odd`` minutes.
    """

    def __init__(self, task: Task) -> None:
        """Lay the slots."""
        line, step = task.line, task.step
        self.task = task
        self._step = step
        self._energy = task.energy or range(task.minutes + 1)
        self.begin, self.end = line[0].start, line[-1].end
        self.count = (self.end - self.begin) // step
        self.first = self.end - self.count * step
        self.odd = self.first - self.begin
        self._lateness = task.minutes * (self.end - self.begin) + 1
        cost = max(abs(one.cost) for one in line) * self._energy[-1]
        self._span = (2 * cost + 1) * self._lateness
        penalty = max(one.penalty for one in line) * task.minutes
        self.never = 4 * (penalty + 2) * self._span
        self._costs: list[int] = []
        self._penalties: list[int] = []
        for one in reversed(line):
            count = (one.end - max(one.start, self.first)) // step
            if count > 0:
                self._costs += [one.cost * self._lateness] * count
                self._penalties += [self._penalty(one)] * count
        self._rows: dict[tuple[int, int, int], list[int]] = {}
        self._rests: dict[tuple[int, int], list[int]] = {}
        self._ends = [one.end for one in line]
        self._each = [
            (one.end, one.cost * self._lateness, self._penalty(one)) for one in line
        ]

    def boundary(self, slots: int) -> int:
        """Return the minute at which the last ``slots`` slots begin."""
        return self.end - slots * self._step

    def worth(self, weight: int) -> int:
        """Return penalty and cost of a weight, without the lateness."""
        return weight // self._lateness

    def weight(self, worth: int) -> int:
        """Return what so much penalty and cost weigh, without any lateness."""
        return worth * self._lateness

    def of(self, edges: Sequence[int]) -> int:
        """Return what windows weigh in all: the start and the end of each in turn."""
        weight = done = taken = 0
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            weight += (end - start) * (2 * self.end - start - end - 1) // 2
            at = bisect_right(self._ends, start)
            while start < end:
                stop, cost, penalty = self._each[at]
                stop = stop if stop < end else end  # noqa: FURB136
                done += stop - start
                energy = self._energy[done]
                weight += cost * (energy - taken) + penalty * (stop - start)
                start, taken, at = stop, energy, at + 1
        return weight

    def slot(self, slots: int, residue: int) -> list[int]:
        """Return what each slot weighs as the one that makes ``slots`` whole ones.

        Args:
            slots: How many whole slots are charged from this one on.
            residue: How many minutes are charged besides.
        """
        return self._row((slots - 1) * self._step + residue, self._step, 0)

    def tail(self, slots: int, size: int) -> list[int]:
        """Return what the first minutes of each slot weigh, before so many slots."""
        return self._row(slots * self._step, size, self._step - size)

    def lead(self, slots: int, size: int) -> list[int]:
        """Return what the last minutes of each slot weigh, before so many slots."""
        return self._row(slots * self._step, size, 0)

    def block(self, slots: int, residue: int, size: int) -> list[int]:
        """Return what ``size`` slots in a row weigh that make ``slots`` whole ones."""
        row = self.slot(slots - size + 1, residue)
        for more in range(1, size):
            earlier = self.slot(slots - size + 1 + more, residue)
            row = [x + y for x, y in zip(row, earlier[more:], strict=False)]
        return row

    def head(self) -> list[int]:
        """Return what it weighs to charge the first k minutes of all, at index k."""
        head, weight, done = [0], 0, 0
        for one in self.task.line:
            penalty, cost = self._penalty(one), one.cost * self._lateness
            until = min(one.end, self.begin + self.task.minutes)
            for minute in range(one.start, until):
                taken = self._energy[done + 1] - self._energy[done]
                weight += penalty + cost * taken + self.end - 1 - minute
                done += 1
                head.append(weight)
        return head

    def floor(self, size: int) -> int | None:
        """Return what so many minutes weigh at least, wherever they lie.

        None if others would weigh more without them: under the taper, those before
        them take less energy then, which is dearer where costs are negative.
        """
        cheapest = min(one.cost for one in self.task.line if not one.barred)
        if self.task.energy is None:
            return cheapest * size * self._lateness
        return 0 if cheapest >= 0 else None

    def odd_lead(self, size: int) -> int:
        """Return what the last of the odd minutes weigh, charged first of all."""
        one = self.task.line[0]
        late = size * (self.end - self.first) + size * (size - 1) // 2
        taken = self._energy[size] - self._energy[0]
        return self._penalty(one) * size + one.cost * self._lateness * taken + late

    def _penalty(self, one: Priced) -> int:
        """Return what a minute weighs besides its energy."""
        return self.never if one.barred else one.penalty * self._span

    def _row(self, used: int, size: int, gap: int) -> list[int]:
        """Return what ``size`` minutes of each slot weigh, the last slot first.

        Args:
            used: How many minutes are charged after them.
            size: How many minutes.
            gap: How many minutes of the slot are left after them.
        """
        key = (0 if self.task.energy is None else used, size, gap)
        if (row := self._rows.get(key)) is None:
            left = self.task.minutes - key[0]
            taken = self._energy[left] - self._energy[left - size]
            pairs = zip(self._costs, self._rest(size, gap), strict=True)
            row = self._rows[key] = [cost * taken + rest for cost, rest in pairs]
        return row

    def _rest(self, size: int, gap: int) -> list[int]:
        """Return what minutes of each slot weigh besides their energy; as `_row`."""
        if (row := self._rests.get((size, gap))) is None:
            late, pace = size * gap + size * (size - 1) // 2, size * self._step
            row = self._rests[size, gap] = [
                penalty * size + late + index * pace
                for index, penalty in enumerate(self._penalties)
            ]
        return row
