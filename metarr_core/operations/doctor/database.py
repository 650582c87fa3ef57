"""The database: does it answer, is it new enough, is its schema ours."""

from __future__ import annotations

from metarr_core.db import version
from metarr_core.db.location import database_url
from metarr_core.db.schema import OLDEST_MAJOR, check_server
from metarr_core.db.version import DatabaseVersion
from metarr_core.errors import ConfigurationError, DatabaseUnavailable, MetarrError
from metarr_core.operations.doctor.findings import Finding, Subject
from metarr_core.operations.doctor.patient import Patient

UPGRADE = "run `metarr db upgrade`; `metarr up` does it by itself"


async def look(about: Subject, patient: Patient) -> list[Finding]:
    """Whether the database can be used."""
    if patient.database is None:
        return [_without_address(about, patient)]
    try:
        async with patient.database.transaction() as session:
            found = await version.read(session)
    except DatabaseUnavailable as exc:
        return [_away(about, patient, exc)]
    return [_server(about, found), _schema(about, found.revision)]


def _without_address(about: Subject, patient: Patient) -> Finding:
    try:
        database_url(patient.settings)
    except MetarrError as exc:
        return about.warning(str(exc), "start Metarr once: `metarr up`, or `make up`")
    cure = "correct it: postgresql+psycopg://user:password@host:5432/name"
    return about.problem("database.url is no address", cure)


def _away(about: Subject, patient: Patient, error: DatabaseUnavailable) -> Finding:
    if patient.settings.database.url.get_secret_value():
        return about.problem(str(error), "start the server, or correct database.url")
    if patient.is_up:
        return about.problem(str(error), f"see {patient.settings.paths.data_dir / 'postgres' / 'server.log'}")
    return about.warning("the embedded PostgreSQL is not running, as Metarr is not up", "start it: `metarr up`")


def _server(about: Subject, found: DatabaseVersion) -> Finding:
    try:
        check_server(found.number)
    except ConfigurationError as exc:
        return about.problem(str(exc), f"upgrade the server to PostgreSQL {OLDEST_MAJOR} or newer")
    return about.ok(f"PostgreSQL {found.server} answers")


def _schema(about: Subject, revision: str | None) -> Finding:
    newest = version.newest_revision()
    if revision is None:
        return about.problem("its schema was never made", UPGRADE)
    if revision not in version.known_revisions():
        return about.problem(
            f"its schema ({revision}) is newer than this Metarr ({newest})", "install the newer Metarr again"
        )
    if revision != newest:
        return about.problem(f"its schema is {revision}, this Metarr needs {newest}", UPGRADE)
    return about.ok(f"its schema is the newest, {newest}")
