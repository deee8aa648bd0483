"""Messages in the language of the house."""

from collections.abc import Mapping
from datetime import datetime

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..charging.messages.message import Message, MessageKind, Reply
from ..const import DOMAIN
from ..gateways.models import VehicleSummary
from .reason_texts import async_error_text, reason_text


async def async_message_text(
    hass: HomeAssistant,
    message: Message | HomeAssistantError,
    summary: VehicleSummary,
) -> tuple[str, str]:
    """Return the title and the text of a message, or of an error."""
    title = summary.name or summary.model
    if isinstance(message, Message):
        text = await async_text(hass, "message", _variant(message))
        reason = reason_text(hass, message.reason)
        return title, text.format(reason=reason, **_values(message))
    return title, await async_error_text(hass, message)


async def async_reply_text(hass: HomeAssistant, reply: Reply) -> str:
    """Return the text of a button."""
    return await async_text(hass, "reply", reply.value)


async def async_text(
    hass: HomeAssistant, name: str, key: str, language: str | None = None
) -> str:
    """Return a text in a language, or in that of the house; the key, if there is none."""
    spoken = language or hass.config.language
    known = await async_get_translations(hass, spoken, "selector", {DOMAIN})
    return known.get(f"component.{DOMAIN}.selector.{name}.options.{key}", key)


def _variant(message: Message) -> str:
    """Return which text a message has: some values may be unknown."""
    if message.cause is not None:
        return f"{message.kind.value}_{message.cause.value}"
    match message.kind:
        case MessageKind.MADE if message.cost is None:
            return "made_without_cost"
        case MessageKind.MADE if not message.saved or message.saved < 0.01:
            return "made"
        case MessageKind.MADE:
            return "made_and_saved"
        case MessageKind.PRICES:
            return "prices_high" if (message.share or 0) > 0 else "prices_low"
    return message.kind.value


def _values(message: Message) -> Mapping[str, str]:
    """Return the values of a text."""
    currency = message.currency or ""
    return {
        "target": number_text(message.target, 0),
        "level": number_text(message.level, 0),
        "ready_by": when_text(message.ready_by),
        "plug_in_by": when_text(message.plug_in_by),
        "energy": number_text(message.energy, 1),
        "cost": f"{number_text(message.cost, 2)} {currency}",
        "saved": f"{number_text(message.saved, 2)} {currency}",
        "price": f"{number_text(message.price, 2)} {currency}",
        "percent": number_text(100 * abs(message.share or 0), 0),
    }


def number_text(value: float | None, places: int) -> str:
    """Return a number as a text."""
    return "" if value is None else f"{value:.{places}f}"


def when_text(at: datetime | None) -> str:
    """Return a time on the wall, with its date unless it is today."""
    if at is None:
        return ""
    local = dt_util.as_local(at)
    if local.date() == dt_util.now().date():
        return f"{local:%H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"
