"""Texts of a server are cut, and hold nothing secret or personal."""

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.gateways.redaction import LONGEST, redacted

VIN = "LRW3E7EK0RC000001"
SECRETS = [
    VIN,
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl",
    "EU_0123456789abcdef0123456789abcdef0123456789abcdef",
    "ada.driver+car@example.com",
    "52.2297",
    "-21.0122",
    "0123456789abcdef0123456789abcdef0123456789abcdef",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_what_is_secret_is_removed(secret: str) -> None:
    """Wherever it stands; the words around it stay."""
    assert redacted(f"no car for {secret}, sorry") == "no car for ***, sorry"


@given(st.text(max_size=2 * LONGEST), st.sampled_from(SECRETS), st.text(max_size=9))
def test_no_cut_leaves_half_a_secret(before: str, secret: str, after: str) -> None:
    """A secret is removed before the text is cut."""
    text = redacted(f"{before} {secret} {after}")
    assert secret[:12] not in text or secret[:12] in before + after


@pytest.mark.parametrize("filler", ["x", "a@", "1", "eyJ", "-", "\ud800", "9.999 "])
def test_a_long_text_is_cut_in_no_time(filler: str) -> None:
    """200,000 characters were kept and logged."""
    assert len(redacted(filler * 200_000)) <= LONGEST


def test_documented_words_stay() -> None:
    """They decide what an answer means."""
    documentation = "https://developer.tesla.com/docs/fleet-api#regional-requirements"
    for text in (
        "MESSAGEFAULT_ERROR_COMMAND_REQUIRES_ACCOUNT_CREDENTIALS",
        f"use base URL: https://fleet-api.prd.eu.vn.cloud.tesla.com, see {documentation}",
        "use base URL: http://127.0.0.1:34567",
    ):
        assert redacted(text) == text
