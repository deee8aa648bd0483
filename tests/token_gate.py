"""A gate before the token endpoint: it counts, and holds requests and answers back."""

import asyncio
from datetime import UTC, datetime
from typing import Self

from aiohttp import ClientSession, web


class TokenGate:
    """Passes refreshes on to the simulator, when and as far as it is open.

    Attributes:
        used: The refresh token of every request, in order.
        used_at: When each of them arrived.
        inside: Requests that wait for their answer now.
        most: The most requests that were ever inside together.
        to_tesla: Cleared, it holds requests back before Tesla knows of them.
        from_tesla: Cleared, it holds back what Tesla answered.
        came: Set whenever a request arrives; a test may clear it.
    """

    def __init__(self, token_url: str) -> None:
        """Stand before a token endpoint, open both ways."""
        self._token_url = token_url
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.used: list[str] = []
        self.used_at: list[datetime] = []
        self.inside = 0
        self.most = 0
        self.to_tesla = asyncio.Event()
        self.from_tesla = asyncio.Event()
        self.came = asyncio.Event()
        self.to_tesla.set()
        self.from_tesla.set()

    async def __aenter__(self) -> Self:
        """Serve."""
        app = web.Application()
        app.router.add_post("/token", self._pass)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/token"
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Let everybody pass, and stop serving."""
        self.to_tesla.set()
        self.from_tesla.set()
        assert self._runner is not None
        await self._runner.cleanup()

    async def _pass(self, request: web.Request) -> web.Response:
        """Pass one request on, and its answer back."""
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.used.append(form.get("refresh_token", ""))
        self.used_at.append(datetime.now(UTC))
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.came.set()
        try:
            await self.to_tesla.wait()
            async with (
                ClientSession() as session,
                session.post(self._token_url, data=form) as answer,
            ):
                body = await answer.read()
            await self.from_tesla.wait()
        finally:
            self.inside -= 1
        return web.Response(
            body=body, status=answer.status, content_type=answer.content_type
        )
