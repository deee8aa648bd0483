"""What the Energy dashboard and long-term statistics have of a car's charging."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from homeassistant.auth.models import Credentials
from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from simulator.cloud import Cloud

from ...common import entity_id
from .off_peak_helpers import (
    QUARTER,
    arrive,
    by_prices,
    clock,
    publish,
    two_days,
    until,
)

CLIENT_ID = "https://example.com/app"


@pytest.fixture
def mock_recorder_before_hass(async_test_recorder: Callable[..., Any]) -> None:
    """Prepare the recorder before Home Assistant."""


async def ask(client: MockHAClientWebSocket, what: str, **data: Any) -> Any:
    """Ask what the frontend asks."""
    await client.send_json_auto_id({"type": what, **data})
    answer = await client.receive_json()
    assert answer["success"], answer
    return answer["result"]


@pytest.mark.slow
async def test_a_night_is_in_the_statistics_and_on_the_energy_dashboard(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
    hass_admin_credential: Credentials,
) -> None:
    """30 kWh at 0.20 PLN are 6.00 PLN: as energy of a device, as a cost, and as savings.

    The dashboard takes both without a complaint.
    """
    await hass.config.async_update(currency="PLN")
    assert await async_setup_component(hass, "energy", {})
    publish(hass, *two_days(2, 3, 4))
    await by_prices(hass, cloud)
    await arrive(hass, cloud)
    while dt_util.utcnow() < clock("2026-11-25 06:00"):
        await until(hass, noon, dt_util.utcnow() + QUARTER, QUARTER)
        await async_wait_recording_done(hass)
        do_adhoc_statistics(hass, start=dt_util.utcnow() - timedelta(minutes=5))
        await async_wait_recording_done(hass)
    energy = entity_id(hass, "sensor", "energy_charged")
    cost = entity_id(hass, "sensor", "charging_cost")
    savings = entity_id(hass, "sensor", "savings")
    # A token lasts for half an hour of the test's clock.
    user = await hass.auth.async_get_or_create_user(hass_admin_credential)
    refresh_token = await hass.auth.async_create_refresh_token(
        user, CLIENT_ID, credential=hass_admin_credential
    )
    access_token = hass.auth.async_create_access_token(refresh_token)
    client = await hass_ws_client(hass, access_token)
    rows = await ask(
        client,
        "recorder/statistics_during_period",
        start_time=clock("2026-11-24 00:00").isoformat(),
        statistic_ids=[energy, cost, savings],
        period="5minute",
        types=["sum", "change"],
    )
    assert rows[energy][-1]["sum"] == pytest.approx(30, abs=0.1)
    assert rows[cost][-1]["sum"] == pytest.approx(6, abs=0.1)
    # On arrival a kWh cost 1 PLN.
    assert rows[savings][-1]["sum"] == pytest.approx(30 - 6, abs=0.2)
    await ask(
        client,
        "energy/save_prefs",
        energy_sources=[
            {
                "type": "grid",
                "stat_energy_from": energy,
                "stat_energy_to": None,
                "stat_cost": cost,
                "stat_compensation": None,
                "entity_energy_price": None,
                "number_energy_price": None,
                "entity_energy_price_export": None,
                "number_energy_price_export": None,
                "cost_adjustment_day": 0.0,
            }
        ],
        device_consumption=[{"stat_consumption": energy}],
    )
    found = await ask(client, "energy/validate")
    assert all(not issues for part in found.values() for issues in part)
