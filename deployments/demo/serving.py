"""A stand-in on a free loopback port: in the caller's event loop, or in a thread with a loop of its own."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator

import uvicorn
from starlette.types import ASGIApp


class _Server(uvicorn.Server):
    """A uvicorn that tells when it serves and leaves the process's signal handlers alone."""

    def __init__(self, app: ASGIApp, on_ready: Callable[[], None]) -> None:
        config = uvicorn.Config(app, log_config=None, access_log=False, ws="none", http="h11", timeout_graceful_shutdown=1)
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve, then say so."""
        await super().startup(sockets)
        self._on_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: Ctrl-C belongs to whoever started us."""
        yield


@contextlib.asynccontextmanager
async def serve(app: ASGIApp, port: int = 0) -> AsyncIterator[str]:
    """The base URL of `app`, served by a task of the running loop until the block ends; port 0 = a free one.

    A request still held when the block ends is given up after one second and answered with 500.
    """
    listener, url = _listen(port)
    ready = asyncio.Event()
    server = _Server(app, ready.set)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    serving.add_done_callback(lambda _: ready.set())
    try:
        await ready.wait()
        yield url
    finally:
        server.should_exit = True
        await serving
        listener.close()


@contextlib.contextmanager
def serve_in_thread(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """Like `serve`, for synchronous callers: the loop runs in a thread that ends with the block."""
    listener, url = _listen(port)
    ready = threading.Event()
    server = _Server(app, ready.set)

    def run() -> None:
        try:
            asyncio.run(server.serve(sockets=[listener]))
        finally:
            ready.set()

    thread = threading.Thread(target=run, name=f"stand-in {url}", daemon=True)
    thread.start()
    try:
        ready.wait()
        yield url
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _listen(port: int) -> tuple[socket.socket, str]:
    """Named as TCP, for asyncio then sends small answers at once; create_server() leaves that open."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(512)
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"
