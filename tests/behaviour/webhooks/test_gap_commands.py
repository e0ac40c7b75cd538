"""An operator at the command line finds a gap and fills it."""

from __future__ import annotations

import orjson
import psycopg

from tests.fixtures.command import run

THINGS = "create table things (id int primary key, made_at timestamptz default now()); insert into things values (1)"
GAP = """
insert into webhooks.gaps (slot, after_lsn, before_lsn, since, until, definitions)
values ('millstream', '0/10', '0/20', now() - interval '1 minute', now() + interval '1 minute', %s)
"""
TOLD = {"type": "thing.made", "schema": "public", "table": "things", "operations": ["INSERT"], "changed_at": None}


async def test_a_gap_is_shown_counted_and_filled_by_commands(database, tmp_path):
    database.run_as_server(THINGS)
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute("grant select on things to service_role")
        connection.execute(GAP, (orjson.dumps([TOLD]).decode(),))
    environment = {"DATABASE_URL": database.url, "COLUMNS": "200"}

    async def said(*arguments: str) -> str:
        answer = await run("webhooks", *arguments, folder=tmp_path, environment=environment)
        assert answer.code == 0, answer
        return answer.output + answer.messages

    assert "0/10" in await said("gaps")
    by_column = ("backfill", "1", "--column", "things=made_at")
    assert "would send 1 rows" in await said(*by_column, "--dry-run")
    assert "sent 1 rows" in await said(*by_column)
