"""Search finds what people mean: parts of words, wrong letters, no accents, and nothing that they may not see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from millstream.identity import ANONYMOUS, Claims
from millstream.postgres.pool import open_pool
from tests.fixtures.postgres import Database
from tests.postgres.kit.conftest import Office

SCHEMA = (
    "create table contacts (id int primary key, name text not null, company text, secret bool not null default false)",
    """insert into contacts (id, name, company) values
    (1, 'José Müller', 'Acme GmbH'), (2, 'Joseph Miller', 'Northwind'), (3, 'Ada O''Neil', null),
    (4, 'Zoë 100% Real', 'Under_score'), (5, 'Ana Marta', 'Acme Iberia')""",
    "alter table contacts enable row level security",
    "create policy visible on contacts for select to authenticated using (not secret)",
    "grant select, insert, update on contacts to authenticated, service_role",
)


@dataclass(frozen=True, slots=True)
class Book(Office):
    """Contacts that can be searched."""

    trigrams: bool = True


@pytest.fixture(params=["trigrams", "full text alone"])
async def book(database: Database, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    trigrams = "null" if request.param == "trigrams" else "false"
    macro = f"select kit.searchable('public.contacts', '{{name,company}}', trigrams => {trigrams})"
    database.run_as_server(*SCHEMA, macro, macro)
    async with open_pool(database.address, database.settings) as pool:
        yield Book(pool, database, trigrams=trigrams == "null")


async def found(book: Office, query: str, most: int = 20, claims: Claims | None = None) -> list[int]:
    claims = claims or Claims.from_token({"role": "authenticated"})
    rows = await book.rows("select id from search_contacts(%s, %s)", query, most, claims=claims)
    return [row["id"] for row in rows]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("muller", [1]),
        ("MÜLLER", [1]),
        ("acm", [5, 1]),
        ("jose", [1, 2]),
        ("acme jos", [1]),
        ("  marta   ana ", [5]),
        ("neil", [3]),
        ("o'neil", [3]),
        ("100%", [4]),
        ("r_s", [4]),
        ("\\", []),
        ("' & | !:*", []),
    ],
    ids=range(12),
)
async def test_parts_of_words_are_found_whatever_is_between_them(book: Office, query: str, ids: list[int]) -> None:
    read = await found(book, query)
    # Trigrams find what is written alike, too, but after it.
    assert set(read[: len(ids)]) == set(ids)
    if not book.trigrams:
        assert len(read) == len(ids)


async def test_what_begins_with_the_question_comes_first_and_no_more_than_asked_for(book: Office) -> None:
    assert (await found(book, "jose"))[0] in (1, 2)
    assert (await found(book, "ana"))[0] == 5
    assert len(await found(book, "a", 1)) == 1
    assert await found(book, "a", -1) == []


async def test_rows_are_found_by_what_they_are_now_and_by_who_may_see_them(book: Office) -> None:
    await book.rows("update contacts set name = 'Jörg' where id = 2")
    assert (await found(book, "jorg"))[0] == 2
    assert 2 not in await found(book, "joseph")
    await book.rows("update contacts set secret = true where id = 2")
    assert 2 not in await found(book, "jorg")
    assert await found(book, "jose", claims=ANONYMOUS) == []


async def test_other_columns_take_the_place_of_those_before(book: Office) -> None:
    book.database.run_as_server("select kit.searchable('public.contacts', '{company}')")
    assert await found(book, "ada") == []
    assert await found(book, "northwind") == [2]


async def test_wrong_letters_find_it_too_by_an_index(database: Database) -> None:
    database.run_as_server(*SCHEMA, "select kit.searchable('public.contacts', '{name,company}')")
    database.run_as_server(
        "insert into contacts (id, name) select n, md5(n::text) from generate_series(100, 5000) as n",
        "analyze contacts",
    )
    async with open_pool(database.address, database.settings) as pool:
        book = Office(pool, database)
        assert 1 in await found(book, "josef mueler")
        assert 2 in await found(book, "joesph miler")
        body = await book.value("select prosrc from pg_proc where proname = 'search_contacts'")
        plain = body.replace("query", "'muller'").replace("most", "20").replace("%", "%%")
        async with book.owner() as sql:
            await sql.execute("set local enable_seqscan = off")
            plan = str(await (await sql.execute(f"explain {plain}".encode(), ())).fetchall())
        assert "contacts_search_text_idx" in plan
        assert "contacts_search_words_idx" in plan
