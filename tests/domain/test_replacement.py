"""What a person's own picture must be like."""

from __future__ import annotations

import pytest

from metarr_core.domain.artwork import ArtworkType
from metarr_core.domain.replacement import looks_the_same, similarity, why_too_small


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("poster", (1000, 1500)),
        ("fanart", (1280, 720)),
        ("clearlogo", (400, 155)),
        ("landscape", (1000, 562)),
        ("banner", (1000, 185)),
        ("clearart", (500, 281)),
        ("discart", (500, 500)),
        ("keyart", (500, 2000)),
        ("characterart", (2000, 500)),
        ("thumb", (500, 500)),
    ],
)
def test_each_type_has_its_least_size(kind, least):
    width, height = least
    assert why_too_small(ArtworkType(kind), width, height) is None
    shorter = (width - 1, height) if width <= height else (width, height - 1)
    assert "is too small" in why_too_small(ArtworkType(kind), *shorter)


def test_a_similarity_of_nine_tenths_is_the_same_picture():
    assert [bits for bits in range(65) if looks_the_same(bits)] == [bits for bits in range(65) if similarity(bits) >= 0.9]
