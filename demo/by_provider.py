"""Home Assistant as `demo.fast_time` runs it, with the simulator's providers.

`python -m demo.by_provider MORNING SPEED ARGUMENTS`, with the addresses by name as JSON in
`SCOUT_PROVIDERS`.
"""

from importlib import import_module
import json
import os
import sys
from typing import Final

from . import fast_time

PROVIDERS: Final = "SCOUT_PROVIDERS"


def point_to_the_simulator() -> None:
    """Put the simulator where the integration expects the providers."""
    const = import_module("custom_components.tesla_scout_worker.const")
    const.PROVIDER_SERVERS.update(json.loads(os.environ[PROVIDERS]))


if __name__ == "__main__":
    sys.exit(fast_time.main(point_to_the_simulator))
