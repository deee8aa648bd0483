"""A car that two entries can reach is read and commanded by one of them."""

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.tesla_scout_worker.const import DOMAIN, PROVIDER_SERVERS
from custom_components.tesla_scout_worker.gateways.models import VehicleSummary
from custom_components.tesla_scout_worker.gateways.way import Way
from custom_components.tesla_scout_worker.scout.shared_cars import SharedCars
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from simulator.cloud import Cloud

from ..common import OTHER_VIN, VIN, WAY, pass_time, set_up, state_of
from ..worker.off_peak.off_peak_helpers import MINUTE


def repairs(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return the repairs about a car in two entries."""
    return [
        issue
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and issue.translation_key == "car_in_two_entries"
    ]


@pytest.mark.all_entities
async def test_a_car_that_joins_another_account_stays_with_its_entry(
    hass: HomeAssistant,
    cloud: Cloud,
    other_cloud: Cloud,
    noon: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The later entry leaves it alone and says so, until the first one is removed."""
    monkeypatch.setitem(PROVIDER_SERVERS, "tessie", other_cloud.provider_urls["tessie"])
    first = await set_up(hass, cloud)
    hass.data[WAY] = Way.TESSIE
    await set_up(hass, other_cloud)
    assert state_of(hass, "binary_sensor", "online", OTHER_VIN) == "on"
    other_cloud.cars[VIN] = cloud.cars[VIN]
    await pass_time(hass, noon, 2 * MINUTE)
    (issue,) = repairs(hass)
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["other"] == first.title
    assert not any(request.vin == VIN for request in other_cloud.requests)

    await hass.config_entries.async_remove(first.entry_id)
    await pass_time(hass, noon, 2 * MINUTE)
    assert not repairs(hass)
    assert any(request.vin == VIN for request in other_cloud.requests)
    assert state_of(hass, "binary_sensor", "online") == "on"


async def test_each_car_in_two_entries_has_a_repair_of_its_own(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Also one that comes after the repair of another is gone."""
    first = await set_up(hass, cloud)
    later = MockConfigEntry(domain=DOMAIN, title="Later")
    later.add_to_hass(hass)
    cars = [
        VehicleSummary(vin=f"VIN{number}", name=f"Car {number}") for number in range(3)
    ]
    registry = dr.async_get(hass)
    known = [
        registry.async_get_or_create(
            config_entry_id=first.entry_id, identifiers={(DOMAIN, car.vin)}
        )
        for car in cars
    ]
    shared = SharedCars(hass, later)
    assert shared.own(cars[:2]) == ()
    registry.async_remove_device(known[0].id)
    assert shared.own(cars) == (cars[0],)
    named = [issue.translation_placeholders or {} for issue in repairs(hass)]
    assert {each["car"] for each in named} == {"Car 1", "Car 2"}
