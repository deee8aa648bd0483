"""What the Scout remembers of a car, and how a read changes it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.gateways.models import (
    Connectivity,
    Position,
    VehicleSnapshot,
)
from custom_components.tesla_scout_worker.scouting.adaptive import adaptive, next_read
from custom_components.tesla_scout_worker.scouting.car_state import CarState
from custom_components.tesla_scout_worker.scouting.events import (
    ConfirmedState,
    VehicleEvent,
    VehicleEventType,
)
from custom_components.tesla_scout_worker.scouting.geofence import Home, Presence
from custom_components.tesla_scout_worker.scouting.motion import SETTLE, MotionEstimate
from custom_components.tesla_scout_worker.scouting.policy_input import (
    PolicyInput,
    ReadReason,
)

from ..gateways.payload_mutations import mutated_payloads
from .samples import HOME, HOME_POSITION, NOON, VIN, WORK_POSITION, snapshot, summary

LIFETIME = timedelta(hours=6)
QUARTER = timedelta(minutes=15)


def fresh() -> CarState:
    """Return the memory of a car that nobody has read."""
    return CarState(summary=summary(None))


def after_read(
    memory: CarState, found: VehicleSnapshot, now: datetime = NOON
) -> CarState:
    """Return the memory after a round with a read."""
    return memory.after_poll(summary(), now).after_read(found, HOME)


def event_types(memory: CarState) -> list[VehicleEventType]:
    """Return what is pending."""
    return [vehicle_event.event_type for vehicle_event in memory.pending]


def test_a_first_round_reports_no_event() -> None:
    """The poll and the read of the first round report no change."""
    memory = after_read(fresh(), snapshot())
    assert memory.pending == ()
    assert memory.quiet_reads == 0
    assert memory.summary == summary()
    assert memory.observation.at_home is True


def test_a_first_round_at_a_ready_car_tells_it_once() -> None:
    """Ready at the first read is an event, at the second none."""
    memory = after_read(fresh(), snapshot(charging_state="Stopped"))
    assert event_types(memory) == [VehicleEventType.READY_TO_CHARGE]
    memory = after_read(memory, snapshot(charging_state="Stopped"))
    assert event_types(memory) == [VehicleEventType.READY_TO_CHARGE]


def test_a_car_that_was_asleep_at_first_wakes() -> None:
    """A first round without a read knows the sleep; the waking is a change."""
    memory = fresh().after_poll(summary(Connectivity.ASLEEP), NOON)
    assert memory.pending == ()
    memory = after_read(memory, snapshot())
    assert event_types(memory) == [VehicleEventType.WOKE_UP]


def test_what_happens_carries_its_time() -> None:
    """A change found by the poll has the round's time, by the read that of its answer."""
    later = NOON + timedelta(hours=1)
    memory = after_read(fresh(), snapshot(position=WORK_POSITION))
    memory = memory.after_poll(summary(Connectivity.ASLEEP), NOON)
    memory = after_read(memory, snapshot(at=later + timedelta(seconds=2)), later)
    assert memory.pending == (
        VehicleEvent(event_type=VehicleEventType.FELL_ASLEEP, at=NOON),
        VehicleEvent(event_type=VehicleEventType.WOKE_UP, at=later),
        VehicleEvent(
            event_type=VehicleEventType.ARRIVED_HOME, at=later + timedelta(seconds=2)
        ),
    )


def test_what_is_taken_is_gone_and_the_rest_is_not() -> None:
    """Taking one occurrence leaves an equal one of another time, and is repeatable."""
    one = VehicleEvent(event_type=VehicleEventType.WOKE_UP, at=NOON)
    other = VehicleEvent(
        event_type=VehicleEventType.WOKE_UP, at=NOON + timedelta(hours=1)
    )
    memory = CarState(summary=summary(), pending=(one, other))
    assert memory.without(one).pending == (other,)
    assert memory.without(one).without(one).pending == (other,)


