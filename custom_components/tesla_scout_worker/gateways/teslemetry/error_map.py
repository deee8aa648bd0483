"""What a failed answer of Teslemetry means. Pure.

Teslemetry passes Tesla's answers on, so Tesla's rows hold behind its own.
"""

from typing import Final

from ..error_map import API, TABLE, Meaning, Rule, Site, Table

_LIBRARY: Final = "Teslemetry, in tesla-fleet-api 1.17.3"

# Teslemetry's words for a token that it does not accept.
REJECTIONS: Final = ("invalid_token", "missing_token")

TESLEMETRY_TABLE: Final[Table] = (
    Rule(
        sites=API | {Site.SETUP},
        statuses=(401, 401),
        words=REJECTIONS,
        meaning=Meaning.TOKEN_REJECTED,
        source=_LIBRARY,
    ),
    Rule(
        sites=API | {Site.SETUP},
        statuses=(402, 402),
        words=(
            "subscription_required",
            "vehicle_subscription_required",
            "insufficient_credits",
        ),
        meaning=Meaning.BILLING,
        source=_LIBRARY,
    ),
    *TABLE,
)
