"""Tests of trips and their places."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from simulator.geography import Place, bearing, between, distance_m, drifted, place_at
from simulator.trips import Trip, lay_out, read_trips

from .car_samples import HOME, NOON, TRIPS, hours, minutes

WARSAW = ZoneInfo("Europe/Warsaw")
HEADER = "depart,arrive,km,origin,destination,plugged_in_after_min\n"

places = st.builds(
    Place, latitude=st.floats(-70, 70), longitude=st.floats(-180, 179.999)
)


def a_trip(origin: str, destination: str, km: float, day: int = 0) -> Trip:
    """Return a trip that takes ten minutes."""
    depart = NOON + timedelta(days=day)
    return Trip(
        depart=depart,
        arrive=depart + minutes(10),
        km=km,
        origin=origin,
        destination=destination,
        plugged_in_after=None,
    )


def test_real_file_is_read() -> None:
    """Rows become trips in UTC, with plug-in times where there are any."""
    trips = read_trips(TRIPS, WARSAW)
    assert len(trips) == 48
    assert trips[0] == Trip(
        depart=datetime(2026, 5, 3, 9, 49, 32, tzinfo=UTC),
        arrive=datetime(2026, 5, 3, 10, 6, 32, tzinfo=UTC),
        km=7,
        origin="home",
        destination="leisure",
        plugged_in_after=None,
    )
    assert trips[1].plugged_in_after == minutes(0.9)
    assert all(trip.depart < trip.arrive for trip in trips)


def test_shift_keeps_the_local_hour(tmp_path: Path) -> None:
    """Shifted over the end of summer time, a trip leaves at the same local hour."""
    file = tmp_path / "trips.csv"
    file.write_text(HEADER + "2026-10-20T08:00:00,2026-10-20T08:30:00,9,home,work,\n")
    (trip,) = read_trips(file, WARSAW, shift=timedelta(days=7))
    assert trip.depart == datetime(2026, 10, 27, 7, tzinfo=UTC)
    assert trip.depart.astimezone(WARSAW).hour == 8


@pytest.mark.parametrize(
    "row",
    [
        "yesterday,2026-10-20T08:30:00,9,home,work,",
        "2026-10-20T08:00:00,2026-10-20T08:30:00,far,home,work,",
        "2026-10-20T08:00:00,2026-10-20T08:30:00,-1,home,work,",
        "2026-10-20T08:00:00,2026-10-20T08:30:00,nan,home,work,",
        "2026-10-20T08:00:00,2026-10-20T08:00:00,9,home,work,",
        "2026-10-20T08:00:00,2026-10-20T08:30:00,9,home,work,soon",
        "2026-10-20T08:00:00",
    ],
)
def test_bad_row_is_named(tmp_path: Path, row: str) -> None:
    """A row that cannot be read raises with its line, and no trip is made up."""
    file = tmp_path / "trips.csv"
    good = "2026-10-19T08:00:00,2026-10-19T08:30:00,9,home,work,\n"
    file.write_text(HEADER + good + row + "\n")
    with pytest.raises(ValueError, match="line 3"):
        read_trips(file, WARSAW)


def test_missing_column_is_named(tmp_path: Path) -> None:
    """A file without the column of the plug-in times is refused."""
    file = tmp_path / "trips.csv"
    file.write_text(
        "depart,arrive,km,origin,destination\n"
        "2026-10-19T08:00:00,2026-10-19T08:30:00,9,home,work\n"
    )
    with pytest.raises(ValueError, match="plugged_in_after_min"):
        read_trips(file, WARSAW)


@pytest.mark.parametrize("seed", range(5))
def test_no_leg_is_longer_by_air_than_by_road(seed: int) -> None:
    """On a real file each leg's ends lie within its kilometres, and home is home."""
    trips = read_trips(TRIPS, WARSAW)
    origin = HOME
    for trip, place in zip(trips, lay_out(trips, HOME, seed), strict=True):
        assert distance_m(origin, place) <= trip.km * 1000
        assert (place == HOME) is (trip.destination == "home")
        origin = place


def test_equal_outings_lead_to_equal_places() -> None:
    """The same name, kilometres and seed give the same place, others another."""

    def work(name: str, km: float, seed: int) -> Place:
        return lay_out(
            [a_trip("home", name, km), a_trip(name, "home", km)], HOME, seed
        )[0]

    place = work("workplace", 8, 1)
    assert work("workplace", 8, 1) == place
    assert distance_m(HOME, place) == pytest.approx(6000)
    assert work("workplace", 9, 1) != place
    assert work("shopping", 8, 1) != place
    assert work("workplace", 8, 2) != place


def test_rows_without_a_way_home_are_placed_too() -> None:
    """A trip from home after a stop elsewhere begins a new outing."""
    trips = [
        a_trip("home", "workplace", 8, day=0),
        a_trip("home", "shopping", 4, day=1),
        a_trip("shopping", "home", 4, day=2),
    ]
    places = lay_out(trips, HOME, 0)
    assert [round(distance_m(HOME, place)) for place in places] == [6000, 3000, 0]


@given(places, st.floats(0, 360), st.floats(0, 500_000))
def test_distance_bearing_and_halfway_agree(
    place: Place, course: float, metres: float
) -> None:
    """A place some metres away is as far as that, and halfway is half as far."""
    there = place_at(place, course, metres)
    assert distance_m(place, there) == pytest.approx(metres, abs=0.01)
    halfway = between(place, there, 0.5)
    assert distance_m(place, halfway) == pytest.approx(metres / 2, abs=0.02)
    assert -180 <= there.longitude <= 180


def test_bearings() -> None:
    """North is 0 and east is 90, on the equator as over the date line."""
    middle = Place(latitude=0, longitude=180)
    north = Place(latitude=1, longitude=180)
    east = Place(latitude=0, longitude=-179)
    assert bearing(middle, north) == pytest.approx(0)
    assert bearing(middle, east) == pytest.approx(90)


def test_drift_stays_near_and_depends_on_seed_and_time_alone() -> None:
    """The reported position stays within its radius and is reproducible."""
    stamps = [NOON.timestamp() + each * 60 for each in range(24 * 60)]
    walk = [drifted(HOME, 300, 7, stamp) for stamp in stamps]
    off = [distance_m(HOME, place) for place in walk]
    assert max(off) <= 300
    assert max(off) > 200
    steps = [distance_m(*pair) for pair in pairwise(walk)]
    assert max(steps) <= 600 / 5 + 1
    assert drifted(HOME, 300, 7, stamps[99]) == walk[99]
    assert drifted(HOME, 300, 8, stamps[99]) != walk[99]
    assert drifted(HOME, 0, 7, stamps[99]) == HOME
    assert hours(24) / minutes(1) == len(walk)
