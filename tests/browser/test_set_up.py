"""Adding the account, with mistakes on the way, and signing in again."""

from playwright.sync_api import expect
import pytest

from simulator.faults import Fault

from .conftest import Opener
from .person import LOOKS, PAGE, Look, Person
from .world import World

ADD = "/config/integrations/dashboard/add?domain=tesla_scout_worker"
PRODUCTS = "*/api/1/products"


def add(person: Person) -> None:
    """Open the flow, as the button of the README does."""
    person.open(ADD)
    person.page.locator("dialog-box ha-button:visible").last.click()
    person.until_step("user")


def bring(person: Person, **changes: str) -> None:
    """Fill in the form for tokens of the simulator."""
    fields = {**person.world.tokens(), **changes}
    region = fields.pop("region")
    regions = ["na", "eu", "cn", "custom"]
    person.field("region").locator("input[type=radio], ha-radio").nth(
        regions.index(region)
    ).click()
    person.fill(**fields)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_bring_tokens(nothing_set_up: None, opener: Opener, look: Look) -> None:
    """A refused token and a cloud that is down say what to do; then it is done."""
    person = opener(look)
    add(person)
    menu = person.check(person.dialog)
    assert len(menu) >= 5, "title, description, two ways and what they are"
    person.choose("bring_tokens")
    person.until_step("bring_tokens")
    person.check(person.dialog)
    bring(person, refresh_token="a stranger's")
    person.submit()
    person.page.wait_for_timeout(1500)
    person.page.screenshot(path="/tmp/shots/t1.png")
