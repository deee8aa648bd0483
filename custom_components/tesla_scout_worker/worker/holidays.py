"""The public holidays of a country, by the library that Home Assistant uses as well.

Importing this module loads the library, for about half a second: it belongs at the top
of a module that Home Assistant imports in its executor, never in a coroutine.
"""

from collections.abc import Callable
from datetime import date

from holidays import PUBLIC, country_holidays


def public_holidays(
    country: str, subdivision: str | None = None
) -> Callable[[date], bool]:
    """Return a function that tells whether a local date is a public holiday.

    Blocks: the first call loads the modules of all countries, for half a second or
    more. It belongs in Home Assistant's import executor, since the library cannot be
    imported by two threads at once (hass.async_add_import_executor_job, as in the
    Workday integration). What is returned reads no file and may be called anywhere; a
    new year takes it a tenth of a millisecond.

    Args:
        country: An ISO 3166-1 alpha-2 code, as Home Assistant's country is.
        subdivision: A part of it by its own code, such as ``BY`` of ``DE``.

    Raises:
        NotImplementedError: If the library does not know the country or its part.
    """
    return country_holidays(country, subdiv=subdivision, categories=PUBLIC).__contains__
