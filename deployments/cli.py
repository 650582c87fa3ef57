"""The command `metarr`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

from deployments.signals import run_until_signalled
from metarr_core import logs
from metarr_core.errors import MetarrError
from metarr_core.settings import Settings, load_settings
from metarr_core.settings.logs import Logging

DESCRIPTION = """\
Metarr keeps artwork, NFO files, edits and playback of your films through every upgrade.
It takes Radarr's webhooks, works on each film in Prefect flows, and tells your Kodis.

Start with `metarr demo` to watch it work on made-up films, then write a metarr.toml and
start `metarr up`. Settings come from the file named by METARR_CONFIG (else ./metarr.toml)
and from METARR__SECTION__KEY in the environment.
"""

EPILOG = "Exit status: 0 all is well, 1 something failed (a sentence says what), 2 the command was not understood."

QUIET = Settings(logging=Logging(level="WARNING"))


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit."""
    options = _parser().parse_args(arguments)
    try:
        settings = None if options.run in {_demo, _settings} else load_settings()
        logs.configure(settings or QUIET)
        sys.exit(options.run(settings, options) or 0)
    except MetarrError as exc:
        sys.exit(f"metarr: {logs.redact(str(exc))}")
    except KeyboardInterrupt:
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("metarr", description=DESCRIPTION, epilog=EPILOG, formatter_class=raw)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[..., Any], text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    command("up", _up, "start everything on this machine, until Ctrl-C")
    command("demo", _demo, "show everything on made-up films, with stand-ins for Radarr, TMDB and Kodi").add_argument(
        "--keep", action="store_true", help="leave everything up afterwards, until Ctrl-C"
    )
    command("deploy", _deploy, "make work pool, queues and deployments in Prefect; twice is once")
    command("web", _web, "the web shim: webhooks in, API out")
    command("dispatcher", _dispatcher, "turns due jobs into flow runs; several may run, one leads")
    command("players", _players, "tells players that were off; several may run, one leads")
    worker = command("worker", _worker, "runs flows: one lane for urgent work, one for the rest")
    worker.add_argument("--lane", choices=("interactive", "background"), required=True)
    doctor = command("doctor", _doctor, "look at everything around Metarr, and say what to do; 1 where there is a problem")
    doctor.add_argument("--json", action="store_true", help="for programs")
    doctor.add_argument(
        "--cache",
        nargs="?",
        const="sample",
        choices=("sample", "all"),
        help="read the cache too, byte for byte: a thousand contents, or all; what is damaged is had again where it can be",
    )
    lost = command("restore-library", _restore_library, "write all NFO files and artwork of a lost library again")
    lost.add_argument("library", nargs="?", default="", help="its name in the settings; without it, every library")
    lost.add_argument("--dry-run", action="store_true", help="only tell what would be written")
    command("settings", _settings, "print every setting with its default and what it is for")
    database = command("db", _db, "the database: bring its schema up to date, or print its address")
    database.add_argument("action", choices=("upgrade", "url"))
    return parser


def _up(settings: Settings, _: argparse.Namespace) -> None:
    from deployments.stack.up import up

    run_until_signalled(up(settings))


def _demo(_: None, options: argparse.Namespace) -> int:
    from deployments.demo.demo import run

    return run(keep=options.keep)


def _deploy(settings: Settings, _: argparse.Namespace) -> None:
    _use_prefect(settings)
    from deployments.bootstrap import deploy

    for name in asyncio.run(deploy(settings)):
        print(f"deployed {name}")


def _web(settings: Settings, _: argparse.Namespace) -> None:
    from deployments.asgi import serve

    serve(settings)


def _dispatcher(settings: Settings, _: argparse.Namespace) -> None:
    _use_prefect(settings)
    from deployments.dispatcher.leading import run

    run_until_signalled(run(settings))


def _players(settings: Settings, _: argparse.Namespace) -> None:
    from deployments.players import run

    run_until_signalled(run(settings))


def _worker(settings: Settings, options: argparse.Namespace) -> None:
    _use_prefect(settings)
    from deployments.worker.serving import run

    run(settings, options.lane)


def _db(settings: Settings, options: argparse.Namespace) -> None:
    from metarr_core.db import schema
    from metarr_core.db.location import database_url

    if options.action == "url":
        print(database_url(settings))
    else:
        schema.upgrade(database_url(settings))


def _restore_library(settings: Settings, options: argparse.Namespace) -> None:
    from deployments.restoring import run

    asyncio.run(run(settings, options.library, dry_run=options.dry_run))


def _doctor(settings: Settings, options: argparse.Namespace) -> int:
    _use_prefect(settings)
    os.environ["PREFECT_CLIENT_MAX_RETRIES"] = "0"  # what does not answer is a finding
    warnings.filterwarnings("ignore", "Failed to create the Prefect home")  # before the first start there is no data_dir
    from deployments.doctor.examining import run

    return asyncio.run(run(settings, as_json=options.json, cache=options.cache))


def _settings(_: None, __: argparse.Namespace) -> None:
    from metarr_core.settings.reference import page

    print(page(), end="")


def _use_prefect(settings: Settings) -> None:
    """Prefect reads its settings when it is imported, so they are put into the environment before."""
    from deployments.addresses import client_environment, prefect_api_url

    os.environ.update(client_environment(settings, prefect_api_url(settings)))
