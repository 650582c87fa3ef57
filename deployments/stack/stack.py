"""The order in which the parts start and stop."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from deployments.addresses import api_key, client_environment, server_environment
from deployments.nursery.asking import Nursery
from deployments.stack.child import Child, thrifty
from deployments.stack.part import Part
from metarr_core.db import schema
from metarr_core.db.embedded import EmbeddedPostgres
from metarr_core.db.location import database_url
from metarr_core.errors import ConfigurationError, MetarrError
from metarr_core.files.cache import Cache
from metarr_core.settings import Settings

logger = logging.getLogger(__name__)

READY_SECONDS = 90.0
DATABASE_CHECK_SECONDS = 1.0
METARR = (sys.executable, "-m", "deployments")


@dataclass(frozen=True)
class Stack:
    """A running stack: where its parts are, and its processes by name."""

    prefect_api_url: str
    web_url: str
    api_key: str
    is_new_key: bool
    nursery: Nursery
    children: dict[str, Child]

    @property
    def prefect_ui_url(self) -> str:
        """Prefect's own page."""
        return self.prefect_api_url.removesuffix("/api")


@asynccontextmanager
async def running_stack(settings: Settings) -> AsyncIterator[Stack]:
    """Everything, from the database to the workers, while the block lasts.

    Raises ConfigurationError where something else uses the data folder or a port, or a part does not start.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(_only_one(settings.paths.data_dir))
        await asyncio.to_thread(Cache(settings.paths.cache).check_writable)
        await _start_database(settings, stack)
        yield await _start_processes(settings, stack)


@contextmanager
def _only_one(data_dir: Path) -> Iterator[None]:
    if not data_dir.exists():
        data_dir.mkdir(parents=True)
        data_dir.chmod(0o711)  # ours, and new: the database's user has to pass it
    with (data_dir / "stack.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise ConfigurationError(f"another Metarr is up with paths.data_dir {data_dir}; stop it first") from exc
        yield


async def _start_database(settings: Settings, stack: AsyncExitStack) -> None:
    if not settings.database.url.get_secret_value():
        server = EmbeddedPostgres(settings.paths.data_dir)
        await asyncio.to_thread(server.start)
        stack.push_async_callback(asyncio.to_thread, server.stop)
        for name in ("metarr", "prefect"):
            await asyncio.to_thread(server.create_database, name)
        keeper = asyncio.create_task(_keep_running(server))
        stack.push_async_callback(_end, keeper)
    await asyncio.to_thread(schema.upgrade, database_url(settings))


async def _keep_running(server: EmbeddedPostgres) -> None:
    """Start the database again when it has gone; everybody waits for it meanwhile."""
    while True:
        await asyncio.sleep(DATABASE_CHECK_SECONDS)
        if not await asyncio.to_thread(server.is_running):
            logger.warning("PostgreSQL has gone and is started again")
            try:
                await asyncio.to_thread(server.start)
            except MetarrError as exc:
                logger.warning("%s", exc)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _start_processes(settings: Settings, stack: AsyncExitStack) -> Stack:
    key, is_new_key = api_key(settings)  # before the web shim makes one: a new key is shown once, here
    log_dir = settings.paths.data_dir / "logs"
    api_url, port = settings.prefect.api_url, 0
    if not api_url:
        port = _free_port("127.0.0.1", settings.prefect.port, "prefect.port")
        api_url = f"http://127.0.0.1:{port}/api"
    web_port = _free_port(settings.web.host, settings.web.port, "web.port")
    environment = client_environment(settings, api_url) | {"METARR__WEB__PORT": str(web_port)}
    nursery = Nursery(environment=thrifty(environment), log=log_dir / "nursery.log")
    stack.push_async_callback(nursery.close)
    await nursery.start()  # it imports while Prefect's server starts
    children: list[Child] = []
    if port:
        command = (sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port))
        children.append(Child("prefect-server", command, server_environment(settings, api_url), log_dir))
        await _start(children[0], stack, f"{api_url}/health")
    await _run_once(Part("deploy", ("deploy",), nursery, log_dir))
    web_url = f"http://{settings.web.host}:{web_port}{settings.web.base_path}"
    children.append(Part("web", ("web",), nursery, log_dir))
    await _start(children[-1], stack, f"{web_url}/health/ready")
    for name, *arguments in (
        ("dispatcher", "dispatcher"),
        ("players", "players"),
        ("worker-interactive", "worker", "--lane", "interactive"),
        ("worker-background", "worker", "--lane", "background"),
    ):
        children.append(Part(name, arguments, nursery, log_dir))
        await _start(children[-1], stack)
    return Stack(api_url, web_url, key, is_new_key, nursery, {child.name: child for child in children})


async def _start(child: Child, stack: AsyncExitStack, health_url: str | None = None) -> None:
    await child.start()
    keeper = asyncio.create_task(child.keep_running())
    stack.push_async_callback(_stop, child, keeper)
    if health_url:
        await _until_healthy(child, health_url)


async def _stop(child: Child, keeper: asyncio.Task[None]) -> None:
    await child.stop()
    await _end(keeper)


async def _until_healthy(child: Child, url: str) -> None:
    deadline = asyncio.get_running_loop().time() + READY_SECONDS
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        while asyncio.get_running_loop().time() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(url)).is_success:
                    return
            await asyncio.sleep(0.1)
    raise ConfigurationError(f"{child.name} does not answer after {READY_SECONDS:g} s; its log is {child.log}")


async def _run_once(child: Child) -> None:
    await child.start()
    if child.process is not None and await child.process.wait() != 0:
        raise ConfigurationError(f"`metarr {child.name}` failed; its log is {child.log}")


def _free_port(host: str, wanted: int, key: str) -> int:
    """The wanted port, or any free one for 0. Raises ConfigurationError where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, wanted))
        except OSError as exc:
            raise ConfigurationError(f"{key}: {host}:{wanted} cannot be used ({exc.strerror}); choose another port") from exc
        return int(probe.getsockname()[1])
