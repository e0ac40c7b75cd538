"""Relationships, what views show, casts, hints, and the description of a schema."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.postgrest.casts import resolve_cast
from millstream.postgrest.hints import closest, similarity
from millstream.postgrest.openapi import build_openapi
from millstream.postgrest.schema.relationships import ForeignKey, ViewColumns, build_relationships, view_keys
from millstream.postgrest.schema.view_columns import parse_view_columns, resolve_origins
from millstream.postgrest.schema_cache import Cardinality, Column, Relationship
from millstream.postgrest.undefined import TypeUndefined
from tests.unit.postgrest.schemas import CACHE, CITIES, KEYS, key, public


def entry(number: int, table: int, column: int) -> str:
    inside = "{VAR :varno 1 :varattno 2 :resno 9}"
    return (
        f"{{TARGETENTRY :expr {inside} :resno {number} :resname odd\\}}name"
        f" :ressortgroupref 0 :resorigtbl {table} :resorigcol {column} :resjunk false}}"
    )


def query(entries: str, inner: str = "<>") -> str:
    return (
        f"({{QUERY :commandType 1 :rtable ({{RANGETBLENTRY :alias <> :subquery {inner} :lateral false}})"
        f" :jointree {{FROMEXPR :fromlist ({{RANGETBLREF :rtindex 3}}) :quals <>}} :targetList ({entries})"
        " :override 0 :groupClause <>})"
    )


def test_a_view_shows_the_columns_of_its_outermost_query():
    subquery = query(entry(1, 777, 7))[1:-1]
    tree = query(f"{entry(1, 100, 2)} {entry(2, 0, 0)} {entry(3, 100, 3)}", subquery)
    assert parse_view_columns(tree) == {1: (100, 2), 3: (100, 3)}


def test_a_tree_without_a_target_list_shows_nothing():
    assert parse_view_columns("({QUERY :commandType 1})") == {}
    assert parse_view_columns("") == {}


@given(st.text(alphabet="{}()\\ :targetList resno1", max_size=80))
def test_any_text_is_read_as_a_tree_without_an_error(text):
    parse_view_columns(text)


def test_views_over_views_lead_to_the_table():
    origins = resolve_origins({1: {1: (2, 3)}, 2: {3: (9, 4)}, 5: {1: (5, 1)}})
    assert origins == {1: {1: (9, 4)}, 2: {3: (9, 4)}, 5: {1: (5, 1)}}


def ways(relationships, source: str, target: str) -> list[str]:
    found = relationships.get(public(source), ())
    return [one.cardinality.words for one in found if isinstance(one, Relationship) and one.target == public(target)]


def test_a_foreign_key_leads_both_ways():
    relationships = build_relationships([key("cities", "countries", "fk", "country_id")], [], {})
    assert ways(relationships, "cities", "countries") == ["many-to-one"]
    assert ways(relationships, "countries", "cities") == ["one-to-many"]
    unique = build_relationships([key("cities", "countries", "fk", "country_id", unique=True)], [], {})
    assert ways(unique, "countries", "cities") == ["one-to-one"]


def test_a_junction_needs_both_keys_in_its_primary_key():
    keys = [key("residents", "cities", "a", "city_id"), key("residents", "people", "b", "person_id")]
    through = build_relationships(keys, [], {public("residents"): ("city_id", "person_id")})
    assert ways(through, "cities", "people") == ["many-to-many"]
    assert ways(build_relationships(keys, [], {public("residents"): ("id",)}), "cities", "people") == []


def test_a_view_has_every_relationship_whose_columns_it_shows():
    shown = {(public("cities"), "country_id"): ("a", "b"), (public("cities"), "id"): ("id",)}
    relationships = build_relationships(
        [key("cities", "countries", "fk", "country_id"), key("x", "cities", "other", "city_id")],
        [ViewColumns(public("view"), shown)],
        {},
    )
    assert ways(relationships, "view", "countries") == ["many-to-one", "many-to-one"]
    assert ways(relationships, "view", "x") == ["one-to-many"]
    assert ways(relationships, "countries", "view") == ["one-to-many", "one-to-many"]


def test_a_key_of_two_columns_must_be_shown_whole():
    pair = ForeignKey(public("a"), public("b"), "fk", (("x", "x"), ("y", "y")))
    part = ViewColumns(public("view"), {(public("a"), "x"): ("x",)})
    assert ways(build_relationships([pair], [part], {}), "view", "b") == []


def test_a_view_has_the_primary_key_that_it_shows():
    view = ViewColumns(
        public("view"), {(public("cities"), "id"): ("city", "again"), (public("people"), "name"): ("n",)}
    )
    assert view_keys([view], KEYS) == {public("view"): ("city",)}


def test_cardinalities_have_words():
    assert [one.words for one in Cardinality] == ["one-to-many", "many-to-one", "one-to-one", "many-to-many"]


@pytest.mark.parametrize(
    ("name", "sql"),
    [("int", "int"), ("Double  Precision", "double precision"), ("text", '"text"'), ("MOOD", '"mood"'), (None, None)],
)
def test_casts_are_types_that_exist(name, sql):
    assert resolve_cast(name, CACHE) == sql


@pytest.mark.parametrize("name", ["$1", "int; drop", "int x", "te"])
def test_other_casts_are_refused_as_postgresql_would(name):
    with pytest.raises(TypeUndefined) as refused:
        resolve_cast(name, CACHE)
    assert refused.value.body()["code"] == "42704"


def test_the_closest_name_must_be_close():
    assert closest("citie", ["cities", "people"], 0.75) == "cities"
    assert closest("zz", ["cities", "people"], 0.33) is None
    assert closest("zz", [], 0.0) is None


@given(st.text(max_size=12), st.text(max_size=12))
def test_similarity_is_symmetric_and_whole_for_equal_texts(one, other):
    assert similarity(one, other) == similarity(other, one)
    assert similarity(one, one) == (1.0 if one else 0.0)
    assert 0 <= similarity(one, other) <= 1


def test_the_description_of_a_schema_shows_what_may_be_seen():
    columns = {
        "id": Column("id", "integer", "integer", nullable=False),
        "name": Column("name", "text", "text", default="'it''s'::text", description="Its name"),
        "mood": Column("mood", "public.mood", "public.mood", default="'sad'::public.mood", enum=("sad", "glad")),
        "tags": Column("tags", "text[]", "text[]"),
        "info": Column("info", "jsonb", "jsonb"),
        "open": Column("open", "boolean", "boolean", default="true"),
        "size": Column("size", "numeric", "numeric", default="1.5"),
        "made": Column("made", "date", "date", default="now()"),
        "country_id": Column("country_id", "integer", "integer"),
    }
    table = replace(CITIES, columns=columns, description="Cities\n\nWhere people live", insertable=False)
    cache = replace(CACHE, tables={**CACHE.tables, table.name: table}, descriptions={"public": "My API"})
    functions = {public("add"), public("join"), public("forget")}
    document = build_openapi(cache, "public", {table.name}, functions, security=True)
    assert document["info"]["title"] == "My API"
    assert list(document["definitions"]) == ["cities"]
    assert (document["paths"]["/cities"]["get"]["summary"], "post" in document["paths"]["/cities"]) == ("Cities", False)
    properties = document["definitions"]["cities"]["properties"]
    assert properties["name"] == {"format": "text", "type": "string", "default": "it's", "description": "Its name"}
    assert properties["tags"] == {"format": "text[]", "type": "array", "items": {"type": "string"}}
    assert properties["info"] == {"format": "jsonb"}
    assert (properties["open"]["default"], properties["size"]["default"], "default" in properties["made"]) == (
        True,
        1.5,
        False,
    )
    assert properties["mood"]["enum"] == ["sad", "glad"]
    assert "<fk table='countries' column='id'/>" in properties["country_id"]["description"]
    assert "get" not in document["paths"]["/rpc/forget"]
    assert document["paths"]["/rpc/join"]["get"]["parameters"][0]["collectionFormat"] == "multi"
    assert document["security"] == [{"JWT": []}]
