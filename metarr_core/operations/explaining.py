"""A film's page, for people: the pictures that were chosen and the runners-up with the reasons, and the film's story."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from textwrap import wrap
from urllib.parse import quote

from metarr_core.db import activity, artwork, movies
from metarr_core.db.tables.activity import Activity
from metarr_core.db.tables.artwork import AssetCandidate
from metarr_core.db.tables.movies import Movie
from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.ids import MovieId
from metarr_core.operations.previewing import preview_url
from metarr_core.runtime import Runtime

RUNNERS_UP = 3
NONE = "none"
CELL_WIDTH = 38
"""Letters in a line of a cell."""
LINES = 30
SIGNS = {"info": "", "success": "✓ ", "warning": "⚠ ", "error": "✗ "}


async def explain_movie(runtime: Runtime, movie_id: MovieId, form: str | None = None) -> str:
    """The page, in Markdown; `form` is the address of the form in which another picture is chosen. Raises NotFoundError.

    Nothing changes by following a link: it opens the form, filled in.
    """
    async with runtime.database.transaction() as session:
        movie = await movies.get(session, movie_id)
        chosen = await artwork.chosen(session, movie_id)
        offered = await artwork.every_candidate(session, movie_id)
        story, _ = await activity.page(session, movie_id, LINES, 0)
    pictures = _pictures(runtime, movie, chosen, offered, form)
    return "\n".join([*_head(movie), *pictures, *_story(story)])


def _head(movie: Movie) -> Iterator[str]:
    year = f" ({movie.year})" if movie.year else ""
    yield f"# {plain(movie.title)}{year}"
    yield ""
    yield f"{movie.identification_status} · TMDB {movie.tmdb_id or NONE} · {plain(movie.file_path or 'no file')}"
    yield ""
    if movie.locked_fields:
        yield from (f"locked, so that only you change them: {', '.join(sorted(movie.locked_fields))}", "")


def _pictures(
    runtime: Runtime,
    movie: Movie,
    chosen: Sequence[artwork.Chosen],
    offered: Sequence[AssetCandidate],
    form: str | None,
) -> Iterator[str]:
    if not chosen and not offered:
        return
    yield from ("| | chosen | runners-up, with the numbers of the candidates |", "| --- | --- | --- |")
    for kind in ArtworkType:
        ours = [one for one in chosen if one.type == kind]
        used = {one.url for one in ours}
        rivals = [one for one in offered if one.type == kind and one.url not in used]
        others = sorted(rivals, key=lambda one: one.blocked or one.passed_over is not None)[:RUNNERS_UP]
        if ours or others:
            shown = "<br>".join(_chosen(runtime, one, offered) for one in ours) or NONE
            named = f"{kind}<br>(locked)" if kind in movie.locked_fields else kind
            yield f"| {named} | {shown} | {'<br>'.join(_runner_up(one, form) for one in others) or NONE} |"
    yield ""


def _chosen(runtime: Runtime, one: artwork.Chosen, offered: Sequence[AssetCandidate]) -> str:
    reasons = next((rival.reasons for rival in offered if rival.url == one.url and rival.type == one.type), [])
    picture = f"![{one.type}]({preview_url(runtime.settings, one.content_hash)})"
    return "<br>".join((f"{picture} {one.source}, {one.width}x{one.height}", *map(plain, reasons)))


def _runner_up(one: AssetCandidate, form: str | None) -> str:
    against = "blocked" if one.blocked else one.failed_reason or one.passed_over
    why = [against] if against else one.reasons
    picture = f"![{one.type}]({small_address(one.provider, one.url)})"
    choose = "" if one.blocked else _choose(one, form)
    return "<br>".join((f"{picture} {one.provider} {one.id}, {one.score:g} points{choose}", *map(narrow, why)))


def _choose(one: AssetCandidate, form: str | None) -> str:
    if form is None:
        return ""
    picture = {"artwork_type": one.type, "source": "candidate", "candidate_id": one.id}
    return f", [choose it]({form}?parameters={quote(json.dumps({'movie_id': one.movie_id, **picture}))})"


def small_address(provider: str, url: str) -> str:
    """A small version of a provider's picture, by the provider's own rules."""
    if provider == "tmdb":
        return url.replace("/original/", "/w185/", 1)
    return url.replace("/fanart/", "/preview/", 1)


def _story(lines: Sequence[Activity]) -> Iterator[str]:
    yield from ("## What happened", "")
    for line in reversed(lines):
        yield f"- {line.created_at:%Y-%m-%d %H:%M:%S} {SIGNS[line.severity]}{plain(line.description)}"


def plain(text: str) -> str:
    """Text that is neither Markdown nor HTML, whatever a film is called."""
    escaped = "".join(f"\\{character}" if character in "\\`*_[]|#!" else character for character in text)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")


def narrow(text: str) -> str:
    """Plain text for a cell of a table: Prefect's page breaks no lines there, and hides what is too far right."""
    return "<br>".join(map(plain, wrap(text, CELL_WIDTH)))
