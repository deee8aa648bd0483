"""The state machine of a session: every event in every situation, and never stuck."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.sessions.session import (
    LEAST_NOTICE,
    CheckPoint,
    Session,
    SessionAction,
    SessionState,
    SessionTiming,
    Source,
    WaitReason,
    current_session,
    new_session,
    next_action,
    next_check_point,
    overlaps,
    scheduled_actions,
    session_id,
)
from custom_components.tesla_scout_worker.charging.sessions.state_machine import (
    AWAY_PAUSE,
    MOST_REFUSALS,
    PAUSES,
    SECOND_WATCH,
    UNDO_PAUSES,
    WAKE_PATIENCE,
    CarAvailable,
    Ended,
    Extended,
    Planned,
    PlugRequested,
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
    a_plan,
    a_session,
    after,
    events,
    extensions,
    instants,
)

WARSAW = ZoneInfo("Europe/Warsaw")

LATER = Planned(plan=a_plan(START + HOUR, END), level=40.0, timing=SessionTiming())
LONGER = Extended(end=END + 30 * MINUTE, timing=SessionTiming())
AWAY = Postponed(wait_reason=WaitReason.NOT_HOME)
SILENT = Postponed(wait_reason=WaitReason.UNREACHABLE)
TROUBLE = Postponed(wait_reason=WaitReason.TROUBLE, reason="timeout")
FINE = Watched(watch=CheckPoint.STARTED, expected_level=80, behind=False)
RESTARTED = replace(FINE, starting=True, behind=True)
CANCEL = Ended(state=SessionState.CANCELLED)
MISS = Ended(state=SessionState.MISSED)

EVENTS: dict[str, SessionEvent] = {
    "planned": LATER,
    "sending": SENDING,
    "sent": Sent(),
    "asked to plug": PlugRequested(),
    "waking": Waking(),
    "still waking": WakePending(),
    "trouble": TROUBLE,
    "away": AWAY,
    "silent": SILENT,
    "refused": Refused(reason="no"),
    "refused for good": Refused(reason="no", final=True),
    "watched": FINE,
    "started anew": RESTARTED,
    "extended": LONGER,
    "cancelled": CANCEL,
    "missed": MISS,
    "undone": Restored(),
    "returned": CarAvailable(),
}

# At 22:19 UTC, when the plan is to be sent: the state and what it waits for, then the
# step that is due now or has the next timer. Times are UTC.
TABLE = """
                  scheduled                   | half sent                   | active                      | restoring