def test_what_is_pending_is_dropped_after_six_hours() -> None:
    """A trigger that nobody took is kept for six hours and no longer."""
    old = VehicleEvent(event_type=VehicleEventType.READY_TO_CHARGE, at=NOON)
    memory = CarState(summary=summary(), pending=(old,))
    young = NOON + LIFETIME - timedelta(seconds=1)
    assert memory.without_stale(young, LIFETIME).pending == (old,)
    assert memory.without_stale(NOON + LIFETIME, LIFETIME).pending == ()


def test_reads_without_change_are_counted_until_a_change() -> None:
    """A read that tells the same is quiet, whether or not the level moved a little."""
    memory = after_read(fresh(), snapshot(level=70))
    for level, quiet in ((69, 1), (68, 2)):
        memory = after_read(memory, snapshot(level=level))
        assert memory.quiet_reads == quiet
    memory = after_read(memory, snapshot(charging_state="Stopped"))
    assert memory.quiet_reads == 0
    memory = after_read(memory, snapshot(charging_state="Stopped", shift_state="D"))
    assert memory.quiet_reads == 0


def test_a_gap_in_the_facts_is_no_change() -> None:
    """A fix that comes and goes must not keep the car awake for good."""
    memory = after_read(fresh(), snapshot())
    for count, position in enumerate((None, HOME_POSITION, None, HOME_POSITION)):
        memory = after_read(memory, snapshot(position=position))
        assert memory.quiet_reads == count + 1


def measured(
    position: Position, at: datetime, measured_at: datetime, shift_state: str | None
) -> VehicleSnapshot:
    """Return a read with a position that may have been measured before it."""
    found = snapshot(position=position, shift_state=shift_state, at=at)
    drive = {
        **found.payload["drive_state"],
        "gps_as_of": int(measured_at.timestamp()),
        "timestamp": int(at.timestamp() * 1000),
    }
    return VehicleSnapshot.parse({**found.payload, "drive_state": drive}, at)


def test_a_position_from_before_a_drive_is_not_where_the_car_is() -> None:
    """Seen at home, seen driving; in a garage it still says home."""
    memory = after_read(fresh(), measured(HOME_POSITION, NOON, NOON, None))
    half, hour, later = (NOON + count * QUARTER for count in (2, 4, 6))
    memory = after_read(memory, measured(WORK_POSITION, half, half, "D"), half)
    assert memory.observation.at_home is False
    for at in (hour, later):
        memory = after_read(memory, measured(HOME_POSITION, at, NOON, None), at)
        assert memory.observation.at_home is None
        assert memory.snapshot is not None
        kept = VehicleSnapshot.parse(memory.snapshot.payload, at)
        assert kept.drive.position is None
    assert event_types(memory) == [VehicleEventType.LEFT_HOME]
    back = later + QUARTER
    memory = after_read(memory, measured(HOME_POSITION, back, back, None), back)
    assert memory.observation.at_home is True
    assert event_types(memory)[-1] is VehicleEventType.ARRIVED_HOME


def test_an_old_position_counts_while_the_car_stands_there() -> None:
    """A car in a garage measures nothing for a night, and is at home."""
    entrance = NOON - timedelta(minutes=1)
    memory = after_read(fresh(), measured(HOME_POSITION, NOON, entrance, "D"))
    for count in range(1, 5):
        at = NOON + count * 4 * QUARTER
        memory = after_read(memory, measured(HOME_POSITION, at, entrance, None), at)
        assert memory.observation.at_home is True


def test_positions_of_a_clock_that_is_wrong_are_believed() -> None:
    """A time in the future is no reason to refuse all that follow."""
    year = timedelta(days=365)
    memory = after_read(fresh(), measured(HOME_POSITION, NOON, NOON + year, None))
    assert memory.observation.at_home is True
    assert memory.position_from is None
    at = NOON + QUARTER
    memory = after_read(memory, measured(WORK_POSITION, at, at, None), at)
    assert memory.observation.at_home is False
    # Set forward by a year in between, and back again.
    memory = replace(memory, position_from=NOON + year)
    memory = after_read(memory, measured(HOME_POSITION, at, at, None), at)
    assert memory.observation.at_home is True


