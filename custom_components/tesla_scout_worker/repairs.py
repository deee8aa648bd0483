"""Repairs that a person can solve in Home Assistant."""

from typing import Any

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
)

from .data import ScoutConfigEntry
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


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that solves a repair."""
    known = data or {}
    entry = hass.config_entries.async_get_known_entry(str(known["entry_id"]))
    return LeftoversFlow(entry, str(known["vin"]))
