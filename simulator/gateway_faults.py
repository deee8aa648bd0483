"""Faults as they come from what stands between a client and Tesla. Pure.

Each is a `Fault`; `dataclasses.replace` sets where and how often it applies.
"""

from .faults import Fault

_PAGE = """<html>
<head><title>{title}</title></head>
<body>
<center><h1>{title}</h1></center>
<hr><center>gateway</center>
</body>
</html>
"""


def html_page(status: int, title: str = "Bad Gateway") -> Fault:
    """Return a gateway's HTML page instead of Tesla's answer."""
    return Fault(
        status=status,
        body=_PAGE.format(title=f"{status} {title}"),
        content_type="text/html",
        gateway=True,
    )


def captive_portal() -> Fault:
    """Return the sign-in page of a network, with status 200 for every request."""
    return html_page(200, "Welcome, please sign in to use this network")


def redirect(location: str, status: int = 302) -> Fault:
    """Return a redirect to an address."""
    return Fault(status=status, body="", headers={"Location": location}, gateway=True)


def slow_drip(seconds: float) -> Fault:
    """Return a true answer in 20 pieces, with real seconds before each."""
    return Fault(drip=seconds)


def null_response() -> Fault:
    """Return an answer without content, as has been seen for wake_up.

    The request takes effect.
    """
    return Fault(body={"response": None})