def test_a_poll_keeps_what_the_read_found() -> None:
    """A car that falls asleep keeps its values, and its count of quiet reads."""
    memory = after_read(after_read(fresh(), snapshot()), snapshot())
    asleep = memory.after_poll(summary(Connectivity.ASLEEP), NOON)
    assert asleep.snapshot is memory.snapshot
    assert asleep.quiet_reads == 1
    assert asleep.observation.at_home is True


def test_a_read_makes_up_for_a_missed_one() -> None:
    """A read that came about ends the pause and what was missed."""
    memory = CarState(
        summary=summary(),
        missed=True,
        misses=3,
        paused_until=NOON + timedelta(hours=1),
        cable_hint_at=NOON,
    )
    memory = after_read(memory, snapshot())
    assert (memory.missed, memory.misses) == (False, 0)
    assert (memory.paused_until, memory.cable_hint_at) == (None, None)


def test_the_policy_gets_what_was_known_before() -> None:
    """What the policy compares with is the observation before this round."""
    memory = after_read(fresh(), snapshot())
    asleep = memory.after_poll(summary(Connectivity.ASLEEP), NOON)
    assert asleep.policy_input(summary(), asked=True) == PolicyInput(
        connectivity=Connectivity.ONLINE,
        before=asleep.observation,
        read_at=NOON,
        quiet_reads=0,
        missed=False,
        in_service=False,
        asked=True,
        motion=asleep.motion,
    )
    assert fresh().policy_input(summary(), asked=False).read_at is None
    assert memory.summary.vin == VIN


def test_the_policy_gets_all_that_is_known() -> None:
    """Of the failures before, of the hints, and of the way that is read by."""
    memory = replace(
        after_read(fresh(), snapshot(charging_state="Charging")),
        quiet_reads=3,
        missed=True,
        misses=2,
        tried_at=NOON + QUARTER,
    )
    assert memory.policy_input(
        replace(summary(), in_service=True),
        asked=False,
        hinted=True,
        cable_hinted=True,
        stretch=2.0,
        from_memory=True,
        pushed=True,
    ) == PolicyInput(
        connectivity=Connectivity.ONLINE,
        before=memory.observation,
        read_at=NOON,
        quiet_reads=3,
        missed=True,
        misses=2,
        tried_at=NOON + QUARTER,
        in_service=True,
        asked=False,
        driving=False,
        charging=True,
        hinted=True,
        cable_hinted=True,
        stretch=2.0,
        from_memory=True,
        pushed=True,
        motion=memory.motion,
    )


@pytest.mark.parametrize(
    ("charging_state", "since", "charges"),
    [
        ("Charging", True, True),
        ("Charging", None, True),
        # A cable was pulled, or the car fell asleep.
        ("Charging", False, False),
        ("Stopped", None, False),
        ("Stopped", True, False),
    ],
)
def test_a_charge_goes_on_until_something_ends_it(
    charging_state: str, since: bool | None, charges: bool
) -> None:
    """By the last read, and by what was observed since."""
    memory = after_read(fresh(), snapshot(charging_state=charging_state))
    memory = replace(memory, observation=replace(memory.observation, charging=since))
    assert memory.policy_input(summary(), asked=False).charging is charges


def test_times_of_a_clock_that_was_ahead_are_mended_by_a_poll() -> None:
    """And the poll counts all the same."""
    ahead = MotionEstimate(full_at=NOON + timedelta(days=400))
    memory = replace(fresh(), motion=ahead, tried_at=NOON + timedelta(hours=1))
    online = MotionEstimate(online_since=NOON)
    mended = memory.with_motion(Connectivity.ONLINE, NOON)
    assert mended == replace(memory, motion=online, tried_at=NOON)
    assert mended.with_motion(Connectivity.ONLINE, NOON + QUARTER) is mended


