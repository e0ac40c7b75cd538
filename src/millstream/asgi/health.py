"""Answers `/health`: whether the process serves and whether changes flow, for load balancers and for the curious."""

from __future__ import annotations

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from millstream.wal.tailer import Tailer


def health_app(tailer: Tailer) -> ASGIApp:
    """Return an application that answers 200 while the log is followed and 503 while it is not."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        flowing = tailer.streaming
        body = {"status": "ok" if flowing else "degraded", "log": "streaming" if flowing else "disconnected"}
        response = Response(orjson.dumps(body), 200 if flowing else 503, media_type="application/json")
        response.headers["cache-control"] = "no-store"
        await response(scope, receive, send)

    return app
