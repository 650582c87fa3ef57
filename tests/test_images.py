"""Pictures are what their bytes say, decoded to the end."""

from __future__ import annotations

import io
import zlib
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from deployments.demo import pictures
from metarr_core.errors import ArtworkRejected, StorageUnavailable
from metarr_core.files.images import MOST_PIXELS, fit_for_players, look_at
from metarr_core.files.picture_ends import cut_behind_end, end_of

POSTER = pictures.poster("Sintel", 2010, 400, 600)


@pytest.fixture
def look(tmp_path):
    """Looks at bytes, under a name that need not fit."""

    def looking(data: bytes, name: str = "a.jpg"):
        (tmp_path / name).write_bytes(data)
        return look_at(tmp_path / name)

    return looking


def encoded(image: Image.Image, picture_format: str = "JPEG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, picture_format, **options)
    return buffer.getvalue()


def painting(data: bytes = POSTER) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.mark.parametrize(
    ("picture_format", "extension", "mime"),
    [("JPEG", "jpg", "image/jpeg"), ("PNG", "png", "image/png"), ("WEBP", "webp", "image/webp")],
)
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.html", "noname"])
def test_the_format_is_that_of_the_bytes_whatever_the_name(look, picture_format, extension, mime, name):
    found = look(encoded(painting(), picture_format), name)
    assert (found.width, found.height, found.extension, found.mime) == (400, 600, extension, mime)
    assert len(found.perceptual_hash) == 16


def test_a_picture_of_very_few_bytes_and_very_many_pixels_in_a_row_is_refused_before_it_is_decoded(look, monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("it is decoded"))
    with pytest.raises(ArtworkRejected, match="70000x1 is more than 65,535 pixels on a side"):
        look(bomb(70_000, 1))


@pytest.mark.parametrize(("orientation", "size"), [(1, (400, 600)), (6, (600, 400)), (9, (400, 600)), (99, (400, 600))])
def test_only_an_orientation_that_there_is_lays_a_picture_on_its_side(look, orientation, size):
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = look(encoded(painting(), exif=exif.tobytes()))
    assert (found.width, found.height) == size


@pytest.mark.parametrize("keep", [0.02, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_picture_is_refused_however_much_is_there(look, picture_format, keep):
    data = encoded(painting(), picture_format)
    with pytest.raises(ArtworkRejected):
        look(data[: int(len(data) * keep)])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!DOCTYPE html><html>404</html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"\x00" * 5000,
    ],
    ids=["empty", "html", "svg", "eps", "jpeg-start", "png-start", "zeros"],
)
def test_what_is_no_picture_is_refused(look, data):
    with pytest.raises(ArtworkRejected, match=r"not a JPEG, PNG or WebP picture|broken"):
        look(data)


@pytest.mark.parametrize("picture_format", ["GIF", "BMP", "TIFF"])
def test_other_formats_are_not_published(look, picture_format):
    with pytest.raises(ArtworkRejected, match="not a JPEG, PNG or WebP"):
        look(encoded(painting(), picture_format))


def bomb(width: int, height: int) -> bytes:
    """A PNG of so many pixels in a few bytes, of which only the beginning is there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 10_000), (1, MOST_PIXELS + 1), (60_000, 60_000)])
def test_a_bomb_is_refused_by_its_size_before_it_is_decoded(look, size):
    with pytest.raises(ArtworkRejected, match="more than 80,000,000 pixels"):
        look(bomb(*size))


def test_a_file_that_cannot_be_read_says_nothing_about_the_picture(tmp_path):
    with pytest.raises(StorageUnavailable):
        look_at(tmp_path / "missing.jpg")
    with pytest.raises(StorageUnavailable):
        look_at(tmp_path)


def test_cmyk_is_a_picture_and_looks_the_same(look):
    cmyk = look(encoded(painting().convert("CMYK")))
    assert (cmyk.width, cmyk.height) == (400, 600)
    assert distance(cmyk.perceptual_hash, look(POSTER).perceptual_hash) <= 6


WIDTH, TEXT, RESOLUTION, FURTHER = 0x0100, 0x010E, 0x011A, 0x8769


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("tag", [WIDTH, TEXT, RESOLUTION, FURTHER])
def test_exif_data_that_make_no_sense_do_no_harm(tmp_path, tag):
    for kind in range(19):
        path = tmp_path / f"{kind}.jpg"
        path.write_bytes(with_exif(encoded(painting()), (0x0112, 3, 6), (tag, kind, 0x01020304)))
        found = look_at(path)
        assert (found.width, found.height) == (600, 400)
        plain = fit_for_players(path, found, (600, 600))
        assert plain.is_plain
        assert distance(plain.perceptual_hash, found.perceptual_hash) <= 2


def with_exif(jpeg, *entries):
    """A JPEG with tags of EXIF data as they are given: number, type, and a value of four bytes."""
    tags = b"".join(pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    exif = b"Exif\0\0II*\0" + pack("<IH", 8, len(entries)) + tags + bytes(4)
    return jpeg[:2] + b"\xff\xe1" + pack(">H", len(exif) + 2) + exif + jpeg[2:]


@pytest.mark.parametrize(("orientation", "turns"), [(3, 180), (6, 90), (8, 270)])
def test_a_picture_lies_as_its_exif_data_says(look, orientation, turns):
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = painting().rotate(turns, expand=True)
    found, upright = look(encoded(lying, exif=exif)), look(encoded(painting()))
    assert (found.width, found.height) == (400, 600)
    assert distance(found.perceptual_hash, upright.perceptual_hash) <= 6


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_logos_of_other_shapes_have_other_hashes(look, mode):
    def logo(draw_shape):
        image = Image.new("RGBA", (400, 155), (255, 255, 255, 0))
        draw_shape(ImageDraw.Draw(image))
        return look(encoded(image.convert(mode), "PNG")).perceptual_hash

    disc = logo(lambda draw: draw.ellipse((20, 20, 140, 140), fill=(255, 255, 255, 255)))
    bar = logo(lambda draw: draw.rectangle((200, 60, 390, 90), fill=(255, 255, 255, 255)))
    assert distance(disc, bar) > 6


def test_the_same_picture_looks_the_same_smaller_and_in_another_format(look):
    hashes = [look(data).perceptual_hash for data in (POSTER, encoded(painting(), "PNG"), encoded(painting(), quality=30))]
    hashes.append(look(encoded(painting().resize((185, 278)))).perceptual_hash)
    assert max(distance(hashes[0], other) for other in hashes) <= 6
    other_film = look(pictures.poster("Nosferatu", 1922, 400, 600)).perceptual_hash
    assert distance(hashes[0], other_film) > 6


def test_the_same_bytes_have_the_same_hash(look):
    assert look(POSTER) == look(POSTER, "b.png")


def test_a_grey_and_a_tiny_picture_are_pictures(look):
    assert look(encoded(Image.new("L", (1, 1)), "PNG")).width == 1
    assert look(encoded(painting().convert("L"))).extension == "jpg"


def test_sixteen_bits_of_grey_are_seen_as_they_look(look):
    deep = painting().convert("L").convert("I;16").point(lambda grey: grey * 256)
    assert distance(look(encoded(deep, "PNG")).perceptual_hash, look(POSTER).perceptual_hash) <= 6


def test_sixteen_bits_of_grey_are_written_in_eight(look, tmp_path):
    deep = painting().convert("L").convert("I;16").point(lambda grey: grey * 256)
    seen = look(encoded(deep, "PNG"), "deep.png")
    fitted = fit_for_players(tmp_path / "deep.png", seen, (9999, 9999))
    assert distance(fitted.perceptual_hash, look(POSTER).perceptual_hash) <= 6
    with Image.open(tmp_path / "deep.png") as image:
        assert image.mode == "RGB"


def test_a_photo_behind_which_others_hang_is_its_first_picture(look, tmp_path):
    photo = encoded(painting(), "MPO", save_all=True, append_images=[painting(pictures.poster("Nosferatu", 1922, 400, 600))])
    seen = look(photo, "photo.jpg")
    assert (seen.extension, seen.is_plain) == ("jpg", False)
    fit_for_players(tmp_path / "photo.jpg", seen, (9999, 9999))
    with Image.open(tmp_path / "photo.jpg") as image:
        assert (image.format, image.size) == ("JPEG", (400, 600))


PAYLOADS = {"zip": b"PK\x03\x04" + bytes(99), "php": b"<?php system($_GET['x']); ?>", "jpeg": POSTER, "end": b"\xff\xd9"}
WAYS = {
    "jpeg": {"picture_format": "JPEG"},
    "progressive": {"picture_format": "JPEG", "progressive": True},
    "restarts": {"picture_format": "JPEG", "restart_marker_blocks": 3},
    "comment": {"picture_format": "JPEG", "comment": b"\xff\xd9\xff\xda not the end"},
    "png": {"picture_format": "PNG"},
}


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("way", WAYS)
def test_what_hangs_on_behind_a_picture_is_none_of_it(tmp_path, way, payload):
    data = encoded(painting(), **WAYS[way])
    assert end_of(data) == len(data)
    (tmp_path / "a").write_bytes(data + PAYLOADS[payload])
    cut_behind_end(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == data


@pytest.mark.parametrize("keep", [3, 10, 200, 0.5, 0.999])
@pytest.mark.parametrize("way", WAYS)
def test_a_picture_without_an_end_is_left_as_it_is(way, keep):
    data = encoded(painting(), **WAYS[way])
    cut = data[: int(keep if keep > 1 else len(data) * keep)]
    assert end_of(cut) == len(cut)


@given(st.binary(max_size=300))
def test_no_bytes_are_too_odd_to_look_for_their_end(data):
    for start in (b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n"):
        assert 0 <= end_of(start + data) <= len(start + data)


def test_a_picture_of_many_pixels_with_alpha_looks_the_same_as_a_small_one(look):
    large = painting().convert("RGBA").resize((2400, 3600))
    assert distance(look(encoded(large, "PNG")).perceptual_hash, look(POSTER).perceptual_hash) <= 6
