"""The ways to a car, as they are named in the data of an entry."""

from enum import StrEnum
from typing import Final


class Way(StrEnum):
    """How an entry reads and commands its cars."""

    OWN_APPLICATION = "own_application"
    TESLA_FLEET = "tesla_fleet"
    TESSIE = "tessie"
    TESLEMETRY = "teslemetry"
    ENTITIES = "entities"


# A provider's key is pasted once, and not refreshed.
KEY_WAYS: Final = frozenset({Way.TESSIE, Way.TESLEMETRY})
