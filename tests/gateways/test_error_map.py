"""The table of answers: what ends something for good, and what is tried again."""

from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
from typing import Any

from hypothesis import example, given, strategies as st
import pytest
from tesla_protocol.command.universal_message_pb2 import MessageFault_E as MessageFault

from custom_components.tesla_scout_worker.gateways.error_map import (
    API,
    COMMANDS,
    EXECUTED_FAULTS,
    FAULT_PREFIX,
    FINAL,
    FINAL_FAULTS,
    KEY_FAULTS,
    RESULT_FALSE,
    TABLE,
    TEMPORARY_FAULTS,
    Answer,
    Meaning,
    Rule,
    Site,
    is_documented_rejection,
    meaning_of,
)
from custom_components.tesla_scout_worker.gateways.errors import (
    FleetError,
    MaybeExecutedError,
    RateLimitedError,
    RefusedError,
    SignedOutError,
    TransientError,
)
from custom_components.tesla_scout_worker.gateways.fleet_api.error_map import map_answer
from custom_components.tesla_scout_worker.gateways.fleet_api.responses import (
    AnswerError,
    read_answer,
)
from custom_components.tesla_scout_worker.gateways.redaction import LONGEST
from custom_components.tesla_scout_worker.gateways.waits import MAX_WAIT

from ..search import times

PAGE = Path(__file__).parents[2] / "docs" / "answers.md"
NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)

# Every word of the table, with others that mean nothing to it.
WORDS = sorted({word for rule in TABLE for word in rule.words if word[0] != "("})
OTHERS = [
    "server_error",
    "temporarily_unavailable",
    "oops",
    "",
    "not founded",
    "locker",
]
NAMED = st.sampled_from([*WORDS, *(word.upper() for word in WORDS), *OTHERS])

PARTS = st.none() | NAMED | st.text(max_size=40) | st.integers() | st.lists(st.text())
BODIES = st.one_of(
    st.builds(
        lambda error, description, result, reason: {
            "error": error,
            "error_description": description,
            "response": {"result": result, "reason": reason},
        },
        PARTS,
        PARTS,
        st.sampled_from([True, False, None, "false", 0]),
        PARTS,
    ),
    st.builds(lambda error: {"response": None, "error": error}, PARTS),
    st.dictionaries(st.text(max_size=8), PARTS, max_size=3),
).map(lambda body: json.dumps(body).encode())
PAGES = st.builds(
    lambda word, status: f"<html><h1>{status} {word}</h1></html>".encode(),
    NAMED | st.text(max_size=40),
    st.integers(),
)
HEADERS = st.dictionaries(
    st.sampled_from(["Retry-After", "RateLimit-Reset"]),
    st.text(max_size=40)
    | st.floats().map(str)
    | st.just("Tue, 24 Nov 2026 11:12:00 GMT"),
)


def failed(status: int, headers: dict[str, str], body: bytes) -> AnswerError:
    """Read an answer that is no success, as the transport does."""
    with pytest.raises(AnswerError) as error:
        read_answer(status, headers, body)
    return error.value


def has_documented_word(body: bytes) -> bool:
    """Return whether a body has a word of the table, or a car's own refusal."""
    try:
        content = json.loads(body)
    except ValueError:
        return False
    text = json.dumps(content, ensure_ascii=False).lower()
    return any(word in text for word in WORDS if word != RESULT_FALSE) or (
        '"result": false' in text
    )


@times(40)
@given(
    st.sampled_from(Site),
    st.integers(min_value=300, max_value=700),
    HEADERS,
    BODIES | PAGES | st.binary(max_size=60) | st.just(b""),
)
@example(Site.TOKEN, 400, {}, b'{"error": "server_error"}')
@example(Site.TOKEN, 401, {}, b"<html>Welcome to this hotel</html>")
@example(Site.COMMAND, 403, {}, b"<html>403 Forbidden</html>")
@example(Site.COMMAND, 412, {}, b"")
def test_only_a_documented_word_ends_anything_for_good(
    site: Site, status: int, headers: dict[str, str], body: bytes
) -> None:
    """Whatever the status, the headers and the rest of the body are."""
    error = failed(status, headers, body)
    meaning = meaning_of(site, error.answer)
    ours = map_answer(error, site, NOW)
    if site is not Site.SETUP and not has_documented_word(body):
        assert meaning not in FINAL
        assert not isinstance(ours, RefusedError)
    if not error.answer.readable:
        assert meaning not in FINAL | {Meaning.TOKEN_REJECTED, Meaning.BILLING}
        assert not isinstance(ours, SignedOutError)
    if site not in COMMANDS or status < 500 or status == 503:
        assert not isinstance(ours, MaybeExecutedError)
    if isinstance(ours, RateLimitedError):
        assert timedelta(0) < ours.retry_after <= MAX_WAIT
    shown = ours.translation_placeholders or {}
    assert all(len(text) <= LONGEST for text in shown.values())


