"""Estimates of where a car goes and when it rests, read by read."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from custom_components.tesla_scout_worker.gateways.models import (
    Connectivity,
    Position,
    VehicleSnapshot,
)
from custom_components.tesla_scout_worker.scouting.motion import (
    CLOCK_ERROR,
    FARTHEST,
    FARTHEST_FULL,
    GARAGE,
    HALF_EARTH,
    LONGEST_IDLE,
    SHORTEST_IDLE,
    MotionEstimate,
    with_believed_position,
)
from custom_components.tesla_scout_worker.scouting.policy_input import ReadReason
from custom_components.tesla_scout_worker.scouting.statistics import (
    READ_LOG_LENGTH,
    ReadHistory,
    ReadLogEntry,
    ReadStatistics,
)

from .samples import HOME, HOME_POSITION, NOON, VIN, snapshot

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
ASLEEP = Connectivity.ASLEEP


def north(metres: float) -> Position:
    """Return a place north of home."""
    latitude = HOME_POSITION.latitude + metres / 111_195.08
    return Position(latitude=latitude, longitude=HOME_POSITION.longitude)


def found(
    metres: float | None = 0.0,
    at: datetime = NOON,
    *,
    charging_state: str = "Disconnected",
    minutes_to_full: int | None = None,
    **drive: object,
) -> VehicleSnapshot:
    """Return a read of a car north of home; ``drive`` are more of its fields."""
    payload = dict(
        snapshot(
            position=None if metres is None else north(metres),
            charging_state=charging_state,
        ).payload
    )
    payload["drive_state"] = {**payload.get("drive_state", {}), **drive}
    payload["charge_state"] = {
        **payload["charge_state"],
        "minutes_to_full_charge": minutes_to_full,
    }
    return VehicleSnapshot.parse(payload, at)


def test_the_way_home_takes_no_time_at_home_and_no_more_than_from_anywhere() -> None:
    """Where it is unknown how far a car is, it may be at home."""
    assert MotionEstimate().travel_time(10) == timedelta(0)
    assert MotionEstimate(metres=30.0).travel_time(10) == 3 * SECOND
    # Not even a car that stands takes for ever.
    assert MotionEstimate(metres=30.0).travel_time(0) == 100 * SECOND
    far = MotionEstimate(metres=1e300).travel_time(10)
    assert far == timedelta(seconds=HALF_EARTH / 10)


def test_times_that_can_be_are_believed() -> None:
    """Up to the last second of them."""
    motion = MotionEstimate(
        online_since=NOON,
        full_at=NOON + FARTHEST_FULL,
        plug_at=NOON + FARTHEST,
        leaves_at=NOON + FARTHEST,
    )
    assert motion.believable(NOON) is motion
    before = NOON - SECOND
    assert motion.believable(before) == MotionEstimate(online_since=before)
    near = replace(motion, full_at=NOON, plug_at=NOON, leaves_at=NOON)
    assert near.believable(before) == replace(near, online_since=before)


def test_a_car_that_falls_asleep_neither_leaves_nor_is_plugged_in() -> None:
    """What was expected of it did not come."""
    awake = MotionEstimate(
        online_since=NOON,
        metres=5_000.0,
        speed=3.0,
        inbound=True,
        plug_at=NOON,
        leaves_at=NOON,
        same_reads=2,
    )
    slept = awake.after_poll(ASLEEP, NOON + 12 * MINUTE, NOON)
    assert slept == MotionEstimate(
        slept=True,
        metres=5_000.0,
        speed=3.0,
        inbound=True,
        same_reads=2,
        idles=(12 * MINUTE,),
    )


def test_how_long_a_car_stays_awake_is_learnt_from_a_stretch_that_was_seen() -> None:
    """From its last read in this stretch, and if its waking was seen."""
    unseen = MotionEstimate().after_poll(ASLEEP, NOON + 12 * MINUTE, NOON)
    assert unseen == MotionEstimate(slept=True)
    unread = MotionEstimate(online_since=NOON + 5 * MINUTE, slept=True)
    assert unread.after_poll(ASLEEP, NOON + 12 * MINUTE, NOON).idles == ()


def test_a_car_whose_place_is_unknown_stays_unknown_in_its_sleep() -> None:
    """It may have driven while it was awake, from nobody knows where."""
    motion = MotionEstimate(online_since=NOON, slept=True)
    assert motion.after_poll(ASLEEP, NOON + 5 * MINUTE, None).metres is None


@pytest.mark.parametrize(
    ("charging_state", "minutes", "full_in"),
    [
        ("Charging", 90, 90 * MINUTE),
        ("Charging", 0, timedelta(0)),
        ("Charging", None, None),
        ("Stopped", 90, None),
    ],
)
def test_a_charge_ends_when_the_car_says(
    charging_state: str, minutes: int | None, full_in: timedelta | None
) -> None:
    """From the read on; a car that does not charge has no end."""
    read = found(charging_state=charging_state, minutes_to_full=minutes)
    motion = MotionEstimate(full_at=NOON - MINUTE).after_read(None, read, HOME)
    assert motion.full_at == (None if full_in is None else NOON + full_in)


def test_a_read_ends_what_was_expected() -> None:
    """A sleep, a cable and a departure are over, whatever they were."""
    expecting = MotionEstimate(
        slept=True, plug_at=NOON, leaves_at=NOON, same_reads=3, speed=3.0
    )
    motion = expecting.after_read(None, found(), HOME)
    assert motion == MotionEstimate(slept=False, metres=0.0, speed=3.0)


@pytest.mark.parametrize(
    ("before", "now", "inbound"),
    [
        (5_000.0, 4_000.0, True),
        (4_000.0, 5_000.0, False),
        (4_000.0, 0.0, True),
        (0.5, 0.0, True),
        (0.0, 0.5, False),
        (0.0, 0.0, False),
        (None, 0.0, False),
        (4_000.0, None, False),
    ],
)
def test_a_car_that_came_closer_is_on_its_way_home(
    before: float | None, now: float | None, inbound: bool
) -> None:
    """By its distance at two reads, if both are known."""
    motion = MotionEstimate(metres=before).after_read(None, found(now), HOME)
    assert motion.inbound is inbound


@pytest.mark.parametrize(
    ("then", "now", "same"),
    [
        (found(), found(), True),
        (found(), found(399.0), True),
        (found(), found(None), True),
        (found(None), found(), True),
        (found(), found(401.0), False),
        (found(shift_state="D"), found(), False),
        (found(), found(shift_state="D"), False),
        (found(), found(charging_state="Stopped"), False),
        (found(charging_state="Charging"), found(charging_state="Stopped"), False),
    ],
)
def test_a_car_is_as_it_was_if_it_stands_and_its_cable_does(
    then: VehicleSnapshot, now: VehicleSnapshot, same: bool
) -> None:
    """A place that is unknown is no other place."""
    now = replace(now, seen_at=NOON + MINUTE)
    motion = MotionEstimate(same_reads=3).after_read(then, now, HOME)
    assert motion.same_reads == (4 if same else 0)
    slept = MotionEstimate(same_reads=3, slept=True).after_read(then, now, HOME)
    assert slept.same_reads == 0


def test_a_car_that_outlasts_its_idle_time_needs_longer() -> None:
    """From the time on that is left without the margin, which is 9.5 minutes."""
    motion, before = MotionEstimate(), found()
    enough = SHORTEST_IDLE - 90 * SECOND
    still = motion.after_read(before, found(at=NOON + enough), HOME)
    assert (still.same_reads, still.idles) == (1, (LONGEST_IDLE,))
    early = motion.after_read(before, found(at=NOON + enough - SECOND), HOME)
    assert (early.same_reads, early.idles) == (1, ())
    charging = found(charging_state="Charging")
    later = replace(charging, seen_at=NOON + 60 * MINUTE)
    assert motion.after_read(charging, later, HOME).idles == ()


def test_a_read_for_the_cable_teaches_nothing_of_rest() -> None:
    """It came too early to say."""
    motion = MotionEstimate(plug_at=NOON + 60 * MINUTE, same_reads=1)
    read = motion.after_read(found(), found(at=NOON + 60 * MINUTE), HOME)
    assert read == MotionEstimate(metres=0.0, same_reads=1)


@pytest.mark.parametrize(
    ("since", "wait"),
    [(timedelta(0), 7 * MINUTE), (5 * MINUTE - SECOND, 2 * MINUTE + SECOND)],
)
def test_a_cable_is_waited_for_after_an_arrival_at_a_known_time(
    since: timedelta, wait: timedelta
) -> None:
    """Seven minutes in all; two minutes before their end there is nothing to check."""
    motion = MotionEstimate(metres=0.0, inbound=True)
    now = NOON + since
    assert motion.plug_check_at(NOON, now) == now + wait
    assert motion.plug_check_at(NOON, NOON + 5 * MINUTE) is None


@pytest.mark.parametrize(
    ("seconds", "mph", "speed"),
    [
        # 1,200 m by two places in two minutes, whatever the speedometer shows.
        (120, 60, 10.0),
        # A minute is too short: 60 mph are 26.82 m/s on the road, 20.12 by air.
        (60, 60, 20.1168),
        (61, 60, 1200 / 61),
        (60, None, 7.0),
        (6_000, None, 0.3),
        # A speedometer that shows walking pace is in a jam.
        (60, 0.1, 0.3),
    ],
)
def test_the_speed_of_a_drive_is_by_two_places_or_by_the_speedometer(
    seconds: float, mph: float | None, speed: float
) -> None:
    """Two places tell it if they are more than a minute apart."""
    then = found(2_400.0, shift_state="D")
    now = found(1_200.0, NOON + seconds * SECOND, shift_state="D", speed=mph)
    awake = MotionEstimate(online_since=NOON - 30 * MINUTE)
    assert awake.after_read(then, now, HOME).speed == pytest.approx(speed, rel=1e-4)


def test_the_speed_of_a_car_that_woke_counts_from_its_waking() -> None:
    """It was parked when it fell asleep: half a minute before it was seen awake."""
    then = found(2_400.0)
    now = found(1_200.0, NOON + 90 * SECOND, shift_state="D")
    woke = MotionEstimate(online_since=NOON, slept=True)
    assert woke.after_read(then, now, HOME).speed == pytest.approx(10, rel=1e-4)
    # One that was parked and awake may have left at any time since.
    awake = replace(woke, slept=False)
    assert awake.after_read(then, now, HOME).speed == 7.0
    # A car that stands keeps the speed that it had.
    parked = found(1_200.0, NOON + 90 * SECOND)
    assert replace(woke, speed=3.0).after_read(then, parked, HOME).speed == 3.0


def positioned(
    measured: datetime | None, sent: datetime | None = None, *, drives: bool = False
) -> VehicleSnapshot:
    """Return a read at noon with the times of its position and of its answer."""
    return found(
        gps_as_of=None if measured is None else int(measured.timestamp()),
        timestamp=None if sent is None else int(sent.timestamp() * 1000),
        shift_state="D" if drives else None,
    )


@pytest.mark.parametrize(
    ("measured", "since", "believed", "then"),
    [
        # From when a position counts that was measured then.
        (NOON, None, True, NOON),
        (NOON, NOON, True, NOON),
        (NOON, NOON - MINUTE, True, NOON),
        (NOON - MINUTE, NOON, False, NOON),
        # A time that is unknown says nothing.
        (None, NOON, True, NOON),
        # Clocks differ by five minutes at most; what is later is of one that is wrong.
        (NOON + CLOCK_ERROR, None, True, NOON + CLOCK_ERROR),
        (NOON + CLOCK_ERROR + SECOND, NOON, True, NOON),
        (NOON, NOON + CLOCK_ERROR, False, NOON + CLOCK_ERROR),
        (NOON, NOON + CLOCK_ERROR + SECOND, True, NOON),
    ],
)
def test_a_position_is_believed_if_it_is_no_older_than_the_last_one(
    measured: datetime | None,
    since: datetime | None,
    believed: bool,
    then: datetime,
) -> None:
    """By the car's clock, as far as that can be right."""
    read, counts_from = with_believed_position(positioned(measured), since)
    assert (read.drive.position is not None) is believed
    assert counts_from == then


