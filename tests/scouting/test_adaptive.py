"""The adaptive policy: when a read can tell something new."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.gateways.models import Connectivity
from custom_components.tesla_scout_worker.scouting.adaptive import (
    AWAKE_GAPS,
    CHARGING_GAPS,
    FREE_INTERVAL,
    LASTING,
    LASTING_AWAY,
    LASTING_PLUGGED_IN,
    LEAST_GAP,
    LONGEST_GAP,
    LONGEST_RETRY,
    NEAR_WAIT,
    RETRY,
    adaptive,
    next_read,
)
from custom_components.tesla_scout_worker.scouting.car_state import CarState
from custom_components.tesla_scout_worker.scouting.events import Observation
from custom_components.tesla_scout_worker.scouting.geofence import Presence
from custom_components.tesla_scout_worker.scouting.motion import (
    LONGEST_IDLE,
    SETTLE,
    SHORTEST_IDLE,
    SOON,
    MotionEstimate,
)
from custom_components.tesla_scout_worker.scouting.policy import ScoutingMode, decide
from custom_components.tesla_scout_worker.scouting.policy_input import (
    PAID,
    PolicyInput,
    ReadReason,
)

from .samples import HOME, HOME_POSITION, NOON, WORK_POSITION, snapshot, summary

WARSAW = ZoneInfo("Europe/Warsaw")
MINUTE = timedelta(minutes=1)
ONLINE, ASLEEP, OFFLINE = Connectivity.ONLINE, Connectivity.ASLEEP, Connectivity.OFFLINE

AT_HOME = Observation(
    connectivity=ONLINE,
    whereabouts=Presence.HOME,
    plugged_in=False,
    charging=False,
    below_limit=True,
)
READY = replace(AT_HOME, plugged_in=True)
AWAY = replace(AT_HOME, whereabouts=Presence.AWAY)
AWAKE = MotionEstimate(online_since=NOON - timedelta(hours=1), metres=0.0)


def policy_input(
    before: Observation = AT_HOME, motion: MotionEstimate = AWAKE, **more: object
) -> PolicyInput:
    """Return what is known of a car that was read at noon."""
    base = PolicyInput(connectivity=ONLINE, before=before, read_at=NOON, motion=motion)
    return replace(base, **more)  # type: ignore[arg-type]


def wait(of: PolicyInput) -> float:
    """Return the minutes from noon to the next read."""
    return (next_read(of).due - NOON) / MINUTE


@pytest.mark.parametrize(
    ("connectivity", "reason"),
    [
        (ASLEEP, ReadReason.ASLEEP),
        (None, ReadReason.ASLEEP),
        (OFFLINE, ReadReason.OFFLINE),
    ],
)
def test_a_car_that_is_not_online_is_never_read(
    connectivity: Connectivity | None, reason: ReadReason
) -> None:
    """Asked, hinted at or never seen: what cannot be reached is not paid for."""
    of = policy_input(connectivity=connectivity, asked=True, hinted=True, read_at=None)
    assert adaptive(of, NOON + timedelta(days=1)) is reason


def test_the_first_read_the_asked_one_and_the_hinted_one_are_taken_at_once() -> None:
    """Nobody waits for what somebody wants, or nobody knows."""
    assert adaptive(policy_input(read_at=None), NOON) is ReadReason.FIRST
    assert adaptive(policy_input(asked=True), NOON) is ReadReason.ASKED
    assert adaptive(policy_input(hinted=True), NOON) is ReadReason.HINT
    assert (
        adaptive(policy_input(in_service=True, hinted=True), NOON)
        is ReadReason.IN_SERVICE
    )
    assert adaptive(policy_input(in_service=True, asked=True), NOON) is ReadReason.ASKED
    assert adaptive(policy_input(), NOON - MINUTE) is ReadReason.DUE


@pytest.mark.parametrize(
    ("before", "motion", "expected"),
    [
        (AT_HOME, AWAKE, LASTING),
        (READY, AWAKE, LASTING_PLUGGED_IN),
        (AWAY, replace(AWAKE, metres=1_000.0), LASTING_AWAY),
        (AWAY, replace(AWAKE, metres=15_000.0), timedelta(minutes=20)),
        (AWAY, replace(AWAKE, metres=15_000.0, inbound=True), timedelta(minutes=20)),
        (AWAY, replace(AWAKE, metres=1e6), LONGEST_GAP),
        (AWAY, replace(AWAKE, metres=None), LASTING),
    ],
    ids=["home", "plugged in", "near", "far", "parked", "abroad", "anywhere"],
)
def test_a_car_that_woke_must_stay_up_before_it_is_read(
    before: Observation, motion: MotionEstimate, expected: timedelta
) -> None:
    """Cars wake by themselves for 2 to 3 minutes, and a read would keep them up."""
    since = NOON + timedelta(hours=5)
    of = policy_input(before, replace(motion, slept=True, online_since=since))
    assert next_read(of).due == since + expected
    assert adaptive(of, since + 3 * MINUTE) is ReadReason.JUST_WOKE
    assert adaptive(of, since + expected) is ReadReason.WOKE_UP


def test_a_car_that_was_driving_home_when_it_slept_is_read_soon() -> None:
    """Where it parked is not known, but it was near."""
    motion = MotionEstimate(online_since=NOON, slept=True, metres=9e4, inbound=True)
    assert wait(policy_input(AWAY, motion, driving=True)) == LASTING / MINUTE


@pytest.mark.parametrize(
    ("motion", "minutes"),
    [
        # 5 minutes at its speed, and 6.5 to settle.
        (MotionEstimate(metres=3_000.0, speed=10.0, inbound=True), 11.5),
        # 20 minutes at its speed, which is too long to be foreseen.
        (MotionEstimate(metres=12_000.0, speed=10.0, inbound=True), 15),
        (MotionEstimate(metres=1e7, speed=10.0, inbound=True), 18),
        (MotionEstimate(metres=100.0, speed=10.0, inbound=True), LEAST_GAP / MINUTE),
        # It may park, and is read when it is half of its way home away.
        (MotionEstimate(metres=12_000.0, speed=10.0, idles=(30 * MINUTE,)), 10),
        (
            MotionEstimate(metres=6_000.0, speed=10.0, idles=(30 * MINUTE,)),
            LEAST_GAP / MINUTE,
        ),
        (
            MotionEstimate(metres=1e7, speed=10.0, idles=(30 * MINUTE,)),
            LONGEST_GAP / MINUTE,
        ),
        # In a jam half of its way is too long: it may drive home fast, and fall asleep.
        (MotionEstimate(metres=12_000.0, speed=1.0, idles=(30 * MINUTE,)), 44),
        # It sleeps so soon after it parks that its sleep tells.
        (MotionEstimate(metres=6_000.0, speed=10.0), 16.5),
        (MotionEstimate(metres=None), LEAST_GAP / MINUTE),
    ],
)
def test_a_drive_is_read_when_it_could_be_home(
    motion: MotionEstimate, minutes: float
) -> None:
    """By distance and speed at the last read; densely near home."""
    of = policy_input(AWAY, motion, driving=True)
    assert wait(of) == pytest.approx(minutes)
    assert next_read(of).reason is ReadReason.MAY_BE_HOME


def test_a_car_that_drives_in_is_given_time_to_park() -> None:
    """In the zone and still rolling: one read when it stands and may be plugged in."""
    assert wait(policy_input(AT_HOME, AWAKE, driving=True)) == SETTLE / MINUTE


def test_a_charge_is_read_when_it_should_end() -> None:
    """By the car's own estimate; a long one now and then, ever more rarely."""
    full = replace(AWAKE, full_at=NOON + 20 * MINUTE)
    of = policy_input(READY, full, charging=True)
    assert next_read(of).reason is ReadReason.CHARGE_ENDS
    assert wait(of) == pytest.approx(20.7)
    for looks, gap in enumerate((*CHARGING_GAPS, CHARGING_GAPS[-1])):
        motion = replace(AWAKE, full_at=NOON + 9 * MINUTE * 60, same_reads=looks)
        assert next_read(policy_input(READY, motion, charging=True)).due == NOON + gap
        assert (
            next_read(policy_input(READY, motion, charging=True)).reason
            is ReadReason.CHARGING
        )
    assert wait(policy_input(READY, AWAKE, charging=True)) == CHARGING_GAPS[0] / MINUTE
    # An end just after the read that is due anyway does not put it off.
    full = replace(AWAKE, full_at=NOON + CHARGING_GAPS[0])
    of = policy_input(READY, full, charging=True)
    assert next_read(of).reason is ReadReason.CHARGING


