"""What the views of a car and of an account are made of. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..charging.planning.battery import level_after
from ..charging.planning.model import Battery, Window
from ..charging.tariffs.curve import CostCurve


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """One thing that a car is to be charged for: a session, or the next departure.

    Attributes:
        session_id: The id of the session; None: the daily plan.
        target: State of charge in percent.
        ready_by: The deadline (UTC).
        windows: When to charge, the past ones included.
        state: The state of the session, or the status of the daily plan.
        reasons: Why the windows are as they are: translation keys.
        saving: By how many percent waiting for prices is expected to be cheaper.
        waits_for: Why nothing was sent yet: a translation key, or a message of the car.
        expected_level: What a running session expects at its deadline, in percent.
        cancellable: Whether a person may cancel it.
        source: Who asked for it, such as ``charge_now``; None: the daily plan.
        title: The title of its event in a calendar; None: it has none.
    """

    session_id: str | None = None
    target: float
    ready_by: datetime
    windows: tuple[Window, ...] = ()
    state: str | None = None
    reasons: tuple[str, ...] = ()
    saving: int | None = None
    waits_for: str | None = None
    expected_level: float | None = None
    cancellable: bool = False
    source: str | None = None
    title: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a person said about the coming days: ``kind`` is that of an override.

    ``since`` and ``until`` are in UTC, ``target`` in percent.
    """

    kind: str
    since: datetime
    until: datetime
    target: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EndedSession:
    """A session that ended without its target; ``reason`` is a translation key."""

    session_id: str
    target: int
    ready_by: datetime
    state: str
    reason: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelPoint:
    """State of charge in percent at an instant (UTC)."""

    at: datetime
    level: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Trail:
    """What was read of a car in the last hours.

    Attributes:
        levels: The states of charge, in order.
        charging: Since when the car charged, and since when it did not, in order.
    """

    levels: tuple[LevelPoint, ...] = ()
    charging: tuple[tuple[datetime, bool], ...] = ()

    def with_read(
        self, at: datetime, level: float | None, charging: bool | None
    ) -> Trail:
        """Return the trail after another read; an older read changes nothing."""
        levels, states = self.levels, self.charging
        if level is not None and (not levels or levels[-1].at < at):
            levels = (*levels, LevelPoint(at=at, level=level))
        newer = not states or states[-1][0] < at
        changed = not states or states[-1][1] is not charging
        if charging is not None and newer and changed:
            states = (*states, (at, charging))
        return Trail(levels=levels, charging=states)

    def since(self, start: datetime) -> Trail:
        """Return the part from an instant on; a charge that runs by then stays."""
        before = [state for state in self.charging if state[0] <= start]
        return Trail(
            levels=tuple(point for point in self.levels if point.at >= start),
            charging=(
                *((start, each[1]) for each in before[-1:]),
                *(state for state in self.charging if state[0] > start),
            ),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class CarFacts:
    """All that the view of a car is made of.

    Attributes:
        name: The name of the car.
        now: The present (UTC).
        level: State of charge in percent.
        limit: The owner's charge limit in percent.
        plugged_in, at_home, charging: None: unknown.
        power: Power of a running charge in kW.
        connectivity: Such as ``asleep``.
        seen_at: When the car was last read (UTC); None: never.
        next_read_at: When it is read next (UTC).
        home_known: Whether the home zone exists.
        battery: Capacity and usual power.
        curve: Prices that are known, the past ones included.
        estimates: The same with estimates for what is unknown.
        sync, shadow: Whether daily plans are sent; whether they are only shown.
        status: Status of the daily plan.
        daily: The goal of the daily plan; None: there is none.
        departure: The next departure (UTC).
        sessions: The goals of sessions, ordered by deadline.
        ended: Sessions that were missed or failed of late.
        said: The overrides of the daily plan.
        trail: What was read before.
        stage: Stage of the monthly budget.
        timed: Whether Home Assistant starts and stops the charge.
        read_price: What a read costs; 0: it is free.
        bill_currency: The currency of that, an ISO 4217 code.
    """

    name: str
    now: datetime
    level: float | None = None
    limit: float | None = None
    plugged_in: bool | None = None
    at_home: bool | None = None
    charging: bool | None = None
    power: float | None = None
    connectivity: str | None = None
    seen_at: datetime | None = None
    next_read_at: datetime | None = None
    home_known: bool = True
    battery: Battery
    curve: CostCurve = field(default_factory=CostCurve)
    estimates: CostCurve = field(default_factory=CostCurve)
    sync: bool = True
    shadow: bool = False
    status: str | None = None
    daily: Goal | None = None
    departure: datetime | None = None
    sessions: tuple[Goal, ...] = ()
    ended: tuple[EndedSession, ...] = ()
    said: tuple[Said, ...] = ()
    trail: Trail = field(default_factory=Trail)
    stage: str = "normal"
    timed: bool = False
    read_price: float = 0.0
    bill_currency: str = "USD"

    @property
    def level_now(self) -> float | None:
        """The state of charge now: since the last read a running charge went on."""
        level, limit = self.level, self.limit
        if level is None or limit is None or self.seen_at is None or not self.charging:
            return level
        hours = (self.now - self.seen_at) / timedelta(hours=1)
        return max(level, min(limit, level_after(self.battery, level, hours)))
