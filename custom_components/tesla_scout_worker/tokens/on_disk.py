"""Which refresh token of an entry is on disk, as a start after a crash would find it."""

import json
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR

from .exchange import CONF_REFRESH_TOKEN

# Home Assistant keeps the data of all entries in this file, and does not say whether
# writing it failed.
ENTRIES_FILE: Final = "core.config_entries"


async def async_refresh_token_on_disk(hass: HomeAssistant, entry_id: str) -> str | None:
    """Return the refresh token that the file has for an entry; None: it is unknown."""
    path = Path(hass.config.path(STORAGE_DIR, ENTRIES_FILE))
    return await hass.async_add_executor_job(_read, path, entry_id)


def _read(path: Path, entry_id: str) -> str | None:
    """Return the refresh token of an entry; None if the file does not tell."""
    try:
        contents: Any = json.loads(path.read_bytes())
        entries = contents["data"]["entries"]
        [entry] = [each for each in entries if each["entry_id"] == entry_id]
        return str(entry["data"]["token"][CONF_REFRESH_TOKEN])
    except OSError, ValueError, LookupError, TypeError:
        return None
