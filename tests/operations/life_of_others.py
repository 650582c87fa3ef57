"""What other people and programs do to a film in the library."""

from __future__ import annotations

from tests.operations.films import sql
from tests.operations.life import Happening, Life, picture


class OthersDeeds(Life):
    """A life among others."""

    async def somebody_moves_it(self) -> Happening:
        """The film's folder gets another name, with all that is in it, and a scan follows."""
        if self.video.exists():
            self.folder_becomes(self.new())
        return Happening(self.scans, publishes=True, needs_video=True)

    async def somebody_changes_a_picture(self) -> Happening:
        paths = sorted(path for path, kind in (await self.ledger()).items() if kind and path.parent.exists())
        if paths:
            self.they_write(self.chance.choice(paths), picture(self.new(), 500, 750))
        return Happening()

    async def somebody_edits_the_nfo(self) -> Happening:
        paths = [path for path, kind in (await self.ledger()).items() if kind is None and path.parent.exists()]
        if paths:
            self.they_write(self.chance.choice(paths), f"<movie><tagline>{self.new()}</tagline></movie>".encode())
        return Happening()

    async def somebody_adds_a_file(self) -> Happening:
        """Where Metarr may want to write one day, or never does."""
        names = ("-poster.png", "-poster.jpg", "-clearart.png", ".nfo", ".en.srt", "-trailer.mkv")
        path = self.video.with_name(f"{self.video.stem}{self.chance.choice(names)}")
        ledger = await self.ledger()
        is_ours = path in ledger
        if path.parent.exists() and not path.exists():
            content = picture(self.new(), 300, 450) if path.suffix in {".png", ".jpg"} else self.new().encode()
            self.they_write(path, content)
            if not is_ours:
                self.unseen.pop(path)
            if any(kind and path != one and path.stem == one.stem for one, kind in ledger.items()):
                self.rivals[path] = content
        return Happening()

    async def a_backup_comes_back(self) -> Happening:
        """A picture of a provider that we published in earlier days."""
        paths = sorted(path for path, kind in (await self.ledger()).items() if kind and path.parent.exists())
        once = await sql(
            self.runtime,
            "SELECT file_path FROM cache_assets WHERE NOT is_original AND mime LIKE 'image/%' ORDER BY content_hash",
        )
        if paths and once:
            path = self.chance.choice(paths)
            self.they_remove(path)
            data = self.runtime.cache.path(self.chance.choice(once).file_path).read_bytes()
            path.write_bytes(data)
            if self.foreign_edit == "leave" and not await self.is_as_written(path, data):
                self.unseen[path] = data
        return Happening()

    async def a_file_is_damaged(self) -> Happening:
        paths = sorted(path for path in await self.ledger() if path.parent.exists())
        if paths:
            path = self.chance.choice(paths)
            self.they_remove(path)
            path.write_bytes(self.chance.choice((b"", b"\0" * 40)))
        return Happening()

    async def a_file_goes(self) -> Happening:
        paths = sorted(await self.ledger())
        if paths:
            self.they_remove(self.chance.choice(paths))
        return Happening()
