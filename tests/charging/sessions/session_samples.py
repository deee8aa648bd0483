"""Sessions of special charging, one in each situation, and the steps they take."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from custom_components.tesla_scout_worker.charging.in_car.delivery_state import (
    Failure,
    WaitReason,
)
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
    new_session,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

# Planned at 23:00 in Warsaw, sent at 00:19, charged from 02:19 to 06:00.
EVENING = datetime(2025, 8, 6, 21, tzinfo=UTC)
SEND_AT = datetime(2025, 8, 6, 22, 19, tzinfo=UTC)
START = datetime(2025, 8, 7, 0, 19, tzinfo=UTC)
END = datetime(2025, 8, 7, 4, tzinfo=UTC)
CLEANUP_AT = datetime(2025, 8, 7, 4, 30, tzinfo=UTC)
READY_BY = datetime(2025, 8, 7, 5, tzinfo=UTC)
NAME = "special_1_20250807_0700"


def a_plan(*edges: datetime, expected: float = 80, short: bool = False) -> ChargePlan:
    """Return a plan with windows between edges; from 02:19 to 06:00 without any."""
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
    """Return a session as it is planned, with some fields changed."""
    begun = new_session(
        NAME, 80, READY_BY, plan or a_plan(), 26.0, SessionTiming(), Source.ACTION, None
    )
    return replace(begun, **changes)


type Step = Callable[[Session, datetime], Session]

TIMING = SessionTiming()


def after(session: Session, *steps: Step, at: datetime = SEND_AT) -> Session:
    """Return a session after steps that happened at once; one that is over stays."""
    for step in steps:
        session = session if session.over else step(session, at)
    return session


def replanned(plan: ChargePlan, level: float = 40.0) -> Step:
    """Return the step to a newer plan."""
    return lambda session, _now: session.replanned(plan, level, TIMING)


def sending(*schedule_ids: int) -> Step:
    """Return the step of having ids on disk before they are sent."""
    return lambda session, _now: replace(session, schedule_ids=schedule_ids)


def confirmed(session: Session, _now: datetime) -> Session:
    """Have the car read back, and hold the plan."""
    return session.confirmed()


def waking(session: Session, now: datetime) -> Session:
    """Have the car asked to wake."""
    return replace(session, delivery=session.delivery.waking(now, None))


def still_waking(session: Session, now: datetime) -> Session:
    """Have a car that was asked to wake not answer yet."""
    return replace(session, delivery=session.delivery.still_waking(now))


def failed(
    waits_for: WaitReason, reason: str | None = None, until: datetime | None = None
) -> Step:
    """Return the step of a try that failed."""
    failure = Failure(waits_for=waits_for, reason=reason, until=until)
    return lambda session, now: session.delivery_failed(failure, now)


def refused(reason: str = "no", *, final: bool = False) -> Step:
    """Return the step of a try that the car or Tesla refused."""
    failure = Failure(
        waits_for=WaitReason.TROUBLE, reason=reason, refused=True, final=final
    )
    return lambda session, now: session.delivery_failed(failure, now)


def checked(
    check: CheckPoint | None,
    expected_level: float = 80,
    *,
    behind: bool = False,
    starts: bool = False,
) -> Step:
    """Return the step of a check, or of a snapshot outside of one."""
    return lambda session, now: session.check_done(
        check, expected_level, behind=behind, starts_at=now if starts else None
    )


def extended(end: datetime) -> Step:
    """Return the step to a later end; a plan without windows has none."""
    return lambda session, _now: (
        session.extended(end, TIMING) if session.plan.windows else session
    )


def ended(state: SessionState, reason: str | None = None) -> Step:
    """Return the step to the end of a session."""
    return lambda session, now: session.ended(state, now, reason)


def restored(session: Session, _now: datetime) -> Session:
    """Have the car read back, and hold nothing of the session."""
    return session.restored()


def returned(session: Session, now: datetime) -> Session:
    """Have the car come back."""
    return session.returned(now)


SENDING = sending(11)

# A session in each situation that differs for what may happen next.
SITUATIONS: dict[str, Session] = {
    "scheduled": a_session(),
    "half sent": after(a_session(), SENDING),
    "active": after(a_session(), SENDING, confirmed),
    "restoring": after(a_session(), SENDING, confirmed, ended(SessionState.COMPLETED)),
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
        Window(start=EVENING + item * MINUTE, end=EVENING + other * MINUTE)
        for item, other in zip(edges[::2], edges[1::2], strict=True)
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


steps: st.SearchStrategy[Step] = st.one_of(
    st.builds(replanned, plans(), percents),
    st.sampled_from(
        [SENDING, confirmed, waking, still_waking, restored, returned],
    ),
    st.builds(
        failed, st.sampled_from(WaitReason), st.none() | texts, st.none() | instants
    ),
    st.builds(refused, texts, final=st.booleans()),
    st.builds(
        checked,
        st.none() | st.sampled_from(CheckPoint),
        percents,
        behind=st.booleans(),
        starts=st.booleans(),
    ),
    st.builds(
        ended,
        st.sampled_from([SessionState(state) for state in OVER]),
        st.none() | texts,
    ),
)
extensions = st.builds(
    extended,
    st.datetimes(
        END.replace(tzinfo=None), READY_BY.replace(tzinfo=None), timezones=st.just(UTC)
    ),
)
