"""What a project shows to those who run it, put together: health, readiness, metrics and the admin view.

Built by `server.project` beside the features, of which it only reads. `Counts` stands apart, since it observes from the
very first connection on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp

import millstream.asgi
from millstream.asgi.admin import admin_app
from millstream.asgi.authenticate import Authenticator
from millstream.asgi.health import Pulse, health_app, ready_app
from millstream.asgi.metrics import metrics_app
from millstream.asgi.webhooks.app import webhooks_api
from millstream.auth.credentials import Credentials
from millstream.auth.settings import development_defaults
from millstream.operations import SERVICE
from millstream.rest.schema.watch import SchemaWatch
from millstream.server.admin_views import AdminViews
from millstream.server.connections import Connections
from millstream.server.live import Live
from millstream.server.metrics_observer import Counts
from millstream.server.metrics_state import Exposition
from millstream.server.project_settings import ProjectSettings
from millstream.server.readiness import Readiness
from millstream.server.vitals import Vitals
from millstream.webhooks.administration.access import Administration

ADMIN_PAGE = Path(millstream.asgi.__file__).parent / "admin_page"
"""Where `tools/web.py` puts the page that it builds of `web/admin`."""


@dataclass(frozen=True, slots=True)
class Operators:
    """The condition of one project."""

    pulse: Pulse
    readiness: Readiness
    exposition: Exposition
    views: AdminViews

    def apps(
        self,
        settings: ProjectSettings,
        authenticate: Authenticator,
        credentials: Credentials,
        webhooks: Administration,
    ) -> Mapping[str, ASGIApp]:
        """Return what answers operators over HTTP, by path."""
        prefix = settings.prefix
        open_locally = bool(development_defaults(settings.auth))
        return {
            f"{prefix}/admin": admin_app(
                self.views,
                credentials,
                settings.operators,
                webhooks=webhooks_api(webhooks, lambda _: SERVICE),
                folder=ADMIN_PAGE,
                name=self.views.name,
                title=self.views.title,
            ),
            f"{prefix}/health": health_app(self.pulse),
            f"{prefix}/ready": ready_app(self.readiness.problems),
            f"{prefix}/metrics": metrics_app(
                self.exposition.render, authenticate, settings.operators, open_locally=open_locally
            ),
        }


def build_operators(
    settings: ProjectSettings,
    connections: Connections,
    *,
    counts: Counts,
    schema: SchemaWatch,
    live: Live,
    title: str,
) -> Operators:
    """Put it together; nothing is asked of the database before somebody asks here."""
    tailer, sockets = live.tailer, live.sockets
    vitals = Vitals(connections.health, settings.wal.slot, tailer, asyncio.get_running_loop().time)
    exposition = Exposition(
        counts,
        vitals,
        sockets=sockets,
        rooms=live.rooms,
        tailer=tailer,
        pipelines=(connections.requests, connections.checks),
        sessions=connections.pool,
    )
    readiness = Readiness(vitals, tailer, schema, settings.operators)
    views = AdminViews(
        name=settings.name,
        title=title,
        counts=counts,
        vitals=vitals,
        readiness=readiness,
        tailer=tailer,
        catalog=live.catalog,
        endpoint=sockets,
        room_server=live.rooms,
        started_at=time.time(),
    )
    pulse = Pulse(tailer, live.rooms.count_connections if live.rooms is not None else None)
    return Operators(pulse, readiness, exposition, views)
