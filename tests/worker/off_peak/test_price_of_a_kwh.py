"""Plans by what a kWh costs: markup, VAT and the grid fee of the hour."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
import json
import os
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.charging.options import PriceOptions
from custom_components.tesla_scout_worker.worker.grid_fees import GridFees
from custom_components.tesla_scout_worker.worker.price_sources import FormulaSource
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
from simulator.cloud import Cloud

from ...common import state_of
from ...scout_helpers import reload
from ..special_charging.session_helpers import WARSAW
from .off_peak_helpers import (
    PRICES,
    QUARTER,
    TUESDAY,
    WEDNESDAY,
    arrive,
    by_prices,
    cheap_at,
    clock,
    cycle,
    day_prices,
    in_earnest,
    planned,
    publish,
    until,
    windows,
)

# A windy evening: RCE alone is cheapest from 18:00 to 21:00.
RCE = cheap_at(18, 19, 20, cheap=0.10, dear=0.25)
G13 = {"grid_tariff": "pl_tauron_g13", "price_vat": 23}


@pytest.fixture(autouse=True)
async def _poland(hass: HomeAssistant) -> AsyncIterator[None]:
    """Count in zlotys; afterwards remove a schedule helper with its timer."""
    await hass.config.async_update(currency="PLN", country="PL")
    yield
    if (component := hass.data.get(DATA_INSTANCES, {}).get("schedule")) is not None:
        await component.async_remove_entity("schedule.grid")


async def formula(
    hass: HomeAssistant, entry: ConfigEntry[Any], **price_formula: Any
) -> None:
    """Choose the parts of a price, and reload."""
    options = {**entry.options, "price_formula": price_formula}
    hass.config_entries.async_update_entry(entry, options=options)
    await reload(hass, entry)
    await cycle(hass)


@pytest.mark.all_entities
async def test_a_polish_night_with_grid_fees_is_charged_at_other_hours(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """RCE alone picks the evening; with the fees of Tauron G13 and VAT it is the night.

    By hand: 0.10 * 1.23 + 0.4333 * 1.23 = 0.655959 until 21:00, and
    0.25 * 1.23 + 0.0827 * 1.23 = 0.409221 after it; 30 kWh cost 12.28 PLN.
    """
    publish(hass, day_prices(TUESDAY, RCE), day_prices(WEDNESDAY, RCE))
    entry = await by_prices(hass, cloud)
    await arrive(hass, cloud)
    assert windows(cloud) == [("18:16", "21:00")]
    await formula(hass, entry, **G13)
    assert windows(cloud) == [("03:16", "06:00")]
    plan = await planned(hass)
    assert {row["price"] for row in plan["intervals"]} == {round(0.409221, 4)}
    assert plan["cost"] == pytest.approx(30 * 0.409221, abs=0.01)
    assert plan["currency"] == "PLN"
    assert float(state_of(hass, "sensor", "planned_cost")) == pytest.approx(
        12.28, abs=0.01
    )


@pytest.mark.all_entities
@pytest.mark.slow
async def test_costs_and_savings_are_by_the_price_of_a_kwh(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """By hand, 30 kWh: 30 * 0.409221 = 12.28 PLN in the night.

    On arrival at 17:30 it would have been half an hour in the afternoon peak at 0.25,
    2 h 14 min of it at 0.10: 5.5 kWh * 0.840459 + 24.5 kWh * 0.655959 = 20.69 PLN.
    """
    publish(hass, day_prices(TUESDAY, RCE), day_prices(WEDNESDAY, RCE))
    entry = await by_prices(hass, cloud)
    await formula(hass, entry, **G13)
    await until(hass, noon, clock("2026-11-24 17:30"), QUARTER)
    await arrive(hass, cloud)
    assert windows(cloud) == [("03:16", "06:00")]
    await until(hass, noon, clock("2026-11-25 09:00"), QUARTER)
    cost = float(state_of(hass, "sensor", "charging_cost"))
    on_arrival = float(state_of(hass, "sensor", "charging_cost_on_arrival"))
    assert cost == pytest.approx(12.28, abs=0.4)
    assert on_arrival == pytest.approx(20.69, abs=0.8)
    savings = float(state_of(hass, "sensor", "savings"))
    assert savings == pytest.approx(on_arrival - cost, abs=0.02)


async def test_a_schedule_helper_gives_the_grid_fee(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Its blocks hold a fee; the fee between them is the user's."""
    evening = [{"from": "18:00:00", "to": "21:00:00", "data": {"fee": 0.5}}]
    week = dict.fromkeys(
        (
            *("monday", "tuesday", "wednesday", "thursday"),
            *("friday", "saturday", "sunday"),
        ),
        evening,
    )
    await async_setup_component(
        hass, "schedule", {"schedule": {"grid": {"name": "Grid", **week}}}
    )
    publish(hass, day_prices(TUESDAY, RCE), day_prices(WEDNESDAY, RCE))
    entry = await by_prices(hass, cloud)
    await arrive(hass, cloud)
    await formula(hass, entry, grid_fee_entity="schedule.grid", grid_fees="0.1")
    plan = await planned(hass)
    assert {row["price"] for row in plan["intervals"]} == {0.35}


