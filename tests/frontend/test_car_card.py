"""The car's card: what it is sent, and when."""

from contextlib import nullcontext
from dataclasses import replace
from itertools import pairwise
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.tesla_scout_worker import PLATFORMS
from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from simulator.cloud import Cloud

from ..common import HOME, OTHER_VIN, VIN, act, entity_id, set_up, the_car, tick
from ..scout_helpers import devices, scout_now
from ..worker.off_peak.off_peak_helpers import (
    AWAKE,
    MINUTE,
    QUARTER,
    TUESDAY,
    WEDNESDAY,
    by_prices,
    cheap_at,
    clock,
    day_prices,
    publish,
    switch,
    until,
)
from .card_helpers import connect, open_card, wall


async def evening(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory, **options: Any
) -> None:
    """Plan a night with cheap hours from 02:00 to 05:00, at 18:00."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    await by_prices(hass, cloud, **options)
    await until(hass, freezer, clock("2026-11-24 18:00"), QUARTER)


async def plug_in(hass: HomeAssistant, cloud: Cloud) -> None:
    """Plug in, and have the Scout see it."""
    the_car(cloud).plug_in()
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_three_seconds(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The card says how full, plugged in, when, what it costs, and if it suffices."""
    await evening(hass, cloud, noon)
    await plug_in(hass, cloud)
    card = await open_card(hass, hass_ws_client)
    assert card.view["level"] == 40
    assert card.view["limit"] == 80
    assert card.view["plugged_in"] is True
    assert card.view["at_home"] is True
    assert card.windows == [("02:16", "05:00")]
    assert card.plan["energy"] == pytest.approx(30, abs=0.2)
    assert card.plan["cost"] == pytest.approx(6, abs=0.1)
    assert card.plan["cost_now"] == pytest.approx(30, abs=0.2)
    assert card.view["currency"] == "PLN"
    assert card.verdict["key"] == "on_track"
    assert card.verdict["tone"] == "good"
    assert card.verdict["target"] == 80
    assert wall(card.verdict["ready_by"]) == "07:00"
    assert card.verdict["spare"] == pytest.approx(120, abs=1)


