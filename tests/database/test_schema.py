"""The migrations make what the models say, and take it back."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, create_engine, inspect, make_url, text

from metarr_core.db import schema
from metarr_core.db.tables import metadata
from metarr_core.errors import ConfigurationError

OURS = "FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public'"
LEFT_OVERS = {
    "relations": f"SELECT relname {OURS} AND relname NOT LIKE 'alembic_version%'",
    "functions": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "types": "SELECT typname FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE nspname = 'public'"
    " AND typname NOT LIKE '%alembic_version'",
}
TRIGGERS = "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"


@pytest.fixture
def empty_url(postgres):
    name = f"test_{uuid.uuid4().hex}"
    postgres.create_database(name)
    return postgres.url(name)


def asked(url, question):
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return question(connection) if callable(question) else [tuple(row) for row in connection.execute(text(question))]
    finally:
        engine.dispose()


def tables_of(url):
    return asked(url, lambda connection: set(inspect(connection).get_table_names()))


def test_the_migrations_make_exactly_what_the_models_say(database_url):
    def differences(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return compare_metadata(context, metadata)

    assert asked(database_url, differences) == []


def test_every_check_of_the_models_is_in_the_database(database_url):
    def found(connection):
        inspector = inspect(connection)
        return {check["name"] for table in metadata.tables for check in inspector.get_check_constraints(table)}

    checks = {
        check for table in metadata.tables.values() for check in table.constraints if isinstance(check, CheckConstraint)
    }
    assert names(checks) == asked(database_url, found)


def names(checks):
    return {f"ck_{check.table.name}_{str(check.name).removeprefix(f'ck_{check.table.name}_')}" for check in checks}


def test_down_to_the_base_leaves_nothing_and_up_again_makes_all_of_it(database_url):
    tables = tables_of(database_url)
    triggers = asked(database_url, TRIGGERS)
    schema.downgrade(database_url, "base")
    assert {kind: asked(database_url, query) for kind, query in LEFT_OVERS.items()} == {kind: [] for kind in LEFT_OVERS}
    schema.upgrade(database_url)
    assert tables_of(database_url) == tables
    assert asked(database_url, TRIGGERS) == triggers
    assert {name for name, _ in triggers} == {"count_asset_references", "remember_originals", "wake_dispatcher"}


REVISIONS = sorted(file.name[:4] for file in Path(schema.__file__).parent.glob("migrations/versions/0*.py"))


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_every_step_can_be_gone_back_and_forth(empty_url, revision):
    schema.upgrade(empty_url)
    schema.downgrade(empty_url, revision)
    assert asked(empty_url, "SELECT version_num FROM alembic_version") == [(revision,)]
    schema.upgrade(empty_url)


def test_processes_that_start_together_bring_the_schema_up_once(empty_url):
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(schema.upgrade, [empty_url] * 3))
    assert "movies" in tables_of(empty_url)


def test_an_upgrade_of_a_current_database_changes_nothing(database_url):
    before = asked(database_url, "SELECT version_num FROM alembic_version")
    schema.upgrade(database_url)
    assert asked(database_url, "SELECT version_num FROM alembic_version") == before


@pytest.mark.parametrize("version", [90_624, 120_003, 130_018])
def test_a_server_that_is_too_old_says_so(version):
    with pytest.raises(ConfigurationError, match=r"database\.url: PostgreSQL \d+ is too old; 14 or newer"):
        schema.check_server(version)


@pytest.mark.parametrize("version", [140_000, 180_006, 210_001])
def test_newer_servers_will_do(version):
    schema.check_server(version)


@pytest.mark.parametrize(
    "changes", [{"port": 1}, {"password": "wrong-password"}, {"database": "nowhere"}, {"username": "nobody"}]
)
def test_without_a_connection_it_is_the_setting_that_has_to_change(postgres, changes):
    url = make_url(postgres.url("pristine")).set(**changes).render_as_string(hide_password=False)
    with pytest.raises(ConfigurationError, match=r"database\.url: no connection") as caught:
        schema.upgrade(url)
    assert make_url(url).password not in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql+psycopg://h:port/d", "postgresql+psycopg:/h", "postgresql+psycopg://[::1/d"])
def test_an_address_that_is_none_is_told_by_its_setting(url):
    with pytest.raises(ConfigurationError, match=r"database\.url"):
        schema.upgrade(url)
