"""Messages to a person, and a log of those that were sent. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# What is older is told again: its key does not come back.
KEPT: Final = timedelta(days=3)


class MessageKind(StrEnum):
    """What a message is about, the most urgent first.

    SIGN_IN: Tesla refused the sign-in.
    SHORT: The target will not be reached.
    PLUG_IN: The car must be plugged in for its plan.
    MADE: The target was reached.
    PRICES: The prices of tomorrow are unusual.
    """

    SIGN_IN = "sign_in"
    SHORT = "short"
    PLUG_IN = "plug_in"
    MADE = "made"
    PRICES = "prices"


class Cause(StrEnum):
    """What is in the way of special charging, if not the time alone.

    AWAY: The car is not at home.
    STUCK: The plan could not be sent so far.
    FAILED: The car or Tesla refused it.
    MISSED: It ended without its target.
    """

    AWAY = "away"
    STUCK = "stuck"
    FAILED = "failed"
    MISSED = "missed"


class Reply(StrEnum):
    """The buttons of a message."""

    CHARGE_NOW = "charge_now"
    SKIP = "skip"
    LATER = "later"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A message about one car.

    Attributes:
        kind: What it is about.
        key: What exactly it is about; it is told once.
        replies: Its buttons.
        cause: What is in the way; None: the time or the cable alone.
        reason: Why, if it was not sent or missed: a translation key, or the car's word.
        target, level: In percent.
        ready_by: The deadline (UTC).
        plug_in_by: When to plug in (UTC).
        energy: In kWh.
        cost, saved: In ``currency``; None: unknown.
        price: Mean price of a kWh.
        share: How much more (or less) than usual that is, as a fraction.
        currency: An ISO 4217 code.
    """

    kind: MessageKind
    key: str
    replies: tuple[Reply, ...] = ()
    cause: Cause | None = None
    reason: str | None = None
    target: float | None = None
    level: float | None = None
    ready_by: datetime | None = None
    plug_in_by: datetime | None = None
    energy: float | None = None
    cost: float | None = None
    saved: float | None = None
    price: float | None = None
    share: float | None = None
    currency: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A message that was sent, by its key, at an instant (UTC)."""

    key: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Postponed:
    """A message that waits until an instant (UTC), as a person asked for."""

    key: str
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageLog:
    """The messages about a car that were sent, or wait."""

    sent: tuple[Sent, ...] = ()
    postponed: tuple[Postponed, ...] = ()

    def has(self, key: str) -> bool:
        """Whether a message was sent."""
        return any(item.key == key for item in self.sent)

    def waits(self, key: str, now: datetime) -> bool:
        """Whether a message waits until later."""
        return any(item.key == key and item.until > now for item in self.postponed)

    def count_since(self, start: datetime) -> int:
        """Return how many messages were sent since an instant."""
        return sum(item.at >= start for item in self.sent)

    def with_sent(self, key: str, now: datetime) -> MessageLog:
        """Return it with a message that is sent now."""
        sent = (item for item in self.sent if now - item.at < KEPT)
        postponed = (item for item in self.postponed if item.until > now)
        return MessageLog(
            sent=(*sent, Sent(key=key, at=now)),
            postponed=tuple(item for item in postponed if item.key != key),
        )

    def with_postponed(self, key: str, until: datetime) -> MessageLog:
        """Return it with a message that is sent again from an instant on.

        It still counts for the day.
        """
        sent = tuple(
            replace(item, key=f"{key} before") if item.key == key else item
            for item in self.sent
        )
        return MessageLog(
            sent=sent, postponed=(*self.postponed, Postponed(key=key, until=until))
        )

    def without(self, key: str) -> MessageLog:
        """Return it without a message that could not be sent."""
        return replace(self, sent=tuple(item for item in self.sent if item.key != key))
