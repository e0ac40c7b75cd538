"""The outbox: mails as rows of `millstream.mails`, written by features, taken and settled by the delivery.

`Outbox.post` runs in the caller's open transaction: no commit, no mail. The rows hold links that sign people in, so
their text is forgotten as soon as they have left or were given up. Without a mail server they are `kept` and never
become due, also not when a server is configured later. SQL leaves drafts, which the server writes out.
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

    async def write_drafts(self, connection: SqlConnection, *, most: int) -> int:
        """Write out what SQL asked for; return how many mails there were. One that cannot be written has failed."""
        cursor = await connection.execute(
            """
            select id, occasion, recipient, draft from millstream.mails
            where state = 'draft' order by created_at limit %s for update skip locked
            """,
            (most,),
        )
        drafts = await cursor.fetchall()
        for row in drafts:
            await self._write(connection, row)
        return len(drafts)

    async def _write(self, connection: SqlConnection, row: Mapping[str, Any]) -> None:
        try:
            values = self._drafted(row["draft"])
            letter = self._templates.write(Occasion(row["occasion"]), row["recipient"], values)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            written: tuple[str | None, ...] = ("", None, None, "failed", type(error).__name__)
        else:
            state = "due" if self.delivers else "kept"
            written = (letter.subject, letter.text, letter.html, state, None)
        await connection.execute(
            """
            update millstream.mails
            set subject = %s, text_body = %s, html_body = %s, state = %s, last_error = %s, draft = null
            where id = %s
            """,
            (*written, row["id"]),
        )

    def _drafted(self, draft: Mapping[str, Any]) -> dict[str, str]:
        """Return the values of a draft; its link is a path of the own site, so that no mail leads elsewhere."""
        values = {name: str(value) for name, value in draft.items() if value is not None}
        path = values.get("link", "/")
        if not path.startswith("/") or path.startswith(("//", "/\\")):
            raise ValueError("the link is no path")
        return {**values, "link": self._templates.site_url.rstrip("/") + path}


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
