"""Which picture is chosen, and why."""

from dataclasses import replace

import pytest

from metarr_core.domain.artwork import ArtworkType, Candidate, Taste, languages_to_ask, ranked, score

ORDER = ("en", "original", "none")


def poster(name, language="en", votes=(5.2, 9), width=1000):
    average, count = votes
    return Candidate(ArtworkType.POSTER, "tmdb", f"http://t/{name}.jpg", language, width, width * 3 // 2, average, count)


def best_first(candidates, order=ORDER, original="de"):
    scored = [score(one, Taste(order), original) for one in candidates]
    wanted = [one for one in ranked(scored) if one.passed_over is None]
    return [one.candidate.url.removeprefix("http://t/").removesuffix(".jpg") for one in wanted]


@pytest.mark.parametrize(
    ("order", "original", "chosen"),
    [
        (("en", "original", "none"), "de", ["en", "de", "none"]),
        (("original", "en", "none"), "de", ["de", "en", "none"]),
        (("none", "en"), "de", ["none", "en"]),
        (("fr",), "de", ["fr"]),
        (("original",), None, []),
        (("original", "none"), None, ["none"]),
        (("en", "original"), "en", ["en"]),
        (("ja",), "de", []),
        (("pt-BR", "en"), "de", ["pt", "en"]),
    ],
)
def test_the_order_of_languages_decides_first(order, original, chosen):
    offered = [poster(code, code, votes=(9.0, 500), width=4000) for code in ("none", "fr", "de", "pt")]
    offered = [replace(one, language=None) if one.url.endswith("none.jpg") else one for one in offered]
    assert best_first([*offered, poster("en", votes=(1.0, 3), width=10)], order, original) == chosen


@pytest.mark.parametrize("many", [(5.6, 31), (5.4, 14), (5.2, 9), (8.4, 6), (10.0, 4)])
def test_one_vote_of_ten_does_not_win_over_several_votes(many):
    assert best_first([poster("one", votes=(10.0, 1)), poster("many", votes=many)]) == ["many", "one"]


def test_a_few_friends_do_not_outvote_a_crowd():
    offered = [poster("friends", votes=(10.0, 4)), poster("crowd", votes=(6.546, 44)), poster("more", votes=(8.362, 6))]
    assert best_first(offered)[0] == "crowd"


def test_a_vote_is_better_than_none():
    assert best_first([poster("none", votes=(0.0, 0)), poster("some", votes=(7.0, 3))]) == ["some", "none"]


def test_with_as_many_votes_the_higher_average_wins():
    assert best_first([poster("low", votes=(4.0, 20)), poster("high", votes=(8.0, 20))]) == ["high", "low"]


def test_with_the_same_votes_the_sharper_picture_wins_up_to_what_a_player_shows():
    assert best_first([poster("small", width=500), poster("large", width=2000)]) == ["large", "small"]
    assert (
        score(poster("a", width=2000), Taste(ORDER), None).score == score(poster("a", width=8000), Taste(ORDER), None).score
    )


def test_equal_pictures_come_in_the_same_order_whatever_order_they_were_offered_in():
    offered = [poster(name) for name in "bca"]
    assert best_first(offered) == best_first(offered[::-1]) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("taste", "why"),
    [
        (Taste(("de",)), "language en is not among de"),
        (Taste(ORDER, minimum_votes=10), "9 votes are fewer than 10"),
        (Taste(ORDER, minimum_width=1001), "1000x1500 is smaller than 1001x0"),
        (Taste(ORDER, minimum_height=1501), "1000x1500 is smaller than 0x1501"),
        (Taste(ORDER, 9, 1000, 1500), None),
    ],
)
def test_what_the_settings_do_not_want_is_passed_over_and_says_why(taste, why):
    assert score(poster("a"), taste, None).passed_over == why


def test_a_size_that_nobody_tells_is_not_held_against_a_picture():
    assert score(poster("a", width=0), Taste(ORDER, minimum_width=1000), None).passed_over is None


def test_a_choice_says_why():
    reasons = " ".join(score(poster("a", "de", (5.6, 31), 1400), Taste(ORDER), "de").reasons)
    assert "language de is choice 2 of 3" in reasons
    assert "5.6 from 31 votes" in reasons
    assert "1400x2100" in reasons


@pytest.mark.parametrize(("average", "count"), [(0.0, 0), (0.0, 5), (10.0, 1), (10.0, 10**6), (12.0, 3), (5.0, -1)])
def test_votes_never_outweigh_a_language(average, count):
    assert best_first([poster("de", "de", (average, count), 9000), poster("en", votes=(0.0, 0), width=0)]) == ["en", "de"]


@pytest.mark.parametrize(
    ("order", "original", "asked"),
    [
        (("en", "original", "none"), None, ("en", "null")),
        (("en", "original", "none"), "de", ("en", "de", "null")),
        (("en", "original"), "en", ("en",)),
        (("none",), "de", ("null",)),
        (("original",), None, ()),
        (("pt-BR", "pt"), None, ("pt",)),
    ],
)
def test_a_provider_is_asked_for_each_language_once(order, original, asked):
    assert languages_to_ask(order, original) == asked
