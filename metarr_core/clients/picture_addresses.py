"""Which addresses pictures may be fetched from: the configured providers', and any that are public on the internet.

A provider's answer, or a user, must not make us ask a machine in the house for something.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Collection

import httpx

from metarr_core.errors import ArtworkRejected, ProviderUnavailable

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class PictureAddresses:
    """The rule, for the hosts and ports of the configured providers."""

    def __init__(self, provider_urls: Collection[str]) -> None:
        self._servers = {_server(httpx.URL(url)) for url in provider_urls}

    async def check(self, provider: str, url: httpx.URL) -> None:
        """Raises ArtworkRejected for an address that is not to be asked, ProviderUnavailable for an unknown host."""
        if url.scheme not in {"http", "https"} or not url.host:
            raise ArtworkRejected(f"{url.scheme or 'an address without scheme'} is refused; pictures come by http or https")
        if _server(url) in self._servers:
            return
        for address in await _resolved(provider, url):
            if not _is_public(address):
                raise ArtworkRejected(f"{url.host} is {address}, a machine in the house; no picture is fetched from there")


def _server(url: httpx.URL) -> tuple[str, int]:
    return url.host, url.port or (443 if url.scheme == "https" else 80)


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    return all(one.is_global and not one.is_multicast for one in (parsed, *_inner(parsed)))


def _inner(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses to which a gateway may hand on what is sent to this one."""
    if not isinstance(address, ipaddress.IPv6Address):
        return []
    nat64 = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None
    return [one for one in (address.ipv4_mapped, address.sixtofour, nat64) if one is not None]


async def _resolved(provider: str, url: httpx.URL) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise ProviderUnavailable(provider, f"{url.host} is not known to the name server") from exc
    return [str(entry[4][0]).partition("%")[0] for entry in found]
