"""States of entities become facts of a car, or are unknown."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.gateways.entities.parts import Part
from custom_components.tesla_scout_worker.gateways.entities.states import (
    PartState,
    payload,
)
from custom_components.tesla_scout_worker.gateways.models import (
    ChargingState,
    Position,
    VehicleSnapshot,
)

NOW = datetime(2026, 11, 24, 21, tzinfo=UTC)


def car(
    platform: str = "",
    held_limit: int | None = 80,
    *,
    located: bool = True,
    **states: Any,
) -> VehicleSnapshot:
    """Return a car by the states of its parts: a text, or a text and a unit."""
    found = {}
    for part, value in states.items():
        text, unit = value if isinstance(value, tuple) else (value, None)
        found[Part(part)] = PartState(
            text=text, unit=unit, reported_at=NOW, platform=platform
        )
    return VehicleSnapshot.parse(payload(found, held_limit, located=located), NOW)


def test_all_that_an_integration_shows_is_read() -> None:
    """In the units of the entity."""
    charge = car(
        level="61.4",
        limit="85.0",
        charging_state="charging",
        power=("7400", "W"),
        energy_added=("3500", "Wh"),
        plug="on",
    ).charge

    assert (charge.battery_level, charge.charge_limit) == (61, 85)
    assert charge.charging_state is ChargingState.CHARGING
    assert (charge.charger_power, charge.energy_added) == (7.4, 3.5)
    assert charge.plugged_in is True


@pytest.mark.parametrize(
    ("platform", "word", "expected"),
    [
        ("tesla_fleet", "no_power", ChargingState.NO_POWER),
        ("esphome", "Complete", ChargingState.COMPLETE),
        ("esphome", "Disconnected", ChargingState.DISCONNECTED),
        ("ocpp", "Available", ChargingState.DISCONNECTED),
        ("ocpp", "SuspendedEVSE", ChargingState.STOPPED),
        ("ocpp", "Charging", ChargingState.CHARGING),
        ("ocpp", "Faulted", None),
        ("wallbox", "Ready", ChargingState.DISCONNECTED),
        ("wallbox", "Paused", ChargingState.STOPPED),
        ("wallbox", "Waiting for car demand", ChargingState.STOPPED),
        # The charger cannot be reached, and the car may be plugged in.
        ("wallbox", "Disconnected", None),
        ("easee", "disconnected", ChargingState.DISCONNECTED),
        ("easee", "awaiting_start", ChargingState.STOPPED),
        ("easee", "ready_to_charge", ChargingState.STOPPED),
        ("easee", "error", None),
        ("zaptec", "Disconnected", ChargingState.DISCONNECTED),
        ("zaptec", "connected_requesting", ChargingState.STOPPED),
        ("zaptec", "connected_charging", ChargingState.CHARGING),
        ("zaptec", "Connected_Finished", ChargingState.STOPPED),
        ("other", "Available", None),
        ("other", "anything else", None),
    ],
)
def test_words_of_integrations_are_understood_or_unknown(
    platform: str, word: str, expected: ChargingState | None
) -> None:
    """A word that is not known says nothing."""
    found = car(platform, level="50", charging_state=word).charge
    assert found.charging_state is expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ({"plug": "on", "start": "on"}, ChargingState.CHARGING),
        ({"plug": "on", "start": "off"}, ChargingState.STOPPED),
        ({"plug": "off", "start": "on"}, ChargingState.DISCONNECTED),
        # The power shows more than the switch, and a sensor of the charge more still.
        ({"plug": "on", "start": "on", "power": ("0", "W")}, ChargingState.STOPPED),
        ({"plug": "on", "start": "off", "power": ("11", "kW")}, ChargingState.CHARGING),
        (
            {"plug": "on", "charging": "off", "power": ("11", "kW")},
            ChargingState.STOPPED,
        ),
        # Its own limit ends a charge; a limit that is held here does not.
        (
            {"plug": "on", "level": "80", "limit": "80", "start": "on"},
            ChargingState.COMPLETE,
        ),
        ({"plug": "on", "level": "80", "start": "on"}, ChargingState.CHARGING),
        ({"start": "on"}, ChargingState.CHARGING),
        ({"start": "off"}, None),
        ({"plug": "on"}, None),
    ],
)
def test_a_charge_is_seen_by_the_best_that_shows_it(
    states: dict[str, Any], expected: ChargingState | None
) -> None:
    """Of a car that has no state of its charge."""
    assert car(**{"level": "50", **states}).charge.charging_state is expected


def test_a_cable_is_known_without_the_state_of_the_charge() -> None:
    """And the other way round."""
    assert car(level="50", plug="on").charge.plugged_in is True
    assert car(level="50", plug="off").charge.plugged_in is False
    assert car(level="50").charge.plugged_in is None
    assert car(level="50", charging="on").charge.plugged_in is True


def test_the_place_is_known_by_the_best_that_shows_it() -> None:
    """A car without any such entity is at home: its charger is."""
    position = Position(latitude=52.1, longitude=21.0)
    tracker = PartState(text="x", reported_at=NOW, position=position)
    found = VehicleSnapshot.parse(
        payload({Part.LOCATION: tracker}, 80, located=True), NOW
    )

    assert found.drive.position == position
    assert car(location="not_home").drive.at_home is False
    assert car(location="home").drive.at_home is True
    assert car(location="Office").drive.at_home is None
    assert car(at_home="off").drive.at_home is False
    # An entity that is not available now says nothing.
    assert car(level="50").drive.at_home is None
    assert car(level="50", located=False).drive.at_home is True


@given(st.dictionaries(st.sampled_from(Part), st.text(max_size=12)))
def test_no_state_makes_it_fail(states: dict[Part, str]) -> None:
    """Numbers without end, words without sense."""
    found = {
        part: PartState(text=text, reported_at=NOW) for part, text in states.items()
    }
    VehicleSnapshot.parse(payload(found, 80, located=False), NOW)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e400", "101", "-1"])
def test_a_level_that_no_car_has_is_unknown(text: str) -> None:
    """Also of a limit."""
    found = car(level=text, limit=text).charge
    assert (found.battery_level, found.charge_limit) == (None, None)