def test_a_car_that_was_unplugged_is_read_when_it_should_be_driving() -> None:
    """A hint says so; what it did before does not matter."""
    motion = replace(AWAKE, leaves_at=NOON + 4 * MINUTE, plug_at=NOON + 7 * MINUTE)
    for known in ({"charging": True}, {"driving": True}, {}):
        of = policy_input(READY, motion, **known)
        assert (next_read(of).reason, wait(of)) == (ReadReason.UNPLUGGED, 4)


def test_a_parked_car_is_left_alone_until_it_should_sleep() -> None:
    """One minute more than it was seen to need, and half an hour if it did not sleep."""
    assert wait(policy_input()) == SHORTEST_IDLE / MINUTE
    slow = replace(AWAKE, idles=(20 * MINUTE, 25 * MINUTE, 12 * MINUTE))
    assert wait(policy_input(READY, slow)) == 26.5
    assert wait(policy_input(READY, replace(slow, idles=(99 * MINUTE,)))) == 31
    assert (
        adaptive(policy_input(READY, slow), NOON + 20 * MINUTE) is ReadReason.LET_SLEEP
    )
    assert (
        adaptive(policy_input(READY, slow), NOON + 27 * MINUTE)
        is ReadReason.STILL_AWAKE
    )


def test_a_car_that_never_sleeps_is_read_once_an_hour() -> None:
    """Sentry mode, or whatever keeps it up, is not to be seen, nor ended by reads."""
    for looks, gap in enumerate((*AWAKE_GAPS, AWAKE_GAPS[-1]), start=1):
        assert (
            next_read(policy_input(READY, replace(AWAKE, same_reads=looks))).due
            == NOON + gap
        )


