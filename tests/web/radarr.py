"""What a Radarr sends: every event that it knows, as its code builds it. Nulls are missing keys."""

from __future__ import annotations

from typing import Any

HEAD = {"instanceName": "Radarr", "applicationUrl": ""}
ENGLISH = [{"id": 1, "name": "English"}]

MOVIE: dict[str, Any] = {
    "id": 12,
    "title": "Sintel",
    "year": 2010,
    "releaseDate": "2010-09-27",
    "folderPath": "/data/movies/Sintel (2010)",
    "tmdbId": 45745,
    "imdbId": "tt1727587",
    "overview": "A lonely young woman helps a wounded dragon.",
    "genres": ["Animation", "Fantasy"],
    "images": [{"coverType": "poster", "url": "/MediaCover/12/poster.jpg", "remoteUrl": "https://image.tmdb.org/t/p/a.jpg"}],
    "tags": ["kids"],
    "originalLanguage": ENGLISH[0],
}
REMOTE = {"tmdbId": 45745, "imdbId": "tt1727587", "title": "Sintel", "year": 2010}
FILE: dict[str, Any] = {
    "id": 31,
    "relativePath": "Sintel (2010) Bluray-1080p.mkv",
    "path": "/data/movies/Sintel (2010)/Sintel (2010) Bluray-1080p.mkv",
    "quality": "Bluray-1080p",
    "qualityVersion": 1,
    "releaseGroup": "GROUP",
    "sceneName": "Sintel.2010.1080p.BluRay.x264-GROUP",
    "indexerFlags": "G_Freeleech, G_Internal",
    "size": 1_234_567_890,
    "dateAdded": "2024-05-01T10:00:00.1234567Z",
    "languages": ENGLISH,
    "mediaInfo": {
        "audioChannels": 5.1,
        "audioCodec": "DTS",
        "audioLanguages": ["eng"],
        "height": 818,
        "width": 1920,
        "subtitles": ["eng", "ger"],
        "videoCodec": "x264",
        "videoDynamicRange": "",
        "videoDynamicRangeType": "",
    },
    "sourcePath": "/downloads/Sintel.2010.1080p.BluRay.x264-GROUP/sintel.mkv",
}
CLIENT = {"downloadClient": "qBittorrent", "downloadClientType": "qBittorrent", "downloadId": "ABCDEF0123456789"}
FORMATS = {"customFormatInfo": {"customFormats": [{"id": 1, "name": "x264"}], "customFormatScore": 10}}
GRABBED = {"release": {"releaseTitle": "Sintel.2010.1080p.BluRay.x264-GROUP", "indexer": "An indexer", "size": 1}}
OLD_FILE = {**FILE, "id": 30, "relativePath": "Sintel (2010) DVD.mkv", "recycleBinPath": "/recycle/Sintel (2010) DVD.mkv"}


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"eventType": kind, **HEAD, **more}


def download(*, movie: dict[str, Any] = {}, file: dict[str, Any] = {}, **more: Any) -> dict[str, Any]:  # noqa: B006
    """An import, with some of it changed."""
    parts = {"movie": {**MOVIE, **movie}, "remoteMovie": REMOTE, "movieFile": {**FILE, **file}, "isUpgrade": False}
    return event("Download", **{**parts, **CLIENT, **FORMATS, **GRABBED, **more})


def without(payload: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name not in names}


TEST = event(
    "Test",
    movie={
        "id": 1,
        "title": "Test Title",
        "year": 1970,
        "releaseDate": "1970-01-01",
        "folderPath": "C:\\testpath",
        "tmdbId": 0,
        "tags": ["test-tag"],
    },
    remoteMovie={"tmdbId": 1234, "imdbId": "5678", "title": "Test title", "year": 1970},
    release={"quality": "Test Quality", "releaseGroup": "Test Group", "indexer": "Test Indexer", "size": 9999999},
)
GRAB = event(
    "Grab",
    movie=MOVIE,
    remoteMovie=REMOTE,
    release={"quality": "Bluray-1080p", "qualityVersion": 1, "releaseTitle": "Sintel", "indexerFlags": ["G_Freeleech"]},
    **CLIENT,
    **FORMATS,
)
DOWNLOAD = download()
UPGRADE = download(isUpgrade=True, deletedFiles=[OLD_FILE])
LEGACY_DOWNLOAD = without(
    download(movie={"year": 0}, file={"path": "/downloads/Sintel.2010.1080p/sintel.mkv"}),
    *("instanceName", "applicationUrl", "customFormatInfo", "release", "downloadClientType"),
)

STATUS_OF: dict[str, tuple[dict[str, Any], str]] = {
    "Test": (TEST, "done"),
    "Grab": (GRAB, "pending"),
    "Download": (DOWNLOAD, "pending"),
    "Download, upgrade": (UPGRADE, "pending"),
    "Download, v3": (LEGACY_DOWNLOAD, "pending"),
    "Import": ({**DOWNLOAD, "eventType": "Import"}, "pending"),
    "download, in small letters": ({**DOWNLOAD, "eventType": "download"}, "pending"),
    "Download, no release date": (download(movie={"releaseDate": "9999-12-31"}), "pending"),
    "Rename": (
        event(
            "Rename",
            movie=MOVIE,
            renamedMovieFiles=[
                {**FILE, "previousRelativePath": "a.mkv", "previousPath": "/data/movies/Sintel (2010)/a.mkv"}
            ],
        ),
        "pending",
    ),
    "Rename, v3": ({"eventType": "Rename", "movie": MOVIE}, "pending"),
    "MovieAdded": (event("MovieAdded", movie=MOVIE, addMethod="manual"), "done"),
    "MovieFileDelete": (event("MovieFileDelete", movie=MOVIE, movieFile=FILE, deleteReason="missingFromDisk"), "pending"),
    "MovieFileDelete, upgrade": (event("MovieFileDelete", movie=MOVIE, movieFile=FILE, deleteReason="upgrade"), "pending"),
    "MovieDelete": (event("MovieDelete", movie=MOVIE, deletedFiles=True, movieFolderSize=12), "pending"),
    "MovieDelete, files kept": (event("MovieDelete", movie=MOVIE, deletedFiles=False, movieFolderSize=0), "pending"),
    "Health": (event("Health", level="warning", message="Indexers are unavailable", type="IndexerStatusCheck"), "ignored"),
    "HealthRestored": (
        {"eventType": "HealthRestored", "instanceName": "Radarr", "level": "ok", "message": "fine", "type": "A"},
        "ignored",
    ),
    "ApplicationUpdate": (
        event("ApplicationUpdate", message="updated", previousVersion="5.0.0.0", newVersion="6.0.0.0"),
        "ignored",
    ),
    "ManualInteractionRequired": (
        event(
            "ManualInteractionRequired",
            downloadInfo={"quality": "Unknown", "qualityVersion": 1, "title": "Sintel", "size": 1},
            downloadStatus="Warning",
            downloadStatusMessages=[{"title": "Sintel", "messages": ["No files found are eligible"]}],
            **CLIENT,
            **FORMATS,
        ),
        "ignored",
    ),
    "an event of a later version": (event("MovieRated", movie=MOVIE, rating={"stars": 5}), "ignored"),
    "no event type": ({"movie": MOVIE}, "ignored"),
    "an empty object": ({}, "ignored"),
}
