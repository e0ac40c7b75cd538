"""One application, declared: a frozen value that an application makes once and that the server reads.

It says what there is (SQL, operations, errors, work in the background, demo data) and does nothing by itself. What
contradicts itself is refused here, when the application is imported.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi import APIRouter

from millstream.app.background import BackgroundTask
from millstream.app.demo import Demo, DemoUser
from millstream.app.errors import AppInvalid
from millstream.app.inbound_webhook import InboundWebhook
from millstream.app.routes import refuse_invalid_routes
from millstream.app.simulation import Simulation
from millstream.live_views import LiveView
from millstream.operations import Operation, OperationError
from millstream.postgres.migrations import MigrationSource
from millstream.rooms.declaration import Rooms
from millstream.webhooks.capture.definition import WebhookEvent

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What an application consists of.

    `summary` says in one line what it is for, on the start page. `sql` is the folder with `migrations/` and the
    repeatable files. `errors` maps names of constraints to the errors that callers of operations get. `demo` makes demo
    data; it runs again with every start and must change nothing then. `demo_users` are people whom it makes.
    `webhooks` says which changes are events,
    `inbound_webhooks` what others may call. `routes` are routers of FastAPI, served below `/api`.
    `live_views` are queries whose results stay current on the screens of whoever may watch them. `rooms` say who may be
    in which room, and which changes are told there.
    `simulation` is traffic that `millstream simulate` plays as people of the demo.
    """

    name: str
    title: str
    summary: str = ""
    sql: Path
    operations: Sequence[Operation[..., Any]] = ()
    errors: Mapping[str, type[OperationError]] = field(default_factory=dict)
    background: Sequence[BackgroundTask] = ()
    webhooks: Sequence[WebhookEvent] = ()
    inbound_webhooks: Sequence[InboundWebhook[Any]] = ()
    routes: Sequence[APIRouter] = ()
    live_views: Sequence[LiveView] = ()
    rooms: Rooms | None = None
    demo: Callable[[Demo], Awaitable[None]] | None = None
    demo_users: Sequence[DemoUser] = ()
    simulation: Simulation | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot work, naming it."""
        if not _NAME.fullmatch(self.name):
            raise AppInvalid(f"The application's name {self.name!r} is no lower-case identifier.")
        if not (self.sql / "migrations").is_dir():
            raise AppInvalid(f"The application {self.name} has no folder {self.sql.name}/migrations.")
        _refuse_twins(self.name, "operation", [one.name for one in self.operations])
        _refuse_twins(self.name, "inbound webhook", [one.name for one in self.inbound_webhooks])
        _refuse_twins(self.name, "background task", [one.name for one in self.background])
        _refuse_twins(self.name, "live view", [one.name for one in self.live_views])
        refuse_invalid_routes(self.name, self.routes)

    @property
    def migrations(self) -> MigrationSource:
        """Return the SQL in the form that `postgres.migrations.migrate` takes."""
        return MigrationSource(self.name, self.sql)


def operations_of(*modules: ModuleType) -> list[Operation[..., Any]]:
    """Return the operations that these modules hold, in the order in which they are written."""
    return [value for module in modules for value in vars(module).values() if isinstance(value, Operation)]


def _refuse_twins(app: str, kind: str, names: Sequence[str]) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise AppInvalid(f"The application {app} declares the {kind} {twins[0]!r} twice.")