def test_a_car_parked_far_away_is_left_alone_for_as_long_as_the_way_home() -> None:
    """It cannot be home before."""
    far = replace(AWAKE, metres=42_000.0)
    assert wait(policy_input(AWAY, far)) == 106.5
    assert wait(policy_input(AWAY, replace(far, metres=1e6))) == LONGEST_GAP / MINUTE
    near = replace(AWAKE, metres=1_000.0, idles=(30 * MINUTE,))
    assert wait(policy_input(AWAY, near)) == NEAR_WAIT / MINUTE
    assert wait(policy_input(AWAY, near, cable_hinted=True)) == 31
    assert wait(policy_input(AWAY, replace(near, same_reads=1))) == 31
    assert wait(policy_input(AWAY, replace(near, idles=(20 * MINUTE,)))) == 21.5


def test_a_cable_is_read_after_the_car_came_home() -> None:
    """People plug in within minutes."""
    of = policy_input(AT_HOME, replace(AWAKE, plug_at=NOON + 7 * MINUTE))
    assert (next_read(of).reason, wait(of)) == (ReadReason.PLUG_EXPECTED, 7)


def test_where_a_wallbox_tells_of_the_cable_no_read_is_for_it() -> None:
    """Neither after an arrival, nor soon after a waking, nor on the way home."""
    home = policy_input(
        AT_HOME, replace(AWAKE, plug_at=NOON + 7 * MINUTE), cable_hinted=True
    )
    assert next_read(home).reason is ReadReason.STILL_AWAKE
    woke = replace(AWAKE, slept=True, online_since=NOON)
    assert (
        wait(policy_input(AT_HOME, woke, cable_hinted=True))
        == LASTING_PLUGGED_IN / MINUTE
    )
    away = replace(woke, metres=4_200.0)
    assert wait(policy_input(AWAY, away)) == pytest.approx(5.6)
    assert wait(policy_input(AWAY, away, cable_hinted=True)) == pytest.approx(16.5)


