"""Files that Home Assistant's own store cannot read."""

import json
import logging
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.storage.put_in_car import SECTION
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import the_car
from ..worker.special_charging.restart_helpers import at
from ..worker.special_charging.session_helpers import EVENING, LOW_CAR, sent, until

pytestmark = [pytest.mark.fixed_rhythm, pytest.mark.slow]


def lost_issue(hass: HomeAssistant) -> bool:
    """Return whether it is shown that something could not be read."""
    return any(
        issue.translation_key == "stored_data_lost"
        for issue in ir.async_get(hass).issues.values()
    )


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Leave Home Assistant its files."""
    return {}


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Keep them in a folder of the test."""
    return hass_tmp_config_dir


@pytest.fixture
def noon(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock in the evening."""
    freezer.move_to(EVENING)
    return freezer


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car that is at home, plugged in and low."""
    return LOW_CAR


@pytest.mark.parametrize("damage", ["cut", "version", "no version", "text after"])
async def test_a_damaged_file_forgets_no_raised_limit(
    hass: HomeAssistant,
    cloud: Cloud,
    noon: FrozenDateTimeFactory,
    damage: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Cut in the middle, edited by hand: the car is restored in the morning."""
    entry, _ = await sent(hass, cloud, noon)
    assert the_car(cloud).charge_limit == 80
    assert await hass.config_entries.async_unload(entry.entry_id)
    path = Path(hass.config.path(".storage", f"{DOMAIN}.{entry.entry_id}"))
    text = path.read_text()
    assert text.index(SECTION) < text.index("ledger"), "it comes first"
    damaged = {
        "cut": text[: len(text) // 2],
        "version": text.replace('"version": 2', '"version": "two"', 1),
        "no version": text.replace('"version": 2,', "", 1),
        "text after": text + "}",
    }
    path.write_text(damaged[damage])
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert lost_issue(hass) is (damage in ("cut", "text after"))
    await until(hass, noon, at(9, 0))
    assert the_car(cloud).charge_limit == 70
    assert not the_car(cloud).charge_schedules
    ours = [
        each
        for each in caplog.records
        if DOMAIN in each.name and each.levelno >= logging.ERROR
    ]
    assert not ours
    assert json.loads(path.read_text())["version"] == 2


@pytest.mark.parametrize(
    "text",
    ["", "{}", "null", "[]", "0", '{"data": 1}', '{"version": 2, "data": {}}', "\0"],
)
async def test_a_file_without_anything_loads(
    hass: HomeAssistant, cloud: Cloud, noon: FrozenDateTimeFactory, text: str
) -> None:
    """And it is told that all was lost."""
    entry, _ = await sent(hass, cloud, noon)
    assert await hass.config_entries.async_unload(entry.entry_id)
    path = Path(hass.config.path(".storage", f"{DOMAIN}.{entry.entry_id}"))
    path.write_text(text)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert not lost_issue(hass)
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"all_data_lost_{entry.entry_id}")
