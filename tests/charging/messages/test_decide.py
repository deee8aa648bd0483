"""What is told about a car, when, and how often."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.messages.decide import (
    BEFORE_QUIET,
    ChargeFacts,
    GoalFacts,
    MessageFacts,
    MessageRules,
    PriceFacts,
    UnkeptFacts,
    next_message,
)
from custom_components.tesla_scout_worker.charging.messages.message import (
    Cause,
    Message,
    MessageKind,
    MessageLog,
    Reply,
)

WARSAW = ZoneInfo("Europe/Warsaw")
HOUR = timedelta(hours=1)

# 18:00 in Warsaw: the car should charge from 02:00, at the latest from 04:16.
NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
GOAL = GoalFacts(
    name="daily",
    daily=True,
    target=80,
    ready_by=NOW + 13 * HOUR,
    first=NOW + 8 * HOUR,
    latest=NOW + 10 * HOUR,
    expected=80,
)
FACTS = MessageFacts(
    now=NOW,
    zone=WARSAW,
    at_home=True,
    plugged_in=False,
    charging=False,
    level=40,
    goal=GOAL,
    target=80,
)
CHARGE = ChargeFacts(
    start=NOW - 4 * HOUR,
    end=NOW - HOUR,
    energy=30,
    cost=6,
    saved=18,
    currency="PLN",
)
DEAR = PriceFacts(day=date(2026, 11, 25), mean=1.5, usual=1, currency="PLN")
UNKEPT = UnkeptFacts(
    name="special_1",
    target=90,
    ready_by=NOW + 13 * HOUR,
    failed=True,
    reason="key_not_paired",
)
RULES = MessageRules()
NOTHING = MessageLog()


def kind(
    facts: MessageFacts, rules: MessageRules = RULES, log: MessageLog = NOTHING
) -> str:
    """Return the kind of what is told."""
    message = next_message(facts, rules, log)
    return "nothing" if message is None else message.kind.value


def at(clock: str, day: int = 24) -> datetime:
    """Return a time on the wall in Warsaw."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=WARSAW).astimezone(UTC)


def test_who_must_plug_in_at_night_hears_of_it_before_the_quiet_hours() -> None:
    """Charging from 02:00 is too late a moment to tell: 21:45 is the last."""
    assert kind(FACTS) == "nothing"
    assert kind(replace(FACTS, now=at("21:44"))) == "nothing"
    assert kind(replace(FACTS, now=at("21:45"))) == "plug_in"
    assert kind(replace(FACTS, now=at("22:00"))) == "nothing"
    plugged = replace(FACTS, now=at("21:45"), plugged_in=True)
    assert kind(plugged) == "nothing"


def test_by_day_it_is_told_an_hour_before() -> None:
    """With what to do by when, and what can be answered."""
    goal = replace(GOAL, first=NOW + 2 * HOUR, latest=NOW + 4 * HOUR)
    facts = replace(FACTS, goal=goal)
    assert kind(facts) == "nothing"
    message = next_message(replace(facts, now=NOW + HOUR), RULES, NOTHING)
    assert message is not None
    assert message.kind is MessageKind.PLUG_IN
    assert message.plug_in_by == goal.first
    assert message.replies == (Reply.SKIP, Reply.LATER)
    late = next_message(replace(facts, now=NOW + 3 * HOUR), RULES, NOTHING)
    assert late is not None
    assert late.plug_in_by == goal.latest


def test_a_session_is_not_skipped_by_a_button() -> None:
    """A promise is broken by its own cancel only."""
    facts = replace(FACTS, now=at("21:50"), goal=replace(GOAL, daily=False))
    message = next_message(facts, RULES, NOTHING)
    assert message is not None
    assert message.replies == (Reply.LATER,)


