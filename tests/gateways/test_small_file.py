"""Files of a user's are read within bounds, and only regular ones are opened."""

import os
from pathlib import Path

import pytest

from custom_components.tesla_scout_worker.gateways.small_file import read_small_file


@pytest.mark.parametrize("size", [0, 1, 99, 100])
def test_a_small_file_is_read_as_it_is(tmp_path: Path, size: int) -> None:
    """Up to the bound, which is included; also by a link."""
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(b"x" * size)
    link.symlink_to(path)
    assert read_small_file(path, 100) == read_small_file(link, 100) == b"x" * size


def test_anything_else_is_an_error_at_once(tmp_path: Path) -> None:
    """A larger file, a folder, a pipe, devices, and files that are not there."""
    large, pipe = tmp_path / "large", tmp_path / "pipe"
    large.write_bytes(b"x" * 101)
    os.mkfifo(pipe)
    for path in (large, tmp_path, pipe, Path("/dev/zero"), Path("/dev/stdin")):
        with pytest.raises(ValueError, match="regular|bytes"):
            read_small_file(path, 100)
    with pytest.raises(OSError, match="missing"):
        read_small_file(tmp_path / "missing", 100)
