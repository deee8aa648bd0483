"""What every call costs: counted by kind, by Tesla's month, priced, kept."""

from datetime import UTC, datetime, timedelta, timezone
import json

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.gateways.ledger import (
    NO_PRICES,
    PRICES,
    CallKind,
    Ledger,
    bill_currency,
    in_currency,
    kind_of,
)
from custom_components.tesla_scout_worker.gateways.way import Way
from custom_components.tesla_scout_worker.storage.codec import Codec

CODEC = Codec(Ledger)
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
CAR = "api/1/vehicles/LRW3E7EK0RC000001"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("api/1/vehicles", CallKind.FREE),
        ("api/1/products", CallKind.FREE),
        ("api/1/users/region", CallKind.FREE),
        (CAR, CallKind.FREE),
        (f"{CAR}/vehicle_data", CallKind.DATA),
        (f"{CAR}/wake_up", CallKind.WAKE),
        (f"{CAR}/signed_command", CallKind.COMMAND),
        (f"{CAR}/command/set_charge_limit", CallKind.COMMAND),
        (f"{CAR}/command/add_charge_schedule", CallKind.COMMAND),
    ],
)
def test_every_path_has_its_kind(path: str, kind: CallKind) -> None:
    """Tesla bills by what a path does."""
    assert kind_of(path) is kind


def test_teslas_own_example() -> None:
    """Tesla's page prices 384 reads, 4 commands and 4 wakes at $0.852."""
    ledger = Ledger.started(NOON)
    for kind, calls in (
        (CallKind.DATA, 384),
        (CallKind.COMMAND, 4),
        (CallKind.WAKE, 4),
        (CallKind.FREE, 1000),
    ):
        for _ in range(calls):
            ledger.count(kind, 200, NOON)
    assert ledger.cost == pytest.approx(0.852)
    assert ledger.calls == {
        CallKind.DATA: 384,
        CallKind.COMMAND: 4,
        CallKind.WAKE: 4,
        CallKind.FREE: 1000,
    }


@pytest.mark.parametrize(
    ("status", "billed"),
    [(200, 1), (401, 1), (408, 1), (429, 1), (499, 1), (500, 0), (503, 0), (540, 0)],
)
def test_a_refusal_costs_and_a_failure_does_not(status: int, billed: int) -> None:
    """Tesla: every answer below 500 is billed, 4xx included."""
    ledger = Ledger.started(NOON)
    ledger.count(CallKind.DATA, status, NOON)
    assert ledger.calls[CallKind.DATA] == billed


def test_the_month_turns_in_utc() -> None:
    """At midnight in Warsaw it is still November at Tesla."""
    warsaw = timezone(timedelta(hours=1))
    ledger = Ledger.started(NOON)
    ledger.count(CallKind.WAKE, 200, datetime(2026, 12, 1, 0, 59, 59, tzinfo=warsaw))
    assert ledger.month == "2026-11"
    assert ledger.calls[CallKind.WAKE] == 1
    ledger.count(CallKind.WAKE, 200, datetime(2026, 12, 1, 1, 0, tzinfo=warsaw))
    assert ledger.month == "2026-12"
    assert ledger.calls[CallKind.WAKE] == 1
    assert ledger.cost == pytest.approx(0.02)


def test_the_same_month_of_another_year_is_another_month() -> None:
    """A house that was without power for a year owes nothing."""
    ledger = Ledger.started(NOON)
    ledger.count(CallKind.DATA, 200, NOON)
    ledger.roll_over(NOON.replace(year=2027))
    assert ledger.cost == 0


def restarted(ledger: Ledger, now: datetime) -> Ledger:
    """Return the ledger after a restart."""
    stored = CODEC.decode(json.loads(json.dumps(CODEC.encode(ledger))))
    stored.roll_over(now)
    return stored


def test_a_restart_goes_on_with_the_month() -> None:
    """What was stored as JSON is restored, and counted on."""
    ledger = Ledger.started(NOON)
    ledger.count(CallKind.DATA, 200, NOON)
    ledger.count(CallKind.COMMAND, 200, NOON)
    restored = restarted(ledger, NOON + timedelta(days=1))
    assert restored == ledger
    restored.count(CallKind.DATA, 200, NOON + timedelta(days=1))
    assert restored.calls[CallKind.DATA] == 2
    assert ledger.calls[CallKind.DATA] == 1


def test_a_restart_in_another_month_begins_anew() -> None:
    """The bill of November is not December's."""
    ledger = Ledger.started(NOON)
    ledger.count(CallKind.DATA, 200, NOON)
    restored = restarted(ledger, NOON + timedelta(days=7))
    assert restored == Ledger.started(NOON + timedelta(days=7))


