"""Repairs that a person can solve in Home Assistant."""

from typing import Any, override

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.components.repairs.const import FlowType
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
)

from .config.page_flow import async_prepare
from .config.second_way import (
    async_merge,
    is_busy,
    second_way_errors,
    second_way_schema,
)
from .const import DOMAIN, Door
from .data import ScoutConfigEntry
from .gateways.entities.parts import EntityCar
from .scout.shared_cars import CONF_SECOND
from .worker.left_in_car import time_span

CONF_SCHEDULES = "schedules"
CONF_LIMIT = "limit"

# Tesla accepts no other charge limits.
LIMITS = NumberSelectorConfig(min=50, max=100, step=1, unit_of_measurement="%")


class LeftoversFlow(RepairsFlow):
    """Asks which schedules in a car are to be removed, and for its charge limit."""

    def __init__(self, entry: ScoutConfigEntry, vin: str) -> None:
        """Bind the car."""
        self._entry = entry
        self._vin = vin

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Begin; what is passed names the repair."""
        return await self.async_step_choose()

    async def async_step_choose(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show what may be ours, and do what the person chose."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        worker = self._entry.runtime_data.worker
        limit = worker.leftovers.limit(self._vin)
        if user_input is not None:
            chosen = user_input.get(CONF_LIMIT)
            await worker.async_decide_leftovers(
                self._vin,
                [int(each) for each in user_input[CONF_SCHEDULES]],
                None if chosen is None else int(chosen),
            )
            return self.async_create_entry(data={})
        options = [
            SelectOptionDict(
                value=str(item.id), label=time_span(item.start_time, item.end_time)
            )
            for item in worker.leftovers.found(self._vin)
        ]
        fields: dict[vol.Marker, object] = {
            vol.Required(CONF_SCHEDULES, default=[]): SelectSelector(
                SelectSelectorConfig(
                    options=options,
                    multiple=True,
                )
            )
        }
        if limit is not None:
            fields[vol.Optional(CONF_LIMIT, default=limit)] = NumberSelector(LIMITS)
        car = self._entry.runtime_data.coordinator.data[self._vin].summary
        return self.async_show_form(
            step_id="choose",
            data_schema=vol.Schema(fields),
            description_placeholders={"car": car.name or car.model},
        )


class MergeFlow(RepairsFlow):
    """Asks which of two entries reads and commands a car, and makes one of them."""

    def __init__(self, account_id: str, entities_id: str) -> None:
        """Bind the ids of the account, and of the entry of entities."""
        self._account_id = account_id
        self._entities_id = entities_id

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Begin; what is passed names the repair."""
        return await self.async_step_merge()

    async def async_step_merge(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask what the entities do, and make one entry."""
        entries = self.hass.config_entries
        account: ScoutConfigEntry | None = entries.async_get_entry(self._account_id)
        entities: ScoutConfigEntry | None = entries.async_get_entry(self._entities_id)
        if account is None or entities is None:
            return self.async_abort(reason="entry_removed")
        car = EntityCar.of(entities.data)
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = second_way_errors(user_input)
            if is_busy(entities, car.vin):
                errors["base"] = "session_runs"
        if user_input is not None and not errors:
            await async_merge(self.hass, account, entities, user_input)
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="merge",
            data_schema=second_way_schema(car.platform),
            errors=errors,
            description_placeholders={
                "car": car.name,
                "account": account.title,
                "other": entities.title,
            },
        )


class DoorFlow(RepairsFlow):
    """Says what is wrong, and opens what mends it."""

    def __init__(self, entry: ConfigEntry[Any], door: Door, vin: str) -> None:
        """Bind the account; ``vin`` is the car, empty if it is about all of them."""
        self._entry = entry
        self._door = door
        self._vin = vin

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Begin; what is passed names the repair."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Say what is wrong; then open what mends it."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        if user_input is None and issue is not None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders=issue.translation_placeholders,
            )
        if self._door is Door.END_SHADOW:
            if self._entry.state is not ConfigEntryState.LOADED:
                return self.async_abort(reason="not_loaded")
            entry: ScoutConfigEntry = self._entry
            await entry.runtime_data.worker.async_set(self._vin, shadow=False)
            return self.async_create_entry(data={})
        return await self._async_continue()

    async def _async_continue(self) -> RepairsFlowResult:
        """Open what mends it; the repair goes away when the problem is solved."""
        return self.async_abort(reason="continued", next_flow=await self._async_open())

    async def _async_open(self) -> tuple[FlowType, str]:
        """Return the kind and the id of the flow that mends it."""
        entry_id = self._entry.entry_id
        if self._door in (Door.PRICES, Door.NEW_FEES):
            options = self.hass.config_entries.options
            opened = await async_prepare(self.hass, self._entry)
            await options.async_configure(
                opened["flow_id"], {"next_step_id": self._door.value}
            )
            return FlowType.OPTIONS_FLOW, opened["flow_id"]
        flows = self.hass.config_entries.flow
        source = SOURCE_REAUTH
        if self._door is Door.RECONFIGURE:
            source = SOURCE_RECONFIGURE
        # A dialog that was left open would keep the account from asking again.
        for flow in tuple(
            self._entry.async_get_active_flows(
                self.hass, {SOURCE_REAUTH, SOURCE_RECONFIGURE}
            )
        ):
            flows.async_abort(flow["flow_id"])
        begun = await flows.async_init(
            DOMAIN,
            context={
                "source": source,
                "entry_id": entry_id,
                "unique_id": self._entry.unique_id,
                "title_placeholders": {"name": self._entry.title},
            },
            data=self._entry.data if source == SOURCE_REAUTH else None,
        )
        return FlowType.CONFIG_FLOW, begun["flow_id"]


class NewFeesFlow(DoorFlow):
    """Asks whether the fees of a grid tariff that ends go on, or others are entered."""

    @override
    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Say which fees end when, and ask what follows."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return self.async_show_menu(
            step_id="init",
            menu_options=["enter_fees", "keep_fees"],
            description_placeholders=issue.translation_placeholders if issue else None,
        )

    async def async_step_enter_fees(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Open the page of the options where fees are entered."""
        return await self._async_continue()

    async def async_step_keep_fees(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the repair no more; data for another year ends it, and has its own."""
        if ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id) is not None:
            ir.async_ignore_issue(self.hass, DOMAIN, self.issue_id, True)
        return self.async_abort(reason="kept")


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that solves a repair."""
    known = data or {}
    if CONF_SECOND in known:
        return MergeFlow(str(known["entry_id"]), str(known[CONF_SECOND]))
    entry = hass.config_entries.async_get_known_entry(str(known["entry_id"]))
    if "door" in known:
        door = Door(str(known["door"]))
        flow = NewFeesFlow if door is Door.NEW_FEES else DoorFlow
        return flow(entry, door, str(known.get("vin") or ""))
    return LeftoversFlow(entry, str(known["vin"]))
