"""Requests that repeat: an event with a rule (RFC 5545) in the calendar of a car. Pure.

A rule is a frequency with an interval, and at choice weekdays, days of the month, and an
end: what Home Assistant's calendar page offers. Anything else is refused, since a rule
that never holds would be searched without end.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
import re
from typing import Final, Self

from .requests import LATEST, RequestError, deadline, validate

_DAY: Final = timedelta(days=1)
_WEEK: Final = 7
_MONTHS: Final = 12

# How far ahead the next deadline of a rule is searched.
AHEAD: Final = timedelta(days=1830)

# An interval is at most a year of days; a count has an end that a person can see.
_MOST_INTERVAL: Final = 366
_MOST_COUNT: Final = 1000

_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY: Final = re.compile(rf"([+-]?[1-5])?({'|'.join(_WEEKDAYS)})")
_PARTS: Final = frozenset(
    {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL", "WKST"}
)


class Frequency(StrEnum):
    """What a rule counts."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule of repetition.

    Attributes:
        frequency: What is counted.
        interval: Each so many days, weeks, months or years.
        weekdays: Weekdays (0: Monday) with their number in the month: 1 to 5, -1 to -5
            from its end, 0: each. Empty: that of the first event.
        month_days: Days of the month, 1 to 31. Empty: that of the first event.
        week_start: The weekday on which weeks begin.
        count: After how many events it ends.
        last: The last day.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: frozenset[tuple[int, int]] = frozenset()
    month_days: frozenset[int] = frozenset()
    week_start: int = 0
    count: int | None = None
    last: date | None = None

    @classmethod
    def parse(cls, text: str, zone: tzinfo) -> Self:
        """Return the rule of a text such as ``FREQ=WEEKLY;BYDAY=MO,FR``.

        Raises:
            RequestError: It is no rule, or one that the calendar page does not offer.
        """
        try:
            parts = dict(part.split("=", 1) for part in text.upper().split(";"))
            rule = cls(
                frequency=Frequency(parts["FREQ"]),
                interval=_within(parts.get("INTERVAL", "1"), _MOST_INTERVAL),
                weekdays=frozenset(map(_weekday, _list(parts, "BYDAY"))),
                month_days=frozenset(
                    _within(day, 31) for day in _list(parts, "BYMONTHDAY")
                ),
                week_start=_WEEKDAYS.index(parts.get("WKST", "MO")),
                count=_within(parts["COUNT"], _MOST_COUNT)
                if "COUNT" in parts
                else None,
                last=_last_day(parts["UNTIL"], zone) if "UNTIL" in parts else None,
            )
        except (LookupError, OverflowError, ValueError) as err:
            raise RequestError("repeat_unsupported") from err
        if not parts.keys() <= _PARTS or not rule.is_supported:
            raise RequestError("repeat_unsupported")
        return rule

    @property
    def is_supported(self) -> bool:
        """Whether its parts go together."""
        numbered = any(number for number, _ in self.weekdays)
        match self.frequency:
            case Frequency.MONTHLY:
                return not (self.weekdays and self.month_days)
            case Frequency.YEARLY:
                return not (self.weekdays or self.month_days)
            case _:
                return not (numbered or self.month_days)

    def has(self, day: date, first: date) -> bool:
        """Return whether it has an event on a day; ``first`` is its first day."""
        if day < first or (self.last is not None and day > self.last):
            return False
        return self._is_counted(day, first) and self._is_named(day, first)

    def _is_counted(self, day: date, first: date) -> bool:
        """Return whether the interval has the day, week, month or year of a day."""
        match self.frequency:
            case Frequency.DAILY:
                apart = (day - first).days
            case Frequency.WEEKLY:
                apart = (self._week_of(day) - self._week_of(first)).days // _WEEK
            case Frequency.MONTHLY:
                apart = (day.year - first.year) * _MONTHS + day.month - first.month
            case Frequency.YEARLY:
                apart = day.year - first.year
        return apart % self.interval == 0

    def _is_named(self, day: date, first: date) -> bool:
        """Return whether a day is one that the rule names, or is like the first."""
        if self.weekdays:
            return any(
                day.weekday() == weekday and number in (0, *_numbers(day))
                for number, weekday in self.weekdays
            )
        match self.frequency:
            case Frequency.DAILY:
                return True
            case Frequency.WEEKLY:
                return day.weekday() == first.weekday()
            case Frequency.MONTHLY:
                return day.day in (self.month_days or {first.day})
            case Frequency.YEARLY:
                return (day.month, day.day) == (first.month, first.day)

    def _week_of(self, day: date) -> date:
        """Return the first day of the week of a day."""
        return day - (day.weekday() - self.week_start) % _WEEK * _DAY


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeat:
    """A request that repeats.

    Attributes:
        id: Its id, which no later one has.
        target: State of charge in percent.
        first: The deadline that it was entered with (UTC). Its time of the day, by the
            clock of the user, is that of each deadline.
        rule: The rule, as in `Rule.parse`.
        title: The title of its event; None: it has none of its own.
        until: The first deadline that a person cut off with all later ones (UTC).
        skipped: Single deadlines that a person removed or changed (UTC).
    """

    id: str
    target: int
    first: datetime
    rule: str
    title: str | None = None
    until: datetime | None = None
    skipped: tuple[datetime, ...] = ()

    def deadlines(
        self, start: datetime, end: datetime, zone: tzinfo
    ) -> Iterator[datetime]:
        """Yield the deadlines from ``start`` until before ``end``, in UTC.

        Args:
            start: The begin of the span (aware).
            end: The end of the span (aware).
            zone: The time zone of the user.
        """
        rule, first = Rule.parse(self.rule, zone), self.first.astimezone(zone)
        end = end if self.until is None else min(end, self.until)
        day, last = first.date(), end.astimezone(zone).date()
        if rule.count is None:
            # Before the day, since a zone may have changed.
            day = max(day, start.astimezone(zone).date() - _DAY)
        counted = 0
        while day <= last and counted != rule.count:
            if rule.has(day, first.date()):
                counted += 1
                at = datetime.combine(day, first.time(), zone).astimezone(UTC)
                if start <= at < end and at not in self.skipped:
                    yield at
            day += _DAY

    def next_deadline(self, now: datetime, zone: tzinfo) -> datetime | None:
        """Return the next deadline (UTC); None: there is none within five years."""
        return next(self.deadlines(now, now + AHEAD, zone), None)

    def without(self, at: datetime) -> Repeat:
        """Return it without one deadline (UTC)."""
        return replace(self, skipped=(*self.skipped, at))

    def before(self, at: datetime) -> Repeat:
        """Return it without a deadline (UTC) and all later ones."""
        return replace(self, until=at)


