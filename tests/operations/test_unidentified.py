"""The films that need a person, as a table with what they may be and forms that only wait to be sent."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from deployments.demo.films import SINTEL
from metarr_core.operations.explaining import CELL_WIDTH
from metarr_core.operations.identification import identify
from metarr_core.operations.unidentified import unidentified_page
from tests.operations.test_identification import unknown

FORM = "/deployments/deployment/1/run"


def forms(page):
    links = [part.split(")")[0] for part in page.split("](")[1:]]
    return [json.loads(parse_qs(urlsplit(link).query)["parameters"][0]) for link in links if link.startswith(FORM)]


async def test_each_film_has_its_candidates_with_posters_and_forms(runtime, house):
    movie_id = await unknown(runtime, house, "Sintel (1995) | <b>.mkv")
    await identify(runtime, [movie_id])
    page = await unidentified_page(runtime, FORM)
    assert page.startswith("# One unidentified film")
    assert f"{movie_id}: " in page
    assert "\\| &lt;b>.mkv" in page
    assert f"![poster]({runtime.settings.providers.tmdb.image_base_url}/w185/" in page
    assert "another year" in page
    assert forms(page) == [
        {"movie_ids": [movie_id], "action": "ignore"},
        {"movie_ids": [movie_id], "tmdb_id": SINTEL.tmdb_id},
    ]


async def test_no_line_of_a_cell_is_so_long_that_the_next_cells_are_out_of_sight(runtime, house):
    movie_id = await unknown(runtime, house, f"Sintel.1995.{'Proper.Remux.' * 8}mkv")
    await identify(runtime, [movie_id])
    (row,) = (line for line in (await unidentified_page(runtime, None)).splitlines() if line.startswith(f"| {movie_id}: "))
    lines = [line for cell in row.split(" | ") for line in cell.split("<br>") if not line.startswith("![poster]")]
    assert max(map(len, lines)) <= CELL_WIDTH + 10


async def test_without_a_form_there_are_no_links(runtime, house):
    movie_id = await unknown(runtime, house, "Sintel (1995).mkv")
    assert "not looked up yet" in await unidentified_page(runtime, None)
    await identify(runtime, [movie_id])
    assert "](/" not in await unidentified_page(runtime, None)


async def test_where_every_film_has_its_id_the_page_says_so(runtime):
    assert "Every film has its id." in await unidentified_page(runtime, FORM)
