"""Whatever happens to a film, in whatever order: what is locked stays, what others wrote is kept, references are counted.

Each work may be killed at any of its moments, and is done again then, as its job is.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from metarr_core.db import artwork
from metarr_core.domain import kodi_names
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.nfo_values import read_nfo
from metarr_core.errors import StateConflict
from metarr_core.settings.artwork import Artwork
from tests.operations.films import sql
from tests.operations.kills import Killed, killed_at
from tests.operations.life import KINDS, Happening
from tests.operations.lives import WholeLife

USERS = (
    *("user_edits", "user_locks", "user_undoes_a_change", "user_uploads", "user_chooses_a_candidate"),
    *("user_takes_a_picture_back", "user_lets_metarr_choose", "user_names_a_film"),
)
OURS = ("verify", "refresh", "providers_tell", "providers_offer", "restore_library", "scan")
RADARRS = ("upgrade", "rename", "deletion", "restore")
SOMEBODYS = (
    *("somebody_moves_it", "somebody_changes_a_picture", "somebody_edits_the_nfo", "somebody_adds_a_file"),
    *("a_backup_comes_back", "a_file_is_damaged", "a_file_goes"),
)
NOT_IN_THE_TRASH = {*OURS, "rename"} - {"scan", "verify"}
"""What no flow does to a film in the trash."""
EMPTIED = "movies, cache_assets, cache_departures, activity_log, job_queue, actors, crew, genres, studios, collections, tags"

COUNTS = """SELECT content_hash FROM cache_assets a WHERE reference_count <>
 (SELECT count(*) FROM asset_references r WHERE r.asset_id = a.id) OR (reference_count = 0) <> (orphaned_at IS NOT NULL)"""

steps = st.tuples(
    st.sampled_from([*OURS, *USERS, *RADARRS, *SOMEBODYS]),
    st.integers(0, 2**20),
    st.one_of(st.none(), st.integers(0, 40), st.integers(0, 300)),
)
"""What happens, a seed for all that is left to chance in it, and the moment at which it is killed."""


async def begun(runtime, house, foreign_edit: str) -> WholeLife:
    """A new life, in an empty house."""
    await sql(runtime, f"TRUNCATE {EMPTIED} RESTART IDENTITY CASCADE")
    for folder in (house.movies, runtime.cache.root):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    none = {f"{kind}": {"count": 0} for kind in ArtworkType if kind not in KINDS}
    chosen = Artwork.model_validate({"count": {"poster": 1, "fanart": 2}, "foreign_edit": foreign_edit, **none})
    settled = replace(runtime, settings=runtime.settings.model_copy(update={"artwork": chosen}))
    life = WholeLife(settled, house, foreign_edit)
    await life.begin()
    return life


async def happens(life: WholeLife, name: str, seed: int, kill: int | None) -> None:
    life.chance = random.Random(seed)
    is_trashed = (await life.movie()).trashed_at is not None
    if is_trashed and name in NOT_IN_THE_TRASH:
        return
    what = await getattr(life, name)()
    try:
        await done(what, kill)
    except StateConflict:
        assert is_trashed
        return
    await what.then()
    is_home, is_shown = await life.is_home(), (await life.movie()).trashed_at is None
    if what.publishes and (is_home or (is_shown and not what.needs_video)):
        await SETTLES[life.foreign_edit](life, what)
    if what.publishes and is_home:
        await is_published(life)
    await holds(life)


async def done(what: Happening, kill: int | None) -> None:
    if kill is not None:
        try:
            await killed_at(kill, what.work)
        except* Killed:
            pass
    await what.work()


async def is_adopted(life: WholeLife, what: Happening) -> None:
    """What others changed, and was not locked, is the film's now, and locked."""
    values = await life.values()
    before = {*life.locked, what.chooses}
    for path, data in life.unseen.items():
        if path.suffix == ".nfo" and "tagline" not in before and "tagline" in (said := read_nfo(data)):
            life.locked["tagline"] = said["tagline"]
        is_taken_over(life, path, data, before, values)
    for path, data in life.rivals.items():
        is_taken_over(life, path, data, {*life.locked, what.chooses}, values)
    life.unseen.clear()
    life.rivals.clear()


def is_taken_over(life: WholeLife, path: Path, data: bytes, locked: Collection[object], values: Mapping[str, Any]) -> None:
    for kind in {*KINDS}.difference(locked):
        if f"-{kind}" in path.name:
            life.locked[kind] = values[kind]
            assert hashlib.sha256(data).hexdigest() in {content for _, content in values[kind]}, path.name


