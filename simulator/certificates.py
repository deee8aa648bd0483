"""Self-signed certificates for the command proxy."""

import asyncio
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
import ssl
import sys
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

# TLS compares with the system's time, which a frozen test clock may move by years.
_VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)
_VALID_FOR = timedelta(days=365 * 40)

_BEGIN_CERTIFICATE = "-----BEGIN CERTIFICATE-----"

# Certificates made so far, by address.
_made: dict[str, bytes] = {}


async def self_signed(host: str) -> tuple[ssl.SSLContext, str]:
    """Return a server's TLS context for an address, and its certificate as PEM.

    Made by a process of its own: cryptography keeps the kind of datetime that it meets
    first, and under a frozen test clock that is not the kind of the next test. One
    serves all clouds of a process, since a process takes its time.
    """
    if host not in _made:
        maker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __name__, host),
            cwd=Path(__file__).parents[1],
            stdout=asyncio.subprocess.PIPE,
        )
        _made[host], _ = await maker.communicate()
    made = _made[host]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # The ssl module reads keys from files only.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "simulator.pem"
        path.write_bytes(made)
        context.load_cert_chain(path)
    text = made.decode("ascii")
    return context, text[text.index(_BEGIN_CERTIFICATE) :]


def make(host: str) -> str:
    """Return a new key and its certificate for an address, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "simulator")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address(host))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_VALID_FROM)
        .not_valid_after(_VALID_FROM + _VALID_FOR)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (key_pem + certificate.public_bytes(Encoding.PEM)).decode("ascii")


if __name__ == "__main__":
    sys.stdout.write(make(sys.argv[1]))
