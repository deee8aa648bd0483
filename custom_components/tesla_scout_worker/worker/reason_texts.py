"""Reasons and sessions in words, in the language of Home Assistant."""

from datetime import datetime

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations
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


def session_text(session: Session) -> str:
    """Return what names a session to a person: its target and its deadline."""
    return f"{session.target} %, {moment_text(session.ready_by)}"


def moment_text(at: datetime) -> str:
    """Return a time on the wall."""
    return f"{dt_util.as_local(at):%Y-%m-%d %H:%M}"
