"""A project's web push, put together from its settings: the delivery of what SQL left in the kit's outbox.

A project without an application has no tables of the kit, and so no web push.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from millstream.app.declaration import App
from millstream.kit.push import PushDelivery
from millstream.kit.push.posting import open_poster
from millstream.observe import Observer
from millstream.postgres.pool import Pool
from millstream.sealing import Sealer
from millstream.server.project_settings import ProjectSettings
from millstream.server.project_webhooks import allows_private_addresses
from millstream.webhooks.endpoints.address_guard import AddressGuard


@asynccontextmanager
async def project_push(
    settings: ProjectSettings, app: App | None, pool: Pool, observe: Observer
) -> AsyncIterator[PushDelivery | None]:
    """Open the web push of a project for the length of the block."""
    if app is None:
        yield None
        return
    materials = [material.encode() for material in (*settings.auth.encryption_keys, settings.auth.jwt_secret)]
    sealer = Sealer(materials, purpose="push", random=secrets.token_bytes)
    async with open_poster(settings.push, AddressGuard(allows_private_addresses(settings))) as poster:
        yield PushDelivery(pool, settings.push, poster, sealer, contact=contact_of(settings), observe=observe)


def contact_of(settings: ProjectSettings) -> str | None:
    """Return where push services find who sends: what was set, else the site where it is more than this machine."""
    site = settings.auth.site_url
    return settings.push.contact or (site if site.startswith("https://") else None)
