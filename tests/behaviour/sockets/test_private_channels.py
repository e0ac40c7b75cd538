"""Private channels over real sockets: policies on realtime.messages decide who hears and who speaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject, realtime_project
from tests.fixtures.websocket_client import WebSocketClient

ROOM = "realtime:room"
PRIVATE = {"private": True}
ACKED = {"private": True, "broadcast": {"ack": True}}
POLICIES = """
create table seats (topic text, person text, speaks boolean not null default true, shows boolean not null default true);
grant select on seats to authenticated;
create policy listen on realtime.messages for select to authenticated using (exists (
  select from seats where topic = realtime.topic() and person = auth.jwt() ->> 'sub'
    and (shows or extension = 'broadcast')
));
create policy speak on realtime.messages for insert to authenticated with check (exists (
  select from seats where topic = realtime.topic() and person = auth.jwt() ->> 'sub' and speaks
    and (shows or extension = 'broadcast')
));
insert into seats values ('room', 'ann', true, true), ('room', 'mute', false, true), ('room', 'shy', true, false);
"""

SLOW_POLICY = "create policy slow on realtime.messages for select to authenticated using (pg_sleep(10) is null)"
NO_PARTITION = """
do $$ declare p regclass; begin
  for p in select inhrelid::regclass from pg_inherits where inhparent = 'realtime.messages'::regclass loop
    execute 'drop table ' || p;
  end loop;
