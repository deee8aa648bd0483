"""A person in front of a page: what they see, and what they can do."""

from collections.abc import Sequence
from dataclasses import dataclass
import json
import os
from pathlib import Path
import re
from typing import Any, Final, override

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    TimeoutError as PlaywrightTimeoutError,
    expect,
)

from demo.home_assistant import DOMAIN

from ..pictures import keep_fingerprint
from .world import ZONE, World

# Milliseconds; who waits for what comes waits no longer than that takes.
PATIENCE: Final = 180_000
STEADY: Final = 300
PAGE: Final = "/config/integrations/integration/tesla_scout_worker"

# No text for people has a name as in code: lower-case words joined by underscores.
KEY: Final = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\bcomponent\.\w+|\bui\.\w+\.")

# The page's clock shows the time of Home Assistant.
SHIFT: Final = """
(() => {
  const Real = Date;
  const offset = %d - Real.now();
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length) super(...given);
      else super(Real.now() + offset);
    }
    static now() { return Real.now() + offset; }
  };
})();
"""

# All text within an element that is shown, and all that is cut; through shadow roots.
SEEN: Final = """
(root) => {
  const texts = [], cut = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.textContent.trim();
      if (text) texts.push(text);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (["STYLE", "SCRIPT", "TEMPLATE", "CODE", "PRE"].includes(node.tagName)) return;
    const style = getComputedStyle(node);
    if (style.display === "none" || style.visibility === "hidden") return;
    const own = [...node.childNodes].some(
      (child) => child.nodeType === Node.TEXT_NODE && child.textContent.trim());
    const clips = ["hidden", "clip"].includes(style.overflowX) && node.clientWidth > 1;
    if (own && clips && node.scrollWidth > node.clientWidth + 1)
      cut.push(node.textContent.trim());
    if (node.tagName === "SLOT" && node.assignedNodes().length) {
      node.assignedNodes().forEach(walk);
      return;
    }
    (node.shadowRoot ?? node).childNodes.forEach(walk);
  };
  walk(root);
  return { texts, cut };
}
"""

# The form of a flow as the frontend holds it: what it would send, and its fields.
FORM: Final = """
(form) => ({ data: form.data, schema: form.schema, error: form.error })
"""


