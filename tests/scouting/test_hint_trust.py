"""Hints, the limiter and the tally: what is believed, let through and counted."""

from datetime import datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.gateways.models import Connectivity
from custom_components.tesla_scout_worker.scouting.adaptive import next_read
from custom_components.tesla_scout_worker.scouting.car_state import CarState
from custom_components.tesla_scout_worker.scouting.events import VehicleEventType
from custom_components.tesla_scout_worker.scouting.hint_trust import (
    CHATTER,
    SECOND_CHANCE,
    Hint,
    HintKind,
    interpret_state,
)
from custom_components.tesla_scout_worker.scouting.motion import SETTLE
from custom_components.tesla_scout_worker.scouting.policy_input import ReadReason
from custom_components.tesla_scout_worker.scouting.rate_limiter import (
    AT_ONCE,
    EACH,
    TokenBucket,
)
from custom_components.tesla_scout_worker.scouting.statistics import ReadStatistics

from .samples import HOME, NOON, WORK_POSITION, snapshot, summary

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("on", True),
        ("Connected", True),
        ("Awaiting start", True),
        ("home", True),
        ("off", False),
        ("disconnected", False),
        ("not_home", False),
        ("unavailable", None),
        ("17.4", None),
        (None, None),
    ],
)
def test_the_words_of_hints(state: str | None, expected: bool | None) -> None:
    """Wallboxes have words of their own; what is none of them says nothing."""
    assert interpret_state(state) is expected


def test_a_noisy_hint_loses_weight_and_may_win_it_back() -> None:
    """After four reads for nothing it is worth one every twelve hours."""
    hint, now = Hint(kind=HintKind.OTHER), NOON
    for _ in range(4):
        assert hint.worth_a_read(now)
        assert not hint.worth_a_read(now + CHATTER - MINUTE)
        hint.record_result(found_change=False)
        now += CHATTER
    assert hint.weight == 0
    assert not hint.worth_a_read(now)
    now += SECOND_CHANCE
    assert hint.worth_a_read(now)
    for _ in range(4):
        hint.record_result(found_change=True)
    assert hint.weight == 0.5
    for _ in range(20):
        hint.record_result(found_change=True)
    assert hint.weight > 0.8
    assert hint.worth_a_read(now + CHATTER)


def test_a_hint_that_is_right_once_in_four_is_worth_a_read_each_time() -> None:
    """But one change is one read, though it shows twice at the same instant."""
    hint = Hint(kind=HintKind.PLUG, useful=1, useless=3)
    assert hint.worth_a_read(NOON)
    assert not hint.worth_a_read(NOON)
    assert hint.worth_a_read(NOON + CHATTER)
    # The clock was set back.
    assert hint.worth_a_read(NOON - MINUTE)
    worse = Hint(kind=HintKind.PLUG, useful=1, useless=4, last_at=NOON)
    assert not worse.worth_a_read(NOON + CHATTER)


@pytest.mark.parametrize(
    ("useful", "useless", "after"),
    [(3, 16, (4, 16)), (3, 17, (2, 8)), (20, 0, (11, 0)), (0, 21, (1, 10))],
)
def test_what_a_hint_was_long_ago_counts_less(
    useful: int, useless: int, after: tuple[int, int]
) -> None:
    """Of twenty reads half are forgotten, in whole ones."""
    hint = Hint(kind=HintKind.PLUG, useful=useful, useless=useless)
    hint.record_result(found_change=True)
    assert (hint.useful, hint.useless) == after


def after_read(**found: object) -> CarState:
    """Return the memory of a car after a read at noon."""
    memory = CarState(summary=summary()).with_motion(Connectivity.ONLINE, NOON)
    memory = memory.after_poll(summary(), NOON)
    return memory.after_read(snapshot(**found), HOME)  # type: ignore[arg-type]


def kinds(memory: CarState) -> list[VehicleEventType]:
    """Return what is pending."""
    return [item.event_type for item in memory.pending]


def test_a_wallbox_is_believed_at_once() -> None:
    """A car that was on its way is home, plugged in and ready, without a read."""
    away = after_read(position=WORK_POSITION, shift_state="D")
    fired = away.with_cable_hint(plugged_in=True, home=HOME, now=NOON + 20 * MINUTE)
    assert fired.observation.at_home
    assert fired.observation.plugged_in
    assert kinds(fired) == [
        VehicleEventType.ARRIVED_HOME,
        VehicleEventType.READY_TO_CHARGE,
    ]
    assert fired.with_cable_hint(True, HOME, NOON) is fired
    pulled = fired.with_cable_hint(plugged_in=False, home=HOME, now=NOON + 60 * MINUTE)
    assert pulled.observation.plugged_in is False
    assert kinds(pulled)[-1] is VehicleEventType.NOT_READY


