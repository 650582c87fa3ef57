"""Fetches pictures from the servers of providers: streamed, hashed on the way, bounded in size and time."""

from __future__ import annotations

import asyncio
import hashlib
from http import HTTPStatus
from pathlib import Path

import httpx

from metarr_core.clients.http import KeyRefused, raise_for_status
from metarr_core.clients.picture_addresses import PictureAddresses
from metarr_core.domain.ids import Sha256
from metarr_core.errors import ArtworkRejected, ArtworkTooLarge, NotFoundError, ProviderUnavailable, StorageUnavailable

PAUSES_SECONDS = (1.0, 2.0)
TIME_LIMIT_SECONDS = 30.0
MOST_REDIRECTS = 3
MOST_CONNECTIONS = 20
"""TMDB's server of pictures allows so many from one address, whatever the number of processes."""
AS_IT_IS = {"Accept": "image/*", "Accept-Encoding": "identity"}
"""Pictures are packed already; what is packed several times over unpacks to gigabytes before anybody can count them."""
SIZE_LIMIT_BYTES = 50 * 1024 * 1024


class Pictures:
    """A client of picture servers. `at_once` is this process's share of the connections."""

    def __init__(self, http: httpx.AsyncClient, addresses: PictureAddresses, *, at_once: int = MOST_CONNECTIONS) -> None:
        self._http, self._addresses = http, addresses
        self._slots = asyncio.Semaphore(at_once)

    async def fetch(
        self, provider: str, url: str, target: Path, *, most_bytes: int = SIZE_LIMIT_BYTES, is_awaited: bool = False
    ) -> Sha256:
        """Fetch a picture into a file, in up to three attempts of 30 s, one where somebody waits; gives its hash.

        Raises NotFoundError, ArtworkRejected, ArtworkTooLarge, ProviderUnavailable, StorageUnavailable.
        """
        for pause in () if is_awaited else PAUSES_SECONDS:
            try:
                return await self._fetch_once(provider, url, target, most_bytes)
            except ProviderUnavailable:
                await asyncio.sleep(pause)
        return await self._fetch_once(provider, url, target, most_bytes)

    async def _fetch_once(self, provider: str, url: str, target: Path, most_bytes: int) -> Sha256:
        try:
            async with self._slots, asyncio.timeout(TIME_LIMIT_SECONDS):
                return await self._stream(provider, url, target, most_bytes)
        except TimeoutError as exc:
            raise ProviderUnavailable(provider, f"a picture took longer than {TIME_LIMIT_SECONDS:g} s") from exc
        except (httpx.InvalidURL, UnicodeError) as exc:  # the latter from a name that is no Punycode
            raise ArtworkRejected("its address is none") from exc
        except httpx.HTTPError as exc:
            raise ProviderUnavailable(provider, f"no picture ({type(exc).__name__})") from exc
        except OSError as exc:
            raise StorageUnavailable(target, exc.strerror or str(exc)) from exc

    async def _stream(self, provider: str, url: str, target: Path, most_bytes: int) -> Sha256:
        address = httpx.URL(url)
        for _ in range(MOST_REDIRECTS + 1):
            await self._addresses.check(provider, address)
            request = self._http.build_request("GET", address, headers=AS_IT_IS)
            response = await self._http.send(request, stream=True)
            try:
                if response.next_request is None:
                    _refuse_bad_status(provider, response)
                    return await _written(response, target, most_bytes)
                address = response.next_request.url
            finally:
                await response.aclose()
        raise ProviderUnavailable(provider, f"a picture was redirected more than {MOST_REDIRECTS} times")


def _refuse_bad_status(provider: str, response: httpx.Response) -> None:
    """Servers of pictures take no keys: where they forbid, no setting helps."""
    if response.status_code == HTTPStatus.GONE:
        raise NotFoundError(f"{provider} does not have this picture any more")
    try:
        raise_for_status(provider, response)
    except KeyRefused as exc:
        raise ProviderUnavailable(provider, f"its server of pictures answers HTTP {response.status_code}") from exc


async def _written(response: httpx.Response, target: Path, most_bytes: int) -> Sha256:
    if (packed := response.headers.get("Content-Encoding", "identity").lower()) != "identity":
        raise ArtworkRejected(f"it came packed ({packed}), though it was asked for as it is")
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as file:
        async for chunk in response.aiter_raw(64 * 1024):
            size += len(chunk)
            if size > most_bytes:
                raise ArtworkTooLarge(f"the picture is larger than {most_bytes:,} bytes")
            digest.update(chunk)
            file.write(chunk)
    return Sha256(digest.hexdigest())