end $$
"""


@pytest.fixture
async def project(database: Database) -> AsyncIterator[RealtimeProject]:
    async with realtime_project(database, POLICIES) as running:
        yield running


async def join(
    client: WebSocketClient, project: RealtimeProject, person: str, config: object = None, topic: str = ROOM
):
    return (await client.join(topic, config or PRIVATE, access_token=project.token(person)))[4]


def speak(client: WebSocketClient, text: object, event: str = "said") -> str:
    return client.say(ROOM, "broadcast", {"type": "broadcast", "event": event, "payload": {"text": text}})


async def heard(client: WebSocketClient) -> object:
    return (await client.hear_event("broadcast"))[4]["payload"]["text"]


async def closed_with(client: WebSocketClient, message: str) -> None:
    system = await client.hear_event("system")
    assert system[4] == {"message": message, "status": "error", "extension": "system", "channel": "room"}
    assert (await client.hear())[3] == "phx_close"


async def test_members_meet_and_others_are_told_that_they_may_not(project: RealtimeProject):
    async with project.connect() as ann, project.connect() as mute, project.connect() as eve:
        assert (await join(ann, project, "ann"))["status"] == "ok"
        assert (await join(mute, project, "mute"))["status"] == "ok"
        refused = {
            "status": "error",
            "response": {"reason": "Unauthorized: You do not have permissions to read from this Channel topic: room"},
        }
        assert await join(eve, project, "eve") == refused
        assert (await eve.join(ROOM, PRIVATE))[4] == refused
        speak(ann, "hello")
        assert await heard(mute) == "hello"


async def test_a_private_topic_and_the_public_one_of_its_name_do_not_hear_each_other(project: RealtimeProject):
    async with project.connect() as ann, project.connect() as public, project.connect() as other:
        await join(ann, project, "ann", {"private": True, "broadcast": {"self": True}, "presence": {"enabled": True}})
        await ann.hear_event("presence_state")
        watching = {"broadcast": {"self": True}, "presence": {"enabled": True}}
        await join(public, project, "ann", watching)
        await public.hear_event("presence_state")
        await join(other, project, "ann", watching)
        await other.hear_event("presence_state")
        speak(ann, "private")
        ann.say(ROOM, "presence", {"event": "track", "payload": {}})
        await ann.hear_event("presence_diff")
        speak(public, "public")
        assert await heard(public) == "public"
        assert (await other.hear())[4]["payload"] == {"text": "public"}
        speak(ann, "again")
        assert await heard(ann) == "again"


async def test_whoever_may_not_speak_is_told_where_he_asks(project: RealtimeProject):
    async with project.connect() as ann, project.connect() as mute:
        await join(ann, project, "ann", ACKED)
        await join(mute, project, "mute", ACKED)
        for _ in range(2):
            ref = speak(mute, "psst")
            assert (await mute.hear())[1:] == [
                ref, ROOM, "phx_reply", {"status": "error", "response": {"error": "unauthorized"}}
            ]  # fmt: skip
        speak(ann, "hello")
        assert await heard(mute) == "hello"
        assert (await ann.hear())[4]["status"] == "ok"


async def test_messages_before_the_first_answer_keep_their_order(project: RealtimeProject):
    async with project.connect() as ann, project.connect() as mute:
        await join(mute, project, "mute")
        await join(ann, project, "ann", ACKED)
        refs = [speak(ann, number) for number in range(50)]
        assert [await heard(mute) for _ in range(50)] == list(range(50))
        assert [(await ann.hear())[1] for _ in range(50)] == refs


async def test_broadcast_and_presence_are_allowed_apart(project: RealtimeProject):
    watching = {"private": True, "presence": {"enabled": True, "key": "p"}}
    async with project.connect() as ann, project.connect() as shy:
        await join(ann, project, "ann", watching)
        await ann.hear_event("presence_state")
        await join(shy, project, "shy", watching)
        ann.say(ROOM, "presence", {"event": "track", "payload": {"n": 1}})
        await ann.hear_event("presence_diff")
        ref = shy.say(ROOM, "presence", {"event": "track", "payload": {"n": 2}})
        # The very next thing that shy hears is the refusal: no state, no difference.
        assert (await shy.hear())[1:] == [
            ref, ROOM, "phx_reply", {"status": "error", "response": {"reason": "unauthorized"}}
        ]  # fmt: skip
        speak(shy, "hello")
        assert (await ann.hear())[4]["payload"] == {"text": "hello"}


async def test_a_first_track_brings_the_state_if_presence_may_be_read(project: RealtimeProject):
    async with project.connect() as ann:
        await join(ann, project, "ann", {"private": True, "presence": {"key": "ann"}})
        ann.say(ROOM, "presence", {"event": "track", "payload": {"n": 1}})
        assert (await ann.hear())[4] == {"status": "ok", "response": {}}
        assert (await ann.hear())[3] == "presence_state"


async def test_a_new_token_without_the_right_to_read_closes_the_channel(project: RealtimeProject):
    async with project.connect() as ann:
        await join(ann, project, "ann")
        ann.say(ROOM, "access_token", {"access_token": project.token("eve")}, ref=None)
        await closed_with(ann, "You no longer have permission to read from this Channel topic: room")


async def test_rights_are_asked_anew_for_a_new_token(project: RealtimeProject):
    async with project.connect() as ann:
        await join(ann, project, "ann", ACKED)
        speak(ann, 1)
        assert (await ann.hear())[4]["status"] == "ok"
        ann.say(ROOM, "access_token", {"access_token": project.token("mute")}, ref=None)
        speak(ann, 2)
        assert (await ann.hear())[4] == {"status": "error", "response": {"error": "unauthorized"}}
        await project.run("delete from seats where person = 'ann'")
        ann.say(ROOM, "access_token", {"access_token": project.token("ann")}, ref=None)
        await closed_with(ann, "You no longer have permission to read from this Channel topic: room")


async def test_leaving_while_policies_are_asked_leaves_nothing_behind(project: RealtimeProject):
    async with project.connect() as ann:
        config = {"config": PRIVATE, "access_token": project.token("ann")}
        ann.say(ROOM, "phx_join", config, ref="5", join_ref="5")
        ann.say(ROOM, "phx_leave", ref="6", join_ref="5")
        assert (await join(ann, project, "ann", {"private": True, "broadcast": {"self": True}}))["status"] == "ok"
        speak(ann, "once")
        assert await heard(ann) == "once"
        assert len(project.project.sockets.sockets) == 1


async def test_row_changes_come_in_a_private_channel_as_in_any(project: RealtimeProject):
    await project.run(
        "create table notes (id int primary key); grant select on notes to authenticated",
        "alter publication supabase_realtime add table notes",
    )
    async with project.connect() as ann:
        config = {"private": True, "postgres_changes": [{"event": "*", "schema": "public", "table": "notes"}]}
        assert (await join(ann, project, "ann", config))["status"] == "ok"
        await ann.hear_event("system")
        await project.run("insert into notes values (1)")
        assert (await ann.hear_event("postgres_changes"))[4]["data"]["record"] == {"id": 1}


async def test_a_project_may_have_private_channels_only(database: Database):
    async with realtime_project(database, POLICIES, private_channels_only=True) as project, project.connect() as ann:
        reply = await ann.join(ROOM, access_token=project.token("ann"))
        assert reply[4]["response"]["reason"] == "PrivateOnly: This project only allows private channels"
        assert (await join(ann, project, "ann"))["status"] == "ok"


@pytest.mark.parametrize(
    ("arrange", "code"),
    [(SLOW_POLICY, "QueryCanceled"), (NO_PARTITION, "MissingPartition")],
    ids=["slow policy", "no partition"],
)
async def test_trouble_is_told_by_its_code(project: RealtimeProject, arrange: str, code: str):
    await project.run(arrange)
    async with project.connect() as eve, asyncio.timeout(9):
        reply = await join(eve, project, "eve")
        assert reply["response"]["reason"].startswith(f"{code}: ")
