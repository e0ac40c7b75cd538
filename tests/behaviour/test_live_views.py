"""Live views over real sockets: who hears which value when, and that nobody hears more."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from millstream.app import App, LiveView, reads
from millstream.live_views.errors import LiveViewInvalid
from millstream.live_views.observations import LiveViewFailed, LiveViewForbidden, LiveViewRan
from millstream.live_views.settings import LiveViewSettings
from millstream.observe import ignore
from millstream.server.project import open_project
from tests.fixtures.node import node_client
from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject
from tests.fixtures.realtime_py import python_client
from tests.fixtures.server import project_settings, serving
from tests.fixtures.witness import Witness

ONE, OTHER = (str(UUID(int=number)) for number in (0xABC, 0xABD))
OWNER, SECOND, STRANGER = PEOPLE = [str(UUID(int=number)) for number in (1, 2, 3)]
SCHEMA = (
    "create table orders (id int primary key, organisation_id uuid not null, amount int not null, note text)",
    "alter table orders replica identity full",
    "alter table orders enable row level security",
    "grant select on orders to service_role",
    "insert into auth.users (id) values " + ", ".join(f"('{person}')" for person in PEOPLE),
    f"insert into auth.organisations (id, slug, name) values ('{ONE}', 'one', 'One'), ('{OTHER}', 'other', 'Other')",
    f"""insert into auth.memberships (organisation_id, user_id, role)
    values ('{ONE}', '{OWNER}', 'owner'), ('{ONE}', '{SECOND}', 'owner'), ('{OTHER}', '{STRANGER}', 'owner')""",
    f"insert into orders values (1, '{ONE}', 10), (2, '{OTHER}', 7)",
)
SALES = LiveView(
    name="sales",
    parameters={"organisation_id": UUID},
    query="""
      select count(*) as orders, sum(amount) as total, sum(100 / amount) as worth from orders
      where organisation_id = %(organisation_id)s
    """,
    may_watch="auth.member_of(%(organisation_id)s, array['owner'])",
    reads=[reads("orders", organisation_id="organisation_id")],
    rights=[reads("auth.memberships", organisation_id="organisation_id")],
)
EVERYBODY = LiveView(
    name="everybody", query="select 'v' as row_of_view, 1 % 2 as odd", may_watch="true", reads=[reads("orders")]
)
BY_WORD = LiveView(
    name="by_word", parameters={"word": str, "n": int}, query="select %(n)s as n", may_watch="true", reads=[]
)
BROKEN = LiveView(name="broken", query="select 1", may_watch="1 / 0 = 1", reads=[])
TOPIC = f"realtime:view:sales:{ONE}"
PRIVATE = {"private": True}
SETTLE_MS = 30


@asynccontextmanager
async def running(database: Database, folder: Path, **settings: Any) -> AsyncIterator[RealtimeProject]:
    (folder / "migrations").mkdir()
    database.run_as_server(*SCHEMA)
    app = App(name="views", title="Views", sql=folder, live_views=[SALES, EVERYBODY, BY_WORD, BROKEN])
    witness = Witness()
    given = project_settings(database, live_views=LiveViewSettings(**settings))
    async with serving(given, app=app, observe=witness) as (url, (project,)):
        yield RealtimeProject(url, project, database, witness)


@pytest.fixture
async def project(database: Database, tmp_path: Path) -> AsyncIterator[RealtimeProject]:
    async with running(database, tmp_path, settle_ms=SETTLE_MS) as opened:
        yield opened


async def join(project: RealtimeProject, client: Any, person: str | None = OWNER, topic: str = TOPIC) -> Any:
    token = {} if person is None else {"access_token": project.token(person)}
    return (await client.join(topic, PRIVATE, **token))[4]


async def value(client: Any, event: str = "value") -> Any:
    while (message := await client.hear_event("broadcast"))[4]["event"] != event:
        pass
    return message[4]["payload"]


async def totals(client: Any) -> tuple[int, int]:
    [row] = (await value(client))["rows"]
    return row["orders"], row["total"]


async def test_whoever_joins_gets_the_value_and_each_new_one_with_its_time(project: RealtimeProject) -> None:
    async with project.connect() as client:
        assert (await join(project, client))["status"] == "ok"
        first = await value(client)
        assert first["rows"] == [{"orders": 1, "total": 10, "worth": 10}]
        await project.run(f"insert into orders values (3, '{ONE}', 5)")
        second = await value(client)
        assert second["rows"] == [{"orders": 2, "total": 15, "worth": 30}]
        assert second["as_of"] > first["as_of"]
        await project.run("delete from orders where id = 1")
        assert await totals(client) == (1, 5)


async def test_a_second_watcher_gets_the_value_that_is_there_and_both_get_the_next(project: RealtimeProject) -> None:
    async with project.connect() as first, project.connect(vsn="2.0.0") as second:
        await join(project, first)
        assert await totals(first) == (1, 10)
        await join(project, second, SECOND)
        assert await totals(second) == (1, 10)
        assert len(project.witness.all(LiveViewRan)) == 1
        await project.run(f"insert into orders values (3, '{ONE}', 5)")
        assert await totals(first) == await totals(second) == (2, 15)


async def test_many_changes_become_few_runs_of_which_the_last_is_right(project: RealtimeProject) -> None:
    clock = asyncio.get_running_loop().time
    async with project.connect() as client:
        await join(project, client)
        await value(client)
        begun = clock()
        await project.run(*(f"insert into orders values ({n}, '{ONE}', 1)" for n in range(10, 60)))
        while (await totals(client)) != (51, 60):
            pass
        # One a settling time at most, however long fifty commits take on this machine, and a tick for the clock.
        assert len(project.witness.all(LiveViewRan)) <= 2 + (clock() - begun) / (SETTLE_MS / 1000 - 0.002)


async def test_an_equal_result_is_not_sent_and_rows_of_others_run_nothing(project: RealtimeProject) -> None:
    async with project.connect() as client:
        await join(project, client)
        await value(client)
        await project.run(f"insert into orders values (3, '{OTHER}', 5)", "update orders set note = 'x' where id = 1")
        await project.witness.saw(LiveViewRan, lambda ran: not ran.changed)
        await project.run(f"insert into orders values (4, '{ONE}', 5)")
        assert await totals(client) == (2, 15)
        assert [ran.changed for ran in project.witness.all(LiveViewRan)] == [True, False, True]


async def test_nobody_joins_who_may_not_watch(project: RealtimeProject) -> None:
    async with project.connect() as client:
        for person, topic in (
            (STRANGER, TOPIC),
            (None, TOPIC),
            (OWNER, f"realtime:view:sales:{OTHER}"),
            (OWNER, f"realtime:view:sales:{ONE.upper()}"),
            (OWNER, "realtime:view:sales"),
            (OWNER, "realtime:view:unknown"),
            (OWNER, "realtime:view:broken"),
        ):
            answer = await join(project, client, person, topic)
            assert answer["status"] == "error"
            assert answer["response"]["reason"].startswith("Unauthorized")
    await project.witness.saw(LiveViewFailed, lambda failed: failed.view == "broken")
    assert not project.witness.all(LiveViewRan)


async def test_the_public_topic_of_the_same_name_is_another_one(project: RealtimeProject) -> None:
    async with project.connect() as member, project.connect() as public:
        assert (await public.join(TOPIC, {}))[4]["status"] == "ok"
        await join(project, member)
        await value(member)
        public.say(TOPIC, "broadcast", {"type": "broadcast", "event": "value", "payload": {"rows": []}})
        await project.run(f"insert into orders values (3, '{ONE}', 5)")
        assert await totals(member) == (2, 15)
        public.say("phoenix", "heartbeat", join_ref=None)
        assert (await public.hear())[3] == "phx_reply"


async def test_nobody_may_send_to_a_view(project: RealtimeProject) -> None:
    async with project.connect() as owner, project.connect() as other:
        await join(project, owner)
        await value(owner)
        token = {"access_token": project.token(SECOND)}
        await other.join(TOPIC, {"private": True, "broadcast": {"ack": True}}, **token)
        other.say(TOPIC, "broadcast", {"type": "broadcast", "event": "value", "payload": {"rows": []}})
        while (answer := await other.hear_event("phx_reply"))[2] != TOPIC:
            pass
        assert answer[4] == {"status": "error", "response": {"error": "unauthorized"}}
        await project.run(f"insert into orders values (3, '{ONE}', 5)")
        assert await totals(owner) == (2, 15)


async def test_a_member_who_leaves_hears_nothing_of_what_comes_after(project: RealtimeProject) -> None:
    async with project.connect() as staying, project.connect() as leaving:
        await join(project, staying)
        await join(project, leaving, SECOND)
        assert await totals(staying) == await totals(leaving) == (1, 10)
        await project.run(
            f"delete from auth.memberships where user_id = '{SECOND}'", f"insert into orders values (3, '{ONE}', 5)"
        )
        _, _, _, event, payload = await leaving.hear()
        assert (event, payload["status"]) == ("system", "error")
        assert "no longer have permission" in payload["message"]
        assert (await leaving.hear())[3] == "phx_close"
        assert await totals(staying) == (2, 15)
        assert (await join(project, leaving, SECOND))["status"] == "error"
    await project.witness.saw(LiveViewForbidden)


async def test_no_value_of_a_time_without_membership_is_heard_however_close_the_changes_are(
    project: RealtimeProject,
) -> None:
    add = f"insert into auth.memberships (organisation_id, user_id, role) values ('{ONE}', '{SECOND}', 'owner')"
    remove = f"delete from auth.memberships where user_id = '{SECOND}'"
    ids = itertools.count(100)
    orders = 1
    async with project.connect() as staying, project.connect() as client:
        await join(project, staying)
        for _ in range(6):
            more = [f"insert into orders values ({next(ids)}, '{ONE}', 1)" for _ in range(4)]
            assert (await join(project, client, SECOND))["status"] == "ok"
            await project.run(more[0], remove, *more[1:])
            heard = []
            while (message := await client.hear())[3] != "phx_close":
                if message[3] == "broadcast":
                    heard.append(message[4]["payload"]["rows"][0]["orders"])
            assert set(heard) <= {orders, orders + 1}
            orders += 4
            await project.run(add)
        while (await totals(staying))[0] != orders:
            pass


async def test_a_membership_that_concerns_nobody_else_lets_the_others_watch_on(project: RealtimeProject) -> None:
    async with project.connect() as client, project.connect() as newcomer:
        await join(project, client)
        await value(client)
        await project.run(
            f"insert into auth.memberships (organisation_id, user_id, role) values ('{ONE}', '{STRANGER}', 'owner')"
        )
        await project.witness.saw(LiveViewRan, times=2)
        await join(project, newcomer, STRANGER)
        assert await totals(newcomer) == (1, 10)
        await project.run(f"insert into orders values (3, '{ONE}', 5)")
        assert await totals(client) == (2, 15)


async def test_a_query_that_fails_is_said_and_the_next_good_value_follows(project: RealtimeProject) -> None:
    async with project.connect() as client, project.connect() as late:
        await join(project, client)
        await value(client)
        await project.run(f"insert into orders values (3, '{ONE}', 0)")
        assert (await value(client, "error"))["code"] == "live_view_failed"
        await join(project, late, SECOND)
        assert await totals(late) == (1, 10)
        assert (await value(late, "error"))["code"] == "live_view_failed"
        await project.run("update orders set amount = 5 where id = 3")
        assert await totals(client) == await totals(late) == (2, 15)
    assert project.witness.all(LiveViewFailed)[0].error == "22012"


async def test_nothing_runs_while_nobody_watches(project: RealtimeProject) -> None:
    async with project.connect() as client:
        await join(project, client)
        await value(client)
        client.say(TOPIC, "phx_leave")
        while (await client.hear())[3] != "phx_close":
            pass
        await project.run(f"insert into orders values (3, '{ONE}', 5)")
        await join(project, client)
        assert await totals(client) == (2, 15)
    assert len(project.witness.all(LiveViewRan)) == 2


async def test_a_view_without_parameters_may_be_for_everybody(project: RealtimeProject) -> None:
    async with project.connect() as client:
        assert (await join(project, client, None, "realtime:view:everybody"))["status"] == "ok"
        assert (await value(client))["rows"] == [{"row_of_view": "v", "odd": 1}]


async def test_a_key_may_have_any_text_and_a_view_need_not_use_it(project: RealtimeProject) -> None:
    async with project.connect() as client:
        answer = await join(project, client, None, "realtime:view:by_word:Gr%C3%BC%C3%9Fe%3A%20%27%25%28n%29s%27:7")
        assert answer["status"] == "ok"
        assert (await value(client))["rows"] == [{"n": 7}]


async def test_one_view_too_many_and_a_result_too_large_are_said(database: Database, tmp_path: Path) -> None:
    async with (
        running(database, tmp_path, max_watched=1, max_result_bytes=20) as project,
        project.connect() as client,
        project.connect() as second,
    ):
        await join(project, client)
        assert (await value(client, "error"))["code"] == "live_view_too_large"
        await join(project, second, None, "realtime:view:everybody")
        assert (await second.hear_event("system"))[4]["message"] == "Too many live views are watched"


async def test_a_partitioned_table_is_followed_and_a_missing_one_is_named(database: Database, tmp_path: Path) -> None:
    database.run_as_server(
        "create table visits (at date not null, primary key (at)) partition by range (at)",
        "create table visits_2026 partition of visits for values from ('2026-01-01') to ('2027-01-01')",
        "grant select on visits to service_role",
    )
    (tmp_path / "migrations").mkdir()
    counted = replace(EVERYBODY, query="select count(*) as visits from visits", reads=[reads("visits")])
    app = App(name="views", title="Views", sql=tmp_path, live_views=[counted])
    async with serving(project_settings(database), app=app) as (url, (served,)):
        project = RealtimeProject(url, served, database, Witness())
        async with project.connect() as client:
            await join(project, client, None, "realtime:view:everybody")
            assert (await value(client))["rows"] == [{"visits": 0}]
            await project.run("insert into visits values ('2026-03-01')")
            assert (await value(client))["rows"] == [{"visits": 1}]
    missing = replace(app, live_views=[replace(counted, reads=[reads("nothing")])])
    with pytest.raises(LiveViewInvalid, match="nothing"):
        async with open_project(project_settings(database), url="", observe=ignore, app=missing):
            pass


async def test_the_python_client_watches_a_view(project: RealtimeProject) -> None:
    async with python_client(project.url, project.anon_key) as client:
        await client.set_auth(project.token(OWNER))
        await client.join(f"view:sales:{ONE}", PRIVATE)
        assert (await client.hear("broadcast"))["payload"]["rows"] == [{"orders": 1, "total": 10, "worth": 10}]
        await project.run(f"insert into orders values (3, '{ONE}', 5)")
        assert (await client.hear("broadcast"))["payload"]["rows"][0]["total"] == 15


@pytest.mark.node
async def test_supabase_js_watches_a_view(project: RealtimeProject) -> None:
    async with node_client("realtime.mjs", project.url, project.anon_key) as js:
        js.tell("setAuth", token=project.token(OWNER))
        await js.hear("authenticated")
        js.tell("join", topic=f"view:sales:{ONE}", config={"private": True})
        first = await js.hear("broadcast", event="value")
        assert first["payload"]["rows"] == [{"orders": 1, "total": 10, "worth": 10}]
        await project.run(f"insert into orders values (3, '{ONE}', 5)")
        assert (await js.hear("broadcast", event="value"))["payload"]["rows"][0]["total"] == 15
