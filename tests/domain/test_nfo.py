"""The NFO of a movie, read back as Kodi would."""

from datetime import date

import pytest
from lxml import etree

from metarr_core.domain.media_info import AudioStream, HdrFormat, MediaInfo, SubtitleStream, VideoStream
from metarr_core.domain.metadata import Collection, Credit, Metadata, Part, Person
from metarr_core.domain.nfo import NfoMovie, render

VIDEO = VideoStream(0, "hevc", "Main 10", 3840, 2160, 1.777778, 23.976, 10, HdrFormat.DOLBY_VISION, 8)
ENGLISH = AudioStream(1, "truehd", None, 8, "7.1", "eng", None, is_default=True, is_forced=False)
UNKNOWN = AudioStream(2, "ac3", None, 6, "5.1", None, None, is_default=False, is_forced=False)


def subtitle(index, language):
    return SubtitleStream(index, "subrip", language, None, is_default=False, is_forced=False, is_hearing_impaired=False)


MEDIA = MediaInfo(5640.4, (VIDEO,), (ENGLISH, UNKNOWN), (subtitle(3, "eng"), subtitle(4, "eng"), subtitle(5, None)))
FIELDS = {
    "title": "Nosferatu",
    "original_title": "Nosferatu, eine Symphonie des Grauens",
    "sort_title": "Nosferatu 1",
    "plot": "A clerk & a count <who> fears the sun.",
    "tagline": "A symphony of horror.",
    "runtime": 94,
    "certification": "NR",
    "release_date": date(1922, 3, 4),
    "year": 1922,
    "trailer_url": "plugin://plugin.video.youtube/play/?video_id=FC6jFoYm3xs",
    "rating": 7.65,
    "votes": 2104,
    "original_language": "de",
}
METADATA = Metadata(
    fields=FIELDS,
    collection=Collection(1, "Vampires"),
    genres=("Horror", "Fantasy", "Horror"),
    studios=("Prana-Film",),
    countries=("Germany", "Germany"),
    actors=(Part(Person("Max Schreck", 1, "http://t/p/1.jpg"), "Graf Orlok"), Part(Person("Greta Schröder"), None)),
    crew=(
        Credit(Person("F. W. Murnau"), "Director"),
        Credit(Person("Henrik Galeen"), "Screenplay"),
        Credit(Person("Henrik Galeen"), "Story"),
        Credit(Person("Bram Stoker"), "Novel"),
        Credit(Person("Albin Grau"), "Producer"),
    ),
)
MOVIE = NfoMovie(METADATA, {"imdb": "tt0013442", "tmdb": "653"}, MEDIA)


def root(metadata=METADATA, ids=None, media=None):
    return etree.fromstring(render(NfoMovie(metadata, ids or {}, media)))


def of(**fields):
    return root(Metadata(fields={"title": "A"} | fields))


def test_everything_that_is_known_stands_in_the_tags_that_kodi_reads():
    found = etree.fromstring(render(MOVIE))
    assert found.tag == "movie"
    assert {tag: found.findtext(tag) for tag in ("title", "originaltitle", "sorttitle", "plot", "tagline")} == {
        "title": "Nosferatu",
        "originaltitle": "Nosferatu, eine Symphonie des Grauens",
        "sorttitle": "Nosferatu 1",
        "plot": "A clerk & a count <who> fears the sun.",
        "tagline": "A symphony of horror.",
    }
    assert [found.findtext(tag) for tag in ("runtime", "mpaa", "premiered", "year")] == ["94", "NR", "1922-03-04", "1922"]
    assert found.findtext("trailer") == FIELDS["trailer_url"]
    assert found.findtext("set/name") == "Vampires"
    assert [rating.attrib for rating in found.iterfind("ratings/rating")] == [
        {"name": "themoviedb", "max": "10", "default": "true"}
    ]
    assert [found.findtext(f"ratings/rating/{tag}") for tag in ("value", "votes")] == ["7.65", "2104"]


@pytest.mark.parametrize(
    ("tag", "values"),
    [
        ("genre", ["Horror", "Fantasy"]),
        ("studio", ["Prana-Film"]),
        ("country", ["Germany"]),
        ("director", ["F. W. Murnau"]),
        ("credits", ["Henrik Galeen", "Bram Stoker"]),
        ("actor/name", ["Max Schreck", "Greta Schröder"]),
        ("actor/order", ["0", "1"]),
        ("actor/role", ["Graf Orlok"]),
        ("actor/thumb", ["http://t/p/1.jpg"]),
    ],
)
def test_lists_keep_their_order_and_say_nothing_twice(tag, values):
    assert [element.text for element in root().iterfind(tag)] == values


