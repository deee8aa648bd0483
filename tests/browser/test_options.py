"""The pages of the options: what they show is stored, and only a change changes it."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, expect
import pytest

from .conftest import Opener
from .person import DESKTOP, FURTHER_LOOKS, LOOKS, Look, Person
from .world import World

# What a topic shows, by the step and the name of the field.
type Pages = dict[tuple[str, str], Any]

MOST_PAGES = 4

# So many topics have a number to change; the others have texts and choices.
LEAST_CHANGED = 4


def topics(person: Person) -> list[str]:
    """Return the topics of the menu."""
    person.configure()
    menu = person.until_step("init")
    person.check(person.dialog)
    if person.look == DESKTOP:
        person.picture("options")
    person.leave_dialog()
    return list(menu["menu_options"])


def flat(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a form, those of its sections included."""
    fields: dict[str, Any] = {}
    for name, value in data.items():
        fields |= value if isinstance(value, dict) else {name: value}
    return fields


def a_number(person: Person) -> tuple[str, float] | None:
    """Return a number on the page, and another value that it may have."""
    form = person.form()
    for field in form["schema"]:
        number = field.get("selector", {}).get("number", {})
        value = form["data"].get(field["name"])
        if number.get("mode") != "box" or not isinstance(value, int | float):
            continue
        step = number.get("step", 1)
        step = 1 if step == "any" else step
        return field["name"], (
            value - step if value - step >= number["min"] else value + step
        )
    return None


def walk(person: Person, topic: str, *, change: bool = False) -> tuple[Pages, Pages]:
    """Submit each page of a topic; return what they showed, and what was changed."""
    person.configure()
    person.until_step("init")
    person.choose(topic)
    person.until_step("form")
    shown: Pages = {}
    changed: Pages = {}
    for _ in range(MOST_PAGES):
        step = person.step()
        if step["type"] == "create_entry":
            break
        if step["type"] == "menu":
            # Prices are shown before they are saved.
            person.choose("save")
            person.until_step("create_entry")
            break
        page = step["step_id"]
        shown |= {
            (page, key): value for key, value in flat(person.form()["data"]).items()
        }
        found = a_number(person) if change and not changed else None
        if found is not None:
            name, value = found
            person.fill(**{name: f"{value:g}"})
            changed[page, name] = value
        person.submit()
        assert not person.step().get("errors"), person.step()["errors"]
    assert person.step()["type"] == "create_entry", person.step()
    person.finish()
    return shown, changed


@pytest.mark.pictures
def test_only_a_change_changes(account: str, person: Person, world: World) -> None:
    """A page shows what is stored; a number that is changed is the only change.

    Saved untouched, it stores nothing new and shows the same again.
    """
    numbers = 0
    for topic in topics(person):
        before, changed = walk(person, topic, change=True)
        numbers += bool(changed)
        stored = world.stored_options()
        after, _ = walk(person, topic)
        assert after == before | changed, topic
        assert world.stored_options() == stored, topic
        for (_, name), value in after.items():
            assert name not in stored or stored[name] == value, name
    assert numbers >= LEAST_CHANGED


@pytest.mark.parametrize("look", [*LOOKS[1:3], *FURTHER_LOOKS], ids=str)
def test_each_page_has_words(account: str, opener: Opener, look: Look) -> None:
    """On a phone, in the dark, in Polish: no key, and no text that is cut."""
    person = opener(look)
    for topic in topics(person):
        person.configure()
        person.until_step("init")
        person.choose(topic)
        person.until_step("form")
        assert len(person.check(person.dialog)) > 1
        person.leave_dialog()


def open_topic(person: Person, topic: str) -> None:
    """Open the first page of a topic."""
    person.configure()
    person.until_step("init")
    person.choose(topic)
    person.until_step("form")


def choose_source(person: Person, source: str) -> None:
    """Choose a source of prices, and go on."""
    open_topic(person, "tariff")
    option = f'ha-radio-option[value="{source}"]'
    person.field("price_source").locator(option).click()
    person.submit()


def save_prices(person: Person) -> None:
    """Save after a look at what was read, if prices change."""
    person.check(person.dialog)
    if person.step()["type"] == "menu":
        person.choose("save")
        person.until_step("create_entry")
    assert person.step()["type"] == "create_entry", person.step()
    person.finish()


def write_hour(place: Locator, hour: str) -> None:
    """Write the hour of a time."""
    field = place.locator("input").first
    field.fill(hour)
    field.press("Tab")


def test_a_departure_for_each_weekday(account: str, person: Person) -> None:
    """The page shows the usual one; another one is kept for its day."""
    open_topic(person, "car")
    person.field("departures_by_weekday").locator("ha-switch").click()
    person.submit()
    assert person.step()["step_id"] == "departures"
    person.check(person.dialog)
    shown = person.form()["data"]
    assert len(set(shown.values())) == 1
    write_hour(person.field("departure_sat"), "9")
    person.submit()
    person.finish()
    open_topic(person, "car")
    person.submit()
    changed = {"departure_sat": "09:00:00"}
    assert person.form()["data"] == shown | changed
    person.leave_dialog()


def test_peak_hours_are_rows(account: str, person: Person, world: World) -> None:
    """One row is added and one is removed; the others stay as they were."""
    choose_source(person, "custom")
    person.check(person.dialog)
    before = person.form()["data"]["peak_hours"]
    rows = person.field("peak_hours")
    rows.get_by_text("Add", exact=True).click()
    row = person.page.locator("dialog-form")
    for place, hour in enumerate(("1", "3")):
        write_hour(row.locator("ha-time-input").nth(place), hour)
    person.check(row)
    row.locator("ha-dialog-footer ha-button").last.click()
    expect(rows).to_contain_text("01:00:00 · 03:00:00")
    # Of each row: change, remove.
    rows.locator("ha-icon-button").nth(1).click()
    expect(rows.locator("ha-icon-button")).to_have_count(2 * len(before))
    person.submit()
    save_prices(person)
    assert world.stored_options()["peak_hours"].endswith("01:00-03:00")
    choose_source(person, "custom")
    added = {"start": "01:00:00", "end": "03:00:00"}
    assert person.form()["data"]["peak_hours"] == [*before[1:], added]
    person.leave_dialog()


def test_sources_of_prices(
    nothing_set_up: None, account: str, person: Person, world: World
) -> None:
    """One that is not set up is refused; a schedule and a list are asked for."""
    choose_source(person, "nordpool")
    assert person.step()["errors"] == {"price_source": "price_source_not_set_up"}
    person.check(person.dialog)
    person.leave_dialog()
    world.add_schedule("Cheap hours")
    for source, page, key, text in (
        ("schedule", "schedule", "schedule", "Cheap hours"),
        ("entities", "price_lists", "price_entities", "prices"),
    ):
        choose_source(person, source)
        assert person.step()["step_id"] == page
        person.check(person.dialog)
        person.submit()
        assert person.step()["errors"] == {key: f"{key}_required"}
        person.check(person.dialog)
        person.pick_entity(key, text)
        chosen = person.form()["data"][key]
        person.submit()
        save_prices(person)
        stored = world.stored_options()
        assert (stored["price_source"], stored[key]) == (source, chosen)
