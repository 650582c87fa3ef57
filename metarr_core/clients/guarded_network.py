"""Connects to nothing but what the rule of addresses allows, and to the very address that was looked at.

A name may be another machine's by the time that one connects: what was checked before says nothing then.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from urllib.request import getproxies

import httpcore
import httpx

from metarr_core.clients.http import LIMITS, open_client, tls_context
from metarr_core.clients.picture_addresses import PictureAddresses


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """The network, as far as the rule allows it."""

    def __init__(self, addresses: PictureAddresses, network: httpcore.AsyncNetworkBackend | None = None) -> None:
        self._addresses, self._network = addresses, network or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that answers. Raises ArtworkRejected, ProviderUnavailable.

        Name and certificate stay those of the host: only the way there is settled here.
        """
        *others, last = await self._addresses.allowed(host, port)
        for address in others:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(last, port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """As httpcore has it."""
        await self._network.sleep(seconds)


class _Transport(httpx.AsyncHTTPTransport):
    def __init__(self, network: httpcore.AsyncNetworkBackend) -> None:
        super().__init__(verify=tls_context())
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls_context(),
            max_connections=LIMITS.max_connections,
            max_keepalive_connections=LIMITS.max_keepalive_connections,
            keepalive_expiry=LIMITS.keepalive_expiry,
            network_backend=network,
        )


@asynccontextmanager
async def open_picture_client(
    addresses: PictureAddresses, network: httpcore.AsyncNetworkBackend | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A client for pictures. Behind a proxy it is the proxy that connects: then the rule holds for names alone."""
    is_proxied = network is None and bool({"http", "https", "all"} & getproxies().keys())
    transport = None if is_proxied else _Transport(GuardedNetwork(addresses, network))
    async with open_client(transport=transport) as client:
        yield client
