"""Files as versions of the integration wrote them, and ways to break one."""

from collections.abc import Iterator
from copy import deepcopy
import json
from pathlib import Path
from typing import Any, Final

from custom_components.tesla_scout_worker.storage.codec import Codec
from custom_components.tesla_scout_worker.storage.store import AccountMemory
from homeassistant.helpers.json import json_bytes

CODEC: Final = Codec(AccountMemory)

# The cars in the files of version 1.
VIN: Final = "LRW3E7EK4NC000001"
OTHER_VIN: Final = "LRWYGCEK7PC000002"
THIRD_VIN: Final = "5YJSA7E2XHF000003"

type Place = tuple[str | int, ...]


def file_of(name: str) -> dict[str, Any]:
    """Return the contents of a file, which the code of its version has written.

    Each field of ``v1_full`` differs from its default; ``v1_sparse`` lacks what version
    1 could do without; ``v1_first`` is as the first release wrote it.
    """
    text = (Path(__file__).parent / "files" / f"{name}.json").read_text()
    contents: dict[str, Any] = json.loads(text)["data"]
    return contents


def on_disk(value: Any, codec: Codec[Any] = CODEC) -> dict[str, Any]:
    """Return a value as a file has it, by Home Assistant's own writer."""
    stored: dict[str, Any] = json.loads(json_bytes(codec.encode(value)))
    return stored


def places(stored: Any, place: Place = ()) -> Iterator[Place]:
    """Yield the place of each value in a file; Tesla's payloads are one value."""
    if place:
        yield place
    if place[-1:] == ("payload",):
        return
    if isinstance(stored, dict):
        for key, value in stored.items():
            yield from places(value, (*place, key))
    elif isinstance(stored, list):
        for index, value in enumerate(stored):
            yield from places(value, (*place, index))


def broken_at(stored: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """Return a file with another value at a place."""
    broken = deepcopy(stored)
    inner: Any = broken
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return broken


def values(stored: Any, place: Place = ()) -> dict[Place, Any]:
    """Return the values of a file by their places."""
    if isinstance(stored, dict) and stored:
        inner = [values(value, (*place, key)) for key, value in stored.items()]
    elif isinstance(stored, list) and stored:
        inner = [values(value, (*place, index)) for index, value in enumerate(stored)]
    else:
        return {place: stored}
    return {key: value for part in inner for key, value in part.items()}


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[Place]:
    """Return the places of the values that differ between two files."""
    old, new = values(before), values(after)
    return {
        place
        for place in {*old, *new}
        if old.get(place, "missing") != new.get(place, "missing")
    }
