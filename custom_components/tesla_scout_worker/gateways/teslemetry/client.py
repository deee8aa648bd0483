"""Calls through Teslemetry: the car answers them, and each takes credits."""

from collections.abc import Mapping
from typing import Final

from ..error_map import Table
from ..fleet_api.relay import RelayClient
from ..ledger import CallKind, Prices
from .error_map import REJECTIONS, TESLEMETRY_TABLE

# US dollars (Teslemetry, pricing, 2026-11): 2,000 credits for $2.50.
CREDIT: Final = 2.5 / 2000

# Credits for one call (Teslemetry, pricing, 2026-11).
CREDITS: Final[Mapping[CallKind, int]] = {
    CallKind.DATA: 2,
    CallKind.COMMAND: 1,
    CallKind.WAKE: 20,
    CallKind.FREE: 0,
}

PRICES: Final[Prices] = {kind: CREDIT * count for kind, count in CREDITS.items()}


class TeslemetryClient(RelayClient):
    """The gateway of one account at Teslemetry."""

    prices: Prices = PRICES
    table: Table = TESLEMETRY_TABLE
    rejections: tuple[str, ...] = REJECTIONS
