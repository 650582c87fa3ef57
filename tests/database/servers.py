"""Asking embedded servers, and being unkind to them."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

import psycopg

from metarr_core.db.embedded import EmbeddedPostgres


def pid_of(data_dir: Path) -> int:
    return int((data_dir / "postgres/postmaster.pid").read_text().splitlines()[0])


def answer(server: EmbeddedPostgres, question: str = "SELECT current_setting('data_directory')") -> str:
    with psycopg.connect(server.url("postgres", "postgresql"), autocommit=True) as connection:
        return connection.execute(question).fetchone()[0]


def make_table(server: EmbeddedPostgres, name: str) -> None:
    with psycopg.connect(server.url("postgres", "postgresql"), autocommit=True) as connection:
        connection.execute(f"CREATE TABLE {name} AS SELECT 1")


def kill(pid: int) -> None:
    """kill -9, and wait until it is gone."""
    handle = os.pidfd_open(pid)
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        select.select([handle], [], [], 60)
    finally:
        os.close(handle)