@pytest.mark.parametrize("restart", [False, True])
def test_a_clock_in_the_past_does_not_tear_out_the_page_of_the_present(
    restart: bool,
) -> None:
    """A machine without a battery starts in 1970, or where it was shut down."""
    ledger = Ledger.started(NOON)
    ledger.count(CallKind.DATA, 200, NOON)
    for past in (datetime(1970, 1, 1, tzinfo=UTC), NOON - timedelta(days=40)):
        ledger.roll_over(past)
        ledger = restarted(ledger, past) if restart else ledger
        ledger.count(CallKind.WAKE, 200, past)
    ledger.roll_over(NOON)
    assert (ledger.calls[CallKind.DATA], ledger.calls[CallKind.WAKE]) == (1, 2)


@pytest.mark.parametrize("restart", [False, True])
def test_a_clock_that_was_ahead_does_not_end_the_month_for_a_year(
    restart: bool,
) -> None:
    """November goes on where it was, and December comes, though it came too late."""
    december = NOON + timedelta(days=14)
    for back, data in ((NOON, 1), (december, 0)):
        ledger = Ledger.started(NOON)
        ledger.count(CallKind.DATA, 200, NOON)
        ledger.count(CallKind.WAKE, 200, NOON.replace(year=2028))
        ledger = restarted(ledger, back) if restart else ledger
        ledger.roll_over(back)
        assert ledger.month == back.strftime("%Y-%m")
        assert (ledger.calls[CallKind.DATA], ledger.calls[CallKind.WAKE]) == (data, 0)
    for days in range(14, 800, 20):
        ledger.count(CallKind.DATA, 200, NOON + timedelta(days=days))
        assert ledger.month == (NOON + timedelta(days=days)).strftime("%Y-%m")
        assert len(ledger.others) <= 2


def test_a_clock_that_is_set_at_the_turn_of_the_month_loses_no_call() -> None:
    """A minute to and fro over midnight."""
    midnight = datetime(2026, 12, 1, tzinfo=UTC)
    ledger = Ledger.started(midnight - timedelta(minutes=1))
    for minutes in (-1, 1, -1, 1, 2):
        ledger.count(CallKind.DATA, 200, midnight + timedelta(minutes=minutes))
    assert (ledger.month, ledger.calls[CallKind.DATA]) == ("2026-12", 3)
    assert ledger.others["2026-11"][CallKind.DATA] == 2


def test_a_kind_that_was_not_stored_is_zero() -> None:
    """A kind that a later version counts was not counted before it."""
    restored = CODEC.decode({"month": "2026-11", "calls": {"data": 3}})
    assert restored.calls == {
        CallKind.DATA: 3,
        CallKind.COMMAND: 0,
        CallKind.WAKE: 0,
        CallKind.FREE: 0,
    }


@given(
    st.lists(
        st.tuples(
            st.sampled_from(CallKind),
            st.integers(min_value=200, max_value=599),
            st.timedeltas(timedelta(0), timedelta(days=90)),
        )
    )
)
def test_the_page_is_the_last_month_of_the_calls(
    calls: list[tuple[CallKind, int, timedelta]],
) -> None:
    """Whatever is counted in order: the page holds the billed calls of its month."""
    ledger = Ledger.started(NOON)
    calls = sorted(calls, key=lambda call: call[2])
    for kind, status, after in calls:
        ledger.count(kind, status, NOON + after)
    billed = [
        kind
        for kind, status, after in calls
        if status < 500 and (NOON + after).strftime("%Y-%m") == ledger.month
    ]
    assert ledger.calls == {kind: billed.count(kind) for kind in CallKind}
    now = NOON + max((after for _, _, after in calls), default=timedelta(0))
    assert restarted(ledger, now) == ledger


@pytest.mark.parametrize(
    ("home", "currency"), [("PLN", "PLN"), ("GBP", "GBP"), ("CHF", "USD"), ("", "USD")]
)
def test_a_bill_is_in_a_currency_of_teslas(home: str, currency: str) -> None:
    """In that of the home, if Tesla has a price list in it; a provider's in dollars."""
    for way in Way:
        expected = "USD" if way is Way.TESLEMETRY else currency
        assert bill_currency(way, home) == expected


def test_teslas_price_lists() -> None:
    """What a dollar buys: 650 reads for a pound, 124.38 for a zloty."""
    assert in_currency(PRICES, "USD") == PRICES
    assert in_currency(PRICES, "EUR") == PRICES
    assert 650 * in_currency(PRICES, "GBP")[CallKind.DATA] == pytest.approx(1)
    assert 124.38 * in_currency(PRICES, "PLN")[CallKind.DATA] == pytest.approx(1)
    assert in_currency(NO_PRICES, "PLN") == NO_PRICES
