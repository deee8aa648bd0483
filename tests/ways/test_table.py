"""The table of ways in the documentation: each cell is what the code says."""

import ast
from pathlib import Path
import re
from types import SimpleNamespace
from typing import Any, cast

import pytest

from custom_components.tesla_scout_worker.gateways.budget import (
    CREDITS as CREDIT_OF_TESLA,
)
from custom_components.tesla_scout_worker.gateways.entities.gateway import EntityGateway
from custom_components.tesla_scout_worker.gateways.entities.parts import Part
from custom_components.tesla_scout_worker.gateways.fleet_api.client import FleetClient
from custom_components.tesla_scout_worker.gateways.gateway import Capabilities
from custom_components.tesla_scout_worker.gateways.held import HeldSchedules
from custom_components.tesla_scout_worker.gateways.ledger import (
    DOLLARS,
    CallKind,
    Prices,
)
from custom_components.tesla_scout_worker.gateways.teslemetry.client import (
    CREDIT,
    CREDITS,
    TeslemetryClient,
)
from custom_components.tesla_scout_worker.gateways.tessie.client import TessieClient
from homeassistant.core import HomeAssistant
from simulator.car import CarSettings
from simulator.cloud import Cloud

from ..common import HOME, VIN, bring_input
from ..config.test_entity_steps import SHOWN, put_in_registries, set_up_found
from ..flows import Browser, FlowRun
from ..gateways.entities.registry_samples import TESLA_FLEET

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ways.md").read_text("utf-8")

GATEWAYS: dict[str, type[Any]] = {
    "Application of your Tesla Fleet integration": FleetClient,
    "Tessie": TessieClient,
    "Teslemetry": TeslemetryClient,
    "Entities": EntityGateway,
    "Sign in at Tesla": FleetClient,
    "Bring tokens": FleetClient,
}


def rows() -> dict[str, list[str]]:
    """Return the cells of each way, without its name."""
    found = {}
    for line in PAGE.splitlines():
        if line.startswith("| **"):
            name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            found[name.split("**")[1]] = cells
    return found


ROWS = rows()


def capabilities(gateway: type[Any]) -> Capabilities:
    """Return what a gateway can do with a car that offers all that it may."""
    parts = dict.fromkeys(Part)
    fake = {
        "_car": SimpleNamespace(parts=parts),
        "_held": HeldSchedules({}, lambda: None),
        "_actions": SimpleNamespace(works=False),
        "stream": SimpleNamespace(connected=True),
    }
    client: Any = object.__new__(gateway)
    vars(client).update(fake)
    return cast(Capabilities, client.capabilities(VIN))


NIGHTS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("## Nights")[2].splitlines()
    if "::" in line
]


def defines(path: Path, name: str) -> bool:
    """Return whether a module defines a test."""
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
        for node in ast.parse(path.read_text("utf-8")).body
    )


@pytest.mark.parametrize("night", NIGHTS, ids=[row[0] for row in NIGHTS])
def test_each_night_is_tested_by_each_way(night: list[str]) -> None:
    """Each cell names its tests, and they exist."""
    assert len(NIGHTS) == 6
    cells = night[1:]
    assert len(cells) == 3
    for cell in cells:
        tests = re.findall(r"`(tests/[^`]+\.py)::(test_[^`]+)`", cell)
        assert " ".join(f"`{path}::{name}`" for path, name in tests) == cell
        assert all(defines(ROOT / path, name) for path, name in tests)


def test_each_way_has_a_row() -> None:
    """And no row is of no way."""
    assert set(ROWS) == set(GATEWAYS)


@pytest.mark.parametrize("way", GATEWAYS)
def test_what_a_way_cannot_do(way: str) -> None:
    """As the gateway says, in its words."""
    missing = capabilities(GATEWAYS[way]).missing
    assert ROWS[way][4] == (", ".join(missing) or "nothing")


