"""What nobody may bring about with rows, receivers and stored values: that capture or delivery stops for others."""

import asyncio

import pytest

from millstream.change import Operation
from millstream.webhooks.capture.definition import Capture, WebhookEvent
from millstream.webhooks.observations import WebhookAttempted
from tests.fixtures.hostile_receiver import drips, hangs, hostile_receiver, repeats, says
from tests.fixtures.webhook_engine import webhook_engine
from tests.fixtures.webhook_receiver import webhook_receiver

TABLE = "create table things (id bigint primary key, tenant text, secret text, document json, tags jsonb, n numeric)"
TRIGGER = "create trigger capture after insert on things for each row execute function webhooks.capture()"
CREATED = WebhookEvent(type="thing.created", table="things")
OURS, THEIRS = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
OK = b"HTTP/1.1 200 OK\r\n"
DEEP = "(repeat('[', 3000) || repeat(']', 3000))"


@pytest.mark.parametrize("capture", list(Capture), ids=lambda one: one.value)
async def test_a_row_that_nobody_can_read_stops_no_capture(database, capture):
    event = WebhookEvent(type="thing.created", table="things", capture=capture, organisation="tenant")
    sql = [TABLE, TRIGGER] if capture is Capture.TRIGGER else [TABLE]
    async with webhook_receiver() as receiver, webhook_engine(database, event, sql=sql) as engine:
        await engine.endpoint(receiver.url)
        await engine.run(
            f"insert into things (id, tags) values (1, {DEEP}::jsonb)",
            "insert into things (id, document) values (2, '1e400')",
            f"insert into things (id, n) values (3, {'9' * 500})",
            "insert into things (id, tenant) values (4, 'no id')",
            f"insert into things (id, tags) values (5, '{'[' * 253}{']' * 253}')",
            "insert into things (id) values (6)",
        )
        requests = {one.json["data"]["record"]["id"]: one.json["data"]["record"] for one in await receiver.until(6)}
        assert sorted(requests) == [1, 2, 3, 4, 5, 6]
        assert requests[1]["tags"] == "[" * 3000 + "]" * 3000


async def test_a_hostile_receiver_is_a_logged_failure_and_delays_nobody(database):
    scripts = {
        "hangs": hangs,
        "drips": drips,
        "gigabytes": repeats(OK + b"content-length: 10000000000\r\n\r\n", b"x" * (1 << 18)),
        "headers": says(OK + b"x: y\r\n" * 100_000 + b"\r\n"),
        "chunks": says(OK + b"transfer-encoding: chunked\r\n\r\nzz\r\n"),
        "noise": says(b"\x00\xff" * 100),
        "odd": says(
            b"HTTP/1.1 500 \xff\xff\r\nx-odd: \xff\xfe\x1b\r\nretry-after: \xff\r\n"
            b"content-length: 4\r\n\r\n\x00\x9b\xed\xa0"
        ),
    }
    words = {"hangs": "timeout", "drips": "timeout", "gigabytes": "answer_too_long", "odd": None}
    async with (
        hostile_receiver(scripts) as hostile,
        webhook_receiver() as receiver,
        webhook_engine(database, CREATED, sql=[TABLE]) as engine,
    ):
        ids = {path: await engine.endpoint(hostile.url(path), timeout_ms=2000, retry="none") for path in scripts}
        await engine.endpoint(receiver.url)
        await engine.run("insert into things (id) values (1)")
        await receiver.until(1)
        await engine.witness.saw(WebhookAttempted, times=len(scripts) + 1)
        for path, endpoint_id in ids.items():
            [log] = await engine.rows("select * from webhooks.webhook_logs where endpoint_id = %s", endpoint_id)
            assert (log["status"], log["error"]) == ("failed", words.get(path, "invalid_response")), path
            [dead] = await engine.rows("select reason from webhooks.dead_letters where endpoint_id = %s", endpoint_id)
            assert dead["reason"] == (log["error"] or f"http_{log['http_status']}")
        await engine.run("insert into things (id) values (2)")
        assert (await receiver.until(2))[1].json["data"]["record"]["id"] == 2


async def test_endpoints_of_one_organisation_get_nothing_of_anothers_by_any_filter(database):
    event = WebhookEvent(type="thing.created", table="things", organisation="tenant")
    filters = [{}, {"record.tenant": THEIRS}, {"record.tenant": {"ne": OURS}}, {"operation": {"exists": True}}]
    async with (
        webhook_receiver() as ours,
        webhook_receiver() as everything,
        webhook_engine(database, event, sql=[TABLE]) as engine,
    ):
        for one in filters:
            await engine.endpoint(ours.url, organisation_id=OURS, filter=one)
        await engine.endpoint(everything.url)
        await engine.run(
            f"insert into things (id, tenant) values (1, '{THEIRS}')",
            "insert into things (id, tenant) values (2, null)",
            "insert into things (id, tenant) values (3, 'no id')",
            f"insert into things (id, tenant) values (4, '{OURS}')",
        )
        await everything.until(4)
        await ours.until(2)  # by the first and the last filter
        await engine.witness.saw(WebhookAttempted, times=6)
        assert {one.json["data"]["record"]["id"] for one in ours.received} == {4}
        assert await engine.rows("select from webhooks.deliveries") == []


async def test_what_a_row_may_not_say_leaves_neither_in_its_old_nor_in_its_new_state(database):
    operations = frozenset({Operation.INSERT, Operation.UPDATE, Operation.DELETE})
    event = WebhookEvent(type="thing.changed", table="things", columns=frozenset({"id"}), operations=operations)
    full = "alter table things replica identity full"
    async with webhook_receiver() as receiver, webhook_engine(database, event, sql=[TABLE, full]) as engine:
        await engine.endpoint(receiver.url)
        await engine.run(
            "insert into things (id, secret) values (1, 'hush')",
            "update things set secret = 'hush hush'",
            "delete from things",
        )
        data = [one.json["data"] for one in await receiver.until(3)]
        assert [(one["record"], one["old_record"]) for one in data] == [
            ({"id": 1}, None), ({"id": 1}, {"id": 1}), (None, {"id": 1}),
        ]  # fmt: skip
        assert not any(b"hush" in one.body for one in receiver.received)


async def test_an_endpoint_with_values_that_make_no_sense_harms_itself_alone(database):
    async with webhook_receiver() as receiver, webhook_engine(database, CREATED, sql=[TABLE]) as engine:
        await engine.endpoint("http://127.0.0.1:1/", preset="unknown", retry="none")
        await engine.endpoint(receiver.url)
        await engine.run("insert into things (id) values (1)")
        async with asyncio.timeout(30):
            await receiver.until(1)
            await engine.witness.saw(WebhookAttempted, times=2)
