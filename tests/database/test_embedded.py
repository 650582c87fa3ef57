"""The embedded PostgreSQL: who runs it, where, and what it leaves alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from metarr_core.db.embedded import EmbeddedPostgres
from metarr_core.errors import ConfigurationError
from tests.database.servers import answer, pid_of

NOBODY = 65534
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server another user")
ROOT = Path(__file__).parents[2]


def modes(*paths: Path) -> dict[Path, tuple[int, int]]:
    """Modes and owners of folders and of everything above them."""
    places = {above for path in paths for above in (path, *path.resolve().parents)}
    return {place: (place.stat().st_mode, place.stat().st_uid) for place in places if place.exists()}


def test_it_listens_on_loopback_only_and_wants_its_password(server):
    assert answer(server, "SHOW listen_addresses") == "127.0.0.1"
    without = server.url("postgres", "postgresql").replace(server.url().split(":")[2].split("@")[0], "guessed")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(without)


def test_its_password_is_readable_by_its_owner_only(server, data_dir):
    assert stat.S_IMODE((data_dir / "postgres-password").stat().st_mode) == 0o600


def test_a_database_is_made_once(server):
    for _ in range(2):
        server.create_database("twice")
    assert answer(server, "SELECT count(*) FROM pg_database WHERE datname = 'twice'") == 1


def test_stopping_what_does_not_run_is_fine(server):
    server.stop()
    server.stop()


def test_stopping_what_was_never_started_is_fine(open_folder):
    EmbeddedPostgres(open_folder / "never").stop()
    assert not (open_folder / "never").exists()


def test_before_the_first_start_it_has_no_address_and_says_what_to_do(tmp_path):
    with pytest.raises(ConfigurationError, match=r"metarr up|database\.url"):
        EmbeddedPostgres(tmp_path / "nothing").url()


def test_data_of_another_version_is_left_alone_and_told(open_folder):
    data = open_folder / "old" / "postgres"
    data.mkdir(parents=True)
    (open_folder / "old").chmod(0o711)
    (data / "PG_VERSION").write_text("15\n")
    with pytest.raises(ConfigurationError, match="made by PostgreSQL 15, but 18 is installed"):
        EmbeddedPostgres(open_folder / "old").start()
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


@ROOT_ONLY
@pytest.mark.parametrize("closed", ["above", "data_dir"])
def test_a_folder_that_the_server_cannot_pass_is_told_and_stays_as_it_was(open_folder, closed):
    above = open_folder / f"closed-{closed}"
    data_dir = above / "data"
    data_dir.mkdir(parents=True)
    (above if closed == "above" else data_dir).chmod(0o700)
    before = modes(data_dir)
    with pytest.raises(ConfigurationError, match=r"paths\.data_dir: .* cannot pass .*closed-") as caught:
        EmbeddedPostgres(data_dir).start()
    assert "/var/lib/metarr" in str(caught.value)
    assert modes(data_dir) == before
    assert list(data_dir.iterdir()) == []


@ROOT_ONLY
def test_as_root_the_server_is_somebody_else_and_nobody_and_nothing_is_changed_for_it(open_folder):
    folder = open_folder / "rooted"
    accounts = [Path("/etc/passwd").read_bytes(), Path("/etc/group").read_bytes()]
    before = modes(open_folder, Path(sys.prefix), ROOT)
    server = EmbeddedPostgres(folder)
    server.start()
    try:
        assert Path(f"/proc/{pid_of(folder)}").stat().st_uid == NOBODY
        assert modes(open_folder, Path(sys.prefix), ROOT) == before
        assert [Path("/etc/passwd").read_bytes(), Path("/etc/group").read_bytes()] == accounts
    finally:
        server.stop()


AS_AN_ORDINARY_USER = f"""
import encodings.ascii, encodings.idna, os, sys
from pathlib import Path
import psycopg
from metarr_core.db.embedded import EmbeddedPostgres
os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
try:
    with psycopg.connect(server.url("postgres", "postgresql")) as connection:
        print(connection.execute("SELECT current_user").fetchone()[0])
finally:
    server.stop()
"""


@ROOT_ONLY
def test_an_ordinary_user_runs_it_as_himself(open_folder):
    own = open_folder / "ordinary"
    own.mkdir()
    os.chown(own, NOBODY, NOBODY)
    command = [sys.executable, "-c", AS_AN_ORDINARY_USER, str(own / "data")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("metarr\n", "", 0)
    assert (own / "data/postgres").stat().st_uid == NOBODY