@pytest.mark.parametrize("way", GATEWAYS)
def test_what_a_call_costs(way: str) -> None:
    """A read, a command and a wake, as the ledger counts them."""
    gateway = GATEWAYS[way]
    client: Any = object.__new__(gateway)
    prices: Prices = client.prices
    kinds = (CallKind.DATA, CallKind.COMMAND, CallKind.WAKE)
    assert [float(cell) for cell in ROWS[way][2].split(",")] == [
        pytest.approx(prices[kind]) for kind in kinds
    ]


@pytest.mark.parametrize("way", GATEWAYS)
def test_what_a_month_costs(way: str) -> None:
    """Calls that cost nothing here are paid for elsewhere; Tesla gives a credit."""
    client: Any = object.__new__(GATEWAYS[way])
    month = ROWS[way][3]
    assert ("$" in month) == any(client.prices.values())
    assert ("credit" in month) == (GATEWAYS[way] is FleetClient)
    if "credit" in month:
        assert f"${CREDIT_OF_TESLA[DOLLARS]:.0f}" in month


def test_credits_are_as_the_page_says() -> None:
    """1, 2 and 20 of them, 2,000 for $2.50."""
    counts = [
        CREDITS[kind] for kind in (CallKind.COMMAND, CallKind.DATA, CallKind.WAKE)
    ]
    assert counts == [1, 2, 20]
    assert pytest.approx(2.5) == 2000 * CREDIT
    assert "1, 2 and 20 of them; 2,000 credits cost $2.50" in PAGE


@pytest.mark.parametrize("way", GATEWAYS)
def test_a_minute_is_at_most_two_screens(way: str) -> None:
    """Whatever takes a domain and a key takes longer."""
    assert (int(ROWS[way][0]) <= 2) == (ROWS[way][1] == "1")


async def test_entities_that_were_found_are_one_screen(hass: HomeAssistant) -> None:
    """The form with what was found."""
    put_in_registries(hass, TESLA_FLEET, **SHOWN)
    await set_up_found(hass)
    assert ROWS["Entities"][0] == "1"


@pytest.mark.parametrize("way", ["tessie", "teslemetry"])
async def test_a_key_is_one_screen(
    hass: HomeAssistant, providers: Cloud, way: str
) -> None:
    """The form for the key."""
    walk = await FlowRun.begin(hass, way)
    await walk.submit(api_key=providers.providers[way].key)
    assert walk.entry
    assert ROWS[way.capitalize()][0] == "1"


async def test_tokens_are_one_screen(hass: HomeAssistant, cloud: Cloud) -> None:
    """The form for the tokens."""
    walk = await FlowRun.begin(hass, "bring_tokens")
    await walk.submit(**bring_input(cloud))
    assert walk.entry
    assert ROWS["Bring tokens"][0] == "1"


@pytest.mark.parametrize(
    "car_settings", [CarSettings(vin=VIN, home=HOME, command_signing="required")]
)
@pytest.mark.usefixtures("key_folder")
async def test_an_own_application_is_five_screens(
    hass: HomeAssistant, tesla: Cloud, browser: Browser
) -> None:
    """Tesla's page, the region, the domain, the key, and the code for the car."""
    screens = []
    walk = await FlowRun.begin(hass, "sign_in", browser)
    screens.append("Tesla's page")
    await walk.consent()
    screens.append(str(walk.shows))
    await walk.submit(region="eu")
    screens.append(str(walk.shows))
    await walk.submit(key_domain=tesla.settings.domain)
    screens.append(str(walk.shows))
    given = walk.result["description_placeholders"]
    assert given is not None
    tesla.host_public_key(tesla.settings.domain, given["public_key"])
    await walk.submit()
    screens.append(str(walk.shows))
    await walk.submit()
    assert walk.entry
    assert screens == [
        "Tesla's page",
        "region",
        "key_domain",
        "public_key",
        "virtual_key",
    ]
    assert ROWS["Sign in at Tesla"][0] == str(len(screens))
