"""Any answer, as delivery takes it: what is trouble is tried on, ever more rarely."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.charging.in_car.delivery_state import (
    LONG_PAUSES,
    MOST_REFUSALS,
    PAUSES,
    DeliveryState,
    WaitReason,
)
from custom_components.tesla_scout_worker.charging.sessions.session import SessionState
from custom_components.tesla_scout_worker.gateways.error_map import (
    FINAL,
    TABLE,
    Meaning,
    Site,
    meaning_of,
)
from custom_components.tesla_scout_worker.gateways.fleet_api.error_map import map_answer
from custom_components.tesla_scout_worker.gateways.fleet_api.responses import (
    AnswerError,
    read_answer,
)
from custom_components.tesla_scout_worker.gateways.waits import MAX_WAIT
from custom_components.tesla_scout_worker.worker.delivery import failure_of
from homeassistant.util import dt as dt_util

from ..charging.sessions.session_samples import SEND_AT, a_session
from ..search import times

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
WORDS = sorted({word for rule in TABLE for word in rule.words if word[0] != "("})

BODIES = st.one_of(
    st.builds(
        lambda word, result: {"error": word, "response": {"result": result}},
        st.sampled_from(WORDS) | st.text(max_size=20),
        st.sampled_from([None, True, False]),
    ).map(lambda body: json.dumps(body).encode()),
    st.builds(lambda word: f"<h1>{word}</h1>".encode(), st.sampled_from(WORDS)),
    st.binary(max_size=20),
)
WAITS = st.dictionaries(
    st.sampled_from(["Retry-After", "RateLimit-Reset"]),
    st.integers(min_value=-9, max_value=10**10).map(str) | st.text(max_size=9),
)
SITES = st.sampled_from([Site.READ, Site.WAKE, Site.COMMAND, Site.PROXY])


@pytest.fixture(autouse=True)
def _stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock at noon; a wait of a server is counted from it."""
    monkeypatch.setattr(dt_util, "utcnow", lambda: NOON)


@pytest.mark.parametrize(
    ("words", "dear"), [("context deadline exceeded", True), ("timeout", False)]
)
def test_a_proxy_that_gives_up_is_dear(words: str, dear: bool) -> None:
    """It has repeated the command ten times, each of them billed."""
    with pytest.raises(AnswerError) as caught:
        read_answer(500, {}, json.dumps({"error": words}).encode())
    assert failure_of(map_answer(caught.value, Site.PROXY, NOON)).dear is dear


@times(40)
@given(
    SITES,
    st.integers(min_value=300, max_value=700),
    WAITS,
    BODIES,
    st.sampled_from([PAUSES, LONG_PAUSES]),
)
def test_what_is_no_refusal_is_tried_on(
    site: Site,
    status: int,
    headers: dict[str, str],
    body: bytes,
    pauses: tuple[timedelta, ...],
) -> None:
    """It never ends a session, each try is later than the last, and a success heals."""
    with pytest.raises(AnswerError) as caught:
        read_answer(status, headers, body)
    error = map_answer(caught.value, site, NOON)
    final = meaning_of(site, caught.value.answer) in FINAL
    state, now, gaps = DeliveryState(), NOON, list[timedelta]()
    for _ in range(12):
        failure = failure_of(error)
        assert failure.refused is final
        state = state.failed(failure, now, pauses)
        assert state.try_at is not None
        assert state.waits_for is WaitReason.TROUBLE
        gaps.append(state.try_at - now)
        now = now if failure.until is not None else state.try_at
    assert state.needs_person is final
    assert all(earlier <= later for earlier, later in pairwise(gaps))
    assert timedelta(0) < gaps[0]
    assert gaps[-1] <= MAX_WAIT
    # After a success the next trouble begins anew, and what was promised goes on.
    again = state.succeeded().failed(failure, now, pauses)
    assert again.tries == 1
    assert again.try_at is not None
    assert again.try_at - now == gaps[0]
    session = a_session()
    for _ in range(MOST_REFUSALS):
        if not session.over:
            session = session.delivery_failed(failure, SEND_AT)
    assert session.over is final
    if not final:
        assert session.confirmed().state is SessionState.ACTIVE
        assert session.confirmed().delivery == DeliveryState()


@pytest.mark.parametrize("meaning", sorted(FINAL - {Meaning.SIGNED_OUT}))
def test_a_refusal_needs_a_person_after_a_few(meaning: Meaning) -> None:
    """Three at the most: what a car refuses is billed each time."""
    site = Site.COMMAND
    rule = next(
        each for each in TABLE if each.meaning is meaning and site in each.sites
    )
    body: dict[str, Any] = {
        "error": rule.words[0],
        "response": {"result": meaning is not Meaning.CAR_REFUSED},
    }
    with pytest.raises(AnswerError) as caught:
        read_answer(max(rule.statuses[0], 400), {}, json.dumps(body).encode())
    state = DeliveryState()
    for _ in range(MOST_REFUSALS):
        error = map_answer(caught.value, site, NOON)
        state = state.failed(failure_of(error), NOON, PAUSES)
    assert state.needs_person
