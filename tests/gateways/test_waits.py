"""Waits that a server names are believed within reason."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.gateways.waits import (
    DEFAULT_WAIT,
    LONGEST_WAIT,
    MAX_WAIT,
    wait_of,
)

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("headers", "words", "wait"),
    [
        (["17"], "", timedelta(seconds=17)),
        (["0.5"], "", timedelta(seconds=1)),
        (["3600"], "", HOUR),
        (["3600", "7200", "9000"], "", HOUR),
        (["7200", "9000", "3600"], "", 2 * HOUR),
        (["7200"], "", HOUR),
        (["7200", "7300"], "", 2 * HOUR),
        (["86400", "20"], "", HOUR),
        (["20", "86400"], "", timedelta(seconds=20)),
        (["7200"], "Retry in 7200 seconds", 2 * HOUR),
        ([], "rate limit exceeded: Retry in 42 seconds", timedelta(seconds=42)),
        (["1795604400", "1795604400"], "", MAX_WAIT),
        (["Tue, 24 Nov 2026 11:30:00 GMT"], "", HOUR / 2),
        (["Tue, 24 Nov 2026 12:30:00 +0100"], "", HOUR / 2),
        (["Tue, 24 Nov 2026 11:30:00 -0000"], "", HOUR / 2),
        (["Tue, 24 Nov 2026 15:00:00 GMT"], "", HOUR),
        (["Tue, 24 Nov 2026 10:00:00 GMT"], "", DEFAULT_WAIT),
        (["soon", "", "nan"], "", DEFAULT_WAIT),
        ([], "", DEFAULT_WAIT),
    ],
)
def test_a_wait_is_believed_within_reason(
    headers: list[str], words: str, wait: timedelta
) -> None:
    """Seconds or a date; more than an hour with a second sign alone."""
    assert wait_of(headers, words, NOW) == wait


@given(st.lists(st.text() | st.floats().map(str), max_size=2), st.text())
def test_any_wait_is_bounded(headers: list[str], words: str) -> None:
    """Whatever a server says, some of the day is left."""
    wait = wait_of(headers, words, NOW)
    assert timedelta(0) < wait <= MAX_WAIT
    if len(headers) < 2 and "etry" not in words:
        assert wait <= LONGEST_WAIT
