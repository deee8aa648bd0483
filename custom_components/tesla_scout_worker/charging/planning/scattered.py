"""A quick look at what any number of windows could come to."""

from collections.abc import Sequence

from .weights import Priced, Task


def compared(task: Task, worth: int) -> bool | None:
    """Return whether any number of windows can be worth less; None if it is not clear.

    It is not where the cheapest minutes are worth less, but the cheapest slots are not,
    each in a window of its own.
    """
    allowed = [one for one in task.line if not one.barred]
    if any(one.penalty for one in allowed):
        return None
    if len({one.cost for one in allowed}) == 1:
        return False
    if task.energy is None and _floor(allowed, task.minutes) >= worth:
        return False
    if task.block > task.step:
        return None
    scattered = _scattered(task, allowed)
    return True if scattered is not None and scattered < worth else None


def _floor(allowed: Sequence[Priced], minutes: int) -> int:
    """Return what the cheapest minutes cost."""
    cost, left = 0, minutes
    for one in sorted(allowed, key=lambda one: one.cost):
        taken = min(left, one.end - one.start)
        cost, left = cost + taken * one.cost, left - taken
    return cost


def _scattered(task: Task, allowed: Sequence[Priced]) -> int | None:
    """Return what the cheapest slots cost, and a cut beside them."""
    step = task.step
    slots = sorted(
        (one.cost, at)
        for one in allowed
        for at in range(one.end - step, one.start - 1, -step)
    )
    whole, cut = divmod(task.minutes, step)
    chosen = {at: (cost, step) for cost, at in slots[:whole]}
    if len(chosen) < whole or not chosen:
        return None
    if cut:
        beside = (
            (cost, at)
            for cost, at in slots[whole:]
            if at - step in chosen or at + step in chosen
        )
        if (least := next(beside, None)) is None:
            return None
        chosen[least[1]] = least[0], cut
    worth = done = 0
    energy = task.energy or range(task.minutes + 1)
    for _, (cost, size) in sorted(chosen.items()):
        worth += cost * (energy[done + size] - energy[done])
        done += size
    return worth
