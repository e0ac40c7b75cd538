"""A slot that is gone leaves a gap that is written down, told, and filled from rows, each sent once."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager

import pytest

from millstream.change import Operation
from millstream.identity import Claims, Role
from millstream.wal.connection import connect
from millstream.wal.slot import drop_slot, load_slot
from millstream.webhooks.administration.access import Administration
from millstream.webhooks.administration.errors import BackfillImpossible, GapUnknown, WebhooksForbidden
from millstream.webhooks.administration.gap_models import Backfill
from millstream.webhooks.administration.gaps import backfill, list_gaps
from millstream.webhooks.capture.definition import WebhookEvent
from millstream.webhooks.observations import WebhookGapClosed, WebhookGapFound
from tests.fixtures.webhook_engine import webhook_engine
from tests.fixtures.webhook_receiver import webhook_receiver

SERVICE = Claims.from_token({"role": Role.SERVICE})
TABLE = """
create table things (
  id int primary key, name text, made_at timestamptz not null default now(), changed_at timestamptz
);
grant select on things to service_role;
"""
MADE = WebhookEvent(type="thing.made", table="things", changed_at="made_at")
CHANGED = WebhookEvent(type="thing.changed", table="things", operations=frozenset({Operation.UPDATE}))
GONE = WebhookEvent(type="thing.gone", table="things", operations=frozenset({Operation.DELETE}))
DEFINITIONS = (MADE, CHANGED, GONE)


@asynccontextmanager
async def after_a_gap(database, *during: str):
    """An engine that heard of thing 1, lost its slot, and came back; statements ran while it was away."""
    async with webhook_receiver() as receiver:
        async with webhook_engine(database, *DEFINITIONS, sql=[TABLE]) as engine:
            await engine.endpoint(receiver.url)
            await engine.run("insert into things values (1, 'before')")
            await receiver.until(1)
        await lose_slot(database)
        database.run(*during)
        async with webhook_engine(database, *DEFINITIONS) as engine:
            yield engine, receiver


async def lose_slot(database) -> None:
    connection = await connect(database.address)
    async with asyncio.timeout(20):
        while (status := await load_slot(connection, database.slot)) is not None and status.active:
            pass
    assert await drop_slot(connection, database.slot)
    await connection.close()


def administration(engine) -> Administration:
    return engine.webhooks.administration


async def test_the_first_slot_is_no_gap_and_neither_is_a_restart(database):
    for _ in range(2):
        async with webhook_engine(database, MADE, sql=[TABLE.replace("table", "table if not exists")]) as engine:
            assert await list_gaps(administration(engine), SERVICE) == []
            assert not engine.witness.all(WebhookGapFound)


async def test_a_slot_that_is_gone_is_a_gap_with_its_places_times_and_events(database):
    async with after_a_gap(database) as (engine, _):
        [gap] = await list_gaps(administration(engine), SERVICE)
        [found], [closed] = engine.witness.all(WebhookGapFound), engine.witness.all(WebhookGapClosed)
        assert found.event_types == ("thing.made", "thing.changed", "thing.gone")
        assert (closed.after, closed.before) == (gap.after_lsn, gap.before_lsn)
        assert gap.since < gap.until
        assert [one["type"] for one in gap.definitions] == list(found.event_types)
    async with webhook_engine(database, *DEFINITIONS) as engine:
        assert len(await list_gaps(administration(engine), SERVICE)) == 1


async def test_a_backfill_sends_what_rows_tell_once_however_often_it_is_repeated(database):
    during = ("insert into things values (2, 'during'), (3, 'during')", "delete from things where id = 3")
    async with after_a_gap(database, *during) as (engine, receiver):
        admin = administration(engine)
        [gap] = await list_gaps(admin, SERVICE)
        counted = await backfill(admin, SERVICE, gap.id, Backfill(dry_run=True))
        assert [(one.table, one.types, one.rows) for one in counted.filled] == [("public.things", ["thing.made"], 1)]
        assert set(counted.left_out) == {"thing.changed", "thing.gone"}
        assert (await backfill(admin, SERVICE, gap.id, Backfill())).filled == counted.filled
        [_, late] = await receiver.until(2)
        assert (late.json["type"], late.json["data"]["record"]["id"]) == ("thing.made", 2)
        assert [one.rows for one in (await backfill(admin, SERVICE, gap.id, Backfill())).filled] == [0]
        [gap] = await list_gaps(admin, SERVICE)
        assert (gap.rows_sent, gap.filled_at is not None) == (1, True)


async def test_a_column_named_at_the_backfill_tells_of_changes_too(database):
    during = "update things set name = 'changed', changed_at = now() where id = 1"
    async with after_a_gap(database, during) as (engine, receiver):
        admin = administration(engine)
        [gap] = await list_gaps(admin, SERVICE)
        with pytest.raises(BackfillImpossible, match="nothing"):
            await backfill(admin, SERVICE, gap.id, Backfill(columns={"things": "nothing"}))
        with pytest.raises(BackfillImpossible, match="name"):
            await backfill(admin, SERVICE, gap.id, Backfill(columns={"things": "name"}))
        sent = await backfill(admin, SERVICE, gap.id, Backfill(columns={"things": "changed_at"}))
        assert sum(one.rows for one in sent.filled) >= 1
        requests = await receiver.until(2)
        assert "thing.changed" in {request.json["type"] for request in requests}


async def test_gaps_are_for_the_secret_key_and_must_be_there(database):
    async with webhook_engine(database, MADE, sql=[TABLE]) as engine:
        person = Claims.from_token({"role": Role.AUTHENTICATED, "sub": str(os.urandom(4).hex())})
        with pytest.raises(WebhooksForbidden):
            await list_gaps(administration(engine), person)
        with pytest.raises(GapUnknown):
            await backfill(administration(engine), SERVICE, 7, Backfill())
