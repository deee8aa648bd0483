"""Those who are compared: what they are set up from, and what they show of a car."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from unittest.mock import patch

from aiohttp import ClientSession
from pytest_homeassistant_custom_component.common import MockConfigEntry
from tesla_fleet_api.const import SERVERS

import custom_components.tesla_scout_worker  # noqa: F401
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.components.tesla_fleet import oauth
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.setup import async_setup_component
from simulator.cloud import Cloud

from .cars import ZONE

OURS: Final = "tesla_scout_worker"
THEIRS: Final = "tesla_fleet"

# A wallbox of which nothing else is known, and the phone of who drives.
PLUG: Final = "binary_sensor.wallbox_plug"
PHONE: Final = "person.driver"

type Facts = dict[str, bool | None]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One who watches cars, as it is named in the table."""

    name: str
    mode: str | None = None
    plug_hint: bool = False
    phone_hint: bool = False

    @property
    def one_car_an_account(self) -> bool:
        """Whether its cars are watched in accounts of their own.

        A wallbox's hint is for the one car that can be at it.
        """
        return self.plug_hint or self.phone_hint


ADAPTIVE: Final = Subject(name="adaptive", mode="adaptive")
ADAPTIVE_PLUG: Final = Subject(
    name="adaptive, plug hint", mode="adaptive", plug_hint=True
)
ADAPTIVE_PHONE: Final = Subject(
    name="adaptive, phone hint", mode="adaptive", phone_hint=True
)
FIXED: Final = Subject(name="fixed", mode="fixed")
TESLA_FLEET: Final = Subject(name="tesla_fleet")
PREDECESSOR: Final = Subject(name="predecessor")
SUBJECTS: Final = (
    ADAPTIVE,
    ADAPTIVE_PLUG,
    ADAPTIVE_PHONE,
    FIXED,
    TESLA_FLEET,
    PREDECESSOR,
)


class Watcher:
    """A subject at work on the cars of an account: what it shows of each."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Show nothing yet."""
        self.hass = hass
        self.facts: Callable[[str], Facts] = lambda vin: {}
        # What was told by events and not yet noted, by VIN.
        self.told: dict[str, list[str]] = {}


@asynccontextmanager
async def at_work(
    subject: Subject, hass: HomeAssistant, cloud: Cloud
) -> AsyncIterator[Watcher]:
    """Set a subject up for a cloud's account."""
    watcher = Watcher(hass)
    if subject.name == TESLA_FLEET.name:
        servers = {"na": cloud.fleet_url("na"), "eu": cloud.fleet_url("eu")}
        with (
            patch.dict(SERVERS, servers),
            patch.object(oauth, "TOKEN_URL", cloud.token_url),
            patch.object(oauth, "AUTHORIZE_URL", cloud.authorize_url),
        ):
            await _set_up_theirs(hass, cloud)
            watcher.facts = partial(_their_facts, hass)
            yield watcher
    elif subject.name == PREDECESSOR.name:
        poller = _Poller(hass, cloud)
        watcher.facts = lambda vin: poller.facts.get(vin, {})
        await poller.start()
        yield watcher
        await poller.stop()
    else:
        await _set_up_ours(subject, hass, cloud)
        watcher.facts = partial(_our_facts, hass)
        _listen(hass, cloud, watcher)
        yield watcher


async def _set_up_ours(subject: Subject, hass: HomeAssistant, cloud: Cloud) -> None:
    """Bring tokens, as a user does, and choose the options.

    Several cars share an account for speed alone, so its budget is no matter here.
    """
    options: dict[str, Any] = {
        "scouting_mode": subject.mode,
        "monthly_budget": 10.0 * len(cloud.cars),
    }
    if subject.plug_hint:
        options["plug_hints"] = [PLUG]
    if subject.phone_hint:
        options["presence_hints"] = [PHONE]
    tokens = cloud.issue_tokens()
    entry = MockConfigEntry(
        domain=OURS,
        title="Tesla",
        unique_id=cloud.settings.account_id,
        options=options,
        version=1,
        data={
            "client_id": cloud.settings.client_id,
            "client_secret": cloud.settings.client_secret,
            "region": "custom",
            "fleet_api_url": cloud.fleet_url("eu"),
            "token_url": cloud.token_url,
            "token": _token(cloud, tokens.access_token, tokens.refresh_token),
        },
    )
    entry.add_to_hass(hass)
    if not await hass.config_entries.async_setup(entry.entry_id):
        raise RuntimeError(f"{OURS} could not be set up: {entry.reason}")
    await hass.async_block_till_done(wait_background_tasks=True)


async def _set_up_theirs(hass: HomeAssistant, cloud: Cloud) -> None:
    """Set Home Assistant's own integration up, unmodified, after a sign-in."""
    await async_setup_component(hass, "application_credentials", {})
    credential = ClientCredential(
        cloud.settings.client_id, cloud.settings.client_secret
    )
    await async_import_client_credential(hass, THEIRS, credential, THEIRS)
    tokens = cloud.issue_tokens()
    entry = MockConfigEntry(
        domain=THEIRS,
        unique_id=cloud.settings.account_id,
        data={
            "auth_implementation": THEIRS,
            "token": _token(cloud, tokens.access_token, tokens.refresh_token),
        },
    )
    entry.add_to_hass(hass)
    registry = er.async_get(hass)
    for vin in cloud.cars:
        registry.async_get_or_create(
            "sensor", THEIRS, f"{vin}-charge_state_charging_state", config_entry=entry
        )
    if not await hass.config_entries.async_setup(entry.entry_id):
        raise RuntimeError(f"{THEIRS} could not be set up: {entry.reason}")
    await hass.async_block_till_done(wait_background_tasks=True)


