"""The data API against PostgreSQL: nothing is left behind, limits hold, snapshots are placed, the cache stays true."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from millstream.change import Lsn
from millstream.identity import ANONYMOUS
from millstream.rest.observations import DataRequestAnswered, SchemaCacheLoaded
from tests.fixtures.data_api import DataApiServer, caller, data_api
from tests.fixtures.postgres import Database

DEADLINE_SECONDS = 20
SCHEMA = """
create table public.rooms (id int primary key, name text not null, owner text, during tstzrange,
  constraint rooms_never_overlap exclude using gist (during with &&));
alter table public.rooms enable row level security;
create policy owners on public.rooms to authenticated
  using (owner = auth.jwt() ->> 'sub') with check (owner = auth.jwt() ->> 'sub');
create function public.whoami() returns text language sql stable as 'select current_user::text';
create function public.setting(name text) returns text language sql stable as 'select current_setting(name, true)';
create function public.wait(seconds float) returns void language sql volatile as 'select pg_sleep(seconds)';
create function public.teapot() returns json language plpgsql as $$
  begin
    perform set_config('response.status', '418', true);
    perform set_config('response.headers', '[{"X-Pot": "tea"}]', true);
    return '{"short": "stout"}'::json;
  end$$;
revoke all on public.rooms from anon;
grant select, insert, update, delete on public.rooms to authenticated, service_role;
insert into public.rooms values
  (1, 'one', 'ada', '[2026-01-01,2026-01-02)'), (2, 'two', 'ada', null), (3, 'three', 'bob', null);
"""
ADA = caller("authenticated", sub="ada")
BOB = caller("authenticated", sub="bob")


@pytest.fixture
async def api(database: Database):
    database.run_as_server(SCHEMA)
    async with data_api(database) as running:
        yield running


async def names(api: DataApiServer) -> list[str]:
    return [row["name"] for row in (await api.get("/rooms?select=name&order=id")).json]


async def test_callers_see_their_own_rows(api: DataApiServer) -> None:
    assert [row["id"] for row in (await api.get("/rooms?select=id", claims=ADA)).json] == [1, 2]
    assert [row["id"] for row in (await api.get("/rooms?select=id", claims=BOB)).json] == [3]
    refused = await api.get("/rooms", claims=ANONYMOUS)
    assert (refused.status, refused.json["code"]) == (401, "42501")
    stolen = await api.ask("POST", "/rooms", {"id": 4, "name": "four", "owner": "bob"}, claims=ADA)
    assert (stolen.status, stolen.json["code"]) == (403, "42501")


async def test_a_failed_request_leaves_nothing_to_the_next_on_its_connection(database: Database) -> None:
    database.run_as_server(SCHEMA)
    async with data_api(database, size=1) as api:
        before = (await api.get("/rpc/setting?name=role")).json
        for _ in range(3):
            assert (
                await api.ask("POST", "/rooms", {"id": 1, "name": "again", "owner": "ada"}, claims=ADA)
            ).status == 409
            assert (await api.get("/rpc/whoami", claims=BOB)).json == "authenticated"
            assert (await api.get("/rpc/setting?name=request.jwt.claim.sub")).json == ""
        assert (await api.get("/rpc/setting?name=role")).json == before == "service_role"


async def test_a_double_booking_is_a_bad_request_with_its_code(api: DataApiServer) -> None:
    booked = await api.ask("POST", "/rooms", {"id": 9, "name": "x", "during": "[2026-01-01,2026-01-03)"})
    assert (booked.status, booked.json["code"]) == (400, "23P01")


async def test_too_many_changed_rows_change_nothing(api: DataApiServer) -> None:
    refused = await api.ask("DELETE", "/rooms?id=gt.0", prefer="handling=strict, max-affected=2")
    assert (refused.status, refused.json["code"]) == (400, "PGRST124")
    assert refused.json["details"] == "The query affects 3 rows"
    single = await api.ask(
        "PATCH",
        "/rooms?id=gt.1",
        {"name": "x"},
        prefer="return=representation",
        accept="application/vnd.pgrst.object+json",
    )
    assert (single.status, single.json["code"]) == (406, "PGRST116")
    mismatch = await api.ask("PUT", "/rooms?id=eq.1", {"id": 7, "name": "seven"})
    assert (mismatch.status, mismatch.json["code"]) == (400, "PGRST115")
    assert await names(api) == ["one", "two", "three"]


async def test_a_rehearsal_is_rolled_back(database: Database) -> None:
    database.run_as_server(SCHEMA)
    async with data_api(database, tx_end="commit-allow-override") as api:
        rehearsed = await api.ask("DELETE", "/rooms?id=eq.1", prefer="tx=rollback, return=representation")
        assert (rehearsed.status, len(rehearsed.json)) == (200, 1)
        assert rehearsed.headers["preference-applied"] == "return=representation, tx=rollback"
        assert await names(api) == ["one", "two", "three"]


async def test_a_get_cannot_write(api: DataApiServer) -> None:
    assert (await api.get("/rpc/wait?seconds=0")).status == 204
    database_error = await api.get("/rpc/teapot")
    assert database_error.status == 418


async def test_sql_chooses_status_and_headers(api: DataApiServer) -> None:
    answer = await api.ask("POST", "/rpc/teapot", {})
    assert (answer.status, answer.headers["x-pot"], answer.json) == (418, "tea", {"short": "stout"})


async def test_the_request_is_there_for_sql_to_read(api: DataApiServer) -> None:
    headers = await api.get("/rpc/setting?name=request.headers", x_custom="yes")
    assert '"x-custom":"yes"' in headers.json
    assert (await api.get("/rpc/setting?name=request.path")).json == "/rpc/setting"
    assert (await api.get("/rpc/setting?name=request.method")).json == "GET"
    assert (await api.get("/rpc/setting?name=TimeZone", prefer="timezone=Asia/Tokyo")).json == "Asia/Tokyo"


async def test_long_queries_are_read_and_endless_ones_refused(api: DataApiServer) -> None:
    numbers = ",".join(str(number) for number in range(4000))
    assert len((await api.get(f"/rooms?id=in.({numbers})")).json) == 3
    refused = await api.get(f"/rooms?id=in.({numbers * 4})")
    assert (refused.status, refused.json["code"]) == (400, "PGRST100")


async def test_large_bodies_are_refused_whatever_they_declare(database: Database) -> None:
    database.run_as_server(SCHEMA)
    async with data_api(database, max_body_bytes=100) as api:
        for declared in ("200", "10"):
            refused = await api.ask("POST", "/rooms", b"[" + b" " * 198 + b"]", content_length=declared)
            assert refused.status == 413


async def test_a_full_pool_refuses_within_its_deadline(database: Database) -> None:
    database.run_as_server(SCHEMA)
    async with data_api(database, size=1, wait_seconds=0.1) as api, asyncio.timeout(DEADLINE_SECONDS):
        async with asyncio.TaskGroup() as tasks:
            hanging = tasks.create_task(api.ask("POST", "/rpc/wait", {"seconds": 1.5}))
            refused = [tasks.create_task(api.get("/rpc/whoami")) for _ in range(5)]
        assert hanging.result().status == 204
        assert {task.result().status for task in refused} == {504}
        assert {task.result().json["code"] for task in refused} == {"PGRST003"}
        assert (await api.get("/rpc/whoami")).status == 200


async def until(connection: psycopg.AsyncConnection, question: str) -> None:
    """Ask until the answer is yes: a backend's state is seen by no other means."""
    while True:
        cursor = await connection.execute(question.encode())
        row = await cursor.fetchone()
        if row is not None and row[0]:
            return
        await asyncio.sleep(0)