def test_a_target_that_will_not_be_reached() -> None:
    """It names the level; charging now helps a car that waits with its cable."""
    facts = replace(FACTS, plugged_in=True, goal=replace(GOAL, expected=70))
    message = next_message(facts, RULES, NOTHING)
    assert message is not None
    assert message.kind is MessageKind.SHORT
    assert message.level == 70
    assert message.replies == (Reply.CHARGE_NOW, Reply.LATER)
    charging = next_message(replace(facts, charging=True), RULES, NOTHING)
    assert charging is not None
    assert charging.replies == (Reply.LATER,)
    # Away for days: a usual departure is no reason to call somebody home.
    assert kind(replace(facts, at_home=False)) == "nothing"


SPECIAL = replace(GOAL, name="special_1", daily=False)
OUT = replace(FACTS, at_home=False, plugged_in=None, goal=SPECIAL)


def test_who_must_bring_the_car_home_hears_of_it_in_time() -> None:
    """Two hours before the last moment to begin, and before the quiet hours."""
    goal = replace(SPECIAL, latest=NOW + 3 * HOUR, first=NOW + HOUR)
    facts = replace(OUT, goal=goal)
    assert kind(replace(facts, now=NOW + HOUR - HOUR / 60)) == "nothing"
    message = next_message(replace(facts, now=NOW + HOUR), RULES, NOTHING)
    assert message == Message(
        kind=MessageKind.PLUG_IN,
        key=f"away special_1 {goal.ready_by.isoformat()}",
        replies=(Reply.LATER,),
        cause=Cause.AWAY,
        target=80,
        ready_by=goal.ready_by,
        plug_in_by=goal.latest,
    )
    # By 04:00 at the latest, 02:00 would be the time to tell: 21:45 is.
    assert kind(replace(OUT, now=at("21:44"))) == "nothing"
    assert kind(replace(OUT, now=at("21:45"))) == "plug_in"
    assert kind(replace(OUT, now=at("23:00"))) == "nothing"
    never_quiet = replace(RULES, quiet_from=time(0), quiet_until=time(0))
    assert kind(replace(OUT, now=at("23:00")), never_quiet) == "nothing"
    assert kind(replace(OUT, now=at("02:00", 25)), never_quiet) == "plug_in"
    # It is told once, also when the last moment has passed.
    log = NOTHING.with_sent(message.key, NOW + HOUR)
    for hours in (2, 3, 4):
        assert kind(replace(facts, now=NOW + hours * HOUR), log=log) == "nothing"


def test_a_car_that_is_away_and_too_late() -> None:
    """What can still be had is told; of a car that charges where it is, nothing."""
    facts = replace(OUT, goal=replace(SPECIAL, latest=NOW, expected=70))
    assert next_message(facts, RULES, NOTHING) == Message(
        kind=MessageKind.SHORT,
        key=f"away special_1 {SPECIAL.ready_by.isoformat()}",
        replies=(Reply.LATER,),
        cause=Cause.AWAY,
        target=80,
        level=70,
        ready_by=SPECIAL.ready_by,
    )
    assert kind(replace(facts, charging=True)) == "nothing"
    assert kind(replace(facts, level=79)) == "nothing"
    assert kind(replace(facts, at_home=None)) == "nothing"
    assert kind(replace(facts, now=SPECIAL.ready_by)) == "nothing"


def test_a_plan_that_cannot_be_sent() -> None:
    """Why, and what helps once it is refused for good."""
    goal = replace(SPECIAL, stuck="unreachable")
    facts = replace(FACTS, plugged_in=True, goal=goal)
    assert next_message(facts, RULES, NOTHING) == Message(
        kind=MessageKind.SHORT,
        key=f"stuck special_1 {goal.ready_by.isoformat()}",
        replies=(Reply.LATER,),
        cause=Cause.STUCK,
        reason="unreachable",
        target=80,
        ready_by=goal.ready_by,
    )
    refused = replace(facts, goal=None, unkept=UNKEPT)
    assert next_message(refused, RULES, NOTHING) == Message(
        kind=MessageKind.SHORT,
        key=f"failed special_1 {UNKEPT.ready_by.isoformat()}",
        replies=(Reply.CHARGE_NOW, Reply.LATER),
        cause=Cause.FAILED,
        reason="key_not_paired",
        target=90,
        ready_by=UNKEPT.ready_by,
    )
    for idle in (
        replace(refused, plugged_in=False),
        replace(refused, charging=True),
    ):
        message = next_message(idle, RULES, NOTHING)
        assert message is not None
        assert message.replies == (Reply.LATER,)


