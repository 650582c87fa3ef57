"""Asks a provider as one asks a guest: not too often, not again what is known, and not at all while it is unwell."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx
from aiolimiter import AsyncLimiter

from metarr_core.clients.http import Answer, KeyRefused, get_json, json_object
from metarr_core.clients.memory import ProviderMemory
from metarr_core.domain.providers import NEGATIVE_FOR, KeptAnswer, Pause, breaker_pause, is_in_force
from metarr_core.errors import NotFoundError, ProviderUnavailable, RateLimited

KEY_PAUSE = timedelta(hours=1)


def fingerprint(key: str) -> str:
    """Tells keys apart without telling them."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


class Provider:
    """One provider, for this process. `rate` is this process's share of requests per second."""

    def __init__(self, name: str, key: str, http: httpx.AsyncClient, memory: ProviderMemory, rate: float) -> None:
        self._name, self._http, self._memory = name, http, memory
        self._fingerprint = fingerprint(key)
        self._limiter = AsyncLimiter(max(rate, 1.0), max(1.0, 1 / rate))

    async def ask(
        self, url: str, params: Mapping[str, str], *, secret: Mapping[str, str], headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """The JSON object at an address; `secret` are parameters that are not remembered.

        Raises NotFoundError, RateLimited, ProviderUnavailable, DatabaseUnavailable.
        """
        name = str(httpx.URL(url, params=sorted(params.items())))
        kept = await self._memory.answer(name)
        if kept and kept.status == HTTPStatus.NOT_FOUND and datetime.now(UTC) - kept.fetched_at < NEGATIVE_FOR:
            raise NotFoundError(f"{self._name} does not have what was asked for")
        await self._refuse_while_paused()
        condition = {"If-None-Match": kept.etag} if kept and kept.etag and kept.status == HTTPStatus.OK else {}
        request = self._http.build_request("GET", url, params={**params, **secret}, headers={**headers, **condition})
        answer = await self._send(name, request)
        if answer.status == HTTPStatus.NOT_MODIFIED and kept:
            return json_object(self._name, kept.body)
        await self._keep(name, HTTPStatus.OK, answer.etag, answer.body)
        return json_object(self._name, answer.body)

    async def _send(self, name: str, request: httpx.Request) -> Answer:
        try:
            async with self._limiter:
                answer = await get_json(self._http, self._name, request)
        except NotFoundError:
            await self._keep(name, HTTPStatus.NOT_FOUND, None, b"")
            await self._note_success()
            raise
        except ProviderUnavailable as exc:
            await self._note_failure(exc)
            raise
        await self._note_success()
        return answer

    async def _keep(self, name: str, status: int, etag: str | None, body: bytes) -> None:
        await self._memory.keep(self._name, name, KeptAnswer(int(status), etag, body, datetime.now(UTC)))

    async def _refuse_while_paused(self) -> None:
        pause, now = await self._memory.pause(self._name), datetime.now(UTC)
        if pause is None or not is_in_force(pause, now, self._fingerprint):
            return
        error = ProviderUnavailable(self._name, f"it is paused until {pause.until:%H:%M:%S} UTC: {pause.why}")
        error.retry_after = max((pause.until - now).total_seconds(), 1.0)
        raise error

    async def _note_success(self) -> None:
        await self._memory.note_success(self._name, datetime.now(UTC), self._fingerprint)

    async def _note_failure(self, error: ProviderUnavailable) -> None:
        """Tell all processes: a refused key and a wish for a pause at once, other failures when they are many."""
        now = datetime.now(UTC)

        def pause_after(failures: int) -> Pause | None:
            match error:
                case KeyRefused():
                    return Pause(now + KEY_PAUSE, error.reason, self._fingerprint)
                case RateLimited():
                    return Pause(now + timedelta(seconds=error.pause), error.reason)
            return breaker_pause(failures, now, error.reason)

        await self._memory.note_failure(self._name, now, self._fingerprint, pause_after)
