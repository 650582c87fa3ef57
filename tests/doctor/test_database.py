from __future__ import annotations

import psycopg
import pytest

from metarr_core.db import schema, version
from metarr_core.operations.doctor.findings import Severity
from tests.doctor.conftest import all_well, only

OUTSIDE = "postgresql+psycopg://metarr:a-password@127.0.0.1:9/metarr"


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


async def test_a_database_of_the_newest_schema_is_well(says, database):
    told = all_well(await says("database"))
    assert "PostgreSQL 18" in told
    assert f"its schema is the newest, {version.newest_revision()}" in told


async def test_an_empty_database_is_told_how_to_become_ours(says, postgres, document):
    postgres.create_database("empty")
    document["database"]["url"] = postgres.url("empty")
    found = only(await says("database"), Severity.PROBLEM)
    assert "never made" in found.sentence
    assert "metarr db upgrade" in found.cure


async def test_an_older_schema_is_told_to_upgrade(says, database):
    schema.downgrade(database, "-1")
    found = only(await says("database"), Severity.PROBLEM)
    assert f"this Metarr needs {version.newest_revision()}" in found.sentence
    assert "metarr db upgrade" in found.cure


async def test_a_newer_schema_asks_for_the_newer_metarr(says, database):
    execute(database, "UPDATE alembic_version SET version_num = '9999_future'")
    found = only(await says("database"), Severity.PROBLEM)
    assert "newer than this Metarr" in found.sentence
    assert "install the newer Metarr" in found.cure


async def test_a_server_that_is_away_is_a_problem_without_its_password(says, document):
    document["database"]["url"] = OUTSIDE
    found = only(await says("database"), Severity.PROBLEM)
    assert "database.url" in found.cure
    assert "a-password" not in found.sentence


@pytest.mark.parametrize("url", ["postgresql+psycopg://a b:c:d/e", "postgresql+psycopg://host:port/x"])
async def test_an_address_that_is_none_is_a_problem(says, document, url):
    document["database"]["url"] = url
    assert "postgresql+psycopg://" in only(await says("database"), Severity.PROBLEM).cure


async def test_before_the_first_start_the_embedded_server_is_only_a_warning(says, document):
    document["database"]["url"] = ""
    found = only(await says("database"), Severity.WARNING)
    assert "metarr up" in found.cure


async def test_an_embedded_server_that_is_down_is_a_warning_while_metarr_is_down(says, document, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "postgres-port").write_text("9")
    document["database"]["url"] = ""
    found = only(await says("database"), Severity.WARNING)
    assert "not up" in found.sentence
    assert "metarr up" in found.cure
