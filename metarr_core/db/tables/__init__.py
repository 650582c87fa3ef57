"""Every table, by subject."""

from metarr_core.db.base import Base
from metarr_core.db.tables import (
    activity,
    artwork,
    bulks,
    identifications,
    jobs,
    libraries,
    movies,
    people,
    players,
    providers,
    scans,
    streams,
)

metadata = Base.metadata
"""All of them; complete, because the subjects are imported here."""

__all__ = [
    "activity",
    "artwork",
    "bulks",
    "identifications",
    "jobs",
    "libraries",
    "metadata",
    "movies",
    "people",
    "players",
    "providers",
    "scans",
    "streams",
]
