"""The notification centre: who is told, how he wants to be told, and that nobody else reads or writes it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from millstream.app.background import run_round
from millstream.identity import Claims
from millstream.kit.notifications import forget_notifications
from millstream.mail.delivery import Delivery
from millstream.mail.outbox import Outbox
from millstream.mail.settings import MailSettings
from millstream.mail.templates import load_templates
from millstream.postgres.pool import open_pool
from tests.fixtures.postgres import Database
from tests.postgres.kit.conftest import Office

NOTIFY = "select kit.notify(%s, 'booking.created', 'A booking') as made"


@pytest.fixture
async def centre(database: Database) -> AsyncIterator[Office]:
    database.run_as_server("select kit.notification_centre()", "select kit.notification_centre()")
    async with open_pool(database.address, database.settings) as pool:
        yield Office(pool, database)


def sub(claims: Claims) -> UUID:
    return UUID(claims.subject)


async def with_address(office: Office, address: str) -> Claims:
    claims = await office.person()
    office.database.run(
        f"update auth.users set email = '{address}', email_confirmed_at = now() where id = '{claims.subject}'"
    )
    return claims


async def drafts(office: Office) -> list[dict]:
    async with office.owner() as sql:
        return await (await sql.execute("select * from millstream.mails order by recipient")).fetchall()


async def test_somebody_is_told_and_reads_it_once(centre: Office) -> None:
    ann, bob = await centre.person(), await centre.person()
    made = await centre.value(
        "select kit.notify(%s, 'booking.created', 'A booking', 'At nine.', '/bookings/7', data => '{\"n\": 7}')",
        sub(ann),
    )
    [row] = await centre.rows("select * from notifications", claims=ann)
    assert (row["id"], row["title"], row["body"], row["link"], row["data"], row["read_at"]) == (
        made, "A booking", "At nine.", "/bookings/7", {"n": 7}, None,
    )  # fmt: skip
    assert await centre.rows("select * from notifications", claims=bob) == []
    assert await centre.rows("update notifications set read_at = now() returning id", claims=bob) == []
    read = "update notifications set read_at = %s returning read_at"
    first = await centre.value(read, datetime(2001, 1, 1, tzinfo=UTC), claims=ann)
    assert first.year > 2001
    assert await centre.value(read, datetime(2031, 1, 1, tzinfo=UTC), claims=ann) == first
    assert await centre.value(read, None, claims=ann) is None


@pytest.mark.parametrize(
    "statement",
    [
        "insert into notifications (user_id, kind, title) values (auth.uid(), 'a', 'A')",
        "update notifications set title = 'B'",
        "update notifications set user_id = auth.uid()",
        "select kit.notify(auth.uid(), 'a', 'A')",
        "select kit.notify_members(auth.uid(), '{owner}', 'a', 'A')",
        "select kit.forget_notifications('1 day')",
        "select kit.notification_centre()",
    ],
)
async def test_nobody_writes_notifications_but_the_application(centre: Office, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        await centre.rows(statement, claims=await centre.person())


@pytest.mark.parametrize("link", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere", "bookings"])
async def test_a_link_leads_to_the_portal_and_nowhere_else(centre: Office, link: str) -> None:
    ann = await centre.person()
    with pytest.raises(errors.CheckViolation):
        await centre.rows("select kit.notify(%s, 'a', 'A', link => %s)", sub(ann), link)


async def test_a_notification_is_part_of_the_transaction_that_it_tells_of(centre: Office) -> None:
    ann = await centre.person()
    with pytest.raises(psycopg.errors.DivisionByZero):
        await centre.rows(f"with told as ({NOTIFY}) select 1 / (count(told.made) - 1) from told", sub(ann))
    assert await centre.rows("select * from notifications", claims=ann) == []


async def test_nobody_is_told_of_the_same_occasion_twice(centre: Office) -> None:
    ann = await with_address(centre, "ann@example.org")
    told = "select kit.notify(%s, 'reminder', 'Soon', mail => true, occasion => %s)"
    assert await centre.value(told, sub(ann), "reminder of 7") is not None
    assert await centre.value(told, sub(ann), "reminder of 7") is None
    assert await centre.value(told, sub(ann), "reminder of 8") is not None
    assert len(await drafts(centre)) == 2


async def test_people_choose_how_they_are_told_by_kind_and_for_the_rest(centre: Office) -> None:
    ann = await with_address(centre, "ann@example.org")
    choose = "insert into notification_preferences (kind, in_app, mail) values (%s, %s, %s)"
    await centre.rows(choose, "*", True, True, claims=ann)
    await centre.rows(choose, "booking.created", False, False, claims=ann)
    assert await centre.value(NOTIFY, sub(ann)) is None
    assert await centre.value("select kit.notify(%s, 'other', 'Other') is not null", sub(ann))
    assert [mail["subject"] for mail in await drafts(centre)] == ["Other"]
    named = "select kit.notify(%s, 'booking.created', 'A booking', mail => true, occasion => 'x') is not null"
    assert await centre.value(named, sub(ann))
    unread = "select title from notifications where read_at is null"
    assert [row["title"] for row in await centre.rows(unread, claims=ann)] == ["Other"]


async def test_people_choose_for_themselves_alone(centre: Office) -> None:
    ann, bob = await centre.person(), await centre.person()
    with pytest.raises(errors.InsufficientPrivilege):
        await centre.rows("insert into notification_preferences (user_id, kind) values (%s, '*')", sub(ann), claims=bob)
    await centre.rows("insert into notification_preferences (kind) values ('*')", claims=ann)
    assert await centre.rows("select * from notification_preferences", claims=bob) == []


async def test_members_are_told_by_their_role(centre: Office) -> None:
    people = [await centre.person() for _ in range(3)]
    organisation = uuid4()
    centre.database.run(f"insert into auth.organisations (id, slug, name) values ('{organisation}', 'o', 'O')")
    for person, role in zip(people, ("owner", "staff", "customer"), strict=True):
        centre.database.run(
            "insert into auth.memberships (organisation_id, user_id, role)"
            f" values ('{organisation}', '{person.subject}', '{role}')"
        )
    told = await centre.value(
        "select kit.notify_members(%s, '{owner,staff}', 'booking.created', 'A booking')", organisation
    )
    assert told == 2
    rows = [await centre.rows("select organisation_id from notifications", claims=person) for person in people]
    assert rows == [[{"organisation_id": organisation}]] * 2 + [[]]


async def test_a_mail_is_written_from_the_draft_with_a_link_into_the_portal(centre: Office) -> None:
    ann = await with_address(centre, "ann@example.org")
    nobody = await centre.person()
    for claims in (ann, nobody):
        await centre.rows(
            "select kit.notify(%s, 'a', 'Tom & Co', E'One.\\nTwo.', '/bookings/7', mail => true)", sub(claims)
        )
    outbox = Outbox(load_templates(None, site_name="Site", site_url="http://site/"), delivers=False)
    delivery = Delivery(centre.pool, MailSettings(), None, outbox=outbox)
    assert await delivery.write_drafts() == 1
    assert await delivery.write_drafts() == 0
    [mail] = await drafts(centre)
    assert (mail["state"], mail["recipient"], mail["subject"], mail["draft"]) == (
        "kept", "ann@example.org", "Tom & Co", None,
    )  # fmt: skip
    assert "http://site/bookings/7" in mail["text_body"]
    assert "Tom &amp; Co" in mail["html_body"]


async def test_a_draft_that_cannot_be_written_has_failed_and_holds_nothing_up(centre: Office) -> None:
    async with centre.owner() as sql:
        for occasion, draft in (("unknown", "{}"), ("notification", '{"link": "//elsewhere"}'), ("notification", "[]")):
            await sql.execute(
                "insert into millstream.mails (id, occasion, recipient, subject, state, draft)"
                " values (gen_random_uuid(), %s, 'ann@example.org', '', 'draft', %s)",
                (occasion, draft),
            )
    outbox = Outbox(load_templates(None, site_name="Site", site_url="http://site"), delivers=True)
    assert await Delivery(centre.pool, MailSettings(), None, outbox=outbox).write_drafts() == 3
    assert {mail["state"] for mail in await drafts(centre)} == {"failed"}


async def test_old_notifications_are_forgotten(centre: Office) -> None:
    ann = await centre.person()
    await centre.rows(NOTIFY, sub(ann))
    await centre.rows(NOTIFY, sub(ann))
    centre.database.run(
        "update notifications set created_at = now() - interval '91 days' where id = (select min(id::text)::uuid"
        " from notifications)"
    )
    await run_round(forget_notifications(), pool=centre.pool)
    assert len(await centre.rows("select * from notifications", claims=ann)) == 1


async def test_mails_about_somebody_are_forgotten_sent_or_not(centre: Office) -> None:
    async with centre.owner() as sql:
        for address, about in (("a@example.org", "client 1"), ("b@example.org", "client 2"), ("c@example.org", None)):
            await sql.execute("select kit.mail(%s, 'Title', 'Text', about => %s)", (address, about))
        await sql.execute("update millstream.mails set state = 'sent', draft = null where recipient <> 'b@example.org'")
        [row] = await (await sql.execute("select kit.forget_mails('client 1') as gone")).fetchall()
    assert row["gone"] == 1
    assert [mail["recipient"] for mail in await drafts(centre)] == ["b@example.org", "c@example.org"]
