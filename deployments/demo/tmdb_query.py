"""What a request to TMDB asks for: languages."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters that change what is said of a film; languages are ISO 639-1, a None among them = untagged."""

    language: str = "en"
    image_languages: frozenset[str | None] | None = None
    """None = all."""
    video_languages: frozenset[str | None] | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        """Read `language`, `include_image_language` and `include_video_language`.

        `language` filters the pictures too where no `include_image_language` says otherwise: TMDB's best-known trap.
        """
        only = query.get("language", "")
        images = query.get("include_image_language") or only
        videos = query.get("include_video_language") or only
        return cls(_language(only) or "en", _languages(images), _languages(videos))


def _languages(codes: str) -> frozenset[str | None] | None:
    return frozenset(_language(code) for code in codes.split(",")) if codes else None


def _language(code: str) -> str | None:
    """The language of `pt-BR`; None for `null` and its older spelling `xx`."""
    language = code.strip().split("-")[0].lower()
    return None if language in {"", "null", "xx"} else language
