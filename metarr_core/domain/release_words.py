"""The words that names of releases are made of: where a title ends, and what stands around it that is none of it."""

from __future__ import annotations

import re

from guessit import guessit

from metarr_core.domain.title_words import ARTICLES, fold

LAST_YEAR = 2035
FIRST_YEAR = 1880
DISC_FOLDERS = {"bdmv", "video_ts", "stream", "hvdvd_ts", "certificate", "playlist"}
EXTENSIONS = "mkv mp4 avi m4v mov wmv ts m2ts mts webm mpg mpeg iso img vob ifo divx ogm ogv flv rmvb asf strm bdmv".split()  # noqa: SIM905

_EXTENSION = re.compile(rf"\.(?:{'|'.join(EXTENSIONS)})$", re.IGNORECASE)
_SITE = re.compile(
    r"^\s*(?:[\[({]\s*(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:[a-z]{2,6})\s*[\])}]|(?:www\.)[\w-]+(?:\.[\w-]+)*?\.(?:com|org|net|to|se|me|info|io|tv|cc|ws)"
    r"|[\w-]+\.(?:com|org|net|info)(?=\s*[-_]\s))[\s._-]*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:18|19|20)\d\d(?!\d)")
_GROUP = re.compile(r"^\s*\[[^\]]*\](?=[\s._]*\w)")
_PART = re.compile(
    r"[\s._-]+[(\[]?(?:(?:cd|dvd|dis[ck])[\s._-]*|(?<=[-_.])\s*(?:part|pt)|(?<=\s-\s)(?:part|pt)\s?|(?:pt))(?P<part>\d)(?:of\d)?[)\]]?\s*$",
    re.IGNORECASE,
)
_TAGS = (
    r"(?:\d{3,4}[pi]|[48]k|uhd|(?:uhd[\s._-]*)?blu-?ray|bd-?rip|br-?rip|dvd-?rip|dvd-?scr|web-?rip|web-?dl|hdtv|hd-?rip|hd-?ts|hd-?cam|remux|"
    r"[xh]\.?26[45]|hevc|xvid|divx|hdr10\+?|hdr|10bit|(?-i:MULTi|DUAL|PROPER|REPACK))"
)
_TAGS_BEHIND = re.compile(rf"(?<=\w)[)\]]?[\s._-]+{_TAGS}(?:[\s._-]+{_TAGS})*$", re.IGNORECASE)
_BRACKETS_BEHIND = re.compile(r"(?<=\w)[!?.]?[\s._-]*[(\[](?P<inside>[^()\[\]]*)[)\]]$")
_COUNTRY = re.compile(r"U[SK]|USA|AU|CA|FR|DE|JP|KR")
_3D_BEHIND = re.compile(r"[\s._-]+3-?d$", re.IGNORECASE)
_3D_FORMAT = re.compile(
    r"(?<![a-z0-9])(?:(?:h|half|f|full)[\s._-]?(?:sbs|ou|tab)|sbs|hsbs|hou|mvc|anaglyph)(?![a-z0-9])", re.IGNORECASE
)
_LANGUAGE_BEHIND = re.compile(
    r"[\s._-]+(?:german|french|truefrench|italian|spanish|dutch|danish|swedish|norwegian|finnish|russian|polish|hindi|tamil|telugu|"
    r"korean|japanese|chinese|turkish|portuguese|czech|hungarian|english|nordic|vostfr|dubbed|subbed)(?:[\s._-]+(?:dl|md|ld|dubbed|subbed))?$",
    re.IGNORECASE,
)
_BRACED_EDITION = re.compile(r"[{\[]\s*edition\s*-\s*(?P<edition>[^}\]]+?)\s*[}\]]", re.IGNORECASE)
_CUTS = (
    r"(?:the[\s._-]+)?(?:(?:director|snyder)'?s[\s._-]+(?:cut|edition)|(?:extended|theatrical|final|unrated|uncut|rogue|ultimate|special|"
    r"collector'?s|anniversary|criterion|limited|international|workprint|assembly|despecialized|restored|imax|bootleg)"
    r"[\s._-]+(?:(?:director'?s|extended|collector'?s|special|anniversary)[\s._-]+)?(?:cut|edition|version|collection)|"
    r"\d{1,3}th[\s._-]+anniversary[\s._-]+edition|extended|unrated|remastered|(?-i:DC))"
)
_EARLY_EDITION = re.compile(rf"(?<=\w)[\s._-]+(?P<edition>{_CUTS})$", re.IGNORECASE)
_LATE_EDITION = re.compile(rf"(?<![a-z])(?P<edition>{_CUTS}|imax|uncut|redux)(?![a-z])", re.IGNORECASE)
_AKA = re.compile(r"\s+\(?(?:a\.?k\.?a\.?)\s+", re.IGNORECASE)
_ARTICLE_BEHIND = re.compile(
    r"^(?P<rest>.+),\s*(?P<article>the|a|an|der|die|das|le|la|les|l'|el|los|las|il)$", re.IGNORECASE
)
_NUMBER_BEFORE = re.compile(
    r"^(?:[(\[]?\d{1,2}[)\]]\s*|[(\[]\d{3}[)\]]\s*|\d{1,2}\s+-\s+|00\d\s+-\s+|0\d[.\s_-]+\s*|\d{1,2}\.\s+)(?=[^\W\d])"
)
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b\.?)?")
_LEADING_YEAR = re.compile(r"(?P<year>(?:18|19|20)\d\d)\s+(?=.*[^\W\d])")
_BEGIN_WITH_YEAR = (
    *("2001 a space odyssey", "2001 odyssee im weltraum", "2001 lodyssee de lespace", "2001 odissea nello spazio"),
    *("2010 the year we make contact", "2010 the odyssey continues", "2001 a space travesty", "2001 maniacs"),
    *("1987 when the day comes", "1991 the year punk broke", "1942 a love story", "1990 the bronx warriors"),
    *("2019 after the fall of new york", "2020 texas gladiators", "2009 lost memories", "1968 tunnel rats"),
    *("1920 evil returns", "1920 london", "1971 beyond borders", "2012 ice age", "2012 supernova", "2012 doomsday"),
)
"""Titles that begin with a year: of 58,788 films twenty do, hardly any of which is of that year."""
_NOTHING = re.compile(
    r"^(?:movie|film|video|main|feature|title|untitled|index|play|disc|disk|cd|dvd|bluray|vts|t|file|sample|rip|stream|"
    r"video ts|"
    r"(?:title|movie|video|film|main|vts|t|disc|title t|vts 01)?[\s._-]*\d*|[0-9a-f]{12,}|[a-z0-9]{20,})$",
    re.IGNORECASE,
)
TECHNICAL = {
    *("screen_size", "source", "video_codec", "audio_codec", "audio_channels", "streaming_service", "video_profile"),
    *("color_depth", "other", "edition", "frame_rate", "date", "website", "crc32", "audio_profile", "proper_count"),
}
SURE = TECHNICAL - {"other", "edition", "date", "website", "proper_count", "source"}


