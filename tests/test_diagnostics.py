"""Diagnostics: enough to find a fault, and nothing secret."""

from datetime import UTC, datetime, timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.tesla_scout_worker.charging.sessions.session import Source
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.schedules import ChargeSchedule

from .common import HOME, VIN, act, entity_id, set_up, the_car, tick
from .flows import Browser, FlowRun
from .scout_helpers import answered, reload

pytestmark = [pytest.mark.fixed_rhythm, pytest.mark.usefixtures("ready")]

OWNERS_SCHEDULE = ChargeSchedule(
    id=7,
    name="Grandmother's house",
    days_of_week=127,
    start_enabled=True,
    start_time=60,
    end_enabled=True,
    end_time=300,
    latitude=HOME.latitude,
    longitude=HOME.longitude,
)


@pytest.fixture
async def ready(hass: HomeAssistant) -> None:
    """Set diagnostics up, which comes before any client."""
    assert await async_setup_component(hass, "diagnostics", {})


async def diagnostics(
    hass: HomeAssistant, client: ClientSessionGenerator, entry: Any
) -> dict[str, Any]:
    """Download the diagnostics of an entry, as a user does."""
    found = await get_diagnostics_for_config_entry(hass, client, entry)
    return dict(found)


def texts(found: object) -> list[str]:
    """Return every key and value of some JSON as text."""
    if isinstance(found, dict):
        return [text for pair in found.items() for part in pair for text in texts(part)]
    if isinstance(found, list):
        return [text for part in found for text in texts(part)]
    return [str(found)]


async def test_diagnostics_hold_nothing_secret(
    noon: FrozenDateTimeFactory,
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    cloud: Cloud,
) -> None:
    """No token, client, address, VIN or place, not the former token either."""
    the_car(cloud).add_charge_schedule(OWNERS_SCHEDULE)
    entry = await set_up(hass, cloud)
    await tick(hass, noon, timedelta(minutes=1))
    await act(hass, "token_refresh", config_entry_id=entry.entry_id)
    await hass.services.async_call(
        "calendar",
        "create_event",
        {
            "entity_id": entity_id(hass, "calendar", "special_charging"),
            "summary": "To Odile, 90 %",
            "start_date_time": "2026-11-25 07:00:00",
            "end_date_time": "2026-11-25 07:30:00",
        },
        blocking=True,
    )
    with answered(
        cloud,
        "drive_state",
        active_route_destination="Grandmother",
        active_route_latitude=50.0617,
        active_route_longitude=19.9373,
        latitude=HOME.latitude,
        longitude=HOME.longitude,
        native_latitude=HOME.latitude,
        native_longitude=HOME.longitude,
    ):
        await tick(hass, noon, timedelta(minutes=15))
    found = await diagnostics(hass, hass_client, entry)
    whole = json.dumps(found)
    data = entry.data
    secrets = [
        data["token"]["access_token"],
        data["token"]["refresh_token"],
        data["previous_token"]["refresh_token"],
        data["client_id"],
        data["client_secret"],
        cloud.fleet_url("eu"),
        cloud.token_url,
        VIN,
        VIN[5:],
        "Grandmother",
        "Odile",
        str(entry.unique_id),
    ]
    assert whole.count('"title": "**REDACTED**"') == 1
    for secret in secrets:
        assert secret not in whole
    for place in ("52.2", "21.0", "50.06", "19.93"):
        assert not [text for text in texts(found) if text.startswith(place)]


