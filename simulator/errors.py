"""The refusals of the simulated cloud, apart from how they travel."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(eq=False)
class CloudError(Exception):
    """An answer of Tesla's that says no.

    Attributes:
        status: The HTTP status, 400 or above.
        error: Tesla's short text.
        description: Its `error_description`.
        headers: Headers that belong to this refusal.
    """

    status: int
    error: str
    description: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