@pytest.mark.parametrize(
    ("motion", "minutes"),
    [
        # It was 5 minutes from home ten minutes ago: there was time for half a cable.
        (MotionEstimate(metres=3_000.0, speed=10.0, inbound=True), 2.625),
        # It came eight minutes ago, and who plugs in soon has done so.
        (MotionEstimate(metres=1_200.0, speed=10.0, inbound=True), None),
        # Long ways are known less well.
        (MotionEstimate(metres=1_200.0, speed=1.0, inbound=True), 9.5),
        # It turned round some time since.
        (MotionEstimate(metres=3_000.0, speed=10.0), 4.5),
        (
            MotionEstimate(metres=3_000.0, speed=10.0, slept=True, online_since=NOON),
            4.5,
        ),
        (MotionEstimate(metres=10.0, speed=10.0, slept=True, online_since=NOON), 3),
        (MotionEstimate(), 7),
        (MotionEstimate(metres=3_000.0, slept=True), 7),
    ],
)
def test_how_long_a_cable_is_waited_for(
    motion: MotionEstimate, minutes: float | None
) -> None:
    """By when the car came, as far as that is known: once, or not at all."""
    now = NOON + 10 * MINUTE
    due = motion.plug_check_at(NOON, now)
    expected = None if minutes is None else now + minutes * MINUTE
    assert due == (
        None if expected is None else pytest.approx(expected, abs=MINUTE / 60)
    )


def test_a_drive_that_nobody_read_may_have_brought_the_car_nearer() -> None:
    """It slept 15 km away, was up for 20 minutes, slept, and wakes: where is it?"""
    motion = replace(AWAKE, metres=15_000.0)
    for minutes, connectivity in ((30, ASLEEP), (60, ONLINE)):
        motion = motion.after_poll(connectivity, NOON + minutes * MINUTE, None)
    assert motion.metres == 15_000.0
    assert wait(policy_input(AWAY, motion)) == pytest.approx(60 + 20)
    motion = motion.after_poll(ASLEEP, NOON + 80 * MINUTE, None)
    assert motion.metres == 0.0
    motion = motion.after_poll(ONLINE, NOON + 90 * MINUTE, None)
    assert wait(policy_input(AWAY, motion)) == 90 + LASTING_AWAY / MINUTE


def test_a_restart_teaches_nothing_of_how_long_the_car_stays_awake() -> None:
    """It slept while nobody read it: that is no night of idling."""
    found = CarState(summary=summary()).after_read(snapshot(), HOME)
    restored = replace(found, summary=summary(None))
    morning = NOON + timedelta(hours=9)
    assert (
        restored.with_motion(ONLINE, NOON).with_motion(ASLEEP, morning).motion.idles
        == ()
    )
    awake = found.with_motion(ONLINE, NOON)
    [idle] = awake.with_motion(ASLEEP, NOON + 12 * MINUTE).motion.idles
    assert idle == 12 * MINUTE


@pytest.mark.parametrize(
    "ahead",
    [
        {"tried_at": NOON, "misses": 1, "missed": True},
        {"motion": MotionEstimate(online_since=NOON, slept=True, metres=0.0)},
    ],
    ids=["a failed look", "a waking"],
)
def test_a_clock_that_was_set_back_starves_no_read(ahead: dict[str, object]) -> None:
    """What it noted the day before, a day ahead, is not waited for."""
    now = NOON - timedelta(days=1)
    found = snapshot(at=now - timedelta(hours=2))
    memory = CarState(summary=summary(), snapshot=found, observation=AT_HOME)
    memory = replace(memory, **ahead)  # type: ignore[arg-type]
    for _ in range(int(LONGEST_RETRY / FREE_INTERVAL)):
        now += FREE_INTERVAL
        memory = memory.with_motion(ONLINE, now)
        if adaptive(memory.policy_input(summary(), asked=False), now) in PAID:
            return
        memory = memory.after_poll(summary(), now)
    pytest.fail("It is starved")


