"""Repairs are doors: they open what mends them, and speak in sentences."""

from datetime import timedelta
from http import HTTPStatus
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.tesla_scout_worker.charging.daily.daily_state import Reason
from custom_components.tesla_scout_worker.charging.in_car.delivery_state import (
    WaitReason,
)
from custom_components.tesla_scout_worker.charging.planning.model import PlanReason
from custom_components.tesla_scout_worker.charging.sessions.progress import Progress
from custom_components.tesla_scout_worker.charging.sessions.session import (
    BELOW_TARGET,
    END_NOT_SEEN,
)
from custom_components.tesla_scout_worker.config_flow import WAYS_IN
from custom_components.tesla_scout_worker.const import DOMAIN, Door
from custom_components.tesla_scout_worker.worker.controller import NOT_IN_CAR
from custom_components.tesla_scout_worker.worker.daily_plan import NO_ROOM
from custom_components.tesla_scout_worker.worker.reason_texts import (
    async_plan_reasons,
    reason_text,
)
from custom_components.tesla_scout_worker.worker.repairs import DOORS
from custom_components.tesla_scout_worker.worker.session_plans import TARGET_SHORT
from custom_components.tesla_scout_worker.worker.session_tasks import SCHEDULES_UNKNOWN
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from simulator.car import CarSettings
from simulator.cloud import Cloud

from .common import HOME, VIN, entity_id, pass_time, set_up, state_of
from .metadata import EN, PL, REPOSITORY, fleet_errors
from .scout_helpers import reload
from .worker.off_peak.off_peak_helpers import cycle

FIX = "/api/repairs/issues/fix"


async def press_fix(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, issue_id: str
) -> dict[str, Any]:
    """Open a repair, read what it says, and press Submit."""
    assert await async_setup_component(hass, "repairs", {})
    client = await hass_client()
    answer = await client.post(FIX, json={"handler": DOMAIN, "issue_id": issue_id})
    assert answer.status == HTTPStatus.OK, await answer.text()
    shown = await answer.json()
    assert (shown["type"], shown["step_id"]) == ("form", "confirm")
    answer = await client.post(f"{FIX}/{shown['flow_id']}", json={})
    assert answer.status == HTTPStatus.OK, await answer.text()
    await hass.async_block_till_done(wait_background_tasks=True)
    result: dict[str, Any] = await answer.json()
    return result


