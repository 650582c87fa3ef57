"""Disturbances of a stand-in: wrong answers, waiting, cut bodies and broken connections, by path."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Disturbance(Protocol):
    """What happens to a request instead of its answer; `times` = how often (None: always)."""

    @property
    def times(self) -> int | None:
        """How many requests are disturbed."""

    async def disturb(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, /) -> None:
        """Answer in place of `app`, or let it answer."""


@dataclass(frozen=True)
class Fault:
    """Another answer than the true one, complete as HTTP."""

    status: int = 503
    times: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    async def disturb(self, _app: ASGIApp, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the fault; the app never hears of the request."""
        headers = {"content-length": str(len(self.body))} | {name.lower(): text for name, text in self.headers.items()}
        await send(_start(self.status, [(name.encode(), text.encode()) for name, text in headers.items()]))
        await send({"type": "http.response.body", "body": self.body})


@dataclass(frozen=True)
class Hold:
    """The true answer, but not before `event` is set; `arrived` is set when a request waits.

    The events belong to the loop that serves: use it with `serve`, not with `serve_in_thread`.
    """

    event: asyncio.Event
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    times: int | None = None

    async def disturb(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then let `app` answer."""
        self.arrived.set()
        await self.event.wait()
        await app(scope, receive, send)


@dataclass(frozen=True)
class Truncated:
    """The first `keep` bytes of the true body (None: half) with a length that fits: good HTTP, broken content."""

    keep: int | None = None
    times: int | None = None

    async def disturb(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Send part of what `app` answers."""
        start, body = await _answer(app, scope, receive)
        part = body[: len(body) // 2 if self.keep is None else self.keep]
        headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
        await send(_start(start["status"], [*headers, (b"content-length", str(len(part)).encode())]))
        await send({"type": "http.response.body", "body": part})


@dataclass(frozen=True)
class Reset:
    """The true headers and half of the body, then the connection is closed."""

    times: int | None = None

    async def disturb(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise the whole answer and stop midway: uvicorn closes when an app returns too early."""
        start, body = await _answer(app, scope, receive)
        await send(start)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})


class Faults:
    """The rules of one stand-in, asked in the order of `add`; each is a regular expression found in the path."""

    def __init__(self) -> None:
        self._rules: list[tuple[re.Pattern[str], Disturbance]] = []
        self._used: list[int] = []

    def add(self, path: str, disturbance: Disturbance) -> None:
        """Disturb requests whose path (without query) matches."""
        self._rules.append((re.compile(path), disturbance))
        self._used.append(0)

    def clear(self) -> None:
        """Be well again; requests that are held stay held."""
        self._rules.clear()
        self._used.clear()

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """The app, disturbed by these rules."""

        async def disturbed(scope: Scope, receive: Receive, send: Send) -> None:
            disturbance = self._take(scope["path"]) if scope["type"] == "http" else None
            if disturbance is None:
                await app(scope, receive, send)
            else:
                await disturbance.disturb(app, scope, receive, send)

        return disturbed

    def _take(self, path: str) -> Disturbance | None:
        for number, (pattern, disturbance) in enumerate(self._rules):
            if pattern.search(path) and (disturbance.times is None or self._used[number] < disturbance.times):
                self._used[number] += 1
                return disturbance
        return None


def _start(status: int, headers: list[tuple[bytes, bytes]]) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


async def _answer(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    messages: list[Message] = []

    async def collect(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, collect)
    return messages[0], b"".join(message.get("body", b"") for message in messages[1:])
