"""How special charging stands: what is in the way, and what failed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from custom_components.tesla_scout_worker.charging.sessions.car_sessions import (
    CarSessions,
)
from custom_components.tesla_scout_worker.charging.sessions.session import (
    Session,
    SessionState,
)
from custom_components.tesla_scout_worker.charging.sessions.status import (
    SHOWN_FOR,
    shown_session,
    special_status,
)

from .session_samples import EVENING, MINUTE, READY_BY, SEND_AT, START, a_session

SCHEDULED = a_session()
ACTIVE = replace(SCHEDULED, state=SessionState.ACTIVE)


def status(
    session: Session | None,
    now: datetime = START,
    at_home: bool | None = True,
    plugged_in: bool | None = True,
) -> str:
    """Return how a session stands."""
    return special_status(session, at_home=at_home, plugged_in=plugged_in, now=now)


def test_the_course_of_a_session_that_is_kept() -> None:
    """Scheduled, in the car, being undone."""
    assert status(None) == "idle"
    assert status(SCHEDULED, EVENING) == "scheduled"
    assert status(ACTIVE) == "active"
    assert status(replace(ACTIVE, ending=SessionState.COMPLETED)) == "restoring"


@pytest.mark.parametrize("session", [SCHEDULED, ACTIVE])
def test_what_is_in_the_way_is_said_once_it_is_due(session: Session) -> None:
    """Home before the cable; what is unknown is not claimed."""
    assert status(session, at_home=False, plugged_in=False) == "needs_home"
    assert status(session, plugged_in=False) == "needs_plug"
    assert status(session, at_home=None, plugged_in=None) not in (
        "needs_home",
        "needs_plug",
    )


def test_a_plan_for_later_does_not_need_the_cable_yet() -> None:
    """Until it is sent the car may be away."""
    before = SEND_AT - MINUTE
    assert status(SCHEDULED, before, at_home=False, plugged_in=False) == "scheduled"
    assert status(SCHEDULED, SEND_AT, plugged_in=False) == "needs_plug"


def test_less_than_the_target_is_no_good_news() -> None:
    """Whether it is in the car or not."""
    assert status(replace(SCHEDULED, behind=True), EVENING) == "falling_behind"
    assert status(replace(ACTIVE, behind=True)) == "falling_behind"


@pytest.mark.parametrize("state", [SessionState.FAILED, SessionState.MISSED])
def test_a_broken_promise_does_not_look_like_none(state: SessionState) -> None:
    """While its car is restored, and for some hours, unless another one follows."""
    ending = replace(ACTIVE, ending=state)
    over = replace(ACTIVE, state=state)
    for session in (ending, over):
        sessions = CarSessions(sessions={session.id: session})
        for later in (timedelta(0), SHOWN_FOR - MINUTE):
            now = READY_BY + later
            assert status(shown_session(sessions, now), now) == "failed"
    sessions = CarSessions(sessions={over.id: over})
    assert shown_session(sessions, READY_BY + SHOWN_FOR) is None
    another = replace(SCHEDULED, id="another", ready_by=READY_BY + SHOWN_FOR)
    assert shown_session(sessions.with_session(another), READY_BY) == another


@pytest.mark.parametrize("state", [SessionState.COMPLETED, SessionState.CANCELLED])
def test_what_is_over_as_it_should_be_is_not_shown(state: SessionState) -> None:
    """Nothing is left to say."""
    over = replace(ACTIVE, state=state)
    assert shown_session(CarSessions(sessions={over.id: over}), READY_BY) is None


def test_of_what_failed_the_latest_is_shown() -> None:
    """Also while the car is restored after an earlier one."""
    restoring = replace(ACTIVE, id="restoring", ending=SessionState.MISSED)
    later = READY_BY + timedelta(hours=2)
    failed = replace(ACTIVE, id="failed", state=SessionState.FAILED, ready_by=later)
    both = CarSessions(sessions={"failed": failed, "restoring": restoring})
    assert shown_session(both, later) == failed
    earlier = replace(failed, ready_by=READY_BY - MINUTE)
    both = CarSessions(sessions={"failed": earlier, "restoring": restoring})
    assert shown_session(both, later) == restoring


def test_a_car_that_is_restored_for_long_is_still_shown() -> None:
    """It waits for a car that is away; a session that was kept hides what failed."""
    restoring = replace(ACTIVE, id="restoring", ending=SessionState.MISSED)
    alone = CarSessions(sessions={"restoring": restoring})
    assert shown_session(alone, READY_BY + SHOWN_FOR) == restoring
    kept = replace(restoring, ending=SessionState.COMPLETED)
    failed = replace(ACTIVE, id="failed", state=SessionState.FAILED)
    both = CarSessions(sessions={"failed": failed, "restoring": kept})
    assert shown_session(both, READY_BY) == kept
