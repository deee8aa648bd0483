"""How delivering to a car goes: failures, wakes, and when the next try may be. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# Tesla: waking takes 10 to 60 s; after 90 s the car will not answer any more.
WAKE_PATIENCE: Final = timedelta(seconds=90)
WAKE_POLL: Final = timedelta(seconds=10)

# A wake requested this long ago was before a downtime of Home Assistant.
WAKE_FORGOTTEN: Final = timedelta(minutes=10)

# A car that did not wake for a change is left asleep for hours, even if the change is
# planned again: a wake costs as much as ten reads.
WAKES_APART: Final = timedelta(hours=6)

# Most problems are short, so the first retries come soon.
PAUSES: Final = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 20, 30))

# Without a deadline: longer and longer pauses, without end.
LONG_PAUSES: Final = (*PAUSES, *(timedelta(hours=h) for h in (1, 3, 6)))

# At least these after a try that many requests were billed for.
DEAR_PAUSES: Final = tuple(timedelta(minutes=m) for m in (10, 30, 90, 180))

# A car that cannot be reached is asleep or without a signal: skip the short pauses.
UNREACHABLE_SKIPS: Final = 2

# A car that is away is polled this often, while it is awake anyway.
AWAY_PAUSE: Final = timedelta(minutes=15)

# A car that refused three times will refuse again: a person must act.
MOST_REFUSALS: Final = 3
REFUSED_PAUSE: Final = timedelta(hours=6)

# A person who solved the problem may retry early. So may an automation, each minute,
# and each refusal is billed.
MANUAL_PAUSE: Final = timedelta(minutes=15)


class WaitReason(StrEnum):
    """What a delivery waits for."""

    NOT_HOME = "not_home"
    UNREACHABLE = "unreachable"
    UNKNOWN_LEVEL = "unknown_level"
    TROUBLE = "trouble"


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why a try failed.

    Attributes:
        waits_for: What the next try waits for.
        reason: A translation key, or the car's message; None: no details.
        refused: Whether the car or Tesla refused.
        final: Whether only a person can change that.
        until: When the server allows the next try (UTC).
        soon: Whether ``until`` holds even after other failures: what is missing comes by
            itself. A second one of the same reason waits as any failure does.
        dear: Whether many requests were billed for it.
    """

    waits_for: WaitReason
    reason: str | None = None
    refused: bool = False
    final: bool = False
    until: datetime | None = None
    soon: bool = False
    dear: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class WakeRule:
    """When a car may be woken for a change.

    Attributes:
        since: From when on (UTC); None: never.
        most: How often in a row.
        until: By when (UTC): the wakes are spread over the time until then.
        change: Fingerprint of the change; None: none. The car is woken once for each
            fingerprint, and for any two of them at least `WAKES_APART` apart.
    """

    since: datetime | None = None
    most: int = 0
    until: datetime | None = None
    change: str | None = None


