"""Walking through the flows as a person does, with an eye on every text shown."""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from datetime import timedelta
import json
from pathlib import Path
from string import Formatter
from typing import Any, Self

from aiohttp import ClientSession
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
import voluptuous as vol
from yarl import URL

from custom_components.tesla_scout_worker.config import key_file
from custom_components.tesla_scout_worker.const import DOMAIN, REGION_SERVERS
from custom_components.tesla_scout_worker.gateways.fleet_api import credentials
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
import homeassistant.components.homeassistant as shared
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.helpers.selector import SelectSelector
from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.settings import REGIONS

HOUSE = Path(__file__).parents[1] / "custom_components" / DOMAIN

type Texts = Mapping[str, Any]
type Browser = TestClient[Any, Any]


def texts_of(folder: Path) -> Texts:
    """Return the English texts of an integration in a folder."""
    texts: Texts = json.loads((folder / "translations" / "en.json").read_text())
    return texts


OURS = texts_of(HOUSE)
SHARED = texts_of(Path(shared.__file__).parent)


def placeholders_in(text: str) -> set[str]:
    """Return the placeholders of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def texts_in(value: object) -> Iterator[str]:
    """Yield every text in a tree of texts."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from texts_in(part)
    else:
        yield str(value)


def shown_texts(result: ConfigFlowResult, part: str) -> list[str]:
    """Return the texts that a result shows; a KeyError names one that is missing."""
    ours = OURS[part]
    match result["type"]:
        case FlowResultType.ABORT:
            is_shared = result.get("translation_domain") == "homeassistant"
            aborts = (SHARED if is_shared else OURS)["config"]["abort"]
            return [aborts[result["reason"]]]
        case FlowResultType.MENU:
            step = ours["step"][result["step_id"]]
            options = result["menu_options"]
            assert isinstance(options, list)
            chosen = [step["menu_options"][option] for option in options]
            return [step["title"], step["description"], *chosen]
        case FlowResultType.FORM:
            return _texts_of_form(result, ours)
    return []


def _texts_of_form(result: ConfigFlowResult, ours: Texts) -> list[str]:
    """Return the texts that a form shows."""
    step = ours["step"][result["step_id"]]
    shown = [step["title"], *texts_in(step.get("data_description", {}))]
    shown += [step.get("description", "")]
    shown += [ours["error"][error] for error in (result["errors"] or {}).values()]
    schema = result["data_schema"]
    if schema is not None:
        shown += _texts_of_fields(schema, step)
    return shown


def _texts_of_fields(schema: vol.Schema, texts: Texts) -> list[str]:
    """Return the texts of a form's fields, those in its sections included."""
    shown = []
    for field, selector in schema.schema.items():
        if isinstance(selector, section):
            inner = texts["sections"][str(field)]
            shown += [inner["name"], *texts_in(inner.get("data_description", {}))]
            shown += _texts_of_fields(selector.schema, inner)
            continue
        shown.append(texts["data"][str(field)])
        # Options with labels of their own, such as names of tariffs, have no texts.
        if (
            isinstance(selector, SelectSelector)
            and "translation_key" in selector.config
        ):
            options = OURS["selector"][selector.config["translation_key"]]["options"]
            shown += [
                # What has a name of its own, such as a tariff, has no text.
                options.get(option["value"], option["label"])
                if isinstance(option, dict)
                else options[str(option)]
                for option in selector.config["options"]
            ]
    return shown


def check_translated(
    result: ConfigFlowResult, part: str = "config"
) -> ConfigFlowResult:
    """Return a result after checking that all that it shows is there in English."""
    given = set(result.get("description_placeholders") or {})
    for text in shown_texts(result, part):
        missing = placeholders_in(text) - given
        assert not missing, f"{missing} of {text!r} in {result}"
    return result


def suggested(result: ConfigFlowResult, field: str) -> Any:
    """Return what a form has filled in already for a field."""
    schema = result["data_schema"]
    assert schema is not None
    (marker,) = [each for each in schema.schema if each == field]
    given = (marker.description or {}).get("suggested_value")
    if given is not None or not callable(marker.default):
        return given
    return marker.default()


AUTH = "*/oauth2/v3/token"
PRODUCTS = "*/api/1/products"

# What goes wrong at the Fleet API, and what any form says.
AT_THE_FLEET_API = {
    "402": (Fault(path=PRODUCTS, status=402), "unclear_answer"),
    "payment required": (
        Fault(path=PRODUCTS, status=402, body={"error": "payment required"}),
        "over_budget",
    ),
    "over budget": (
        Fault(
            path=PRODUCTS,
            status=403,
            body={"error": "account disabled: EXCEEDED_LIMIT"},
        ),
        "over_budget",
    ),
    "403": (Fault(path=PRODUCTS, status=403), "unclear_answer"),
    "404": (Fault(path=PRODUCTS, status=404, body={"error": "not_found"}), "refused"),
    "429": (
        Fault(path=PRODUCTS, status=429, headers={"Retry-After": "42"}),
        "rate_limited",
    ),
    "500": (Fault(path=PRODUCTS, status=500), "transient"),
    "503": (Fault(path=PRODUCTS, status=503), "transient"),
    "torn": (Fault(path=PRODUCTS, tear=True), "transient"),
    "torn in the body": (Fault(path=PRODUCTS, tear="mid-body"), "transient"),
    "no JSON": (
        Fault(path=PRODUCTS, body="<html>", content_type="text/html"),
        "transient",
    ),
    "broken JSON": (Fault(path=PRODUCTS, body="{"), "transient"),
    "a list": (Fault(path=PRODUCTS, body=[]), "transient"),
    "no response": (Fault(path=PRODUCTS, body={}), "transient"),
    "null": (Fault(path=PRODUCTS, body={"response": None}), "transient"),
    "no cars": (Fault(path=PRODUCTS, body={"response": []}), "no_cars"),
    "no car but a battery": (
        Fault(path=PRODUCTS, body={"response": [{"energy_site_id": 1}]}),
        "no_cars",
    ),
}


