"""A committed row reaches its receiver: signed, once into the outbox, in order, tried again, given up, kept."""

import asyncio
from datetime import UTC, datetime

from millstream.change import Operation
from millstream.webhooks.capture.definition import Capture, WebhookEvent
from millstream.webhooks.observations import (
    WebhookAttempted,
    WebhookEndpointDisabled,
    WebhookEndpointUnreadable,
    WebhookPayloadFailed,
)
from millstream.webhooks.signing.receiver import Receiver
from tests.fixtures.webhook_engine import SECRET, webhook_engine
from tests.fixtures.webhook_receiver import accept, statuses, webhook_receiver

TABLE = "create table things (id bigint primary key, name text, state text, amount numeric, tags jsonb)"
CREATED = WebhookEvent(type="thing.created", table="things")
CHANGED = WebhookEvent(type="thing.changed", table="things", operations=frozenset(Operation) - {Operation.TRUNCATE})


async def attempts(engine, number: int) -> list[WebhookAttempted]:
    await engine.witness.saw(WebhookAttempted, times=number)
    return engine.witness.all(WebhookAttempted)


async def test_a_committed_row_is_sent_signed_and_logged(database):
    async with webhook_receiver() as receiver, webhook_engine(database, CREATED, sql=[TABLE]) as engine:
        await engine.endpoint(receiver.url)
        await engine.run("""insert into things values (1, 'Grün', 'new', 12.50, '{"a": [1, 2]}')""")
        [request] = await receiver.until(1)
        opened = Receiver([SECRET.public_text], lambda: datetime.now(UTC).timestamp()).open(
            request.headers, request.body
        )
        assert opened.type == "thing.created"
        assert opened.data["record"] == {
            "id": 1,
            "name": "Grün",
            "state": "new",
            "amount": "12.50",
            "tags": {"a": [1, 2]},
        }
        assert request.headers["webhook-sequence"] == "1"
        assert request.headers["content-type"] == "application/json"
        [attempt] = await attempts(engine, 1)
        assert (attempt.status, attempt.http_status, attempt.attempt) == ("delivered", 200, 1)
        assert 0 <= attempt.latency_seconds < 20
        [log] = await engine.rows("select * from webhooks.webhook_logs")
        assert (log["status"], log["http_status"], log["response_body"]) == ("delivered", 200, "")
        assert log["request_headers"]["webhook-signature"] == "(hidden)"
        assert await engine.rows("select from webhooks.deliveries") == []
        [stats] = await engine.rows("select total_sent, successful_sent, success_rate from webhooks.webhook_stats")
        assert (stats["total_sent"], stats["successful_sent"], stats["success_rate"]) == (1, 1, 100)


async def test_what_was_rolled_back_is_never_sent(database):
    async with webhook_receiver() as receiver, webhook_engine(database, CREATED, sql=[TABLE]) as engine:
        await engine.endpoint(receiver.url)
        await engine.run(
            "do $$ begin insert into things values (1); raise exception using errcode = 'MS001';"
            " exception when sqlstate 'MS001' then null; end $$",
            "insert into things values (2)",
        )
        [request] = await receiver.until(1)
        assert request.json["data"]["record"]["id"] == 2


async def test_a_failure_is_tried_again_by_the_schedule_and_its_key_waits(database):
    async with (
        webhook_receiver(statuses(500, 503, 200)) as receiver,
        webhook_engine(database, CHANGED, sql=[TABLE]) as engine,
    ):
        await engine.endpoint(receiver.url, retry=[0.05, 0.05])
        await engine.run("insert into things values (1, 'first')", "update things set name = 'second'")
        requests = await receiver.until(4)
        bodies = [
            (r.json["data"]["record"]["name"], r.headers["webhook-sequence"], r.headers["webhook-attempt"])
            for r in requests
        ]
        assert bodies == [("first", "1", "1"), ("first", "1", "2"), ("first", "1", "3"), ("second", "2", "1")]
        assert len({r.headers["webhook-id"] for r in requests[:3]}) == 1
        assert [one.status for one in (await attempts(engine, 4))[:4]] == [
            "retrying",
            "retrying",
            "delivered",
            "delivered",
        ]


