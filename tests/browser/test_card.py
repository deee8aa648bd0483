"""The cards on their ready dashboard, and the wishes of a new user."""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
import os
from pathlib import Path
import time
from typing import Any, Final

from playwright.sync_api import Locator, Route, expect
import pytest

from demo.dashboard import CARDS, opening

from .conftest import Opener
from .person import DESKTOP, LOOKS, Look, Person
from .world import World

DASHBOARD: Final = "/tesla-scout"
AXE: Final = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"

# The narrowest and the widest window, in pixels; how much the page is wider than its own.
WIDTHS: Final = (300, 1400)
WIDER: Final = "document.documentElement.scrollWidth - window.innerWidth"

# Keeps each error card that is on the page in any frame, as "Custom element doesn't exist".
ERROR_CARDS: Final = """
(() => {
  window.errorCards = [];
  const walk = (node) => {
    if (node.localName === "hui-error-card")
      window.errorCards.push(node.shadowRoot?.textContent.trim());
    for (const child of [...(node.shadowRoot?.children ?? []), ...node.children])
      walk(child);
  };
  const frame = () => {
    if (document.body) walk(document.body);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})();
"""

# Seconds: a dashboard waits two for the script of a card.
SLOW: Final = 3.5

# What a new user does on one evening: why, 100 % for Saturday, skip, tariff. These are the
# numbers of docs/comparison.md, which must be at most twelve.
CLICKS: Final = (1, 3, 2, 6)


@pytest.fixture
def ready(world: World) -> None:
    """Begin with an account that charges by prices, in earnest, and a read car."""
    world.remove_all()
    world.set_up_by_prices()


@pytest.fixture
def axe() -> str:
    """Return the script of axe, which scripts/frontend fetches."""
    if AXE.is_file():
        return AXE.read_text("utf-8")
    reason = "No axe: scripts/frontend --install fetches it with npm"
    if os.environ.get("TSW_BROWSER_REQUIRED"):
        pytest.fail(reason)
    pytest.skip(reason)


def the_card(person: Person, name: str = "tesla-scout-card") -> Locator:
    """Return a card on the dashboard, which has its view."""
    card = person.page.locator(name)
    expect(card.locator("section").first).to_be_visible()
    return card


@pytest.mark.pictures
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_ready_dashboard(ready: None, opener: Opener, look: Look, axe: str) -> None:
    """Both cards, in each language and size: no key, no cut text, nothing in the way."""
    person = opener(look)
    person.open(DASHBOARD)
    card = the_card(person)
    expect(card.locator(".finger").first).to_be_visible()
    texts = person.check(card)
    assert "52 %" in " ".join(texts).replace("\u00a0", " ")
    assert len(person.check(the_card(person, "tesla-scout-account-card"))) > 5
    for width in (look.width, *(WIDTHS if look == DESKTOP else ())):
        person.page.set_viewport_size({"width": width, "height": look.height})
        person.check(card)
        assert person.page.evaluate(WIDER) <= 0, width
    person.page.set_viewport_size({"width": look.width, "height": look.height})
    person.faults += serious(person, axe)
    for number in range(card.locator(".buttons button").count()):
        # Each opens a form, or asks a question.
        card.locator(".buttons button").nth(number).click()
        expect(card.locator("form, .box").first).to_be_visible()
        person.faults += serious(person, axe)
        person.check(card)
    person.open(DASHBOARD)
    card = the_card(person)
    if look == DESKTOP:
        person.picture("dashboard")
        person.picture("card", card)


def serious(person: Person, axe: str) -> list[str]:
    """Return what axe finds on the cards that keeps somebody out."""
    person.page.evaluate(axe)
    found: dict[str, Any] = person.page.evaluate("() => window.axe.run()")
    # Home Assistant's own elements around the cards are not ours to mend.
    return [
        f"axe: {row['id']}: {node['html'][:200]}"
        for row in found["violations"]
        if row["impact"] in ("serious", "critical")
        for node in row["nodes"]
        if "tesla-scout-" in str(node["target"]) + node["html"]
    ]


