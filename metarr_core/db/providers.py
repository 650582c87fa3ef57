"""What all processes remember of the providers: `metarr_core.clients.memory.ProviderMemory`, kept in the database."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import extract, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.engine import Database
from metarr_core.db.tables.providers import ProviderAnswer, ProviderState
from metarr_core.domain.providers import KeptAnswer, Pause, Turn, is_in_force

FARTHEST = timedelta(seconds=30)
"""No turn is farther away: a clock that was set back does not silence a provider."""


class StoredProviderMemory:
    """The memory of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def question(
        self, provider: str, request: str, now: datetime, each: timedelta, *, is_patient: bool
    ) -> tuple[KeptAnswer | None, Turn | None]:
        """The kept answer to a request and, unless it is a refusal, a turn to ask again, as `turn` gives it."""
        async with self._database.transaction() as session:
            row = (
                await session.execute(select(ProviderAnswer).where(ProviderAnswer.request == request))
            ).scalar_one_or_none()
            kept = KeptAnswer(row.status, row.etag, zlib.decompress(row.body), row.fetched_at) if row else None
            if kept and kept.is_refusal(now):
                return kept, None
            return kept, await _take_turn(session, provider, each, is_patient=is_patient)

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
        return _pause_of(row) if row else None

    async def turn(self, provider: str, each: timedelta, *, is_patient: bool) -> Turn:
        """Take the next turn to ask the provider, of which there is one in `each`; a patient one takes only a free one.

        By the database's clock, which is the same for all.
        """
        async with self._database.transaction() as session:
            return await _take_turn(session, provider, each, is_patient=is_patient)

    async def note_failure(
        self, provider: str, now: datetime, key_fingerprint: str, pause_after: Callable[[int], Pause | None]
    ) -> None:
        """Count a failure, and pause the provider where so many in a row ask for it.

        Requests that were sent before a pause fail during it: they are one failure with it, and never shorten it.
        """
        row_of_provider = select(ProviderState).where(ProviderState.provider == provider).with_for_update()
        async with self._database.transaction() as session:
            await session.execute(insert(ProviderState).values(provider=provider).on_conflict_do_nothing())
            row = (await session.execute(row_of_provider)).scalar_one()
            before = _pause_of(row)
            kept = before if is_in_force(before, now, key_fingerprint) else None
            row.failures += 0 if kept else 1
            pause = pause_after(row.failures)
            if pause and (kept is None or kept.until < pause.until):
                row.paused_until, row.why, row.key_fingerprint = pause.until, pause.why, pause.key_fingerprint

    async def note_success(self, provider: str, now: datetime, key_fingerprint: str) -> None:
        """End the row of failures. Writes only where there is one: successes are the rule.

        A pause in force for this key stays: the request was sent before it.
        """
        cleared = {"failures": 0, "paused_until": None, "why": None, "key_fingerprint": None}
        is_over = or_(
            ProviderState.paused_until.is_(None),
            ProviderState.paused_until <= now,
            ProviderState.key_fingerprint != key_fingerprint,
        )
        failing = (ProviderState.provider == provider, ProviderState.failures > 0, is_over)
        async with self._database.transaction() as session:
            await session.execute(update(ProviderState).where(*failing).values(**cleared))


async def _take_turn(session: AsyncSession, provider: str, each: timedelta, *, is_patient: bool) -> Turn:
    state, at = ProviderState, func.clock_timestamp()
    free = func.greatest(state.next_turn_at, at)
    taken = (
        insert(state)
        .values(provider=provider, next_turn_at=at + literal(each))
        .on_conflict_do_update(
            index_elements=[state.provider],
            set_={"next_turn_at": func.least(free, at + literal(FARTHEST)) + literal(each)},
            where=or_(state.next_turn_at.is_(None), state.next_turn_at <= at) if is_patient else None,
        )
        .returning(state, extract("epoch", state.next_turn_at - literal(each) - at))
    )
    found = (await session.execute(taken)).one_or_none()
    is_ours = found is not None
    if found is None:
        busy = select(state, extract("epoch", state.next_turn_at - at)).where(state.provider == provider)
        found = (await session.execute(busy)).one()
    row, wait = found
    return Turn(max(float(wait), 0.0), is_ours, _pause_of(row), is_well=not row.failures and row.paused_until is None)


def _pause_of(row: ProviderState) -> Pause | None:
    return Pause(row.paused_until, row.why or "", row.key_fingerprint) if row.paused_until else None
