"""A project's connections to its database, one kind for each kind of work, so that none waits for another's.

Opened by `server.project` for as long as the project runs; closed in the opposite order.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from millstream.observe import Observer
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.pool import Pool, open_pool
from millstream.postgres.settings import Address, address_of
from millstream.server.project_mail import ProjectMail, project_mail
from millstream.server.project_settings import ProjectSettings

_ASKING = 2
"""Connections that ask who may watch a view while others compute them."""


@dataclass(frozen=True, slots=True)
class Connections:
    """Typed work with its mail, requests, checks of visibility, looks at its health, live views: each apart."""

    address: Address
    pool: Pool
    requests: PipelinePool
    checks: PipelinePool
    health: PipelinePool
    views: PipelinePool
    mail: ProjectMail


@asynccontextmanager
async def connect(settings: ProjectSettings, observe: Observer) -> AsyncIterator[Connections]:
    """Open a project's connections for the length of the block; raises DatabaseUnreachable when nobody answers."""
    limits = settings.database
    if limits.url is None:
        raise ValueError("a project needs the URL of its database")
    address = address_of(limits.url)

    def pipeline(name: str, size: int = limits.pool_size) -> PipelinePool:
        return PipelinePool(
            address,
            size=size,
            wait_seconds=limits.pool_wait_seconds,
            connect_seconds=limits.connect_seconds,
            settings={"statement_timeout": str(limits.statement_timeout_ms), "application_name": "millstream"},
            observe=observe,
            name=name,
        )

    async with (
        open_pool(address, limits) as pool,
        pipeline("requests") as requests,
        pipeline("checks") as checks,
        pipeline("health", 1) as health,
        pipeline("live views", settings.live_views.runs_at_once + _ASKING) as views,
    ):
        with project_mail(settings, pool, observe) as mail:
            yield Connections(address, pool, requests, checks, health, views, mail)
