"""The trash, and what a purge did or would do, as pages for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from metarr_core.db import trash as db
from metarr_core.domain.purging import PurgePlan
from metarr_core.operations.explaining import plain
from metarr_core.operations.previewing import preview_url
from metarr_core.operations.purging import Purged
from metarr_core.runtime import Runtime

MOST_ROWS = 50
GIB = 1024**3
LONGER_DAYS = 90


async def trash_page(runtime: Runtime, forms: Mapping[str, str]) -> str:
    """The films in the trash, in Markdown; `forms` are addresses of deployments' forms by flow.

    Nothing changes by following a link: it opens a form, filled in.
    """
    async with runtime.database.transaction() as session:
        rows, total = await db.page(session, MOST_ROWS, 0)
    posters = {one.movie.id: preview_url(runtime.settings, one.poster) for one in rows if one.poster}
    return "\n".join(_trash(rows, total, posters, forms))


def _trash(rows: Sequence[db.Trashed], total: int, posters: Mapping[int, str], forms: Mapping[str, str]) -> Iterator[str]:
    yield f"# {total} films in the trash" if total != 1 else "# One film in the trash"
    yield ""
    if not rows:
        yield "It is empty."
        return
    yield from ("| | film | size | goes | why | |", "| --- | --- | --- | --- | --- | --- |")
    for one in rows:
        movie = one.movie
        poster = f"![poster]({posters[movie.id]})" if movie.id in posters else ""
        named = f"{movie.id}: {plain(movie.title)}" + (f" ({movie.year})" if movie.year else "")
        goes = f"{movie.deleted_at:%Y-%m-%d %H:%M} UTC" if movie.deleted_at else ""
        links = " · ".join(_links(forms, movie.id))
        yield f"| {poster} | {named} | {one.size / GIB:.2f} GiB | {goes} | {plain(movie.trash_reason or '')} | {links} |"
    if total > len(rows):
        yield from ("", f"{total - len(rows)} more are in `/api/v1/trash`.")


def _links(forms: Mapping[str, str], movie_id: int) -> Iterator[str]:
    yield _link("restore", forms.get("restore-media"), movie_id=movie_id)
    yield _link("keep longer", forms.get("delete-media"), movie_id=movie_id, days=LONGER_DAYS)
    yield _link("empty now", forms.get("purge-expired"), movie_id=movie_id)


def _link(text: str, form: str | None, **parameters: Any) -> str:
    return f"[{text}]({form}?parameters={quote(json.dumps(parameters))})" if form else text


def purge_page(done: Purged, *, is_dry: bool) -> str:
    """What a purge did, or would do, film by film, in Markdown."""
    return "\n".join(_purge(done, is_dry=is_dry))


def _purge(done: Purged, *, is_dry: bool) -> Iterator[str]:
    yield "# What would be deleted for good" if is_dry else "# What was deleted for good"
    yield ""
    plans = [*done.purged, *done.returned, *done.waiting]
    if not plans and not done.skipped:
        yield "Nothing: no film's day has come."
        return
    if plans:
        yield from ("| film | why | files of ours | spared |", "| --- | --- | --- | --- |")
        yield from (_plan(plan) for plan in plans[:MOST_ROWS])
    yield from ("", *(f"- {plain(why)}" for why in done.skipped[:MOST_ROWS]))
    if len(plans) > MOST_ROWS:
        yield f"- {len(plans) - MOST_ROWS} more films"


def _plan(plan: PurgePlan) -> str:
    what = plan.hindrance or f"{plan.reason}; its day was {plan.purge_at:%Y-%m-%d}"
    ours = "<br>".join(plain(entry.path) for entry in plan.ours) or "none"
    spared = "<br>".join(f"{plain(one.path)}: {one.why}" for one in plan.spared) or "none"
    return f"| {plan.movie_id}: {plain(plan.title)} | {plain(what)} | {ours} | {spared} |"