async def test_an_error_of_the_commit_is_told_and_leaves_nothing(api: DataApiServer, admin) -> None:
    await admin.execute(
        "create table public.later (id int primary key,"
        " other int references public.later deferrable initially deferred);"
        "grant all on public.later to service_role"
    )
    await api.watch.load()
    refused = await api.ask("POST", "/later", {"id": 1, "other": 2})
    assert (refused.status, refused.json["code"]) == (409, "23503")
    assert (await api.get("/later")).json == []
    assert (await api.ask("POST", "/later", [{"id": 1, "other": 2}, {"id": 2, "other": 1}])).status == 201


async def test_a_read_cannot_make_itself_a_write(api: DataApiServer, admin) -> None:
    await admin.execute(
        "create table public.kept (id int); grant all on public.kept to service_role;"
        "create function public.sneak() returns void language plpgsql as $$ begin"
        " perform set_config('transaction_read_only', 'off', true); insert into public.kept values (1); end $$"
    )
    await api.watch.load()
    refused = await api.get("/rpc/sneak")
    assert (refused.status >= 400, (await api.get("/kept")).json) == (True, [])


async def test_reads_say_up_to_where_they_hold_the_log(api: DataApiServer, admin, database: Database) -> None:
    before = Lsn.parse((await (await admin.execute("select pg_current_wal_insert_lsn()")).fetchone())[0])
    async with asyncio.timeout(DEADLINE_SECONDS):  # other databases of the server may be writing
        while (text := (await api.get("/rooms?select=id")).headers.get("millstream-lsn")) is None:
            pass
    assert Lsn.parse(text) >= before - 1
    async with await psycopg.AsyncConnection.connect(database.admin_url) as writing:
        await writing.execute("update public.rooms set name = 'uno' where id = 1")
        held_back = Lsn.parse((await api.get("/rooms?select=name")).headers["millstream-lsn"])
        written = Lsn.parse((await (await admin.execute("select pg_current_wal_insert_lsn()")).fetchone())[0])
        assert held_back < written
        await writing.commit()
    after = await api.get("/rooms?select=name&id=eq.1")
    assert after.json == [{"name": "uno"}]
    async with asyncio.timeout(DEADLINE_SECONDS):  # as above
        while Lsn.parse(after.headers["millstream-lsn"]) <= held_back:
            after = await api.get("/rooms?select=name&id=eq.1")
    assert "millstream-lsn" not in (await api.ask("PATCH", "/rooms?id=eq.1", {"name": "one"})).headers


