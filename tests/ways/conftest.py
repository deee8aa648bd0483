"""The way of a test, and its provider's server."""

import pytest

from custom_components.tesla_scout_worker.const import PROVIDER_SERVERS
from custom_components.tesla_scout_worker.gateways.way import Way
from homeassistant.core import HomeAssistant
from simulator.cloud import Cloud

from ..common import WAY


@pytest.fixture
def providers(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """Put the simulator where the integration expects the providers."""
    for name, url in cloud.provider_urls.items():
        monkeypatch.setitem(PROVIDER_SERVERS, name, url)
    return cloud


@pytest.fixture
def way(request: pytest.FixtureRequest, hass: HomeAssistant, providers: Cloud) -> Way:
    """Set up by the way that the test is parametrised with; own tokens are the default."""
    found = Way(request.param)
    if found is not Way.OWN_APPLICATION:
        hass.data[WAY] = found
    return found
