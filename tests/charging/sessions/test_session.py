"""A session: every step in every situation, what is due, and never stuck."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.in_car.delivery_state import (
    AWAY_PAUSE,
    LONG_PAUSES,
    MOST_REFUSALS,
    PAUSES,
    WAKE_PATIENCE,
    DeliveryState,
    Failure,
    WaitReason,
)
from custom_components.tesla_scout_worker.charging.planning.model import PlanReason
from custom_components.tesla_scout_worker.charging.sessions.session import (
    LEAST_NOTICE,
    SECOND_CHECK,
    TELL_LEAD,
    TELL_TRIES,
    WAKE_LEAD,
    CheckPoint,
    Session,
    SessionAction,
    SessionState,
    Source,
    new_session,
    next_action,
    next_check_point,
    overlaps,
    scheduled_actions,
    session_id,
)

from ...search import times
from .session_samples import (
    CLEANUP_AT,
    END,
    EVENING,
    HOUR,
    MINUTE,
    NAME,
    OVER,
    READY_BY,
    SEND_AT,
    SENDING,
    SITUATIONS,
    START,
    TIMING,
    Step,
    a_plan,
    a_session,
    after,
    checked,
    confirmed,
    ended,
    extended,
    extensions,
    failed,
    instants,
    refused,
    replanned,
    restored,
    returned,
    sending,
    steps,
    still_waking,
    waking,
)

WARSAW = ZoneInfo("Europe/Warsaw")

LATER = replanned(a_plan(START + HOUR, END))
LONGER = extended(END + 30 * MINUTE)
AWAY = failed(WaitReason.NOT_HOME)
SILENT = failed(WaitReason.UNREACHABLE)
TROUBLE = failed(WaitReason.TROUBLE, "timeout")
FINE = checked(CheckPoint.STARTED)
FINE_AT_END = checked(CheckPoint.ENDED)
RESTARTED = checked(CheckPoint.STARTED, behind=True, starts=True)
COMPLETE = ended(SessionState.COMPLETED)
CANCEL = ended(SessionState.CANCELLED)
MISS = ended(SessionState.MISSED)
HAS_TARGET = replace(a_plan(), windows=(), reasons=(PlanReason.ALREADY_THERE,))

STEPS: dict[str, Step] = {
    "replanned": LATER,
    "sending": SENDING,
    "confirmed": confirmed,
    "waking": waking,
    "still waking": still_waking,
    "trouble": TROUBLE,
    "away": AWAY,
    "silent": SILENT,
    "refused": refused(),
    "refused for good": refused(final=True),
    "checked": FINE,
    "started anew": RESTARTED,
    "extended": LONGER,
    "cancelled": CANCEL,
    "missed": MISS,
    "restored": restored,
    "returned": returned,
}

# At 22:19 UTC, when the plan is to be sent: the state and what it waits for, then the
# step that is due now or has the next timer. Times are UTC.
TABLE = """
                  scheduled                   | half sent                   | active                      | restoring