@pytest.mark.parametrize(
    ("measured", "sent", "since", "then"),
    [
        # A drive makes all positions outdated but those of its last two minutes.
        (None, NOON, None, NOON - GARAGE),
        (None, NOON, NOON - 2 * GARAGE, NOON - GARAGE),
        (NOON, NOON, None, NOON),
        (NOON - 2 * GARAGE, NOON, None, NOON - GARAGE),
        (None, NOON + CLOCK_ERROR, None, NOON + CLOCK_ERROR - GARAGE),
        (None, NOON + CLOCK_ERROR + SECOND, None, None),
        (None, None, NOON, NOON),
    ],
)
def test_a_position_from_before_a_drive_is_outdated(
    measured: datetime | None,
    sent: datetime | None,
    since: datetime | None,
    then: datetime | None,
) -> None:
    """A car that drives was somewhere else, two minutes before it said so."""
    read = positioned(measured, sent, drives=True)
    assert with_believed_position(read, since)[1] == then
    parked = positioned(None, sent)
    assert with_believed_position(parked, since)[1] == since


def test_the_read_log_drops_its_oldest_read() -> None:
    """However long it was in the store."""
    reads = [
        ReadLogEntry(
            at=NOON + count * MINUTE,
            vin=VIN,
            reason=ReadReason.DUE,
            found_change=None,
        )
        for count in range(READ_LOG_LENGTH + 2)
    ]
    history = ReadHistory(read_log=reads[:-1])  # type: ignore[arg-type]
    assert [*history.read_log] == reads[1:-1]
    history.read_log.append(reads[-1])
    assert [*history.read_log] == reads[2:]
    assert [*ReadHistory().read_log] == []
    same = ReadStatistics(reads=4)
    assert same.with_events(0) is same
    assert same.with_events(2).reads_per_event == 2
