"""What the best plan is, minute by minute and without any of the planner's thoughts.

Two ways: a mixed-integer programme, and a dynamic programme over every minute, which is
as exact, quick enough for thousands of instances, and knows the taper.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

_NEVER = 1 << 60


@dataclass(frozen=True, kw_only=True)
class Puzzle:
    """Minutes to charge in.

    Attributes:
        costs: The cost of each minute; None where charging is barred.
        minutes: How many to charge.
        windows: At most how many windows.
        block: The shortest window.
        penalties: What each minute adds to what is kept least before the cost.
        energy: What the k-th minute takes, if they differ.
    """

    costs: Sequence[int | None]
    minutes: int
    windows: int
    block: int
    penalties: Sequence[int] = ()
    energy: Sequence[int] = field(default=())


type Worth = tuple[int, int, int, int]
"""Penalty, cost, number of windows, and lateness: minutes left after each minute."""


def by_milp(puzzle: Puzzle) -> Worth | None:
    """Return the worth of the best plan, each part least under those before it."""
    count, block = len(puzzle.costs), max(1, puzzle.block)
    zeros = np.zeros(count)
    penalties = np.array(puzzle.penalties or [0] * count, float)
    goals = [
        np.concatenate([penalties, zeros]),
        np.concatenate([np.array([cost or 0 for cost in puzzle.costs], float), zeros]),
        np.concatenate([zeros, np.ones(count)]),
        np.concatenate([np.arange(count - 1, -1, -1, dtype=float), zeros]),
    ]
    eye = csr_array(np.eye(count))
    before = csr_array(np.eye(count, k=-1))
    recent = csr_array(np.tri(count) - np.tri(count, k=-block))
    one = csr_array(np.ones((1, count)))
    none = csr_array((1, count))
    constraints = [
        # A minute charges only if the one before it does or a window starts.
        LinearConstraint(_beside(eye - before, -eye), -np.inf, 0),
        # For a block after its start a window goes on.
        LinearConstraint(_beside(-eye, recent), -np.inf, 0),
        LinearConstraint(_beside(one, none), puzzle.minutes, puzzle.minutes),
        LinearConstraint(_beside(none, one), 0, puzzle.windows),
    ]
    upper = np.ones(2 * count)
    upper[:count] = [cost is not None for cost in puzzle.costs]
    upper[2 * count - block + 1 :] = 0
    worth = []
    for goal in goals:
        found: Any = milp(
            goal,
            constraints=constraints,
            bounds=Bounds(np.zeros(2 * count), upper),
            integrality=np.ones(2 * count),
            options={"mip_rel_gap": 0},
        )
        if not found.success:
            return None
        worth.append(round(found.fun))
        constraints.append(LinearConstraint(goal[None], worth[-1], worth[-1]))
    return tuple(worth)


def _beside(left: csr_array, right: csr_array) -> csr_array:
    """Return two blocks of a matrix side by side."""
    return csr_array(vstack([left.T, right.T]).T)


def by_minutes(puzzle: Puzzle) -> Worth | None:
    """Return the same from a dynamic programme over every minute."""
    count, need, block = len(puzzle.costs), puzzle.minutes, max(1, puzzle.block)
    energy = np.array([0, *(puzzle.energy or [1] * need)], np.int64)
    penalties = puzzle.penalties or [0] * count
    late = need * count + 1
    span = 2 * max(abs(cost or 0) for cost in puzzle.costs) * int(energy.sum()) + 1
    assert (max(penalties) * need + 1) * span * late < _NEVER // 8
    off = np.full((puzzle.windows + 1, need + 1), _NEVER)
    off[0, 0] = 0
    on = np.full_like(off, _NEVER)
    history = [off]
    weights: list[np.ndarray] = []
    for at, cost in enumerate(puzzle.costs):
        if cost is None:
            weight = np.full(need + 1, _NEVER)
        else:
            weight = (cost * energy + penalties[at] * span) * late + count - 1 - at
        weights.append(weight)
        on = np.minimum(on, _NEVER)
        on[:, 1:] = np.minimum(on[:, :-1] + weight[1:], _NEVER)
        on[:, 0] = _NEVER
        if at + 1 >= block:
            opened = history[at + 1 - block]
            for one in weights[at + 1 - block :]:
                moved = np.full_like(opened, _NEVER)
                moved[:, 1:] = np.minimum(opened[:, :-1] + one[1:], _NEVER)
                opened = moved
            on[1:] = np.minimum(on[1:], opened[:-1])
        off = np.minimum(off, on)
        history.append(off)
    found = [
        (int(value) // late, windows, int(value) % late)
        for windows, value in enumerate(off[:, need])
        if value < _NEVER // 2
    ]
    if not found:
        return None
    worth, windows, lateness = min(found)
    penalty = (worth + span // 2) // span
    return penalty, worth - penalty * span, windows, lateness
