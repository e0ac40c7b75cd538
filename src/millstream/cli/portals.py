"""What a browser is shown beside the projects: each application's portal, and a start page where there are several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from millstream.app.declaration import App
from millstream.asgi.portal import portal_app
from millstream.asgi.start_page import Card, start_page_app
from millstream.auth.settings import DEVELOPMENT_SECRET_KEY, AuthSettings
from millstream.server.project import Project


def portals_of(projects: Sequence[Project], *, demo: bool) -> Mapping[str, ASGIApp]:
    """Return what is mounted beside the projects, by path prefix."""
    mounted = {one.settings.prefix: _portal(one, one.app, demo=demo) for one in projects if one.app is not None}
    cards = [_card(one, one.app, demo=demo) for one in projects if one.app is not None]
    return mounted if "" in mounted or not cards else {**mounted, "": start_page_app(cards, demo=demo)}


def is_built(app: App) -> bool:
    """Say whether the portal of an application was built."""
    return (_folder(app) / "index.html").exists()


def admin_url(url: str, auth: AuthSettings) -> str:
    """Return the address of a project's admin view, with the key behind `#` where everybody knows the key anyway.

    What stands behind `#` is sent to no server; a key of one's own is not shown at all.
    """
    known = DEVELOPMENT_SECRET_KEY in auth.secret_keys
    return f"{url}/admin/" + (f"#key={DEVELOPMENT_SECRET_KEY}" if known else "")


def _folder(app: App) -> Path:
    return app.sql.parent / "portal" / "dist"


def _portal(project: Project, app: App, *, demo: bool) -> ASGIApp:
    config: dict[str, Any] = {
        "name": app.name,
        "title": app.title,
        "anonKey": project.auth.api_keys.anon_key,
        "demo": demo,
        "demoUsers": [asdict(user) for user in app.demo_users] if demo else [],
    }
    return portal_app(_folder(app), config)


def _card(project: Project, app: App, *, demo: bool) -> Card:
    prefix = project.settings.prefix
    links = {"Admin view": admin_url(prefix, project.settings.auth) if demo else f"{prefix}/admin/"}
    if demo and project.mail.has_inbox:
        links["Mail inbox"] = f"{prefix}/auth/v1/dev/mails"
    people = [user.label for user in app.demo_users] if demo else []
    moves = app.simulation is not None
    return Card(title=app.title, summary=app.summary, path=f"{prefix}/", people=people, links=links, moves=moves)
