"""Keys and signatures of Tesla's command protocol, as both sides compute them. Pure.

Rules: vehicle-command, `pkg/protocol/protocol.md`.
"""

import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from tesla_protocol.command.signatures_pb2 import SignatureType, Tag
from tesla_protocol.command.universal_message_pb2 import RoutableMessage


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return a public key as its uncompressed point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def read_point(public_key: bytes | str) -> bytes:
    """Return a public key, a point or PEM text, as its uncompressed point.

    Raises:
        ValueError: It is not a P-256 key.
    """
    if isinstance(public_key, bytes):
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
        return point_of(point)
    key = load_pem_public_key(public_key.encode())
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise ValueError("not a P-256 key")
    return point_of(key)


def shared_key(private_key: ec.EllipticCurvePrivateKey, public_key: bytes) -> bytes:
    """Return the key that two sides share, from one's private and the other's point.

    Raises:
        ValueError: The point is not on the curve.
    """
    other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    secret = private_key.exchange(ec.ECDH(), other)
    # Tesla's protocol: the first 16 bytes of SHA-1 of the shared secret.
    return hashlib.sha1(secret, usedforsecurity=False).digest()[:16]


def session_info_tag(shared: bytes, vin: str, challenge: bytes, info: bytes) -> bytes:
    """Return the tag of a serialized `SessionInfo` that answers a request.

    Args:
        shared: The shared key.
        vin: The car's.
        challenge: The UUID of the request.
        info: The serialized session info.
    """
    fields = _metadata(
        (Tag.TAG_SIGNATURE_TYPE, bytes([SignatureType.SIGNATURE_TYPE_HMAC])),
        (Tag.TAG_PERSONALIZATION, vin.encode()),
        (Tag.TAG_CHALLENGE, challenge),
    )
    return _tag(shared, "session info", fields + info)


def command_tag(message: RoutableMessage, shared: bytes, vin: str) -> bytes:
    """Return the correct tag of a command to a VIN."""
    signature = message.signature_data.HMAC_Personalized_data
    signature_type = SignatureType.SIGNATURE_TYPE_HMAC_PERSONALIZED
    fields = [
        (Tag.TAG_SIGNATURE_TYPE, bytes([signature_type])),
        (Tag.TAG_DOMAIN, bytes([message.to_destination.domain])),
        (Tag.TAG_PERSONALIZATION, vin.encode()),
        (Tag.TAG_EPOCH, signature.epoch),
        (Tag.TAG_EXPIRES_AT, struct.pack(">I", signature.expires_at)),
        (Tag.TAG_COUNTER, struct.pack(">I", signature.counter)),
    ]
    if message.flags:
        fields.append((Tag.TAG_FLAGS, struct.pack(">I", message.flags)))
    payload = _metadata(*fields) + message.protobuf_message_as_bytes
    return _tag(shared, "authenticated command", payload)


def _tag(shared: bytes, purpose: str, payload: bytes) -> bytes:
    """Return the HMAC of a payload by the key that is derived for a purpose."""
    key = hmac.digest(shared, purpose.encode(), hashlib.sha256)
    return hmac.digest(key, payload, hashlib.sha256)


def _metadata(*fields: tuple[Tag, bytes]) -> bytes:
    """Return fields as type, length and value, with the end tag."""
    encoded = b"".join(bytes([tag, len(value)]) + value for tag, value in fields)
    return encoded + bytes([Tag.TAG_END])
