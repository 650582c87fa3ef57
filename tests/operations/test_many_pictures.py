"""A film with as many pictures as a real one has ends with those that a person would choose.

The numbers are made up in the proportions of a real answer: 143 posters, 56 of them without a vote, a third of them in
English, 55 logos, 97 backdrops of which most have no text.
"""

from __future__ import annotations

import json
from itertools import cycle

import pytest

from deployments.demo.faults import Fault
from metarr_core.operations.artwork import download_artwork
from metarr_core.operations.enrichment import enrich_movie
from tests.operations.films import known, sql
from tests.operations.offers import GOOD, chosen, encoded, painting

LANGUAGES = ["en", "es", "pt", "ar", "fr", "ko", "en", "ru", "uk", "en"]


def image(name, language, votes=(0.0, 0), size=(1000, 1500)):
    width, height = size
    row = {"file_path": f"/{name}", "iso_639_1": language, "width": width, "height": height}
    return row | {"vote_average": votes[0], "vote_count": votes[1], "aspect_ratio": round(width / height, 3)}


def crowd(kind, count, suffix, size, votes=((0.0, 0), (1.7, 6), (0.2, 1), (3.3, 1), (0.0, 0))):
    """Pictures that nobody would choose, in many languages."""
    ballots, languages = cycle(votes), cycle(LANGUAGES)
    return [image(f"{kind}{n}.{suffix}", next(languages), next(ballots), size) for n in range(count)]


POSTERS = [
    image("crowd-of-another-language.jpg", "es", (7.9, 180), (2000, 3000)),
    image("popular-and-small.jpg", "en", (5.59, 28), (1000, 1426)),
    image("one-friend.jpg", "en", (10.0, 1), (2000, 3000)),
    image("four-friends.jpg", "en", (10.0, 4), (2000, 3000)),
    image("six-friends.jpg", "en", (8.36, 6), (2000, 3000)),
    image("wanted.jpg", "en", (6.5, 44), (2000, 3000)),
    image("most-votes.jpg", "en", (5.2, 71), (2000, 3000)),
    image("textless.jpg", None, (9.0, 60), (2000, 3000)),
    image("huge-without-votes.jpg", "en", (0.0, 0), (4000, 6000)),
]
LOGOS = [
    image("one-friend.png", "en", (10.0, 1), (253, 294)),
    image("wanted.png", "en", (8.03, 5), (1804, 389)),
    image("small.png", "en", (3.3, 2), (409, 296)),
    image("another-language.png", "pt", (9.1, 12), (2000, 600)),
]
BACKDROPS = [
    image("wanted1.jpg", None, (5.46, 23), (2560, 1440)),
    image("wanted2.jpg", None, (5.1, 31), (2559, 1439)),
    image("wanted3.jpg", None, (5.84, 17), (1920, 1080)),
    image("with-text.jpg", "en", (9.0, 80), (3840, 2160)),
    image("no-votes.jpg", None, (0.0, 0), (3840, 2160)),
]
ANSWER = {
    "title": "Sintel",
    "original_title": "Sintel",
    "original_language": "en",
    "images": {
        "posters": POSTERS + crowd("poster", 143 - len(POSTERS), "jpg", (1000, 1500)),
        "logos": LOGOS + crowd("logo", 55 - len(LOGOS), "png", (400, 290)),
        "backdrops": BACKDROPS + [row | {"iso_639_1": None} for row in crowd("scene", 92, "jpg", (1920, 1080))],
    },
}


@pytest.fixture
async def movie_id(runtime, house):
    house.fanart_tv.faults.add("/v3/", Fault(status=404, body=b'{"status":"error","error message":"Not found"}'))
    house.tmdb.faults.add("/3/movie/", Fault(status=200, body=json.dumps(ANSWER).encode()))
    for kind in ("posters", "logos", "backdrops"):
        for row in ANSWER["images"][kind]:
            if "wanted" in row["file_path"]:
                house.tmdb.faults.add(f"{row['file_path']}$", Fault(status=200, body=encoded(painting(row["file_path"]))))
    house.tmdb.faults.add("/t/p/", Fault(status=200, body=GOOD))
    movie_id = await known(runtime, house)
    await enrich_movie(runtime, movie_id)
    await download_artwork(runtime, movie_id)
    return movie_id


async def test_the_poster_the_logo_and_the_fanart_are_those_that_a_person_would_choose(runtime, movie_id):
    assert await chosen(runtime, movie_id) == ["wanted.jpg"]
    assert await chosen(runtime, movie_id, "clearlogo") == ["wanted.png"]
    assert await chosen(runtime, movie_id, "fanart") == ["wanted1.jpg", "wanted2.jpg", "wanted3.jpg"]
    assert await chosen(runtime, movie_id, "keyart") == ["textless.jpg"]
    assert await chosen(runtime, movie_id, "landscape") == ["with-text.jpg"]


async def test_only_what_is_chosen_is_fetched(house, movie_id):
    fetched = [line for line in house.tmdb.requests if line.startswith("/t/p/")]
    assert len(fetched) == len(set(fetched)) == 7


async def test_every_candidate_is_kept_with_its_score_and_the_reasons(runtime, movie_id):
    rows = await sql(
        runtime, "SELECT url, score, reasons FROM asset_candidates WHERE type = 'poster' ORDER BY score DESC LIMIT 3"
    )
    assert [row.url.rsplit("/", 1)[1] for row in rows] == ["wanted.jpg", "four-friends.jpg", "most-votes.jpg"]
    assert rows[0].reasons[1:] == ["6.5 from 44 votes counts as 4.56", "2000x3000 fills 100% of a screen"]
    ((in_english,),) = await sql(runtime, "SELECT count(*) FROM asset_candidates WHERE type = 'poster' AND language = 'en'")
    assert in_english == sum(row["iso_639_1"] == "en" for row in ANSWER["images"]["posters"])
