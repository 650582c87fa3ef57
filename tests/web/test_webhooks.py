"""Webhooks as they come: each is stored once, means what it should, and is answered so that no manager stops sending."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from tests.web import radarr, sonarr
from tests.web.shim import API_KEY, problem

MANAGERS = {"radarr": radarr.STATUS_OF, "sonarr": sonarr.STATUS_OF}
MANY = 20


@pytest.mark.parametrize("manager", MANAGERS)
async def test_every_event_is_answered_with_200_and_stored_once(shim, manager):
    statuses = {}
    for name, (payload, _) in MANAGERS[manager].items():
        answer = await shim.send({**payload, "applicationUrl": name}, f"/webhooks/{manager}")  # no two bodies are the same
        assert answer.status_code == 200, name
        (event,) = await shim.tables.rows("SELECT * FROM webhook_events WHERE id = %s", answer.json()["event_id"])
        statuses[name] = event["status"]
        assert json.loads(event["body"]) == {**payload, "applicationUrl": name}
        assert (event["error"] is None) == (event["status"] == "pending")
    assert statuses == {name: status for name, (_, status) in MANAGERS[manager].items()}
    assert len(await shim.tables.events()) == len(statuses)


async def test_only_what_changes_files_asks_for_work(shim):
    expected = []
    for payload, status in radarr.STATUS_OF.values():
        answer = await shim.send({**payload, "applicationUrl": str(len(expected))})
        expected += [answer.json()["event_id"]] if status == "pending" else []
    jobs = await shim.tables.jobs()
    assert [job["event_id"] for job in jobs] == sorted(set(expected))
    assert {(job["job_type"], job["title_key"], job["priority"]) for job in jobs} == {
        ("new-media", "movie:tmdb:45745", 1),
        ("upgrade", "movie:tmdb:45745", 1),
        ("delete-media", "movie:tmdb:45745", 2),
        ("check-media", "movie:tmdb:45745", 2),
        ("prepare-upgrade", "movie:tmdb:45745", 2),
    }


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("path", ["/webhooks/radarr", "/webhooks/radarr/radarr"])
async def test_radarr_may_post_or_put_with_or_without_its_name(shim, method, path):
    answer = await shim.client.request(method, path, json=radarr.DOWNLOAD)
    assert answer.status_code == 200
    (event,) = await shim.tables.events()
    assert answer.json() == {"event_id": event["id"]}
    assert (event["manager_type"], event["manager"], event["status"]) == ("radarr", path[17:], "pending")
    assert event["title"] == "Sintel (2010)"


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_a_body_without_a_content_type_is_taken(shim, method):
    answer = await shim.client.request(method, "/webhooks/sonarr/tv", content=json.dumps(sonarr.DOWNLOAD))
    (event,) = await shim.tables.events()
    assert answer.json() == {"event_id": event["id"]}
    assert (event["manager_type"], event["manager"], event["status"]) == ("sonarr", "tv", "ignored")


async def test_a_test_is_done_at_once_and_asks_for_no_work(shim):
    await shim.send(radarr.TEST)
    await shim.send(sonarr.TEST, "/webhooks/sonarr")
    assert [(event["event_type"], event["status"]) for event in await shim.tables.events()] == [("Test", "done")] * 2
    assert await shim.tables.jobs() == []


async def test_fields_of_a_later_version_do_no_harm(shim):
    later = {"inventedLater": {"a": [1, None, {"b": 1e300}]}, "mood": None}
    await shim.send(radarr.download(movie=later, file=later, **later))
    assert [event["status"] for event in await shim.tables.events()] == ["pending"]


@pytest.mark.parametrize(
    "body",
    [b"", b"not JSON", b"[1, 2]", b'"text"', b"7", b"null", b"true", b'{"eventType": "Test"', b"\xff\xfe\x00", b"a=1&b=2"],
)
async def test_what_is_no_json_object_is_refused_and_not_stored(shim, body):
    assert "JSON" in problem(await shim.send(body), 400)
    assert await shim.tables.events() == []


WRONG_INSIDE = {
    "movie is a list": {**radarr.DOWNLOAD, "movie": [radarr.MOVIE]},
    "movie is a number": {**radarr.DOWNLOAD, "movie": 7},
    "movieFile is a text": {**radarr.DOWNLOAD, "movieFile": "Sintel.mkv"},
    "no movie": radarr.without(radarr.DOWNLOAD, "movie"),
    "no movieFile": radarr.without(radarr.DOWNLOAD, "movieFile"),
    "folderPath is a number": radarr.download(movie={"folderPath": 7}),
    "the file leaves the folder": radarr.download(file={"relativePath": "../../etc/passwd"}),
}


async def test_wrong_types_inside_are_stored_as_failed_with_a_sentence_and_can_be_replayed(shim):
    for name, payload in WRONG_INSIDE.items():
        answer = await shim.send(payload)
        assert answer.status_code == 200, name
        event = (await shim.client.get(f"/api/v1/webhook-events/{answer.json()['event_id']}")).json()
        assert event["status"] == "failed", name
        assert " " in event["error"]
        again = await shim.replay(event["id"])
        assert (again.status_code, again.json()) == (202, {"event_id": event["id"], "status": "failed"})
    assert len(await shim.tables.events()) == len(WRONG_INSIDE)
    assert await shim.tables.jobs() == []


async def test_an_event_type_of_another_type_is_stored(shim):
    for kind in (7, ["Download"], {"a": 1}, None, True, "x" * 5000):
        assert (await shim.send({**radarr.DOWNLOAD, "eventType": kind})).status_code == 200
    assert {event["status"] for event in await shim.tables.events()} == {"ignored"}


TOO_LARGE = b'{"eventType": "Test", "padding": "' + b"x" * 5_000_000 + b'"}'


async def test_a_body_of_5_mb_is_refused_and_not_stored(shim):
    assert "larger" in problem(await shim.send(TOO_LARGE), 413)
    assert await shim.tables.events() == []


async def test_a_body_of_5_mb_in_chunks_of_unknown_number_is_refused_and_not_stored(shim):
    async def chunks():
        for start in range(0, len(TOO_LARGE), 65536):
            yield TOO_LARGE[start : start + 65536]

    answer = await shim.client.post("/webhooks/radarr", content=chunks())
    assert "content-length" not in answer.request.headers
    problem(answer, 413)
    assert await shim.tables.events() == []


async def test_a_season_pack_of_half_a_megabyte_is_stored(shim):
    episodes = [{**sonarr.EPISODES[0], "overview": "x" * 2000}] * 250
    assert (await shim.send({**sonarr.IMPORT_COMPLETE, "episodes": episodes}, "/webhooks/sonarr")).status_code == 200
    assert len(await shim.tables.events()) == 1


async def test_a_body_that_breaks_off_is_not_stored(shim):
    url = httpx.URL(shim.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = f"POST /webhooks/radarr HTTP/1.1\r\nHost: metarr\r\nX-Api-Key: {API_KEY}\r\nContent-Length: 1000\r\n\r\n"
    writer.write(head.encode() + b'{"eventType": "Test"}')
    writer.write_eof()
    await reader.read()
    writer.close()
    await writer.wait_closed()
    assert (await shim.client.get("/health/ready")).status_code == 200
    assert await shim.tables.events() == []


ODD_TEXTS = ["a\x00b", "\ud83d", "a\udc00b", "\u202eSintel", "x" * 20_000, "日本"]


async def test_text_that_no_database_takes_is_stored_and_shown(shim):
    for text in ODD_TEXTS:
        for payload in ({**radarr.TEST, "eventType": text}, radarr.download(movie={"title": text}), {"a": text}):
            answer = await shim.send(payload)
            assert answer.status_code == 200, ascii(text)
            shown = await shim.client.get(f"/api/v1/webhook-events/{answer.json()['event_id']}")
            assert shown.status_code == 200, ascii(text)
            assert shown.json()["payload"] == payload
    assert len((await shim.client.get("/api/v1/webhook-events")).json()["items"]) == 3 * len(ODD_TEXTS)


async def test_numbers_that_json_can_only_just_hold_are_stored_and_shown(shim):
    for body in (b'{"a": 1e999}', b'{"a": -1e999}', b'{"a": NaN}', b'{"a": ' + b"9" * 400 + b"}"):
        answer = await shim.send(body)
        assert answer.status_code == 200
        assert (await shim.client.get(f"/api/v1/webhook-events/{answer.json()['event_id']}")).status_code == 200


async def test_a_manager_with_an_odd_name_is_taken(shim):
    for name in ("a%00b", "%FF", "%F0%9F%8E%AC", "radarr%204K", "x" * 3000):
        assert (await shim.send(radarr.GRAB, f"/webhooks/radarr/{name}")).status_code == 200
    assert len(await shim.tables.events()) == 5


async def test_the_same_webhook_many_times_at_one_instant_is_one_event_and_one_job(shim):
    answers = await asyncio.gather(*(shim.send(radarr.DOWNLOAD) for _ in range(MANY)))
    assert {answer.status_code for answer in answers} == {200}
    (event,) = await shim.tables.events()
    assert {answer.json()["event_id"] for answer in answers} == {event["id"]}
    assert len(await shim.tables.jobs()) == 1


async def test_different_webhooks_at_one_instant_are_all_stored(shim):
    await asyncio.gather(*(shim.send(radarr.download(movie={"tmdbId": 100 + n})) for n in range(MANY)))
    assert len({job["title_key"] for job in await shim.tables.jobs()}) == MANY


async def test_while_the_first_runs_the_same_webhook_is_the_same_event(shim):
    first = (await shim.send(radarr.DOWNLOAD)).json()
    await shim.tables.rows("UPDATE webhook_events SET status = 'running'")
    assert (await shim.send(radarr.DOWNLOAD)).json() == first
    assert len(await shim.tables.jobs()) == 1


@pytest.mark.parametrize("status", ["done", "failed"])
async def test_the_same_webhook_when_the_first_has_ended_is_a_new_event(shim, status):
    first = (await shim.send(radarr.DOWNLOAD)).json()["event_id"]
    await shim.tables.have_ended(status)
    second = (await shim.send(radarr.DOWNLOAD)).json()["event_id"]
    assert second > first
    assert [(event["id"], event["status"]) for event in await shim.tables.events()] == [(first, status), (second, "pending")]
    assert [job["event_id"] for job in await shim.tables.jobs()] == [first, second]


async def test_the_same_body_of_another_manager_is_another_event(shim):
    paths = ("/webhooks/radarr/radarr", "/webhooks/radarr/hd", "/webhooks/radarr", "/webhooks/sonarr")
    for path in paths:
        await shim.send(radarr.DOWNLOAD, path)
    assert len(await shim.tables.events()) == len(paths)
