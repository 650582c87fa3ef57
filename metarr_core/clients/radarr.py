"""Asks a Radarr what only it knows: its webhooks, its own Kodi writer, its root folders. Changes nothing there.

The first question works with Sonarr too: both speak /api/v3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx

from metarr_core.errors import ManagerRefuses, ManagerUnreachable
from metarr_core.settings.entries import Manager

TIMEOUT = httpx.Timeout(connect=3, read=10, write=5, pool=10)
KODI_WRITER = "XbmcMetadata"
WEBHOOK = "Webhook"


@dataclass(frozen=True)
class ManagerVersion:
    """Which program a manager is."""

    name: str
    version: str


@dataclass(frozen=True)
class Webhook:
    """A connection of the kind Webhook, with the names of the events that it is sent for, such as onDownload."""

    name: str
    url: str
    events: frozenset[str]
    is_for_some_tags_only: bool


@dataclass(frozen=True)
class RootFolder:
    """A folder of films, as the manager names it."""

    path: str
    is_accessible: bool


class Radarr:
    """One Radarr. Every method raises ManagerUnreachable, and ManagerRefuses where the key is wrong."""

    def __init__(self, manager: Manager, http: httpx.AsyncClient) -> None:
        self._name, self._url, self._http = manager.name, manager.url, http
        self._headers = {"X-Api-Key": manager.api_key.get_secret_value()}

    async def version(self) -> ManagerVersion:
        """Which program it is."""
        status = await self._get("system/status")
        if not isinstance(status, dict) or "version" not in status:
            raise self._strange("system/status")
        return ManagerVersion(str(status.get("appName") or "Radarr"), str(status["version"]))

    async def webhooks(self) -> list[Webhook]:
        """Its webhooks, whomever they tell."""
        return [_webhook(row) for row in await self._rows("notification") if row.get("implementation") == WEBHOOK]

    async def writes_for_kodi(self) -> bool:
        """Whether it writes NFO and artwork for Kodi by itself."""
        rows = await self._rows("metadata")
        return any(row.get("implementation") == KODI_WRITER and row.get("enable") is True for row in rows)

    async def root_folders(self) -> list[RootFolder]:
        """Where it keeps films."""
        rows = await self._rows("rootfolder")
        return [RootFolder(str(row.get("path", "")), row.get("accessible") is not False) for row in rows]

    async def _rows(self, path: str) -> list[dict[str, Any]]:
        rows = await self._get(path)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._strange(path)
        return rows

    async def _get(self, path: str) -> Any:
        address = f"{self._url}/api/v3/{path}"
        try:
            response = await self._http.get(address, headers=self._headers, timeout=TIMEOUT)
        except httpx.HTTPError as exc:
            raise ManagerUnreachable(self._name, f"no answer from {self._url} ({type(exc).__name__})") from exc
        if response.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise ManagerRefuses(self._name, "it refuses the key")
        if not response.is_success:
            raise ManagerUnreachable(self._name, f"{address} answers HTTP {response.status_code}")
        try:
            return response.json()
        except ValueError as exc:
            raise self._strange(path) from exc

    def _strange(self, path: str) -> ManagerUnreachable:
        return ManagerUnreachable(
            self._name, f"{self._url}/api/v3/{path} does not answer like Radarr; is a URL base missing?"
        )


def _webhook(row: dict[str, Any]) -> Webhook:
    return Webhook(
        name=str(row.get("name", "")),
        url=next(_values(row, "url"), ""),
        events=frozenset(name for name, value in row.items() if name.startswith("on") and value is True),
        is_for_some_tags_only=bool(row.get("tags")),
    )


def _values(row: dict[str, Any], name: str) -> Iterator[str]:
    fields = row.get("fields") or []
    yield from (str(field.get("value", "")) for field in fields if isinstance(field, dict) and field.get("name") == name)
