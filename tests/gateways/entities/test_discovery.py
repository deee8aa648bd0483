"""Cars and chargers are found among registry entries of other integrations."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.gateways.entities.discovery import candidates
from custom_components.tesla_scout_worker.gateways.entities.parts import (
    Candidate,
    DeviceFacts,
    EntityFacts,
    Part,
)

from .registry_samples import (
    OCPP,
    PEDRO_BLE,
    SAMPLES,
    TESLA_CUSTOM,
    TESLA_FLEET,
    TESLEMETRY,
    VIN,
    WALLBOX,
    Sample,
)


def found_in(*samples: Sample) -> tuple[Candidate, ...]:
    """Return what is found among samples."""
    facts = [fact for sample in samples for fact in sample.facts]
    return candidates(facts, [sample.device for sample in samples])


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_each_part_is_found_by_platform_and_unique_id(sample: Sample) -> None:
    """Every part of every known integration, and nothing else."""
    [found] = found_in(sample)

    assert found.parts == {Part(part): entity for part, entity in sample.parts.items()}
    assert found.platform == sample.platform


@pytest.mark.parametrize(
    "sample",
    [sample for sample in SAMPLES.values() if sample.platform != "esphome"],
    ids=lambda sample: sample.platform,
)
def test_a_renamed_entity_of_a_translated_home_is_found(sample: Sample) -> None:
    """Only ESPHome is found by the object name, which no person can change."""
    facts = [replace(fact, name="Poziom naładowania") for fact in sample.facts]

    assert candidates(facts, [sample.device]) == found_in(sample)


def test_the_vin_ties_a_car_across_integrations() -> None:
    """tesla_custom tells the VIN only in the unique ids of its entities."""
    found = found_in(TESLA_CUSTOM, TESLA_FLEET, TESLEMETRY)

    assert {item.vin for item in found} == {VIN}
    assert {item.key for item in found} == {VIN}
    assert len({item.platform for item in found}) == 3


def test_two_cars_of_an_integration_are_two_candidates() -> None:
    """Each device is a car of its own."""
    other = "5YJYGDEE0MF000002"
    device = DeviceFacts(
        device_id="other",
        identifiers=frozenset({("tesla_fleet", other)}),
        name="Second",
    )
    facts = [
        replace(fact, unique_id=fact.unique_id.replace(VIN, other), device_id="other")
        for fact in TESLA_FLEET.facts
    ]

    found = candidates([*TESLA_FLEET.facts, *facts], [TESLA_FLEET.device, device])

    assert [item.vin for item in found] == [other, VIN]


def test_a_disabled_entity_is_named() -> None:
    """A person is offered to enable it."""
    [found] = found_in(TESLA_CUSTOM)

    assert found.disabled == {Part.CHARGING}


def test_what_must_be_chosen_is_named() -> None:
    """A charger knows no state of charge; a car without any sign of the cable none."""
    [ocpp], [fleet] = found_in(OCPP), found_in(TESLA_FLEET)

    assert ocpp.is_charger
    assert ocpp.missing == {Part.LEVEL}
    assert not fleet.is_charger
    assert fleet.missing == frozenset()
    assert Candidate(key="x", platform="x", name="x").missing == {
        Part.LEVEL,
        Part.PLUG,
        Part.START,
    }


def test_cars_are_listed_before_chargers() -> None:
    """A car needs nothing else."""
    found = found_in(WALLBOX, OCPP, PEDRO_BLE)

    assert [item.platform for item in found] == ["esphome", "ocpp", "wallbox"]


def test_other_devices_are_no_cars() -> None:
    """Any ESPHome node, an energy site, and an entity without a device."""
    lamp = replace(PEDRO_BLE.device, model="lamp")
    site = DeviceFacts(
        device_id="site", identifiers=frozenset({("tesla_fleet", "123456")})
    )
    battery = EntityFacts(
        registry_id="site/1",
        platform="tesla_fleet",
        domain="sensor",
        unique_id="123456-percentage_charged",
        device_id="site",
    )
    facts = [replace(fact, device_id=None) for fact in TESLA_FLEET.facts]

    assert candidates([*PEDRO_BLE.facts, battery, *facts], [lamp, site]) == ()


@given(
    st.lists(
        st.builds(
            EntityFacts,
            registry_id=st.text(max_size=4),
            platform=st.sampled_from(["tesla_fleet", "esphome", "ocpp", "wallbox"]),
            domain=st.sampled_from(["sensor", "switch"]),
            unique_id=st.text(max_size=30),
            device_id=st.sampled_from([None, "a", "gone"]),
            name=st.none() | st.text(max_size=8),
        )
    )
)
def test_no_registry_makes_it_fail(entities: list[EntityFacts]) -> None:
    """Whatever other integrations wrote into the registry."""
    device = DeviceFacts(device_id="a", identifiers=frozenset({("ocpp", "")}))

    assert all(item.parts for item in candidates(entities, [device]))