@pytest.mark.parametrize("slow", [0.0, SLOW])
def test_no_start_shows_an_error_card(ready: None, person: Person, slow: float) -> None:
    """Neither cold nor warm, nor where the script of the cards comes late."""
    person.context.add_init_script(ERROR_CARDS)
    if slow:
        person.page.route("**/card.js*", partial(late, seconds=slow))
    person.open(DASHBOARD)
    the_card(person)
    assert person.page.evaluate("window.errorCards") == []
    person.page.reload()
    the_card(person)
    assert person.page.evaluate("window.errorCards") == []


def late(route: Route, seconds: float) -> None:
    """Let a request through after a while."""
    time.sleep(seconds)
    route.continue_()


def new_dashboard(world: World, path: str, *cards: dict[str, Any]) -> None:
    """Make a dashboard of one's own, in the place of one of that name."""
    (found,) = world.ask({"type": "lovelace/dashboards/list"})
    if path not in {row["url_path"] for row in found}:
        world.ask(
            {
                "type": "lovelace/dashboards/create",
                "url_path": path,
                "title": "Mine",
                "mode": "storage",
                "require_admin": False,
                "show_in_sidebar": False,
            }
        )
    view = {"title": "Home", "cards": list(cards)}
    world.ask(
        {
            "type": "lovelace/config/save",
            "url_path": path,
            "config": {"views": [view]},
        }
    )


def test_a_card_that_is_not_there_is_an_error_card(
    ready: None, person: Person, world: World
) -> None:
    """What the test of the starts looks for is what Home Assistant shows."""
    new_dashboard(world, "no-card", {"type": "custom:nothing-there"})
    person.context.add_init_script(ERROR_CARDS)
    person.open("/no-card/0")
    person.page.wait_for_function("window.errorCards?.includes('Configuration error')")


def test_the_card_is_picked_and_edited(
    ready: None, person: Person, world: World
) -> None:
    """By an entity of the car, with a live preview; its editor offers the car alone."""
    new_dashboard(world, "my-cards")
    page = person.page
    person.open("/my-cards/0?edit=1")
    page.get_by_text("Add card").click()
    picker = page.locator("hui-dialog-create-card")
    picker.get_by_placeholder("Search entities").fill("Battery")
    picker.get_by_text("Battery", exact=True).first.click()
    preview = picker.locator("tesla-scout-card")
    expect(preview).to_contain_text("52\u00a0%")
    picker.get_by_text("Tesla Scout: car - Wanderer").click()
    expect(picker.locator("ha-dialog")).to_have_count(0)
    page.get_by_text("Edit", exact=True).click()
    editor = page.locator("hui-dialog-edit-card")
    editor.locator("ha-device-picker").click()
    # The account is no car.
    cars = editor.locator("ha-picker-combo-box ha-combo-box-item")
    expect(cars).to_have_count(1)
    expect(cars).to_contain_text("Wanderer")
    cars.click()
    person.check(editor)
    editor.locator("ha-switch").last.click()
    expect(editor.locator("tesla-scout-card .compact")).to_be_visible()
    editor.locator("ha-dialog-footer ha-button").last.click()
    expect(editor.locator("ha-dialog")).to_have_count(0)
    (kept,) = world.ask({"type": "lovelace/config", "url_path": "my-cards"})
    assert kept["views"][0]["cards"] == [
        {
            "type": "custom:tesla-scout-card",
            "device_id": world.device(),
            "compact": True,
        }
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


@pytest.fixture
def page_of_the_demo(ready: None, world: World) -> Iterator[None]:
    """Make the page that the demo opens on the first page here."""
    _, demo, _ = opening(*CARDS)
    _, usual, _ = opening()
    world.ask(demo)
    yield
    world.ask(usual)


def test_the_evening_of_a_new_user(
    page_of_the_demo: None, person: Person, world: World
) -> None:
    """Why it charges then and what it saves; 100 % for Saturday; skip; the tariff."""
    mouse = Clicks()
    person.open("/")
    expect(person.page.locator("hui-markdown-card")).to_contain_text("A day in")
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
