"""Tesla Scout & Worker: reads Teslas at low cost and charges them as planned."""

from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    issue_registry as ir,
)
from homeassistant.helpers.typing import ConfigType

from .config.found_cars import async_offer_found
from .config.key_file import async_serve_key_files
from .const import DOMAIN
from .coordinator import ScoutCoordinator
from .data import ScoutConfigEntry, ScoutData
from .frontend.resource import (
    async_register_card,
    async_serve_card,
    async_unregister_card,
)
from .override_services import async_setup_override_services
from .scout.admission import ReadAdmission
from .scout.hint_listener import async_listen_to_hints, hints_in
from .scout.telemetry_topic import async_listen_to_topics, topic_hints
from .services import async_setup_services
from .setup import (
    async_build_sign_in,
    async_undo_signed_out,
    async_watch,
    build_budget,
    build_gateway,
    build_sessions,
    last_token,
)
from .storage.store import ScoutStore
from .websocket_api import async_setup_websocket_api
from .worker.manager import Worker
from .worker.messages import Messages
from .worker.overrides import OverrideRequests
from .worker.price_repairs import PriceRepairs
from .worker.removal import async_leave_car, async_undo_all
from .worker.repeats import RepeatRequests
from .worker.signed_out import async_stop_undoing

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.DEVICE_TRACKER,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TIME,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions and the cards, which exist while no entry is loaded."""
    async_setup_services(hass)
    async_setup_override_services(hass)
    async_setup_websocket_api(hass)
    await async_serve_card(hass)
    async_serve_key_files(hass)
    async_offer_found(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ScoutConfigEntry) -> bool:
    """Set up an account: credentials, client, Scout, Worker, platforms."""
    async_stop_undoing(hass, entry)
    try:
        sign_in = await async_build_sign_in(hass, entry)
    except ConfigEntryAuthFailed:
        await async_undo_signed_out(hass, entry)
        raise
    store = ScoutStore(hass, entry)
    memory = await store.async_load()
    budget = build_budget(hass, entry, memory.ledger)
    client = build_gateway(hass, entry, sign_in, store, budget)
    hints = {**hints_in(entry.options), **topic_hints(entry.options)}
    admission = ReadAdmission(budget, hints, memory.read_history)
    coordinator = ScoutCoordinator(hass, entry, client, store, admission)
    await coordinator.async_config_entry_first_refresh()

    worker = Worker(hass, entry, coordinator, client, store)
    record = worker.repository.record
    admission.share_of = lambda vin: record(vin).settings.budget_share
    sessions = build_sessions(hass, entry, worker)
    repeats = RepeatRequests(hass, worker, sessions)
    sessions.readers.append(repeats.async_read)
    entry.runtime_data = ScoutData(
        budget=budget,
        client=client,
        coordinator=coordinator,
        ledger=memory.ledger,
        overrides=OverrideRequests(coordinator, worker, sessions),
        repeats=repeats,
        sessions=sessions,
        store=store,
        sign_in=sign_in,
        worker=worker,
    )
    sign_in.async_start(on_change=coordinator.async_update_listeners)
    entry.async_on_unload(sign_in.async_stop)
    entry.async_on_unload(coordinator.async_save_at_stop())
    entry.async_on_unload(async_listen_to_hints(hass, coordinator))
    entry.async_on_unload(async_listen_to_topics(hass, entry, coordinator))
    entry.async_on_unload(coordinator.async_start_push())
    entry.async_on_unload(async_watch(hass, entry, client, coordinator))

    await async_register_card(hass)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    # Start after the platforms so their event entities receive catch-up events.
    worker.async_start()
    entry.async_on_unload(worker.async_stop)
    entry.async_on_unload(PriceRepairs(hass, entry, worker.energy).async_start())
    entry.async_on_unload(sessions.async_start())
    repeats.async_start()
    overrides = entry.runtime_data.overrides
    messages = Messages(hass, entry, worker, overrides, lambda: sign_in.signed_out)
    entry.async_on_unload(messages.async_start())
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ScoutConfigEntry) -> bool:
    """Unload an account, and save the state of its cars."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        if entry.disabled_by is not None:
            # Nobody would start a car again that a command keeps from charging.
            await entry.runtime_data.worker.async_release()
        await entry.runtime_data.coordinator.async_save()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: ScoutConfigEntry) -> None:
    """Remove what an account stored; the user revokes its access at Tesla.

    What we put into its cars is undone, or a person is told what is left in them.
    """
    async_stop_undoing(hass, entry)
    store = ScoutStore(hass, entry)
    try:
        memory = await store.async_load()
        summaries = {vin: car.summary for vin, car in memory.cars.items()}
        budget = build_budget(hass, entry, memory.ledger)
        client = build_gateway(hass, entry, last_token(entry), store, budget)
        await async_undo_all(hass, client, memory.charging, summaries, entry.entry_id)
    finally:
        await store.async_remove()
        if not hass.config_entries.async_entries(DOMAIN):
            await async_unregister_card(hass)
        for domain, issue_id in list(ir.async_get(hass).issues):
            if domain == DOMAIN and entry.entry_id in issue_id:
                ir.async_delete_issue(hass, DOMAIN, issue_id)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: ScoutConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Let a person remove a car: it is left alone until it is switched on again.

    Its special charging is cancelled and off-peak charging is off. What cannot be undone
    at once is undone when the car is awake, and a person is told. The account's own
    device cannot be removed without its entry.
    """
    for _, vin in device.identifiers:
        if entry.state is ConfigEntryState.LOADED and vin != entry.unique_id:
            await async_leave_car(hass, entry.runtime_data.worker, vin, device.id)
            return True
    return False