planned           scheduled send 23:19        | scheduled send 23:19        | active watch 00:29          | restoring undo now
sending           scheduled send now          | scheduled send now          | active watch 00:29          | restoring undo now
sent              active watch 00:29          | active watch 00:29          | active watch 00:29          | restoring undo 04:30
asked to plug     scheduled send now          | scheduled send now          | active watch 00:29          | restoring undo now
waking            unreachable send 22:19:10   | unreachable send 22:19:10   | unreachable watch 00:29     | unreachable undo 22:19:10
still waking      scheduled send 22:19:10     | scheduled send 22:19:10     | active watch 00:29          | restoring undo 22:19:10
trouble           trouble send 22:20          | trouble send 22:20          | trouble watch 00:29         | trouble undo 22:20
away              not_home send 22:34         | not_home send 22:34         | not_home watch 00:29        | not_home waits
silent            unreachable send 22:24      | unreachable send 22:24      | unreachable watch 00:29     | unreachable waits
refused           trouble send 22:20          | trouble send 22:20          | trouble watch 00:29         | trouble undo 22:20
refused for good  failed over                 | to be failed undo now       | trouble watch 00:29         | trouble undo 22:20
watched           scheduled send now          | scheduled send now          | active watch 04:00          | restoring undo 04:30
started anew      scheduled send now          | scheduled send now          | active watch 22:24          | restoring undo 04:30
extended          scheduled send now          | scheduled send now          | active watch 00:29          | restoring undo now
cancelled         cancelled over              | to be cancelled undo now    | to be cancelled undo now    | to be cancelled undo now
missed            missed over                 | to be missed undo now       | to be missed undo now       | to be missed undo now
undone            completed over              | completed over              | completed over              | completed over
returned          scheduled send now          | scheduled send now          | active watch 00:29          | restoring undo now
"""


HEAD, *ROWS = TABLE.strip("\n").splitlines()
COLUMNS = [item.strip() for item in HEAD.split("|")]


def described(session: Session, now: datetime) -> str:
    """Return where a session is, and what comes next."""
    if session.over:
        assert not scheduled_actions(session)
        return f"{session.state} over"
    where = "restoring" if session.restoring else str(session.state)
    if session.undoing not in (None, SessionState.COMPLETED):
        where = f"to be {session.undoing}"
    if session.held is not None:
        where = str(session.held)
    if (step := next_action(session, now)) is not None:
        return f"{where} {step} now"
    wanted = scheduled_actions(session)
    for step in (
        SessionAction.SEND,
        SessionAction.WATCH,
        SessionAction.MISS,
        SessionAction.UNDO,
    ):
        if step in wanted:
            return f"{where} {step} {wanted[step]:%H:%M:%S}".removesuffix(":00")
    return f"{where} waits"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[:18].strip())
def test_every_event_in_every_situation(row: str) -> None:
    """Each cell of the table."""
    event, expected = EVENTS[row[:18].strip()], row[18:].split("|")
    for column, cell in zip(COLUMNS, expected, strict=True):
        session = transition(SITUATIONS[column], event, SEND_AT)
        assert described(session, SEND_AT) == cell.strip(), column


def test_the_table_knows_every_event_and_situation() -> None:
    """None is left out, of what can happen either."""
    assert {row[:18].strip() for row in ROWS} == set(EVENTS)
    assert set(COLUMNS) == set(SITUATIONS)
    assert {type(item) for item in EVENTS.values()} == set(
        SessionEvent.__value__.__args__
    )


@pytest.mark.parametrize("session", OVER.values(), ids=OVER)
def test_what_is_over_stays_as_it_is(session: Session) -> None:
    """Whatever happens."""
    for event in EVENTS.values():
        assert transition(session, event, READY_BY) == session
    assert next_action(session, READY_BY) is None
    assert not session.blocks(SEND_AT)


# The walk, and its days.


def test_a_session_wants_two_timers_and_then_the_reads() -> None:
    """Send and cleanup; once it is sent the reads at its start and its end."""
    session = a_session()
    assert scheduled_actions(session) == {
        SessionAction.SEND: SEND_AT,
        SessionAction.UNDO: CLEANUP_AT,
    }
    assert next_action(session, SEND_AT - MINUTE) is None
    assert next_action(session, SEND_AT) is SessionAction.SEND
    session = after(session, SENDING, Sent())
    watch_at = START + 10 * MINUTE
    assert scheduled_actions(session) == {
        SessionAction.WATCH: watch_at,
        SessionAction.UNDO: CLEANUP_AT,
    }
    session = transition(session, FINE, watch_at)
    assert scheduled_actions(session) == {
        SessionAction.WATCH: END,
        SessionAction.UNDO: CLEANUP_AT,
    }
    session = transition(session, replace(FINE, watch=CheckPoint.ENDED), END)
    assert scheduled_actions(session) == {SessionAction.UNDO: CLEANUP_AT}
    assert next_check_point(session) is None
    assert next_action(session, CLEANUP_AT) is SessionAction.UNDO
    session = after(session, Ended(state=SessionState.COMPLETED), at=CLEANUP_AT)
    assert session.restoring
    session = after(session, Restored(), at=CLEANUP_AT)
    assert session.state is SessionState.COMPLETED
    assert scheduled_actions(session) == {}


def test_a_plan_without_windows_has_its_times_around_the_deadline() -> None:
    """What was planned with nothing to do is read again before the deadline."""
    session = a_session(replace(a_plan(), windows=()))
    assert session.start is session.end is None
    assert session.send_at == READY_BY - 2 * HOUR
    assert session.cleanup_at == READY_BY + 30 * MINUTE
    assert next_check_point(after(session, SENDING, Sent())) is None


def test_a_newer_plan_moves_the_times() -> None:
    """All of them, and what is to be expected."""
    session = transition(a_session(), LATER, EVENING)
    assert session.send_at == SEND_AT + HOUR
    assert session.level == 40.0
    assert session.start == START + HOUR
    longer = a_plan(START, END + HOUR)
    event = Planned(plan=longer, level=10.0, timing=SessionTiming())
    assert transition(session, event, EVENING).cleanup_at == CLEANUP_AT + HOUR


@pytest.mark.parametrize("short", [False, True])
def test_a_shortfall_is_known_from_the_plan_on(short: bool) -> None:
    """Not only at the deadline."""
    plan = a_plan(expected=72 if short else 80, short=short)
    begun = new_session(NAME, 80, READY_BY, plan, 26.0, SessionTiming(), Source.ACTION)
    replanned = after(
        a_session(), Planned(plan=plan, level=26.0, timing=SessionTiming())
    )
    for session in (begun, replanned):
        assert session.behind is short
        assert session.expected_level == plan.expected_level


def test_a_longer_window_is_read_again_at_its_end() -> None:
    """And is undone later."""
    session = after(SITUATIONS["active"], FINE, replace(FINE, watch=CheckPoint.ENDED))
    session = transition(session, LONGER, END)
    assert session.end == LONGER.end
    assert session.cleanup_at == CLEANUP_AT + 30 * MINUTE
    assert next_check_point(session) == (CheckPoint.ENDED, LONGER.end)


def test_a_start_that_was_commanded_is_read_soon() -> None:
    """And once: after that read it goes on as ever."""
    at = START + 10 * MINUTE
    session = transition(SITUATIONS["active"], RESTARTED, at)
    assert next_check_point(session) == (CheckPoint.RESTARTED, at + SECOND_WATCH)
    # A read of the Scout's does not stand in for it.
    session = transition(session, replace(FINE, watch=None), at + MINUTE)
    assert next_check_point(session) == (CheckPoint.RESTARTED, at + SECOND_WATCH)
    session = transition(
        session, replace(FINE, watch=CheckPoint.RESTARTED), at + SECOND_WATCH
    )
    assert next_check_point(session) == (CheckPoint.ENDED, END)


def test_trouble_after_a_read_does_not_bring_the_next_one_forward() -> None:
    """The read at the end is of no use minutes after the start."""
    session = after(SITUATIONS["active"], FINE, TROUBLE, at=START + 10 * MINUTE)
    assert scheduled_actions(session)[SessionAction.WATCH] == END
    # A read that could not be taken is tried again soon.
    session = after(SITUATIONS["active"], TROUBLE, at=START + 10 * MINUTE)
    assert scheduled_actions(session)[SessionAction.WATCH] == START + 11 * MINUTE


# Trying, waking, giving up.


def test_pauses_grow() -> None:
    """From a minute to half an hour before it is sent, and to hours for the undoing."""
    for session, pauses in (
        (SITUATIONS["scheduled"], PAUSES),
        (SITUATIONS["restoring"], UNDO_PAUSES),
    ):
        waited = []
        for _ in range(len(pauses) + 2):
            session = transition(session, TROUBLE, SEND_AT)
            assert session.try_at is not None
            waited.append(session.try_at - SEND_AT)
        assert tuple(waited) == (*pauses, pauses[-1], pauses[-1])


def test_a_time_that_tesla_named_is_kept() -> None:
    """429 is billed, so nothing is tried before."""
    until = SEND_AT + 47 * MINUTE
    session = transition(a_session(), replace(TROUBLE, until=until), SEND_AT)
    assert scheduled_actions(session)[SessionAction.SEND] == until
    assert next_action(session, until - MINUTE) is None


def test_a_wake_is_given_its_time_and_counted() -> None:
    """Asked once, then the free state is asked until the patience is over."""
    session, now = SITUATIONS["scheduled"], SEND_AT
    session = transition(session, Waking(), now)
    assert (session.wakes, session.waking_since) == (1, now)
    while now - SEND_AT < WAKE_PATIENCE:
        assert next_action(session, now) is None
        now = scheduled_actions(session)[SessionAction.SEND]
        assert next_action(session, now) is SessionAction.SEND
        session = transition(session, WakePending(), now)
    session = transition(session, SILENT, now)
    assert session.waking_since is None
    assert session.wakes == 1
    session = transition(session, Waking(), now)
    assert session.wakes == 2
    # Whoever was sent may be woken again for its limit's sake.
    assert after(session, SENDING, Sent()).wakes == 0


def test_a_car_that_cannot_be_woken_stays_due_until_the_deadline() -> None:
    """The plan is kept, tried again, and missed in time to tell."""
    session, now = SITUATIONS["scheduled"], SEND_AT
    steps = set()
    while (step := next_action(session, now)) is not SessionAction.MISS:
        steps.add(step)
        if step is SessionAction.SEND:
            session = transition(session, SILENT, now)
        now = min(at for at in scheduled_actions(session).values() if at > now)
    assert steps >= {SessionAction.SEND}
    assert now == READY_BY - LEAST_NOTICE


def test_a_car_that_comes_home_is_sent_to_at_once() -> None:
    """And one that does not is missed in time to tell."""
    session = transition(a_session(), AWAY, SEND_AT)
    assert next_action(session, SEND_AT + AWAY_PAUSE - MINUTE) is None
    assert next_action(session, SEND_AT + AWAY_PAUSE) is SessionAction.SEND
    assert next_action(session, READY_BY - LEAST_NOTICE) is SessionAction.MISS
    back = transition(session, CarAvailable(), SEND_AT + MINUTE)
    assert back.held is None
    assert next_action(back, SEND_AT + MINUTE) is SessionAction.SEND


def test_a_car_that_is_away_and_silent_is_away() -> None:
    """The wakes for it are counted, and it is not asked home again."""
    session = after(a_session(), Waking(), AWAY)
    assert (session.held, session.wakes) == (WaitReason.NOT_HOME, 0)
    for event in (Waking(), SILENT, AWAY, SILENT, AWAY):
        session = transition(session, event, START)
        assert (session.held, session.wakes) == (WaitReason.NOT_HOME, 1)


def test_a_car_that_returns_before_anything_was_due_changes_nothing() -> None:
    """Else what is planned for the night would be sent in the evening."""
    assert transition(a_session(), CarAvailable(), EVENING) == a_session()


def test_the_third_no_is_the_last_word() -> None:
    """To what was not sent; what was sent in part is undone first."""
    no = Refused(reason="no")
    for situation in ("scheduled", "half sent"):
        session = after(SITUATIONS[situation], *[no] * (MOST_REFUSALS - 1))
        assert session.state is SessionState.SCHEDULED
        session = transition(session, no, SEND_AT)
        ended = session.undoing if session.sent else session.state
        assert ended is SessionState.FAILED
        assert session.failure == "no"


@pytest.mark.parametrize("situation", ["active", "restoring"])
def test_a_no_to_what_was_sent_never_leaves_it_in_the_car(situation: str) -> None:
    """It is undone however often that takes."""
    session = after(SITUATIONS[situation], *[Refused(reason="no", final=True)] * 20)
    assert not session.over
    assert SessionAction.UNDO in scheduled_actions(session)


def test_why_it_failed_outlives_its_undoing() -> None:
    """A car that sleeps through the undoing does not take the reason away."""
    session = after(SITUATIONS["half sent"], Refused(reason="no", final=True))
    for event in (SILENT, CarAvailable(), TROUBLE, Restored()):
        session = transition(session, event, SEND_AT)
        assert session.failure == "no"
    assert session.state is SessionState.FAILED


def test_what_is_completed_in_the_end_has_not_failed() -> None:
    """Trouble on the way there is no failure."""
    session = transition(SITUATIONS["restoring"], TROUBLE, CLEANUP_AT)
    assert session.failure == "timeout"
    session = transition(session, Restored(), CLEANUP_AT)
    assert session.failure is None
    held = transition(SITUATIONS["scheduled"], TROUBLE, SEND_AT)
    assert transition(held, CANCEL, SEND_AT).failure is None
    assert transition(held, MISS, SEND_AT).failure == "timeout"


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


@given(session=st.sampled_from([*SITUATIONS.values()]), event=events, now=instants)
def test_a_block_ends_with_the_cleanup(
    session: Session, event: SessionEvent, now: datetime
) -> None:
    """Whatever happens."""
    changed = transition(session, event, now)
    assert not changed.blocks(changed.cleanup_at)
    if changed.undoing is not None or changed.over:
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


def test_people_ask_about_what_runs_then_what_is_undone_then_what_comes() -> None:
    """And about what is over, never."""
    day = timedelta(days=1)
    next_one = a_session(id="next")
    running = replace(SITUATIONS["active"], id="running", ready_by=READY_BY + 2 * day)
    restoring = replace(SITUATIONS["restoring"], id="restoring")
    later = a_session(id="later", ready_by=READY_BY + day)
    everything = [*OVER.values(), later, next_one, restoring, running]
    expected = [running, restoring, next_one, later]
    while expected:
        assert current_session(everything) == expected[0]
        everything.remove(expected.pop(0))
    assert current_session(everything) is None


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
    if session.undoing is not None and session.try_at is None and session.held:
        assert session.held in (WaitReason.NOT_HOME, WaitReason.UNREACHABLE)
        assert not wanted
        # The car may come back at any time.
        assert (
            next_action(transition(session, CarAvailable(), now), now)
            is SessionAction.UNDO
        )
        return
    assert step is not None or any(at > now for at in wanted.values())
    assert next_action(session, max(now, *wanted.values())) is not None


@given(
    happened=st.lists(
        st.tuples(events | extensions, st.timedeltas(timedelta(0), 2 * HOUR)),
        max_size=12,
    )
)
def test_no_session_is_ever_stuck(
    happened: list[tuple[SessionEvent, timedelta]],
) -> None:
    """After any events, even such as never come in this order."""
    session, now = a_session(), EVENING
    for event, passed in happened:
        if isinstance(event, Extended) and session.end is None:
            continue
        session = transition(session, event, now)
        assert_goes_on(session, now)
        now += passed
        assert_goes_on(session, now)


# What may come of a step. A car that is away or silent comes back some time.
OUTCOMES: dict[SessionAction, list[tuple[SessionEvent, ...]]] = {
    SessionAction.SEND: [
        (SENDING, Sent()),
        (SENDING, TROUBLE),
        (SENDING, Refused(reason="no")),
        (Waking(),),
        (WakePending(),),
        (SILENT,),
        (AWAY,),
        (Postponed(wait_reason=WaitReason.UNKNOWN_LEVEL),),
        (LATER, SENDING, Sent(), PlugRequested()),
        (replace(TROUBLE, until=READY_BY + 9 * HOUR),),
    ],
    SessionAction.UNDO: [
        (Ended(state=SessionState.COMPLETED), Restored()),
        (Ended(state=SessionState.COMPLETED), Waking()),
        (Ended(state=SessionState.COMPLETED), WakePending()),
        (Ended(state=SessionState.COMPLETED), SILENT),
        (Ended(state=SessionState.COMPLETED), AWAY),
        (Ended(state=SessionState.COMPLETED), TROUBLE),
        (Ended(state=SessionState.COMPLETED), Refused(reason="no")),
    ],
    SessionAction.MISS: [(MISS,)],
}


def outcome(
    session: Session, step: SessionAction, choice: int
) -> tuple[SessionEvent, ...]:
    """Return what comes of a step; what is being undone is not ended anew."""
    if step is SessionAction.WATCH:
        upcoming = next_check_point(session)
        assert upcoming is not None
        taken = replace(FINE, watch=upcoming[0])
        started = replace(taken, starting=upcoming[0] is CheckPoint.STARTED)
        tries: list[tuple[SessionEvent, ...]] = [
            (taken,),
            (started,),
            (taken, TROUBLE),
            (TROUBLE,),
            (SILENT, taken),
        ]
        return tries[choice % len(tries)]
    found = OUTCOMES[step][choice % len(OUTCOMES[step])]
    return found if session.undoing is None else found[step is SessionAction.UNDO :]


@settings(max_examples=300)
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
            for event in outcome(session, step, left.pop() if left else 0):
                session = transition(session, event, now)
        elif ahead := [at for at in scheduled_actions(session).values() if at > now]:
            now = min(ahead)
        else:
            assert session.restoring
            now += HOUR
            session = transition(session, CarAvailable(), now)
    assert session.over


def test_after_any_downtime_the_right_step_is_due() -> None:
    """Unsent and useful is sent, active is watched, over is undone."""
    much_later = READY_BY + timedelta(days=9)
    for situation, now, step in (
        ("scheduled", SEND_AT - MINUTE, None),
        ("scheduled", SEND_AT + HOUR, SessionAction.SEND),
        ("scheduled", READY_BY - LEAST_NOTICE, SessionAction.MISS),
        ("scheduled", much_later, SessionAction.MISS),
        ("half sent", SEND_AT, SessionAction.SEND),
        ("half sent", READY_BY, SessionAction.MISS),
        ("active", START, None),
        ("active", START + HOUR, SessionAction.WATCH),
        ("active", CLEANUP_AT, SessionAction.UNDO),
        ("active", much_later, SessionAction.UNDO),
        ("restoring", SEND_AT, SessionAction.UNDO),
        ("restoring", much_later, SessionAction.UNDO),
    ):
        assert next_action(SITUATIONS[situation], now) is step, (situation, now)


def test_a_restart_in_the_running_window_sends_nothing_new() -> None:
    """Only the read is due."""
    session = transition(SITUATIONS["active"], FINE, START + 10 * MINUTE)
    assert next_action(session, START + HOUR) is None


def test_sending_again_keeps_the_ids() -> None:
    """They are written down before the first command, and replaced by no retry."""
    session = after(a_session(), Sending(schedule_ids=(7, 8)), TROUBLE)
    assert session.schedule_ids == (7, 8)
    assert session.sent
    assert not a_session().sent
