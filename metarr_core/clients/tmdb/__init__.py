"""The Movie Database, API version 3."""

from metarr_core.clients.tmdb.client import Tmdb, TmdbMovie

__all__ = ["Tmdb", "TmdbMovie"]
