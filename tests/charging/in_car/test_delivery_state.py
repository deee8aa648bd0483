"""How delivering goes: pauses, refusals, wakes, and when the next try may be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.in_car.delivery_state import (
    AWAY_PAUSE,
    LONG_PAUSES,
    MANUAL_PAUSE,
    MOST_REFUSALS,
    NO_WAKE,
    PAUSES,
    REFUSED_PAUSE,
    WAKE_POLL,
    WAKES_APART,
    DeliveryState,
    Failure,
    WaitReason,
    WakeRule,
)

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TROUBLE = Failure(waits_for=WaitReason.TROUBLE, reason="timeout")
SILENT = Failure(waits_for=WaitReason.UNREACHABLE)
AWAY = Failure(waits_for=WaitReason.NOT_HOME)
REFUSED = Failure(waits_for=WaitReason.TROUBLE, reason="no", refused=True)
FINAL = replace(REFUSED, final=True)

failures = st.builds(
    Failure,
    waits_for=st.sampled_from(WaitReason),
    reason=st.none() | st.text(max_size=5),
    refused=st.booleans(),
    final=st.booleans(),
    until=st.none() | st.just(NOW + 90 * MINUTE),
)


def after(*failed: Failure, pauses: tuple[timedelta, ...] = PAUSES) -> DeliveryState:
    """Return the state after tries that failed."""
    state = DeliveryState()
    for failure in failed:
        state = state.failed(failure, NOW, pauses, REFUSED_PAUSE)
    return state


def pause(*failed: Failure, pauses: tuple[timedelta, ...] = PAUSES) -> timedelta:
    """Return the pause after the last of tries that failed."""
    try_at = after(*failed, pauses=pauses).try_at
    assert try_at is not None
    return try_at - NOW


@pytest.mark.parametrize("pauses", [PAUSES, LONG_PAUSES])
def test_pauses_grow_up_to_the_longest(pauses: tuple[timedelta, ...]) -> None:
    """One a try."""
    for tries in range(1, len(pauses) + 3):
        expected = pauses[min(tries, len(pauses)) - 1]
        assert pause(*[TROUBLE] * tries, pauses=pauses) == expected


def test_an_answer_that_comes_by_itself_is_not_waited_for_long() -> None:
    """Once; if it does not come, the pause is that of any failure."""
    soon = NOW + timedelta(seconds=20)
    late = Failure(
        waits_for=WaitReason.TROUBLE, reason="stale_answer", until=soon, soon=True
    )
    trouble = Failure(waits_for=WaitReason.TROUBLE, reason="transient")
    state = DeliveryState()
    for _ in range(6):
        state = state.failed(trouble, NOW, PAUSES)
    state = state.failed(late, NOW, PAUSES)
    assert state.try_at == soon
    assert state.failed(late, NOW, PAUSES).try_at == NOW + PAUSES[-1]


def test_a_car_that_cannot_be_reached_has_no_short_pauses() -> None:
    """One that is away has its own, and a time that the server named is kept."""
    assert pause(SILENT) == PAUSES[2]
    assert pause(AWAY) == AWAY_PAUSE
    until = NOW + 47 * MINUTE
    assert after(replace(TROUBLE, until=until)).try_at == until


def test_without_pauses_the_return_of_the_car_is_awaited() -> None:
    """It has no time until then."""
    state = after(SILENT, pauses=())
    assert state.waits_for_return
    back = state.returned(NOW + MINUTE)
    assert back.try_at == NOW + MINUTE
    assert not back.waits_for_return
    assert back.waits_for is None
    assert back.tries == 0


def test_what_is_billed_many_times_over_is_tried_a_few_times_a_night() -> None:
    """Tesla's proxy repeats a command ten times before it gives up."""
    state, now, tries = DeliveryState(), NOW, 0
    while now < NOW + timedelta(hours=7):
        state = state.failed(replace(TROUBLE, dear=True), now, PAUSES)
        assert state.try_at is not None
        now, tries = state.try_at, tries + 1
    assert tries == 5
    # A pause that is longer anyway stays.
    assert pause(*[replace(TROUBLE, dear=True)] * 9, pauses=LONG_PAUSES) == max(
        LONG_PAUSES
    )


def test_a_car_that_refused_three_times_needs_a_person() -> None:
    """And is left alone for hours; a final refusal counts for all three."""
    assert not after(*[REFUSED] * (MOST_REFUSALS - 1)).needs_person
    assert pause(*[REFUSED] * (MOST_REFUSALS - 1)) < REFUSED_PAUSE
    assert after(*[REFUSED] * MOST_REFUSALS).needs_person
    assert pause(*[REFUSED] * MOST_REFUSALS) == REFUSED_PAUSE
    assert after(FINAL).needs_person
    assert pause(FINAL) == REFUSED_PAUSE
    # Refusals in a row: trouble in between does not take them back.
    assert after(REFUSED, REFUSED, TROUBLE, REFUSED).needs_person


def test_success_forgets_failures_and_wakes() -> None:
    """A retry by hand forgets the failures alone."""
    state = after(REFUSED).waking(NOW, "change")
    assert state.succeeded() == DeliveryState()
    kept = state.without_failure()
    assert kept == replace(
        DeliveryState(), wakes=1, woken_at=NOW, woken_for="change", waking_since=NOW
    )


