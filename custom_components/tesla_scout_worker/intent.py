"""Sentences for Assist: how a car is, when it charges, charge now, skip, cost."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, override

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import intent

from .assist import AssistCar, async_do, async_month, async_view, cars_for
from .frontend.verdict import Verdict, VerdictKey
from .worker.message_texts import async_text, number_text, when_text
from .worker.reason_texts import async_error_text

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# What is said of a verdict; of all others that nothing is planned.
SPOKEN: Final = {
    VerdictKey.AWAY: "plug_in",
    VerdictKey.FULL: "reached",
    VerdictKey.ON_TRACK: "on_track",
    VerdictKey.PLUG_IN: "plug_in",
    VerdictKey.REACHED: "reached",
    VerdictKey.SHORT: "short",
    VerdictKey.WAITS_FOR_PRICES: "on_track",
}


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents; the sentences are in custom_sentences of the repository."""
    for handler in (
        *(StateIntent(), PlanIntent(), PromiseIntent(), ChargeNowIntent()),
        *(SkipIntent(), TargetIntent(), CancelIntent(), CostIntent()),
    ):
        intent.async_register(hass, handler)


class CarIntent(intent.IntentHandler):
    """An intent about one car."""

    fields: Mapping[Any, Any] = {}

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        """The slots: the car, unless there is one alone, and those of the intent."""
        return {vol.Optional("car"): intent.non_empty_string, **self.fields}

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Answer, or say what was in the way."""
        hass, language = intent_obj.hass, intent_obj.language
        slots = {
            key: slot["value"]
            for key, slot in self.async_validate_slots(intent_obj.slots).items()
        }
        response = intent_obj.create_response()
        failed = intent.IntentResponseErrorCode.FAILED_TO_HANDLE
        car = _named(cars_for(hass, intent_obj.assistant), slots.pop("car", None))
        if car is None:
            none = intent.IntentResponseErrorCode.NO_VALID_TARGETS
            response.async_set_error(
                none, await async_text(hass, "assist", "no_car", language)
            )
            return response
        try:
            key, values = await self.answer(hass, car, intent_obj, slots)
        except Unauthorized:
            text = await async_text(hass, "assist", "not_allowed", language)
            response.async_set_error(failed, text)
        except HomeAssistantError as err:
            text = await async_error_text(hass, err, language)
            response.async_set_error(failed, text)
        else:
            text = await async_text(hass, "assist", key, language)
            response.async_set_speech(text.format(car=car.name, **values))
        return response

    @abstractmethod
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: intent.Intent,
        slots: dict[str, Any],
    ) -> tuple[str, dict[str, str]]:
        """Return which text is the answer, and its values.

        Raises:
            HomeAssistantError: What was in the way.
        """


class StateIntent(CarIntent):
    """How full a car is, and whether it is plugged in."""

    intent_type = "TeslaScoutState"
    description = "Tells how full a car is"

    @override
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: intent.Intent,
        slots: dict[str, Any],
    ) -> tuple[str, dict[str, str]]:
        """Return the level."""
        view = await async_view(hass, car, asked.context)
        if view.level is None:
            return "unknown", {}
        key = "state_unplugged"
        if view.plugged_in:
            key = "state_charging" if view.charging else "state_plugged_in"
        return key, {"level": number_text(view.level, 0)}


class PlanIntent(CarIntent):
    """When a car charges, and what that costs."""

    intent_type = "TeslaScoutPlan"
    description = "Tells when a car will charge"

    @override
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: intent.Intent,
        slots: dict[str, Any],
    ) -> tuple[str, dict[str, str]]:
        """Return the first window, the energy and the cost."""
        view = await async_view(hass, car, asked.context)
        plan = next((each for each in view.plans if each.windows), None)
        if plan is None:
            return "nothing_planned", {}
        values = {
            "start": when_text(plan.windows[0].start),
            "end": when_text(plan.windows[-1].end),
            "energy": number_text(plan.energy, 1),
            "cost": f"{number_text(plan.cost, 2)} {view.currency}",
        }
        known = plan.cost is not None and view.currency is not None
        return ("plan" if known else "plan_without_cost"), values


class PromiseIntent(CarIntent):
    """Whether the next target is reached."""

    intent_type = "TeslaScoutPromise"
    description = "Tells whether a car will have its target in time"

    @override
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: intent.Intent,
        slots: dict[str, Any],
    ) -> tuple[str, dict[str, str]]:
        """Return the verdict."""
        view = await async_view(hass, car, asked.context)
        key = SPOKEN.get(view.verdict.key, "nothing_planned")
        if key == "on_track" and view.timed:
            key = "on_track_timed"
        return key, _values(view.verdict)


class ChargeNowIntent(CarIntent):
    """Charge now."""

    intent_type = "TeslaScoutChargeNow"
    description = "Charges a car from now on"
    fields = {vol.Optional("target"): vol.All(vol.Coerce(int), vol.Range(1, 100))}

    @override
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: intent.Intent,
        slots: dict[str, Any],
    ) -> tuple[str, dict[str, str]]:
        """Charge now."""
        done = await async_do(hass, car, asked.context, "charge_now", **slots)
        return "charge_now", {"target": number_text(done["target"], 0)}


class SkipIntent(CarIntent):
    """Skip the next charge."""

    intent_type = "TeslaScoutSkip"
    description = "Skips the next charge of a car"

    @override
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: intent.Intent,
        slots: dict[str, Any],
    ) -> tuple[str, dict[str, str]]:
        """Skip."""
        done = await async_do(hass, car, asked.context, "skip_charging")
        return "skip", {"until": when_text(datetime.fromisoformat(done["until"]))}


class TargetIntent(CarIntent):
    """Another target for a day."""

    intent_type = "TeslaScoutTarget"
    description = "Sets the target of a car for one weekday"
    fields = {
        vol.Required("target"): vol.All(vol.Coerce(int), vol.Range(1, 100)),
        vol.Required("weekday"): vol.In(WEEKDAYS),
    }

    @override
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: intent.Intent,
        slots: dict[str, Any],
    ) -> tuple[str, dict[str, str]]:
        """Set the target."""
        done = await async_do(hass, car, asked.context, "set_target", **slots)
        day = await async_text(hass, "weekday", slots["weekday"], asked.language)
        return "target", {"target": number_text(done["target"], 0), "day": day}


class CancelIntent(CarIntent):
    """Take back what was said."""

    intent_type = "TeslaScoutCancel"
    description = "Cancels charge now, skip, a target for a day, and a vacation"

    @override
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: intent.Intent,
        slots: dict[str, Any],
    ) -> tuple[str, dict[str, str]]:
        """Cancel all."""
        await async_do(hass, car, asked.context, "cancel_override")
        return "cancelled", {}


class CostIntent(CarIntent):
    """What charging cost this month."""

    intent_type = "TeslaScoutCost"
    description = "Tells what charging a car cost this month"

    @override
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: intent.Intent,
        slots: dict[str, Any],
    ) -> tuple[str, dict[str, str]]:
        """Return the cost."""
        month = await async_month(hass, car, asked.context)
        if month is None:
            return "cost_nothing", {}
        saved = month.on_arrival - month.cost
        return ("cost_and_saved" if saved >= 0.01 else "cost"), {
            "energy": number_text(month.energy, 1),
            "cost": f"{number_text(month.cost, 2)} {month.currency}",
            "saved": f"{number_text(saved, 2)} {month.currency}",
        }


def _named(cars: Mapping[str, AssistCar], name: str | None) -> AssistCar | None:
    """Return the car of a name; without a name the only one, or the first."""
    if name is None:
        return next(iter(cars.values()), None)
    found = (car for each, car in cars.items() if each.casefold() == name.casefold())
    return next(found, None)


def _values(verdict: Verdict) -> dict[str, str]:
    """Return the values of a verdict."""
    return {
        "target": number_text(verdict.target, 0),
        "level": number_text(verdict.level, 0),
        "ready_by": when_text(verdict.ready_by),
        "plug_in_by": when_text(verdict.plug_in_by),
    }
