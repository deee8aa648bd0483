"""When a read is worth its price, and when the next round is."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.gateways.models import Connectivity
from custom_components.tesla_scout_worker.scouting.adaptive import (
    FREE_INTERVAL,
    adaptive,
)
from custom_components.tesla_scout_worker.scouting.events import Observation
from custom_components.tesla_scout_worker.scouting.geofence import Presence
from custom_components.tesla_scout_worker.scouting.policy import (
    DAY_BEGINS,
    DAY_INTERVAL,
    LET_SLEEP,
    NIGHT_INTERVAL,
    READY_SILENCE,
    SLACK,
    UNDOING_INTERVAL,
    ScoutingMode,
    decide,
    fixed,
    interval,
    next_fixed_read,
    next_round,
)
from custom_components.tesla_scout_worker.scouting.policy_input import (
    PAID,
    PolicyInput,
    ReadReason,
)

from .samples import NOON

WARSAW = ZoneInfo("Europe/Warsaw")
ZONES = ["Europe/Warsaw", "Europe/London", "Australia/Sydney"]

# The nights in which these zones change their clocks, both ways.
SHIFTS = {
    "Europe/Warsaw": (date(2026, 3, 29), date(2026, 10, 25)),
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "Australia/Sydney": (date(2026, 10, 4), date(2026, 4, 5)),
}

zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.datetimes(
    min_value=datetime(2026, 1, 1),
    max_value=datetime(2028, 12, 31),
    timezones=st.just(UTC),
)

PARKED = Observation(
    connectivity=Connectivity.ONLINE,
    whereabouts=Presence.HOME,
    plugged_in=False,
    charging=False,
    below_limit=True,
)
READY = Observation(
    connectivity=Connectivity.ONLINE,
    whereabouts=Presence.HOME,
    plugged_in=True,
    charging=False,
    below_limit=True,
)
DRIVING = Observation(
    connectivity=Connectivity.ONLINE, whereabouts=Presence.AWAY, driving=True
)
CHARGING = Observation(
    connectivity=Connectivity.ONLINE,
    whereabouts=Presence.HOME,
    plugged_in=True,
    charging=True,
    below_limit=True,
)


def why(
    before: Observation,
    ago: timedelta | None,
    *,
    connectivity: Connectivity | None = Connectivity.ONLINE,
    now: datetime = NOON,
    quiet_reads: int = 0,
    missed: bool = False,
    in_service: bool = False,
    asked: bool = False,
) -> ReadReason:
    """Return the reason for a car that was read so long ago."""
    known = PolicyInput(
        connectivity=connectivity,
        before=before,
        read_at=None if ago is None else now - ago,
        quiet_reads=quiet_reads,
        missed=missed,
        in_service=in_service,
        asked=asked,
    )
    assert decide(ScoutingMode.FIXED, known, now, WARSAW) is fixed(known, now, WARSAW)
    return fixed(known, now, WARSAW)


def minutes(count: float) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        (time(6, 59, 59), NIGHT_INTERVAL),
        (time(7), DAY_INTERVAL),
        (time(12), DAY_INTERVAL),
        (time(22, 59, 59), DAY_INTERVAL),
        (time(23), NIGHT_INTERVAL),
        (time(0), NIGHT_INTERVAL),
        (time(3), NIGHT_INTERVAL),
    ],
)
@pytest.mark.parametrize("zone", ZONES)
def test_the_rhythm_is_that_of_the_local_clock(
    local: time, expected: timedelta, zone: str
) -> None:
    """Every 15 min from 07:00 to 23:00, every 60 min at night, in the user's zone."""
    now = datetime.combine(date(2026, 7, 1), local, ZoneInfo(zone))
    assert interval(now, ZoneInfo(zone)) == expected
    assert interval(now.astimezone(UTC), ZoneInfo(zone)) == expected


@given(instants, zones)
def test_the_next_read_is_after_now_and_within_the_hour(
    now: datetime, zone: ZoneInfo
) -> None:
    """The next read is ahead, at most 60 min, and never beyond a 07:00."""
    after = next_fixed_read(now, zone)
    assert after.tzinfo is UTC
    assert now < after <= now + interval(now, zone)
    assert after - now <= timedelta(hours=1)
    for day in {now.astimezone(zone).date(), after.astimezone(zone).date()}:
        morning = datetime.combine(day, DAY_BEGINS, zone).astimezone(UTC)
        assert not now < morning < after
    if after != now + interval(now, zone):
        assert after.astimezone(zone).time() == DAY_BEGINS


@given(instants, zones)
def test_the_zone_of_now_does_not_matter(now: datetime, zone: ZoneInfo) -> None:
    """An instant is one, in whatever zone it is told; so is a doubled local hour."""
    assert next_fixed_read(now.astimezone(zone), zone) == next_fixed_read(now, zone)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("night", [0, 1], ids=["23 h", "25 h"])