replanned         scheduled send 23:19        | scheduled send 23:19        | active check 00:29          | restoring restore now
sending           scheduled send now          | scheduled send now          | active check 00:29          | restoring restore now
confirmed         active check 00:29          | active check 00:29          | active check 00:29          | restoring restore 04:30
waking            unreachable send 22:19:10   | unreachable send 22:19:10   | unreachable check 00:29     | unreachable restore 22:19:10
still waking      scheduled send 22:19:10     | scheduled send 22:19:10     | active check 00:29          | restoring restore 22:19:10
trouble           trouble send 22:20          | trouble send 22:20          | trouble check 00:29         | trouble restore 22:20
away              not_home send 22:34         | not_home send 22:34         | not_home check 00:29        | not_home waits
silent            unreachable send 22:24      | unreachable send 22:24      | unreachable check 00:29     | unreachable waits
refused           trouble send 22:20          | trouble send 22:20          | trouble check 00:29         | trouble restore 22:20
refused for good  failed over                 | to be failed restore now    | trouble check 00:29         | trouble restore 22:20
checked           scheduled send now          | scheduled send now          | active check 04:00          | restoring restore 04:30
started anew      scheduled send now          | scheduled send now          | active check 22:24          | restoring restore 04:30
extended          scheduled send now          | scheduled send now          | active check 00:29          | restoring restore now
cancelled         cancelled over              | to be cancelled restore now | to be cancelled restore now | to be cancelled restore now
missed            missed over                 | to be missed restore now    | to be missed restore now    | to be missed restore now
restored          completed over              | completed over              | completed over              | completed over
returned          scheduled send now          | scheduled send now          | active check 00:29          | restoring restore now
"""


HEAD, *ROWS = TABLE.strip("\n").splitlines()
COLUMNS = [item.strip() for item in HEAD.split("|")]


def described(session: Session, now: datetime) -> str:
    """Return where a session is, and what comes next."""
    if session.over:
        assert not scheduled_actions(session)
        return f"{session.state} over"
    where = "restoring" if session.restoring else str(session.state)
    if session.ending not in (None, SessionState.COMPLETED):
        where = f"to be {session.ending}"
    if session.delivery.waits_for is not None:
        where = str(session.delivery.waits_for)
    if (step := next_action(session, now)) is not None:
        return f"{where} {step} now"
    wanted = scheduled_actions(session)
    for step in (
        SessionAction.SEND,
        SessionAction.CHECK,
        SessionAction.MISS,
        SessionAction.RESTORE,
    ):
        if step in wanted:
            return f"{where} {step} {wanted[step]:%H:%M:%S}".removesuffix(":00")
    return f"{where} waits"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[:18].strip())
def test_every_step_in_every_situation(row: str) -> None:
    """Each cell of the table."""
    step, expected = STEPS[row[:18].strip()], row[18:].split("|")
    for column, cell in zip(COLUMNS, expected, strict=True):
        session = after(SITUATIONS[column], step)
        assert described(session, SEND_AT) == cell.strip(), column


def test_the_table_has_every_step_and_situation() -> None:
    """None is left out."""
    assert {row[:18].strip() for row in ROWS} == set(STEPS)
    assert set(COLUMNS) == set(SITUATIONS)


@pytest.mark.parametrize("session", OVER.values(), ids=OVER)
def test_a_session_that_is_over_stays_so(session: Session) -> None:
    """It is neither ended nor planned again, and wants nothing."""
    assert session.ended(SessionState.CANCELLED, READY_BY, "no") == session
    assert session.replanned(a_plan(START + HOUR, END), 40.0, TIMING) == session
    assert next_action(session, READY_BY) is None
    assert next_check_point(session) is None
    assert not session.blocks(SEND_AT)
    assert not session.is_cancellable
    assert not session.running
    assert session.shown_state == session.state


# What is due, and when.


def test_a_session_wants_two_timers_and_then_the_reads() -> None:
    """Send and cleanup; once it is sent the reads at its start and its end."""
    session = a_session()
    assert scheduled_actions(session) == {
        SessionAction.SEND: SEND_AT,
        SessionAction.RESTORE: CLEANUP_AT,
    }
    assert next_action(session, SEND_AT - MINUTE) is None
    assert next_action(session, SEND_AT) is SessionAction.SEND
    session = after(session, SENDING, confirmed)
    watch_at = START + 10 * MINUTE
    assert scheduled_actions(session) == {
        SessionAction.CHECK: watch_at,
        SessionAction.RESTORE: CLEANUP_AT,
    }
    session = after(session, FINE, at=watch_at)
    assert scheduled_actions(session) == {
        SessionAction.CHECK: END,
        SessionAction.RESTORE: CLEANUP_AT,
    }
    session = after(session, FINE_AT_END, at=END)
    assert scheduled_actions(session) == {SessionAction.RESTORE: CLEANUP_AT}
    assert next_check_point(session) is None
    assert next_action(session, CLEANUP_AT) is SessionAction.RESTORE
    session = after(session, COMPLETE, at=CLEANUP_AT)
    assert session.restoring
    session = after(session, restored, at=CLEANUP_AT)
    assert session.state is SessionState.COMPLETED
    assert scheduled_actions(session) == {}


def test_a_plan_without_windows_has_its_times_around_the_deadline() -> None:
    """What was planned with nothing to do is read again before the deadline."""
    session = a_session(replace(a_plan(), windows=()))
    assert session.start is session.end is None
    assert session.send_at == READY_BY - 2 * HOUR
    assert session.cleanup_at == READY_BY + 30 * MINUTE
    assert next_check_point(after(session, SENDING, confirmed)) is None


def test_a_newer_plan_moves_the_times() -> None:
    """All of them, and what is to be expected."""
    session = after(a_session(), LATER, at=EVENING)
    assert session.send_at == SEND_AT + HOUR
    assert session.level == 40.0
    assert session.start == START + HOUR
    longer = a_plan(START, END + HOUR)
    moved = after(session, replanned(longer, 10.0), at=EVENING)
    assert moved.cleanup_at == CLEANUP_AT + HOUR


def test_a_new_session_is_what_was_asked_for() -> None:
    """All of it, with the times of its plan."""
    session = new_session(
        NAME, 90, READY_BY, a_plan(), 26.0, TIMING, Source.CALENDAR, "a key", "Trip"
    )
    assert (session.id, session.target, session.ready_by) == (NAME, 90, READY_BY)
    assert session.source is Source.CALENDAR
    assert (session.source_key, session.title) == ("a key", "Trip")
    assert (session.plan, session.level, session.expected_level) == (a_plan(), 26, 80)
    assert (session.send_at, session.cleanup_at) == (SEND_AT, CLEANUP_AT)
    assert session.state is SessionState.SCHEDULED


def test_a_car_that_has_its_target_is_left_alone_until_the_deadline() -> None:
    """Or until it has lost it: then there is something to send, at once."""
    session = after(a_session(), TROUBLE, replanned(HAS_TARGET)).left_alone()
    assert session.has_target
    assert session.delivery.waits_for is None
    assert next_action(session, READY_BY - MINUTE) is None
    assert next_action(session, READY_BY) is SessionAction.MISS
    still = after(session, replanned(HAS_TARGET, 81.0))
    assert next_action(still, READY_BY - MINUTE) is None
    lost = after(session, replanned(a_plan()))
    assert scheduled_actions(lost)[SessionAction.SEND] == SEND_AT
    assert next_action(lost, SEND_AT) is SessionAction.SEND


def test_a_newer_plan_does_not_end_a_pause() -> None:
    """The car is as far away as it was."""
    session = after(a_session(), AWAY)
    assert after(session, LATER).delivery == session.delivery
    assert after(session, replanned(HAS_TARGET)).delivery == session.delivery


def test_a_sent_plan_is_moved_with_all_that_hangs_on_it() -> None:
    """What is expected of it, and when the car is restored."""
    session = SITUATIONS["active"]
    plan = a_plan(START, START + HOUR, END, END + HOUR, expected=72, short=True)
    moved = session.moved(plan, TIMING)
    assert (moved.plan, moved.expected_level, moved.behind) == (plan, 72, True)
    assert moved.cleanup_at == CLEANUP_AT + HOUR
    better = moved.moved(a_plan(), TIMING)
    assert better == session


@pytest.mark.parametrize("short", [False, True])
def test_a_shortfall_is_known_from_the_plan_on(short: bool) -> None:
    """Not only at the deadline."""
    plan = a_plan(expected=72 if short else 80, short=short)
    begun = new_session(NAME, 80, READY_BY, plan, 26.0, TIMING, Source.ACTION)
    for session in (begun, after(a_session(), replanned(plan))):
        assert session.behind is short
        assert session.expected_level == plan.expected_level


def test_a_longer_window_is_read_again_at_its_end() -> None:
    """And is undone later."""
    session = after(SITUATIONS["active"], FINE, FINE_AT_END)
    session = after(session, LONGER, at=END)
    assert session.end == END + 30 * MINUTE
    assert session.cleanup_at == CLEANUP_AT + 30 * MINUTE
    assert next_check_point(session) == (CheckPoint.ENDED, END + 30 * MINUTE)


def test_only_the_last_window_gets_longer() -> None:
    """Those before it stay as they are, and what was seen at the old end is over."""
    edges = (START, START + HOUR, START + 2 * HOUR, START + 3 * HOUR)
    session = a_session(a_plan(*edges, END - 10 * MINUTE, END))
    longer = replace(session, end_seen=True).extended(END + HOUR, TIMING)
    assert longer.plan.windows == a_plan(*edges, END - 10 * MINUTE, END + HOUR).windows
    assert longer.end_seen is False


def test_a_session_knows_its_window_of_an_instant() -> None:
    """Between two windows there is none."""
    session = a_session(a_plan(START, START + HOUR, START + 2 * HOUR, END))
    first, second = session.plan.windows
    for instant, expected in (
        (START - MINUTE, None),
        (START, first),
        (START + HOUR - MINUTE, first),
        (START + HOUR, None),
        (START + 2 * HOUR, second),
        (END, None),
    ):
        assert session.window_at(instant) == expected


def test_a_read_tells_what_to_expect_from_then_on() -> None:
    """Of a check and of any other read; a stop at the target is said by each check."""
    session = replace(SITUATIONS["active"], target_at=END - HOUR)
    session = after(session, waking, checked(None, 71, behind=True))
    assert (session.expected_level, session.behind) == (71, True)
    assert session.delivery.waking_since is None
    assert session.target_at == END - HOUR
    assert session.checked == frozenset()
    session = after(session, checked(CheckPoint.STARTED, 79))
    assert (session.expected_level, session.behind) == (79, False)
    assert session.target_at is None


def test_a_start_that_was_commanded_is_read_soon() -> None:
    """And once: after that read it goes on as ever."""
    at = START + 10 * MINUTE
    session = after(SITUATIONS["active"], RESTARTED, at=at)
    assert next_check_point(session) == (CheckPoint.RESTARTED, at + SECOND_CHECK)
    # A read of the Scout's does not stand in for it.
    session = after(session, checked(None), at=at + MINUTE)
    assert next_check_point(session) == (CheckPoint.RESTARTED, at + SECOND_CHECK)
    session = after(session, checked(CheckPoint.RESTARTED), at=at + SECOND_CHECK)
    assert next_check_point(session) == (CheckPoint.ENDED, END)


def test_trouble_after_a_read_does_not_bring_the_next_one_forward() -> None:
    """The read at the end is of no use minutes after the start."""
    session = after(SITUATIONS["active"], FINE, TROUBLE, at=START + 10 * MINUTE)
    assert scheduled_actions(session)[SessionAction.CHECK] == END
    # A read that could not be taken is tried again soon.
    session = after(SITUATIONS["active"], TROUBLE, at=START + 10 * MINUTE)
    assert scheduled_actions(session)[SessionAction.CHECK] == START + 11 * MINUTE


# Trying, waking, giving up.


def test_pauses_grow() -> None:
    """From a minute to half an hour before it is sent, and to hours for the undoing."""
    for session, pauses in (
        (SITUATIONS["scheduled"], PAUSES),
        (SITUATIONS["restoring"], LONG_PAUSES),
    ):
        waited = []
        for _ in range(len(pauses) + 2):
            session = after(session, TROUBLE)
            assert session.delivery.try_at is not None
            waited.append(session.delivery.try_at - SEND_AT)
        assert tuple(waited) == (*pauses, pauses[-1], pauses[-1])


def test_a_time_that_tesla_named_is_kept() -> None:
    """429 is billed, so nothing is tried before."""
    until = SEND_AT + 47 * MINUTE
    session = after(a_session(), failed(WaitReason.TROUBLE, until=until))
    assert scheduled_actions(session)[SessionAction.SEND] == until
    assert next_action(session, until - MINUTE) is None


def test_a_wake_is_given_its_time_and_counted() -> None:
    """Asked once, then the free state is asked until the patience is over."""
    session, now = SITUATIONS["scheduled"], SEND_AT
    session = after(session, waking, at=now)
    assert (session.delivery.wakes, session.delivery.waking_since) == (1, now)
    while now - SEND_AT < WAKE_PATIENCE:
        assert next_action(session, now) is None
        now = scheduled_actions(session)[SessionAction.SEND]
        assert next_action(session, now) is SessionAction.SEND
        session = after(session, still_waking, at=now)
    session = after(session, SILENT, at=now)
    assert session.delivery.waking_since is None
    assert session.delivery.wakes == 1
    session = after(session, waking, at=now)
    assert session.delivery.wakes == 2
    # Whoever was sent may be woken again for its limit's sake.
    assert after(session, SENDING, confirmed).delivery.wakes == 0


def test_a_car_that_cannot_be_woken_stays_due_until_the_deadline() -> None:
    """The plan is kept, tried again, and missed in time to tell."""
    session, now = SITUATIONS["scheduled"], SEND_AT
    steps = set()
    while (step := next_action(session, now)) is not SessionAction.MISS:
        steps.add(step)
        if step is SessionAction.SEND:
            session = after(session, SILENT, at=now)
        now = min(at for at in scheduled_actions(session).values() if at > now)
    assert steps >= {SessionAction.SEND}
    assert now == READY_BY - LEAST_NOTICE


def test_a_car_that_comes_home_is_sent_to_at_once() -> None:
    """And one that does not is missed in time to tell."""
    session = after(a_session(), AWAY)
    assert next_action(session, SEND_AT + AWAY_PAUSE - MINUTE) is None
    assert next_action(session, SEND_AT + AWAY_PAUSE) is SessionAction.SEND
    assert next_action(session, READY_BY - LEAST_NOTICE) is SessionAction.MISS
    back = after(session, returned, at=SEND_AT + MINUTE)
    assert back.delivery.waits_for is None
    assert next_action(back, SEND_AT + MINUTE) is SessionAction.SEND


def test_a_car_that_is_away_and_silent_is_away() -> None:
    """The wakes for it are counted, and it is not asked home again."""
    session = after(a_session(), waking, AWAY)
    assert (session.delivery.waits_for, session.delivery.wakes) == (
        WaitReason.NOT_HOME,
        0,
    )
    for step in (waking, SILENT, AWAY, SILENT, AWAY):
        session = after(session, step, at=START)
        assert (session.delivery.waits_for, session.delivery.wakes) == (
            WaitReason.NOT_HOME,
            1,
        )


def test_a_person_hears_of_a_plan_that_cannot_be_sent_while_there_is_time() -> None:
    """After some tries, an hour before it starts; not of a car that is known to be away."""
    reported_from = START - TELL_LEAD
    stuck = after(a_session(), *[TROUBLE] * TELL_TRIES)
    assert stuck.is_stuck(reported_from)
    assert not stuck.is_stuck(reported_from - MINUTE)
    assert not after(a_session(), *[TROUBLE] * (TELL_TRIES - 1)).is_stuck(reported_from)
    assert not after(a_session(), *[AWAY] * TELL_TRIES).is_stuck(reported_from)
    assert not after(stuck, SENDING, confirmed).is_stuck(reported_from)
    for situation in ("active", "restoring"):
        sent = after(SITUATIONS[situation], *[TROUBLE] * TELL_TRIES)
        assert not sent.is_stuck(END)
    assert not after(stuck, SENDING, CANCEL).is_stuck(END)
    # A server that names a pause beyond the start leaves no third try.
    pause = Failure(waits_for=WaitReason.TROUBLE, reason="rate_limited", until=READY_BY)
    paused = a_session().delivery_failed(pause, SEND_AT)
    assert not paused.is_stuck(reported_from)
    at_start = paused.delivery_failed(pause, paused.wake_at)
    assert at_start.delivery.tries < TELL_TRIES
    assert at_start.is_stuck(paused.wake_at)
    # One failure is enough if the next try is too late: by more than the wakes before it.
    for tries, until, is_stuck in (
        (1, START + WAKE_LEAD + MINUTE, True),
        (1, START + WAKE_LEAD, False),
        (1, START, False),
        (0, START + WAKE_LEAD + MINUTE, False),
    ):
        delivery = DeliveryState(tries=tries, try_at=until)
        assert a_session(delivery=delivery).is_stuck(reported_from) is is_stuck
    # Without windows the deadline stands for the start.
    without = replace(stuck, plan=replace(a_plan(), windows=()))
    assert without.is_stuck(READY_BY - TELL_LEAD)
    assert not without.is_stuck(READY_BY - TELL_LEAD - MINUTE)


def test_the_third_no_is_the_last_word() -> None:
    """To what was not sent; what was sent in part is undone first."""
    no = refused()
    for situation in ("scheduled", "half sent"):
        session = after(SITUATIONS[situation], *[no] * (MOST_REFUSALS - 1))
        assert session.state is SessionState.SCHEDULED
        session = after(session, no)
        ended = session.ending if session.sent else session.state
        assert ended is SessionState.FAILED
        assert session.failure == "no"


@pytest.mark.parametrize("situation", ["active", "restoring"])
def test_a_no_to_what_was_sent_never_leaves_it_in_the_car(situation: str) -> None:
    """It is undone however often that takes."""
    session = after(SITUATIONS[situation], *[refused(final=True)] * 20)
    assert not session.over
    assert SessionAction.RESTORE in scheduled_actions(session)


def test_why_it_failed_outlives_its_undoing() -> None:
    """A car that sleeps through the undoing does not take the reason away."""
    session = after(SITUATIONS["half sent"], refused(final=True))
    for step in (SILENT, returned, TROUBLE, restored):
        session = after(session, step)
        assert session.failure == session.reason == "no"
    assert session.state is SessionState.FAILED


def test_what_is_completed_in_the_end_has_not_failed() -> None:
    """Trouble on the way there is no failure."""
    session = after(SITUATIONS["restoring"], TROUBLE, at=CLEANUP_AT)
    assert session.reason == "timeout"
    session = after(session, restored, at=CLEANUP_AT)
    assert session.reason is None
    waiting = after(SITUATIONS["scheduled"], TROUBLE)
    assert waiting.reason == "timeout"
    assert after(waiting, CANCEL).reason is None
    assert after(waiting, MISS).reason == "timeout"


# Blocks, ids, and which is which.


@pytest.mark.parametrize("situation", ["half sent", "active"])
def test_the_block_lasts_from_send_until_cleanup(situation: str) -> None:
    """From the first command on, and over the window's end."""
    session = SITUATIONS[situation]
    assert session.blocks(SEND_AT)
    assert session.blocks(END + MINUTE)
    assert session.blocks(CLEANUP_AT - MINUTE)
    assert not session.blocks(CLEANUP_AT)


