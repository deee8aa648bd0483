"""Options: a menu of topics, each a short page; saving changes what was changed."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast, override

from yarl import URL

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..charging.options import CHARGING_DEFAULTS, PriceSource
from ..charging.tariffs.common_tariffs import TariffPreset
from ..charging.tariffs.tariff import parse_peaks
from ..const import (
    CONF_CALENDARS,
    CONF_COMMAND_ROUTE,
    CONF_GRID_FEE_ENTITY,
    CONF_GRID_TARIFF,
    CONF_GRID_WINDOWS,
    CONF_HOME_ZONE,
    CONF_OFF_PEAK,
    CONF_OPERATOR_TARIFF,
    CONF_PEAK_HOURS,
    CONF_PRICE_ENTITIES,
    CONF_PRICE_FORMULA,
    CONF_PRICE_SOURCE,
    CONF_PRIVATE_KEY_PATH,
    CONF_PROXY_URL,
    CONF_RATES,
    CONF_SCHEDULE,
    CONF_SPECIAL_CHARGING,
    CONF_TELEMETRY_TOPIC,
    CONF_WAY,
    DOMAIN,
)
from ..data import ScoutConfigEntry
from ..gateways.fleet_api.client import CommandRoute
from ..gateways.fleet_api.credentials import private_key_path
from ..gateways.fleet_api.key_file import KeyFileFault, key_file_fault
from ..gateways.ledger import bill_currency
from ..gateways.way import Way
from ..scout.telemetry_topic import async_has_mqtt, is_topic
from ..worker.price_actions import ASKED
from ..worker.tariff_files import async_grid_tariffs
from .car_form import (
    CAR,
    CONF_BY_WEEKDAY,
    CONF_CAR,
    CarPage,
    car_names,
    cars_schema,
    week_schema,
)
from .first_run import FIRST_RUN, FirstRunSteps
from .option_pages import (
    CHARGING,
    MARKET,
    MESSAGES,
    PRICE_LISTS,
    SCHEDULE,
    TARIFF,
    changed_option,
    expert_page,
    hints_page,
    page_schema,
    page_shown,
    range_errors,
    special_page,
    with_answers,
)
from .price_findings import PriceTexts, async_read_prices, changes_prices
from .price_form import (
    OWN_WINDOWS,
    formula_error,
    formula_page,
    price_error,
    unit_error,
    windows_page,
)
from .tariff_form import (
    CalendarWords,
    async_operators,
    peaks_error,
    peaks_stored,
    rate_keys,
    rates_error,
    rates_schema,
    rates_shown,
    rates_stored,
)
from .wall_connector import async_find_wall_connectors

TOPICS: Final = [
    *("car", "tariff", "formula", "charging", "special", "messages"),
    *("hints", "expert"),
]


class ScoutOptionsFlow(FirstRunSteps):
    """A menu of topics, and a look at the prices; a change reloads the account."""

    def __init__(self) -> None:
        """Start with nothing chosen."""
        super().__init__()
        # Where a person goes from the look at the prices, to change them or to go on.
        self._topic, self._next = "tariff", "save"
        # Whether the grid fee is by weekly windows of the person.
        self._by_windows = False
        self._car: CarPage | None = None
        self._changes: dict[str, Any] = {}

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose a topic; a new account is asked three questions first."""
        if user_input == FIRST_RUN:
            return await self.async_step_first_run()
        match self._take_over():
            case "first_run":
                return await self.async_step_first_run()
            case "tariff":
                return await self.async_step_tariff()
            case "formula":
                return await self.async_step_formula()
        return self.async_show_menu(step_id="init", menu_options=TOPICS)

    @override
    async def _async_keep(
        self, step_id: str, options: dict[str, Any]
    ) -> ConfigFlowResult:
        """Save options; those that change prices after a look at what was read."""
        if step_id == "formula":
            if self._by_windows:
                self._chosen = options
                return await self.async_step_grid_windows()
            options = without_windows(options)
        formula = step_id in {"formula", "grid_windows"}
        self._topic = "formula" if formula else "tariff"
        self._next = "save"
        if self.is_first_run:
            self._topic, self._next = "first_run", "first_plan"
        self._chosen = options
        if changes_prices(options, self.config_entry.options):
            return await self.async_step_prices()
        if self.is_first_run:
            return await self.async_step_first_plan()
        return self.async_create_entry(data=options)

    # What belongs to a car.

    async def async_step_car(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose a car, if there are several."""
        entry: ScoutConfigEntry = self.config_entry
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        names = car_names(entry)
        vins = list(names)
        if user_input is None and len(vins) > 1:
            return self._show("car", cars_schema(names.values()), {})
        chosen = 0 if user_input is None else int(user_input[CONF_CAR])
        if chosen >= len(vins):
            return self.async_abort(reason="not_loaded")
        self._car = CarPage.of(entry, vins[chosen])
        return await self.async_step_car_settings()

    async def async_step_car_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for what belongs to the car."""
        car = cast(CarPage, self._car)
        shown = car.shown()
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            errors, placeholders = range_errors(CAR, user_input)
            if not errors:
                self._changes = car.changes(user_input)
                if user_input[CONF_BY_WEEKDAY]:
                    return await self.async_step_departures()
                return await self._async_keep_car()
        measured = "–" if car.measured is None else f"{car.measured:.1f} kW"
        learnt = "–" if car.learnt is None else f"{car.learnt:.1f} kWh"
        return self._show(
            "car_settings",
            page_schema(CAR, shown),
            shown if user_input is None else user_input,
            errors,
            **{"car": car.name, "measured": measured, "learnt": learnt, **placeholders},
        )

    async def async_step_departures(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the departure of each weekday."""
        car = cast(CarPage, self._car)
        if user_input is not None:
            usual = self._changes.get("departure", car.settings.departure)
            self._changes |= car.week_changes(user_input, usual)
            return await self._async_keep_car()
        return self._show("departures", week_schema(), car.week_shown(), car=car.name)

    async def _async_keep_car(self) -> ConfigFlowResult:
        """Store the settings of the car, which take effect at once."""
        entry: ScoutConfigEntry = self.config_entry
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        car, worker = cast(CarPage, self._car), entry.runtime_data.worker
        if "power" in self._changes:
            # It holds until the power is measured again.
            await worker.repository.async_update(car.vin, power=None)
        await worker.async_set(car.vin, **self._changes)
        return self.async_create_entry(data=dict(self.config_entry.options))

    # Prices and tariff.

    async def async_step_tariff(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the tariff or the source of prices."""
        shown = page_shown(TARIFF, self._options)
        schema = page_schema(TARIFF, shown)
        if user_input is None:
            return self._show("tariff", schema, shown)
        source = PriceSource(user_input[CONF_PRICE_SOURCE])
        if self._is_missing(source):
            errors = {CONF_PRICE_SOURCE: "price_source_not_set_up"}
            return self._show("tariff", schema, user_input, errors)
        self._chosen = with_answers(TARIFF, self._options, user_input)
        return await self._async_source(source)

    @override
    async def _async_source(self, source: PriceSource) -> ConfigFlowResult:
        """Ask for what a source of prices needs."""
        if source in ASKED:
            return await self.async_step_market()
        if source in {preset.value for preset in TariffPreset}:
            return await self.async_step_rates()
        if source is PriceSource.SCHEDULE:
            return await self.async_step_schedule()
        if source is PriceSource.FIXED:
            return await self.async_step_formula()
        return await self.async_step_price_lists()

    async def async_step_rates(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the prices of a tariff, and for the peak hours of one's own."""
        options = self._options
        source = PriceSource(page_shown(TARIFF, options)[CONF_PRICE_SOURCE])
        words = await CalendarWords.async_load(self.hass)
        stored = rates_in(options)
        unit = f"{self.hass.config.currency}/kWh"
        operators = await async_operators(self.hass, source)
        schema = rates_schema(source, words, unit, operators)
        if user_input is None:
            shown: dict[str, Any] = dict(rates_shown(source, stored))
            if (operator := operator_in(options)) in operators:
                shown[CONF_OPERATOR_TARIFF] = operator
            if source is PriceSource.CUSTOM:
                shown[CONF_PEAK_HOURS] = words.rows(parse_peaks(peaks_in(options)))
            return self._show("rates", schema, shown)
        errors = rates_error(source, user_input)
        rates = rates_stored(source, user_input, stored)
        chosen = changed_option(options, CONF_OFF_PEAK, CONF_RATES, rates or None)
        if operators:
            operator = user_input.get(CONF_OPERATOR_TARIFF)
            chosen = changed_option(
                chosen, CONF_OFF_PEAK, CONF_OPERATOR_TARIFF, operator
            )
        if source is PriceSource.CUSTOM:
            windows = words.windows(user_input.get(CONF_PEAK_HOURS, ()))
            error = peaks_error(windows, dt_util.utcnow())
            if error is not None:
                errors[CONF_PEAK_HOURS] = error
            peaks = peaks_stored(windows, peaks_in(options))
            if peaks != peaks_in(options):
                chosen = changed_option(
                    chosen, CONF_SPECIAL_CHARGING, CONF_PEAK_HOURS, peaks
                )
        if not errors and (error := formula_error(chosen)) is not None:
            errors[rate_keys(source)[0]] = error
        if errors:
            return self._show("rates", schema, user_input, errors)
        return await self._async_keep("rates", chosen)

    async def async_step_schedule(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the schedule whose blocks are cheap."""

        async def check(sent: Mapping[str, Any]) -> dict[str, str]:
            """Return the errors in the page, by field."""
            missing = CONF_SCHEDULE not in sent
            return {CONF_SCHEDULE: "schedule_required"} if missing else {}

        return await self._async_page("schedule", SCHEDULE, user_input, check)

    async def async_step_market(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which prices of an integration are meant."""
        return await self._async_page("market", MARKET, user_input, _unit_errors)

    async def async_step_price_lists(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the entities that provide prices."""

        async def check(sent: Mapping[str, Any]) -> dict[str, str]:
            """Return the errors in the page, by field."""
            errors = await _unit_errors(sent)
            if not sent[CONF_PRICE_ENTITIES]:
                errors[CONF_PRICE_ENTITIES] = "price_entities_required"
            return errors

        return await self._async_page("price_lists", PRICE_LISTS, user_input, check)

    async def async_step_formula(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for markup, VAT, and the fees of the grid."""
        tariffs = await async_grid_tariffs(self.hass)
        page = formula_page(tariffs, self._options, self.hass.config.currency)
        tariff = None if user_input is None else user_input.get(CONF_GRID_TARIFF)
        self._by_windows = tariff == OWN_WINDOWS

        async def check(sent: Mapping[str, Any]) -> dict[str, str]:
            """Return the errors in the page, by field."""
            chosen = without_windows(with_answers(page, self._options, sent))
            if self._by_windows and CONF_GRID_FEE_ENTITY in sent:
                return {CONF_GRID_FEE_ENTITY: "grid_windows_twice"}
            errors = price_error(chosen, tariffs, self.hass.config.currency)
            if not errors and (error := formula_error(chosen)) is not None:
                errors["base"] = error
            return errors

        return await self._async_page("formula", page, user_input, check)

    async def async_step_grid_windows(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for weekly windows with a grid fee each, and for that of other hours."""
        words = await CalendarWords.async_load(self.hass)
        currency = self.hass.config.currency
        page = windows_page(currency, words)

        async def check(sent: Mapping[str, Any]) -> dict[str, str]:
            """Return the errors in the page, by field."""
            return price_error(with_answers(page, self._options, sent), {}, currency)

        return await self._async_page("grid_windows", page, user_input, check)

    async def async_step_prices(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what was read from the source of prices, before it is saved."""
        read = await async_read_prices(self.hass, self._options)
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
            "feed_in": text.feed_in,
            "left_out": text.left_out,
            "notes": text.notes,
            "grid": text.grid,
        }
        if read.found.problems:
            return self.async_show_menu(
                step_id="price_problems",
                menu_options=[self._topic, self._next],
                description_placeholders=placeholders,
            )
        if read.ranks and read.grid_tariff is None:
            return self.async_show_menu(
                step_id="cheap_hours",
                menu_options=[self._next, self._topic],
                description_placeholders={"hours": text.cheap_hours},
            )
        return self.async_show_menu(
            step_id="prices",
            menu_options=[self._next, self._topic],
            description_placeholders=placeholders,
        )

    async def async_step_price_problems(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the prices again: Home Assistant asks for each step that is shown."""
        return await self.async_step_prices()

    async def async_step_cheap_hours(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the hours again, as the prices."""
        return await self.async_step_prices()

    async def async_step_save(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Save what was chosen; after a warning this is the confirmation."""
        return self.async_create_entry(data=dict(self._options))

    # Other topics.

    async def async_step_charging(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where the cars charge, and for the limits of a plan."""

        async def check(sent: Mapping[str, Any]) -> dict[str, str]:
            """Return the errors in the page, by field."""
            gone = self.hass.states.get(sent[CONF_HOME_ZONE]) is None
            return {CONF_HOME_ZONE: "zone_not_found"} if gone else {}

        return await self._async_page("charging", CHARGING, user_input, check)

    async def async_step_special(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the target and the calendars of special charging."""
        registry = er.async_get(self.hass)
        ours = {
            entity.entity_id
            for entity in registry.entities.values()
            if entity.platform == DOMAIN and entity.domain == "calendar"
        }

        async def check(sent: Mapping[str, Any]) -> dict[str, str]:
            """Return the errors in the page, by field."""
            refused = ours & set(sent[CONF_CALENDARS])
            return {CONF_CALENDARS: "own_calendar"} if refused else {}

        page = special_page(ours)
        return await self._async_page("special", page, user_input, check)

    async def async_step_hints(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what reads may cost, and who knows something for free."""
        way = Way(self.config_entry.data.get(CONF_WAY, Way.OWN_APPLICATION))
        page = hints_page(bill_currency(way, self.hass.config.currency))
        found = async_find_wall_connectors(self.hass)
        names = "–" if found is None else found.names
        return await self._async_page("hints", page, user_input, found=names)

    async def async_step_messages(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whom to tell, what, and when not to."""
        return await self._async_page("messages", MESSAGES, user_input)

    async def async_step_expert(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how commands travel, and how long before a plan they go."""
        named = self.config_entry.options.get(CONF_TELEMETRY_TOPIC) is not None
        page = expert_page(mqtt=named or async_has_mqtt(self.hass))
        return await self._async_page(
            "expert", page, user_input, self._async_expert_errors
        )

    async def _async_expert_errors(self, sent: Mapping[str, Any]) -> dict[str, str]:
        """Return the errors in the page, by field."""
        errors = await self._async_route_errors(sent)
        topic = sent.get(CONF_TELEMETRY_TOPIC)
        if topic is not None and not is_topic(topic):
            errors[CONF_TELEMETRY_TOPIC] = "topic_invalid"
        return errors

    async def _async_route_errors(self, sent: Mapping[str, Any]) -> dict[str, str]:
        """Return the errors in how commands travel, by field."""
        errors: dict[str, str] = {}
        url, route = sent.get(CONF_PROXY_URL), sent[CONF_COMMAND_ROUTE]
        if url is None:
            if route == CommandRoute.PROXY:
                errors[CONF_PROXY_URL] = "proxy_url_required"
        elif not is_server_url(url):
            errors[CONF_PROXY_URL] = "invalid_url"
        # The default key file may be missing as long as nothing must be signed.
        if CONF_PRIVATE_KEY_PATH in sent or route == CommandRoute.SIGNED:
            key = Path(private_key_path(self.hass, sent))
            folder = Path(self.hass.config.config_dir)
            fault = await asyncio.to_thread(key_file_fault, key, folder)
            if fault is KeyFileFault.OUTSIDE:
                errors[CONF_PRIVATE_KEY_PATH] = "private_key_outside"
            elif fault is not None:
                errors[CONF_PRIVATE_KEY_PATH] = "invalid_private_key"
        return errors


async def _unit_errors(sent: Mapping[str, Any]) -> dict[str, str]:
    """Return the errors in the unit of prices, by field."""
    return unit_error(sent)


def rates_in(options: Mapping[str, Any]) -> str:
    """Return the stored prices of the tariff."""
    stored: str = options.get(CONF_OFF_PEAK, {}).get(CONF_RATES, "")
    return stored


def without_windows(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options without grid fees by weekly windows."""
    return changed_option(options, CONF_PRICE_FORMULA, CONF_GRID_WINDOWS, None)


def operator_in(options: Mapping[str, Any]) -> str | None:
    """Return the grid operator's tariff that is stored, else that of the grid fees."""
    chosen: str | None = options.get(CONF_OFF_PEAK, {}).get(CONF_OPERATOR_TARIFF)
    fees: str | None = options.get(CONF_PRICE_FORMULA, {}).get(CONF_GRID_TARIFF)
    return chosen or fees


def peaks_in(options: Mapping[str, Any]) -> str:
    """Return the peak hours as they are stored, or as they are preset."""
    inside = {**CHARGING_DEFAULTS, **options.get(CONF_SPECIAL_CHARGING, {})}
    stored: str = inside[CONF_PEAK_HOURS]
    return stored


def is_server_url(text: str) -> bool:
    """Return whether a text is the base URL of a server."""
    try:
        url = URL(text)
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(url.host)
