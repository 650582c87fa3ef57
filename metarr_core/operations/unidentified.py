"""The films that need a person, for people to look at: what their names tell, and which films they may be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from metarr_core.db import identifications as db
from metarr_core.db.identifications import Unidentified
from metarr_core.operations.explaining import narrow, plain
from metarr_core.runtime import Runtime

MOST_ROWS, CANDIDATES_SHOWN = 200, 3


async def unidentified_page(runtime: Runtime, form: str | None) -> str:
    """The table, in Markdown. `form` is where the form of `identify-media` is in Prefect's page; None: nowhere.

    Nothing changes by following a link: it opens the form, filled in.
    """
    async with runtime.database.transaction() as session:
        rows, total = await db.page(session, MOST_ROWS, 0)
    return "\n".join(_lines(rows, total, form))


def _lines(rows: list[Unidentified], total: int, form: str | None) -> Iterator[str]:
    yield f"# {total} unidentified films" if total != 1 else "# One unidentified film"
    yield ""
    if not rows:
        yield "Every film has its id."
        return
    yield from ("| file | may be | why it was not sure |", "| --- | --- | --- |")
    for row in rows:
        search = row.search
        shown = [_candidate(row, one, form) for one in (search.candidates if search else [])[:CANDIDATES_SHOWN]]
        why = narrow(search.why) if search else "not looked up yet"
        ignore = f"<br>{_link('ignore it', form, movie_ids=[row.movie.id], action='ignore')}" if form else ""
        path = PurePath(row.movie.file_path or row.movie.title)
        folder = f"<br>in {narrow(path.parent.name)}" if path.parent.name else ""
        file = f"{row.movie.id}: {narrow(path.name)}{folder}{ignore}"
        yield f"| {file} | {'<br>'.join(shown) or 'none'} | {why} |"
    if total > len(rows):
        yield from ("", f"{total - len(rows)} more are in `/api/v1/unidentified`.")


def _candidate(row: Unidentified, one: dict[str, Any], form: str | None) -> str:
    year = f" ({one['year']})" if one.get("year") else ""
    poster = f"![poster]({one['poster_url']}) " if one.get("poster_url") else ""
    named = _link(f"{one['title']}{year}", form, movie_ids=[row.movie.id], tmdb_id=one["tmdb_id"])
    return f"{poster}{named} {one['confidence']:.2f}<br>{'<br>'.join(map(narrow, one['reasons']))}"


def _link(text: str, form: str | None, **parameters: Any) -> str:
    if form is None:
        return plain(text)
    return f"[{plain(text)}]({form}?parameters={quote(json.dumps(parameters))})"
