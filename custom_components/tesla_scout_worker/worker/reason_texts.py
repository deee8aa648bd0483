"""Reasons, errors and sessions in words, in the language of Home Assistant."""

from collections.abc import Iterable
from datetime import datetime

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_get_translations,
)
from homeassistant.util import dt as dt_util

from ..charging.sessions.session import Session
from ..const import DOMAIN


@callback
def reason_text(hass: HomeAssistant, reason: str | None) -> str:
    """Return a reason as a sentence; words of Tesla's are only made readable."""
    words = async_get_cached_translations(
        hass, hass.config.language, "selector", DOMAIN
    )
    key = f"component.{DOMAIN}.selector.reason.options.{reason}"
    return words.get(key, (reason or "–").replace("_", " "))


async def async_plan_reasons(
    hass: HomeAssistant,
    reasons: Iterable[str],
    saving: int | None = None,
    language: str | None = None,
) -> list[str]:
    """Return why a plan is as it is: a sentence for each reason.

    Args:
        hass: Home Assistant.
        reasons: Those of a plan.
        saving: By how many percent waiting for prices is expected to be cheaper.
        language: The language; None: that of the house.
    """
    spoken = language or hass.config.language
    known = await async_get_translations(hass, spoken, "selector", {DOMAIN})
    prefix = f"component.{DOMAIN}.selector.plan_reason.options."
    keys = (
        "prices_cheaper" if saving and reason == "prices_awaited" else reason
        for reason in reasons
    )
    return [
        known.get(prefix + key, key.replace("_", " ")).format(saving=f"{saving} %")
        for key in keys
    ]


async def async_error_text(
    hass: HomeAssistant, error: HomeAssistantError, language: str | None = None
) -> str:
    """Return what an error says, in a language, or in that of the house."""
    spoken = language or hass.config.language
    known = await async_get_translations(hass, spoken, "exceptions", {DOMAIN})
    key = f"component.{DOMAIN}.exceptions.{error.translation_key}.message"
    values = error.translation_placeholders or {}
    return known[key].format(**values) if key in known else str(error)


def session_text(session: Session) -> str:
    """Return what names a session to a person: its target and its deadline."""
    return f"{session.target} %, {moment_text(session.ready_by)}"


def moment_text(at: datetime) -> str:
    """Return a time on the wall."""
    return f"{dt_util.as_local(at):%Y-%m-%d %H:%M}"
