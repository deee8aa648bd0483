"""Public holidays of a country, from the library that Home Assistant uses.

Importing this module loads the library, which takes about half a second. Import it at
the top of a module that Home Assistant imports in its executor, never in a coroutine.
"""

from collections.abc import Callable
from datetime import date

from holidays import PUBLIC, country_holidays


def public_holidays(
    country: str, subdivision: str | None = None
) -> Callable[[date], bool]:
    """Return a function that returns whether a local date is a public holiday.

    Blocking: the first call loads the modules of all countries, for half a second or
    more. Run it in Home Assistant's import executor, since two threads cannot import
    the library at once (hass.async_add_import_executor_job, as in the Workday
    integration).
    The returned function reads no file and may be called anywhere; the first date of a
    new year takes it 0.1 ms.

    Args:
        country: An ISO 3166-1 alpha-2 code, as Home Assistant's country is.
        subdivision: A part of it by its own code, such as ``BY`` of ``DE``.

    Raises:
        NotImplementedError: If the library does not know the country or its part.
    """
    return country_holidays(country, subdiv=subdivision, categories=PUBLIC).__contains__
