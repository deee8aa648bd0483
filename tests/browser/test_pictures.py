"""The pictures of the docs that no other test takes."""

from datetime import datetime, time, timedelta

from playwright.sync_api import expect
import pytest

from demo.dashboard import energy_preferences

from .conftest import Opener
from .person import Look
from .world import EVENING, ZONE, World

# What the car charged in the hours of the last night from one o'clock on, and what a kWh
# costs then.
NIGHT = (7.4, 10.9, 10.8, 4.2)
PRICE = 0.55

# In a narrower window the column of the cost is cut.
WIDE = Look(width=1720, height=1000)


@pytest.mark.pictures
def test_the_energy_dashboard(account: str, opener: Opener, world: World) -> None:
    """It shows the energy that a car was charged with, and what that cost."""
    person = opener(WIDE)
    ids = {
        key: world.ids()[f"sensor.{key}"] for key in ("energy_charged", "charging_cost")
    }
    put_statistics(world, ids["energy_charged"], "Wanderer Energy", "kWh", 1.0)
    put_statistics(world, ids["charging_cost"], "Wanderer Cost", "PLN", PRICE)
    world.ask(energy_preferences(ids))
    person.open("/energy/electricity")
    expect(
        person.page.locator("hui-energy-usage-graph-card canvas").first
    ).to_be_visible()
    totals = person.page.locator("hui-energy-sources-table-card")
    expect(totals).to_contain_text(f"{sum(NIGHT):.1f}")
    expect(totals).to_contain_text(f"{sum(NIGHT) * PRICE:.2f}")
    person.picture("energy")


def put_statistics(
    world: World, entity_id: str, name: str, unit: str, factor: float
) -> None:
    """Let the recorder know of the last night, as it would of one that it saw."""
    begin = datetime.combine(EVENING.date(), time(1), ZONE)
    total = 0.0
    stats: list[dict[str, object]] = [
        {"start": (begin - timedelta(hours=1)).isoformat(), "state": 0, "sum": 0}
    ]
    for hour, energy in enumerate(NIGHT):
        total += energy * factor
        start = begin + timedelta(hours=hour)
        stats.append({"start": start.isoformat(), "state": total, "sum": total})
    world.ask(
        {
            "type": "recorder/import_statistics",
            "metadata": {
                "has_sum": True,
                "mean_type": 0,
                "name": name,
                "source": "recorder",
                "statistic_id": entity_id,
                "unit_class": "energy" if unit == "kWh" else None,
                "unit_of_measurement": unit,
            },
            "stats": stats,
        }
    )
