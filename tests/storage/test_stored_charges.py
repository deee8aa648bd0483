"""The charges of a car, stored with it and read one by one."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.tesla_scout_worker.charging.car_record import CarRecord
from custom_components.tesla_scout_worker.charging.charges.charge import (
    Charge,
    ChargePart,
    ChargeReason,
)
from custom_components.tesla_scout_worker.charging.charges.count import (
    ChargeLog,
    LastRead,
    MeterSample,
)
from custom_components.tesla_scout_worker.storage.codec import Codec
from custom_components.tesla_scout_worker.storage.store import AccountMemory, memory_of

from ..common import VIN
from ..conftest import NOON

HOUR = timedelta(hours=1)
CHARGE = Charge(
    start=NOON,
    end=NOON + 2 * HOUR,
    free_from=NOON - HOUR,
    energy=22.0,
    added=20.0,
    metered=True,
    priced=11.0,
    cost=4.4,
    on_arrival=11.0,
    cheapest=2.2,
    currency="PLN",
    reason=ChargeReason.OFF_PEAK,
    unpriced=(
        ChargePart(
            start=NOON,
            end=NOON + HOUR,
            energy=11.0,
            arrival_start=NOON - HOUR,
            arrival_end=NOON,
        ),
    ),
)
LOG = ChargeLog(
    energy=66.0,
    present=CHARGE,
    finished=(CHARGE, replace(CHARGE, energy=33.0, unpriced=())),
    last=LastRead(at=NOON, at_home=True, energy=20.0),
    meter=MeterSample(at=NOON, energy=5000.0),
    ahead=1.5,
)


def stored() -> dict[str, Any]:
    """Return a file with the charges of a car."""
    memory = AccountMemory(charging={VIN: CarRecord(charges=LOG)})
    return Codec(AccountMemory).encode(memory)


def read(contents: dict[str, Any]) -> tuple[ChargeLog, Counter[str]]:
    """Read a file, and return the charges of its car and what was lost."""
    lost: Counter[str] = Counter()
    memory = memory_of(contents, datetime.now(UTC), lost)
    return memory.charging[VIN].charges, lost


def test_what_is_written_is_read() -> None:
    """All of it."""
    assert read(stored()) == (LOG, Counter())


def test_a_charge_that_cannot_be_read_takes_no_other_with_it() -> None:
    """Nor the energy of all time."""
    contents = stored()
    charges = contents["charging"][VIN]["charges"]
    charges["finished"][0]["start"] = "yesterday"
    charges["present"]["energy"] = "much"
    log, lost = read(contents)
    assert log == replace(LOG, present=None, finished=LOG.finished[1:])
    assert lost.total() == 2


def test_a_file_from_before_has_none() -> None:
    """The sums of the month and the plug-in period stay."""
    contents = stored()
    record = contents["charging"][VIN]
    del record["charges"]
    at = NOON.isoformat()
    record["plugged_in"] = {"since": at, "seen_at": at, "energy": 5.0, "base": 1.0}
    record["savings"] = {"month": "2026-11", "currency": "PLN", "cost": 3.0}
    memory = memory_of(contents, NOON, Counter())
    found = memory.charging[VIN]
    assert found.charges == ChargeLog()
    assert found.plugged_in is not None
    assert found.plugged_in.energy == 5
    assert (found.savings.cost, found.savings.since) == (3, None)
