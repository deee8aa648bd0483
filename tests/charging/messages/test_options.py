"""Whom to tell, and what, as the form stores it."""

from datetime import time

from custom_components.tesla_scout_worker.charging.messages.decide import MessageRules
from custom_components.tesla_scout_worker.charging.messages.message import MessageKind
from custom_components.tesla_scout_worker.charging.messages.options import (
    MessageOptions,
)


def test_each_option_of_messages_is_read() -> None:
    """From the names under which the form stores them; unknown kinds are left out."""
    stored = {
        "notify_entities": ["notify.family"],
        "notify_devices": ["phone"],
        "kinds": ["short", "made", "weather"],
        "quiet_from": "21:30:00",
        "quiet_until": "06:15:00",
    }
    options = MessageOptions.of({"messages": stored})
    assert options == MessageOptions(
        entities=("notify.family",),
        devices=("phone",),
        rules=MessageRules(
            kinds=frozenset({MessageKind.SHORT, MessageKind.MADE}),
            quiet_from=time(21, 30),
            quiet_until=time(6, 15),
        ),
    )
    assert options.any
    assert MessageOptions.of({"messages": {"kinds": []}}).rules.kinds == frozenset()


def test_nobody_is_told_unless_it_was_chosen() -> None:
    """A phone or an entity is enough; all else has a usual value."""
    assert MessageOptions.of({}) == MessageOptions()
    assert MessageOptions.of({"messages": None}) == MessageOptions()
    assert MessageOptions.of({"messages": {}}) == MessageOptions()
    assert not MessageOptions().any
    assert MessageOptions(devices=("phone",)).any
    assert MessageOptions(entities=("notify.family",)).any
