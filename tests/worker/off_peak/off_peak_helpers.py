"""What the tests of ordinary charging share: a car at home, prices, and what was sent."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory

from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.schedules import ChargeSchedule

from ...common import HOME, VIN, act, count, entity_id, set_up, state_of, the_car, tick
from ...scout_helpers import devices, reload, scout_now
from ..special_charging.session_helpers import WARSAW

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
QUARTER = 15 * MINUTE

TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)

# 40 % to 80 % of 75 kWh at 11 kW take 2 h 44 min.
HOME_CAR = CarSettings(
    vin=VIN,
    home=HOME,
    plugged_in=False,
    battery_level=40,
    charge_limit=80,
)

AWAKE = replace(HOME_CAR, sentry=True)
PLUGGED = replace(AWAKE, plugged_in=True)
ASLEEP = replace(HOME_CAR, plugged_in=True)

# What the car holds by peak hours at first, by G13 in winter, and by prices: a minute on
# the Monday after, late in the day.
NIGHT = ("1111111", "22:00", "06:00", False)
G13 = ("1111111", "21:00", "07:00", False)
GUARD = ("0000010", "23:58", "23:59", True)

# A schedule that nobody but the owner made.
OWNERS = ChargeSchedule(
    id=5,
    days_of_week=62,
    start_enabled=True,
    start_time=60,
    end_enabled=True,
    end_time=120,
    latitude=HOME.latitude,
    longitude=HOME.longitude,
)

ZONE_ATTRIBUTES = {"unit_of_measurement": "PLN/kWh"}
PRICES = "sensor.prices"


def clock(text: str) -> datetime:
    """Return a time on the wall in Warsaw, such as ``2026-11-24 18:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW)


def commands(cloud: Cloud) -> int:
    """Return how many commands were sent."""
    return count(cloud, "command")


def held(cloud: Cloud, vin: str = VIN) -> list[tuple[str, str, str, bool]]:
    """Return what the car holds: days, start, end, and whether it is one-time."""
    return sorted(
        (
            f"{schedule.days_of_week:07b}",
            f"{schedule.start_time // 60:02}:{schedule.start_time % 60:02}",
            f"{schedule.end_time // 60:02}:{schedule.end_time % 60:02}",
            schedule.one_time,
        )
        for schedule in the_car(cloud, vin).charge_schedules.values()
    )


async def switch(hass: HomeAssistant, key: str, on: bool, vin: str = VIN) -> None:
    """Turn a switch of a car."""
    await hass.services.async_call(
        "switch",
        "turn_on" if on else "turn_off",
        {"entity_id": entity_id(hass, "switch", key, vin)},
        blocking=True,
    )
    await hass.async_block_till_done(wait_background_tasks=True)


async def in_earnest(
    hass: HomeAssistant, cloud: Cloud, vin: str = VIN, **off_peak: Any
) -> ConfigEntry[Any]:
    """Set up, and turn shadow mode off once a plan was seen."""
    entry = await set_up(hass, cloud)
    if off_peak:
        await choose(hass, entry, **off_peak)
    await switch(hass, "shadow_mode", False, vin)
    return entry


async def choose(hass: HomeAssistant, entry: ConfigEntry[Any], **off_peak: Any) -> None:
    """Choose options about ordinary charging, and reload."""
    options = {**entry.options, "off_peak": off_peak}
    hass.config_entries.async_update_entry(entry, options=options)
    await reload(hass, entry)


async def cycle(hass: HomeAssistant, vin: str = VIN) -> dict[str, Any]:
    """Have the Worker run a cycle."""
    answer = await act(hass, "send_plan", device_id=devices(hass)[vin])
    await hass.async_block_till_done(wait_background_tasks=True)
    return answer


async def planned(hass: HomeAssistant, vin: str = VIN) -> dict[str, Any]:
    """Ask how the car would be charged."""
    return await act(hass, "plan_charging", device_id=devices(hass)[vin])


def status(hass: HomeAssistant, vin: str = VIN) -> str:
    """Return how it stands with the plan."""
    return state_of(hass, "sensor", "off_peak_plan", vin)


