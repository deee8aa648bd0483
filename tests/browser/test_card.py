"""The cards on their ready dashboard, and the wishes of a new user."""

from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Locator, expect
import pytest

from .conftest import Opener
from .person import DESKTOP, LOOKS, Look, Person
from .world import World

DASHBOARD: Final = "/tesla-scout"
AXE: Final = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"

# What a new user does on one evening: why, 100 % for Saturday, skip, tariff. These are the
# numbers of docs/comparison.md, which must be at most twelve.
CLICKS: Final = (1, 3, 2, 6)


@pytest.fixture
def ready(world: World) -> None:
    """Begin with an account that charges by prices, in earnest, and a read car."""
    world.remove_all()
    world.set_up_by_prices()


def the_card(person: Person, name: str = "tesla-scout-card") -> Locator:
    """Return a card on the dashboard, which has its view."""
    card = person.page.locator(name)
    expect(card.locator("section").first).to_be_visible()
    return card


@pytest.mark.pictures
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_ready_dashboard(ready: None, opener: Opener, look: Look) -> None:
    """Both cards, in each language and size: no key, no cut text, nothing in the way."""
    person = opener(look)
    person.open(DASHBOARD)
    card = the_card(person)
    expect(card.locator(".finger").first).to_be_visible()
    texts = person.check(card)
    assert "52 %" in " ".join(texts).replace("\u00a0", " ")
    assert len(person.check(the_card(person, "tesla-scout-account-card"))) > 5
    wide = "document.documentElement.scrollWidth - window.innerWidth"
    assert person.page.evaluate(wide) <= 0
    if AXE.is_file():
        person.faults += serious(person)
        for number in range(card.locator(".buttons button").count()):
            # Each opens a form, or asks a question.
            card.locator(".buttons button").nth(number).click()
            expect(card.locator("form, .box").first).to_be_visible()
            person.faults += serious(person)
            person.check(card)
        person.open(DASHBOARD)
        the_card(person)
    if look == DESKTOP:
        person.picture("dashboard")
        person.picture("card", card)


def serious(person: Person) -> list[str]:
    """Return what axe finds on the cards that keeps somebody out."""
    person.page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = person.page.evaluate("() => window.axe.run()")
    # Home Assistant's own elements around the cards are not ours to mend.
    return [
        f"axe: {row['id']}: {node['html'][:200]}"
        for row in found["violations"]
        if row["impact"] in ("serious", "critical")
        for node in row["nodes"]
        if "tesla-scout-" in str(node["target"]) + node["html"]
    ]


class Clicks:
    """Clicks, counted; a field that is filled in counts as one."""

    def __init__(self) -> None:
        """Begin at none."""
        self.count = 0

    def click(self, place: Locator) -> None:
        """Click."""
        place.click()
        self.count += 1

    def fill(self, place: Locator, text: str) -> None:
        """Fill in a field."""
        place.fill(text)
        place.press("Tab")
        self.count += 1


def test_the_evening_of_a_new_user(ready: None, person: Person, world: World) -> None:
    """Why it charges then and what it saves; 100 % for Saturday; skip; the tariff."""
    mouse = Clicks()
    person.open(DASHBOARD)
    card = the_card(person)
    # Why does it charge in the night, and what does that save?
    mouse.click(card.locator(".finger").first)
    details = card.locator("tesla-scout-strip .details")
    expect(details).to_contain_text("Why here")
    expect(details).to_contain_text("PLN")
    done = [mouse.count]
    # 100 % for Saturday.
    mouse.click(card.get_by_role("button", name="100 % by"))
    special = card.locator("tesla-scout-special")
    mouse.fill(special.locator("#by"), "2026-11-28T07:00")
    mouse.click(special.get_by_role("button", name="Charge to 100"))
    world.until(lambda: bool(world.sessions()))
    done.append(mouse.count)
    # Not tonight.
    mouse.click(card.get_by_role("button", name="Skip tonight"))
    mouse.click(card.locator(".box .main").first)
    expect(card).to_contain_text("Nothing is charged until the next departure")
    done.append(mouse.count)
    # Another tariff.
    account = the_card(person, "tesla-scout-account-card")
    mouse.click(account.get_by_role("button", name="Settings"))
    mouse.click(person.entry_row.locator("ha-icon-button[slot=end]").first)
    person.until_step("init")
    person.choose("tariff")
    mouse.count += 1
    person.until_step("tariff")
    mouse.click(person.field("price_source").locator('ha-radio-option[value="g12w"]'))
    assert person.form()["data"]["price_source"] == "g12w"
    person.submit()
    mouse.count += 1
    assert person.step()["step_id"] == "rates", person.step()
    person.submit()
    mouse.count += 1
    if person.step()["type"] == "menu":
        person.choose("save")
        mouse.count += 1
        person.until_step("create_entry")
    assert person.step()["type"] == "create_entry", person.step()
    assert world.stored_options()["price_source"] == "g12w"
    done.append(mouse.count)
    assert tuple(after - before for before, after in pairwise([0, *done])) == CLICKS
    assert sum(CLICKS) <= 12
