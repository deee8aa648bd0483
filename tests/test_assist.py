"""Assist: tools for language models, and sentences in English and Polish."""

from pathlib import Path
from shutil import copytree
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.tesla_scout_worker.assist import SPOKEN
from custom_components.tesla_scout_worker.frontend.verdict import VerdictKey
from custom_components.tesla_scout_worker.llm import TOOLS
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from simulator.car import CarSettings
from simulator.cloud import Cloud

from .common import VIN, entity_id, the_car
from .metadata import EN, PL
from .worker.off_peak.off_peak_helpers import (
    AWAKE,
    QUARTER,
    TUESDAY,
    WEDNESDAY,
    arrive,
    by_prices,
    cheap_at,
    clock,
    day_prices,
    publish,
    switch,
    until,
)

SENTENCES = Path(__file__).parents[1] / "custom_sentences"
PREFIX = "tesla_scout_worker__"


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car at home that does not fall asleep."""
    return AWAKE


async def evening(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Plan a night, at 18:00, without shadow mode; expose the battery to Assist."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-24 18:00"), QUARTER)
    await arrive(hass, cloud)
    expose(hass, exposed=True)


def expose(hass: HomeAssistant, *, exposed: bool) -> None:
    """Expose the battery of the car to Assist alone of all entities, or nothing."""
    for state in hass.states.async_all():
        if state.entity_id.split(".")[0] != "zone":
            async_expose_entity(hass, "conversation", state.entity_id, False)
    battery = entity_id(hass, "sensor", "battery_level")
    async_expose_entity(hass, "conversation", battery, exposed)


async def tools(hass: HomeAssistant, user: str | None = None) -> llm.APIInstance:
    """Return the tools that a language model has."""
    context = llm.LLMContext(
        platform="test",
        context=Context(user_id=user),
        language="en",
        assistant="conversation",
        device_id=None,
    )
    return await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)


async def use(
    hass: HomeAssistant, name: str, user: str | None = None, **data: Any
) -> Any:
    """Use a tool as a language model does."""
    api = await tools(hass, user)
    given = llm.ToolInput(tool_name=f"{PREFIX}{name}", tool_args=data)
    answer: Any = await api.async_call_tool(given)
    await hass.async_block_till_done(wait_background_tasks=True)
    return answer.data if isinstance(answer, llm.ToolResult) else answer


async def say(
    hass: HomeAssistant, text: str, language: str = "en", user: str | None = None
) -> str:
    """Say a sentence, and return the answer."""
    answer = await conversation.async_converse(
        hass, text, None, Context(user_id=user), language=language
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    spoken: str = answer.response.speech["plain"]["speech"]
    return spoken


# Tools.


async def test_a_model_has_tools_only_for_cars_that_are_exposed(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Each has a name, a title, and a description; none without an exposed entity."""
    await evening(hass, cloud, noon)
    found = [tool for tool in (await tools(hass)).tools if PREFIX in tool.name]
    assert [tool.name for tool in found] == [tool.name for tool in TOOLS]
    assert all(tool.title and tool.description for tool in found)
    expose(hass, exposed=False)
    left = [tool for tool in (await tools(hass)).tools if PREFIX in tool.name]
    assert left == []


