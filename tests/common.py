"""What the tests of the integration share."""

from asyncio import TimerHandle
from datetime import UTC, datetime, timedelta
import os
import time
from typing import Any, Final
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.gateways.way import Way
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigFlowResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, event
from homeassistant.util.async_ import get_scheduled_timer_handles
from homeassistant.util.hass_dict import HassKey
from simulator.car import Car, Place
from simulator.cloud import Cloud

# Set by the nightly workflow, where nothing is shortened.
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"

VIN = "LRW3E7EK0RC000001"
OTHER_VIN = "5YJYGDEE0MF000002"

# Warsaw, where Home Assistant is in these tests, and a place some 12 km away.
HOME = Place(latitude=52.2297, longitude=21.0122)
WORK = Place(latitude=52.1672, longitude=20.8679)


def the_car(cloud: Cloud, vin: str = VIN) -> Car:
    """Return a car of the cloud."""
    return cloud.cars[vin]


def bring_input(cloud: Cloud, **changes: Any) -> dict[str, Any]:
    """Return what a user enters who brings tokens to the simulator."""
    return {
        "client_id": cloud.settings.client_id,
        "client_secret": cloud.settings.client_secret,
        "refresh_token": cloud.issue_tokens().refresh_token,
        "region": "custom",
        "fleet_api_url": cloud.fleet_url("eu"),
        "token_url": cloud.token_url,
        **changes,
    }


async def open_options(
    hass: HomeAssistant, entry: ConfigEntry[Any]
) -> ConfigFlowResult:
    """Open the options of an account whose first questions were closed."""
    flows = hass.config_entries.options
    for flow in flows.async_progress_by_handler(entry.entry_id):
        flows.async_abort(flow["flow_id"])
    return await flows.async_init(entry.entry_id)


async def choose_bring_tokens(hass: HomeAssistant) -> ConfigFlowResult:
    """Open the config flow and choose to bring tokens."""
    flow = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    return await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"next_step_id": "bring_tokens"}
    )


# The way by which a test reaches its cars; own tokens if there is none.
WAY: Final[HassKey[Way]] = HassKey("way_of_the_test")


async def paste_key(hass: HomeAssistant, way: Way, key: str) -> ConfigFlowResult:
    """Open the config flow, choose a provider, and paste a key."""
    flow = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    flow_id = flow["flow_id"]
    await hass.config_entries.flow.async_configure(flow_id, {"next_step_id": way})
    return await hass.config_entries.flow.async_configure(flow_id, {"api_key": key})


async def set_up(hass: HomeAssistant, cloud: Cloud, **changes: Any) -> ConfigEntry[Any]:
    """Set the integration up as a person would, and return its entry."""
    if (way := hass.data.get(WAY)) is not None:
        result = await paste_key(hass, way, cloud.providers[way.value].key)
        assert result["type"] is FlowResultType.CREATE_ENTRY, result
        await hass.async_block_till_done(wait_background_tasks=True)
        provided: ConfigEntry[Any] = result["result"]
        return provided
    flow = await choose_bring_tokens(hass)
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], bring_input(cloud, **changes)
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done(wait_background_tasks=True)
    entry: ConfigEntry[Any] = result["result"]
    return entry


@callback
def fire_timers(hass: HomeAssistant) -> None:
    """Run the timers that are due at the present time.

    The plugin's ``async_fire_time_changed`` does the same, but makes two mocks for each
    timer, which takes longer than most timers do.
    """
    # Home Assistant spreads the timers of coordinators over half a second.
    now = datetime.now(UTC) + timedelta(microseconds=event.RANDOM_MICROSECOND_MAX)
    timestamp = now.timestamp()
    ahead = timestamp - time.time()
    resolution = time.get_clock_info("monotonic").resolution
    with (
        patch.object(event, "time_tracker_utcnow", lambda: now),
        patch.object(event, "time_tracker_timestamp", lambda: timestamp),
    ):
        for handle in list(get_scheduled_timer_handles(hass.loop)):
            if not isinstance(handle, TimerHandle) or handle.cancelled():
                continue
            if handle.when() - hass.loop.time() - resolution <= ahead:
                # asyncio offers no public way to run a timer before its time.
                handle._run()  # noqa: SLF001
                handle.cancel()


async def tick(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, by: timedelta
) -> None:
    """Let time pass at once, and everything happen that was due."""
    freezer.tick(by)
    fire_timers(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def pass_time(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    by: timedelta,
    step: timedelta = timedelta(minutes=1),
) -> None:
    """Let time pass step by step, as it does."""
    passed = timedelta(0)
    while passed < by:
        await tick(hass, freezer, step)
        passed += step


def entity_id(hass: HomeAssistant, platform: str, key: str, owner: str = VIN) -> str:
    """Return the entity with a key, of a car by its VIN or of the account by its id."""
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{owner}_{key}")
    assert found is not None, f"{platform} {key} is not registered"
    return found


def state_of(hass: HomeAssistant, platform: str, key: str, owner: str = VIN) -> str:
    """Return the state of the entity with a key."""
    state = hass.states.get(entity_id(hass, platform, key, owner))
    assert state is not None, f"{platform} {key} has no state"
    return state.state


async def act(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    """Call an action of the integration and return its response."""
    response = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    assert response is not None
    return dict(response)


def count(cloud: Cloud, kind: str) -> int:
    """Return how many requests of a kind the cloud has served."""
    return sum(request.kind == kind for request in cloud.requests)