async def test_diagnostics_of_a_sign_in_do_not_name_the_application(
    noon: FrozenDateTimeFactory,
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    tesla: Cloud,
    browser: Browser,
) -> None:
    """Home Assistant's name for the application holds the client ID."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    await (await walk.consent()).submit(region="eu")
    client_id = tesla.settings.client_id
    assert client_id in walk.entry.data["auth_implementation"]
    found = await diagnostics(hass, hass_client, walk.entry)
    assert client_id not in json.dumps(found)


@pytest.mark.parametrize(
    "car_settings", [CarSettings(vin=VIN, home=HOME, plugged_in=True)]
)
async def test_diagnostics_tell_how_things_stand(
    noon: FrozenDateTimeFactory,
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    cloud: Cloud,
) -> None:
    """Tokens, bill, rhythm, and of each car what was seen and why it was read."""
    entry = await set_up(hass, cloud)
    found = await diagnostics(hass, hass_client, entry)
    assert found["tokens"]["state"] == "valid"
    assert found["ledger"]["month"] == "2026-11"
    assert found["ledger"]["calls"]["data"] == 1
    assert found["next_poll"] == "2026-11-24T11:15:00+00:00"
    [car] = found["cars"]
    assert car["model"] == VIN[:4]
    assert car["reason"] == "first"
    assert car["connectivity"] == "online"
    assert car["observation"]["whereabouts"] == "home"
    assert car["confirmed"]["ready"] is True
    assert car["summary"] == {"vin": "**REDACTED**", "name": "**REDACTED**"}
    assert car["snapshot"]["seen_at"] == "2026-11-24T11:00:00+00:00"
    payload = car["snapshot"]["payload"]
    assert payload["charge_state"]["battery_level"] == 70
    assert payload["drive_state"]["latitude"] == "**REDACTED**"


@pytest.mark.parametrize(
    "car_settings", [CarSettings(vin=VIN, home=HOME, starts_asleep=True)]
)
async def test_diagnostics_of_a_car_that_was_never_read(
    noon: FrozenDateTimeFactory,
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    cloud: Cloud,
) -> None:
    """A car that has slept since the set-up has no payload, and that is no error."""
    entry = await set_up(hass, cloud)
    [car] = (await diagnostics(hass, hass_client, entry))["cars"]
    assert car["snapshot"] is None
    assert car["reason"] == "asleep"


async def test_diagnostics_tell_of_sessions(
    noon: FrozenDateTimeFactory,
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    cloud: Cloud,
) -> None:
    """Their state and their plan, without the calendar that they come from."""
    entry = await set_up(hass, cloud)
    session = await entry.runtime_data.sessions.async_add(
        VIN,
        90,
        datetime(2026, 11, 25, 6, tzinfo=UTC),
        Source.WATCHED_CALENDAR,
        "calendar.grandmother",
    )
    found = await diagnostics(hass, hass_client, entry)
    sessions = found["cars"][0]["charging"]["sessions"]["sessions"]
    stored = sessions[session.id]
    assert stored["state"] == "scheduled"
    assert stored["plan"]["windows"]
    assert "grandmother" not in json.dumps(found)


async def test_diagnostics_say_what_was_read_of_prices(
    noon: FrozenDateTimeFactory,
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    cloud: Cloud,
) -> None:
    """The lists, the unit, and what was left out; never the name of a home."""
    start = datetime(2026, 11, 24, tzinfo=UTC)
    rows = [
        {"start": (start + timedelta(hours=hour)).isoformat(), "price": hour}
        for hour in range(24)
    ]
    dearer = [{**row, "price": 99} for row in rows]
    lists = {"prices": {"Grandmother": rows}, "sell_prices": dearer}
    hass.states.async_set("sensor.prices", "1", {**lists, "unit": "öre/kWh"})
    entry = await set_up(hass, cloud)
    chosen = {"price_source": "entities", "price_entities": ["sensor.prices"]}
    hass.config_entries.async_update_entry(entry, options={"off_peak": chosen})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    prices = (await diagnostics(hass, hass_client, entry))["prices"]
    assert prices["count"] == 24
    assert prices["until"] == "2026-11-25T00:00:00+00:00"
    assert prices["unit"] == "0.01 ?/kWh"
    assert prices["lists"] == ["**REDACTED**"]
    assert prices["left_out"] == [
        {"name": "sell_prices", "count": 24, "reason": "other_series"}
    ]
    assert "scaled_from_cents" in prices["warnings"]


async def test_diagnostics_show_the_timers_by_purpose(
    noon: FrozenDateTimeFactory,
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    cloud: Cloud,
) -> None:
    """When a session is sent and ended, of the plan; the same after a restart."""
    entry = await set_up(hass, cloud)
    ready_by = datetime(2026, 11, 25, 6, tzinfo=UTC)
    session = await entry.runtime_data.sessions.async_add(
        VIN, 90, ready_by, Source.ACTION
    )
    await reload(hass, entry)
    [car] = (await diagnostics(hass, hass_client, entry))["cars"]
    timers = {
        purpose: datetime.fromisoformat(at) for purpose, at in car["timers"].items()
    }
    assert (
        timers[f"{session.id} send"] == session.send_at < session.plan.windows[0].start
    )
    assert timers[f"{session.id} restore"] == session.cleanup_at
