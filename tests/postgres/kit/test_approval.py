"""Places that an administrator approves: who sees them, who speaks for them, and what those say who came."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from millstream.identity import Claims
from tests.postgres.kit.conftest import Office

SHOPS = """
create table public.shops (
  id uuid primary key, organisation_id uuid not null, name text not null, unique (id, organisation_id)
);
alter table public.bookings add column organisation_id uuid, add column shop_id uuid;
select kit.notification_centre();
select kit.administrators();
select kit.approved_places('public.shops', place => 'shop_id', link => '/shop');
select kit.announcements('public.shops', place => 'shop_id');
select kit.reviews('public.shops', place => 'shop_id', visits => 'public.bookings', visit => 'booking_id',
  author => 'title', visitor => 'guest', by => '{owner}', over => $$visit.status = 'confirmed'$$);
grant select on public.shops, public.announcements, public.reviews to service_role;
"""


class Platform:
    """Two shops, of which one has a manager, and whoever looks after the platform."""

    def __init__(self, office: Office, people: list[Claims]) -> None:
        self.office = office
        self.manager, self.administrator, self.visitor = people
        self.organisation, self.shop = uuid4(), uuid4()

    async def call(self, person: Claims, function: str, *arguments: Any) -> Any:
        """Call a function as somebody; return its row as JSON, or the name of the rule that refused."""
        places = ", ".join(["%s"] * len(arguments))
        try:
            return await self.office.value(f"select to_jsonb({function}({places}))", *arguments, claims=person)
        except psycopg.Error as error:
            return error.diag.constraint_name


@pytest.fixture
async def platform(office: Office) -> Platform:
    made = Platform(office, [await office.person() for _ in range(3)])
    async with office.owner() as sql:
        for statement in [one for one in SHOPS.split(";\n") if one.strip()]:
            await sql.execute(statement.encode())
        await sql.execute("insert into platform_administrators values (%s)", (made.administrator.subject,))
        await sql.execute("insert into shops values (%s, %s, 'Corner')", (made.shop, made.organisation))
    office.database.run(
        f"insert into auth.organisations (id, slug, name) values ('{made.organisation}', 'corner', 'Corner');"
        f" insert into auth.memberships (organisation_id, user_id, role)"
        f" values ('{made.organisation}', '{made.manager.subject}', 'owner')"
    )
    return made


async def test_a_place_is_unknown_until_it_is_approved_and_its_managers_are_told(platform: Platform) -> None:
    people = (platform.manager, platform.administrator, platform.visitor)
    sees = [await platform.call(one, "may_see_shop", str(platform.shop)) for one in people]
    assert sees == [True, True, False]
    assert await platform.call(platform.visitor, "may_see_shop", "none") is False
    assert await platform.call(platform.manager, "approve_shop", platform.shop) == "callers_are_allowed"
    approved = await platform.call(platform.administrator, "approve_shop", platform.shop)
    assert approved["status"] == "approved"
    assert await platform.call(platform.visitor, "may_see_shop", str(platform.shop)) is True
    suspended = await platform.call(platform.administrator, "suspend_shop", platform.shop, "Fire")
    assert (suspended["status"], suspended["status_reason"]) == ("suspended", "Fire")
    told = await platform.office.rows("select title from notifications order by created_at")
    assert [one["title"] for one in told] == ["Corner was approved", "Corner was suspended"]
    assert (await platform.call(platform.administrator, "remove_shop", platform.shop))["deleted_at"] is not None
    assert await platform.call(platform.administrator, "approve_shop", platform.shop) == "shops_are_known"


async def test_managers_speak_for_their_place_and_administrators_for_the_platform(platform: Platform) -> None:
    announce = ("announce", "Open late", None, "warning")
    said = await platform.call(platform.manager, *announce, platform.shop)
    assert (said["organisation_id"], said["body"], said["severity"]) == (str(platform.organisation), "", "warning")
    assert await platform.call(platform.manager, *announce) == "callers_are_allowed"
    assert (await platform.call(platform.administrator, *announce))["shop_id"] is None
    assert await platform.call(platform.administrator, *announce, platform.shop) == "callers_are_allowed"
    assert await platform.call(platform.visitor, *announce, platform.shop) == "shops_are_known"


async def test_whoever_came_reviews_once_and_is_answered_by_a_manager(platform: Platform) -> None:
    office = platform.office
    visit = await office.value("select book(1, '2027-01-01', '2027-01-02')", claims=platform.visitor)
    async with office.owner() as sql:
        place = (platform.organisation, platform.shop, visit)
        await sql.execute(
            "update bookings set organisation_id = %s, shop_id = %s, title = 'Ada King' where id = %s", place
        )
    review = ("write_review", visit, 4, "Fine")
    assert await platform.call(platform.visitor, *review) == "reviews_are_of_those_who_came"
    async with office.owner() as sql:
        await sql.execute("select kit.act_as('system')")
        await sql.execute("update bookings set status = 'confirmed'")
    assert await platform.call(platform.manager, *review) == "bookings_are_known"
    made = await platform.call(platform.visitor, *review)
    assert (made["title"], made["rating"], made["text"]) == ("Ada K.", 4, "Fine")
    assert await platform.call(platform.visitor, *review) == "reviews_are_one_a_visit"
    assert await platform.call(platform.visitor, "answer_review", made["id"], "Thanks") == "callers_are_allowed"
    assert (await platform.call(platform.manager, "answer_review", made["id"], " Thanks "))["answer"] == "Thanks"
