"""Rows that mirror the settings: libraries, player groups, players. What disappears there is disabled, never deleted."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.libraries import Library
from metarr_core.db.tables.players import MediaPlayer, MediaPlayerGroup, PathMapping
from metarr_core.settings import Settings
from metarr_core.settings.entries import PlayerGroup


async def mirror(session: AsyncSession, settings: Settings) -> None:
    """Make the rows agree with the settings."""
    await session.execute(update(Library).values(enabled=False))
    for library in settings.libraries:
        values = {"path": str(library.path), "media_type": library.media_type, "enabled": True}
        statement = insert(Library).values(name=library.name, **values)
        await session.execute(statement.on_conflict_do_update(index_elements=[Library.name], set_=values))
    await session.execute(update(MediaPlayerGroup).values(enabled=False))
    await session.execute(update(MediaPlayer).values(enabled=False))
    for group in settings.player_groups:
        await _mirror_group(session, group)


async def _mirror_group(session: AsyncSession, group: PlayerGroup) -> None:
    values = {"type": group.type, "library": group.library, "enabled": True}
    statement = insert(MediaPlayerGroup).values(name=group.name, **values)
    statement = statement.on_conflict_do_update(index_elements=[MediaPlayerGroup.name], set_=values)
    group_id = (await session.execute(statement.returning(MediaPlayerGroup.id))).scalar_one()
    await session.execute(delete(PathMapping).where(PathMapping.media_player_group_id == group_id))
    session.add_all(
        PathMapping(media_player_group_id=group_id, metarr_path=mapping.metarr_path, player_path=mapping.player_path)
        for mapping in group.path_mappings
    )
    for player in group.players:
        of_player = {"media_player_group_id": group_id, "url": player.url, "enabled": True}
        one = insert(MediaPlayer).values(name=player.name, **of_player)
        await session.execute(one.on_conflict_do_update(index_elements=[MediaPlayer.name], set_=of_player))
