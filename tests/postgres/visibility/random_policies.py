"""The tables of random trials, their callers, and the conditions of which random policies are made, by who knows them.

`KNOWN` are decided on the row and the caller alone, `LOOKING` by what other tables hold, `TOGETHER` by PostgreSQL in
one statement for all callers, `OTHERS` for each caller alone among others. Used by `verdicts`.
"""

from __future__ import annotations

import uuid

from millstream.identity import Claims
from tests.postgres.visibility.listening import SERVICE, STRANGER, user

FIRST, SECOND, THIRD = (uuid.UUID(int=number) for number in (1, 2, 3))
OPERATIONS = ("insert", "update", "update", "delete")
CALLERS: dict[str, Claims] = {
    "service": SERVICE,
    "stranger": STRANGER,
    "first": user(FIRST),
    "first of a": user(FIRST, org="a", status="open"),
    "second of b": user(SECOND, org="b", app_metadata={"org": "a"}, team=str(THIRD)),
    "third of c": user(THIRD, org="it's", app_metadata={"org": "b"}, status="shut"),
    "odd claims": user(SECOND, org=5, status=None, app_metadata="a"),
    "without account": Claims.from_token({"role": "authenticated", "org": "a"}),
}
TABLES = ("plain", "nested", "deep")
COLUMNS = ("id", "n", "owner", "org", "public", "status")
READS = {"plain": "members", "nested": "plain", "deep": "nested"}
FUNCTIONS = (
    """create function is_member(at int) returns boolean language sql stable security definer set search_path = '' as $$
         select exists (select 1 from public.members m where m.n = at and m.owner = auth.uid()) $$""",
    """create function has_rank(at int, roles text[]) returns boolean
       language sql stable security definer set search_path = '' as $$
         select exists (
           select from public.ranks r -- whoever has one
           where r.n = at and r.owner = auth.uid() and r.role = any (roles)
         ); $$""",
    """create function rank_in(at int) returns text language sql stable security definer set search_path = public as $$
         select role from ranks where n = $1 and owner = auth.uid() $$""",
    """create function my_places() returns setof int language sql stable security definer set search_path = '' as $$
         select r.n from public.ranks r where r.owner = auth.uid() and r.role = 'chief' $$""",
    """create function sees_member(at int) returns boolean language sql stable
       begin atomic select exists (select from members m where m.n = at); end""",
)
SCHEMA = (
    "create table members (id int primary key, n int, owner uuid)",
    "alter table members enable row level security",
    "create policy mine on members for select using (owner = (select auth.uid()))",
    "alter table members replica identity full",
    "create table clearances (owner uuid primary key, n int)",
    "create table ranks (n int, owner uuid, role text not null, since timestamptz, primary key (n, owner))",
    "create table hidden (id int primary key, n int, owner uuid)",
    (
        "insert into hidden select i, i % 3, ('00000000-0000-0000-0000-00000000000' || 1 + i % 3)::uuid"
        " from generate_series(1, 3) i"
    ),
    "alter publication supabase_realtime add table members, ranks",
    *FUNCTIONS,
    (
        "insert into members select i, i % 3, ('00000000-0000-0000-0000-00000000000' || 1 + i % 3)::uuid"
        " from generate_series(1, 4) i"
    ),
    """create function is_cleared(level int) returns boolean
       language sql stable security definer set search_path = '' as $$
         select exists (select from public.clearances where owner = auth.uid() and n >= level) $$""",
    "create function is_odd(n int) returns boolean language plpgsql stable as $$ begin return n % 2 = 1; end $$",
    *(
        statement
        for table in TABLES
        for statement in (
            f"create table {table} (id int primary key, n int, owner uuid, org text, public bool, status varchar)",
            f"alter table {table} enable row level security",
            f"alter table {table} replica identity full",
            f"alter publication supabase_realtime add table {table}",
            (
                f"create function may_read({table}) returns boolean language sql stable as"
                " $$ select $1.owner = auth.uid() or $1.n = 0 $$"
            ),
        )
    ),
    "grant select on all tables in schema public to anon, authenticated, service_role",
)
KNOWN = (
    "owner = auth.uid()",
    "(select auth.uid()) = owner",
    "owner = (auth.jwt() ->> 'sub')::uuid",
    "owner = (select (auth.jwt() ->> 'team')::uuid)",
    "org = auth.jwt() ->> 'org'",
    "(select auth.jwt() ->> 'org') = org",
    "org = ((select auth.jwt()) -> 'app_metadata' ->> 'org')",
    "status = auth.jwt() ->> 'status'",
    "auth.role() = 'authenticated'",
    "auth.uid() is not null",
    "public",
    "public = false",
    "status = 'open'",
    "org = 'it''s'",
    "n = 1",
    "owner is null",
    "org is not null",
)
LOOKING = (
    "exists (select from members m where m.n = {table}.n and m.owner = auth.uid())",
    "n in (select m.n from members m where m.owner = (select auth.uid()))",
    "n = any (array(select n from members))",
    "exists (select 1 from ranks where ranks.n = {table}.n and owner = auth.uid() and role in ('chief', 'clerk'))",
    "exists (select from ranks r where r.owner = {table}.owner and r.role = 'chief')",
    "exists (select from ranks r where r.owner = auth.uid() and r.since is null)",
    "exists (select from ranks r where r.owner = auth.uid() and {table}.public)",
    "exists (select from ranks r where r.n = {table}.n and r.role = {table}.status and r.owner = {table}.owner)",
    "n = (select c.n from ranks c where c.owner = auth.uid() and c.n = 1)",
    "org = (select r.role from ranks r where r.n = {table}.n and r.owner = auth.uid())",
    "is_member(n)",
    "(select is_member({table}.n))",
    "has_rank(n, array['chief', 'clerk'])",
    "has_rank(n, '{{clerk}}'::text[])",
    "rank_in(n) = 'chief'",
    "rank_in(n) in ('clerk', 'chief')",
    "rank_in(n) is not null",
    "n in (select my_places())",
    "sees_member(n)",
)
TOGETHER = (
    "exists (select from clearances c where c.owner = auth.uid() and c.n >= {table}.n)",
    "n < (select max(c.n) from clearances c where c.owner = (select auth.uid()))",
    "owner in (select c.owner from clearances c join hidden h on h.n = c.n where h.owner = auth.uid())",
    "exists (select from hidden h where h.n = {table}.n and h.owner = auth.uid())",
    "owner <> auth.uid()",
    "owner is distinct from (select auth.uid())",
    "coalesce(auth.jwt() ->> 'org', 'a') = org",
    "(auth.jwt() -> 'app_metadata') ? 'org'",
    "status = 'auth.uid()' or auth.role() <> 'anon'",
    "not ({table}.n = 1 and auth.uid() is null)",
)
OTHERS = (
    *TOGETHER,
    "auth.email() is null",
    "not public",
    "org in ('a', 'b')",
    "n < 2",
    "is_odd(n)",
    "is_cleared(n)",
    "may_read({table})",
    "not is_member(n)",
    "rank_in(n) is null",
    "exists (select from members m join ranks r on r.n = m.n where m.n = {table}.n and r.owner = auth.uid())",
    "(select count(*) from ranks r where r.n = {table}.n) > 1",
    "exists (select from {read} r where r.n = {table}.n)",
    "coalesce(owner = auth.uid(), public, false)",
)
