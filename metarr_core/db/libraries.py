"""Libraries as rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.libraries import Library


async def every(session: AsyncSession) -> Sequence[Library]:
    """All libraries, by name, the disabled ones included."""
    return (await session.execute(select(Library).order_by(Library.name))).scalars().all()
