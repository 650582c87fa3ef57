"""Webhooks that come while the database is away: Radarr sends each once, so none may be lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from metarr_core.settings import Settings
from tests.web import radarr
from tests.web.cable import Cable, cable_to
from tests.web.shim import Shim, open_shim, problem, until

SPOOLED = {"event_id": None, "status": "spooled"}


@pytest.fixture
async def cable(database_url: str) -> AsyncIterator[Cable]:
    async with cable_to(database_url) as laid:
        yield laid


@pytest.fixture
def wired(settings: Settings, cable: Cable) -> Settings:
    """The settings, with the cable between the shim and its database."""
    return Settings.model_validate({**settings.model_dump(), "database": {"url": cable.url}})


@pytest.fixture
async def shim(wired: Settings, database_url: str) -> AsyncIterator[Shim]:
    async with open_shim(wired, database_url=database_url) as opened:
        yield opened


def film(number: int) -> dict:
    return radarr.download(movie={"tmdbId": number, "title": f"Film {number}"})


async def taken_in(shim: Shim) -> list[str]:
    """The titles of the events, once the spool is empty."""

    async def is_empty() -> bool:
        return not shim.spooled()

    await until(is_empty, "the spool is empty")
    return [json.loads(event["body"])["movie"]["title"] for event in await shim.tables.events()]


async def test_webhooks_are_kept_in_the_spool_and_taken_in_in_order_each_once(shim, cable):
    await shim.send(film(1))
    await cable.pull()
    for number in (2, 3, 4):
        answer = await shim.send(film(number))
        assert (answer.status_code, answer.json()) == (200, SPOOLED)
    assert len(shim.spooled()) == 3
    await cable.plug_in()
    assert await taken_in(shim) == ["Film 1", "Film 2", "Film 3", "Film 4"]
    assert [job["title_key"] for job in await shim.tables.jobs()] == [f"movie:tmdb:{n}" for n in (1, 2, 3, 4)]
    assert "event_id" in (await shim.send(film(5))).json()


async def test_what_arrives_when_the_database_is_back_follows_what_waited(shim, cable):
    await cable.pull()
    await shim.send(film(1))
    await shim.send(film(2))
    await cable.plug_in()
    assert (await shim.send(film(3))).status_code == 200
    assert await taken_in(shim) == ["Film 1", "Film 2", "Film 3"]


async def test_a_storm_at_the_moment_of_return_doubles_nothing(shim, cable):
    """Not even of events that are done at once, which the database itself does not tell apart."""
    await cable.pull()
    for number in range(5):
        await shim.send({**film(number), "eventType": "Grab"})
    await cable.plug_in()
    storm = [{**film(number), "eventType": "Grab"} for number in range(5, 15)]
    answers = await asyncio.gather(*(shim.send(payload) for payload in storm))
    assert {answer.status_code for answer in answers} == {200}
    titles = await taken_in(shim)
    assert titles[:5] == [f"Film {number}" for number in range(5)]
    assert sorted(titles) == sorted(f"Film {number}" for number in range(15))


async def test_the_same_webhook_again_while_it_waits_in_the_spool_is_one_event_and_one_job(shim, cable):
    await cable.pull()
    for _ in range(3):
        await shim.send(film(1))
    await cable.plug_in()
    assert await taken_in(shim) == ["Film 1"]
    assert len(await shim.tables.jobs()) == 1


async def test_rubbish_is_refused_and_not_kept_also_while_others_wait(shim, cable):
    await cable.pull()
    for waiting in (0, 1):
        for body in (b"not JSON", b"[1]"):
            problem(await shim.send(body), 400)
        assert len(shim.spooled()) == waiting
        await shim.send(film(1))
    await cable.plug_in()
    assert set(await taken_in(shim)) == {"Film 1"}


async def test_without_the_key_nothing_is_kept(shim, cable):
    await cable.pull()
    async with httpx.AsyncClient(base_url=shim.url) as stranger:
        problem(await stranger.post("/webhooks/radarr", json=film(1)), 401)
    assert shim.spooled() == []


async def test_a_half_written_webhook_is_not_taken_in(shim, cable):
    await cable.pull()
    await shim.send(film(1))
    (whole,) = shim.spooled()
    draft = whole.with_name(f"0{whole.stem[1:]}.draft")
    draft.write_bytes(whole.read_bytes()[:50])
    await cable.plug_in()
    assert await taken_in(shim) == ["Film 1"]
    assert draft.exists()


RUBBISH = [b"", b"no head\n{}", b'{"manager": 1}\n{}', b'{"manager_type": "radarr", "manager": ""}\n[]']


async def test_files_that_make_no_sense_are_set_aside_and_stop_nobody(shim, cable):
    await cable.pull()
    await shim.send(film(1))
    for number, rubbish in enumerate(RUBBISH):
        (shim.spool / f"0000000000000000000{number}-x.webhook").write_bytes(rubbish)
    await shim.send(film(2))
    await cable.plug_in()
    assert await taken_in(shim) == ["Film 1", "Film 2"]
    assert sorted(path.read_bytes() for path in shim.spool.iterdir()) == sorted(RUBBISH)
    assert (await shim.send(film(3))).json()["event_id"] is not None


async def test_what_waits_outlives_the_process(wired, database_url, cable):
    async with open_shim(wired, database_url=database_url) as first:
        await cable.pull()
        await first.send(film(1))
    await cable.plug_in()
    async with open_shim(wired, database_url=database_url) as second:
        assert await taken_in(second) == ["Film 1"]


async def test_a_shim_that_starts_while_the_database_is_away_keeps_webhooks_too(wired, database_url, cable):
    await cable.pull()
    async with open_shim(wired, database_url=database_url) as shim:
        assert (await shim.send(film(1))).json() == SPOOLED
        await cable.plug_in()
        assert await taken_in(shim) == ["Film 1"]
        assert [row["name"] for row in await shim.tables.rows("SELECT name FROM libraries")] == ["Movies"]


async def test_a_database_that_takes_connections_but_does_not_answer_is_away_too(shim, cable):
    await shim.send(film(1))
    cable.block()
    assert (await shim.send(film(2))).json() == SPOOLED
    cable.unblock()
    assert await taken_in(shim) == ["Film 1", "Film 2"]


async def test_when_not_even_the_spool_can_be_written_the_manager_is_told(shim, cable):
    shim.spool.parent.mkdir(parents=True, exist_ok=True)
    shim.spool.write_text("a file where the folder should be")
    await cable.pull()
    assert str(shim.spool) in problem(await shim.send(film(1)), 503)


async def test_while_the_database_is_away_the_shim_lives_but_is_not_ready(shim, cable):
    await cable.pull()
    assert (await shim.client.get("/ping")).status_code == 200
    assert (await shim.client.get("/health/live")).status_code == 200
    for path in ("/health/ready", "/api/v1/movies"):
        answer = await shim.client.get(path)
        assert "database" in problem(answer, 503)
        assert int(answer.headers["retry-after"]) > 0
    await cable.plug_in()
    assert (await shim.client.get("/health/ready")).status_code == 200