def without_extension(name: str) -> str:
    """A file's name without the ending of a video."""
    return _EXTENSION.sub("", name)


def cut_edition(text: str) -> tuple[str, str | None]:
    """The text without Plex's `{edition-…}`, and that edition."""
    found = _BRACED_EDITION.search(text)
    return (_BRACED_EDITION.sub(" ", text), found["edition"]) if found else (text, None)


def without_site(text: str) -> str:
    """The text without the site or the group that names itself before the title."""
    text = _SITE.sub("", text, count=1)
    found = _GROUP.match(text)
    if not found or re.fullmatch(r"\W*\d+\W*", found[0]):
        return text
    rest = text[found.end() :].lstrip(" ._-")
    return rest if any(one.isalpha() or one.isdecimal() for one in _before_year(rest)) else text


def _before_year(text: str) -> str:
    """What stands before the last year: nothing, where the brackets before it are the title ([REC] 2007)."""
    years = list(_YEAR.finditer(text))
    return text[: years[-1].start()] if years else text


def cut_part(text: str) -> tuple[str, int | None]:
    """The text without the number of a file of several, and that number."""
    found = _PART.search(text)
    return (text[: found.start()], int(found["part"])) if found and found.start() else (text, None)


def is_year(text: str) -> bool:
    """Whether a number may be the year of a film."""
    return FIRST_YEAR <= int(text) <= LAST_YEAR


def leading_year(title: str) -> tuple[int | None, str]:
    """The year before a title, and the title without it; None where none is there, or nothing but it."""
    found = _LEADING_YEAR.match(title)
    return (int(found["year"]), title[found.end() :]) if found and is_year(found["year"]) else (None, title)


def begins_with_year(title: str) -> bool:
    """Whether a film is known whose title begins with these words and this year."""
    return f"{key(title)} ".startswith(tuple(f"{one} " for one in _BEGIN_WITH_YEAR))


