"""What a person pastes or types into the forms of the set-up: pure."""

import json

from hypothesis import given, strategies as st
import jwt
import pytest

from custom_components.tesla_scout_worker.config.domain_text import (
    domain_fault,
    domain_in,
)
from custom_components.tesla_scout_worker.config.pasted_token import (
    refresh_token_fault,
    refresh_token_in,
)

HEX = "0123456789abcdef" * 4
TOKEN = f"EU_{HEX}"
ACCESS = jwt.encode({"sub": "me"}, "a-key-of-32-bytes-for-the-tests-only")

json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
tokens = st.from_regex(r"(EU|NA|CN)_[0-9a-f]{4,70}", fullmatch=True)
labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)

SCREEN = f"""
------------------------- ACCESS TOKEN --------------------------
{ACCESS}
------------------------- REFRESH TOKEN -------------------------
{TOKEN}
---------------------------- VALID UNTIL ------------------------
2026-11-29 10:00:00
"""


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("EU_abc", "EU_abc"),
        ("  EU_abc\n", "EU_abc"),
        ('"EU_abc"', "EU_abc"),
        ("Bearer EU_abc", "EU_abc"),
        ("refreshToken: EU_abc", "EU_abc"),
        ("REFRESH_TOKEN=EU_abc\nACCESS_TOKEN=" + ACCESS, "EU_abc"),
        (f"refresh token: '{TOKEN}'", TOKEN),
        (f"accessToken: {ACCESS}\nrefreshToken: {TOKEN}", TOKEN),
        (SCREEN, TOKEN),
        (f"{TOKEN[:40]}\n{TOKEN[40:]}", TOKEN),
        (f"refresh_token: {TOKEN[:40]}\r\n  {TOKEN[40:]}\r\n", TOKEN),
        (f"{TOKEN}\n{TOKEN}", TOKEN),
        (f"refresh_token: {TOKEN}\nold: NA_{HEX}", TOKEN),
        ('{"refresh_token": "EU_abc"}', "EU_abc"),
        ('{"refreshToken": "EU_abc"}', "EU_abc"),
        ('\n{"refresh_token": "EU_abc"} ', "EU_abc"),
        ('{"sso": {"refresh_token": "EU_abc"}}', "EU_abc"),
        ('[1, [{"refresh_token": "EU_abc"}]]', "EU_abc"),
        ('{"old": {"refresh_token": "old"}, "refresh_token": "new"}', "new"),
        ('{"refresh_token": "", "next": {"refresh_token": "EU_abc"}}', "EU_abc"),
        ('{"refresh_token": {"refresh_token": "EU_abc"}}', "EU_abc"),
    ],
)
def test_a_refresh_token_is_found_in_what_was_pasted(text: str, token: str) -> None:
    """The token itself, a JSON file, or all that a tool printed around it."""
    assert refresh_token_in(text) == token
    assert refresh_token_fault(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no_refresh_token"),
        (" \n", "no_refresh_token"),
        ("refreshToken:", "no_refresh_token"),
        ('{"refresh_token": 5}', "no_refresh_token"),
        ('{"refresh_token": null}', "no_refresh_token"),
        ("{}", "no_refresh_token"),
        ("[]", "no_refresh_token"),
        ('{"refresh_token": "EU_a', "no_refresh_token"),
        ("[" * 100_000, "no_refresh_token"),
        ("my token is secret", "no_refresh_token"),
        ("-----BEGIN PRIVATE KEY-----", "no_refresh_token"),
        (ACCESS, "token_is_access"),
        (f"Authorization: Bearer {ACCESS}", "token_is_access"),
        (f"access_token: {ACCESS}", "token_is_access"),
        (f'{{"refresh_token": "{ACCESS}"}}', "no_refresh_token"),
        ("https://auth.tesla.com/void/callback?code=NA_1", "token_is_address"),
        ("me@example.org", "token_is_email"),
        ("ta-secret.abc", "token_is_client_secret"),
        ("01234567-89ab-cdef-0123-456789abcdef", "token_is_client_id"),
        (f"{TOKEN}\nNA_{HEX}", "several_tokens"),
    ],
)
def test_what_is_no_refresh_token_is_refused_with_what_it_is(
    text: str, fault: str
) -> None:
    """Nothing is sent that cannot be a refresh token."""
    assert refresh_token_in(text) is None
    assert refresh_token_fault(text) == fault


@given(st.text())
def test_any_text_is_a_token_or_none(text: str) -> None:
    """Nothing that a person pastes breaks the form, and no blanks come along."""
    token = refresh_token_in(text)
    assert (token is None) == (refresh_token_fault(text) is not None)
    assert token is None or (token and token.isascii() and len(token.split()) == 1)


@given(json_values, tokens)
def test_a_token_is_found_beside_anything(other: object, token: str) -> None:
    """Whatever else the file holds, a token at its top is the one."""
    text = json.dumps({"other": other, "refresh_token": token})
    assert refresh_token_in(text) == token


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("car.example.org", "car.example.org"),
        (" HTTPS://Car.Example.org/ ", "car.example.org"),
        ("http://car.example.org", "car.example.org"),
        ("car.example.org/path", "car.example.org"),
        ("car.example.org.", "car.example.org"),
        ("car.example.org:443", "car.example.org"),
        ("https://car.example.org/.well-known/a.pem?x=1#y", "car.example.org"),
        ("'car.example.org'", "car.example.org"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("https://BÜCHER.example/", "xn--bcher-kva.example"),
    ],
)
def test_a_domain_is_found_in_what_was_entered(text: str, domain: str) -> None:
    """Any way to write it will do, with the letters of any language."""
    assert domain_in(text) == domain
    assert domain_fault(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("example", "invalid_domain"),
        ("", "invalid_domain"),
        ("https://", "invalid_domain"),
        ("car example.org", "invalid_domain"),
        ("-car.example.org", "invalid_domain"),
        ("car..org", "invalid_domain"),
        ("me@example.org", "invalid_domain"),
        ("ftp://car.example.org", "invalid_domain"),
        (f"{'a' * 64}.example.org", "invalid_domain"),
        ("car.example.org\n.evil", "invalid_domain"),
        ("car.example.org:8443", "domain_has_port"),
        ("https://car.example.org:8443/path", "domain_has_port"),
        ("car.example.org:0x1", "invalid_domain"),
        ("192.168.1.10", "domain_is_ip_address"),
        ("https://[2001:db8::1]/", "domain_is_ip_address"),
        ("homeassistant.local", "domain_not_public"),
        ("localhost", "domain_not_public"),
        ("ha.home.arpa", "domain_not_public"),
    ],
)
def test_what_is_no_public_domain_is_refused_with_the_reason(
    text: str, fault: str
) -> None:
    """Tesla reads the file through the internet, on the usual port."""
    assert domain_in(text) is None
    assert domain_fault(text) == fault


@given(st.lists(labels, min_size=1, max_size=4), st.sampled_from(["org", "example"]))
def test_every_domain_name_is_taken_as_it_is(parts: list[str], top: str) -> None:
    """What the rules of host names allow is not refused."""
    domain = ".".join([*parts, top])
    if not any(part[2:4] == "--" for part in parts):
        assert domain_in(domain) == domain_in(f"https://{domain}/") == domain


@given(st.text())
def test_a_domain_never_brings_more_than_a_host_along(text: str) -> None:
    """It goes into an address, where a slash or an at sign would lead elsewhere."""
    domain = domain_in(text)
    assert (domain is None) == (domain_fault(text) is not None)
    assert domain is None or set(domain) <= set(
        "abcdefghijklmnopqrstuvwxyz0123456789-."
    )
