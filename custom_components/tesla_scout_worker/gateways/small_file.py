"""A file that a user names or puts somewhere, read within bounds. It blocks."""

from pathlib import Path
import stat


def read_small_file(path: Path, most: int) -> bytes:
    """Return the content of a regular file of at most a number of bytes.

    A pipe or a device is not even opened: that alone may wait, or act.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no regular file, or a larger one.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("it is no regular file")
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"it has more than {most} bytes")
    return content
