"""The cheapest windows: an exact dynamic programme over slots of equal length.

The model. Charging takes a number of whole minutes in at most some number of windows,
each of at least a block. The k-th minute of charging takes an energy of its own, which
costs what its time costs. Wanted is, in this order: the least penalty (for minutes that
are better avoided), the least cost, the fewest windows, and the latest minutes, that is
the greatest sum of their times.

Why slots suffice. Let every minute take the same energy. Until an edge of a window
meets an edge of the costs, the sum changes evenly with the edges of the windows. So
some optimum is a vertex: of each window one edge is an edge of the costs, and so is
the other, or the window is as long as a block, or, in one window only, its length
follows from the time needed. A slot divides the edges of the costs and the block; so
all edges are edges of slots but one: one window is *cut*, at its start or at its end.
Only the first minute of all need not be the edge of a slot: windows that begin with it
are tried one by one.

Where the power falls (above 80 %) the sum does not change evenly. The plan is then the
best whose edges are edges of slots, but for one cut.

Rows run backwards in time: row[i] speaks of the last i slots. They are counted by the
whole slots charged, and by the minutes of the cut, 0 before there is one; so the energy
that a slot takes is known, as all that is charged after it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import add

from .scattered import compared
from .weights import Task, Weights

type Row = list[int] | None
type Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """The best windows in order, in minutes; ``worth`` is their penalty and cost."""

    windows: tuple[Span, ...]
    worth: int


@dataclass(slots=True)
class _Level:
    """What so many windows weigh: rows by the cut's minutes, then by whole slots.

    ``on`` charges in its earliest slot, ``off`` does not have to.
    """

    on: dict[int, list[Row]] = field(default_factory=dict)
    off: dict[int, list[Row]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class _State:
    """A place in the rows: so many windows, with a cut, whole slots, of the last slots.

    ``start`` is where the earliest window begins, if it is on; None if off. ``bare``
    says that it is nothing but the cut.
    """

    windows: int
    cut: int
    slots: int
    at: int
    start: int | None = None
    bare: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _End:
    """A way to place all: what it weighs, and windows before those of a state."""

    weight: int
    windows: int
    state: _State
    first: tuple[Span, ...] = ()


def best(task: Task, windows: int) -> Placed | None:
    """Return the best of at most so many windows; None if there are none."""
    search = _Search(task)
    levels = [_Level(off={0: [[0] * (search.weights.count + 1)]})]
    ends: list[_End] = []
    for number in range(1, windows + 1):
        levels.append(search.level(levels[-1], last=number == windows))
        ends += search.ends(levels)
    if search.may_gain(levels, ends):
        for number in range(1, windows):
            search.add_odd(levels[number], levels[number - 1])
            ends += search.from_begin(levels[: number + 2], search.odd_cut)
    if not ends:
        return None
    worth = search.weights.worth
    end = min(ends, key=lambda end: (worth(end.weight), end.windows, end.weight))
    return Placed(
        windows=(*end.first, *search.trace(levels, end.state)), worth=worth(end.weight)
    )


def improves(task: Task, worth: int) -> bool:
    """Return whether any number of windows can be worth less than that."""
    if (quick := compared(task, worth)) is not None:
        return quick
    search = _Search(task)
    level = search.level(None)
    levels = [level, level]
    ends = [*search.ends(levels)]
    if search.may_gain(levels[:1], ends):
        search.add_odd(level, level)
        ends += search.from_begin(levels, search.odd_cut)
    return any(search.weights.worth(end.weight) < worth for end in ends)


class _Search:
    """The dynamic programme of one task."""

    def __init__(self, task: Task) -> None:
        """Find which cuts there can be."""
        self.weights = Weights(task)
        self._task = task
        self._most = task.minutes // task.step
        # A block of one minute is none: every window has one.
        self._bare = task.block <= 1
        self._block = 1 if self._bare else task.block // task.step
        # What is cut once all is charged, and before the odd minutes are.
        self._target = task.minutes % task.step
        self.odd_cut = (task.minutes - self.weights.odd) % task.step
        self._head = self.weights.head() if self.weights.odd else []

    def level(self, before: _Level | None, *, last: bool = False) -> _Level:
        """Return what one more window than ``before`` weighs; None: any number.

        Of the last level only those rows are full that a level's end needs.
        """
        cut = self._target
        level = _Level(on={cut: [], 0: []}, off={cut: [], 0: []})
        before = before or level
        for slots in range(self._most + 1):
            part = last and slots < self._most
            young = self._young(_row(before.off, 0, slots - self._block), slots, 0)
            on = self._charge(level, young, slots, 0)
            level.on[0].append(on)
            level.off[0].append(None if part else _settle(on, self.weights.never))
            if before is level and slots == 0:
                level.off[0][0] = [0] * (self.weights.count + 1)
            if cut:
                self._add_cut(level, before, slots, cut, part=part)
        return level

    def may_gain(self, levels: list[_Level], ends: Sequence[_End]) -> bool:
        """Return whether windows from the first minute on could be better still.

        They need rows of their own where the odd minutes leave another cut. Without
        that cut the others weigh no less than whole slots do.
        """
        if not self._head or self.odd_cut in {0, self._target}:
            return False
        floor = self.weights.floor(self.odd_cut)
        if not ends or floor is None:
            return True
        least = min(self.weights.worth(end.weight) for end in ends)
        return any(
            self.weights.worth(weight + floor) <= least
            for level in levels
            for _, _, weight in self._heads(level, self.odd_cut, 0)
        )

    def add_odd(self, level: _Level, before: _Level) -> None:
        """Add the rows of the cut that the odd minutes leave."""
        cut = self.odd_cut
        level.on[cut], level.off[cut] = [], []
        for slots in range((self._task.minutes - cut) // self._task.step + 1):
            self._add_cut(level, before, slots, cut, part=False)

    def _add_cut(
        self, level: _Level, before: _Level, slots: int, cut: int, *, part: bool
    ) -> None:
        """Add the rows of so many whole slots besides a cut."""
        begun, never = slots - self._block, self.weights.never
        opened, row = _row(before.off, cut, begun), _row(before.off, 0, begun)
        if row is not None:
            opened = _lower(opened, row, self.weights.tail(begun, cut), never)
        on = self._charge(level, self._young(opened, slots, cut), slots, cut)
        level.on[cut].append(on)
        if part:
            level.off[cut].append(None)
            return
        row, lead = _row(level.on, 0, slots), self.weights.lead(slots, cut)
        led = on if row is None else _lower(on, row, lead, never)
        if self._bare and (row := _row(before.off, 0, slots)):
            led = _lower(led, row, lead, never)
        level.off[cut].append(_settle(led, never))

    def _young(self, opened: Row, slots: int, cut: int) -> Row:
        """Return the rows of new windows that lack one slot of a block."""
        more = self._block - 1
        if opened is None or not more:
            return opened
        block = self.weights.block(slots - 1, cut, more)
        return [self.weights.never] * more + [*map(add, opened, block, strict=False)]

    def _charge(self, level: _Level, young: Row, slots: int, cut: int) -> Row:
        """Return the row that charges one slot more, in an old window or a new one."""
        going, never = _row(level.on, cut, slots - 1), self.weights.never
        if going is None:
            going, young = young, None
        if going is None:
            return None
        weights = self.weights.slot(slots, cut)
        if young is None:
            return [never, *map(add, going, weights, strict=False)]
        rows = zip(going, young, weights, strict=False)
        return [never, *[(x if x < y else y) + w for x, y, w in rows]]  # noqa: FURB136

    def ends(self, levels: list[_Level]) -> Iterator[_End]:
        """Yield the ways to place all with as many windows as there are levels."""
        windows, weights = len(levels) - 1, self.weights
        cut, slots, top = self._target, self._most, weights.count
        state = _State(windows=windows, cut=cut, slots=slots, at=top)
        if row := _row(levels[-1].off, cut, slots):
            yield from self._end(row[top], state)
        if weights.odd:
            for other in {0, cut}:
                yield from self.from_begin(levels, other)
        if not 0 < cut <= weights.odd:
            return
        start, lead = weights.first - cut, weights.odd_lead(cut)
        state = replace(state, cut=0)
        if row := _row(levels[-1].on, 0, slots):
            yield from self._end(row[top] + lead, replace(state, start=start))
        if self._bare and (row := _row(levels[-2].off, 0, slots)):
            state = replace(state, windows=windows - 1)
            yield from self._end(row[top] + lead, state, (start, weights.first))

    def _end(self, weight: int, state: _State, *first: Span) -> Iterator[_End]:
        """Yield an end if it can be reached."""
        if weight < self.weights.never // 2:
            windows = state.windows + len(first)
            yield _End(weight=weight, windows=windows, state=state, first=first)

    def from_begin(self, levels: list[_Level], cut: int) -> Iterator[_End]:
        """Yield the ways that begin with the first minute of all, the others cut so."""
        begin, step = self.weights.begin, self._task.step
        for slots, length, weight in self._heads(levels[-2], cut, cut):
            first = (begin, begin + length)
            at = (self.weights.end - first[1]) // step
            state = _State(windows=len(levels) - 2, cut=cut, slots=slots, at=at)
            yield from self._end(weight, state, first)
            if cut:
                yield from self._same_slot(levels, self._head[length], state, first)

    def _heads(
        self, level: _Level, cut: int, known: int
    ) -> Iterator[tuple[int, int, int]]:
        """Yield the slots of the others, the first window's length, and both's weight.

        Args:
            level: The others.
            cut: Their cut.
            known: The cut of the rows to look in.
        """
        step, until = self._task.step, self.weights.end - self.weights.begin
        for slots, row in enumerate(level.off.get(known, ())):
            length = self._task.minutes - cut - slots * step
            if row is None or not max(1, self._task.block) <= length < len(self._head):
                continue
            yield slots, length, self._head[length] + row[(until - length) // step]

    def _same_slot(
        self, levels: list[_Level], head: int, state: _State, first: Span
    ) -> Iterator[_End]:
        """Yield the ways whose second window begins in the slot where the first ends.

        Its start is the cut then, and the first window is as long as a block.
        """
        start = self.weights.boundary(state.at) - state.cut
        on = _row(levels[-2].on, 0, state.slots)
        if on is None or start < first[1] or state.at >= self.weights.count:
            return
        lead = self.weights.lead(state.slots, state.cut)[state.at]
        state = replace(state, cut=0, start=start)
        yield from self._end(head + on[state.at] + lead, state, first)

    def trace(self, levels: list[_Level], state: _State) -> list[Span]:
        """Return the windows that led to a state, in order."""
        found: list[Span] = []
        while state.windows:
            if state.start is None:
                state = self._begun(levels, state)
            span, state = self._over(levels, state)
            found.append(span)
        return found

    def _begun(self, levels: list[_Level], state: _State) -> _State:
        """Return the state that an off state comes from: its earliest window begins."""
        level, cut, at = levels[state.windows], state.cut, state.at
        row = level.off[cut][state.slots]
        assert row is not None
        while at and row[at - 1] == row[state.at]:
            at -= 1
        on = level.on[cut][state.slots]
        if on is not None and on[at] == row[at]:
            return replace(state, at=at, start=self.weights.boundary(at))
        start = self.weights.boundary(at - 1) - cut
        led = replace(state, at=at - 1, cut=0, start=start)
        lead = self.weights.lead(state.slots, cut)[at - 1]
        on = level.on[0][state.slots]
        if on is not None and on[at - 1] + lead == row[at]:
            return led
        return replace(led, bare=True)

    def _over(self, levels: list[_Level], state: _State) -> tuple[Span, _State]:
        """Return the earliest window of an on state, and the off state after it."""
        assert state.start is not None
        cut, slots, at = state.cut, state.slots, state.at
        level, before = levels[state.windows], levels[state.windows - 1]
        after = replace(state, windows=state.windows - 1, start=None, bare=False)
        if state.bare:
            return (state.start, self.weights.boundary(at)), after
        while True:
            row, going = level.on[cut][slots], _row(level.on, cut, slots - 1)
            assert row is not None
            weight = row[at]
            if going is None:
                break
            if going[at - 1] + self.weights.slot(slots, cut)[at - 1] != weight:
                break
            slots, at = slots - 1, at - 1
        begun, last = slots - self._block, at - self._block
        weight -= self.weights.block(slots, cut, self._block)[last]
        end = self.weights.boundary(last)
        after = replace(after, slots=begun, at=last)
        opened = _row(before.off, cut, begun)
        if opened is not None and opened[last] == weight:
            return (state.start, end), after
        return (state.start, end + cut), replace(after, cut=0, at=last - 1)


def _row(rows: dict[int, list[Row]], cut: int, slots: int) -> Row:
    """Return a row; None where nothing is reached."""
    found = rows.get(cut, ())
    return found[slots] if 0 <= slots < len(found) else None


# A call of min takes longer than all the rest of these loops.


def _lower(one: Row, other: list[int], weights: list[int], never: int) -> list[int]:
    """Return the lesser of a row and of another that is charged one slot more."""
    if one is None:
        return [never, *map(add, other, weights, strict=False)]
    rows = zip(one[1:], other, weights, strict=False)
    return [one[0], *[x if x < (z := y + w) else z for x, y, w in rows]]


def _settle(row: Row, least: int) -> Row:
    """Return the least so far: the earliest slots need not be charged in."""
    if row is None:
        return None
    return [least := x if x < least else least for x in row]  # noqa: FURB136
