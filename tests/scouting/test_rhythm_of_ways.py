"""The rhythm follows the way: from a memory each minute, of a car that reports rarely."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.tesla_scout_worker.gateways.models import Connectivity
from custom_components.tesla_scout_worker.scouting.adaptive import (
    LONGEST_GAP,
    RETRY,
    adaptive,
    next_read,
)
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
    assert next_read(known).due == NOON + timedelta(minutes=19)
    assert next_read(known).reason is ReadReason.DUE


@pytest.mark.parametrize("connectivity", [ONLINE, ASLEEP, Connectivity.OFFLINE, None])
def test_a_memory_is_read_for_whoever_asks(connectivity: Connectivity | None) -> None:
    """For a person and for a hint at once, whatever the car does; else not in service."""
    known = PolicyInput(
        connectivity=connectivity, before=PARKED, read_at=NOON, from_memory=True
    )
    served = replace(known, in_service=True)
    assert adaptive(replace(served, asked=True), NOON) is ReadReason.ASKED
    assert adaptive(replace(served, hinted=True), NOON) is ReadReason.HINT
    if connectivity is ONLINE:
        assert adaptive(served, NOON) is ReadReason.IN_SERVICE


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


def test_a_read_of_a_car_that_reports_is_repeated_if_it_failed() -> None:
    """Not at once, and not as if it had been taken."""
    known = PolicyInput(
        connectivity=ONLINE, before=PARKED, read_at=NOON - LONGEST_GAP, pushed=True
    )
    assert next_read(known).due == NOON
    assert next_read(known).reason is ReadReason.DUE
    failed = replace(known, misses=1, tried_at=NOON)
    assert next_read(failed).due == NOON + RETRY
    assert adaptive(failed, NOON + RETRY - MINUTE) is ReadReason.NOT_DUE
    assert adaptive(failed, NOON + RETRY) is ReadReason.DUE
