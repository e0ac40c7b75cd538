"""Answers `/health`: whether the process serves and whether changes flow, for load balancers and for the curious."""

from __future__ import annotations

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from millstream.wal.tailer import LogState, Tailer


def health_app(tailer: Tailer) -> ASGIApp:
    """Return an application that answers 200 while the log is followed and 503 while it is not.

    `failed` is what time alone does not heal: PostgreSQL has removed log that was not read.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        state = tailer.state
        status = {LogState.STREAMING: "ok", LogState.LOST: "failed"}.get(state, "degraded")
        body = {"status": status, "log": state.value}
        code = 200 if state is LogState.STREAMING else 503
        response = Response(orjson.dumps(body), code, media_type="application/json")
        response.headers["cache-control"] = "no-store"
        await response(scope, receive, send)

    return app
