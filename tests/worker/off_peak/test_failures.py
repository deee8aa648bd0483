"""Trouble and its end: prices that are away, odd or in other money, and Tesla's own."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.charging.daily.sync_result import SyncTrigger
from custom_components.tesla_scout_worker.gateways.budget import for_session
from custom_components.tesla_scout_worker.gateways.ledger import CallKind
from custom_components.tesla_scout_worker.worker import price_actions
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.exceptions import HomeAssistantError
from simulator.car import CarSettings
from simulator.cloud import Cloud
from simulator.faults import Fault

from ...common import OTHER_VIN, VIN, act, entity_id, state_of, the_car, tick
from ...scout_helpers import answered, devices, reload, scout_now, with_car
from .off_peak_helpers import (
    MINUTE,
    NIGHT,
    PLUGGED,
    PRICES,
    QUARTER,
    by_prices,
    cheap_at,
    choose,
    clock,
    commands,
    cycle,
    guards,
    held,
    in_earnest,
    number,
    planned,
    publish,
    status,
    switch,
    troubles,
    two_days,
    until,
    windows,
)


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that is plugged in at home and does not fall asleep."""
    return PLUGGED


# Prices.


@pytest.mark.all_entities
async def test_prices_in_another_currency_begin_anew(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The source was switched from PLN to EUR: planned by, and shown, in EUR."""
    publish(hass, *two_days(2, 3, 4))
    await by_prices(hass, cloud)
    rows = [row for day in two_days(0, 1, 2, cheap=0.05) for row in day]
    hass.states.async_set(
        PRICES, "1", {"unit_of_measurement": "EUR/kWh", "prices": rows}
    )
    await tick(hass, noon, MINUTE)
    assert windows(cloud) == [("00:16", "03:00")]
    state = hass.states.get(entity_id(hass, "sensor", "planned_cost"))
    assert state is not None
    assert state.attributes["unit_of_measurement"] == "EUR"
    assert float(state.state) == pytest.approx(1.5)


@pytest.mark.all_entities
@pytest.mark.slow
async def test_sums_stay_in_the_money_that_they_are_of(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Also while the car is away, and when the prices change their currency."""
    publish(hass, *two_days(2, 3, 4))
    entry = await by_prices(hass, cloud)
    await until(hass, noon, clock("2026-11-25 07:00"), QUARTER)
    the_car(cloud).unplug()
    the_car(cloud).move(replace(the_car(cloud).position, latitude=52.0))
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert status(hass) == "not_home"
    for key in ("charging_cost", "charging_cost_on_arrival", "savings"):
        state = hass.states.get(entity_id(hass, "sensor", key))
        assert state is not None
        assert state.attributes["unit_of_measurement"] == "PLN"
    assert float(state_of(hass, "sensor", "charging_cost")) == pytest.approx(6, abs=0.3)
    await reload(hass, entry)
    state = hass.states.get(entity_id(hass, "sensor", "savings"))
    assert state is not None
    assert state.attributes["unit_of_measurement"] == "PLN"


async def test_a_gap_that_is_on_does_not_hide_the_night(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """A source that tells from the next hour on: the hours that are known count."""
    rows = [
        row
        for day in two_days(2, 3, 4)
        for row in day
        if datetime.fromisoformat(row["start"]) > datetime.now(UTC)
    ]
    hass.states.async_set(
        PRICES, "1", {"unit_of_measurement": "PLN/kWh", "prices": rows}
    )
    await by_prices(hass, cloud)
    assert windows(cloud) == [("02:16", "05:00")]
    assert status(hass) == "in_car"


async def test_negative_prices_come_twice_and_late(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """The same prices again are no news; paid to charge, the car does."""
    publish(hass)
    await by_prices(hass, cloud)
    assert status(hass) == "no_prices"
    await until(hass, noon, clock("2026-11-25 00:30"), QUARTER)
    for _ in range(3):
        publish(hass)
        publish(hass, *two_days(2, 3, 4, cheap=-0.1))
        await tick(hass, noon, MINUTE)
    assert windows(cloud) == [("02:16", "05:00")]
    assert commands(cloud) == 4
    plan = await planned(hass)
    assert plan["cost"] == pytest.approx(-3)


async def test_prices_by_the_hour_of_the_day(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """PVPC tells them without a date: they are of the day on which it wrote them."""
    price = cheap_at(2, 3, 4)
    rows = {f"price_{hour:02}h": price(hour) for hour in range(24)}
    twins = {f"price_next_day_{hour:02}h": price(hour) for hour in range(24)}
    hass.states.async_set(
        PRICES, "0.2", {"unit_of_measurement": "EUR/kWh", **rows, **twins}
    )
    await by_prices(hass, cloud)
    assert windows(cloud) == [("02:16", "05:00")]


@pytest.mark.parametrize("error", [KeyError("home"), TimeoutError()])
async def test_an_integration_that_fails_in_its_own_way(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    """An outage like any other: the guard is in the car, and the floor would charge."""
    tibber(hass, lambda _data: (_ for _ in ()).throw(error))
    await in_earnest(hass, cloud, price_source="tibber")
    assert status(hass) == "no_prices"
    assert guards(cloud) == 1
    await until(hass, noon, clock("2026-11-24 13:00"), MINUTE)
    assert caplog.text.count("There are no prices at the moment") == 1


async def test_an_integration_that_does_not_answer(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is given up after its time, and a fixed guard is all that the car gets."""
    monkeypatch.setattr(price_actions, "PATIENCE", 0)

    async def answer(_call: ServiceCall) -> ServiceResponse:
        """Hang."""
        await asyncio.Event().wait()
        return {}

    hass.services.async_register(
        "tibber", "get_prices", answer, supports_response=SupportsResponse.ONLY
    )
    await in_earnest(hass, cloud, price_source="tibber")
    assert status(hass) == "no_prices"


def tibber(
    hass: HomeAssistant, answer: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> None:
    """Have Tibber's action answer."""

    async def call(call: ServiceCall) -> ServiceResponse:
        """Answer a call."""
        return answer(call.data)

    hass.services.async_register(
        "tibber", "get_prices", call, supports_response=SupportsResponse.ONLY
    )


async def test_a_plan_that_is_asked_for_takes_no_event_from_the_other_car(
    hass: HomeAssistant, two_cars: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Prices that came with a question are new prices for all cars."""
    the_car(two_cars, OTHER_VIN).set_sentry(True)
    prices: dict[str, Any] = {"prices": {}}
    tibber(hass, lambda _data: prices)
    await hass.config.async_update(currency="PLN")
    await in_earnest(hass, two_cars, price_source="tibber")
    await switch(hass, "shadow_mode", False, OTHER_VIN)
    await tick(hass, noon, 10 * MINUTE)
    await tick(hass, noon, 6 * MINUTE)
    rows = [
        {"start_time": row["start"], "price": row["price"]}
        for day in two_days(2, 3, 4)
        for row in day
    ]
    prices["prices"] = {"Home": rows}
    await act(hass, "plan_charging", device_id=devices(hass)[VIN])
    await hass.async_block_till_done(wait_background_tasks=True)
    assert windows(two_cars) == [("02:16", "05:00")]
    assert windows(two_cars, OTHER_VIN) == [("02:16", "05:00")]


# Tesla, and the car.


async def test_trouble_that_time_cures_is_never_a_repair(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Tesla's servers are away for two hours: waiting, not failed, and then it is in."""
    away = cloud.faults.add(Fault(path="*/command/*", status=503))
    await in_earnest(hass, cloud)
    await until(hass, noon, clock("2026-11-24 13:50"), MINUTE)
    await scout_now(hass)
    assert status(hass) == "pending"
    assert not troubles(hass)
    # After 1, 2, 5, 10, 20 and 30 minutes, as every delivery.
    assert commands(cloud) <= 7
    cloud.faults.remove(away)
    await until(hass, noon, clock("2026-11-24 15:00"), MINUTE)
    assert held(cloud) == [NIGHT]


async def test_a_repair_stays_while_the_car_is_away(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Nothing is solved by a drive; it is told once, and not anew each evening."""
    no = {"response": {"result": False, "reason": "no"}}
    cloud.faults.add(Fault(path="*/add_charge_schedule", status=200, body=no))
    await in_earnest(hass, cloud)
    await until(hass, noon, clock("2026-11-24 12:20"), MINUTE)
    [trouble] = troubles(hass)
    car = the_car(cloud)
    car.move(replace(car.position, latitude=52.0))
    await scout_now(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert status(hass) == "not_home"
    assert troubles(hass) == [trouble]
    await switch(hass, "off_peak_sync", False)
    assert not troubles(hass)


async def test_a_read_back_that_does_not_tell_is_no_empty_list(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """After a failed read-back the schedule is there, and not sent again."""
    entry = await in_earnest(hass, cloud)
    await tick(hass, noon, 2 * MINUTE)
    car = the_car(cloud)
    blind = {**car.vehicle_data(frozenset({"charge_state", "location_data"}))}
    blind |= {"charge_schedule_data": {}}
    cloud.faults.add(
        Fault(path="*/vehicle_data", body={"response": blind}, after=1, times=1)
    )
    await choose(hass, entry, price_source="g13")
    sent = commands(cloud)
    assert (await cycle(hass))["skipped"] == "schedules_unknown"
    await until(hass, noon, clock("2026-11-24 12:30"), MINUTE)
    assert commands(cloud) == sent
    assert held(cloud) == [("1111111", "21:00", "07:00", False)]
    assert status(hass) == "in_car"


async def test_an_action_is_cut_off_by_an_unload(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Else it would go on beside the cycles of the entry that is loaded next."""
    entry = await in_earnest(hass, cloud)
    fault = cloud.faults.add(Fault(path="*/remove_charge_schedule", hang=True, times=1))
    asked = hass.async_create_task(
        act(hass, "remove_schedules", device_id=devices(hass)[VIN])
    )
    while fault in cloud.faults.active:
        await asyncio.sleep(0)
    await reload(hass, entry)
    with pytest.raises(HomeAssistantError, match="loaded anew"):
        await asked
    await hass.async_block_till_done(wait_background_tasks=True)
    assert held(cloud) == [NIGHT]
    assert state_of(hass, "switch", "off_peak_sync") == "on"
    assert commands(cloud) == 2


@pytest.mark.parametrize("path", ["*/add_charge_schedule", "*/vehicle_data"])
async def test_an_unload_in_the_middle_of_a_cycle(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, path: str
) -> None:
    """It is cut off, no timer is left, and the next start sends what is missing, once."""
    entry = await in_earnest(hass, cloud)
    await tick(hass, noon, 2 * MINUTE)
    after = 1 if path == "*/vehicle_data" else 0
    fault = cloud.faults.add(Fault(path=path, hang=True, times=1, after=after))
    options = {**entry.options, "off_peak": {"price_source": "g13"}}
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.config_entries.async_reload(entry.entry_id)
    while fault in cloud.faults.active:
        await asyncio.sleep(0)
    worker = entry.runtime_data.worker
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert worker.armed(VIN) == {}
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await until(hass, noon, clock("2026-11-24 12:30"), MINUTE)
    assert held(cloud) == [("1111111", "21:00", "07:00", False)]
    assert status(hass) == "in_car"
    assert entry.runtime_data.worker.armed(VIN)


# Money, and sessions.


def spend(entry: Any, left: float) -> None:
    """Have all of the month's budget spent but for a rest, in US dollars."""
    budget = entry.runtime_data.budget
    now = datetime.now(UTC)
    reads = int(((budget.left(now) or 0) - left) / 0.002)
    budget.ledger.calls[CallKind.DATA] += reads


@pytest.mark.all_entities
async def test_the_safety_floor_spends_what_is_reserved_for_sessions(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """In the essential stage ordinary plans wait, and a car that is low charges."""
    publish(hass)
    entry = await by_prices(hass, cloud)
    assert commands(cloud) == 2
    spend(entry, 0.9)
    publish(hass, *two_days(2, 3, 4))
    await tick(hass, noon, 2 * MINUTE)
    stage = state_of(hass, "sensor", "api_budget_stage", str(entry.unique_id))
    assert stage == "essential"
    assert (status(hass), commands(cloud)) == ("pending", 2)
    assert (await cycle(hass))["skipped"] == "budget_spent"
    # What a session's own read finds below the floor need not wait for the next try.
    daily, now = entry.runtime_data.worker.controller(VIN).daily, datetime.now(UTC)
    assert daily.blocked_until(SyncTrigger.SCOUTED, now, urgent=False) is not None
    assert daily.blocked_until(SyncTrigger.SCOUTED, now, urgent=True) is None
    await number(hass, "safety_floor", 50)
    assert the_car(cloud).charging_state == "Charging"
    # The floor, and with it the plan that holds the car once that is reached, for the
    # one by guess.
    assert commands(cloud) == 5
    await until(hass, noon, clock("2026-11-24 13:30"), MINUTE)
    assert the_car(cloud).charging_state == "Stopped"
    assert 49.5 <= the_car(cloud).battery_level < 52
    with for_session():
        assert entry.runtime_data.budget.allows(CallKind.COMMAND, datetime.now(UTC))
    assert not entry.runtime_data.budget.allows(CallKind.COMMAND, datetime.now(UTC))
    await number(hass, "safety_floor", 5)
    await until(hass, noon, clock("2026-11-24 15:00"), QUARTER)
    assert commands(cloud) == 5
    assert status(hass) == "pending"


@with_car(replace(PLUGGED, starts_asleep=True, sentry=False, battery_level=12))
async def test_a_restart_below_the_floor_in_an_outage(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """In the middle of the floor's charging: it goes on, is not sent anew, and ends."""
    publish(hass)
    the_car(cloud).set_sentry(True)
    entry = await by_prices(hass, cloud)
    assert the_car(cloud).charging_state == "Charging"
    sent = commands(cloud)
    await tick(hass, noon, 10 * MINUTE)
    await reload(hass, entry)
    await until(hass, noon, clock("2026-11-24 13:30"), MINUTE)
    assert the_car(cloud).charging_state == "Stopped"
    assert 20 <= the_car(cloud).battery_level < 21.5
    assert commands(cloud) == sent
    assert guards(cloud) == 1


@pytest.mark.all_entities
async def test_what_is_shown_moves_on_with_the_windows(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """After the last hour of a night comes the first of the next, without any read."""
    the_car(cloud).set_sentry(False)
    await in_earnest(hass, cloud)
    await until(hass, noon, clock("2026-11-25 05:55"), QUARTER)
    start = state_of(hass, "sensor", "next_charge_start")
    assert start == "2026-11-24T21:00:00+00:00"
    await until(hass, noon, clock("2026-11-25 06:01"), MINUTE)
    start = state_of(hass, "sensor", "next_charge_start")
    assert start == "2026-11-25T21:00:00+00:00"


async def test_a_partial_read_takes_nothing_away(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Without its state of charge, or without its charge schedules, nothing changes."""
    publish(hass, *two_days(2, 3, 4))
    await by_prices(hass, cloud)
    sent = commands(cloud)
    with answered(cloud, "charge_state", battery_level=None):
        await tick(hass, noon, 2 * MINUTE)
        await scout_now(hass)
        await cycle(hass)
    with answered(cloud, "charge_schedule_data", charge_schedules=None):
        await tick(hass, noon, 2 * MINUTE)
        await scout_now(hass)
        await cycle(hass)
    await until(hass, noon, clock("2026-11-24 13:00"), MINUTE)
    assert commands(cloud) == sent
    assert windows(cloud) == [("02:16", "05:00")]
