"""Which tables the log must tell of so that their changes become events: a publication of our own holds them."""

from __future__ import annotations

from collections.abc import Sequence

from millstream.postgres.pool import Pool
from millstream.postgres.published_tables import publish_tables as publish
from millstream.webhooks.capture.definition import Capture, WebhookEvent

PUBLICATION = "millstream_webhooks"


async def publish_tables(pool: Pool, definitions: Sequence[WebhookEvent]) -> None:
    """Make the publication hold the tables that are captured from the log, and no others."""
    tables = {(one.schema, one.relation) for one in definitions if one.capture is Capture.LOG}
    await publish(pool, PUBLICATION, tables)