def test_a_signal_that_is_back_must_last() -> None:
    """A car underground is no sleeper: what was planned stands, and flapping is free."""
    back = NOON + timedelta(hours=3)
    of = policy_input(READY, replace(AWAKE, online_since=back))
    assert next_read(of).reason is ReadReason.SIGNAL_BACK
    assert next_read(of).due == back + 3 * MINUTE
    soon = policy_input(READY, replace(AWAKE, online_since=NOON + MINUTE))
    assert next_read(soon).reason is ReadReason.STILL_AWAKE
    assert next_read(soon).due == NOON + SHORTEST_IDLE
    just = policy_input(READY, replace(AWAKE, online_since=NOON + 10 * MINUTE))
    assert next_read(just).reason is ReadReason.SIGNAL_BACK
    assert next_read(just).due == NOON + 13 * MINUTE


@pytest.mark.parametrize(("misses", "minutes"), [(1, 5), (2, 10), (3, 20), (9, 60)])
def test_a_read_that_came_to_nothing_is_repeated_ever_more_rarely(
    misses: int, minutes: float
) -> None:
    """Most failures are billed."""
    of = policy_input(read_at=None, misses=misses, tried_at=NOON)
    assert (next_read(of).reason, wait(of)) == (ReadReason.MISSED, minutes)
    later = policy_input(misses=1, tried_at=NOON)
    assert next_read(later).reason is ReadReason.STILL_AWAKE
    succeeded = policy_input(read_at=None, misses=0, tried_at=NOON)
    assert next_read(succeeded).reason is ReadReason.FIRST
    assert timedelta(minutes=wait(of)) <= LONGEST_RETRY
    assert RETRY > FREE_INTERVAL


def test_a_clock_that_was_set_back_loops_no_failing_read() -> None:
    """The last read is of tomorrow, and each that is tried fails and is billed."""
    now, tried_at, misses = NOON - timedelta(days=1), None, 0
    for _ in range(120):
        now += MINUTE
        if adaptive(policy_input(misses=misses, tried_at=tried_at), now) in PAID:
            misses, tried_at = misses + 1, now
    assert 3 <= misses <= 6


def test_in_a_month_that_must_be_saved_in_all_takes_longer() -> None:
    """From the last read, or from the waking."""
    slow = policy_input(stretch=2.0)
    assert wait(slow) == 2 * SHORTEST_IDLE / MINUTE
    assert adaptive(slow, NOON + 15 * MINUTE) is ReadReason.LET_SLEEP
    woke = replace(AWAKE, slept=True, online_since=NOON + 60 * MINUTE)
    assert wait(policy_input(AT_HOME, woke, stretch=2.0)) == 60 + 2 * LASTING / MINUTE


def test_a_car_that_was_never_read_is_read_in_any_month() -> None:
    """There is nothing to wait from."""
    of = policy_input(motion=MotionEstimate(), read_at=None, stretch=2.0)
    assert adaptive(of, NOON) is ReadReason.FIRST


def test_a_car_that_was_out_of_reach_for_long_is_not_left_for_as_long_again() -> None:
    """Six hours underground are no wait that would have to take twice as long."""
    since = NOON + timedelta(hours=6)
    back = replace(AWAKE, online_since=since)
    of = policy_input(motion=back, stretch=2.0)
    assert next_read(of).reason is ReadReason.SIGNAL_BACK
    assert next_read(of).due == since + 2 * SOON


def test_the_idle_time_of_a_car_is_learnt_from_its_sleep() -> None:
    """From the last read that found it idle to its sleep, at most half an hour."""
    motion = MotionEstimate(online_since=NOON)
    slept = motion.after_poll(ASLEEP, NOON + 14 * MINUTE, NOON)
    assert slept.idles == (14 * MINUTE,)
    assert slept.slept
    assert slept.online_since is None
    assert slept.after_poll(ASLEEP, NOON + 20 * MINUTE, NOON) is slept
    assert motion.after_poll(ASLEEP, NOON + MINUTE, None).idles == ()
    assert motion.after_poll(OFFLINE, NOON, NOON) == MotionEstimate()
    assert motion.after_poll(None, NOON, NOON) is motion
    woke = slept.after_poll(ONLINE, NOON + 30 * MINUTE, NOON)
    assert woke.online_since == NOON + 30 * MINUTE
    assert woke.idle_time == 15.5 * MINUTE
    assert replace(woke, idles=(LONGEST_IDLE,) * 2).idle_time == LONGEST_IDLE


