"""Where the parts of an installation find each other, and the environment that Prefect needs for it."""

from __future__ import annotations

import os

from sqlalchemy import make_url

from metarr_core.db.embedded import EmbeddedPostgres
from metarr_core.logs.lines import JsonLines
from metarr_core.secrets import kept_secret
from metarr_core.settings import Settings

EVENT_BATCH, READ_BATCH = "500", "100"
TWO_WEEKS_SECONDS = str(14 * 24 * 3600)

SERVER_SETTINGS = {
    # Automations are not used; without them a task costs the server a third.
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": EVENT_BATCH,
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": READ_BATCH,
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": READ_BATCH,
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": READ_BATCH,
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "true",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": TWO_WEEKS_SECONDS,
    # In a storm most runs wait for more than the default of 15 s, and to call one late costs as much as to start it.
    "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "300",
    # What a connection keeps prepared is memory of PostgreSQL: 120 MiB in a storm with the defaults, 76 so.
    "PREFECT_SERVER_DATABASE_SQLALCHEMY_CONNECT_ARGS_STATEMENT_CACHE_SIZE": "20",
    "PREFECT_SERVER_DATABASE_SQLALCHEMY_CONNECT_ARGS_PREPARED_STATEMENT_CACHE_SIZE": "20",
    # It opens more while they are wanted; each that it keeps costs 12 MiB.
    "PREFECT_SERVER_DATABASE_SQLALCHEMY_POOL_SIZE": "3",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_API_URL": "/api",  # from another computer, the browser reaches the API where it reached the page
}
CLIENT_SETTINGS = {
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "metarr_core",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "DO_NOT_TRACK": "1",
}

JSON_LINES = {
    "PREFECT_LOGGING_FORMATTERS_JSON_CLASS": f"{JsonLines.__module__}.{JsonLines.__qualname__}",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER": "json",
    "PREFECT_LOGGING_COLORS": "false",
}


def prefect_api_url(settings: Settings) -> str:
    """The API of the Prefect server: of the settings, of the stack that started us, or our own at its usual port."""
    return settings.prefect.api_url or os.environ.get("PREFECT_API_URL") or f"http://127.0.0.1:{settings.prefect.port}/api"


def prefect_database_url(settings: Settings) -> str:
    """The database of our own Prefect server: of the settings, or one beside ours."""
    if given := settings.prefect.database_url.get_secret_value():
        return given
    if ours := settings.database.url.get_secret_value():
        url = make_url(ours)
        beside = url.set(drivername="postgresql+asyncpg", database=f"{url.database}_prefect")
        return beside.render_as_string(hide_password=False)
    return EmbeddedPostgres(settings.paths.data_dir).url("prefect", "postgresql+asyncpg")


def client_environment(settings: Settings, api_url: str) -> dict[str, str]:
    """The environment of everything that talks to Prefect; what the user has set stays."""
    ours = {
        **CLIENT_SETTINGS,
        **(JSON_LINES if settings.logging.format == "json" else {}),
        "PREFECT_LOGGING_LEVEL": settings.logging.level,
        "PREFECT_API_URL": api_url,
        "PREFECT_HOME": str(settings.paths.data_dir / "prefect"),
    }
    return {**os.environ, **{key: value for key, value in ours.items() if key not in os.environ or key == "PREFECT_API_URL"}}


def server_environment(settings: Settings, api_url: str) -> dict[str, str]:
    """The environment of our own Prefect server."""
    return {
        **client_environment(settings, api_url),
        **SERVER_SETTINGS,
        "PREFECT_API_DATABASE_CONNECTION_URL": prefect_database_url(settings),
    }


def api_key(settings: Settings) -> tuple[str, bool]:
    """The key of the web shim, and whether it was made just now. Raises StorageUnavailable."""
    if given := settings.web.api_key.get_secret_value():
        return given, False
    return kept_secret(settings.paths.data_dir / "api-key")
