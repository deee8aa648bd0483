"""Adding the account, with mistakes on the way, and signing in again."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Page, expect
import pytest

from custom_components.tesla_scout_worker.const import REGION_CUSTOM, REGION_SERVERS
from demo.home_assistant import HomeAssistantError
from simulator.faults import Fault

from .conftest import Opener
from .person import DESKTOP, FURTHER_LOOKS, LOOKS, PAGE, REPAIRS, Look, Person
from .world import World

ADD = "/config/integrations/dashboard/add?domain=tesla_scout_worker"
PRODUCTS = "*/api/1/products"
TOKEN = "*/oauth2/v3/token"
REGIONS = (*REGION_SERVERS, REGION_CUSTOM)

# A way whose first step has another name.
FIRST_STEPS = {"entities": "car_entities"}

# What the keys of the repairs of a lost sign-in begin with.
SIGNED_OUT = "signed_out"

# So many pages has the first run at most, before its preview.
MOST_PAGES = 3


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


def refused(person: Person, field: str, error: str, **values: str) -> None:
    """Send a form, and see why it is refused, in words."""
    person.fill(**values)
    person.submit()
    assert person.step().get("errors") == {field: error}, person.step()
    person.check(person.dialog)


def first_run(person: Person) -> None:
    """Answer the three questions about a new account as they are suggested."""
    person.until_step("first_run")
    for _ in range(MOST_PAGES):
        person.check(person.dialog)
        if person.step()["type"] == "menu":
            break
        person.submit()
    assert person.step()["step_id"] == "first_plan", person.step()
    person.choose("first_save")
    person.until_step("create_entry")
    person.check(person.dialog)
    person.finish()


def another_key() -> bytes:
    """Return a public key that is not the application's."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    return public.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


@pytest.mark.parametrize("look", [*LOOKS[1:3], *FURTHER_LOOKS], ids=str)
def test_each_way_in_is_explained(
    nothing_set_up: None, opener: Opener, look: Look
) -> None:
    """The menu names each way and what it is for; its form has words for each field."""
    person = opener(look)
    add(person)
    ways = list(person.step()["menu_options"])
    assert len(person.check(person.dialog)) == 2 + 2 * len(ways)
    for way in ways:
        # These two are walked in tests of their own.
        if way in ("sign_in", "tesla_fleet"):
            continue
        person.choose(way)
        person.until_step(FIRST_STEPS.get(way, way))
        person.check(person.dialog)
        person.leave_dialog()
        add(person)


def test_bring_tokens(nothing_set_up: None, person: Person, world: World) -> None:
    """A refused token and a cloud that is down say what to do; then it is done."""
    add(person)
    person.choose("bring_tokens")
    person.until_step("bring_tokens")
    bring(person, refresh_token="ada@example.com")
    person.submit()
    assert person.step()["errors"] == {"refresh_token": "token_is_email"}
    person.check(person.dialog)
    person.fill(refresh_token=f"{world.tokens()['refresh_token'][:-4]}0000")
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
    first_run(person)
    assert len(world.entries()) == 1


def test_sign_in_at_tesla(no_application: None, person: Person, world: World) -> None:
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
    first_run(person)
    assert len(world.entries()) == 1


@pytest.mark.parametrize("look", [DESKTOP, *FURTHER_LOOKS], ids=str)
def test_the_key_of_the_application(
    application: None, signing: None, opener: Opener, world: World, look: Look
) -> None:
    """The domain, the key on it, the code for the car, and what can go wrong with each."""
    person = opener(look)
    add(person)
    sign_in(person, "sign_in")
    person.until_step("region")
    person.submit()
    refused(person, "key_domain", "domain_is_ip_address", key_domain="10.0.0.7")
    settings, faults = world.cloud.settings, world.cloud.faults
    domain = settings.domain
    world.do(lambda: faults.add(Fault(path=TOKEN, status=500)))
    refused(person, "base", "transient", key_domain=domain)
    world.do(faults.clear)
    person.submit()
    assert person.step()["step_id"] == "public_key"
    person.check(person.dialog)
    refused(person, "base", "public_key_status")
    pages = world.cloud.state.public_key_pages
    world.do(lambda: pages.update({domain: (200, "<html>Welcome</html>")}))
    refused(person, "base", "public_key_no_key")
    world.do(pages.clear)
    world.host_key(another_key())
    refused(person, "base", "public_key_mismatch")
    world.host_key(person.step()["description_placeholders"]["public_key"])
    person.submit()
    assert person.step()["step_id"] == "virtual_key"
    expect(person.dialog.locator("ha-qr-code canvas")).to_be_visible()
    person.check(person.dialog)
    world.do(lambda: faults.add(Fault(path=PRODUCTS, status=503)))
    refused(person, "base", "transient")
    world.do(faults.clear)
    person.submit()
    first_run(person)
    assert len(world.entries()) == 1


