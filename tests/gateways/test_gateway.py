"""What a gateway says of itself, and who uses it."""

from dataclasses import fields
from datetime import UTC, datetime

from custom_components.tesla_scout_worker.gateways.budget import Budget, Stage
from custom_components.tesla_scout_worker.gateways.fleet_api.client import FleetClient
from custom_components.tesla_scout_worker.gateways.gateway import (
    Capabilities,
    Capability,
    Gateway,
)
from custom_components.tesla_scout_worker.gateways.ledger import (
    NO_PRICES,
    PRICES,
    CallKind,
    Ledger,
)

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)


def _as_gateway(client: FleetClient) -> Gateway:
    """Have mypy check that the client is a gateway."""
    return client


def test_what_is_missing_is_listed() -> None:
    """Whoever tells a person what is lost takes it from there."""
    names = {each.name for each in fields(Capabilities)}
    # How an answer comes about is no loss: nothing is left undone without it.
    assert names == {*Capability, "cached", "write_only", "energy"}
    assert Capabilities(push=True).missing == ()
    assert Capabilities(schedules=False, wake=False).missing == (
        Capability.SCHEDULES,
        Capability.WAKE,
        Capability.PUSH,
    )


def test_a_month_costs_what_the_gateway_says() -> None:
    """A subscription leaves the ledger its counts, at no price."""
    ledger = Ledger.started(NOW)
    for _ in range(500):
        ledger.count(CallKind.DATA, 200, NOW)
    assert ledger.prices == PRICES
    assert round(ledger.cost, 6) == 1
    ledger.prices = NO_PRICES
    assert ledger.cost == 0
    assert ledger.calls[CallKind.DATA] == 500


def test_a_budget_never_stops_what_costs_nothing() -> None:
    """A budget of nothing is spent at once, by calls that cost something."""
    ledger = Ledger.started(NOW)
    budget = Budget(ledger=ledger, limit=0.0)
    assert budget.stage(NOW) is Stage.STOPPED
    assert not budget.allows(CallKind.WAKE, NOW)
    ledger.prices = NO_PRICES
    assert budget.stage(NOW) is Stage.NORMAL
    assert budget.allows(CallKind.WAKE, NOW)
    budget.reserve("session", {CallKind.WAKE: 4}, {CallKind.DATA: 1})
    assert budget.kept == 0
