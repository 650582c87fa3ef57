"""Radarr's Download, as Radarr 6 sends it, to be changed in one place at a time."""

from __future__ import annotations

from typing import Any

MISSING = object()


def download(**changes: Any) -> dict[str, Any]:
    """The webhook with some keys changed; `movie__year=0` reaches into an object, MISSING takes a key away."""
    document: dict[str, Any] = {
        "movie": {
            "id": 7,
            "title": "Sintel",
            "year": 2010,
            "releaseDate": "2010-09-30",
            "folderPath": "/data/movies/Sintel (2010)",
            "tmdbId": 45745,
            "imdbId": "tt1727587",
            "overview": "A dragon.",
            "genres": ["Animation", "Fantasy"],
            "images": [{"coverType": "poster", "url": "/MediaCover/7/poster.jpg?lastWrite=1"}],
            "tags": ["4k"],
            "originalLanguage": {"id": 1, "name": "English"},
        },
        "remoteMovie": {"tmdbId": 45745, "imdbId": "tt1727587", "title": "Sintel", "year": 2010},
        "movieFile": {
            "id": 9,
            "relativePath": "Sintel (2010).mkv",
            "path": "/data/movies/Sintel (2010)/Sintel (2010).mkv",
            "quality": "Bluray-1080p",
            "size": 123456,
            "indexerFlags": "0",
        },
        "isUpgrade": False,
        "downloadClient": "qBittorrent",
        "downloadId": "ABC",
        "customFormatInfo": {"customFormats": [], "customFormatScore": 0},
        "release": {"releaseTitle": "Sintel.2010", "size": 0, "indexerFlags": ["G_Freeleech"]},
        "eventType": "Download",
        "instanceName": "Radarr",
        "applicationUrl": "",
    }
    for name, value in changes.items():
        *above, key = name.split("__")
        place = document
        for part in above:
            place = place[part]
        if value is MISSING:
            del place[key]
        else:
            place[key] = value
    return document


def pressed_test() -> dict[str, Any]:
    """What Radarr posts for its Test button: a Grab of film 1, by its looks."""
    movie = {"id": 1, "title": "Test Title", "year": 1970, "folderPath": "C:\\testpath", "tmdbId": 0, "tags": ["test-tag"]}
    release = {"quality": "Test Quality", "indexer": "Test Indexer", "size": 9999999}
    return {"movie": movie, "remoteMovie": {"tmdbId": 1234, "imdbId": "5678"}, "release": release, "eventType": "Test"}
