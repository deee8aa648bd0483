"""Temporary."""

from datetime import datetime
from typing import Any

from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from ..charging.car_record import CarRecord

_ENCODER = BasicEncoder(CarRecord)
_DECODER = BasicDecoder(CarRecord)


def record_as_dict(record: CarRecord) -> dict[str, Any]:
    """Encode."""
    encoded: dict[str, Any] = _ENCODER.encode(record)
    return encoded


def restored_record(stored: Any) -> CarRecord:
    """Decode."""
    return _DECODER.decode(stored)


def as_text(at: datetime | None) -> str | None:
    """Return an instant as text."""
    return None if at is None else at.isoformat()


def as_instant(text: str | None) -> datetime | None:
    """Return the instant."""
    return None if text is None else datetime.fromisoformat(text)
