"""Where prices come from: actions of other integrations, a schedule helper, entities."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
)

from custom_components.tesla_scout_worker.charging.options import OffPeakOptions
from custom_components.tesla_scout_worker.worker.energy_source import NoMemory
from custom_components.tesla_scout_worker.worker.price_sources import source_of
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import VIN, act, set_up, state_of, tick
from ..scout_helpers import devices
from .off_peak.off_peak_helpers import (
    GUARD,
    HOUR,
    MINUTE,
    PLUGGED,
    choose,
    clock,
    commands,
    cycle,
    held,
    in_earnest,
    planned,
    status,
    switch,
    until,
    windows,
)
from .special_charging.session_helpers import add

CHEAP = range(2, 5)

# 02:16 to 05:00 on Wednesday: 30 kWh in the last of the three cheap hours.
NIGHT = ("0001000", "02:16", "05:00", True)


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that is plugged in, and does not fall asleep."""
    return PLUGGED


def rows(
    start: datetime, end: datetime, scale: float = 1
) -> list[tuple[datetime, float]]:
    """Return the hours between two instants with their prices."""
    found = []
    while start < end:
        cheap = start.astimezone(dt_util.get_default_time_zone()).hour in CHEAP
        found.append((start, (0.1 if cheap else 0.5) * scale))
        start += HOUR
    return found


def day_of(text: str) -> tuple[datetime, datetime]:
    """Return from when to when a date lasts."""
    start = dt_util.start_of_local_day(date.fromisoformat(text))
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)


