"""A network between two parts, which can be made to lose what it carries, as a firewall does: without a word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Network:
    """A way to a server. What `swallow` has hit stays open, and nothing comes through any more; new connections do."""

    port: int = 0
    connections: int = 0
    _open: set[asyncio.Event] = field(default_factory=set)

    def swallow(self) -> int:
        """Lose, from now on, all that goes over the connections that there are; gives how many."""
        swallowed = [one for one in self._open if not one.is_set()]
        for one in swallowed:
            one.set()
        return len(swallowed)


@asynccontextmanager
async def network(host: str, port: int) -> AsyncIterator[Network]:
    """A way to the server at this address."""
    way, ways = Network(), set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ways.add(asyncio.current_task())
        is_swallowed = asyncio.Event()
        way._open.add(is_swallowed)
        way.connections += 1
        there, onward = await asyncio.open_connection(host, port)
        try:
            _, left = await asyncio.wait(
                [asyncio.create_task(_pass_on(*ends, is_swallowed)) for ends in ((reader, onward), (there, writer))],
                return_when=asyncio.FIRST_COMPLETED,
            )
            for one in left:
                one.cancel()
            if is_swallowed.is_set():
                await asyncio.Event().wait()  # that one end is closed does not come through either
        except asyncio.CancelledError:
            return  # the network ends
        finally:
            way._open.discard(is_swallowed)
            for end in (writer, onward):
                end.close()

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    way.port = server.sockets[0].getsockname()[1]
    try:
        yield way
    finally:
        server.close()
        for one in ways:
            one.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_swallowed: asyncio.Event) -> None:
    with suppress(ConnectionError):
        while some := await reader.read(65536):
            if not is_swallowed.is_set():
                writer.write(some)
                await writer.drain()