@pytest.mark.parametrize(
    ("found", "idles"),
    [
        (snapshot(), (QUARTER,)),
        (snapshot(shift_state="D"), ()),
        (snapshot(charging_state="Charging"), ()),
    ],
)
def test_a_busy_car_teaches_nothing_of_how_long_it_stays_awake(
    found: VehicleSnapshot, idles: tuple[timedelta, ...]
) -> None:
    """Only one that stood idle at its last read does."""
    memory = after_read(fresh().with_motion(Connectivity.ONLINE, NOON), found)
    asleep = memory.with_motion(Connectivity.ASLEEP, NOON + QUARTER)
    assert asleep.motion.idles == idles


def north(metres: float) -> Position:
    """Return a place north of home."""
    latitude = HOME_POSITION.latitude + metres / 111_195
    return Position(latitude=latitude, longitude=HOME_POSITION.longitude)


def test_a_fix_that_drifts_after_it_was_lost_is_no_departure() -> None:
    """What was known for certain before it was lost counts."""
    memory = after_read(after_read(fresh(), snapshot()), snapshot(position=None))
    assert memory.observation.at_home is None
    assert after_read(memory, snapshot(position=north(400))).observation.at_home is True
    away = after_read(fresh(), snapshot(position=north(400)))
    assert away.observation.at_home is False


CAME_HOME = timedelta(minutes=4)


@pytest.mark.parametrize(
    ("before", "found", "minutes"),
    [
        # 12 km at 7 m/s take 29 minutes: it has just come, whenever that was.
        (snapshot(position=WORK_POSITION), snapshot(), 7),
        # It rolled in four minutes ago, and parked at some time since.
        (snapshot(shift_state="D"), snapshot(), 5),
        (snapshot(), snapshot(), None),
        (snapshot(position=WORK_POSITION), snapshot(charging_state="Stopped"), None),
        (snapshot(position=WORK_POSITION), snapshot(charging_state=None), None),
        (snapshot(position=WORK_POSITION), snapshot(shift_state="D"), None),
        (snapshot(position=WORK_POSITION), snapshot(position=None), None),
        (snapshot(position=WORK_POSITION), snapshot(position=WORK_POSITION), None),
    ],
    ids=[
        *("parked away", "rolled in", "stood there", "plugged in", "cable unknown"),
        *("still rolling", "place unknown", "still away"),
    ],
)
def test_a_car_that_came_home_without_a_cable_is_read_for_it_once_more(
    before: VehicleSnapshot, found: VehicleSnapshot, minutes: float | None
) -> None:
    """When it should be plugged in, by when it came."""
    now = NOON + CAME_HOME
    memory = after_read(fresh(), before).after_poll(summary(), now)
    memory = memory.after_read(replace(found, seen_at=now), HOME)
    expected = None if minutes is None else now + timedelta(minutes=minutes)
    assert memory.motion.plug_at == expected


def test_an_arrival_at_an_unknown_time_is_just_now() -> None:
    """The last read was lost with the store; that it was away was not."""
    away = ConfirmedState(whereabouts=Presence.AWAY)
    memory = replace(fresh(), confirmed=away).after_read(snapshot(), HOME)
    assert memory.motion.plug_at == NOON + timedelta(minutes=7)


def test_reads_that_find_a_car_as_before_are_counted_for_its_rest() -> None:
    """Each compared with the one before it."""
    memory = after_read(fresh(), snapshot())
    assert memory.motion.same_reads == 0
    memory = after_read(after_read(memory, snapshot()), snapshot())
    assert memory.motion.same_reads == 2


def charged(
    before: CarState, kwh: float, charging_state: str, at: datetime
) -> CarState:
    """Return the memory after a read with energy added since the plug-in."""
    payload = dict(snapshot(charging_state=charging_state, at=at).payload)
    added = {"charge_energy_added": kwh}
    payload["charge_state"] = {**payload["charge_state"], **added}
    return before.after_read(VehicleSnapshot.parse(payload, at), HOME)


