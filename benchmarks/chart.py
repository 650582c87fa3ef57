"""The picture of the report: pairs of bars, ours and what it is compared with, as plain SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LEFT, BAR, GAP, TOP = 760, 300, 16, 18, 16
SPACE_FOR_TEXT = 110
OURS, OTHER, INK = "#2b7a78", "#c9b79c", "#444"


@dataclass(frozen=True)
class Pair:
    """Two bars of one unit; the longer of the two fills the width."""

    what: str
    ours: float
    other: float
    name: str
    """What it is compared with."""
    unit: str


def drawn(pairs: Sequence[Pair]) -> str:
    """The SVG."""
    step = 2 * BAR + GAP
    height = TOP + len(pairs) * step
    bars = "\n".join(line for number, pair in enumerate(pairs) for line in _lines(pair, TOP + number * step))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13">\n'
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>\n{bars}\n</svg>\n'
    )


def _lines(pair: Pair, y: int) -> list[str]:
    scale = (WIDTH - LEFT - SPACE_FOR_TEXT) / max(pair.ours, pair.other)
    title = f'<text x="{LEFT - 10}" y="{y + BAR + 4}" text-anchor="end" fill="{INK}">{escape(pair.what)}</text>'
    ours = _bar(y, pair.ours * scale, OURS, f"{pair.ours:.3g} {pair.unit}")
    return [title, *ours, *_bar(y + BAR, pair.other * scale, OTHER, f"{pair.other:.3g} {pair.unit}, {pair.name}")]


def _bar(y: int, length: float, colour: str, text: str) -> list[str]:
    return [
        f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR - 2}" fill="{colour}"/>',
        f'<text x="{LEFT + length + 6:.1f}" y="{y + BAR - 4}" fill="{INK}">{escape(text)}</text>',
    ]