async def test_zones_by_an_entity_have_the_fees_of_a_dynamic_tariff(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Tauron G14dynamic: zone 3 of the evening costs 100 times zone 0 of the night."""
    publish(hass, day_prices(TUESDAY, RCE), day_prices(WEDNESDAY, RCE))
    zone = cheap_at(1, 2, 3, cheap=0, dear=3)
    rows = [
        {"udtczas": row["start"], "znacznik": row["price"]}
        for row in (*day_prices(TUESDAY, zone), *day_prices(WEDNESDAY, zone))
    ]
    hass.states.async_set("sensor.kompas", "0", {"all_data": rows})
    entry = await by_prices(hass, cloud)
    await arrive(hass, cloud)
    await formula(
        hass,
        entry,
        grid_tariff="pl_tauron_g14dynamic",
        grid_fee_entity="sensor.kompas",
        price_vat=23,
    )
    assert windows(cloud) == [("01:16", "04:00")]
    plan = await planned(hass)
    # By hand: (0.25 + 0.0224 + 0.0435) * 1.23 = 0.388557.
    assert {row["price"] for row in plan["intervals"]} == {round(0.388557, 4)}


def kompas(*days: date) -> list[dict[str, Any]]:
    """Return the zones of some days: 0 from 01:00 to 04:00, else 3."""
    zone = cheap_at(1, 2, 3, cheap=0, dear=3)
    return [
        {"udtczas": row["start"], "znacznik": row["price"]}
        for day in days
        for row in day_prices(day, zone)
    ]


async def planned_hours(hass: HomeAssistant) -> list[tuple[str, str]]:
    """Return the local times from and until which a charge would run."""

    def local(text: str) -> str:
        """Return the wall clock of an instant."""
        return f"{datetime.fromisoformat(text).astimezone(WARSAW):%H:%M}"

    windows = (await planned(hass))["windows"]
    return [(local(row["start"]), local(row["end"])) for row in windows]


@pytest.mark.parametrize("zones_of_tomorrow", [False, True])
@pytest.mark.parametrize("prices_of_tomorrow", [False, True])
async def test_prices_and_zones_that_come_later_are_expected_as_before(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    prices_of_tomorrow: bool,
    zones_of_tomorrow: bool,
) -> None:
    """Tauron G14dynamic at noon: the dear evening is not taken for the only known one."""
    monday = TUESDAY - timedelta(days=1)
    days = [monday, TUESDAY]
    feed = days + [WEDNESDAY] * prices_of_tomorrow
    publish(hass, *(day_prices(day, RCE) for day in feed))
    rows = kompas(*days, *[WEDNESDAY] * zones_of_tomorrow)
    hass.states.async_set("sensor.kompas", "0", {"all_data": rows})
    entry = await by_prices(hass, cloud)
    await arrive(hass, cloud)
    await formula(
        hass,
        entry,
        grid_tariff="pl_tauron_g14dynamic",
        grid_fee_entity="sensor.kompas",
        price_vat=23,
    )
    assert await planned_hours(hass) == [("01:16", "04:00")]


async def test_weekly_windows_of_the_user_give_the_grid_fee(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """In their months and weekdays; the later row counts, a holiday is a Sunday.

    By hand: RCE 0.10 at 18:00 and the fee of the evening are 1.10, and 0.25 at night
    with the fee of all other hours are 0.35. On a Sunday the evening has no window.
    """
    publish(hass, day_prices(TUESDAY, RCE), day_prices(WEDNESDAY, RCE))
    entry = await by_prices(hass, cloud)
    await arrive(hass, cloud)
    lines = (
        "0.5 Mon-Fri Nov-Mar 06:00-22:00",
        "1 Mon-Fri Nov-Mar 17:00-22:00",
        "2 Apr-Oct 00:00-24:00",
    )
    windows_text = "\n".join(lines)
    await formula(hass, entry, grid_fees="0.1", grid_windows=windows_text)
    assert await planned_hours(hass) == [("03:16", "06:00")]
    assert {row["price"] for row in (await planned(hass))["intervals"]} == {0.35}
    source = entry.runtime_data.worker.energy
    assert isinstance(source, FormulaSource)
    grid_fees = source.grid_fees
    assert grid_fees is not None

    def fee(at: str) -> float | None:
        """Return the grid fee at a local time."""
        start = clock(at)
        (item,) = grid_fees.curve(start, start + timedelta(minutes=1)).intervals
        return item.cost

    assert fee("2026-11-24 18:00") == 1
    assert fee("2026-11-24 12:00") == 0.5
    assert fee("2026-11-29 18:00") == 0.1
    assert fee("2026-12-25 18:00") == 0.1
    assert fee("2027-04-02 03:00") == 2


async def test_an_entity_gives_the_grid_fee_of_each_hour(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A list of fees per kWh, of today only, that has a unit and VAT."""
    fee = cheap_at(3, 4, 5, cheap=10, dear=60)
    rows = day_prices(TUESDAY, fee)
    attributes = {"unit_of_measurement": "gr/kWh", "fees": rows}
    hass.states.async_set("sensor.grid_fee", "60", attributes)
    publish(hass, day_prices(TUESDAY, RCE), day_prices(WEDNESDAY, RCE))
    entry = await by_prices(hass, cloud)
    await arrive(hass, cloud)
    await formula(hass, entry, grid_fee_entity="sensor.grid_fee")
    assert await planned_hours(hass) == [("03:16", "06:00")]
    # Fees of tomorrow come in the afternoon.
    rows += day_prices(WEDNESDAY, fee)
    hass.states.async_set("sensor.grid_fee", "60", {**attributes, "fees": rows})
    await until(hass, noon, clock("2026-11-24 14:00"), QUARTER)
    assert windows(cloud) == [("03:16", "06:00")]
    # By hand: 0.25 + 0.10.
    assert {row["price"] for row in (await planned(hass))["intervals"]} == {0.35}


async def test_grid_fees_of_an_entity_are_forgotten_after_some_days(
    hass: HomeAssistant, noon: FrozenDateTimeFactory
) -> None:
    """An entity that is read for months does not fill the memory."""
    options = PriceOptions.of({"price_formula": {"grid_fee_entity": "sensor.grid_fee"}})
    fees = GridFees(hass, options)
    begin = clock("2026-11-24 00:00")
    for ago in range(10):
        rows = day_prices(TUESDAY + timedelta(days=ago), cheap_at(3))
        attributes = {"unit_of_measurement": "PLN/kWh", "fees": rows}
        hass.states.async_set("sensor.grid_fee", "1", attributes)
        await fees.async_learn()
        noon.tick(timedelta(days=1))
    known = fees.curve(begin, begin + timedelta(days=20)).intervals
    assert known[-1].end == begin + timedelta(days=10)
    assert known[-1].end - known[0].start < timedelta(days=6)


async def test_one_price_all_day_with_a_grid_fee_by_zones(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """No feed: the seller's price is the markup, the zones decide."""
    entry = await in_earnest(hass, cloud, price_source="fixed")
    await arrive(hass, cloud)
    await formula(hass, entry, price_markup=0.5, **G13)
    assert windows(cloud) == [("03:16", "06:00")]
    plan = await planned(hass)
    # By hand: 0.5 * 1.23 + 0.0827 * 1.23 = 0.716721.
    assert {row["price"] for row in plan["intervals"]} == {round(0.716721, 4)}


async def test_fees_of_another_currency_make_prices_unknown_until_a_factor_converts(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Never a plan by a sum of euros and zlotys; logged once."""
    publish(hass, day_prices(TUESDAY, RCE), day_prices(WEDNESDAY, RCE))
    state = hass.states.get(PRICES)
    assert state is not None
    hass.states.async_set(
        PRICES, "48", {**state.attributes, "unit_of_measurement": "EUR/kWh"}
    )
    entry = await by_prices(hass, cloud)
    await arrive(hass, cloud)
    await formula(hass, entry, **G13)
    assert caplog.text.count("Fees in PLN cannot be added to prices in EUR") == 1
    assert {row["price"] for row in (await planned(hass))["intervals"]} == {None}
    await formula(hass, entry, **G13, price_factor=4.0)
    plan = await planned(hass)
    # By hand: evening (0.10 * 4 + 0.4333) * 1.23 = 1.024959, and night
    # (0.25 * 4 + 0.0827) * 1.23 = 1.331721: with a price so high the evening is cheaper.
    assert {row["price"] for row in plan["intervals"]} == {round(1.024959, 4)}


async def test_a_grid_tariff_of_ones_own(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    """A file in the configuration folder; one that cannot be read is skipped."""
    folder = tmp_path / "tesla_scout_worker" / "tariffs"
    folder.mkdir(parents=True)
    (folder / "broken.json").write_text("{")
    (folder / "nested.json").write_text("[" * 100_000)
    os.mkfifo(folder / "pipe.json")
    (folder / "device.json").symlink_to("/dev/zero")
    with (folder / "large.json").open("wb") as large:
        large.truncate(1_000_000_000)
    mine = {
        "country": "PL",
        "operator": "Mine",
        "group": "Night",
        "currency": "PLN",
        "source": "My bill",
        "zones": [
            {"key": "night", "fee": 0.1},
            {"key": "day", "fee": 0.9, "hours": "03:00-23:00"},
        ],
    }
    (folder / "mine.json").write_text(json.dumps(mine))
    hass.config.config_dir = str(tmp_path)
    publish(hass, day_prices(TUESDAY, RCE), day_prices(WEDNESDAY, RCE))
    entry = await by_prices(hass, cloud)
    await arrive(hass, cloud)
    await formula(hass, entry, grid_tariff="mine")
    assert windows(cloud) == [("00:16", "03:00")]


async def test_a_grid_tariff_whose_file_is_gone_makes_no_hour_cheap(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The price is unknown, and that is said once."""
    publish(hass, day_prices(TUESDAY, RCE), day_prices(WEDNESDAY, RCE))
    entry = await by_prices(hass, cloud)
    await arrive(hass, cloud)
    await formula(hass, entry, grid_tariff="pl_gone")
    assert caplog.text.count("the file of the grid tariff is missing") == 1
    assert {row["price"] for row in (await planned(hass))["intervals"]} == {None}
