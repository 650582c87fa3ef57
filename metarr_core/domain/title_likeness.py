"""How like two titles are, from 0 to 1, and what else is to be said of it, by the names of the weights in `matching`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from metarr_core.domain.title_words import numbers, tokens, without_article


@dataclass(frozen=True)
class Likeness:
    """How like a title is to one that is looked for, whose words are `wanted`; `reasons` weigh on it."""

    similarity: float
    reasons: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()


def likeness(looked_for: str, title: str, *reasons: str) -> Likeness:
    """How like a film's title is to the one that is looked for; with reasons that are known already."""
    ours, theirs = tokens(looked_for), tokens(title)
    similarity, found = _compared(ours, theirs)
    return Likeness(similarity, (*reasons, *found), ours)


def _compared(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[float, tuple[str, ...]]:
    if not ours or not theirs:
        return 0.0, ()
    if ours == theirs:
        return 1.0, ()
    if "".join(ours) == "".join(theirs):
        return 1.0, ("words joined or apart",)
    plain, other = without_article(ours), without_article(theirs)
    if plain == other:
        return 1.0, ("an article more or less",)
    similarity = Indel.normalized_similarity(" ".join(plain), " ".join(other))
    weights = ("spelt otherwise", *(("other numbers",) if numbers(plain) != numbers(other) else ()))
    more = abs(len(plain) - len(other))
    return similarity, (*weights, *("a word more or less",) * more)


def stands_in_any(words: tuple[str, ...], titles: Sequence[str]) -> bool:
    """Whether all the words, without an article, stand in one of the titles."""
    wanted = set(without_article(words))
    return any(wanted <= set(tokens(title)) for title in titles)