def test_a_charge_between_two_reads_has_the_time_of_the_second() -> None:
    """And counts as its two events."""
    before = charged(fresh(), 1.0, "Complete", NOON)
    after = charged(before, 1.5, "Complete", NOON + QUARTER)
    assert after.pending == (
        *before.pending,
        VehicleEvent(event_type=VehicleEventType.CHARGING_STARTED, at=NOON + QUARTER),
        VehicleEvent(event_type=VehicleEventType.CHARGING_STOPPED, at=NOON + QUARTER),
    )
    assert after.statistics.events == before.statistics.events + 2
    # A cable that was pulled and plugged in again begins at nothing.
    again = charged(before, 0.0, "Complete", NOON + QUARTER)
    assert again.pending == before.pending


def test_a_charge_that_was_seen_is_reported_once() -> None:
    """Energy that is added meanwhile is its own."""
    charging = charged(charged(fresh(), 0.0, "Stopped", NOON), 1.0, "Charging", NOON)
    ready, *events = event_types(charging)
    assert ready is VehicleEventType.READY_TO_CHARGE
    assert events == [VehicleEventType.CHARGING_STARTED]
    stopped = charged(charging, 2.0, "Stopped", NOON + QUARTER)
    assert event_types(stopped)[2:] == [VehicleEventType.CHARGING_STOPPED]


def test_a_plug_hint_says_where_the_car_is_and_nothing_else() -> None:
    """It stands at home, and whether it charges is as unknown as before."""
    later = NOON + timedelta(hours=1)
    way = replace(
        after_read(fresh(), snapshot(position=WORK_POSITION, shift_state="D")),
        motion=MotionEstimate(metres=12_000.0, plug_at=NOON, leaves_at=NOON),
    )
    for charging in (None, False, True):
        observed = replace(way.observation, plugged_in=None, charging=charging)
        away = replace(way, observation=observed)
        hinted = away.with_cable_hint(True, HOME, later)
        assert hinted.observation == replace(
            observed, whereabouts=Presence.HOME, plugged_in=True, driving=False
        )
        assert hinted.motion == MotionEstimate(metres=0.0)
        assert hinted.cable_hint_at == later
        assert {item.at for item in hinted.pending} == {later}


def test_a_pulled_cable_ends_the_charge_and_begins_a_drive() -> None:
    """By and by, and not at once: it is read when it should be on the road."""
    later = NOON + timedelta(hours=1)
    memory = after_read(fresh(), snapshot(charging_state="Charging"))
    pulled = memory.with_cable_hint(False, HOME, later)
    assert pulled.observation == replace(
        memory.observation, plugged_in=False, charging=False
    )
    assert pulled.motion == MotionEstimate(metres=0.0, leaves_at=later + SETTLE)
    assert event_types(pulled)[-2:] == [
        VehicleEventType.NOT_READY,
        VehicleEventType.CHARGING_STOPPED,
    ]


def test_a_car_can_be_home_as_soon_as_the_fastest_way_is_over() -> None:
    """45 m/s in a straight line, from where it was at its last read."""
    away = replace(
        after_read(fresh(), snapshot(position=WORK_POSITION)),
        motion=MotionEstimate(metres=9_000.0),
    )
    soonest = NOON + timedelta(seconds=200)
    assert away.with_cable_hint(True, HOME, soonest).observation.plugged_in
    early = soonest - timedelta(seconds=1)
    assert away.with_cable_hint(True, HOME, early) is away


def test_arrivals_departures_charges_and_cables_are_counted() -> None:
    """What the reads were for; a waking and readiness are not."""
    memory = after_read(fresh(), snapshot(position=WORK_POSITION))
    memory = memory.after_poll(summary(Connectivity.ASLEEP), NOON)
    memory = after_read(memory, snapshot(position=WORK_POSITION))
    assert memory.statistics.events == 0
    memory = after_read(memory, snapshot(charging_state="Stopped"))
    assert event_types(memory)[-2:] == [
        VehicleEventType.ARRIVED_HOME,
        VehicleEventType.READY_TO_CHARGE,
    ]
    # The arrival and the cable.
    assert memory.statistics.events == 2


