"""The pages of the options: what they show is stored, and only a change changes it."""

from collections.abc import Mapping
from typing import Any

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
