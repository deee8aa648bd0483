"""A person is told about a car, on a phone with buttons, and what is answered is done."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_mock_service,
)

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.faults import Fault

from ..common import HOME, VIN, WORK, act, the_car, tick
from ..scout_helpers import devices, reload, scout_now
from .off_peak.off_peak_helpers import (
    AWAKE,
    MINUTE,
    QUARTER,
    TUESDAY,
    WEDNESDAY,
    arrive,
    by_prices,
    cheap_at,
    clock,
    day_prices,
    publish,
    until,
)

NEVER_QUIET = {"quiet_from": "00:00:00", "quiet_until": "00:00:00"}
PRESSED = "mobile_app_notification_action"


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car at home that does not fall asleep."""
    return AWAKE


@pytest.fixture
def notified(hass: HomeAssistant) -> list[ServiceCall]:
    """Return what the phone was sent."""
    calls: list[ServiceCall] = async_mock_service(
        hass, "notify", "mobile_app_fairphone"
    )
    return calls


async def with_phone(
    hass: HomeAssistant, cloud: Cloud, **messages: Any
) -> ConfigEntry[Any]:
    """Set up by prices, and choose a phone to be told."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    entry = await by_prices(hass, cloud)
    phone = MockConfigEntry(domain="mobile_app", data={"device_name": "Fairphone"})
    phone.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=phone.entry_id, identifiers={("mobile_app", "1")}
    )
    chosen = {"notify_devices": [device.id], **messages}
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "messages": chosen}
    )
    await reload(hass, entry)
    return entry


def texts(notified: list[ServiceCall]) -> list[str]:
    """Return what was told."""
    return [call.data["message"] for call in notified]


def buttons(call: ServiceCall) -> dict[str, str]:
    """Return the buttons of a notification: their ids by their texts."""
    return {item["title"]: item["action"] for item in call.data["data"]["actions"]}


async def press(
    hass: HomeAssistant, call: ServiceCall, button: str, user: str | None = None
) -> None:
    """Press a button of a notification on the phone."""
    hass.bus.async_fire(
        PRESSED, {"action": buttons(call)[button]}, context=Context(user_id=user)
    )
    await hass.async_block_till_done(wait_background_tasks=True)


async def listed(hass: HomeAssistant) -> list[str]:
    """Return the kinds of overrides in force."""
    answer = await act(hass, "list_overrides", device_id=devices(hass)[VIN])
    return [item["override"] for item in answer["overrides"]]


async def evening(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, **messages: Any
) -> ConfigEntry[Any]:
    """Let it be 21:50 with the cable out, and charging planned from 02:16."""
    entry = await with_phone(hass, cloud, **messages)
    await until(hass, noon, clock("2026-11-24 21:44"), QUARTER)
    return entry


async def test_nobody_is_told_who_was_not_chosen(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
) -> None:
    """The default is silence."""
    publish(hass, day_prices(TUESDAY, cheap_at(2)), day_prices(WEDNESDAY, cheap_at(2)))
    await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-24 22:10"), QUARTER)
    assert notified == []


async def test_plug_in_is_told_before_the_quiet_hours_and_can_be_skipped(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
) -> None:
    """Once, with buttons; *Skip* skips the night."""
    entry = await evening(hass, cloud, noon)
    assert notified == []
    await tick(hass, noon, 2 * MINUTE)
    assert texts(notified) == [
        "Plug in by 2026-11-25 02:16 to have 80 % by 2026-11-25 07:00."
    ]
    assert set(buttons(notified[0])) == {"Skip", "Later"}
    assert notified[0].data["title"] == "Scout"
    assert VIN not in str(notified[0].data)
    await reload(hass, entry)
    await tick(hass, noon, 2 * MINUTE)
    assert len(notified) == 1
    await press(hass, notified[0], "Skip")
    assert await listed(hass) == ["skip"]


@pytest.mark.slow
async def test_later_tells_again_in_an_hour(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
) -> None:
    """Without quiet hours: at 01:16, and then with the last moment to plug in."""
    await evening(hass, cloud, noon, **NEVER_QUIET)
    await until(hass, noon, clock("2026-11-25 01:30"), 5 * MINUTE)
    assert len(notified) == 1
    await press(hass, notified[0], "Later")
    await until(hass, noon, clock("2026-11-25 02:20"), 5 * MINUTE)
    assert len(notified) == 1
    await until(hass, noon, clock("2026-11-25 02:45"), 5 * MINUTE)
    assert texts(notified)[1:] == ["Plug in by 04:16 to have 80 % by 07:00."]
    assert await listed(hass) == []


@pytest.mark.slow
async def test_made_it(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
) -> None:
    """In the morning after the quiet hours: energy, cost, and what was saved."""
    await with_phone(hass, cloud, kinds=["made"])
    await until(hass, noon, clock("2026-11-24 18:00"), QUARTER)
    the_car(cloud).plug_in()
    await scout_now(hass)
    await until(hass, noon, clock("2026-11-25 07:20"), QUARTER)
    [text] = texts(notified)
    assert text.startswith("Charged to 80 %: 30")
    assert "PLN, " in text
    assert text.endswith("less than on arrival.")


async def test_a_promise_that_will_not_be_kept(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
) -> None:
    """Too little time for what was promised is told at once; charging now by a button."""
    await with_phone(hass, cloud)
    the_car(cloud).plug_in()
    await scout_now(hass)
    await act(
        hass,
        "add_special_charging",
        device_id=devices(hass)[VIN],
        target=90,
        ready_by="2026-11-24 14:00:00",
    )
    await tick(hass, noon, 2 * MINUTE)
    assert any("of 90 % will be reached by 14:00" in text for text in texts(notified))


async def request(hass: HomeAssistant, target: int, ready_by: str) -> None:
    """Request special charging on the 24th."""
    await act(
        hass,
        "add_special_charging",
        device_id=devices(hass)[VIN],
        target=target,
        ready_by=f"2026-11-24 {ready_by}:00",
    )


@pytest.mark.slow
async def test_a_promise_that_breaks_while_the_car_is_away(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
) -> None:
    """Told once while the car can still come home in time, and what came of it."""
    await with_phone(hass, cloud, kinds=["plug_in", "short"])
    await request(hass, 90, "20:00")
    the_car(cloud).move(WORK)
    await scout_now(hass)
    # 40 to 90 % take 3 h 36 min with a full battery's slower end.
    await until(hass, noon, clock("2026-11-24 14:20"), QUARTER)
    assert notified == []
    await until(hass, noon, clock("2026-11-24 19:40"), QUARTER)
    [text] = texts(notified)
    assert text.startswith("It is away. Plug it in at home by 16:24 ")
    assert text.endswith("to have 90 % by 20:00.")
    assert set(buttons(notified[0])) == {"Later"}
    await until(hass, noon, clock("2026-11-24 21:00"), QUARTER)
    assert texts(notified)[1:] == [
        "Special charging to 90 % by 20:00 was missed: the car is not at home."
    ]


async def test_a_car_that_comes_home_in_time_is_not_called(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
) -> None:
    """Who is back before it matters hears nothing."""
    await with_phone(hass, cloud, kinds=["plug_in", "short"])
    await request(hass, 90, "20:00")
    the_car(cloud).move(WORK)
    await scout_now(hass)
    await until(hass, noon, clock("2026-11-24 14:00"), QUARTER)
    the_car(cloud).move(HOME)
    await arrive(hass, cloud)
    await until(hass, noon, clock("2026-11-24 21:00"), QUARTER)
    assert notified == []


@pytest.mark.slow
async def test_a_charge_that_goes_on_since_it_was_read_is_not_too_late(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
) -> None:
    """A level that was read an hour ago seemed too low for the hours that are left."""
    await with_phone(hass, cloud, kinds=["short"], **NEVER_QUIET)
    await arrive(hass, cloud)
    await until(hass, noon, clock("2026-11-25 07:20"), 5 * MINUTE)
    assert the_car(cloud).battery_level == 80
    assert notified == []


@pytest.mark.slow
async def test_a_plan_that_the_car_refuses(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
) -> None:
    """Told at once, with the reason; charging now helps, and is one press away."""
    await with_phone(hass, cloud, kinds=["short"])
    await arrive(hass, cloud)
    body = {"response": None, "error": "MESSAGEFAULT_ERROR_REMOTE_ACCESS_DISABLED"}
    fault = cloud.faults.add(Fault(path="*/command/*", status=500, body=body))
    await request(hass, 90, "18:00")
    await until(hass, noon, clock("2026-11-24 13:30"), 5 * MINUTE)
    [text] = texts(notified)
    assert text.startswith(
        "Special charging to 90 % by 18:00 could not be sent to the car: "
    )
    assert "_" not in text
    cloud.faults.remove(fault)
    await press(hass, notified[0], "Charge now")
    assert await listed(hass) == ["charge_now"]
    await until(hass, noon, clock("2026-11-24 21:00"), QUARTER)
    assert len(notified) == 1


@pytest.mark.slow
async def test_a_plan_that_reaches_no_car(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
) -> None:
    """Told while there is time to do something; it is sent all the same."""
    await with_phone(hass, cloud, kinds=["short"])
    await arrive(hass, cloud)
    fault = cloud.faults.add(Fault(path="*/command/*", status=408))
    await request(hass, 90, "18:00")
    await until(hass, noon, clock("2026-11-24 14:00"), 5 * MINUTE)
    [text] = texts(notified)
    assert text.startswith("Special charging to 90 % by 18:00 is not in the car yet: ")
    assert text.endswith("It is tried again until then.")
    cloud.faults.remove(fault)
    await until(hass, noon, clock("2026-11-24 19:00"), QUARTER)
    assert the_car(cloud).battery_level >= 89


@pytest.mark.slow
async def test_who_may_not_control_the_car_may_not_answer(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
    hass_read_only_user: MockUser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A guest's phone may be told, too."""
    await evening(hass, cloud, noon)
    await tick(hass, noon, 2 * MINUTE)
    await press(hass, notified[0], "Skip", hass_read_only_user.id)
    assert await listed(hass) == []
    assert "may not do so" in caplog.text


