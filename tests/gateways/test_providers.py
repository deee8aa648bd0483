"""The gateways of providers: what their answers mean, of when they are, what they cost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.tesla_scout_worker.gateways.answer_time import (
    AGE_UNSAID,
    answered_at,
)
from custom_components.tesla_scout_worker.gateways.error_map import (
    TABLE,
    Answer,
    Meaning,
    Site,
    Table,
    meaning_of,
)
from custom_components.tesla_scout_worker.gateways.ledger import CallKind, Ledger
from custom_components.tesla_scout_worker.gateways.teslemetry.client import (
    PRICES as TESLEMETRY_PRICES,
)
from custom_components.tesla_scout_worker.gateways.teslemetry.error_map import (
    TESLEMETRY_TABLE,
)
from custom_components.tesla_scout_worker.gateways.tessie.error_map import TESSIE_TABLE

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("table", "status", "words", "meaning"),
    [
        (TESSIE_TABLE, 401, "Invalid access token", Meaning.TOKEN_REJECTED),
        (TESSIE_TABLE, 401, "Access token is required", Meaning.TOKEN_REJECTED),
        (TESSIE_TABLE, 402, "", Meaning.TROUBLE),
        (TESLEMETRY_TABLE, 401, "invalid_token", Meaning.TOKEN_REJECTED),
        (TESLEMETRY_TABLE, 402, "subscription_required", Meaning.BILLING),
        (TESLEMETRY_TABLE, 402, "vehicle_subscription_required", Meaning.BILLING),
        (TESLEMETRY_TABLE, 402, "insufficient_credits", Meaning.BILLING),
        (TESLEMETRY_TABLE, 402, "", Meaning.TROUBLE),
        (TESLEMETRY_TABLE, 408, "", Meaning.ASLEEP),
        (TESLEMETRY_TABLE, 502, "", Meaning.TROUBLE),
    ],
)
def test_what_an_answer_means(
    table: Table, status: int, words: str, meaning: Meaning
) -> None:
    """A provider's own words first, and Tesla's after them."""
    assert meaning_of(Site.READ, Answer(status=status, words=words), table) is meaning
    assert table[-len(TABLE) :] == TABLE


def stamped(**ages: timedelta | None) -> dict[str, Any]:
    """Return an answer with the ages of its sections; None: without a time."""
    return {
        name: {} if age is None else {"timestamp": int((NOW - age).timestamp() * 1000)}
        for name, age in ages.items()
    }


@pytest.mark.parametrize(
    ("payload", "age"),
    [
        ({}, AGE_UNSAID),
        (stamped(charge_state=None), AGE_UNSAID),
        (stamped(charge_state=timedelta(seconds=7)), timedelta(seconds=7)),
        (stamped(charge_state=timedelta(seconds=-7)), timedelta(0)),
        (
            stamped(
                charge_state=timedelta(seconds=7),
                charge_schedule_data=timedelta(minutes=5),
                drive_state=timedelta(days=1),
            ),
            timedelta(minutes=5),
        ),
        ({"charge_state": {"timestamp": "soon"}}, AGE_UNSAID),
        ({"charge_state": []}, AGE_UNSAID),
    ],
)
def test_an_answer_is_of_its_oldest_section(
    payload: dict[str, Any], age: timedelta
) -> None:
    """Only what is decided by counts; nothing is of the future."""
    assert NOW - answered_at(payload, NOW) == age


def test_credits_have_a_price() -> None:
    """2,000 credits are $2.50: a read takes two, a command one, a wake twenty."""
    ledger = Ledger.started(NOW)
    ledger.prices = TESLEMETRY_PRICES
    for kind, calls in (
        (CallKind.DATA, 100),
        (CallKind.COMMAND, 200),
        (CallKind.WAKE, 80),
    ):
        ledger.count(kind, 200, NOW, calls)
    assert round(ledger.cost, 6) == 2.5
