"""Tests of the simulated bill and rate limits."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from aiohttp import ClientSession
import pytest

from simulator.billing import Billing, Kind, RateLimiter
from simulator.car import CarSettings
from simulator.clock import ManualClock
from simulator.cloud import Cloud
from simulator.faults import Fault
from simulator.settings import CloudSettings, RateLimits

from .conftest import HOME, VIN, Clouds

MINUTE = timedelta(minutes=1)


async def status_of(
    cloud: Cloud, session: ClientSession, path: str, method: str = "GET"
) -> int:
    """Ask the Fleet API about the car and return the status."""
    token = cloud.issue_tokens().access_token
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{cloud.fleet_url('eu')}/api/1/vehicles/{VIN}{path}"
    async with session.request(method, url, headers=headers) as answer:
        return answer.status


def test_worked_example_of_tesla(clock: ManualClock) -> None:
    """Tesla's page: 384 reads, 4 commands and 4 wakes cost $0.852."""
    billing = Billing(clock)
    for kind, count in ((Kind.DATA, 384), (Kind.COMMAND, 4), (Kind.WAKE, 4)):
        for _ in range(count):
            assert billing.record(kind, 200)
    assert billing.cost == Decimal("0.852")
    assert billing.month_to_date == {Kind.DATA: 384, Kind.COMMAND: 4, Kind.WAKE: 4}


@pytest.mark.parametrize(
    ("status", "billed"),
    [
        (200, True),
        (408, True),
        (429, True),
        (499, True),
        (500, False),
        (503, False),
        (540, False),
    ],
)
def test_answers_below_500_are_billed(
    clock: ManualClock, status: int, billed: bool
) -> None:
    """4xx costs, 5xx does not."""
    billing = Billing(clock)
    assert billing.record(Kind.COMMAND, status) is billed
    assert billing.cost == (Decimal("0.001") if billed else 0)


def test_free_requests_cost_nothing(clock: ManualClock) -> None:
    """State reads and sign-in are not billed."""
    billing = Billing(clock)
    assert not billing.record(Kind.FREE, 200)
    assert not billing.record(Kind.AUTH, 200)
    assert billing.cost == 0


def test_month_ends_at_midnight_utc() -> None:
    """The first of the month in UTC begins a new bill; the old one is kept."""
    clock = ManualClock(datetime(2026, 5, 31, 23, 59, tzinfo=UTC))
    billing = Billing(clock, limit=Decimal("0.02"))
    billing.record(Kind.WAKE, 200)
    before = billing.exceeded
    clock.advance(MINUTE)
    assert billing.cost == 0
    assert (before, billing.exceeded) == (True, False)
    billing.record(Kind.DATA, 200)
    assert billing.months == {(2026, 5): Decimal("0.02"), (2026, 6): Decimal("0.002")}


def test_rate_is_counted_over_the_last_minute(clock: ManualClock) -> None:
    """The wait ends when the oldest request is a minute old."""
    limiter = RateLimiter(clock, RateLimits(wake=2))
    assert limiter.admit(VIN, Kind.WAKE) is None
    clock.advance(timedelta(seconds=20))
    assert limiter.admit(VIN, Kind.WAKE) is None
    assert limiter.admit(VIN, Kind.WAKE) == 40
    assert limiter.admit("another car", Kind.WAKE) is None
    assert limiter.admit(VIN, Kind.DATA) is None
    clock.advance(timedelta(seconds=39, milliseconds=500))
    assert limiter.admit(VIN, Kind.WAKE) == 1
    clock.advance(timedelta(milliseconds=500))
    assert limiter.admit(VIN, Kind.WAKE) is None
    assert limiter.admit(VIN, Kind.WAKE) == 20


def test_rate_limits_can_be_switched_off(clock: ManualClock) -> None:
    """None lets everything through."""
    limiter = RateLimiter(clock, None)
    assert {limiter.admit(VIN, Kind.WAKE) for _ in range(100)} == {None}


async def test_requests_are_billed_by_their_kind(
    clouds: Clouds, session: ClientSession
) -> None:
    """A sleeping car costs as much as one that answers; state is free."""
    asleep = CarSettings(vin=VIN, home=HOME, starts_asleep=True)
    cloud = await clouds.start(cars=[asleep])
    assert await status_of(cloud, session, "") == 200
    assert await status_of(cloud, session, "/vehicle_data") == 408
    assert await status_of(cloud, session, "/command/charge_start", "POST") == 408
    assert await status_of(cloud, session, "/wake_up", "POST") == 200
    cloud.faults.add(Fault(path="*/vehicle_data", status=503))
    assert await status_of(cloud, session, "/vehicle_data") == 503
    assert cloud.billing.month_to_date == {
        Kind.DATA: 1,
        Kind.COMMAND: 1,
        Kind.WAKE: 1,
    }
    assert cloud.billing.cost == Decimal("0.023")
    kinds = [(r.kind, r.status, r.billed) for r in cloud.requests]
    assert kinds == [
        (Kind.FREE, 200, False),
        (Kind.DATA, 408, True),
        (Kind.COMMAND, 408, True),
        (Kind.WAKE, 200, True),
        (Kind.DATA, 503, False),
    ]


async def test_account_is_disabled_past_its_limit(
    clouds: Clouds, session: ClientSession
) -> None:
    """403 for everything, free calls included; a higher limit opens it again."""
    cloud = await clouds.start(CloudSettings(billing_limit=Decimal("0.004")))
    statuses = [await status_of(cloud, session, "/vehicle_data") for _ in range(4)]
    assert statuses == [200, 200, 403, 403]
    assert await status_of(cloud, session, "") == 403
    assert cloud.billing.cost == Decimal("0.004")
    token = cloud.issue_tokens().access_token
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{cloud.fleet_url('eu')}/api/1/products"
    async with session.get(url, headers=headers) as answer:
        assert "Retry-After" not in answer.headers
        body = await answer.json()
    assert body["error"] == "account disabled: EXCEEDED_LIMIT"
    cloud.billing.limit = Decimal(1)
    assert await status_of(cloud, session, "/vehicle_data") == 200


async def test_fourth_wake_in_a_minute_is_429(
    cloud: Cloud, clock: ManualClock, session: ClientSession
) -> None:
    """The fourth wake in a minute is 429 with the time to wait, and is billed."""
    for _ in range(3):
        assert await status_of(cloud, session, "/wake_up", "POST") == 200
    clock.advance(timedelta(seconds=15))
    token = cloud.issue_tokens().access_token
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{cloud.fleet_url('eu')}/api/1/vehicles/{VIN}/wake_up"
    async with session.post(url, headers=headers) as answer:
        assert answer.status == 429
        assert answer.headers["Retry-After"] == "45"
        assert answer.headers["RateLimit-Reset"] == "45"
        assert (await answer.json())["error_description"] == "Retry in 45 seconds"
    assert cloud.billing.month_to_date[Kind.WAKE] == 4
    clock.advance(timedelta(seconds=45))
    assert await status_of(cloud, session, "/wake_up", "POST") == 200
