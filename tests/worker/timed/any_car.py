"""A car of no known make: a state of charge, a switch and a plug in a real Home Assistant."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component

from ...common import fire_timers
from ...scout_helpers import devices

WARSAW: Final = ZoneInfo("Europe/Warsaw")
MINUTE: Final = timedelta(minutes=1)

LEVEL: Final = "input_number.level"
PLUG: Final = "input_boolean.plug"
CHARGER: Final = "input_boolean.charger"

# The defaults of the integration: 11 kW into 75 kWh.
PERCENT_A_MINUTE: Final = 100 * 11 / 75 / 60


class AnyCar:
    """A car whose charger obeys a switch; it charges while that is on."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        """Bind Home Assistant and its clock."""
        self._hass = hass
        self._freezer = freezer
        self._level = 0.0
        self._on = False
        # Whether the charger obeys.
        self.obeys = True
        # How late the level is shown.
        self.late = timedelta(0)
        # Entities that are not available.
        self.away: set[str] = set()
        # When it charged, minute by minute, and the level after each step.
        self.charged: list[datetime] = []
        self._levels: list[tuple[datetime, float]] = []

    async def async_create(
        self, level: float, *, plugged_in: bool = True, on: bool = True
    ) -> None:
        """Create its entities."""
        self._level = level
        number = {"min": 0, "max": 100, "step": 0.1, "initial": level}
        assert await async_setup_component(
            self._hass, "input_number", {"input_number": {"level": number}}
        )
        assert await async_setup_component(
            self._hass,
            "input_boolean",
            {
                "input_boolean": {
                    "plug": {"initial": plugged_in},
                    "charger": {"initial": on},
                }
            },
        )

    @property
    def level(self) -> float:
        """The state of charge in percent."""
        return self._level

    def level_at(self, at: datetime) -> float:
        """Return the state of charge at an instant of the past, in percent."""
        return [level for when, level in self._levels if when <= at][-1]

    @property
    def charges(self) -> bool:
        """Whether it charges."""
        plug, charger = self._hass.states.get(PLUG), self._hass.states.get(CHARGER)
        if plug is None or PLUG in self.away:
            return False
        if CHARGER not in self.away:
            self._on = charger is not None and charger.state == "on"
        return plug.state == "on" and self._on and self.obeys and self._level < 100

    async def async_turn(self, entity: str, *, on: bool) -> None:
        """Turn the switch or the plug by hand."""
        await self._hass.services.async_call(
            "input_boolean",
            "turn_on" if on else "turn_off",
            {"entity_id": entity},
            blocking=True,
        )

    async def async_step(self, step: timedelta = MINUTE) -> None:
        """Let time pass at once, and everything happen that was due."""
        if self.charges:
            self.charged.append(datetime.now(WARSAW))
            self._level += PERCENT_A_MINUTE * (step / MINUTE)
            self._level = min(self._level, 100.0)
        self._freezer.tick(step)
        self._levels.append((datetime.now(WARSAW), self._level))
        shown_of = datetime.now(WARSAW) - self.late
        if LEVEL not in self.away and shown_of >= self._levels[0][0]:
            await self._hass.services.async_call(
                "input_number",
                "set_value",
                {"entity_id": LEVEL, "value": round(self.level_at(shown_of), 1)},
                blocking=True,
            )
        fire_timers(self._hass)
        await self._hass.async_block_till_done(wait_background_tasks=True)

    async def async_until(self, end: datetime, step: timedelta = MINUTE) -> None:
        """Let time pass until an instant."""
        while datetime.now(WARSAW) < end:
            await self.async_step(min(step, end - datetime.now(WARSAW)))


async def async_choose(hass: HomeAssistant, step: str) -> ConfigFlowResult:
    """Open the config flow and choose a way."""
    flow = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    return await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"next_step_id": step}
    )


async def async_set_up(hass: HomeAssistant, **changes: Any) -> ConfigEntry[Any]:
    """Set the car up as a person would, and return its entry."""
    form = await async_choose(hass, "entities")
    assert form["type"] is FlowResultType.FORM, form
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"],
        {
            "name": "Beetle",
            "level": LEVEL,
            "start": CHARGER,
            "plug": PLUG,
            "limit_percent": 80,
            "more": {},
            **changes,
        },
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done(wait_background_tasks=True)
    entry: ConfigEntry[Any] = result["result"]
    return entry


def vin_of(entry: ConfigEntry[Any]) -> str:
    """Return what identifies the car of an entry."""
    vin: str = entry.data["car"]["vin"]
    return vin


def device_of(hass: HomeAssistant, entry: ConfigEntry[Any]) -> str:
    """Return the id of the car's device."""
    return devices(hass)[vin_of(entry)]
