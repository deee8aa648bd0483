"""The solver beside trying all choices of slots."""

from collections.abc import Iterator
from itertools import combinations, pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.planning.solver import (
    Solver,
    Span,
    Task,
)


def choices(task: Task) -> Iterator[list[Span]]:
    """Yield the windows of each choice of slots that a task allows."""
    for chosen in combinations(range(len(task.fixed)), task.wanted):
        cuts = [
            at
            for at, (item, other) in enumerate(pairwise(chosen), 1)
            if other > item + 1
        ]
        edges = [0, *cuts, len(chosen)]
        windows = [
            (chosen[first], chosen[last - 1] + 1) for first, last in pairwise(edges)
        ]
        shortest = min(end - start for start, end in windows)
        if len(windows) <= task.most and shortest >= task.block:
            yield windows


def weight(task: Task, windows: list[Span]) -> int:
    """Return what windows weigh, slot by slot."""
    slots = [slot for start, end in windows for slot in range(start, end)]
    return sum(
        task.fixed[slot] + task.prices[slot] * task.amounts[count]
        for count, slot in enumerate(slots)
    )


def lateness(windows: list[Span]) -> int:
    """Return the sum of the indices of the slots in windows."""
    return sum(sum(range(start, end)) for start, end in windows)


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    """Return a small task: prices below zero, penalties, falling power, ties."""
    slots = draw(st.integers(1, 11))
    wanted = draw(st.integers(1, min(slots, 7)))
    full = draw(st.integers(0, wanted))
    return Task(
        fixed=draw(
            st.lists(st.sampled_from([0, 0, 100]), min_size=slots, max_size=slots)
        ),
        prices=draw(st.lists(st.integers(-3, 5), min_size=slots, max_size=slots)),
        amounts=[6] * full + [5 - at // 2 for at in range(wanted - full)],
        wanted=wanted,
        block=draw(st.integers(1, wanted)),
        most=draw(st.integers(1, 4)),
    )


@given(task=tasks())
def test_each_number_of_windows_is_the_best_of_all_choices(task: Task) -> None:
    """Least in weight, then latest; a number that does not fit is absent."""
    best: dict[int, tuple[int, int]] = {}
    for windows in choices(task):
        found = weight(task, windows), -lateness(windows)
        best[len(windows)] = min(found, best.get(len(windows), found))
    solver = Solver(task)
    assert solver.weights == {count: least for count, (least, _) in best.items()}
    for count in solver.weights:
        windows = solver.windows(count)
        assert windows in [*choices(task)]
        assert len(windows) == count
        assert (weight(task, windows), -lateness(windows)) == best[count]
        assert task.weight(windows) == weight(task, windows)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [([5, 5, 5], [(0, 1), (3, 5)]), ([5, 4, 1], [(3, 5), (6, 7)])],
)
def test_what_is_charged_last_may_be_dear_where_the_power_falls(
    amounts: list[int], expected: list[Span]
) -> None:
    """A dear slot is worth it where the battery takes little."""
    task = Task(
        fixed=[0] * 7,
        prices=[3, 9, 9, 1, 1, 9, 4],
        amounts=amounts,
        wanted=3,
        block=1,
        most=2,
    )
    assert Solver(task).windows(2) == expected


def test_weights_beyond_any_float_are_exact() -> None:
    """A penalty that outweighs all costs loses none of them."""
    huge = 10**40
    task = Task(
        fixed=[huge, huge, 0, huge],
        prices=[3, 2, 9, 2],
        amounts=[1, 1],
        wanted=2,
        block=1,
        most=2,
    )
    assert Solver(task).windows(1) == [(2, 4)]
    assert Solver(task).weights == {1: huge + 11, 2: huge + 12}