async def test_strip_of_36_hours(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The strip has all prices, says which are unknown, and where the level goes."""
    await evening(hass, cloud, noon)
    await plug_in(hass, cloud)
    card = await open_card(hass, hass_ws_client)
    bars = card.view["prices"]
    assert all(bar["end"] == other["start"] for bar, other in pairwise(bars))
    assert wall(bars[0]["start"]) == "10:00"
    cheap = [bar for bar in bars if bar["price"] == 0.2]
    assert [(wall(bar["start"]), wall(bar["end"])) for bar in cheap] == [
        ("02:00", "05:00")
    ]
    unknown = [bar for bar in bars if not bar["known"]]
    assert wall(unknown[0]["start"]) == "00:00"
    assert unknown[0]["price"] is None
    assert unknown[0]["estimate"] == 1.0
    levels = [point["level"] for point in card.view["forecast"]]
    assert levels[0] == 40
    assert levels[-1] == 80
    assert levels == sorted(levels)
    assert card.view["past"][-1]["level"] == 40


async def test_window_says_what_other_times_cost(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A window has its energy and cost, and the cost right now and at the last moment."""
    await evening(hass, cloud, noon)
    await plug_in(hass, cloud)
    card = await open_card(hass, hass_ws_client)
    [window] = card.plan["windows"]
    assert window["energy"] == pytest.approx(30, abs=0.2)
    assert window["cost"] == pytest.approx(6, abs=0.1)
    assert window["cost_now"] == pytest.approx(30, abs=0.2)
    assert 6 < window["cost_late"] < 30
    assert (window["level_from"], window["level_to"]) == (40, 80)
    assert "cheapest_hours" in card.plan["reasons"]


@pytest.mark.slow
async def test_unplugged_car_is_told_until_when(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Without the cable the verdict is a time; with it, it is kept."""
    await evening(hass, cloud, noon)
    card = await open_card(hass, hass_ws_client)
    assert card.verdict["key"] == "plug_in"
    assert wall(card.verdict["plug_in_by"]) == "02:16"
    assert wall(card.verdict["latest"]) == "04:16"
    await plug_in(hass, cloud)
    await card.update()
    assert card.verdict["key"] == "on_track"
    await until(hass, noon, clock("2026-11-25 02:00"), QUARTER)
    the_car(cloud).unplug()
    await scout_now(hass)
    await until(hass, noon, clock("2026-11-25 04:45"), QUARTER)
    await card.update()
    assert card.verdict["key"] == "short"
    assert card.verdict["level"] < 80


@pytest.mark.slow
async def test_what_ran_is_shown(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """After the night the strip shows when the car charged, and what that cost."""
    await evening(hass, cloud, noon)
    await plug_in(hass, cloud)
    card = await open_card(hass, hass_ws_client)
    assert card.view["ran"] == []
    await until(hass, noon, clock("2026-11-25 06:00"), QUARTER)
    await card.update()
    [run] = card.view["ran"]
    assert "02:00" < wall(run["start"]) < "02:40"
    assert "04:50" < wall(run["end"]) < "05:20"
    assert run["level_to"] == 80
    assert run["cost"] == pytest.approx(run["energy"] * 0.2, rel=0.2)
    assert card.verdict["key"] == "reached"


async def test_special_charging_comes_and_goes(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A preview changes nothing; a request shows up by itself, and can be cancelled."""
    await evening(hass, cloud, noon)
    await plug_in(hass, cloud)
    card = await open_card(hass, hass_ws_client)
    device = devices(hass)[VIN]
    request = {"device_id": device, "target": 95, "ready_by": "2026-11-25 06:30:00"}
    answer = await card.ask("preview_plan", **request)
    preview = answer["result"]
    assert preview["verdict"]["key"] == "on_track"
    assert preview["windows"][-1]["level_to"] == 95
    assert preview["cost"] > 6
    await card.update()
    assert [plan["session_id"] for plan in card.view["plans"]] == [None]

    added = await act(hass, "add_special_charging", **request)
    await hass.async_block_till_done(wait_background_tasks=True)
    await card.update()
    first = card.plan
    assert first["session_id"] == added["session_id"]
    assert (first["target"], first["state"], first["cancellable"]) == (
        95,
        "scheduled",
        True,
    )
    assert card.verdict["key"] == "on_track"

    await act(
        hass,
        "cancel_special_charging",
        device_id=device,
        session_id=added["session_id"],
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    await card.update()
    assert [plan["session_id"] for plan in card.view["plans"]] == [None]


async def test_a_request_of_the_calendar_keeps_its_title(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Of several requests the card shows which is which."""
    await evening(hass, cloud, noon)
    card = await open_card(hass, hass_ws_client)
    await hass.services.async_call(
        "calendar",
        "create_event",
        {
            "entity_id": entity_id(hass, "calendar", "special_charging"),
            "summary": "To the sea, 95 %",
            "start_date_time": "2026-11-25 06:30:00",
            "end_date_time": "2026-11-25 07:00:00",
        },
        blocking=True,
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    await card.update()
    titles = {plan["session_id"]: plan["title"] for plan in card.view["plans"]}
    assert titles.pop(None, None) is None
    assert [*titles.values()] == ["To the sea, 95 %"]
    (session,) = titles
    request = {"device_id": devices(hass)[VIN], "session_id": session}
    # "Undo" of the card, pressed before and after the request was cancelled.
    with pytest.raises(ServiceValidationError) as refused:
        await _special(hass, "restore", request)
    assert refused.value.translation_key == "session_not_cancelled"
    await _special(hass, "cancel", request)
    await _special(hass, "restore", request)
    await card.update()
    again = next(plan for plan in card.view["plans"] if plan["session_id"])
    assert (again["title"], again["source"]) == ("To the sea, 95 %", "calendar")


async def _special(hass: HomeAssistant, what: str, request: dict[str, Any]) -> None:
    """Call an action of special charging."""
    await hass.services.async_call(
        "tesla_scout_worker", f"{what}_special_charging", request, blocking=True
    )
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_read_has_its_price_and_charging_to_the_limit_too(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The card asks with what Tesla bills, and with what the person pays for energy."""
    await evening(hass, cloud, noon)
    card = await open_card(hass, hass_ws_client)
    assert (card.view["read_price"], card.view["bill_currency"]) == (0.002, "EUR")
    assert card.view["limit_cost"] == pytest.approx(30, abs=0.2)


async def test_preview_of_what_cannot_be(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A preview says that the time is short, and refuses a deadline in the past."""
    await evening(hass, cloud, noon)
    await plug_in(hass, cloud)
    card = await open_card(hass, hass_ws_client)
    device = devices(hass)[VIN]
    answer = await card.ask(
        "preview_plan", device_id=device, target=100, ready_by="2026-11-24 19:00:00"
    )
    assert answer["result"]["verdict"]["key"] == "short"
    assert answer["result"]["verdict"]["level"] < 60
    answer = await card.ask(
        "preview_plan", device_id=device, target=100, ready_by="2026-11-24 17:00:00"
    )
    assert answer["error"]["translation_key"] == "deadline_past"
    answer = await card.ask(
        "preview_plan", device_id=device, target=100, ready_by="tomorrow"
    )
    assert answer["error"]["code"] == "invalid_format"


async def test_shadow_mode_never_reads_as_reality(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """In shadow mode the plan is a preview; once it is off, it is not."""
    await evening(hass, cloud, noon)
    await switch(hass, "shadow_mode", True)
    card = await open_card(hass, hass_ws_client)
    assert card.view["shadow"] is True
    assert card.verdict["key"] == "preview"
    assert card.problems == ["shadow"]
    assert card.view["entities"]["shadow_mode"] == entity_id(
        hass, "switch", "shadow_mode"
    )
    await switch(hass, "shadow_mode", False)
    await card.update()
    assert card.verdict["key"] == "plug_in"
    assert card.problems == []


async def test_without_prices(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Without prices the card says so, and shows no bar as known; they mend it."""
    publish(hass)
    await by_prices(hass, cloud)
    await plug_in(hass, cloud)
    card = await open_card(hass, hass_ws_client)
    assert card.verdict["key"] == "no_prices"
    assert card.problems == ["no_prices"]
    assert not any(bar["known"] for bar in card.view["prices"])
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    await hass.async_block_till_done(wait_background_tasks=True)
    await card.update()
    assert card.verdict["key"] == "on_track"
    assert card.problems == []


async def test_a_missed_session_is_told_in_one_sentence(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Its repair says the same to those who look there; it stays out of the card."""
    await evening(hass, cloud, noon)
    await plug_in(hass, cloud)
    the_car(cloud).set_signal(False)
    await act(
        hass,
        "add_special_charging",
        device_id=devices(hass)[VIN],
        target=90,
        ready_by="2026-11-24 21:00:00",
    )
    await until(hass, noon, clock("2026-11-24 21:45"), QUARTER)
    issues = {issue.translation_key for issue in ir.async_get(hass).issues.values()}
    assert "special_charging_missed" in issues
    card = await open_card(hass, hass_ws_client)
    assert card.problems == ["session_missed"]


async def test_sign_in_comes_first(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A lost sign-in is shown without a reload of the card, and by its repair."""
    entry = await set_up(hass, cloud)
    card = await open_card(hass, hass_ws_client)
    assert card.verdict["key"] != "signed_out"
    cloud.auth.revoke_consent()
    await tick(hass, noon, QUARTER)
    await card.update()
    assert card.verdict["key"] == "signed_out"
    assert card.problems[0].startswith("signed_out")
    assert card.view["level"] == 40
    # After a restart there is nothing left to show but that.
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await card.update()
    assert card.verdict["key"] == "signed_out"
    assert card.view["plans"] == []


async def test_card_follows_a_reload(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """While the account is not loaded the card says so, and goes on after that."""
    entry = await set_up(hass, cloud)
    card = await open_card(hass, hass_ws_client)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await card.update()
    assert card.verdict["key"] == "not_loaded"
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await card.update()
    assert card.view["level"] == 40
    the_car(cloud).plug_in()
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    await card.update()
    assert card.view["plugged_in"] is True


async def test_closed_card_costs_nothing(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A card that was closed is sent nothing more, and a view twice is sent once."""
    await set_up(hass, cloud)
    card = await open_card(hass, hass_ws_client)
    before = len(card.views)
    await until(hass, noon, clock("2026-11-24 12:20"))
    await card.update()
    assert len(card.views) - before < 10
    await card.socket.send_json_auto_id(
        {"type": "unsubscribe_events", "subscription": 1}
    )
    assert (await card.socket.receive_json())["success"]
    before = len(card.views)
    the_car(cloud).plug_in()
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    await card.update()
    assert len(card.views) == before


async def test_user_without_the_right_to_read(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_user: User,
    hass_read_only_access_token: str,
) -> None:
    """A user who may not read the car's entities is refused; one who may is not."""
    await set_up(hass, cloud)
    await open_card(hass, hass_ws_client, user=hass_read_only_user)
    hass_read_only_user.groups = []
    hass_read_only_user.invalidate_cache()
    card = await connect(hass, hass_ws_client, hass_read_only_user)
    for command, more in (
        ("subscribe_car", {}),
        ("subscribe_account", {}),
        ("preview_plan", {"target": 90, "ready_by": "2026-11-25 06:30:00"}),
    ):
        answer = await card.ask(command, device_id=devices(hass)[VIN], **more)
        assert answer["error"]["code"] == "unauthorized"


@pytest.mark.parametrize(
    ("readable", "seen"),
    [
        (["sensor.battery_level"], False),
        (["sensor", "binary_sensor", "switch", "number", "time"], False),
        (["device_tracker", "button", "calendar", "event"], False),
        ([platform.value for platform in PLATFORMS], True),
    ],
)
async def test_who_may_not_ask_by_actions_may_not_ask_here(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_user: MockUser,
    hass_read_only_access_token: str,
    readable: list[str],
    seen: bool,
) -> None:
    """A card tells of all that a car has: its user may read each of its entities."""
    await set_up(hass, cloud)
    await open_card(hass, hass_ws_client, user=hass_read_only_user)
    battery = {entity_id(hass, "sensor", "battery_level"): {"read": True}}
    domains = {name: {"read": True} for name in readable if "." not in name}
    policy = {"domains": domains} if domains else {"entity_ids": battery}
    hass_read_only_user.mock_policy({"entities": policy})
    card = await connect(hass, hass_ws_client, hass_read_only_user)
    device = devices(hass)[VIN]
    request = {"target": 90, "ready_by": "2026-11-25 06:30:00"}
    for command, more in (("subscribe_car", {}), ("preview_plan", request)):
        answer = await card.ask(command, device_id=device, **more)
        assert answer["success"] is seen, command
        if not seen:
            assert answer["error"]["code"] == "unauthorized"
    context = Context(user_id=hass_read_only_user.id)
    for action, data in (("list_charges", {}), ("plan_special_charging", request)):
        asked = hass.services.async_call(
            DOMAIN,
            action,
            {"device_id": device, **data},
            blocking=True,
            context=context,
            return_response=True,
        )
        with nullcontext() if seen else pytest.raises(Unauthorized):
            await asked
    # The bill of the account is that of all cars.
    answer = await card.ask("subscribe_account", device_id=device)
    assert answer["error"]["code"] == "unauthorized"


async def test_device_that_is_no_car(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A device of nobody, or of the account, is refused in words."""
    entry = await set_up(hass, cloud)
    card = await connect(hass, hass_ws_client)
    account = [
        device.id
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
        if device.entry_type is not None
    ]
    for device_id in ("nobody", *account):
        answer = await card.ask("subscribe_car", device_id=device_id)
        assert answer["error"]["translation_key"] == "not_a_car"


async def test_nothing_secret_goes_to_the_browser(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A view has no VIN and no position."""
    await evening(hass, cloud, noon)
    card = await open_card(hass, hass_ws_client)
    text = str(card.view)
    assert VIN not in text
    assert str(HOME.latitude) not in text


@pytest.mark.parametrize("car_settings", [replace(AWAKE, battery_level=85)])
async def test_full_car(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A car above its target is ready."""
    await evening(hass, cloud, noon)
    card = await open_card(hass, hass_ws_client)
    assert card.verdict["key"] == "reached"
    assert card.plan["windows"] == []


async def test_two_cars(
    hass: HomeAssistant, two_cars: Cloud, hass_ws_client: WebSocketGenerator
) -> None:
    """Each car has a card of its own."""
    await set_up(hass, two_cars)
    first = await open_card(hass, hass_ws_client)
    second = await open_card(hass, hass_ws_client, OTHER_VIN)
    assert second.view["name"] == "Second"
    assert second.view["name"] != first.view["name"]
    assert second.view["level"] == 40


@pytest.mark.slow
async def test_what_was_said_is_shown(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A skip with its end, a charge now as what it is; gone once it is cancelled."""
    await evening(hass, cloud, noon)
    await plug_in(hass, cloud)
    card = await open_card(hass, hass_ws_client)
    assert card.view["overrides"] == []
    await act(hass, "skip_charging", device_id=devices(hass)[VIN])
    await tick(hass, noon, MINUTE)
    await card.update()
    [said] = card.view["overrides"]
    assert said["kind"] == "skip"
    assert wall(said["until"]) == "07:00"
    assert "skipped" in card.plan["reasons"]
    await act(hass, "charge_now", device_id=devices(hass)[VIN], target=60)
    await tick(hass, noon, MINUTE)
    await card.update()
    assert card.plan["source"] == "charge_now"
    assert card.plan["reasons"] == ["at_once"]
    await act(hass, "cancel_override", device_id=devices(hass)[VIN])
    await tick(hass, noon, MINUTE)
    await card.update()
    assert card.view["overrides"] == []
    assert all(plan["source"] is None for plan in card.view["plans"])
