"""Tests of the simulated sign-in: its pure rules, and its wire."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession
import jwt
import pytest
from yarl import URL

from simulator.auth import CODE_LIFETIME, Auth
from simulator.clock import ManualClock
from simulator.cloud import Cloud
from simulator.errors import CloudError
from simulator.refresh_chain import GRACE, UNUSED_LIFETIME, RefreshChain
from simulator.settings import CloudSettings
from simulator.tokens import TokenPair

from .conftest import Clouds

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
REDIRECT = "https://my.example.com/back?kept=1"


def chain_with(*tokens: str) -> RefreshChain:
    """Return a chain to which tokens were issued at the start."""
    chain = RefreshChain()
    for token in tokens:
        chain.add(token, START)
    return chain


def test_unknown_refresh_token_is_refused() -> None:
    """What was never issued is not valid."""
    assert not chain_with("first").use("other", START)


def test_most_recently_used_token_lives_for_a_day_after_its_last_use() -> None:
    """Each use within the grace begins it anew; after it the token is dead."""
    chain = chain_with("first")
    assert chain.use("first", START)
    later = START + GRACE
    assert chain.use("first", later)
    assert chain.use("first", later + GRACE)
    assert not chain.use("first", later + 2 * GRACE + SECOND)


def test_first_use_of_a_newer_token_cycles_the_older_one_out() -> None:
    """The successor's first use ends the predecessor's grace at once."""
    chain = chain_with("first")
    assert chain.use("first", START)
    chain.add("second", START)
    assert chain.is_valid("first", START + SECOND)
    assert chain.use("second", START + SECOND)
    assert not chain.use("first", START + 2 * SECOND)
    assert chain.use("second", START + 3 * SECOND)


def test_of_two_successors_the_one_that_is_used_survives() -> None:
    """A use in the grace issues a second successor; using one kills the other."""
    chain = chain_with("first")
    chain.use("first", START)
    chain.add("second", START)
    chain.use("first", START + SECOND)
    chain.add("third", START + SECOND)
    assert chain.is_valid("second", START) and chain.is_valid("third", START)
    assert chain.use("third", START + 2 * SECOND)
    assert not chain.use("second", START + 3 * SECOND)
    assert not chain.use("first", START + 3 * SECOND)


def test_unused_token_expires_after_three_months() -> None:
    """On the last day it works; afterwards it does not."""
    assert chain_with("first").use("first", START + UNUSED_LIFETIME)
    assert not chain_with("first").use("first", START + UNUSED_LIFETIME + SECOND)


def test_three_months_end_the_grace_too() -> None:
    """No token lives longer than three months, used or not."""
    chain = chain_with("first")
    assert chain.use("first", START + UNUSED_LIFETIME - SECOND)
    assert not chain.is_valid("first", START + UNUSED_LIFETIME + SECOND)


def test_code_expires(clock: ManualClock) -> None:
    """A code that was fetched too late is refused."""
    auth = Auth(CloudSettings(), clock)
    code = auth.grant_code(REDIRECT, ["openid"])
    clock.advance(CODE_LIFETIME + SECOND)
    with pytest.raises(CloudError) as refusal:
        auth.token(code_form(code))
    assert (refusal.value.status, refusal.value.error) == (400, "invalid_auth_code")


def code_form(code: str, **changes: str) -> dict[str, str]:
    """Return the form that exchanges a code."""
    return {
        "grant_type": "authorization_code",
        "client_id": "scout-and-worker",
        "client_secret": "only-for-the-simulator",
        "code": code,
        "redirect_uri": REDIRECT,
    } | changes


def refresh_form(refresh_token: str | None, **changes: str) -> dict[str, str]:
    """Return the form that uses a refresh token."""
    return {
        "grant_type": "refresh_token",
        "client_id": "scout-and-worker",
        "refresh_token": refresh_token or "",
    } | changes


async def post_token(
    session: ClientSession, cloud: Cloud, form: dict[str, str]
) -> tuple[int, dict[str, Any]]:
    """Post a form to the token endpoint."""
    async with session.post(cloud.token_url, data=form) as response:
        return response.status, await response.json()


async def api_answer(
    session: ClientSession, cloud: Cloud, access_token: str
) -> tuple[int, str | None]:
    """Ask the API for the account's region."""
    headers = {"Authorization": f"Bearer {access_token}"}
    url = f"{cloud.fleet_url('eu')}/api/1/users/region"
    async with session.get(url, headers=headers) as response:
        return response.status, (await response.json()).get("error")


def authorize_url(cloud: Cloud, **changes: str) -> URL:
    """Return the address to which Home Assistant sends its user."""
    query = {
        "response_type": "code",
        "client_id": "scout-and-worker",
        "redirect_uri": REDIRECT,
        "scope": "openid offline_access vehicle_device_data",
        "state": "opaque & long",
    }
    return URL(cloud.authorize_url).with_query(query | changes)


