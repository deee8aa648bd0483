"""Sentences for Assist: how a car is, when it charges, charge now, skip, cost."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, override

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import intent

from .assist import (
    AssistCar,
    async_do,
    async_month,
    async_verdict_text,
    async_view,
    cars_for,
    is_preview,
)
from .worker.message_texts import async_text, number_text, when_text
from .worker.reason_texts import async_error_text

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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
            text = await self.answer(hass, car, intent_obj, slots)
        except Unauthorized:
            text = await async_text(hass, "assist", "not_allowed", language)
            response.async_set_error(failed, text)
        except HomeAssistantError as err:
            text = await async_error_text(hass, err, language)
            response.async_set_error(failed, text)
        else:
            response.async_set_speech(text)
        return response

    @abstractmethod
    async def answer(
        self,
        hass: HomeAssistant,
        car: AssistCar,
        asked: intent.Intent,
        slots: dict[str, Any],
    ) -> str:
        """Return the answer.

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
    ) -> str:
        """Return the level."""
        view = await async_view(hass, car, asked.context)
        if view.level is None:
            return await _text(hass, car, asked, "unknown")
        key = "state" if view.plugged_in is None else "state_unplugged"
        if view.plugged_in:
            key = "state_charging" if view.charging else "state_plugged_in"
        return await _text(hass, car, asked, key, level=number_text(view.level, 0))


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
    ) -> str:
        """Return the first window, the energy and the cost."""
        view = await async_view(hass, car, asked.context)
        plan = next((each for each in view.plans if each.windows), None)
        if plan is None:
            return await _text(hass, car, asked, "nothing_planned")
        known = plan.cost is not None and view.currency is not None
        key = "plan" if known else "plan_without_cost"
        if is_preview(view, plan):
            key = "plan_preview" if known else "plan_preview_without_cost"
        return await _text(
            hass,
            car,
            asked,
            key,
            start=when_text(plan.windows[0].start),
            end=when_text(plan.windows[-1].end),
            energy=number_text(plan.energy, 1),
            cost=f"{number_text(plan.cost, 2)} {view.currency}",
        )


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
    ) -> str:
        """Return the verdict."""
        view = await async_view(hass, car, asked.context)
        return await async_verdict_text(hass, car, view, asked.language)


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
    ) -> str:
        """Charge now."""
        done = await async_do(hass, car, asked.context, "charge_now", **slots)
        target = number_text(done["target"], 0)
        return await _text(hass, car, asked, "charge_now", target=target)


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
    ) -> str:
        """Skip."""
        done = await async_do(hass, car, asked.context, "skip_charging")
        ends = when_text(datetime.fromisoformat(done["until"]))
        return await _text(hass, car, asked, "skip", until=ends)


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
    ) -> str:
        """Set the target."""
        done = await async_do(hass, car, asked.context, "set_target", **slots)
        day = await async_text(hass, "weekday", slots["weekday"], asked.language)
        # A target above the limit is special charging, which shadow mode does not hide.
        hidden = "session_id" not in done and await _in_shadow(hass, car, asked)
        key = "target_preview" if hidden else "target"
        target = number_text(done["target"], 0)
        return await _text(hass, car, asked, key, target=target, day=day)


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
    ) -> str:
        """Cancel all."""
        await async_do(hass, car, asked.context, "cancel_override")
        hidden = await _in_shadow(hass, car, asked)
        return await _text(
            hass, car, asked, "cancelled_preview" if hidden else "cancelled"
        )


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
    ) -> str:
        """Return the cost."""
        month = await async_month(hass, car, asked.context)
        if month is None:
            return await _text(hass, car, asked, "cost_nothing")
        saved = month.on_arrival - month.cost
        return await _text(
            hass,
            car,
            asked,
            "cost_and_saved" if saved >= 0.01 else "cost",
            energy=number_text(month.energy, 1),
            cost=f"{number_text(month.cost, 2)} {month.currency}",
            saved=f"{number_text(saved, 2)} {month.currency}",
        )


async def _text(
    hass: HomeAssistant, car: AssistCar, asked: intent.Intent, key: str, **values: str
) -> str:
    """Return a sentence about a car, in the language of the question."""
    text = await async_text(hass, "assist", key, asked.language)
    return text.format(car=car.name, **values)


async def _in_shadow(hass: HomeAssistant, car: AssistCar, asked: intent.Intent) -> bool:
    """Whether the daily plans of a car are only shown."""
    return (await async_view(hass, car, asked.context)).shadow


def _named(cars: Mapping[str, AssistCar], name: str | None) -> AssistCar | None:
    """Return the car of a name; without a name the only one, or the first."""
    if name is None:
        return next(iter(cars.values()), None)
    found = (car for each, car in cars.items() if each.casefold() == name.casefold())
    return next(found, None)