def test_nothing_blocks_for_good() -> None:
    """Neither what was never sent, nor what cannot be undone."""
    assert not any(
        SITUATIONS["scheduled"].blocks(SEND_AT + day * timedelta(days=1))
        for day in range(8)
    )
    assert not SITUATIONS["restoring"].blocks(SEND_AT)
    assert not SITUATIONS["active"].blocks(READY_BY + timedelta(days=1))


@given(session=st.sampled_from([*SITUATIONS.values()]), step=steps, now=instants)
def test_a_block_ends_with_the_cleanup(
    session: Session, step: Step, now: datetime
) -> None:
    """Whatever happens."""
    changed = after(session, step, at=now)
    assert not changed.blocks(changed.cleanup_at)
    if changed.ending is not None or changed.over:
        assert not changed.blocks(now)


def test_ids_count_the_requests_of_a_deadline() -> None:
    """In the user's own time."""
    taken: list[str] = []
    for number in (1, 2, 3):
        name = session_id(READY_BY, WARSAW, taken)
        assert name == f"special_{number}_20250807_0700"
        taken.append(name)
    assert session_id(READY_BY + HOUR, WARSAW, taken) == "special_1_20250807_0800"


def test_the_two_deadlines_of_a_doubled_hour_have_ids_of_their_own() -> None:
    """Both are 02:30 on the wall."""
    first = datetime(2026, 10, 25, 2, 30, tzinfo=WARSAW)
    name = session_id(first, WARSAW, ())
    assert name == "special_1_20261025_0230"
    other = session_id(first.replace(fold=1), WARSAW, {name})
    assert other == "special_2_20261025_0230"


