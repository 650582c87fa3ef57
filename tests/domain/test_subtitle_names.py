"""Subtitles beside a film, by their names."""

import pytest

from metarr_core.domain.languages import Spoken, read_language
from metarr_core.domain.subtitle_names import belonging, read_name

FORCED, HEARING, DEFAULT, COMMENTARY = "forced", "hearing_impaired", "default", "commentary"


@pytest.mark.parametrize(
    ("added", "spoken", "roles", "title"),
    [
        ("", None, set(), None),
        (".en", Spoken("eng"), set(), None),
        (".EN", Spoken("eng"), set(), None),
        (".eng", Spoken("eng"), set(), None),
        (".de", Spoken("ger"), set(), None),
        (".deu", Spoken("ger"), set(), None),
        (".English", Spoken("eng"), set(), None),
        ("_fr", Spoken("fre"), set(), None),
        (" (English)", Spoken("eng"), set(), None),
        (".en.forced", Spoken("eng"), {FORCED}, None),
        (".forced.en", Spoken("eng"), {FORCED}, None),
        ("-en-forced", Spoken("eng"), {FORCED}, None),
        (".forced", None, {FORCED}, None),
        (".eng.sdh", Spoken("eng"), {HEARING}, None),
        (".en.cc", Spoken("eng"), {HEARING}, None),
        (".English [CC]", Spoken("eng"), {HEARING}, None),
        (".English SDH", Spoken("eng"), {HEARING}, None),
        (".en.hi", Spoken("eng"), {HEARING}, None),
        (".hi", Spoken("hin"), set(), None),
        (".hi.forced", Spoken("hin"), {FORCED}, None),
        (".fr.default", Spoken("fre"), {DEFAULT}, None),
        (".en.default.forced", Spoken("eng"), {DEFAULT, FORCED}, None),
        (".pt-BR", Spoken("por", "BR"), set(), None),
        (".pt_br", Spoken("por", "BR"), set(), None),
        (".Portuguese (Brazil)", Spoken("por", "BR"), set(), None),
        (".pob", Spoken("por", "BR"), set(), None),
        (".es-419.sdh", Spoken("spa", "419"), {HEARING}, None),
        (".zh-Hant", Spoken("chi", "Hant"), set(), None),
        (".Chinese (Simplified)", Spoken("chi", "Hans"), set(), None),
        (".Director's Commentary.en", Spoken("eng"), {COMMENTARY}, "Director's Commentary"),
        (".en.commentary", Spoken("eng"), {COMMENTARY}, None),
        (".Is It.en", Spoken("eng"), set(), "Is It"),
        (".no.en", Spoken("eng"), set(), "no"),
        (".Signs & Songs.en", Spoken("eng"), set(), "Signs & Songs"),
        (".en.1", Spoken("eng"), set(), "1"),
        (".und", None, set(), None),
        (".1080p", None, set(), "1080p"),
        ("..en..", Spoken("eng"), set(), None),
    ],
)
def test_the_words_behind_the_videos_name_tell_language_roles_and_title(added, spoken, roles, title):
    found = read_name(added)
    assert (found.spoken, found.roles, found.title) == (spoken, roles, title)


@pytest.mark.parametrize("word", ["", "are", "even", "the", "sdh", "xx", "xx-YY", "und", "1", "-", "en-", "new line"])
def test_what_is_no_language_of_films_is_none(word):
    assert read_language(word) is None


FOLDER = ["Film.mkv", "Film.nfo", "Film-poster.jpg"]


@pytest.mark.parametrize(
    ("names", "ours"),
    [
        (["Film.srt", "Film.en.srt"], {"Film.srt": "", "Film.en.srt": ".en"}),
        (["Film.en.forced.ass"], {"Film.en.forced.ass": ".en.forced"}),
        (["FILM.EN.SRT"], {"FILM.EN.SRT": ".EN"}),
        (["Film.de.vtt", "Film.ssa", "Film.fr.sup"], {"Film.de.vtt": ".de", "Film.ssa": "", "Film.fr.sup": ".fr"}),
        (["Films.en.srt", "Film 2.en.srt", "Other.srt", "Film.txt", "en.srt"], {}),
        (["Film.idx", "Film.sub"], {"Film.idx": ""}),
        (["Film.en.IDX", "film.en.sub"], {"Film.en.IDX": ".en"}),
        (["Film.sub"], {"Film.sub": ""}),
        (["Film.idx"], {}),
        (["Film.idx", "Film.de.sub"], {"Film.de.sub": ".de"}),
    ],
)
def test_subtitles_of_a_film_begin_with_its_name(names, ours):
    assert dict(belonging("Film.mkv", names, FOLDER + names)) == ours


def test_a_longer_name_of_another_film_in_the_folder_has_its_own():
    names = ["Film.mkv", "Film-Extended.mkv", "Film.en.srt", "Film-Extended.en.srt"]
    assert belonging("Film.mkv", names, names) == [("Film.en.srt", ".en")]
    assert belonging("Film-Extended.mkv", names, names) == [("Film-Extended.en.srt", ".en")]


def test_letters_with_accents_are_the_same_however_they_are_written():
    assert belonging("Ame\u0301lie.mkv", ["Am\u00e9lie.en.srt"]) == [("Am\u00e9lie.en.srt", ".en")]