@pytest.mark.parametrize(
    ("way", "look"),
    [
        ("tessie", DESKTOP),
        ("teslemetry", DESKTOP),
        ("tessie", FURTHER_LOOKS[0]),
        ("teslemetry", FURTHER_LOOKS[1]),
    ],
    ids=str,
)
def test_paste_a_key(
    nothing_set_up: None, opener: Opener, world: World, way: str, look: Look
) -> None:
    """What is no key, a refused key, an outage and an account without a car say so."""
    person = opener(look)
    add(person)
    person.choose(way)
    person.until_step(way)
    person.check(person.dialog)
    key = world.cloud.providers[way].key
    token = world.tokens()["refresh_token"]
    refused(person, "base", "pasted_refresh_token", api_key=token)
    refused(person, "base", "pasted_email", api_key="ada@example.com")
    refused(person, "base", "key_refused", api_key="0123456789abcdef")
    faults = world.cloud.faults
    for fault, error in (
        (Fault(status=502), "transient"),
        (Fault(status=429, headers={"Retry-After": "42"}), "rate_limited"),
        (Fault(body={"response": [], "count": 0}), "no_cars_here"),
    ):
        world.do(partial(faults.add, fault))
        refused(person, "base", error, api_key=key)
        world.do(faults.clear)
    person.submit()
    first_run(person)
    assert len(world.entries()) == 1


def test_the_application_of_tesla_fleet(
    no_application: None, person: Person, world: World
) -> None:
    """Where the Tesla Fleet integration has one, a page and a sign-in are all."""
    world.add_application("tesla_fleet")
    add(person)
    with person.page.expect_popup() as opened:
        person.choose("tesla_fleet")
        person.until_step("tesla_fleet")
        person.check(person.dialog)
        person.dialog.locator("ha-dialog-footer ha-button").last.click()
    opened.value.get_by_role("button", name="Sign in").click()
    first_run(person)
    assert len(world.entries()) == 1
    world.remove_all()
    world.remove_applications()


def test_a_car_by_its_entities(
    nothing_set_up: None, person: Person, world: World
) -> None:
    """What is missing is named in its field; reconfigured, the form shows what is kept."""
    add(person)
    person.choose("entities")
    person.until_step("car_entities")
    person.check(person.dialog)
    person.fill(name="Family car")
    person.submit()
    assert person.step()["errors"] == {
        "level": "part_required",
        "start": "part_required",
        "plug": "plug_required",
    }
    person.check(person.dialog)
    parts = {
        "level": "Car level",
        "start": "Car charger",
        "plug": "Car plug",
        "limit": "Car limit",
    }
    for name, text in parts.items():
        person.pick_entity(name, text)
    person.submit()
    first_run(person)
    (entry,) = world.entries()
    assert entry["title"] == "Family car"
    person.entry_menu("reconfigure")
    person.until_step("car_entities")
    kept = person.form()["data"]
    assert kept["level"] == "input_number.car_level"
    assert kept["limit"] == "input_number.car_limit"
    person.submit()
    assert person.step()["reason"] == "reconfigure_successful"
    person.check(person.dialog)
    person.finish()
    # The car of the tests is another.
    world.remove_all()


def test_the_account_cannot_be_added_twice(
    nothing_set_up: None, account: str, person: Person
) -> None:
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


@pytest.fixture
def signed_out(account: str, world: World) -> None:
    """Begin with an account whose sign-in has died."""
    world.do(world.cloud.auth.password_changed)
    with suppress(HomeAssistantError):
        world.call("token_refresh", config_entry_id=account)
    world.until(lambda: world.has_repair(SIGNED_OUT))


def by_the_repair(person: Person) -> None:
    """Open the way to sign in again from the repair."""
    person.open_repair(SIGNED_OUT)
    person.until_step("confirm")
    person.check(person.dialog)
    person.submit()


def by_the_account(person: Person) -> None:
    """Open the way to sign in again from the page of the integration."""
    person.open(PAGE)
    person.page.locator("ha-button:visible", has_text="Reconfigure").first.click()


@pytest.mark.parametrize("door", [by_the_repair, by_the_account])
def test_signed_out_and_in_again(
    signed_out: None, person: Person, world: World, door: Callable[[Person], None]
) -> None:
    """A repair and the account both open the way to sign in; then both are gone."""
    door(person)
    person.until_step("reauth_confirm")
    person.check(person.dialog)
    person.choose("bring_tokens")
    person.until_step("bring_tokens")
    bring(person)
    person.submit()
    assert person.step()["reason"] == "reauth_successful"
    person.check(person.dialog)
    person.finish()
    world.until(lambda: not world.has_repair(SIGNED_OUT))
    person.open("/config/repairs")
    expect(person.page.locator("ha-config-repairs-dashboard ha-card")).to_be_visible()
    assert person.repair_place(person.page.locator(REPAIRS), SIGNED_OUT) == -1
