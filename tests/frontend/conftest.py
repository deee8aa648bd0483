"""A browser whose connection lasts for as long as a test lets time pass."""

from typing import Literal

from aiohttp import web
import pytest

from homeassistant.components.websocket_api import http
from simulator.car import CarSettings

from ..worker.off_peak.off_peak_helpers import AWAKE


@pytest.fixture
def car_settings() -> CarSettings:
    """Return a car at home that does not fall asleep, at 40 %."""
    return AWAKE


@pytest.fixture(autouse=True)
def _no_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do without the pings that a browser would have to answer on the test's clock."""
    response = web.WebSocketResponse

    def lasting(**_: object) -> web.WebSocketResponse[Literal[False]]:
        """Return a connection without pings."""
        return response(decode_text=False)

    monkeypatch.setattr(http.web, "WebSocketResponse", lasting)
