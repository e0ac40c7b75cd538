"""What SQL sends to a topic reaches its sockets from the log, and earlier messages are replayed to who asks."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

import pytest

from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject, realtime_project
from tests.fixtures.websocket_client import WebSocketClient

ROOM = "realtime:room"
SETUP = """
create policy listen on realtime.messages for select to authenticated using (realtime.topic() = 'room');
create table notes (id int primary key, text text);
create function tell() returns trigger security definer language plpgsql as $$
begin
  perform realtime.broadcast_changes('room', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
  return null;
end $$;
create trigger tell after insert or update or delete on notes for each row execute function tell();
"""


@pytest.fixture
async def project(database: Database) -> AsyncIterator[RealtimeProject]:
    async with realtime_project(database, SETUP) as running:
        yield running


async def joined(client: WebSocketClient, project: RealtimeProject, **broadcast: object):
    config = {"private": True, "broadcast": broadcast}
    return (await client.join(ROOM, config, access_token=project.token("ann")))[4]


async def join_v1(client: WebSocketClient, project: RealtimeProject, **broadcast: object) -> dict:
    payload = {"config": {"private": True, "broadcast": broadcast}, "access_token": project.token("ann")}
    client.send_text(json.dumps({"topic": ROOM, "event": "phx_join", "payload": payload, "ref": "1"}))
    return (await client.hear())["payload"]


async def test_realtime_send_is_heard_once_committed_with_its_id(project: RealtimeProject):
    async with project.connect() as two, project.connect(vsn="1.0.0") as one, project.connect() as public:
        await joined(two, project)
        await join_v1(one, project)
        await public.join(ROOM)
        await project.run("""select realtime.send('{"n": 1}', 'counted', 'room')""")
        message = await two.hear()
        assert message[:4] == [None, None, ROOM, "broadcast"]
        identity = message[4]["meta"]["id"]
        assert message[4] == {
            "type": "broadcast",
            "event": "counted",
            "payload": {"n": 1, "id": identity},
            "meta": {"id": identity},
        }
        assert await one.hear() == {"topic": ROOM, "event": "broadcast", "payload": message[4], "ref": None}
        await project.run("""select realtime.send('{"n": 2, "id": 7}', 'counted', 'room', false)""")
        assert (await public.hear())[4]["payload"] == {"n": 2, "id": 7}


async def test_what_is_rolled_back_is_never_heard(project: RealtimeProject):
    async with project.connect() as client:
        await joined(client, project)
        await project.run(
            "begin; select realtime.send('{}', 'no', 'room'); rollback",
            "select realtime.send('{}', 'yes', 'room')",
        )
        assert (await client.hear())[4]["event"] == "yes"


async def test_send_binary_is_a_binary_frame_and_skips_version_1(project: RealtimeProject):
    async with project.connect() as two, project.connect(vsn="1.0.0") as one:
        await joined(two, project)
        await join_v1(one, project)
        await project.run(
            "select realtime.send_binary('\\xff0007', 'sound', 'room')", "select realtime.send('{}', 'text', 'room')"
        )
        opcode, frame = await two.hear_frame()
        sizes, names = frame[:5], frame[5 : 5 + sum(frame[1:4])]
        meta = json.loads(names[len(ROOM) + 5 :])
        assert (opcode, list(sizes[:3]), sizes[4]) == (2, [4, len(ROOM), 5], 0)
        assert names.startswith(ROOM.encode() + b"sound")
        assert set(meta) == {"id"}
        assert frame.endswith(b"\xff\x00\x07")
        assert (await one.hear())["payload"]["event"] == "text"


async def test_broadcast_changes_in_a_trigger_tells_the_row_as_it_is_and_was(project: RealtimeProject):
    async with project.connect() as client:
        await joined(client, project)
        await project.run("insert into notes values (1, 'a')", "update notes set text = 'b'", "delete from notes")
        heard = [(await client.hear())[4] for _ in range(3)]
        assert [each["event"] for each in heard] == ["INSERT", "UPDATE", "DELETE"]
        told = {name: value for name, value in heard[1]["payload"].items() if name != "id"}
        assert told == {
            "record": {"id": 1, "text": "b"},
            "old_record": {"id": 1, "text": "a"},
            "operation": "UPDATE",
            "table": "notes",
            "schema": "public",
        }
        assert (heard[0]["payload"]["old_record"], heard[2]["payload"]["record"]) == (None, None)


async def test_a_failure_to_send_undoes_nothing(project: RealtimeProject):
    async with project.connect() as client:
        await joined(client, project)
        await project.run("begin; select realtime.send('{}', 'e', null); insert into notes values (2, 'kept'); commit")
        assert (await client.hear())[4]["payload"]["record"]["text"] == "kept"


async def test_earlier_messages_are_replayed_oldest_first_after_the_reply(project: RealtimeProject):
    since = int((time.time() - 60) * 1000)
    async with project.connect() as watcher, project.connect() as client:
        await watcher.join(ROOM)
        await project.run(*(f"""select realtime.send('{{"n": {n}}}', 'counted', 'room')""" for n in range(5)))
        await project.run("select realtime.send('{}', 'e', 'other')", "select realtime.send('{}', 'e', 'room', false)")
        await watcher.hear_event("broadcast")  # the log has told everything
        assert (await joined(client, project, replay={"since": since, "limit": 3}))["status"] == "ok"
        for n in (2, 3, 4):
            message = await client.hear()
            assert message[:4] == ["1", None, ROOM, "broadcast"]
            assert message[4]["payload"]["n"] == n
            assert message[4]["meta"] == {"replayed": True, "id": message[4]["payload"]["id"]}
        await project.run("""select realtime.send('{"n": 5}', 'counted', 'room')""")
        live = await client.hear()
        assert (live[0], live[4]["payload"]["n"], "replayed" in live[4]["meta"]) == (None, 5, False)


async def test_bytes_are_replayed_where_there_are_binary_frames(project: RealtimeProject):
    await project.run(
        "select realtime.send_binary('\\xff', 'sound', 'room')", "select realtime.send('{}', 'text', 'room')"
    )
    replay = {"since": int((time.time() - 60) * 1000)}
    async with project.connect() as two, project.connect(vsn="1.0.0") as one:
        await joined(two, project, replay=replay)
        opcode, frame = await two.hear_frame()
        assert (opcode, b'"replayed":true' in frame, frame[-1:]) == (2, True, b"\xff")
        assert (await join_v1(one, project, replay=replay))["status"] == "ok"
        assert (await one.hear())["payload"]["event"] == "text"


async def test_each_message_is_heard_once_however_replay_and_log_overlap(project: RealtimeProject):
    replay = {"since": int((time.time() - 60) * 1000), "limit": 25}
    async with project.connect() as writer_watch:
        await joined(writer_watch, project)
        for attempt in range(5):
            send = (f"""select realtime.send('{{"n": {attempt}, "m": {m}}}', 'e', 'room')""" for m in range(4))
            async with project.connect() as client:
                config = {"config": {"private": True, "broadcast": {"replay": replay}}}
                client.say(ROOM, "phx_join", config | {"access_token": project.token("ann")})
                await project.run(*send)
                await project.run("select realtime.send('{}', 'end', 'room')")
                heard: list[str] = []
                ends = 0
                while ends <= attempt:
                    message = (await client.hear_event("broadcast"))[4]
                    ends += message["event"] == "end"
                    heard.append(message["meta"]["id"])
                assert len(heard) == len(set(heard)) == min(5 * (attempt + 1), 25)


@pytest.mark.parametrize(
    ("private", "replay", "text"),
    [
        (False, {"since": 0}, "Replay is not allowed for public channels"),
        (True, {"since": "yesterday"}, "Replay params are not valid"),
        (True, {"limit": 3}, "Replay params are not valid"),
        (True, {"since": 0, "limit": 0}, "Replay params are not valid"),
        (True, {"since": 10**18}, "Replay params are not valid"),
    ],
    ids=["public", "no time", "no since", "no limit", "too far"],
)
async def test_a_replay_that_makes_no_sense_is_refused(project: RealtimeProject, private, replay, text):
    async with project.connect() as client:
        config = {"private": private, "broadcast": {"replay": replay}}
        reply = await client.join(ROOM, config, access_token=project.token("ann"))
        assert reply[4] == {"status": "error", "response": {"reason": f"UnableToReplayMessages: {text}"}}


async def test_a_client_may_ask_to_be_told_when_the_log_is_followed(project: RealtimeProject):
    async with project.connect() as client:
        await joined(client, project, replication_ready=True)
        told = {"message": "Replication connection established", "status": "ok", "extension": "system"}
        assert await client.hear() == ["1", None, ROOM, "system", told | {"channel": "room"}]
