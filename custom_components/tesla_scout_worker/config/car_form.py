"""The form of what belongs to one car, and how an answer changes its settings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, Final, Self

import voluptuous as vol

from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TimeSelector,
)

from ..charging.daily.departures import Departures
from ..charging.daily.record import DailySettings, DayDeparture
from ..charging.planning.model import (
    CAPACITY,
    LEAST_LIMIT,
    MOST_FLOOR,
    MOST_LIMIT,
    POWER,
)
from ..const import CONF_BATTERY_CAPACITY, CONF_CHARGING_POWER
from ..data import ScoutConfigEntry
from .option_pages import OptionField, OptionPage, number
from .tariff_form import DAYS

CONF_CAR: Final = "car"
CONF_TARGET: Final = "target_level"
CONF_DEPARTURE: Final = "departure"
CONF_BY_WEEKDAY: Final = "departures_by_weekday"
CONF_FLOOR: Final = "safety_floor"
CONF_BUDGET_SHARE: Final = "budget_share"

# In percent; a car without any share would never be read.
_SHARES: Final = (5, 100)

# The fields of the departures, Monday first.
DEPARTURE_FIELDS: Final = tuple(f"departure_{day}" for day in DAYS)

CAR: Final[OptionPage] = (
    OptionField(
        key=CONF_BATTERY_CAPACITY, selector=number(*CAPACITY, "kWh", 0.1), default=75.0
    ),
    OptionField(
        key=CONF_CHARGING_POWER, selector=number(*POWER, "kW", 0.1), default=11.0
    ),
    OptionField(key=CONF_TARGET, selector=number(LEAST_LIMIT, MOST_LIMIT, "%")),
    OptionField(key=CONF_DEPARTURE, selector=TimeSelector(), default="07:00:00"),
    OptionField(key=CONF_BY_WEEKDAY, selector=BooleanSelector(), default=False),
    OptionField(key=CONF_FLOOR, selector=number(0, MOST_FLOOR, "%"), default=20),
    OptionField(key=CONF_BUDGET_SHARE, selector=number(*_SHARES, "%"), default=100),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CarPage:
    """What belongs to a car, as it holds now.

    Attributes:
        vin: The car.
        name: Its name.
        settings: What the user set for it.
        limit: Its own charge limit in percent; None: unknown.
        capacity: Energy that the full battery holds, in kWh.
        power: Charging power at home in kW, as it is planned with.
        measured: The power that was measured, in kW; None: it was not.
        learnt: The capacity that charges showed, in kWh; None: too few did.
        leaving: The departure of each weekday.
    """

    vin: str
    name: str
    settings: DailySettings
    limit: int | None
    capacity: float
    power: float
    measured: float | None
    learnt: float | None
    leaving: Departures

    @classmethod
    def of(cls, entry: ScoutConfigEntry, vin: str) -> Self:
        """Return the page of a car of a loaded account."""
        worker = entry.runtime_data.worker
        record = worker.repository.record(vin)
        battery = record.settings.battery(worker.charging.battery, record.power)
        return cls(
            vin=vin,
            name=car_names(entry)[vin],
            settings=record.settings,
            limit=worker.owners_limit(vin),
            capacity=battery.capacity,
            power=round(battery.power, 1),
            measured=record.power,
            learnt=record.capacity.learnt,
            leaving=record.settings.leaving(worker.options.exceptions),
        )

    @property
    def by_weekday(self) -> bool:
        """Whether the car leaves at another time on some weekdays."""
        return any(at != self.settings.departure for at in self.leaving)

    def shown(self) -> dict[str, Any]:
        """Return what the form shows."""
        shown = {
            CONF_BATTERY_CAPACITY: self.capacity,
            CONF_CHARGING_POWER: self.power,
            CONF_TARGET: self.settings.target or self.limit,
            CONF_DEPARTURE: self.settings.departure.isoformat(),
            CONF_BY_WEEKDAY: self.by_weekday,
            CONF_FLOOR: self.settings.floor,
            CONF_BUDGET_SHARE: self.settings.budget_share,
        }
        return {key: value for key, value in shown.items() if value is not None}

    def changes(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings that an answer changes, by their names."""
        shown, changes = self.shown(), dict[str, Any]()
        changed = {key for key in shown if sent.get(key) != shown[key]}
        if CONF_BATTERY_CAPACITY in changed:
            changes["capacity"] = sent[CONF_BATTERY_CAPACITY]
        if CONF_CHARGING_POWER in changed:
            changes["power"] = sent[CONF_CHARGING_POWER]
        if CONF_TARGET in changed or (CONF_TARGET in sent) != (CONF_TARGET in shown):
            target = sent.get(CONF_TARGET, self.limit)
            # The same as the car's own limit means that it follows the limit.
            changes["target"] = None if target == self.limit else round(target)
        if CONF_DEPARTURE in changed:
            changes["departure"] = clock(sent[CONF_DEPARTURE])
        if CONF_FLOOR in changed:
            changes["floor"] = round(sent[CONF_FLOOR])
        if CONF_BUDGET_SHARE in changed:
            changes["budget_share"] = round(sent[CONF_BUDGET_SHARE])
        if self.by_weekday and not sent[CONF_BY_WEEKDAY]:
            changes["exceptions"] = ()
        return changes

    def week_shown(self) -> dict[str, str]:
        """Return the departures that the form shows; none on days without one."""
        days = zip(DEPARTURE_FIELDS, self.leaving, strict=True)
        return {key: at.isoformat() for key, at in days if at is not None}

    def week_changes(self, sent: Mapping[str, Any], usual: time) -> dict[str, Any]:
        """Return the settings that an answer about the weekdays changes."""
        week = [
            None if key not in sent else clock(sent[key]) for key in DEPARTURE_FIELDS
        ]
        if week == list(self.leaving) and usual == self.settings.departure:
            return {}
        return {"exceptions": exceptions(week, usual)}


def exceptions(week: Sequence[time | None], usual: time) -> tuple[DayDeparture, ...]:
    """Return the weekdays with another departure than the usual one."""
    return tuple(
        DayDeparture(day=day, at=at) for day, at in enumerate(week) if at != usual
    )


def clock(text: str) -> time:
    """Return a time of the form in whole minutes."""
    return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)


def week_schema() -> vol.Schema:
    """Return the form of the departures by weekday."""
    return vol.Schema({vol.Optional(key): TimeSelector() for key in DEPARTURE_FIELDS})


def car_names(entry: ScoutConfigEntry) -> dict[str, str]:
    """Return the names of an account's cars by VIN."""
    cars = entry.runtime_data.coordinator.data
    return {vin: car.summary.name or car.summary.model for vin, car in cars.items()}


def cars_schema(names: Iterable[str]) -> vol.Schema:
    """Return a choice of cars; its values are numbers, since a VIN is a secret."""
    return vol.Schema(
        {
            vol.Required(CONF_CAR): SelectSelector(
                SelectSelectorConfig(
                    options=[
                        SelectOptionDict(value=str(index), label=name)
                        for index, name in enumerate(names)
                    ],
                    mode=SelectSelectorMode.LIST,
                )
            )
        }
    )
