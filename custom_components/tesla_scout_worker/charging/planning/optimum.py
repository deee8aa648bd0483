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

Where the power falls (above 80 %) the sum does not change evenly. What is found here is
then the best whose edges are edges of slots, but for one cut; `fine` goes on from it.

Rows run backwards in time. They are counted by the whole slots charged, and by the
minutes of the cut, 0 before there is one; row[i] speaks of the last slots of all, i of
which are idle. So the energy that a slot takes is known, as all that is charged after
it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from heapq import nsmallest
from operator import add

from .rows import Row, charge, charge_lower, lower, row_at, settle, settle_lower
from .scattered import compared
from .weights import Task, Weights

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
    """A place in the rows: so many windows, their cut, whole slots, and idle ones.

    ``start`` is where the earliest window begins, if it is on; None if off. ``bare``
    says that it is nothing but the cut.
    """

    windows: int
    cut: int
    slots: int
    idle: int
    start: int | None = None
    bare: bool = False

    @property
    def at(self) -> int:
        """How many slots there are, idle and charged, from the earliest on."""
        return self.slots + self.idle + bool(self.cut)


@dataclass(frozen=True, kw_only=True, slots=True)
class _End:
    """A way to place all: what it weighs, and windows before those of a state."""

    weight: int
    windows: int
    state: _State
    first: tuple[Span, ...] = ()


def best(task: Task, windows: int) -> Placed | None:
    """Return the best of at most so many windows; None if there are none."""
    search = _Search(Weights(task))
    levels, ends = search.all_ends(windows)
    if not ends:
        return None
    worth = search.weights.worth
    end = min(ends, key=lambda end: (worth(end.weight), end.windows, end.weight))
    return Placed(windows=search.placed(levels, end), worth=worth(end.weight))


def several(
    weights: Weights, windows: int, *, more: int, near: int
) -> list[tuple[Span, ...]]:
    """Return good windows of at most that number, different ones; some may touch.

    Those are the best of each number of windows, and so many ``more`` of the best by
    the slot in which they begin, of all those that are worth at most ``near`` above the
    best.
    """
    search = _Search(weights)
    levels, ends = search.all_ends(windows)
    least: dict[int, _End] = {}
    for end in ends:
        if end.weight <= least.setdefault(end.windows, end).weight:
            least[end.windows] = end
    if not least:
        return []
    most = min(end.weight for end in least.values()) + weights.weight(near)
    return [
        search.placed(levels, end)
        for end in (*least.values(), *search.begun_ends(levels, more))
        if end.weight <= most
    ]


def improves(task: Task, worth: int) -> bool:
    """Return whether any number of windows can be worth less than that."""
    if (quick := compared(task, worth)) is not None:
        return quick
    search = _Search(Weights(task))
    level = search.level(None)
    levels = [level, level]
    ends = [*search.ends(levels)]
    if search.may_gain(levels[:1], ends):
        search.add_odd(level, level)
        ends += search.from_begin(levels, search.odd_cut)
    return any(search.weights.worth(end.weight) < worth for end in ends)