async def test_what_fails_to_the_end_is_kept_and_can_be_put_back(database):
    async with webhook_receiver(statuses(500)) as receiver, webhook_engine(database, CREATED, sql=[TABLE]) as engine:
        await engine.endpoint(receiver.url, retry=[0.01])
        await engine.run("insert into things values (1)")
        await attempts(engine, 2)
        [dead] = await engine.rows("select attempts, reason, http_status from webhooks.dead_letters")
        assert dead == {"attempts": 2, "reason": "http_500", "http_status": 500}
        receiver.answer = statuses(204)
        [row] = await engine.rows("select webhooks.retry_failed_webhooks(3) as revived")
        assert row["revived"] == 1
        requests = await receiver.until(3)
        assert len({request.headers["webhook-id"] for request in requests}) == 1
        assert (await attempts(engine, 3))[-1].status == "delivered"
        assert await engine.rows("select from webhooks.dead_letters") == []


async def test_a_key_may_be_blocked_until_somebody_decides(database):
    async with webhook_receiver(statuses(500)) as receiver, webhook_engine(database, CHANGED, sql=[TABLE]) as engine:
        await engine.endpoint(receiver.url, retry="none", when_exhausted="block")
        await engine.run(
            "insert into things values (1)", "update things set name = 'next'", "insert into things values (2)"
        )
        await attempts(engine, 2)
        rows = await engine.rows("select state, count(*) as n from webhooks.deliveries group by state order by state")
        assert rows == [{"state": "blocked", "n": 2}, {"state": "waiting", "n": 1}]


async def test_a_receiver_that_is_gone_is_disabled_once_and_its_events_are_kept(database):
    async with webhook_receiver(statuses(410)) as receiver, webhook_engine(database, CREATED, sql=[TABLE]) as engine:
        await engine.endpoint(receiver.url)
        await engine.run("insert into things values (1)")
        disabled = await engine.witness.saw(WebhookEndpointDisabled)
        assert disabled.reason == "gone"
        await engine.run("insert into things values (2)")
        await engine.until_captured()
        assert await engine.rows("select state, state_reason from webhooks.endpoints") == [
            {"state": "disabled", "state_reason": "gone"}
        ]
        assert len(await engine.rows("select from webhooks.deliveries")) == 1
        receiver.answer = statuses(200)
        await engine.run(
            "update webhooks.endpoints set state = 'enabled', failures = 0, failing_since = null, open_until = null"
        )
        assert (await receiver.until(2))[1].json["data"]["record"]["id"] == 2


async def test_every_endpoint_gets_what_it_wants(database):
    async with (
        webhook_receiver() as first,
        webhook_receiver() as second,
        webhook_engine(database, CREATED, CHANGED, sql=[TABLE]) as engine,
    ):
        await engine.endpoint(first.url, event_types=["thing.created"])
        await engine.endpoint(second.url, event_types=["thing.*"], filter={"record.state": ["paid", "open"]})
        await engine.run("insert into things values (1, 'a', 'new')", "insert into things values (2, 'b', 'paid')")
        assert sorted(r.json["data"]["record"]["id"] for r in await first.until(2)) == [1, 2]
        assert sorted(r.json["type"] for r in await second.until(2)) == ["thing.changed", "thing.created"]
        assert {r.json["data"]["record"]["id"] for r in second.received} == {2}
        await attempts(engine, 4)
        assert (len(first.received), len(second.received)) == (2, 2)


