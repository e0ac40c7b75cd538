"""The outbox: mails as rows of `millstream.mails`, written by features, taken and settled by the delivery.

`Outbox.post` runs in the caller's open transaction: no commit, no mail. The rows hold links that sign people in, so
their text is forgotten as soon as they have left or were given up. Without a mail server they are `kept` and never
become due, also not when a server is configured later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from millstream.mail.letter import Occasion
from millstream.mail.templates import Templates
from millstream.postgres.pool import SqlConnection

SIGNAL = "millstream.mail"
"""Prefix of the log message that the outbox's trigger writes when a mail is due."""


@dataclass(frozen=True, slots=True)
class DueMail:
    """One mail to be sent now, taken for as long as its lease lasts; `attempt` counts from 1."""

    id: UUID
    recipient: str
    subject: str
    text: str
    html: str
    attempt: int


class Outbox:
    """Where features leave their mails. `delivers` says whether they go anywhere."""

    def __init__(self, templates: Templates, *, delivers: bool) -> None:
        self._templates = templates
        self.delivers = delivers

    async def post(
        self, connection: SqlConnection, occasion: Occasion, recipient: str, values: Mapping[str, str]
    ) -> None:
        """Write a mail within the connection's transaction."""
        letter = self._templates.write(occasion, recipient, values)
        await connection.execute(
            """
            insert into millstream.mails (id, occasion, recipient, subject, text_body, html_body, state)
            values (%s, %s, %s, %s, %s, %s, %s)
            """,
            (
                uuid4(),
                occasion.value,
                recipient,
                letter.subject,
                letter.text,
                letter.html,
                "due" if self.delivers else "kept",
            ),
        )


async def take_due(connection: SqlConnection, *, most: int, lease: timedelta) -> list[DueMail]:
    """Take mails that are due; whoever took them and dies leaves them due again after the lease."""
    cursor = await connection.execute(
        """
        update millstream.mails set attempts = attempts + 1, run_at = now() + %s
        where id in (
          select id from millstream.mails where state = 'due' and run_at <= now()
          order by run_at limit %s for update skip locked
        )
        returning id, recipient, subject, text_body, html_body, attempts
        """,
        (lease, most),
    )
    return [
        DueMail(
            row["id"], row["recipient"], row["subject"], row["text_body"] or "", row["html_body"] or "", row["attempts"]
        )
        for row in await cursor.fetchall()
    ]


async def settle_sent(connection: SqlConnection, mail_id: UUID) -> None:
    """Record that a mail has left."""
    await _settle(connection, mail_id, "sent", None)


async def settle_given_up(connection: SqlConnection, mail_id: UUID, error: str) -> None:
    """Record that a mail will not leave any more."""
    await _settle(connection, mail_id, "failed", error)


async def postpone(connection: SqlConnection, mail_id: UUID, error: str, wait: timedelta) -> None:
    """Make a mail due again later."""
    await connection.execute(
        "update millstream.mails set run_at = now() + %s, last_error = %s where id = %s and state = 'due'",
        (wait, error, mail_id),
    )


async def forget_old(connection: SqlConnection, *, keep: timedelta) -> int:
    """Delete what was settled or kept long ago; return how many rows."""
    cursor = await connection.execute(
        "delete from millstream.mails where state <> 'due' and created_at < now() - %s::interval", (keep,)
    )
    return cursor.rowcount


async def load_kept(connection: SqlConnection, *, most: int) -> list[dict[str, Any]]:
    """Return the newest mails that were kept instead of sent, for the inbox of development."""
    cursor = await connection.execute(
        """
        select id, occasion, recipient, subject, text_body, html_body, created_at
        from millstream.mails where state = 'kept' order by created_at desc, id limit %s
        """,
        (most,),
    )
    return list(await cursor.fetchall())


async def _settle(connection: SqlConnection, mail_id: UUID, state: str, error: str | None) -> None:
    await connection.execute(
        """
        update millstream.mails
        set state = %s, settled_at = now(), last_error = %s, text_body = null, html_body = null
        where id = %s
        """,
        (state, error, mail_id),
    )