rounds = st.lists(
    st.one_of(
        st.none() | st.sampled_from(Connectivity),
        st.builds(
            snapshot,
            position=st.sampled_from([None, HOME_POSITION, WORK_POSITION]),
            level=st.sampled_from([None, 50, 80]),
            limit=st.sampled_from([None, 80]),
            charging_state=st.sampled_from(
                [None, "Disconnected", "Stopped", "Charging", "Complete", "Odd"]
            ),
            shift_state=st.sampled_from([None, "P", "D"]),
        ),
    ),
    max_size=15,
)


def after(memory: CarState, step: Connectivity | VehicleSnapshot | None) -> CarState:
    """Return the memory after one round."""
    if isinstance(step, VehicleSnapshot):
        return after_read(memory, step)
    return memory.after_poll(summary(step), NOON)


def test_a_sleeping_car_of_which_nothing_is_new_is_passed_over() -> None:
    """A round costs time and a write; whatever is left to do takes one."""
    asleep = summary(Connectivity.ASLEEP)
    memory = CarState(summary=asleep, reason=ReadReason.ASLEEP)
    assert memory.unchanged_asleep(asleep)
    assert not memory.unchanged_asleep(replace(asleep, name="Renamed"))
    assert not memory.unchanged_asleep(summary(Connectivity.ONLINE))
    online = replace(memory, summary=summary(Connectivity.ONLINE))
    assert not online.unchanged_asleep(summary(Connectivity.ONLINE))
    woke_up = VehicleEvent(event_type=VehicleEventType.WOKE_UP, at=NOON)
    for left in (
        {"missed": True},
        {"pending": (woke_up,)},
        {"reason": ReadReason.IN_SERVICE},
        {"reason": None},
    ):
        assert not replace(memory, **left).unchanged_asleep(asleep)


def test_a_home_that_moved_is_no_arrival_and_no_departure() -> None:
    """But the car is ready there, or not, from the round on in which it moved."""
    ready = after_read(fresh(), snapshot(charging_state="Stopped"))
    there, later = Home(position=WORK_POSITION, radius=100), NOON + QUARTER
    away = ready.with_home(there, later)
    assert away.observation == replace(ready.observation, whereabouts=Presence.AWAY)
    assert away.confirmed.whereabouts is Presence.AWAY
    not_ready = VehicleEvent(event_type=VehicleEventType.NOT_READY, at=later)
    assert away.pending == (*ready.pending, not_ready)
    back = away.with_home(HOME, later + QUARTER)
    again = VehicleEvent(
        event_type=VehicleEventType.READY_TO_CHARGE, at=later + QUARTER
    )
    assert back.pending == (*away.pending, again)
    assert replace(back, pending=ready.pending) == ready


def test_a_home_that_says_nothing_of_the_car_changes_nothing() -> None:
    """Without a read or a home, or since a plug hint said where the car is."""
    there = Home(position=WORK_POSITION, radius=100)
    memory = after_read(fresh(), snapshot())
    assert memory.with_home(HOME, NOON) is memory
    assert memory.with_home(None, NOON) is memory
    assert fresh().with_home(HOME, NOON) == fresh()
    hinted = replace(memory, cable_hint_at=NOON)
    assert hinted.with_home(there, NOON) is hinted
    lost = after_read(memory, snapshot(position=None))
    assert lost.with_home(there, NOON) is lost