async def test_sign_in_from_page_to_tokens(
    cloud: Cloud, session: ClientSession
) -> None:
    """The page, the decision with a scope unticked, the code, the tokens."""
    url = authorize_url(cloud)
    async with session.get(url) as page:
        text = await page.text()
    assert page.content_type == "text/html"
    assert "Sign in" in text and "Deny" in text and "vehicle_device_data" in text
    form = [("scope", "openid"), ("scope", "offline_access"), ("decision", "allow")]
    async with session.post(url, data=form, allow_redirects=False) as answer:
        back = URL(answer.headers["Location"])
    assert answer.status == 302
    assert back.host == "my.example.com"
    assert back.query["kept"] == "1"
    assert back.query["state"] == "opaque & long"
    assert back.query["code"].startswith("EU_")

    status, tokens = await post_token(session, cloud, code_form(back.query["code"]))
    assert status == 200
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 8 * 3600
    assert tokens["refresh_token"].startswith("EU_")
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    assert claims["scp"] == ["openid", "offline_access"]
    assert claims["ou_code"] == "EU"
    assert claims["sub"] == cloud.settings.account_id
    assert claims["exp"] - claims["iat"] == 8 * 3600
    assert cloud.fleet_url("eu") in claims["aud"]

    status, refusal = await post_token(session, cloud, code_form(back.query["code"]))
    assert (status, refusal["error"]) == (400, "invalid_auth_code")


async def test_denial_returns_without_a_code(
    cloud: Cloud, session: ClientSession
) -> None:
    """Whoever denies is sent back with an error and the state."""
    url = authorize_url(cloud)
    form = {"decision": "deny"}
    async with session.post(url, data=form, allow_redirects=False) as answer:
        back = URL(answer.headers["Location"])
    assert back.query["error"] == "access_denied"
    assert back.query["state"] == "opaque & long"
    assert "code" not in back.query


async def test_page_can_be_skipped(clouds: Clouds, session: ClientSession) -> None:
    """`auto_consent` and `auto=1` redirect at once."""
    asking = await clouds.start()
    consenting = await clouds.start(CloudSettings(auto_consent=True))
    for url in (authorize_url(asking, auto="1"), authorize_url(consenting)):
        async with session.get(url, allow_redirects=False) as answer:
            assert answer.status == 302
            assert "code" in URL(answer.headers["Location"]).query


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "other"}, "unauthorized_client"),
        ({"redirect_uri": "https://elsewhere.example.com"}, "invalid_redirect_url"),
        ({"response_type": "token"}, "invalid_request"),
        ({"state": ""}, "invalid_request"),
        ({"scope": ""}, "invalid_request"),
    ],
)
async def test_page_refuses_a_bad_query(
    clouds: Clouds, session: ClientSession, changes: dict[str, str], error: str
) -> None:
    """A query that Tesla would not take shows what is wrong, also on a post."""
    settings = CloudSettings(redirect_uris=frozenset({REDIRECT}))
    cloud = await clouds.start(settings)
    for ask in (session.get, session.post):
        async with ask(authorize_url(cloud, **changes)) as answer:
            assert answer.status == 400
            assert error in await answer.text()


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        (code_form("EU_invented"), 400, "invalid_auth_code"),
        (code_form("EU_invented", client_id="other"), 400, "unauthorized_client"),
        (code_form("EU_invented", client_secret="no"), 401, "unauthorized_client"),
        (refresh_form("EU_invented"), 401, "login_required"),
        (refresh_form("EU_invented", client_id="other"), 400, "unauthorized_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, 400, "unsupported_grant_type"),
    ],
)
async def test_token_endpoint_refuses_invalid_requests(
    cloud: Cloud,
    session: ClientSession,
    form: dict[str, str],
    status: int,
    error: str,
) -> None:
    """Each mistake has Tesla's status and text."""
    answered, body = await post_token(session, cloud, form)
    assert (answered, body["error"]) == (status, error)
    assert set(body) == {"error", "error_description", "error_uri"}


async def test_code_belongs_to_its_redirect_uri(
    cloud: Cloud, session: ClientSession
) -> None:
    """A code cannot be exchanged with another redirect_uri."""
    form = code_form(cloud.auth.grant_code("https://other.example.com", ["openid"]))
    status, body = await post_token(session, cloud, form)
    assert (status, body["error"]) == (400, "invalid_redirect_url")


async def test_token_endpoint_requires_a_form(
    cloud: Cloud, session: ClientSession
) -> None:
    """JSON is not what Tesla's token endpoint takes."""
    form = refresh_form(cloud.issue_tokens().refresh_token)
    async with session.post(cloud.token_url, json=form) as answer:
        assert answer.status == 400
    status, _ = await post_token(session, cloud, form)
    assert status == 200


