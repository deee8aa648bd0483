"""Home Assistant for a browser: Tesla's addresses are those of the simulator.

``python -m tests.browser.hass_process MORNING SPEED ARGUMENTS``, as ``demo.fast_time``,
with the addresses as JSON in ``TSW_TESLA``: ``auth``, one for each region, the
``providers`` by name, and ``domain``, with the name of a domain in braces.
"""

from importlib import import_module
import json
import os
import sys

from demo import fast_time

HOUSE = "custom_components.tesla_scout_worker"


def point_to_the_simulator() -> None:
    """Put the simulator where the integration expects Tesla."""
    addresses = json.loads(os.environ["TSW_TESLA"])
    credentials = import_module(f"{HOUSE}.gateways.fleet_api.credentials")
    credentials.AUTH_SERVER = addresses.pop("auth")  # type: ignore[attr-defined]
    key_file = import_module(f"{HOUSE}.config.key_file")
    key_file.DOMAIN_SERVER = addresses.pop("domain")  # type: ignore[attr-defined]
    const = import_module(f"{HOUSE}.const")
    const.PROVIDER_SERVERS.update(addresses.pop("providers"))
    const.REGION_SERVERS.update(addresses)


if __name__ == "__main__":
    sys.exit(fast_time.main(point_to_the_simulator))
