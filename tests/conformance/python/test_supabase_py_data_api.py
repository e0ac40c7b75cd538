"""Unmodified supabase-py does with the data API what applications do with it, against the whole server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from postgrest.exceptions import APIError
from postgrest.types import CountMethod
from supabase import AsyncClient, AsyncClientOptions, acreate_client

from tests.conformance.data_api_schema import ROWS, SCHEMA
from tests.fixtures.postgres import Cluster, Database
from tests.fixtures.server import project_settings, serving


@pytest.fixture(scope="module")
def shared_database(cluster: Cluster) -> Iterator[Database]:
    """One database for all tests of this file, since none of them changes the schema."""
    with cluster.new_database() as database:
        database.run_as_server(SCHEMA)
        yield database


@pytest.fixture(scope="module")
async def open_client(shared_database: Database) -> AsyncIterator[AsyncClient]:
    async with serving(project_settings(shared_database)) as (url, projects), httpx.AsyncClient() as http:
        options = AsyncClientOptions(httpx_client=http)
        yield await acreate_client(url, projects[0].auth.api_keys.anon_key, options)


@pytest.fixture
def client(open_client: AsyncClient, shared_database: Database) -> AsyncClient:
    """The client, with the rows that every test begins with."""
    shared_database.run_as_server(ROWS)
    return open_client


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


async def test_single_and_maybe_single(client: AsyncClient) -> None:
    cities = client.table("cities")
    assert (await cities.select("name").eq("id", 1).single().execute()).data == {"name": "Rome"}
    nothing = await cities.select("name").eq("id", 99).maybe_single().execute()
    assert nothing is None or nothing.data is None
    with pytest.raises(APIError) as refused:
        await cities.select("name").single().execute()
    assert refused.value.code == "PGRST116"
    assert refused.value.details == "The result contains 4 rows"


async def test_counts_with_and_without_rows(client: AsyncClient) -> None:
    cities = client.table("cities")
    counted = await cities.select("id", count=CountMethod.exact).limit(1).execute()
    assert (len(counted.data), counted.count) == (1, 4)
    assert (await cities.select("*", count=CountMethod.exact, head=True).eq("country_id", 1).execute()).count == 2
    assert (await cities.select("id", count=CountMethod.planned).execute()).count is not None
    assert (await cities.select("id", count=CountMethod.estimated).execute()).count is not None


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


async def test_an_unknown_embed_says_what_may_have_been_meant(client: AsyncClient) -> None:
    with pytest.raises(APIError) as refused:
        await client.table("cities").select("name, country(name)").execute()
    assert refused.value.code == "PGRST200"
    assert "countries" in (refused.value.hint or "")


async def test_aggregates_group_by_what_is_beside_them(client: AsyncClient) -> None:
    grouped = await client.table("cities").select("country_id, population.sum(), count()").order("country_id").execute()
    assert grouped.data[0] == {"country_id": 1, "sum": 4200, "count": 2}


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


async def test_upserts_merge_or_ignore(client: AsyncClient) -> None:
    countries = client.table("countries")
    merged = await countries.upsert({"id": 1, "name": "Italia"}).execute()
    assert merged.data[0]["name"] == "Italia"
    ignored = await countries.upsert({"id": 2, "name": "Gaul"}, ignore_duplicates=True).execute()
    assert ignored.data == []
    by_name = await countries.upsert({"id": 3, "name": "Atlantis", "tags": ["sea"]}, on_conflict="name").execute()
    assert by_name.data[0]["tags"] == ["sea"]


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


async def test_policies_decide_which_rows_there_are(client: AsyncClient) -> None:
    assert (await client.table("secrets").select("id").execute()).data == [{"id": 1}]
    with pytest.raises(APIError) as refused:
        await client.table("secrets").insert({"id": 3, "owner": "anon"}).execute()
    assert refused.value.code == "42501"


async def test_csv_and_stripped_nulls(client: AsyncClient) -> None:
    cities = client.table("cities")
    assert (await cities.select("id,name").eq("id", 1).csv().execute()).data == "id,name\n1,Rome"


async def test_an_unknown_table_says_which_one_may_have_been_meant(client: AsyncClient) -> None:
    with pytest.raises(APIError) as refused:
        await client.table("citiez").select("*").execute()
    assert refused.value.code == "PGRST205"
    assert refused.value.hint == "Perhaps you meant the table 'public.cities'"