async def test_refresh_rotates_and_counts(
    cloud: Cloud, clock: ManualClock, session: ClientSession
) -> None:
    """Every refresh yields a new pair; two uses later the first token is dead."""
    first = cloud.issue_tokens().refresh_token
    _, second = await post_token(session, cloud, refresh_form(first))
    assert second["refresh_token"] != first
    _, third = await post_token(session, cloud, refresh_form(second["refresh_token"]))
    status, refusal = await post_token(session, cloud, refresh_form(first))
    assert status == 401
    assert refusal["error"] == "login_required"
    assert (await api_answer(session, cloud, third["access_token"]))[0] == 200
    assert cloud.auth.refreshes == 3
    assert [r.status for r in cloud.auth.requests] == [200, 200, 401]
    clock.advance(GRACE)
    form = refresh_form(second["refresh_token"])
    assert (await post_token(session, cloud, form))[0] == 200


async def test_sign_ins_do_not_end_each_other(
    cloud: Cloud, session: ClientSession
) -> None:
    """Each sign-in has a chain of its own."""
    first, other = cloud.issue_tokens(), cloud.issue_tokens()
    _, second = await post_token(session, cloud, refresh_form(first.refresh_token))
    await post_token(session, cloud, refresh_form(second["refresh_token"]))
    status, _ = await post_token(session, cloud, refresh_form(other.refresh_token))
    assert status == 200


async def test_no_refresh_token_without_offline_access(cloud: Cloud) -> None:
    """Tesla gives a refresh token for `offline_access` only."""
    assert cloud.issue_tokens(scopes=["openid"]).refresh_token is None
    assert cloud.issue_tokens(scopes=["offline_access"]).id_token is None


async def test_access_token_expires_by_the_clock(
    cloud: Cloud, clock: ManualClock, session: ClientSession
) -> None:
    """It works for its lifetime and not a second longer."""
    tokens = cloud.issue_tokens(lifetime=timedelta(minutes=5))
    assert tokens.expires_in == 300
    clock.advance(timedelta(seconds=299))
    assert (await api_answer(session, cloud, tokens.access_token))[0] == 200
    clock.advance(SECOND)
    answer = await api_answer(session, cloud, tokens.access_token)
    assert answer == (401, "token expired (401)")


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nonsense", "Basic x"])
async def test_api_refuses_invalid_tokens(
    cloud: Cloud, session: ClientSession, header: str | None
) -> None:
    """Without a token that this cloud signed the answer is 401."""
    headers = {"Authorization": header} if header else {}
    url = f"{cloud.fleet_url('eu')}/api/1/users/region"
    async with session.get(url, headers=headers) as answer:
        assert answer.status == 401
        assert (await answer.json())["error"] == "invalid bearer token"


@pytest.mark.parametrize(
    ("end", "api_error", "refresh_status"),
    [
        (Auth.expire_access_tokens, "token expired (401)", 200),
        (Auth.password_changed, "token expired (401)", 401),
        (Auth.revoke_consent, "user revoked the consent", 401),
    ],
)
async def test_tokens_can_be_revoked(
    cloud: Cloud,
    session: ClientSession,
    end: Callable[[Auth], None],
    api_error: str,
    refresh_status: int,
) -> None:
    """What the user does ends tokens; a new sign-in works again."""
    tokens: TokenPair = cloud.issue_tokens()
    end(cloud.auth)
    assert await api_answer(session, cloud, tokens.access_token) == (401, api_error)
    form = refresh_form(tokens.refresh_token)
    assert cloud.auth.refresh_token_is_valid(form["refresh_token"]) is (
        refresh_status == 200
    )
    status, _ = await post_token(session, cloud, form)
    assert status == refresh_status
    fresh = cloud.issue_tokens().access_token
    assert (await api_answer(session, cloud, fresh))[0] == 200


async def test_changed_scopes_appear_in_new_tokens_only(
    cloud: Cloud, session: ClientSession
) -> None:
    """The old access token keeps its scopes, the refreshed one has the new ones."""
    tokens = cloud.issue_tokens()
    cloud.auth.set_scopes(["offline_access"])
    form = refresh_form(tokens.refresh_token)
    _, fresh = await post_token(session, cloud, form)
    answers = {}
    for name, token in (
        ("old", tokens.access_token),
        ("new", fresh["access_token"]),
    ):
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{cloud.fleet_url('eu')}/api/1/vehicles"
        async with session.get(url, headers=headers) as answer:
            answers[name] = answer.status
    assert answers == {"old": 200, "new": 403}


async def test_record_of_the_sign_in_holds_no_secret(
    cloud: Cloud, session: ClientSession
) -> None:
    """Neither the query with its state nor a token is written down."""
    await session.get(authorize_url(cloud))
    refresh_token = cloud.issue_tokens().refresh_token
    await post_token(session, cloud, refresh_form(refresh_token))
    text = repr(cloud.requests)
    assert refresh_token is not None
    assert refresh_token not in text
    assert "opaque" not in text
    assert len(cloud.requests) == 2