def test_two_requests_overlap_where_one_would_charge_in_the_others_time() -> None:
    """From the start of charging to the deadline."""
    session = a_session()
    assert overlaps(session, START, READY_BY)
    assert overlaps(session, READY_BY - MINUTE, READY_BY + HOUR)
    assert overlaps(session, START - HOUR, START + MINUTE)
    assert not overlaps(session, READY_BY, READY_BY + HOUR)
    assert not overlaps(session, START - HOUR, START)
    without = a_session(replace(a_plan(), windows=()))
    assert not overlaps(without, START, READY_BY)
    assert overlaps(without, START, READY_BY + MINUTE)


def test_what_charges_no_more_is_in_nobodys_way() -> None:
    """A session that is moved while its car sleeps is not lost by that."""
    for session in (SITUATIONS["restoring"], *OVER.values()):
        assert not overlaps(session, START, READY_BY)


# Whatever happens.


def assert_goes_on(session: Session, now: datetime) -> None:
    """Assert that a session is over, or waits for its car, or time will move it."""
    wanted, step = scheduled_actions(session), next_action(session, now)
    if session.over:
        assert not wanted
        assert step is None
        return
    if step is not None and step is not SessionAction.MISS:
        assert wanted[step] <= now
    if session.ending is not None and session.delivery.waits_for_return:
        assert session.delivery.waits_for in (
            WaitReason.NOT_HOME,
            WaitReason.UNREACHABLE,
        )
        assert not wanted
        # The car may come back at any time.
        assert (
            next_action(after(session, returned, at=now), now) is SessionAction.RESTORE
        )
        return
    assert step is not None or any(at > now for at in wanted.values())
    assert next_action(session, max(now, *wanted.values())) is not None


