"""Adding the account, with mistakes on the way, and signing in again."""

from contextlib import suppress

from playwright.sync_api import Page, expect
import pytest

from demo.home_assistant import HomeAssistantError
from simulator.faults import Fault

from .conftest import Opener
from .person import LOOKS, PAGE, Look, Person
from .world import World

ADD = "/config/integrations/dashboard/add?domain=tesla_scout_worker"
PRODUCTS = "*/api/1/products"
REGIONS = ("na", "eu", "cn", "custom")


def add(person: Person) -> None:
    """Open the flow, as the button of the README does."""
    person.open(ADD)
    person.page.locator("dialog-box ha-button:visible").last.click()
    person.until_step("user")


def bring(person: Person, **changes: str) -> None:
    """Fill in the form for tokens of the simulator."""
    fields = {**person.world.tokens(), **changes}
    person.choose_radio("region", REGIONS.index(fields.pop("region")))
    person.fill(**fields)


def sign_in(person: Person, way: str) -> None:
    """Choose to sign in, and agree on the page of Tesla."""
    with person.page.expect_popup() as opened:
        person.choose(way)
    page: Page = opened.value
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("look", LOOKS[1:3], ids=str)
def test_each_way_in_is_explained(
    nothing_set_up: None, opener: Opener, look: Look
) -> None:
    """The menu names each way and what it is for; its form has words for each field."""
    person = opener(look)
    add(person)
    ways = list(person.step()["menu_options"])
    assert len(person.check(person.dialog)) == 2 + 2 * len(ways)
    for way in ways:
        if way in ("sign_in", "tesla_fleet"):
            continue
        person.choose(way)
        person.until_step(way)
        person.check(person.dialog)
        person.page.keyboard.press("Escape")
        add(person)


def test_bring_tokens(nothing_set_up: None, person: Person, world: World) -> None:
    """A refused token and a cloud that is down say what to do; then it is done."""
    add(person)
    person.choose("bring_tokens")
    person.until_step("bring_tokens")
    bring(person, refresh_token="of a stranger")
    person.submit()
    assert person.step()["errors"] == {"refresh_token": "token_refused"}
    person.check(person.dialog)
    person.fill(refresh_token=world.tokens()["refresh_token"])
    world.do(lambda: world.cloud.faults.add(Fault(path=PRODUCTS, status=503)))
    person.submit()
    assert person.step()["errors"] == {"base": "transient"}
    expect(person.dialog.locator("ha-alert").first).to_be_visible()
    person.check(person.dialog)
    world.do(world.cloud.faults.clear)
    person.submit()
    assert person.step()["type"] == "create_entry"
    person.check(person.dialog)
    person.finish()
    assert len(world.entries()) == 1


def test_sign_in_at_tesla(nothing_set_up: None, person: Person, world: World) -> None:
    """With an application of one's own: its credentials, Tesla's page, the region."""
    add(person)
    person.choose("sign_in")
    dialog = person.page.locator("dialog-add-application-credential")
    settings = world.cloud.settings
    for place, text in enumerate(
        ("My application", settings.client_id, settings.client_secret)
    ):
        dialog.locator("input").nth(place).fill(text)
    person.check(dialog)
    dialog.locator("ha-dialog-footer ha-button").last.click()
    # Home Assistant begins the flow anew once it has credentials.
    expect(dialog.locator("ha-dialog-footer")).to_have_count(0)
    person.until_step("user")
    sign_in(person, "sign_in")
    person.until_step("region")
    person.check(person.dialog)
    person.submit()
    assert person.step()["type"] == "create_entry"
    person.check(person.dialog)
    person.finish()
    assert len(world.entries()) == 1


def test_the_account_cannot_be_added_twice(account: str, person: Person) -> None:
    """The second time says that it is there already."""
    add(person)
    person.choose("bring_tokens")
    person.until_step("bring_tokens")
    bring(person)
    person.submit()
    assert person.step()["reason"] == "already_configured"
    person.check(person.dialog)


def test_reconfigure(
    nothing_set_up: None, account: str, person: Person, world: World
) -> None:
    """Other tokens for the same account; the form shows what is kept."""
    person.entry_menu("reconfigure")
    person.until_step("reconfigure")
    person.check(person.dialog)
    person.choose("bring_tokens")
    person.until_step("bring_tokens")
    assert person.form()["data"]["client_id"] == world.cloud.settings.client_id
    bring(person)
    person.submit()
    assert person.step()["reason"] == "reconfigure_successful"
    person.check(person.dialog)


def test_signed_out_and_in_again(account: str, person: Person, world: World) -> None:
    """A repair says so, the account offers to sign in; then both are gone."""
    world.do(world.cloud.auth.password_changed)
    with suppress(HomeAssistantError):
        world.call("token_refresh", config_entry_id=account)
    world.until(lambda: bool(world.repairs()))
    person.open("/config/repairs")
    repairs = person.page.locator("ha-config-repairs")
    expect(repairs).to_contain_text("Tesla")
    person.check(repairs)
    repairs.locator("ha-list-item, ha-list-item-button").first.click()
    person.check(person.page.locator("dialog-repairs-issue"))
    person.open(PAGE)
    person.page.locator("ha-button:visible", has_text="Reconfigure").first.click()
    person.until_step("reauth_confirm")
    person.check(person.dialog)
    person.choose("bring_tokens")
    person.until_step("bring_tokens")
    bring(person)
    person.submit()
    assert person.step()["reason"] == "reauth_successful"
    person.check(person.dialog)
    person.finish()
    world.until(lambda: not world.repairs())
    person.open("/config/repairs")
    expect(person.page.locator("ha-config-repairs-dashboard ha-card")).to_be_visible()
    expect(repairs).to_have_count(0)
