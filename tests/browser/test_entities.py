"""What the integration gives to Home Assistant's own pages."""

import json
from pathlib import Path

from playwright.sync_api import expect
import pytest

from .conftest import Opener
from .person import LOOKS, SEEN, Look, Person
from .world import World


@pytest.mark.parametrize("look", LOOKS[:2], ids=str)
def test_more_info_of_each_entity(
    account: str, opener: Opener, look: Look, world: World
) -> None:
    """Each enabled entity opens, with its name and without a key or a cut text."""
    person = opener(look)
    person.open("/config/entities")
    person.page.locator("ha-config-entities").wait_for()
    ids = world.ids()
    assert len(ids) > 10
    for entity_id in ids.values():
        dialog = person.more_info(entity_id)
        name = world.states()[entity_id]["attributes"]["friendly_name"]
        # Beside a long state the name is cut; the heading has it whole.
        info = dialog.locator("ha-more-info-info")
        person.check(info, whole_elsewhere=name)
        texts = dialog.evaluate(SEEN)["texts"]
        assert any(text in name for text in texts), (entity_id, texts)
        person.page.keyboard.press("Escape")
        expect(dialog.locator("ha-more-info-info")).to_have_count(0)


def test_diagnostics(account: str, person: Person, world: World) -> None:
    """They are downloaded from the menu, and name no car and no token."""
    with person.page.expect_download() as waiting:
        person.entry_menu("diagnostics")
    text = Path(waiting.value.path()).read_text("utf-8")
    assert json.loads(text)["data"]
    for secret in (world.car.settings.vin, "EU_", "eyJ", "52.2297", "21.0122"):
        assert secret not in text


def test_special_charging_in_the_calendar_by_hand(
    account: str, person: Person, world: World
) -> None:
    """An event becomes a special charge; one in the past is refused in words."""
    person.open("/calendar")
    calendar = person.page.locator("ha-full-calendar")
    calendar.locator("ha-fab, ha-button").last.click()
    dialog = person.page.locator("dialog-calendar-event-editor")
    dialog.locator("input").first.fill("85 %")
    add = dialog.locator("ha-dialog-footer ha-button").last
    add.click()
    # The hour that has begun is suggested.
    expect(dialog.locator("ha-alert")).to_be_visible()
    person.check(dialog)
    hour = dialog.locator("ha-time-input").first.locator("input").first
    hour.fill("11")
    hour.press("Tab")
    add.click()
    expect(dialog.locator("ha-dialog")).to_have_count(0)
    expect(calendar.locator(".fc-event").first).to_contain_text("85 %")
    world.until(lambda: bool(world.sessions()))


@pytest.fixture
def fresh(world: World) -> None:
    """Begin with an account that has no request yet."""
    world.remove_all()
    world.set_up()


def test_a_repeating_event_in_the_calendar_by_hand(
    fresh: None, person: Person, world: World
) -> None:
    """Each week, until a person deletes the rest of the series."""
    assert world.sessions() == []
    person.open("/calendar")
    calendar = person.page.locator("ha-full-calendar")
    calendar.locator("ha-fab, ha-button").last.click()
    dialog = person.page.locator("dialog-calendar-event-editor")
    dialog.locator("input").first.fill("75 %")
    hour = dialog.locator("ha-time-input").first.locator("input").first
    hour.fill("10")
    hour.press("Tab")
    dialog.locator("ha-recurrence-rule-editor ha-select").first.click()
    dialog.get_by_text("Weekly", exact=True).click()
    dialog.locator("ha-dialog-footer ha-button").last.click()
    expect(dialog.locator("ha-dialog")).to_have_count(0)
    world.until(lambda: bool(world.sessions()))
    events = calendar.locator(".fc-event", has_text="75 %")
    expect(events).to_have_count(3, timeout=20_000)
    events.nth(1).click()
    person.page.get_by_role("button", name="Delete event").click()
    person.page.get_by_text("This and all future events").click()
    person.page.get_by_role("button", name="Delete", exact=True).click()
    expect(events).to_have_count(1)
