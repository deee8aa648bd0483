"""The Scout on demand: the action and the button."""

import asyncio
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from simulator.cloud import Cloud
from simulator.faults import Fault

from ..common import OTHER_VIN, VIN, act, set_up, state_of, the_car, tick
from ..scout_helpers import LIST, READ, devices, press, reads, reauths, scout_now, state

MINUTE = timedelta(minutes=1)

pytestmark = [pytest.mark.fixed_rhythm, pytest.mark.usefixtures("discreet_log")]


@pytest.mark.all_entities
async def test_scout_now_reads_an_online_car_at_once(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """The action answers with what it found, and the entities have it too."""
    await set_up(hass, cloud)
    the_car(cloud).plug_in()
    assert await scout_now(hass) == {
        "reason": "asked",
        "state": "online",
        "at_home": True,
        "plugged_in": True,
        "ready_to_charge": True,
        "battery_level": 70,
        "charge_limit": 80,
        "last_seen": "2026-11-24T12:00:00+01:00",
    }
    assert state_of(hass, "binary_sensor", "plugged_in") == "on"
    the_car(cloud).unplug()
    await press(hass)
    assert state_of(hass, "binary_sensor", "plugged_in") == "off"
    assert reads(cloud) == 3


async def test_scout_now_of_two_callers_is_one_read(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Callers who come together share what one of them pays for."""
    await set_up(hass, cloud)
    the_car(cloud).plug_in()
    answers = await asyncio.gather(scout_now(hass), scout_now(hass), scout_now(hass))
    assert reads(cloud) == 2
    assert [answer["plugged_in"] for answer in answers] == [True, True, True]


async def test_scout_now_of_two_callers_outlives_a_failed_round(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """One caller's failure does not swallow what the other one asked for."""
    await set_up(hass, cloud)
    the_car(cloud).plug_in()
    cloud.faults.add(Fault(path=LIST, status=500, times=1))
    answers = await asyncio.gather(
        scout_now(hass), scout_now(hass), return_exceptions=True
    )
    assert isinstance(answers[0], HomeAssistantError)
    assert isinstance(answers[1], dict)
    assert answers[1]["reason"] == "asked"
    assert answers[1]["plugged_in"] is True
    assert reads(cloud) == 2


async def test_scout_now_fails_for_both_callers_of_one_read(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Who shares a read shares what came of it, and has no second one taken for it."""
    await set_up(hass, cloud)
    the_car(cloud).plug_in()
    cloud.faults.add(Fault(path=READ, status=408, times=1))
    answers = await asyncio.gather(
        scout_now(hass), scout_now(hass), return_exceptions=True
    )
    keys = [getattr(answer, "translation_key", answer) for answer in answers]
    assert keys == ["car_asleep", "car_asleep"]
    assert reads(cloud) == 2
    assert (await scout_now(hass))["plugged_in"] is True


async def test_callers_at_once_share_the_poll(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """400 of them made one paid read, and 400 polls in a row."""
    await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    before = len(cloud.requests), reads(cloud)
    answers = await asyncio.gather(*(scout_now(hass) for _ in range(100)))
    assert {answer["battery_level"] for answer in answers} == {70}
    assert reads(cloud) == before[1] + 1
    assert len(cloud.requests) <= before[0] + 3
    assert (await scout_now(hass))["battery_level"] == 70
    assert len(cloud.requests) > before[0] + 2


@pytest.mark.all_entities
@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Fault(path=LIST, status=500), "transient"),
        (Fault(path=LIST, tear=True), "transient"),
        (Fault(path=READ, status=500), "transient"),
        (Fault(path=READ, tear=True), "transient"),
        (Fault(path=READ, status=408), "car_asleep"),
        (Fault(path=READ, status=405, body={"error": "in service"}), "unclear_answer"),
        (Fault(path=READ, status=404, body={"error": "not_found"}), "refused"),
        (Fault(path=READ, status=402), "unclear_answer"),
        (
            Fault(path=READ, status=402, body={"error": "payment required"}),
            "over_budget",
        ),
        (Fault(path=LIST, body={"response": []}), "no_cars"),
    ],
)
async def test_scout_now_says_why_it_could_not(
    hass: HomeAssistant, cloud: Cloud, fault: Fault, key: str
) -> None:
    """A read that failed is an error in the user's language, and no old answer."""
    await set_up(hass, cloud)
    cloud.faults.add(fault)
    # The button of a car is unavailable, and so not pressed, after a failed round.
    for attempt in (press, scout_now):
        with pytest.raises(HomeAssistantError) as refusal:
            await attempt(hass)
        assert refusal.value.translation_domain == DOMAIN
        assert refusal.value.translation_key == key
        assert str(refusal.value) != key, "not translated"
        assert VIN not in str(refusal.value)
    if key != "over_budget":
        cloud.faults.clear()
        assert (await scout_now(hass))["reason"] == "asked"


async def test_scout_now_of_a_signed_out_account_asks_to_sign_in(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The caller reads what to do, one reauth flow opens, and no 401 loop begins."""
    entry = await set_up(hass, cloud)
    await tick(hass, noon, MINUTE)
    cloud.auth.revoke_consent()
    for _ in range(3):
        with pytest.raises(HomeAssistantError) as refusal:
            await scout_now(hass)
        assert refusal.value.translation_key == "signed_out"
        assert "sign in again" in str(refusal.value)
    assert reauths(hass) == 1
    assert state(entry) is ConfigEntryState.LOADED
    refused = [request for request in cloud.requests if request.status == 401]
    # One of the API, and one for each refresh token that may work.
    assert len(refused) == 3


async def test_scout_now_of_the_account_is_refused(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """The account's device is no car."""
    entry = await set_up(hass, cloud)
    with pytest.raises(ServiceValidationError) as refusal:
        await scout_now(hass, str(entry.unique_id))
    assert refusal.value.translation_key == "not_a_car"


async def test_scout_now_of_a_car_that_leaves_says_so(
    hass: HomeAssistant, two_cars: Cloud
) -> None:
    """A car that is no longer in the account is an error, and its device goes."""
    await set_up(hass, two_cars)
    vin_left = devices(hass)[VIN]
    del two_cars.cars[VIN]
    with pytest.raises(HomeAssistantError) as refusal:
        await act(hass, "scout_now", device_id=vin_left)
    assert refusal.value.translation_key == "car_gone"
    await hass.async_block_till_done()
    [entry] = hass.config_entries.async_entries(DOMAIN)
    assert set(devices(hass)) == {OTHER_VIN, entry.unique_id}