@given(
    happened=st.lists(
        st.tuples(steps | extensions, st.timedeltas(timedelta(0), 2 * HOUR)),
        max_size=12,
    )
)
def test_no_session_is_ever_stuck(
    happened: list[tuple[Step, timedelta]],
) -> None:
    """After any steps, even such as never come in this order."""
    session, now = a_session(), EVENING
    for step, passed in happened:
        session = after(session, step, at=now)
        assert_goes_on(session, now)
        now += passed
        assert_goes_on(session, now)


# What may come of a step. A car that is away or silent comes back some time.
OUTCOMES: dict[SessionAction, list[tuple[Step, ...]]] = {
    SessionAction.SEND: [
        (SENDING, confirmed),
        (SENDING, TROUBLE),
        (SENDING, refused()),
        (waking,),
        (still_waking,),
        (SILENT,),
        (AWAY,),
        (failed(WaitReason.UNKNOWN_LEVEL),),
        (LATER, SENDING, confirmed),
        (failed(WaitReason.TROUBLE, until=READY_BY + 9 * HOUR),),
    ],
    SessionAction.RESTORE: [
        (COMPLETE, restored),
        (COMPLETE, waking),
        (COMPLETE, still_waking),
        (COMPLETE, SILENT),
        (COMPLETE, AWAY),
        (COMPLETE, TROUBLE),
        (COMPLETE, refused()),
    ],
    SessionAction.MISS: [(MISS,)],
}