async def test_a_table_may_be_captured_by_a_trigger_and_by_hand(database):
    captured = WebhookEvent(type="thing.created", table="things", capture=Capture.TRIGGER)
    trigger = "create trigger capture after insert on things for each row execute function webhooks.capture()"
    async with webhook_receiver() as receiver, webhook_engine(database, captured, sql=[TABLE, trigger]) as engine:
        await engine.endpoint(receiver.url)
        await engine.run("insert into things values (7, 'by trigger')")
        await receiver.until(1)
        [row] = await engine.rows("select webhooks.manually_trigger_webhook('things', '7') as done")
        assert row["done"] is True
        requests = await receiver.until(2)
        assert [r.json["data"]["record"]["name"] for r in requests] == ["by trigger", "by trigger"]
        assert [r.headers["webhook-sequence"] for r in requests] == ["1", "2"]


async def test_a_payload_that_is_one_level_too_deep_for_an_event_stops_no_other(database):
    async def nested(change, connection):
        return {"a": {"b": {"c": {"d": change.row["document"]}}}}

    created = WebhookEvent(type="note.created", table="notes", payload=nested)
    table = "create table notes (id int primary key, document jsonb not null)"
    async with webhook_receiver() as receiver, webhook_engine(database, created, sql=[table]) as engine:
        await engine.endpoint(receiver.url)
        await engine.run(*(f"insert into notes values ({n}, (repeat('[', {n}) || repeat(']', {n}))::jsonb)"
                           for n in range(248, 256)), "insert into notes values (1, '1')")  # fmt: skip
        requests = await receiver.until(9)
        assert {"a": {"b": {"c": {"d": 1}}}} in [request.json["data"] for request in requests]
        assert engine.witness.all(WebhookPayloadFailed)


async def test_a_payload_function_reads_as_the_service_role_and_its_failure_loses_nothing(database):
    async def enriched(change, connection):
        row = await (await connection.execute("select count(*) as n, current_user as who from things")).fetchone()
        if change.row["name"] == "bad":
            await connection.execute("select 1 / 0")
        return {"id": change.row["id"], "who": row["who"]}

    created = WebhookEvent(type="thing.created", table="things", payload=enriched)
    grant = "grant select on things to service_role"
    async with webhook_receiver() as receiver, webhook_engine(database, created, sql=[TABLE, grant]) as engine:
        await engine.endpoint(receiver.url)
        await engine.run("insert into things values (1, 'good'), (2, 'bad')")
        by_id = {r.json["data"].get("id", 2): r.json["data"] for r in await receiver.until(2)}
        assert by_id[1] == {"id": 1, "who": "service_role"}
        assert by_id[2]["record"]["name"] == "bad"
        [failed] = engine.witness.all(WebhookPayloadFailed)
        assert failed.error == "DivisionByZero"


async def test_an_endpoint_gets_no_more_at_once_than_it_may(database):
    under_way, most, open_gate = 0, 0, asyncio.Event()

    async def held(request, number):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await open_gate.wait()
        under_way -= 1
        return await accept(request, number)

    async with webhook_receiver(held) as receiver, webhook_engine(database, CREATED, sql=[TABLE]) as engine:
        await engine.endpoint(receiver.url, max_in_flight=3)
        await engine.run("insert into things select n from generate_series(1, 30) as n")
        await receiver.until(3)
        assert engine.webhooks.worker.under_way == 3
        open_gate.set()
        await receiver.until(30)
        assert most == 3


async def test_an_endpoint_that_cannot_be_read_harms_no_other_and_its_events_are_kept(database):
    async with webhook_receiver() as receiver, webhook_engine(database, CREATED, sql=[TABLE]) as engine:
        broken = await engine.endpoint(receiver.url)
        await engine.endpoint(receiver.url)
        await engine.run(f"update webhooks.endpoints set retry = '\"never heard of\"' where id = '{broken}'")
        await engine.until_captured()
        await engine.run("insert into things values (1)")
        await attempts(engine, 1)
        assert (await engine.witness.saw(WebhookEndpointUnreadable)).endpoint_id == str(broken)
        kept = await engine.rows("select endpoint_id from webhooks.deliveries")
        assert [row["endpoint_id"] for row in kept] == [broken]
        await engine.run(f"update webhooks.endpoints set retry = '\"quick\"' where id = '{broken}'")
        first, second = await receiver.until(2)
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
