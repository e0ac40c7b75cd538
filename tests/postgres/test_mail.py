"""The outbox and its delivery, with a real database and a real, if small, mail server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from psycopg import Rollback

from millstream.mail.delivery import Delivery, MailGivenUp, MailPostponed, MailSent, OutboxUnreachable
from millstream.mail.letter import Occasion
from millstream.mail.outbox import Outbox
from millstream.mail.settings import MailSettings
from millstream.mail.smtp import SmtpTransport
from millstream.mail.templates import load_templates
from millstream.postgres.pool import Pool, lend, open_pool
from tests.fixtures.smtp_server import SmtpServer, smtp_server
from tests.fixtures.witness import Witness


@dataclass
class Mailing:
    pool: Pool
    outbox: Outbox
    delivery: Delivery
    server: SmtpServer
    witness: Witness

    async def post(self, *recipients: str) -> None:
        for recipient in recipients:
            async with lend(self.pool) as connection:
                await self.outbox.post(connection, Occasion.RECOVERY, recipient, {"code": "123456"})

    async def rows(self) -> list[dict]:
        async with lend(self.pool) as connection:
            return await (await connection.execute("select * from millstream.mails order by recipient")).fetchall()

    async def hasten(self) -> None:
        """Let the waits of retries and leases be over."""
        async with lend(self.pool) as connection:
            await connection.execute("update millstream.mails set run_at = now() where state = 'due'")


@asynccontextmanager
async def mailing(database, **settings) -> AsyncIterator[Mailing]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(smtp_server())
        chosen = MailSettings(smtp_host="127.0.0.1", smtp_port=server.port, smtp_security="none")
        chosen = replace(chosen, **settings)
        pool = await stack.enter_async_context(open_pool(database.address, database.settings))
        transport = SmtpTransport(chosen)
        stack.callback(transport.close)
        witness = Witness()
        outbox = Outbox(load_templates(None, site_name="Site", site_url="http://site"), delivers=True)
        yield Mailing(pool, outbox, Delivery(pool, chosen, transport, witness), server, witness)


@asynccontextmanager
async def running(delivery):
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(delivery.run())
        try:
            yield
        finally:
            task.cancel()


async def test_a_committed_mail_arrives_and_its_text_is_forgotten(database):
    async with mailing(database) as mail:
        await mail.post("ada@example.org")
        async with running(mail.delivery):
            await mail.witness.saw(MailSent)
        (arrived,) = mail.server.mails
        assert arrived["To"] == "ada@example.org"
        assert "123456" in arrived.get_body(("plain",)).get_content()
        (row,) = await mail.rows()
        assert (row["state"], row["text_body"], row["html_body"], row["attempts"]) == ("sent", None, None, 1)
        assert row["settled_at"] is not None


async def test_a_mail_of_a_transaction_that_was_rolled_back_is_never_sent(database):
    async with mailing(database) as mail:
        async with lend(mail.pool) as connection, connection.transaction():
            await mail.outbox.post(connection, Occasion.RECOVERY, "ada@example.org", {})
            raise Rollback
        assert await mail.delivery.send_due() == 0


async def test_a_busy_server_gets_the_mail_again_later(database):
    async with mailing(database) as mail:
        mail.server.answers = [b"451 try later"]
        await mail.post("ada@example.org")
        await mail.delivery.send_due()
        assert mail.witness.all(MailPostponed)[0].error == "The mail server put the recipient off (451)"
        assert await mail.delivery.send_due() == 0
        await mail.hasten()
        await mail.delivery.send_due()
        assert len(mail.server.mails) == 1
        assert mail.witness.all(MailSent)[0].attempt == 2


async def test_an_unknown_recipient_is_given_up_at_once(database):
    async with mailing(database) as mail:
        mail.server.answers = [b"550 nobody here"]
        await mail.post("nobody@example.org")
        await mail.delivery.send_due()
        assert mail.witness.all(MailGivenUp)[0].attempt == 1
        (row,) = await mail.rows()
        assert (row["state"], row["text_body"], row["last_error"]) == (
            "failed",
            None,
            "The mail server refused the recipient (550)",
        )


async def test_a_server_that_never_answers_is_given_up_after_the_last_attempt(database):
    async with mailing(database, attempts=2, smtp_port=1) as mail:
        await mail.post("ada@example.org")
        for _ in range(2):
            await mail.delivery.send_due()
            await mail.hasten()
        assert [len(mail.witness.all(kind)) for kind in (MailPostponed, MailGivenUp)] == [1, 1]
        assert (await mail.rows())[0]["state"] == "failed"


async def test_a_server_without_encryption_gets_nothing_where_it_is_asked_for(database):
    async with mailing(database, smtp_security="starttls") as mail:
        await mail.post("ada@example.org")
        await mail.delivery.send_due()
        assert "STARTTLS" in mail.witness.all(MailPostponed)[0].error
        assert mail.server.mails == []


async def test_two_deliveries_share_the_work_and_send_nothing_twice(database):
    recipients = sorted(f"p{number}@example.org" for number in range(8))
    async with mailing(database, smtp_connections=4) as mail:
        await mail.post(*recipients)
        counts = await asyncio.gather(mail.delivery.send_due(), mail.delivery.send_due())
        assert sum(counts) == 8
        assert sorted(arrived["To"] for arrived in mail.server.mails) == recipients


async def test_what_was_settled_long_ago_is_forgotten_but_not_what_is_due(database):
    async with mailing(database, smtp_port=1) as mail:
        await mail.post("due@example.org", "old@example.org", "new@example.org")
        async with lend(mail.pool) as connection:
            await connection.execute("update millstream.mails set state = 'sent' where recipient <> 'due@example.org'")
            await connection.execute(
                "update millstream.mails set created_at = now() - interval '31 days' where recipient !~ '^new'"
            )
        async with running(mail.delivery):
            await mail.witness.saw(MailPostponed)
        assert [row["recipient"] for row in await mail.rows()] == ["due@example.org", "new@example.org"]


async def test_a_database_that_is_away_is_waited_for(database, cluster):
    async with mailing(database, poll_seconds=0.05) as mail:
        mail.pool.timeout = 0.2
        with cluster.administrator() as administrator:
            administrator.execute(f"alter database {database.name} allow_connections false")
            administrator.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", (database.name,)
            )
        async with running(mail.delivery):
            await mail.witness.saw(OutboxUnreachable)
            with cluster.administrator() as administrator:
                administrator.execute(f"alter database {database.name} allow_connections true")
            mail.pool.timeout = 10
            await mail.post("ada@example.org")
            await mail.witness.saw(MailSent)


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
async def test_no_caller_can_read_the_outbox(database, role):
    async with mailing(database) as mail, lend(mail.pool) as connection:
        allowed = await (
            await connection.execute("select has_schema_privilege(%s, 'millstream', 'usage') as yes", (role,))
        ).fetchone()
        assert allowed == {"yes": False}