def outcome(session: Session, step: SessionAction, choice: int) -> tuple[Step, ...]:
    """Return what comes of a step; what is being undone is not ended anew."""
    if step is SessionAction.CHECK:
        upcoming = next_check_point(session)
        assert upcoming is not None
        taken = checked(upcoming[0])
        started = checked(upcoming[0], starts=upcoming[0] is CheckPoint.STARTED)
        tries: list[tuple[Step, ...]] = [
            (taken,),
            (started,),
            (taken, TROUBLE),
            (TROUBLE,),
            (SILENT, taken),
        ]
        return tries[choice % len(tries)]
    found = OUTCOMES[step][choice % len(OUTCOMES[step])]
    return found if session.ending is None else found[step is SessionAction.RESTORE :]


@times(6)
@given(choices=st.lists(st.integers(0, 69), max_size=15), began=instants)
def test_every_session_comes_to_its_end(choices: list[int], began: datetime) -> None:
    """Whenever it is taken up and whatever its steps meet with.

    Once nothing stands in the way any more, a few steps are enough.
    """
    session, now, left = a_session(), began, list(reversed(choices))
    for _ in range(40 + 4 * len(choices)):
        if session.over:
            break
        if (step := next_action(session, now)) is not None:
            taken = outcome(session, step, left.pop() if left else 0)
            session = after(session, *taken, at=now)
        elif ahead := [at for at in scheduled_actions(session).values() if at > now]:
            now = min(ahead)
        else:
            assert session.restoring
            now += HOUR
            session = after(session, returned, at=now)
    assert session.over


