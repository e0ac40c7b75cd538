"""Serves an application's built portal: its files, `config.json`, and `index.html` for every page of its router.

One build serves a project at any prefix: the `<base>` of `index.html` is set to where the portal is mounted.

Files with a hash in their name are kept by the browser for ever, everything else is asked for again. Every answer
carries a content security policy: scripts from here alone, connections to here alone, no frames.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
)
_SECURITY_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
}


class Portal(StaticFiles):
    """The built files of one portal, with its configuration at `config.json`."""

    def __init__(self, folder: Path, config: Mapping[str, Any]) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self.config_checked = True  # the folder may be missing: `config.json` is there without it
        self._folder = folder
        self._config = orjson.dumps(config)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, or the page's shell where the path is one of the portal's own routes."""
        if path == "config.json":
            return self._finish(Response(self._config, media_type="application/json"), path)
        if path in {".", "index.html"}:
            return self._finish(self._shell(scope), path)
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or Path(path).suffix:
                raise
            response = self._shell(scope)
        return self._finish(response, path)

    def _shell(self, scope: Scope) -> Response:
        base = f'<base href="{html.escape(scope["root_path"])}/"'
        page = (self._folder / "index.html").read_text(encoding="utf-8").replace('<base href="/"', base, 1)
        return HTMLResponse(page)

    @staticmethod
    def _finish(response: Response, path: str) -> Response:
        response.headers.update(_SECURITY_HEADERS)
        hashed = path.startswith("assets/")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response


def portal_app(folder: Path, config: Mapping[str, Any]) -> ASGIApp:
    """Return the portal, or a page that says how to build it when the folder is empty."""
    portal = GZipMiddleware(Portal(folder, config), minimum_size=1000)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if not (folder / "index.html").exists() and scope["path"].removeprefix(scope["root_path"]) != "/config.json":
            message = "The portal is not built yet: run `make web`, or `make run`, which does it by itself.\n"
            await Response(message, status_code=503, media_type="text/plain")(scope, receive, send)
            return
        try:
            await portal(scope, receive, send)
        except HTTPException as error:
            await Response(str(error.detail), error.status_code, media_type="text/plain")(scope, receive, send)

    return app
