"""A disk that is full: the kernel refuses what is written."""

from collections.abc import Iterator
from contextlib import contextmanager
import io
from pathlib import Path
from typing import Any, Final, override
from unittest.mock import patch

from atomicwrites import AtomicWriter  # type: ignore[import-untyped]

# A device of the kernel's.
FULL: Final = Path("/dev/full")


class _FullFile(io.FileIO):
    """A file on a full disk."""

    @override
    def write(self, data: Any) -> int:
        """Have the kernel refuse: there is no space left."""
        with FULL.open("wb", buffering=0) as full:
            return full.write(data)


@contextmanager
def full_disk() -> Iterator[None]:
    """Have every atomic write meet a full disk."""
    open_temporary = AtomicWriter.get_fileobject

    def get_fileobject(writer: AtomicWriter, **options: Any) -> io.BufferedWriter:
        """Return the temporary file of a write, on the full disk."""
        with open_temporary(writer, **options) as file:
            name: str = file.name
        return io.BufferedWriter(_FullFile(name, "wb"))

    with patch.object(AtomicWriter, "get_fileobject", get_fileobject):
        yield
