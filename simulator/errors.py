"""Errors of the simulated cloud, independent of HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(eq=False)
class CloudError(Exception):
    """An error answer of the cloud.

    Attributes:
        status: The HTTP status, 400 or above.
        error: The short text.
        description: Its `error_description`.
        headers: Headers of this answer.
    """

    status: int
    error: str
    description: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
