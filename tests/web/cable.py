"""A cable between the shim and its database, which can be pulled, plugged in again, and blocked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL, make_url


class Cable:
    """Carries bytes between a port of its own and the database's."""

    def __init__(self, database_url: str) -> None:
        self._far: URL = make_url(database_url)
        self._server: asyncio.Server | None = None
        self._port = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._carriers: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()

    @property
    def url(self) -> str:
        """The database's address by way of the cable."""
        return self._far.set(host="127.0.0.1", port=self._port).render_as_string(hide_password=False)

    async def plug_in(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def pull(self) -> None:
        """Break all connections; new ones are refused."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        for writer in self._writers:
            writer.transport.abort()
        if self._carriers:
            await asyncio.wait(self._carriers)

    def block(self) -> None:
        """Let nothing through: connections are taken, and then nobody answers."""
        self._flows.clear()

    def unblock(self) -> None:
        self._flows.set()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carriers.add(task)
        task.add_done_callback(self._carriers.discard)
        far_reader, far_writer = await asyncio.open_connection(self._far.host, self._far.port)
        ends = {writer, far_writer}
        self._writers |= ends
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._writers -= ends

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@asynccontextmanager
async def cable_to(database_url: str) -> AsyncIterator[Cable]:
    cable = Cable(database_url)
    await cable.plug_in()
    try:
        yield cable
    finally:
        cable.unblock()
        await cable.pull()
