"""Languages as files name them: a code of two or three letters, with or without a region, or an English name.

Given as ISO 639-2/B ("fre", "ger"), which Kodi makes of them too (CLangCodeExpander::ConvertToISO6392B).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from babelfish.language import LANGUAGE_MATRIX


@dataclass(frozen=True)
class Spoken:
    """A language in three letters, and where or how it is written: "BR", "419", "Hant"."""

    language: str
    region: str | None = None


USUAL_NAMES = {
    "pob": Spoken("por", "BR"),
    "brazilian": Spoken("por", "BR"),
    "brazilian portuguese": Spoken("por", "BR"),
    "portuguese brazil": Spoken("por", "BR"),
    "portuguese brazilian": Spoken("por", "BR"),
    "portuguese portugal": Spoken("por", "PT"),
    "european portuguese": Spoken("por", "PT"),
    "spanish latin america": Spoken("spa", "419"),
    "latin american spanish": Spoken("spa", "419"),
    "castilian": Spoken("spa", "ES"),
    "french canada": Spoken("fre", "CA"),
    "canadian french": Spoken("fre", "CA"),
    "chs": Spoken("chi", "Hans"),
    "chinese simplified": Spoken("chi", "Hans"),
    "simplified chinese": Spoken("chi", "Hans"),
    "cht": Spoken("chi", "Hant"),
    "chinese traditional": Spoken("chi", "Hant"),
    "traditional chinese": Spoken("chi", "Hant"),
    "mandarin": Spoken("chi"),
    "greek": Spoken("gre"),
    "farsi": Spoken("per"),
    "flemish": Spoken("dut", "BE"),
}
"""Names and codes that people write and no standard has; pob is OpenSubtitles'."""

_TAGGED = re.compile(r"([a-z]{2,3})[-_](hans|hant|latn|cyrl|[a-z]{2}|\d{3})")


def read_language(word: str) -> Spoken | None:
    """What a word names; None where it is no language that films are told in, nor a code of one."""
    plain = " ".join(re.sub(r"[()\[\],]", " ", word).casefold().split())
    if tagged := _TAGGED.fullmatch(plain):
        known = _by_word().get(tagged[1])
        return Spoken(known, _region(tagged[2])) if known else None
    if plain in USUAL_NAMES:
        return USUAL_NAMES[plain]
    known = _by_word().get(plain)
    return Spoken(known) if known else None


def _region(tag: str) -> str:
    """As BCP 47 writes it: BR, 419, Hant."""
    return tag.title() if len(tag) > 3 else tag.upper()  # noqa: PLR2004 - scripts have four letters


@functools.cache
def _by_word() -> dict[str, str]:
    """ISO 639-2/B by code and by name. Of the 7,000 languages of ISO 639-3 only those of 639-2, or "Are" would be one."""
    found = {}
    for row in LANGUAGE_MATRIX:
        if row.alpha3t and row.scope != "S":
            names = [row.name.split(" (")[0].casefold()] if row.alpha2 else []
            found.update(dict.fromkeys([row.alpha3b, row.alpha3t, *filter(None, [row.alpha2]), *names], row.alpha3b))
    return found
