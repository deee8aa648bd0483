"""What a failed answer of Tessie means. Pure.

Tessie passes Tesla's answers on, so Tesla's rows hold behind its own.
"""

from typing import Final

from ..error_map import API, TABLE, Meaning, Rule, Site, Table

# Tessie's words for a key that it does not accept.
REJECTIONS: Final = ("invalid access token", "access token is required")

TESSIE_TABLE: Final[Table] = (
    Rule(
        sites=API | {Site.SETUP},
        statuses=(401, 401),
        words=REJECTIONS,
        meaning=Meaning.TOKEN_REJECTED,
        source="Tessie, in tesla-fleet-api 1.17.3",
    ),
    *TABLE,
)
