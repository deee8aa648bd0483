"""The owner's charge limit: raised, shared by sessions, and given back."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.in_car.charge_limit import (
    LimitOverride,
    limit_to_restore,
    override_for,
    owners_limit,
)
from custom_components.tesla_scout_worker.charging.sessions.car_sessions import (
    KEPT,
    CarSessions,
)
from custom_components.tesla_scout_worker.charging.sessions.session import SessionState
from custom_components.tesla_scout_worker.charging.sessions.state_machine import (
    Ended,
    Restored,
)

from ..sessions.session_samples import (
    CLEANUP_AT,
    END,
    HOUR,
    MINUTE,
    OVER,
    READY_BY,
    SEND_AT,
    SITUATIONS,
    START,
    a_session,
    after,
)

RAISED = LimitOverride(original=70, raised_to=90)
HIGHER = LimitOverride(original=70, raised_to=100, earlier=90)
limits = st.integers(50, 100)


@pytest.mark.parametrize(
    ("limit_override", "current", "target", "wanted"),
    [
        # The first try, and a limit that is high enough.
        (None, 70, 90, RAISED),
        (None, 90, 90, None),
        (None, 100, 90, None),
        # A try that is repeated, before and after the raise.
        (RAISED, 70, 90, RAISED),
        (RAISED, 90, 90, RAISED),
        # Another session of the car shares the original.
        (RAISED, 90, 80, RAISED),
        (RAISED, 90, 100, LimitOverride(original=70, raised_to=100, earlier=90)),
        # Its raise may fail, or take, before the next try.
        (HIGHER, 90, 100, HIGHER),
        (HIGHER, 100, 100, LimitOverride(original=70, raised_to=100)),
        (HIGHER, 80, 100, LimitOverride(original=80, raised_to=100)),
        # The owner changed it meanwhile.
        (RAISED, 80, 90, LimitOverride(original=80, raised_to=90)),
        (RAISED, 95, 90, None),
        (RAISED, 60, 90, LimitOverride(original=60, raised_to=90)),
        (RAISED, 85, 80, None),
    ],
)
def test_the_original_is_the_owners(
    limit_override: LimitOverride | None,
    current: int,
    target: int,
    wanted: LimitOverride | None,
) -> None:
    """Never what was raised, and what the owner set last."""
    assert override_for(limit_override, current, target) == wanted


@pytest.mark.parametrize(
    ("limit_override", "current", "restored"),
    [
        (None, 90, None),
        (RAISED, 90, 70),
        (HIGHER, 100, 70),
        (HIGHER, 90, 70),
        (HIGHER, 70, None),
        (HIGHER, 80, None),
        # Restored already, or never raised.
        (RAISED, 70, None),
        # The owner's own.
        (RAISED, 80, None),
        (RAISED, 100, None),
    ],
)
def test_only_what_was_raised_is_restored(
    limit_override: LimitOverride | None, current: int, restored: int | None
) -> None:
    """The owner's change wins."""
    assert limit_to_restore(limit_override, current) == restored


@given(
    original=limits,
    tries=st.lists(st.tuples(limits, st.booleans()), min_size=1, max_size=8),
)
def test_no_retry_makes_the_raised_limit_the_original(
    original: int, tries: list[tuple[int, bool]]
) -> None:
    """Whichever sessions of the car raise it, and whether or not it takes."""
    limit_override, current = None, original
    for target, takes in tries:
        limit_override = override_for(limit_override, current, target)
        if limit_override is None:
            assert current == original >= target
            continue
        assert limit_override.original == original < limit_override.raised_to
        assert limit_override.raised_to >= target
        current = limit_override.raised_to if takes else current
    restored = limit_to_restore(limit_override, current)
    assert current == original if restored is None else restored == original


@given(original=limits, target=limits, owners=limits)
def test_restoring_never_touches_the_owners_change(
    original: int, target: int, owners: int
) -> None:
    """Nor does it ever set anything but the original."""
    limit_override = override_for(None, original, target)
    restored = limit_to_restore(limit_override, owners)
    if limit_override is None or owners != limit_override.raised_to:
        assert restored is None
    else:
        assert restored == original


