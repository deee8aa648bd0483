"""The web servers of partner domains: each shows a public key."""

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .state import CloudState

KEY_PATH = "/.well-known/appspecific/com.tesla.3p.public-key.pem"


def pem_of(point: bytes) -> str:
    """Return the PEM text of a 65-byte P-256 point."""
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


def domain_app(state: CloudState) -> web.Application:
    """Return one server for all domains; the domain is the first part of a path."""

    async def answer(request: web.Request) -> web.Response:
        """Answer with the public key of a domain, or with what is there instead."""
        domain = request.match_info["domain"]
        if (page := state.public_key_pages.get(domain)) is not None:
            status, text = page
            return web.Response(status=status, text=text)
        if (point := state.public_keys.get(domain)) is None:
            return web.Response(status=404, text="Not found")
        return web.Response(text=pem_of(point))

    app = web.Application()
    app.router.add_get("/{domain}" + KEY_PATH, answer)
    return app
