"""Variables override the file, whole or key by key."""

import json

import pytest

from metarr_core.errors import ConfigurationError
from metarr_core.settings import load_settings

TOML = """
[web]
host = "0.0.0.0"
port = 1000
[artwork]
count = { poster = 2 }
[providers.tmdb]
api_key = "from-file"
language = "de-DE"
[[libraries]]
name = "Movies"
path = "/media/movies"
"""


@pytest.fixture
def load(tmp_path):
    file = tmp_path / "metarr.toml"
    file.write_text(TOML)
    return lambda **variables: load_settings({"METARR_CONFIG": str(file), "PATH": "/bin", **variables})


def test_a_variable_overrides_one_key_and_leaves_its_neighbours(load):
    web = load(METARR__WEB__PORT="2000").web
    assert (web.host, web.port) == ("0.0.0.0", 2000)


@pytest.mark.parametrize("name", ["METARR__PROVIDERS__TMDB__API_KEY", "metarr__providers__tmdb__api_key"])
def test_a_key_of_a_section_in_a_section_is_reached(load, name):
    tmdb = load(**{name: "from-environment"}).providers.tmdb
    assert (tmdb.api_key.get_secret_value(), tmdb.language) == ("from-environment", "de-DE")


@pytest.mark.parametrize("value", ["12345", "true", "null", "[1]", '{"a": 1}', "a,b", " "])
def test_a_text_stays_a_text_whatever_it_looks_like(load, value):
    assert load(METARR__WEB__API_KEY=value).web.api_key.get_secret_value() == value


@pytest.mark.parametrize(("text", "value"), [("false", False), ("0", False), ("true", True)])
def test_a_flag_is_written_as_people_write_flags(load, text, value):
    assert load(METARR__SCAN__TRUST_NFO=text).scan.trust_nfo is value


def test_lists_and_tables_are_json(load):
    libraries = [{"name": "Kids", "path": "/media/kids"}, {"name": "Old", "path": "/media/old"}]
    settings = load(
        METARR__LIBRARIES=json.dumps(libraries),
        METARR__ARTWORK__LANGUAGES='["de", "none"]',
        METARR__ARTWORK__POSTER__LANGUAGES='["fr"]',
        METARR__ARTWORK__COUNT='{"fanart": 5}',
    )
    assert [library.name for library in settings.libraries] == ["Kids", "Old"]
    assert settings.artwork.languages_of("banner") == ("de", "none")
    assert settings.artwork.languages_of("poster") == ("fr",)
    assert settings.artwork.count == {"poster": 2, "fanart": 5}


def test_a_whole_section_may_be_json(load):
    web = load(METARR__WEB='{"port": 7, "base_path": "/metarr"}').web
    assert (web.host, web.port, web.base_path) == ("0.0.0.0", 7, "/metarr")


def test_a_secret_may_lie_in_a_file(load, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("kept-outside\n")
    settings = load(METARR__WEB__API_KEY__FILE=str(secret), METARR__PROVIDERS__TMDB__API_KEY__FILE=str(secret))
    assert settings.web.api_key.get_secret_value() == "kept-outside"
    assert settings.providers.tmdb.api_key.get_secret_value() == "kept-outside"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("METARR__WEB__PROT", "1", ["web.prot: unknown key", "host, port"]),
        ("METARR__WBE__PORT", "1", ["METARR__WBE__PORT", "'wbe'", "web"]),
        ("METARR__WEB__PORT", "many", ["web.port"]),
        ("METARR__PATHS__FILE_MODE", "0600", ["paths.file_mode", "0644"]),
        ("METARR__LIBRARIES", "/media/movies", ["METARR__LIBRARIES", "JSON"]),
        ("METARR__ARTWORK__LANGUAGES", "de,en", ["METARR__ARTWORK__LANGUAGES", "JSON"]),
        ("METARR__WEB__API_KEY__FILE", "/nowhere/secret", ["METARR__WEB__API_KEY__FILE", "/nowhere/secret"]),
    ],
)
def test_a_mistake_in_a_variable_is_refused_by_name(load, name, value, told):
    with pytest.raises(ConfigurationError) as caught:
        load(**{name: value})
    assert [part for part in told if part not in str(caught.value)] == []


def test_variables_of_others_are_none_of_our_business(load):
    assert load(METARR="x", METARR_OTHER="y", WEB__PORT="3").web.port == 1000
