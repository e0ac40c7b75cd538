"""Rights that change while somebody listens, claims made to confuse, and questions made to find out."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from millstream.channels.rights_watch import TopicPoliciesChanged
from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject, realtime_project
from tests.fixtures.websocket_client import WebSocketClient

ROOM = "realtime:room"
NOTES = {"event": "*", "schema": "public", "table": "notes"}
MARKS = {"event": "*", "schema": "public", "table": "marks"}
SETUP = """
create table notes (id int primary key, owner text, secret text);
alter table notes enable row level security, replica identity full;
create policy own on notes for select to authenticated using (owner = auth.jwt() ->> 'sub');
revoke all on notes from anon, authenticated;
grant select (id, owner) on notes to authenticated;
create table marks (id int primary key);
grant select on marks to authenticated;
alter publication supabase_realtime add table notes, marks;
create policy listen on realtime.messages for select to authenticated using (realtime.topic() = 'room');
create policy speak on realtime.messages for insert to authenticated with check (realtime.topic() = 'room');
"""


@pytest.fixture
async def project(database: Database) -> AsyncIterator[RealtimeProject]:
    async with realtime_project(database, SETUP) as running:
        yield running


async def follow(client: WebSocketClient, project: RealtimeProject, person: str, **binding: object) -> None:
    config = {"postgres_changes": [NOTES | binding, MARKS]}
    await client.join("realtime:notes", config, access_token=project.token(person))
    assert (await client.hear_event("system"))[4]["status"] == "ok"


async def next_id(client: WebSocketClient) -> int:
    data = (await client.hear_event("postgres_changes"))[4]["data"]
    return int((data.get("record") or data["old_record"])["id"])


async def write(project: RealtimeProject, number: int, owner: str) -> None:
    await project.run("insert into notes values (%s, %s, 'hidden')", parameters=(number, owner))


@pytest.mark.parametrize(
    "change",
    [
        "drop policy own on notes",
        "alter policy own on notes using (false)",
        "create policy never on notes as restrictive for select to authenticated using (id > 100)",
        "revoke select on notes from authenticated; revoke select (id, owner) on notes from authenticated",
        "alter publication supabase_realtime drop table notes",
    ],
    ids=["dropped", "altered", "restricted", "revoked", "no longer followed"],
)
async def test_a_row_written_after_a_right_is_gone_is_not_heard(project: RealtimeProject, change: str):
    async with project.connect() as client:
        await follow(client, project, "ann")
        await write(project, 1, "ann")
        assert await next_id(client) == 1
        await project.run(change)
        await write(project, 2, "ann")
        await project.run("insert into marks values (3)")
        assert await next_id(client) == 3


async def test_a_row_is_heard_as_soon_as_a_new_policy_shows_it(project: RealtimeProject):
    async with project.connect() as client:
        await follow(client, project, "eve")
        await write(project, 1, "ann")
        await project.run("create policy all_of_them on notes for select to authenticated using (true)")
        await write(project, 2, "ann")
        assert await next_id(client) == 2


async def test_a_private_channel_closes_when_no_policy_lets_it_hear_any_more(project: RealtimeProject):
    async with project.connect() as ann, project.connect() as public:
        await ann.join(ROOM, {"private": True}, access_token=project.token("ann"))
        await public.join(ROOM, {"broadcast": {"self": True}})
        await project.run("drop policy listen on realtime.messages")
        told = (await ann.hear_event("system"))[4]
        assert told["message"] == "You no longer have permission to read from this Channel topic: room"
        assert (await ann.hear())[3] == "phx_close"
        public.say(ROOM, "broadcast", {"type": "broadcast", "event": "e", "payload": {}})
        assert (await public.hear())[3] == "broadcast"


async def test_a_private_channel_that_may_no_longer_speak_is_told_with_its_next_message(project: RealtimeProject):
    async with project.connect() as ann:
        await ann.join(ROOM, {"private": True, "broadcast": {"ack": True}}, access_token=project.token("ann"))
        for status, change in (("ok", "drop policy speak on realtime.messages"), ("error", None)):
            ann.say(ROOM, "broadcast", {"type": "broadcast", "event": "e", "payload": {}})
            assert (await ann.hear())[4]["status"] == status
            if change is not None:
                await project.run(change)
                await project.witness.saw(TopicPoliciesChanged)


async def test_other_changes_of_the_schema_ask_private_channels_nothing(project: RealtimeProject):
    async with project.connect() as ann:
        await ann.join(ROOM, {"private": True}, access_token=project.token("ann"))
        await project.run("create policy more on realtime.messages for select to anon using (true)")
        await project.witness.saw(TopicPoliciesChanged)
        await project.run("create table another (id int)", "drop policy more on realtime.messages")
        await project.witness.saw(TopicPoliciesChanged, times=2)
        assert len(project.witness.all(TopicPoliciesChanged)) == 2


@pytest.mark.parametrize(
    "subject",
    [
        "it's",
        'a "b"',
        "line\nbreak",
        "back\\slash",
        "$1",
        "%s",
        "null",
        "ann' or 'a'='a",
        '{"sub":"ann"}',
        "a\tb",
        "ünï",
    ],
)
async def test_claims_are_values_whatever_they_say(project: RealtimeProject, subject: str):
    async with project.connect() as client:
        await follow(client, project, subject)
        await write(project, 1, "ann")
        await write(project, 2, subject)
        assert await next_id(client) == 2
        reply = await client.join(ROOM, {"private": True}, access_token=project.token(subject))
        assert reply[4]["status"] == "ok"


@pytest.mark.parametrize("role", ["postgres", "service_role'", "pg_read_all_data", "nobody"])
async def test_a_role_that_the_server_may_not_take_sees_nothing(project: RealtimeProject, role: str):
    async with project.connect() as client, project.connect() as ann:
        await follow(ann, project, "ann")
        token = project.token("ann", role=role)
        await client.join("realtime:notes", {"postgres_changes": [NOTES, MARKS]}, access_token=token)
        assert (await client.hear_event("system"))[4]["extension"] == "postgres_changes"
        await write(project, 1, "ann")
        assert await next_id(ann) == 1
        client.say(ROOM, "phx_join", {"config": {"private": True}, "access_token": token}, ref="9", join_ref="9")
        reply = await client.hear()
        assert reply[1] == "9", "no change comes before the answer"
        assert reply[4]["response"]["reason"].startswith("Unauthorized: ")


async def test_a_filter_on_a_hidden_column_is_refused_as_one_on_a_column_that_does_not_exist(project: RealtimeProject):
    async with project.connect() as client:
        told = []
        for column in ("secret", "absent"):
            binding = NOTES | {"filter": f"{column}=eq.hidden"}
            await client.join("realtime:notes", {"postgres_changes": [binding]}, access_token=project.token("ann"))
            message = str((await client.hear_event("system"))[4]["message"])
            told.append(message.replace(column, "?"))
        assert told[0] == told[1]
        assert "invalid column for filter ?" in told[0]


async def test_a_filter_finds_nothing_out_about_rows_of_others(project: RealtimeProject):
    async with project.connect() as client:
        await follow(client, project, "eve", filter="owner=eq.ann")
        await write(project, 1, "ann")
        client.say("realtime:notes", "phx_leave")
        await client.hear_event("phx_close")
        await follow(client, project, "eve", filter="owner=neq.ann")
        await write(project, 2, "ann")
        await write(project, 3, "eve")
        assert await next_id(client) == 3


async def test_a_function_of_the_same_name_elsewhere_in_the_search_path_does_not_judge(project: RealtimeProject):
    await project.run(
        'create function public.jwt() returns jsonb language sql as $$ select \'{"sub": "ann"}\'::jsonb $$',
        "create function public.current_setting(text, boolean) returns text language sql as $$ select 'ann' $$",
        "grant execute on all functions in schema public to authenticated",
    )
    async with project.connect() as client:
        await follow(client, project, "eve")
        await write(project, 1, "ann")
        await write(project, 2, "eve")
        assert await next_id(client) == 2