async def test_an_answer_that_cannot_be_is_told(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
) -> None:
    """In words, as the action says it."""
    await evening(hass, cloud, noon)
    await tick(hass, noon, 2 * MINUTE)
    await act(
        hass,
        "add_special_charging",
        device_id=devices(hass)[VIN],
        target=90,
        ready_by="2026-11-25 06:30:00",
    )
    await press(hass, notified[0], "Skip")
    assert await listed(hass) == []
    assert any("would not be kept" in text for text in texts(notified))


@pytest.mark.slow
async def test_a_phone_that_cannot_be_reached_is_tried_again(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Nothing counts as told that reached nobody."""
    tries = []

    async def fail(call: ServiceCall) -> None:
        """Fail once."""
        tries.append(call)
        if len(tries) == 1:
            raise HomeAssistantError("away")

    hass.services.async_register("notify", "mobile_app_fairphone", fail)
    await evening(hass, cloud, noon, **NEVER_QUIET)
    await until(hass, noon, clock("2026-11-25 01:22"), MINUTE)
    assert len(tries) == 1
    await until(hass, noon, clock("2026-11-25 02:00"), 5 * MINUTE)
    assert len(tries) == 2


@pytest.mark.slow
async def test_an_entity_gets_the_text(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Any notify entity takes it, without buttons."""
    sent = async_mock_service(hass, "notify", "send_message")
    await evening(hass, cloud, noon, notify_entities=["notify.wall"], notify_devices=[])
    await tick(hass, noon, 2 * MINUTE)
    assert [call.data["entity_id"] for call in sent] == ["notify.wall"]
    assert sent[0].data["message"].startswith("Plug in by")


async def test_kinds_that_were_not_chosen_are_not_told(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
) -> None:
    """Who wants the prices alone hears of no cable."""
    await evening(hass, cloud, noon, kinds=["prices"])
    await tick(hass, noon, 2 * MINUTE)
    assert notified == []


async def test_dear_prices_of_tomorrow(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
) -> None:
    """Told once they are published, with the usual price as the measure."""
    await with_phone(hass, cloud, kinds=["prices"])
    entry = hass.states.get("sensor.prices")
    assert entry is not None
    rows = [
        row
        for day in (22, 23, 24)
        for row in day_prices(TUESDAY.replace(day=day), lambda _: 1.0)
    ]
    rows += day_prices(WEDNESDAY, lambda _: 1.5)
    publish(hass, rows)
    await tick(hass, noon, 5 * MINUTE)
    await tick(hass, noon, 5 * MINUTE)
    assert texts(notified) == [
        "Electricity costs 1.50 PLN per kWh tomorrow on average, 50 % more than usual."
    ]
    await press(hass, notified[0], "Later")
    await tick(hass, noon, 5 * MINUTE)
    assert len(notified) == 1
    await until(hass, noon, clock("2026-11-24 13:30"), 5 * MINUTE)
    assert len(notified) == 2


async def test_a_sign_in_that_is_lost(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    notified: list[ServiceCall],
) -> None:
    """A person is told, since nothing else goes on."""
    await with_phone(hass, cloud, kinds=["sign_in"])
    cloud.auth.revoke_consent()
    await until(hass, noon, clock("2026-11-24 21:00"), QUARTER)
    assert texts(notified)[0].startswith("Tesla no longer accepts the sign-in.")
    assert notified[0].data["data"]["clickAction"].endswith("/tesla_scout_worker")
    assert len(notified) == 1