def new_repeat(
    name: str,
    target: int,
    first: datetime,
    rule: str,
    title: str | None,
    *,
    now: datetime,
    zone: tzinfo,
) -> Repeat:
    """Return a new request; each deadline is checked when its session is requested.

    Raises:
        RequestError: The request cannot be met.
    """
    Rule.parse(rule, zone)
    first = deadline(first, zone)
    validate(target, now + LATEST, now)
    if first - now > AHEAD:
        raise RequestError("deadline_too_far", days=str(AHEAD.days))
    repeat = Repeat(id=name, target=target, first=first, rule=rule, title=title)
    if now - first > AHEAD or repeat.next_deadline(now, zone) is None:
        raise RequestError("deadline_past")
    return repeat


def is_possible(repeat: Repeat) -> bool:
    """Whether a stored request can be planned."""
    try:
        Rule.parse(repeat.rule, UTC)
    except RequestError:
        return False
    return 0 < repeat.target <= 100


def _list(parts: dict[str, str], key: str) -> list[str]:
    """Return the items of a part of a rule."""
    return parts[key].split(",") if key in parts else []


def _within(text: str, most: int) -> int:
    """Return a number from 1 on.

    Raises:
        ValueError: It is another one, or none.
    """
    if not text.isdecimal() or not 1 <= int(text[:6]) <= most:
        raise ValueError
    return int(text)


def _weekday(text: str) -> tuple[int, int]:
    """Return the number in the month and the weekday of a text such as ``-1FR``.

    Raises:
        ValueError: It is none.
    """
    if (found := _WEEKDAY.fullmatch(text)) is None:
        raise ValueError
    return int(found[1] or 0), _WEEKDAYS.index(found[2])


def _last_day(text: str, zone: tzinfo) -> date:
    """Return the last day of a rule by the clock of the user."""
    at = datetime.fromisoformat(text)
    return at.date() if at.tzinfo is None else at.astimezone(zone).date()


def _numbers(day: date) -> tuple[int, int]:
    """Return which weekday of its kind in the month a day is, from both ends."""
    following = (day.replace(day=28) + 4 * _DAY).replace(day=1)
    left = (following - day).days
    return (day.day - 1) // _WEEK + 1, -((left - 1) // _WEEK + 1)
