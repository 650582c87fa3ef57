"""HTTP as all clients speak it: time limits in all four phases, a few quick retries, failures by what to do next."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from typing import Any

import httpx

from metarr_core.errors import NotFoundError, ProviderUnavailable, RateLimited

TIMEOUT = httpx.Timeout(connect=5, read=20, write=20, pool=30)
LIMITS = httpx.Limits(max_connections=20, max_keepalive_connections=10)
ATTEMPTS = 3
WHOLE_ANSWER_SECONDS = 30.0
LONGEST_ANSWER_BYTES = 32 * 1024 * 1024
LONGEST_WAIT_SECONDS = 10.0
"""Nothing in a run waits longer; what must goes back into the queue."""
UNKNOWN_RETRY_AFTER_SECONDS = 300.0
LONGEST_RETRY_AFTER_SECONDS = 86_400.0

# httpx logs whole addresses, and TMDB's carry the key.
logging.getLogger("httpx").setLevel(logging.WARNING)


@cache
def tls_context() -> ssl.SSLContext:
    """One for all clients of a process: making one costs 30 ms."""
    return httpx.create_ssl_context()


@asynccontextmanager
async def open_client(
    *, through_proxy: bool = True, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A client to keep. Players in the house are not behind the proxy; a transport of its own goes through none."""
    async with httpx.AsyncClient(
        timeout=TIMEOUT,
        limits=LIMITS,
        verify=tls_context(),
        trust_env=through_proxy,
        transport=transport,
        follow_redirects=False,
        headers={"User-Agent": "Metarr", "Accept": "application/json"},
    ) as client:
        yield client


@dataclass(frozen=True)
class Answer:
    """What a provider answered: 200 with a JSON object, or 304."""

    status: int
    etag: str | None
    body: bytes


async def get_json(client: httpx.AsyncClient, provider: str, request: httpx.Request) -> Answer:
    """A provider's answer: a JSON object, or 304 where the request was conditional.

    Raises NotFoundError (404), RateLimited (429 with a long pause), KeyRefused (401, 403), ProviderUnavailable (everything
    else that is wrong).
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await _get_once(client, provider, request)
        except ProviderUnavailable as exc:
            wait = _short_wait(exc, attempt)
            if wait is None or attempt == ATTEMPTS:
                raise
            await asyncio.sleep(wait)
    raise AssertionError("unreachable")


async def _get_once(client: httpx.AsyncClient, provider: str, request: httpx.Request) -> Answer:
    try:
        async with asyncio.timeout(WHOLE_ANSWER_SECONDS):
            response = await client.send(request, stream=True)
            try:
                body = await _bounded(provider, response)
            finally:
                await response.aclose()
    except (httpx.HTTPError, TimeoutError) as exc:
        raise ProviderUnavailable(provider, f"no answer ({type(exc).__name__})") from exc
    if response.status_code == HTTPStatus.NOT_FOUND:
        json_object(provider, body)  # a page of a proxy, or of a wrong base_url, says nothing about a film
    if response.status_code != HTTPStatus.NOT_MODIFIED:
        raise_for_status(provider, response)
        json_object(provider, body)
    return Answer(response.status_code, response.headers.get("ETag"), body)


async def _bounded(provider: str, response: httpx.Response) -> bytes:
    """The body, unpacked only as far as an answer may be long: a small one may unpack to any size."""
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > LONGEST_ANSWER_BYTES:
            raise ProviderUnavailable(provider, f"its answer is longer than {LONGEST_ANSWER_BYTES:,} bytes")
    return bytes(body)


def json_object(provider: str, body: bytes) -> dict[str, Any]:
    """The JSON object in an answer. Raises ProviderUnavailable: a page of a proxy is an outage, not an answer."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise ProviderUnavailable(provider, "its answer is not JSON; is its base_url right?") from exc
    if not isinstance(document, dict):
        raise ProviderUnavailable(provider, "its answer is not a JSON object; is its base_url right?")
    return document


def _short_wait(error: ProviderUnavailable, attempt: int) -> float | None:
    """Seconds until the next attempt within this call; None: not now."""
    if isinstance(error, RateLimited):
        return error.pause if error.pause <= LONGEST_WAIT_SECONDS else None
    return None if isinstance(error, KeyRefused) else 0.5 * 2**attempt


class KeyRefused(ProviderUnavailable):
    """The provider does not take our key."""

    retry_after = 300.0


def raise_for_status(provider: str, response: httpx.Response) -> None:
    """Give a bad status its meaning; a good one passes."""
    if response.is_success:
        return
    match response.status_code:
        case HTTPStatus.NOT_FOUND:
            raise NotFoundError(f"{provider} does not have what was asked for")
        case HTTPStatus.TOO_MANY_REQUESTS:
            raise RateLimited(provider, retry_after_seconds(response, datetime.now(UTC)))
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            raise KeyRefused(provider, f"it refuses the key; set providers.{provider}.api_key")
        case status:
            raise ProviderUnavailable(provider, f"HTTP {status}")


def retry_after_seconds(response: httpx.Response, now: datetime) -> float:
    """Retry-After as seconds, a day at most: a number (0 counts as 1), a date, or, missing or odd, five minutes."""
    value = response.headers.get("Retry-After", "")
    try:
        seconds = float(value) if value.isdecimal() else (parsedate_to_datetime(value) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return UNKNOWN_RETRY_AFTER_SECONDS
    return min(max(seconds, 1.0), LONGEST_RETRY_AFTER_SECONDS)
