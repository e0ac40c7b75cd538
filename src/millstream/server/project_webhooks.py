"""A project's webhooks, put together from its settings, with connections of their own.

Neither a burst of events nor a slow receiver takes a connection from requests: capture and delivery share a few.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from millstream.app.declaration import App
from millstream.app.inbound_calls import InboundCalls
from millstream.auth.settings import development_defaults
from millstream.observe import Observer
from millstream.postgres.pool import Pool, open_pool
from millstream.postgres.settings import Address
from millstream.sealing import Sealer
from millstream.server.project_settings import ProjectSettings
from millstream.webhooks.administration.make import keep_make_endpoint
from millstream.webhooks.capture.publication import publish_tables
from millstream.webhooks.settings import inbound_secrets
from millstream.webhooks.webhooks import Webhooks, open_webhooks

_CONNECTIONS = 4


@asynccontextmanager
async def project_webhooks(
    settings: ProjectSettings, app: App | None, address: Address, log: Callable[[], str], observe: Observer
) -> AsyncIterator[Webhooks]:
    """Open the webhooks of a project for the length of the block; `log` names the log that is followed."""
    definitions = app.webhooks if app else ()
    webhooks = replace(settings.webhooks, allow_private_addresses=allows_private_addresses(settings))
    async with open_pool(address, replace(settings.database, session_pool_size=_CONNECTIONS)) as pool:
        await publish_tables(pool, definitions)
        async with open_webhooks(
            webhooks,
            definitions,
            pool,
            sealer=project_sealer(settings),
            slot=settings.wal.slot,
            log=log,
            worker_name=f"{settings.name}-{os.getpid()}",
            observe=observe,
        ) as opened:
            await keep_make_endpoint(opened.administration)
            yield opened


def project_inbound(settings: ProjectSettings, app: App | None, pool: Pool, observe: Observer) -> InboundCalls:
    """Return the webhooks that the application takes, with the secrets of the settings."""
    return InboundCalls(
        app.inbound_webhooks if app else (),
        inbound_secrets(settings.webhooks),
        pool=pool,
        clock=time.time,
        errors=app.errors if app else None,
        settings=settings.operations,
        observe=observe,
    )


def allows_private_addresses(settings: ProjectSettings) -> bool:
    """Tell whether webhooks may go to this machine: by the setting, or while keys are those of development.

    A project with such keys never leaves loopback, so whoever makes an endpoint sits at the machine.
    """
    return settings.webhooks.allow_private_addresses or bool(development_defaults(settings.auth))


def project_sealer(settings: ProjectSettings) -> Sealer:
    """Return what seals the secrets of endpoints, under the keys that the project seals everything with."""
    materials = [material.encode() for material in (*settings.auth.encryption_keys, settings.auth.jwt_secret)]
    return Sealer(materials, purpose="webhooks", random=secrets.token_bytes)