def test_a_wallbox_is_not_believed_of_a_car_that_cannot_be_there() -> None:
    """Twelve kilometres in a minute, a cable pulled while away, a home unknown."""
    away = after_read(position=WORK_POSITION)
    assert away.with_cable_hint(True, HOME, NOON + MINUTE) is away
    assert away.with_cable_hint(True, None, NOON + 60 * MINUTE) is away
    there = after_read(position=WORK_POSITION, charging_state="Charging")
    assert there.with_cable_hint(False, HOME, NOON + 60 * MINUTE) is there
    unseen = CarState(summary=summary())
    assert unseen.with_cable_hint(True, HOME, NOON).observation.at_home


def test_a_car_that_is_unplugged_while_it_charges_is_read_soon() -> None:
    """It mostly drives off, and no poll tells of that: it was awake already."""
    charging = after_read(charging_state="Charging")
    pulled = charging.with_cable_hint(False, HOME, NOON + 10 * MINUTE)
    planned = next_read(pulled.policy_input(summary(), asked=False, cable_hinted=True))
    assert planned.reason is ReadReason.UNPLUGGED
    assert planned.due == NOON + 10 * MINUTE + SETTLE
    at = planned.due
    found = snapshot(position=WORK_POSITION, shift_state="D", at=at)
    gone = pulled.after_read(found, HOME)
    assert VehicleEventType.LEFT_HOME in kinds(gone)
    after = next_read(gone.policy_input(summary(), asked=False, cable_hinted=True))
    assert after.reason is ReadReason.MAY_BE_HOME
    stays = pulled.after_read(snapshot(at=at), HOME)
    after = next_read(stays.policy_input(summary(), asked=False, cable_hinted=True))
    assert after.reason is ReadReason.STILL_AWAKE


def test_a_cable_at_home_is_not_that_of_a_car_that_sleeps_elsewhere() -> None:
    """A guest plugs in while the car stands at the airport."""
    away = after_read(position=WORK_POSITION).with_motion(
        Connectivity.ASLEEP, NOON + 20 * MINUTE
    )
    night = NOON + 600 * MINUTE
    assert away.with_cable_hint(True, HOME, night) is away
    back = away.with_motion(Connectivity.ONLINE, night)
    assert back.with_cable_hint(True, HOME, night).observation.at_home
    home = after_read().with_motion(Connectivity.ASLEEP, NOON + 20 * MINUTE)
    assert home.with_cable_hint(True, HOME, night).observation.plugged_in
    underground = after_read(position=WORK_POSITION, shift_state="D").with_motion(
        Connectivity.OFFLINE, NOON + 20 * MINUTE
    )
    assert underground.with_cable_hint(True, HOME, night).observation.at_home


def test_a_charge_between_two_reads_is_reported() -> None:
    """Too short to be seen: only the energy that was added has changed."""

    def found(kwh: float, at: datetime) -> CarState:
        payload = dict(snapshot(charging_state="Complete", level=80, at=at).payload)
        payload["charge_state"] = {
            **payload["charge_state"],
            "charge_energy_added": kwh,
        }
        look = type(snapshot()).parse(payload, at)
        return memory.after_poll(summary(), at).after_read(look, HOME)

    memory = after_read()
    memory = found(0.0, NOON + MINUTE)
    assert kinds(memory) == []
    memory = found(0.4, NOON + 2 * MINUTE)
    assert kinds(memory) == [
        VehicleEventType.CHARGING_STARTED,
        VehicleEventType.CHARGING_STOPPED,
    ]
    memory = found(0.4, NOON + 3 * MINUTE)
    assert len(memory.pending) == 2


def test_what_reads_cost_and_found_is_counted_by_day_and_month() -> None:
    """A day is the user's, a month is Tesla's."""
    memory = after_read()
    assert memory.statistics.reads_per_event is None
    assert (memory.statistics.reads_today, memory.statistics.reads) == (1, 1)
    memory = memory.after_read(snapshot(charging_state="Charging"), HOME)
    assert memory.statistics.events == 2
    assert memory.statistics.reads_per_event == 1
    statistics = memory.statistics.roll_over("2026-11-24", "2026-11")
    assert statistics == ReadStatistics(day="2026-11-24", month="2026-11")
    statistics = statistics.with_read().roll_over("2026-11-25", "2026-11")
    assert (statistics.reads_today, statistics.reads) == (0, 1)
    assert statistics.roll_over("2026-11-25", "2026-11") is statistics


@given(st.lists(st.integers(min_value=0, max_value=90), max_size=200))
def test_a_limiter_lets_no_more_through_than_it_says(waits: list[int]) -> None:
    """Whoever asks how fast: a few at once, and then one a quarter of an hour."""
    limiter, now, let = TokenBucket(), NOON, 0
    for minutes in waits:
        now += minutes * MINUTE
        if limiter.wait(now):
            continue
        limiter.take(now)
        let += 1
        assert let <= AT_ONCE + (now - NOON) / EACH
    assert limiter.wait(now) <= EACH
    assert not limiter.wait(now + EACH)
    # A clock that is set back locks nobody out, and lets nobody through for nothing.
    past, let = NOON - timedelta(days=400), 0
    while not limiter.wait(past) and let <= AT_ONCE:
        limiter.take(past)
        let += 1
    assert let <= AT_ONCE
    assert limiter.wait(past) <= EACH
