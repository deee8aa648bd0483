"""Sessions of special charging, as the walk has them, and any others."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from custom_components.tesla_scout_worker.charging.planning.model import (
    ChargePlan,
    PlanReason,
    Strategy,
    Window,
)
from custom_components.tesla_scout_worker.charging.sessions.session import (
    CheckPoint,
    Session,
    SessionState,
    SessionTiming,
    Source,
    WaitReason,
    new_session,
)
from custom_components.tesla_scout_worker.charging.sessions.state_machine import (
    CarAvailable,
    Ended,
    Extended,
    Planned,
    Postponed,
    Refused,
    Restored,
    Sending,
    Sent,
    SessionEvent,
    WakePending,
    Waking,
    Watched,
    transition,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

# The walk: planned at 23:00 in Warsaw, sent at 00:19, charged from 02:19 to 06:00.
EVENING = datetime(2025, 8, 6, 21, tzinfo=UTC)
SEND_AT = datetime(2025, 8, 6, 22, 19, tzinfo=UTC)
START = datetime(2025, 8, 7, 0, 19, tzinfo=UTC)
END = datetime(2025, 8, 7, 4, tzinfo=UTC)
CLEANUP_AT = datetime(2025, 8, 7, 4, 30, tzinfo=UTC)
READY_BY = datetime(2025, 8, 7, 5, tzinfo=UTC)
NAME = "special_1_20250807_0700"


def a_plan(*edges: datetime, expected: float = 80, short: bool = False) -> ChargePlan:
    """Return a plan with windows between edges; that of the walk without any."""
    edges = edges or (START, END)
    windows = tuple(
        Window(start=start, end=end)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    )
    return ChargePlan(
        windows=windows,
        energy=40.5,
        cost=0.0,
        expected_level=expected,
        expected_end=windows[-1].end,
        margin=READY_BY - windows[-1].end,
        strategy=Strategy.FALLBACK if short else Strategy.OPTIMAL,
        reasons=(PlanReason.TARGET_SHORT,) if short else (PlanReason.CHEAPEST_HOURS,),
    )


def a_session(plan: ChargePlan | None = None, **changes: Any) -> Session:
    """Return the session of the walk as it is planned, with some fields changed."""
    begun = new_session(
        NAME, 80, READY_BY, plan or a_plan(), 26.0, SessionTiming(), Source.ACTION, None
    )
    return replace(begun, **changes)


def after(session: Session, *events: SessionEvent, at: datetime = SEND_AT) -> Session:
    """Return a session after events that happened at once."""
    for event in events:
        session = transition(session, event, at)
    return session


SENDING = Sending(schedule_ids=(11,))

# A session in each situation that differs for what may happen next.
SITUATIONS: dict[str, Session] = {
    "scheduled": a_session(),
    "half sent": after(a_session(), SENDING),
    "active": after(a_session(), SENDING, Sent()),
    "restoring": after(
        a_session(), SENDING, Sent(), Ended(state=SessionState.COMPLETED)
    ),
}
OVER = {
    state.value: a_session(state=state)
    for state in (
        SessionState.COMPLETED,
        SessionState.CANCELLED,
        SessionState.MISSED,
        SessionState.FAILED,
    )
}

instants = st.datetimes(
    datetime(2025, 8, 6, 20), datetime(2025, 8, 8), timezones=st.just(UTC)
)
texts = st.text(max_size=12)
percents = st.floats(0, 100)


@st.composite
def plans(draw: st.DrawFn) -> ChargePlan:
    """Draw a plan of up to four windows, or of none."""
    edges = sorted(draw(st.sets(st.integers(0, 1400), max_size=8)))
    edges = edges[: len(edges) // 2 * 2]
    windows = tuple(
        Window(start=EVENING + one * MINUTE, end=EVENING + other * MINUTE)
        for one, other in zip(edges[::2], edges[1::2], strict=True)
    )
    return ChargePlan(
        windows=windows,
        energy=draw(st.floats(0, 200)),
        cost=draw(st.none() | st.floats(-100, 100)),
        expected_level=draw(percents),
        expected_end=windows[-1].end if windows else None,
        margin=draw(st.none() | st.timedeltas(-HOUR, timedelta(days=30))),
        strategy=draw(st.sampled_from(Strategy)),
        reasons=tuple(draw(st.lists(st.sampled_from(PlanReason), max_size=4))),
    )


events: st.SearchStrategy[SessionEvent] = st.one_of(
    st.builds(Planned, plan=plans(), level=percents, timing=st.builds(SessionTiming)),
    st.just(SENDING),
    st.just(Sent()),
    st.just(Waking()),
    st.just(WakePending()),
    st.builds(
        Postponed,
        wait_reason=st.sampled_from(WaitReason),
        reason=st.none() | texts,
        until=st.none() | instants,
    ),
    st.builds(Refused, reason=texts, final=st.booleans()),
    st.builds(
        Watched,
        watch=st.none() | st.sampled_from(CheckPoint),
        expected_level=percents,
        behind=st.booleans(),
        starting=st.booleans(),
    ),
    st.builds(
        Ended,
        state=st.sampled_from([*map(SessionState, OVER)]),
        reason=st.none() | texts,
    ),
    st.just(Restored()),
    st.just(CarAvailable()),
)
extensions = st.builds(
    Extended,
    end=st.datetimes(
        END.replace(tzinfo=None), READY_BY.replace(tzinfo=None), timezones=st.just(UTC)
    ),
    timing=st.builds(SessionTiming),
)
