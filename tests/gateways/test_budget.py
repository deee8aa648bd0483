"""The budget: who may still spend of a month, and that it is never exceeded."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_scout_worker.gateways.budget import (
    Budget,
    Purpose,
    Stage,
    for_session,
    month_of,
    session_purpose,
)
from custom_components.tesla_scout_worker.gateways.ledger import (
    PRICE_LISTS,
    PRICES,
    CallKind,
    Ledger,
    in_currency,
)

from ..search import times

MID_MONTH = datetime(2026, 11, 16, tzinfo=UTC)


def budget(limit: float | None = 10.0, reads: int = 0) -> Budget:
    """Return a budget of which some reads are spent by the middle of November."""
    ledger = Ledger.started(MID_MONTH)
    ledger.calls[CallKind.DATA] = reads
    return Budget(ledger=ledger, limit=limit)


@pytest.mark.parametrize(
    ("reads", "stage"),
    [
        (0, Stage.NORMAL),
        (2_200, Stage.NORMAL),
        (2_300, Stage.SAVING),
        (4_499, Stage.SAVING),
        (4_500, Stage.ESSENTIAL),
        (4_999, Stage.ESSENTIAL),
        (5_000, Stage.STOPPED),
        (6_000, Stage.STOPPED),
    ],
)
def test_the_stages_of_a_month(reads: int, stage: Stage) -> None:
    """Saving at a pace that would cost too much; the last tenth is for sessions."""
    assert budget(reads=reads).stage(MID_MONTH) is stage


def test_the_first_hours_are_no_pace() -> None:
    """A few reads at the beginning of a month do not make it a month of saving."""
    one = budget(reads=100)
    assert one.stage(datetime(2026, 11, 1, 2, tzinfo=UTC)) is Stage.NORMAL
    assert one.forecast(MID_MONTH) == pytest.approx(0.4)
    # At this pace it would cost too much, but only a tenth spent says so.
    early = datetime(2026, 11, 1, 2, tzinfo=UTC)
    assert budget(reads=200).stage(early) is Stage.NORMAL
    assert budget(reads=500).stage(early) is Stage.SAVING


def test_where_reads_are_free_any_month_has_some() -> None:
    """Commands may have used the budget up: that is no reason to know less."""
    one = budget()
    one.ledger.prices = {**one.ledger.prices, CallKind.DATA: 0.0}
    one.ledger.calls[CallKind.WAKE] = 500
    assert one.left(MID_MONTH) == 0
    assert one.stage(MID_MONTH) is Stage.NORMAL
    assert one.allows(CallKind.DATA, MID_MONTH)
    assert not one.allows(CallKind.COMMAND, MID_MONTH)


def test_calls_that_are_made_together_are_paid_together() -> None:
    """The last cents are for one read, and not for two."""
    one = budget(reads=4_999)
    with for_session():
        assert one.allows(CallKind.DATA, MID_MONTH)
        assert not one.allows(CallKind.DATA, MID_MONTH, calls=2)


@pytest.mark.parametrize(
    ("share", "reads", "allowed"),
    [
        (100, 10_000, True),
        # A tenth is kept for sessions; a quarter of the rest are 1,125 reads.
        (25, 1_124, True),
        (25, 1_125, False),
        (5, 0, True),
        (5, 225, False),
    ],
)
def test_a_car_is_read_within_its_share(share: int, reads: int, allowed: bool) -> None:
    """The whole budget is no bound of its own: that of the account is."""
    assert budget().allows_share(share, reads) is allowed
    assert budget(limit=None).allows_share(share, reads)


@given(st.integers(5, 99), st.floats(0.5, 1000), st.sampled_from(sorted(PRICE_LISTS)))
def test_no_share_is_exceeded(share: int, limit: float, currency: str) -> None:
    """Whatever the budget and its currency: reads stop within the share."""
    shared = budget(limit=limit)
    shared.ledger.prices = in_currency(PRICES, currency)
    price = shared.ledger.prices[CallKind.DATA]
    most = int(limit * 0.9 * share / 100 / price)
    assert shared.allows_share(share, most - 1)
    assert not shared.allows_share(share, most + 1)


def test_a_new_month_begins_anew() -> None:
    """Whatever was spent in the last one."""
    spent = budget(reads=5_000)
    assert spent.stage(datetime(2026, 12, 1, tzinfo=UTC)) is Stage.NORMAL
    assert spent.left(datetime(2026, 12, 1, tzinfo=UTC)) == 10.0
    assert month_of(MID_MONTH) == (
        datetime(2026, 11, 1, tzinfo=UTC),
        datetime(2026, 12, 1, tzinfo=UTC),
    )


def test_a_billing_month_is_one_of_utc() -> None:
    """Whichever zone, day and second it is asked for."""
    zone = ZoneInfo("Europe/Warsaw")
    for instant in (
        datetime(2026, 11, 1, tzinfo=UTC),
        datetime(2026, 11, 30, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 12, 1, 0, 59, tzinfo=zone),
        datetime(2026, 11, 1, 1, tzinfo=zone),
    ):
        assert month_of(instant) == month_of(MID_MONTH)
    assert month_of(datetime(2028, 1, 31, tzinfo=UTC))[1].month == 2
    assert month_of(datetime(2028, 2, 29, tzinfo=UTC))[1].month == 3


def test_no_limit_is_no_limit() -> None:
    """Every call passes."""
    free = budget(limit=None, reads=10**6)
    assert free.stage(MID_MONTH) is Stage.NORMAL
    assert free.left(MID_MONTH) is None
    assert free.allows(CallKind.WAKE, MID_MONTH)


def test_sessions_pass_where_others_wait() -> None:
    """In the last tenth, and until nothing is left."""
    one = budget(reads=4_500)
    assert not one.allows(CallKind.DATA, MID_MONTH)
    assert one.allows(CallKind.FREE, MID_MONTH)
    with for_session():
        assert session_purpose() is Purpose.KEEPING
        assert one.allows(CallKind.WAKE, MID_MONTH)
        one.ledger.calls[CallKind.DATA] = 5_000
        assert not one.allows(CallKind.COMMAND, MID_MONTH)
        assert one.allows(CallKind.FREE, MID_MONTH)
    assert session_purpose() is None


def test_a_session_can_be_taken_back_with_the_last_money() -> None:
    """What restores a charge limit, no call of any session may use up before."""
    one = budget()
    undo = {CallKind.DATA: 1, CallKind.COMMAND: 1, CallKind.WAKE: 1}
    one.reserve("saturday", {CallKind.WAKE: 4}, undo)
    assert one.kept == pytest.approx(1.0)
    assert one.reserved["saturday"] == pytest.approx(0.103)
    one.ledger.calls[CallKind.DATA] = 4_980
    assert one.left(MID_MONTH) == pytest.approx(0.04)
    with for_session():
        assert not one.allows(CallKind.WAKE, MID_MONTH)
        assert one.allows(CallKind.COMMAND, MID_MONTH)
    with for_session(Purpose.UNDOING):
        assert one.allows(CallKind.WAKE, MID_MONTH)
    one.release("saturday")
    with for_session():
        assert one.allows(CallKind.WAKE, MID_MONTH)


def test_what_a_session_needs_is_reserved_first() -> None:
    """A hundred wakes are two dollars that nobody else may spend."""
    one = budget(reads=4_000)
    assert one.stage(MID_MONTH) is Stage.SAVING
    one.reserve("saturday", {CallKind.WAKE: 100, CallKind.COMMAND: 4})
    one.reserve("saturday", {CallKind.WAKE: 100, CallKind.COMMAND: 4})
    assert one.kept == pytest.approx(2.004)
    assert one.stage(MID_MONTH) is Stage.ESSENTIAL
    one.release("saturday")
    one.release("saturday")
    assert one.stage(MID_MONTH) is Stage.SAVING


async def test_a_session_is_that_of_its_task_alone() -> None:
    """Another task meanwhile is not for the session; what it awaits itself is."""
    seen: dict[str, bool] = {}

    async def note(name: str) -> None:
        await asyncio.sleep(0)
        seen[name] = session_purpose() is not None

    other = asyncio.create_task(note("other"))
    with for_session():
        await note("inside")
        await other
    assert seen == {"inside": True, "other": False}


async def test_what_a_session_sets_off_may_not_spend_what_is_kept_for_it() -> None:
    """A read for a session tells listeners: ordinary charging, a user's automations.

    Their tasks and timers copy the context that they were started in.
    """
    one = budget(reads=4_500)
    seen: dict[str, bool] = {}

    def spend(name: str) -> None:
        seen[name] = one.allows(CallKind.DATA, MID_MONTH)

    async def listener() -> None:
        spend("task")

    with for_session():
        task = asyncio.create_task(listener())
        asyncio.get_running_loop().call_later(0, spend, "timer")
        spend("promise")
        await task
        await asyncio.sleep(0.01)
    assert seen == {"promise": True, "task": False, "timer": False}


def test_a_call_that_is_cut_off_is_on_its_way_no_more() -> None:
    """Whether it counts, the ledger knows; what it might have cost is free again."""
    one = budget()
    seen: list[float | None] = []

    def call() -> None:
        """Call, and get no answer."""
        with one.in_flight_call(CallKind.WAKE):
            seen.append(one.left(MID_MONTH))
            raise TimeoutError

    with pytest.raises(TimeoutError):
        call()
    assert seen == [pytest.approx(9.98)]
    assert one.left(MID_MONTH) == 10.0


def passes(one: Budget, kind: CallKind, now: datetime, promise: bool) -> bool:
    """Return whether a call may be made, for a session or not."""
    if not promise:
        return one.allows(kind, now)
    with for_session():
        return one.allows(kind, now)


calls = st.lists(
    st.tuples(
        st.sampled_from([CallKind.DATA, CallKind.COMMAND, CallKind.WAKE]),
        st.sampled_from([200, 408, 429, 403, 500]),
        st.booleans(),
        st.integers(min_value=0, max_value=300),
    ),
    max_size=300,
)


@times(4)
@given(
    calls,
    st.floats(min_value=0.01, max_value=2.0),
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 40), max_size=3),
)
def test_no_sequence_of_calls_exceeds_the_budget(
    sequence: list[tuple[CallKind, int, bool, int]],
    limit: float,
    reserved: dict[str, int],
) -> None:
    """Whoever calls what how often, two at a time, and whatever Tesla answers."""
    now = MID_MONTH
    one = budget(limit=limit)
    for name, wakes in reserved.items():
        one.reserve(name, {CallKind.WAKE: wakes})
    for kind, status, promise, minutes in sequence:
        now = min(now + timedelta(minutes=minutes), datetime(2026, 11, 30, tzinfo=UTC))
        if not passes(one, kind, now, promise):
            continue
        with one.in_flight_call(kind):
            if passes(one, kind, now, promise):
                with one.in_flight_call(kind):
                    one.ledger.count(kind, status, now)
            one.ledger.count(kind, status, now)
        assert one.ledger.cost <= limit + 1e-6
    assert one.in_flight == pytest.approx(0)
