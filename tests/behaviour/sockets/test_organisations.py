"""Who belongs to an organisation hears of its rows, for as long as they do: policies ask `auth.member_of`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject, realtime_project

ORGANISATION = "00000000-0000-0000-0000-000000000064"
OWNER, STAFF, CUSTOMER = PEOPLE = [f"00000000-0000-0000-0000-00000000000{n}" for n in (1, 2, 3)]
SCHEMA = (
    "create table cars (id int primary key, organisation_id uuid not null references auth.organisations (id))",
    "alter table cars enable row level security",
    "alter table cars replica identity full",
    """create policy staff on cars for select to authenticated
    using (auth.member_of(organisation_id, array['owner', 'manager', 'staff']))""",
    "alter publication supabase_realtime add table cars",
    "insert into auth.users (id) values " + ", ".join(f"('{person}')" for person in PEOPLE),
    f"insert into auth.organisations (id, slug, name) values ('{ORGANISATION}', 'lodge', 'Lodge')",
    "insert into auth.memberships (organisation_id, user_id, role) values "
    + ", ".join(
        f"('{ORGANISATION}', '{person}', '{role}')"
        for person, role in zip(PEOPLE, ("owner", "staff", "customer"), strict=True)
    ),
)


@pytest.fixture
async def project(database: Database) -> AsyncIterator[RealtimeProject]:
    async with realtime_project(database, *SCHEMA) as running:
        yield running


async def listen(project, client, person, *, schema="public", table="cars"):
    binding = {"event": "*", "schema": schema, "table": table}
    joined = await client.join("realtime:list", {"postgres_changes": [binding]}, access_token=project.token(person))
    assert joined[4]["status"] == "ok"
    assert (await client.hear_event("system"))[4]["status"] == "ok"


async def heard(client):
    data = (await client.hear_event("postgres_changes"))[4]["data"]
    return data["type"], data.get("record") or data.get("old_record")


async def test_rows_are_heard_by_those_who_work_there_for_as_long_as_they_do(project):
    async with project.connect() as owner, project.connect() as staff, project.connect() as customer:
        for client, person in ((owner, OWNER), (staff, STAFF), (customer, CUSTOMER)):
            await listen(project, client, person)
        await project.run(f"insert into cars values (1, '{ORGANISATION}')")
        assert (await heard(owner))[1]["id"] == (await heard(staff))[1]["id"] == 1
        await project.run(
            f"delete from auth.memberships where user_id = '{STAFF}'",
            f"insert into cars values (2, '{ORGANISATION}')",
            f"update auth.memberships set role = 'staff' where user_id = '{CUSTOMER}'",
        )
        assert (await heard(owner))[1]["id"] == 2
        await project.run(f"insert into cars values (3, '{ORGANISATION}')")
        assert (await heard(owner))[1]["id"] == (await heard(customer))[1]["id"] == 3
        await project.run(
            f"insert into auth.memberships values ('{ORGANISATION}', '{STAFF}', 'staff')",
            f"insert into cars values (4, '{ORGANISATION}')",
        )
        assert (await heard(staff))[1]["id"] == 4


async def test_lists_of_members_and_invitations_are_live_without_the_hash_of_a_token(project):
    invite = (
        "insert into auth.invitations (organisation_id, email, role, token_hash, expires_at)"
        f" values ('{ORGANISATION}', 'new@example.org', 'staff', 'hash', now() + '1 day')"
    )
    async with project.connect() as owner, project.connect() as inviting:
        await listen(project, owner, OWNER, schema="auth", table="memberships")
        await listen(project, inviting, OWNER, schema="auth", table="invitations")
        await project.run(f"update auth.memberships set role = 'manager' where user_id = '{STAFF}'", invite)
        assert (await heard(owner))[1]["role"] == "manager"
        _, invitation = await heard(inviting)
        assert invitation["email"] == "new@example.org"
        assert "token_hash" not in invitation
