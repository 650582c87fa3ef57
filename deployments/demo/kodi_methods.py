"""Kodi's JSON-RPC methods, as far as the stand-in knows them, over a library of films."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from deployments.demo.kodi_filters import Fields, InvalidParams, limited, projected, selected
from deployments.demo.kodi_library import Library, Movie
from deployments.demo.kodi_screen import Screen

Json = dict[str, Any]
Method = Callable[[Json], Any]

SETTABLE = {
    *("title", "originaltitle", "sorttitle", "plot", "plotoutline", "tagline", "trailer", "mpaa", "year", "premiered"),
    *("genre", "country", "director", "writer", "studio", "tag", "set", "showlink", "runtime", "top250", "votes"),
    *("rating", "ratings", "userrating", "playcount", "lastplayed", "dateadded", "resume", "art", "imdbnumber"),
    "uniqueid",
}
MOVIE_PROPERTIES = SETTABLE | {"cast", "fanart", "file", "setid", "streamdetails", "thumbnail"}
TEXTURE_PROPERTIES = {"url", "cachedurl", "lasthashcheck", "imagehash"}
MOVIE_FIELDS: Fields = {
    # There is no filter field "file": Kodi refuses it.
    "path": lambda row: row["file"].rpartition("/")[0] + "/",
    "filename": lambda row: row["file"].rpartition("/")[2],
    "title": lambda row: row["title"],
    "originaltitle": lambda row: row["originaltitle"],
    "set": lambda row: row["set"],
}
TEXTURE_FIELDS: Fields = {"url": lambda row: row["url"]}
SHORTEST_NOTICE_MS = 1500


def methods_of(library: Library, screen: Screen) -> dict[str, Method]:
    """The methods by name; each takes the named parameters and gives the result, or raises InvalidParams."""
    films, pictures = _Films(library), _Pictures(library)
    return {
        "JSONRPC.Ping": lambda _: "pong",
        "JSONRPC.Version": lambda _: {"version": {"major": 13, "minor": 0, "patch": 0}},
        "Application.GetProperties": _properties,
        "Files.GetDirectory": films.list_directory,
        "Files.GetSources": films.list_sources,
        "VideoLibrary.Scan": films.scan,
        "VideoLibrary.GetMovies": films.list_movies,
        "VideoLibrary.GetMovieDetails": films.show,
        "VideoLibrary.RefreshMovie": films.refresh,
        "VideoLibrary.SetMovieDetails": films.change,
        "VideoLibrary.RemoveMovie": films.remove,
        "Textures.GetTextures": pictures.list_textures,
        "Textures.RemoveTexture": pictures.remove,
        "GUI.ShowNotification": _notify,
        **screen.methods(),
    }


class _Films:
    def __init__(self, library: Library) -> None:
        self._library = library

    def list_directory(self, params: Json) -> Json:
        directory = Path(_take(params, "directory", str))
        if not self._library.contains(directory) or not directory.is_dir():
            raise InvalidParams
        paths = [directory / name for name in self._library.listings.read(directory)]
        files, limits = limited([_entry(path) for path in paths], params.get("limits", {}))
        return {"files": files, "limits": limits}

    def list_sources(self, params: Json) -> Json:
        if params.get("media") != "video":
            raise InvalidParams
        sources, limits = limited([{"file": f"{root}/", "label": root.name} for root in self._library.roots], {})
        return {"sources": sources, "limits": limits}

    def scan(self, params: Json) -> str:
        directory = params.get("directory", "")
        self._library.scan(Path(directory) if directory else None)
        return "OK"

    def list_movies(self, params: Json) -> Json:
        rows = [self._library.row(movie) for movie in self._library.movies.values()]
        page, limits = limited(selected(rows, params, MOVIE_FIELDS), params.get("limits", {}))
        return {"limits": limits, "movies": _shown(page, params)}

    def show(self, params: Json) -> Json:
        (details,) = _shown([self._library.row(self._movie(params))], params)
        return {"moviedetails": details}

    def refresh(self, params: Json) -> str:
        movie = self._movie(params)
        if not params.get("ignorenfo", False):
            self._library.refresh(movie.movieid)
        return "OK"

    def change(self, params: Json) -> str:
        movie = self._movie(params)
        changes = {name: value for name, value in params.items() if name != "movieid" and value is not None}
        if not SETTABLE.issuperset(changes) or not {"position", "total"}.issuperset(changes.get("resume", {})):
            raise InvalidParams
        self._library.change(movie.movieid, changes)
        return "OK"

    def remove(self, params: Json) -> str:
        del self._library.movies[self._movie(params).movieid]
        return "OK"

    def _movie(self, params: Json) -> Movie:
        movie = self._library.movies.get(_take(params, "movieid", int))
        if movie is None:
            raise InvalidParams
        return movie


class _Pictures:
    def __init__(self, library: Library) -> None:
        self._textures = library.textures

    def list_textures(self, params: Json) -> Json:
        rows = selected(self._textures.listed(), params, TEXTURE_FIELDS)
        return {"textures": projected(rows, params, known=TEXTURE_PROPERTIES, always=["textureid"])}

    def remove(self, params: Json) -> str:
        textureid = _take(params, "textureid", int)
        if textureid not in self._textures.rows:
            raise InvalidParams
        self._textures.remove(textureid)
        return "OK"


def _properties(params: Json) -> Json:
    known = {"name": "Kodi", "version": {"major": 20, "minor": 1, "revision": "unknown", "tag": "stable"}}
    asked = _take(params, "properties", list)
    if not known.keys() >= set(asked):
        raise InvalidParams
    return {name: known[name] for name in asked}


def _notify(params: Json) -> str:
    _take(params, "title", str)
    _take(params, "message", str)
    if params.get("displaytime", SHORTEST_NOTICE_MS) < SHORTEST_NOTICE_MS:
        raise InvalidParams
    return "OK"


def _shown(rows: list[Json], params: Json) -> list[Json]:
    return projected(rows, params, known=MOVIE_PROPERTIES, always=["label", "movieid"])


def _entry(path: Path) -> Json:
    folder = path.is_dir()
    return {
        "file": f"{path}/" if folder else str(path),
        "filetype": "directory" if folder else "file",
        "label": path.name,
        "type": "unknown",
    }


def _take(params: Json, name: str, kind: type) -> Any:
    value = params.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise InvalidParams
    return value
