"""The pure parts of the flows: what is in a text, whose a token is, what is kept."""

import base64
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given, strategies as st
import jwt
import pytest

from custom_components.tesla_scout_worker.config.option_pages import filled_in
from custom_components.tesla_scout_worker.config.options_flow import is_server_url
from custom_components.tesla_scout_worker.config.tesla_setup import (
    DiscoveredCars,
    TokenClaims,
    imported_data,
    imported_errors,
)
from custom_components.tesla_scout_worker.gateways.fleet_api.key_file import (
    is_private_key,
)
from custom_components.tesla_scout_worker.gateways.models import VehicleSummary

KEY = "a-key-of-32-bytes-for-the-tests-only"


def token_of(**claims: Any) -> dict[str, str]:
    """Return a token whose access token says something."""
    return {"access_token": jwt.encode(claims, KEY, algorithm="HS256")}


@pytest.mark.parametrize(
    ("claims", "account"),
    [
        ({"sub": "me", "ou_code": "EU"}, TokenClaims(unique_id="me", region="eu")),
        ({"sub": "me", "ou_code": "NA"}, TokenClaims(unique_id="me", region="na")),
        ({"sub": "me", "ou_code": "CN"}, TokenClaims(unique_id="me", region="cn")),
        ({"sub": "me", "ou_code": "MARS"}, TokenClaims(unique_id="me", region=None)),
        ({"sub": "me", "ou_code": None}, TokenClaims(unique_id="me", region=None)),
        ({"sub": "me"}, TokenClaims(unique_id="me", region=None)),
        ({"sub": "me", "exp": 0}, TokenClaims(unique_id="me", region=None)),
        ({"sub": ""}, None),
        ({"sub": None}, None),
        ({"sub": 5}, None),
        ({"ou_code": "EU"}, None),
    ],
)
def test_an_account_is_read_from_its_token(
    claims: dict[str, Any], account: TokenClaims | None
) -> None:
    """``sub`` says whose it is, ``ou_code`` where; the life time does not matter."""
    assert TokenClaims.of(token_of(**claims)) == account


@pytest.mark.parametrize(
    "token",
    [{}, {"access_token": None}, {"access_token": 5}, {"access_token": "e.y.J"}],
)
def test_a_token_that_is_no_jwt_belongs_to_nobody(token: dict[str, Any]) -> None:
    """It cannot be told apart from another account's, so it is not taken."""
    assert TokenClaims.of(token) is None


@given(st.text() | st.binary())
def test_no_access_token_breaks_the_flow(text: str | bytes) -> None:
    """Only what says whose it is has an account."""
    assert TokenClaims.of({"access_token": text}) is None


@pytest.mark.parametrize(
    ("cars", "title", "signing"),
    [
        ([("Scout", None)], "Tesla (Scout)", False),
        ([("Scout", False), (None, True)], "Tesla (Scout, Model 3)", True),
    ],
)
def test_a_garage_is_called_after_its_cars(
    cars: list[tuple[str | None, bool | None]], title: str, signing: bool
) -> None:
    """A car without a name goes by its model; one that signs is enough."""
    garage = DiscoveredCars(
        cars=tuple(
            VehicleSummary(
                vin="LRW3E7EK0RC000001",
                name=name,
                connectivity=None,
                requires_signing=requires,
            )
            for name, requires in cars
        )
    )
    assert garage.title("Tesla") == title
    assert garage.requires_signing is signing


BROUGHT = {"client_id": "me", "refresh_token": "EU_abc", "region": "eu"}
ADDRESSES = {"fleet_api_url": "http://fleet", "token_url": "http://auth/token"}


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        (BROUGHT, {}),
        (BROUGHT | {"token_url": "no address"}, {}),
        (BROUGHT | {"region": "custom"} | ADDRESSES, {}),
        (
            BROUGHT | {"region": "custom"},
            {"fleet_api_url": "url_required", "token_url": "url_required"},
        ),
        (
            {"client_id": "me", "region": "custom", **ADDRESSES, "token_url": "x"},
            {"refresh_token": "no_refresh_token", "token_url": "invalid_url"},
        ),
    ],
)
def test_the_form_of_brought_tokens_is_checked(
    entered: dict[str, str], errors: dict[str, str]
) -> None:
    """Addresses count only for one's own server."""
    assert imported_errors(entered) == errors