@pytest.mark.parametrize(
    ("metres", "charging_state", "shift_state", "at_home"),
    [
        (490, "Disconnected", None, True),
        (510, "Disconnected", None, False),
        (1_090, "Stopped", None, True),
        (1_110, "Stopped", None, False),
        (140, "Disconnected", "D", True),
        (160, "Disconnected", "D", False),
    ],
)
def test_a_home_that_moved_a_little_leaves_the_car_at_home(
    metres: float, charging_state: str, shift_state: str | None, at_home: bool
) -> None:
    """By as much as a fix may drift: parked, plugged in, and on the road."""
    found = snapshot(charging_state=charging_state, shift_state=shift_state)
    memory = after_read(fresh(), found)
    there = Home(position=north(metres), radius=100)
    moved = memory.with_home(there, NOON)
    assert moved.observation.at_home is at_home
    # A car that was away must be within the zone itself.
    away = replace(memory.confirmed, whereabouts=Presence.AWAY)
    moved = replace(memory, confirmed=away).with_home(there, NOON)
    assert moved.observation.at_home is False


def test_a_car_whose_way_knows_the_place_is_where_it_says() -> None:
    """Some name the place and no position; so a home cannot move under the car."""
    found = snapshot(position=None)
    payload = {**found.payload, "drive_state": {"at_home": False}}
    fired = VehicleSnapshot.parse(payload, NOON)
    memory = replace(fresh(), snapshot=fired)
    assert memory.with_home(HOME, NOON).observation.whereabouts is Presence.AWAY
    assert memory.with_home(None, NOON).observation.whereabouts is Presence.UNKNOWN


@given(rounds)
def test_the_same_round_again_tells_nothing(
    steps: list[Connectivity | VehicleSnapshot | None],
) -> None:
    """Whatever came before, a round that repeats the last one adds no trigger."""
    memory = fresh()
    for step in steps:
        memory = after(memory, step)
        assert after(memory, step).pending == memory.pending


@given(rounds, st.integers(min_value=0, max_value=15))
def test_taking_triggers_does_not_change_what_follows(
    steps: list[Connectivity | VehicleSnapshot | None], at: int
) -> None:
    """What is told is the same, whether or not the first part was taken already."""
    kept = taken = fresh()
    before: list[VehicleEventType] = []
    for number, step in enumerate(steps):
        if number == at:
            before = event_types(taken)
            for vehicle_event in taken.pending:
                taken = taken.without(vehicle_event)
        kept, taken = after(kept, step), after(taken, step)
    assert before + event_types(taken) == event_types(kept)


@given(
    payloads=st.lists(mutated_payloads(), min_size=1, max_size=4),
    hours=st.floats(0.01, 40),
)
def test_no_payload_stops_the_rounds(
    payloads: list[dict[str, Any]], hours: float
) -> None:
    """Whatever a car says, it is known when it is read next: within hours."""
    memory, now = fresh(), NOON
    for payload in payloads:
        now += timedelta(hours=hours)
        memory = memory.with_motion(Connectivity.ONLINE, now)
        memory = after_read(memory, VehicleSnapshot.parse(payload, now), now)
        inputs = memory.policy_input(summary(), asked=False)
        assert next_read(inputs).due - now <= timedelta(hours=5)
        assert adaptive(inputs, now) is not None


@given(
    times=st.lists(st.datetimes(timezones=st.just(UTC)), min_size=6, max_size=6),
    metres=st.floats(0, allow_nan=False),
    speed=st.floats(0, allow_nan=False),
)
def test_no_stored_time_keeps_a_car_from_being_read(
    times: list[datetime], metres: float, speed: float
) -> None:
    """A clock that was ahead, or a hand in the store."""
    full_at, plug_at, leaves_at, online_since, tried_at, position_from = times
    memory = after_read(fresh(), snapshot())
    motion = replace(
        memory.motion,
        full_at=full_at,
        plug_at=plug_at,
        leaves_at=leaves_at,
        online_since=online_since,
        metres=metres,
        speed=speed,
    )
    memory = replace(
        memory,
        motion=motion,
        tried_at=tried_at,
        misses=1,
        position_from=position_from,
    ).with_motion(Connectivity.ONLINE, NOON)
    inputs = memory.policy_input(summary(), asked=False)
    assert next_read(inputs).due - NOON <= timedelta(days=1)
    assert after_read(memory, snapshot()).observation.at_home is True
