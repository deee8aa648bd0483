"""Sessions by the prices that the user chose: planned, planned anew, and kept."""

from datetime import date, datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.data import ScoutConfigEntry
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from simulator.cloud import Cloud

from ...common import the_car
from ..off_peak.off_peak_helpers import (
    PRICES,
    cheap_at,
    choose,
    clock,
    day_prices,
    publish,
)
from .session_helpers import (
    MINUTE,
    QUARTER,
    SECONDS,
    SessionLog,
    add,
    charges,
    home_and_awake,
    local,
    sent_commands,
    session,
    special,
    until,
)

WEDNESDAY, THURSDAY, FRIDAY = date(2025, 8, 6), date(2025, 8, 7), date(2025, 8, 8)
FRIDAY_MORNING = "2025-08-08 07:00:00"
EARLY = cheap_at(0, 1, 2, 3)
LATE = cheap_at(2, 3, 4, 5)


async def by_prices(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> tuple[ScoutConfigEntry, SessionLog]:
    """Set up with a sensor that tells prices."""
    entry, log = await home_and_awake(hass, cloud, noon)
    await choose(hass, entry, price_source="entities", price_entities=[PRICES])
    return entry, log


def windows(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the windows of a session on the wall."""
    return [
        (
            local(datetime.fromisoformat(window["start"])),
            local(datetime.fromisoformat(window["end"])),
        )
        for window in answer["plan"]["windows"]
    ]


@pytest.mark.slow
async def test_new_prices_move_what_was_not_sent(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Friday's prices come on Thursday, and the night begins two hours earlier."""
    publish(hass, day_prices(WEDNESDAY, LATE), day_prices(THURSDAY, LATE))
    _, log = await by_prices(hass, cloud, noon)
    planned = await add(hass, FRIDAY_MORNING)
    # Friday is guessed by Thursday, so that what it costs is not known yet.
    assert windows(planned) == [("02:19", "06:00")]
    assert planned["plan"]["cost"] is None
    await until(hass, noon, clock("2025-08-07 13:50"), QUARTER)
    publish(hass, day_prices(THURSDAY, LATE), day_prices(FRIDAY, EARLY))
    await until(hass, noon, clock("2025-08-07 14:05"), MINUTE)
    moved = await session(hass)
    assert windows(moved) == [("00:19", "04:00")]
    assert moved["plan"]["cost"] == pytest.approx(40.5 * 0.2)
    assert moved["plan"]["currency"] == "PLN"
    assert log.kinds == ["scheduled"]
    await until(hass, noon, clock("2025-08-07 22:15"), QUARTER)
    assert sent_commands(cloud) == []
    await until(hass, noon, clock("2025-08-07 22:21"), SECONDS)
    assert log.kinds == ["scheduled", "sent"]
    sent = sent_commands(cloud)
    # What is in the car stays, whatever else costs the same.
    publish(hass, day_prices(THURSDAY, LATE), day_prices(FRIDAY, cheap_at(*range(6))))
    await until(hass, noon, clock("2025-08-08 04:10"), MINUTE)
    [charge] = charges(cloud)
    assert local(charge.start) == "00:19"
    assert round(the_car(cloud).battery_level) == 80
    assert sent_commands(cloud) == sent


@pytest.mark.slow
async def test_late_prices_move_what_waits_in_the_car(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Until its first window begins, within the windows that were sent; then it stays."""
    publish(hass, day_prices(WEDNESDAY, EARLY), day_prices(THURSDAY, EARLY))
    _, log = await by_prices(hass, cloud, noon)
    assert windows(await add(hass, "2025-08-07 07:00:00")) == [("00:19", "04:00")]
    await until(hass, noon, clock("2025-08-06 22:25"), MINUTE)
    assert log.kinds == ["scheduled", "sent"]
    sent = len(sent_commands(cloud))
    publish(hass, day_prices(WEDNESDAY, EARLY), day_prices(THURSDAY, LATE))
    await hass.async_block_till_done(wait_background_tasks=True)
    await until(hass, noon, clock("2025-08-06 22:40"), MINUTE)
    assert windows(await session(hass)) == [("02:19", "06:00")]
    moved = len(sent_commands(cloud))
    assert sent < moved <= sent + 2
    await until(hass, noon, clock("2025-08-07 03:00"), MINUTE)
    publish(hass, day_prices(WEDNESDAY, EARLY), day_prices(THURSDAY, cheap_at(5)))
    await hass.async_block_till_done(wait_background_tasks=True)
    await until(hass, noon, clock("2025-08-07 07:30"), MINUTE)
    [charge] = charges(cloud)
    assert local(charge.start) == "02:19"
    assert round(the_car(cloud).battery_level) == 80
    assert log.kinds[-1] == "completed"
    # And the limit is restored.
    assert len(sent_commands(cloud)) <= moved + 2


@pytest.mark.parametrize(
    ("horizon", "window"),
    [("battery_first", ("02:19", "06:00")), ("cheapest", ("00:19", "04:00"))],
)
async def test_how_far_ahead_a_session_charges_is_the_users_choice(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    horizon: str,
    window: tuple[str, str],
) -> None:
    """Thursday is cheaper than Friday: in the last day before it leaves, or by price."""
    night = cheap_at(2, 3, 4, 5, cheap=0.5)
    publish(hass, day_prices(THURSDAY, EARLY), day_prices(FRIDAY, night))
    entry, _ = await home_and_awake(hass, cloud, noon)
    special_charging = {**entry.options.get("special_charging", {}), "horizon": horizon}
    options = {**entry.options, "special_charging": special_charging}
    hass.config_entries.async_update_entry(entry, options=options)
    await choose(hass, entry, price_source="entities", price_entities=[PRICES])
    assert windows(await add(hass, FRIDAY_MORNING)) == [window]


async def test_without_any_price_the_peak_hours_decide(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """An outage from the first day on: the session is planned all the same."""
    publish(hass)
    await by_prices(hass, cloud, noon)
    assert windows(await add(hass, FRIDAY_MORNING)) == [("02:19", "06:00")]


async def test_an_outage_at_night_does_not_move_the_plan(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """What was published once is known; the plan is sent by it."""
    publish(hass, day_prices(WEDNESDAY, EARLY), day_prices(THURSDAY, EARLY))
    _, log = await by_prices(hass, cloud, noon)
    assert windows(await add(hass, "2025-08-07 07:00:00")) == [("00:19", "04:00")]
    publish(hass)
    await until(hass, noon, clock("2025-08-07 00:20"), SECONDS)
    assert log.kinds == ["scheduled", "sent"]
    assert windows(await session(hass)) == [("00:19", "04:00")]


async def test_a_tariff_of_several_zones_is_planned_by(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """G12 is cheap from 22:00 to 06:00, and tells what it costs."""
    entry, _ = await home_and_awake(hass, cloud, noon)
    await choose(hass, entry, price_source="g12", rates="0,50 1,00")
    await hass.config.async_update(currency="PLN")
    need = {"ready_by": FRIDAY_MORNING, "target": 80}
    plan = await special(hass, "plan_special_charging", **need)
    assert windows({"plan": plan}) == [("02:19", "06:00")]
    assert plan["cost"] == pytest.approx(40.5 * 0.5)
    # Peak from 06:00 to 13:00, where the hours of one's own end at 10:00.
    need["ready_by"] = "2025-08-07 16:00:00"
    plan = await special(hass, "plan_special_charging", **need)
    assert windows({"plan": plan}) == [("02:19", "06:00")]
    await choose(hass, entry)
    plan = await special(hass, "plan_special_charging", **need)
    assert windows({"plan": plan}) == [("11:19", "15:00")]
    assert plan["cost"] is None


async def test_a_price_integration_that_breaks_stops_no_session(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory
) -> None:
    """Its fault is an outage like any other."""

    async def broken(call: ServiceCall) -> ServiceResponse:
        """Raise what no integration should."""
        raise KeyError(call.service)

    only = SupportsResponse.ONLY
    hass.services.async_register("tibber", "get_prices", broken, None, only)
    entry, log = await home_and_awake(hass, cloud, noon)
    await choose(hass, entry, price_source="tibber")
    await add(hass, "2025-08-07 07:00:00")
    await until(hass, noon, clock("2025-08-07 00:20"), SECONDS)
    assert log.kinds == ["scheduled", "sent"]
