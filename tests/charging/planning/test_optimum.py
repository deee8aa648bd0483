"""The planner beside exact solvers, on random instances.

``HYPOTHESIS_PROFILE=nightly`` tries 10 times as many.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, pairwise
import os
from random import Random

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.planning.model import (
    ChargePlan,
    PlanReason,
)
from custom_components.tesla_scout_worker.charging.planning.optimum import (
    best,
    improves,
)
from custom_components.tesla_scout_worker.charging.planning.planner import plan_charge
from custom_components.tesla_scout_worker.charging.planning.weights import Priced, Task

from .exact import Puzzle, by_milp, by_minutes
from .instances import (
    MINUTE,
    Answer,
    Instance,
    expected,
    instances,
    needed,
    puzzle,
    worth_of,
)

MORE = 10 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 1

type Test = Callable[..., None]


def tries(count: int) -> Callable[[Test], Test]:
    """Try so many instances, the same ones in each run unless more are asked for."""
    return settings(
        max_examples=count * MORE,
        deadline=None,
        derandomize=MORE == 1,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def check(instance: Instance) -> tuple[Answer, ChargePlan]:
    """Check a plan against the solver that looks at every minute."""
    answer = expected(instance)
    plan = plan_charge(instance.need, instance.curve, instance.now)
    limits = instance.need.limits
    assert plan.strategy == answer.strategy
    for window in plan.windows:
        assert window.start.second == window.end.second == 0
        assert answer.begin <= window.start < window.end <= instance.need.ready_by
    assert all(one.end < other.start for one, other in pairwise(plan.windows))
    if answer.worth is None:
        assert [(one.start, one.end) for one in plan.windows] == [
            (answer.begin, answer.end)
        ]
        return answer, plan
    assert worth_of(instance, answer, plan) == answer.worth
    block = min(limits.least_block, needed(instance.need) * MINUTE)
    assert all(one.end - one.start >= block for one in plan.windows)
    assert len(plan.windows) <= limits.most_windows
    return answer, plan


@pytest.mark.timeout(600 * MORE)
@tries(1400)
@given(instance=instances(longest=90, steps=(15, 60)))
def test_each_plan_is_the_best(instance: Instance) -> None:
    """Cost, then windows, then lateness are those of the exact answer."""
    check(instance)


@pytest.mark.timeout(600 * MORE)
@tries(300)
@given(instance=instances(longest=75, steps=(5, 10, 30, 13)))
def test_each_plan_is_the_best_in_odd_steps(instance: Instance) -> None:
    """So are they where the costs change at any minute."""
    check(instance)


@pytest.mark.timeout(600 * MORE)
@tries(15)
@given(instance=instances(shortest=480, longest=780, steps=(15, 60)))
def test_each_night_is_the_best(instance: Instance) -> None:
    """So are they over whole nights, of which some are an hour shorter or longer."""
    check(instance)


@pytest.mark.timeout(600 * MORE)
@tries(60)
@given(instance=instances(longest=60, steps=(15, 60)))
def test_an_integer_programme_agrees(instance: Instance) -> None:
    """The exact answer is that of a mixed-integer programme too."""
    answer, plan = check(instance)
    if answer.worth is None:
        return
    end = (answer.end - answer.begin) // MINUTE
    bar = not {PlanReason.PEAK_USED, PlanReason.UNKNOWN_USED} & {*plan.reasons}
    assert by_milp(puzzle(instance, answer.begin, end, bar=bar)) == answer.worth
    if bar and PlanReason.BUFFER_SHRUNK in plan.reasons and end > 1:
        assert by_milp(puzzle(instance, answer.begin, end - 1, bar=True)) is None


@pytest.mark.timeout(600 * MORE)
@tries(150)
@given(instance=instances(longest=90, steps=(15, 60)))
def test_more_windows_would_be_better_where_a_plan_says_so(instance: Instance) -> None:
    """WINDOWS_LIMITED is said where, and only where, that is so."""
    answer, plan = check(instance)
    limited = PlanReason.WINDOWS_LIMITED in plan.reasons
    if answer.worth is None:
        assert not limited
        return
    end = (answer.end - answer.begin) // MINUTE
    bar = not {PlanReason.PEAK_USED, PlanReason.UNKNOWN_USED} & {*plan.reasons}
    whole = puzzle(instance, answer.begin, end, bar=bar)
    many = by_minutes(free(whole))
    assert many is not None
    better = many[:2] < answer.worth[:2]
    if bar and PlanReason.BUFFER_SHRUNK in plan.reasons:
        full = end_of(instance, answer.begin)
        if full > 0:
            early = puzzle(instance, answer.begin, full, bar=True)
            better |= by_minutes(free(early)) is not None
    assert limited == better


def end_of(instance: Instance, begin: datetime) -> int:
    """Return the minutes until the deadline less the whole buffer."""
    need = instance.need
    return (need.ready_by - begin) // MINUTE - need.limits.buffer // MINUTE


def free(whole: Puzzle) -> Puzzle:
    """Return a puzzle with as many windows as can be."""
    return Puzzle(
        costs=whole.costs,
        minutes=whole.minutes,
        windows=whole.minutes // max(1, whole.block),
        block=whole.block,
        penalties=whole.penalties,
    )


@st.composite
def tasks(draw: st.DrawFn) -> tuple[Task, int]:
    """Draw a task of few slots whose energy falls, and how many windows it may have."""
    random = Random(draw(st.integers(0, 1 << 32)))
    step, count = random.choice([4, 5]), random.randint(3, 8)
    odd = random.choice([0, 0, 1, 3])
    kinds = random.choice([(1, 2, 3), (-2, 0, 5, 9), (4, 4, 4, 6)])
    edges = [0, *([odd] if odd else [])]
    edges += [edges[-1] + step * index for index in range(1, count + 1)]
    line = [
        Priced(start, end, random.choice(kinds), barred=random.random() < 0.15)
        for start, end in pairwise(edges)
    ]
    room = sum(one.end - one.start for one in line if not one.barred)
    minutes = random.randint(1, max(1, room * 3 // 4))
    knee = random.randint(0, minutes)
    energy = [0]
    for minute in range(minutes):
        energy.append(energy[-1] + max(20, 100 - 7 * max(0, minute - knee)))
    block = random.choice([0, step, 2 * step])
    task = Task(
        line=line,
        step=step,
        minutes=minutes,
        block=0 if 2 * block > minutes else block,
        energy=energy,
    )
    return task, random.randint(1, 3) if 2 * block <= minutes else 1


@pytest.mark.timeout(600 * MORE)
@tries(500)
@given(drawn=tasks())
def test_with_taper_a_plan_is_the_best_of_slots_and_one_cut(
    drawn: tuple[Task, int],
) -> None:
    """It is as good as every plan of that kind, and none is better than the best."""
    task, windows = drawn
    placed = best(task, windows)
    worths = [
        worth
        for minutes in cut_once(task)
        if (worth := judged(task, minutes, windows)) is not None
    ]
    if placed is None:
        assert not worths
        return
    charged = [at for start, end in placed.windows for at in range(start, end)]
    worth = judged(task, charged, windows)
    assert worth is not None
    assert worth[0] == placed.worth
    line = task.line
    exact = by_minutes(
        Puzzle(
            costs=[
                None if one.barred else one.cost
                for one in line
                for _ in range(one.start, one.end)
            ],
            minutes=task.minutes,
            windows=windows,
            block=task.block,
            energy=[after - before for before, after in pairwise(task.energy or ())],
        )
    )
    assert exact is not None
    assert exact[1:] <= worth
    if worths:
        assert worth <= min(worths)
    if line[0].end - line[0].start == task.step:
        assert worth == min(worths)
    loose = best(task, task.minutes)
    assert loose is not None
    assert improves(task, placed.worth) == (loose.worth < placed.worth)


def cut_once(task: Task) -> Iterator[list[int]]:
    """Yield the minutes of all plans of whole slots but for one cut slot."""
    slots = [(one.start, one.end) for one in task.line if not one.barred]
    for chosen in range(1 << len(slots)):
        whole = [slot for at, slot in enumerate(slots) if chosen >> at & 1]
        minutes = {at for start, end in whole for at in range(start, end)}
        left = task.minutes - len(minutes)
        if left == 0:
            yield sorted(minutes)
        for at, (start, end) in enumerate(slots):
            if not chosen >> at & 1 and 0 < left < end - start:
                yield sorted(minutes | {*range(start, start + left)})
                yield sorted(minutes | {*range(end - left, end)})


def judged(
    task: Task, charged: Sequence[int], most: int
) -> tuple[int, int, int] | None:
    """Return cost, windows and lateness of some minutes; None if they are no plan."""
    costs = {at: one.cost for one in task.line for at in range(one.start, one.end)}
    energy = task.energy or range(task.minutes + 1)
    runs = [
        len([*run])
        for _, run in groupby(enumerate(charged), lambda one: one[1] - one[0])
    ]
    if len(runs) > most or min(runs) < task.block:
        return None
    cost = sum(
        costs[at] * (energy[done + 1] - energy[done]) for done, at in enumerate(charged)
    )
    end = task.line[-1].end
    return cost, len(runs), sum(end - 1 - at for at in charged)
