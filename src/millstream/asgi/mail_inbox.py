"""The mail inbox of development: shows the mails that were kept because the project has no mail server.

Its mails sign people in, so it answers only where the server itself does not leave this machine: to a peer on
loopback that also names a loopback host, which a page elsewhere that resolves its name to this machine cannot
(DNS rebinding). No CORS headers, no scripts, mails in a sandbox. JSON for programs that ask for it, such as tests.
"""

from __future__ import annotations

import functools
from html import escape
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from millstream.asgi.auth.responses import json_response, render_auth_error
from millstream.asgi.peers.local import is_local
from millstream.auth.errors import RouteNotFound
from millstream.errors import MillstreamError
from millstream.mail.outbox import load_kept
from millstream.postgres.pool import Pool, lend

_MOST_SHOWN = 50
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_STYLE = (
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;"
    "padding:0 1rem}iframe{width:100%;height:27rem;border:1px solid GrayText;border-radius:6px;background:Canvas}"
    "summary{cursor:pointer;padding:.4rem 0}time{opacity:.7}"
)


def mail_inbox_app(pool: Pool) -> ASGIApp:
    """Return the inbox, `/mails` below wherever it is mounted, which must be outside CORS."""
    routes = [Route("/mails", functools.partial(_show, pool))]
    return Starlette(routes=routes, exception_handlers={MillstreamError: render_auth_error})


async def _show(pool: Pool, request: Request) -> Response:
    if not is_local(request.scope):
        raise RouteNotFound("Nothing is served at this path")
    async with lend(pool) as connection:
        mails = await load_kept(connection, most=_MOST_SHOWN)
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(_page(mails), headers=_HEADERS)
    return json_response(request, [_as_json(mail) for mail in mails])


def _as_json(mail: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": mail["id"],
        "occasion": mail["occasion"],
        "to": mail["recipient"],
        "subject": mail["subject"],
        "text": mail["text_body"],
        "html": mail["html_body"],
        "created_at": mail["created_at"],
    }


def _page(mails: list[dict[str, Any]]) -> str:
    shown = "".join(_entry(mail, is_open=mail is mails[0]) for mail in mails) or "<p>No mail yet.</p>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Mails</title><style>{_STYLE}</style></head><body><main><h1>Mails that would have been sent</h1>"
        f"{shown}</main></body></html>"
    )


def _entry(mail: dict[str, Any], *, is_open: bool) -> str:
    subject, recipient = escape(mail["subject"]), escape(mail["recipient"])
    sandbox = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
    # In the frame nothing runs; links lead out of it, in the page's own place.
    content = escape(f'<base target="_top">{mail["html_body"] or ""}')
    heading = f"<strong>{subject}</strong> to {recipient} <time>{mail['created_at']:%H:%M:%S}</time>"
    return (
        f"<details{' open' if is_open else ''}><summary>{heading}</summary>"
        f'<iframe title="{subject}" sandbox="{sandbox}" srcdoc="{content}"></iframe></details>'
    )
