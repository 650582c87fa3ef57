"""All measurements in their order, on one stack: ours, then the script beside it, then Prefect's own worker in our place."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks import bulks, script, steps, storms, webhooks
from benchmarks.rig import Rig, stock_workers
from benchmarks.storms import Cost

PER_SECOND = 1000 / 60


@dataclass(frozen=True)
class Sizes:
    """How many of what."""

    events: int = 500
    films: int = 7
    stock_films: int = 3
    known: int = 20
    stock_known: int = 6
    storm: int = 100
    stock_storm: int = 8
    script: int = 25
    growth: tuple[int, ...] = (10, 100)


QUICK = Sizes(100, 3, 1, 8, 4, 20, 4, 8, (10, 20))
THOROUGH = Sizes(storm=200, growth=(10, 100, 1000))


@dataclass(frozen=True)
class Figures:
    """Everything that was measured."""

    load: webhooks.Load
    """At the pace that the target speaks of."""
    rush: webhooks.Load
    """As fast as it goes."""
    ours: dict[str, list[float]]
    stock: dict[str, list[float]]
    known: Cost
    stock_known: Cost
    storm: Cost
    stock_storm: Cost
    script_storm: Cost
    bulks: tuple[Cost, ...]
    """Bulk enrichment of ten films, a hundred, a thousand."""
    script_bulk: Cost

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
    target: str


async def measure(rig: Rig, sizes: Sizes) -> Figures:
    """All of it; each comparison within this one run."""
    load = await webhooks.load(rig, sizes.events, PER_SECOND)
    rush = await webhooks.load(rig, sizes.events)
    ours = await steps.steps(rig, sizes.films)
    films = rig.new_films(sizes.storm)
    storm = await storms.storm(rig, films)
    known = await storms.storm(rig, films[: sizes.known])
    growth = tuple([await bulks.bulk(rig, number) for number in sizes.growth])
    script_storm = await script.measured(rig, "storm", sizes.script)
    script_bulk = await script.measured(rig, "bulk", sizes.script)
    async with stock_workers(rig):
        stock = await steps.steps(rig, sizes.stock_films)
        stock_storm = await storms.storm(rig, rig.new_films(sizes.stock_storm))
        stock_known = await storms.storm(rig, films[: sizes.stock_known])
    return Figures(load, rush, ours, stock, known, stock_known, storm, stock_storm, script_storm, growth, script_bulk)


def rows(figures: Figures) -> Iterator[Row]:
    """The table, in the order of what a film goes through."""
    yield _answered("at 1,000 in 60 s", figures.load, "p99 < 100 ms")
    yield _answered(f"{webhooks.AT_ONCE} at once", figures.rush, "")
    began, stock_began = (statistics.median(one[steps.BEGAN]) for one in (figures.ours, figures.stock))
    yield Row(
        "webhook → flow's first line", _s(began), f"{_s(stock_began)} stock", _times(stock_began / began), "≤ 0.7 s, ≥ 5x"
    )
    ready, stock_ready = (statistics.median(one[steps.READY]) for one in (figures.ours, figures.stock))
    yield Row(
        "webhook → library ready, player told", _s(ready), f"{_s(stock_ready)} stock", _times(stock_ready / ready), "≤ 3 s"
    )
    yield _cheaper("CPU per film with nothing to download", figures.known, figures.stock_known, "≥ 5x less")
    storm, stock = figures.storm, figures.stock_storm
    yield Row(
        f"storm of {storm.films} new films",
        f"{storm.per_minute:.0f} films/min",
        f"{stock.per_minute:.0f} films/min stock",
        _times(storm.per_minute / stock.per_minute),
        "≥ 2.5x",
    )
    yield _dearer("CPU per film of the storm", storm, figures.script_storm, "≤ 2.5x")
    yield Row(
        "most memory of the whole stack (PSS)",
        f"{storm.peak_mib:.0f} MiB",
        f"{stock.peak_mib:.0f} MiB stock",
        "",
        "≤ 900 MB",
    )
    yield _dearer(
        f"CPU per film of bulk enrichment, {figures.bulk.films} films", figures.bulk, figures.script_bulk, "≤ 1.5x"
    )
    for cost in figures.bulks:
        yield Row(
            f"bulk enrichment of {cost.films} films",
            f"{cost.per_minute:.0f} films/min, {_s(cost.cpu_per_film)} CPU each",
            "",
            _times(cost.cpu_per_film / figures.bulks[0].cpu_per_film),
            "no worse than linear (≤ 1x)",
        )


def _answered(how: str, load: webhooks.Load, target: str) -> Row:
    answered = f"p50 {_ms(load.percentile(50))}, p99 {_ms(load.percentile(99))}, {load.lost} lost"
    memory = f"memory {load.mib_before:.0f} → {load.mib_after:.0f} MiB"
    return Row(f"webhook answered, {len(load.taken)} events {how}", answered, memory, "", target)


def step_rows(figures: Figures) -> Iterator[tuple[str, float, float]]:
    """When each step was over, as median and slowest, in seconds since the webhook."""
    found = [(name, statistics.median(values), max(values)) for name, values in figures.ours.items()]
    yield from sorted(found, key=lambda one: one[1])


def _cheaper(what: str, ours: Cost, stock: Cost, target: str) -> Row:
    ratio = stock.cpu_per_film / ours.cpu_per_film
    return Row(what, _s(ours.cpu_per_film), f"{_s(stock.cpu_per_film)} stock", _times(ratio), target)


def _dearer(what: str, ours: Cost, plain: Cost, target: str) -> Row:
    ratio = ours.cpu_per_film / plain.cpu_per_film
    return Row(what, _s(ours.cpu_per_film), f"{_s(plain.cpu_per_film)} script", _times(ratio), target)


def _s(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _times(ratio: float) -> str:
    return f"{ratio:.1f}x"
