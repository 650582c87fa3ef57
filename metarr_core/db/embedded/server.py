"""Starts, takes over and stops the embedded server. A server that outlived a killed stack is taken over, never doubled."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from metarr_core.db.embedded import pid_file
from metarr_core.db.embedded.identity import Identity, programs
from metarr_core.errors import ConfigurationError, StorageUnavailable
from metarr_core.secrets import kept_secret

logger = logging.getLogger(__name__)

USER = "metarr"
START_SECONDS = 60
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a deep data_dir would exceed the length of a socket's path
    "shared_buffers": "16MB",
    "max_connections": "150",
}


class EmbeddedPostgres:
    """The server whose data lies in `data_dir`/postgres."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._data = data_dir / "postgres"
        self._kept_port = data_dir / "postgres-port"
        self._identity = Identity.of_this_process()

    def start(self) -> None:
        """Make the server run, on a free port of loopback. Raises ConfigurationError, StorageUnavailable."""
        if not self._data_dir.exists():
            self._data_dir.mkdir(parents=True)
            self._data_dir.chmod(0o711)  # ours, and new: the server's user has to pass it
        self._check_reachable()
        self._programs = programs(self._data_dir, self._identity)
        self._check_version()
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        pid_file.forget_foreign(self._data)
        if self.is_running():
            logger.info("taking over the PostgreSQL that is already running")
            self._note_port(pid_file.port(self._data))
            return
        self._run(
            "pg_ctl",
            "-D",
            self._data,
            "-l",
            self._data / "server.log",
            "-w",
            "-t",
            START_SECONDS,
            "-o",
            self._options(),
            "start",
        )

    def stop(self) -> None:
        """Stop the server, and wait until it has gone."""
        if not self._data.exists():
            return
        self._programs = programs(self._data_dir, self._identity)
        if self.is_running():
            self._run("pg_ctl", "-D", self._data, "-m", "fast", "-w", "stop")

    def url(self, database: str = "metarr", driver: str = "postgresql+psycopg") -> str:
        """The address of one of its databases, which stays the same. Raises ConfigurationError before the first start."""
        port = self._noted_port()
        if port is None:
            raise ConfigurationError(
                f"there is no embedded PostgreSQL in {self._data} yet; start it with `metarr up`, or set database.url"
            )
        return f"{driver}://{USER}:{self._password()}@127.0.0.1:{port}/{database}"

    def create_database(self, name: str, *, like: str = "template1") -> None:
        """Make a database unless it is there, as a copy of another."""
        with psycopg.connect(self.url("postgres", "postgresql"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(like))
                connection.execute(statement)

    def _password(self) -> str:
        return kept_secret(self._data_dir / "postgres-password")[0]

    def _check_reachable(self) -> None:
        if closed := self._identity.first_closed(self._data):
            raise ConfigurationError(
                f"paths.data_dir: PostgreSQL does not run as root, and the user that it runs as cannot pass {closed}. "
                "Choose another data_dir (such as /var/lib/metarr), run Metarr as an ordinary user, or set database.url"
            )

    def _check_version(self) -> None:
        version = self._data / "PG_VERSION"
        if not version.exists():
            return
        made_by, ours = version.read_text().strip(), self._major()
        if made_by != ours:
            raise ConfigurationError(
                f"{self._data} was made by PostgreSQL {made_by}, but {ours} is installed now. Install the Metarr that you "
                f"had, dump with `pg_dump`, or move the folder away to start afresh"
            )

    def _major(self) -> str:
        answer = subprocess.run([self._programs / "postgres", "--version"], capture_output=True, text=True, check=True)
        return answer.stdout.split()[2].split(".")[0]

    def _initialise(self) -> None:
        """In a folder beside it, renamed when complete: a kill leaves nothing that looks like a database."""
        for left_over in self._data_dir.glob("postgres-new-*"):
            shutil.rmtree(left_over)
        draft = Path(tempfile.mkdtemp(prefix="postgres-new-", dir=self._data_dir))
        with tempfile.NamedTemporaryFile("w", dir=draft.parent, prefix="postgres-pw-") as password:
            password.write(self._password())
            password.flush()
            for path in (draft, Path(password.name)):
                self._identity.own(path)
            options = ["-U", USER, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", f"--pwfile={password.name}"]
            self._run("initdb", "-D", draft, *options, cwd=draft)
        draft.rename(self._data)

    def _options(self) -> str:
        return " ".join(f"-c {key}='{value}'" for key, value in {**OPTIONS, "port": str(self._port())}.items())

    def _port(self) -> int:
        """The port of the last time, so that whoever uses the server finds it again; another one if that is taken."""
        noted = self._noted_port()
        if noted is not None and _is_free(noted):
            return noted
        port = _any_free_port()
        self._note_port(port)
        return port

    def _noted_port(self) -> int | None:
        try:
            return int(self._kept_port.read_text())
        except (OSError, ValueError):
            return None

    def _note_port(self, port: int | None) -> None:
        """In one go: others read it meanwhile."""
        if port is not None and port != self._noted_port():
            draft = self._kept_port.with_name(f"{self._kept_port.name}.{os.getpid()}")
            draft.write_text(str(port))
            draft.replace(self._kept_port)

    def is_running(self) -> bool:
        """Whether the server of this data folder runs."""
        ours = pid_file.may_be_ours(self._data)
        return ours and self._call("pg_ctl", "-D", self._data, "status", cwd=self._data).returncode == 0

    def _run(self, program: str, *arguments: object, cwd: Path | None = None) -> None:
        answer = self._call(program, *arguments, cwd=cwd or self._data)
        if answer.returncode:
            log = self._data / "server.log"
            raise StorageUnavailable(self._data, f"{program} failed: {answer.stdout.strip()[-500:]} (see {log})")

    def _call(self, program: str, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Output goes through a file: the server keeps pg_ctl's output open, and a pipe would never end."""
        with tempfile.TemporaryFile("w+") as output:
            answer = subprocess.run(
                [str(self._programs / program), *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                check=False,
                **self._identity.process_options(),
            )
            output.seek(0)
            return subprocess.CompletedProcess(answer.args, answer.returncode, output.read())


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _any_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