REPAIRS: Final = "ha-config-repairs ha-list-item-button"
MENU_ITEMS: Final = "step-flow-menu ha-list-item, step-flow-menu ha-list-item-button"


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a person looks at a page."""

    width: int = 1280
    height: int = 900
    dark: bool = False
    language: str = "en"

    @property
    def phone(self) -> bool:
        """Whether it is a phone."""
        return self.width < 500

    @override
    def __str__(self) -> str:
        """Return a name for the test."""
        size = "phone" if self.phone else "desktop"
        return f"{size}-{'dark' if self.dark else 'light'}-{self.language}"


DESKTOP: Final = Look()
LOOKS: Final = (
    DESKTOP,
    Look(width=390, height=844, dark=True, language="pl"),
    Look(width=390, height=844),
    Look(dark=True, language="pl"),
)

# Dialogs are looked at in these too.
FURTHER_LOOKS: Final = (
    Look(language="pl"),
    Look(width=390, height=844, dark=True),
)


class Person:
    """A signed-in person at a page of Home Assistant."""

    def __init__(self, world: World, browser: Browser, look: Look) -> None:
        """Open an empty page."""
        self.world = world
        self.look = look
        self.faults: list[str] = []
        self.context = browser.new_context(
            viewport={"width": look.width, "height": look.height},
            color_scheme="dark" if look.dark else "light",
            locale="pl-PL" if look.language == "pl" else "en-GB",
            timezone_id=ZONE.key,
            has_touch=look.phone,
        )
        now = int(world.clock.now().timestamp() * 1000)
        address = world.home_assistant.url
        tokens = {
            **world.home_assistant.sign_in,
            "hassUrl": address,
            "clientId": address,
            "expires": now + 1_800_000,
        }
        self.context.add_init_script(
            SHIFT % now
            + "localStorage.setItem('hassTokens', "
            + json.dumps(json.dumps(tokens))
            + ");localStorage.setItem('selectedLanguage', "
            + json.dumps(json.dumps(look.language))
            + ");"
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def close(self) -> None:
        """Leave."""
        self.context.close()

    def open(self, path: str) -> None:
        """Go to a page of Home Assistant."""
        self.page.goto(self.world.home_assistant.url + path)

    # What a dialog shows.

    @property
    def dialog(self) -> Locator:
        """The dialog of a flow."""
        return self.page.locator("dialog-data-entry-flow")

    def step(self) -> dict[str, Any]:
        """Return the step that a flow shows, as Home Assistant sent it."""
        found: dict[str, Any] = self.dialog.evaluate("(dialog) => dialog._step")
        return found

    def until_step(self, *ids: str) -> dict[str, Any]:
        """Wait until a flow shows a step by its id, or by its type if it has none."""
        try:
            self._until_step(ids)
        except PlaywrightTimeoutError as err:
            shown = self.dialog.evaluate_all(
                "(found) => found.map((each) => each._step)"
            )
            raise AssertionError(f"Instead of {ids}: {shown}") from err
        return self.step()

    def _until_step(self, ids: Sequence[str]) -> None:
        """Wait for a step.

        Raises:
            PlaywrightTimeoutError: another one is shown.
        """
        self.page.wait_for_function(
            """(ids) => {
              const main = document.querySelector("home-assistant");
              const dialog = main?.shadowRoot.querySelector("dialog-data-entry-flow");
              const step = dialog?._step;
              return step && !dialog._loading &&
                (ids.includes(step.step_id) || ids.includes(step.type));
            }""",
            arg=list(ids),
        )

    def form(self) -> dict[str, Any]:
        """Return the form of the present step, as the browser would send it."""
        form = self.dialog.locator("step-flow-form ha-form").first
        found: dict[str, Any] = form.evaluate(FORM)
        return found

    def field(self, name: str) -> Locator:
        """Return the field of a form by its name."""
        self.dialog.locator("step-flow-form").evaluate(
            """(step) => {
              const walk = (node) => {
                if (node.tagName === "HA-SELECTOR" && node.name)
                  node.setAttribute("data-name", node.name);
                (node.shadowRoot ?? node).childNodes.forEach(walk);
              };
              walk(step);
            }"""
        )
        return self.dialog.locator(f'ha-selector[data-name="{name}"]')

    def fill(self, **values: str) -> None:
        """Write into fields of a form."""
        for name, value in values.items():
            self.field(name).locator("input, textarea").first.fill(value)

    def pick_entity(self, name: str, text: str) -> None:
        """Pick an entity by a part of what a person reads of it."""
        picker = self.field(name).locator("ha-entity-picker").last
        picker.click()
        item = self.page.locator("ha-picker-combo-box ha-combo-box-item", has_text=text)
        item.first.click()
        # The list shows the text before the form has the value.
        expect(self.page.locator("ha-picker-combo-box")).to_have_count(0)
        while f'"{name}": ' not in json.dumps(self.form()["data"]):
            self.page.wait_for_timeout(100)
        expect(self.field(name).locator("ha-entity-picker").first).to_contain_text(text)

    def choose(self, option: str) -> None:
        """Choose from a menu of a flow, by the id of the step."""
        place = list(self.step()["menu_options"]).index(option)
        self.dialog.locator(MENU_ITEMS).nth(place).click()

    def choose_radio(self, name: str, place: int) -> None:
        """Choose one of a list of options."""
        self.field(name).locator("ha-radio-group > *").nth(place).click()

    def submit(self) -> None:
        """Press the button of a form, and wait for the next step.

        That may be the first one of another flow, which the dialog opens in its place.
        """
        self.dialog.evaluate("(dialog) => { dialog._seen = dialog._step; }")
        self.dialog.locator("ha-dialog-footer ha-button").last.click()
        self.page.wait_for_function(
            """() => {
              const main = document.querySelector("home-assistant");
              const dialog = main?.shadowRoot.querySelector("dialog-data-entry-flow");
              if (!dialog?._params) return true;
              const step = dialog._step;
              return Boolean(step) && step !== dialog._seen && !dialog._loading;
            }"""
        )

    def leave_dialog(self) -> None:
        """Close a flow that is not done."""
        self.dialog.locator("ha-icon-button").first.click()
        expect(self.dialog.locator("ha-dialog")).to_have_count(0)

    def finish(self) -> None:
        """Close a flow that is done."""
        self.dialog.locator("ha-dialog-footer ha-button").last.click()
        expect(self.dialog.locator("ha-dialog")).to_have_count(0)

    def configure(self) -> None:
        """Open the options of the account."""
        self.entry_row.locator("ha-icon-button[slot=end]").first.click()

    def entry_menu(self, item: str) -> None:
        """Choose from the menu of the account, by the name of the item in code."""
        self.entry_row.locator("ha-dropdown").first.click()
        self.entry_row.locator(f'ha-dropdown-item[value="{item}"]').first.click()

    @property
    def entry_row(self) -> Locator:
        """The account on the page of the integration, which is opened if need be."""
        if PAGE not in self.page.url:
            self.open(PAGE)
        return self.page.locator("ha-config-entry-row").first

    def more_info(self, entity_id: str) -> Locator:
        """Open the dialog of an entity."""
        self.page.locator("home-assistant").evaluate(
            """(main, entityId) => main.dispatchEvent(
              new CustomEvent("hass-more-info", { detail: { entityId } }))""",
            entity_id,
        )
        dialog = self.page.locator("ha-more-info-dialog")
        expect(dialog.locator("ha-more-info-info").first).to_be_visible()
        return dialog

    def open_repair(self, kind: str) -> None:
        """Open a repair of the integration, whose key begins with its kind."""
        self.open("/config/repairs")
        repairs = self.page.locator(REPAIRS)
        expect(repairs.first).to_be_visible()
        self.check(self.page.locator("ha-config-repairs"))
        repairs.nth(self.repair_place(repairs, kind)).click()

    def repair_place(self, repairs: Locator, kind: str) -> int:
        """Return which of the repairs is of a kind of the integration's; -1: none."""
        place: int = repairs.evaluate_all(
            """(rows, [domain, kind]) => rows.findIndex((row) =>
              row.issue?.domain === domain && row.issue.translation_key.startsWith(kind))""",
            [DOMAIN, kind],
        )
        return place

    # What must not be seen.

    def check(self, place: Locator, *, whole_elsewhere: str = "") -> list[str]:
        """Return the texts of a place; a key or a cut text among them is a fault.

        A text within ``whole_elsewhere`` may be cut: the page shows it in another place.
        """
        before, seen = None, place.first.evaluate(SEEN)
        # Home Assistant fills some text in a little later.
        while before != seen or not seen["texts"]:
            self.page.wait_for_timeout(STEADY)
            before, seen = seen, place.first.evaluate(SEEN)
        texts: list[str] = seen["texts"]
        for text in texts:
            if KEY.search(text.replace(DOMAIN, "")):
                self.faults.append(f"Untranslated: {text}")
        self.faults += [
            f"Cut: {text}" for text in seen["cut"] if text not in whole_elsewhere
        ]
        return texts

    def picture(self, name: str, place: Locator | None = None) -> None:
        """Take a picture of the page or a place for the docs, if their folder is named."""
        if folder := os.environ.get("TSW_PICTURES"):
            path = Path(folder) / f"{name}.png"
            (place or self.page).screenshot(path=path)
            keep_fingerprint(path)

    def _hear(self, message: ConsoleMessage) -> None:
        """Keep an error of the console."""
        # Pictures of other integrations come from the internet.
        address = message.location.get("url", "")
        if message.type == "error" and "/api/brands/" not in address:
            self.faults.append(f"{message.text} ({address})")