async def until(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    at: datetime,
    step: timedelta = 5 * MINUTE,
) -> None:
    """Let time pass step by step until an instant (aware)."""
    while (left := at - datetime.now(UTC)) > timedelta(0):
        await tick(hass, freezer, min(step, left))


def day_prices(day: date, price_of: Callable[[int], float]) -> list[dict[str, Any]]:
    """Return the hours of a local day, of 23 or 25 if it has so many."""
    start = datetime(day.year, day.month, day.day, tzinfo=WARSAW).astimezone(UTC)
    after = day + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=WARSAW).astimezone(UTC)
    rows = []
    while start < end:
        local = start.astimezone(WARSAW)
        rows.append({"start": local.isoformat(), "price": price_of(local.hour)})
        start += HOUR
    return rows


def cheap_at(*hours: int, cheap: float = 0.2, dear: float = 1.0) -> Any:
    """Return the price of each hour, of which some are cheap."""
    return lambda hour: cheap if hour in hours else dear


def two_days(*hours: int, cheap: float = 0.2) -> tuple[list[dict[str, Any]], ...]:
    """Return the prices of Tuesday and Wednesday, some hours of which are cheap."""
    price = cheap_at(*hours, cheap=cheap)
    return day_prices(TUESDAY, price), day_prices(WEDNESDAY, price)


def publish(hass: HomeAssistant, *days: list[dict[str, Any]]) -> None:
    """Have the sensor tell the prices of some days; of none: an outage."""
    rows = [row for day in days for row in day]
    attributes = {**ZONE_ATTRIBUTES, "prices": rows} if rows else {}
    hass.states.async_set(PRICES, str(len(rows)), attributes)


def down(*_: Any, **__: Any) -> Any:
    """Raise as an integration does whose server is away."""
    raise HomeAssistantError("away")


@contextmanager
def moving_on(
    cloud: Cloud, freezer: FrozenDateTimeFactory, step: timedelta = timedelta(seconds=1)
) -> Iterator[None]:
    """Have each request take its time, so that no two reads are of one instant."""
    take = cloud.faults.take

    def slow(server: Any, method: str, path: str) -> Any:
        """Let a moment pass."""
        freezer.tick(step)
        return take(server, method, path)

    with patch.object(cloud.faults, "take", slow):
        yield


async def number(hass: HomeAssistant, key: str, value: int, vin: str = VIN) -> None:
    """Set a number of a car."""
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": entity_id(hass, "number", key, vin), "value": value},
        blocking=True,
    )
    await hass.async_block_till_done(wait_background_tasks=True)


async def depart(hass: HomeAssistant, at: str, vin: str = VIN) -> None:
    """Set when a car usually leaves."""
    await hass.services.async_call(
        "time",
        "set_value",
        {"entity_id": entity_id(hass, "time", "departure", vin), "time": at},
        blocking=True,
    )
    await hass.async_block_till_done(wait_background_tasks=True)


async def by_prices(
    hass: HomeAssistant, cloud: Cloud, **off_peak: Any
) -> ConfigEntry[Any]:
    """Set up with a sensor that tells prices."""
    return await in_earnest(
        hass, cloud, price_source="entities", price_entities=[PRICES], **off_peak
    )


def windows(cloud: Cloud, vin: str = VIN) -> list[tuple[str, str]]:
    """Return the one-time windows in the car, without the guard."""
    return [
        (start, end)
        for _, start, end, once in held(cloud, vin)
        if once and end != "23:59"
    ]


def guards(cloud: Cloud, vin: str = VIN) -> int:
    """Return how many guards the car holds."""
    return sum(end == "23:59" for _, _, end, _ in held(cloud, vin))


async def arrive(hass: HomeAssistant, cloud: Cloud) -> None:
    """Plug the car in, and have the Scout see it."""
    the_car(cloud).plug_in()
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


def troubles(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return the repairs about off-peak schedules."""
    issues = ir.async_get(hass).issues.values()
    return [
        issue
        for issue in issues
        if issue.domain == DOMAIN and issue.active and "off_peak" in issue.issue_id
    ]
