"""A provider's answer must not make us ask a machine in the house for something."""

from __future__ import annotations

import asyncio
import gzip
from contextlib import asynccontextmanager

import httpcore
import pytest

from deployments.demo.faults import Fault
from metarr_core.clients.guarded_network import open_picture_client
from metarr_core.clients.picture_addresses import PictureAddresses
from metarr_core.clients.pictures import Pictures
from metarr_core.errors import ArtworkRejected
from metarr_core.operations.artwork import download_artwork
from tests.operations.films import known, sql
from tests.operations.offers import GOOD, chosen, offer


@pytest.fixture
async def listener():
    """A server in the house that is no provider; gives its port, and who connected."""
    visitors = []

    async def greet(_, writer):
        visitors.append(writer.get_extra_info("peername"))
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], visitors


IN_THE_HOUSE = [
    "http://127.0.0.1:{port}/a.jpg",
    "http://localhost:{port}/a.jpg",
    "http://127.1:{port}/a.jpg",
    "http://2130706433:{port}/a.jpg",
    "http://0.0.0.0:{port}/a.jpg",
    "http://[::ffff:127.0.0.1]:{port}/a.jpg",
    "https://user:password@127.0.0.1:{port}/a.jpg",
    "http://[::1]:1/",
    "http://0x7f.1:{port}/a.jpg",
    "http://[::ffff:7f00:1]:{port}/a.jpg",
    "http://[::]:{port}/a.jpg",
    "http://[64:ff9b::127.0.0.1]/a.jpg",
    "http://[2002:7f00:1::]/a.jpg",
    "http://10.0.0.1/a.jpg",
    "http://192.168.0.1/a.jpg",
    "http://169.254.1.1/a.jpg",
    "http://100.64.0.1/a.jpg",
    "http://224.0.0.1/a.jpg",
    "http://[fe80::1]/a.jpg",
    "http://[fd00::1]/a.jpg",
    "http://[::ffff:0:127.0.0.1]/a.jpg",
    "http://[64:ff9b:1::7f00:1]/a.jpg",
    "http://[5f00::1]/a.jpg",
]
OTHER_WAYS = [
    "file:///etc/hostname",
    "ftp://127.0.0.1:{port}/a.jpg",
    "gopher://127.0.0.1:{port}/",
    "data:image/png;base64,iVBO",
]
NO_ADDRESSES = [
    "http://",
    "http://[::1/a.jpg",
    "http://\x07/a.jpg",
    "http://0177.0.0.1/a.jpg",
    "http://a:port/a.jpg",
    "http://xn--/a.jpg",
]


async def refusal(runtime, movie_id):
    """Why the first picture was refused; the second one has to be there."""
    downloads = await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["good.jpg"]
    assert downloads.trouble is None
    ((reason,),) = await sql(runtime, "SELECT failed_reason FROM asset_candidates WHERE failed_reason IS NOT NULL")
    return reason


@pytest.mark.parametrize("address", IN_THE_HOUSE)
async def test_a_machine_in_the_house_is_never_asked_for_a_picture(runtime, house, listener, address):
    port, visitors = listener
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {address.format(port=port): None, "good.jpg": GOOD})
    assert "a machine in the house; no picture is fetched from there" in await refusal(runtime, movie_id)
    assert visitors == []


@pytest.mark.parametrize("address", OTHER_WAYS)
async def test_pictures_come_by_http_alone(runtime, house, listener, address):
    port, visitors = listener
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {address.format(port=port): None, "good.jpg": GOOD})
    assert "is refused; pictures come by http or https" in await refusal(runtime, movie_id)
    assert visitors == []


@pytest.mark.parametrize("address", NO_ADDRESSES)
async def test_an_address_that_is_none_is_refused_for_good(runtime, house, address):
    movie_id = await known(runtime, house)
    await offer(runtime, house, movie_id, {address: None, "good.jpg": GOOD})
    assert await refusal(runtime, movie_id)


@pytest.mark.parametrize("address", [*IN_THE_HOUSE[:8], "file:///etc/hostname", "//127.0.0.1:{port}/a.jpg"])
async def test_a_redirect_does_not_lead_into_the_house_either(runtime, house, listener, address):
    port, visitors = listener
    movie_id = await known(runtime, house)
    away = Fault(status=302, headers={"Location": address.format(port=port)})
    await offer(runtime, house, movie_id, {"away.jpg": away, "good.jpg": GOOD})
    assert "refused" in (reason := await refusal(runtime, movie_id)) or "in the house" in reason
    assert visitors == []


