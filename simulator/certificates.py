"""A self-signed certificate, for the command proxy over TLS."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
import ssl
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


def self_signed(host: str) -> tuple[ssl.SSLContext, str]:
    """Return a server's TLS context for an address, and its certificate as PEM."""
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
    pem = certificate.public_bytes(Encoding.PEM).decode()
    key_pem = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ).decode()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # The ssl module reads keys from files only.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "simulator.pem"
        path.write_text(key_pem + pem, encoding="ascii")
        context.load_cert_chain(path)
    return context, pem