def test_speed_is_that_between_two_places_or_the_speedometers() -> None:
    """At work, and half an hour later at home: 12 km by air, 6.7 m/s."""
    left = snapshot(position=WORK_POSITION, shift_state="D")
    half = NOON + 30 * MINUTE
    came = snapshot(position=HOME_POSITION, shift_state="D", at=half)
    motion = MotionEstimate(online_since=NOON - MINUTE).after_read(None, left, HOME)
    assert motion.metres == pytest.approx(12_000, rel=0.1)
    assert (motion.speed, motion.inbound) == (7.0, False)
    after = motion.after_read(left, came, HOME)
    assert after.speed == pytest.approx(6.7, rel=0.05)
    assert after.inbound
    assert motion.after_read(left, came, None).metres is None
    parked = snapshot(position=WORK_POSITION)
    woke = replace(motion, slept=True, online_since=half - 20 * MINUTE)
    # It woke half a minute before it was seen awake, for want of better.
    assert woke.after_read(parked, came, HOME).speed == pytest.approx(9.8, rel=0.02)
    # It drove elsewhere before it slept: only the speedometer tells.
    assert woke.after_read(left, came, HOME).speed == 7.0
    drive = {**came.payload["drive_state"], "speed": 60}
    fast = type(came).parse({**came.payload, "drive_state": drive}, half)
    assert woke.after_read(left, fast, HOME).speed == pytest.approx(20, rel=0.01)


steps = st.lists(
    st.tuples(
        st.sampled_from([ONLINE, ONLINE, ONLINE, ASLEEP, OFFLINE, None]),
        st.sampled_from(["Disconnected", "Stopped", "Charging", "Complete", None]),
        st.sampled_from([None, "P", "D"]),
        st.sampled_from([HOME_POSITION, WORK_POSITION, None]),
        st.booleans(),
        st.integers(min_value=1, max_value=240),
    ),
    max_size=40,
)


@given(steps, st.sampled_from([1.0, 2.0]))
def test_no_sequence_of_states_starves_a_read(
    sequence: list[tuple[object, ...]], stretch: float
) -> None:
    """Online for longer than the named bound, a car is read, whatever it did.

    And never twice within less than the shortest wait, other than for a failed read.
    """
    now, memory, read_at = NOON, CarState(summary=summary(None)), None
    tried: datetime | None = None
    online: datetime | None = None
    for connectivity, charging, shift, position, fails, minutes in sequence:
        for _ in range(minutes):  # type: ignore[call-overload]
            now += FREE_INTERVAL
            row = summary(connectivity)  # type: ignore[arg-type]
            memory = memory.with_motion(row.connectivity, now)
            of = memory.policy_input(row, asked=False, stretch=stretch)
            reason = decide(ScoutingMode.ADAPTIVE, of, now, WARSAW)
            memory = memory.after_poll(row, now)
            online = (online or now) if connectivity is ONLINE else None
            if reason not in PAID:
                since = max(online or now, tried or online or now)
                assert now - since <= (LONGEST_GAP + LONGEST_RETRY) * stretch
                continue
            assert connectivity is ONLINE
            assert read_at is None or now - read_at >= 2 * MINUTE
            tried = now
            if fails:
                memory = replace(
                    memory, missed=True, misses=memory.misses + 1, tried_at=now
                )
                fails = False
                continue
            read_at = now
            found = snapshot(
                charging_state=charging,  # type: ignore[arg-type]
                shift_state=shift,  # type: ignore[arg-type]
                position=position,  # type: ignore[arg-type]
                at=now,
            )
            memory = memory.after_read(found, HOME)
