"""What users do to a film: each request is answered, or is made once more."""

from __future__ import annotations

import json

from deployments.demo.films import NOSFERATU, SINTEL
from metarr_core.db import history, replacements
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.editing import read_edit
from metarr_core.domain.field_values import from_json
from metarr_core.domain.ids import TmdbId
from metarr_core.domain.metadata import Who
from metarr_core.domain.replacement import Source, Wish
from metarr_core.operations import choosing, editing, staging, undoing
from metarr_core.operations.replacing import replace_artwork
from tests.operations.films import sql
from tests.operations.life import FIELDS, KINDS, LOCKABLE, Happening, Life, picture


class UserDeeds(Life):
    """A life with users."""

    async def user_edits(self) -> Happening:
        name, text = self.chance.choice(FIELDS), self.new()
        value = {
            "genres": self.chance.choice([[text], []]),
            "studios": [],
            "actors": [{"name": text}],
            "release_date": f"19{self.chance.randrange(10, 99)}-01-02",
            "crew": [{"name": text, "job": "Director"}],
        }.get(name, text)
        edit = read_edit(json.dumps({name: value if name == "title" else self.chance.choice([value, value, None])}).encode())

        async def work() -> None:
            async with self.runtime.database.transaction() as session:
                await editing.edit(session, self.movie_id, edit)
            self.said = {name: (await self.values())[name]}
            await self.publish()

        return Happening(work, self.is_said, publishes=True)

    async def user_locks(self) -> Happening:
        name, does = self.chance.choice(LOCKABLE), self.chance.choice((editing.lock, editing.unlock))
        before = await self.values()

        async def work() -> None:
            async with self.runtime.database.transaction() as session:
                await does(session, self.movie_id, [name])
            await self.publish()

        async def then() -> None:
            if does is editing.lock:
                self.locked[name] = before[name] if name not in self.locked else self.locked[name]
            else:
                self.lets_go(name)

        return Happening(work, then, publishes=True)

    async def user_undoes_a_change(self) -> Happening:
        changes = await sql(self.runtime, "SELECT id FROM activity_log WHERE event_type = 'movie.changed'")
        if not changes:
            return Happening()
        async with self.runtime.database.transaction() as session:
            change = await history.get(session, self.movie_id, self.chance.choice(changes).id)
        name = self.chance.choice(sorted(change.before))
        later = "SELECT 1 FROM activity_log WHERE event_type = 'movie.unlocked' AND id > :id AND metadata->'fields' ? :name"
        is_set_anew = name in self.locked and bool(await sql(self.runtime, later, id=change.id, name=name))

        async def work() -> None:
            async with self.runtime.database.transaction() as session:
                await editing.undo(session, self.movie_id, change.id, name)
            await self.publish()

        async def then() -> None:
            if change.who is not Who.USER or name in change.locked or is_set_anew:
                self.locked[name] = from_json({name: change.before[name]}).value(name)
            else:
                self.lets_go(name)

        return Happening(work, then, publishes=True)

    async def user_uploads(self) -> Happening:
        kind = self.chance.choice(KINDS)
        data = picture(self.new(), 1300, 1500)
        wish = Wish(self.movie_id, kind, Source.UPLOAD, position=await self.a_place(kind), allow_similar=True)

        async def work() -> None:
            file = staging.draft(self.runtime)
            file.write_bytes(data)
            await self.replaces(await staging.stage_upload(self.runtime, wish, file))

        async def then() -> None:
            self.theirs.append(data)
            await self.is_said()

        return Happening(work, then, publishes=True, chooses=kind)

    async def replaces(self, wish: Wish) -> None:
        await replace_artwork(self.runtime, wish)
        self.said = {wish.type: (await self.values())[wish.type]}
        assert self.said[wish.type][wish.position] == (wish.position, wish.sha256)
        await self.publish()

    async def a_place(self, kind: ArtworkType) -> int:
        return self.chance.randint(0, len((await self.values())[kind])) if kind is ArtworkType.FANART else 0

    async def user_chooses_a_candidate(self) -> Happening:
        kind = self.chance.choice(KINDS)
        offered = await sql(
            self.runtime,
            "SELECT id FROM asset_candidates WHERE type = :kind AND NOT blocked AND failed_reason IS NULL ORDER BY url",
            kind=kind,
        )
        if not offered:
            return Happening()
        number, place = self.chance.choice(offered).id, await self.a_place(kind)
        wish = Wish(self.movie_id, kind, Source.CANDIDATE, candidate_id=number, position=place, allow_similar=True)

        async def work() -> None:
            await self.replaces(await staging.stage_candidate(self.runtime, wish))

        return Happening(work, self.is_said, publishes=True, chooses=kind)

    async def user_takes_a_picture_back(self) -> Happening:
        kind = self.chance.choice(KINDS)
        async with self.runtime.database.transaction() as session:
            changes = await replacements.changes(session, self.movie_id, kind, 5)
        if not changes:
            return Happening()
        change = self.chance.choice(changes)
        before = change.details["before"]

        async def work() -> None:
            await undoing.undo(self.runtime, self.movie_id, kind, change.id)
            self.said = {kind: (await self.values())[kind]}
            places = dict(self.said[kind])
            assert places.get(change.details["position"]) == (before and before["content_hash"])
            await self.publish()

        async def then() -> None:
            self.lets_go(kind)
            if change.details["was_locked"]:
                await self.is_said()

        return Happening(work, then, publishes=True, chooses=kind)

    async def user_lets_metarr_choose(self) -> Happening:
        kind, blocks = self.chance.choice(KINDS), self.chance.random() < 0.5
        refused = self.chance.choice((await self.urls(kind)) or [""])

        async def work() -> None:
            if blocks:
                await self.block(kind, refused)
            await undoing.choose_again(self.runtime, self.movie_id, kind)
            await self.publish()

        async def then() -> None:
            self.lets_go(kind)
            assert not blocks or refused not in await self.urls(kind)

        return Happening(work, then, publishes=True, chooses=kind)

    async def urls(self, kind: ArtworkType) -> list[str]:
        """The addresses of what providers offered and the film has."""
        found = await sql(
            self.runtime,
            "SELECT url FROM asset_references WHERE type = :kind AND source = 'provider' AND url IN "
            "(SELECT url FROM asset_candidates WHERE type = :kind) ORDER BY position",
            kind=kind,
        )
        return [one.url for one in found]

    async def block(self, kind: ArtworkType, url: str) -> None:
        async with self.runtime.database.transaction() as session:
            candidate = await replacements.candidate_at(session, self.movie_id, kind, url)
            if candidate is not None:
                await replacements.block(session, candidate, is_blocked=True)

    async def user_names_a_film(self) -> Happening:
        film = self.chance.choice((NOSFERATU, SINTEL))

        async def work() -> None:
            await choosing.choose_film(self.runtime, self.movie_id, TmdbId(film.tmdb_id))
            await self.filled()

        return Happening(work, publishes=True)
