"""What others wrote into an NFO stays in it."""

import pytest
from lxml import etree

from metarr_core.domain.metadata import Metadata
from metarr_core.domain.nfo import NfoMovie, render
from metarr_core.domain.nfo_keeping import keep_foreign
from metarr_core.domain.nfo_values import tags_of

OURS = render(NfoMovie(Metadata(fields={"title": "Sintel", "plot": "A dragon."}), {"tmdb": "45745"}, None))


def kept(existing: str | bytes, *, is_ours: bool = False, ours: bytes = OURS) -> etree._Element:
    data = existing if isinstance(existing, bytes) else existing.encode()
    return etree.fromstring(keep_foreign(ours, data, is_ours=is_ours))


def test_a_tag_that_is_not_ours_stays_with_all_that_is_in_it():
    root = kept("<movie><userrating>9</userrating><mine a='1'><b>x</b></mine></movie>")
    assert root.findtext("userrating") == "9"
    assert (root.find("mine").get("a"), root.findtext("mine/b")) == ("1", "x")


def test_ours_of_a_kind_replace_theirs():
    root = kept("<movie><title>Theirs</title><plot>Theirs</plot></movie>")
    assert [one.text for one in root.iterfind("title")] == ["Sintel"]
    assert [one.text for one in root.iterfind("plot")] == ["A dragon."]


def test_what_we_do_not_know_stays_as_they_wrote_it():
    root = kept("<movie><tagline>Theirs</tagline><genre>A</genre><genre>B</genre></movie>")
    assert root.findtext("tagline") == "Theirs"
    assert [one.text for one in root.iterfind("genre")] == ["A", "B"]


def test_what_a_person_wants_empty_stays_empty_whoever_fills_it():
    theirs = b"<movie><tagline>Theirs</tagline><actor><name>A</name></actor><genre>B</genre></movie>"
    root = etree.fromstring(keep_foreign(OURS, theirs, is_ours=False, erased=tags_of(["tagline", "actors"])))
    assert (root.find("tagline"), root.find("actor"), root.findtext("genre")) == (None, None, "B")


def test_what_we_wrote_earlier_and_know_no_more_goes():
    root = kept("<movie><tagline>Ours</tagline><userrating>9</userrating></movie>", is_ours=True)
    assert root.find("tagline") is None
    assert root.findtext("userrating") == "9"


def test_ids_of_other_providers_stay_and_ours_is_the_default():
    root = kept('<movie><uniqueid type="trakt" default="true">7</uniqueid><uniqueid type="tmdb">1</uniqueid></movie>')
    assert {one.get("type"): one.text for one in root.iterfind("uniqueid")} == {"tmdb": "45745", "trakt": "7"}
    assert [one.get("type") for one in root.iterfind("uniqueid[@default]")] == ["tmdb"]


def test_empty_tags_and_old_forms_are_not_carried_on():
    root = kept(
        "<movie><playcount/><userrating></userrating><id>5</id><rating>7</rating><fileinfo><a>b</a></fileinfo></movie>"
    )
    assert {child.tag for child in root} == {"title", "plot", "uniqueid"}


def test_keeping_twice_is_the_same_as_once():
    existing = b"<movie><!-- mine --><userrating>9</userrating><mine>\n <b> x </b>\n</mine></movie>"
    once = keep_foreign(OURS, existing, is_ours=False)
    assert keep_foreign(OURS, once, is_ours=True) == once


@pytest.mark.parametrize(
    "existing",
    [
        b"",
        b"https://www.themoviedb.org/movie/45745",
        b"scene release info \xff\xfe",
        b"<tvshow><userrating>9</userrating></tvshow>",
        b"<movie>" + b"<x>1</x>" * 200_000 + b"</movie>",
    ],
)
def test_what_is_no_nfo_of_a_movie_leaves_ours_as_it_is(existing):
    assert keep_foreign(OURS, existing, is_ours=False) == OURS


@pytest.mark.parametrize(
    "existing",
    [
        b"\n<?xml version='1.0'?><movie><mine>a</mine></movie>",
        b"\xef\xbb\xbf<movie><mine>a</mine></movie>",
        b"<movie><mine>a</mine></movie>\nhttps://www.themoviedb.org/movie/1",
        b"<movie><other>Tom & Jerry</other><mine>a</mine></movie>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><movie><other>é</other><mine>a</mine></movie>".encode("latin-1"),
        b"<movie><mine>a</mine>",
    ],
)
def test_files_that_kodi_tolerates_are_read(existing):
    assert kept(existing).findtext("mine") == "a"


def test_entities_are_neither_expanded_nor_fetched():
    bomb = "<!DOCTYPE movie [<!ENTITY a '" + "x" * 1000 + "'><!ENTITY b '&a;&a;&a;'>"
    external = '<!ENTITY c SYSTEM "file:///etc/passwd">]>'
    result = keep_foreign(OURS, f"{bomb}{external}<movie><mine>1&b;&c;</mine></movie>".encode(), is_ours=False)
    assert len(result) < len(OURS) + 200
    assert b"root:" not in result
