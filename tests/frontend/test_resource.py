"""How the script of the cards reaches the browser."""

import re
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.tesla_scout_worker.const import DOMAIN
from custom_components.tesla_scout_worker.frontend import resource
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.cloud import Cloud

from ..common import set_up
from ..scout_helpers import reload

PATH = "/tesla_scout_worker/card.js"


async def ours(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return our resources of the dashboards."""
    resources = hass.data[LOVELACE_DATA].resources
    await resources.async_get_info()
    return [item for item in resources.async_items() if item["url"] == PATH]


def modules(hass: HomeAssistant) -> list[str]:
    """Return our modules that each page loads."""
    return [url for url in hass.data[DATA_EXTRA_MODULE_URL].urls if DOMAIN in url]


@pytest.fixture
async def dashboards(hass: HomeAssistant) -> None:
    """Set up dashboards that are kept in storage, as they are by default."""
    assert await async_setup_component(hass, "frontend", {})
    assert await async_setup_component(hass, "lovelace", {})


@pytest.mark.usefixtures("dashboards")
async def test_one_address_for_ever(
    hass: HomeAssistant, cloud: Cloud, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """Pages and dashboards load one address, also after a reload."""
    entry = await set_up(hass, cloud)
    await reload(hass, entry)
    [item] = await ours(hass)
    assert item["type"] == "module"
    assert modules(hass) == [PATH]


@pytest.mark.usefixtures("dashboards")
async def test_no_cached_page_brings_an_old_script(
    hass: HomeAssistant, cloud: Cloud, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """The address is asked for each time, and imports the version that is there."""
    await set_up(hass, cloud)
    client = await hass_client_no_auth()
    loader = await client.get(PATH)
    assert loader.status == 200
    assert loader.headers["Content-Type"].startswith("text/javascript")
    assert loader.headers["Cache-Control"] == "no-cache"
    found = re.fullmatch(r'import "(.+\?v=[0-9a-f]{12})";\n', await loader.text())
    assert found is not None
    script = await client.get(found[1])
    assert script.status == 200
    assert "javascript" in script.headers["Content-Type"]
    assert "max-age" in script.headers["Cache-Control"]
    assert "tesla-scout-card" in await script.text()


@pytest.mark.usefixtures("dashboards")
async def test_resources_of_others_stay(hass: HomeAssistant, cloud: Cloud) -> None:
    """A second one of ours is removed; what a person added is not."""
    resources = hass.data[LOVELACE_DATA].resources
    assert isinstance(resources, ResourceStorageCollection)
    for url in (PATH, PATH, "/local/other.js"):
        await resources.async_create_item({"res_type": "module", "url": url})
    await set_up(hass, cloud)
    urls = [item["url"] for item in resources.async_items()]
    assert sorted(urls) == ["/local/other.js", PATH]


@pytest.mark.usefixtures("dashboards")
async def test_last_account_takes_it_along(hass: HomeAssistant, cloud: Cloud) -> None:
    """Without an account nothing is loaded; a new account brings it back."""
    entry = await set_up(hass, cloud)
    await hass.config_entries.async_remove(entry.entry_id)
    assert await ours(hass) == []
    assert modules(hass) == []
    await set_up(hass, cloud)
    assert len(await ours(hass)) == 1
    assert modules(hass) == [PATH]


async def test_resources_in_yaml(hass: HomeAssistant, cloud: Cloud) -> None:
    """What only the user edits is left alone; the pages load the script."""
    config = {"lovelace": {"resource_mode": "yaml", "resources": []}}
    assert await async_setup_component(hass, "frontend", config)
    assert await async_setup_component(hass, "lovelace", config)
    await set_up(hass, cloud)
    assert await ours(hass) == []
    assert modules(hass) == [PATH]


async def test_without_a_frontend(hass: HomeAssistant, cloud: Cloud) -> None:
    """A Home Assistant without dashboards is set up all the same."""
    await set_up(hass, cloud)
    assert resource.SCRIPT.is_file()
