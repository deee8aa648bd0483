"""The ways to a car, as they are named in the data of an entry."""

from enum import StrEnum


class Way(StrEnum):
    """How an entry reads and commands its cars."""

    OWN_APPLICATION = "own_application"
    TESLA_FLEET = "tesla_fleet"
    TESSIE = "tessie"
    TESLEMETRY = "teslemetry"
    ENTITIES = "entities"
