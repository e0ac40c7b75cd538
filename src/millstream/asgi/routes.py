"""Finds the application that answers a request by the longest path prefix; the rest of the path is its own business.

Receives every ordinary HTTP request from uvicorn and hands it on unchanged but for `root_path` (ASGI 3.0, HTTP scope).
Sockets on the fast path never come here (`asgi.upgrade`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from millstream.asgi.error_pages import send_error


class PrefixRouter:
    """An ASGI application made of others, each mounted below a prefix such as `/rest/v1`."""

    def __init__(self, mounted: Mapping[str, ASGIApp]) -> None:
        self._mounted = sorted(mounted.items(), key=lambda item: -len(item[0]))
        self._innermost = {
            prefix: app
            for prefix, app in mounted.items()
            if not any(other.startswith(f"{prefix}/") for other in mounted)
        }
        depths = Counter(prefix.count("/") for prefix in self._innermost)
        self._usual_depth = depths.most_common(1)[0][0] if depths else 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a path that nobody serves gets a JSON 404."""
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        end = 0
        for _ in range(self._usual_depth):
            end = path.find("/", end + 1)
            if end < 0:
                break
        prefix = path[: max(end, 0)]  # as many segments as most prefixes have: two, or three below a name
        app = self._innermost.get(prefix)
        if app is None:
            prefix, app = self._search(path)
        if app is not None:
            scope["root_path"] = prefix
            await app(scope, receive, send)
            return
        await send_error(send, status=404, code="not_found", message=f"Nothing is served at {path}.")

    def _search(self, path: str) -> tuple[str, ASGIApp | None]:
        for prefix, app in self._mounted:
            if path.startswith(prefix) and (not prefix or len(path) == len(prefix) or path[len(prefix)] == "/"):
                return prefix, app
        return "", None