def span_of(data: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Return the span that an action was asked for."""
    start, end = (datetime.fromisoformat(data[edge]) for edge in ("start", "end"))
    return start.astimezone(UTC), end.astimezone(UTC)


def nordpool(data: Mapping[str, Any]) -> dict[str, Any]:
    """Answer as Nord Pool: per MWh."""
    return {
        "PL": [
            {"start": at.isoformat(), "end": (at + HOUR).isoformat(), "price": price}
            for at, price in rows(*day_of(data["date"]), scale=1000)
        ]
    }


def tibber(data: Mapping[str, Any]) -> dict[str, Any]:
    """Answer as Tibber: homes, and no ends."""
    return {
        "prices": {
            "Home": [
                {"start_time": at.isoformat(), "price": price}
                for at, price in rows(*span_of(data))
            ]
        }
    }


def energyzero(data: Mapping[str, Any]) -> dict[str, Any]:
    """Answer as EnergyZero and easyEnergy: a blank instead of the T."""
    assert data["incl_vat"] is True
    return {
        "prices": [
            {"timestamp": str(at), "price": price} for at, price in rows(*span_of(data))
        ]
    }


def amber(data: Mapping[str, Any]) -> dict[str, Any]:
    """Answer as Amber: a second after the hour."""
    assert data["channel_type"] == "general"
    start = dt_util.utcnow().replace(minute=0)
    return {
        "forecasts": [
            {
                "start_time": (at + timedelta(seconds=1)).isoformat(),
                "end_time": (at + HOUR).isoformat(),
                "duration": 60,
                "per_kwh": price,
            }
            for at, price in rows(start, start + 30 * HOUR)
        ]
    }


def omie(data: Mapping[str, Any]) -> dict[str, Any]:
    """Answer as OMIE: two countries."""
    read_as = [
        {"start": at.isoformat(), "end": (at + HOUR).isoformat(), "price": price}
        for at, price in rows(*day_of(data["date"]))
    ]
    return {"es": read_as, "pt": [{**row, "price": 9.0} for row in read_as]}


def green_planet(data: Mapping[str, Any]) -> dict[str, Any]:
    """Answer as Green Planet Energy: the next hours."""
    start = dt_util.utcnow().replace(minute=0)
    return {
        "prices": [
            {"start": at.isoformat(), "end": (at + HOUR).isoformat(), "price": price}
            for at, price in rows(start, start + data["hours"] * HOUR)
        ],
        "hours_requested": data["hours"],
    }


async def unload(_hass: HomeAssistant, _entry: ConfigEntry[Any]) -> bool:
    """Unload an entry of another integration."""
    return True


class Integration:
    """An integration that answers for prices."""

    def __init__(
        self,
        hass: HomeAssistant,
        domain: str,
        action: str,
        answer: Callable[[Mapping[str, Any]], dict[str, Any]],
    ) -> None:
        """Register its action, and a loaded entry."""
        mock_integration(hass, MockModule(domain, async_unload_entry=unload))
        entry = MockConfigEntry(domain=domain, entry_id="the-entry")
        entry.add_to_hass(hass)
        entry.mock_state(hass, ConfigEntryState.LOADED)
        self.error: Exception | None = None
        self.asked: list[dict[str, Any]] = []
        self._answer = answer
        hass.services.async_register(
            domain, action, self._call, supports_response=SupportsResponse.ONLY
        )

    async def _call(self, call: ServiceCall) -> ServiceResponse:
        """Answer a call."""
        self.asked.append(dict(call.data))
        if self.error is not None:
            raise self.error
        return self._answer(call.data)


ACTIONS = [
    ("nordpool", "get_prices_for_date", nordpool, "config_entry"),
    ("tibber", "get_prices", tibber, None),
    ("energyzero", "get_energy_prices", energyzero, "config_entry"),
    ("easyenergy", "get_energy_usage_prices", energyzero, "config_entry"),
    ("omie", "get_prices_for_date", omie, None),
    ("green_planet_energy", "get_prices", green_planet, "config_entry_id"),
]


@pytest.mark.parametrize(
    ("domain", "action", "answer", "entry_key"),
    ACTIONS,
    ids=[item[0] for item in ACTIONS],
)
async def test_the_action_of_a_core_integration(
    hass: HomeAssistant,
    cloud: Cloud,
    domain: str,
    action: str,
    answer: Callable[[Mapping[str, Any]], dict[str, Any]],
    entry_key: str | None,
) -> None:
    """It is asked as it wants to be, and its cheap hours are in the car."""
    source = Integration(hass, domain, action, answer)
    area = {"price_area": "es"} if domain == "omie" else {}
    await in_earnest(hass, cloud, price_source=domain, **area)
    assert NIGHT in held(cloud)
    assert GUARD in held(cloud)
    assert status(hass) == "in_car"
    plan = await planned(hass)
    assert plan["cost"] == pytest.approx(3.0)
    if entry_key is not None:
        assert {item[entry_key] for item in source.asked} == {"the-entry"}


@pytest.mark.slow
async def test_forecasts_of_amber_are_guesses(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Its cheap hours are in the car; what they cost is known when they have come."""
    source = Integration(hass, "amberelectric", "get_forecasts", amber)
    await in_earnest(hass, cloud, price_source="amberelectric")
    assert NIGHT in held(cloud)
    assert GUARD in held(cloud)
    plan = await planned(hass)
    assert plan["cost"] is None
    assert {row["price"] for row in plan["intervals"]} == {None}
    assert "prices_awaited" in plan["reasons"]
    assert {item["config_entry_id"] for item in source.asked} == {"the-entry"}
    # A night later what was charged has its price.
    await until(hass, noon, clock("2026-11-25 08:00"), 15 * MINUTE)
    assert float(state_of(hass, "sensor", "charging_cost")) == pytest.approx(3, abs=0.1)


@pytest.mark.slow
async def test_forecasts_of_amber_have_a_record_of_error(
    hass: HomeAssistant, noon: FrozenDateTimeFactory
) -> None:
    """Forecasts that are always 0.3 too dear are corrected, also those of its sensors.

    Only the interval that has begun is published.
    """

    def dear(data: Mapping[str, Any]) -> dict[str, Any]:
        """Answer with forecasts that come out 0.3 cheaper."""
        present, *later = amber(data)["forecasts"]
        more = [{**row, "per_kwh": row["per_kwh"] + 0.3} for row in later]
        return {"forecasts": [present, *more]}

    Integration(hass, "amberelectric", "get_forecasts", dear)
    memory = NoMemory()
    options = OffPeakOptions.of({"off_peak": {"price_source": "amberelectric"}})
    source = source_of(hass, options, memory)
    for _ in range(5 * 24):
        await source.async_learn()
        noon.tick(HOUR)
    await source.async_learn()
    now = dt_util.utcnow()
    known = source.curve(now - HOUR, now + timedelta(days=1)).intervals
    assert known[-1].end <= now + HOUR
    assert memory.prices.bias == pytest.approx(0.3, abs=0.05)
    guesses = source.guesses.between(now + 2 * HOUR, now + 20 * HOUR)
    assert {round(item.cost or 0, 1) for item in guesses.intervals} == {0.1, 0.5}


@pytest.mark.parametrize(
    "error", [HomeAssistantError("away"), ServiceValidationError("no")]
)
async def test_an_outage_of_an_action_and_its_end(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    """It is told once, the car holds its last moment, and it is asked again."""
    source = Integration(hass, "nordpool", "get_prices_for_date", nordpool)
    source.error = error
    await in_earnest(hass, cloud, price_source="nordpool")
    assert held(cloud) == [GUARD, ("0001000", "03:16", "06:00", True)]
    assert status(hass) == "no_prices"
    await until(hass, noon, clock("2026-11-24 13:00"), MINUTE)
    assert caplog.text.count("There are no prices at the moment") == 1
    source.error = None
    await until(hass, noon, clock("2026-11-24 13:06"), MINUTE)
    assert NIGHT in held(cloud)
    assert status(hass) == "in_car"


async def planned_special(hass: HomeAssistant) -> dict[str, Any]:
    """Ask how a session would be planned."""
    return await act(
        hass,
        "plan_special_charging",
        device_id=devices(hass)[VIN],
        ready_by="2026-11-25 07:00:00",
        target=90,
    )


async def test_what_another_action_learns_is_planned_by_at_once(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A session asks the same source; its new prices are those of ordinary days, too."""
    source = Integration(hass, "nordpool", "get_prices_for_date", nordpool)
    source.error = HomeAssistantError("away")
    # Between the times of the hour at which the source is asked by itself.
    noon.move_to(clock("2026-11-24 12:06"))
    await in_earnest(hass, cloud, price_source="nordpool")
    assert status(hass) == "no_prices"
    source.error = None
    await tick(hass, noon, 6 * MINUTE)
    assert status(hass) == "no_prices"
    await planned_special(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    # The car had charged for six minutes before it was told to wait.
    assert windows(cloud) == [("02:20", "05:00")]
    assert status(hass) == "in_car"


async def test_what_was_asked_just_now_is_not_asked_again(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Sessions and ordinary days spare the source alike, and share an answer to come."""
    source = Integration(hass, "nordpool", "get_prices_for_date", nordpool)
    noon.move_to(clock("2026-11-24 12:06"))
    await in_earnest(hass, cloud, price_source="nordpool")
    source.asked.clear()
    await add(hass, "2026-11-27 07:00:00", 90)
    await planned_special(hass)
    assert source.asked == []
    await tick(hass, noon, 6 * MINUTE)
    answers = await asyncio.gather(
        planned_special(hass), planned(hass), planned_special(hass)
    )
    assert [answer["cost"] is not None for answer in answers] == [True] * 3
    # Of today and of tomorrow.
    assert len(source.asked) == 2


async def test_an_integration_that_is_not_there(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Its action is missing: an outage like any other."""
    await in_earnest(hass, cloud, price_source="tibber")
    assert status(hass) == "no_prices"


@pytest.fixture(autouse=True)
async def _helper(hass: HomeAssistant) -> AsyncIterator[None]:
    """Remove a schedule helper after a test, with the timer that it has."""
    yield
    if (component := hass.data.get(DATA_INSTANCES, {}).get("schedule")) is not None:
        await component.async_remove_entity("schedule.cheap")


async def schedule(hass: HomeAssistant, **data: Any) -> None:
    """Set up a schedule helper: cheap from 01:00 to 05:00 each day."""
    days = (
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    )
    block = {"from": "01:00:00", "to": "05:00:00", **data}
    config = {
        "schedule": {"cheap": {"name": "Cheap", **{day: [block] for day in days}}}
    }
    assert await async_setup_component(hass, "schedule", config)
    await hass.async_block_till_done()


async def test_the_blocks_of_a_schedule_are_the_cheap_hours(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """They are the same each week, so they are written once."""
    await schedule(hass)
    await in_earnest(hass, cloud, price_source="schedule", schedule="schedule.cheap")
    assert held(cloud) == [("1111111", "01:00", "05:00", False)]
    assert status(hass) == "in_car"


async def test_blocks_of_one_price_last_and_tell_the_cost(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """30 kWh at the price of the block, in the currency of Home Assistant."""
    await hass.config.async_update(currency="PLN")
    await schedule(hass, data={"price": 0.4})
    await in_earnest(hass, cloud, price_source="schedule", schedule="schedule.cheap")
    assert held(cloud) == [("1111111", "01:00", "05:00", False)]
    plan = await planned(hass)
    assert (plan["cost"], plan["currency"]) == (pytest.approx(12), "PLN")


async def test_a_schedule_that_cannot_be_read_changes_nothing(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is in the car stays, and it is told once."""
    await schedule(hass)
    entry = await in_earnest(
        hass, cloud, price_source="schedule", schedule="schedule.cheap"
    )
    await choose(hass, entry, price_source="schedule", schedule="schedule.gone")
    assert ("1111111", "01:00", "05:00", False) in held(cloud)
    assert status(hass) == "no_prices"
    await tick(hass, noon, HOUR)
    await cycle(hass)
    assert caplog.text.count("The schedule of cheap hours cannot be read") == 1


@pytest.mark.all_entities
async def test_the_rates_of_a_tariff_tell_costs_and_savings(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Charged in the night at the lower rate; on arrival it would have been noon's."""
    await hass.config.async_update(currency="PLN")
    entry = await set_up(hass, cloud)
    await choose(hass, entry, price_source="night", rates="0,6 1,2")
    plan = await planned(hass)
    assert (plan["cost"], plan["currency"]) == (pytest.approx(18), "PLN")
    assert commands(cloud) == 0
    # A preview is no plan.
    assert state_of(hass, "sensor", "planned_cost") == "unknown"
    await switch(hass, "shadow_mode", False)
    assert state_of(hass, "sensor", "planned_cost") == "18.0"


async def test_a_holiday_is_off_peak(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """At Christmas G12w is cheap all day, and its schedules are those of any day."""
    noon.move_to(clock("2026-12-24 20:00"))
    entry = await in_earnest(hass, cloud, price_source="g12w", rates="1 2")
    await cycle(hass)
    prices = entry.runtime_data.worker.energy
    noon_of = clock("2026-12-25 10:00")
    [interval] = prices.curve(noon_of, noon_of + HOUR).intervals
    assert interval.cost == 1
    assert held(cloud) == [("1111111", "22:00", "06:00", False)]


async def test_a_country_without_known_holidays(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """Its tariff is planned without them."""
    await hass.config.async_update(country="KP")
    await in_earnest(hass, cloud, price_source="g12w")
    assert held(cloud) == [("1111111", "22:00", "06:00", False)]
