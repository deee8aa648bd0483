"""What a proxy's command costs: handshakes, a session that is forgotten, repeats."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.gateways.proxy_bill import ProxyBill

VIN = "LRW3E7EK0RC000001"
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
FAULT = "MESSAGEFAULT_ERROR_INVALID_COMMAND"


def warm() -> ProxyBill:
    """Return a bill after a first command."""
    bill = ProxyBill()
    assert bill.answered(VIN, 200, NOON) == 3
    return bill


def test_a_first_command_takes_two_handshakes() -> None:
    """The second takes none, and another car its own."""
    bill = warm()
    assert bill.answered(VIN, 200, NOON + timedelta(minutes=59)) == 1
    assert bill.answered("another", 200, NOON) == 3


def test_a_session_may_be_forgotten() -> None:
    """After an hour one more request is counted; so the budget holds."""
    bill = warm()
    assert bill.answered(VIN, 200, NOON + timedelta(hours=1)) == 2
    assert bill.answered(VIN, 200, NOON - timedelta(days=1)) == 2


@pytest.mark.parametrize("status", [400, 403, 408, 429, 500, 502])
def test_a_failure_takes_the_handshakes_or_the_command(status: int) -> None:
    """A car that sleeps answers both handshakes so."""
    assert ProxyBill().answered(VIN, status, NOON) == 2
    assert warm().answered(VIN, status, NOON) == 1


def test_a_busy_proxy_sends_nothing() -> None:
    """Its 503 is its own."""
    assert ProxyBill().answered(VIN, 503, NOON) == 0


def test_a_fault_is_the_answer_to_a_command() -> None:
    """After two handshakes, and the next command takes none."""
    bill = ProxyBill()
    assert bill.answered(VIN, 500, NOON) + bill.failed(VIN, FAULT, NOON) == 3
    assert bill.answered(VIN, 500, NOON) + bill.failed(VIN, FAULT, NOON) == 1


def test_repeats_are_counted() -> None:
    """Ten of a command, or ten of each handshake."""
    words = "context deadline exceeded"
    for bill, calls in ((ProxyBill(), 20), (warm(), 10)):
        assert bill.answered(VIN, 500, NOON) + bill.failed(VIN, words, NOON) == calls
        assert bill.lost(VIN) == calls


@given(
    st.lists(
        st.tuples(
            st.sampled_from([200, 400, 408, 500, 503]),
            st.sampled_from(["", "context deadline exceeded", FAULT]),
        )
    )
)
def test_no_answer_costs_more_than_the_gate_expects(
    answers: list[tuple[int, str]],
) -> None:
    """What is checked before a command is sent covers it."""
    bill = ProxyBill()
    for status, words in answers:
        usual, worst = bill.usual(VIN), bill.worst(VIN)
        calls = bill.answered(VIN, status, NOON)
        if status < 300:
            assert calls <= usual
        elif status != 503:
            calls += bill.failed(VIN, words, NOON)
        assert calls <= worst
