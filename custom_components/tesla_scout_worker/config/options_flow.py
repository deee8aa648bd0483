"""Options: where home is, how commands travel, how the Scout scouts, when to charge."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import voluptuous as vol
from yarl import URL

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
    TimeSelector,
)

from ..charging.options import CHARGING_BOUNDS, CHARGING_DEFAULTS
from ..charging.tariffs.grid_tariff import GridTariff
from ..charging.tariffs.tariff import parse_peaks
from ..const import (
    CONF_BATTERY_CAPACITY,
    CONF_CALENDAR_WORD,
    CONF_CALENDARS,
    CONF_CHARGING_POWER,
    CONF_CLEANUP_DELAY,
    CONF_COMMAND_ROUTE,
    CONF_DAILY_CHECK,
    CONF_DEFAULT_TARGET,
    CONF_ECONOMY,
    CONF_HOME_ZONE,
    CONF_LEAST_BLOCK,
    CONF_MONTHLY_BUDGET,
    CONF_MOST_WINDOWS,
    CONF_OFF_PEAK,
    CONF_OTHER_HINTS,
    CONF_PEAK_HOURS,
    CONF_PLUG_HINTS,
    CONF_PRESENCE_HINTS,
    CONF_PRICE_FORMULA,
    CONF_PRIVATE_KEY_PATH,
    CONF_PROXY_URL,
    CONF_PROXY_VERIFY_CERTIFICATE,
    CONF_SAFETY_BUFFER,
    CONF_SCOUTING_MODE,
    CONF_SEND_LEAD,
    CONF_SPECIAL_CHARGING,
    DEFAULT_HOME_ZONE,
)
from ..gateways.budget import DEFAULT_BUDGET
from ..gateways.fleet_api.client import CommandRoute
from ..gateways.fleet_api.credentials import private_key_path
from ..gateways.fleet_api.key_file import KeyFileFault, key_file_fault
from ..scouting.policy import DEFAULT_MODE, ScoutingMode
from ..worker.tariff_files import async_grid_tariffs
from .off_peak_form import OFF_PEAK_SCHEMA, off_peak_error, off_peak_shown
from .price_findings import PriceTexts, async_read_prices, changes_prices
from .price_form import formula_error, price_error, price_schema, price_section


def _number(key: str, unit: str, step: float = 1) -> NumberSelector:
    """Return a field for a number with its bounds and its unit."""
    least, most = CHARGING_BOUNDS[key]
    return NumberSelector(
        NumberSelectorConfig(
            min=least,
            max=most,
            step=step,
            unit_of_measurement=unit,
            mode=NumberSelectorMode.BOX,
        )
    )


SPECIAL_CHARGING_SELECTORS: Final = {
    CONF_BATTERY_CAPACITY: _number(CONF_BATTERY_CAPACITY, "kWh", 0.1),
    CONF_CHARGING_POWER: _number(CONF_CHARGING_POWER, "kW", 0.1),
    CONF_DEFAULT_TARGET: _number(CONF_DEFAULT_TARGET, "%"),
    CONF_PEAK_HOURS: TextSelector(),
    CONF_SAFETY_BUFFER: _number(CONF_SAFETY_BUFFER, "min"),
    CONF_SEND_LEAD: _number(CONF_SEND_LEAD, "min"),
    CONF_CLEANUP_DELAY: _number(CONF_CLEANUP_DELAY, "min"),
    CONF_LEAST_BLOCK: _number(CONF_LEAST_BLOCK, "min"),
    CONF_MOST_WINDOWS: _number(CONF_MOST_WINDOWS, ""),
    CONF_DAILY_CHECK: TimeSelector(),
    CONF_CALENDARS: EntitySelector(
        EntitySelectorConfig(domain="calendar", multiple=True)
    ),
    CONF_CALENDAR_WORD: TextSelector(),
}

# The frontend omits a text that is left empty.
MAY_BE_EMPTY: Final = {CONF_CALENDAR_WORD, CONF_PEAK_HOURS}

SPECIAL_CHARGING_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(key)
        if key in MAY_BE_EMPTY
        else vol.Required(key, default=CHARGING_DEFAULTS[key]): selector
        for key, selector in SPECIAL_CHARGING_SELECTORS.items()
    }
)


def _entities(*domains: str) -> EntitySelector:
    """Return a selector for any number of entities, of some domains or of all."""
    config = EntitySelectorConfig(multiple=True)
    if domains:
        config["domain"] = list(domains)
    return EntitySelector(config)


ECONOMY_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_MONTHLY_BUDGET, default=DEFAULT_BUDGET): NumberSelector(
            NumberSelectorConfig(
                min=0.5,
                max=1000,
                step=0.5,
                unit_of_measurement="USD",
                mode=NumberSelectorMode.BOX,
            )
        ),
        vol.Optional(CONF_PLUG_HINTS): _entities("binary_sensor", "sensor"),
        vol.Optional(CONF_PRESENCE_HINTS): _entities(
            "person", "device_tracker", "binary_sensor", "input_boolean"
        ),
        vol.Optional(CONF_OTHER_HINTS): _entities(),
    }
)

OPTIONS: Final = vol.Schema(
    {
        vol.Required(CONF_HOME_ZONE, default=DEFAULT_HOME_ZONE): EntitySelector(
            EntitySelectorConfig(domain="zone")
        ),
        vol.Required(CONF_SCOUTING_MODE, default=DEFAULT_MODE): SelectSelector(
            SelectSelectorConfig(
                options=[mode.value for mode in ScoutingMode],
                translation_key=CONF_SCOUTING_MODE,
            )
        ),
        vol.Required(CONF_COMMAND_ROUTE, default=CommandRoute.AUTO): SelectSelector(
            SelectSelectorConfig(
                options=[route.value for route in CommandRoute],
                translation_key=CONF_COMMAND_ROUTE,
            )
        ),
        vol.Optional(CONF_PROXY_URL): TextSelector(
            TextSelectorConfig(type=TextSelectorType.URL)
        ),
        vol.Required(CONF_PROXY_VERIFY_CERTIFICATE, default=True): BooleanSelector(),
        vol.Optional(CONF_PRIVATE_KEY_PATH): TextSelector(),
        vol.Required(CONF_SPECIAL_CHARGING): section(
            SPECIAL_CHARGING_SCHEMA, {"collapsed": True}
        ),
        vol.Optional(CONF_ECONOMY): section(ECONOMY_SCHEMA, {"collapsed": True}),
        vol.Required(CONF_OFF_PEAK): section(OFF_PEAK_SCHEMA, {"collapsed": True}),
    }
)


def options_schema(tariffs: Mapping[str, GridTariff]) -> vol.Schema:
    """Return the form, with a choice of grid tariffs."""
    section_of_price = section(price_schema(tariffs), {"collapsed": True})
    return OPTIONS.extend({vol.Optional(CONF_PRICE_FORMULA): section_of_price})


class ScoutOptionsFlow(OptionsFlowWithReload):
    """One form, and a look at the prices; saving reloads the account."""

    def __init__(self) -> None:
        """Start with nothing chosen."""
        self._chosen: dict[str, Any] = {}

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the options, and validate them."""
        errors: dict[str, str] = {}
        tariffs = await async_grid_tariffs(self.hass)
        if user_input is not None:
            user_input = self._without_section(answered(user_input))
            errors = await self._async_errors(user_input, tariffs)
            self._chosen = user_input
            if not errors:
                if changes_prices(user_input, self.config_entry.options):
                    return await self.async_step_prices()
                return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                options_schema(tariffs),
                shown(_with_section(self._chosen or self.config_entry.options)),
            ),
            errors=errors,
        )

    async def async_step_prices(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what was read from the source of prices, before it is saved."""
        read = await async_read_prices(self.hass, self._chosen)
        text = await PriceTexts.async_load(self.hass, read)
        placeholders = {
            "count": str(read.found.count),
            "lists": text.lists,
            "unit": read.series.unit.text,
            "currency": read.series.curve.currency or "?",
            "step": text.step,
            "today": text.today,
            "tomorrow": text.tomorrow,
            "now": text.now,
            "cheapest": text.cheapest,
            "left_out": text.left_out,
            "notes": text.notes,
            "grid": text.grid,
        }
        if read.found.problems:
            return self.async_show_menu(
                step_id="price_problems",
                menu_options=["init", "save"],
                description_placeholders=placeholders,
            )
        return self.async_show_menu(
            step_id="prices",
            menu_options=["save", "init"],
            description_placeholders=placeholders,
        )

    async def async_step_price_problems(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the prices again: Home Assistant asks for each step that is shown."""
        return await self.async_step_prices()

    async def async_step_save(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Save what was chosen; after a warning this is the confirmation."""
        return self.async_create_entry(data=self._chosen)

    def _without_section(self, user_input: dict[str, Any]) -> dict[str, Any]:
        """Return the options flat; a section that was not sent keeps its values."""
        sent = user_input.pop(CONF_ECONOMY, None)
        if sent is None:
            options = self.config_entry.options
            sent = {key: options[key] for key in _economy_keys() if key in options}
        price = user_input.pop(CONF_PRICE_FORMULA, None)
        kept = price_section(price, self.config_entry.options)
        return {**user_input, **sent, **kept}

    async def _async_errors(
        self, options: dict[str, Any], tariffs: Mapping[str, GridTariff]
    ) -> dict[str, str]:
        """Return the errors in the options, by field."""
        errors: dict[str, str] = {}
        if self.hass.states.get(options[CONF_HOME_ZONE]) is None:
            errors[CONF_HOME_ZONE] = "zone_not_found"
        url = options.get(CONF_PROXY_URL)
        if url is None:
            if options[CONF_COMMAND_ROUTE] == CommandRoute.PROXY:
                errors[CONF_PROXY_URL] = "proxy_url_required"
        elif not is_server_url(url):
            errors[CONF_PROXY_URL] = "invalid_url"
        # The default key file may be missing as long as nothing must be signed.
        if (
            CONF_PRIVATE_KEY_PATH in options
            or options[CONF_COMMAND_ROUTE] == CommandRoute.SIGNED
        ):
            key = Path(private_key_path(self.hass, options))
            folder = Path(self.hass.config.config_dir)
            fault = await asyncio.to_thread(key_file_fault, key, folder)
            if fault is KeyFileFault.OUTSIDE:
                errors[CONF_PRIVATE_KEY_PATH] = "private_key_outside"
            elif fault is not None:
                errors[CONF_PRIVATE_KEY_PATH] = "invalid_private_key"
        try:
            parse_peaks(options[CONF_SPECIAL_CHARGING][CONF_PEAK_HOURS])
        except ValueError:
            # A form cannot show an error within a section, so it is shown above.
            errors["base"] = "invalid_peak_hours"
        else:
            currency = self.hass.config.currency
            error = (
                price_error(options, tariffs, currency)
                or off_peak_error(options)
                or formula_error(options)
            )
            if error is not None:
                errors["base"] = error
        return errors


def shown(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options as the form shows them, with defaults filled in."""
    chosen = options.get(CONF_SPECIAL_CHARGING, {})
    return {
        **options,
        CONF_SPECIAL_CHARGING: {**CHARGING_DEFAULTS, **chosen},
        CONF_OFF_PEAK: off_peak_shown(options),
    }


def answered(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that a user entered.

    An empty text in the section about special charging is a value: no peak hours.
    """
    chosen = user_input[CONF_SPECIAL_CHARGING]
    empty = dict.fromkeys(MAY_BE_EMPTY, "")
    return {**filled_in(user_input), CONF_SPECIAL_CHARGING: {**empty, **chosen}}


def _economy_keys() -> list[str]:
    """Return the options of the section."""
    return [str(key) for key in ECONOMY_SCHEMA.schema]


def _with_section(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as the form has them, with the economy section nested."""
    inside = {key: options[key] for key in _economy_keys() if key in options}
    return {**options, CONF_ECONOMY: inside}


def filled_in(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that are not empty, with texts stripped."""
    fields = {
        field: value.strip() if isinstance(value, str) else value
        for field, value in user_input.items()
    }
    return {field: value for field, value in fields.items() if value != ""}


def is_server_url(text: str) -> bool:
    """Return whether a text is the base URL of a server."""
    try:
        url = URL(text)
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(url.host)
