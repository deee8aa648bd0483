"""When to ask for a new token: the windows, the limiter, and no way into a deadlock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.tokens import policy
from custom_components.tesla_scout_worker.tokens.policy import (
    Decision,
    RefreshOutcome,
    Tier,
    TokenState,
)

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

instants = st.datetimes(
    datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)
)
spans = st.timedeltas(timedelta(days=-2), timedelta(days=2))
last_requests = st.none() | instants


def refresh_action(
    now: datetime, expires_at: datetime, last_request: datetime | None
) -> Decision:
    """Decide as for the action that asks for a new token, needed or not."""
    return policy.limited(Tier.REACTIVE, now, expires_at, last_request)


type Asks = Callable[[datetime, datetime, datetime | None], Decision]

WAYS: list[Asks] = [policy.serve_caller, policy.proactive, refresh_action]


@pytest.mark.parametrize(
    ("left", "tier", "ask"),
    [
        (timedelta(hours=8), Tier.REACTIVE, False),
        (5 * MINUTE, Tier.REACTIVE, False),
        (5 * MINUTE - SECOND, Tier.REACTIVE, True),
        (60 * SECOND, Tier.REACTIVE, True),
        (59 * SECOND, Tier.EMERGENCY, True),
        (0 * SECOND, Tier.EMERGENCY, True),
        (timedelta(days=-90), Tier.EMERGENCY, True),
    ],
)
def test_a_caller_is_served_by_what_is_left(
    left: timedelta, tier: Tier, ask: bool
) -> None:
    """Five minutes are enough; below that the token is renewed, below one at once."""
    decision = policy.serve_caller(NOON, NOON + left, None)
    assert (decision.tier, decision.ask) == (tier, ask)


@pytest.mark.parametrize(
    ("left", "tier", "ask"),
    [
        (30 * MINUTE, Tier.PROACTIVE, False),
        (30 * MINUTE - SECOND, Tier.PROACTIVE, True),
        (60 * SECOND, Tier.PROACTIVE, True),
        (59 * SECOND, Tier.EMERGENCY, True),
    ],
)
def test_a_check_renews_in_the_last_half_hour(
    left: timedelta, tier: Tier, ask: bool
) -> None:
    """The sweep renews what has less than 30 minutes left."""
    decision = policy.proactive(NOON, NOON + left, None)
    assert (decision.tier, decision.ask) == (tier, ask)
    assert decision.otherwise is RefreshOutcome.STILL_VALID


def test_the_timer_renews_at_the_edge_that_it_was_set_to() -> None:
    """The jitter sets the timer before the window, where a sweep would not ask yet."""
    left = policy.PROACTIVE_WINDOW + policy.MAX_JITTER / 2
    assert not policy.proactive(NOON, NOON + left, None).ask
    window = policy.PROACTIVE_WINDOW + policy.MAX_JITTER
    assert policy.proactive(NOON, NOON + left, None, window).ask


@pytest.mark.parametrize(
    ("since", "ask"),
    [(0 * SECOND, False), (59 * SECOND, False), (60 * SECOND, True), (-SECOND, True)],
)
def test_one_request_a_minute(since: timedelta, ask: bool) -> None:
    """The limiter holds for a minute; a clock that was set back does not block it."""
    expires_at = NOON + 4 * MINUTE
    decision = policy.serve_caller(NOON, expires_at, NOON - since)
    assert (decision.tier, decision.ask) == (Tier.REACTIVE, ask)
    if not ask:
        assert decision.otherwise is RefreshOutcome.RATE_LIMITED


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("retry", [0 * SECOND, 5 * SECOND, 20 * SECOND])
def test_an_expired_token_is_renewed_at_once(way: Asks, retry: timedelta) -> None:
    """The predecessor: an expired token, a request just failed, retries held back.

    Whoever asks, and however soon after the last request: it goes out.
    """
    failed_at = NOON
    decision = way(failed_at + retry, NOON - MINUTE, failed_at)
    assert decision == Decision(tier=Tier.EMERGENCY, ask=True)


@given(now=instants, left=spans, last_request=last_requests, way=st.sampled_from(WAYS))
def test_no_expired_token_and_blocked_refresh(
    now: datetime, left: timedelta, last_request: datetime | None, way: Asks
) -> None:
    """Whatever the clocks say: who is held back has a token that is good for a minute."""
    decision = way(now, now + left, last_request)
    if not decision.ask:
        assert left >= policy.EMERGENCY_WINDOW
    assert (decision.tier is Tier.EMERGENCY) == (left < policy.EMERGENCY_WINDOW)


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(WAYS), st.integers(0, 200).map(lambda s: s * SECOND)),
        max_size=60,
    ),
    left=st.integers(0, 40).map(lambda minutes: minutes * MINUTE),
)
def test_at_most_one_request_a_minute_outside_the_emergency(
    steps: list[tuple[Asks, timedelta]], left: timedelta
) -> None:
    """Any callers in any rhythm, during an outage that fails every request."""
    now, expires_at = NOON, NOON + left
    limited_requests: list[datetime] = []
    last_request: datetime | None = None
    for way, pause in steps:
        now += pause
        decision = way(now, expires_at, last_request)
        if decision.ask:
            last_request = now
            if decision.tier is not Tier.EMERGENCY:
                limited_requests.append(now)
    gaps = pairwise(limited_requests)
    assert all(later - earlier >= MINUTE for earlier, later in gaps)


@given(now=instants, left=spans, jitter=st.timedeltas(0 * SECOND, policy.MAX_JITTER))
def test_the_timer_never_misses_the_window_and_never_spins(
    now: datetime, left: timedelta, jitter: timedelta
) -> None:
    """It fires before the window is over, or a minute from now for short-lived tokens."""
    at = policy.next_check(now, now + left, jitter)
    assert at >= now + policy.LIMITER_INTERVAL
    edge = now + left - policy.PROACTIVE_WINDOW
    assert at == now + policy.LIMITER_INTERVAL or edge - policy.MAX_JITTER <= at <= edge


def test_the_pauses_grow_to_half_an_hour() -> None:
    """A server that fails is asked ever more rarely, but never given up."""
    minutes = [policy.pause_after(failures) / MINUTE for failures in range(1, 9)]
    assert minutes == [1, 2, 4, 8, 16, 30, 30, 30]
    assert policy.pause_after(1_000_000) == policy.LONGEST_PAUSE


def test_the_pauses_grow_with_the_outage() -> None:
    """From two hours on; after four a try an hour."""
    hours = [policy.pause_after(99, timedelta(hours=hour)) / HOUR for hour in range(7)]
    assert hours == [0.5, 0.5, 0.5, 0.75, 1, 1, 1]


def test_what_is_refused_is_asked_for_rarely() -> None:
    """Only a person can change it."""
    minutes = [policy.pause_after(n, refused=True) / MINUTE for n in range(1, 8)]
    assert minutes == [15, 30, 60, 120, 240, 360, 360]


def test_a_sign_out_is_tried_again_now_and_then() -> None:
    """At the end once a day."""
    assert [policy.probe_pause(n) / HOUR for n in range(6)] == [1, 4, 12, 24, 24, 24]


def test_a_rejected_token_is_used_ever_more_rarely() -> None:
    """After an hour once an hour."""
    minutes = [policy.rejection_pause(n) / MINUTE for n in range(1, 9)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_used_token_may_be_tried_for_a_day() -> None:
    """Tesla: the most recently used refresh token stays valid for up to 24 hours."""
    assert policy.in_grace(NOON - timedelta(hours=24) + SECOND, NOON)
    assert not policy.in_grace(NOON - timedelta(hours=24), NOON)
    assert policy.in_grace(NOON + timedelta(hours=1), NOON), "the clock was set back"


@pytest.mark.parametrize(
    ("left", "state"),
    [
        (timedelta(hours=8), TokenState.VALID),
        (5 * MINUTE, TokenState.VALID),
        (5 * MINUTE - SECOND, TokenState.EXPIRING),
        (SECOND, TokenState.EXPIRING),
        (0 * SECOND, TokenState.EXPIRED),
        (timedelta(days=-1), TokenState.EXPIRED),
    ],
)
def test_the_state_for_people(left: timedelta, state: TokenState) -> None:
    """A sign-out outweighs whatever the clock says."""
    assert policy.state_of(NOON, NOON + left, signed_out=False) is state
    assert policy.state_of(NOON, NOON + left, signed_out=True) is TokenState.SIGNED_OUT
