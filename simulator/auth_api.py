"""Tesla's sign-in server: the consent page and the token endpoint."""

from html import escape

from aiohttp import web
from yarl import URL

from .auth import error_body
from .errors import CloudError
from .serving import RequestMiddleware, json_response
from .settings import CloudSettings
from .state import CloudState

AUTHORIZE_PATH = "/oauth2/v3/authorize"
TOKEN_PATH = "/oauth2/v3/token"

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Simulated Tesla sign-in</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 26rem; margin: 4rem auto }}
label {{ display: block }}
button {{ font: inherit; margin: 1rem 1rem 0 0; padding: .4rem 1rem }}
</style></head>
<body>
<h1>Simulated Tesla</h1>
{content}
</body>
</html>
"""
_FORM = """<p>{name} ({email}): may <b>{client}</b> do this?</p>
<form method="post">
{scopes}
<button name="decision" value="allow">Sign in</button>
<button name="decision" value="deny">Deny</button>
</form>
"""


class AuthApi:
    """Serves `Auth` over HTTP."""

    def __init__(self, state: CloudState) -> None:
        """Serve the account of a cloud."""
        self._auth = state.auth
        self._settings: CloudSettings = state.settings

    async def show_page(self, request: web.Request) -> web.Response:
        """Answer GET authorize: the page, or a redirect if consent is automatic."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        asked = self._auth.grantable_scopes(request.query["scope"])
        if self._settings.auto_consent or request.query.get("auto") == "1":
            return self._consent(request, asked)
        boxes = "\n".join(
            f'<label><input type="checkbox" name="scope" value="{escape(scope)}"'
            f" checked> {escape(scope)}</label>"
            for scope in asked
        )
        return _page(
            _FORM.format(
                name=escape(self._settings.full_name),
                email=escape(self._settings.email),
                client=escape(self._settings.client_id),
                scopes=boxes,
            )
        )

    async def decide(self, request: web.Request) -> web.Response:
        """Answer POST authorize, the user's decision."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        form = await request.post()
        if form.get("decision") != "allow":
            return _redirect(request, {"error": "access_denied"})
        asked = self._auth.grantable_scopes(request.query["scope"])
        ticked = {str(scope) for scope in form.getall("scope", [])}
        return self._consent(request, tuple(s for s in asked if s in ticked))

    async def token(self, request: web.Request) -> web.Response:
        """Answer POST token, which must be a form (Tesla)."""
        if request.content_type != "application/x-www-form-urlencoded":
            raise CloudError(400, "invalid_request", "The body must be a form.")
        form = {key: str(value) for key, value in (await request.post()).items()}
        return json_response(self._auth.token(form))

    def _refusal(self, request: web.Request) -> web.Response | None:
        """Return an error page if the query is invalid."""
        try:
            self._auth.check_authorization(request.query)
        except CloudError as error:
            text = f"{error.error}: {error.description}"
            return _page(f"<p>{escape(text)}</p>", error.status)
        return None

    def _consent(self, request: web.Request, scopes: tuple[str, ...]) -> web.Response:
        """Redirect to the application with a code."""
        code = self._auth.grant_code(request.query["redirect_uri"], scopes)
        return _redirect(request, {"code": code})


def auth_app(state: CloudState) -> web.Application:
    """Return the sign-in server."""
    api = AuthApi(state)
    app = web.Application(
        middlewares=[RequestMiddleware(state, "auth", error_body).middleware]
    )
    app.router.add_get(AUTHORIZE_PATH, api.show_page)
    app.router.add_post(AUTHORIZE_PATH, api.decide)
    app.router.add_post(TOKEN_PATH, api.token)
    return app


def _page(content: str, status: int = 200) -> web.Response:
    """Return an HTML page."""
    return web.Response(
        text=_PAGE.format(content=content), content_type="text/html", status=status
    )


def _redirect(request: web.Request, result: dict[str, str]) -> web.Response:
    """Return a redirect to the application, with the state that it sent."""
    target = URL(request.query["redirect_uri"])
    location = target.update_query(result | {"state": request.query["state"]})
    return web.Response(status=302, headers={"Location": str(location)})
