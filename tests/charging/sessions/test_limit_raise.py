"""The limit of a car whose schedules are not in it: raised in the window, once."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.desired_state import (
    DailyPart,
    SessionPart,
    desired_state,
)
from custom_components.tesla_scout_worker.charging.in_car.charge_limit import (
    LimitOverride,
)
from custom_components.tesla_scout_worker.charging.sessions.car_sessions import (
    CarSessions,
)
from custom_components.tesla_scout_worker.charging.sessions.limit_raise import (
    limit_to_raise,
)
from custom_components.tesla_scout_worker.gateways.models import ChargeSnapshot

from ..test_desired_state import HOLDING, RESTORING, SENDING, observed, part_of

SESSION = HOLDING
RAISED = LimitOverride(original=80, raised_to=90)


def charge(limit: int | None, level: int = 60, *, cable: bool = True) -> ChargeSnapshot:
    """Return the charge of a car."""
    return ChargeSnapshot(battery_level=level, charge_limit=limit, plugged_in=cable)


def test_a_limit_below_the_target_is_raised() -> None:
    """The owner's is kept to be restored."""
    assert limit_to_raise(SESSION, None, charge(80)) == (SESSION, RAISED)


@pytest.mark.parametrize(
    "seen", [charge(None), charge(80, 90), charge(80, cable=False)]
)
def test_a_limit_that_is_of_no_use_is_not_raised(seen: ChargeSnapshot) -> None:
    """It is unknown, the battery has the target, or there is no cable."""
    assert limit_to_raise(SESSION, None, seen) == (SESSION, None)


def test_a_limit_that_was_lost_on_the_way_is_raised_again() -> None:
    """The owner's limit is still known."""
    assert limit_to_raise(SESSION, RAISED, charge(80)) == (SESSION, RAISED)


def test_a_limit_that_another_session_raised_is_not_the_owners() -> None:
    """It is raised further, and what the owner had set is restored in the end."""
    before = LimitOverride(original=70, raised_to=85)
    further = LimitOverride(original=70, raised_to=90, earlier=85)
    assert limit_to_raise(SESSION, before, charge(85)) == (SESSION, further)


@pytest.mark.parametrize("lowered", [70, 80, 85])
def test_a_limit_that_the_owner_lowers_stays(lowered: int) -> None:
    """Also to what it was before the session."""
    after, none = limit_to_raise(SESSION, RAISED, charge(90))
    assert none is None
    assert limit_to_raise(after, RAISED, charge(lowered)) == (after, None)


def test_a_session_whose_limit_was_raised_as_it_was_sent_leaves_it_alone() -> None:
    """As by an integration that writes schedules into the car."""
    confirmed = SENDING.confirmed(90)
    assert limit_to_raise(confirmed, RAISED, charge(80)) == (confirmed, None)
    assert not SENDING.confirmed(80).limit_seen


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize(
    ("current", "runs", "kept"),
    [(90, False, True), (95, False, False), (95, True, True)],
    ids=["ours", "the owners", "the owners in a session"],
)
def test_the_owners_limit_is_known_while_it_may_have_to_be_restored(
    current: int, *, waits: bool, runs: bool, kept: bool
) -> None:
    """By a limit of ours in the car, or a session that runs, while another is sent."""
    earlier = replace(HOLDING, id="earlier")
    some = (SENDING, earlier) if runs else (SENDING,)
    sessions = CarSessions(override=RAISED)
    for session in some:
        sessions = sessions.with_session(session)
    seen = replace(observed(current), limit_waits=waits)
    state = desired_state(sessions, part_of(*some), DailyPart(), seen)
    assert state.override == (RAISED if kept else None)
    assert state.limit in (None, current)


percents = st.integers(50, 100)
overrides = st.none() | st.builds(
    LimitOverride, original=percents, raised_to=percents, earlier=st.none() | percents
)


@given(
    limit=percents,
    override=overrides,
    sending=st.booleans(),
    holding=st.booleans(),
    restoring=st.booleans(),
)
def test_no_command_outside_of_a_window_raises_the_limit(
    limit: int,
    override: LimitOverride | None,
    *,
    sending: bool,
    holding: bool,
    restoring: bool,
) -> None:
    """Whatever the sessions are at: a car at its limit would charge at a wrong hour."""
    some = [
        replace(session, id=str(number))
        for number, (session, used) in enumerate(
            ((SENDING, sending), (HOLDING, holding), (RESTORING, restoring))
        )
        if used
    ]
    sessions = CarSessions(override=override)
    for session in some:
        sessions = sessions.with_session(session)
    part: SessionPart = part_of(*some)
    seen = replace(observed(limit), limit_waits=True)

    state = desired_state(sessions, part, DailyPart(), seen)

    original = override and override.original
    assert state.limit is None or state.limit in (limit, original)
    # What was raised before is known until it is restored.
    ours = override is not None and override.is_ours(limit)
    assert state.override == override or not ours
