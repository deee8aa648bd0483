"""The file of the private key for signed commands; a user names it, so it is checked."""

from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ..small_file import read_small_file

# A P-256 key in PEM has 240 bytes, and comments may precede it.
MOST_BYTES: Final = 16 * 1024


class KeyFileFault(StrEnum):
    """Why a file holds no key for signed commands: the key of a flow's error."""

    OUTSIDE = "private_key_outside"
    NO_KEY = "invalid_private_key"


def key_file_fault(path: Path, folder: Path | None = None) -> KeyFileFault | None:
    """Return what is wrong with a private key file; None: it can be used.

    It must be a regular file of a few kilobytes, within the folder once all links are
    followed: a device or a pipe would be read without end, and a file of another
    program is none of ours. It must hold a NIST P-256 key in PEM, the only kind that
    cars accept. This reads the file: run it in a thread.

    Args:
        path: The file.
        folder: The configuration folder; None: any folder.
    """
    try:
        resolved = path.resolve()
        if folder is not None and not resolved.is_relative_to(folder.resolve()):
            return KeyFileFault.OUTSIDE
        content = read_small_file(resolved, MOST_BYTES)
    except OSError, ValueError:
        return KeyFileFault.NO_KEY
    return None if _is_key(content) else KeyFileFault.NO_KEY


def is_private_key(path: Path, folder: Path | None = None) -> bool:
    """Return whether a file holds a key for signed commands, and may be used."""
    return key_file_fault(path, folder) is None


def _is_key(content: bytes) -> bool:
    """Return whether PEM holds a NIST P-256 key without a password."""
    try:
        key = load_pem_private_key(content, password=None)
    except TypeError, ValueError, UnsupportedAlgorithm:
        return False
    return isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(
        key.curve, ec.SECP256R1
    )
