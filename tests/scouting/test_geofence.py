"""Where a car is: distances in metres, hysteresis, and what is not known."""

from functools import partial
from math import atan2, cos, radians, sin, sqrt

from hypothesis import assume, given, strategies as st
import pytest

from custom_components.tesla_scout_worker.gateways.models import Position
from custom_components.tesla_scout_worker.scouting.geofence import (
    DRIVING_DRIFT,
    EARTH_RADIUS,
    MAX_RADIUS,
    MIN_RADIUS,
    PARKED_DRIFT,
    PLUGGED_IN_DRIFT,
    Home,
    Presence,
    distance,
    presence_at,
)

from .samples import HOME, HOME_POSITION, WORK_POSITION

# Metres in a degree of latitude on the mean sphere.
DEGREE = 111_195.08

positions = st.builds(
    Position,
    latitude=st.floats(min_value=-90, max_value=90),
    longitude=st.floats(min_value=-180, max_value=180),
)


def north_of_home(metres: float) -> Position:
    """Return the place so many metres north of home."""
    return Position(
        latitude=HOME_POSITION.latitude + metres / DEGREE,
        longitude=HOME_POSITION.longitude,
    )


def where(
    position: Position | None,
    *,
    home: Home | None = HOME,
    before: Presence = Presence.UNKNOWN,
    driving: bool = False,
    stayed_plugged_in: bool = False,
) -> Presence:
    """Return where a car is."""
    return presence_at(
        home,
        position,
        before=before,
        driving=driving,
        stayed_plugged_in=stayed_plugged_in,
    )


@pytest.mark.parametrize(
    ("latitude", "metres"), [(0.0, 1111.95), (52.0, 684.58), (65.0, 469.93)]
)
def test_a_hundredth_of_a_degree_east_shrinks_northwards(
    latitude: float, metres: float
) -> None:
    """Without the cosine of the latitude, home was an ellipse, 60 % too wide."""
    one = Position(latitude=latitude, longitude=21)
    other = Position(latitude=latitude, longitude=21.01)
    assert distance(one, other) == pytest.approx(metres, abs=0.05)


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        # Airports: the great-circle distances as flight tables give them.
        ((52.1657, 20.9671), (51.4706, -0.4619), 1468),
        ((65.9850, -17.8510), (63.9850, -22.6056), 317),
        ((-33.9461, 151.1772), (-37.6733, 144.8433), 706),
    ],
    ids=["Warsaw-London", "Iceland at 65 N", "Sydney-Melbourne"],
)
def test_known_distances(
    one: tuple[float, float], other: tuple[float, float], kilometres: float
) -> None:
    """Distances that anybody can look up come out within a percent."""
    metres = distance(
        Position(latitude=one[0], longitude=one[1]),
        Position(latitude=other[0], longitude=other[1]),
    )
    assert metres / 1000 == pytest.approx(kilometres, rel=0.01)


@given(positions, positions)
def test_distance_is_that_of_the_vectors(one: Position, other: Position) -> None:
    """The formula agrees with another one, is symmetric and bounded by half the globe."""

    def vector(place: Position) -> tuple[float, float, float]:
        north, east = radians(place.latitude), radians(place.longitude)
        return cos(north) * cos(east), cos(north) * sin(east), sin(north)

    (x1, y1, z1), (x2, y2, z2) = vector(one), vector(other)
    cross = (y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2)
    angle = atan2(sqrt(sum(part**2 for part in cross)), x1 * x2 + y1 * y2 + z1 * z2)
    metres = distance(one, other)
    # Near the antipode the haversine is only good to about a hundred metres.
    tolerance = 0.01 if angle < 3 else 200
    assert metres == pytest.approx(EARTH_RADIUS * angle, abs=tolerance)
    assert metres == pytest.approx(distance(other, one), abs=1e-3)
    assert 0 <= metres <= EARTH_RADIUS * 3.1416


@pytest.mark.parametrize("radius", [100.0 / DEGREE, 49.9, -1.0, 5_000.1, float("nan")])
def test_a_radius_that_cannot_be_metres_is_refused(radius: float) -> None:
    """A radius of 100 was once taken for degrees, and all Europe was home."""
    with pytest.raises(ValueError, match="50 to 5000 metres"):
        Home(position=HOME_POSITION, radius=radius)


@pytest.mark.parametrize("radius", [MIN_RADIUS, MAX_RADIUS])
def test_the_edges_of_the_range_are_metres(radius: float) -> None:
    """A home may be as small or as large as the range says, and is that large."""
    home = Home(position=HOME_POSITION, radius=radius)
    assert where(north_of_home(radius - 1), home=home) is Presence.HOME
    assert where(north_of_home(radius + 1), home=home) is Presence.AWAY


@pytest.mark.parametrize("before", list(Presence))
@pytest.mark.parametrize("driving", [True, False])
@pytest.mark.parametrize("stayed_plugged_in", [True, False])
def test_a_missing_fix_is_unknown(
    before: Presence, driving: bool, stayed_plugged_in: bool
) -> None:
    """Without GPS nothing says HOME: neither the last place nor a cable."""
    found = where(
        None, before=before, driving=driving, stayed_plugged_in=stayed_plugged_in
    )
    assert found is Presence.UNKNOWN


