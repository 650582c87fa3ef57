"""Radarr on loopback, as far as the doctor asks it: /api/v3 as Radarr 6.0.3 answers it. Tests change its rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEY = "0123456789abcdef0123456789abcdef"
EVENTS = (
    *("onGrab", "onDownload", "onUpgrade", "onRename", "onMovieAdded", "onMovieDelete"),
    *("onMovieFileDelete", "onMovieFileDeleteForUpgrade", "onHealthIssue", "onApplicationUpdate"),
)


def webhook(url: str = "http://metarr:8765/webhooks/radarr/radarr", *missing: str, name: str = "Metarr") -> dict[str, Any]:
    """A connection of the kind Webhook, everything ticked but what is missing."""
    return {
        **{event: event not in missing for event in EVENTS},
        **{f"supports{event[0].upper()}{event[1:]}": True for event in EVENTS},
        "name": name,
        "fields": [
            {"order": 0, "name": "url", "label": "Webhook URL", "value": url, "type": "url"},
            {"order": 1, "name": "method", "label": "Method", "value": 1, "type": "select"},
            {"order": 2, "name": "username", "value": "metarr"},
            {"order": 3, "name": "password", "value": "********"},
        ],
        "implementationName": "Webhook",
        "implementation": "Webhook",
        "configContract": "WebhookSettings",
        "tags": [],
        "id": 1,
    }


class RadarrStandIn:
    """A Radarr that is set up well."""

    def __init__(self, root_folder: str = "/data/movies") -> None:
        self.key = KEY
        self.connections = [webhook(), {"name": "Discord", "implementation": "Discord", "onDownload": True, "fields": []}]
        self.metadata = [{"name": "Kodi (XBMC) / Emby", "implementation": "XbmcMetadata", "enable": False, "fields": []}]
        self.root_folders: list[Any] = [{"path": root_folder, "accessible": True, "freeSpace": 10**12, "id": 1}]
        self.page = ""
        answers: dict[str, Callable[[], Any]] = {
            "system/status": lambda: {"appName": "Radarr", "instanceName": "Radarr", "version": "6.0.3.10397"},
            "notification": lambda: self.connections,
            "metadata": lambda: self.metadata,
            "rootfolder": lambda: self.root_folders,
        }
        self.app = Starlette(routes=[Route(f"/api/v3/{path}", self._endpoint(answer)) for path, answer in answers.items()])

    def _endpoint(self, answer: Callable[[], Any]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            if self.page:
                return Response(self.page, media_type="text/html")
            if request.headers.get("x-api-key") != self.key:
                return JSONResponse({"error": "Unauthorized"}, 401)
            return Response(json.dumps(answer()), media_type="application/json")

        return endpoint
