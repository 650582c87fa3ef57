"""Artwork of a film: what providers offer, what was chosen, and which contents the cache holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import all_, case, delete, exists, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metarr_core.db.tables.artwork import AssetCandidate, AssetReference, CacheAsset
from metarr_core.db.tables.movies import Movie
from metarr_core.domain.artwork import ArtworkType, Scored
from metarr_core.domain.ids import MovieId, Sha256
from metarr_core.errors import NotFoundError

REPLACED = "replaced"
"""The type of a reference to bytes of somebody else that stood where we publish."""
FILE = "file:"
"""What the address of a picture begins with that was found in a library."""


async def write_candidates(session: AsyncSession, movie_id: MovieId, offered: Sequence[Scored]) -> None:
    """Make what providers offer today the candidates of a film. What a user blocked stays blocked.

    A provider that offers nothing may be having a bad day: its former candidates stay.
    """
    today = [(scored.candidate.type, scored.candidate.url) for scored in offered]
    await session.execute(
        delete(AssetCandidate).where(
            AssetCandidate.movie_id == movie_id,
            AssetCandidate.blocked.is_(False),
            AssetCandidate.provider.in_({scored.candidate.provider for scored in offered}),
            tuple_(AssetCandidate.type, AssetCandidate.url).not_in(today),
        )
    )
    rows = [_candidate_row(movie_id, scored) for scored in offered]
    if not rows:
        return
    statement = insert(AssetCandidate)
    fresh = {name: statement.excluded[name] for name in rows[0] if name not in {"movie_id", "type", "url"}}
    unique = [AssetCandidate.movie_id, AssetCandidate.type, AssetCandidate.url]
    await session.execute(statement.on_conflict_do_update(index_elements=unique, set_=fresh), rows)


def _candidate_row(movie_id: MovieId, scored: Scored) -> dict[str, object]:
    return {"movie_id": movie_id, **vars(scored.candidate), **_verdict(scored)}


def _verdict(scored: Scored) -> dict[str, object]:
    return {"score": scored.score, "reasons": list(scored.reasons), "passed_over": scored.passed_over}


async def candidates(session: AsyncSession, movie_id: MovieId) -> list[AssetCandidate]:
    """What may be chosen for a film, best first; the same each time."""
    wanted = (AssetCandidate.blocked.is_(False), AssetCandidate.passed_over.is_(None))
    rows = select(AssetCandidate).where(AssetCandidate.movie_id == movie_id, *wanted)
    order = rows.order_by(AssetCandidate.type, AssetCandidate.score.desc(), AssetCandidate.url)
    return list((await session.execute(order)).scalars())


async def every_candidate(session: AsyncSession, movie_id: MovieId) -> list[AssetCandidate]:
    """All that was ever offered for a film, the blocked and the failed too, best first."""
    rows = select(AssetCandidate).where(AssetCandidate.movie_id == movie_id)
    order = rows.order_by(AssetCandidate.type, AssetCandidate.score.desc(), AssetCandidate.url)
    return list((await session.execute(order)).scalars())


async def cache_path(session: AsyncSession, content_hash: str) -> str:
    """Where a content lies in the cache. Raises NotFoundError."""
    found = await session.execute(select(CacheAsset.file_path).where(CacheAsset.content_hash == content_hash))
    if (path := found.scalar_one_or_none()) is None:
        raise NotFoundError("there is no such picture")
    return path


async def note_failure(session: AsyncSession, candidate_id: int, reason: str | None, twin_hash: str | None = None) -> None:
    """Record why a candidate cannot be used, None where it can; `twin_hash`: what it looks like, if that is all."""
    values = {"failed_reason": reason, "twin_hash": twin_hash}
    await session.execute(update(AssetCandidate).where(AssetCandidate.id == candidate_id).values(**values))


async def is_refused(session: AsyncSession, candidate: AssetCandidate) -> bool:
    """Whether a person has blocked a candidate since it was read; nobody blocks it then until the transaction ends."""
    await session.execute(select(Movie.id).where(Movie.id == candidate.movie_id).with_for_update())
    blocked = select(AssetCandidate.blocked).where(AssetCandidate.id == candidate.id)
    return bool((await session.execute(blocked)).scalar_one_or_none())


@dataclass(frozen=True)
class Chosen:
    """A picture that a film uses: its place among those of its type, and where its bytes lie in the cache."""

    id: int
    type: str
    position: int
    source: str
    url: str | None
    language: str | None
    content_hash: Sha256
    cache_path: str
    width: int | None
    height: int | None
    perceptual_hash: str


async def chosen(session: AsyncSession, movie_id: MovieId) -> list[Chosen]:
    """The pictures of a film."""
    return (await chosen_of(session, [movie_id])).get(movie_id, [])


async def chosen_of(session: AsyncSession, movie_ids: Sequence[MovieId]) -> dict[MovieId, list[Chosen]]:
    """The pictures of films that have some."""
    rows = await session.execute(
        select(AssetReference, CacheAsset)
        .join(CacheAsset, CacheAsset.id == AssetReference.asset_id)
        .where(AssetReference.movie_id.in_(movie_ids), AssetReference.type.in_(list(ArtworkType)))
        .order_by(AssetReference.type, AssetReference.position)
    )
    found: dict[MovieId, list[Chosen]] = {}
    for reference, asset in rows:
        found.setdefault(MovieId(reference.movie_id or 0), []).append(_chosen(reference, asset))
    return found


def _chosen(reference: AssetReference, asset: CacheAsset) -> Chosen:
    return Chosen(
        *(reference.id, reference.type, reference.position, reference.source, reference.url, reference.language),
        *(Sha256(asset.content_hash), asset.file_path, asset.width, asset.height, asset.perceptual_hash or ""),
    )


async def keep_content(session: AsyncSession, asset: CacheAsset) -> int:
    """Record a content of the cache, or find it where it is known; gives its id. One that nobody used counts as new."""
    values = {
        name: getattr(asset, name)
        for name in ("content_hash", "file_path", "file_size", "mime", "width", "height", "perceptual_hash")
    }
    statement = insert(CacheAsset).values(**values)
    unused_since = case((CacheAsset.reference_count == 0, func.now()), else_=None)
    known_better = values if asset.perceptual_hash else {"file_path": asset.file_path}  # it may have been mere bytes before
    fresh = {**known_better, "orphaned_at": unused_since}
    statement = statement.on_conflict_do_update(index_elements=[CacheAsset.content_hash], set_=fresh)
    return int((await session.execute(statement.returning(CacheAsset.id))).scalar_one())


async def choose(session: AsyncSession, reference: AssetReference, *, by_person: bool = False) -> bool:
    """The gateway through which every choice of a picture comes; False where the type is locked, and nothing changes.

    Makes a content the picture of a film at a place; the first of a type is mirrored on the film. A person's choice, by
    whatever tool, overrides the lock.
    """
    locks = select(Movie.locked_fields).where(Movie.id == reference.movie_id).with_for_update()
    if reference.type in (await session.execute(locks)).scalar_one() and not by_person:
        return False
    values = {
        name: getattr(reference, name)
        for name in ("asset_id", "movie_id", "type", "position", "source", "provider", "url", "language", "score")
    }
    place = [AssetReference.movie_id, AssetReference.type, AssetReference.position]
    await session.execute(insert(AssetReference).values(**values).on_conflict_do_update(index_elements=place, set_=values))
    if reference.position == 0 and reference.type in list(ArtworkType):
        mirrored = {f"{reference.type}_id": reference.asset_id}
        await session.execute(update(Movie).where(Movie.id == reference.movie_id).values(**mirrored))
    return True


async def free_places(session: AsyncSession, reference_ids: Sequence[int]) -> None:
    """Take pictures from places beyond the first, where they stand a second time; none of a type that is locked."""
    unlocked = exists().where(Movie.id == AssetReference.movie_id, AssetReference.type != all_(Movie.locked_fields))
    await session.execute(delete(AssetReference).where(AssetReference.id.in_(reference_ids), unlocked))


async def place_of(session: AsyncSession, movie_id: MovieId, artwork_type: str, content_hash: str) -> int | None:
    """The place that a content has among a film's pictures of a type."""
    rows = await session.execute(
        select(AssetReference.position)
        .join(CacheAsset, CacheAsset.id == AssetReference.asset_id)
        .where(AssetReference.movie_id == movie_id, AssetReference.type == artwork_type)
        .where(CacheAsset.content_hash == content_hash)
        .limit(1)
    )
    return rows.scalar_one_or_none()


