"""A real Home Assistant in a process that may be killed, as a test holds it."""

import asyncio
from collections.abc import Callable, Sequence
import json
import multiprocessing
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
import random
import resource
import socket
from typing import Any

from custom_components.tesla_scout_worker.const import DOMAIN

from .crash_driver import ENTRIES_FILE, PRELOAD, run

# Real seconds for which a test waits for the process.
PATIENCE = 240


def quiet_port() -> int:
    """Return a free port that no outgoing connection takes while a process is down.

    The system takes the ports of those from 32768 on.
    """
    while True:
        # Not from the seed that tests share, which gives all workers the same port.
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class Victim:
    """A Home Assistant that may be killed and started again in the same folder."""

    def __init__(
        self,
        folder: Path,
        target: Callable[..., None] = run,
        preload: Sequence[str] = PRELOAD,
    ) -> None:
        """Choose the folder with its files, and what the process runs."""
        self.folder = folder
        self._port = quiet_port()
        self._target = target
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(preload))
        self._process: ForkServerProcess | None = None
        self._line: Connection | None = None

    async def start(self, **how: Any) -> dict[str, Any]:
        """Start it, and return how its entries and flows are; ``how`` is the target's."""
        self.launch(**how)
        condition = await self.hear()
        assert isinstance(condition, dict)
        return condition

    def launch(self, **how: Any) -> None:
        """Start it, and do not wait for it."""
        here, there = self._context.Pipe()
        self._line = here
        self._process = self._context.Process(
            target=self._target, args=(str(self.folder), self._port, there), kwargs=how
        )
        self._process.start()
        there.close()

    def tell(self, *command: object) -> None:
        """Give it a command, whose answer may be heard."""
        assert self._line is not None
        self._line.send(command if len(command) > 1 else command[0])

    @property
    def has_spoken(self) -> bool:
        """Whether there is an answer to hear."""
        assert self._line is not None
        return self._line.poll()

    async def hear(self) -> object:
        """Wait for its answer."""
        assert self._line is not None
        async with asyncio.timeout(PATIENCE):
            while not self._line.poll():
                await asyncio.sleep(0.005)
        return self._line.recv()

    async def act(self, action: str) -> object:
        """Have it call an action, and return the answer."""
        self.tell("act", action, 1)
        return await self.hear()

    def strike(self) -> None:
        """Kill it, without a chance to write anything down, and do not wait."""
        assert self._process is not None
        self._process.kill()

    async def kill(self) -> None:
        """Kill it, and wait until it is no more."""
        self.strike()
        await self.gone()

    def fill_disk(self, *, full: bool) -> None:
        """Let none of its files grow, or let them: a write fails as on a full disk."""
        assert self._process is not None
        assert self._process.pid is not None
        _, hard = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
        limits = 0 if full else hard, hard
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, limits)

    async def gone(self) -> None:
        """Wait until it is no more."""
        assert self._process is not None
        assert self._line is not None
        async with asyncio.timeout(PATIENCE):
            while self._process.is_alive():
                await asyncio.sleep(0.005)
        self._line.close()
        self._process.close()
        self._process = None

    async def end(self) -> None:
        """Leave nothing running."""
        if self._process is not None:
            await self.kill()

    def stored(self) -> str | None:
        """Return the refresh token on the disk, or None before there is one."""
        file = self.folder / ".storage" / ENTRIES_FILE
        if not file.exists():
            return None
        entries = json.loads(file.read_text())["data"]["entries"]
        for entry in entries:
            if entry["domain"] == DOMAIN:
                return str(entry["data"]["token"]["refresh_token"])
        return None

    async def stored_other_than(self, known: str | None) -> str:
        """Wait until another refresh token is on the disk, and return it."""
        async with asyncio.timeout(PATIENCE):
            while (found := self.stored()) is None or found == known:
                await asyncio.sleep(0.02)
        return found
