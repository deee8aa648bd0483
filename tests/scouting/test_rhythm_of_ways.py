"""The rhythm follows the way: from a memory each minute, of a car that reports rarely."""

from datetime import timedelta

import pytest

from custom_components.tesla_scout_worker.gateways.models import Connectivity
from custom_components.tesla_scout_worker.scouting.adaptive import LONGEST_GAP, adaptive
from custom_components.tesla_scout_worker.scouting.events import Observation
from custom_components.tesla_scout_worker.scouting.policy_input import (
    PolicyInput,
    ReadReason,
)

from .samples import NOON

PARKED = Observation(connectivity=Connectivity.ONLINE)
MINUTE = timedelta(minutes=1)
ONLINE, ASLEEP = Connectivity.ONLINE, Connectivity.ASLEEP


@pytest.mark.parametrize(
    ("connectivity", "ago", "reason"),
    [
        (ONLINE, MINUTE, ReadReason.DUE),
        (ONLINE, None, ReadReason.FIRST),
        (ASLEEP, None, ReadReason.FIRST),
        (ASLEEP, MINUTE, ReadReason.ASLEEP),
        (Connectivity.OFFLINE, MINUTE, ReadReason.OFFLINE),
        (None, MINUTE, ReadReason.ASLEEP),
    ],
)
def test_a_memory_is_read_with_each_poll_of_a_car_that_is_online(
    connectivity: Connectivity | None, ago: timedelta | None, reason: ReadReason
) -> None:
    """It wakes nothing; what it has of a car that sleeps is of before its sleep."""
    known = PolicyInput(
        connectivity=connectivity,
        before=PARKED,
        read_at=None if ago is None else NOON - ago,
        from_memory=True,
    )
    assert adaptive(known, NOON) is reason


def test_a_memory_that_fails_is_tried_ever_more_rarely() -> None:
    """A provider that is down is not asked each minute."""
    known = PolicyInput(
        connectivity=ONLINE,
        before=PARKED,
        read_at=NOON - timedelta(hours=1),
        misses=3,
        tried_at=NOON - MINUTE,
        from_memory=True,
    )
    assert adaptive(known, NOON) is ReadReason.NOT_DUE
    assert adaptive(known, NOON + timedelta(minutes=30)) is ReadReason.DUE


@pytest.mark.parametrize(
    ("connectivity", "ago", "reason"),
    [
        (ONLINE, None, ReadReason.FIRST),
        (ONLINE, timedelta(minutes=90), ReadReason.NOT_DUE),
        (ONLINE, LONGEST_GAP, ReadReason.DUE),
        (ASLEEP, LONGEST_GAP, ReadReason.ASLEEP),
    ],
)
def test_a_car_that_reports_is_read_in_case_that_a_report_was_lost(
    connectivity: Connectivity, ago: timedelta | None, reason: ReadReason
) -> None:
    """Reads are paid, and never wake it."""
    known = PolicyInput(
        connectivity=connectivity,
        before=PARKED,
        read_at=None if ago is None else NOON - ago,
        pushed=True,
    )
    assert adaptive(known, NOON) is reason
