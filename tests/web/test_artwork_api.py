"""Workflow 4 as the API has it: what is refused is refused at once, and the rest is in the cache before it is answered."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import shutil

import pytest
from PIL import Image

from deployments.demo import pictures
from metarr_core.web import starting
from tests.operations.offers import encoded, painting
from tests.test_images import bomb
from tests.web.films import a_film, a_whole_film
from tests.web.shim import problem

API = "/api/v1"
MINE = pictures.poster("mine", 1999, 1000, 1500)
DIGEST = hashlib.sha256(MINE).hexdigest()
SMALL = encoded(painting("small", 999, 1500))
MOVING = encoded(painting("one", 1000, 1500), "PNG", save_all=True, append_images=[painting("two", 1000, 1500)])


@pytest.fixture(autouse=True)
def nobody_waits_for_a_dispatcher(monkeypatch):
    monkeypatch.setattr(starting, "LONGEST_WAIT_SECONDS", 0.0)


async def send(shim, movie_id, data=MINE, kind="poster", name="a.jpg", **fields):
    url = f"{API}/movies/{movie_id}/artwork/{kind}"
    return await shim.client.post(url, files={"file": (name, data, "image/gif")}, data=fields)


async def test_an_upload_is_in_the_cache_and_queued_before_other_work(shim, settings):
    movie_id = await a_film(shim.tables, "Sintel")
    answer = await send(shim, movie_id)
    assert (answer.status_code, answer.json()["content_hash"]) == (202, DIGEST)
    (job,) = await shim.tables.jobs()
    assert (job["id"], job["job_type"], job["priority"]) == (answer.json()["job_id"], "replace-artwork", 2)
    payload = job["payload"]
    assert (payload["source"], payload["artwork_type"], payload["sha256"]) == ("upload", "poster", DIGEST)
    (row,) = await shim.tables.rows("SELECT * FROM cache_assets")
    assert (row["content_hash"], row["reference_count"], row["mime"]) == (DIGEST, 0, "image/jpeg")
    assert (settings.paths.cache / row["file_path"]).read_bytes() == MINE
    preview = await shim.client.get(answer.json()["preview_url"].partition("/previews")[2].join(("/previews", "")))
    assert preview.status_code == 200


@pytest.mark.parametrize(
    ("data", "status", "why"),
    [
        (b"", 415, "not a JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "not a JPEG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", 415, "not a JPEG"),
        (encoded(painting("gif", 1000, 1500), "GIF"), 415, "not a JPEG"),
        (encoded(painting("webp", 1000, 1500), "WEBP"), 415, "WebP"),
        (MINE[: len(MINE) // 2], 422, "broken"),
        (MINE[:-2], 422, "broken"),
        (bomb(10_000, 10_000), 422, "more than 40,000,000 pixels"),
        (MOVING, 422, "animated"),
        (SMALL, 422, "999x1500 is too small; a poster has at least 1000x1500"),
        (MINE + b"\0" * (10 * 1024 * 1024 + 1 - len(MINE)), 413, "10,485,760"),
        (b"\0" * 12_000_000, 413, "10,485,760"),
    ],
    ids=["empty", "svg", "eps", "gif", "webp", "half", "no end", "bomb", "animated", "small", "10 MB + 1", "12 MB"],
)
async def test_what_is_no_picture_to_publish_is_refused_at_once(shim, settings, data, status, why):
    movie_id = await a_film(shim.tables, "Sintel")
    assert why in problem(await send(shim, movie_id, data), status)
    assert await shim.tables.jobs() == []
    assert await shim.tables.rows("SELECT 1 FROM cache_assets") == []
    assert [path for path in settings.paths.cache.rglob("*") if path.is_file()] == []


async def test_a_picture_with_exactly_ten_megabytes_is_taken_and_what_hangs_behind_it_is_not(shim, settings):
    movie_id = await a_film(shim.tables, "Sintel")
    answer = await send(shim, movie_id, MINE + b"PK\3\4" + b"x" * (10 * 1024 * 1024 - len(MINE) - 4))
    assert (answer.status_code, answer.json()["content_hash"]) == (202, DIGEST)


async def test_the_name_and_the_type_that_a_client_tells_count_for_nothing(shim):
    movie_id = await a_film(shim.tables, "Sintel")
    png = encoded(painting("png", 1000, 1500), "PNG")
    assert (await send(shim, movie_id, png, name="../../etc/passwd.jpg")).status_code == 202
    (row,) = await shim.tables.rows("SELECT file_path, mime FROM cache_assets")
    assert row["file_path"].endswith(".png")
    assert row["mime"] == "image/png"


def lying():
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(painting("lying", 1500, 1000), exif=exif)


@pytest.mark.parametrize("data", [lying(), encoded(painting("cmyk", 1000, 1500).convert("CMYK"))], ids=["lying", "cmyk"])
async def test_what_players_would_show_wrongly_is_made_plain(shim, settings, data):
    movie_id = await a_film(shim.tables, "Sintel")
    assert (await send(shim, movie_id, data)).status_code == 202
    (row,) = await shim.tables.rows("SELECT * FROM cache_assets")
    with Image.open(io.BytesIO((settings.paths.cache / row["file_path"]).read_bytes())) as image:
        assert (image.size, image.mode, image.getexif().get(0x0112)) == ((1000, 1500), "RGB", None)


async def test_what_looks_like_the_published_one_is_shown_beside_it(shim):
    movie_id = await a_whole_film(shim.tables)
    await shim.tables.rows("UPDATE movies SET locked_fields = '{}'")
    twin = encoded(Image.open(io.BytesIO(MINE)).resize((1400, 2100)), quality=50)
    await send(shim, movie_id)
    await shim.tables.rows(
        "UPDATE asset_references SET asset_id = (SELECT id FROM cache_assets WHERE content_hash = %s)", DIGEST
    )
    answer = await send(shim, movie_id, twin)
    assert "allow_similar" in problem(answer, 409)
    told = answer.json()
    assert told["published"]["content_hash"] == DIGEST
    assert told["offered"]["content_hash"] == hashlib.sha256(twin).hexdigest()
    assert told["distance"] <= 6
    assert told["similarity"] == 1 - told["distance"] / 64
    for one in ("published", "offered"):
        path = told[one]["preview_url"].partition("/previews")[2]
        assert (await shim.client.get(f"/previews{path}")).status_code == 200
    assert (await send(shim, movie_id, twin, allow_similar="true")).status_code == 202
    assert (await send(shim, movie_id, MINE)).status_code == 202


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/a.jpg",
        "http://localhost:1/a.jpg",
        "http://[::1]/a.jpg",
        "http://[::ffff:127.0.0.1]/a.jpg",
        "http://[64:ff9b::7f00:1]/a.jpg",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/a.jpg",
        "http://2130706433/a.jpg",
        "http://0.0.0.0/a.jpg",
        "file:///etc/passwd",
        "ftp://example.org/a.jpg",
        "gopher://example.org/",
        "nonsense",
        "http://",
    ],
)
async def test_no_picture_is_fetched_from_the_house_or_by_other_ways(shim, url):
    movie_id = await a_film(shim.tables, "Sintel")
    answer = await shim.client.post(f"{API}/movies/{movie_id}/artwork/poster", json={"url": url})
    problem(answer, 422)
    assert await shim.tables.jobs() == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"json": {}}, 400),
        ({"json": {"url": "http://a/b", "candidate_id": 1}}, 400),
        ({"json": {"candidate_id": 999}}, 404),
        ({"json": {"candidate_id": "x"}}, 422),
        ({"json": {"uri": "x"}}, 422),
        ({"data": {"allow_similar": "true"}, "files": {"picture": b"x"}}, 400),
        ({"content": b"garbage", "headers": {"Content-Type": "multipart/form-data"}}, 400),
        ({"content": b"garbage", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 400),
        ({"content": MINE, "headers": {"Content-Type": "image/jpeg"}}, 415),
        ({"files": {"file": MINE}, "data": {"allow_similar": "perhaps"}}, 422),
        ({"files": {"file": MINE}, "data": {"position": "1"}}, 422),
    ],
)
async def test_what_makes_no_sense_is_told(shim, sent, status):
    movie_id = await a_film(shim.tables, "Sintel")
    problem(await shim.client.post(f"{API}/movies/{movie_id}/artwork/poster", **sent), status)
    assert await shim.tables.jobs() == []


async def test_an_unknown_film_or_type_is_not_found(shim):
    movie_id = await a_film(shim.tables, "Sintel")
    assert "characterart" in problem(await send(shim, movie_id, kind="poster2"), 404)
    assert "there is no film 999" in problem(await send(shim, 999), 404)
    problem(await shim.client.get(f"{API}/movies/999/artwork/poster"), 404)


async def test_candidates_are_listed_with_the_choice_and_the_lock(shim):
    movie_id = await a_whole_film(shim.tables)
    await shim.tables.rows(
        "INSERT INTO asset_candidates (movie_id, type, provider, url, language, score, reasons)"
        " VALUES (%s, 'poster', 'tmdb', 'http://p/1.jpg', 'en', 101.5, '{because}')",
        movie_id,
    )
    found = (await shim.client.get(f"{API}/movies/{movie_id}/artwork/poster")).json()
    (item,) = found["items"]
    assert (found["total"], found["locked"], item["score"], item["reasons"]) == (1, True, 101.5, ["because"])
    assert (item["is_chosen"], item["blocked"], found["chosen"][0]["position"]) == (False, False, 0)


async def with_candidate(shim, movie_id, url="http://p/1.jpg"):
    (row,) = await shim.tables.rows(
        "INSERT INTO asset_candidates (movie_id, type, provider, url, score, reasons)"
        " VALUES (%s, 'poster', 'tmdb', %s, 1, '{}') RETURNING id",
        movie_id,
        url,
    )
    return f"{API}/movies/{movie_id}/artwork/poster/blocked/{row['id']}"


async def test_a_candidate_is_blocked_and_unblocked(shim):
    movie_id = await a_film(shim.tables, "Sintel")
    path = await with_candidate(shim, movie_id)
    for method, is_blocked in (("PUT", True), ("PUT", True), ("DELETE", False)):
        answer = await shim.client.request(method, path)
        assert (answer.status_code, answer.json()["blocked"]) == (200, is_blocked)
        ((found),) = (await shim.client.get(f"{API}/movies/{movie_id}/artwork/poster")).json()["items"]
        assert found["blocked"] is is_blocked
    told = await shim.tables.rows("SELECT event_type FROM activity_log ORDER BY id")
    assert [row["event_type"] for row in told] == ["artwork.blocked", "artwork.unblocked"]
    problem(await shim.client.put(path.replace("blocked/", "blocked/99")), 404)
    problem(await shim.client.put(path.replace("poster", "fanart")), 404)
    assert await shim.tables.jobs() == []


async def test_the_films_own_picture_is_blocked_when_it_is_not_locked_and_another_is_chosen(shim):
    movie_id = await a_whole_film(shim.tables)
    path = await with_candidate(shim, movie_id)
    await shim.tables.rows("UPDATE asset_references SET url = 'http://p/1.jpg'")
    assert "is locked" in problem(await shim.client.put(path), 409)
    await shim.tables.rows("UPDATE movies SET locked_fields = '{}'")
    answer = await shim.client.put(path)
    assert answer.status_code == 202
    (job,) = await shim.tables.jobs()
    assert (job["id"], job["payload"]["source"]) == (answer.json()["job_id"], "automatic")


async def test_undo_names_the_change_that_it_takes_back(shim):
    movie_id = await a_whole_film(shim.tables)
    path = f"{API}/movies/{movie_id}/artwork/poster"
    assert "nothing to undo" in problem(await shim.client.post(f"{path}/undo"), 409)
    problem(await shim.client.post(f"{path}/undo", json={"change_id": 999}), 404)
    (line,) = await shim.tables.rows(
        "INSERT INTO activity_log (event_type, severity, entity_type, entity_id, description, metadata)"
        " VALUES ('asset.replaced', 'info', 'movie', %s, 'replaced', %s) RETURNING id",
        movie_id,
        '{"type": "poster", "position": 0, "before": null, "after": null, "was_locked": false}',
    )
    answer = await shim.client.post(f"{path}/undo")
    assert (answer.status_code, answer.json()["change_id"]) == (202, line["id"])
    (job,) = await shim.tables.jobs()
    assert (job["job_type"], job["payload"]["undo"]) == ("replace-artwork", line["id"])
    (change,) = (await shim.client.get(path)).json()["changes"]
    assert (change["id"], change["before"]) == (line["id"], None)


async def test_a_choice_is_given_back_to_metarr(shim):
    movie_id = await a_whole_film(shim.tables)
    answer = await shim.client.delete(f"{API}/movies/{movie_id}/artwork/poster")
    assert answer.status_code == 202
    (job,) = await shim.tables.jobs()
    assert (job["payload"]["source"], job["payload"]["artwork_type"]) == ("automatic", "poster")


async def test_a_form_that_does_not_tell_its_length_is_read_no_further_than_a_picture_may_be_long(shim, settings):
    movie_id = await a_film(shim.tables, "Sintel")

    async def parts():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        for _ in range(12):
            yield MINE.ljust(1024 * 1024, b"\0")

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await shim.client.post(f"{API}/movies/{movie_id}/artwork/poster", content=parts(), headers=headers)
    assert "10,485,760" in problem(answer, 413)
    assert [path for path in settings.paths.cache.rglob("*") if path.is_file()] == []


async def test_two_uploads_at_a_time_are_two_jobs_in_their_order(shim):
    movie_id = await a_film(shim.tables, "Sintel")
    other = pictures.poster("other", 1927, 1000, 1500)
    answers = await asyncio.gather(send(shim, movie_id), send(shim, movie_id, other), send(shim, movie_id))
    assert [answer.status_code for answer in answers] == [202] * 3
    jobs = await shim.tables.jobs()
    assert {job["payload"]["sha256"] for job in jobs} == {DIGEST, hashlib.sha256(other).hexdigest()}
    assert len(await shim.tables.rows("SELECT 1 FROM cache_assets")) == 2


@pytest.mark.parametrize("url", ["http://xn--/a.jpg", "http://8.8.8.8/\0.jpg", "http://8.8.8.8:99999/a.jpg"])
async def test_an_address_that_is_none_is_refused_in_words(shim, url):
    movie_id = await a_film(shim.tables, "Sintel")
    answer = await shim.client.post(f"{API}/movies/{movie_id}/artwork/poster", json={"url": url})
    assert "address" in problem(answer, 422)


async def test_a_full_disk_is_told_in_words_and_leaves_nothing(shim, settings, monkeypatch):
    movie_id = await a_film(shim.tables, "Sintel")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    assert "No space left on device; paths.cache_dir must be writable" in problem(await send(shim, movie_id), 503)
    assert [path for path in settings.paths.cache.rglob("*") if path.is_file()] == []
