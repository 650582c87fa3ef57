"""All measurements in their order, on one stack: ours, then the script beside it, then Prefect's own worker in our place."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from benchmarks import bulks, rescans, scans, script, steps, storms, verifying, webhooks
from benchmarks.rig import Rig, stock_workers
from benchmarks.storms import Cost

Found = TypeVar("Found")

PER_SECOND = 1000 / 60
MOST_MIB = 858  # 900 MB
SCAN_MIB = 286  # 300 MB
SMALL_SECONDS = 3
NEW_A_MINUTE = 500
MOST_LETTERS = 300


@dataclass(frozen=True)
class Sizes:
    """How many of what; by default as many as the targets speak of."""

    events: int = 1000
    films: int = 7
    stock_films: int = 5
    busy_films: int = 7
    known: int = 12
    stock_known: int = 12
    storms: tuple[int, ...] = (10, 200)
    stock_storm: int = 25
    script: int = 25
    growth: tuple[int, ...] = (10, 100)
    verified: int = 5000
    scanned: int = 5_000
    rescanned: tuple[int, int] = (5_000, 50_000)


QUICK = Sizes(100, 3, 1, 3, 8, 4, (10, 20), 4, 8, (10, 20), 500, 50, (500, 5_000))
THOROUGH = Sizes(storms=(10, 100, 200, 1000), growth=(10, 100, 1000))
LARGEST_COMPARED = 200


@dataclass(frozen=True)
class Figures:
    """Everything that was measured."""

    load: webhooks.Load
    """At the pace that the target speaks of."""
    rush: webhooks.Load
    """As fast as it goes."""
    ours: dict[str, list[float]]
    busy: dict[str, list[float]]
    """As ours, while every child of the background lane enriches a chunk."""
    upgraded: dict[str, list[float]]
    """Known films whose file makes room for another."""
    stock: dict[str, list[float]]
    known: Cost
    stock_known: Cost
    storms: tuple[Cost, ...]
    """Storms of ten new films, a hundred, a thousand."""
    stock_storm: Cost
    script_storm: Cost
    bulks: tuple[Cost, ...]
    """Bulk enrichment of ten films, a hundred, a thousand."""
    script_bulk: Cost
    looks: tuple[verifying.Look, verifying.Look]
    """At what was published: by size and time, and by every byte."""
    unchanged: tuple[rescans.Rescan, ...]
    """Scans that find nothing new, of a library and of one ten times as large."""
    scans: scans.Scans

    @property
    def storm(self) -> Cost:
        """The one of which the targets speak, or the next smaller one."""
        return max((one for one in self.storms if one.films <= LARGEST_COMPARED), key=lambda one: one.films)

    @property
    def bulk(self) -> Cost:
        """The largest of them."""
        return self.bulks[-1]


@dataclass(frozen=True)
class Row:
    """A line of the table. `ratio` is what the target speaks of, where it speaks of one."""

    what: str
    ours: str
    other: str
    ratio: str
    target: str = ""
    is_met: bool = False

    @property
    def judged(self) -> str:
        """The target, and whether it is met; nothing where there is none."""
        return f"{self.target}: {'met' if self.is_met else '**missed**'}" if self.target else ""


async def measure(rig: Rig, sizes: Sizes) -> Figures:
    """All of it; each comparison within this one run, ours first: no worker of ours is there once the stock one was."""
    load = await _seen("webhooks at a pace", webhooks.load(rig, sizes.events, PER_SECOND))
    rush = await _seen("webhooks in a rush", webhooks.load(rig, sizes.events))
    ours = await _seen("a film's steps", steps.steps(rig, sizes.films))
    films = [rig.new_films(number) for number in sizes.storms]
    all_storms = tuple([await _seen("storm", storms.storm(rig, those)) for those in films])
    upgraded = await _seen("an upgrade's steps", steps.upgrades(rig, films[0][: sizes.films]))
    known = await _seen("known films", storms.storm(rig, films[-1][: sizes.known]))
    busy = await _seen("a film's steps during a bulk", bulks.steps_during_bulk(rig, sizes.busy_films))
    growth = tuple([await _seen("bulk", bulks.bulk(rig, number)) for number in sizes.growth])
    looks = await _seen("verify-library", verifying.looks(rig, sizes.verified))
    unchanged = tuple([await _seen("rescan", rescans.measured(rig, number)) for number in sizes.rescanned])
    scanned = await _seen("first scan", scans.scans(rig, sizes.scanned))
    script_storm = await _seen("storm as a script", script.measured(rig, "storm", sizes.script))
    script_bulk = await _seen("bulk as a script", script.measured(rig, "bulk", sizes.script))
    async with stock_workers(rig):
        stock = await _seen("a film's steps, stock", steps.steps(rig, sizes.stock_films))
        stock_storm = await _seen("storm, stock", storms.storm(rig, rig.new_films(sizes.stock_storm)))
        stock_known = await _seen("known films, stock", storms.storm(rig, films[-1][: sizes.stock_known]))
    return Figures(
        *(load, rush, ours, busy, upgraded, stock, known, stock_known),
        *(all_storms, stock_storm, script_storm, growth, script_bulk, looks, unchanged, scanned),
    )


async def _seen(what: str, measuring: Awaitable[Found]) -> Found:
    """What was measured, once it was told to whoever waits for the table."""
    found = await measuring
    print(f"{what}: {str(found)[:MOST_LETTERS]}", file=sys.stderr, flush=True)
    return found


def rows(figures: Figures) -> Iterator[Row]:
    """The table, in the order of what a film goes through."""
    yield _answered("at 1,000 in 60 s", figures.load, 0.1)
    yield _answered(f"{webhooks.AT_ONCE} at once", figures.rush)
    began, stock_began = _medians(figures, steps.BEGAN)
    yield _sooner(
        "webhook → flow's first line", began, stock_began, "≤ 0.7 s, ≥ 5x", is_met=began <= min(0.7, stock_began / 5)
    )
    yield _later("the same, every background child busy", statistics.median(figures.busy[steps.BEGAN]), began, 1.5)
    ready, stock_ready = _medians(figures, steps.READY)
    yield _sooner("webhook → library ready, player told", ready, stock_ready, "≤ 3 s", is_met=ready <= 3)
    after = statistics.median(figures.upgraded[steps.READY])
    new = f"{_s(ready)} a new film"
    yield Row("webhook of an upgrade → players told", _s(after), new, _times(after / ready), "≤ 2 s", after <= 2)
    known = f"CPU per film with nothing to download, {figures.known.films} films"
    yield _cheaper(known, figures.known, figures.stock_known, 5)
    storm, stock = figures.storm, figures.stock_storm
    yield _faster(f"storm of {storm.films} new films", storm, stock, 2.5)
    yield _dearer("CPU per film of the storm", storm, figures.script_storm, 2.5)
    peaks = (f"{storm.peak_mib:.0f} MiB", f"{stock.peak_mib:.0f} MiB stock")
    yield Row("most memory of the whole stack (PSS)", *peaks, "", f"≤ {MOST_MIB} MiB", storm.peak_mib <= MOST_MIB)
    bulk = f"CPU per film of bulk enrichment, {figures.bulk.films} films"
    yield _dearer(bulk, figures.bulk, figures.script_bulk, 1.5)
    yield from _growth("storm", figures.storms)
    yield from _growth("bulk enrichment", figures.bulks)
    yield from _scans(figures)
    yield from _looks(figures)


def _scans(figures: Figures) -> Iterator[Row]:
    small, large = figures.unchanged
    for look, most in ((small, SMALL_SECONDS), (large, SMALL_SECONDS * large.films / small.films)):
        ratio, is_met = look.seconds / look.bare, look.seconds <= min(most, 5 * look.bare)
        what, bare = f"scan of {look.films:,} films, nothing new", f"{_s(look.bare)} bare walk"
        yield Row(what, _s(look.seconds), bare, _times(ratio), f"≤ {most:g} s, ≤ 5x", is_met)
    peaks = (f"{large.peak_mib:.0f} MiB", f"{small.peak_mib:.0f} MiB with {small.films:,}")
    yield Row("most memory of that process", *peaks, "", f"≤ {SCAN_MIB} MiB", large.peak_mib <= SCAN_MIB)
    first = figures.scans
    pace, busy = f"{first.per_minute:.0f} films/min", f"{first.cores:.1f} cores busy"
    what = f"first scan of {first.films:,} new films until all are identified"
    yield Row(what, pace, busy, "", f"≥ {NEW_A_MINUTE} films/min", first.per_minute >= NEW_A_MINUTE)
    yield Row("the same films scanned again, the whole run", _s(first.again), f"{_s(first.first)} the first time", "")


def _looks(figures: Figures) -> Iterator[Row]:
    by_time, by_hash = figures.looks
    what = f"verify-library, {by_time.files:,} files by size and time: the look, and the whole run"
    ratio = by_time.operation / by_time.bare
    ours = f"{_s(by_time.operation)}, {_s(by_time.run)}"
    yield Row(what, ours, f"{_s(by_time.bare)} bare stat", _times(ratio), "≤ 5 s", by_time.run <= 5)
    what = f"the same by hash, {verifying.SIZE * by_hash.files / 1e6:,.0f} MB"
    ours, ratio = f"{_s(by_hash.operation)}, {_s(by_hash.run)}", by_hash.operation / by_hash.bare
    yield Row(what, ours, f"{_s(by_hash.bare)} bare SHA-256", _times(ratio), "≤ 1.5x", ratio <= 1.5)


def _medians(figures: Figures, step: str) -> tuple[float, float]:
    return statistics.median(figures.ours[step]), statistics.median(figures.stock[step])


def _answered(how: str, load: webhooks.Load, limit: float | None = None) -> Row:
    p99 = load.percentile(99)
    answered = f"p50 {_ms(load.percentile(50))}, p99 {_ms(p99)}, {load.lost} lost"
    memory = f"memory {load.mib_before:.0f} → {load.mib_after:.0f} MiB"
    what = f"webhook answered, {len(load.taken)} events {how}"
    if limit is None:
        return Row(what, answered, memory, "")
    return Row(what, answered, memory, "", f"p99 < {_ms(limit)}, none lost", p99 < limit and not load.lost)


def _growth(what_grows: str, sizes: Sequence[Cost]) -> Iterator[Row]:
    """What each size costs, beside the smallest."""
    for cost in sizes[1:]:
        what = f"{what_grows} of {cost.films} films beside {sizes[0].films}: CPU per film"
        ratio = cost.cpu_per_film / sizes[0].cpu_per_film
        costs = (_s(cost.cpu_per_film), _s(sizes[0].cpu_per_film))
        yield Row(what, *costs, _times(ratio), "no worse than linear", ratio <= 1)


def step_rows(figures: Figures) -> Iterator[tuple[str, float, float]]:
    """When each step was over, as median and slowest, in seconds since the webhook."""
    found = [(name, statistics.median(values), max(values)) for name, values in figures.ours.items()]
    yield from sorted(found, key=lambda one: one[1])


def _sooner(what: str, ours: float, stock: float, target: str, *, is_met: bool) -> Row:
    return Row(what, _s(ours), f"{_s(stock)} stock", _times(stock / ours), target, is_met)


def _later(what: str, busy: float, idle: float, most: float) -> Row:
    return Row(what, _s(busy), f"{_s(idle)} idle", _times(busy / idle), f"≤ {most:g}x", busy <= most * idle)


def _cheaper(what: str, ours: Cost, stock: Cost, least: float) -> Row:
    ratio, other = stock.cpu_per_film / ours.cpu_per_film, f"{_s(stock.cpu_per_film)} stock ({stock.films} films)"
    return Row(what, _s(ours.cpu_per_film), other, _times(ratio), f"≥ {least:g}x less", ratio >= least)


def _faster(what: str, ours: Cost, stock: Cost, least: float) -> Row:
    ratio, other = ours.per_minute / stock.per_minute, f"{stock.per_minute:.0f} films/min stock ({stock.films} films)"
    return Row(what, f"{ours.per_minute:.0f} films/min", other, _times(ratio), f"≥ {least:g}x", ratio >= least)


def _dearer(what: str, ours: Cost, plain: Cost, most: float) -> Row:
    ratio, other = ours.cpu_per_film / plain.cpu_per_film, f"{_s(plain.cpu_per_film)} script ({plain.films} films)"
    return Row(what, _s(ours.cpu_per_film), other, _times(ratio), f"≤ {most:g}x", ratio <= most)


def _s(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _times(ratio: float) -> str:
    return f"{ratio:.1f}x"
