"""What a Sonarr sends: every event that it knows, in the shapes of version 4 and the odd ones of version 3."""

from __future__ import annotations

from typing import Any

HEAD = {"instanceName": "Sonarr", "applicationUrl": ""}
SERIES: dict[str, Any] = {
    "id": 7,
    "title": "Pioneer One",
    "titleSlug": "pioneer-one",
    "path": "/data/tv/Pioneer One",
    "tvdbId": 170551,
    "tvMazeId": 2144,
    "tmdbId": 0,
    "imdbId": "tt1748166",
    "malIds": [],
    "aniListIds": [],
    "type": "standard",
    "year": 2010,
    "genres": ["Drama"],
    "images": [],
    "tags": [],
    "originalLanguage": {"id": 1, "name": "English"},
}
EPISODES = [
    {"id": n, "episodeNumber": n, "seasonNumber": 1, "title": f"Episode {n}", "seriesId": 7, "tvdbId": 2000 + n}
    for n in (1, 2)
]
FILE: dict[str, Any] = {
    "id": 40,
    "relativePath": "Season 1/Pioneer One - S01E01-02.mkv",
    "path": "/data/tv/Pioneer One/Season 1/Pioneer One - S01E01-02.mkv",
    "quality": "WEBDL-1080p",
    "qualityVersion": 1,
    "size": 1_000_000,
    "dateAdded": "2024-05-01T10:00:00Z",
}
PARTS = {"series": SERIES, "episodes": EPISODES}
CLIENT = {"downloadClient": "SABnzbd", "downloadClientType": "SABnzbd", "downloadId": "SABnzbd_nzo_1"}
RELEASE = {"release": {"releaseTitle": "Pioneer.One.S01", "indexer": "An indexer", "size": 1, "releaseType": "seasonPack"}}


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"eventType": kind, **HEAD, **more}


TEST = event(
    "Test",
    series={"id": 1, "title": "Test Title", "path": "C:\\testpath", "tvdbId": 1234, "tags": ["test-tag"]},
    episodes=[{"id": 123, "episodeNumber": 1, "seasonNumber": 1, "title": "Test title"}],
)
DOWNLOAD = event("Download", **PARTS, episodeFile=FILE, isUpgrade=False, **CLIENT, **RELEASE)
IMPORT_COMPLETE = event(
    "Download",
    **PARTS,
    episodeFiles=[FILE],
    fileCount=1,
    sourcePath="/downloads/Pioneer.One.S01",
    destinationPath="/data/tv/Pioneer One/Season 1",
    **RELEASE,
)
RAW_FILE = {"seriesId": 7, "seasonNumber": 1, "quality": {"quality": {"id": 3, "name": "WEBDL-1080p"}}, **FILE}

STATUS_OF: dict[str, tuple[dict[str, Any], str]] = {
    "Test": (TEST, "done"),
    "Grab": (event("Grab", **PARTS, **CLIENT, **RELEASE), "ignored"),
    "Download of a file": (DOWNLOAD, "ignored"),
    "Download of an upgrade": ({**DOWNLOAD, "isUpgrade": True, "deletedFiles": [FILE, FILE]}, "ignored"),
    "Download, import complete": (IMPORT_COMPLETE, "ignored"),
    "Rename": (event("Rename", series=SERIES, renamedEpisodeFiles=[{**FILE, "previousRelativePath": "a.mkv"}]), "ignored"),
    "SeriesAdd": (event("SeriesAdd", series=SERIES), "ignored"),
    "SeriesDelete": (event("SeriesDelete", series=SERIES, deletedFiles=True), "ignored"),
    "EpisodeFileDelete": (event("EpisodeFileDelete", **PARTS, episodeFile=FILE, deleteReason="manual"), "ignored"),
    "EpisodeFileDelete, v3": (
        {"eventType": "EpisodeFileDelete", **PARTS, "episodeFile": RAW_FILE, "deleteReason": "upgrade"},
        "ignored",
    ),
    "Health": ({"eventType": "Health", "instanceName": "Sonarr", "level": "error", "message": "no", "type": "A"}, "ignored"),
    "HealthRestored": ({"eventType": "HealthRestored", "instanceName": "Sonarr", "level": "ok", "message": "y"}, "ignored"),
    "ApplicationUpdate": ({"eventType": "ApplicationUpdate", "instanceName": "Sonarr", "newVersion": "4.1"}, "ignored"),
    "ManualInteractionRequired": (
        event("ManualInteractionRequired", **PARTS, downloadInfo={"title": "x"}, downloadStatus="Warning", **CLIENT),
        "ignored",
    ),
    "an event of a later version": (event("SeriesRated", series=SERIES), "ignored"),
}
