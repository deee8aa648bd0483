"""Messages that were sent to a person, and those that wait."""

from datetime import UTC, datetime, timedelta

from custom_components.tesla_scout_worker.charging.messages.message import (
    KEPT,
    MessageLog,
    Postponed,
    Sent,
)

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_message_that_is_sent_waits_no_longer() -> None:
    """Others go on to wait, and what is three days old is forgotten."""
    messages = MessageLog(
        sent=(
            Sent(key="old", at=NOW - KEPT),
            Sent(key="young", at=NOW - KEPT + HOUR),
        ),
        postponed=(
            Postponed(key="short", until=NOW + HOUR),
            Postponed(key="plug_in", until=NOW + HOUR),
            Postponed(key="over", until=NOW),
        ),
    )
    assert messages.with_sent("short", NOW) == MessageLog(
        sent=(Sent(key="young", at=NOW - KEPT + HOUR), Sent(key="short", at=NOW)),
        postponed=(Postponed(key="plug_in", until=NOW + HOUR),),
    )


def test_a_message_that_is_postponed_is_sent_again_and_still_counts() -> None:
    """It alone: whatever else was sent is not sent again."""
    messages = MessageLog(sent=(Sent(key="short", at=NOW), Sent(key="made", at=NOW)))
    later = messages.with_postponed("short", NOW + HOUR)
    assert not later.has("short")
    assert later.has("made")
    assert later.waits("short", NOW)
    assert not later.waits("short", NOW + HOUR)
    assert not later.waits("made", NOW)
    assert later.count_since(NOW) == 2
    assert later.count_since(NOW + timedelta(seconds=1)) == 0
    # Sent and postponed again: both of the first two still count.
    again = later.with_sent("short", NOW + HOUR).with_postponed("short", NOW + 2 * HOUR)
    assert again.count_since(NOW) == 3
    assert {item.key for item in again.sent} == {"short before", "made"}


def test_a_message_that_could_not_be_sent_was_not_sent() -> None:
    """It is tried again with the next occasion."""
    messages = MessageLog().with_sent("made", NOW).with_sent("short", NOW)
    assert messages.without("short") == MessageLog().with_sent("made", NOW)
