"""Measures what it costs to decide who sees a change, with one subscriber and with many, by each of the ways.

Usage: python -m bench.visibility_cost [MANY]. Every subscriber has claims of its own, each change concerns one of them
and is a transaction of its own; the log brings a hundred at a time. `own` and `member` are policies decided in process,
by a column of the row and by a membership; `together` is one that PostgreSQL evaluates for all callers in one
statement, `alone` one that it evaluates for each distinct claims. Costs are CPU time of this process and of PostgreSQL,
the sizes measured in turn, five times over. Prints the least microseconds per change of each, and ratios, as one JSON
object.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import uvloop

from bench.visibility import MANY, Rig, rig
from millstream.postgres.migrations import migrate, millstream_source
from millstream.postgres.settings import Address, address_of
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings

ROUNDS = 5
WAYS = {"own": 5000, "member": 5000, "together": 200, "alone": 100}
"""Changes a round of each way, fewer where each of many callers is asked about."""

SCHEMA = """
create table members (org_id uuid, user_id uuid, role text, primary key (org_id, user_id));
create table cleared (owner_id uuid primary key, level int);
create function is_mine(owner uuid) returns boolean language plpgsql stable as 'begin return owner = auth.uid(); end';
create table own_row (id bigint primary key, owner_id uuid not null, body text);
create table member_row (id bigint primary key, owner_id uuid not null, body text);
create table together_row (id bigint primary key, owner_id uuid not null, body text);
create table alone_row (id bigint primary key, owner_id uuid not null, body text);
alter table members enable row level security;
alter table own_row enable row level security;
alter table member_row enable row level security;
alter table together_row enable row level security;
alter table alone_row enable row level security;
create policy own on members for select to authenticated using (user_id = (select auth.uid()));
create policy own on own_row for select to authenticated using (owner_id = (select auth.uid()));
create policy own on member_row for select to authenticated using (exists (
  select from members m where m.org_id = owner_id and m.user_id = (select auth.uid()) and m.role in ('a', 'b')));
create policy own on together_row for select to authenticated using (exists (
  select from cleared c where c.owner_id = together_row.owner_id and c.owner_id = auth.uid() and c.level > 1));
create policy own on alone_row for select to authenticated using (is_mine(owner_id));
grant select on all tables in schema public to authenticated;
insert into members select lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 'a'
from generate_series(0, 9999) n;
insert into cleared select org_id, 2 from members;
analyze members, cleared;
alter publication supabase_realtime add table members, own_row, member_row, together_row, alone_row
"""


class Cpu:
    """The CPU time of this process and of a PostgreSQL server with all its processes."""

    def __init__(self, postmaster: int) -> None:
        self._postmaster = postmaster
        self._tick = os.sysconf("SC_CLK_TCK")

    def here(self) -> float:
        return time.process_time()

    def in_postgres(self) -> float:
        own = self._fields(self._postmaster)
        found = sum(own[11:15])  # with what of its processes has ended
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                fields = self._fields(int(entry.name))
                found += sum(fields[11:13]) if fields[1] == self._postmaster else 0
        return found / self._tick

    def _fields(self, process: int) -> list[int]:
        text = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return [0, *(int(field) if field.lstrip("-").isdigit() else 0 for field in text[1:])]


async def until_read(tried: Rig) -> None:
    """Have the other tables read, as they are when the log begins."""

    async def at_once() -> None:
        return

    reading = asyncio.ensure_future(tried.related.run(at_once, at_once))
    await tried.related.until_read()
    reading.cancel()


async def measure(address: Address, cpu: Cpu, many: int) -> dict[str, object]:
    found: dict[str, dict[str, list[float]]] = {}
    for way, changes in WAYS.items():
        async with rig(address) as one, rig(address) as other:
            sizes = {1: one, many: other}
            for size, tried in sizes.items():
                await until_read(tried)
                await tried.listen(f"{way}_row", size)
                await tried.tell(f"{way}_row", 100, size)
            for _ in range(ROUNDS):
                for size, tried in sizes.items():
                    here, there = cpu.here(), cpu.in_postgres()
                    number = changes if size == 1 or way in ("own", "member") else 100
                    await tried.tell(f"{way}_row", number, size)
                    spent = (cpu.here() - here, cpu.in_postgres() - there)
                    costs = found.setdefault(way, {}).setdefault(str(size), [])
                    costs.append(1e6 * sum(spent) / number)
    least = {way: {size: min(costs) for size, costs in sizes.items()} for way, sizes in found.items()}
    return {"microseconds_a_change": least, "many_to_one": {way: s[str(many)] / s["1"] for way, s in least.items()}}


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    with tempfile.TemporaryDirectory(prefix="millstream-bench-") as folder, contextlib.ExitStack() as ending:
        postgres = EmbeddedPostgres(EmbeddedPostgresSettings(folder=Path(folder) / "postgres"))
        postgres.start()
        ending.callback(postgres.stop)
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            migrate(connection, [millstream_source()])
            for statement in SCHEMA.split(";\n"):
                connection.execute(statement.encode())
        assert postgres.pid is not None
        address = address_of(postgres.admin_url_of("millstream"))
        print(json.dumps(uvloop.run(measure(address, Cpu(postgres.pid), many)), indent=2))


if __name__ == "__main__":
    main()