@pytest.mark.parametrize("site", sorted(API))
@pytest.mark.parametrize(
    "status",
    [400, 401, 403, 404, 405, 406, 409, 412, 418, 421, 422, 423, 444, 451, 499],
)
def test_a_page_of_a_gateway_is_trouble(site: Site, status: int) -> None:
    """400, 403, 404, 405, 444 and 499 of a gateway ended a session."""
    page = b"<html><h1>not_found, locked, payment required</h1></html>"
    error = failed(status, {}, page)
    assert meaning_of(site, error.answer) is Meaning.TROUBLE
    assert type(map_answer(error, site, NOW)) is TransientError


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        ({"error": "invalid_grant"}, Meaning.SIGNED_OUT),
        ({"error": "login_required"}, Meaning.SIGNED_OUT),
        ({"error": "invalid_client"}, Meaning.SIGNED_OUT),
        ({"error": "unauthorized_client"}, Meaning.SIGNED_OUT),
        ({"error": "access_denied", "error_description": "no"}, Meaning.REFUSED),
        ({"error": "server_error"}, Meaning.TROUBLE),
        ({"error": "temporarily_unavailable"}, Meaning.TROUBLE),
        ({"error": "invalid_request"}, Meaning.TROUBLE),
        ({"error": "oops", "error_description": "invalid_grant"}, Meaning.TROUBLE),
        ({"error": ["invalid_grant"]}, Meaning.TROUBLE),
        ({}, Meaning.TROUBLE),
    ],
)
@pytest.mark.parametrize("status", [400, 401, 403])
def test_the_word_of_the_token_server_decides(
    status: int, body: dict[str, Any], meaning: Meaning
) -> None:
    """A minute of 400 or 401 signed the account out for good."""
    answer = failed(status, {}, json.dumps(body).encode()).answer
    assert meaning_of(Site.TOKEN, answer) is meaning


def test_every_fault_of_a_car_has_its_meaning() -> None:
    """All of Tesla's protocol but "none", each once; a newer one is maybe executed."""
    groups = (KEY_FAULTS, TEMPORARY_FAULTS, EXECUTED_FAULTS, FINAL_FAULTS)
    known = [FAULT_PREFIX + name for names in groups for name in names]
    faults = [name.lower() for name in MessageFault.keys()]  # noqa: SIM118
    faults.remove(f"{FAULT_PREFIX}none")
    assert sorted(known) == sorted(faults)
    unknown = Answer(status=500, words=f"{FAULT_PREFIX}something_new".upper())
    assert meaning_of(Site.PROXY, unknown) is Meaning.MAYBE_EXECUTED


def test_each_row_of_the_table_can_apply() -> None:
    """No row hides behind those before it."""
    for rule in TABLE:
        assert any(
            meaning_of(site, answer) is rule.meaning
            for site in rule.sites
            for answer in _samples(rule.statuses, rule.words)
        ), rule


def test_the_page_shows_the_table() -> None:
    """Each row, in order; whoever changes one changes the page."""
    rows = [
        line
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith("| ")
        and any(f"| {meaning} |" in line for meaning in Meaning)
    ]
    assert rows[: len(TABLE)] == [_row(rule) for rule in TABLE]


def _row(rule: Rule) -> str:
    """Return a row of the table as the page shows it."""
    first, last = rule.statuses
    sites = ", ".join(site for site in Site if site in rule.sites)
    status = str(first) if first == last else f"{first} to {last}"
    words = ", ".join(f"`{word}`" for word in rule.words) or "any"
    return f"| {sites} | {status} | {words} | {rule.meaning} | {rule.source} |"


def _samples(statuses: tuple[int, int], words: tuple[str, ...]) -> list[Answer]:
    """Return answers that a row is made for."""
    return [
        Answer(
            status=status,
            error="" if word[:1] == "(" else word,
            words="charging_error" if word == RESULT_FALSE else word,
            refused=word == RESULT_FALSE,
        )
        for status in {*statuses, (statuses[0] + statuses[1]) // 2}
        for word in words or ("",)
    ]


@pytest.mark.parametrize(
    ("error", "site"),
    [
        (AnswerError(Answer(status=418, words="I am a teapot")), Site.COMMAND),
        (AnswerError(Answer(status=400, words="server_error")), Site.READ),
    ],
)
def test_words_that_are_not_documented_are_shown(
    error: AnswerError, site: Site
) -> None:
    """They are trouble, and a person may read them."""
    ours = map_answer(error, site, NOW)
    assert isinstance(ours, TransientError)
    assert ours.translation_placeholders == {"reason": error.answer.words}
    assert isinstance(ours, FleetError)


@pytest.mark.parametrize(
    ("answer", "is_rejection"),
    [
        (Answer(status=401), True),
        (Answer(status=401, words="Token Expired (401)"), True),
        (Answer(status=401, words="login_required"), True),
        (Answer(status=401, words="oops"), False),
        # The page of a hotel, whatever it says.
        (Answer(status=401, readable=False), False),
        (Answer(status=401, words="token expired", readable=False), False),
    ],
)
def test_a_rejected_token_is_known_by_the_servers_words(
    answer: Answer, is_rejection: bool
) -> None:
    """Tesla's, or none; another server has words of its own."""
    assert is_documented_rejection(answer) is is_rejection


def test_another_server_has_its_own_words_for_a_rejected_token() -> None:
    """Those of Tesla say nothing there."""
    own = Answer(status=401, words="Invalid token")
    assert is_documented_rejection(own, ("invalid token",))
    assert not is_documented_rejection(own)
