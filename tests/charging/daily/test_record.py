"""What a person set for a car, over what holds for all cars of the account."""

from datetime import time

import pytest

from custom_components.tesla_scout_worker.charging.daily.record import (
    DailySettings,
    DayDeparture,
)
from custom_components.tesla_scout_worker.charging.daily.sync_result import (
    SyncTrigger,
    higher_priority,
)
from custom_components.tesla_scout_worker.charging.planning.model import Battery

ACCOUNT = Battery(capacity=75, power=11)


@pytest.mark.parametrize(
    ("settings", "measured", "battery"),
    [
        (DailySettings(), None, ACCOUNT),
        (DailySettings(capacity=60), None, Battery(capacity=60, power=11)),
        (DailySettings(power=7.4), None, Battery(capacity=75, power=7.4)),
        (DailySettings(power=7.4), 3.6, Battery(capacity=75, power=3.6)),
        (DailySettings(), 3.6, Battery(capacity=75, power=3.6)),
    ],
)
def test_what_was_measured_holds_over_what_was_entered(
    settings: DailySettings, measured: float | None, battery: Battery
) -> None:
    """And that over what holds for all cars."""
    assert settings.battery(ACCOUNT, measured) == battery


def test_the_exceptions_of_a_car_replace_those_of_the_account() -> None:
    """All of them, also if it has none; a day may have no departure."""
    usual, account = time(6, 30), {5: time(9), 6: None}
    settings = DailySettings(departure=usual)
    assert settings.leaving(account) == [usual] * 5 + [time(9), None]
    sunday = DayDeparture(day=6, at=time(10))
    own = DailySettings(departure=usual, exceptions=(DayDeparture(day=0), sunday))
    assert own.leaving(account) == [None, *[usual] * 5, time(10)]
    assert DailySettings(exceptions=()).leaving(account) == [time(7)] * 7


def test_of_two_triggers_the_later_in_the_list_counts() -> None:
    """Whichever came first."""
    for low, high in (
        (SyncTrigger.SCOUTED, SyncTrigger.TIMER),
        (SyncTrigger.DAY_TURN, SyncTrigger.NEW_PRICES),
        (SyncTrigger.SETTINGS, SyncTrigger.ACTION),
        (SyncTrigger.SCOUTED, SyncTrigger.ACTION),
    ):
        assert higher_priority(low, high) is high
        assert higher_priority(high, low) is high
        assert higher_priority(low, low) is low
