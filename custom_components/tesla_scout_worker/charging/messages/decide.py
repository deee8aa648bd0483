"""What to tell a person about a car now. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from .message import Cause, Message, MessageKind, MessageLog, Reply

# A person needs some time to reach the car.
PLUG_IN_LEAD: Final = timedelta(hours=1)

# How far away a car is, is not known: so long before the last moment to begin.
BRING_HOME_LEAD: Final = timedelta(hours=2)

# What would be told in quiet hours is told before them, if it cannot wait.
BEFORE_QUIET: Final = timedelta(minutes=15)

# A car reports whole percents.
ROUNDING: Final = 1.0

# A day whose mean price differs by this share from that of the days before.
UNUSUAL: Final = 0.3

# In kWh: less is not worth a message.
LEAST_ENERGY: Final = 1.0

# What was reached, or missed, longer ago is not told.
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
        stuck: Why it could not be sent so far although it is due soon; None: it could.
    """

    name: str
    daily: bool
    target: float
    ready_by: datetime
    first: datetime
    latest: datetime
    expected: float
    stuck: str | None = None

    @property
    def about(self) -> str:
        """What a message about it is about, as a part of its key."""
        return f"{self.name} {self.ready_by.isoformat()}"


@dataclass(frozen=True, kw_only=True, slots=True)
class UnkeptFacts:
    """The last special charging that ended without its target.

    Attributes:
        name: The id of the session.
        target: In percent.
        ready_by: The deadline (UTC).
        failed: Whether the car or Tesla refused it, which may be before the deadline.
        reason: Why: a translation key, or the car's word.
    """

    name: str
    target: float
    ready_by: datetime
    failed: bool
    reason: str | None


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
    unkept: UnkeptFacts | None = None
    target: float | None = None
    charge: ChargeFacts | None = None
    prices: PriceFacts | None = None
    signed_out: bool = False


def next_message(
    facts: MessageFacts, rules: MessageRules, log: MessageLog
) -> Message | None:
    """Return what to tell now, the most urgent first; None: nothing."""
    local = facts.now.astimezone(facts.zone)
    if rules.is_quiet(local):
        return None
    midnight = datetime.combine(local.date(), time(), facts.zone)
    if log.count_since(midnight) >= rules.most:
        return None
    open_messages = (
        message
        for message in candidates(facts, rules)
        if message.kind in rules.kinds
        and not log.has(message.key)
        and not log.waits(message.key, facts.now)
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
    if (unkept := _unkept(facts)) is not None:
        yield unkept
    if (made := _made(facts)) is not None:
        yield made
    if (unusual := _prices(facts)) is not None:
        yield unusual


def _of_goal(
    facts: MessageFacts, goal: GoalFacts, level: float, rules: MessageRules
) -> Iterator[Message]:
    """Yield what to tell about the next goal of a car."""
    if level >= goal.target - ROUNDING or goal.ready_by <= facts.now:
        return
    if facts.at_home is False and (away := _away(facts, goal, rules)) is not None:
        yield away
    if facts.at_home is not True:
        return
    unplugged = facts.plugged_in is False
    if unplugged and facts.now < goal.latest:
        by = goal.first if goal.first > facts.now else goal.latest
        if _due(facts, goal.first - PLUG_IN_LEAD, rules):
            yield Message(
                kind=MessageKind.PLUG_IN,
                key=f"plug_in {goal.about}",
                replies=(*((Reply.SKIP,) if goal.daily else ()), Reply.LATER),
                target=goal.target,
                ready_by=goal.ready_by,
                plug_in_by=by,
            )
    elif goal.expected < goal.target - ROUNDING:
        yield Message(
            kind=MessageKind.SHORT,
            key=f"short {goal.about}",
            replies=(*_helps(facts), Reply.LATER),
            target=goal.target,
            level=goal.expected,
            ready_by=goal.ready_by,
        )
    if goal.stuck is not None:
        yield Message(
            kind=MessageKind.SHORT,
            key=f"stuck {goal.about}",
            replies=(Reply.LATER,),
            cause=Cause.STUCK,
            reason=goal.stuck,
            target=goal.target,
            ready_by=goal.ready_by,
        )


def _away(facts: MessageFacts, goal: GoalFacts, rules: MessageRules) -> Message | None:
    """Return that a car must come home for special charging.

    It is told once: while the target can still be reached, or else with what can be. A
    usual departure is no reason: the car may be away for days.
    """
    if goal.daily or facts.charging:
        return None
    if not _due(facts, goal.latest - BRING_HOME_LEAD, rules):
        return None
    in_time = facts.now < goal.latest
    return Message(
        kind=MessageKind.PLUG_IN if in_time else MessageKind.SHORT,
        key=f"away {goal.about}",
        replies=(Reply.LATER,),
        cause=Cause.AWAY,
        target=goal.target,
        level=None if in_time else goal.expected,
        ready_by=goal.ready_by,
        plug_in_by=goal.latest if in_time else None,
    )


def _unkept(facts: MessageFacts) -> Message | None:
    """Return that special charging failed or was missed.

    Who heard that the target will not be reached does not hear the same again.
    """
    unkept = facts.unkept
    if unkept is None or facts.now - unkept.ready_by >= MADE_WITHIN:
        return None
    about = f"{unkept.name} {unkept.ready_by.isoformat()}"
    left = unkept.ready_by > facts.now and facts.at_home is True
    return Message(
        kind=MessageKind.SHORT,
        key=f"failed {about}" if unkept.failed else f"short {about}",
        replies=(*_helps(facts), Reply.LATER) if left else (),
        cause=Cause.FAILED if unkept.failed else Cause.MISSED,
        reason=unkept.reason,
        target=unkept.target,
        ready_by=unkept.ready_by,
    )


def _due(facts: MessageFacts, at: datetime, rules: MessageRules) -> bool:
    """Whether something is to be told that is due at an instant (UTC)."""
    return facts.now >= rules.before_quiet(at.astimezone(facts.zone))


def _helps(facts: MessageFacts) -> tuple[Reply, ...]:
    """Return the button that charges now, if that could help."""
    idle = facts.charging is not True and facts.plugged_in is not False
    return (Reply.CHARGE_NOW,) if idle else ()


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
