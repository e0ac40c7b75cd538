"""The page at `/` of a server with several applications: what each is for, who may sign in, and where it is.

Made once, when the server starts, of the cards that it is given; no script, nothing from elsewhere, light and dark as
the reader's system is. Answers its own address alone: everything else below `/` is nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from millstream.asgi.error_pages import send_error

_HEADERS = {
    "cache-control": "no-cache",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-content-type-options": "nosniff",
}
_DEMO_HINT = "Open an application in two browsers, sign in with one click, and change something in one of them."


@dataclass(frozen=True, slots=True)
class Card:
    """One application; `people` are those as whom a visitor of a demo may sign in, `links` lead elsewhere, by name.

    `moves` says that `millstream simulate` can play its users.
    """

    title: str
    summary: str
    path: str
    people: Sequence[str] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    moves: bool = False


def start_page_app(cards: Sequence[Card], *, demo: bool) -> ASGIApp:
    """Return the application that answers `GET /` with the cards, and everything else with 404."""
    page = render_start_page(cards, demo=demo)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] not in ("", "/", "/index.html"):
            await send_error(send, status=404, code="not_found", message=f"Nothing is served at {scope['path']}.")
        elif scope["method"] not in ("GET", "HEAD"):
            await send_error(send, status=405, code="method_not_allowed", message="The start page is read with GET.")
        else:
            await HTMLResponse(page, headers=_HEADERS)(scope, receive, send)

    return app


def render_start_page(cards: Sequence[Card], *, demo: bool) -> str:
    """Return the page; whatever an application says of itself is text there, never markup."""
    template = Template(Path(__file__).with_name("start_page.html").read_text(encoding="utf-8"))
    return template.substitute(
        hint=_DEMO_HINT if demo else "",
        cards="\n".join(map(_rendered, cards)),
        moving="".join(_moving(card) for card in cards if card.moves and demo),
        first=escape(cards[0].path.strip("/")) if cards else "",
    )


def _moving(card: Card) -> str:
    name = escape(card.path.strip("/"))
    return f"<p>Let others use {escape(card.title)} while you look: <code>millstream simulate {name}</code></p>\n"


def _rendered(card: Card) -> str:
    title, path = escape(card.title), escape(card.path)
    people = "".join(f"<li>{escape(person)}</li>" for person in card.people)
    shown = (
        f'<div class="people">Sign in as<ul aria-label="Sign in to {title} as">{people}</ul></div>' if people else ""
    )
    more = "".join(f'<a href="{escape(href)}">{escape(name)}</a>' for name, href in card.links.items())
    links = f'<a class="open" href="{path}">Open {title}</a>{more}'
    said = f"<h2>{title}</h2><p>{escape(card.summary)}</p>{shown}"
    return f'<li class="card">{said}<div class="actions">{links}</div></li>'