def test_a_day_with_a_shifted_clock_keeps_its_rhythm(zone: str, night: int) -> None:
    """From midnight to midnight: hourly to 07:00, then each quarter to 23:00."""
    local = ZoneInfo(zone)
    day = SHIFTS[zone][night]
    midnight = datetime.combine(day, time(0), local).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(0), local).astimezone(UTC)
    assert end - midnight == timedelta(hours=(23, 25)[night])
    looks = [midnight]
    while looks[-1] < end:
        looks.append(next_fixed_read(looks[-1], local))
    morning = datetime.combine(day, time(7), local).astimezone(UTC)
    evening = datetime.combine(day, time(23), local).astimezone(UTC)
    at_night = [look for look in looks if look <= morning]
    by_day = [look for look in looks if morning <= look <= evening]
    assert morning - midnight == timedelta(hours=(6, 8)[night])
    assert len(at_night) == (6, 8)[night] + 1
    assert {b - a for a, b in pairwise(at_night)} == {timedelta(hours=1)}
    assert by_day == [morning + minutes(15) * count for count in range(65)]
    assert [look for look in looks if look > evening] == [end]


@given(
    st.sampled_from([Connectivity.ASLEEP, Connectivity.OFFLINE, None]),
    st.sampled_from([Observation(), PARKED, READY, DRIVING, CHARGING]),
    st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=60)),
    st.integers(min_value=0, max_value=5),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_a_car_that_is_not_online_is_never_read(
    connectivity: Connectivity | None,
    before: Observation,
    ago: timedelta | None,
    quiet_reads: int,
    missed: bool,
    in_service: bool,
    asked: bool,
) -> None:
    """Whatever is known or asked, a car that does not say online is left alone."""
    reason = why(
        before,
        ago,
        connectivity=connectivity,
        quiet_reads=quiet_reads,
        missed=missed,
        in_service=in_service,
        asked=asked,
    )
    assert reason not in PAID
    offline = connectivity is Connectivity.OFFLINE
    assert reason is (ReadReason.OFFLINE if offline else ReadReason.ASLEEP)


def test_the_first_read_is_worth_it() -> None:
    """A car that was never read is."""
    assert why(Observation(), None) is ReadReason.FIRST
    assert why(PARKED, None) is ReadReason.FIRST


@pytest.mark.parametrize("away", [Connectivity.ASLEEP, Connectivity.OFFLINE])
def test_a_car_that_comes_back_is_read(away: Connectivity) -> None:
    """Waking up or regaining the signal tells that something may have happened."""
    before = Observation(connectivity=away, whereabouts=Presence.HOME)
    assert why(before, minutes(1)) is ReadReason.WOKE_UP


def test_a_parked_car_follows_the_rhythm() -> None:
    """Every 15 min by day, give or take a timer's early seconds."""
    assert why(PARKED, DAY_INTERVAL) is ReadReason.DUE
    assert why(PARKED, DAY_INTERVAL - SLACK) is ReadReason.DUE
    assert why(PARKED, DAY_INTERVAL - SLACK - minutes(0.1)) is ReadReason.NOT_DUE


def test_the_night_has_its_own_rhythm() -> None:
    """Every 60 min at night."""
    night = datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert why(DRIVING, minutes(45), now=night) is ReadReason.NOT_DUE
    assert why(DRIVING, minutes(60), now=night) is ReadReason.DUE


@pytest.mark.parametrize("early", [0.0, 0.1, 0.9])
def test_the_read_at_seven_is_not_missed_for_an_early_timer(early: float) -> None:
    """The round of 07:00 belongs to the day, even a moment before it."""
    seven = datetime(2026, 11, 24, 6, tzinfo=UTC)
    now = seven - timedelta(seconds=early)
    assert why(DRIVING, minutes(20), now=now) is ReadReason.DUE


def test_the_last_read_of_the_day_is_not_missed_for_the_night() -> None:
    """At 22:59:45 the rhythm is still that of the day."""
    now = datetime(2026, 11, 24, 21, 59, 45, tzinfo=UTC)
    assert why(DRIVING, minutes(15), now=now) is ReadReason.DUE


def test_a_ready_car_is_left_alone_for_an_hour() -> None:
    """Ready is known: a read would tell nothing, and keep the car awake."""
    assert why(READY, minutes(15)) is ReadReason.READY_KNOWN
    assert why(READY, READY_SILENCE - SLACK - minutes(1)) is ReadReason.READY_KNOWN
    assert why(READY, READY_SILENCE) is ReadReason.DUE


def test_a_car_with_nothing_to_tell_may_fall_asleep() -> None:
    """After a quiet read the next one waits longer than a car needs to fall asleep."""
    assert why(PARKED, minutes(15), quiet_reads=1) is ReadReason.LET_SLEEP
    assert why(PARKED, LET_SLEEP - minutes(0.1), quiet_reads=3) is ReadReason.LET_SLEEP
    assert why(PARKED, LET_SLEEP, quiet_reads=1) is ReadReason.DUE


