"""Which addresses pictures may be fetched from: the configured providers', and any that are public on the internet.

A provider's answer, or a user, must not make us ask a machine in the house for something.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection

import httpx

from metarr_core.errors import ArtworkRejected, ProviderUnavailable

GLOBAL_UNICAST, NAT64 = ipaddress.IPv6Network("2000::/3"), ipaddress.IPv6Network("64:ff9b::/96")
"""Of IPv6, what leads out of the house. All else is local, or handed on by some gateway, whatever Python says of it."""
PORTS = range(1, 65_536)

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Gives the addresses of a host, for a port."""


async def ask_name_server(host: str, port: int) -> list[str]:
    """The addresses of a host. Raises OSError, UnicodeError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]).partition("%")[0] for entry in found]


class PictureAddresses:
    """The rule, for the hosts and ports of the configured providers."""

    def __init__(self, provider_urls: Collection[str], resolve: Resolve = ask_name_server) -> None:
        self._servers = {_server(httpx.URL(url)) for url in provider_urls}
        self._resolve = resolve

    async def check(self, provider: str, url: httpx.URL) -> None:
        """Raises ArtworkRejected for an address that is not to be asked, ProviderUnavailable for an unknown host."""
        if url.scheme not in {"http", "https"} or not url.host:
            raise ArtworkRejected(f"{url.scheme or 'an address without scheme'} is refused; pictures come by http or https")
        if (url.port or 1) not in PORTS:
            raise ArtworkRejected(f"its address is none: there is no port {url.port}")
        await self.allowed(*_server(url), provider)

    async def allowed(self, host: str, port: int, provider: str = "the address") -> list[str]:
        """Where a host may be connected to, a provider's by its name.

        Raises ArtworkRejected where one of its addresses is not to be asked, ProviderUnavailable for an unknown host.
        """
        if (host, port) in self._servers:
            return [host]
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as exc:
            raise ProviderUnavailable(provider, f"{host} is not known to the name server") from exc
        for address in found:
            if not _is_public(address):
                raise ArtworkRejected(f"{host} is {address}, a machine in the house; no picture is fetched from there")
        return list(dict.fromkeys(found))


def _server(url: httpx.URL) -> tuple[str, int]:
    return url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80)


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    is_outside = parsed.version == 4 or parsed in GLOBAL_UNICAST or parsed in NAT64  # noqa: PLR2004
    return is_outside and all(one.is_global and not one.is_multicast for one in (parsed, *_inner(parsed)))


def _inner(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses to which a gateway may hand on what is sent to this one."""
    if not isinstance(address, ipaddress.IPv6Address):
        return []
    nat64 = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None
    return [one for one in (address.ipv4_mapped, address.sixtofour, nat64) if one is not None]
