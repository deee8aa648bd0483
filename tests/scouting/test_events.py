"""What a read tells, and what happened since the one before."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.gateways.models import Connectivity, Position
from custom_components.tesla_scout_worker.scouting.events import (
    ConfirmedState,
    Observation,
    VehicleEventType,
    detect,
    observe,
    with_connectivity,
)
from custom_components.tesla_scout_worker.scouting.geofence import Presence

from .samples import HOME, HOME_POSITION, WORK_POSITION, snapshot

flags = st.none() | st.booleans()
observations = st.builds(
    Observation,
    connectivity=st.none() | st.sampled_from(Connectivity),
    whereabouts=st.sampled_from(Presence),
    driving=st.booleans(),
    plugged_in=flags,
    charging=flags,
    below_limit=flags,
)

READY = Observation(
    connectivity=Connectivity.ONLINE,
    whereabouts=Presence.HOME,
    plugged_in=True,
    charging=False,
    below_limit=True,
)
AWAY = replace(READY, whereabouts=Presence.AWAY, plugged_in=False)


def happened(*story: Observation) -> list[tuple[VehicleEventType, ...]]:
    """Return what each observation of a story says has happened."""
    confirmed, fired = ConfirmedState(), []
    for observation in story:
        after = confirmed.after(observation)
        fired.append(detect(confirmed, after))
        confirmed = after
    return fired


def look(
    before: Observation,
    *,
    position: Position | None = HOME_POSITION,
    level: int | None = 70,
    limit: int | None = 80,
    charging_state: str = "Disconnected",
    shift_state: str | None = None,
) -> Observation:
    """Return the observation of a read."""
    found = snapshot(
        position=position,
        level=level,
        limit=limit,
        charging_state=charging_state,
        shift_state=shift_state,
    )
    return observe(before, before.whereabouts, found, HOME)


@pytest.mark.parametrize(
    ("observation", "ready"),
    [
        (READY, True),
        (replace(READY, charging=True), True),
        (replace(READY, connectivity=Connectivity.ASLEEP), True),
        (replace(READY, whereabouts=Presence.AWAY), False),
        (replace(READY, plugged_in=False), False),
        (replace(READY, below_limit=False), False),
        (replace(READY, whereabouts=Presence.UNKNOWN), None),
        (replace(READY, plugged_in=None), None),
        (replace(READY, below_limit=None), None),
        (replace(READY, below_limit=None, plugged_in=False), False),
        (replace(READY, whereabouts=Presence.UNKNOWN, plugged_in=False), False),
        (Observation(), None),
    ],
)
def test_ready_is_home_plugged_in_and_below_the_limit(
    observation: Observation, ready: bool | None
) -> None:
    """One part that is false decides; one that is unknown leaves it unknown."""
    assert observation.ready is ready


@pytest.mark.parametrize("level", [None, -1, 101])
def test_an_unknown_state_of_charge_is_no_guess(level: int | None) -> None:
    """Without a state of charge nobody knows whether the car may charge, old or not."""
    first = look(Observation(), level=level, charging_state="Stopped")
    assert first.below_limit is None
    assert first.ready is None
    later = look(READY, level=level, charging_state="Stopped")
    assert later.below_limit is None
    assert later.ready is None


def test_an_unknown_charge_limit_is_no_guess() -> None:
    """The same holds for the limit."""
    assert look(READY, limit=None, charging_state="Stopped").ready is None


def test_a_lost_fix_does_not_leave_the_car_at_home() -> None:
    """A car that was home, and gives no position, is nowhere."""
    lost = look(READY, position=None, charging_state="Stopped")
    assert lost.whereabouts is Presence.UNKNOWN
    assert lost.at_home is None
    assert lost.ready is None


def test_no_fix_and_a_cable_is_not_ready_at_home() -> None:
    """Home, then no position while a cable is put in: that may be anywhere."""
    home = look(Observation(), charging_state="Disconnected")
    lost = look(home, position=None, charging_state="Stopped")
    assert happened(home, lost) == [(), ()]


def test_a_read_tells_what_the_payload_says() -> None:
    """A read as it comes, at home and at work."""
    assert look(Observation(), charging_state="Charging") == Observation(
        connectivity=Connectivity.ONLINE,
        whereabouts=Presence.HOME,
        driving=False,
        plugged_in=True,
        charging=True,
        below_limit=True,
    )
    driving = look(READY, position=WORK_POSITION, shift_state="D", level=80)
    assert driving == Observation(
        connectivity=Connectivity.ONLINE,
        whereabouts=Presence.AWAY,
        driving=True,
        plugged_in=False,
        charging=False,
        below_limit=False,
    )


def test_a_word_that_nobody_knows_is_unknown() -> None:
    """A new charging state is no state, and no event."""
    strange = look(READY, charging_state="Levitating")
    assert strange.charging is None
    assert strange.plugged_in is None
    assert happened(READY, strange, READY)[1:] == [(), ()]


def test_a_poll_finds_the_connectivity_alone() -> None:
    """The rest stays as it was; a word like ``waking`` changes nothing."""
    asleep = with_connectivity(READY, Connectivity.ASLEEP)
    assert asleep == replace(READY, connectivity=Connectivity.ASLEEP)
    assert with_connectivity(asleep, None) == asleep


def test_a_car_that_sleeps_neither_drives_nor_charges() -> None:
    """What ended unseen before the car fell asleep has ended; unknown stays unknown."""
    charging = replace(READY, charging=True, driving=True)
    asleep = with_connectivity(charging, Connectivity.ASLEEP)
    assert (asleep.charging, asleep.driving) == (False, False)
    assert happened(charging, asleep)[1] == (
        VehicleEventType.CHARGING_STOPPED,
        VehicleEventType.FELL_ASLEEP,
    )
    assert with_connectivity(charging, Connectivity.OFFLINE).charging is True
    unknown = replace(READY, charging=None)
    assert with_connectivity(unknown, Connectivity.ASLEEP).charging is None


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (READY, AWAY, (VehicleEventType.LEFT_HOME, VehicleEventType.NOT_READY)),
        (
            AWAY,
            READY,
            (VehicleEventType.ARRIVED_HOME, VehicleEventType.READY_TO_CHARGE),
        ),
        (
            replace(AWAY, connectivity=Connectivity.ASLEEP),
            replace(READY, charging=True),
            (
                VehicleEventType.WOKE_UP,
                VehicleEventType.ARRIVED_HOME,
                VehicleEventType.READY_TO_CHARGE,
                VehicleEventType.CHARGING_STARTED,
            ),
        ),
        (
            replace(READY, charging=True),
            replace(READY, below_limit=False),
            (VehicleEventType.NOT_READY, VehicleEventType.CHARGING_STOPPED),
        ),
        (
            READY,
            replace(READY, connectivity=Connectivity.ASLEEP),
            (VehicleEventType.FELL_ASLEEP,),
        ),
        (READY, READY, ()),
    ],
)
def test_events_are_reported_in_the_order_they_happen(
    before: Observation, after: Observation, expected: tuple[VehicleEventType, ...]
) -> None:
    """Each change is told once, as a person would tell it."""
    assert happened(before, after, after)[1:] == [expected, ()]


@pytest.mark.parametrize(
    "first",
    [AWAY, replace(READY, charging=True, below_limit=False), Observation()],
)
def test_the_first_read_reports_no_event(first: Observation) -> None:
    """No change was seen, so none is told."""
    assert happened(first) == [()]


def test_the_first_read_of_a_ready_car_is_an_event() -> None:
    """Whoever plans the charge must hear of a car that waits on its cable."""
    assert happened(replace(READY, charging=True)) == [
        (VehicleEventType.READY_TO_CHARGE,)
    ]


def test_offline_is_not_asleep() -> None:
    """A lost signal is no sleep, and its return is no waking."""
    offline = replace(READY, connectivity=Connectivity.OFFLINE)
    assert happened(READY, offline, READY)[1:] == [(), ()]


def test_a_car_that_falls_asleep_without_a_signal_slept() -> None:
    """Sleep is told when it is seen, and so is the waking after it."""
    offline = replace(READY, connectivity=Connectivity.OFFLINE)
    asleep = replace(READY, connectivity=Connectivity.ASLEEP)
    assert happened(READY, offline, asleep, offline, READY)[1:] == [
        (),
        (VehicleEventType.FELL_ASLEEP,),
        (),
        (VehicleEventType.WOKE_UP,),
    ]


def test_a_gap_forgets_nothing() -> None:
    """What was known before a gap is what the car is compared with after it."""
    lost = replace(READY, whereabouts=Presence.UNKNOWN, below_limit=None)
    assert happened(READY, lost, READY)[1:] == [(), ()]
    assert happened(READY, lost, AWAY)[1:] == [
        (),
        (VehicleEventType.LEFT_HOME, VehicleEventType.NOT_READY),
    ]


def test_drift_over_several_reads_is_no_departure() -> None:
    """The place is compared with the last one known, over a gap too."""
    near = Position(latitude=HOME_POSITION.latitude + 0.003, longitude=21.0122)
    confirmed = ConfirmedState(whereabouts=Presence.HOME)
    drifted = observe(READY, confirmed.whereabouts, snapshot(position=near), HOME)
    assert drifted.whereabouts is Presence.HOME
    lost = observe(drifted, Presence.HOME, snapshot(position=None), HOME)
    again = observe(lost, Presence.HOME, snapshot(position=near), HOME)
    assert again.whereabouts is Presence.HOME


PAIRS = [
    (VehicleEventType.ARRIVED_HOME, VehicleEventType.LEFT_HOME),
    (VehicleEventType.READY_TO_CHARGE, VehicleEventType.NOT_READY),
    (VehicleEventType.CHARGING_STARTED, VehicleEventType.CHARGING_STOPPED),
    (VehicleEventType.WOKE_UP, VehicleEventType.FELL_ASLEEP),
]


@given(st.lists(observations, max_size=20))
def test_each_trigger_takes_turns_with_its_opposite(
    story: list[Observation],
) -> None:
    """Nothing happens twice without its opposite between."""
    fired = [
        event_type for event_types in happened(*story) for event_type in event_types
    ]
    for pair in PAIRS:
        turns = [event_type for event_type in fired if event_type in pair]
        assert all(a is not b for a, b in pairwise(turns))


@given(st.lists(observations, max_size=10), observations)
def test_the_same_read_again_tells_nothing(
    story: list[Observation], last: Observation
) -> None:
    """The same state is no second trigger."""
    assert happened(*story, last, last)[-1] == ()


@given(st.lists(observations, max_size=10), observations)
def test_a_read_that_knows_nothing_changes_nothing(
    story: list[Observation], last: Observation
) -> None:
    """A gap between two reads is as if it had not been."""
    with_gap = happened(*story, Observation(), last)
    assert with_gap[-2] == ()
    assert with_gap[-1] == happened(*story, last)[-1]


@given(st.lists(observations, max_size=10))
def test_nothing_is_reported_that_is_not_so(story: list[Observation]) -> None:
    """Whatever is told, the observation says so itself."""
    for observation, event_types in zip(story, happened(*story), strict=True):
        for event_type in event_types:
            assert {
                VehicleEventType.ARRIVED_HOME: observation.at_home is True,
                VehicleEventType.LEFT_HOME: observation.at_home is False,
                VehicleEventType.READY_TO_CHARGE: observation.ready is True,
                VehicleEventType.NOT_READY: observation.ready is False,
                VehicleEventType.CHARGING_STARTED: observation.charging is True,
                VehicleEventType.CHARGING_STOPPED: observation.charging is False,
                VehicleEventType.WOKE_UP: observation.connectivity
                is Connectivity.ONLINE,
                VehicleEventType.FELL_ASLEEP: observation.connectivity
                is Connectivity.ASLEEP,
            }[event_type]
