"""Where our database is: an address of the settings, or the embedded server."""

from __future__ import annotations

from metarr_core.db.embedded import EmbeddedPostgres
from metarr_core.settings import Settings


def database_url(settings: Settings) -> str:
    """The address of our database. Raises ConfigurationError before the embedded server was ever started."""
    return settings.database.url.get_secret_value() or EmbeddedPostgres(settings.paths.data_dir).url()