class _Search:
    """The dynamic programme of one task."""

    def __init__(self, weights: Weights) -> None:
        """Find which cuts there can be."""
        self.weights = weights
        self._task = task = weights.task
        self._most = task.minutes // task.step
        # A block of one minute is none: every window has one.
        self._bare = task.block <= 1
        self._block = 1 if self._bare else task.block // task.step
        # What is cut once all is charged, and before the odd minutes are.
        self._target = task.minutes % task.step
        self.odd_cut = (task.minutes - self.weights.odd) % task.step
        self._head = self.weights.head() if self.weights.odd else []
        self._spare = self.weights.end - self.weights.begin - task.minutes
        # More slots than these cannot be idle.
        self.nothing = [0] * (self._spare // task.step + 2)

    def all_ends(self, windows: int) -> tuple[list[_Level], list[_End]]:
        """Return the rows of up to so many windows, and the ways to place all."""
        levels = [_Level(off={0: [self.nothing]})]
        ends: list[_End] = []
        for number in range(1, windows + 1):
            levels.append(self.level(levels[-1], last=number == windows))
            ends += self.ends(levels)
        if self.may_gain(levels, ends):
            for number in range(1, windows):
                self.add_odd(levels[number], levels[number - 1])
                ends += self.from_begin(levels[: number + 2], self.odd_cut)
        return levels, ends

    def begun_ends(self, levels: list[_Level], count: int) -> Iterator[_End]:
        """Yield the best so many ways of those that begin in different slots."""
        weights, cut, slots = self.weights, self._target, self._most
        places = weights.count - slots + 1 - bool(cut)
        found: list[tuple[int, int, int, int]] = []
        for number, level in enumerate(levels):
            if row := row_at(level.on, cut, slots):
                found += [(w, number, at, 0) for at, w in enumerate(row[:places])]
            if cut and (row := row_at(level.on, 0, slots)):
                leads = weights.lead(slots, cut)[slots:]
                rows = zip(row[:places], leads, strict=False)
                found += [(w + x, number, at, cut) for at, (w, x) in enumerate(rows)]
        for weight, number, idle, led in nsmallest(count, found):
            state = _State(windows=number, cut=cut - led, slots=slots, idle=idle)
            state = replace(state, start=weights.boundary(state.at) - led)
            if weight < weights.never // 2:
                yield _End(weight=weight, windows=number, state=state)

    def placed(self, levels: list[_Level], end: _End) -> tuple[Span, ...]:
        """Return the windows of an end, in order."""
        return (*end.first, *self.trace(levels, end.state))

    def level(self, before: _Level | None, *, last: bool = False) -> _Level:
        """Return what one more window than ``before`` weighs; None: any number.

        Of the last level only those rows are full that a level's end needs.
        """
        cut = self._target
        level = _Level(on={cut: [], 0: []}, off={cut: [], 0: []})
        before = before or level
        for slots in range(self._most + 1):
            part = last and slots < self._most
            young = self._young(row_at(before.off, 0, slots - self._block), slots, 0)
            on = self._charge(level, young, slots, 0)
            level.on[0].append(on)
            level.off[0].append(None if part else settle(on, self.weights.never))
            if before is level and slots == 0:
                level.off[0][0] = self.nothing
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
        worth = self.weights.worth
        least = min(worth(end.weight) for end in ends)
        idle = (self._spare + self.odd_cut) // self._task.step
        return any(
            worth(self._head[length] + row[idle] + floor) <= least
            for level in levels
            for slots, length in self._lengths(level, self.odd_cut)
            if (row := row_at(level.off, 0, slots)) and idle < len(row)
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
        begun, weights = slots - self._block, self.weights
        opened, row = row_at(before.off, cut, begun), row_at(before.off, 0, begun)
        going = row_at(level.on, cut, slots - 1)
        if row is None:
            on = self._charge(level, self._young(opened, slots, cut), slots, cut)
        else:
            tail = weights.tail(begun, cut)[begun:]
            if self._block == 1 and going and opened:
                slot = weights.slot(slots, cut)[slots:]
                on = charge_lower(going, opened, row, tail, slot)
            else:
                opened = self._young(lower(opened, row, tail), slots, cut)
                on = self._charge(level, opened, slots, cut)
        level.on[cut].append(on)
        if part:
            level.off[cut].append(None)
            return
        row, lead = row_at(level.on, 0, slots), weights.lead(slots, cut)[slots:]
        if self._bare and (bare := row_at(before.off, 0, slots)):
            on = lower(on, bare, lead)
        if row is None:
            level.off[cut].append(settle(on, weights.never))
            return
        # As many slots that are charged in without a cut can be with one, too.
        assert on is not None
        level.off[cut].append(settle_lower(on, row, lead, weights.never))

    def _young(self, opened: Row, slots: int, cut: int) -> Row:
        """Return the rows of new windows that lack one slot of a block."""
        more = self._block - 1
        if opened is None or not more:
            return opened
        block = self.weights.block(slots - 1, cut, more)
        return [*map(add, opened, block[slots - 1 - more + bool(cut) :], strict=False)]

    def _charge(self, level: _Level, young: Row, slots: int, cut: int) -> Row:
        """Return the row that charges one slot more, in an old window or a new one."""
        going = row_at(level.on, cut, slots - 1)
        if going is None:
            going, young = young, None
        if going is None:
            return None
        return charge(
            going, young, self.weights.slot(slots, cut)[slots - 1 + bool(cut) :]
        )

    def ends(self, levels: list[_Level]) -> Iterator[_End]:
        """Yield the ways to place all with as many windows as there are levels."""
        weights, cut, slots = self.weights, self._target, self._most
        idle = weights.count - slots
        state = _State(windows=len(levels) - 1, cut=cut, slots=slots, idle=idle)
        last = replace(state, idle=idle - bool(cut))
        yield from self._end(row_at(levels[-1].off, cut, slots), 0, last)
        if weights.odd:
            for other in {0, cut}:
                yield from self.from_begin(levels, other)
        if not 0 < cut <= weights.odd:
            return
        start, lead = weights.first - cut, weights.odd_lead(cut)
        state = replace(state, cut=0, start=start)
        yield from self._end(row_at(levels[-1].on, 0, slots), lead, state)
        if self._bare:
            state = replace(state, windows=state.windows - 1, start=None)
            row = row_at(levels[-2].off, 0, slots)
            yield from self._end(row, lead, state, (start, weights.first))

    def _end(self, row: Row, more: int, state: _State, *first: Span) -> Iterator[_End]:
        """Yield an end, which weighs so much more than a row says, if there is one."""
        if row is None or not 0 <= state.idle < len(row):
            return
        if (weight := row[state.idle] + more) < self.weights.never // 2:
            windows = state.windows + len(first)
            yield _End(weight=weight, windows=windows, state=state, first=first)

    def from_begin(self, levels: list[_Level], cut: int) -> Iterator[_End]:
        """Yield the ways that begin with the first minute of all, the others cut so."""
        begin, before = self.weights.begin, levels[-2]
        idle = (self._spare + cut) // self._task.step - bool(cut)
        for slots, length in self._lengths(before, cut):
            first, head = (begin, begin + length), self._head[length]
            state = _State(windows=len(levels) - 2, cut=cut, slots=slots, idle=idle)
            yield from self._end(row_at(before.off, cut, slots), head, state, first)
            # The second window may begin in the slot where the first ends: its start
            # is the cut then, and the first is as long as a block.
            start = self.weights.boundary(state.at) - cut
            if cut and first[1] <= start and state.at < self.weights.count:
                head += self.weights.lead(slots, cut)[state.at]
                state = replace(state, cut=0, idle=idle + 1, start=start)
                yield from self._end(row_at(before.on, 0, slots), head, state, first)

    def _lengths(self, others: _Level, cut: int) -> Iterator[tuple[int, int]]:
        """Yield how many slots the others may charge, and the first window's length."""
        least = max(1, self._task.block)
        for slots in range(len(others.off[0])):
            length = self._task.minutes - cut - slots * self._task.step
            if least <= length < len(self._head):
                yield slots, length

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
        level, cut, slots = levels[state.windows], state.cut, state.slots
        row, idle = level.off[cut][slots], state.idle
        assert row is not None
        while idle and row[idle - 1] == row[state.idle]:
            idle -= 1
        state = replace(state, idle=idle)
        if (on := level.on[cut][slots]) is not None and on[idle] == row[idle]:
            return replace(state, start=self.weights.boundary(state.at))
        state = replace(state, cut=0)
        state = replace(state, start=self.weights.boundary(state.at) - cut)
        lead = self.weights.lead(slots, cut)[state.at]
        if (on := level.on[0][slots]) is not None and on[idle] + lead == row[idle]:
            return state
        return replace(state, bare=True)

    def _over(self, levels: list[_Level], state: _State) -> tuple[Span, _State]:
        """Return the earliest window of an on state, and the off state after it."""
        assert state.start is not None
        cut, idle, weights = state.cut, state.idle, self.weights
        level, before = levels[state.windows], levels[state.windows - 1]
        after = replace(state, windows=state.windows - 1, start=None, bare=False)
        if state.bare:
            return (state.start, weights.boundary(state.at)), after
        slots, filled = state.slots, idle + bool(cut) - 1
        while True:
            row, going = level.on[cut][slots], row_at(level.on, cut, slots - 1)
            assert row is not None
            slot = weights.slot(slots, cut)[filled + slots]
            if going is None or going[idle] + slot != row[idle]:
                break
            slots -= 1
        block = weights.block(slots, cut, self._block)
        after = replace(after, slots=slots - self._block)
        weight = row[idle] - block[after.at]
        end = weights.boundary(after.at)
        opened = row_at(before.off, cut, after.slots)
        if opened is not None and opened[idle] == weight:
            return (state.start, end), after
        return (state.start, end + cut), replace(after, cut=0)