def _token(cloud: Cloud, access: str, refresh: str | None) -> dict[str, Any]:
    """Return tokens as an entry keeps them."""
    lifetime = cloud.settings.access_token_lifetime.total_seconds()
    return {
        "access_token": access,
        "refresh_token": refresh,
        "expires_in": lifetime,
        "expires_at": datetime.now(UTC).timestamp() + lifetime,
        "token_type": "Bearer",
    }


def _state(hass: HomeAssistant, platform: str, domain: str, key: str) -> str | None:
    """Return what an entity shows; None where it is unknown, or not there."""
    entity_id = er.async_get(hass).async_get_entity_id(platform, domain, key)
    state = None if entity_id is None else hass.states.get(entity_id)
    if state is None or state.state in ("unknown", "unavailable"):
        return None
    return state.state


def _is(state: str | None, *words: str) -> bool | None:
    """Return whether a state is one of some words; None if it is unknown."""
    return None if state is None else state in words


def _our_facts(hass: HomeAssistant, vin: str) -> Facts:
    """Return what this integration shows of a car; its charges it tells as events."""
    return {
        "home": _is(_state(hass, "binary_sensor", OURS, f"{vin}_at_home"), "on"),
        "plugged in": _is(
            _state(hass, "binary_sensor", OURS, f"{vin}_plugged_in"), "on"
        ),
    }


def _listen(hass: HomeAssistant, cloud: Cloud, watcher: Watcher) -> None:
    """Hear each event that this integration tells, as an automation does."""
    registry, key = er.async_get(hass), "{}_scout"
    cars = {
        registry.async_get_entity_id("event", OURS, key.format(vin)): vin
        for vin in cloud.cars
    }

    @callback
    def hear(event: Event[EventStateChangedData]) -> None:
        """Take an event of a car down."""
        vin, state = cars.get(event.data["entity_id"]), event.data["new_state"]
        if vin is not None and state is not None and "event_type" in state.attributes:
            told = watcher.told.setdefault(vin, [])
            told.append(str(state.attributes["event_type"]))

    hass.bus.async_listen(EVENT_STATE_CHANGED, hear)


def _their_facts(hass: HomeAssistant, vin: str) -> Facts:
    """Return what Home Assistant's own integration shows of a car."""
    key = f"{vin}-charge_state_charging_state"
    charging = _state(hass, "sensor", THEIRS, key)
    place = _state(hass, "device_tracker", THEIRS, f"{vin}-location")
    return {
        "home": _is(place, "home"),
        "plugged in": None if charging is None else charging != "disconnected",
        "charging": _is(charging, "charging", "starting"),
    }


class _Poller:
    """A scout as the predecessor's: each quarter by day, each hour by night.

    It reads every car that is online, whatever it knows of it.
    """

    def __init__(self, hass: HomeAssistant, cloud: Cloud) -> None:
        """Bind the account."""
        self._hass, self._cloud = hass, cloud
        self.facts: dict[str, Facts] = {}
        self._stop: Callable[[], None] = lambda: None
        self._session = ClientSession()

    async def start(self) -> None:
        """Look at once, and then by the rhythm."""
        await self._look(datetime.now(UTC))

    async def stop(self) -> None:
        """Look no more."""
        self._stop()
        await self._session.close()

    async def _look(self, now: datetime) -> None:
        """Look at all cars, and plan the next round."""
        for vin in self._cloud.cars:
            car = await self._get(f"/api/1/vehicles/{vin}")
            if car["state"] == "online":
                data = await self._get(
                    f"/api/1/vehicles/{vin}/vehicle_data?endpoints="
                    "charge_state;drive_state;location_data"
                )
                self.facts[vin] = _facts_of(data)
        by_day = 7 <= now.astimezone(ZONE).hour < 23
        wait = timedelta(minutes=15 if by_day else 60)

        @callback
        def soon(at: datetime) -> None:
            """Look again."""
            self._hass.async_create_background_task(self._look(at), "look")

        self._stop = async_track_point_in_utc_time(self._hass, soon, now + wait)

    async def _get(self, path: str) -> dict[str, Any]:
        """Return what Tesla answers."""
        token = self._cloud.issue_tokens().access_token
        url = self._cloud.fleet_url("eu") + path
        headers = {"Authorization": f"Bearer {token}"}
        async with self._session.get(url, headers=headers) as response:
            answer: dict[str, Any] = (await response.json())["response"]
            return answer


def _facts_of(data: dict[str, Any]) -> Facts:
    """Return what a reading says of a car; home is within 100 m or so."""
    charge, drive = data["charge_state"], data["drive_state"]
    near = (
        abs(drive["latitude"] - 52.2297) < 0.001
        and abs(drive["longitude"] - 21.0122) < 0.0015
    )
    return {
        "home": near,
        "plugged in": charge["charging_state"] != "Disconnected",
        "charging": charge["charging_state"] == "Charging",
    }