def end_of_title(text: str) -> int:
    """Where guessit sees the first thing that is about the file and not about the film; the length where there is none."""
    found = guessit(text, {"type": "movie", "advanced": True})
    starts = [one.start for name in TECHNICAL for one in _listed(found.get(name)) if one.start > 0]
    sure = [one.start for name in SURE for one in _listed(found.get(name)) if one.start > 0]
    ends_whole = sure or any(name in found for name in ("release_group",))
    return min(starts) if starts and (ends_whole or _rest_is_tags(found, min(starts))) else len(text)


def _listed(value: object) -> list:  # type: ignore[type-arg]
    return value if isinstance(value, list) else [value] if value is not None else []


def _rest_is_tags(found: dict, start: int) -> bool:  # type: ignore[type-arg]
    """Whether no word of a title stands behind this place."""
    titles = [one for name in ("title", "alternative_title", "episode_title") for one in _listed(found.get(name))]
    return all(one.start < start for one in titles)


def as_words(text: str) -> str:
    """A name of a file as people would write it: dots and underscores are blanks where there are no others."""
    text = text.strip(" -_[({")
    if " " not in text.strip():
        text = _INITIALS.sub(lambda one: one[0].rstrip(".").replace(".", "\x00") + "\x01 ", text)
        text = re.sub(r"(?<=\w)\.(?=\s|$)|[._]+", " ", text).replace("\x00", ".").replace("\x01", ".")
    else:
        text = text.replace("_", " ")
    return re.sub(r"\s+", " ", text).strip(" -[({")


def without_edition(title: str) -> tuple[str, str | None]:
    """The title without an edition behind it, and the edition."""
    found = _EARLY_EDITION.search(title)
    before = title[: found.start()].rstrip(" -:,") if found else ""
    if not found or before.casefold() in ARTICLES:
        return title, None
    return before, as_words(found["edition"])


def without_tags(title: str) -> tuple[str, str | None]:
    """The title without what is about the file and stands before the year, and the edition that stands there in brackets."""
    title = _TAGS_BEHIND.sub("", title.rstrip(" ._-"))
    found = _BRACKETS_BEHIND.search(title)
    if found is None:
        return title, None
    inside, before = found["inside"].strip(), title[: found.start()]
    if re.fullmatch(_CUTS, inside, re.IGNORECASE):
        return before, as_words(inside)
    is_tag = re.fullmatch(rf"{_TAGS}(?:[\s._-]+{_TAGS})*", inside, re.IGNORECASE) or _COUNTRY.fullmatch(inside)
    return (before if is_tag else title), None


def otherwise(title: str, rest: str) -> list[str]:
    """The title, the likelier way to read it first: a 3D or a language at its end may be about the file."""
    found = _3D_BEHIND.search(title)
    if found and title[: found.start()]:
        plain = title[: found.start()]
        return [plain, title] if _3D_FORMAT.search(rest) else [title, plain]
    found = _LANGUAGE_BEHIND.search(title)
    plain = title[: found.start()] if found else ""
    return [title, plain] if plain and plain.casefold() not in ARTICLES else [title]


def edition_in(rest: str) -> str | None:
    """The edition that stands behind the year."""
    found = _LATE_EDITION.search(rest)
    return as_words(found["edition"]) if found else None


def titles(text: str) -> list[str]:
    """The title, and others behind an AKA or with the number before it."""
    found = [one.strip(" -") for one in _AKA.split(text) if one.strip(" -")] or [text]
    found = [found[0], *(one if "(" in one else one.rstrip(")") for one in found[1:])]
    numberless = _NUMBER_BEFORE.sub("", found[0])
    if numberless != found[0]:
        found = [numberless, found[0], *found[1:]]
    return [_ARTICLE_BEHIND.sub(r"\g<article> \g<rest>", one).replace("L' ", "L'") for one in found]


def says_nothing(title: str) -> bool:
    """Whether a title is none: `movie`, `title_t00`, a hash."""
    return not title.strip() or (_NOTHING.match(title.strip()) is not None and not _is_number_title(title))


def is_word_and_number(title: str) -> bool:
    """Movie 43 and T-34 are films, if they have a year; 'Disc 1' and 'title_t00' are none."""
    return bool(re.fullmatch(r"(?:t|movie|film|video)[\s-][1-9]\d{1,3}", title.strip(), re.IGNORECASE))


def _is_number_title(title: str) -> bool:
    """300, 1917 and 9 are films; 00001 is a file of a disc."""
    return bool(re.fullmatch(r"[1-9]\d{0,3}", title.strip()))


def key(title: str) -> str:
    """What is equal of two spellings."""
    return fold(title)
