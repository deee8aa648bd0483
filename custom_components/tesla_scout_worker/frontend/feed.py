"""Sends a view to a browser, and again each time it changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    SOURCE_REAUTH,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..data import ScoutConfigEntry
from ..worker.repairs import MISSED_ISSUE, SESSION_ISSUE, SHADOW_ISSUE
from .account_view import AccountView
from .as_json import Json, as_json
from .car_view import CarView, Problem, car_view
from .collect import account_view, car_facts, entity_ids
from .facts import Trail
from .verdict import VerdictKey, general

# Time alone changes a view: a window begins, or the last moment to plug in passes.
REFRESH: Final = timedelta(minutes=5)

# Repairs that the card tells in words of its own.
ON_CARD: Final = frozenset({SHADOW_ISSUE, SESSION_ISSUE, MISSED_ISSUE})


class Feed[ViewT]:
    """Sends a view of an account, also while the account is not loaded."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ScoutConfigEntry,
        view_of: Callable[[datetime], ViewT],
    ) -> None:
        """Bind the account, and what makes the view at an instant."""
        self._hass = hass
        self._entry = entry
        self._view_of = view_of
        self._send: Callable[[Json], None] = _nowhere
        self._sent: ViewT | None = None
        self._due = False
        self._stops: list[CALLBACK_TYPE] = []
        self._of_account: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self, send: Callable[[Json], None]) -> None:
        """Send the view now, and after each change until `async_stop`."""
        self._send = send
        self._stops = [
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
            ),
            self._hass.bus.async_listen(
                ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, self._issue_changed
            ),
            async_track_time_interval(self._hass, self._time_passed, REFRESH),
        ]
        self._listen()
        self._push()

    @callback
    def async_stop(self) -> None:
        """Send nothing any more."""
        for stop in (*self._stops, *self._of_account):
            stop()
        self._stops, self._of_account = [], []

    @callback
    def _listen(self) -> None:
        """Listen to the account as it is loaded now."""
        for stop in self._of_account:
            stop()
        self._of_account = []
        if self._entry.state is ConfigEntryState.LOADED:
            account = self._entry.runtime_data
            self._of_account = [
                account.coordinator.async_add_listener(self._changed),
                account.worker.energy.async_listen(self._changed),
            ]

    @callback
    def _entry_changed(self, _change: ConfigEntryChange, entry: object) -> None:
        """Follow the account through a reload."""
        if entry is self._entry:
            self._listen()
            self._changed()

    @callback
    def _issue_changed(self, event: Event[Any]) -> None:
        """Show a repair, or show it no more."""
        if event.data["domain"] == DOMAIN:
            self._changed()

    @callback
    def _time_passed(self, _now: datetime) -> None:
        """Show what time alone changes."""
        self._changed()

    @callback
    def _changed(self) -> None:
        """Send the view soon: several changes in a row are sent at once.

        A view that cannot be made must not keep other listeners from being called.
        """
        if not self._due and self._stops:
            self._due = True
            self._hass.loop.call_soon(self._push)

    @callback
    def _push(self) -> None:
        """Send the view, if it is another one."""
        self._due = False
        if not self._stops:
            return
        view = self._view_of(dt_util.utcnow())
        if view != self._sent:
            self._sent = view
            self._send(as_json(view))


class CarSource:
    """Makes the view of a car, and keeps what was read of it before."""

    def __init__(
        self, hass: HomeAssistant, entry: ScoutConfigEntry, device: dr.DeviceEntry
    ) -> None:
        """Bind the car by its device."""
        self._hass = hass
        self._entry = entry
        self._device = device
        self.vin = car_of(device)
        self.trail = Trail()

    def view(self, now: datetime) -> CarView:
        """Return all that a card shows of the car."""
        problems = tuple(self._repairs())
        loaded = self._entry.state is ConfigEntryState.LOADED
        if not loaded or self.vin not in self._entry.runtime_data.coordinator.data:
            key = VerdictKey.NOT_LOADED
            if signed_out(self._hass, self._entry):
                key = VerdictKey.SIGNED_OUT
            name = self._device.name_by_user or self._device.name or ""
            return CarView(name=name, at=now, verdict=general(key), problems=problems)
        account = self._entry.runtime_data
        car = account.coordinator.data[self.vin]
        if car.snapshot is not None:
            charge = car.snapshot.charge
            state = charge.charging_state
            self.trail = self.trail.with_read(
                car.snapshot.seen_at,
                charge.battery_level,
                None if state is None else state.is_charging,
            )
        facts = car_facts(account, self.vin, now, self.trail)
        if self._device.name_by_user:
            facts = replace(facts, name=self._device.name_by_user)
        view = car_view(facts, problems, entity_ids(self._hass, self.vin))
        if signed_out(self._hass, self._entry):
            # What was read last stays in sight, but nothing will be sent.
            return replace(view, verdict=general(VerdictKey.SIGNED_OUT))
        return view

    def _repairs(self) -> list[Problem]:
        """Return the repairs about the car, or about its whole account."""
        owners = (self._entry.entry_id, self._device.id)
        return [
            Problem(
                key=issue.translation_key or "",
                kind="repair",
                placeholders=dict(issue.translation_placeholders or {}),
            )
            for (domain, issue_id), issue in ir.async_get(self._hass).issues.items()
            if domain == DOMAIN
            and issue.active
            and issue_id.endswith(owners)
            and issue.translation_key not in ON_CARD
        ]


def _nowhere(_view: Json) -> None:
    """Send a view to nobody."""


def car_of(device: dr.DeviceEntry) -> str:
    """Return the VIN of a car's device; empty for the device of an account."""
    if device.entry_type is dr.DeviceEntryType.SERVICE:
        return ""
    return next((key for domain, key in device.identifiers if domain == DOMAIN), "")


def view_of_account(
    hass: HomeAssistant, entry: ScoutConfigEntry, now: datetime
) -> AccountView:
    """Return the month of an account, as far as it is loaded."""
    if entry.state is not ConfigEntryState.LOADED:
        return AccountView(name=entry.title, signed_out=signed_out(hass, entry))
    return account_view(entry.runtime_data, entry.title, now)


def signed_out(hass: HomeAssistant, entry: ScoutConfigEntry) -> bool:
    """Whether an account waits for a person to sign in."""
    return any(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))
