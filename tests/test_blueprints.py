"""The blueprints: each is valid, is imported by its link, and does what it says."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any, override
from urllib.parse import quote

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.components.calendar import (
    DATA_COMPONENT,
    CalendarEntity,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
from simulator.car import CarSettings
from simulator.cloud import Cloud

from .common import VIN, act, entity_id, state_of, the_car, tick
from .metadata import REPOSITORY
from .scout_helpers import devices, scout_now
from .worker.off_peak.off_peak_helpers import (
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
    switch,
    until,
)

pytestmark = pytest.mark.slow

FOLDER = Path("blueprints/automation/tesla_scout_worker")
FILES = sorted((REPOSITORY / FOLDER).glob("*.yaml"))
LINK = "https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url="
NOTIFY = [
    {
        "action": "notify.phone",
        "data": {"title": "{{ title }}", "message": "{{ message }}"},
    }
]


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car at home that does not fall asleep."""
    return AWAKE


@pytest.fixture
def sent(hass: HomeAssistant) -> list[ServiceCall]:
    """Return what the phone was sent."""
    calls: list[ServiceCall] = async_mock_service(hass, "notify", "phone")
    return calls


@pytest.fixture(autouse=True)
async def blueprints(hass: HomeAssistant, tmp_path: Path) -> AsyncIterator[None]:
    """Have the blueprints of the repository in the configuration folder."""
    copytree(REPOSITORY / FOLDER, tmp_path / FOLDER)
    before, hass.config.config_dir = hass.config.config_dir, str(tmp_path)
    yield
    for entity in hass.states.async_entity_ids("automation"):
        # Its timer is none of the test.
        await hass.services.async_call(
            "automation", "turn_off", {"entity_id": entity}, blocking=True
        )
    hass.config.config_dir = before


def clock_of(text: str) -> datetime:
    """Return an instant of an answer."""
    return datetime.fromisoformat(text)


class FamilyCalendar(CalendarEntity):
    """A calendar of another integration."""

    _attr_name = "Family"

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """No event runs."""
        return None

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return a visit to the dentist, and a trip."""
        events = [
            CalendarEvent(
                start=clock(f"2026-11-25 {start}"),
                end=clock(f"2026-11-25 {end}"),
                summary=summary,
            )
            for summary, start, end in (
                ("Dentist", "18:30", "18:45"),
                ("Trip to the sea", "19:00", "22:00"),
            )
        ]
        return [
            event
            for event in events
            if event.start < end_date and event.end > start_date
        ]


async def car_at_home(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Plan a night by prices, at 17:55, without the cable."""
    cheap = cheap_at(2, 3, 4)
    publish(hass, day_prices(TUESDAY, cheap), day_prices(WEDNESDAY, cheap))
    await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-24 17:55"), QUARTER)


