"""Several lists of prices in an answer: which of them are one series, and which not.

Lists whose times do not overlap are days of one series and are joined. Of lists that
overlap the fullest counts; a list of the best hours loses against that of all hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from .overlay import overlay
from .price_rows import RawPrice
from .price_times import spans
from .price_words import GUESSES, LESSER, is_list_name, stem, words_of

_NOTHING: Final = timedelta(0)

type Piece = tuple[datetime, datetime, RawPrice]


class LeftOutReason(StrEnum):
    """Why a list or a column is not used."""

    # Other prices for the same hours, such as those of another area.
    OTHER_SERIES = "other_series"
    # Its prices are in the list that is used.
    CONTAINED = "contained"
    # Other numbers in the same rows.
    OTHER_COLUMN = "other_column"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """A list or a column of an answer that is not used, by its name."""

    name: str
    count: int
    reason: LeftOutReason


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A list of prices in an answer, and the names that lead to it."""

    path: tuple[object, ...]
    prices: tuple[RawPrice, ...]
    others: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The names that lead to the list, as one text."""
        return " / ".join(map(str, self.path))

    @property
    def stems(self) -> frozenset[tuple[str, ...]]:
        """The names without the words for days."""
        return frozenset(map(stem, self.path))

    @property
    def is_guess(self) -> bool:
        """Whether the list is named a forecast."""
        return any(not GUESSES.isdisjoint(words_of(name)) for name in self.path)

    @property
    def is_lesser(self) -> bool:
        """Whether the list is named as a part of the price, or as one for selling."""
        return any(not LESSER.isdisjoint(words_of(name)) for name in self.path)

    def is_of(self, area: str) -> bool:
        """Return whether one of the names is an area, in any case."""
        return area.lower() in {str(name).lower() for name in self.path}


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """The lists of one series.

    Attributes:
        lists: Those that are used.
        guesses: The forecasts beside them.
        left_out: All others.
    """

    lists: tuple[Candidate, ...] = ()
    guesses: tuple[Candidate, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def choose(candidates: Sequence[Candidate], area: str | None, zone: tzinfo) -> Chosen:
    """Return the lists of one series.

    Prices of another area are never used instead of those of the area that is asked for.
    """
    offered = candidates
    if area is not None:
        offered = [item for item in candidates if item.is_of(area)] or [
            item for item in candidates if all(map(is_list_name, item.path))
        ]
    others = [
        _left_out(item, LeftOutReason.OTHER_SERIES)
        for item in candidates
        if item not in offered
    ]
    known = [item for item in offered if not item.is_guess]
    guesses = [item for item in offered if item.is_guess] if known else []
    lists, rejected = _series(known or offered, zone)
    more, _ = _series(guesses, zone)
    columns = (
        LeftOut(name=name, count=len(item.prices), reason=LeftOutReason.OTHER_COLUMN)
        for item in lists
        for name in item.others
    )
    return Chosen(
        lists=tuple(lists),
        guesses=tuple(more),
        left_out=(*rejected, *columns, *others),
    )


def _series(
    candidates: Sequence[Candidate], zone: tzinfo
) -> tuple[list[Candidate], list[LeftOut]]:
    """Return the lists of one series in their order, and what is left out."""
    pieces = {id(item): _pieces(item, zone) for item in candidates}
    ordered = sorted(
        candidates, key=lambda item: (item.is_lesser, *_emptiness(pieces[id(item)]))
    )
    used: list[Candidate] = []
    left_out: list[LeftOut] = []
    foreign: set[tuple[str, ...]] = set()
    for item in ordered:
        present = pieces[id(item)]
        before = [piece for other in used for piece in pieces[id(other)]]
        same, differs = _compare(before, present)
        known = {part for other in used for part in other.stems}
        if same == differs == _NOTHING:
            if not present or item.stems.isdisjoint(foreign - known):
                used.append(item)
            else:
                left_out.append(_left_out(item, LeftOutReason.OTHER_SERIES))
        elif differs == _NOTHING and _is_part(item, present, before):
            if same < _covered(present):
                used.append(item)
            elif item.path not in {other.path for other in used}:
                left_out.append(_left_out(item, LeftOutReason.CONTAINED))
        else:
            foreign |= item.stems - known
            left_out.append(_left_out(item, LeftOutReason.OTHER_SERIES))
    return [item for item in candidates if item in used], left_out


def _is_part(
    item: Candidate, present: Sequence[Piece], before: Sequence[Piece]
) -> bool:
    """Return whether a list with the same prices belongs to those that are used.

    Two areas may have the same prices for all of a day.
    """
    return all(map(is_list_name, item.path)) or _covered(present) < _covered(before)


def _left_out(item: Candidate, reason: LeftOutReason) -> LeftOut:
    """Return that a list is not used."""
    return LeftOut(name=item.name, count=len(item.prices), reason=reason)


def _pieces(item: Candidate, zone: tzinfo) -> list[Piece]:
    """Return the known prices of a list with their times."""
    found, _ = spans([price.span for price in item.prices], zone)
    return [
        (span.start, span.end, price)
        for span, price in zip(found, item.prices, strict=True)
        if span is not None and price.price is not None
    ]


def _covered(pieces: Sequence[Piece]) -> timedelta:
    """Return the time that has a price."""
    return sum(
        (
            end - start
            for start, end, *_ in overlay([(piece[0], piece[1]) for piece in pieces])
        ),
        _NOTHING,
    )


def _emptiness(pieces: Sequence[Piece]) -> tuple[timedelta, int]:
    """Return what sorts the fullest list first: its time, then its steps."""
    return -_covered(pieces), -len(pieces)


def _compare(
    before: Sequence[Piece], present: Sequence[Piece]
) -> tuple[timedelta, timedelta]:
    """Return for how long both have a price: the same, and another."""
    both = [*before, *present]
    same = differs = _NOTHING
    for start, end, top, below in overlay([(piece[0], piece[1]) for piece in both]):
        under = [index for index in below if index < len(before)]
        if top < len(before) or not under:
            continue
        first, second = both[under[-1]][2], both[top][2]
        if first.price == second.price and first.unit == second.unit:
            same += end - start
        else:
            differs += end - start
    return same, differs
