"""The config flow: the domain, its public key, the partner account, the virtual key."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
import re
from unittest.mock import AsyncMock

from aiohttp import AsyncResolver
from aiohttp.test_utils import TestServer
from aiohttp.web import Application
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.tesla_scout_worker.config import key_file
from custom_components.tesla_scout_worker.config.registration import Registration
from custom_components.tesla_scout_worker.const import DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation
from simulator.car import CarSettings
from simulator.certificates import self_signed
from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.gateway_faults import html_page
from simulator.settings import CloudSettings

from ..common import HOME, VIN
from ..flows import AUTH, PRODUCTS, Browser, FlowRun, asked, no_entry, suggested

pytestmark = pytest.mark.usefixtures("discreet_log")

KEY_DOMAIN = CloudSettings().domain
OWN_KEY = "tesla_scout_worker.key"
FLEET_KEY = "tesla_fleet.key"

signing = pytest.mark.parametrize(
    "car_settings",
    [CarSettings(vin=VIN, home=HOME, command_signing="required")],
    ids=["signing"],
)
unregistered = pytest.mark.parametrize(
    "cloud_settings", [CloudSettings(partner_registered=False)], ids=["unregistered"]
)

REGISTER = "*/api/1/partner_accounts"
REGISTERED = "*/api/1/partner_accounts/public_key"


def pem_of(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    """Return a private key as a file holds it."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_pem_of(path: Path) -> str:
    """Return the public key of the private one in a file."""
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return public.decode()


def keys_in(folder: Path) -> set[str]:
    """Return the names of the key files in a folder."""
    return {path.name for path in folder.glob("*.key")}


def host_another_key(cloud: Cloud) -> None:
    """Let a key stand on the domain that is not ours."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = public.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    cloud.host_public_key(KEY_DOMAIN, point)


def shown_key(walk: FlowRun) -> str:
    """Return the public key that is shown."""
    given = walk.result["description_placeholders"]
    assert given is not None
    return given["public_key"]


def qr_code(walk: FlowRun) -> str:
    """Return what the QR code that is shown says."""
    schema = walk.result["data_schema"]
    assert schema is not None
    data: str = schema.schema["qr_code"].config["data"]
    return data


async def to_the_domain(hass: HomeAssistant, browser: Browser) -> FlowRun:
    """Walk to the step that asks for the domain."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    await walk.consent()
    await walk.submit(region="eu")
    assert walk.shows == "key_domain"
    return walk


async def to_the_key(hass: HomeAssistant, browser: Browser) -> FlowRun:
    """Walk to the step that shows the public key."""
    walk = await to_the_domain(hass, browser)
    await walk.submit(key_domain=KEY_DOMAIN)
    assert walk.shows == "public_key"
    return walk


async def to_the_qr_code(
    hass: HomeAssistant, cloud: Cloud, browser: Browser
) -> FlowRun:
    """Walk to the step that shows the QR code."""
    walk = await to_the_key(hass, browser)
    cloud.host_public_key(KEY_DOMAIN, shown_key(walk))
    await walk.submit()
    assert walk.shows == "virtual_key"
    return walk


async def go_on(walk: FlowRun, cloud: Cloud) -> None:
    """Walk from the public key to the entry."""
    cloud.host_public_key(KEY_DOMAIN, shown_key(walk))
    await walk.submit()
    await walk.submit()
    assert walk.entry.state is ConfigEntryState.LOADED