async def adopted(session: AsyncSession, movie_id: MovieId | None = None) -> list[tuple[MovieId, str]]:
    """Films, or one, with the paths at which pictures of others stood that were adopted. The trash is left out."""
    rows = (
        select(AssetReference.movie_id, func.substr(AssetReference.url, len(FILE) + 1))
        .join(Movie, Movie.id == AssetReference.movie_id)
        .where(AssetReference.source == "local", AssetReference.type.in_(list(ArtworkType)), Movie.trashed_at.is_(None))
        .where(AssetReference.url.startswith(FILE))
        .order_by(AssetReference.movie_id, AssetReference.url)
    )
    found = await session.execute(rows.where(AssetReference.movie_id == movie_id) if movie_id is not None else rows)
    return [(MovieId(owner), path) for owner, path in found]


async def is_ours(session: AsyncSession, content_hash: str) -> bool:
    """Whether a content came from a provider, and never from anybody else."""
    mine = exists().where(CacheAsset.content_hash == content_hash, CacheAsset.is_original.is_(False))
    return bool((await session.execute(select(mine))).scalar_one())


async def is_known(session: AsyncSession, content_hash: str) -> bool:
    """Whether a content was ever in the cache."""
    rows = await session.execute(select(CacheAsset.id).where(CacheAsset.content_hash == content_hash))
    return rows.first() is not None


