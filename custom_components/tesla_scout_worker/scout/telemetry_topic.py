"""Topics of a Fleet Telemetry server, by MQTT: hints that a car is worth a read.

Tesla's server publishes each field as ``<base>/<VIN>/v/<field>``, with a value and no time
of its own. Signals get lost, so nothing is known by one: the car is read after it.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..const import CONF_TELEMETRY_TOPIC, LOGGER
from ..scouting.hint_trust import HintKind
from .hint_listener import HintedScout

if TYPE_CHECKING:
    from homeassistant.components.mqtt import ReceiveMessage

MQTT: Final = "mqtt"

# The fields that say that a car arrived, was plugged in, or charges. Others change all
# the time while it drives.
FIELDS: Final = ("ChargingCableType", "DetailedChargeState", "LocatedAtHome")

# A broker that is away is looked for again.
TRY_AGAIN: Final = timedelta(minutes=5)


def async_has_mqtt(hass: HomeAssistant) -> bool:
    """Return whether MQTT is set up in Home Assistant."""
    entries = hass.config_entries.async_entries(MQTT)
    return any(entry.state is ConfigEntryState.LOADED for entry in entries)


def is_topic(text: str) -> bool:
    """Return whether a text is the base of topics: no wildcard, and not all of them."""
    return bool(_base(text)) and not set("+#\0") & set(text)


def _base(text: str) -> str:
    """Return the base of topics, without what is around it."""
    return text.strip().strip("/")


def topic_hints(options: Mapping[str, Any]) -> dict[str, HintKind]:
    """Return the fields in the options as hints, by a name for each."""
    if not options.get(CONF_TELEMETRY_TOPIC):
        return {}
    return {_name(name): HintKind.OTHER for name in FIELDS}


def _name(telemetry_field: str) -> str:
    """Return the name of a field as a hint."""
    return f"{MQTT}.{telemetry_field}"


@callback
def async_listen_to_topics(
    hass: HomeAssistant, entry: ConfigEntry[Any], scout: HintedScout
) -> CALLBACK_TYPE:
    """Pass what a server publishes to the Scout, until the result is called."""
    topic = entry.options.get(CONF_TELEMETRY_TOPIC)
    if not topic or not is_topic(topic):
        return lambda: None
    listener = _Listener(hass, scout, _base(topic))
    task = entry.async_create_background_task(
        hass, listener.async_start(), "listening to a Fleet Telemetry server"
    )

    @callback
    def stop() -> None:
        """Listen no longer."""
        task.cancel()
        listener.stop()

    return stop


class _Listener:
    """Listens to the topics of one base."""

    def __init__(self, hass: HomeAssistant, scout: HintedScout, base: str) -> None:
        """Bind the Scout, and the base of the topics."""
        self._hass = hass
        self._scout = scout
        self._base = base
        self._values: dict[tuple[str, str], str] = {}
        self.stop: CALLBACK_TYPE = lambda: None

    async def async_start(self) -> None:
        """Subscribe, as soon as MQTT is there; it keeps that over its own restarts."""
        while True:
            if self._hass.config_entries.async_entries(MQTT):
                # MQTT's package is there only where it is set up.
                from homeassistant.components import mqtt  # noqa: PLC0415

                try:
                    if await mqtt.async_wait_for_mqtt_client(self._hass):
                        self.stop = await mqtt.async_subscribe(
                            self._hass, f"{self._base}/+/v/+", self._take
                        )
                        return
                except HomeAssistantError as err:
                    LOGGER.debug("MQTT is not there: %s", type(err).__name__)
            await asyncio.sleep(TRY_AGAIN.total_seconds())

    @callback
    def _take(self, message: ReceiveMessage) -> None:
        """Take a value: a new one of a car is worth a read, a kept one is not new."""
        vin, _, name = message.topic[len(self._base) + 1 :].split("/")
        value, car = str(message.payload), self._scout.data.get(vin)
        if car is None or name not in FIELDS:
            return
        before = self._values.get((vin, name))
        self._values[vin, name] = value
        if message.retain or value == before:
            return
        if self._scout.admission.hint(_name(name), {vin: car}, dt_util.utcnow()):
            self._scout.async_refresh_soon()
