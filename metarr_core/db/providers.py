"""What all processes remember of the providers: `metarr_core.clients.memory.ProviderMemory`, kept in the database."""

from __future__ import annotations

import zlib

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from metarr_core.db.engine import Database
from metarr_core.db.tables.providers import ProviderAnswer, ProviderState
from metarr_core.domain.providers import KeptAnswer, Pause


class StoredProviderMemory:
    """The memory of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def answer(self, request: str) -> KeptAnswer | None:
        """The kept answer to a request."""
        async with self._database.transaction() as session:
            row = (
                await session.execute(select(ProviderAnswer).where(ProviderAnswer.request == request))
            ).scalar_one_or_none()
        return KeptAnswer(row.status, row.etag, zlib.decompress(row.body), row.fetched_at) if row else None

    async def keep(self, provider: str, request: str, answer: KeptAnswer) -> None:
        """Keep an answer, instead of the one before."""
        values = {
            "provider": provider,
            "status": answer.status,
            "etag": answer.etag,
            "body": zlib.compress(answer.body),
            "fetched_at": answer.fetched_at,
        }
        statement = insert(ProviderAnswer).values(request=request, **values)
        async with self._database.transaction() as session:
            await session.execute(statement.on_conflict_do_update(index_elements=[ProviderAnswer.request], set_=values))

    async def pause(self, provider: str) -> Pause | None:
        """The provider's pause, which may be over."""
        async with self._database.transaction() as session:
            row = await session.get(ProviderState, provider)
        return Pause(row.paused_until, row.why or "", row.key_fingerprint) if row and row.paused_until else None

    async def note_failure(self, provider: str) -> int:
        """Count a failure; gives how many are in a row."""
        statement = insert(ProviderState).values(provider=provider, failures=1)
        one_more = {"failures": ProviderState.failures + 1}
        statement = statement.on_conflict_do_update(index_elements=[ProviderState.provider], set_=one_more)
        async with self._database.transaction() as session:
            return int((await session.execute(statement.returning(ProviderState.failures))).scalar_one())

    async def note_pause(self, provider: str, pause: Pause) -> None:
        """Pause the provider, after its failure was noted."""
        values = {"paused_until": pause.until, "why": pause.why, "key_fingerprint": pause.key_fingerprint}
        async with self._database.transaction() as session:
            await session.execute(update(ProviderState).where(ProviderState.provider == provider).values(**values))

    async def note_success(self, provider: str) -> None:
        """End the row of failures, and the pause. Writes only where there is one: successes are the rule."""
        cleared = {"failures": 0, "paused_until": None, "why": None, "key_fingerprint": None}
        failing = (ProviderState.provider == provider, ProviderState.failures > 0)
        async with self._database.transaction() as session:
            await session.execute(update(ProviderState).where(*failing).values(**cleared))
