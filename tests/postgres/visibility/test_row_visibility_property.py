"""Everybody is told exactly of the rows that a SELECT in their role returns: before a DELETE, after all else."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from millstream.change import Operation
from tests.fixtures.postgres import Database
from tests.postgres.visibility.listening import SERVICE, STRANGER, Followed, followed, user

USERS = [uuid.UUID(int=n) for n in (1, 2)]
PEOPLE = {"stranger": STRANGER, "first": user(USERS[0]), "second": user(USERS[1]), "service": SERVICE}
TABLES = ("notes", "messages", "members", "documents", "posts", "drafts")

SCHEMA = (
    "create table notes (id int primary key, n int, owner uuid)",
    "create table members (id int primary key, n int, owner uuid)",
    "create table messages (id int primary key, n int, owner uuid)",
    "create table clearances (owner uuid primary key, n int)",
    "create table documents (id int primary key, n int, owner uuid)",
    "create table posts (id int primary key, n int, owner uuid)",
    "create table drafts (id int primary key, n int, owner uuid)",
    *(f"alter table {table} enable row level security" for table in TABLES),
    *(f"alter table {table} replica identity full" for table in TABLES),
    *(f"alter publication supabase_realtime add table {table}" for table in TABLES),
    "create policy own on notes for select using ((select auth.uid()) = owner)",
    "create policy own on members for select to authenticated using (owner = auth.uid())",
    """create policy member on messages for select to authenticated using (
         exists (select from members where members.n = messages.n and members.owner = auth.uid()))""",
    """create function may_read(document documents) returns boolean
       language plpgsql stable security definer set search_path = '' as $$
       begin
         return document.n <= (select n from public.clearances where owner = auth.uid());
       end $$""",
    "create policy cleared on documents for select using (may_read(documents))",
    "create policy low on posts for select to anon using (n < 2)",
    "create policy everybody on posts for select to authenticated using (true)",
    """create policy not_mine on posts as restrictive for select to authenticated using (
         owner is distinct from auth.uid())""",
    "create policy mine on drafts for all to authenticated using (owner = auth.uid())",
    "create policy low on drafts for select to authenticated using (n = 0)",
    "create policy high on drafts as restrictive for select using (n <> 2)",
)


@dataclass(frozen=True)
class Step:
    table: str
    operation: str
    id: int
    n: int | None
    owner: uuid.UUID | None

    def sql(self) -> str:
        n = "null" if self.n is None else str(self.n)
        owner = "null" if self.owner is None else f"'{self.owner}'"
        if self.table == "clearances":
            return (
                f"insert into clearances values ({owner}, {n}) on conflict (owner) do update set n = excluded.n"
                if self.owner is not None
                else "delete from clearances"
            )
        return {
            "insert": f"insert into {self.table} values ({self.id}, {n}, {owner}) on conflict do nothing",
            "update": f"update {self.table} set n = {n}, owner = {owner} where id = {self.id}",
            "rename": f"update {self.table} set id = id + 10, owner = {owner} where id = {self.id}"
            f" and not exists (select from {self.table} where id = {self.id} + 10)",
            "delete": f"delete from {self.table} where id = {self.id}",
            "delete all": f"delete from {self.table}",
        }[self.operation]


steps = st.builds(
    Step,
    table=st.sampled_from((*TABLES, "clearances")),
    operation=st.sampled_from(("insert", "insert", "update", "rename", "delete", "delete all")),
    id=st.integers(0, 3),
    n=st.none() | st.integers(0, 2),
    owner=st.sampled_from((None, *USERS)),
)


@pytest.fixture
async def live(any_database: Database):
    async with followed(any_database, *SCHEMA) as live:
        for person, claims in PEOPLE.items():
            for table in TABLES:
                setattr(live, f"{person}_{table}", await live.listen(claims, {"event": "*", "table": table}))
        yield live


EVERYTHING = " union all ".join(f"select '{table}', id, n, owner::text from {table}" for table in TABLES)


async def seen(live: Followed) -> dict[tuple[str, str], dict[int, tuple]]:
    """Return what everybody may SELECT now, by primary key."""
    rows = {(person, table): {} for person in PEOPLE for table in TABLES}
    for person, claims in PEOPLE.items():
        for table, *row in await live.select(claims, EVERYTHING):
            rows[person, table][row[0]] = tuple(row)
    return rows


def as_row(record: dict) -> tuple:
    return record["id"], record["n"], record["owner"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(steps, min_size=1, max_size=10))
async def test_everybody_is_told_exactly_of_the_rows_that_they_may_select(live, plan):
    await live.run(f"truncate {', '.join(TABLES)}, clearances")
    for person in PEOPLE:
        for table in TABLES:
            getattr(live, f"{person}_{table}").take()
    before = await seen(live)
    for step in plan:
        await live.run(step.sql())
        after = await seen(live)
        for person in PEOPLE:
            for table in TABLES:
                told = getattr(live, f"{person}_{table}").take()
                if table != step.table:
                    assert told == []
                    continue
                check(
                    told, before[person, table], after[person, table], before["service", table], after["service", table]
                )
        before = after


def check(told: list[dict], seen_before: dict, seen_after: dict, all_before: dict, all_after: dict) -> None:
    """Compare what somebody was told with what happened and what they may see."""
    inserted = {as_row(each["record"]) for each in told if each["type"] == Operation.INSERT}
    deleted = {as_row(each["old_record"]) for each in told if each["type"] == Operation.DELETE}
    updated = [each for each in told if each["type"] == Operation.UPDATE]
    if updated or (all_before and len(all_before) == len(all_after)):
        changed = {key for key, row in all_after.items() if all_before.get(key) != row}
        news = {as_row(each["record"]) for each in updated}
        assert {seen_after[key] for key in changed & seen_after.keys()} <= news <= set(seen_after.values())
        for each in updated:
            old = each["old_record"]
            assert "owner" not in old or as_row(old) in seen_before.values()
            assert ("owner" in old) is (old.get("id") in seen_before), "the old row is told to those who saw it"
    else:
        assert inserted == {row for key, row in seen_after.items() if key not in all_before}
        assert deleted == {row for key, row in seen_before.items() if key not in all_after}
    assert len(told) == len(inserted) + len(deleted) + len(updated)