def test_a_person_may_retry_sooner_but_not_each_minute() -> None:
    """Each refusal is billed; and a time that the server named holds for anybody."""
    state = after(*[REFUSED] * MOST_REFUSALS)
    assert state.blocked_until(NOW) == NOW + REFUSED_PAUSE
    assert state.blocked_until(NOW, manual=True) == NOW + MANUAL_PAUSE
    assert state.blocked_until(NOW + MANUAL_PAUSE, manual=True) is None
    limited = state.blocked_until(NOW, manual=True, rate_limited=True)
    assert limited == NOW + REFUSED_PAUSE
    assert state.blocked_until(NOW + REFUSED_PAUSE) is None
    assert DeliveryState().blocked_until(NOW) is None


# Waking.


def test_a_wake_is_counted_and_polled_for() -> None:
    """Until the car answers, or a try fails."""
    state = DeliveryState().waking(NOW, None)
    assert (state.wakes, state.waking_since) == (1, NOW)
    assert state.waits_for is WaitReason.UNREACHABLE
    assert state.returned(NOW + MINUTE).waking_since is None
    assert state.try_at == NOW + WAKE_POLL
    polled = state.still_waking(NOW + WAKE_POLL)
    assert polled.waking_since == NOW
    assert polled.try_at == NOW + 2 * WAKE_POLL
    awake = state.awake(NOW + MINUTE)
    assert (awake.waking_since, awake.try_at) == (None, NOW + MINUTE)
    assert awake.wakes == 1
    assert state.failed(SILENT, NOW, PAUSES).waking_since is None
    # What did not wait for a wake keeps its time.
    assert after(TROUBLE).awake(NOW) == after(TROUBLE)


def test_a_wake_from_before_a_downtime_is_forgotten() -> None:
    """But counts."""
    state = DeliveryState().waking(NOW, "change").wake_forgotten()
    assert (state.waking_since, state.woken_at, state.woken_for) == (None, None, None)
    assert state.wakes == 1


def test_a_car_that_is_away_and_silent_is_still_away() -> None:
    """Its wakes count from when it left."""
    state = DeliveryState().waking(NOW, None).failed(AWAY, NOW, PAUSES)
    assert (state.waits_for, state.wakes) == (WaitReason.NOT_HOME, 0)
    state = state.waking(NOW, None)
    for failure in (SILENT, AWAY, SILENT):
        state = state.failed(failure, NOW, PAUSES)
        assert (state.waits_for, state.wakes) == (WaitReason.NOT_HOME, 1)


def test_a_rule_says_from_when_and_how_often() -> None:
    """And without one a car stays asleep."""
    fresh = DeliveryState()
    assert not fresh.may_wake(NO_WAKE, NOW)
    assert not fresh.may_wake(WakeRule(since=NOW + MINUTE, most=1), NOW)
    assert fresh.may_wake(WakeRule(since=NOW, most=1), NOW)
    once = fresh.waking(NOW, None)
    assert not once.may_wake(WakeRule(since=NOW, most=1), NOW)
    assert once.may_wake(WakeRule(since=NOW, most=2), NOW)


def test_a_change_is_woken_for_once_and_no_two_in_a_row() -> None:
    """However the plan moves on."""
    rule, other = WakeRule(since=NOW, change="one"), WakeRule(since=NOW, change="other")
    state = DeliveryState()
    assert state.may_wake(rule, NOW)
    state = state.waking(NOW, "one")
    assert not state.may_wake(rule, NOW + 2 * WAKES_APART)
    assert not state.may_wake(other, NOW + WAKES_APART - MINUTE)
    assert state.may_wake(other, NOW + WAKES_APART)


@pytest.mark.parametrize(
    ("wakes", "minutes"), [(1, 30), (2, 40), (3, 60)], ids=["first", "second", "third"]
)
def test_wakes_are_spread_over_the_time_that_is_left(
    wakes: int, minutes: float
) -> None:
    """Two hours are left after each: one of four, of three, and of two parts."""
    rule = WakeRule(since=NOW, most=4, until=NOW + 120 * MINUTE)
    state = replace(DeliveryState(), wakes=wakes, woken_at=NOW)
    assert not state.may_wake(rule, NOW + minutes * MINUTE - MINUTE / 60)
    assert state.may_wake(rule, NOW + minutes * MINUTE)


def test_the_first_wake_waits_for_no_other() -> None:
    """Nor does any after a downtime, or without a time to spread them over."""
    rule = WakeRule(since=NOW, most=2, until=NOW + 120 * MINUTE)
    assert DeliveryState().may_wake(rule, NOW)
    assert replace(DeliveryState(), wakes=1).may_wake(rule, NOW)
    woken = replace(DeliveryState(), wakes=1, woken_at=NOW)
    assert not woken.may_wake(rule, NOW)
    assert woken.may_wake(replace(rule, until=None), NOW)


@given(failed=st.lists(failures, min_size=1, max_size=12))
def test_no_try_is_repeated_at_once(failed: list[Failure]) -> None:
    """Whatever failed: the next try is later, and no later than it must."""
    state = after(*failed)
    assert state.waits_for is not None
    assert state.tries == len(failed)
    assert state.try_at is not None
    longest = max(REFUSED_PAUSE, PAUSES[-1], 90 * MINUTE)
    assert NOW + PAUSES[0] <= state.try_at <= NOW + longest
    assert state.blocked_until(NOW) == state.try_at
