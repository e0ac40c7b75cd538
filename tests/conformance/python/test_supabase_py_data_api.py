"""Unmodified supabase-py does with the data API what applications do with it, against the whole server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest
from postgrest.exceptions import APIError
from postgrest.types import CountMethod
from supabase import AsyncClient, AsyncClientOptions, acreate_client

from millstream.rest.settings import DataApiSettings
from millstream.server.project import Project
from tests.conformance.data_api_schema import EXPOSED, PRE_REQUEST, ROWS, SCHEMA
from tests.fixtures.postgres import Cluster, Database
from tests.fixtures.server import project_settings, serving


@pytest.fixture(scope="module")
def shared_database(cluster: Cluster) -> Iterator[Database]:
    """One database for all tests of this file, since none of them changes the schema."""
    with cluster.new_database() as database:
        database.run_as_server(SCHEMA)
        yield database


SETTINGS = DataApiSettings(schemas=EXPOSED, pre_request=PRE_REQUEST)
REQUIRED = {*range(1, 27), 30, 31}
"""Rows of docs/compatibility/data-api.md. Row 33 is for browsers: this client shows neither headers nor preflights."""
seen: set[int] = set()


def exercises(*rows: int) -> Callable[[Any], Any]:
    """Note which rows of the list a test exercises."""
    seen.update(rows)
    return lambda test: test


@dataclass(frozen=True)
class Server:
    url: str
    key: str
    project: Project
    http: httpx.AsyncClient

    async def client(self, **headers: str) -> AsyncClient:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await acreate_client(self.url, self.key, AsyncClientOptions(httpx_client=self.http, headers=named))


@pytest.fixture(scope="module")
async def server(shared_database: Database) -> AsyncIterator[Server]:
    settings = project_settings(shared_database, data_api=SETTINGS)
    async with serving(settings) as (url, projects), httpx.AsyncClient() as http:
        yield Server(url, projects[0].auth.api_keys.anon_key, projects[0], http)


@pytest.fixture
async def client(server: Server, shared_database: Database) -> AsyncClient:
    """A client of nobody in particular, with the rows that every test begins with."""
    shared_database.run_as_server(ROWS)
    return await server.client()


def test_every_row_that_must_and_should_be_served_is_exercised() -> None:
    assert seen == REQUIRED


@exercises(1, 2, 6, 13)
async def test_reads_filter_order_and_page(client: AsyncClient) -> None:
    cities = client.table("cities")
    assert (await cities.select("name").eq("id", 1).execute()).data == [{"name": "Rome"}]
    assert (await cities.select("id").gt("population", 1400).order("id").execute()).data == [{"id": 1}, {"id": 3}]
    assert (await cities.select("id").is_("population", "null").execute()).data == [{"id": 4}]
    found = await cities.select("id").in_("name", ["Rome", "a, b", 'with "quote"']).execute()
    assert found.data == [{"id": 1}]
    assert (await cities.select("id").in_("id", []).execute()).data == []
    assert (await cities.select("id").ilike("name", "%IL%").execute()).data == [{"id": 2}]
    assert (await cities.select("id").not_.like("name", "%o%").order("id").execute()).data == [{"id": 2}, {"id": 3}]
    either = await cities.select("id").or_("name.eq.Rome,and(population.gt.2000,id.gt.2)").order("id").execute()
    assert either.data == [{"id": 1}, {"id": 3}]
    last = await cities.select("id").order("population", desc=True, nullsfirst=True).limit(2).execute()
    assert last.data == [{"id": 4}, {"id": 1}]
    assert (await cities.select("id").order("id").range(1, 2).execute()).data == [{"id": 2}, {"id": 3}]


@exercises(18, 19, 20, 21, 22)
async def test_arrays_ranges_and_documents(client: AsyncClient) -> None:
    countries, cities = client.table("countries"), client.table("cities")
    assert (await countries.select("id").contains("tags", ["eu", "sea"]).execute()).data == [{"id": 1}]
    assert len((await countries.select("id").overlaps("tags", ["eu"]).execute()).data) == 2
    booked = await cities.select("id").ov("stays", "[2026-01-15,2026-01-16)").execute()
    assert booked.data == [{"id": 1}]
    assert (await cities.select("id").range_adjacent("stays", ["2026-02-01", "2026-03-01"]).execute()).data == []
    river = await cities.select("river:info->river->>name").eq("info->river->>name", "Seine").execute()
    assert river.data == [{"river": "Seine"}]
    assert (await cities.select("id").fts("name", "rome").execute()).data == [{"id": 1}]
    assert (await cities.select("id::text, shout").eq("id", 2).execute()).data == [{"id": "2", "shout": "MILAN"}]


@exercises(3)
async def test_single_and_maybe_single(client: AsyncClient) -> None:
    cities = client.table("cities")
    assert (await cities.select("name").eq("id", 1).single().execute()).data == {"name": "Rome"}
    nothing = await cities.select("name").eq("id", 99).maybe_single().execute()
    assert nothing is None or nothing.data is None
    with pytest.raises(APIError) as refused:
        await cities.select("name").single().execute()
    assert refused.value.code == "PGRST116"
    assert refused.value.details == "The result contains 4 rows"


@exercises(9)
async def test_counts_with_and_without_rows(client: AsyncClient) -> None:
    cities = client.table("cities")
    counted = await cities.select("id", count=CountMethod.exact).limit(1).execute()
    assert (len(counted.data), counted.count) == (1, 4)
    assert (await cities.select("*", count=CountMethod.exact, head=True).eq("country_id", 1).execute()).count == 2
    assert (await cities.select("id", count=CountMethod.planned).execute()).count is not None
    assert (await cities.select("id", count=CountMethod.estimated).execute()).count is not None


@exercises(7, 8, 25)
async def test_embeds_of_every_kind(client: AsyncClient) -> None:
    cities = client.table("cities")
    to_one = await cities.select("name, country:countries(name)").eq("id", 3).single().execute()
    assert to_one.data == {"name": "Paris", "country": {"name": "France"}}
    to_many = await client.table("countries").select("name, cities(name)").order("id").execute()
    assert [len(row["cities"]) for row in to_many.data] == [2, 1, 0]
    through = await cities.select("name, people(name)").eq("id", 1).single().execute()
    assert [person["name"] for person in through.data["people"]] == ["Ada", "Grace"]
    inner = await cities.select("name, countries!inner(name)").eq("countries.name", "Italy").order("id").execute()
    assert [row["name"] for row in inner.data] == ["Rome", "Milan"]
    hinted = await cities.select("name, twin:twin_id(name, countries!cities_country(name))").eq("id", 3).execute()
    assert hinted.data[0]["twin"] == {"name": "Rome", "countries": {"name": "Italy"}}
    spread = await cities.select("name, ...countries(country:name)").eq("id", 2).execute()
    assert spread.data == [{"name": "Milan", "country": "Italy"}]
    ordered = await (
        client.table("countries").select("name, cities(name)").eq("id", 1)
        .order("name", foreign_table="cities").limit(1, foreign_table="cities").execute()
    )  # fmt: skip
    assert ordered.data == [{"name": "Italy", "cities": [{"name": "Milan"}]}]
    childless = await client.table("countries").select("name, cities()").is_("cities", "null").execute()
    assert childless.data == [{"name": "Atlantis"}]


@exercises(15)
async def test_an_unknown_embed_says_what_may_have_been_meant(client: AsyncClient) -> None:
    with pytest.raises(APIError) as refused:
        await client.table("cities").select("name, country(name)").execute()
    assert refused.value.code == "PGRST200"
    assert "countries" in (refused.value.hint or "")


@exercises(24)
async def test_aggregates_group_by_what_is_beside_them(client: AsyncClient) -> None:
    grouped = await client.table("cities").select("country_id, population.sum(), count()").order("country_id").execute()
    assert grouped.data[0] == {"country_id": 1, "sum": 4200, "count": 2}


@exercises(4, 12, 15)
async def test_inserts_return_rows_or_nothing(client: AsyncClient) -> None:
    people = client.table("people")
    assert (await people.insert({"id": 10, "name": "Edsger"}).execute()).data == [{"id": 10, "name": "Edsger"}]
    bulk = await people.insert([{"id": 11, "name": "Barbara"}, {"id": 12, "name": "Donald"}]).execute()
    assert len(bulk.data) == 2
    default = await people.insert([{"id": 13}], default_to_null=False).execute()
    assert default.data == [{"id": 13, "name": "nobody"}]
    with pytest.raises(APIError) as refused:
        await people.insert({"id": 10, "name": "again"}).execute()
    assert refused.value.code == "23505"
    with pytest.raises(APIError) as unknown:
        await people.insert({"id": 14, "nickname": "x"}).execute()
    assert unknown.value.code == "PGRST204"


@exercises(11)
async def test_upserts_merge_or_ignore(client: AsyncClient) -> None:
    countries = client.table("countries")
    merged = await countries.upsert({"id": 1, "name": "Italia"}).execute()
    assert merged.data[0]["name"] == "Italia"
    ignored = await countries.upsert({"id": 2, "name": "Gaul"}, ignore_duplicates=True).execute()
    assert ignored.data == []
    by_name = await countries.upsert({"id": 3, "name": "Atlantis", "tags": ["sea"]}, on_conflict="name").execute()
    assert by_name.data[0]["tags"] == ["sea"]


@exercises(5, 15)
async def test_updates_and_deletes_what_the_filters_leave(client: AsyncClient) -> None:
    cities = client.table("cities")
    changed = await cities.update({"population": 5}).eq("country_id", 1).execute()
    assert sorted(row["id"] for row in changed.data) == [1, 2]
    assert (await cities.update({"population": 5}).eq("id", 99).execute()).data == []
    gone = await cities.delete().eq("id", 4).execute()
    assert [row["id"] for row in gone.data] == [4]
    with pytest.raises(APIError) as refused:
        await client.table("countries").delete().eq("id", 1).execute()
    assert refused.value.code == "23503"


@exercises(10, 30)
async def test_functions_are_called_by_name(client: AsyncClient) -> None:
    assert (await client.rpc("add", {"a": 2, "b": 3}).execute()).data == 5
    assert (await client.rpc("add", {"a": 2}, get=True).execute()).data == 3
    rows = await client.rpc("cities_of", {"country": 1}).select("name, countries(name)").eq("name", "Rome").execute()
    assert rows.data == [{"name": "Rome", "countries": {"name": "Italy"}}]
    assert (await client.rpc("forget", {}).execute()).data in (None, [], "")
    with pytest.raises(APIError) as unknown:
        await client.rpc("ad", {"a": 2}).execute()
    assert unknown.value.code == "PGRST202"
    with pytest.raises(APIError) as refused:
        await client.rpc("refuse", {}).execute()
    assert (refused.value.code, refused.value.hint) == ("PT402", "Pay")


@exercises(14)
async def test_policies_decide_which_rows_there_are(client: AsyncClient) -> None:
    assert (await client.table("secrets").select("id").execute()).data == [{"id": 1}]
    with pytest.raises(APIError) as refused:
        await client.table("secrets").insert({"id": 3, "owner": "anon"}).execute()
    assert refused.value.code == "42501"


@exercises(14)
async def test_who_is_signed_in_sees_rows_of_their_own(client: AsyncClient) -> None:
    await client.auth.sign_in_anonymously()
    assert (await client.table("secrets").select("id").execute()).data == [{"id": 2}]
    await client.auth.sign_out()
    assert (await client.table("secrets").select("id").execute()).data == [{"id": 1}]


@exercises(26)
async def test_csv_stripped_nulls_and_no_more_rows_than_wanted(client: AsyncClient) -> None:
    cities = client.table("cities")
    assert (await cities.select("id,name").eq("id", 1).csv().execute()).data == "id,name\n1,Rome"
    assert (await cities.select("id, population").eq("id", 4).strip_nulls().execute()).data == [{"id": 4}]
    assert len((await cities.update({"population": 1}).lt("id", 3).max_affected(2).execute()).data) == 2
    with pytest.raises(APIError) as refused:
        await cities.update({"population": 2}).gt("id", 0).max_affected(2).execute()
    assert refused.value.code == "PGRST124"
    assert (await cities.select("id").eq("population", 2).execute()).data == []


@exercises(16)
async def test_other_exposed_schemas_are_read_and_written(client: AsyncClient) -> None:
    notes = client.schema("other").table("notes")
    assert (await notes.select("text").execute()).data == [{"text": "elsewhere"}]
    assert (await notes.insert({"id": 2, "text": "more"}).execute()).data == [{"id": 2, "text": "more"}]
    with pytest.raises(APIError) as refused:
        await client.schema("auth").table("users").select("id").execute()
    assert refused.value.code == "PGRST106"


@exercises(23)
async def test_one_of_several_patterns_or_all_of_them(client: AsyncClient) -> None:
    cities = client.table("cities")
    some = await cities.select("id").like_any_of("name", "{R%,M%}").order("id").execute()
    assert some.data == [{"id": 1}, {"id": 2}]
    assert (await cities.select("id").ilike_all_of("name", "{p%,%S}").execute()).data == [{"id": 3}]
    assert (await cities.select("id").filter("name", "match", "^R").execute()).data == [{"id": 1}]
    assert len((await cities.select("id").filter("population", "isdistinct", "2800").execute()).data) == 3


@exercises(2, 21, 22)
async def test_operators_by_their_names(client: AsyncClient) -> None:
    cities, countries = client.table("cities"), client.table("countries")
    assert (await cities.select("id").match({"name": "Rome", "country_id": 1}).execute()).data == [{"id": 1}]
    assert (await cities.select("id").neq("id", 1).lte("population", 1400).execute()).data == [{"id": 2}]
    assert len((await countries.select("id").contained_by("tags", ["eu"]).execute()).data) == 2
    rome = [{"id": 1}]
    assert (await cities.select("id").range_lt("stays", ["2026-03-01", "2026-04-01"]).execute()).data == rome
    assert (await cities.select("id").range_gte("stays", ["2025-12-01", "2026-01-15"]).execute()).data == rome
    assert (await cities.select("id").filter("stays", "adj", "[2026-02-01,2026-03-01)").execute()).data == rome
    for searched in (cities.select("id").plfts, cities.select("id").phfts, cities.select("id").wfts):
        assert (await searched("name", "rome").execute()).data == rome
    assert (await cities.select("id").filter("info->hills", "cs", "[7]").execute()).data == rome


@exercises(10, 20)
async def test_overloads_variadic_and_unnamed_parameters_and_computed_relationships(client: AsyncClient) -> None:
    assert (await client.rpc("size_of", {"city": 1}).execute()).data == "city Rome"
    assert (await client.rpc("size_of", {"country": "Italy"}).execute()).data == "country Italy"
    assert (await client.rpc("longest", {"words": ["a", "long", "word"]}).execute()).data == "long"
    assert (await client.rpc("keys_of", {"a": 1, "b": 2}).execute()).data == 2
    assert (await client.rpc("capital", {"country": 1}).execute()).data["name"] == "Rome"
    assert (await client.rpc("populations", {}).execute()).data[0] == {"country": "France", "people": 2100}
    counted = await client.rpc("cities_of", {"country": 1}, count=CountMethod.exact, head=True).execute()
    assert counted.count == 2
    near = await client.table("cities").select("name, neighbours(name)").eq("id", 1).single().execute()
    assert near.data == {"name": "Rome", "neighbours": [{"name": "Milan"}]}


@exercises(7, 15)
async def test_an_embed_with_two_ways_names_both(client: AsyncClient) -> None:
    trips = client.table("trips")
    with pytest.raises(APIError) as refused:
        await trips.select("id, cities(name)").execute()
    assert refused.value.code == "PGRST201"
    assert "trips_origin" in (refused.value.hint or "")
    goal = await trips.select("goal:cities!trips_goal(name), origin:cities!origin_id(name)").single().execute()
    assert goal.data == {"goal": {"name": "Paris"}, "origin": {"name": "Rome"}}
    shown = await client.table("big_cities").select("name, countries(name)").eq("id", 3).execute()
    assert shown.data == [{"name": "Paris", "countries": {"name": "France"}}]


@exercises(17)
async def test_a_new_table_is_known_without_a_restart(
    client: AsyncClient, server: Server, shared_database: Database
) -> None:
    with pytest.raises(APIError) as unknown:
        await client.table("later").select("id").execute()
    assert unknown.value.code == "PGRST205"
    loads = server.project.schema.loads
    async with await psycopg.AsyncConnection.connect(shared_database.url, autocommit=True) as connection:
        await connection.execute("create table public.later (id int); grant select on public.later to anon")
        await server.project.schema.until_loaded(loads + 1)
        assert (await client.table("later").select("id").execute()).data == []
        await connection.execute("drop table public.later")
        await server.project.schema.until_loaded(loads + 2)


@exercises(31)
async def test_the_function_before_each_request_refuses(server: Server) -> None:
    refusing = await server.client(x_refuse="yes")
    with pytest.raises(APIError) as refused:
        await refusing.table("cities").select("id").execute()
    assert (refused.value.code, refused.value.message) == ("PT403", "refused before the request")


@exercises(15)
async def test_an_unknown_table_says_which_one_may_have_been_meant(client: AsyncClient) -> None:
    with pytest.raises(APIError) as refused:
        await client.table("citiez").select("*").execute()
    assert refused.value.code == "PGRST205"
    assert refused.value.hint == "Perhaps you meant the table 'public.cities'"