async def automate(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Make an automation of a blueprint."""
    used = {"path": f"tesla_scout_worker/{name}.yaml", "input": inputs}
    config = {"automation": {"alias": name, "use_blueprint": used}}
    assert await async_setup_component(hass, "automation", config)
    await hass.async_block_till_done()
    state = hass.states.get(f"automation.{name}")
    assert state is not None
    assert state.state == "on"


def messages(sent: list[ServiceCall]) -> list[str]:
    """Return what the phone was sent."""
    return [call.data["message"] for call in sent]


def test_there_are_six() -> None:
    """And each has a link in the docs that imports it."""
    assert len(FILES) == 6
    page = (REPOSITORY / "docs/blueprints.md").read_text()
    for file in FILES:
        url = load_yaml_dict(str(file))["blueprint"]["source_url"]
        assert url.endswith(f"/blob/main/{FOLDER}/{file.name}")
        assert LINK + quote(url, safe="") in page, file.name


async def test_home_assistant_loads_each(hass: HomeAssistant) -> None:
    """Without an error, with a name and a description for each input."""
    assert await async_setup_component(hass, "automation", {})
    found = await async_get_blueprints(hass).async_get_blueprints()
    for file in FILES:
        blueprint = found[f"tesla_scout_worker/{file.name}"]
        assert isinstance(blueprint, Blueprint), blueprint
        assert all(item["name"] for item in blueprint.inputs.values())


async def test_plugged_in_reminder(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    sent: list[ServiceCall],
) -> None:
    """Only while the cable is out."""
    await car_at_home(hass, cloud, noon)
    await automate(
        hass,
        "plugged_in_reminder",
        battery=entity_id(hass, "sensor", "battery_level"),
        plugged_in=entity_id(hass, "binary_sensor", "plugged_in"),
        at_home=entity_id(hass, "binary_sensor", "at_home"),
        at="18:00:00",
        notify=NOTIFY,
    )
    await until(hass, noon, clock("2026-11-24 18:01"), MINUTE)
    assert messages(sent) == ["It is at home with 40 % and without its cable."]
    await arrive(hass, cloud)
    await until(hass, noon, clock("2026-11-25 18:01"), QUARTER)
    assert len(sent) == 1


async def test_trip_from_calendar(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """An event with the word becomes special charging; another one does not."""
    await car_at_home(hass, cloud, noon)
    # The calendars of cars have set the component up already.
    component = hass.data[DATA_COMPONENT]
    await component.async_add_entities([family := FamilyCalendar()])
    calendar = family.entity_id
    await automate(
        hass,
        "trip_from_calendar",
        car=devices(hass)[VIN],
        calendar=calendar,
        target=95,
    )
    await until(hass, noon, clock("2026-11-24 19:20"), MINUTE)
    answer = await act(hass, "list_special_charging", device_id=devices(hass)[VIN])
    [session] = answer["sessions"]
    assert session["target"] == 95
    assert clock("2026-11-25 18:30") == clock_of(session["ready_by"])


async def test_cheap_hours_announcement(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    sent: list[ServiceCall],
) -> None:
    """When, how much, and at what cost."""
    await car_at_home(hass, cloud, noon)
    await arrive(hass, cloud)
    await automate(
        hass,
        "cheap_hours_announcement",
        car=devices(hass)[VIN],
        at="18:00:00",
        announce=NOTIFY,
    )
    await until(hass, noon, clock("2026-11-24 18:01"), MINUTE)
    assert messages(sent) == ["02:16–05:00: 30.0 kWh for 6.0 PLN."]


async def test_cheap_hours_in_shadow_mode(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    sent: list[ServiceCall],
) -> None:
    """A plan that is only shown is announced as such."""
    await car_at_home(hass, cloud, noon)
    await arrive(hass, cloud)
    await switch(hass, "shadow_mode", True)
    await automate(
        hass,
        "cheap_hours_announcement",
        car=devices(hass)[VIN],
        at="18:00:00",
        announce=NOTIFY,
    )
    await until(hass, noon, clock("2026-11-24 18:01"), MINUTE)
    assert [call.data["title"] for call in sent] == ["Charging plan (preview only)"]
    [message] = messages(sent)
    assert message == (
        "Shadow mode is on, so the car charges as soon as it is plugged in. "
        "The plan would be 02:16–05:00: 30.0 kWh for 6.0 PLN."
    )


async def test_battery_low_away_from_cable(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    sent: list[ServiceCall],
) -> None:
    """Also when the cable is taken out of a battery that is low."""
    await car_at_home(hass, cloud, noon)
    await arrive(hass, cloud)
    await automate(
        hass,
        "battery_low_away_from_cable",
        battery=entity_id(hass, "sensor", "battery_level"),
        plugged_in=entity_id(hass, "binary_sensor", "plugged_in"),
        below=50,
        notify=NOTIFY,
    )
    assert sent == []
    the_car(cloud).unplug()
    await scout_now(hass)
    await tick(hass, noon, timedelta(minutes=9))
    assert sent == []
    await tick(hass, noon, timedelta(minutes=2))
    assert messages(sent) == ["The car has 40 %, and is not plugged in."]


async def test_weekly_report(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    sent: list[ServiceCall],
) -> None:
    """On its day alone, with what was charged before it."""
    await car_at_home(hass, cloud, noon)
    await automate(
        hass,
        "weekly_report",
        car=devices(hass)[VIN],
        weekday="wed",
        at="08:00:00",
        report=NOTIFY,
    )
    await arrive(hass, cloud)
    await until(hass, noon, clock("2026-11-25 07:59"), QUARTER)
    assert sent == []
    await until(hass, noon, clock("2026-11-25 08:01"), MINUTE)
    [message] = messages(sent)
    assert message.startswith("1 charges, 30")
    assert "less than on arrival" in message


async def test_presence_based_target(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Once the presence has lasted."""
    await car_at_home(hass, cloud, noon)
    hass.states.async_set("person.owner", "not_home")
    target = entity_id(hass, "number", "target_level")
    await automate(
        hass, "presence_based_target", target=target, presence="person.owner"
    )
    hass.states.async_set("person.owner", "home")
    await tick(hass, noon, timedelta(minutes=20))
    assert state_of(hass, "number", "target_level") == "80"
    await tick(hass, noon, timedelta(minutes=11))
    assert state_of(hass, "number", "target_level") == "60"
    hass.states.async_set("person.owner", "not_home")
    await tick(hass, noon, timedelta(minutes=31))
    assert state_of(hass, "number", "target_level") == "80"
