"""Ids in what a person types."""

from __future__ import annotations

import pytest

from metarr_core.domain.nfo_ids import ids_in


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("https://www.themoviedb.org/movie/603-the-matrix?language=en", (603, None)),
        ("https://www.imdb.com/title/tt0133093/?ref_=nv", (None, "tt0133093")),
        ("imdb.com/de/title/tt0133093", (None, "tt0133093")),
        ("tt0133093", (None, "tt0133093")),
        ("tmdb-603", (603, None)),
        ("{tmdb-603}", (603, None)),
        ("The Matrix [imdbid-tt0133093]", (None, "tt0133093")),
        ("603", (None, None)),
        ("The Matrix", (None, None)),
        ("tmdb-0", (None, None)),
        ("tmdb-99999999999", (None, None)),
        ("https://www.themoviedb.org/tv/603", (None, None)),
        ("", (None, None)),
    ],
)
def test_a_film_is_named_by_its_id_or_its_address(text, ids):
    assert ids_in(text) == ids