def asked(cloud: Cloud, path: str) -> int:
    """Return how many requests for a path the cloud has answered."""
    return sum(request.path.endswith(path) for request in cloud.requests)


def no_entry(hass: HomeAssistant) -> bool:
    """Return whether nothing has been set up yet."""
    return not hass.config_entries.async_entries(DOMAIN)


def point_to(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a cloud where the integration expects Tesla."""
    monkeypatch.setattr(credentials, "AUTH_SERVER", f"{cloud.auth_url}/oauth2/v3")
    for region in REGIONS:
        monkeypatch.setitem(REGION_SERVERS, region, cloud.fleet_url(region))
    monkeypatch.setattr(key_file, "DOMAIN_SERVER", cloud.domain_url("{domain}"))


async def add_application(hass: HomeAssistant, client_id: str, secret: str) -> None:
    """Enter the credentials of an application of the user, under its client ID."""
    credential = ClientCredential(client_id, secret, client_id)
    await async_import_client_credential(hass, DOMAIN, credential, client_id)


async def hang(
    hass: HomeAssistant,
    cloud: Cloud,
    freezer: FrozenDateTimeFactory,
    path: str,
    step: Coroutine[Any, Any, Any],
) -> None:
    """Take a step while an answer never comes, until patience ends."""
    cloud.faults.add(Fault(path=path, hang=True, times=1))
    walking = asyncio.create_task(step)
    while cloud.faults.active:
        await asyncio.sleep(0)
    freezer.tick(timedelta(seconds=60))
    async_fire_time_changed(hass)
    await walking


class FlowRun:
    """One walk through a config flow; ``result`` is what the person sees."""

    def __init__(
        self, hass: HomeAssistant, result: ConfigFlowResult, browser: Browser | None
    ) -> None:
        """Stand where a flow begins."""
        self._hass = hass
        self._browser = browser
        self.result = check_translated(result)

    @classmethod
    async def begin(
        cls, hass: HomeAssistant, way: str, browser: Browser | None = None
    ) -> Self:
        """Add the integration, and choose the way in."""
        result = await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}
        )
        return await cls(hass, result, browser).choose(way)

    @classmethod
    async def reconfigure(
        cls,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        way: str,
        browser: Browser | None = None,
    ) -> Self:
        """Reconfigure an entry, and choose the way in."""
        result = await hass.config_entries.flow.async_init(
            DOMAIN,
            context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id},
        )
        return await cls(hass, result, browser).choose(way)

    @classmethod
    async def reauth(
        cls, hass: HomeAssistant, way: str, browser: Browser | None = None
    ) -> Self:
        """Go on in the one reauth flow that waits, and choose the way in."""
        (waiting,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        assert waiting["context"]["source"] == "reauth"
        result = await hass.config_entries.flow.async_configure(waiting["flow_id"])
        return await cls(hass, result, browser).choose(way)

    async def choose(self, option: str) -> Self:
        """Choose from the menu."""
        assert self.result["type"] is FlowResultType.MENU, self.result
        return await self.submit(next_step_id=option)

    async def submit(self, **fields: Any) -> Self:
        """Send the form."""
        self.result = check_translated(
            await self._hass.config_entries.flow.async_configure(
                self.result["flow_id"], fields
            )
        )
        await self._hass.async_block_till_done(wait_background_tasks=True)
        return self

    async def consent(self, decision: str = "allow", *untick: str) -> Self:
        """Decide on Tesla's page, and come back to Home Assistant."""
        assert self.result["type"] is FlowResultType.EXTERNAL_STEP, self.result
        page = URL(self.result["url"])
        scopes = [item for item in page.query["scope"].split() if item not in untick]
        form = [("decision", decision), *(("scope", scope) for scope in scopes)]
        async with ClientSession() as session:
            answer = await session.get(page)
            assert answer.status == 200
            answer = await session.post(page, data=form, allow_redirects=False)
            assert answer.status == 302
        return await self.come_back(URL(answer.headers["Location"]))

    async def come_back(self, address: URL) -> Self:
        """Open the address that Tesla's page leads to."""
        assert self._browser is not None
        answer = await self._browser.get(address.path_qs)
        assert answer.status == 200, await answer.text()
        self.result = check_translated(
            await self._hass.config_entries.flow.async_configure(self.result["flow_id"])
        )
        await self._hass.async_block_till_done(wait_background_tasks=True)
        return self

    @property
    def shows(self) -> str | None:
        """The step that is shown, or the reason of the end."""
        return self.result.get("step_id") or self.result.get("reason")

    @property
    def errors(self) -> dict[str, str]:
        """The errors of the form, by field."""
        assert self.result["type"] is FlowResultType.FORM, self.result
        return self.result["errors"] or {}

    @property
    def said(self) -> str:
        """The texts that are shown, with their placeholders filled in."""
        given = self.result.get("description_placeholders") or {}
        texts = "\n".join(shown_texts(self.result, "config"))
        return texts.format_map(given)

    @property
    def entry(self) -> ConfigEntry[Any]:
        """The entry that the flow made."""
        assert self.result["type"] is FlowResultType.CREATE_ENTRY, self.result
        entry: ConfigEntry[Any] = self.result["result"]
        return entry