NO_WAKE: Final = WakeRule()


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryState:
    """How delivering goes, for one session or for the daily plan.

    Attributes:
        waits_for: What the next try waits for; None: the last one succeeded.
        failure: Why the last try failed: a translation key, or the car's message.
        failed_at: When that was (UTC).
        try_at: When the next try may be (UTC); None: when it is due, or, with
            ``waits_for``, after the car's return.
        tries: How many tries failed in a row.
        refusals: How many of them the car or Tesla refused.
        wakes: How often the car was woken since the last success.
        woken_at: When it was woken last (UTC).
        woken_for: The fingerprint of the change that it was woken for.
        waking_since: When it was asked to wake, until it answers (UTC).
    """

    waits_for: WaitReason | None = None
    failure: str | None = None
    failed_at: datetime | None = None
    try_at: datetime | None = None
    tries: int = 0
    refusals: int = 0
    wakes: int = 0
    woken_at: datetime | None = None
    woken_for: str | None = None
    waking_since: datetime | None = None

    @property
    def waits_for_return(self) -> bool:
        """Whether the next try waits for the car's return."""
        return self.waits_for is not None and self.try_at is None

    @property
    def needs_person(self) -> bool:
        """Whether the car refused so often that a person must act."""
        return self.refusals >= MOST_REFUSALS

    def succeeded(self) -> DeliveryState:
        """Return the state of a delivery without failures or wakes."""
        return DeliveryState()

    def without_failure(self) -> DeliveryState:
        """Return the state with the next try due now; wakes still count."""
        return replace(
            self,
            waits_for=None,
            failure=None,
            failed_at=None,
            try_at=None,
            tries=0,
            refusals=0,
        )

    def failed(
        self,
        failure: Failure,
        now: datetime,
        pauses: tuple[timedelta, ...],
        refused_pause: timedelta = timedelta(0),
    ) -> DeliveryState:
        """Return the state after a failed try.

        Without ``pauses`` the next try waits for the car's return. After repeated
        refusals the pause is at least ``refused_pause``.
        """
        waits_for = self._still_away(failure.waits_for)
        refusals = self.refusals + failure.refused
        if failure.final:
            refusals = max(refusals, MOST_REFUSALS)
        skipped = UNREACHABLE_SKIPS if waits_for is WaitReason.UNREACHABLE else 0
        try_at = failure.until
        # A wait that the server names is the least one, once it has failed before.
        soon = failure.soon and failure.reason != self.failure
        if pauses and not soon and (try_at is None or self.tries):
            pause = pauses[min(self.tries + skipped, len(pauses) - 1)]
            if waits_for is WaitReason.NOT_HOME:
                pause = AWAY_PAUSE
            if failure.dear:
                pause = max(pause, DEAR_PAUSES[min(self.tries, len(DEAR_PAUSES) - 1)])
            if refusals >= MOST_REFUSALS:
                pause = max(pause, refused_pause)
            try_at = max(now + pause, try_at or now)
        left = waits_for is WaitReason.NOT_HOME is not self.waits_for
        return replace(
            self,
            waits_for=waits_for,
            failure=failure.reason,
            failed_at=now,
            try_at=try_at,
            tries=self.tries + 1,
            refusals=refusals,
            wakes=0 if left else self.wakes,
            waking_since=None,
        )

    def waking(self, now: datetime, change: str | None) -> DeliveryState:
        """Return the state of a car that is asked to wake."""
        return replace(
            self,
            waits_for=self._still_away(WaitReason.UNREACHABLE),
            wakes=self.wakes + 1,
            woken_at=now,
            woken_for=change,
            waking_since=now,
            try_at=now + WAKE_POLL,
        )

    def still_waking(self, now: datetime) -> DeliveryState:
        """Return the state of a car that was asked to wake and is still not online."""
        return replace(self, try_at=now + WAKE_POLL)

    def awake(self, now: datetime) -> DeliveryState:
        """Return the state of a car that can be reached, with the try due now."""
        if self.waking_since is None:
            return self
        return replace(self, waking_since=None, try_at=now)

    def returned(self, now: datetime) -> DeliveryState:
        """Return the state with a try due now, after the car's return."""
        return replace(self, waits_for=None, waking_since=None, try_at=now, tries=0)

    def wake_forgotten(self) -> DeliveryState:
        """Return the state without a wake that was requested before a downtime."""
        return replace(self, waking_since=None, woken_at=None, woken_for=None)

    def may_wake(self, rule: WakeRule, now: datetime) -> bool:
        """Whether the car may be woken now."""
        if rule.since is None or rule.since > now:
            return False
        if rule.change is None:
            return self.wakes < rule.most and self._rested(rule, now)
        rested = self.woken_at is None or now - self.woken_at >= WAKES_APART
        return rested and self.woken_for != rule.change

    def _rested(self, rule: WakeRule, now: datetime) -> bool:
        """Whether enough of the time for wakes has passed since the last one."""
        if rule.until is None or self.woken_at is None:
            return True
        left = rule.most - self.wakes + 1
        return now - self.woken_at >= (rule.until - self.woken_at) / left

    def blocked_until(
        self, now: datetime, *, manual: bool = False, rate_limited: bool = False
    ) -> datetime | None:
        """Return until when the next try must wait (UTC); None: it may start now.

        A ``manual`` try skips the pause, unless the server set it.
        """
        until = self.try_at
        if until is not None and manual and self.failed_at and not rate_limited:
            until = min(until, self.failed_at + MANUAL_PAUSE)
        return until if until is not None and until > now else None

    def _still_away(self, waits_for: WaitReason) -> WaitReason:
        """Return what to wait for: an absent car that is unreachable is still absent.

        So it is woken no more often than an absent car, and the user asked only once.
        """
        silent = waits_for is WaitReason.UNREACHABLE
        away = self.waits_for is WaitReason.NOT_HOME
        return WaitReason.NOT_HOME if silent and away else waits_for
