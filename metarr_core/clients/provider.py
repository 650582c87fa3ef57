"""Asks a provider as one asks a guest: not too often, not again what is known, and not at all while it is unwell."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx

from metarr_core.clients.http import Answer, KeyRefused, get_json, json_object
from metarr_core.clients.memory import ProviderMemory
from metarr_core.domain.providers import KeptAnswer, Pause, Turn, breaker_pause, is_in_force
from metarr_core.errors import NotFoundError, ProviderUnavailable, RateLimited

KEY_PAUSE = timedelta(hours=1)
PATIENT_SECONDS = 20.0
"""So long bulk work lets everybody else go first; then it queues like them."""

_gives_way: ContextVar[bool] = ContextVar("gives_way", default=False)


@contextmanager
def giving_way() -> Iterator[None]:
    """What is asked in this block takes only turns that nobody else waits for: a bulk is never before a webhook."""
    token = _gives_way.set(True)
    try:
        yield
    finally:
        _gives_way.reset(token)


def fingerprint(key: str) -> str:
    """Tells keys apart without telling them."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


class Provider:
    """One provider. `rate` is how often it may be asked in a second, by all processes together."""

    def __init__(self, name: str, key: str, http: httpx.AsyncClient, memory: ProviderMemory, rate: float) -> None:
        self._name, self._http, self._memory = name, http, memory
        self._fingerprint = fingerprint(key)
        self._each = timedelta(seconds=1 / rate)

    async def ask(
        self, url: str, params: Mapping[str, str], *, secret: Mapping[str, str], headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """The JSON object at an address; `secret` are parameters that are not remembered.

        Raises NotFoundError, RateLimited, ProviderUnavailable, DatabaseUnavailable.
        """
        name = str(httpx.URL(url, params=sorted(params.items())))
        patient = _gives_way.get()
        kept, turn = await self._memory.question(self._name, name, datetime.now(UTC), self._each, is_patient=patient)
        if turn is None:
            raise NotFoundError(f"{self._name} does not have what was asked for")
        turn = await self._wait_for(turn)
        condition = {"If-None-Match": kept.etag} if kept and kept.etag and kept.status == HTTPStatus.OK else {}
        request = self._http.build_request("GET", url, params={**params, **secret}, headers={**headers, **condition})
        answer = await self._send(name, request, was_well=turn.is_well)
        if answer.status == HTTPStatus.NOT_MODIFIED and kept:
            return json_object(self._name, kept.body)
        await self._keep(name, HTTPStatus.OK, answer.etag, answer.body)
        return json_object(self._name, answer.body)

    async def _send(self, name: str, request: httpx.Request, *, was_well: bool) -> Answer:
        """A success ends the row of failures; where there was none, nothing is written."""
        try:
            answer = await get_json(self._http, self._name, request)
        except NotFoundError:
            await self._keep(name, HTTPStatus.NOT_FOUND, None, b"")
            if not was_well:
                await self._note_success()
            raise
        except ProviderUnavailable as exc:
            await self._note_failure(exc)
            raise
        if not was_well:
            await self._note_success()
        return answer

    async def _keep(self, name: str, status: int, etag: str | None, body: bytes) -> None:
        await self._memory.keep(self._name, name, KeptAnswer(int(status), etag, body, datetime.now(UTC)))

    async def _wait_for(self, turn: Turn) -> Turn:
        """Wait until this turn has come, or one that is ours."""
        waited = 0.0
        while True:
            self._refuse_while_paused(turn.pause)
            await asyncio.sleep(turn.seconds)
            if turn.is_ours:
                return turn
            waited += turn.seconds
            patient = _gives_way.get() and waited < PATIENT_SECONDS
            turn = await self._memory.turn(self._name, self._each, is_patient=patient)

    def _refuse_while_paused(self, pause: Pause | None) -> None:
        now = datetime.now(UTC)
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
