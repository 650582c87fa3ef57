"""A provider's answer must not make us ask a machine in the house for something."""

from __future__ import annotations

import asyncio

import pytest

from deployments.demo.faults import Fault
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
    "http://10.0.0.1/a.jpg",
    "http://192.168.0.1/a.jpg",
    "http://169.254.1.1/a.jpg",
    "http://100.64.0.1/a.jpg",
    "http://224.0.0.1/a.jpg",
    "http://[fe80::1]/a.jpg",
    "http://[fd00::1]/a.jpg",
]
OTHER_WAYS = [
    "file:///etc/hostname",
    "ftp://127.0.0.1:{port}/a.jpg",
    "gopher://127.0.0.1:{port}/",
    "data:image/png;base64,iVBO",
]
NO_ADDRESSES = ["http://", "http://[::1/a.jpg", "http://\x07/a.jpg", "http://a:port/a.jpg"]


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