def test_special_charging_that_was_missed() -> None:
    """Once it is over; not if its breaking was told, nor half a day later."""
    missed = replace(UNKEPT, failed=False, reason="below_target", ready_by=NOW - HOUR)
    facts = replace(FACTS, goal=None, unkept=missed)
    message = next_message(facts, RULES, NOTHING)
    assert message == Message(
        kind=MessageKind.SHORT,
        key=f"short special_1 {missed.ready_by.isoformat()}",
        cause=Cause.MISSED,
        reason="below_target",
        target=90,
        ready_by=missed.ready_by,
    )
    goal = replace(SPECIAL, expected=70, ready_by=missed.ready_by)
    short = replace(FACTS, now=NOW - 2 * HOUR, plugged_in=True, goal=goal)
    before = next_message(short, RULES, NOTHING)
    assert before is not None
    log = NOTHING.with_sent(before.key, short.now)
    assert kind(facts, log=log) == "nothing"
    assert kind(replace(facts, now=missed.ready_by + 12 * HOUR)) == "nothing"


def test_a_target_that_was_reached() -> None:
    """Once charging has ended, with energy, cost and saving; not a day later."""
    facts = replace(FACTS, plugged_in=True, level=80, charge=CHARGE)
    message = next_message(facts, RULES, NOTHING)
    assert message is not None
    assert (message.kind, message.energy, message.cost, message.saved) == (
        MessageKind.MADE,
        30,
        6,
        18,
    )
    assert kind(replace(facts, charging=True)) == "nothing"
    assert kind(replace(facts, level=60)) == "nothing"
    assert kind(replace(facts, charge=replace(CHARGE, energy=0.4))) == "nothing"
    assert kind(replace(facts, now=NOW + 20 * HOUR)) == "nothing"


@pytest.mark.parametrize(
    ("mean", "reply"), [(1.5, Reply.CHARGE_NOW), (0.5, Reply.SKIP), (1.1, None)]
)
def test_unusual_prices(mean: float, reply: Reply | None) -> None:
    """Dear ones are a reason to charge before, cheap ones to wait."""
    facts = replace(FACTS, goal=None, prices=replace(DEAR, mean=mean))
    message = next_message(facts, RULES, NOTHING)
    found = None if message is None else message.replies[0]
    assert found is reply
    assert kind(replace(facts, prices=replace(DEAR, usual=0))) == "nothing"


def test_the_most_urgent_first_and_each_once() -> None:
    """The sign-in before all, then what is short; nothing twice."""
    facts = replace(
        FACTS,
        plugged_in=True,
        goal=replace(GOAL, expected=70),
        prices=DEAR,
        signed_out=True,
    )
    log, found = NOTHING, []
    while (message := next_message(facts, RULES, log)) is not None:
        found.append(message.kind.value)
        log = log.with_sent(message.key, facts.now)
    assert found == ["sign_in", "short", "prices"]
    assert (
        kind(facts, replace(RULES, kinds=frozenset({MessageKind.PRICES}))) == "prices"
    )


def test_later_comes_back_later() -> None:
    """It is told again after a while, and counts for the day twice."""
    facts = replace(FACTS, goal=None, prices=DEAR)
    message = next_message(facts, RULES, NOTHING)
    assert message is not None
    log = NOTHING.with_sent(message.key, NOW)
    log = log.with_postponed(message.key, NOW + HOUR)
    assert kind(facts, log=log) == "nothing"
    facts = replace(facts, now=NOW + HOUR)
    assert kind(facts, log=log) == "prices"
    log = log.with_sent(message.key, facts.now)
    assert kind(facts, log=log) == "nothing"
    assert log.count_since(NOW) == 2


def test_what_could_not_be_sent_is_not_told() -> None:
    """It is tried again."""
    facts = replace(FACTS, goal=None, prices=DEAR)
    log = NOTHING.with_sent("prices 2026-11-25", NOW)
    assert kind(facts, log=log) == "nothing"
    assert kind(facts, log=log.without("prices 2026-11-25")) == "prices"


