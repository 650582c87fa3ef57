"""The single tables of metarr.toml: everything that has a default."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator

from metarr_core.settings.fields import AbsolutePath, Hours, HttpUrl, OptionalHttpUrl, Port, Seconds, Section

NO_SECRET = SecretStr("")
READABLE_BY_ALL = 0o444


def default_data_dir() -> Path:
    """Where an installation of this user keeps its data: /var/lib/metarr for root."""
    if os.geteuid() == 0:
        return Path("/var/lib/metarr")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "metarr"


class Paths(Section):
    """Where Metarr keeps its own files."""

    data_dir: AbsolutePath = Field(default_factory=default_data_dir, description="Database, keys and logs.")
    cache_dir: AbsolutePath | None = Field(None, description="Artwork by content hash; default: data_dir/cache.")
    file_mode: str = Field("0644", pattern=r"^0?[0-7]{3}$", description="Mode of published files, in octal.")

    @field_validator("file_mode")
    @classmethod
    def _readable_by_all(cls, value: str) -> str:
        if int(value, 8) & READABLE_BY_ALL != READABLE_BY_ALL:
            raise ValueError("must let everybody read, such as 0644: Kodi and Radarr have to")
        return value

    @property
    def cache(self) -> Path:
        """The root of the cache."""
        return self.cache_dir or self.data_dir / "cache"

    @property
    def mode(self) -> int:
        """`file_mode` as a number."""
        return int(self.file_mode, 8)


class Database(Section):
    """PostgreSQL."""

    url: SecretStr = Field(NO_SECRET, description="postgresql+psycopg://…; empty: the embedded server.")

    @field_validator("url")
    @classmethod
    def _postgresql(cls, value: SecretStr) -> SecretStr:
        if (text := value.get_secret_value()) and not text.startswith("postgresql+psycopg://"):
            raise ValueError("must start with postgresql+psycopg:// (or be empty for the embedded server)")
        return value


class Prefect(Section):
    """The flow engine."""

    api_url: OptionalHttpUrl = Field("", description="API of a Prefect 3 server; empty: our own on loopback.")
    port: Port = Field(4200, description="Port of our own server on loopback; 0: any free one.")
    database_url: SecretStr = Field(
        NO_SECRET, description="postgresql+asyncpg://… for our own server; empty: a database beside ours."
    )


class Web(Section):
    """The web shim."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Port = Field(8765, description="Port to listen on; 0: any free one.")
    api_key: SecretStr = Field(NO_SECRET, description="Empty: generated, kept in data_dir, printed once.")
    public_url: OptionalHttpUrl = Field("", description="How a browser reaches us.")
    base_path: str = Field("", pattern=r"^(/[^/]+)*$", description="Path prefix behind a proxy, such as /metarr.")


class Tmdb(Section):
    """The Movie Database."""

    api_key: SecretStr = Field(NO_SECRET, description="v3 key or v4 read token; empty: enrichment waits.")
    base_url: HttpUrl = Field("https://api.themoviedb.org/3", description="Its API.")
    image_base_url: HttpUrl = Field("https://image.tmdb.org/t/p", description="Its pictures.")
    language: str = Field("en-US", pattern=r"^[a-z]{2}(-[A-Z]{2})?$", description="Language of texts.")
    country: str = Field("", pattern=r"^([A-Z]{2})?$", description="Whose age ratings count; empty: the language's region.")


class FanartTv(Section):
    """fanart.tv."""

    api_key: SecretStr = Field(NO_SECRET, description="Project or personal key; empty: not asked.")
    base_url: HttpUrl = Field("https://webservice.fanart.tv/v3", description="Its API.")


class Providers(Section):
    """Where metadata and artwork come from."""

    tmdb: Tmdb = Field(Tmdb(), description="The Movie Database.")
    fanart_tv: FanartTv = Field(FanartTv(), description="fanart.tv.")


class Probe(Section):
    """ffprobe."""

    ffprobe: str = Field("", description="Path of an ffprobe; empty: the one that came along, else the system's.")
    timeout_seconds: Seconds = Field(60.0, description="Longest time for one file.")


class Scan(Section):
    """The library scan."""

    schedule: str = Field("0 3 * * *", description="When all libraries are scanned, as cron.")
    max_removal_percent: Annotated[int, Field(ge=0, le=100)] = Field(20, description="More missing: nothing goes.")
    max_removal_files: Annotated[int, Field(ge=0)] = Field(10, description="So many may go whatever the percentage.")
    trust_nfo: bool = Field(True, description="Values of an NFO that we did not write win over the providers'.")


class Playback(Section):
    """What happens to somebody who watches while a file is upgraded."""

    resume: bool = Field(True, description="Go on at the same second with the new file.")
    stop: Literal["when_ready", "at_delete"] = Field("when_ready", description="When playback of the old file ends.")
    max_age_hours: Annotated[float, Field(gt=0)] = Field(2, description="Older captures are not resumed.")


class Upgrade(Section):
    """What follows an upgrade: Radarr deletes the old file's sidecars in the background, so we look again."""

    settle_seconds: Seconds = Field(8.0, description="First look at what was written, in seconds after the upgrade.")
    settle_again_seconds: Seconds = Field(300.0, description="Second look, in seconds after the upgrade.")
    awaited_hours: Hours = Field(24.0, description="An announced file that has not come by then is told as failed.")


class Trash(Section):
    """Deleted films."""

    grace_days: Annotated[int, Field(ge=1)] = Field(30, description="Days until a deleted film is purged.")
    missing_hours: Hours = Field(24.0, description="Hours until a film whose only file was deleted goes to the trash.")
    max_purge_films: Annotated[int, Field(ge=0)] = Field(200, description="A purge of more films waits for you to confirm.")
    orphan_days: Annotated[int, Field(ge=1)] = Field(90, description="Days until unused artwork leaves the cache.")


class Worker(Section):
    """Flow runs at once in each lane, and the child processes that carry them out."""

    interactive: Annotated[int, Field(ge=1, le=64)] = Field(2, description="At once in the critical and high queues.")
    background: Annotated[int, Field(ge=1, le=64)] = Field(2, description="At once in the other queues.")
    runs_per_child: Annotated[int, Field(ge=1)] = Field(200, description="A child is replaced after so many runs.")
    child_memory_mb: Annotated[int, Field(ge=200)] = Field(600, description="A child that is larger, in MiB, is replaced.")
    run_timeout_seconds: Seconds = Field(3600.0, description="A run that takes longer is ended.")


class Dispatcher(Section):
    """Turns jobs into flow runs."""

    poll_seconds: Seconds = Field(1.0, description="Longest time until a due job is seen.")
    lost_run_seconds: Seconds = Field(15.0, description="A run without its lock for this long is lost.")
    retry_seconds: Seconds = Field(300.0, description="Wait before a failed job is tried again.")
