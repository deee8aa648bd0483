"""Rows of the dynamic programme, put together in as few passes as can be.

A call of min for each number would take longer than all the rest.
"""

from operator import add

type Row = list[int] | None


def row_at(rows: dict[int, list[Row]], cut: int, slots: int) -> Row:
    """Return a row; None where nothing is reached."""
    found = rows.get(cut, ())
    return found[slots] if 0 <= slots < len(found) else None


def lower(one: Row, other: list[int], weights: list[int]) -> list[int]:
    """Return the lesser of a row and of another that is charged more."""
    if one is None:
        return [*map(add, other, weights, strict=False)]
    rows = zip(one, other, weights, strict=False)
    return [x if x < (z := y + w) else z for x, y, w in rows]


def charge(one: list[int], other: Row, weights: list[int]) -> list[int]:
    """Return the lesser of two rows, charged more."""
    if other is None:
        return [*map(add, one, weights, strict=False)]
    rows = zip(one, other, weights, strict=False)
    return [(x if x < y else y) + w for x, y, w in rows]  # noqa: FURB136


def charge_lower(
    one: list[int],
    two: list[int],
    three: list[int],
    more: list[int],
    weights: list[int],
) -> list[int]:
    """Return the lesser of two rows, and of a third charged ``more``, all charged."""
    return [
        (x if x < (v := y if y < (u := z + m) else u) else v) + w
        for x, y, z, m, w in zip(one, two, three, more, weights, strict=False)
    ]


def settle(row: Row, least: int) -> Row:
    """Return the least so far: the earliest slots need not be charged in."""
    if row is None:
        return None
    return [least := x if x < least else least for x in row]  # noqa: FURB136


def settle_lower(
    one: list[int], other: list[int], weights: list[int], least: int
) -> list[int]:
    """Return what `settle` makes of `lower`."""
    rows = zip(one, other, weights, strict=False)
    return [
        least := v if (v := x if x < (z := y + w) else z) < least else least
        for x, y, w in rows
    ]
