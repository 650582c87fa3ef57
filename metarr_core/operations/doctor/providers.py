"""The providers' keys, tried with a cheap question."""

from __future__ import annotations

from http import HTTPStatus

import httpx

from metarr_core.clients.provider import fingerprint
from metarr_core.db.providers import StoredProviderMemory
from metarr_core.domain.providers import is_in_force
from metarr_core.errors import DatabaseUnavailable
from metarr_core.operations.doctor.findings import Finding, Subject
from metarr_core.operations.doctor.patient import Patient
from metarr_core.runtime import now

TIMEOUT = httpx.Timeout(8)
ANY_FILM = 603
"""The Matrix: fanart.tv has no question that costs less than a film."""
REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


async def look_at_tmdb(about: Subject, patient: Patient) -> list[Finding]:
    """TMDB's key, either kind of it."""
    settings = patient.settings.providers.tmdb
    if not (key := settings.api_key.get_secret_value()):
        sentence = "no key: films get a first NFO from what Radarr sent; enrichment and artwork wait"
        return [about.warning(sentence, "set providers.tmdb.api_key; keys are free at themoviedb.org → Settings → API")]
    is_token = "." in key  # a read token is a JWT
    question = httpx.Request(
        "GET",
        f"{settings.base_url}/configuration",
        params={} if is_token else {"api_key": key},
        headers={"Authorization": f"Bearer {key}"} if is_token else {},
    )
    return [await _answer(about, patient, question, "providers.tmdb"), *await _pause(about, patient, "tmdb", key)]


async def look_at_fanart_tv(about: Subject, patient: Patient) -> list[Finding]:
    """fanart.tv's key."""
    settings = patient.settings.providers.fanart_tv
    if not (key := settings.api_key.get_secret_value()):
        sentence = "no key, so it is not asked: clear art, disc art and banners come only from there"
        return [about.ok(sentence, "set providers.fanart_tv.api_key to have them; keys are free at fanart.tv")]
    question = httpx.Request("GET", f"{settings.base_url}/movies/{ANY_FILM}", headers={"api-key": key})
    return [await _answer(about, patient, question, "providers.fanart_tv"), *await _pause(about, patient, "fanart_tv", key)]


async def _answer(about: Subject, patient: Patient, question: httpx.Request, table: str) -> Finding:
    question.extensions["timeout"] = TIMEOUT.as_dict()
    host = question.url.host
    try:
        answer = await patient.providers.send(question)
    except httpx.HTTPError as exc:
        cure = f"is this machine online, and is {table}.base_url right? What waits for it is done when it is back"
        return about.problem(f"{host} does not answer ({type(exc).__name__})", cure)
    if answer.status_code in REFUSED:
        return about.problem(f"it refuses the key (HTTP {answer.status_code})", f"correct {table}.api_key")
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return about.warning("it asks for a pause (HTTP 429)", "nothing: Metarr waits as long as it asks for")
    return _verdict(about, answer, table)


def _verdict(about: Subject, answer: httpx.Response, table: str) -> Finding:
    is_unknown_film = table == "providers.fanart_tv" and answer.status_code == HTTPStatus.NOT_FOUND
    is_json = answer.headers.get("content-type", "").partition(";")[0].strip().endswith("json")
    if not is_json or not (answer.is_success or is_unknown_film):
        cure = f"try again later; if it stays so, correct {table}.base_url"
        return about.problem(f"it answers HTTP {answer.status_code}, and not as it should", cure)
    return about.ok("it answers and takes the key")


async def _pause(about: Subject, patient: Patient, provider: str, key: str) -> list[Finding]:
    """The pause in which all processes leave a provider alone; without a database, its own check tells."""
    if patient.database is None:
        return []
    try:
        pause = await StoredProviderMemory(patient.database).pause(provider)
    except DatabaseUnavailable:
        return []
    if pause is None or not is_in_force(pause, now(), fingerprint(key)):
        return []
    cure = "nothing, it ends by itself; films wait meanwhile" + (
        ", and another key ends it" if pause.key_fingerprint else ""
    )
    return [about.warning(f"it is left alone until {pause.until:%H:%M} UTC: {pause.why}", cure)]
