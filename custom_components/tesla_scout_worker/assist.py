"""What assistants may know of a car, and do with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util

from .car_actions import ATTR_DEVICE_ID
from .const import DOMAIN
from .data import ScoutConfigEntry
from .frontend.account_view import CarMonth
from .frontend.car_view import CarView, PlanView
from .frontend.collect import account_view
from .frontend.feed import CarSource
from .frontend.verdict import Verdict, VerdictKey
from .scout.devices import async_check_user
from .worker.message_texts import async_text, number_text, when_text
from .worker.reason_texts import async_plan_reasons

# What is said of a verdict.
SPOKEN: Final = {
    VerdictKey.AWAY: "plug_in",
    VerdictKey.FAILED: "failed",
    VerdictKey.FULL: "full",
    VerdictKey.LEVEL_UNKNOWN: "unknown",
    VerdictKey.NEVER_READ: "unknown",
    VerdictKey.NO_DEPARTURE: "no_departure",
    VerdictKey.NO_HOME: "no_home",
    VerdictKey.NO_PRICES: "no_prices",
    VerdictKey.NOT_LOADED: "unknown",
    VerdictKey.OFF: "off",
    VerdictKey.ON_TRACK: "on_track",
    VerdictKey.PLUG_IN: "plug_in",
    VerdictKey.PREVIEW: "preview",
    VerdictKey.REACHED: "reached",
    VerdictKey.SHORT: "short",
    VerdictKey.SIGNED_OUT: "signed_out",
    VerdictKey.WAITS_FOR_PRICES: "waits_for_prices",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class AssistCar:
    """A car that an assistant may speak of."""

    name: str
    vin: str
    device: dr.DeviceEntry
    entry: ScoutConfigEntry


@callback
def cars_for(hass: HomeAssistant, assistant: str | None) -> dict[str, AssistCar]:
    """Return the cars by name of which an entity is exposed to an assistant.

    ``assistant`` is None for one that sees all.
    """
    found: dict[str, AssistCar] = {}
    registry, entities = dr.async_get(hass), er.async_get(hass)
    entries: list[ScoutConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    for entry in entries:
        if entry.state is not ConfigEntryState.LOADED:
            continue
        for vin in entry.runtime_data.coordinator.data:
            device = registry.async_get_device_by_identifier(
                (DOMAIN, vin), entry.entry_id
            )
            if device is None:
                continue
            exposed = assistant is None or any(
                async_should_expose(hass, assistant, entity.entity_id)
                for entity in er.async_entries_for_device(entities, device.id)
            )
            if exposed:
                name = device.name_by_user or device.name or "Tesla"
                found[name] = AssistCar(name=name, vin=vin, device=device, entry=entry)
    return found


async def async_view(hass: HomeAssistant, car: AssistCar, context: Context) -> CarView:
    """Return what the card of a car shows.

    Raises:
        Unauthorized: The user may not see the car.
    """
    await async_check_user(hass, context, car.device, acts=False)
    return CarSource(hass, car.entry, car.device).view(dt_util.utcnow())


async def async_month(
    hass: HomeAssistant, car: AssistCar, context: Context
) -> CarMonth | None:
    """Return the charging of a car in this month; None: nothing was charged.

    Raises:
        Unauthorized: The user may not see the car.
    """
    await async_check_user(hass, context, car.device, acts=False)
    account = car.entry.runtime_data
    view = account_view(account, "", dt_util.utcnow())
    vins = list(account.coordinator.data)
    month = view.cars[vins.index(car.vin)]
    return month if month.energy else None


async def async_do(
    hass: HomeAssistant, car: AssistCar, context: Context, action: str, **data: Any
) -> Mapping[str, Any]:
    """Call an action for a car, as the person who speaks, and return its answer.

    Raises:
        HomeAssistantError: What was in the way.
        Unauthorized: The user may not control the car.
    """
    given = {key: value for key, value in data.items() if value is not None}
    answer = await hass.services.async_call(
        DOMAIN,
        action,
        {ATTR_DEVICE_ID: car.device.id, **given},
        blocking=True,
        context=context,
        return_response=True,
    )
    return answer or {}


def local(at: datetime | None) -> str | None:
    """Return an instant in the time zone of Home Assistant."""
    return None if at is None else dt_util.as_local(at).isoformat(timespec="minutes")


def is_preview(view: CarView, plan: PlanView) -> bool:
    """Whether a plan is only shown: shadow mode sends special charging alone."""
    return view.shadow and plan.session_id is None


async def async_verdict_text(
    hass: HomeAssistant, car: AssistCar, view: CarView, language: str | None
) -> str:
    """Return whether the next target is reached, as a sentence."""
    key, verdict = SPOKEN[view.verdict.key], view.verdict
    if key == "on_track" and view.timed:
        key = "on_track_timed"
    text = await async_text(hass, "assist", key, language)
    return text.format(car=car.name, **_values(verdict))


def _values(verdict: Verdict) -> dict[str, str]:
    """Return the values of a verdict's sentence."""
    return {
        "target": number_text(verdict.target, 0),
        "level": number_text(verdict.level, 0),
        "ready_by": when_text(verdict.ready_by),
        "plug_in_by": when_text(verdict.plug_in_by),
    }


def state_as_dict(view: CarView) -> dict[str, Any]:
    """Return the state of a car, and whether its next target is kept."""
    verdict = view.verdict
    return {
        "battery_percent": view.level,
        "charge_limit_percent": view.limit,
        "plugged_in": view.plugged_in,
        "at_home": view.at_home,
        "charging": view.charging,
        "read_at": local(view.seen_at),
        "next_departure": local(view.departure),
        "preview_only": view.shadow,
        "verdict": verdict.key.value,
        "target_percent": verdict.target,
        "ready_by": local(verdict.ready_by),
        "expected_percent": verdict.level,
        "plug_in_by": local(verdict.plug_in_by),
        "overrides": [
            {"kind": said.kind, "until": local(said.until), "percent": said.target}
            for said in view.overrides
        ],
    }


async def async_plans(
    hass: HomeAssistant, view: CarView, language: str | None
) -> list[dict[str, Any]]:
    """Return the plans of a car, with their windows, cost and reasons."""
    return [
        {
            "special_charging": plan.session_id is not None,
            "preview_only": is_preview(view, plan),
            "target_percent": plan.target,
            "ready_by": local(plan.ready_by),
            "verdict": plan.verdict.key.value,
            "windows": [
                {"start": local(window.start), "end": local(window.end)}
                for window in plan.windows
            ],
            "energy_kwh": plan.energy,
            "cost": plan.cost,
            "cost_if_charged_now": plan.cost_now,
            "currency": view.currency,
            "reasons": await async_plan_reasons(
                hass, plan.reasons, plan.saving, language
            ),
        }
        for plan in view.plans
    ]