@given(original=limits, target=limits, owners=limits, retried=limits)
def test_a_session_never_lowers_the_limit(
    original: int, target: int, owners: int, retried: int
) -> None:
    """What the owner set meanwhile is the least that stays."""
    limit_override = override_for(override_for(None, original, target), owners, retried)
    assert limit_override is None or limit_override.raised_to >= owners


# Sessions that share a car.


def two(first: str, second: str) -> CarSessions:
    """Return a car with two sessions in these situations."""
    one = replace(SITUATIONS[first], id="one")
    other = replace(SITUATIONS[second], id="other")
    return CarSessions(limit_override=RAISED).with_session(one).with_session(other)


@pytest.mark.parametrize(
    ("other", "shares"),
    [
        ("scheduled", False),
        ("half sent", False),
        ("active", True),
        ("restoring", False),
    ],
)
def test_two_sessions_share_one_limit(other: str, shares: bool) -> None:
    """The first that is undone leaves it to the other, and the last restores it."""
    car_sessions = two("active", other)
    assert car_sessions.shares_limit(car_sessions.sessions["one"]) is shares
    alone = CarSessions().with_session(SITUATIONS["active"])
    assert not alone.shares_limit(SITUATIONS["active"])


def test_the_last_of_two_restores_the_limit() -> None:
    """Once, whichever is undone first."""
    for order in (("one", "other"), ("other", "one")):
        car_sessions = two("active", "active")
        restored = []
        for name in order:
            session = after(
                car_sessions.sessions[name],
                Ended(state=SessionState.COMPLETED),
                at=CLEANUP_AT,
            )
            car_sessions = car_sessions.with_session(session)
            if not car_sessions.shares_limit(session):
                restored.append(
                    (name, limit_to_restore(car_sessions.limit_override, 90))
                )
                car_sessions = replace(car_sessions, limit_override=None)
            car_sessions = car_sessions.with_session(
                after(session, Restored(), at=CLEANUP_AT)
            )
        assert restored == [(order[1], 70)]


def test_ids_in_the_car_are_ours_until_they_are_undone() -> None:
    """Those of the sessions that are not over."""
    car_sessions = two("active", "scheduled")
    assert car_sessions.schedule_ids == {11}
    undone = after(
        car_sessions.sessions["one"], Ended(state=SessionState.COMPLETED), Restored()
    )
    assert car_sessions.with_session(undone).schedule_ids == set()


def test_a_car_is_blocked_until_the_last_cleanup() -> None:
    """Of those that were sent."""
    car_sessions = two("active", "scheduled")
    assert car_sessions.blocked_until(SEND_AT) == CLEANUP_AT
    longer = replace(SITUATIONS["active"], id="other", cleanup_at=CLEANUP_AT + HOUR)
    car_sessions = car_sessions.with_session(longer)
    assert car_sessions.blocked_until(END) == CLEANUP_AT + HOUR
    assert car_sessions.blocked_until(CLEANUP_AT + HOUR) is None
    assert CarSessions().blocked_until(START) is None


def test_what_is_over_is_listed_for_a_week() -> None:
    """And what is not over for as long as it takes."""
    over = {
        state: replace(one, id=state, ready_by=READY_BY) for state, one in OVER.items()
    }
    kept = CarSessions(sessions={**over, "open": a_session(id="open")})
    last = max(READY_BY, CLEANUP_AT)
    assert kept.without_old(last + KEPT - MINUTE) == kept
    assert set(kept.without_old(last + KEPT).sessions) == {"open"}


def test_the_present_session_is_the_one_that_runs() -> None:
    """And none of a car without any."""
    car_sessions = two("scheduled", "active")
    assert car_sessions.current_session == car_sessions.sessions["other"]
    assert CarSessions().current_session is None


@given(original=limits, target=limits, owners=limits)
def test_the_owners_limit_is_the_same_before_and_after_the_raise(
    original: int, target: int, owners: int
) -> None:
    """And one that the owner sets meanwhile is the owner's."""
    limit_override = override_for(None, original, target)
    raised = original if limit_override is None else limit_override.raised_to
    assert owners_limit(limit_override, raised) == original
    assert owners_limit(limit_override, None) is None
    if owners != raised:
        assert owners_limit(limit_override, owners) == owners