@given(
    st.lists(st.integers(0, 4 * 24 * 12), max_size=60),
    st.integers(0, 23),
    st.integers(0, 23),
)
def test_at_most_three_a_day_and_none_in_quiet_hours(
    steps: list[int], quiet_from: int, quiet_until: int
) -> None:
    """Whatever happens, and however often it is asked."""
    rules = MessageRules(quiet_from=time(quiet_from), quiet_until=time(quiet_until))
    log, days = NOTHING, dict[date, int]()
    for step in sorted(steps):
        now = NOW + timedelta(minutes=5) * step
        goal = replace(GOAL, ready_by=now + HOUR, name=str(step), expected=50)
        facts = replace(
            FACTS, now=now, plugged_in=True, goal=goal, prices=DEAR, signed_out=True
        )
        message = next_message(facts, rules, log)
        if message is None:
            continue
        local = now.astimezone(WARSAW)
        assert not rules.is_quiet(local)
        assert not log.has(message.key)
        log = log.with_sent(message.key, now)
        days[local.date()] = days.get(local.date(), 0) + 1
    assert all(number <= 3 for number in days.values())


@given(st.integers(0, 47), st.integers(0, 47), st.integers(0, 24 * 60 * 3))
def test_before_quiet_is_never_quiet(start: int, end: int, minutes: int) -> None:
    """And never later than what it is about."""
    rules = MessageRules(
        quiet_from=time(start // 2, start % 2 * 30),
        quiet_until=time(end // 2, end % 2 * 30),
    )
    local = (NOW + timedelta(minutes=minutes)).astimezone(WARSAW)
    found = rules.before_quiet(local)
    assert found <= local
    quiet = (rules.quiet_from, rules.quiet_until)
    length = (end - start) % 48
    if length and length < 47:
        assert not rules.is_quiet(found), quiet
    if found != local:
        assert (
            found.time()
            == (datetime.combine(local.date(), rules.quiet_from) - BEFORE_QUIET).time()
        )


UNPLUGGED = replace(FACTS, now=at("21:50"))
SHORT = replace(FACTS, plugged_in=True, goal=replace(GOAL, expected=70))
MADE = replace(FACTS, plugged_in=True, level=80, charge=CHARGE)
UNUSUAL = replace(FACTS, goal=None, prices=DEAR)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            UNPLUGGED,
            Message(
                kind=MessageKind.PLUG_IN,
                key=f"plug_in daily {GOAL.ready_by.isoformat()}",
                replies=(Reply.SKIP, Reply.LATER),
                target=80,
                ready_by=GOAL.ready_by,
                plug_in_by=GOAL.first,
            ),
        ),
        (
            SHORT,
            Message(
                kind=MessageKind.SHORT,
                key=f"short daily {GOAL.ready_by.isoformat()}",
                replies=(Reply.CHARGE_NOW, Reply.LATER),
                target=80,
                level=70,
                ready_by=GOAL.ready_by,
            ),
        ),
        (
            MADE,
            Message(
                kind=MessageKind.MADE,
                key=f"made {CHARGE.start.isoformat()}",
                level=80,
                energy=30,
                cost=6,
                saved=18,
                currency="PLN",
            ),
        ),
        (
            UNUSUAL,
            Message(
                kind=MessageKind.PRICES,
                key="prices 2026-11-25",
                replies=(Reply.CHARGE_NOW, Reply.LATER),
                price=1.5,
                share=0.5,
                currency="PLN",
            ),
        ),
        (
            replace(FACTS, goal=None, signed_out=True),
            Message(kind=MessageKind.SIGN_IN, key="sign_in 2026-11-24"),
        ),
    ],
    ids=["plug in", "short", "made", "prices", "sign in"],
)
def test_all_that_a_message_says(facts: MessageFacts, expected: Message) -> None:
    """What a person needs to decide, and what it is about, so that it is sent once."""
    assert next_message(facts, RULES, NOTHING) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # A percent is rounding: of the level, of what is expected, of what was reached.
        (replace(UNPLUGGED, level=79), "nothing"),
        (replace(UNPLUGGED, level=78), "plug_in"),
        (replace(SHORT, goal=replace(GOAL, expected=79)), "nothing"),
        (replace(SHORT, goal=replace(GOAL, expected=78)), "short"),
        (replace(MADE, level=79), "made"),
        (replace(MADE, level=78), "nothing"),
        # What is not known is no reason.
        (replace(UNPLUGGED, at_home=None), "nothing"),
        (replace(UNPLUGGED, plugged_in=None), "nothing"),
        (replace(UNPLUGGED, level=None), "nothing"),
        (replace(SHORT, plugged_in=None), "short"),
        (replace(MADE, level=None), "nothing"),
        (replace(MADE, target=None), "nothing"),
        (replace(MADE, charge=None), "nothing"),
        # A deadline that has passed, and one that is on.
        (replace(SHORT, goal=replace(GOAL, expected=70, ready_by=NOW)), "nothing"),
        # Twelve hours after its end a charge is no news; a kWh is a charge.
        (replace(MADE, charge=replace(CHARGE, end=NOW - 12 * HOUR)), "nothing"),
        (replace(MADE, charge=replace(CHARGE, energy=1)), "made"),
        # Prices differ by three tenths.
        (replace(UNUSUAL, prices=replace(DEAR, mean=1.25, usual=1)), "nothing"),
        (replace(UNUSUAL, prices=replace(DEAR, mean=2.6, usual=2)), "prices"),
        (replace(UNUSUAL, prices=replace(DEAR, mean=2.2, usual=2)), "nothing"),
        (replace(UNUSUAL, prices=replace(DEAR, mean=0.7, usual=-1)), "nothing"),
        (replace(UNUSUAL, prices=replace(DEAR, mean=0.7, usual=0.5)), "prices"),
    ],
)
def test_what_is_worth_a_message(facts: MessageFacts, expected: str) -> None:
    """And what is not."""
    assert kind(facts) == expected


