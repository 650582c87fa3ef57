"""Titles made comparable: accents, punctuation, numerals and articles are spelt in one way."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from metarr_core.domain.common_words import COMMON_WORDS

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "\u0131": "i"})
_APOSTROPHES = re.compile("['\u2018\u2019`\u00b4\u02bb\u02bc]")
_SUPERSCRIPTS = str.maketrans({one: f" {number}" for number, one in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")})
ROMAN = {
    name: str(number)
    for number, name in enumerate("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split(), 1)  # noqa: SIM905
}
NUMBER_WORDS = {
    name: str(number)
    for number, name in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
}
BEFORE_NUMBERS = {"part", "chapter", "volume", "episode", "book"}
SHORT = {"pt": "part", "vol": "volume", "ep": "episode"}
ARTICLES = {
    *("the", "a", "an", "der", "die", "das", "ein", "eine", "le", "la", "les", "l", "un", "une"),
    *("el", "los", "las", "il", "lo", "gli", "de", "het"),
}
JOINING = {
    *("of", "and", "in", "to", "on", "at", "for", "from", "by", "with", "without", "or", "as", "no", "not", "all"),
    *("is", "it", "its", "be", "am", "are", "was", "do", "that", "this", "these", "who", "what", "when", "how"),
    *("i", "you", "he", "she", "we", "they", "me", "my", "your", "his", "her", "our", "their"),
    *("de", "di", "da", "du", "des", "del", "et", "e", "y", "und", "von", "zu", "que"),
}
"""Words that stand in many titles, and so tell none from another."""


@lru_cache(maxsize=4096)
def tokens(title: str) -> tuple[str, ...]:
    """The words of a title, in one spelling; single letters in a row are one word (S.W.A.T. is SWAT)."""
    text = unicodedata.normalize("NFKD", title.translate(_SUPERSCRIPTS).casefold().translate(_LETTERS))
    text = "".join(one for one in text if not unicodedata.combining(one))
    text = _APOSTROPHES.sub("", text).replace("&", " and ").replace("+", " and ")
    found = re.findall(r"\w+", text.replace("_", " "))
    return tuple(_numerals(_joined(found)))


def _joined(found: list[str]) -> list[str]:
    """Runs of single letters as one word."""
    joined: list[str] = []
    run = ""
    for one in [*found, ""]:
        if len(one) == 1 and one.isalpha():
            run += one
            continue
        joined += [run] if run else []
        joined += [one] if one else []
        run = ""
    return joined


def _numerals(found: list[str]) -> list[str]:
    spelt = [SHORT.get(one, one) for one in found]
    spelt = [ROMAN.get(one, one) if place or len(found) == 1 else one for place, one in enumerate(spelt)]
    pairs = zip(["", *spelt], spelt, strict=False)
    return [NUMBER_WORDS.get(one, one) if before in BEFORE_NUMBERS else one for before, one in pairs]


def fold(title: str) -> str:
    """The words of a title in one spelling, with blanks between."""
    return " ".join(tokens(title))


def without_article(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without an article before them."""
    return words[1:] if len(words) > 1 and words[0] in ARTICLES else words


def telling_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that tell a title from others: no articles, no numbers, nothing that only joins."""
    return tuple(one for one in words if not (one in ARTICLES or one in JOINING or one.isdigit()))


def rarity(telling: tuple[str, ...]) -> float:
    """How many words tell a title from others; one that stands in many titles counts half."""
    return sum(0.5 if one in COMMON_WORDS else 1 for one in telling)


def numbers(words: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers among the words; two titles with others are two films."""
    return tuple(sorted(one.lstrip("0") or "0" for one in words if one.isdigit()))
