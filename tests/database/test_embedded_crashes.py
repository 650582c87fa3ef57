"""The embedded PostgreSQL after kills, reboots and lost notes: found again, never doubled, never somebody else's."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from metarr_core.db.embedded import EmbeddedPostgres
from tests.database.servers import answer, kill, make_table, pid_of

NOBODY = 65534
LINUX = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="asks Linux who lives")


def test_a_running_server_is_taken_over_and_never_doubled(server, data_dir):
    before = pid_of(data_dir)
    again = EmbeddedPostgres(data_dir)
    again.start()
    assert pid_of(data_dir) == before
    assert answer(again) == str(data_dir / "postgres")


@pytest.mark.parametrize("left", ["", "no port", None])
def test_a_running_server_is_found_even_if_the_note_of_its_port_is_lost(server, data_dir, left):
    note = data_dir / "postgres-port"
    note.unlink() if left is None else note.write_text(left)
    again = EmbeddedPostgres(data_dir)
    again.start()
    assert answer(again) == str(data_dir / "postgres")


def test_it_keeps_its_address_and_its_rows_over_a_restart(server, data_dir):
    make_table(server, "kept")
    before = server.url()
    server.stop()
    assert not server.is_running()
    again = EmbeddedPostgres(data_dir)
    again.start()
    assert again.url() == before
    assert answer(again, "SELECT count(*) FROM kept") == 1


@LINUX
def test_it_starts_again_after_its_postmaster_was_killed(server, data_dir):
    make_table(server, "survives")
    before = pid_of(data_dir)
    kill(before)
    again = EmbeddedPostgres(data_dir)
    again.start()
    assert pid_of(data_dir) != before
    assert answer(again, "SELECT count(*) FROM survives") == 1


def leave_pid(data_dir: Path, pid: int) -> None:
    """A pid file as a machine that lost its power leaves it, but of a process of today."""
    file = data_dir / "postgres/postmaster.pid"
    file.write_text(f"{pid}\n{data_dir / 'postgres'}\n1700000000\n5432\n\n127.0.0.1\n")
    owner = (data_dir / "postgres").stat()
    os.chown(file, owner.st_uid, owner.st_gid)
    file.chmod(0o600)


@LINUX
def test_a_pid_that_somebody_else_has_by_now_is_no_server(server, data_dir):
    server.stop()
    options = {"user": NOBODY} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "600"], **options) as somebody:
        leave_pid(data_dir, somebody.pid)
        server.start()
        assert answer(server) == str(data_dir / "postgres")
        assert somebody.poll() is None
        somebody.kill()


@LINUX
def test_a_pid_that_another_postgres_has_by_now_is_not_taken_over(server, data_dir, postgres, open_folder):
    server.stop()
    other = pid_of(open_folder / "database")
    leave_pid(data_dir, other)
    server.start()
    assert answer(server) == str(data_dir / "postgres")
    assert pid_of(open_folder / "database") == other
    assert answer(postgres) == str(open_folder / "database/postgres")


def test_a_pid_that_nobody_has_is_no_server(server, data_dir):
    server.stop()
    leave_pid(data_dir, 99_999_999)
    server.start()
    assert answer(server) == str(data_dir / "postgres")
