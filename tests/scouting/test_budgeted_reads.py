"""What is read for what may be spent: the policy under the stages of the budget."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_scout_worker.gateways.budget import (
    SAVING_STRETCH,
    Budget,
    Stage,
)
from custom_components.tesla_scout_worker.gateways.errors import (
    AskedTooOftenError,
    BudgetSpentError,
)
from custom_components.tesla_scout_worker.gateways.ledger import CallKind, Ledger
from custom_components.tesla_scout_worker.gateways.models import Connectivity
from custom_components.tesla_scout_worker.scout.admission import ReadAdmission
from custom_components.tesla_scout_worker.scouting.car_state import CarState
from custom_components.tesla_scout_worker.scouting.policy import ScoutingMode
from custom_components.tesla_scout_worker.scouting.policy_input import ReadReason
from custom_components.tesla_scout_worker.scouting.rate_limiter import AT_ONCE

from .samples import HOME, NOON, snapshot, summary

WARSAW = ZoneInfo("Europe/Warsaw")
MINUTE = timedelta(minutes=1)
EARLY = datetime(2026, 11, 3, 12, tzinfo=UTC)


def admission(reads: int, now: datetime) -> ReadAdmission:
    """Return an economy of $10 that has taken some reads this month."""
    ledger = Ledger.started(now)
    ledger.calls[CallKind.DATA] = reads
    return ReadAdmission(Budget(ledger=ledger, limit=10.0), {})


def parked(at: datetime) -> CarState:
    """Return a car that was found at home, awake and without a cable."""
    memory = CarState(summary=summary()).with_motion(Connectivity.ONLINE, at)
    memory = memory.after_poll(summary(), at)
    return memory.after_read(snapshot(at=at), HOME)


def decided(
    of: ReadAdmission, car: CarState, now: datetime, *, asked: bool = False
) -> str:
    """Return why a car is read, or is not, and the error beside it."""
    mode = ScoutingMode.ADAPTIVE
    reason, error = of.decide(mode, car, summary(), now, WARSAW, asked=asked)
    return reason if error is None else f"{reason}: {type(error).__name__}"


@pytest.mark.parametrize(
    ("reads", "now", "stage"),
    [
        (100, NOON, Stage.NORMAL),
        (600, EARLY, Stage.SAVING),
        (4_600, NOON, Stage.ESSENTIAL),
        (5_000, NOON, Stage.STOPPED),
    ],
)
def test_a_read_that_is_due_is_taken_stretched_or_reserved_for_sessions(
    reads: int, now: datetime, stage: Stage
) -> None:
    """What is due after the idle time waits for twice as long, or is not taken."""
    of, car = admission(reads, now), parked(now)
    assert of.budget.stage(now) is stage
    idle = car.motion.idle_time
    due, later = decided(of, car, now + idle), decided(of, car, now + 2 * idle)
    match stage:
        case Stage.NORMAL:
            assert (due, later) == (ReadReason.STILL_AWAKE, ReadReason.STILL_AWAKE)
        case Stage.SAVING:
            assert of.stretch(now) == SAVING_STRETCH
            assert (due, later) == (ReadReason.LET_SLEEP, ReadReason.STILL_AWAKE)
        case _:
            spent = f"{ReadReason.BUDGET}: {BudgetSpentError.__name__}"
            assert (due, later) == (spent, spent)
            assert decided(of, car, now, asked=True) == spent
    assert decided(of, car, now + MINUTE) == ReadReason.LET_SLEEP


def test_who_asks_too_often_gets_the_read_that_is_due_anyway() -> None:
    """And an answer why not, if none is."""
    of, car = admission(0, NOON), parked(NOON)
    for _ in range(AT_ONCE):
        assert decided(of, car, NOON, asked=True) == ReadReason.ASKED
    refused = f"{ReadReason.LET_SLEEP}: {AskedTooOftenError.__name__}"
    assert decided(of, car, NOON, asked=True) == refused
    later = NOON + car.motion.idle_time
    for _ in range(AT_ONCE):
        last = decided(of, car, later, asked=True)
    assert last == ReadReason.STILL_AWAKE
