"""metarr.toml and the environment over it."""

import json
import re
import types
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel

from metarr_core.errors import ConfigurationError
from metarr_core.settings import Settings, load_settings

EXAMPLE = Path(__file__).with_name("metarr.example.toml")
SECRETS = ("a-long-secret", "tmdb-key", "fanart-key", "kodi-password")
LIBRARY = '[[libraries]]\nname = "Movies"\npath = "/media/movies"\n'


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Loads settings from a text of TOML and variables, in a folder without a metarr.toml."""
    monkeypatch.chdir(tmp_path)

    def loading(toml=None, **variables):
        if toml is not None:
            file = tmp_path / "given.toml"
            file.write_text(toml, "utf-8")
            variables["METARR_CONFIG"] = str(file)
        return load_settings(variables)

    return loading


def refusal(load, *arguments, **variables):
    with pytest.raises(ConfigurationError) as caught:
        load(*arguments, **variables)
    return str(caught.value)


def test_the_example_loads_as_it_stands(load):
    settings = load(EXAMPLE.read_text("utf-8"))
    assert (settings.paths.cache, settings.paths.mode) == (Path("/srv/metarr/cache"), 0o644)
    assert (settings.web.port, settings.web.api_key.get_secret_value()) == (8765, "a-long-secret")
    assert settings.providers.tmdb.base_url == "https://api.themoviedb.org/3"
    assert settings.artwork.languages_of("poster") == ("en", "original", "none")
    assert settings.artwork.count == {"poster": 1, "fanart": 3}
    assert settings.playback.stop == "when_ready"
    assert [library.name for library in settings.libraries] == ["Movies"]
    assert settings.managers[0].path_mappings[0].manager_path == "/data/movies"
    (group,) = settings.player_groups
    assert (group.library, group.shows("Movies"), group.shows("Kids")) == ("own", True, False)
    assert group.path_mappings[0].player_path == "smb://nas/movies"
    assert group.players[0].websocket_url == "ws://192.168.1.20:9090/jsonrpc"


def test_the_example_names_the_defaults_of_everything_that_has_one(load):
    with_defaults, example = load().model_dump(mode="json"), load(EXAMPLE.read_text("utf-8")).model_dump(mode="json")
    for section in ("artwork", "scan", "playback", "trash", "worker"):
        assert example[section] == with_defaults[section]


def test_everything_but_the_entries_has_a_default(load):
    settings = load()
    assert (settings.libraries, settings.managers, settings.player_groups) == ([], [], [])
    assert settings.paths.data_dir.is_absolute()
    assert settings.artwork.languages_of("fanart") == ("none", "en", "original")


def test_a_metarr_toml_in_the_current_folder_is_found(load, tmp_path):
    (tmp_path / "metarr.toml").write_text("[web]\nport = 99\n")
    assert load().web.port == 99


def sections(model=Settings):
    """Every table that can be written, with the name of each of its keys."""
    for name, field in model.model_fields.items():
        yield f"{model.__name__}.{name}", field
        for inner in models_in(field.annotation):
            yield from sections(inner)


def models_in(annotation):
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is not None:
        return [model for part in typing.get_args(annotation) for model in models_in(part)]
    return [annotation] if isinstance(annotation, type) and issubclass(annotation, BaseModel) else []


def test_every_key_is_described():
    names = dict(sections())
    assert {"Player.websocket_url", "OneType.languages", "Tmdb.api_key", "Settings.paths"} <= set(names)
    assert [name for name, field in names.items() if not field.description] == []


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("[wbe]\nport = 1", ["wbe: unknown key", "web, providers"]),
        ("[web]\nprot = 1", ["web.prot: unknown key", "host, port"]),
        ("[providers.tmdb]\nkey = 'x'", ["providers.tmdb.key: unknown key", "api_key, base_url"]),
        ("[artwork.poster]\nlang = ['en']", ["artwork.poster.lang: unknown key", "languages"]),
        ("[artwork.postr]\nlanguages = ['en']", ["artwork.postr: unknown key", "poster, fanart"]),
        ("[artwork]\ncount = { postr = 1 }", ["artwork.count.postr", "'poster'", "'fanart'"]),
        (f"{LIBRARY}folder = '/x'", ["libraries.0.folder: unknown key", "name, path"]),
        (
            "[[player_groups]]\nname = 'h'\n[[player_groups.players]]\nname = 'a'\nurl = 'http://a'\npasswort = 'x'",
            ["player_groups.0.players.0.passwort: unknown key", "username, password"],
        ),
        (
            "[[managers]]\nname = 'r'\ntype = 'radarr'\npath_mappings = [{ from = 'x', metarr_path = '/m' }]",
            [
                "managers.0.path_mappings.0.from: unknown key",
                "manager_path",
                "managers.0.path_mappings.0.manager_path: must",
            ],
        ),
        ("[[libraries]]\nname = 'A'", ["libraries.0.path: must be set"]),
        ("[web]\nport = 70000", ["web.port", "65535"]),
        ("[web]\nport = 'many'", ["web.port", "integer"]),
        ("[web]\nbase_path = 'metarr/'", ["web.base_path"]),
        ("web = 5", ["web: "]),
        ("[paths]\ndata_dir = 'relative'", ["paths.data_dir", "absolute"]),
        ("[paths]\ncache_dir = '/srv/../etc'", ["paths.cache_dir", "'..'"]),
        ("[paths]\nfile_mode = '0600'", ["paths.file_mode", "0644", "Kodi"]),
        ("[paths]\nfile_mode = '0640'", ["paths.file_mode", "0644"]),
        ("[paths]\nfile_mode = 'rw-r--r--'", ["paths.file_mode"]),
        ("[database]\nurl = 'postgresql://h/db'", ["database.url", "postgresql+psycopg://"]),
        ("[database]\nurl = 'sqlite:///x'", ["database.url", "postgresql+psycopg://"]),
        ("[providers.tmdb]\nbase_url = 'api.themoviedb.org'", ["providers.tmdb.base_url", "http://"]),
        ("[providers.tmdb]\nlanguage = 'english'", ["providers.tmdb.language"]),
        ("[artwork]\nlanguages = []", ["artwork.languages"]),
        ("[artwork]\nlanguages = ['english']", ["artwork.languages.0"]),
        ("[artwork]\nforeign_edit = 'keep'", ["artwork.foreign_edit", "'adopt', 'restore' or 'leave'"]),
        ("[playback]\nstop = 'never'", ["playback.stop", "'when_ready' or 'at_delete'"]),
        ("[scan]\nmax_removal_percent = 101", ["scan.max_removal_percent", "100"]),
        ("[worker]\ninteractive = 0", ["worker.interactive", "1"]),
        ("[trash]\ngrace_days = 0", ["trash.grace_days", "1"]),
        ("[[managers]]\nname = 'a/b'\ntype = 'radarr'", ["managers.0.name"]),
        ("[[managers]]\nname = 'a'\ntype = 'lidarr'", ["managers.0.type", "'radarr' or 'sonarr'"]),
        (f"{LIBRARY}media_type = 'music'", ["libraries.0.media_type", "'movie'"]),
    ],
)
def test_a_mistake_is_refused_with_its_key_and_what_is_allowed(load, toml, told):
    message = refusal(load, toml)
    assert [part for part in told if part not in message] == []


def test_all_mistakes_are_told_at_once(load):
    message = refusal(load, "[web]\nport = -1\n[trash]\ngrace_days = 0\n[nonsense]\n")
    assert [key for key in ("web.port", "trash.grace_days", "nonsense") if key not in message] == []


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        (LIBRARY + LIBRARY.replace("/media/movies", "/media/other"), ["libraries", "'Movies'", "twice"]),
        ("[[managers]]\nname = 'a'\ntype = 'radarr'\n[[managers]]\nname = 'a'\ntype = 'sonarr'", ["managers", "twice"]),
        ("[[player_groups]]\nname = 'a'\n[[player_groups]]\nname = 'a'\n", ["player_groups", "twice"]),
        (
            "".join(
                f"[[player_groups]]\nname = '{name}'\n[[player_groups.players]]\nname = 'tv'\nurl = 'http://{name}'\n"
                for name in "ab"
            ),
            ["players", "'tv'", "twice"],
        ),
        ("[[player_groups]]\nname = 'a'\nlibraries = ['Films']\n" + LIBRARY, ["'a'", "'Films'", "known are: Movies"]),
    ],
)
def test_entries_that_contradict_each_other_are_refused(load, entries, told):
    message = refusal(load, entries)
    assert [part for part in told if part not in message] == []


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        ("/media/movies", True),
        ("/media/movies/", True),
        ("/media/movies/kids", True),
        ("/media", True),
        ("/media/movies2", False),
    ],
)
def test_libraries_must_not_lie_inside_each_other(load, other, overlaps):
    toml = f'{LIBRARY}[[libraries]]\nname = "Kids"\npath = "{other}"\n'
    if overlaps:
        assert re.search("libraries: '(Movies|Kids)' and '(Movies|Kids)' overlap", refusal(load, toml))
    else:
        assert len(load(toml).libraries) == 2


@pytest.mark.parametrize("toml", ["[web", "port = ", 'a = "1', "[web]\nport = 1\nport = 2"])
def test_what_is_no_toml_is_refused_by_the_name_of_the_file(load, toml):
    assert "given.toml is not valid TOML" in refusal(load, toml)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    file = tmp_path / "latin.toml"
    file.write_bytes("[web]\nhost = 'Büro'\n".encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"latin\.toml is not valid TOML"):
        load_settings({"METARR_CONFIG": str(file)})


@pytest.mark.parametrize("place", ["missing.toml", "."])
def test_a_named_file_that_cannot_be_read_is_refused(load, tmp_path, place):
    message = refusal(load, METARR_CONFIG=str(tmp_path / place))
    assert "METARR_CONFIG" in message
    assert str(tmp_path) in message


@pytest.mark.parametrize("text", [repr, str, lambda settings: settings.model_dump_json(), lambda s: repr(s.model_dump())])
def test_secrets_are_never_shown(load, text):
    shown = text(load(EXAMPLE.read_text("utf-8"), METARR__DATABASE__URL="postgresql+psycopg://u:db-secret@h/d"))
    assert [secret for secret in (*SECRETS, "db-secret") if secret in shown] == []


@pytest.mark.parametrize(
    "variables",
    [
        {"METARR__DATABASE__URL": "mysql://u:hunter2@h/d"},
        {"METARR__WEB__API_KEYS": "hunter2"},
        {"METARR__PLAYER_GROUPS": json.dumps([{"name": "a", "players": [{"name": "x", "password": "hunter2"}]}])},
        {"METARR__PLAYER_GROUPS": '[{"password": "hunter2"'},
    ],
)
def test_secrets_are_not_shown_in_complaints_either(load, variables):
    assert "hunter2" not in refusal(load, **variables)