def test_a_missing_home_is_unknown() -> None:
    """Without real coordinates of a home no place is home, nor away from it."""
    assert where(HOME_POSITION, home=None) is Presence.UNKNOWN


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (None, None),
        (52.2, None),
        (None, 21.0),
        (0, 0),
        (0.0, -0.0),
        (91, 21),
        (52, 181),
        (-90.1, 0.5),
        ("52.2", "21.0"),
        ("<invalid>", "<invalid>"),
        (True, True),
        (float("nan"), 21.0),
        (52.0, float("inf")),
    ],
)
def test_what_is_no_place_is_unknown(latitude: object, longitude: object) -> None:
    """Missing, null, 0/0 and out of range are no place, so the whereabouts are unknown."""
    position = Position.parse(latitude, longitude)
    assert position is None
    assert where(position, before=Presence.HOME) is Presence.UNKNOWN


@pytest.mark.parametrize("metres", [0, 101, 300, PARKED_DRIFT + 99])
def test_drift_while_parked_is_no_departure(metres: float) -> None:
    """Parked cars drift by 200 to 300 m: that does not leave home."""
    found = where(north_of_home(metres), before=Presence.HOME)
    assert found is Presence.HOME


def test_beyond_the_drift_the_car_has_left() -> None:
    """The hysteresis ends, and a car that drives gets next to none of it."""
    away = north_of_home(HOME.radius + PARKED_DRIFT + 1)
    assert where(away, before=Presence.HOME) is Presence.AWAY
    rolling = north_of_home(HOME.radius + DRIVING_DRIFT + 1)
    assert where(rolling, before=Presence.HOME) is Presence.HOME
    assert where(rolling, before=Presence.HOME, driving=True) is Presence.AWAY


@pytest.mark.parametrize("before", [Presence.AWAY, Presence.UNKNOWN])
def test_coming_home_takes_the_zone_itself(before: Presence) -> None:
    """Drift does not make a neighbour's place home."""
    assert where(north_of_home(99), before=before) is Presence.HOME
    assert where(north_of_home(101), before=before) is Presence.AWAY


def test_greenwich_is_a_place() -> None:
    """A longitude of 0 with a latitude of 51 is valid."""
    greenwich = Position.parse(51.4779, 0)
    assert greenwich is not None
    home = Home(position=greenwich, radius=100)
    assert where(greenwich, home=home) is Presence.HOME
    assert where(Position.parse(51.4779, 0.01), home=home) is Presence.AWAY


def test_a_cable_that_stayed_in_beats_drift() -> None:
    """A car on its cable at home has not left, however its fix wanders in a garage."""
    drifted = north_of_home(HOME.radius + PLUGGED_IN_DRIFT - 1)
    assert where(drifted, before=Presence.HOME) is Presence.AWAY
    found = where(drifted, before=Presence.HOME, stayed_plugged_in=True)
    assert found is Presence.HOME


@pytest.mark.parametrize("before", list(Presence))
def test_a_cable_at_work_is_not_the_one_at_home(before: Presence) -> None:
    """An hour between reads is enough to drive to work and to plug in there."""
    found = where(WORK_POSITION, before=before, stayed_plugged_in=True)
    assert found is Presence.AWAY


@given(positions, st.sampled_from(Presence), st.booleans(), st.booleans(), st.data())
def test_a_place_that_stays_answers_the_same_again(
    position: Position,
    before: Presence,
    driving: bool,
    stayed_plugged_in: bool,
    data: st.DataObject,
) -> None:
    """Asked twice with the same facts, the whereabouts do not flap."""
    latitude = data.draw(st.floats(min_value=-0.02, max_value=0.02))
    assume(-90 <= position.latitude + latitude <= 90)
    near = Position(latitude=position.latitude + latitude, longitude=position.longitude)
    home = Home(position=position, radius=100)
    facts = {"driving": driving, "stayed_plugged_in": stayed_plugged_in}
    once = where(near, home=home, before=before, **facts)
    assert where(near, home=home, before=once, **facts) is once


@pytest.mark.parametrize("before", list(Presence))
def test_a_way_that_knows_the_place_without_a_position_is_believed(
    before: Presence,
) -> None:
    """It has no fix that drifts; a position holds over its word."""
    place = partial(presence_at, before=before, driving=False, stayed_plugged_in=True)
    for at_home, found in ((True, Presence.HOME), (False, Presence.AWAY)):
        assert place(HOME, None, at_home=at_home) is found
        assert place(None, None, at_home=at_home) is Presence.UNKNOWN
        fixed = place(HOME, HOME_POSITION, at_home=at_home)
        assert fixed is Presence.HOME
        fixed = place(HOME, WORK_POSITION, at_home=at_home)
        assert fixed is Presence.AWAY