async def test_state_plan_and_cost(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What the card shows, in local times."""
    await evening(hass, cloud, noon)
    state = await use(hass, "state")
    assert state["battery_percent"] == 40
    assert state["plugged_in"] is True
    assert state["verdict"] == "on_track"
    assert state["verdict_text"] == "Yes: 80 % by 2026-11-25 07:00."
    assert state["ready_by"] == "2026-11-25T07:00+01:00"
    [plan] = (await use(hass, "plan"))["plans"]
    assert plan["windows"] == [
        {"start": "2026-11-25T02:16+01:00", "end": "2026-11-25T05:00+01:00"}
    ]
    assert plan["cost"] == pytest.approx(6, abs=0.1)
    assert plan["currency"] == "PLN"
    assert plan["preview_only"] is False
    assert plan["reasons"][0] == "These are the cheapest hours before the deadline."
    assert not [reason for reason in plan["reasons"] if "_" in reason]
    assert await use(hass, "cost") == {"energy_kwh": 0}
    await until(hass, noon, clock("2026-11-25 07:30"), QUARTER)
    cost = await use(hass, "cost")
    assert cost["energy_kwh"] == pytest.approx(30, abs=0.5)
    assert cost["cost"] < cost["cost_on_arrival"]


async def test_a_model_hears_what_is_only_a_preview(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """In shadow mode a plan is not carried out; special charging is."""
    await evening(hass, cloud, noon)
    await switch(hass, "shadow_mode", True)
    state = await use(hass, "state")
    assert (state["verdict"], state["preview_only"]) == ("preview", True)
    assert "charges as soon as it is plugged in" in state["verdict_text"]
    [plan] = (await use(hass, "plan"))["plans"]
    assert plan["windows"]
    assert plan["preview_only"] is True
    await use(hass, "charge_by", target=90, ready_by="2026-11-26 07:00:00")
    plans = (await use(hass, "plan"))["plans"]
    assert {plan["special_charging"]: plan["preview_only"] for plan in plans} == {
        False: True,
        True: False,
    }


async def test_charge_now_skip_promise_and_cancel(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A model does what a person says, and hears in words what cannot be."""
    await evening(hass, cloud, noon)
    charging = await use(hass, "charge_now", target=60)
    assert charging["target"] == 60
    assert the_car(cloud).charging_state == "Charging"
    refused = await use(hass, "skip")
    assert "would not be kept" in refused["error"]
    assert (await use(hass, "cancel"))["cancelled"] == ["charge_now"]
    assert (await use(hass, "skip"))["override"] == "skip"
    await use(hass, "cancel", override="skip")
    added = await use(hass, "charge_by", target=90, ready_by="2026-11-25 07:00:00")
    assert added["target"] == 90


async def test_a_model_may_do_what_its_user_may(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_read_only_user: MockUser,
) -> None:
    """Who sees the car hears of it, and cannot have it charged."""
    await evening(hass, cloud, noon)
    user = hass_read_only_user.id
    assert (await use(hass, "state", user))["battery_percent"] == 40
    for name in ("charge_now", "skip", "cancel"):
        answer = await use(hass, name, user)
        assert answer == {"error": "This user may not control the car."}
    assert the_car(cloud).charging_state != "Charging"


# Sentences.


async def spoken_to(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    """Have the sentences of the repository in the configuration folder."""
    copytree(SENTENCES, tmp_path / "custom_sentences")
    hass.config.config_dir = str(tmp_path)
    await evening(hass, cloud, noon)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            {
                "how full is my car": "Scout has 40 % and is plugged in.",
                "when will the car charge": "Scout charges from 2026-11-25 02:16 to "
                "2026-11-25 05:00: 30.0 kWh for 6.00 PLN.",
                "will my car be ready in time": "Yes: 80 % by 2026-11-25 07:00.",
                "how much did charging cost this month": "Scout charged nothing at "
                "home this month.",
                "charge the car to 60 percent on wednesday": "Scout is charged to "
                "60 % on Wednesday.",
                "charge my car as usual": "Cancelled. The usual plan holds again.",
                "skip charging tonight": "Scout charges nothing until "
                "2026-11-25 07:00.",
                "charge the tesla now to 90 percent": "Scout charges to 90 % from "
                "now on.",
            },
        ),
        (
            "pl",
            {
                "ile procent ma auto": "Scout ma 40 % i jest podłączony.",
                "kiedy ładuje się samochód": "Scout ładuje się od 2026-11-25 02:16 "
                "do 2026-11-25 05:00: 30.0 kWh za 6.00 PLN.",
                "czy samochód zdąży na czas": "Tak: 80 % na 2026-11-25 07:00.",
                "ile kosztowało ładowanie auta": "Scout nie ładował się w tym "
                "miesiącu w domu.",
                "naładuj auto do 60 procent w środę": "Scout: cel 60 %, środa.",
                "ładuj auto jak zwykle": "Anulowano. Znów obowiązuje zwykły plan.",
                "dziś nie ładuj": "Scout nie ładuje się do 2026-11-25 07:00.",
                "naładuj teslę teraz do 90 procent": "Scout ładuje się od teraz do "
                "90 %.",
            },
        ),
    ],
)
async def test_sentences(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    tmp_path: Path,
    language: str,
    sentences: dict[str, str],
) -> None:
    """Each is understood, done, and answered in its language."""
    await spoken_to(hass, cloud, noon, tmp_path)
    for sentence, answer in sentences.items():
        assert await say(hass, sentence, language) == answer, sentence
    assert the_car(cloud).charge_limit == 90
    assert the_car(cloud).charging_state == "Charging"


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            {
                "when will the car charge": "Only a preview, since shadow mode is on: "
                "Scout would charge from 2026-11-25 02:16 to 2026-11-25 05:00: 30.0 kWh "
                "for 6.00 PLN. For now it charges as soon as it is plugged in.",
                "will my car be ready in time": "Shadow mode is on: plans are only "
                "shown, and Scout charges as soon as it is plugged in.",
                "charge the car to 60 percent on wednesday": "Scout will be charged to "
                "60 % on Wednesday once shadow mode is off. For now plans are only "
                "shown.",
                "charge my car as usual": "Cancelled. Shadow mode is on: plans are only "
                "shown.",
                "skip charging tonight": "Off-peak schedules are off, or only previewed "
                "(shadow mode): there is no charge to skip. Turn shadow mode off first.",
            },
        ),
        (
            "pl",
            {
                "kiedy ładuje się samochód": "To tylko podgląd, bo włączony jest tryb "
                "cienia: Scout ładowałby się od 2026-11-25 02:16 do 2026-11-25 05:00: "
                "30.0 kWh za 6.00 PLN. Na razie ładuje się od razu po podłączeniu.",
                "czy samochód zdąży na czas": "Włączony jest tryb cienia: plany są tylko "
                "pokazywane, a Scout ładuje się od razu po podłączeniu.",
                "naładuj auto do 60 procent w środę": "Scout: cel 60 %, środa, gdy tryb "
                "cienia będzie wyłączony. Na razie plany są tylko pokazywane.",
                "ładuj auto jak zwykle": "Anulowano. Włączony jest tryb cienia: plany są "
                "tylko pokazywane.",
            },
        ),
    ],
)
async def test_shadow_mode_is_never_spoken_as_reality(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    tmp_path: Path,
    language: str,
    sentences: dict[str, str],
) -> None:
    """Nothing that is only shown sounds as if it happened."""
    await spoken_to(hass, cloud, noon, tmp_path)
    await switch(hass, "shadow_mode", True)
    for sentence, answer in sentences.items():
        assert await say(hass, sentence, language) == answer, sentence
    assert the_car(cloud).charge_limit == 80