@pytest.mark.parametrize(
    ("entered", "present", "data"),
    [
        (BROUGHT, {}, {"client_id": "me", "region": "eu"}),
        (
            BROUGHT | {"client_secret": "new"} | ADDRESSES,
            {"client_id": "me", "client_secret": "old", "key_domain": "a.org"},
            {
                "client_id": "me",
                "client_secret": "new",
                "region": "eu",
                "key_domain": "a.org",
            },
        ),
        (
            BROUGHT,
            {"client_id": "me", "client_secret": "old", "token": {}},
            {"client_id": "me", "client_secret": "old", "region": "eu"},
        ),
        (
            BROUGHT,
            {"client_id": "another", "client_secret": "old"},
            {"client_id": "me", "region": "eu"},
        ),
        (
            BROUGHT | {"region": "custom"} | ADDRESSES,
            {},
            {"client_id": "me", "region": "custom", **ADDRESSES},
        ),
    ],
)
def test_what_is_kept_of_the_form_of_brought_tokens(
    entered: dict[str, str], present: dict[str, Any], data: dict[str, str]
) -> None:
    """Never the pasted token; a secret only with the client that it belongs to."""
    assert imported_data(entered, present) == data


def test_only_what_was_filled_in_counts() -> None:
    """Blanks are nothing, a tick is something."""
    entered = {"a": " x ", "b": " ", "c": "", "d": False, "e": 0}
    assert filled_in(entered) == {"a": "x", "d": False, "e": 0}


@pytest.mark.parametrize(
    ("text", "is_url"),
    [
        ("https://fleet.example.org", True),
        ("http://192.168.1.10:8080/base", True),
        ("http://[::1]:8080", True),
        ("fleet.example.org", False),
        ("ftp://fleet.example.org", False),
        ("https://", False),
        ("https://:443", False),
        ("https://[", False),
        ("https://host:port", False),
        ("https://host:99999", False),
        ("", False),
    ],
)
def test_the_base_url_of_a_server(text: str, is_url: bool) -> None:
    """It names a scheme and a host."""
    assert is_server_url(text) is is_url


@given(st.text() | st.text().map(lambda text: f"https://{text}"))
def test_no_text_breaks_the_check_of_an_address(text: str) -> None:
    """Whatever was entered, it is the address of a server or not."""
    assert is_server_url(text) in (True, False)


def pem(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey,
    password: bytes | None = None,
) -> bytes:
    """Return a private key as a file holds it."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()
        if password is None
        else serialization.BestAvailableEncryption(password),
    )


def unheard_of() -> bytes:
    """Return a key of an algorithm that nobody knows."""
    der = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    oid = bytes.fromhex("06032b6570")
    assert oid in der
    return as_pem(der.replace(oid, bytes.fromhex("06032b657f")))


def as_pem(der: bytes) -> bytes:
    """Return a private key in DER as PEM."""
    text = base64.encodebytes(der).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{text}-----END PRIVATE KEY-----\n".encode()


CURVE = ec.SECP256R1()


@pytest.mark.parametrize(
    ("content", "is_key"),
    [
        (pem(ec.generate_private_key(CURVE)), True),
        (pem(ec.generate_private_key(ec.SECP384R1())), False),
        (pem(rsa.generate_private_key(65537, 2048)), False),
        (pem(ed25519.Ed25519PrivateKey.generate()), False),
        (pem(ec.generate_private_key(CURVE), b"password"), False),
        (unheard_of(), False),
        (b"no key", False),
        (b"", False),
    ],
    ids=["P-256", "P-384", "RSA", "Ed25519", "encrypted", "unknown", "text", "empty"],
)
def test_only_a_p256_key_is_one_for_cars(
    tmp_path: Path, content: bytes, is_key: bool
) -> None:
    """Tesla: NIST P-256, and no password that nobody could enter."""
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    assert is_private_key(path) is is_key


def test_a_path_that_is_no_file_holds_no_key(tmp_path: Path) -> None:
    """A missing file, a folder, and a name that no file can have."""
    for path in (tmp_path / "missing.key", tmp_path, tmp_path / "\0"):
        assert is_private_key(path) is False
