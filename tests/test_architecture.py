"""Imports go one way, the rules are pure, and no file outgrows its room."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("deployments", "flows", "tasks", "metarr_core")
LONGEST_FILE = 300

BETWEEN_PACKAGES = {
    "deployments": {"flows", "tasks", "metarr_core"},
    "flows": {"tasks", "metarr_core"},
    "tasks": {"metarr_core"},
    "metarr_core": set(),
}
"""What a package may import besides itself."""

INSIDE_THE_CORE = {
    "errors": set(),
    "domain": {"errors"},
    "secrets": {"errors"},
    "settings": {"domain", "errors"},
    "files": {"domain", "errors"},
    "clients": {"settings", "domain", "errors"},
    "db": {"settings", "secrets", "domain", "errors"},
    "logs": {"settings", "domain", "errors"},
    "runtime": {"logs", "db", "clients", "files", "settings", "domain", "errors"},
    "operations": {"runtime", "db", "clients", "files", "settings", "secrets", "domain", "errors"},
    "web": {"operations", "runtime", "logs", "db", "settings", "domain", "errors"},
}
"""What a part of the core may import besides itself; only the runtime composes db, clients and files."""

IMPURE_MODULES = {
    *("asyncio", "httpx", "io", "logging", "multiprocessing", "os", "psycopg", "random", "secrets", "shutil", "signal"),
    *("socket", "sqlalchemy", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid"),
}
IMPURE_CALLS = {"open", "print", "input", "now", "utcnow", "today", "read_text", "write_text", "read_bytes", "write_bytes"}
PURE_PATHS = {"PurePath", "PurePosixPath", "PureWindowsPath"}


def files_of(*parts: str) -> list[Path]:
    place = ROOT.joinpath(*parts)
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), str(file))


def imported(file: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every import of a file, also the late ones: the module, and the names taken from it."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: imports are absolute, so that they can be read"
            yield node.module or "", tuple(alias.name for alias in node.names)


def modules(file: Path) -> set[str]:
    """The modules a file imports; of `from a import b`, both a and a.b, as b may be a module."""
    return {name for module, names in imported(file) for name in (module, *(f"{module}.{name}" for name in names))}


def parts_of_the_core(file: Path) -> set[str]:
    return {name.split(".")[1] for name in modules(file) if name.startswith("metarr_core.")}


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_in_one_direction(package):
    allowed = BETWEEN_PACKAGES[package] | {package}
    for file in files_of(package):
        ours = {name.split(".")[0] for name in modules(file)} & set(PACKAGES)
        assert ours <= allowed, f"{file} imports {ours - allowed}"


def test_the_core_does_not_know_the_engine_or_any_test():
    for file in files_of("metarr_core"):
        assert not {name.split(".")[0] for name in modules(file)} & {"prefect", "tests", "pytest"}, file


@pytest.mark.parametrize("part", INSIDE_THE_CORE)
def test_parts_of_the_core_import_in_one_direction(part):
    allowed = INSIDE_THE_CORE[part] | {part}
    for file in files_of("metarr_core", part):
        assert parts_of_the_core(file) & set(INSIDE_THE_CORE) <= allowed, f"{file} imports {parts_of_the_core(file)}"


def test_every_part_of_the_core_has_its_place_in_the_table():
    found = {
        file.stem for file in (ROOT / "metarr_core").iterdir() if file.suffix == ".py" or (file / "__init__.py").exists()
    }
    assert found - {"__init__"} == set(INSIDE_THE_CORE)


def test_the_table_has_no_circles():
    settled: set[str] = set()
    while ready := {part for part, below in INSIDE_THE_CORE.items() if part not in settled and below <= settled}:
        settled |= ready
    assert settled == set(INSIDE_THE_CORE)


@pytest.mark.parametrize("file", files_of("metarr_core", "domain"), ids=lambda file: file.stem)
def test_the_rules_do_no_io_and_have_no_clock(file):
    assert not {name.split(".")[0] for name in modules(file)} & IMPURE_MODULES
    assert {name for module, names in imported(file) if module == "pathlib" for name in names} <= PURE_PATHS
    assert "pathlib" not in {module for module, names in imported(file) if not names}
    calls = [node.func for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]
    names = {getattr(call, "attr", getattr(call, "id", "")) for call in calls}
    assert not names & IMPURE_CALLS


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_outgrows_its_room(package):
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in files_of(package)}
    assert {str(file): length for file, length in lengths.items() if length > LONGEST_FILE} == {}


IMPORT_ALL = """
import importlib, pkgutil, sys, metarr_core
for module in pkgutil.walk_packages(metarr_core.__path__, "metarr_core."):
    if ".migrations" not in module.name:
        importlib.import_module(module.name)
print(*sorted(name for name in sys.modules if name.split(".")[0] in {"prefect", "flows", "tasks", "deployments"}))
print(sum(name.startswith("metarr_core.") for name in sys.modules))
"""


def test_importing_the_whole_core_leaves_the_engine_out():
    answer = subprocess.run([sys.executable, "-c", IMPORT_ALL], cwd=ROOT, capture_output=True, text=True, check=True)
    engine, count = answer.stdout.splitlines()
    assert engine == ""
    assert int(count) > len(files_of("metarr_core", "domain"))