class Recorder(httpcore.AsyncMockBackend):
    """A network on which every server has a picture; it tells who was connected to."""

    def __init__(self):
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(GOOD)}\r\n\r\n"
        super().__init__([head.encode(), GOOD])
        self.hosts, self.unreachable = [], set()

    async def connect_tcp(self, host, *others, **more):
        self.hosts.append(host)
        if host in self.unreachable:
            raise httpcore.ConnectError
        return await super().connect_tcp(host, *others, **more)


def answering(*answers):
    """A name server that gives one answer after the other."""
    left = iter(answers)

    async def resolve(host, port):
        return next(left)

    return resolve


@asynccontextmanager
async def picture_client(recorder, *answers, provider_urls=()):
    addresses = PictureAddresses(provider_urls, answering(*answers))
    async with open_picture_client(addresses, recorder) as http:
        yield Pictures(http, addresses)


PUBLIC, ALSO_PUBLIC = "93.184.216.34", "2606:2800:220:1::1"


@pytest.mark.parametrize("second", ["127.0.0.1", "192.168.0.1", "::1", "::ffff:10.0.0.1"])
async def test_a_name_that_becomes_a_machine_in_the_house_after_it_was_checked_is_not_asked(tmp_path, second):
    recorder = Recorder()
    async with picture_client(recorder, [PUBLIC], [second]) as pictures:
        with pytest.raises(ArtworkRejected, match=f"rebinding.example is {second}, a machine in the house"):
            await pictures.fetch("the address", "http://rebinding.example/a.jpg", tmp_path / "a")
    assert recorder.hosts == []


async def test_what_is_connected_to_is_the_address_that_was_checked_and_the_next_where_it_does_not_answer(tmp_path):
    recorder = Recorder()
    recorder.unreachable.add(ALSO_PUBLIC)
    async with picture_client(recorder, [PUBLIC], [ALSO_PUBLIC, PUBLIC]) as pictures:
        await pictures.fetch("the address", "http://pictures.example/a.jpg", tmp_path / "a", is_awaited=True)
    assert recorder.hosts == [ALSO_PUBLIC, PUBLIC]
    assert (tmp_path / "a").read_bytes() == GOOD


async def test_one_address_in_the_house_among_public_ones_is_enough_to_be_refused(tmp_path):
    recorder = Recorder()
    async with picture_client(recorder, [PUBLIC], [PUBLIC, "10.0.0.1"]) as pictures:
        with pytest.raises(ArtworkRejected):
            await pictures.fetch("the address", "https://pictures.example/a.jpg", tmp_path / "a", is_awaited=True)
    assert recorder.hosts == []


async def test_a_provider_that_is_configured_may_be_anywhere(tmp_path):
    recorder = Recorder()
    async with picture_client(recorder, provider_urls=["http://nas.local:8080/t/p"]) as pictures:
        await pictures.fetch("tmdb", "http://nas.local:8080/t/p/a.jpg", tmp_path / "a", is_awaited=True)
    assert recorder.hosts == ["nas.local"]


async def test_a_redirect_within_the_provider_is_followed(runtime, house):
    movie_id = await known(runtime, house)
    moved = Fault(status=301, headers={"Location": "/t/p/original/new.jpg"})
    await offer(runtime, house, movie_id, {"old.jpg": moved})
    house.tmdb.faults.add("/new.jpg$", Fault(status=200, body=GOOD))
    await download_artwork(runtime, movie_id)
    assert await chosen(runtime, movie_id) == ["old.jpg"]


async def test_redirects_in_a_circle_end(runtime, house):
    movie_id = await known(runtime, house)
    circle = Fault(status=302, headers={"Location": "circle.jpg"})
    await offer(runtime, house, movie_id, {"circle.jpg": circle, "good.jpg": GOOD})
    downloads = await download_artwork(runtime, movie_id)
    assert "redirected more than 3 times" in downloads.failed[0]
    assert await chosen(runtime, movie_id) == ["good.jpg"]


async def test_what_comes_packed_is_not_unpacked(runtime, house):
    movie_id = await known(runtime, house)
    packed = Fault(status=200, headers={"Content-Encoding": "gzip"}, body=gzip.compress(GOOD))
    await offer(runtime, house, movie_id, {"packed.jpg": packed, "good.jpg": GOOD})
    assert "it came packed (gzip)" in await refusal(runtime, movie_id)