def show(hass: HomeAssistant, entry: ConfigEntry[Any], key: str, door: Door) -> None:
    """Show a repair with a door, as what finds the problem does."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        key,
        is_fixable=True,
        data={"entry_id": entry.entry_id, "door": door.value},
        severity=ir.IssueSeverity.ERROR,
        translation_key=key,
        translation_placeholders={"account": entry.title, "reason": ""},
    )


async def test_a_lost_sign_in_opens_the_sign_in(
    hass: HomeAssistant, cloud: Cloud, hass_client: ClientSessionGenerator
) -> None:
    """Even if a dialog was left open, for which Home Assistant asks no more.

    The repair stays until the account works again.
    """
    entry = await set_up(hass, cloud)
    left_open = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    show(hass, entry, "signed_out_refused", Door.SIGN_IN)
    result = await press_fix(hass, hass_client, "signed_out_refused")
    assert (result["type"], result["reason"]) == ("abort", "continued")
    kind, flow_id = result["next_flow"]
    assert kind == "config_flow"
    [flow] = entry.async_get_active_flows(hass, {SOURCE_REAUTH, SOURCE_RECONFIGURE})
    assert flow["flow_id"] == flow_id != left_open["flow_id"]
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert ir.async_get(hass).async_get_issue(DOMAIN, "signed_out_refused")


async def test_a_missing_key_opens_the_ways_in(
    hass: HomeAssistant, cloud: Cloud, hass_client: ClientSessionGenerator
) -> None:
    """The same as Reconfigure."""
    entry = await set_up(hass, cloud)
    show(hass, entry, "off_peak_no_key", Door.RECONFIGURE)
    result = await press_fix(hass, hass_client, "off_peak_no_key")
    [flow] = entry.async_get_active_flows(hass, {SOURCE_RECONFIGURE})
    assert result["next_flow"] == ["config_flow", flow["flow_id"]]
    assert flow["step_id"] == "reconfigure"
    assert WAYS_IN


async def test_missing_prices_open_their_options(
    hass: HomeAssistant, cloud: Cloud, hass_client: ClientSessionGenerator
) -> None:
    """The page of the topic, not the menu; also where the dialog begins anew."""
    entry = await set_up(hass, cloud)
    show(hass, entry, "prices_missing", Door.PRICES)
    result = await press_fix(hass, hass_client, "prices_missing")
    await assert_opens(hass, entry, result, "tariff")


async def assert_opens(
    hass: HomeAssistant, entry: ConfigEntry[Any], result: dict[str, Any], step: str
) -> None:
    """Check that a repair opened a page of the options."""
    kind, flow_id = result["next_flow"]
    assert kind == "options_flow"
    options = hass.config_entries.options
    assert options.async_get(flow_id)["step_id"] == step
    anew = await options.async_init(entry.entry_id)
    assert anew["step_id"] == step
    [left] = options.async_progress_by_handler(entry.entry_id)
    assert left["flow_id"] == anew["flow_id"]


async def test_a_grid_tariff_that_ends_can_be_kept_or_replaced(
    hass: HomeAssistant, cloud: Cloud, freezer: FrozenDateTimeFactory
) -> None:
    """A person ends the repair: by fees of a bill, or by going on with the old ones.

    What is kept is not shown again after a restart, which reads the file anew.
    """
    freezer.move_to("2026-12-01 12:00:00+00:00")
    await hass.config.async_update(currency="PLN", country="PL")
    formula = {"grid_tariff": "pl_tauron_g13", "price_vat": 23}
    entry = await set_up(hass, cloud)
    options = {"off_peak": {"price_source": "fixed"}, "price_formula": formula}
    hass.config_entries.async_update_entry(entry, options=options)
    await reload(hass, entry)
    await cycle(hass)
    await pass_time(hass, freezer, timedelta(hours=1))
    registry = ir.async_get(hass)
    key = f"grid_tariff_ends_{entry.entry_id}_2026"
    assert registry.async_get_issue(DOMAIN, key) is not None
    assert await async_setup_component(hass, "repairs", {})
    flows = hass.data["repairs"]["flow_manager"]

    async def choose(step: str) -> dict[str, Any]:
        """Open the repair, and choose what follows."""
        shown = await flows.async_init(DOMAIN, context={"issue_id": key})
        assert (shown["type"], shown["step_id"]) == ("menu", "init")
        assert shown["description_placeholders"]["day"] == "2026-12-31"
        assert shown["menu_options"] == ["enter_fees", "keep_fees"]
        result: dict[str, Any] = await flows.async_configure(
            shown["flow_id"], {"next_step_id": step}
        )
        return result

    await assert_opens(hass, entry, await choose("enter_fees"), "formula")
    result = await choose("keep_fees")
    assert (result["type"], result["reason"]) == ("abort", "kept")
    await reload(hass, entry)
    await cycle(hass)
    await pass_time(hass, freezer, timedelta(hours=2))
    kept = registry.async_get_issue(DOMAIN, key)
    assert kept is not None
    assert kept.dismissed_version is not None


@pytest.mark.all_entities
@pytest.mark.parametrize(
    "car_settings",
    [
        CarSettings(
            vin=VIN, home=HOME, plugged_in=True, battery_level=50, charge_limit=80
        )
    ],
)
async def test_one_button_ends_shadow_mode_once_a_plan_was_seen(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_client: ClientSessionGenerator,
) -> None:
    """Until then a plan never reads as reality: the start of a charge is unknown."""
    entry = await set_up(hass, cloud)
    assert state_of(hass, "sensor", "off_peak_plan") == "shadow"
    for key in ("next_charge_start", "next_charge_end", "planned_energy"):
        assert state_of(hass, "sensor", key) == "unknown", key
    registry = ir.async_get(hass)
    [issue] = [
        issue
        for issue in registry.issues.values()
        if issue.translation_key == "shadow_mode"
    ]
    placeholders = issue.translation_placeholders
    assert placeholders is not None
    assert placeholders["reason"] == "2026-11-24 22:00"
    result = await press_fix(hass, hass_client, issue.issue_id)
    assert result["type"] == "create_entry"
    assert state_of(hass, "switch", "shadow_mode") == "off"
    for key in ("next_charge_start", "next_charge_end", "planned_energy"):
        assert state_of(hass, "sensor", key) != "unknown", key
    assert not [
        each
        for each in registry.issues.values()
        if each.translation_key == "shadow_mode"
    ]
    # Taken back, it is offered again.
    await hass.services.async_call(
        "switch",
        "turn_on",
        {"entity_id": entity_id(hass, "switch", "shadow_mode")},
        blocking=True,
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    assert registry.async_get_issue(DOMAIN, issue.issue_id)
    assert entry.runtime_data


def test_every_reason_is_a_sentence_in_both_languages() -> None:
    """No code reaches a person."""
    codes = {error.key for error in fleet_errors()}
    codes |= {reason.value for reason in WaitReason}
    codes |= {NO_ROOM, NOT_IN_CAR, SCHEDULES_UNKNOWN, TARGET_SHORT}
    codes |= {BELOW_TARGET, END_NOT_SEEN}
    codes |= {*Progress} - {Progress.WAITING, Progress.REACHED}
    # Why the daily plan waits.
    codes |= {"asleep", "in_service", "never_seen", "not_home", "shadow"}
    codes |= {"special_charging", "switched_off", "waking"}
    for texts in (EN, PL):
        sentences = texts["selector"]["reason"]["options"]
        assert codes <= set(sentences)
        assert not [text for text in sentences.values() if "_" in text]


@pytest.mark.parametrize(("language", "texts"), [("en", EN), ("pl", PL)])
def test_every_reason_of_a_plan_is_the_sentence_of_the_card(
    language: str, texts: dict[str, Any]
) -> None:
    """In the answers of actions and of assistants, too."""
    codes = {*PlanReason, *Reason, "prices_cheaper"}
    sentences = texts["selector"]["plan_reason"]["options"]
    assert set(sentences) == codes
    card = (REPOSITORY / f"frontend/src/locales/{language}.ts").read_text("utf-8")
    assert sentences == dict(re.findall(r'^  r_(\w+):\s+"(.*)",$', card, re.MULTILINE))


async def test_the_reasons_of_a_plan_are_answered_in_words(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Also how much cheaper waiting is expected to be, and words that are new."""
    await set_up(hass, cloud)
    reasons = ["prices_awaited", "vacation", "quite_new"]
    assert await async_plan_reasons(hass, reasons, 12) == [
        "Waits for tomorrow, expected 12 % cheaper.",
        "You are on vacation: no more than the level that you set is charged.",
        "quite new",
    ]
    [waiting] = await async_plan_reasons(hass, ["prices_awaited"], language="pl")
    assert waiting == "Jutrzejsze ceny mogą dać lepsze godziny."


async def test_words_of_tesla_are_made_readable(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """They cannot all be known."""
    await set_up(hass, cloud)
    assert reason_text(hass, "could_not_wake_buses") == "could not wake buses"
    assert reason_text(hass, "not_home") == "the car is not at home"


def test_every_door_has_a_fix_flow() -> None:
    """A repair that can be mended says so, and what follows."""
    for texts in (EN, PL):
        for key in DOORS:
            flow = texts["issues"][key]["fix_flow"]
            assert flow["step"]["confirm"]["description"]
            assert flow["abort"]
