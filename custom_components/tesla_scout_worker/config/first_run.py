"""The first questions after an account was added: tariff, departure and target."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import BooleanSelector, TimeSelector
from homeassistant.util import dt as dt_util

from ..charging.daily.departures import departures, next_departure
from ..charging.options import ChargingOptions, OffPeakOptions, PriceSource
from ..charging.planning.model import LEAST_LIMIT, MOST_LIMIT, ChargePlan
from ..charging.sessions.session_plan import plan_session
from ..charging.tariffs.common_tariffs import TariffPreset
from ..charging.tariffs.curve import CostCurve
from ..charging.tariffs.outlook import Outlook
from ..const import CONF_PRICE_SOURCE
from ..data import ScoutConfigEntry
from ..worker.planning import async_run_planner
from ..worker.price_actions import ASKED
from ..worker.price_sources import source_of
from .car_form import CONF_DEPARTURE, CONF_TARGET, CarPage, clock
from .option_pages import (
    TARIFF,
    OptionField,
    OptionPage,
    number,
    page_schema,
    page_shown,
    range_errors,
    with_answers,
)
from .page_flow import PageFlow
from .tariff_form import async_operators
from .wall_connector import async_find_wall_connectors

# What the options flow is started with after an account was added.
FIRST_RUN: Final[dict[str, Any]] = {"first_run": True}

# A car whose level is unknown is shown as if it came home half full.
ASSUMED_LEVEL: Final = 50.0

# The three questions.
FIRST_PAGE: Final[OptionPage] = (
    *TARIFF,
    OptionField(key=CONF_DEPARTURE, selector=TimeSelector(), default="07:00:00"),
    OptionField(
        key=CONF_TARGET, selector=number(LEAST_LIMIT, MOST_LIMIT, "%"), default=80
    ),
)


# Asked where Tesla's Wall Connector is set up.
WALL_CONNECTOR: Final = OptionField(
    key="wall_connector", selector=BooleanSelector(), default=True
)


class FirstRunSteps(PageFlow):
    """The steps of the first questions."""

    def __init__(self) -> None:
        """Start with nothing answered."""
        super().__init__()
        self.is_first_run = False
        self._answers: dict[str, Any] = {}

    def _is_missing(self, source: PriceSource) -> bool:
        """Whether a source is an integration that is not set up."""
        loaded = self.hass.config_entries.async_loaded_entries
        return source in ASKED and not loaded(source.value)

    def _first_car(self) -> CarPage | None:
        """Return what holds for the first car; None: the account is not loaded."""
        entry: ScoutConfigEntry = self.config_entry
        if entry.state is not ConfigEntryState.LOADED:
            return None
        vin = next(iter(entry.runtime_data.coordinator.data), None)
        return None if vin is None else CarPage.of(entry, vin)

    def _page(self) -> OptionPage:
        """Return the questions; a Wall Connector is offered if there is one."""
        found = async_find_wall_connectors(self.hass)
        return FIRST_PAGE if found is None else (*FIRST_PAGE, WALL_CONNECTOR)

    async def async_step_first_run(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the tariff, the usual departure and the target."""
        if (car := self._first_car()) is None:
            return self.async_abort(reason="not_loaded")
        self.is_first_run = True
        held = {**page_shown(TARIFF, self._options), **car.shown(), **self._answers}
        page = self._page()
        shown = {each.key: held.get(each.key, each.default) for each in page}
        schema = page_schema(page, shown)
        if user_input is None:
            return self._show("first_run", schema, shown, car=car.name)
        errors, placeholders = range_errors(page, user_input)
        source = PriceSource(user_input[CONF_PRICE_SOURCE])
        if self._is_missing(source):
            errors[CONF_PRICE_SOURCE] = "price_source_not_set_up"
        if errors:
            values = {"car": car.name, **placeholders}
            return self._show("first_run", schema, user_input, errors, **values)
        self._answers = user_input
        self._chosen = with_answers(TARIFF, self._options, user_input)
        known = source.value in {preset.value for preset in TariffPreset}
        if known and not await async_operators(self.hass, source):
            # Its hours are enough for a plan; what a kWh costs can be entered later.
            return await self.async_step_first_plan()
        return await self._async_source(source)

    async def async_step_first_plan(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what the answers mean for tonight."""
        if (car := self._first_car()) is None:
            return self.async_abort(reason="not_loaded")
        entry: ScoutConfigEntry = self.config_entry
        level = entry.runtime_data.coordinator.level_of(car.vin)
        tonight = await async_tonight(
            self.hass, self._options, car, self._answers, level
        )
        return self.async_show_menu(
            step_id="first_plan",
            menu_options=["first_save", "first_run"],
            description_placeholders={
                "car": car.name,
                "cheap": tonight["cheap"],
                "ready_by": tonight["ready_by"],
                "level": tonight["level"],
                "target": tonight["target"],
                "energy": tonight["energy"],
                "windows": tonight["windows"],
                "capacity": tonight["capacity"],
                "power": tonight["power"],
            },
        )

    async def async_step_first_save(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Store the answers: of all cars of the account, which has just been added."""
        entry: ScoutConfigEntry = self.config_entry
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        worker = entry.runtime_data.worker
        target = round(self._answers[CONF_TARGET])
        for vin in tuple(entry.runtime_data.coordinator.data):
            follows = target == worker.owners_limit(vin)
            await worker.async_set(
                vin,
                departure=clock(self._answers[CONF_DEPARTURE]),
                target=None if follows else target,
            )
        options, found = dict(self._options), async_find_wall_connectors(self.hass)
        if found is not None and self._answers.get(WALL_CONNECTOR.key):
            options = found.added_to(options)
        return self.async_create_entry(data=options)


async def async_tonight(
    hass: HomeAssistant,
    options: Mapping[str, Any],
    car: CarPage,
    answers: Mapping[str, Any],
    level: float | None,
) -> dict[str, str]:
    """Return what the answers mean for the coming night, as texts."""
    now, zone = dt_util.utcnow(), dt_util.get_default_time_zone()
    leaving = departures(clock(answers[CONF_DEPARTURE]), {})
    ready_by = next_departure(leaving, now, zone) or now + timedelta(days=1)
    energy = source_of(hass, OffPeakOptions.of(options))
    await energy.async_refresh(anew=True)
    charging = ChargingOptions.of(options).of_car(car.settings, car.measured)
    start, target = ASSUMED_LEVEL if level is None else level, answers[CONF_TARGET]
    curve = energy.curve(now - timedelta(days=3), ready_by)
    outlook = Outlook(
        now=now,
        known=curve,
        guesses=energy.guesses,
        peaks=charging.peak_curve(now, ready_by, zone),
    )
    goal = charging.goal(start, round(target), ready_by, now)
    plan: ChargePlan = await async_run_planner(
        hass, ready_by - now, lambda: plan_session(goal, outlook)
    )
    windows = [_span(window.start, window.end) for window in plan.windows]
    return {
        "cheap": _cheap(energy.likely(now, ready_by), now, ready_by),
        "ready_by": _clock(ready_by, now),
        "level": f"{start:.0f}",
        "target": f"{target:.0f}",
        "energy": f"{plan.energy:.1f}",
        "windows": ", ".join(windows) or "–",
        "capacity": f"{charging.battery.capacity:g}",
        "power": f"{charging.battery.power:.1f}",
    }


def _cheap(curve: CostCurve, now: datetime, until: datetime) -> str:
    """Return the cheapest hours between two instants."""
    known = [
        interval
        for interval in curve.between(now, until).intervals
        if interval.cost is not None
    ]
    if not known:
        return "–"
    least = min(interval.cost or 0.0 for interval in known)
    spans = [_span(item.start, item.end) for item in known if item.cost == least]
    return ", ".join(spans[:4])


def _span(start: datetime, end: datetime) -> str:
    """Return a span of local time."""
    return f"{dt_util.as_local(start):%H:%M}–{dt_util.as_local(end):%H:%M}"


def _clock(at: datetime, now: datetime) -> str:
    """Return a local time, with its date if it is far away."""
    far = at - now > timedelta(days=1)
    return (
        f"{dt_util.as_local(at):%Y-%m-%d %H:%M}"
        if far
        else f"{dt_util.as_local(at):%H:%M}"
    )
