"""The least cost of a night, minute by minute, without any of the planner's thoughts.

A dynamic programme over how many minutes were idle and how many were charged. While a
window runs the idle ones stay as they are; so what a window costs is the difference of
two sums along one line, and the least of all its starts is a running least.
"""

from collections.abc import Sequence

import numpy as np


def least_cost(
    prices: Sequence[float], amounts: Sequence[float], windows: int, block: int
) -> float:
    """Return the least that charging can cost; infinite if it is not possible.

    Args:
        prices: The price of each minute; infinite where charging is barred.
        amounts: What the k-th minute of charging takes, in kWh.
        windows: How many windows there may be.
        block: How many minutes each must have, or all if those are fewer.
    """
    minutes = len(amounts)
    block = max(1, min(block, minutes))
    each, taken = np.asarray(prices, float), np.asarray(amounts, float)
    barred = ~np.isfinite(each)
    # So dear that it is never worth it, and still a number to add and take away.
    dear = 1e6 * (1 + float(np.abs(each[~barred]).max(initial=0)))
    each = np.where(barred, dear, each)
    done = np.full((windows + 1, minutes + 1), np.inf)
    done[0, 0] = 0.0
    sums = np.zeros(minutes + 1)
    for idle in range(len(each) - minutes + 1):
        np.cumsum(each[idle : idle + minutes] * taken, out=sums[1:])
        begun = np.minimum.accumulate(done - sums, axis=1)
        ended = begun[:-1, : minutes + 1 - block] + sums[block:]
        np.minimum(done[1:, block:], ended, out=done[1:, block:])
    least = float(done[:, minutes].min())
    return least if least < dear * float(taken.min()) / 2 else np.inf
