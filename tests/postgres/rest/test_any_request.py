"""Whatever is asked, PostgreSQL never sees broken SQL and the client never sees a 5xx."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures.data_api import DataApiServer, data_api
from tests.fixtures.postgres import Cluster

SCHEMA = """
create type public.mood as enum ('sad', 'glad');
create table public.authors (id int primary key, name text, mood public.mood, born date, tags text[], info jsonb);
create table public.books (id int primary key, title text, author_id int references public.authors, pages int,
  sold tstzrange, document tsvector);
create table public.shelves (id int primary key, name text);
create table public.places (book_id int references public.books, shelf_id int references public.shelves,
  primary key (book_id, shelf_id));
create view public.long_books as select id, title, author_id from public.books where pages > 300;
create function public.loud(public.books) returns text language sql stable as 'select upper($1.title)';
create function public.books_of(author int, minimum int default 0) returns setof public.books language sql stable
  as 'select * from public.books where author_id = author and pages >= minimum';
insert into public.authors values (1, 'Ada', 'glad', '1815-12-10', '{a,b}', '{"a": [1, {"b": null}]}'), (2, null, null,
  null, null, null);
insert into public.books values (1, 'Notes', 1, 400, '[2026-01-01,2026-02-01)', 'cat'), (2, 'More', 1, 10, null, null);
insert into public.shelves values (1, 'top');
insert into public.places values (1, 1);
grant select, insert, update, delete on all tables in schema public to service_role;
"""
# Not 42702 and 42803: two spread columns of one name, and an order by what is not grouped, are the client's doing.
BROKEN = {"42601", "42P10", "42P02", "42P08", "42P18", "XX000"}
BROKEN_VALUE = "syntax error in tsquery"  # the value's syntax, not that of the statement it is a parameter of
COLUMNS_OF = {
    "authors": ["id", "name", "mood", "born", "tags", "info", "info->a", "info->a->>0", "tags->0"],
    "books": ["id", "title", "author_id", "pages", "sold", "document", "loud", "title->x"],
    "shelves": ["id", "name", '"name"'],
    "places": ["book_id", "shelf_id"],
    "long_books": ["id", "title", "author_id"],
}
EMBEDS_OF = {
    "authors": {"books": "books", "long_books": "long_books", "books!books_author_id_fkey": "books"},
    "books": {"authors": "authors", "shelves": "shelves", "places": "places", "author_id": "authors"},
    "shelves": {"books": "books", "places": "places", "books!places": "books"},
    "places": {"books": "books", "shelves": "shelves", "long_books": "long_books"},
    "long_books": {"authors": "authors", "shelves": "shelves", "places": "places"},
}
RELATIONS = st.sampled_from(list(COLUMNS_OF))
ANY_VALUES = st.text(st.characters(blacklist_categories=["Cs"]), max_size=8)
VALUES = ANY_VALUES | st.sampled_from(
    ["1", "{1,2}", "(1,2)", "null", "glad", "2026-01-01", "[2026-01-01,2026-01-03)", '{"a":1}', "*a*", "cat & dog"]
)
OPERATORS = st.one_of(
    st.sampled_from(["eq", "in", "is"]),
    st.sampled_from(["neq", "gt", "gte", "lt", "lte", "like", "ilike", "match", "imatch", "isdistinct", "not.eq"]),
    st.sampled_from(["cs", "cd", "ov", "sl", "sr", "nxl", "nxr", "adj", "eq(any)", "like(all)"]),
    st.sampled_from(["fts", "plfts(english)", "phfts", "wfts"]),
)
CASTS = st.sampled_from([""] * 5 + ["::text", "::int", "::nothing"])
AGGREGATES = st.sampled_from([""] * 5 + [".sum()", ".count()", ".max()"])


def columns(relation: str) -> st.SearchStrategy[str]:
    """Mostly columns of the relation, now and then another name."""
    return st.sampled_from([*COLUMNS_OF[relation] * 4, "nothing", "sold", "*"])


@st.composite
def selections(draw: st.DrawFn, relation: str, depth: int = 0) -> str:
    items = []
    for _ in range(draw(st.integers(1, 3))):
        if depth < 3 and draw(st.integers(0, 2)) == 0:
            name, target = draw(st.sampled_from(list(EMBEDS_OF[relation].items())))
            head = draw(st.sampled_from(["", "", "...", "x:"]))
            join = draw(st.sampled_from(["", "", "!inner", "!left"]))
            inside = "" if draw(st.integers(0, 5)) == 0 else draw(selections(target, depth + 1))
            items.append(f"{head}{name}{join}({inside})")
        elif draw(st.integers(0, 4)) == 0:
            items.append(draw(st.sampled_from(["*", "count()"])))
        else:
            alias = draw(st.sampled_from(["", "", "z:"]))
            items.append(f"{alias}{draw(columns(relation))}{draw(CASTS)}{draw(AGGREGATES)}")
    return ",".join(items)


@st.composite
def filters(draw: st.DrawFn, relation: str) -> tuple[str, str]:
    operator = draw(OPERATORS)
    value = "null" if operator == "is" else draw(VALUES)
    return draw(columns(relation)), f"{operator}.{f'({value})' if operator == 'in' else value}"


@st.composite
def queries(draw: st.DrawFn, relation: str) -> str:
    pairs = draw(st.lists(filters(relation), max_size=2))
    selection = draw(selections(relation)) if draw(st.integers(0, 3)) else "*"
    pairs.append(("select", selection))
    embeds = [(name, target) for name, target in EMBEDS_OF[relation].items() if f"{name}(" in selection]
    if embeds and draw(st.booleans()):
        name, target = draw(st.sampled_from(embeds))
        column, found = draw(filters(target))
        pairs.append((f"{name}.{column}", found))
        pairs.append(draw(st.sampled_from([(name, "is.null"), (f"{name}.limit", "1"), ("order", f"{name}({column})")])))
    elif draw(st.booleans()):
        direction = draw(st.sampled_from(["", ".desc", ".asc.nullsfirst"]))
        pairs.append(("order", draw(columns(relation)) + direction))
    if draw(st.booleans()):
        members = ",".join(
            f"{name}.{found}" for name, found in draw(st.lists(filters(relation), min_size=1, max_size=3))
        )
        pairs.append((draw(st.sampled_from(["or", "not.and"])), f"({members})"))
    if draw(st.booleans()):
        pairs.append((draw(st.sampled_from(["limit", "offset"])), draw(st.sampled_from(["0", "1", "x"]))))
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)


TARGETS = RELATIONS.flatmap(lambda relation: queries(relation).map(lambda query: f"/{relation}?{query}"))
BODIES = st.sampled_from(
    [b"{}", b"[]", b"[{}]", b'{"id": 77}', b'[{"id": 78}, {"id": 79}]', b'{"title": "x", "pages": "y"}', b"5",
     b"nonsense", b'{"nothing": 1}', b'{"info": {"a": null}, "tags": ["x"]}']
)  # fmt: skip
PREFERENCES = st.sampled_from(
    ["", "count=exact", "count=planned", "count=estimated", "return=representation", "return=headers-only",
     "resolution=merge-duplicates,return=representation", "missing=default", "handling=strict,max-affected=1"]
)  # fmt: skip
ACCEPTED = st.sampled_from(
    ["*/*", "text/csv", "application/vnd.pgrst.object+json", "application/vnd.pgrst.array+json;nulls=stripped"]
)


@pytest.fixture(scope="module")
async def api(cluster: Cluster):
    with cluster.new_database() as database:
        database.run_as_server(SCHEMA)
        async with data_api(database, tx_end="rollback", max_rows=100) as running:
            yield running


def is_sound(answer) -> bool:
    """Say whether an answer is a success or a refusal for which somebody outside is to blame."""
    if answer.status >= 400:
        code, message = answer.json["code"], answer.json["message"]
        return answer.status < 500 and (code not in BROKEN or message.startswith(BROKEN_VALUE))
    return answer.status >= 200


UNHURRIED = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@UNHURRIED
@given(target=TARGETS, prefer=PREFERENCES, accept=ACCEPTED)
async def test_any_read_is_answered_or_refused(api: DataApiServer, target, prefer, accept) -> None:
    answer = await api.get(target, prefer=prefer, accept=accept)
    assert is_sound(answer), (answer, target)


@UNHURRIED
@given(
    method=st.sampled_from(["POST", "PATCH", "PUT", "DELETE"]),
    target=TARGETS,
    body=BODIES,
    prefer=PREFERENCES,
    accept=ACCEPTED,
)
async def test_any_write_is_answered_or_refused(api: DataApiServer, method, target, body, prefer, accept) -> None:
    answer = await api.ask(method, target, body, prefer=prefer, accept=accept)
    assert is_sound(answer), (answer, method, target, body)


@UNHURRIED
@given(method=st.sampled_from(["GET", "POST"]), query=queries("books"), prefer=PREFERENCES, accept=ACCEPTED)
async def test_any_call_is_answered_or_refused(api: DataApiServer, method, query, prefer, accept) -> None:
    target = f"/rpc/books_of?{'author=1&' if method == 'GET' else ''}{query}"
    body = b'{"author": 1}' if method == "POST" else None
    answer = await api.ask(method, target, body, prefer=prefer, accept=accept)
    assert is_sound(answer), (answer, target)
