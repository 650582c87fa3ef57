"""The report: one table, the steps of a film, a picture, with the machine and the day. Says what was measured, no more."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import machine
from benchmarks.chart import Pair, drawn
from benchmarks.rows import Figures, rows, step_rows
from benchmarks.steps import BEGAN, READY

DOCS = Path(__file__).parent.parent / "docs"
EXPLAINED = """\
Everything ran on one machine: Metarr, Prefect's server, PostgreSQL, and stand-ins for Radarr, TMDB, fanart.tv and Kodi. CPU
counts all but the stand-ins. "Stock" is Prefect's own process worker in place of ours: the same pool, a poll each second,
four runs at once; ours has two in each lane. "Script" is the same operations on such films in one plain process.

Ratios are of one run. Seconds since a webhook are medians of several films; each storm, script and bulk was measured once,
and what the stack does anyway while it waits counts too, so that fewer films look dearer. Where a target is missed, the
table says so."""


def table(figures: Figures) -> str:
    """The one table, as Markdown."""
    return _markdown(("what", "Metarr", "compared with", "ratio", "target"), _cells(figures))


def _cells(figures: Figures) -> Iterator[Sequence[str]]:
    return ((row.what, row.ours, row.other, row.ratio, row.judged) for row in rows(figures))


def _markdown(head: Sequence[str], lines: Iterator[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *lines))


def report(figures: Figures) -> str:
    """The page."""
    steps = ((name, f"{median:.2f}", f"{slowest:.2f}") for name, median, slowest in step_rows(figures))
    return "\n\n".join(
        (
            "# Benchmarks",
            f"`make bench`, {datetime.now(UTC):%Y-%m-%d}, {machine.described()}.",
            "![Metarr beside Prefect's own worker and a plain script](benchmarks.svg)",
            EXPLAINED,
            table(figures),
            f"A film's way, in seconds from Radarr's webhook to each step's end, over {len(figures.ours[BEGAN])} films:",
            _markdown(("step", "median", "slowest"), steps) + "\n",
        )
    )


def picture(figures: Figures) -> str:
    """The comparisons as bars."""
    ours, stock = figures.ours, figures.stock
    return drawn(
        (
            Pair("webhook → flow's first line", *_medians(ours, stock, BEGAN), "stock", "s"),
            Pair("webhook → library ready", *_medians(ours, stock, READY), "stock", "s"),
            Pair("CPU per known film", figures.known.cpu_per_film, figures.stock_known.cpu_per_film, "stock", "s"),
            Pair("storm, films", figures.storm.per_minute, figures.stock_storm.per_minute, "stock", "a minute"),
            Pair("storm, CPU per new film", figures.storm.cpu_per_film, figures.script_storm.cpu_per_film, "script", "s"),
            Pair("bulk, CPU per film", figures.bulk.cpu_per_film, figures.script_bulk.cpu_per_film, "script", "s"),
        )
    )


def _medians(ours: dict[str, list[float]], stock: dict[str, list[float]], step: str) -> tuple[float, float]:
    return statistics.median(ours[step]), statistics.median(stock[step])


def write(figures: Figures) -> None:
    """Put page and picture under docs/."""
    (DOCS / "benchmarks.md").write_text(report(figures))
    (DOCS / "benchmarks.svg").write_text(picture(figures))
