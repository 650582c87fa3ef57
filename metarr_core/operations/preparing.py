"""Prepares for an upgrade, minutes before it comes: Radarr deletes what stands beside the old file, whoever made it.

NFO files, subtitles and artwork of others go into the cache. What they changed of ours is settled first: it may be the
film's choice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from metarr_core.db import activity, artwork, events, library_files, movie_files
from metarr_core.domain import kodi_names, webhooks
from metarr_core.domain.artwork_names import artwork_beside
from metarr_core.domain.ids import EventId, MovieId, TitleKey
from metarr_core.domain.intake import display_title, identity_of, named_title
from metarr_core.domain.metadata import Identity
from metarr_core.files import library
from metarr_core.operations import foreign_edits, looking_later, playback
from metarr_core.operations.adopting import LARGEST_BYTES, Surroundings, adopt_artwork, surroundings
from metarr_core.runtime import Runtime, now

SUBTITLES = {".srt", ".ass", ".ssa", ".vtt", ".sub", ".idx", ".sup", ".smi"}


@dataclass(frozen=True)
class Grabbed:
    """A release that was grabbed for a film."""

    title: str
    title_key: TitleKey
    identity: Identity
    release: str


async def grabbed_of_events(runtime: Runtime, event_ids: Sequence[EventId]) -> Grabbed:
    """What the last of these webhooks tells of a release. Raises InvalidWebhook, NotFoundError."""
    async with runtime.database.transaction() as session:
        stored = await events.get(session, max(event_ids))
    event = webhooks.read_event(webhooks.read_object(stored.body))
    release = (event.release.release_title if event.release else None) or "another file"
    return Grabbed(display_title(event), named_title(event), identity_of(event), release)


async def prepare(runtime: Runtime, movie_id: MovieId, release: str) -> str:
    """Keep what others have beside a film's files, and tell of the upgrade; gives a sentence.

    Twice is the same as once, but for the telling. Raises NotFoundError, StorageUnavailable.
    """
    watching = playback.names(await playback.watchers(runtime, movie_id))
    kept = await keep_sidecars(runtime, movie_id)
    at = now()
    async with runtime.database.transaction() as session:
        if not await movie_files.present(session, movie_id):
            return f"{release} is on its way; the film has no file so far"
        told = f"upgrade announced: {release} is on its way{', ' if watching else ''}{watching}"
        details = {"release": release, "kept": [str(path) for path in kept]}
        activity.tell(session, "upgrade.announced", told, movie_id=movie_id, details=details)
        await looking_later.look_for_announced(session, runtime, movie_id, at)
    return f"{release} is on its way; {len(kept)} files of others are kept in the cache"


async def keep_sidecars(runtime: Runtime, movie_id: MovieId) -> list[Path]:
    """Keep the bytes of NFO files, subtitles and artwork beside a film's files that are not ours; gives what is new.

    Pictures of types that the film has none of become its choice: they are written beside the next file too.
    Raises StorageUnavailable.
    """
    await foreign_edits.settle(runtime, movie_id)
    await adopt_artwork(runtime, movie_id)
    async with runtime.database.transaction() as session:
        videos = [Path(file.path) for file in await movie_files.present(session, movie_id)]
        ours = {entry.sha256 for entry in await library_files.entries_of(session, movie_id)}
        ours |= {one.content_hash for one in await artwork.chosen(session, movie_id)}
    kept = []
    around = await surroundings(runtime, videos, {})
    for path in dict.fromkeys(path for one in around for path in _sidecars(one)):
        data = await asyncio.to_thread(library.read_small, path, LARGEST_BYTES)
        if data and library.sha256(data) not in ours:
            told = "its bytes are kept in the cache before the next file comes"
            kept += [path] if await foreign_edits.keep(runtime, movie_id, path, data, told) else []
    return kept


def _sidecars(around: Surroundings) -> list[Path]:
    pictures = artwork_beside(around.video.name, around.names, is_own_folder=around.is_own)
    nfos = [kodi_names.nfo_name(around.video.name), *(["movie.nfo"] if around.is_own else [])]
    subtitles = [name for name in around.names if Path(name).suffix.lower() in SUBTITLES]
    found = [name for names in pictures.values() for name in names]
    names = [*(name for name in nfos if name in around.names), *found, *subtitles]
    return [around.video.with_name(name) for name in names]
