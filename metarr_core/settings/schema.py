"""Everything that can be set, and what must agree."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from pydantic import Field, model_validator

from metarr_core.settings import sections
from metarr_core.settings.artwork import Artwork
from metarr_core.settings.entries import Library, Manager, PlayerGroup
from metarr_core.settings.fields import Section
from metarr_core.settings.logs import Logging


class Settings(Section):
    """Everything that can be set."""

    paths: sections.Paths = Field(default_factory=sections.Paths, description="Where Metarr keeps its own files.")
    database: sections.Database = Field(sections.Database(), description="PostgreSQL.")
    prefect: sections.Prefect = Field(sections.Prefect(), description="The flow engine.")
    web: sections.Web = Field(sections.Web(), description="The web shim.")
    providers: sections.Providers = Field(sections.Providers(), description="Metadata and artwork.")
    artwork: Artwork = Field(Artwork(), description="How artwork is chosen.")
    probe: sections.Probe = Field(sections.Probe(), description="ffprobe.")
    scan: sections.Scan = Field(sections.Scan(), description="The library scan.")
    playback: sections.Playback = Field(sections.Playback(), description="Playback over upgrades.")
    upgrade: sections.Upgrade = Field(sections.Upgrade(), description="What follows an upgrade.")
    trash: sections.Trash = Field(sections.Trash(), description="Deleted films.")
    worker: sections.Worker = Field(sections.Worker(), description="Flow runs at once.")
    dispatcher: sections.Dispatcher = Field(sections.Dispatcher(), description="Jobs to flow runs.")
    logging: Logging = Field(Logging(), description="Log lines.")
    libraries: list[Library] = Field([], description="Folders of films.")
    managers: list[Manager] = Field([], description="Radarr and Sonarr.")
    player_groups: list[PlayerGroup] = Field([], description="Players.")

    @model_validator(mode="after")
    def _names_are_unique(self) -> Settings:
        players = [player.name for group in self.player_groups for player in group.players]
        for kind, names in (
            ("libraries", [library.name for library in self.libraries]),
            ("managers", [manager.name for manager in self.managers]),
            ("player_groups", [group.name for group in self.player_groups]),
            ("player_groups.players", players),
        ):
            if twice := [name for name, times in Counter(names).items() if times > 1]:
                raise ValueError(f"{kind}: the name '{twice[0]}' is used twice; names must be unique")
        return self

    @model_validator(mode="after")
    def _libraries_lie_apart(self) -> Settings:
        for one, other in combinations(self.libraries, 2):
            if one.path.is_relative_to(other.path) or other.path.is_relative_to(one.path):
                raise ValueError(f"libraries: '{one.name}' and '{other.name}' overlap; one lies inside the other")
        return self

    @model_validator(mode="after")
    def _groups_name_known_libraries(self) -> Settings:
        known = {library.name for library in self.libraries}
        for group in self.player_groups:
            if unknown := set(group.libraries or []) - known:
                raise ValueError(
                    f"player_groups: '{group.name}' names the library '{min(unknown)}'; "
                    f"known are: {', '.join(sorted(known)) or 'none'}"
                )
        return self
