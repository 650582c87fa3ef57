"""Secrets never stand in a log line, however they try."""

from __future__ import annotations

import base64
import logging
from urllib.parse import quote

import pytest

from metarr_core.logs.lines import JsonLines, Record, TextLines
from metarr_core.logs.redaction import conceal, redact
from metarr_core.settings import Settings

TMDB_KEY = "f00dfacef00dfacef00dfacef00dface"
PLAYER_PASSWORD = 'h4rd "to" wri/te+'
DATABASE_PASSWORD = "s3cr3t-of-the-database"
SETTINGS = Settings.model_validate(
    {
        "database": {"url": f"postgresql+psycopg://metarr:{DATABASE_PASSWORD}@db:5432/metarr"},
        "web": {"api_key": "the-key-of-the-shim"},
        "providers": {"tmdb": {"api_key": TMDB_KEY}, "fanart_tv": {"api_key": "the-key-of-fanart"}},
        "managers": [{"name": "radarr", "type": "radarr", "api_key": "the-key-of-radarr"}],
        "player_groups": [
            {"name": "home", "players": [{"name": "sofa", "url": "http://sofa", "password": PLAYER_PASSWORD}]},
        ],
    }
)
SECRETS = [
    *(TMDB_KEY, PLAYER_PASSWORD, DATABASE_PASSWORD),
    *("the-key-of-the-shim", "the-key-of-fanart", "the-key-of-radarr"),
]


@pytest.fixture(autouse=True)
def concealed() -> None:
    conceal(SETTINGS)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_of_the_settings_is_hidden_wherever_it_stands(secret):
    for text in (secret, f"a{secret}b", f"?x={quote(secret, safe='')}", repr(secret), f"{secret}\n{secret}"):
        clean = redact(f"before {text} after")
        assert secret not in clean
        assert quote(secret, safe="") not in clean
        assert clean.startswith("before ")
        assert clean.endswith(" after")


UNKNOWN = "abc123-Unknown.key"
BASIC = base64.b64encode(b"kodi:kodi").decode()
LEAKS = [
    f"GET https://api.themoviedb.org/3/movie/1?api_key={UNKNOWN}&language=en",
    f"GET http://radarr:7878/api?apikey={UNKNOWN}",
    f"GET http://x/?a=b&APIKEY={UNKNOWN}",
    f"GET http://x/?token={UNKNOWN}#x",
    f"GET https://webservice.fanart.tv/v3/movies/1?client_key={UNKNOWN}",
    f"X-Api-Key: {UNKNOWN}",
    f"{{'X-Api-Key': '{UNKNOWN}', 'Accept': '*/*'}}",
    f"[(b'x-api-key', b'{UNKNOWN}')]",
    f'{{"api_key": "{UNKNOWN}"}}',
    f"Authorization: Bearer {UNKNOWN}",
    f"Authorization: Basic {BASIC}",
    f"{{'authorization': 'Basic {BASIC}'}}",
    f"[(b'authorization', b'Basic {BASIC}')]",
    f"it sent Basic {BASIC} to us",
    f"password={UNKNOWN} host=db",
    f"smb://kodi:{UNKNOWN}@nas/movies",
    f"postgresql+psycopg://metarr:{UNKNOWN}@db/metarr",
]


@pytest.mark.parametrize("text", LEAKS)
def test_an_unknown_secret_is_known_by_its_place(text):
    clean = redact(text)
    assert UNKNOWN not in clean
    assert BASIC not in clean
    assert "***" in clean


HARMLESS = [
    "tmdb cannot be used right now: it refuses the key; set providers.tmdb.api_key",
    "player 'kodi' cannot be told right now: it refuses username and password; check them in metarr.toml",
    "the API key is missing or wrong; send it as X-Api-Key, ?apikey=, Bearer token, or password",
    "set providers.tmdb.api_key, then providers.fanart_tv.api_key",
    "it wants Basic authentication",
    "Unexpected token: at 12:30:45",
    "http://127.0.0.1:8765/webhooks/radarr/radarr",
    "2024-05-06 20:15:00 GET http://kodi:8080/jsonrpc user@example.org",
    "Amélie's 100% #1 (2001)/Amélie.mkv",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays_readable(text):
    assert redact(text) == text


def lines_of(record: logging.LogRecord) -> list[str]:
    return [TextLines("%(message)s").format(record), JsonLines().format(record)]


def record(message: str, *args: object, exc_info: object = None) -> Record:
    return Record("metarr_core.x", logging.WARNING, __file__, 1, message, args, exc_info)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_among_the_arguments_of_a_line_does_not_leak(secret):
    for line in lines_of(record("asked %s with %r", f"http://x/?k={secret}", {"key": secret})):
        assert secret not in line
        assert repr(secret)[1:-1] not in line


def test_a_secret_in_an_exception_and_its_cause_does_not_leak():
    error = RuntimeError(f"with {TMDB_KEY}")
    error.__cause__ = OSError(f"http://x/?api_key={UNKNOWN}")
    failed = record("failed", exc_info=(type(error), error, None))
    for line in lines_of(failed):
        assert "RuntimeError" in line
        assert "OSError" in line
        assert TMDB_KEY not in line
        assert UNKNOWN not in line


def test_a_handler_that_is_not_ours_gets_clean_records_too(caplog):
    logging.setLogRecordFactory(Record)
    logging.getLogger("somebody.else").warning("GET %s", f"http://x/?apikey={UNKNOWN}&k={TMDB_KEY}")
    assert caplog.messages == ["GET http://x/?apikey=***&k=***"]


def test_settings_in_a_line_keep_their_secrets():
    for line in lines_of(record("%r", SETTINGS)):
        assert not [secret for secret in SECRETS if secret in line]
