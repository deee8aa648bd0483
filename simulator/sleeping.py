"""When a car falls asleep and wakes."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from .car_settings import CarEvent, CarSettings

# How long a car answers slowly after waking.
JUST_WOKEN = timedelta(seconds=60)


class SleepState:
    """Whether a car is awake, and when that changes."""

    def __init__(
        self,
        settings: CarSettings,
        at: datetime,
        log: Callable[[datetime, str, str], None],
    ) -> None:
        """Start awake, or asleep if the settings say so.

        Args:
            settings: The car's.
            at: Now.
            log: Records an event: time, kind and detail.
        """
        self._settings = settings
        self._log = log
        self.awake = not settings.starts_asleep
        self._idle_since = at
        self._woke_at: datetime | None = None
        self._waking_until: datetime | None = None
        self._self_wake_until: datetime | None = None
        self._self_wakes_from = at

    def just_woken(self, at: datetime) -> bool:
        """Return whether it woke within the last minute."""
        return (
            self.awake and self._woke_at is not None and at - self._woke_at < JUST_WOKEN
        )

    def touch(self, at: datetime) -> None:
        """Restart the idle time of a car that is awake.

        A car that woke by itself for two minutes then stays awake for the whole idle
        time.
        """
        self._idle_since = at
        self._self_wake_until = None

    def wake(self, at: datetime, cause: str) -> None:
        """Wake the car at once."""
        if not self.awake:
            self.awake = True
            self._woke_at = at
            self._log(at, "woke", cause)
        self._waking_until = None
        self.touch(at)

    def call(self, at: datetime) -> None:
        """Handle wake_up: start to wake, or restart the idle time of an awake car."""
        if self.awake:
            self.touch(at)
        elif self._waking_until is None:
            self._waking_until = at + self._settings.wake_duration

    def next_change(self, busy: bool) -> datetime | None:
        """Return when the car falls asleep or wakes next.

        Args:
            busy: Whether it drives, charges or is in sentry mode, and stays awake.
        """
        if self.awake:
            idle_until = self._idle_since + self._settings.idle_before_sleep
            return None if busy else self._self_wake_until or idle_until
        if self._waking_until is not None:
            return self._waking_until
        every = self._settings.self_wake_every
        return None if every is None else self._self_wakes_from + every

    def change(self, at: datetime) -> None:
        """Fall asleep or wake at the instant of `next_change`."""
        if self.awake:
            self.awake = False
            self._log(at, "slept", "")
            if self._self_wake_until is None:
                self._self_wakes_from = at
            self._self_wake_until = None
        elif self._waking_until is not None:
            self.wake(at, "wake_up")
        else:
            self.wake(at, "itself")
            self._self_wakes_from = at
            self._self_wake_until = at + self._settings.self_wake_for


def minutes_awake(
    record: Iterable[CarEvent], since: datetime, until: datetime, awake_at_first: bool
) -> float:
    """Return the minutes that a car was awake, from its record.

    Args:
        record: What happened to the car, in order.
        since: Start of the time, not before the record starts.
        until: End of the time.
        awake_at_first: Whether it was awake when the record started.
    """
    awake, seen = awake_at_first, since
    total = timedelta(0)
    for event in record:
        if event.kind not in {"slept", "woke"} or event.at > until:
            continue
        if awake and event.at > seen:
            total += event.at - seen
        awake, seen = event.kind == "woke", max(since, event.at)
    if awake and until > seen:
        total += until - seen
    return total / timedelta(minutes=1)
