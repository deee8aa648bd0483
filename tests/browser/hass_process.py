"""Home Assistant for a browser: Tesla's addresses are those of the simulator.

``python -m tests.browser.hass_process MORNING SPEED ARGUMENTS``, as ``demo.fast_time``,
with the addresses as JSON in ``TSW_TESLA``: ``auth``, and one for each region.
"""

from importlib import import_module
import json
import os
import sys

from demo import fast_time

HOUSE = "custom_components.tesla_scout_worker"


def point_to_the_simulator() -> None:
    """Put the simulator where the integration expects Tesla."""
    addresses: dict[str, str] = json.loads(os.environ["TSW_TESLA"])
    credentials = import_module(f"{HOUSE}.gateways.fleet_api.credentials")
    credentials.AUTH_SERVER = addresses.pop("auth")  # type: ignore[attr-defined]
    import_module(f"{HOUSE}.const").REGION_SERVERS.update(addresses)


if __name__ == "__main__":
    sys.exit(fast_time.main(point_to_the_simulator))