@signing
async def test_a_signing_car_needs_the_domain_the_key_and_the_code(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """Missing key, wrong key, right key, QR code: then the entry knows its key."""
    walk = await to_the_domain(hass, browser)
    await walk.submit(key_domain=f" https://{KEY_DOMAIN.upper()}/ ")
    assert walk.shows == "public_key"
    assert f"{tesla.domain_url(KEY_DOMAIN)}/.well-known/appspecific" in walk.said
    ours = shown_key(walk)

    await walk.submit()
    assert walk.errors == {"base": "public_key_status"}
    assert "status 404" in walk.said
    host_another_key(tesla)
    await walk.submit()
    assert walk.errors == {"base": "public_key_mismatch"}
    assert shown_key(walk) == ours

    tesla.host_public_key(KEY_DOMAIN, ours)
    await walk.submit()
    assert walk.shows == "virtual_key"
    assert qr_code(walk) == f"https://tesla.com/_ak/{KEY_DOMAIN}"
    assert qr_code(walk) in walk.said
    assert no_entry(hass)

    await walk.submit()
    entry = walk.entry
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["key_domain"] == KEY_DOMAIN
    assert entry.options == {"private_key_path": OWN_KEY}
    assert public_pem_of(key_folder / OWN_KEY) == ours


@signing
async def test_the_key_of_tesla_fleet_is_used(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """One key serves both integrations, so no second one is made."""
    path = key_folder / FLEET_KEY
    path.write_bytes(pem_of(ec.generate_private_key(ec.SECP256R1())))
    walk = await to_the_key(hass, browser)
    assert shown_key(walk) == public_pem_of(path)
    await go_on(walk, tesla)
    assert walk.entry.options == {"private_key_path": FLEET_KEY}
    assert keys_in(key_folder) == {FLEET_KEY}


@signing
async def test_a_useless_key_of_tesla_fleet_is_passed_over(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """A key that no car can learn must not end the flow."""
    useless = pem_of(rsa.generate_private_key(65537, 2048))
    (key_folder / FLEET_KEY).write_bytes(useless)
    walk = await to_the_key(hass, browser)
    await go_on(walk, tesla)
    assert walk.entry.options == {"private_key_path": OWN_KEY}
    assert (key_folder / FLEET_KEY).read_bytes() == useless


@signing
async def test_a_useless_key_of_ours_is_not_overwritten(
    hass: HomeAssistant,
    tesla: Cloud,
    browser: Browser,
    key_folder: Path,
    noon: FrozenDateTimeFactory,
) -> None:
    """The form says which trouble it is; with the file away, a new key is made."""
    own = key_folder / OWN_KEY
    own.write_text("no key at all")
    walk = await to_the_domain(hass, browser)
    # The library waits for a file that is perhaps just being written.
    walking = asyncio.create_task(walk.submit(key_domain=KEY_DOMAIN))
    while not walking.done():
        noon.tick(0.01)
        await asyncio.sleep(0)
    assert walk.errors == {"base": "key_not_paired"}
    assert own.read_text() == "no key at all"
    own.unlink()
    await walk.submit(key_domain=KEY_DOMAIN)
    await go_on(walk, tesla)


@signing
async def test_a_registered_key_is_not_asked_for_again(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """Whoever has been here before goes straight to the QR code."""
    path = key_folder / FLEET_KEY
    path.write_bytes(pem_of(ec.generate_private_key(ec.SECP256R1())))
    tesla.host_public_key(KEY_DOMAIN, public_pem_of(path))
    tesla.state.registered.add(("eu", KEY_DOMAIN))
    walk = await to_the_domain(hass, browser)
    await walk.submit(key_domain=KEY_DOMAIN)
    assert walk.shows == "virtual_key"
    await walk.submit()
    assert walk.entry.state is ConfigEntryState.LOADED


@unregistered
async def test_an_unsigned_car_of_a_new_application_skips_the_qr_code(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """Tesla's 412 asks for the partner account, which is all that is needed then."""
    walk = await to_the_key(hass, browser)
    tesla.host_public_key(KEY_DOMAIN, shown_key(walk))
    await walk.submit()
    assert walk.entry.state is ConfigEntryState.LOADED


@signing
@unregistered
async def test_a_signing_car_of_a_new_application_sees_it_all(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """The cars are known only after the registration, and then want the code."""
    walk = await to_the_qr_code(hass, tesla, browser)
    await walk.submit()
    assert walk.entry.state is ConfigEntryState.LOADED


@signing
@unregistered
async def test_the_wrong_region_of_a_new_application_is_put_right(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """421, then 412: the application is registered where the account is."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    await walk.consent()
    await walk.submit(region="na")
    await walk.submit(key_domain=KEY_DOMAIN)
    await go_on(walk, tesla)
    assert walk.entry.data["fleet_api_url"] == tesla.fleet_url("eu")
    assert tesla.state.registered == {("eu", KEY_DOMAIN)}


async def test_the_wrong_region_is_put_right(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """Tesla's 421 names the account's own region, and the entry holds it."""
    walk = await FlowRun.begin(hass, "sign_in", browser)
    await walk.consent()
    await walk.submit(region="na")
    assert walk.entry.data["fleet_api_url"] == tesla.fleet_url("eu")
    assert asked(tesla, "/products") == 2


AT_THE_APPLICATION = {
    "invalid_client": (
        Fault(path=AUTH, status=401, body={"error": "invalid_client"}),
        "signed_out",
    ),
    "unauthorized_client": (
        Fault(path=AUTH, status=403, body={"error": "unauthorized_client"}),
        "signed_out",
    ),
    "401": (Fault(path=AUTH, status=401, body={"error": "oops"}), "unclear_answer"),
    "403 page": (replace(html_page(403), path=AUTH), "transient"),
    "429": (Fault(path=AUTH, status=429), "rate_limited"),
    "500": (Fault(path=AUTH, status=500), "transient"),
    "torn": (Fault(path=AUTH, tear=True), "transient"),
    "no JSON": (Fault(path=AUTH, body="<html>", content_type="text/html"), "transient"),
    "a list": (Fault(path=AUTH, body=[]), "transient"),
    "no token": (Fault(path=AUTH, body={}), "transient"),
    "key: 500": (Fault(path=REGISTERED, status=500), "transient"),
    "key: torn": (Fault(path=REGISTERED, tear=True), "transient"),
    "key: no response": (Fault(path=REGISTERED, status=200, body={}), "transient"),
}


@signing
@pytest.mark.parametrize(
    ("fault", "error"), AT_THE_APPLICATION.values(), ids=AT_THE_APPLICATION
)
async def test_the_domain_step_survives_tesla(
    hass: HomeAssistant,
    tesla: Cloud,
    browser: Browser,
    key_folder: Path,
    fault: Fault,
    error: str,
) -> None:
    """What was entered stays, and sending it again goes on."""
    walk = await to_the_domain(hass, browser)
    tesla.faults.add(fault)
    await walk.submit(key_domain=KEY_DOMAIN)
    assert walk.errors == {"base": error}
    assert suggested(walk.result, "key_domain") == KEY_DOMAIN
    tesla.faults.clear()
    await walk.submit(key_domain=KEY_DOMAIN)
    assert walk.shows == "public_key"
    await go_on(walk, tesla)


@signing
@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("scout", "invalid_domain"),
        ("scout example.com", "invalid_domain"),
        ("-.com", "invalid_domain"),
        ("", "invalid_domain"),
        (f"https://{KEY_DOMAIN}:8443/", "domain_has_port"),
        ("192.168.1.10", "domain_is_ip_address"),
        ("homeassistant.local", "domain_not_public"),
    ],
)
async def test_an_invalid_domain_is_corrected(
    hass: HomeAssistant,
    tesla: Cloud,
    browser: Browser,
    key_folder: Path,
    typed: str,
    error: str,
) -> None:
    """Tesla is not even asked, and what was typed stays to be corrected."""
    walk = await to_the_domain(hass, browser)
    await walk.submit(key_domain=typed)
    assert walk.errors == {"key_domain": error}
    assert suggested(walk.result, "key_domain") == typed
    await walk.submit(key_domain=f"http://{KEY_DOMAIN.title()}./a/path?x=1")
    await go_on(walk, tesla)
    assert walk.entry.data["key_domain"] == KEY_DOMAIN


@signing
async def test_the_file_to_upload_can_be_saved(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """The link in the form is the finished file, as long as the form is open."""
    walk = await to_the_key(hass, browser)
    ours = shown_key(walk)
    given = walk.result["description_placeholders"]
    assert given is not None
    link = re.search(r'href="([^"]+)" target="_blank"', given["file"])
    assert link is not None
    answer = await browser.get(link[1])
    assert await answer.text() == ours
    assert "com.tesla.3p.public-key.pem" in answer.headers["Content-Disposition"]
    await go_on(walk, tesla)
    assert (await browser.get(link[1])).status == 404


@signing
async def test_a_key_of_another_application_is_replaced_on_request(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """Tesla's words, the way out, and a key that stays when the form is sent again."""
    path = key_folder / FLEET_KEY
    path.write_bytes(pem_of(ec.generate_private_key(ec.SECP256R1())))
    walk = await to_the_key(hass, browser)
    theirs = shown_key(walk)
    tesla.host_public_key(KEY_DOMAIN, theirs)
    tesla.state.taken_keys.add(tesla.state.public_keys[KEY_DOMAIN])
    await walk.submit()
    assert walk.errors == {"base": "public_key_taken"}
    assert "Public key hash has already been taken" in walk.said

    await walk.submit(new_key=True)
    assert walk.shows == "public_key"
    assert walk.errors == {}
    ours = shown_key(walk)
    assert ours != theirs
    assert public_pem_of(key_folder / OWN_KEY) == ours
    await walk.submit()
    assert walk.errors == {"base": "public_key_taken"}
    assert shown_key(walk) == ours
    await go_on(walk, tesla)
    assert walk.entry.options == {"private_key_path": OWN_KEY}
    assert public_pem_of(path) == theirs


@signing
async def test_another_key_of_ours_is_made_beside_the_present_one(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """A key that cars may know is never overwritten."""
    walk = await to_the_key(hass, browser)
    first = shown_key(walk)
    await walk.submit(new_key=True)
    assert shown_key(walk) != first
    await go_on(walk, tesla)
    assert walk.entry.options == {"private_key_path": "tesla_scout_worker_2.key"}
    assert public_pem_of(key_folder / OWN_KEY) == first


AT_THE_DOMAIN = {
    "a page": ((200, "<html>Welcome</html>"), "public_key_no_key"),
    "a page without end": ((200, "x" * 100_000), "public_key_no_key"),
    "a sign-in": ((401, ""), "public_key_status"),
    "led elsewhere": ((301, ""), "public_key_status"),
}


@signing
@pytest.mark.parametrize(("page", "error"), AT_THE_DOMAIN.values(), ids=AT_THE_DOMAIN)
async def test_the_form_says_what_stands_on_the_domain(
    hass: HomeAssistant,
    tesla: Cloud,
    browser: Browser,
    key_folder: Path,
    page: tuple[int, str],
    error: str,
) -> None:
    """Tesla says only that it has no key, so Home Assistant reads the file itself."""
    walk = await to_the_key(hass, browser)
    tesla.state.public_key_pages[KEY_DOMAIN] = page
    await walk.submit()
    assert walk.errors == {"base": error}
    del tesla.state.public_key_pages[KEY_DOMAIN]
    await go_on(walk, tesla)


@signing
@pytest.mark.parametrize("domain", [KEY_DOMAIN, "typo.example.com"])
async def test_a_domain_that_does_not_exist_is_corrected(
    hass: HomeAssistant,
    tesla: Cloud,
    browser: Browser,
    key_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    domain: str,
) -> None:
    """Whatever Tesla says of it, the form leads back to the domain."""
    walk = await to_the_domain(hass, browser)
    await walk.submit(key_domain=domain)
    unknown = OSError("name or service not known")
    with monkeypatch.context() as patch:
        patch.setattr(key_file, "DOMAIN_SERVER", "https://{domain}")
        patch.setattr(AsyncResolver, "resolve", AsyncMock(side_effect=unknown))
        await walk.submit()
    assert walk.shows == "key_domain"
    assert walk.errors == {"key_domain": "domain_not_found"}
    assert suggested(walk.result, "key_domain") == domain
    await walk.submit(key_domain=KEY_DOMAIN)
    await go_on(walk, tesla)


@signing
@pytest.mark.parametrize(
    ("certificate", "error"),
    [(False, "public_key_not_found"), (True, "public_key_untrusted")],
)
async def test_a_domain_without_a_server_or_certificate_is_told(
    hass: HomeAssistant,
    tesla: Cloud,
    browser: Browser,
    key_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    certificate: bool,
    error: str,
) -> None:
    """A closed port and a certificate that nobody trusts are two different tasks."""
    walk = await to_the_key(hass, browser)
    tls = (await self_signed("127.0.0.1"))[0] if certificate else None
    server = TestServer(Application())
    await server.start_server(ssl=tls)
    address = f"{server.scheme}://{server.host}:{server.port}"
    if not certificate:
        await server.close()
    with monkeypatch.context() as patch:
        patch.setattr(key_file, "DOMAIN_SERVER", address)
        await walk.submit()
    await server.close()
    assert walk.errors == {"base": error}
    await go_on(walk, tesla)


@signing
async def test_a_domain_of_somebody_else_is_corrected(
    hass: HomeAssistant, tesla: Cloud, browser: Browser, key_folder: Path
) -> None:
    """Tesla's 412 at the registration leads back to the domain, not to a dead end."""
    walk = await to_the_domain(hass, browser)
    await walk.submit(key_domain="typo.example.com")
    assert walk.shows == "public_key"
    await walk.submit()
    assert walk.shows == "key_domain"
    assert walk.errors == {"base": "not_registered"}
    assert "domain does not belong to the application" in walk.said
    assert suggested(walk.result, "key_domain") == "typo.example.com"
    await walk.submit(key_domain=KEY_DOMAIN)
    await go_on(walk, tesla)
    assert walk.entry.data["key_domain"] == KEY_DOMAIN


AT_THE_REGISTRATION = {
    "403": (Fault(path=REGISTER, status=403), "refused"),
    "422": (Fault(path=REGISTER, status=422), "refused"),
    "429": (Fault(path=REGISTER, status=429), "rate_limited"),
    "500": (Fault(path=REGISTER, status=500), "transient"),
    "torn": (Fault(path=REGISTER, tear=True), "transient"),
    "torn after": (Fault(path=REGISTER, tear="after"), "transient"),
    "no response": (Fault(path=REGISTER, body={}), "transient"),
    "no key": (Fault(path=REGISTER, body={"response": {}}), "public_key_unreachable"),
    "not fetched": (Fault(path=REGISTER, status=424), "public_key_unreachable"),
    "sign-in: 500": (Fault(path=AUTH, status=500), "transient"),
}


@signing
@pytest.mark.parametrize(
    ("fault", "error"), AT_THE_REGISTRATION.values(), ids=AT_THE_REGISTRATION
)
async def test_the_key_step_survives_tesla(
    hass: HomeAssistant,
    tesla: Cloud,
    browser: Browser,
    key_folder: Path,
    fault: Fault,
    error: str,
) -> None:
    """The key that is shown stays the same, and sending again registers it."""
    walk = await to_the_key(hass, browser)
    ours = shown_key(walk)
    tesla.host_public_key(KEY_DOMAIN, ours)
    tesla.faults.add(fault)
    await walk.submit()
    assert walk.errors == {"base": error}
    assert shown_key(walk) == ours
    tesla.faults.clear()
    await go_on(walk, tesla)


@signing
async def test_a_key_that_takes_a_night_to_place_is_registered(
    hass: HomeAssistant,
    tesla: Cloud,
    browser: Browser,
    key_folder: Path,
    noon: FrozenDateTimeFactory,
) -> None:
    """By then the tokens of the user and of the application have expired."""
    walk = await to_the_key(hass, browser)
    noon.tick(timedelta(hours=9))
    await go_on(walk, tesla)


@signing
@pytest.mark.parametrize("times", [1, 2])
async def test_the_qr_code_step_survives_the_fleet_api(
    hass: HomeAssistant,
    tesla: Cloud,
    browser: Browser,
    key_folder: Path,
    times: int,
) -> None:
    """Whether it failed when it was shown or when it was sent, it can be sent again."""
    walk = await to_the_key(hass, browser)
    tesla.host_public_key(KEY_DOMAIN, shown_key(walk))
    fault = Fault(path=PRODUCTS, status=429, headers={"Retry-After": "7"}, times=times)
    tesla.faults.add(fault)
    for _ in range(times):
        await walk.submit()
        assert walk.shows == "virtual_key"
        assert walk.errors == {"base": "rate_limited"}
        assert "7 seconds" in walk.said
        assert no_entry(hass)
    await walk.submit()
    assert walk.entry.state is ConfigEntryState.LOADED


async def test_a_registration_starts_with_the_sign_in_of_the_application(
    hass: HomeAssistant,
) -> None:
    """There is no key to show before that, and asking for it is our own mistake."""
    implementation = LocalOAuth2Implementation(hass, DOMAIN, "me", "", "", "")
    registration = Registration(hass, implementation, "http://fleet", None)
    with pytest.raises(RuntimeError, match="signed in first"):
        _ = registration.public_key_pem