async def is_restored(life: WholeLife, what: Happening) -> None:
    """What others changed is as it was."""
    life.unseen.clear()
    life.rivals.clear()


async def is_left(life: WholeLife, what: Happening) -> None:
    """What others changed stays as it is, until a person chooses another picture."""
    life.left |= life.unseen
    life.left = {
        path: data
        for path, data in life.left.items()
        if not (what.chooses and f"-{what.chooses}" in path.name) or (path.exists() and path.read_bytes() == data)
    }
    life.unseen.clear()
    life.rivals.clear()


SETTLES = {"adopt": is_adopted, "restore": is_restored, "leave": is_left}


async def is_published(life: WholeLife) -> None:
    """Beside the video stands what was chosen, and of ours nothing else; what is left to others stands as they left it."""
    values, ledger = await life.values(), await life.ledger()
    async with life.runtime.database.transaction() as session:
        pictures = await artwork.chosen(session, life.movie_id)
    wanted = {
        life.video.with_name(
            kodi_names.artwork_name(life.video.name, one.type, one.position, Path(one.cache_path).suffix[1:])
        ): one.content_hash
        for one in pictures
    }
    assert {path: path.read_bytes() for path in life.left} == life.left
    ours = {path: content_hash for path, content_hash in wanted.items() if path not in life.left}
    assert {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in ours} == ours
    nfo = life.video.with_suffix(".nfo")
    away = await sql(life.runtime, "SELECT path FROM movie_files WHERE missing_since IS NOT NULL")
    of_away = {path for path in ledger for one in away if str(path).startswith(one.path.rpartition(".")[0])}
    assert ledger.keys() - wanted.keys() - of_away == {nfo} - of_away
    own = {one.content_hash for one in pictures if one.source != "local"}
    assert ledger.keys() >= {path for path, content_hash in wanted.items() if content_hash in own}
    if nfo in life.left:
        return
    told = read_nfo(nfo.read_bytes())
    for name in ("title", "plot", "tagline"):
        assert told.get(name) == (values[name] or None)
    for name in ("genres", "studios"):
        assert tuple(told.get(name, ())) == (values[name] or ())
    assert [one["name"] for one in told.get("actors", ())] == [one.person.name for one in values["actors"] or ()]


async def holds(life: WholeLife) -> None:
    """What is locked stays, nothing of others is lost, and every reference is counted."""
    values, movie = await life.values(), await life.movie()
    assert set(movie.locked_fields) == life.locked.keys()
    assert {name: values[name] for name in life.locked} == life.locked
    kept = life.cached() | {path.read_bytes() for path in life.house.movies.rglob("*") if path.is_file()}
    assert [data[:60] for data in life.theirs if data not in kept] == []
    assert await sql(life.runtime, COUNTS) == []
    firsts = {row.type: row.asset_id for row in await sql(life.runtime, "SELECT * FROM asset_references WHERE position = 0")}
    assert {kind: getattr(movie, f"{kind}_id") for kind in ArtworkType} == {kind: firsts.get(kind) for kind in ArtworkType}
    assert len(await sql(life.runtime, "SELECT 1 FROM movies")) == 1


async def lived(runtime, house, story, foreign_edit: str) -> None:
    life = await begun(runtime, house, foreign_edit)
    for step in story:
        await happens(life, *step)


LIVES = os.environ.get("METARR_TEST_LIVES", "")
"""How many lives are to be tried, others each time; else always the same."""
CALM = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.mark.parametrize("foreign_edit", SETTLES)
@settings(CALM, max_examples=8, derandomize=True, phases=[Phase.generate])
@given(story=st.lists(steps, min_size=6, max_size=8))
async def test_whatever_happens_what_is_locked_stays_and_nothing_of_others_is_lost(runtime, house, foreign_edit, story):
    await lived(runtime, house, story, foreign_edit)


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("foreign_edit", SETTLES)
@settings(CALM, max_examples=int(LIVES or "40"), derandomize=not LIVES, phases=[Phase.generate, Phase.shrink])
@given(story=st.lists(steps, min_size=8, max_size=20))
async def test_however_long_it_lives(runtime, house, foreign_edit, story):
    await lived(runtime, house, story, foreign_edit)
