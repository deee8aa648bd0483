"""Tools for language models: the state of a car, its plan, and what one may ask of it."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, override

import voluptuous as vol

from homeassistant.components.llm import LLMTools
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)

from .assist import (
    AssistCar,
    async_do,
    async_month,
    async_plans,
    async_verdict_text,
    async_view,
    cars_for,
    state_as_dict,
)
from .const import DOMAIN
from .worker.reason_texts import async_error_text

ATTR_CAR: Final = "car"

READS: Final = ToolAnnotations(
    read_only=True, destructive=False, idempotent=True, open_world=False
)
# The car is reached through Tesla. What is done can be undone.
ACTS: Final = ToolAnnotations(destructive=False, idempotent=True, open_world=True)

PERCENT: Final = vol.All(vol.Coerce(int), vol.Range(min=1, max=100))


class Asked(NamedTuple):
    """Who asks, and in which language; None: that of the house."""

    context: Context
    language: str | None


class CarTool(Tool):
    """A tool for one car."""

    integration = DOMAIN
    fields: Mapping[Any, Any] = {}

    def __init__(self, cars: Mapping[str, AssistCar]) -> None:
        """Offer the cars that the assistant may speak of."""
        self._cars = cars
        named = vol.Required if len(cars) > 1 else vol.Optional
        self.parameters = vol.Schema(
            {named(ATTR_CAR): vol.In(list(cars)), **self.fields}
        )

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Check what was given, and answer."""
        data = dict(self.parameters(tool_input.tool_args))
        name = data.pop(ATTR_CAR, next(iter(self._cars)))
        language = llm_context.language
        asked = Asked(llm_context.context or Context(), language)
        try:
            answer = await self.answer(hass, self._cars[name], asked, data)
        except Unauthorized:
            error = "This user may not control the car."
            return ToolResult(data={"error": error}, error=True)
        except HomeAssistantError as err:
            error = await async_error_text(hass, err, language)
            return ToolResult(data={"error": error}, error=True)
        return ToolResult(data=answer)

    @abstractmethod
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: Asked,
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """Return the answer for a car.

        Raises:
            HomeAssistantError: What was in the way.
        """


class ActionTool(CarTool):
    """A tool that calls an action of ours for a car."""

    annotations = ACTS
    action: str

    @override
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: Asked,
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """Call the action, and return its answer."""
        return dict(await async_do(hass, car, asked.context, self.action, **data))


class StateTool(CarTool):
    """The state of a car."""

    name = f"{DOMAIN}__state"
    title = "State of a car"
    description = (
        "Battery level, cable, place, next departure, and whether the next charging "
        "target will be reached. Costs nothing: the car is not woken."
    )
    annotations = READS

    @override
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: Asked,
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """Return the state."""
        view = await async_view(hass, car, asked.context)
        text = await async_verdict_text(hass, car, view, asked.language)
        return {**state_as_dict(view), "verdict_text": text}


class PlanTool(CarTool):
    """The charging plans of a car."""

    name = f"{DOMAIN}__plan"
    title = "Charging plan of a car"
    description = (
        "When a car will charge, how much energy, what it costs, and why then. A plan "
        "with preview_only is not carried out: shadow mode is on, and the car charges "
        "as soon as it is plugged in."
    )
    annotations = READS

    @override
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: Asked,
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """Return the plans."""
        view = await async_view(hass, car, asked.context)
        return {"plans": await async_plans(hass, view, asked.language)}


class PromiseTool(ActionTool):
    """Special charging."""

    name = f"{DOMAIN}__charge_by"
    title = "Charge to a level by a time"
    description = (
        "Plan charging so that a car has a battery level by a date and time, in the "
        "cheapest hours before it. The charge limit is raised for it if necessary."
    )
    action = "add_special_charging"
    fields = {
        vol.Required("target", description="Percent, 50 to 100"): PERCENT,
        vol.Required(
            "ready_by", description="Local date and time, such as 2026-12-05 07:00:00"
        ): cv.string,
    }


class ChargeNowTool(ActionTool):
    """Charge now."""

    name = f"{DOMAIN}__charge_now"
    title = "Charge a car now"
    description = (
        "Charge a car from now on at any price, to a level, or by an amount of energy; "
        "without both to its usual target. Ask the user first if a plan is cheaper."
    )
    action = "charge_now"
    fields = {
        vol.Optional("target", description="Percent"): PERCENT,
        vol.Optional("energy", description="kWh"): vol.Coerce(float),
    }


class SkipTool(ActionTool):
    """Skip charging."""

    name = f"{DOMAIN}__skip"
    title = "Skip the next charge of a car"
    description = (
        "Charge nothing until the next departure. Refused if special charging would not "
        "be kept; set confirm only after the user agreed to cancel that."
    )
    action = "skip_charging"
    fields = {vol.Optional("confirm", default=False): cv.boolean}


class CancelTool(ActionTool):
    """Cancel what was said."""

    name = f"{DOMAIN}__cancel"
    title = "Cancel charge now or skip"
    description = "Take back charge now, skip, a target for a day, or a vacation."
    action = "cancel_override"
    fields = {
        vol.Optional("override"): vol.In(["charge_now", "skip", "target", "vacation"])
    }


class CostTool(CarTool):
    """The cost of charging."""

    name = f"{DOMAIN}__cost"
    title = "Charging cost of this month"
    description = (
        "Energy charged at home this month, what it cost, and what it would have cost if "
        "the car had charged as soon as it was plugged in."
    )
    annotations = READS

    @override
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: Asked,
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """Return the cost."""
        month = await async_month(hass, car, asked.context)
        if month is None:
            return {"energy_kwh": 0}
        return {
            "energy_kwh": month.energy,
            "cost": month.cost,
            "cost_on_arrival": month.on_arrival,
            "currency": month.currency,
        }


TOOLS: Final = (
    *(StateTool, PlanTool, PromiseTool, ChargeNowTool, SkipTool, CancelTool),
    CostTool,
)


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """Return the tools, if any car is exposed to the assistant."""
    if api_id != LLM_API_ASSIST:
        return None
    cars = cars_for(hass, llm_context.assistant)
    return LLMTools(tools=[tool(cars) for tool in TOOLS]) if cars else None
