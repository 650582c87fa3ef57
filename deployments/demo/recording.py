"""What was asked of a stand-in, in the order in which it came."""

from starlette.types import ASGIApp, Receive, Scope, Send


def recorded(app: ASGIApp, requests: list[str]) -> ASGIApp:
    """The app; path and query of every request are put into `requests` before it answers, or fails."""

    async def recording(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            query = scope["query_string"].decode()
            requests.append(f"{scope['path']}?{query}" if query else scope["path"])
        await app(scope, receive, send)

    return recording