def test_who_cannot_reach_the_target_any_more_hears_of_that() -> None:
    """Unplugged after the last moment to begin: a command cannot help."""
    goal = replace(GOAL, first=NOW - 2 * HOUR, latest=NOW, expected=70)
    message = next_message(replace(FACTS, goal=goal), RULES, NOTHING)
    assert message is not None
    assert (message.kind, message.replies) == (MessageKind.SHORT, (Reply.LATER,))
    before = replace(goal, latest=NOW + HOUR)
    assert kind(replace(FACTS, goal=before)) == "plug_in"


def test_a_day_is_that_of_the_user() -> None:
    """Half past midnight in Warsaw is of the new day, with messages of its own."""
    rules = MessageRules(quiet_from=time(3), quiet_until=time(3), most=1)
    facts = replace(UNUSUAL, now=at("23:30"), signed_out=True)
    first = next_message(facts, rules, NOTHING)
    assert first is not None
    log = NOTHING.with_sent(first.key, facts.now)
    assert kind(facts, rules, log) == "nothing"
    later = replace(facts, now=at("00:30", day=25))
    message = next_message(later, rules, log)
    assert message is not None
    assert message.key == "sign_in 2026-11-25"


def test_the_quiet_hours_begin_on_time_and_end_on_time() -> None:
    """Over midnight or within a day; from a time until the same one they are none."""
    night = MessageRules(quiet_from=time(22), quiet_until=time(7))
    noon = MessageRules(quiet_from=time(12), quiet_until=time(14))
    never = MessageRules(quiet_from=time(12), quiet_until=time(12))
    local = datetime(2026, 11, 24)
    minutes = [local.replace(hour=hour) for hour in (22, 7, 12, 14)]
    assert [night.is_quiet(clock) for clock in minutes] == [True, False, False, False]
    assert [noon.is_quiet(clock) for clock in minutes] == [False, False, True, False]
    assert not any(never.is_quiet(clock) for clock in minutes)
    for rules in (night, noon):
        end = datetime.combine(local, rules.quiet_until)
        assert rules.is_quiet(end - timedelta(seconds=1))