@pytest.mark.parametrize("busy", [DRIVING, CHARGING], ids=["driving", "charging"])
def test_a_busy_car_is_followed(busy: Observation) -> None:
    """A car that drives or charges does not sleep, and each read finds a change."""
    assert why(busy, minutes(15), quiet_reads=2) is ReadReason.DUE


def test_a_read_that_came_to_nothing_is_made_up_for() -> None:
    """What made it worth a read is still not known, so no silence holds it back."""
    assert why(READY, minutes(15), missed=True) is ReadReason.DUE
    assert why(PARKED, minutes(15), missed=True, quiet_reads=1) is ReadReason.DUE


@pytest.mark.parametrize("read_at", [None, NOON - minutes(60)])
def test_a_read_that_fails_is_repeated_by_the_rhythm_whoever_asks_for_rounds(
    read_at: datetime | None,
) -> None:
    """Most failures are billed, and an automation may have a round taken each minute."""
    known = PolicyInput(
        connectivity=Connectivity.ONLINE,
        before=PARKED,
        read_at=read_at,
        missed=True,
        misses=3,
        tried_at=NOON,
    )
    for later in (1, 5, 14):
        reason = fixed(known, NOON + minutes(later), WARSAW)
        assert reason is ReadReason.NOT_DUE
    assert fixed(known, NOON + minutes(15), WARSAW) in PAID
    assert fixed(replace(known, asked=True), NOON, WARSAW) is ReadReason.ASKED
    # The clock was set back.
    assert fixed(known, NOON - minutes(1), WARSAW) in PAID


def test_a_hint_is_worth_a_read_in_the_fixed_rhythm_too() -> None:
    """It has a round taken out of turn, which is of no use without a read."""
    known = PolicyInput(
        connectivity=Connectivity.ONLINE, before=READY, read_at=NOON, hinted=True
    )
    assert fixed(known, NOON + minutes(1), WARSAW) is ReadReason.HINT
    unheard = replace(known, hinted=False)
    assert fixed(unheard, NOON + minutes(1), WARSAW) is ReadReason.READY_KNOWN


def test_a_clock_that_was_set_back_does_not_blind_the_scout() -> None:
    """A last read in the future says nothing about now."""
    assert why(READY, -timedelta(days=400)) is ReadReason.DUE


def test_a_car_in_service_is_left_alone_unless_asked_for() -> None:
    """A workshop is no business of the Scout's, but the user's word counts."""
    assert why(Observation(), None, in_service=True) is ReadReason.IN_SERVICE
    assert why(PARKED, minutes(15), in_service=True) is ReadReason.IN_SERVICE
    assert why(PARKED, minutes(15), in_service=True, asked=True) is ReadReason.ASKED


def test_the_user_need_not_wait() -> None:
    """Asked for, an online car is read at once."""
    assert why(READY, minutes(0), asked=True) is ReadReason.ASKED


def test_in_a_month_that_must_be_saved_in_the_fixed_rhythm_is_slower() -> None:
    """Twice as slow here; the failed read before it does not count for ever."""
    known = PolicyInput(
        connectivity=Connectivity.ONLINE,
        before=PARKED,
        read_at=NOON - minutes(20),
        tried_at=NOON,
        stretch=2.0,
    )
    assert fixed(known, NOON, WARSAW) is ReadReason.NOT_DUE
    assert fixed(known, NOON + minutes(10), WARSAW) is ReadReason.DUE


def test_the_mode_decides_about_a_read() -> None:
    """By the adaptive one a parked car is left to fall asleep after each read."""
    known = PolicyInput(
        connectivity=Connectivity.ONLINE, before=PARKED, read_at=NOON - minutes(5)
    )
    found = decide(ScoutingMode.ADAPTIVE, known, NOON, WARSAW)
    assert found is adaptive(known, NOON) is ReadReason.LET_SLEEP
    assert decide(ScoutingMode.FIXED, known, NOON, WARSAW) is ReadReason.NOT_DUE


@pytest.mark.parametrize("undoing", [False, True])
def test_the_mode_decides_about_the_next_poll(undoing: bool) -> None:
    """Polls are free: each minute, or by the rhythm; sooner while something waits."""
    local = NOON.astimezone(WARSAW)
    for now in (NOON, local):
        free = next_round(ScoutingMode.ADAPTIVE, now, WARSAW, undoing=undoing)
        assert (free, free.tzinfo) == (NOON + FREE_INTERVAL, UTC)
        slow = next_round(ScoutingMode.FIXED, now, WARSAW, undoing=undoing)
        wait = UNDOING_INTERVAL if undoing else DAY_INTERVAL
        assert (slow, slow.tzinfo) == (NOON + wait, UTC)
    assert next_round(ScoutingMode.FIXED, NOON, WARSAW) == NOON + DAY_INTERVAL
    # The read of 07:00 is not put off for that.
    early = datetime(2026, 11, 24, 5, 58, tzinfo=UTC)
    seven = datetime(2026, 11, 24, 6, tzinfo=UTC)
    assert next_round(ScoutingMode.FIXED, early, WARSAW, undoing=undoing) == seven
