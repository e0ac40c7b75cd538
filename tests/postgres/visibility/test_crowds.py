"""Many callers are asked about in one statement; each is told of what SELECT shows, also who comes meanwhile."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from millstream.policy.observations import AskedApart, PolicyCheckFailed
from millstream.subscriptions.telling.look_ahead import look_ahead
from tests.postgres.visibility.listening import SERVICE, followed, user

SCHEMA = (
    "create table levels (person uuid primary key, level int)",
    "create table papers (id int primary key, level int, body text)",
    "alter table papers enable row level security, replica identity full",
    """create policy cleared on papers for select to authenticated using (
         level <= (select l.level from levels l where l.person = (select auth.uid())))""",
    "insert into levels select (repeat('0', 30) || n)::uuid, n - 10 from generate_series(10, 19) n",
    "grant select on levels, papers to authenticated",
    "alter publication supabase_realtime add table papers",
)
PEOPLE = [user(uuid.UUID(f"00000000-0000-0000-0000-0000000000{number}")) for number in range(10, 20)]


@pytest.fixture
async def live(any_database):
    async with followed(any_database, *SCHEMA) as live:
        yield live


def told(listener):
    return [(change["type"][0], (change.get("record") or change["old_record"])["id"]) for change in listener.take()]


async def test_each_is_told_of_what_is_theirs(live):
    listeners = [await live.listen(person, {"table": "papers"}) for person in PEOPLE]
    twice = await live.listen(PEOPLE[3], {"schema": "*", "table": "*"}, topic="realtime:other")
    service = await live.listen(SERVICE, {"table": "papers"})
    await live.run("insert into papers values (1, 3, 'x'), (2, 9, 'x'), (3, null, 'x')")
    await live.run("update papers set level = 8 where id = 1", "delete from papers")
    assert told(service) == [("I", 1), ("I", 2), ("I", 3), ("U", 1), ("D", 2), ("D", 3), ("D", 1)]
    assert told(twice) == [("I", 1)]
    seen = [told(listener) for listener in listeners]
    assert seen == [
        *([[]] * 3), *([[("I", 1)]] * 5), [("I", 1), ("U", 1), ("D", 1)],
        [("I", 1), ("I", 2), ("U", 1), ("D", 2), ("D", 1)],
    ]  # fmt: skip
    assert not live.witness.all(AskedApart)


async def test_what_they_see_of_the_old_row_is_theirs_too(live):
    listeners = [await live.listen(person, {"table": "papers", "leave": True}) for person in PEOPLE]
    await live.run("insert into papers values (1, 5, 'secret')")
    await live.run("update papers set level = 3, body = 'open'")
    await live.run("update papers set level = 7")
    await live.run("truncate levels", "update papers set level = 1")
    changes = [listener.take() for listener in listeners]
    assert [len(each) for each in changes] == [0, 0, 0, 2, 2, 3, 3, 3, 3, 3]
    assert changes[4][0]["old_record"] == {"id": 1}
    assert changes[4][1] == {**changes[4][1], "type": "DELETE", "old_record": {"id": 1}}
    assert changes[5][1]["old_record"]["body"] == "secret"


async def test_who_comes_after_the_question_is_asked_about_alone(live):
    for person in PEOPLE[:5]:
        await live.listen(person, {"table": "papers"})
    row = ("1", "0", "x")
    async with live.admin.transaction():
        await live.admin.execute(b"insert into papers values (1, 0, 'x')")
    await live.told()
    [change] = [each for done in live.markers.transactions for each in done.changes]
    seen = await look_ahead([change], live.registry, live.catalog.current, live.crowds, ())
    await live.listen(PEOPLE[9], {"table": "papers"})
    [(role, crowd)] = live.registry.crowds(change.relation)
    assert (role, len(crowd.members), len(seen.verdict(crowd, change.new).visible)) == ("authenticated", 6, 5)
    assert len(list(crowd.find(seen, change.new))) == 6
    assert list(crowd.find(seen, change.new)) != list(crowd.find(seen, row))
    [newcomer] = [audience for audience in crowd.members if audience.claims == PEOPLE[9]]
    assert seen.sees(newcomer, change.new) is None


async def test_a_policy_that_fails_for_one_caller_denies_that_one_alone(live):
    live.database.run(
        "drop policy cleared on papers",
        """create policy claimed on papers for select to authenticated using (
             level < (coalesce(auth.jwt() ->> 'level', '0'))::int)""",
    )
    await live.told()
    claims = [user(uuid.UUID(int=number), level=level) for number, level in enumerate(("1", "2", "3", "4", "high"))]
    listeners = [await live.listen(each, {"table": "papers"}) for each in claims]
    await live.run("insert into papers values (1, 2, 'x')")
    await live.run("insert into papers values (2, 3, 'x')")
    assert [told(listener) for listener in listeners] == [[], [], [("I", 1)], [("I", 1), ("I", 2)], []]
    [apart] = live.witness.all(AskedApart)
    assert (apart.table, apart.sqlstate) == ("public.papers", "22P02")
    assert [each.sqlstate for each in live.witness.all(PolicyCheckFailed)] == ["22P02"]


async def test_people_may_come_and_go_while_changes_are_told(live):
    stay = [await live.listen(person, {"table": "papers"}) for person in PEOPLE[5:]]
    writing = asyncio.ensure_future(
        live.run("insert into papers select n, n % 10, 'x' from generate_series(1, 2000) n")
    )
    for person in PEOPLE[:5] * 4:
        listener = await live.listen(person, {"table": "papers"})
        live.subscriptions.close(listener.subscription)
    await writing
    for level, listener in enumerate(stay, start=5):
        assert [key for _, key in told(listener)] == [n for n in range(1, 2001) if n % 10 <= level]