def test_after_any_downtime_the_right_step_is_due() -> None:
    """Unsent and useful is sent, active is checked, over is restored."""
    much_later = READY_BY + timedelta(days=9)
    for situation, now, step in (
        ("scheduled", SEND_AT - MINUTE, None),
        ("scheduled", SEND_AT + HOUR, SessionAction.SEND),
        ("scheduled", READY_BY - LEAST_NOTICE, SessionAction.MISS),
        ("scheduled", much_later, SessionAction.MISS),
        ("half sent", SEND_AT, SessionAction.SEND),
        ("half sent", READY_BY, SessionAction.MISS),
        ("active", START, None),
        ("active", START + HOUR, SessionAction.CHECK),
        ("active", CLEANUP_AT, SessionAction.RESTORE),
        ("active", much_later, SessionAction.RESTORE),
        ("restoring", SEND_AT, SessionAction.RESTORE),
        ("restoring", much_later, SessionAction.RESTORE),
    ):
        assert next_action(SITUATIONS[situation], now) is step, (situation, now)


def test_a_restart_in_the_running_window_sends_nothing_new() -> None:
    """Only the read is due."""
    session = after(SITUATIONS["active"], FINE, at=START + 10 * MINUTE)
    assert next_action(session, START + HOUR) is None


def test_sending_again_keeps_the_ids() -> None:
    """They are written down before the first command, and replaced by no retry."""
    session = after(a_session(), sending(7, 8), TROUBLE)
    assert session.schedule_ids == (7, 8)
    assert session.sent
    assert not a_session().sent