async def known_paths(session: AsyncSession, paths: Collection[str]) -> set[str]:
    """Those of the paths at which somebody's picture was found, and kept or adopted."""
    urls = [f"{FILE}{path}" for path in paths]
    rows = select(func.substr(AssetReference.url, len(FILE) + 1)).where(AssetReference.url.in_(urls))
    return {path for (path,) in await session.execute(rows)}


def of_somebody(movie_id: MovieId, kind: str, position: int, asset_id: int, path: str) -> AssetReference:
    """A film's picture that somebody put into the library."""
    return AssetReference(
        asset_id=asset_id, movie_id=movie_id, type=kind, position=position, source="local", url=f"{FILE}{path}"
    )


async def keep_replaced(session: AsyncSession, movie_id: MovieId, asset_id: int, path: str) -> bool:
    """Keep bytes of somebody else that stood where we publish, once each; False where they are kept already."""
    mine = (AssetReference.movie_id == movie_id, AssetReference.type == REPLACED)
    known = await session.execute(select(AssetReference.id).where(*mine, AssetReference.asset_id == asset_id))
    if known.first() is not None:
        return False
    next_place = select(func.coalesce(func.max(AssetReference.position) + 1, 0)).where(*mine)
    place = (await session.execute(next_place)).scalar_one()
    session.add(of_somebody(movie_id, REPLACED, place, asset_id, path))
    return True


async def kept_nfo(session: AsyncSession, movie_id: MovieId) -> str | None:
    """Where the cache holds the last NFO of somebody else that ours took the place of; a movie.nfo stands beside ours."""
    rows = (
        select(CacheAsset.file_path)
        .join(AssetReference, AssetReference.asset_id == CacheAsset.id)
        .where(AssetReference.movie_id == movie_id, AssetReference.type == REPLACED, CacheAsset.file_path.endswith(".nfo"))
        .where(AssetReference.url.not_like("%/movie.nfo"))
        .order_by(AssetReference.position.desc())
        .limit(1)
    )
    return (await session.execute(rows)).scalar_one_or_none()


async def forget_provided(session: AsyncSession, movie: Movie) -> None:
    """Forget the pictures that providers offered for a film that turned out to be another; a user's choices stay."""
    await session.execute(delete(AssetCandidate).where(AssetCandidate.movie_id == movie.id))
    provided = (AssetReference.movie_id == movie.id, AssetReference.source == "provider")
    unlocked = AssetReference.type.not_in(movie.locked_fields)
    gone = delete(AssetReference).where(*provided, unlocked).returning(AssetReference.type, AssetReference.position)
    freed = {kind for kind, position in (await session.execute(gone)).all() if position == 0}
    for kind in freed & set(ArtworkType):
        setattr(movie, f"{kind}_id", None)
    await session.flush()
