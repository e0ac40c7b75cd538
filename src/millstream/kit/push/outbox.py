"""The outbox of web push, `kit.push_messages`, and the devices and the key beside it, as the delivery uses them.

Rows are written by `kit.notify` in SQL. Each function here is one statement or one short transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from millstream.kit.push.vapid import VapidKey
from millstream.postgres.pool import SqlConnection
from millstream.sealing import Sealer

SIGNAL = "millstream.push"
"""Prefix of the log message that says that something is due."""

_PLACE = "kit.push_keys"


@dataclass(frozen=True, slots=True)
class Device:
    """Where a message goes, and the keys with which it is encrypted. Nothing of it belongs in a log."""

    id: UUID
    endpoint: str
    p256dh: str
    auth_secret: str


@dataclass(frozen=True, slots=True)
class DueMessage:
    """One message to be sent now, taken for as long as its lease lasts; `attempt` counts from 1."""

    id: UUID
    notification_id: UUID
    content: Mapping[str, Any]
    attempt: int
    seconds_left: float
    device: Device


async def take_due(connection: SqlConnection, *, most: int, lease: timedelta, ttl: timedelta) -> list[DueMessage]:
    """Take messages that are due; whoever took them and dies leaves them due again after the lease.

    One of each device, so that a device that is slow, maybe on purpose, has no more than its share. None is worth
    anything when the session has run out in which it was asked for.
    """
    cursor = await connection.execute(
        """
        with due as materialized (
          select m.id from kit.push_messages as m
          where m.run_at <= clock_timestamp() and not exists (
            select from kit.push_messages as o where o.device_id = m.device_id and (o.run_at, o.id) < (m.run_at, m.id)
          )
          order by m.run_at limit %s for update of m skip locked
        )
        update kit.push_messages as m set attempts = m.attempts + 1, run_at = clock_timestamp() + %s
        from due, kit.push_devices as d left join auth.sessions as s on s.id = d.session_id
        where m.id = due.id and d.id = m.device_id
        returning m.id, m.notification_id, m.content, m.attempts, d.id as device_id, d.endpoint, d.p256dh,
          d.auth_secret, extract(epoch from least(m.created_at + %s, s.not_after) - clock_timestamp())::float
            as seconds_left
        """,
        (most, lease, ttl),
    )
    return [
        DueMessage(
            row["id"], row["notification_id"], row["content"], row["attempts"], row["seconds_left"],
            Device(row["device_id"], row["endpoint"], row["p256dh"], row["auth_secret"]),
        )
        for row in await cursor.fetchall()
    ]  # fmt: skip


async def settle(connection: SqlConnection, message: DueMessage) -> None:
    """Forget a message that has left or is given up."""
    await connection.execute("delete from kit.push_messages where id = %s", (message.id,))


async def postpone(connection: SqlConnection, message: DueMessage, wait: timedelta) -> None:
    """Make a message due again later, and what else waits for its device no sooner."""
    await connection.execute(
        """
        update kit.push_messages set run_at = clock_timestamp() + %s where id in (
          select id from kit.push_messages
          where device_id = %s and (id = %s or run_at < clock_timestamp() + %s) for update skip locked
        )
        """,
        (wait, message.device.id, message.id, wait),
    )


async def remove_device(connection: SqlConnection, device: Device) -> None:
    """Forget a device with all that waits for it."""
    await connection.execute("delete from kit.push_devices where id = %s", (device.id,))


async def load_key(connection: SqlConnection, sealer: Sealer, *, contact: str | None) -> VapidKey:
    """Return the project's key; make it where there is none yet. Raises SealBroken.

    What was sealed by an earlier key is sealed anew.
    """
    async with connection.transaction():
        made = VapidKey.generate()
        await connection.execute(
            "insert into kit.push_keys (public_key, sealed_key) values (%s, %s) on conflict do nothing",
            (made.public_text, sealer.seal(made.private_text, place=_PLACE)),
        )
        cursor = await connection.execute("select sealed_key from kit.push_keys for update")
        [row] = await cursor.fetchall()
        text = sealer.open(row["sealed_key"], place=_PLACE)
        if not sealer.is_current(row["sealed_key"]):
            await connection.execute("update kit.push_keys set sealed_key = %s", (sealer.seal(text, place=_PLACE),))
    return VapidKey.from_text(text, contact=contact)
