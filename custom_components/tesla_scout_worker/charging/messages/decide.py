"""What to tell a person about a car now. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from .message import Message, MessageKind, Reply, Told

# A person needs some time to reach the car.
PLUG_IN_LEAD: Final = timedelta(hours=1)

# What would be told in quiet hours is told before them, if it cannot wait.
BEFORE_QUIET: Final = timedelta(minutes=15)

# A car reports whole percents.
ROUNDING: Final = 1.0

# A day whose mean price differs by this share from that of the days before.
UNUSUAL: Final = 0.3

# In kWh: less is not worth a message.
LEAST_ENERGY: Final = 1.0

# What was reached longer ago is no news.
MADE_WITHIN: Final = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageRules:
    """The user's rules.

    Attributes:
        kinds: What to tell.
        quiet_from, quiet_until: Local time in which nothing is told; the same: never.
        most: The most messages a day about one car.
    """

    kinds: frozenset[MessageKind] = frozenset(MessageKind)
    quiet_from: time = time(22)
    quiet_until: time = time(7)
    most: int = 3

    def is_quiet(self, at: datetime) -> bool:
        """Whether a local time is in the quiet hours."""
        start, end, clock = self.quiet_from, self.quiet_until, at.time()
        if start <= end:
            return start <= clock < end
        return clock >= start or clock < end

    def before_quiet(self, at: datetime) -> datetime:
        """Return a local time, or one before the quiet hours in which it lies."""
        if not self.is_quiet(at):
            return at
        day = at.date()
        if at.time() < self.quiet_from:
            day -= timedelta(days=1)
        return datetime.combine(day, self.quiet_from, at.tzinfo) - BEFORE_QUIET


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalFacts:
    """The next goal of a car.

    Attributes:
        name: What it is of: the id of a session, or the daily plan.
        daily: Whether it is that of the daily plan.
        target: In percent.
        ready_by: The deadline (UTC).
        first: When charging begins (UTC), or must begin.
        latest: The last moment to begin (UTC).
        expected: The level that is expected at the deadline, in percent.
    """

    name: str
    daily: bool
    target: float
    ready_by: datetime
    first: datetime
    latest: datetime
    expected: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeFacts:
    """The last charge at home; cost and saving are None if unknown."""

    start: datetime
    end: datetime
    energy: float
    cost: float | None
    saved: float | None
    currency: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceFacts:
    """The mean price of tomorrow and of the days before it."""

    day: date
    mean: float
    usual: float
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageFacts:
    """What is known of a car and of its account; None: unknown."""

    now: datetime
    zone: tzinfo
    at_home: bool | None = None
    plugged_in: bool | None = None
    charging: bool | None = None
    level: float | None = None
    goal: GoalFacts | None = None
    target: float | None = None
    charge: ChargeFacts | None = None
    prices: PriceFacts | None = None
    signed_out: bool = False


def next_message(
    facts: MessageFacts, rules: MessageRules, told: Told
) -> Message | None:
    """Return what to tell now, the most urgent first; None: nothing."""
    local = facts.now.astimezone(facts.zone)
    if rules.is_quiet(local):
        return None
    midnight = datetime.combine(local.date(), time(), facts.zone)
    if told.count_since(midnight) >= rules.most:
        return None
    open_messages = (
        message
        for message in candidates(facts, rules)
        if message.kind in rules.kinds
        and not told.has(message.key)
        and not told.waits(message.key, facts.now)
    )
    return min(
        open_messages,
        key=lambda message: list(MessageKind).index(message.kind),
        default=None,
    )


def candidates(facts: MessageFacts, rules: MessageRules) -> Iterator[Message]:
    """Yield what could be told now."""
    if facts.signed_out:
        day = facts.now.astimezone(facts.zone).date()
        yield Message(kind=MessageKind.SIGN_IN, key=f"sign_in {day}")
    if facts.goal is not None and facts.level is not None:
        yield from _of_goal(facts, facts.goal, facts.level, rules)
    if (made := _made(facts)) is not None:
        yield made
    if (unusual := _prices(facts)) is not None:
        yield unusual


def _of_goal(
    facts: MessageFacts, goal: GoalFacts, level: float, rules: MessageRules
) -> Iterator[Message]:
    """Yield what to tell about the next goal of a car at home."""
    missing = level < goal.target - ROUNDING
    if not missing or facts.at_home is not True or goal.ready_by <= facts.now:
        return
    about = f"{goal.name} {goal.ready_by.isoformat()}"
    unplugged = facts.plugged_in is False
    if unplugged and facts.now < goal.latest:
        by = goal.first if goal.first > facts.now else goal.latest
        local = (goal.first - PLUG_IN_LEAD).astimezone(facts.zone)
        if facts.now >= rules.before_quiet(local):
            yield Message(
                kind=MessageKind.PLUG_IN,
                key=f"plug_in {about}",
                replies=(*((Reply.SKIP,) if goal.daily else ()), Reply.LATER),
                target=goal.target,
                ready_by=goal.ready_by,
                plug_in_by=by,
            )
    elif goal.expected < goal.target - ROUNDING:
        charges = facts.charging is not True and not unplugged
        yield Message(
            kind=MessageKind.SHORT,
            key=f"short {about}",
            replies=(*((Reply.CHARGE_NOW,) if charges else ()), Reply.LATER),
            target=goal.target,
            level=goal.expected,
            ready_by=goal.ready_by,
        )


def _made(facts: MessageFacts) -> Message | None:
    """Return that the target was reached."""
    charge, level, target = facts.charge, facts.level, facts.target
    if charge is None or level is None or target is None or facts.charging:
        return None
    fresh = facts.now - charge.end < MADE_WITHIN
    if not fresh or level < target - ROUNDING or charge.energy < LEAST_ENERGY:
        return None
    return Message(
        kind=MessageKind.MADE,
        key=f"made {charge.start.isoformat()}",
        level=level,
        energy=charge.energy,
        cost=charge.cost,
        saved=charge.saved,
        currency=charge.currency,
    )


def _prices(facts: MessageFacts) -> Message | None:
    """Return that the prices of tomorrow are unusual."""
    prices = facts.prices
    if prices is None or prices.usual <= 0:
        return None
    share = prices.mean / prices.usual - 1
    if abs(share) < UNUSUAL:
        return None
    reply = Reply.CHARGE_NOW if share > 0 else Reply.SKIP
    return Message(
        kind=MessageKind.PRICES,
        key=f"prices {prices.day}",
        replies=(reply, Reply.LATER),
        price=prices.mean,
        share=share,
        currency=prices.currency,
    )
