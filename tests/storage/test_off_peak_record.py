"""What is kept of a car's ordinary charging, and what an older file does not know."""

from dataclasses import fields, replace
from datetime import UTC, datetime, time, timedelta
import json
from zoneinfo import ZoneInfo

from custom_components.tesla_scout_worker.charging.daily.night_plan import (
    MonthSavings,
    NightPlan,
    OffPeakRecord,
    PlugInPeriod,
)
from custom_components.tesla_scout_worker.charging.in_car.difference import (
    ScheduleRole,
    one_time_schedule,
    weekly_schedule,
)
from custom_components.tesla_scout_worker.charging.in_car.schedules import WeeklyWindow
from custom_components.tesla_scout_worker.charging.planning.model import (
    PlanReason,
    Window,
)
from custom_components.tesla_scout_worker.gateways.models import Position
from custom_components.tesla_scout_worker.storage.off_peak_codec import (
    record_as_dict,
    restored_record,
)
from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from ..common import VIN, set_up

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOME = Position(latitude=52.2297, longitude=21.0122)
WINDOW = Window(start=NOW, end=NOW + HOUR)

FULL = OffPeakRecord(
    sync=False,
    shadow=False,
    target=70,
    floor=15,
    departure=time(6, 30),
    own=(
        one_time_schedule(WINDOW, ScheduleRole.FLOOR, HOME, ZoneInfo("Europe/Warsaw")),
        weekly_schedule(WeeklyWindow(days=127, start=1320, end=360), HOME),
    ),
    night=NightPlan(
        deadline=NOW + 12 * HOUR,
        windows=(WINDOW,),
        energy=11.0,
        cost=None,
        waiting=True,
        reasons=(PlanReason.CHEAPEST_HOURS,),
        target=80,
    ),
    confirmed=True,
    at_home=True,
    plugged_in=True,
    saved=3,
    woken_for="127/1320-360",
    woken_at=NOW,
    waking_since=NOW,
    start_by=NOW,
    started=NOW,
    unstarted="no_power",
    stop_at=NOW + HOUR,
    failure="transient",
    tries=2,
    refusals=1,
    failed_at=NOW,
    try_at=NOW + HOUR,
    stay=PlugInPeriod(since=NOW, seen_at=NOW, energy=2.0, base=1.0),
    savings=MonthSavings(
        month="2026-11", currency="PLN", energy=1.0, cost=0.5, on_arrival=1.0
    ),
)


def test_a_record_comes_back_as_it_was() -> None:
    """With everything in it, and with nothing."""
    for record in (FULL, OffPeakRecord(), replace(FULL, night=None, stay=None)):
        stored = json.loads(json.dumps(record_as_dict(record)))
        assert restored_record(stored) == record


def test_a_record_of_another_release_is_read() -> None:
    """What it does not know is as at first, and what is not known here is left out."""
    stored = json.loads(json.dumps(record_as_dict(FULL)))
    for name in ("at_home", "woken_at", "start_by", "unstarted", "refusals"):
        del stored[name]
    del stored["failed_at"], stored["night"]["target"], stored["savings"]["currency"]
    record = restored_record({**stored, "of_tomorrow": 1})
    assert (record.refusals, record.woken_at, record.at_home) == (0, None, False)
    assert record.night == replace(FULL.night, target=None)  # type: ignore[type-var]
    assert record.savings.currency is None
    assert record.own == FULL.own


def test_every_field_of_the_full_record_differs_from_an_empty_one() -> None:
    """Else the walk there and back would prove nothing for it."""
    for one in fields(OffPeakRecord):
        assert getattr(FULL, one.name) != getattr(OffPeakRecord(), one.name), one.name


async def test_a_file_of_an_earlier_release_is_read(
    hass: HomeAssistant, cloud: Cloud
) -> None:
    """It knows no records: shadow mode is on, and nothing is sent by surprise."""
    entry = await set_up(hass, cloud)
    store = entry.runtime_data.coordinator._store._store  # noqa: SLF001
    assert await hass.config_entries.async_unload(entry.entry_id)
    stored = await store.async_load()
    del stored["off_peak"]
    await store.async_save(stored)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    record = entry.runtime_data.off_peak.repository.record(VIN)
    assert (record.sync, record.shadow, record.own) == (True, True, ())