def test_what_kodi_would_import_and_forget_is_never_written():
    names = {element.tag for element in etree.fromstring(render(MOVIE)).iter()}
    assert (
        names & {"playcount", "lastplayed", "resume", "watched", "userrating", "lockdata", "lockedfields", "dateadded"}
        == set()
    )


def test_two_ids_are_told_and_one_is_the_default():
    found = [(one.get("type"), one.text, one.get("default")) for one in root(ids=MOVIE.unique_ids).iterfind("uniqueid")]
    assert found == [("tmdb", "653", "true"), ("imdb", "tt0013442", None)]


@pytest.mark.parametrize(("ids", "kind"), [({"imdb": "tt1", "tmdb": ""}, "imdb"), ({"tmdb": "5"}, "tmdb")])
def test_a_single_id_is_the_default(ids, kind):
    assert [(one.get("type"), one.get("default")) for one in root(ids=ids).iterfind("uniqueid")] == [(kind, "true")]


@pytest.mark.parametrize("fields", [{"rating": 8.0}, {"rating": 8.0, "votes": 0}, {"votes": 12}])
def test_a_rating_without_votes_is_no_rating(fields):
    assert of(**fields).find("ratings") is None


def test_each_stream_of_the_file_has_an_element_of_its_own():
    details = root(media=MEDIA).find("fileinfo/streamdetails")
    assert [element.tag for element in details] == ["video", "audio", "audio", "subtitle", "subtitle", "subtitle"]
    assert {element.tag: element.text for element in details[0]} == {
        "codec": "hevc",
        "aspect": "1.777778",
        "width": "3840",
        "height": "2160",
        "durationinseconds": "5640",
        "hdrtype": "dolbyvision",
    }
    assert [(one.findtext("codec"), one.findtext("language"), one.findtext("channels")) for one in details[1:3]] == [
        ("truehd", "eng", "8"),
        ("ac3", None, "6"),
    ]
    assert [one.findtext("language") for one in details[3:]] == ["eng", "eng", None]


def test_a_film_without_anything_has_no_tags_without_anything():
    found = root(Metadata(fields={"title": "A", "plot": "", "tagline": "  "}, genres=("", " "), actors=(), crew=()))
    assert [element.tag for element in found.iter()] == ["movie", "title"]


NOTHING = "\x00\x0b\ufffe"


def test_what_xml_forbids_is_left_out_with_the_tags_that_it_leaves_empty():
    person = Person(NOTHING, 3)
    metadata = Metadata(
        fields={"title": "Nos\x00fe\x0brat\ud800u\uffff", "plot": "Line 1\nLine 2\t🎬", "tagline": NOTHING},
        collection=Collection(1, NOTHING),
        genres=("Dra\x0bma", "Drama", NOTHING),
        actors=(Part(person, NOTHING), Part(Person("Max\x1f Schreck"), "Or\x08lok")),
        crew=(Credit(person, "Director"),),
    )
    found = root(metadata)
    assert (found.findtext("title"), found.findtext("plot")) == ("Nosferatu", "Line 1\nLine 2\t🎬")
    assert [element.tag for element in found] == ["title", "plot", "genre", "actor"]
    assert [element.text for element in found.find("actor")] == ["Max Schreck", "Orlok", "0"]


def test_the_same_film_gives_the_same_bytes_and_utf_8():
    assert render(MOVIE) == render(NfoMovie(METADATA, dict(reversed(MOVIE.unique_ids.items())), MEDIA))
    assert render(MOVIE).startswith(b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n<movie>\n")
    assert "Greta Schröder".encode() in render(MOVIE)


def locks(*locked):
    found = etree.fromstring(render(NfoMovie(METADATA, {}, None, frozenset(locked))))
    return found.findtext("lockdata"), found.findtext("lockedfields")


def test_what_jellyfin_can_lock_alone_is_named_in_its_words():
    assert locks("plot", "title", "genres", "actors") == ("false", "Name|Overview|Genres|Cast")


def test_what_jellyfin_cannot_lock_alone_is_locked_with_the_whole_film():
    assert locks("poster") == ("true", None)
    assert locks("plot", "crew") == ("true", "Overview")


def test_a_rating_without_votes_is_written_if_a_person_wants_it():
    metadata = Metadata(fields={"title": "A", "rating": 9.0})
    assert etree.fromstring(render(NfoMovie(metadata, {}, None))).find("ratings") is None
    found = etree.fromstring(render(NfoMovie(metadata, {}, None, frozenset({"rating"}))))
    assert found.findtext("ratings/rating/value") == "9"
