"""The plan of a scan, as a page for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from metarr_core.domain.scan_plan import Plan
from metarr_core.operations.explaining import plain
from metarr_core.operations.scanning import Scope

MOST_ROWS = 200


def plan_page(plans: Sequence[tuple[Scope, Plan]], *, is_dry: bool) -> str:
    """What scans would do, or set out to do, in Markdown."""
    return "\n".join(line for scope, plan in plans for line in _plan(scope, plan, is_dry=is_dry))


def _plan(scope: Scope, plan: Plan, *, is_dry: bool) -> Iterator[str]:
    yield f"# {'What a scan would do with' if is_dry else 'Scan of'} {plain(scope.library)}"
    yield from ("", plain(scope.path) if scope.path else "The whole library.", "")
    counts = (plan.total, len(plan.added), len(plan.changed), len(plan.moved), len(plan.returned), len(plan.removed))
    yield from (
        "| videos | added | changed | moved | returned | removed | passed over |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        f"| {' | '.join(f'{count:,}' for count in counts)} | {len(plan.skipped):,} |",
        "",
    )
    if plan.refusal:
        yield from (f"**Nothing is removed:** {plain(plan.refusal)}", "")
    yield from _list("added", [one.path for one in plan.added])
    yield from _list("changed", [one.seen.path for one in plan.changed])
    yield from _list("moved", [f"{one.known.path} → {one.seen.path}" for one in plan.moved])
    yield from _list("returned", [one.seen.path for one in plan.returned])
    yield from _list("removed: to the trash, where the film has no other file", [one.path for one in plan.removed])
    yield from _list("passed over", [f"{one.path}: {one.why}" for one in plan.skipped])


def _list(title: str, lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        return
    yield from (f"## {len(lines):,} {title}", "")
    yield from (f"- {plain(line)}" for line in lines[:MOST_ROWS])
    if len(lines) > MOST_ROWS:
        yield f"- {len(lines) - MOST_ROWS:,} more"
    yield ""
