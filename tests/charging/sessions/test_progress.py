"""What a read tells of a session that runs, in each situation."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.planning.battery import LEAST_POWER
from custom_components.tesla_scout_worker.charging.planning.model import Battery
from custom_components.tesla_scout_worker.charging.planning.timeline import (
    LONGEST_WINDOW,
)
from custom_components.tesla_scout_worker.charging.sessions.progress import (
    LEAST_EXTENSION,
    Assessment,
    Judgement,
    Progress,
    assess,
    check_missed,
    extension,
    is_past_target,
    judge,
    judged_by_any_snapshot,
)
from custom_components.tesla_scout_worker.charging.sessions.session import (
    SECOND_CHECK,
    CheckPoint,
    Session,
    SessionEventType,
    SessionState,
)
from custom_components.tesla_scout_worker.gateways.models import (
    ChargeSnapshot,
    ChargingState,
)

from .session_samples import (
    END,
    HOUR,
    MINUTE,
    READY_BY,
    SITUATIONS,
    START,
    TIMING,
    a_plan,
    a_session,
)

BATTERY = Battery(capacity=75, power=11)
SESSION = SITUATIONS["active"]

# By the plan the car is at 26 % at 02:19; 11 kW are 14.67 % an hour.
MIDDLE = START + 2 * HOUR
LEVEL = 55

CHARGING = ChargeSnapshot(
    battery_level=LEVEL,
    charge_limit=80,
    charging_state=ChargingState.CHARGING,
    plugged_in=True,
    charger_power=11,
)
STOPPED = replace(CHARGING, charging_state=ChargingState.STOPPED, charger_power=0)
UNPLUGGED = replace(
    STOPPED, charging_state=ChargingState.DISCONNECTED, plugged_in=False
)
COMPLETE = replace(STOPPED, charging_state=ChargingState.COMPLETE)

# Two windows with an hour between them.
TORN = a_session(
    a_plan(START, START + HOUR, START + 2 * HOUR, END),
)


def found(
    charge: ChargeSnapshot, now: datetime = MIDDLE, session: Session = SESSION
) -> Assessment:
    """Return what a read tells."""
    assessment = assess(session, charge, BATTERY, now, level_at=now)
    assert assessment is not None
    return assessment


@pytest.mark.parametrize("charge", [STOPPED, UNPLUGGED, replace(CHARGING)])
def test_before_the_first_window_nothing_is_late(charge: ChargeSnapshot) -> None:
    """Plugged in or not: there is time."""
    early = replace(charge, battery_level=27)
    assessment = found(early, START - MINUTE)
    assert assessment.progress is Progress.WAITING
    assert not assessment.behind
    assert assessment.expected_level == 80


def test_between_two_windows_a_car_waits() -> None:
    """It is not asked to start, and what is left is counted from the next window."""
    level = replace(STOPPED, battery_level=41)
    assessment = found(level, START + 90 * MINUTE, TORN)
    assert assessment.progress is Progress.WAITING
    # An hour and 41 minutes are left of the four.
    assert assessment.expected_level == pytest.approx(41 + 14.667 * 101 / 60, abs=0.01)
    assert assessment.behind
    # In the windows it is to charge.
    for now in (START, START + MINUTE, START + 2 * HOUR):
        assert found(level, now, TORN).progress is Progress.NOT_CHARGING


def test_full_power_is_on_track() -> None:
    """What will be reached is the target, and nothing more."""
    assessment = found(CHARGING)
    assert assessment.progress is Progress.CHARGING
    assert assessment.expected_level == pytest.approx(79.6, abs=0.1)
    assert not assessment.behind
    assert assessment.battery == BATTERY
    ahead = found(replace(CHARGING, battery_level=70))
    assert ahead.expected_level == 80


def test_less_power_is_known_to_fall_short() -> None:
    """Say "66 % by 07:00 instead of 80 %" hours ahead."""
    assessment = found(replace(CHARGING, charger_power=5))
    assert assessment.progress is Progress.CHARGING
    assert assessment.behind
    assert assessment.battery.power == pytest.approx(5)
    assert assessment.expected_level == pytest.approx(55 + 5 / 75 * 10100 / 60)


def test_a_kilowatt_is_rounding() -> None:
    """10 kW may be 10.5, which makes no other plan."""
    assert found(replace(CHARGING, charger_power=10)).battery == BATTERY


def test_the_taper_is_no_lack_of_power() -> None:
    """At 95 % a car takes two fifths of its power, and that is as planned."""
    session = a_session(target=100)
    charge = replace(CHARGING, battery_level=95, charger_power=4)
    assert found(charge, session=session).battery == BATTERY


def test_a_car_that_is_only_starting_tells_no_power() -> None:
    """It draws nothing yet, which is no reason to tell that it falls behind."""
    starting = replace(CHARGING, charging_state=ChargingState.STARTING, charger_power=0)
    assessment = found(starting)
    assert assessment.progress is Progress.CHARGING
    assert assessment.battery == BATTERY
    assert not assessment.behind
    unknown = replace(CHARGING, charger_power=None)
    assert found(unknown).battery == BATTERY
    # Under half a kilowatt is told as none, and takes days but not for ever.
    for power in (0, -3):
        trickle = replace(CHARGING, charger_power=power)
        assert found(trickle).battery.power == LEAST_POWER
        assert longer(trickle) == READY_BY


@pytest.mark.parametrize(
    ("charge", "progress"),
    [(STOPPED, Progress.NOT_CHARGING), (UNPLUGGED, Progress.UNPLUGGED)],
)
def test_what_does_not_charge_reaches_no_more(
    charge: ChargeSnapshot, progress: Progress
) -> None:
    """By what is known now."""
    assessment = found(charge)
    assert assessment.progress is progress
    assert assessment.expected_level == LEVEL
    assert assessment.behind


def test_a_car_that_tells_no_cable_is_not_unplugged() -> None:
    """Unknown is no fact."""
    silent = replace(STOPPED, charging_state=None, plugged_in=None)
    assert found(silent).progress is Progress.NOT_CHARGING


@pytest.mark.parametrize("now", [END, END + MINUTE, READY_BY + HOUR])
def test_after_the_last_window_a_car_has_stopped_by_right(now: datetime) -> None:
    """It is not told to start: that would charge into the peak, without an end."""
    assessment = found(replace(STOPPED, battery_level=70), now)
    assert assessment.progress is Progress.STOPPED
    assert assessment.behind
    assert assessment.expected_level == 70


def test_a_target_that_is_reached_is_reached_in_any_state() -> None:
    """Unplugged, stopped or complete; more than that is what it is."""
    for charge in (CHARGING, STOPPED, UNPLUGGED, COMPLETE):
        assessment = found(replace(charge, battery_level=80))
        assert assessment.progress is Progress.REACHED
        assert not assessment.behind
        assert assessment.expected_level == 80
        assert assessment.battery == BATTERY
        assert assessment.hours_left == 0
    assert found(replace(STOPPED, battery_level=84)).expected_level == 84


def test_complete_just_below_the_target_is_rounding() -> None:
    """79 % and complete is what a car says at 80 %; 78 % is not."""
    near = found(replace(COMPLETE, battery_level=79))
    assert near.progress is Progress.REACHED
    assert near.expected_level == 80
    assert not near.behind
    # The owner has lowered the limit.
    short = found(replace(COMPLETE, battery_level=78))
    assert short.progress is Progress.NOT_CHARGING
    assert short.behind
    assert found(replace(STOPPED, battery_level=79)).progress is Progress.NOT_CHARGING


def test_an_unknown_level_tells_nothing() -> None:
    """Nor does a plan without windows."""
    unknown = replace(CHARGING, battery_level=None)
    assert assess(SESSION, unknown, BATTERY, MIDDLE, level_at=MIDDLE) is None
    without = a_session(replace(a_plan(), windows=()))
    assert assess(without, CHARGING, BATTERY, MIDDLE, level_at=MIDDLE) is None


# Making up for lost time.


def longer(
    charge: ChargeSnapshot, now: datetime = MIDDLE, session: Session = SESSION
) -> datetime | None:
    """Return until when the last window should go on."""
    assert charge.battery_level is not None
    assessment = found(charge, now, session)
    return extension(session, assessment, charge.battery_level, now)


def test_lost_time_is_made_up_for_within_the_buffer() -> None:
    """Half an hour late: half an hour longer."""
    assert longer(replace(CHARGING, battery_level=48)) == END + 30 * MINUTE


def test_who_is_on_track_needs_no_longer_window() -> None:
    """Nor does who reached the target."""
    assert longer(CHARGING) is None
    assert longer(replace(COMPLETE, battery_level=80)) is None
    assert longer(replace(STOPPED, battery_level=26), START - MINUTE) is None


def test_the_deadline_is_hard() -> None:
    """What cannot be made up for uses the buffer up, and not more."""
    slow = replace(CHARGING, charger_power=2)
    assert longer(slow) == READY_BY
    assert longer(slow, READY_BY - MINUTE) is None
    assert longer(slow, READY_BY + HOUR) is None
    used_up = a_session(a_plan(START, READY_BY))
    assert longer(slow, session=used_up) is None


def test_an_end_that_has_passed_goes_on_from_now() -> None:
    """There is half an hour left, and it is used."""
    late = replace(STOPPED, battery_level=70)
    assert longer(late, END + 10 * MINUTE) == END + 51 * MINUTE
    within = timedelta(seconds=30, microseconds=5)
    assert longer(late, END + 10 * MINUTE + within) == END + 51 * MINUTE


def test_a_minute_more_is_not_worth_a_command() -> None:
    """Two are."""
    slow = replace(CHARGING, charger_power=2)
    for minutes, end in ((1, None), (2, END + 2 * MINUTE)):
        session = a_session(ready_by=END + minutes * MINUTE)
        assert longer(slow, session=session) == end


def test_a_window_grows_no_longer_than_a_schedule_can_be() -> None:
    """Else the car would take its end for one of the same day."""
    start = END - (LONGEST_WINDOW - 10) * MINUTE
    session = a_session(a_plan(start, END), ready_by=END + 9 * HOUR)
    slow = replace(CHARGING, charger_power=1)
    assert longer(slow, session=session) == start + LONGEST_WINDOW * MINUTE


@given(
    level=st.integers(0, 100),
    power=st.none() | st.integers(0, 250),
    state=st.sampled_from([None, *ChargingState]),
    passed=st.integers(-60, 400),
    seconds=st.integers(0, 59),
)
def test_no_extension_goes_past_the_deadline(
    level: int,
    power: int | None,
    state: ChargingState | None,
    passed: int,
    seconds: int,
) -> None:
    """Whatever the read tells; and it is whole minutes, worth a command."""
    now = START + passed * MINUTE + timedelta(seconds=seconds)
    charge = ChargeSnapshot(
        battery_level=level,
        charging_state=state,
        plugged_in=None if state is None else state is not ChargingState.DISCONNECTED,
        charger_power=power,
    )
    assessment = found(charge, now)
    assert assessment.expected_level >= level
    assert assessment.behind is (assessment.expected_level < 79)
    end = extension(SESSION, assessment, level, now)
    if end is not None:
        assert assessment.behind
        assert max(END, now) + LEAST_EXTENSION <= end <= READY_BY
        assert not end.second


# What a snapshot comes to.


def judged(
    charge: ChargeSnapshot,
    check: CheckPoint | None = CheckPoint.STARTED,
    now: datetime = MIDDLE,
    session: Session = SESSION,
    level_at: datetime | None = None,
) -> Judgement:
    """Return what a snapshot says about a session; its level is new, if not said."""
    judgement = judge(
        session, charge, BATTERY, TIMING, check, now, level_at=level_at or now
    )
    assert judgement is not None
    return judgement


def events(judgement: Judgement) -> list[SessionEventType]:
    """Return what a person is notified of."""
    return [kind for kind, _ in judgement.events]


STARTED = SESSION.check_done(CheckPoint.STARTED, 80, behind=False)
BEHIND = SESSION.check_done(CheckPoint.STARTED, 60, behind=True)


def test_a_car_that_charges_as_planned_has_started_and_is_on_track() -> None:
    """Said once: a later snapshot has nothing new."""
    judgement = judged(CHARGING)
    assert events(judgement) == [SessionEventType.STARTED, SessionEventType.ON_TRACK]
    assert not judgement.starts
    assert judgement.session.checked == {CheckPoint.STARTED}
    assert judgement.session.recheck_at is None
    assert judged(CHARGING, None, session=judgement.session).events == ()


def test_a_car_that_did_not_start_is_started_once() -> None:
    """It has not failed to until it is checked again."""
    judgement = judged(STOPPED)
    assert judgement.starts
    assert judgement.events == ()
    assert judgement.session.recheck_at == MIDDLE + SECOND_CHECK
    again = judged(STOPPED, CheckPoint.RESTARTED, session=judgement.session)
    assert not again.starts
    assert again.events == ((SessionEventType.FALLING_BEHIND, "not_charging"),)
    helped = judged(CHARGING, CheckPoint.RESTARTED, session=judgement.session)
    assert events(helped) == [SessionEventType.STARTED, SessionEventType.ON_TRACK]


def test_after_its_last_window_a_car_is_not_started() -> None:
    """Charging is over by right."""
    judgement = judged(replace(STOPPED, battery_level=79), CheckPoint.ENDED, END)
    assert not judgement.starts
    assert judgement.session.checked == {CheckPoint.ENDED}


def test_an_unplugged_car_is_asked_for_once_and_not_waited_for() -> None:
    """Its window is not made longer."""
    judgement = judged(UNPLUGGED)
    assert events(judgement) == [
        SessionEventType.FALLING_BEHIND,
        SessionEventType.NEEDS_PLUG,
    ]
    assert judgement.session.asked_to_plug
    assert judgement.session.end == END
    again = judged(UNPLUGGED, CheckPoint.ENDED, session=judgement.session)
    assert SessionEventType.NEEDS_PLUG not in events(again)
    # Outside of a check a person may just be at it.
    assert events(judged(UNPLUGGED, None, session=STARTED)) == [
        SessionEventType.FALLING_BEHIND
    ]


def test_lost_time_is_made_up_for_and_on_track_again() -> None:
    """The window goes on into the buffer, and is checked again at its new end."""
    session = SESSION.check_done(CheckPoint.ENDED, 80, behind=False)
    judgement = judged(replace(CHARGING, battery_level=48), session=session)
    assert judgement.session.end == END + 30 * MINUTE
    assert CheckPoint.ENDED not in judgement.session.checked
    assert not judgement.session.behind
    assert SessionEventType.ON_TRACK in events(judgement)


def test_falling_behind_is_told_when_it_is_new_or_worse() -> None:
    """And being on track again."""
    slow = replace(CHARGING, charger_power=2)
    judgement = judged(slow, None, session=STARTED)
    assert judgement.events == ((SessionEventType.FALLING_BEHIND, "charging"),)
    assert judged(slow, None, session=judgement.session).events == ()
    slower = replace(CHARGING, charger_power=1)
    worse = judged(slower, None, session=judgement.session)
    assert events(worse) == [SessionEventType.FALLING_BEHIND]
    assert events(judged(CHARGING, None, session=BEHIND)) == [SessionEventType.ON_TRACK]
    # Another percent less is rounding, two are not.
    for level, fired in ((59, []), (58, [SessionEventType.FALLING_BEHIND])):
        less = replace(STOPPED, battery_level=level)
        assert events(judged(less, None, session=BEHIND)) == fired


def test_a_snapshot_without_a_level_judges_nothing() -> None:
    """The check stays due."""
    unknown = replace(CHARGING, battery_level=None)
    check = CheckPoint.STARTED
    assert (
        judge(SESSION, unknown, BATTERY, TIMING, check, MIDDLE, level_at=MIDDLE) is None
    )


def test_a_level_counts_from_when_it_was_seen() -> None:
    """Since then a car that charges has gone on; one that does not has lost the time."""
    level, seen = replace(CHARGING, battery_level=54), MIDDLE - 10 * MINUTE
    assert judged(level, None).session.end == END + 6 * MINUTE
    assert judged(level, None, level_at=seen).session.end == END
    assert not judged(level, None, level_at=seen).events
    stopped = replace(STOPPED, battery_level=54)
    assert judged(stopped, None, level_at=seen).session.end == END + 6 * MINUTE


def test_the_end_is_seen_at_its_check_or_with_the_target() -> None:
    """Not by a read of a car that still charges."""
    assert not judged(CHARGING).session.end_seen
    assert not judged(CHARGING, None, session=STARTED).session.end_seen
    reached = replace(COMPLETE, battery_level=80)
    assert judged(reached, None, session=STARTED).session.end_seen
    # At a deadline nothing can be made up for.
    short, session = replace(STOPPED, battery_level=60), a_session(ready_by=END)
    assert judged(short, CheckPoint.ENDED, END, session).session.end_seen


def test_a_later_end_was_not_seen_yet() -> None:
    """If its own check finds no car, the next read decides, and not the old end."""
    late = replace(CHARGING, battery_level=72)
    session = judged(late, CheckPoint.ENDED, END, STARTED).session
    assert session.end is not None
    assert session.end > END
    assert not session.end_seen
    session, _event = check_missed(session, CheckPoint.ENDED)
    over = session.time_is_over(session.cleanup_at)
    assert over.end_read(72, over.cleanup_at).ending is SessionState.MISSED


UNLIMITED = replace(CHARGING, battery_level=72, charge_limit=100)


@pytest.mark.parametrize(
    ("charge", "is_stopped"),
    [
        (UNLIMITED, True),
        (replace(UNLIMITED, charge_limit=81), True),
        (replace(UNLIMITED, charge_limit=80), False),
        (replace(UNLIMITED, charge_limit=None), False),
        (replace(UNLIMITED, charger_power=None), False),
        # By 11 kW it has 80 % just before the end of its windows, or just after.
        (replace(UNLIMITED, battery_level=56), True),
        (replace(UNLIMITED, battery_level=55), False),
    ],
)
def test_a_car_is_stopped_at_the_target_only_if_nothing_else_stops_it(
    charge: ChargeSnapshot, is_stopped: bool
) -> None:
    """Its own limit or the end of its windows; by an unknown power nobody knows when."""
    assert (judged(charge).session.target_at is not None) is is_stopped


def test_a_car_that_is_late_at_its_target_is_read_again_soon() -> None:
    """Not at once, and not in the past."""
    seen = MIDDLE - 50 * MINUTE
    late = judged(UNLIMITED, CheckPoint.TARGET, level_at=seen)
    assert late.session.target_at == MIDDLE + LEAST_EXTENSION


def test_only_a_check_of_a_charging_car_changes_when_it_is_stopped() -> None:
    """A read between two checks leaves it; a car that stopped is not stopped again."""
    session = replace(STARTED, target_at=MIDDLE + 5 * MINUTE)
    after = judged(UNLIMITED, None, session=session)
    assert after.session.target_at == MIDDLE + 5 * MINUTE
    stopped = replace(UNLIMITED, charging_state=ChargingState.STOPPED)
    for check in (CheckPoint.TARGET, CheckPoint.ENDED):
        assert judged(stopped, check, session=session).session.target_at is None


def test_a_car_is_past_its_target_while_it_charges_on() -> None:
    """Not if its own limit or the owner has stopped it, and not by a guess."""
    at_target = replace(UNLIMITED, battery_level=80)
    assert is_past_target(SESSION, at_target)
    assert is_past_target(SESSION, replace(at_target, battery_level=81))
    for other in (
        replace(at_target, battery_level=79),
        replace(at_target, battery_level=None),
        replace(at_target, charge_limit=80),
        replace(at_target, charge_limit=None),
        replace(at_target, charging_state=ChargingState.STOPPED),
        replace(at_target, charging_state=None),
    ):
        assert not is_past_target(SESSION, other)


def test_the_target_is_passed_by_when_the_level_was_seen() -> None:
    """From now on it would be too late, and charged beyond the target."""
    new = judged(UNLIMITED, CheckPoint.TARGET).session.target_at
    old = judged(UNLIMITED, CheckPoint.TARGET, level_at=MIDDLE - 6 * MINUTE)
    assert new is not None
    assert old.session.target_at == new - 6 * MINUTE


def test_any_snapshot_judges_only_what_was_seen_to_start() -> None:
    """A car may start some minutes late, or after a command."""
    assert not judged_by_any_snapshot(SESSION)
    assert judged_by_any_snapshot(STARTED)
    restarted = SESSION.check_done(
        CheckPoint.STARTED, 80, behind=True, starts_at=MIDDLE
    )
    assert not judged_by_any_snapshot(restarted)
    over = STARTED.check_done(CheckPoint.ENDED, 80, behind=False)
    assert not judged_by_any_snapshot(over)
    for situation in ("scheduled", "half sent", "restoring"):
        assert not judged_by_any_snapshot(SITUATIONS[situation])


def test_a_check_that_cannot_be_made_is_missed() -> None:
    """At the start nobody knows whether it charges; at its end what it was stays so."""
    session, event = check_missed(SESSION, CheckPoint.STARTED)
    assert session.checked == {CheckPoint.STARTED}
    assert event is SessionEventType.FALLING_BEHIND
    assert check_missed(STARTED, CheckPoint.ENDED)[1] is None
    session, event = check_missed(BEHIND, CheckPoint.ENDED)
    assert (session.behind, session.expected_level) == (True, 60)
    assert event is SessionEventType.FALLING_BEHIND


@given(
    level=st.integers(0, 100),
    power=st.none() | st.integers(0, 250),
    state=st.sampled_from(ChargingState),
    passed=st.integers(-60, 400),
    check=st.none() | st.sampled_from(CheckPoint),
)
def test_a_judgement_keeps_the_deadline_and_says_nothing_twice(
    level: int,
    power: int | None,
    state: ChargingState,
    passed: int,
    check: CheckPoint | None,
) -> None:
    """Whatever the snapshot says."""
    now = START + passed * MINUTE
    charge = ChargeSnapshot(
        battery_level=level,
        charging_state=state,
        plugged_in=state is not ChargingState.DISCONNECTED,
        charger_power=power,
    )
    judgement = judged(charge, check, now, STARTED)
    after = judgement.session
    assert after.end is not None
    assert END <= after.end <= READY_BY
    assert after.running
    assert after.cleanup_at == after.end + TIMING.cleanup_delay
    assert judgement.starts is False or check is CheckPoint.STARTED
    assert len(set(events(judgement))) == len(judgement.events)
    assert judged(charge, None, now, after).events == () or judgement.starts