async def test_no_committed_row_at_or_before_the_position_is_missing(database: Database) -> None:
    """Writers commit while readers look: whatever the log has at or before the position, the rows must hold."""
    database.run(
        "create table public.log (n bigint primary key, at pg_lsn); grant select on public.log to service_role"
    )
    async with data_api(database) as api, asyncio.timeout(DEADLINE_SECONDS):
        committed: dict[int, Lsn] = {}
        positions: set[Lsn] = set()

        async def write(first: int) -> None:
            async with await psycopg.AsyncConnection.connect(database.admin_url, autocommit=True) as connection:
                for number in range(first, first + 60):
                    await connection.execute("insert into public.log (n) values (%s)", (number,))
                    row = await (await connection.execute("select pg_current_wal_insert_lsn()")).fetchone()
                    committed[number] = Lsn.parse(row[0])  # the commit record lies before it

        async def read() -> None:
            for _ in range(60):
                answer = await api.get("/log?select=n")
                position = answer.headers.get("millstream-lsn")
                shown = {row["n"] for row in answer.json}
                if position is not None:
                    positions.add(Lsn.parse(position))
                    missing = [n for n, at in committed.items() if at <= Lsn.parse(position) and n not in shown]
                    assert missing == []

        async with asyncio.TaskGroup() as tasks:
            for first in (0, 1000, 2000):
                tasks.create_task(write(first))
            tasks.create_task(read())
            tasks.create_task(read())
        assert len(positions) > 1


async def test_a_change_of_the_schema_is_known_at_once(database: Database) -> None:
    database.run_as_server(SCHEMA)
    async with data_api(database, listening=True) as api, asyncio.timeout(DEADLINE_SECONDS):
        assert (await api.get("/halls")).json["code"] == "PGRST205"
        loads = api.watch.loads
        database.run_as_server(
            "create table public.halls (id int primary key, room int references public.rooms)",
            "grant select on public.halls to service_role",
        )
        await api.watch.until_loaded(loads + 1)
        while (await api.get("/halls?select=id,rooms(name)")).status != 200:
            await api.watch.until_loaded(api.watch.loads + 1)
        loads = api.watch.loads
        database.run("notify pgrst, 'reload config'", "notify pgrst, 'reload schema'")
        await api.watch.until_loaded(loads + 1)
        assert any(isinstance(observation, SchemaCacheLoaded) for observation in api.seen)


async def test_without_event_triggers_a_change_is_found_by_looking(database: Database) -> None:
    database.run_as_server(SCHEMA)
    database.run("drop event trigger millstream_ddl", "drop event trigger millstream_drop")
    async with data_api(database, listening=True, schema_poll_seconds=0.05) as api, asyncio.timeout(DEADLINE_SECONDS):
        loads = api.watch.loads
        database.run_as_server("alter table public.rooms add column floor int default 3")
        await api.watch.until_loaded(loads + 1)
        assert (await api.get("/rooms?select=floor&id=eq.1")).json == [{"floor": 3}]


async def test_prepared_statements_survive_a_change_of_the_table(database: Database) -> None:
    database.run_as_server(SCHEMA)
    async with data_api(database, size=1, listening=True) as api, asyncio.timeout(DEADLINE_SECONDS):
        assert (await api.get("/rooms?id=eq.1")).status == 200
        loads = api.watch.loads
        database.run_as_server("alter table public.rooms add column floor int default 3")
        await api.watch.until_loaded(loads + 1)
        assert (await api.get("/rooms?id=eq.1")).json[0]["floor"] == 3


async def test_each_answer_is_observed_without_its_values(api: DataApiServer) -> None:
    await api.get("/rooms?name=eq.secret")
    await api.get("/nothing")
    seen = [one for one in api.seen if isinstance(one, DataRequestAnswered)]
    assert [(one.status, one.error) for one in seen[-2:]] == [(200, None), (404, "PGRST205")]
    assert "secret" not in repr(seen)


async def test_who_asks_too_often_is_refused_until_the_limit_allows_it(database: Database) -> None:
    database.run_as_server(SCHEMA)
    async with data_api(database, requests_per_minute_per_caller=2) as api:
        answers = [await api.get("/rooms?select=id", claims=ADA) for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
        assert (answers[2].json["code"], answers[2].headers["retry-after"]) == ("over_request_rate_limit", "30")
        assert (await api.get("/rooms?select=id", claims=BOB)).status == 200


async def test_pages_of_other_origins_may_ask_where_the_settings_say_so(database: Database) -> None:
    database.run_as_server(SCHEMA)
    asking = {"origin": "https://a.example", "access_control_request_method": "POST"}
    async with data_api(database) as api:
        preflight = await api.ask("OPTIONS", "/rooms", **asking)
        assert (preflight.status, preflight.headers["access-control-allow-origin"]) == (200, "*")
        answer = await api.get("/rooms?select=id", origin="https://a.example")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "content-range" in answer.headers["access-control-expose-headers"]
    async with data_api(database, cors_allowed_origins=("https://b.example",)) as api:
        refused = await api.ask("OPTIONS", "/rooms", **asking)
        assert "access-control-allow-origin" not in refused.headers