def test_every_verdict_is_spoken() -> None:
    """Also what went wrong, or was not chosen yet: not only whether it will be kept."""
    assert SPOKEN.keys() == set(VerdictKey)
    for texts in (EN, PL):
        assert set(SPOKEN.values()) <= texts["selector"]["assist"]["options"].keys()


async def test_a_lost_sign_in_is_spoken(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    tmp_path: Path,
) -> None:
    """A plan that nobody can send is no promise; after the sign-in it is one again."""
    await spoken_to(hass, cloud, noon, tmp_path)
    cloud.auth.revoke_consent()
    await until(hass, noon, clock("2026-11-25 00:00"), QUARTER)
    assert await say(hass, "will my car be ready in time") == (
        "Tesla no longer accepts the sign-in. Sign in again in Home Assistant."
    )


async def test_who_may_not_control_the_car_may_not_by_voice(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    tmp_path: Path,
    hass_read_only_user: MockUser,
) -> None:
    """Asking is allowed, doing is not; and a refusal is in words."""
    await spoken_to(hass, cloud, noon, tmp_path)
    user = hass_read_only_user.id
    assert "40 %" in await say(hass, "how full is my car", user=user)
    answer = await say(hass, "charge my car now", user=user)
    assert answer == "You may not control this car."
    assert the_car(cloud).charging_state != "Charging"
    answer = await say(hass, "charge my car now to 20 percent")
    assert answer == "The battery already has 20 %. Choose a higher target."
    expose(hass, exposed=False)
    assert await say(hass, "how full is my car") == "There is no such car."
    assert VIN not in answer