@pytest.mark.parametrize(
    ("level", "ends", "reason"),
    [
        (90, SessionState.COMPLETED, None),
        (89, SessionState.COMPLETED, None),
        (71, SessionState.MISSED, "end_not_seen"),
    ],
)
def test_the_first_read_after_an_unseen_end_decides(
    level: float, ends: SessionState, reason: str | None
) -> None:
    """Home Assistant was down at the end: 71 % of 90 % was called completed."""
    running = replace(a_session(target=90), schedule_ids=(1,)).confirmed()
    over = running.time_is_over(CLEANUP_AT)
    assert over.ending is SessionState.COMPLETED
    assert over.delivery.try_at == CLEANUP_AT
    read = over.end_read(level, CLEANUP_AT)
    assert (read.ending, read.failure) == (ends, reason)
    assert (read.expected_level, read.behind) == (level, reason is not None)
    assert read.end_read(20, CLEANUP_AT) == read
    # Expected to be too little, and not seen either: the read decides all the same.
    feared = replace(running, behind=True).time_is_over(CLEANUP_AT)
    assert feared.end_read(level, CLEANUP_AT) == read


def test_of_what_ended_early_nothing_is_expected() -> None:
    """A read before the end of the windows says nothing of it, nor one after a cancel."""
    running = SITUATIONS["active"]
    completed = after(running, COMPLETE, at=START)
    assert completed.end_read(30, END - MINUTE) == completed
    assert completed.end_read(30, END).ending is SessionState.MISSED
    cancelled = after(running, CANCEL, at=START)
    assert cancelled.end_read(30, CLEANUP_AT) == cancelled
    without = replace(completed, plan=HAS_TARGET)
    assert without.end_read(30, CLEANUP_AT) == without


def test_what_was_seen_below_its_target_at_the_end_is_missed() -> None:
    """It is told at once, and not only when the car is restored."""
    running = replace(a_session(target=90), schedule_ids=(1,)).confirmed()
    short = replace(running, behind=True, end_seen=True)
    over = short.time_is_over(CLEANUP_AT)
    assert (over.ending, over.failure) == (SessionState.MISSED, "below_target")
    assert over.state is SessionState.ACTIVE
    assert over.delivery.try_at == CLEANUP_AT
    # The user was told of a plan that is too short when it was made.
    planned = replace(short, plan=a_plan(expected=72, short=True))
    assert planned.time_is_over(CLEANUP_AT).failure == PlanReason.TARGET_SHORT
    # On track at its end is completed.
    seen = replace(short, behind=False).time_is_over(CLEANUP_AT)
    assert seen.ending is SessionState.COMPLETED


def test_a_car_that_is_to_be_woken_is_tried_before_it_should_charge() -> None:
    """Pauses of half an hour made a plan arrive late that could be sent in time."""
    session = a_session()
    tried = replace(session, delivery=replace(session.delivery, tries=20))
    now = START - 12 * MINUTE
    after_it = failed(WaitReason.TROUBLE, "timeout")(tried, now)
    assert after_it.delivery.try_at == session.wake_at == START - 5 * MINUTE
