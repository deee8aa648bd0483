"""The sessions of a car: their ids, blocks and ends."""

from dataclasses import replace
from datetime import timedelta

from custom_components.tesla_scout_worker.charging.in_car.charge_limit import (
    LimitOverride,
)
from custom_components.tesla_scout_worker.charging.sessions.car_sessions import (
    KEPT,
    CarSessions,
)
from custom_components.tesla_scout_worker.charging.sessions.session import (
    SessionState,
    Source,
)

from .session_samples import (
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
    ended,
    restored,
)

RAISED = LimitOverride(original=70, raised_to=90)


def two(first: str, second: str) -> CarSessions:
    """Return a car with two sessions in these situations."""
    one = replace(SITUATIONS[first], id="one")
    other = replace(SITUATIONS[second], id="other")
    return CarSessions(override=RAISED).with_session(one).with_session(other)


def test_ids_in_the_car_are_ours_until_they_are_undone() -> None:
    """Those of the sessions that are not over."""
    car_sessions = two("active", "scheduled")
    assert car_sessions.schedule_ids == {11}
    undone = after(
        car_sessions.sessions["one"], ended(SessionState.COMPLETED), restored
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
        state: replace(item, id=state, ready_by=READY_BY)
        for state, item in OVER.items()
    }
    kept = CarSessions(sessions={**over, "open": a_session(id="open")})
    last = max(READY_BY, CLEANUP_AT)
    assert kept.without_old(last + KEPT - MINUTE) == kept
    assert set(kept.without_old(last + KEPT).sessions) == {"open"}


def test_people_ask_about_what_runs_then_what_is_restored_then_what_comes() -> None:
    """And about what is over, never."""
    day = timedelta(days=1)
    next_one = a_session(id="next")
    running = replace(SITUATIONS["active"], id="running", ready_by=READY_BY + 2 * day)
    restoring = replace(SITUATIONS["restoring"], id="restoring")
    later = a_session(id="later", ready_by=READY_BY + day)
    over = [replace(one, id=state) for state, one in OVER.items()]
    everything = [*over, later, next_one, restoring, running]
    expected = [running, restoring, next_one, later]
    for session in expected:
        every = CarSessions(sessions={session.id: session for session in everything})
        assert every.current == session
        everything.remove(session)
    assert (
        CarSessions(sessions={session.id: session for session in everything}).current
        is None
    )


def test_what_is_due_before_and_after_a_deadline() -> None:
    """One that runs may be before, none that runs is after; neither is the same one."""
    early = replace(SITUATIONS["active"], id="early")
    middle = a_session(id="middle", ready_by=READY_BY + HOUR)
    late = a_session(id="late", ready_by=READY_BY + 2 * HOUR)
    sent = replace(late, id="sent", state=SessionState.ACTIVE)
    sessions = CarSessions(
        sessions={session.id: session for session in (late, sent, middle, early)}
    )
    assert sessions.before(READY_BY, None) is None
    assert sessions.before(READY_BY + MINUTE, None) == early
    assert sessions.before(READY_BY + MINUTE, "early") is None
    assert sessions.before(READY_BY + 2 * HOUR, None) == middle
    assert sessions.before(READY_BY + 2 * HOUR, "middle") == early
    assert sessions.after(READY_BY - MINUTE) == (middle, late)
    assert sessions.after(READY_BY + HOUR) == (late,)
    assert sessions.after(READY_BY + 2 * HOUR) == ()


def test_what_is_charged_now_or_undone_is_neither_before_nor_after() -> None:
    """It refuses no other session, and none is moved for it."""
    now = a_session(id="now", source=Source.CHARGE_NOW)
    restoring = replace(SITUATIONS["restoring"], id="restoring")
    sessions = CarSessions(sessions={"now": now, "restoring": restoring})
    assert sessions.before(READY_BY + HOUR, None) is None
    assert sessions.after(READY_BY - HOUR) == ()
