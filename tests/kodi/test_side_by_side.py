"""Our film beside the same film prepared by hand, by the conventions of Kodi's wiki: Kodi shows as much of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from lxml.builder import E

from deployments.demo.clips import write_clip
from deployments.demo.film import Film
from deployments.demo.films import NOSFERATU
from deployments.demo.pictures import fanart, logo, poster
from metarr_core.operations import players
from tests.kodi.test_new_film_in_kodi import enriched, imported

pytestmark = pytest.mark.kodi

PROPERTIES = (
    *("title", "originaltitle", "plot", "tagline", "year", "premiered", "runtime", "mpaa", "genre", "country", "studio"),
    *(
        "director",
        "writer",
        "tag",
        "set",
        "trailer",
        "rating",
        "votes",
        "ratings",
        "uniqueid",
        "cast",
        "art",
        "streamdetails",
    ),
)
DIFFERENT = {"uniqueid", "art", "file", "movieid", "label", "streamdetails"}


def by_hand(film: Film, folder: Path) -> Path:
    """A film as a careful person would prepare it."""
    folder.mkdir()
    video = write_clip(folder / "by hand.mkv", seconds=1, title=film.title)
    nfo = E.movie(
        E.title(film.title),
        E.originaltitle(film.original_title),
        E.plot(film.overview),
        E.tagline(film.tagline),
        E.mpaa(film.certification),
        E.premiered(film.release_date.isoformat()),
        E.year(str(film.year)),
        E.ratings(
            E.rating(
                E.value(str(film.vote_average)), E.votes(str(film.vote_count)), name="themoviedb", max="10", default="true"
            )
        ),
        E.uniqueid(str(film.tmdb_id + 1), type="tmdb", default="true"),
        E.uniqueid("tt9999999", type="imdb"),
        *(E.genre(name) for name in film.genres),
        E.country("Germany"),
        *(E.studio(company.name) for company in film.companies),
        *(E.tag(name) for name in film.keywords),
        *(E.director(name) for name in film.directors),
        *(E.credits(name) for name in film.writers),
        *(E.actor(E.name(m.name), E.role(m.character), E.order(str(n))) for n, m in enumerate(film.cast)),
    )
    video.with_suffix(".nfo").write_bytes(etree.tostring(nfo, xml_declaration=True, encoding="UTF-8"))
    for kind, data in (
        ("poster.jpg", poster(film.title, 1)),
        ("fanart.jpg", fanart(film.title, 1)),
        ("clearlogo.png", logo(film.title)),
    ):
        video.with_name(f"by hand-{kind}").write_bytes(data)
    return video


def shown(real_kodi, video: Path) -> dict:
    (movie,) = [one for one in real_kodi.movies("file", *PROPERTIES) if one["file"] == str(video)]
    return movie


async def test_kodi_shows_of_ours_all_that_it_shows_of_a_film_prepared_by_hand(kodi_runtime, real_kodi, kodi_movies):
    theirs = by_hand(NOSFERATU, kodi_movies / "By hand (1922)")
    movie_id, ours = await imported(kodi_runtime, kodi_movies, NOSFERATU, "By Metarr (1922)")
    await enriched(kodi_runtime, movie_id)
    real_kodi.rpc("Files.GetDirectory", directory=f"{kodi_movies}/", media="files")
    real_kodi.rpc("VideoLibrary.Scan", directory=f"{theirs.parent}/", showdialogs=False)
    assert await players.tell_players(kodi_runtime, movie_id) == []
    by_person, by_metarr = shown(real_kodi, theirs), shown(real_kodi, ours)
    for name in PROPERTIES:
        assert bool(by_metarr.get(name)) >= bool(by_person.get(name)), name
    plain = [name for name in PROPERTIES if name not in DIFFERENT and by_person.get(name) and name != "cast"]
    assert {name: by_metarr[name] for name in plain} == {name: by_person[name] for name in plain}
    assert [(a["name"], a["role"]) for a in by_metarr["cast"]] == [(a["name"], a["role"]) for a in by_person["cast"]]
    assert set(by_person["art"]) <= set(by_metarr["art"])
    assert set(by_person["uniqueid"]) <= set(by_metarr["uniqueid"])
    assert by_metarr["streamdetails"] == by_person["streamdetails"]
