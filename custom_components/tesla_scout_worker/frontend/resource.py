"""Brings the script of the cards into the browser.

In two ways at once, of one address, which a browser loads only once. As a module of each
page it is there before a dashboard is drawn, also on a slow connection. As a resource of the
dashboards it comes to a browser whose cached page does not know the module yet, and to Cast.
Neither is enough alone: see `docs/card.md`.

The address never changes. It answers with an import of the script in its present version,
and browsers ask for it each time, so that no cached page brings an old script.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from homeassistant.components.frontend import add_extra_js_url, remove_extra_js_url
from homeassistant.components.http import HomeAssistantView, StaticPathConfig
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.core import HomeAssistant

from ..const import DOMAIN

SCRIPT: Final = Path(__file__).parent / "tesla-scout-card.js"
SCRIPT_URL: Final = f"/{DOMAIN}/{SCRIPT.name}"
LOADER_URL: Final = f"/{DOMAIN}/card.js"
FRONTEND: Final = "frontend"


class CardLoader(HomeAssistantView):
    """Answers with an import of the script in its present version."""

    url = LOADER_URL
    name = f"{DOMAIN}:card"
    # As all scripts of the frontend, it is loaded without a token; it holds no data.
    requires_auth = False

    def __init__(self, version: str) -> None:
        """Keep the version."""
        self._text = f'import "{SCRIPT_URL}?v={version}";\n'

    async def get(self, _request: web.Request) -> web.Response:
        """Return the import."""
        return web.Response(
            text=self._text,
            content_type="text/javascript",
            headers={"Cache-Control": "no-cache"},
        )


async def async_serve_card(hass: HomeAssistant) -> None:
    """Serve the script, once for as long as Home Assistant runs."""
    await hass.http.async_register_static_paths(
        [StaticPathConfig(SCRIPT_URL, str(SCRIPT), cache_headers=True)]
    )
    version = await hass.async_add_executor_job(_version)
    hass.http.register_view(CardLoader(version))


async def async_register_card(hass: HomeAssistant) -> None:
    """Have pages and dashboards load the script."""
    if FRONTEND in hass.config.components:
        add_extra_js_url(hass, LOADER_URL)
    if (resources := _resources(hass)) is None:
        return
    ours = await _async_ours(resources)
    if not ours:
        await resources.async_create_item({"res_type": "module", "url": LOADER_URL})
    for item in ours[1:]:
        await resources.async_delete_item(item["id"])


async def async_unregister_card(hass: HomeAssistant) -> None:
    """Have nothing load the script any more."""
    if FRONTEND in hass.config.components:
        remove_extra_js_url(hass, LOADER_URL)
    if (resources := _resources(hass)) is not None:
        for item in await _async_ours(resources):
            await resources.async_delete_item(item["id"])


def _resources(hass: HomeAssistant) -> ResourceStorageCollection | None:
    """Return the resources of the dashboards; None: only the user edits them (YAML)."""
    lovelace = hass.data.get(LOVELACE_DATA)
    resources = None if lovelace is None else lovelace.resources
    return resources if isinstance(resources, ResourceStorageCollection) else None


async def _async_ours(resources: ResourceStorageCollection) -> list[dict[str, Any]]:
    """Return our resources."""
    # This loads them, if no dashboard was opened yet.
    await resources.async_get_info()
    return [item for item in resources.async_items() if item["url"] == LOADER_URL]


def _version() -> str:
    """Return what changes with each byte of the script."""
    return sha256(SCRIPT.read_bytes()).hexdigest()[:12]
